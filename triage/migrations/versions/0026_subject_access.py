"""Requests by people about what is held of them: items, steps, and the log of what was given."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "subject_requests",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("staff_id", sa.String(), nullable=True),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.Column("registered_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.Column("asked_for", sa.LargeBinary(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("identity_asked_on", sa.Date(), nullable=True),
        sa.Column("paused_days", sa.Integer(), nullable=False),
        sa.Column("identity_how", sa.String(), nullable=True),
        sa.Column("extended", sa.String(), nullable=True),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("seen_hash", sa.String(), nullable=True),
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_how", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_requests")),
    )
    op.create_index(
        "ix_subject_requests_state_received_on",
        "subject_requests",
        ["state", "received_on"],
        unique=False,
    )
    op.create_index(
        "ix_subject_requests_message_id", "subject_requests", ["message_id"], unique=False
    )
    _of_a_request("subject_terms", *_terms())
    op.create_index("ix_subject_terms_request_id", "subject_terms", ["request_id"], unique=False)
    _of_a_request("subject_items", *_items())
    _of_a_request("subject_disclosures", *_disclosures())
    op.create_index(
        "ix_subject_disclosures_request_id_at",
        "subject_disclosures",
        ["request_id", "at"],
        unique=False,
    )
    _of_a_request("subject_steps", *_steps())


def _of_a_request(name: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["subject_requests.id"],
            name=op.f(f"fk_{name}_request_id_subject_requests"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _terms() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
    )


def _items() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("matter_id", sa.String(), nullable=False),
        sa.Column("of_id", sa.String(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("found_by", sa.String(), nullable=False),
        sa.Column("found_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("hide", sa.LargeBinary(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.UniqueConstraint(
            "request_id", "kind", "of_id", name=op.f("uq_subject_items_request_id_kind_of_id")
        ),
    )


def _disclosures() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
    )


def _steps() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("edge", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.UniqueConstraint(
            "request_id", "sequence", name=op.f("uq_subject_steps_request_id_sequence")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_subject_steps_token")),
    )

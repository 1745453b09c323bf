"""Reports to the police, what they rest on, who said no, and every disclosure."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "referrals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=True),
        sa.Column("considered_by", sa.String(), nullable=False),
        sa.Column("considered_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("authorised_by", sa.String(), nullable=True),
        sa.Column("authorised_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("lawful_basis", sa.String(), nullable=True),
        sa.Column("disclosed", sa.LargeBinary(), nullable=False),
        sa.Column("reporter_data", sa.Boolean(), nullable=False),
        sa.Column("reporter_wish", sa.String(), nullable=True),
        sa.Column("danger_now", sa.Boolean(), nullable=False),
        sa.Column("route", sa.String(), nullable=True),
        sa.Column("other_route", sa.LargeBinary(), nullable=False),
        sa.Column("force", sa.LargeBinary(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=True),
        sa.Column("submitted_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("pack_hash", sa.String(), nullable=True),
        sa.Column("reference", sa.LargeBinary(), nullable=False),
        sa.Column("reference_kind", sa.String(), nullable=True),
        sa.Column("officer", sa.LargeBinary(), nullable=False),
        sa.Column("chase_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("at_risk", sa.String(), nullable=True),
        sa.Column("at_risk_note", sa.LargeBinary(), nullable=False),
        sa.Column("at_risk_by", sa.String(), nullable=True),
        sa.Column("conclusion", sa.String(), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["senders.id"], name=op.f("fk_referrals_sender_id_senders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index("ix_referrals_sender_id", "referrals", ["sender_id"], unique=False)
    op.create_index("ix_referrals_state_chase_at", "referrals", ["state", "chase_at"], unique=False)
    op.create_table(
        "disclosures",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("referral_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("to_whom", sa.LargeBinary(), nullable=False),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.Column("lawful_basis", sa.String(), nullable=False),
        sa.Column("pack_hash", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_disclosures_referral_id_referrals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
    )
    op.create_index(
        "ix_disclosures_referral_id_at", "disclosures", ["referral_id", "at"], unique=False
    )
    op.create_table(
        "referral_matters",
        sa.Column("referral_id", sa.String(), nullable=False),
        sa.Column("matter_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_matters_referral_id_referrals"),
        ),
        sa.PrimaryKeyConstraint("referral_id", "matter_id", name=op.f("pk_referral_matters")),
    )
    op.create_index(
        "ix_referral_matters_matter_id", "referral_matters", ["matter_id"], unique=False
    )
    op.create_table(
        "referral_refusals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("referral_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_refusals_referral_id_referrals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_refusals")),
        sa.UniqueConstraint(
            "referral_id",
            "round",
            "person_id",
            name=op.f("uq_referral_refusals_referral_id_round_person_id"),
        ),
    )
    op.create_table(
        "referral_transitions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("referral_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("edge", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_transitions_referral_id_referrals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_transitions")),
        sa.UniqueConstraint(
            "referral_id", "sequence", name=op.f("uq_referral_transitions_referral_id_sequence")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_referral_transitions_token")),
    )

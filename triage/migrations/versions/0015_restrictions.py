"""Restrictions, where they apply, appeals, and what services hold of their own."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "block_list_entries",
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("entry_hash", sa.String(), nullable=False),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("first_seen", UtcDateTime(timezone=True), nullable=False),
        sa.Column("gone_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("target", "entry_hash", name=op.f("pk_block_list_entries")),
    )
    op.create_table(
        "reconcile_runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconcile_runs")),
    )
    op.create_index("ix_reconcile_runs_target_at", "reconcile_runs", ["target", "at"], unique=False)
    op.create_table(
        "restrictions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=True),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("grave", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("public_reason", sa.LargeBinary(), nullable=False),
        sa.Column("proportionality", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("since", UtcDateTime(timezone=True), nullable=True),
        sa.Column("review_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("lapses_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ratified_by", sa.String(), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("letter_withheld", sa.LargeBinary(), nullable=False),
        sa.Column("appeal_hash", sa.String(), nullable=True),
        sa.Column("appealed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["senders.id"], name=op.f("fk_restrictions_sender_id_senders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restrictions")),
        sa.UniqueConstraint("appeal_hash", name=op.f("uq_restrictions_appeal_hash")),
    )
    op.create_index(
        "ix_restrictions_sender_id_state", "restrictions", ["sender_id", "state"], unique=False
    )
    op.create_index(
        "ix_restrictions_state_review_at", "restrictions", ["state", "review_at"], unique=False
    )
    op.create_index(
        "uq_restrictions_emergency",
        "restrictions",
        ["sender_id"],
        unique=True,
        sqlite_where=sa.text("state = 'emergency'"),
        postgresql_where=sa.text("state = 'emergency'"),
    )
    op.create_table(
        "service_scopes",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_service_scopes_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", "target", name=op.f("pk_service_scopes")),
    )
    op.create_table(
        "appeals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("restriction_id", sa.String(), nullable=False),
        sa.Column("came_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_appeals_message_id_messages")
        ),
        sa.ForeignKeyConstraint(
            ["restriction_id"],
            ["restrictions.id"],
            name=op.f("fk_appeals_restriction_id_restrictions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("restriction_id", name=op.f("uq_appeals_restriction_id")),
    )
    op.create_table(
        "enforcement_tasks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("restriction_id", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("proportionality", sa.LargeBinary(), nullable=False),
        sa.Column("unverified_reason", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("applied_by", sa.String(), nullable=True),
        sa.Column("applied_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.String(), nullable=True),
        sa.Column("removed_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["restriction_id"],
            ["restrictions.id"],
            name=op.f("fk_enforcement_tasks_restriction_id_restrictions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enforcement_tasks")),
        sa.UniqueConstraint(
            "restriction_id", "target", name=op.f("uq_enforcement_tasks_restriction_id_target")
        ),
    )
    op.create_index(
        "ix_enforcement_tasks_target_state", "enforcement_tasks", ["target", "state"], unique=False
    )
    op.create_table(
        "enforcement_subjects",
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("entry_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["enforcement_tasks.id"],
            name=op.f("fk_enforcement_subjects_task_id_enforcement_tasks"),
        ),
        sa.PrimaryKeyConstraint("task_id", "entry_hash", name=op.f("pk_enforcement_subjects")),
    )
    op.create_index(
        "ix_enforcement_subjects_entry_hash", "enforcement_subjects", ["entry_hash"], unique=False
    )
    op.create_table(
        "frozen_messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("frozen_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["enforcement_tasks.id"],
            name=op.f("fk_frozen_messages_task_id_enforcement_tasks"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_messages")),
        sa.UniqueConstraint(
            "task_id", "reference", name=op.f("uq_frozen_messages_task_id_reference")
        ),
    )
    op.create_table(
        "restriction_approvals",
        sa.Column("restriction_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["restriction_id"],
            ["restrictions.id"],
            name=op.f("fk_restriction_approvals_restriction_id_restrictions"),
        ),
        sa.PrimaryKeyConstraint(
            "restriction_id", "person_id", name=op.f("pk_restriction_approvals")
        ),
    )
    op.create_table(
        "restriction_grounds",
        sa.Column("restriction_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_restriction_grounds_message_id_messages")
        ),
        sa.ForeignKeyConstraint(
            ["restriction_id"],
            ["restrictions.id"],
            name=op.f("fk_restriction_grounds_restriction_id_restrictions"),
        ),
        sa.PrimaryKeyConstraint(
            "restriction_id", "message_id", name=op.f("pk_restriction_grounds")
        ),
    )
    op.create_index(
        "ix_restriction_grounds_message_id", "restriction_grounds", ["message_id"], unique=False
    )
    op.create_table(
        "restriction_transitions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("restriction_id", sa.String(), nullable=False),
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
            ["restriction_id"],
            ["restrictions.id"],
            name=op.f("fk_restriction_transitions_restriction_id_restrictions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction_transitions")),
        sa.UniqueConstraint(
            "restriction_id",
            "sequence",
            name=op.f("uq_restriction_transitions_restriction_id_sequence"),
        ),
        sa.UniqueConstraint("token", name=op.f("uq_restriction_transitions_token")),
    )

"""Inquiries: evidence with its custody, notices, measures meanwhile, meetings."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "case_balances",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_balances_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_balances")),
    )
    op.create_index("ix_case_balances_case_id", "case_balances", ["case_id"], unique=False)
    op.create_table(
        "case_interims",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=True),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("lapses", UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ratified_by", sa.String(), nullable=True),
        sa.Column("ratified_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ratified_why", sa.LargeBinary(), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ending", sa.String(), nullable=True),
        sa.Column("ended_why", sa.LargeBinary(), nullable=False),
        sa.Column("letter_id", sa.String(), nullable=True),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("told_how", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_interims_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_case_interims_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_case_interims_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_interims")),
    )
    op.create_index("ix_case_interims_case_id", "case_interims", ["case_id"], unique=False)
    op.create_index(
        "ix_case_interims_ended_at_lapses", "case_interims", ["ended_at", "lapses"], unique=False
    )
    op.create_table(
        "case_evidence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("party_id", sa.String(), nullable=True),
        sa.Column("of_id", sa.String(), nullable=True),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("origin", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("file_name", sa.LargeBinary(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("bearing", sa.String(), nullable=True),
        sa.Column("carries", sa.Boolean(), nullable=False),
        sa.Column("tested", sa.Boolean(), nullable=False),
        sa.Column("tested_how", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_evidence_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["case_parties.id"], name=op.f("fk_case_evidence_party_id_case_parties")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_evidence")),
    )
    op.create_index("ix_case_evidence_case_id", "case_evidence", ["case_id"], unique=False)
    op.create_table(
        "case_custody",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_custody_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["case_evidence.id"], name=op.f("fk_case_custody_item_id_case_evidence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_custody")),
        sa.UniqueConstraint("item_id", "sequence", name=op.f("uq_case_custody_item_id_sequence")),
    )
    op.create_table(
        "case_meetings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("party_id", sa.String(), nullable=True),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=True),
        sa.Column("item_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_meetings_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["case_evidence.id"], name=op.f("fk_case_meetings_item_id_case_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["case_parties.id"], name=op.f("fk_case_meetings_party_id_case_parties")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_meetings")),
    )
    op.create_index("ix_case_meetings_case_id", "case_meetings", ["case_id"], unique=False)
    op.create_table(
        "case_notices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("letter_id", sa.String(), nullable=True),
        sa.Column("shown_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("shown_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("skipped", sa.LargeBinary(), nullable=False),
        sa.Column("reply_by", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("recheck_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("item_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_notices_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["case_evidence.id"], name=op.f("fk_case_notices_item_id_case_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_case_notices_letter_id_letters")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["case_parties.id"], name=op.f("fk_case_notices_party_id_case_parties")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notices")),
        sa.UniqueConstraint("party_id", name=op.f("uq_case_notices_party_id")),
    )
    op.create_index("ix_case_notices_case_id", "case_notices", ["case_id"], unique=False)
    op.create_index(
        "ix_case_notices_state_reply_by", "case_notices", ["state", "reply_by"], unique=False
    )
    op.create_table(
        "case_notice_steps",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("edge", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_notice_steps_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["case_notices.id"],
            name=op.f("fk_case_notice_steps_notice_id_case_notices"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notice_steps")),
        sa.UniqueConstraint(
            "case_id", "sequence", name=op.f("uq_case_notice_steps_case_id_sequence")
        ),
    )

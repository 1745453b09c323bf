"""Reports from outside: sealed, with a thread, files, and what is not sent yet."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None

WHEN = UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lookup", sa.String(), nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("must_change_code", sa.Boolean(), nullable=False),
        sa.Column("event_code", sa.String(), nullable=True),
        sa.Column("opened_at", WHEN, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("lookup", name=op.f("uq_reports_lookup")),
    )
    op.create_index(
        "ix_reports_waiting",
        "reports",
        ["received_at", "id"],
        sqlite_where=sa.text("opened_at IS NULL"),
        postgresql_where=sa.text("opened_at IS NULL"),
    )
    op.create_table(
        "report_messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("from_reporter", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_messages_report_id_reports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_messages")),
        sa.UniqueConstraint(
            "report_id", "sequence", name=op.f("uq_report_messages_report_id_sequence")
        ),
    )
    op.create_index(
        "ix_report_messages_incoming",
        "report_messages",
        ["at", "id"],
        sqlite_where=sa.text("from_reporter AND taken_at IS NULL"),
        postgresql_where=sa.text("from_reporter AND taken_at IS NULL"),
    )
    op.create_table(
        "report_files",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        *_file_columns(),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_files_report_id_reports")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["report_messages.id"],
            name=op.f("fk_report_files_message_id_report_messages"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_files")),
    )
    op.create_index("ix_report_files_report_id_at", "report_files", ["report_id", "at"])
    op.create_table(
        "report_drafts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_drafts")),
    )
    op.create_index("ix_report_drafts_expires_at", "report_drafts", ["expires_at"])
    op.create_table(
        "report_draft_files",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("draft_id", sa.String(), nullable=False),
        *_file_columns(),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["report_drafts.id"],
            name=op.f("fk_report_draft_files_draft_id_report_drafts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_draft_files")),
    )
    op.create_index("ix_report_draft_files_draft_id", "report_draft_files", ["draft_id"])
    op.create_table(
        "form_published",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_form_published")),
    )


def _file_columns() -> "list[sa.Column[object]]":
    return [
        sa.Column("at", WHEN, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    ]

"""Messages, and what happens to them."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE message_search USING fts5("
        "message_id UNINDEXED, body, tokenize = 'unicode61 remove_diacritics 2')",
    ),
    "postgresql": (
        "CREATE TABLE message_search (message_id TEXT PRIMARY KEY, body tsvector NOT NULL)",
        "CREATE INDEX ix_message_search_body ON message_search USING gin (body)",
    ),
}
"""The full-text index: FTS5, or tsvector. Erasure must reach it too."""

revision = "0001"
down_revision = "0000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "import_runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
    )
    op.create_index("ix_import_runs_started_at", "import_runs", ["started_at"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("raw_hash", sa.String(), nullable=False),
        sa.Column("raw_key_version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("parse_status", sa.String(), nullable=False),
        sa.Column("quarantine_reason", sa.String(), nullable=True),
        sa.Column("sender_id", sa.String(), nullable=True),
        sa.Column("from_name", sa.String(), nullable=False),
        sa.Column("from_address", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("message_id_hash", sa.String(), nullable=True),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("rest", sa.String(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("concern", sa.Float(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("unread", sa.String(), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("routes", sa.JSON(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("in_rest", sa.Boolean(), nullable=False),
        sa.Column("sample_probability", sa.Float(), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("queued_at", UtcDateTime(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claim_expires", UtcDateTime(), nullable=True),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.Column("second_look_by", sa.String(), nullable=True),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("particular_concern", sa.Boolean(), nullable=False),
        sa.Column("concern_by", sa.String(), nullable=True),
        sa.Column("concern_at", UtcDateTime(), nullable=True),
        sa.Column("concern_withdrawal_by", sa.String(), nullable=True),
        sa.Column("dispositions", sa.JSON(), nullable=True),
        sa.Column("severity", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["senders.id"], name=op.f("fk_messages_sender_id_senders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("raw_hash", name=op.f("uq_messages_raw_hash")),
    )
    op.create_index("ix_messages_claimed_by", "messages", ["claimed_by"], unique=False)
    op.create_index("ix_messages_imported_at", "messages", ["imported_at"], unique=False)
    op.create_index("ix_messages_message_id_hash", "messages", ["message_id_hash"], unique=False)
    op.create_index(
        "ix_messages_queue",
        "messages",
        ["rank", "received_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('claimed', 'queued', 'second_look')"),
        postgresql_where=sa.text("state IN ('claimed', 'queued', 'second_look')"),
    )
    op.create_index(
        "ix_messages_sender_id_received_at", "messages", ["sender_id", "received_at"], unique=False
    )
    op.create_table(
        "message_attachments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_attachments_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attachments")),
    )
    op.create_index(
        "ix_message_attachments_message_id",
        "message_attachments",
        ["message_id", "position"],
        unique=False,
    )
    op.create_table(
        "message_flags",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_flags_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_flags")),
    )
    op.create_index("ix_message_flags_message_id", "message_flags", ["message_id"], unique=False)
    op.create_table(
        "message_notes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_notes_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_notes")),
    )
    op.create_index(
        "ix_message_notes_message_id_at", "message_notes", ["message_id", "at"], unique=False
    )
    op.create_table(
        "message_reveals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("severe", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_reveals_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_reveals")),
    )
    op.create_index(
        "ix_message_reveals_person_id_at", "message_reveals", ["person_id", "at"], unique=False
    )
    op.create_table(
        "message_skips",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sitting", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_skips_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_skips")),
        sa.UniqueConstraint(
            "sitting", "message_id", name=op.f("uq_message_skips_sitting_message_id")
        ),
    )
    op.create_table(
        "message_transitions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("edge", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_transitions_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_transitions")),
        sa.UniqueConstraint(
            "message_id", "sequence", name=op.f("uq_message_transitions_message_id_sequence")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_message_transitions_token")),
    )
    op.create_table(
        "originals",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_originals_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_originals")),
    )
    op.create_table(
        "welfare_tasks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("done_note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_welfare_tasks_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welfare_tasks")),
    )
    op.create_index("ix_welfare_tasks_message_id", "welfare_tasks", ["message_id"], unique=False)
    for statement in SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)

"""Handover notes, and an index for what came to the queue since a moment."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the index."""
    op.create_table(
        "handover_notes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_notes")),
    )
    op.create_index("ix_handover_notes_at", "handover_notes", ["at"], unique=False)
    op.create_index("ix_messages_queued_at", "messages", ["queued_at"], unique=False)

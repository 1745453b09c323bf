"""What grows out of messages, as the rooms above tell."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the column that says how a mark of concern was settled."""
    op.create_table(
        "message_children",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("child_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_children_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_children")),
        sa.UniqueConstraint(
            "message_id", "child_id", name=op.f("uq_message_children_message_id_child_id")
        ),
    )
    op.create_index("ix_message_children_child_id", "message_children", ["child_id"])
    op.add_column("messages", sa.Column("concern_settled", sa.String(), nullable=True))

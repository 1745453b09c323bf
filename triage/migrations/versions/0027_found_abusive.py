"""An index of whose messages were found abusive: the queue asks for it in its order."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    found = sa.text("severity IS NOT NULL")
    op.create_index(
        "ix_messages_found_abusive",
        "messages",
        ["sender_id"],
        sqlite_where=found,
        postgresql_where=found,
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_messages_found_abusive", "messages")

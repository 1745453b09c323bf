"""Who wrote: checks of the address, services that send on, forwards, a person's word, tickets."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PLAIN = ("came_through", "no_sender", "said_address", "said_by", "inner_hash", "ticket_id")
"""Texts that may lack; what came before has none of them."""


def upgrade() -> None:
    """Add the columns, make the tables. What came before was not checked."""
    op.add_column(
        "messages",
        sa.Column("verified", sa.String(), server_default="not_checked", nullable=False),
    )
    op.add_column(
        "messages", sa.Column("authentication", sa.JSON(), server_default="[]", nullable=False)
    )
    op.add_column(
        "messages",
        sa.Column("held_forward", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    for name in (*PLAIN, "ticket_url"):
        op.add_column("messages", sa.Column(name, sa.String(), nullable=True))
    op.create_index("ix_messages_inner_hash", "messages", ["inner_hash"], unique=False)
    op.create_table(
        "message_forwards",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("raw_hash", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("by_address", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_forwards_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_forwards")),
        sa.UniqueConstraint("raw_hash", name=op.f("uq_message_forwards_raw_hash")),
    )
    op.create_index(
        "ix_message_forwards_message_id", "message_forwards", ["message_id"], unique=False
    )
    op.create_table(
        "message_writers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_writers_message_id_messages")
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["senders.id"], name=op.f("fk_message_writers_sender_id_senders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_writers")),
    )
    op.create_index(
        "ix_message_writers_message_id_at", "message_writers", ["message_id", "at"], unique=False
    )

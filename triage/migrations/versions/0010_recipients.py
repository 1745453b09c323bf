"""What recipients did about their own messages; volunteers without an account."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the index by which what was closed lately is found."""
    op.create_table(
        "volunteers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteers")),
        sa.UniqueConstraint("email", name=op.f("uq_volunteers_email")),
    )
    op.create_table(
        "recipient_acts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_recipient_acts_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient_acts")),
    )
    op.create_index(
        "ix_recipient_acts_message_id_person_id",
        "recipient_acts",
        ["message_id", "person_id"],
        unique=False,
    )
    op.create_index("ix_messages_decided_at", "messages", ["decided_at"], unique=False)

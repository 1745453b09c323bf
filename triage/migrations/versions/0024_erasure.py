"""Erasure of messages: more of a stub, marks of forwards, and what points at a message or its stub.

What the rooms above note of a message, and who read it, outlives its text: those rows point at
the message or, once it is erased, at its stub, which has the same id.
"""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

POINTING = ("restriction_grounds", "appeals", "message_reveals")


def upgrade() -> None:
    """Widen the stubs and the senders, and let three tables point at stubs too."""
    op.add_column(
        "message_stubs", sa.Column("concern", sa.Float(), server_default="0", nullable=False)
    )
    for name in ("by_model", "outside"):
        op.add_column(
            "message_stubs",
            sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False),
        )
    op.create_table(
        "stub_marks",
        sa.Column("raw_hash", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("erased_month", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("raw_hash", name=op.f("pk_stub_marks")),
    )
    op.add_column("senders", sa.Column("last_flagged", UtcDateTime(), nullable=True))
    op.add_column("senders", sa.Column("last_stub", sa.String(), nullable=True))
    op.execute(
        "UPDATE senders SET last_flagged = (SELECT max(message_flags.at) FROM message_flags "
        "JOIN messages ON messages.id = message_flags.message_id "
        "WHERE messages.sender_id = senders.id AND message_flags.reason <> 'sample')"
    )
    for table in POINTING:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"fk_{table}_message_id_messages", type_="foreignkey")

"""How far each mailbox folder was read."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mailbox_folders",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("place_hash", sa.String(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("cuts", sa.Integer(), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.Column("succeeded_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("problem_since", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_folders")),
        sa.UniqueConstraint("place_hash", name=op.f("uq_mailbox_folders_place_hash")),
    )
    op.create_table(
        "mailbox_left",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("folder_id", sa.String(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("next_try", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["folder_id"],
            ["mailbox_folders.id"],
            name=op.f("fk_mailbox_left_folder_id_mailbox_folders"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_left")),
        sa.UniqueConstraint("folder_id", "uid", name=op.f("uq_mailbox_left_folder_id_uid")),
    )

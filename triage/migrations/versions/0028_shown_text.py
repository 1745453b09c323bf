"""Of a notice, a hash of the very text that the reporter was shown; and of a sentence for the
person reported, that a second person agreed to it as it stands."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table. A notice that was shown before and has not gone is shown once
    more."""
    op.add_column("case_notices", sa.Column("shown_hash", sa.String(), nullable=True))
    op.create_table(
        "case_wordings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("words_hash", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_wordings_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_wordings")),
    )
    op.create_index("ix_case_wordings_case_id", "case_wordings", ["case_id"], unique=False)

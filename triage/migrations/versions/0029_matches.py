"""Why somebody was cleared of a match; among which staff list a report was looked through."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. An open case from before is looked through again, once."""
    empty = sa.text("''" if op.get_bind().dialect.name == "postgresql" else "x''")
    op.add_column(
        "case_matches",
        sa.Column("reason", sa.LargeBinary(), nullable=False, server_default=empty),
    )
    op.add_column("cases", sa.Column("matched_with", sa.String(), nullable=True))

"""Server-side sessions."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("login_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_staff_sessions_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("login_hash", name=op.f("uq_staff_sessions_login_hash")),
    )
    op.create_index("ix_staff_sessions_person_id", "staff_sessions", ["person_id"], unique=False)
    op.create_table(
        "session_bars",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("logins_until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_session_bars_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_session_bars")),
    )

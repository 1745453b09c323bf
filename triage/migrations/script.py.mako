"""${message}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

from triage.core.database import UtcDateTime

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    ${upgrades if upgrades else "pass"}

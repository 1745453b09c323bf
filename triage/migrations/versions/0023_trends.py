"""Stubs of erased messages, frozen releases that nobody changes, and what was tried."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

APPEND_ONLY = {"releases": "id", "release_publications": "release_id"}
"""Table -> its key. Rows are added, and nothing else: a release is never made again."""
REFUSED = "a release is never changed"


def upgrade() -> None:
    """Make the tables, and guard the releases as the record is guarded."""
    _stubs()
    _releases()
    guard = _guard_postgresql if op.get_bind().dialect.name == "postgresql" else _guard_sqlite
    for table, key in APPEND_ONLY.items():
        guard(table, key)


def _stubs() -> None:
    op.create_table(
        "message_stubs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("raw_hash", sa.String(), nullable=False),
        sa.Column("raw_key_version", sa.Integer(), nullable=False),
        sa.Column("sender_hash", sa.String(), nullable=True),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("decided_month", sa.String(), nullable=True),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("sample_probability", sa.Float(), nullable=False),
        sa.Column("dispositions", sa.JSON(), nullable=True),
        sa.Column("severity", sa.String(), nullable=True),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("review_band", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_stubs")),
        sa.UniqueConstraint("raw_hash", name=op.f("uq_message_stubs_raw_hash")),
    )
    op.create_index("ix_message_stubs_month", "message_stubs", ["month"], unique=False)
    op.create_index(
        "ix_message_stubs_decided_month", "message_stubs", ["decided_month"], unique=False
    )


def _releases() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("data_hash", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("rules_version", sa.String(), nullable=False),
        sa.Column("gate", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("period", name=op.f("uq_releases_period")),
    )
    op.create_table(
        "release_publications",
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_publications_release_id_releases"),
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release_publications")),
    )
    op.create_table(
        "assurance",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assurance")),
    )
    op.create_index("ix_assurance_kind_day", "assurance", ["kind", "day"], unique=False)


def _guard_sqlite(table: str, key: str) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
    # INSERT OR REPLACE deletes without telling the DELETE trigger.
    taken = f"{key} = NEW.{key} OR rowid = NEW.rowid"
    if table == "releases":
        taken += " OR period = NEW.period"
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ("  # noqa: S608
        f"SELECT 1 FROM {table} WHERE {taken}) {refuse}"
    )


def _guard_postgresql(table: str, _key: str) -> None:
    told = f"EXECUTE FUNCTION triage_refuse('{REFUSED}')"
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {told}"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {told}"
    )

"""Data keys, sealed words of colleagues, and triggers that keep the record append-only."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from triage.core.database import UtcDateTime
from triage.core.errors import KeyMissing

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SEALED = (
    ("message_transitions", "reason", "message_id", False),
    ("message_flags", "note", "message_id", False),
    ("message_notes", "text", "message_id", False),
    ("welfare_tasks", "done_note", "message_id", True),
)
"""Table, column, column of the owner, whether it may be null: plain before, sealed from now on."""

APPEND_ONLY = {"audit_links": "number", "audit_events": "id"}
"""Table -> its key. Rows are added, and nothing else."""

ORIGINAL = ("message_id", "raw", "sha256", "size")
"""Never rewritten. A row may be deleted: erasure does that."""


def upgrade() -> None:
    """Make, seal, guard."""
    op.create_table(
        "data_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("desk_key_version", sa.Integer(), nullable=False),
        sa.Column("wrapped_for_desk", sa.LargeBinary(), nullable=True),
        sa.Column("wrapped_for_receipt", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_salt", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("destroyed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "destroyed_at IS NULL OR (wrapped_for_desk IS NULL AND wrapped_for_receipt IS NULL)",
            name=op.f("ck_data_keys_destroyed_is_gone"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
        sa.UniqueConstraint("owner_id", name=op.f("uq_data_keys_owner_id")),
    )
    op.create_index(
        "ix_data_keys_desk_key_version_id", "data_keys", ["desk_key_version", "id"], unique=False
    )
    for table, column, owner, nullable in SEALED:
        _to_sealed(table, column, owner, nullable)
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _to_sealed(table: str, column: str, owner: str, nullable: bool) -> None:
    """Text to bytes; what stood there in plain is sealed with the desk's key, row by row.

    PostgreSQL keeps the bytes of a dropped column until the table is written anew: VACUUM FULL.
    """
    bind = op.get_bind()
    new = f"{column}_sealed"
    empty = sa.text("''" if bind.dialect.name == "postgresql" else "x''")
    op.add_column(
        table,
        sa.Column(
            new, sa.LargeBinary(), nullable=nullable, server_default=None if nullable else empty
        ),
    )
    if nullable:
        bind.execute(sa.text(f"UPDATE {table} SET {new} = {empty} WHERE {column} = ''"))  # noqa: S608
    plain = sa.table(
        table, sa.column("id"), sa.column(owner), sa.column(column), sa.column(new, sa.LargeBinary)
    )
    held = bind.execute(
        sa.select(plain.c.id, plain.c[owner], plain.c[column]).where(plain.c[column] != "")
    ).all()
    if held:
        _seal(plain, (table, column), [tuple(row) for row in held])
    op.drop_column(table, column)
    op.alter_column(table, new, new_column_name=column)
    if bind.dialect.name == "postgresql" and not nullable:
        op.alter_column(table, column, server_default=None)


def _seal(plain: sa.TableClause, place: tuple[str, str], held: list[tuple[str, str, str]]) -> None:
    table, column = place
    config = op.get_context().config
    vault = None if config is None else config.attributes.get("vault")
    if vault is None or not vault.ring().privates:
        raise KeyMissing(
            f"{len(held)} texts of colleagues in {table} are to be sealed, and there is no desk "
            "key. Run: triage keys init"
        )
    # The transaction is the migration's: the session must neither commit nor end it.
    with Session(op.get_bind(), join_transaction_mode="rollback_only") as session:
        for row_id, owner_id, text in held:
            sealed = vault.seal(
                session,
                owner_id=owner_id,
                table=table,
                column=column,
                row_id=row_id,
                text=text,
                at=datetime.now(UTC),
            )
            values = {f"{column}_sealed": sealed}
            session.execute(sa.update(plain).where(plain.c.id == row_id).values(values))


def _guard_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
    for table, key in APPEND_ONLY.items():
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        _guard_replacing(table, key, refuse)
    refuse = "BEGIN SELECT RAISE(ABORT, 'an original is never rewritten'); END"
    columns = ", ".join(ORIGINAL)
    op.execute(
        f"CREATE TRIGGER originals_no_update BEFORE UPDATE OF {columns} ON originals {refuse}"
    )
    _guard_replacing("originals", "message_id", refuse)


def _guard_replacing(table: str, key: str, refuse: str) -> None:
    # INSERT OR REPLACE deletes without telling the DELETE trigger.
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ("  # noqa: S608
        f"SELECT 1 FROM {table} WHERE {key} = NEW.{key} OR rowid = NEW.rowid) {refuse}"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION triage_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$"
    )
    for table in APPEND_ONLY:
        told = "EXECUTE FUNCTION triage_refuse('the record is append-only')"
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW {told}"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT {told}"
        )
    columns = ", ".join(ORIGINAL)
    op.execute(
        f"CREATE TRIGGER originals_no_update BEFORE UPDATE OF {columns} ON originals "
        "FOR EACH ROW EXECUTE FUNCTION triage_refuse('an original is never rewritten')"
    )

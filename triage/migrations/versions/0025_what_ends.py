"""What stays of an erased case, the custody of its evidence append-only, its messages held."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime
from triage.core.ids import new_id

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

REFUSED = "who had a piece of evidence is never changed"
HOLDS = sa.table(
    "holds",
    sa.column("id", sa.String()),
    sa.column("subject_id", sa.String()),
    sa.column("reason", sa.String()),
    sa.column("owner", sa.String()),
    sa.column("since", UtcDateTime()),
)
CHILDREN = sa.table(
    "message_children",
    sa.column("message_id", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("since", UtcDateTime()),
)


def upgrade() -> None:
    """Make, guard, hold."""
    op.create_table(
        "case_stubs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("ended_as", sa.String(), nullable=False),
        sa.Column("counted", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_stubs_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_stubs")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_stubs_case_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()
    _hold_messages()


def _guard_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    op.execute(f"CREATE TRIGGER case_custody_no_update BEFORE UPDATE ON case_custody {refuse}")
    # A row goes once its case is erased, and with it; nothing else takes one out.
    op.execute(
        "CREATE TRIGGER case_custody_no_delete BEFORE DELETE ON case_custody WHEN NOT EXISTS ("  # noqa: S608
        f"SELECT 1 FROM cases WHERE id = OLD.case_id AND state = 'erased') {refuse}"
    )
    # INSERT OR REPLACE deletes without telling the DELETE trigger.
    op.execute(
        "CREATE TRIGGER case_custody_no_replace BEFORE INSERT ON case_custody WHEN EXISTS ("  # noqa: S608
        "SELECT 1 FROM case_custody WHERE id = NEW.id OR rowid = NEW.rowid OR "
        f"(item_id = NEW.item_id AND sequence = NEW.sequence)) {refuse}"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION triage_refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF EXISTS (SELECT 1 FROM cases WHERE id = OLD.case_id AND state = 'erased') "
        "THEN RETURN OLD; END IF; RAISE EXCEPTION '%', TG_ARGV[0]; END $$"
    )
    op.execute(
        "CREATE TRIGGER case_custody_no_update BEFORE UPDATE ON case_custody FOR EACH ROW "
        f"EXECUTE FUNCTION triage_refuse('{REFUSED}')"
    )
    op.execute(
        "CREATE TRIGGER case_custody_no_delete BEFORE DELETE ON case_custody FOR EACH ROW "
        f"EXECUTE FUNCTION triage_refuse_unless_erased('{REFUSED}')"
    )
    op.execute(
        "CREATE TRIGGER case_custody_no_truncate BEFORE TRUNCATE ON case_custody "
        f"FOR EACH STATEMENT EXECUTE FUNCTION triage_refuse('{REFUSED}')"
    )


def _hold_messages() -> None:
    """What is evidence in a case by now is held as what is put in from here on; none is erased."""
    bind = op.get_bind()
    linked = (
        sa.select(CHILDREN.c.message_id, sa.func.min(CHILDREN.c.since).label("since"))
        .where(CHILDREN.c.kind == "case")
        .group_by(CHILDREN.c.message_id)
    )
    for row in bind.execute(linked).all():
        bind.execute(
            HOLDS.insert().values(
                id=new_id(),
                subject_id=row.message_id,
                reason="case",
                owner="cases",
                since=row.since,
            )
        )

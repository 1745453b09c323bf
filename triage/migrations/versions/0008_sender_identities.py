"""What senders are known by, what people say of them, and the traces in messages.

An address that stood in ``senders`` becomes an identity. Where two rows turn out to be one number
or one address, however they were written, their messages go to the one that was met first.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from triage.core.crypto import KeyedHash
from triage.core.database import UtcDateTime
from triage.core.errors import KeyMissing
from triage.core.ids import new_id
from triage.senders.canonical import recognise
from triage.senders.rules import Identifier, IdentityKind
from triage.senders.service import identifier_hash, loose_hash

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SENDERS = sa.table(
    "senders",
    sa.column("id"),
    sa.column("address_hash"),
    sa.column("key_version"),
    sa.column("address"),
    sa.column("first_seen", UtcDateTime()),
    sa.column("last_seen", UtcDateTime()),
)
MESSAGES = sa.table("messages", sa.column("sender_id"))


def upgrade() -> None:
    """Make the tables, carry the addresses over, and leave ``senders`` with what is its own."""
    identities = _make_tables()
    bind = op.get_bind()
    rows = bind.execute(sa.select(SENDERS).order_by(SENDERS.c.first_seen, SENDERS.c.id)).all()
    if rows:
        _carry_over(identities, rows)
    if bind.dialect.name == "postgresql":
        for column in ("address_hash", "key_version", "address"):
            op.drop_column("senders", column)
    else:
        _made_anew()


def _make_tables() -> sa.Table:
    identities = op.create_table(
        "sender_identities",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("identifier_hash", sa.String(), nullable=False),
        sa.Column("loose_hash", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["senders.id"], name=op.f("fk_sender_identities_sender_id_senders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_identities")),
        sa.UniqueConstraint("identifier_hash", name=op.f("uq_sender_identities_identifier_hash")),
    )
    op.create_index("ix_sender_identities_sender_id", "sender_identities", ["sender_id"])
    op.create_index(
        "ix_sender_identities_loose_hash", "sender_identities", ["loose_hash", "sender_id"]
    )
    op.create_table(
        "sender_links",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("one_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_reason", sa.String(), nullable=True),
        sa.Column("ended_note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["one_id"], ["senders.id"], name=op.f("fk_sender_links_one_id_senders")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["senders.id"], name=op.f("fk_sender_links_other_id_senders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_links")),
    )
    op.create_index("ix_sender_links_one_id", "sender_links", ["one_id"])
    op.create_index("ix_sender_links_other_id", "sender_links", ["other_id"])
    op.create_table(
        "message_traces",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_traces_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_traces")),
        sa.UniqueConstraint(
            "message_id", "kind", "hash", name=op.f("uq_message_traces_message_id_kind_hash")
        ),
    )
    op.create_index("ix_message_traces_hash", "message_traces", ["hash", "kind", "message_id"])
    return identities


def _carry_over(identities: sa.Table, rows: Any) -> None:
    keys = _keys(len(rows))
    bind = op.get_bind()
    kept: dict[str, dict[str, Any]] = {}
    for row in rows:
        identity = _identity(keys, row)
        first = kept.setdefault(identity["identifier_hash"], identity)
        if first is not identity:
            first["last_seen"] = max(first["last_seen"], row.last_seen)
            mine = MESSAGES.c.sender_id == row.id
            bind.execute(sa.update(MESSAGES).where(mine).values(sender_id=first["sender_id"]))
            bind.execute(sa.delete(SENDERS).where(SENDERS.c.id == row.id))
            it = SENDERS.c.id == first["sender_id"]
            bind.execute(sa.update(SENDERS).where(it).values(last_seen=first["last_seen"]))
    bind.execute(sa.insert(identities), list(kept.values()))


def _identity(keys: KeyedHash, row: Any) -> dict[str, Any]:
    """The row's address or number, canonical; what is erased keeps the hash it had."""
    found = None if row.address is None else recognise(row.address)
    if row.address is not None and found is None:
        found = Identifier(IdentityKind.EMAIL, row.address)  # no form of ours: as it was known
    return {
        "id": new_id(),
        "sender_id": row.id,
        "kind": (found.kind if found else IdentityKind.EMAIL).value,
        "namespace": "",
        "identifier_hash": identifier_hash(keys, found) if found else row.address_hash,
        "loose_hash": loose_hash(keys, found) if found else None,
        "value": found.value if found else None,
        "key_version": keys.version if found else row.key_version,
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
    }


def _keys(number: int) -> KeyedHash:
    config = op.get_context().config
    keys = None if config is None else config.attributes.get("keys")
    if not isinstance(keys, KeyedHash):
        raise KeyMissing(f"{number} senders are to be hashed anew, and there is no hash key.")
    return keys


def _made_anew() -> None:
    """SQLite drops no column that is unique: the table is made anew, its rows put back.

    Messages refer to it; that is looked at when all of it is done.
    """
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute(
        "CREATE TEMPORARY TABLE senders_kept AS SELECT id, first_seen, last_seen FROM senders"
    )
    op.drop_table("senders")
    op.create_table(
        "senders",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_senders")),
    )
    op.execute(
        "INSERT INTO senders (id, first_seen, last_seen) "
        "SELECT id, first_seen, last_seen FROM temp.senders_kept"
    )
    op.execute("DROP TABLE temp.senders_kept")

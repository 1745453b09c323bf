"""Sealed columns: how a room keeps a text that nobody reads from the database alone.

Writing: ``text=tx.seal(message_id, "message_notes", "text", note_id, words)`` into a column of
type ``Sealed``. Reading: ``vault.open(session, …)`` with the same place. Each owner (a report, a
message with its notes) has one data key; ``data_keys.destroy`` ends it, and all that it sealed.
An empty text stays empty: there is nothing in it to protect, and no key is made for it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from triage.core import envelope
from triage.core.data_keys import DataKey, held, row_of
from triage.core.database import Base
from triage.core.errors import Conflict, KeyMissing, Shredded, Unreadable
from triage.core.ids import new_id
from triage.core.keys import Keyring

ERASED = "[erased]"
NOT_HERE = "[sealed: the key to it is not on this machine]"
CHANGED = "[sealed, and cannot be opened: what is stored has been changed]"


class Sealed(TypeDecorator[bytes]):
    """A column of sealed bytes. It refuses plain text, so that none gets in by mistake."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Refuse what no envelope is, but for nothing at all."""
        if not value:
            return value
        if not isinstance(value, bytes):
            raise TypeError("a sealed column takes what tx.seal gave, not a text")
        if len(value) < envelope.SHORTEST or value[0] != envelope.VERSION:
            raise ValueError("a sealed column takes what tx.seal gave, and this is something else")
        return value


class Place(TypedDict):
    """Where a sealed text stands, and whose it is: it opens there and nowhere else."""

    owner_id: str
    table: str
    column: str
    row_id: str


class Vault:
    """Seals and opens texts with the keys of this process, whatever part of them it has."""

    def __init__(self, ring: Callable[[], Keyring] = Keyring) -> None:
        self.ring = ring

    def seal(self, session: Session, *, text: str, at: datetime, **place: Unpack[Place]) -> bytes:
        """The bytes to store for a text in this place; the owner's data key is made if need be.

        ``Shredded`` for an owner whose key was destroyed; ``KeyMissing`` without a desk key.
        """
        return self.seal_bytes(session, data=text.encode("utf-8"), at=at, **place)

    def seal_bytes(
        self, session: Session, *, data: bytes, at: datetime, **place: Unpack[Place]
    ) -> bytes:
        """As ``seal``, for a file."""
        cell = _cell(place)
        if not data:
            return b""
        key_id, data_key = self._key_to_seal(session, place["owner_id"], at)
        return envelope.seal_bytes(data_key, data, key_id=key_id, **cell)

    def open(self, session: Session, *, sealed: bytes | None, **place: Unpack[Place]) -> str:
        """The text of this place.

        ``Shredded`` where its key was destroyed, ``KeyMissing`` where this process has not the
        private key, ``Unreadable`` where the bytes are not those that were sealed here.
        """
        return self.open_bytes(session, sealed=sealed, **place).decode("utf-8")

    def open_bytes(
        self, session: Session, *, sealed: bytes | None, **place: Unpack[Place]
    ) -> bytes:
        """As ``open``, for a file."""
        cell = _cell(place)
        if not sealed:
            return b""
        row = row_of(session, place["owner_id"])
        if row is None:
            raise Unreadable("A sealed text has lost its key.")
        data_key = self._unwrapped(session, row)
        return envelope.open_bytes(data_key, sealed, key_id=row.id, **cell)

    def show(self, session: Session, *, sealed: bytes | None, **place: Unpack[Place]) -> str:
        """As ``open``, for lists: one text that does not open says why, and the rest is shown."""
        try:
            return self.open(session, sealed=sealed, **place)
        except Shredded:
            return ERASED
        except KeyMissing:
            return NOT_HERE
        except Unreadable:
            return CHANGED

    def open_of(self, session: Session, owner_id: str, row: Any, column: str) -> str:
        """As ``open``, for a row as it was read: its text stands where the row does."""
        return self.open(session, sealed=getattr(row, column), **place_of(owner_id, row, column))

    def show_of(self, session: Session, owner_id: str, row: Any, column: str) -> str:
        """As ``show``, for a row as it was read."""
        return self.show(session, sealed=getattr(row, column), **place_of(owner_id, row, column))

    def give_receipt(self, session: Session, *, owner_id: str, code: str, at: datetime) -> None:
        """Let the holder of a receipt code open what this owner's key seals. Replaces another."""
        key_id, data_key = self._key_to_seal(session, owner_id, at)
        row = session.get_one(DataKey, key_id)
        row.wrapped_for_receipt, row.receipt_salt = envelope.wrap_for_receipt(
            code, data_key, key_id=key_id, owner_id=owner_id
        )
        session.flush()

    def unlock(self, session: Session, *, owner_id: str, code: str) -> None:
        """With the receipt code, seal and open for this owner until the session ends.

        ``Unreadable``, alike for a wrong code, a destroyed key and an owner that is not; the
        work done is the same, too.
        """
        row = row_of(session, owner_id)
        wrapped = row.wrapped_for_receipt if row is not None else None
        salt = row.receipt_salt if row is not None else None
        key_id = row.id if row is not None else new_id()
        data_key = envelope.unwrap_with_receipt(
            code,
            wrapped or bytes([envelope.VERSION]) + bytes(envelope.SHORTEST + envelope.KEY_BYTES),
            salt or bytes(envelope.SALT_BYTES),
            key_id=key_id,
            owner_id=owner_id,
        )
        held(session)[key_id] = data_key

    def _key_to_seal(self, session: Session, owner_id: str, at: datetime) -> tuple[str, bytes]:
        row = row_of(session, owner_id)
        if row is None:
            key_id, data_key = new_id(), envelope.new_data_key()
            if self._insert(session, key_id, owner_id, data_key, at):
                held(session)[key_id] = data_key
                return key_id, data_key
            row = row_of(session, owner_id)  # another transaction was first: its key is the key
            if row is None:
                raise Conflict("The key of this was made at the same moment. Try again.")
        return row.id, self._unwrapped(session, row)

    def _insert(
        self, session: Session, key_id: str, owner_id: str, data_key: bytes, at: datetime
    ) -> bool:
        ring = self.ring()
        build = (
            postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        )
        statement = build(DataKey).values(
            id=key_id,
            owner_id=owner_id,
            desk_key_version=ring.newest,
            wrapped_for_desk=envelope.wrap_for_desk(
                ring.publics[ring.newest], data_key, key_id=key_id, owner_id=owner_id
            ),
            created_at=at,
        )
        done = statement.on_conflict_do_nothing(index_elements=["owner_id"]).returning(DataKey.id)
        return session.scalar(done) is not None

    def _unwrapped(self, session: Session, row: DataKey) -> bytes:
        if row.destroyed_at is not None or row.wrapped_for_desk is None:
            raise Shredded("This was erased, and its key with it.")
        keys = held(session)
        if row.id not in keys:
            keys[row.id] = envelope.unwrap(
                self.ring().private(row.desk_key_version),
                row.wrapped_for_desk,
                key_id=row.id,
                owner_id=row.owner_id,
            )
        return keys[row.id]


def place_of(owner_id: str, row: Any, column: str) -> Place:
    """The place of one column of a row."""
    return Place(owner_id=owner_id, table=row.__tablename__, column=column, row_id=row.id)


def _cell(place: Place) -> dict[str, str]:
    """Table, column and row of a place; ``ValueError`` where that is no sealed column."""
    table, column = place["table"], place["column"]
    found = Base.metadata.tables.get(table)
    if found is None or column not in found.c or not isinstance(found.c[column].type, Sealed):
        raise ValueError(f"{table}.{column} is no sealed column")
    return {"table": table, "column": column, "row_id": place["row_id"]}

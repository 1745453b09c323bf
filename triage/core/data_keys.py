"""Data keys: one for each owner, wrapped to the desk; destroyed, all that it sealed is erased."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, LargeBinary, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from triage.core import envelope
from triage.core.access import CONSOLE, Action
from triage.core.database import Base
from triage.core.errors import NotAllowed
from triage.core.ids import new_id
from triage.core.keys import Keyring

if TYPE_CHECKING:
    from triage.core.commands import Tx


class DataKey(Base):
    """The data key of one owner, wrapped. A destroyed one keeps its row: it is not made again."""

    __tablename__ = "data_keys"
    __table_args__ = (
        CheckConstraint(
            "destroyed_at IS NULL OR (wrapped_for_desk IS NULL AND wrapped_for_receipt IS NULL)",
            name="destroyed_is_gone",
        ),
        Index("ix_data_keys_desk_key_version_id", "desk_key_version", "id"),  # rotation
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(unique=True)
    desk_key_version: Mapped[int]
    wrapped_for_desk: Mapped[bytes | None] = mapped_column(LargeBinary)
    wrapped_for_receipt: Mapped[bytes | None] = mapped_column(LargeBinary)
    receipt_salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]


def destroy(tx: "Tx", owner_id: str) -> bool:
    """End an owner's data key: all that it sealed is unreadable from this moment, for good.

    Whether there was a key to destroy. Whether there may be (a hold, who asks) is the caller's
    affair. An owner without a key gets a row that says so: nothing is sealed for it any more.
    """
    row = row_of(tx.session, owner_id)
    if row is not None and row.destroyed_at is not None:
        return False
    if row is None:
        tx.session.add(
            DataKey(owner_id=owner_id, desk_key_version=0, created_at=tx.now, destroyed_at=tx.now)
        )
    else:
        row.wrapped_for_desk = row.wrapped_for_receipt = row.receipt_salt = None
        row.destroyed_at = tx.now
        held(tx.session).pop(row.id, None)
    tx.session.flush()
    tx.record("key_destroyed", owner_id)
    return row is not None


def rewrap_some(tx: "Tx", *, most: int = 200) -> int:
    """One batch of a rotation, by the command line alone; how many are done. 0: all are."""
    tx.allow(Action.MANAGE_KEYS)
    if tx.actor.person_id != CONSOLE.person_id:
        raise NotAllowed("Keys are looked after from the command line.", what="manage_keys")
    ring = tx.vault.ring()
    done = rewrap(tx.session, ring, most=most)
    if done:
        tx.record("data_keys_rewrapped", None, count=done, version=ring.newest)
    return done


def rewrap(session: Session, ring: Keyring, *, most: int = 200) -> int:
    """Wrap up to ``most`` data keys to the newest desk key; how many. Nothing sealed is touched."""
    newest = ring.newest
    rows = session.scalars(
        select(DataKey)
        .where(DataKey.desk_key_version < newest, DataKey.wrapped_for_desk.is_not(None))
        .order_by(DataKey.desk_key_version, DataKey.id)
        .limit(most)
        .with_for_update()
    ).all()
    for row in rows:
        assert row.wrapped_for_desk is not None  # by the condition above
        place = {"key_id": row.id, "owner_id": row.owner_id}
        data_key = envelope.unwrap(
            ring.private(row.desk_key_version), row.wrapped_for_desk, **place
        )
        row.wrapped_for_desk = envelope.wrap_for_desk(ring.publics[newest], data_key, **place)
        row.desk_key_version = newest
    session.flush()
    return len(rows)


def wraps(session: Session) -> dict[int, int]:
    """Desk key version -> how many data keys are wrapped to it."""
    found = session.execute(
        select(DataKey.desk_key_version, func.count())
        .where(DataKey.wrapped_for_desk.is_not(None))
        .group_by(DataKey.desk_key_version)
    )
    return {row[0]: row[1] for row in found}


def row_of(session: Session, owner_id: str) -> DataKey | None:
    """The data key of an owner as it stands in the database at this moment."""
    return session.scalar(
        select(DataKey)
        .where(DataKey.owner_id == owner_id)
        .execution_options(populate_existing=True)
    )


def held(session: Session) -> dict[str, bytes]:
    """Key id -> data key that this session has unwrapped; gone with the session."""
    keys: dict[str, bytes] = session.info.setdefault("data_keys", {})
    return keys

"""How far a mailbox folder was read, moved on in the transaction that receives its messages."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Dialect, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.crypto import KeyedHash
from triage.core.ids import new_id
from triage.core.mailboxes import Mailbox
from triage.intake.rules import ALONE, Problem, retry_after
from triage.intake.tables import MailboxFolder, MailboxLeft


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where reading goes on."""

    folder_id: str
    uidvalidity: int
    last_uid: int
    cuts: int
    due: tuple[int, ...]
    """Messages that could not be fetched before, and are to be tried again now."""


def place_of(keys: KeyedHash, box: Mailbox, folder: str) -> str:
    """The keyed hash by which a folder is known: where it is, not what people call it."""
    parts = (box.host.lower(), str(box.at_port), box.user, folder)
    return keys.of("mailbox", "\0".join(parts).encode())


def open_folder(tx: Tx, *, place: str, uidvalidity: int) -> Cursor:
    """Where to read on. Under another UIDVALIDITY all numbers are void: from the start again.

    What is read twice is known by its hash, and is not received twice.
    """
    tx.allow(Action.RECEIVE)
    row = _row(tx, place)
    if row.uidvalidity != uidvalidity:
        row.uidvalidity, row.last_uid, row.cuts = uidvalidity, 0, 0
        tx.session.execute(delete(MailboxLeft).where(MailboxLeft.folder_id == row.id))
    due = select(MailboxLeft.uid).where(
        MailboxLeft.folder_id == row.id, MailboxLeft.next_try <= tx.now
    )
    left = tuple(tx.session.scalars(due.order_by(MailboxLeft.uid)))
    return Cursor(row.id, uidvalidity, row.last_uid, row.cuts, left)


def advance(tx: Tx, *, cursor: Cursor, last_uid: int, left: Sequence[int] = ()) -> None:
    """All up to ``last_uid`` is dealt with; what of it could not be fetched is left for later.

    It never moves back, and under another UIDVALIDITY not at all: two processes that read the
    same folder do no harm to each other.
    """
    tx.allow(Action.RECEIVE)
    row = _by_id(tx, cursor.folder_id)
    if row.uidvalidity != cursor.uidvalidity:
        return
    row.cuts = 0
    row.last_uid = max(row.last_uid, last_uid)
    row.looked_at = row.succeeded_at = tx.now  # a long first look is no silence
    for uid in left:
        if _left(tx, cursor, uid) is None:
            tx.session.add(
                MailboxLeft(
                    id=new_id(),
                    folder_id=row.id,
                    uid=uid,
                    tries=1,
                    since=tx.now,
                    next_try=tx.now + retry_after(1),
                )
            )


def tried(tx: Tx, *, cursor: Cursor, uid: int) -> None:
    """A message is about to be tried again: if that ends badly, the next try is a while off."""
    tx.allow(Action.RECEIVE)
    row = _left(tx, cursor, uid)
    if row is not None:
        row.tries += 1
        row.next_try = tx.now + retry_after(row.tries)


def settled(tx: Tx, *, cursor: Cursor, uid: int) -> None:
    """A message that was left is received now, or has gone from the server."""
    tx.allow(Action.RECEIVE)
    if _by_id(tx, cursor.folder_id).uidvalidity != cursor.uidvalidity:
        return
    row = _left(tx, cursor, uid)
    if row is not None:
        tx.session.delete(row)


def cut_off(tx: Tx, *, cursor: Cursor, alone: bool) -> None:
    """Reading on from here was cut off: the next time fewer are asked for at once. ``alone``: one
    message was asked for, and it may be what breaks the connection."""
    tx.allow(Action.RECEIVE)
    row = _by_id(tx, cursor.folder_id)
    if row.uidvalidity == cursor.uidvalidity:
        row.cuts += ALONE if alone else 1


def looked(tx: Tx, *, place: str, problem: Problem | None = None) -> None:
    """How a look went. A problem is dated from the first look that met any."""
    tx.allow(Action.RECEIVE)
    row = _row(tx, place)
    row.looked_at = tx.now
    if problem is None:
        row.succeeded_at, row.problem, row.problem_since, row.failures = tx.now, None, None, 0
        return
    row.problem = problem.value
    row.problem_since = row.problem_since or tx.now
    row.failures += 1


def _row(tx: Tx, place: str) -> MailboxFolder:
    dialect: Dialect = tx.session.get_bind().dialect
    make = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    new = {"id": new_id(), "place_hash": place, "key_version": tx.keys.version}
    statement = make(MailboxFolder).values(**new, last_uid=0, cuts=0, failures=0)
    tx.session.execute(statement.on_conflict_do_nothing(index_elements=["place_hash"]))
    found = select(MailboxFolder).where(MailboxFolder.place_hash == place)
    return tx.session.scalars(found.with_for_update()).one()


def _by_id(tx: Tx, folder_id: str) -> MailboxFolder:
    return tx.session.get_one(MailboxFolder, folder_id, with_for_update=True)


def _left(tx: Tx, cursor: Cursor, uid: int) -> MailboxLeft | None:
    return tx.session.scalar(
        select(MailboxLeft).where(MailboxLeft.folder_id == cursor.folder_id, MailboxLeft.uid == uid)
    )

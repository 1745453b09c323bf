"""Senders of whom nothing is left: their address goes, and in the end every trace.

Whatever points at a sender keeps them: a message, a restriction, a referral, a letter, a case,
something in force. That is read from the foreign keys of all rooms, so that a later room counts
by being there. Only who they are the same person as keeps nobody.

No event says so: a sender is no matter, and whoever may not know of a message would learn from it
that somebody wrote. What is on the record is the erasure of each message.
"""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, or_, select
from sqlalchemy.orm import Session

from triage.core.commands import Tx
from triage.core.data_keys import destroy, row_of
from triage.core.database import Base
from triage.core.erasing import Due, Keeping
from triage.core.settings import Settings
from triage.messages.schedule import newest_month_over
from triage.senders.tables import Sender, SenderIdentity, SenderLink
from triage.staff.calendar import local_day

OWN = {"sender_identities", "sender_links"}
"""Tables that say of a sender who they are, and keep nobody."""
RULE = "nothing_left"


def due_senders(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> list[Due]:
    """Senders of whom nothing is left, and of whom there is still something to take away."""
    plain = exists().where(SenderIdentity.sender_id == Sender.id, _plain())
    page = session.execute(
        select(Sender.id, Sender.last_seen)
        .where(Sender.id > after, ~_pointed_at(), or_(plain, _no_stub(settings, local_day(now))))
        .order_by(Sender.id)
        .limit(most)
    )
    return [Due(row.id, RULE, row.last_seen) for row in page]


def erase_sender(tx: Tx, due: Due) -> bool:
    """Take away what an address says in plain; while stubs count them, hashes stay to count by."""
    # In the order in which mail that comes in locks them.
    known_by = tx.session.scalars(
        select(SenderIdentity)
        .where(SenderIdentity.sender_id == due.matter_id)
        .order_by(SenderIdentity.id)
        .with_for_update()
    ).all()
    sender = tx.session.get(Sender, due.matter_id, with_for_update=True)
    pointed = tx.session.scalar(select(Sender.id).where(Sender.id == due.matter_id, _pointed_at()))
    if sender is None or pointed is not None:
        return False
    for link in _links(tx, sender.id):
        link.note, link.ended_note = b"", b"" if link.ended_note else link.ended_note
        if row_of(tx.session, link.id) is not None:
            destroy(tx, link.id)
    if _over(sender, tx.settings, local_day(tx.now)):
        _forget(tx, sender)
        return True
    for one in known_by:
        one.value = one.loose_hash = None
    assert sender.last_stub is not None  # _over has looked
    year, month = (int(part) for part in sender.last_stub.split("-"))
    sender.first_seen = sender.last_seen = sender.last_seen.replace(
        year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0
    )
    sender.last_flagged = None
    tx.session.flush()
    return True


def _forget(tx: Tx, sender: Sender) -> None:
    tx.session.flush()
    of_links = or_(SenderLink.one_id == sender.id, SenderLink.other_id == sender.id)
    tx.session.execute(delete(SenderLink).where(of_links))
    tx.session.execute(delete(SenderIdentity).where(SenderIdentity.sender_id == sender.id))
    tx.session.execute(delete(Sender).where(Sender.id == sender.id))
    tx.session.expunge_all()


def _links(tx: Tx, sender_id: str) -> list[SenderLink]:
    of_them = or_(SenderLink.one_id == sender_id, SenderLink.other_id == sender_id)
    return list(
        tx.session.scalars(
            select(SenderLink).where(of_them).order_by(SenderLink.id).with_for_update()
        )
    )


def _plain() -> ColumnElement[bool]:
    return or_(SenderIdentity.value.is_not(None), SenderIdentity.loose_hash.is_not(None))


def _no_stub(settings: Settings, today: date) -> ColumnElement[bool]:
    newest = newest_month_over(today, timedelta(days=settings.keep_stub_days))
    return or_(Sender.last_stub.is_(None), Sender.last_stub <= newest)


def _over(sender: Sender, settings: Settings, today: date) -> bool:
    newest = newest_month_over(today, timedelta(days=settings.keep_stub_days))
    return sender.last_stub is None or sender.last_stub <= newest


def _pointed_at() -> ColumnElement[bool]:
    return or_(*(exists().where(column == Sender.id) for column in _pointing()))


@cache
def _pointing() -> tuple[Any, ...]:
    """Every column of every room that says whose something is."""
    senders: Table = Base.metadata.tables["senders"]
    return tuple(
        column
        for table in Base.metadata.sorted_tables
        if table.name not in OWN
        for column in table.columns
        if column.references(senders.c.id)
    )


KEEPING = Keeping("senders", due_senders, erase_sender)

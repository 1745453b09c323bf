"""Telling what is in force. Called by the rooms above, in their own transaction: their command has
checked access, and their matter is the one on whose record it stands.

The event is one of the matter, not of the sender: a sender's events would tell everybody when,
and by whom, something was decided of which they may know only that it holds.
"""

from datetime import datetime

from sqlalchemy import Dialect, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.core.ids import new_id
from triage.senders.standing.rules import Measure, later
from triage.senders.standing.tables import SenderStanding


def set_standing(
    tx: Tx,
    *,
    sender_id: str,
    measure: Measure,
    source_id: str,
    since: datetime,
    until: datetime | None,
    matter_id: str | None = None,
) -> None:
    """Something is in force from now on. Said again by the same source it may last longer, and
    changes nothing else; what was ended stays so.

    The system restricts nobody (P-MSG-3): it may only note that a letter which a person sent
    has gone out. ``matter_id`` is the source's matter, where it is not one itself.
    """
    if tx.actor.is_system and measure is not Measure.ASKED_TO_CEASE:
        raise NotAllowed("The system may not restrict anybody.", what="standing")
    if until is not None and until <= since:
        raise Invalid("This would end before it begins.", field="until")
    values = {
        "id": new_id(),
        "sender_id": sender_id,
        "measure": measure.value,
        "source_id": source_id,
        "since": since,
        "until": until,
    }
    dialect: Dialect = tx.session.get_bind().dialect
    make = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement = make(SenderStanding).values(**values).on_conflict_do_nothing()
    if tx.session.scalar(statement.returning(SenderStanding.id)) is None:
        row = _row(tx, source_id, measure)
        if (row.sender_id, row.since) != (sender_id, since):
            raise Invalid("This is in force already, for another sender or since another time.")
        if row.ended_at is not None:
            raise Conflict("This has ended: it does not begin again by being said again.")
        lasts = later(row.until, until)
        if lasts == row.until:
            return
        row.until = lasts
        tx.session.flush()
    tx.record("standing_set", matter_id or source_id, measure=measure.value, sender=sender_id)


def end_standing(tx: Tx, *, source_id: str, at: datetime, matter_id: str | None = None) -> None:
    """Nothing that this source gave is in force after a moment; saying it again changes nothing.

    Also the system may say so: what lapses or expires ends, whoever notes it.
    """
    given = select(SenderStanding).where(
        SenderStanding.source_id == source_id, SenderStanding.ended_at.is_(None)
    )
    for row in tx.session.scalars(given.order_by(SenderStanding.id).with_for_update()).all():
        row.ended_at = at
        tx.record(
            "standing_ended", matter_id or source_id, measure=row.measure, sender=row.sender_id
        )
    tx.session.flush()


def forget_standing(tx: Tx, *, source_id: str) -> None:
    """What gave it is erased, and long over: nothing is left that it was ever given."""
    tx.session.execute(delete(SenderStanding).where(SenderStanding.source_id == source_id))


def _row(tx: Tx, source_id: str, measure: Measure) -> SenderStanding:
    return tx.session.scalars(
        select(SenderStanding)
        .where(SenderStanding.source_id == source_id, SenderStanding.measure == measure.value)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()

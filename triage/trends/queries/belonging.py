"""In which period a message counts, and in which it counts as flagged, in SQL.

Each is said by something that never changes, so that it is the same whenever it is asked: a year
has in it what its quarters had, and a quarter what its months had, neither more nor less
(``messages.stubs.rules``). The gate rests on that.
"""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import aliased

from triage.core.audit import AuditEvent
from triage.messages.rules import Edge
from triage.messages.stubs.rules import GRACE
from triage.messages.stubs.tables import MessageStub
from triage.messages.tables import Message, MessageTransition
from triage.staff.calendar import at_clock
from triage.trends.rules import Period, Span


@dataclass(frozen=True, slots=True)
class Stretch:
    """The moments between which a period lies, by London's clock."""

    starts: datetime
    ends: datetime

    def holds(self, moment: Any) -> ColumnElement[bool]:
        """Whether something happened in it."""
        return and_(moment >= self.starts, moment < self.ends)


def stretch(period: Period) -> Stretch:
    """A period as moments."""
    return Stretch(at_clock(period.first, time()), at_clock(period.after, time()))


def months(period: Period) -> list[str]:
    """Its months, as they are written."""
    return [one.code for one in period.parts(Span.MONTH)]


def counted(period: Period) -> ColumnElement[bool]:
    """The messages that count in a period (``counted_month``)."""
    span, late = stretch(period), _late(period)
    came = Message.imported_at
    return and_(
        came >= span.starts,
        came < late.ends,
        or_(Message.received_at < span.ends, came < span.ends),
        or_(Message.received_at >= span.starts, came >= late.starts),
    )


def flagged_at_once(period: Period) -> ColumnElement[bool]:
    """Those that the model flagged as they came in."""
    return and_(Message.flagged, counted(period))


def flagged_by_hand(period: Period) -> ColumnElement[bool]:
    """Those in the queue for more than the blind sample though the model said nothing, by when
    they came to it first (``flagged_month``): most of them the day they came in, some long after.
    """
    span, late = stretch(period), _late(period)
    one = aliased(Message)
    came, received = one.imported_at, one.received_at
    queued = (
        select(func.min(MessageTransition.at))
        .where(
            MessageTransition.message_id == one.id,
            MessageTransition.edge == Edge.QUEUE.value,
        )
        .correlate(one)
        .scalar_subquery()
    )
    ids = select(one.id).where(  # few: found first, and only then looked at
        one.queued_at >= span.starts,  # it only ever moves on: this narrows the search
        not_(one.flagged),
        not_(one.sampled),
        queued < late.ends,
        or_(received < span.ends, came < span.ends),
        or_(queued >= late.starts, and_(came >= span.starts, received >= span.starts)),
    )
    return Message.id.in_(ids)


def flagged_stub(period: Period) -> ColumnElement[bool]:
    """The same of what is erased: the record still knows when somebody flagged it."""
    late, within = _late(period), months(period)
    at = (
        select(func.min(AuditEvent.at))
        .where(AuditEvent.matter_id == MessageStub.id, AuditEvent.code == "flagged")
        .correlate(MessageStub)
        .scalar_subquery()
    )
    own = MessageStub.month.in_(within)
    by_hand = and_(
        MessageStub.month <= within[-1],
        at < late.ends,
        or_(MessageStub.month >= within[0], at >= late.starts),
    )
    unknown = and_(own, at.is_(None))
    when = or_(
        and_(MessageStub.by_model, own), and_(not_(MessageStub.by_model), or_(by_hand, unknown))
    )
    return and_(MessageStub.flagged, when)


def _late(period: Period) -> Stretch:
    """The moments between which what is late counts in a period."""
    return Stretch(at_clock(period.first + GRACE, time()), at_clock(period.after + GRACE, time()))

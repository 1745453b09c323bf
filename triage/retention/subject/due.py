"""By when a request is answered. Pure."""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

from triage.core.errors import Conflict
from triage.retention.subject.rules import Kind

ACKNOWLEDGE_DAYS = 30
"""A complaint is acknowledged within so many days of its coming in."""
MONTHS, EXTENDED = 1, 2
WARN = timedelta(days=7)
"""So long before the day it shows, and whoever may answer is reminded once."""


class Pressing(StrEnum):
    """Why whoever may answer is reminded."""

    SOON = "soon"
    LATE = "late"


def pressing(due: date, today: date) -> Pressing | None:
    """Whether the day is near, or over: of the last day on which it is in time, it is near."""
    if today > due:
        return Pressing.LATE
    return Pressing.SOON if due - WARN <= today else None


def add_months(day: date, count: int) -> date:
    """The same day so many months on; where that month has no such day, its last."""
    months = day.month - 1 + count
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def due_on(
    kind: Kind,
    received: date,
    *,
    extended: bool = False,
    paused: int = 0,
    asked: date | None = None,
    today: date | None = None,
) -> date:
    """The last day on which it is answered in time. Bank holidays and weekends change nothing.

    ``paused``: days for which it was awaited who asks. ``asked``: since when that is awaited
    still, and ``today`` counts into it: the clock stands for that time, and for no other reason.
    """
    if kind is Kind.COMPLAINT:
        return received + timedelta(days=ACKNOWLEDGE_DAYS)
    if asked is not None and today is not None:
        paused += max(0, (today - asked).days)
    months = MONTHS + (EXTENDED if extended else 0)
    return add_months(received, months) + timedelta(days=paused)


def check_extension(today: date, due: date, *, extended: bool) -> None:
    """Once, and the person is told within the first month (article 12(3))."""
    if extended:
        raise Conflict("More time was taken once already: there is no more.")
    if today > due:
        raise Conflict("The first month is over: more time can only be taken within it.")

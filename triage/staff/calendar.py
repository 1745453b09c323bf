"""Working days and working hours, by the clocks of the United Kingdom. Pure.

A working day is Monday to Friday, no bank holiday of the nation and no closure day of ours. All
moments that come in and go out are aware; the arithmetic is done on London's clock, and lengths
are measured in UTC, so that a day on which the clocks change counts the hours it has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

LONDON = ZoneInfo("Europe/London")
"""One time zone for all three nations."""


class Nation(StrEnum):
    """Whose bank holidays are kept."""

    ENGLAND_AND_WALES = "england_and_wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"


_SUBDIVISION = {
    Nation.ENGLAND_AND_WALES: "ENG",
    Nation.SCOTLAND: "SCT",
    Nation.NORTHERN_IRELAND: "NIR",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: from its start up to, not including, its end."""

    starts: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        """How long it is, in hours that pass."""
        return self.ends.astimezone(UTC) - self.starts.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When the desk is open: nation, closure days, and the hours of a working day in London."""

    nation: Nation = Nation.ENGLAND_AND_WALES
    closures: frozenset[date] = frozenset()
    opens: int = 9
    closes: int = 17

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, no bank holiday, no closure day."""
        return (
            day.weekday() < 5
            and day not in self.closures
            and day not in bank_holidays(self.nation, day.year)
        )

    def open_span(self, day: date) -> Span:
        """The working hours of a day, as UTC moments, whether or not it is a working day."""
        return Span(at_clock(day, time(self.opens)), at_clock(day, time(self.closes)))

    def open_spans(self, starts: datetime, ends: datetime) -> Iterator[Span]:
        """The working hours that lie between two moments, day by day."""
        _aware(starts, ends)
        day, last = local_day(starts), local_day(ends)
        while day <= last:
            if self.is_working_day(day):
                whole = self.open_span(day)
                cut = Span(max(whole.starts, starts), min(whole.ends, ends))
                if cut.starts < cut.ends:
                    yield Span(cut.starts.astimezone(UTC), cut.ends.astimezone(UTC))
            day += timedelta(days=1)


@cache
def bank_holidays(nation: Nation, year: int) -> frozenset[date]:
    """The bank holidays of one year, those moved to another day and those of one year only too."""
    return frozenset(country_holidays("GB", subdiv=_SUBDIVISION[nation], years=year))


def local_day(at: datetime) -> date:
    """The day that it is in London at a moment."""
    return at.astimezone(LONDON).date()


def month_began(at: datetime) -> datetime:
    """The first moment, by London's clock, of the month that a moment lies in."""
    return at_clock(local_day(at).replace(day=1), time(0))


def at_clock(day: date, clock: time) -> datetime:
    """The moment at which London's clocks show a time, in UTC.

    Where the clocks go forward over it, the moment an hour later by the new time; where they show
    it twice, the first.
    """
    return datetime.combine(day, clock, tzinfo=LONDON).astimezone(UTC)


def add_working_days(calendar: WorkCalendar, at: datetime, days: int) -> datetime:
    """The same time by London's clock, so many working days on; never on a day that is none.

    With 0, the moment itself on a working day, else that time on the next working day.
    """
    _aware(at)
    if days < 0:
        raise ValueError(f"working days are counted forward, not {days}")
    here = at.astimezone(LONDON)
    day = here.date()
    left = days
    while left > 0 or not calendar.is_working_day(day):
        day += timedelta(days=1)
        left -= calendar.is_working_day(day)
    if day == here.date():
        return at.astimezone(UTC)
    return at_clock(day, here.time())


def end_of_working_day(calendar: WorkCalendar, at: datetime, count: int) -> datetime:
    """When the ``count``-th working day after the day of a moment closes."""
    day = local_day(add_working_days(calendar, at, count))
    return calendar.open_span(day).ends


def last_close(calendar: WorkCalendar, at: datetime) -> datetime:
    """When the last working day before the day of a moment closed: on a Monday, Friday's close."""
    day = local_day(at) - timedelta(days=1)
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return calendar.open_span(day).ends


def add_working_hours(calendar: WorkCalendar, at: datetime, span: timedelta) -> datetime:
    """The moment by which so much working time has passed: for targets in working hours."""
    _aware(at)
    left, day = span, local_day(at)
    while True:
        if calendar.is_working_day(day):
            whole = calendar.open_span(day)
            starts = max(whole.starts, at.astimezone(UTC))
            if starts < whole.ends:
                if starts + left <= whole.ends:
                    return starts + left
                left -= whole.ends - starts
        day += timedelta(days=1)


def _aware(*moments: datetime) -> None:
    for one in moments:
        if one.tzinfo is None:
            raise ValueError(f"a moment must be aware, not {one!r}")

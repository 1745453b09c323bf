"""Which line of the retention schedule a message falls under, and until when it is kept. Pure.

Nothing open has an end at all: what waits, what somebody holds, what a person at risk or a
decision elsewhere still depends on. Of several lines that apply the one that keeps longest
counts. Holds (P-POL-3) are no part of this: they stand in the way of erasure whatever is said
here (``core.holds``).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from triage.conduct.kinds import Disposition
from triage.messages.rules import OPEN_CHILD, TERMINAL, ChildKind, ChildState, State


class Line(StrEnum):
    """A line of the schedule."""

    UNFLAGGED = "unflagged"
    ROUTED = "routed"
    NO_ACTION = "no_action"
    WELFARE = "welfare"
    NOTED = "noted"
    THREATENING = "threatening"
    ACTED_ON = "acted_on"
    """A restriction or a case came of it, and has ended."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long each line keeps."""

    unflagged: timedelta
    routed: timedelta
    no_action: timedelta
    welfare: timedelta
    noted: timedelta
    threatening: timedelta
    acted_on: timedelta

    @property
    def shortest(self) -> timedelta:
        """Before this has passed since its decision, nothing that was decided is due."""
        decided = (self.routed, self.no_action, self.welfare, self.noted, self.threatening)
        return min(*decided, self.acted_on)


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a message says how long it is kept."""

    state: State
    came_in: datetime
    decided_at: datetime | None = None
    dispositions: frozenset[str] = frozenset()
    particular_concern: bool = False
    concern_settled: bool = False
    held_forward: bool = False
    welfare_open: bool = False
    welfare_done: datetime | None = None
    children: tuple[tuple[ChildKind, ChildState, datetime], ...] = ()
    """What grew out of it: what it is, how it stands, and since when."""
    last_flagged: datetime | None = None
    """When anything of the same sender was flagged last, erased by now or not."""
    kept_with: bool = False
    """Something else of the same sender was flagged and is still here: unflagged mail of theirs
    is kept with it."""


def is_open(facts: Facts) -> bool:
    """Whether somebody still has something to do with it, or may have: it is not erased."""
    if facts.state is not State.UNFLAGGED and facts.state not in TERMINAL:
        return True
    if facts.state is not State.UNFLAGGED and facts.decided_at is None:
        return True
    if facts.particular_concern and not facts.concern_settled:
        return True
    if facts.held_forward and facts.state is not State.ROUTED:
        return True
    return facts.welfare_open or any(state in OPEN_CHILD for _, state, _ in facts.children)


def kept_until(facts: Facts, times: Times) -> tuple[Line, datetime] | None:
    """The line that keeps it longest, and until when; ``None`` while there is no end to see."""
    if is_open(facts):
        return None
    if facts.state is State.UNFLAGGED:
        if facts.kept_with:
            return None
        return Line.UNFLAGGED, facts.came_in + times.unflagged
    assert facts.decided_at is not None  # is_open has looked
    found = _lines(facts, facts.decided_at, times)
    return max(found, key=lambda one: (one[1], one[0]))


def _lines(facts: Facts, decided: datetime, times: Times) -> list[tuple[Line, datetime]]:
    ended = [  # a referral holds what it rests on by itself, and longer than its own state tells
        since
        for kind, state, since in facts.children
        if state is ChildState.DONE and kind is not ChildKind.REFERRAL
    ]
    found: list[tuple[Line, datetime]] = []
    if facts.state is State.ROUTED:
        found.append((Line.ROUTED, decided + times.routed))
    elif facts.dispositions:
        flagged = decided if facts.last_flagged is None else max(decided, facts.last_flagged)
        found.append((Line.NOTED, flagged + times.noted))
    elif facts.state is not State.WELFARE_DONE:
        found.append((Line.NO_ACTION, decided + times.no_action))
    if facts.state is State.WELFARE_DONE:
        found.append((Line.WELFARE, decided + times.welfare))
    if facts.welfare_done is not None:
        found.append((Line.WELFARE, facts.welfare_done + times.welfare))
    if Disposition.THREATENING.value in facts.dispositions or facts.particular_concern:
        found.append((Line.THREATENING, decided + times.threatening))
    if facts.state is State.ACTIONED_CLOSED or ended:
        found.append((Line.ACTED_ON, max([decided, *ended]) + times.acted_on))
    return found


def stub_until(month: str, days: timedelta) -> date:
    """The day until which a stub of this month is kept, counted from the month's end."""
    year, number = (int(one) for one in month.split("-"))
    after = date(year + number // 12, number % 12 + 1, 1)
    return after + days


def newest_month_over(today: date, days: timedelta) -> str:
    """The newest month of which no stub is kept any more."""
    month = today - days - timedelta(days=1)
    while stub_until(f"{month:%Y-%m}", days) > today:
        month = month.replace(day=1) - timedelta(days=1)
    return f"{month:%Y-%m}"

"""Until when a case is kept: its line of the schedule, and what the person reported was told. Pure.

Who was told a day is kept to it: later than that it may not be, unless something that followed
from the finding still runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.cases.rules import TERMINAL, Finding, State
from triage.core.schedule import Schedule

YEARS_COUNTED = 4
"""How many years after the one in which it came an erased case is counted: in the table of three
years, and in the average of three that says how much is released."""
LATE = timedelta(days=92)
"""How late, after that, a release may still be made."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a case ended, and what followed from it."""

    state: State
    since: datetime
    finding: Finding | None = None
    restrictions: Sequence[datetime | None] = ()
    """When each restriction that came of it ended; nothing for one that has not."""
    told: datetime | None = None
    """The earliest day that a person reported was told."""


def kept_until(case: Ended, schedule: Schedule) -> tuple[str, datetime] | None:
    """The line of the schedule and the moment; ``None`` where it has not ended."""
    if case.state not in TERMINAL or None in case.restrictions:
        return None
    if case.state is State.ROUTED_OUT:
        rule, days, last = "routed", schedule.keep_routed_days, case.since
    elif case.state is State.CLOSED and case.finding is Finding.UPHELD:
        ends = [one for one in case.restrictions if one is not None]
        rule, days = "upheld", schedule.case_kept_days_upheld
        last = max([case.since, *ends])
    else:
        rule, days, last = "ended", schedule.case_kept_days, case.since
    until = last + timedelta(days=days)
    if case.told is not None and case.told > last:
        until = min(until, case.told)
    return rule, until


def counted_until(received: datetime) -> datetime:
    """Until when what is left of an erased one may still be counted."""
    return received.replace(year=received.year + YEARS_COUNTED, month=1, day=1) + LATE

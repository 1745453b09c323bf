"""Invented years of incident reports: few, many, and across the border between the two."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from histories import poisson

from triage.trends.incidents import Incident
from triage.trends.rules import Period, Span, closes
from triage.trends.views import GROUNDS, ROLES, SETTINGS

FIRST, LAST = 2020, 2026
"""Years in which reports come in; from the fourth on there are releases, with the table of three
years in the sixth."""
YEARS = range(FIRST + 3, LAST + 1)
SIZES: tuple[tuple[float, ...], ...] = (
    (2,),
    (5,),
    (8, 3),
    (12,),
    (25, 6, 14),
    (39,),
    (40,),
    (30, 30, 70, 20),
    (60, 4),
    (120, 30, 8),
    (75,),
    (160,),
    (4, 4, 7),
)
"""Reports in the first year, the next, and so on, from the start again when they end."""


@dataclass(frozen=True)
class Came:
    """One report, and the day on which it turned out to be no incident."""

    report: Incident
    gone: date | None


def came_in(seed: int, *, late: float = 0.0) -> list[Came]:
    """The reports of all years; ``late`` is the share that is passed on after a while.

    Some histories are even: each year has just as many as its size says, each place in its turn.
    """
    chance = random.Random(f"incidents {seed}")
    means = SIZES[seed % len(SIZES)]
    even = chance.random() < 0.3
    settings = [chance.paretovariate(0.8) for _ in SETTINGS]
    roles = [chance.paretovariate(0.8) for _ in ROLES]
    ground = chance.choice((0.03, 0.1, 0.3))
    made: list[Came] = []
    for year in range(FIRST, LAST + 1):
        mean = means[(year - FIRST) % len(means)]
        for number in range(int(mean) if even else poisson(chance, mean)):
            day = date(year, 1, 1) + timedelta(days=chance.randrange(365))
            turn, drawn = SETTINGS[len(made) % len(SETTINGS)], chance.choices(SETTINGS, settings)[0]
            report = Incident(
                id=f"{year}-{number}",
                received=day,
                setting=turn if even else drawn,
                role=chance.choices(ROLES, roles)[0],
                grounds=tuple(one for one in GROUNDS if chance.random() < ground),
            )
            passed = chance.random() < late
            gone = day + timedelta(days=chance.randrange(1, 500)) if passed else None
            made.append(Came(report, gone))
    return made


def counted(came: list[Came], period: Period) -> list[Incident]:
    """What counts on the day on which a release of this period is made."""
    day = closes(period)
    return [one.report for one in came if one.gone is None or one.gone > day]


def periods_of_incidents() -> list[Period]:
    """Every quarter and year that may say something of them, in the order in which they close."""
    years = [Period(one, 1, Span.YEAR) for one in YEARS]
    return [one for year in years for one in (*year.parts(Span.QUARTER), year)]

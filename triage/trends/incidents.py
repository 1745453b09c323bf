"""Incident reports: so few that a figure of them may be a person (trust.md, section 6.3). Pure.

Under forty a year, by the average of three years, there is no quarter and no breakdown: one total
in a band each year, and every third year one table of three fixed groups over those three years,
which overlaps no other. From forty on: quarters, one way at a time.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from triage.trends.rules import K, Period, Span
from triage.trends.tally import Tally
from triage.trends.views import (
    ALL,
    GROUNDS,
    INCIDENTS,
    NO_GROUND,
    SETTINGS,
    SEVERAL_GROUNDS,
    Node,
    View,
)

MANY = 40
"""Reports a year, by the average of three, from which on quarters are released."""
YEARS = 3


class Profile(StrEnum):
    """How much may be said."""

    ANNUAL = "annual"
    QUARTERLY = "quarterly"


@dataclass(frozen=True, slots=True)
class Incident:
    """One report, as far as it is counted; each stands for itself."""

    id: str
    received: date
    setting: str
    """One of ``views.SETTINGS``."""
    role: str
    """Who was reported: one of ``views.ROLES``."""
    grounds: tuple[str, ...] = ()
    """As the reporter gave them; none is asked for, and none is "not stated" (P-TAX-0)."""


def profile(incidents: Sequence[Incident], period: Period) -> Profile:
    """By the three whole years before the one that a period lies in: known when it begins.

    A year of few counts as none: that forty were reached would tell of them.
    """
    last = period.year
    years = Counter(
        one.received.year for one in incidents if last - YEARS <= one.received.year < last
    )
    count = sum(each for each in years.values() if each >= K)
    return Profile.QUARTERLY if count >= MANY * YEARS else Profile.ANNUAL


def views(incidents: Sequence[Incident], period: Period) -> tuple[View, ...]:
    """What a release of this period says of incident reports."""
    if period.span is Span.QUARTER and profile(incidents, period) is Profile.QUARTERLY:
        return INCIDENTS[Span.QUARTER]
    if period.span is not Span.YEAR:
        return ()
    whole, groups = INCIDENTS[Span.YEAR]
    return (whole, groups) if period.year % YEARS == 0 else (whole,)


def facts(incidents: Sequence[Incident], period: Period) -> dict[Node, Tally]:
    """The cells of those views."""
    found: dict[Node, Tally] = defaultdict(Tally)
    long = period.before(YEARS - 1).first if period.span is Span.YEAR else period.first
    for one in incidents:
        if period.first <= one.received < period.after:
            found["incidents", "", ALL].add(one.id)
            found["incidents", "setting", setting(one)].add(one.id)
            found["incidents", "ground", ground(one)].add(one.id)
            found["incidents", "role", one.role].add(one.id)
        if long <= one.received < period.after:
            found["incidents_3y", "setting", setting(one)].add(one.id)
    return dict(found)


def setting(one: Incident) -> str:
    """Where it was, in one of three groups."""
    return one.setting if one.setting in SETTINGS else SETTINGS[-1]


def ground(one: Incident) -> str:
    """Its ground, counted once: several are a group of their own, and none is not stated."""
    known = [each for each in GROUNDS if each in one.grounds]
    if len(known) > 1:
        return SEVERAL_GROUNDS
    return known[0] if known else NO_GROUND

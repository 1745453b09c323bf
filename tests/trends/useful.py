"""What releases are good for: a year as large as ours, through the fixed schema, and measured."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from histories import Size, facts, history, periods

from triage.trends import incidents
from triage.trends.frozen import Release
from triage.trends.incidents import Incident
from triage.trends.protect import protect
from triage.trends.rules import Span, midpoint
from triage.trends.tally import Tally
from triage.trends.views import SETTINGS, VIEWS, Node, build

YEAR = 2026
OURS = Size(400 * 365 / 12, 0.02, 30)
"""400 messages a day with 2 % flagged, and 30 staff."""


@dataclass
class Useful:
    """One year's releases, and what stands in them."""

    releases: list[Release] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    shown: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """View -> of each period, the share of messages that stand in a published cell of their own."""
    errors: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """View -> how far each published figure lies from the true one, as a share of it."""

    @property
    def one_way(self) -> list[float]:
        """The same share of the one-way views of all messages."""
        return [
            share
            for view, shares in self.shown.items()
            if view.startswith("month received_by")
            for share in shares
        ]

    @property
    def months_of_flagged(self) -> int:
        """How many monthly totals of flagged say a number."""
        months = [one for one in self.releases if one.period.span is Span.MONTH]
        return sum(midpoint(one.figure("flagged")) is not None for one in months)

    @property
    def year(self) -> Release:
        """The release of the whole year."""
        return next(one for one in self.releases if one.period.span is Span.YEAR)


def a_year(seed: int) -> Useful:
    """Every release of an invented year with twelve incident reports."""
    made, records = Useful(), history(seed, OURS, YEAR, 1)
    reports = all_reports(seed)
    for period in periods(YEAR, 1):
        given = {**facts(records, period), **incidents.facts(reports, period)}
        views = incidents.views(reports, period)
        one = protect(build(period, given, (), views), made.releases)
        if one.refused:
            made.refused.append(f"{period.code} refused: {one.refused[0]}")
            continue
        made.releases.append(one.release)
        measure(made, one.release, given)
    return made


def measure(made: Useful, release: Release, given: dict[Node, Tally]) -> None:
    """One release: by view, the share in cells of their own, and relative errors."""
    for one in VIEWS[release.period.span]:
        table = release.table(one.name)
        if table is None:
            continue
        true = {key: given.get(one.node(key), Tally()).messages for key in one.keys}
        own = {row.key: midpoint(row.messages) for row in table.rows if row.key in true}
        whole = sum(true.values())
        if whole:
            name = f"{release.period.span.value} {one.name}"
            stands = sum(true[key] for key, value in own.items() if value is not None)
            made.shown[name].append(stands / whole)
            made.errors[name].extend(
                abs(value - true[key]) / true[key]
                for key, value in own.items()
                if value is not None and true[key]
            )


def all_reports(seed: int) -> list[Incident]:
    """Twelve incident reports a year."""
    chance = random.Random(seed)
    return [
        Incident(
            f"{year}-{n}", date(year, chance.randrange(1, 13), 5), chance.choice(SETTINGS), "x"
        )
        for year in range(YEAR - 4, YEAR + 1)
        for n in range(12)
    ]

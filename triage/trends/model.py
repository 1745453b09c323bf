"""What somebody can know who holds every release and these rules: numbers, bounds, sums. Pure.

One-way tables need no table of all dimensions crossed: for margins of whole numbers with one sum
there always is a table that has them. So what can be proven from the margins is all that can be.
Distinct people do not add up: the whole is at least its largest part, at most the sum of parts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from triage.trends.frozen import Release, Row
from triage.trends.incidents import YEARS
from triage.trends.rules import OTHER, Period, Span, interval
from triage.trends.views import ABUSE, ALL, KEYS, KINDS, Node, View, view

Name = tuple[str, str, str, str, str]
"""Measure (messages, people), period, population, dimension, key."""
MEASURES = ("messages", "people")


@dataclass(slots=True)
class Model:
    """Whole numbers from nothing up; what is known of them."""

    names: dict[Name, int] = field(default_factory=dict)
    low: list[int] = field(default_factory=list)
    high: list[int | None] = field(default_factory=list)
    wholes: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    """Messages: the first is the sum of the others."""
    unions: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    """People: each of the others is part of the first, which they make up together."""
    covers: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    """The first is at most the sum of the others."""
    pairs: list[tuple[int, int]] = field(default_factory=list)
    """Messages and their senders: none without one, and no more senders than messages."""
    contradiction: bool = False

    def at(self, name: Name) -> int:
        """The number of this name, there from now on."""
        if name not in self.names:
            self.names[name] = len(self.low)
            self.low.append(0)
            self.high.append(None)
            if name[0] == "people":
                self.pairs.append((self.at(("messages", *name[1:])), self.names[name]))
        return self.names[name]

    def bound(self, name: Name, low: int, high: int | None) -> None:
        """Something more is known of it."""
        at = self.at(name)
        self.low[at] = max(self.low[at], low)
        known = self.high[at]
        if high is not None:
            self.high[at] = high if known is None else min(known, high)
        most = self.high[at]
        self.contradiction |= most is not None and most < self.low[at]

    def made_of(self, period: str, node: Node, parts: Iterable[tuple[str, Node]]) -> None:
        """A whole and all its parts, as messages and as people."""
        given = list(parts)
        for measure, kept in zip(MEASURES, (self.wholes, self.unions), strict=True):
            whole = self.at((measure, period, *node))
            kept.append((whole, tuple(self.at((measure, p, *n)) for p, n in given)))

    def covered(self, period: str, node: Node, by: Iterable[tuple[str, Node]]) -> None:
        """Something that lies within others."""
        given = list(by)
        for measure in MEASURES:
            self.covers.append(
                (
                    self.at((measure, period, *node)),
                    tuple(self.at((measure, p, *n)) for p, n in given),
                )
            )


def model(releases: Sequence[Release]) -> Model:
    """All that these releases say together."""
    made = Model()
    for one in releases:
        about = {_of_reports(table.view) for table in one.tables}
        if True in about:
            _of_incidents(made, one)
        if about != {True}:
            _structure(made, one.period)
    for one in releases:
        for table in one.tables:
            shown = view(one.period.span, table.view)
            _published(made, one.period.code, shown, table.rows)
    return made


def _published(made: Model, period: str, shown: View, rows: Iterable[Row]) -> None:
    merged: list[str] = []
    sums: tuple[str, str] | None = None
    for row in rows:
        key, messages, people = row.key, row.messages, row.senders
        if messages == OTHER:
            merged.append(key)
        elif key == OTHER and shown.one_way:
            sums = (messages, people)
        else:
            _say(made, period, shown.node(key), (messages, people), shown.k)
    if merged and sums is not None:
        together: Node = (shown.population, shown.by, f"{shown.name}:other")
        made.made_of(period, together, [(period, shown.node(key)) for key in merged])
        _say(made, period, together, sums, shown.k)


def _say(made: Model, period: str, node: Node, row: tuple[str, str], k: int) -> None:
    for measure, code in zip(MEASURES, row, strict=True):
        made.bound((measure, period, *node), *interval(code, k))


def of_reports(release: Release) -> Release:
    """What it says of incident reports alone."""
    return replace(release, tables=tuple(one for one in release.tables if _of_reports(one.view)))


def _of_reports(view: str) -> bool:
    return view.startswith("incidents")


def _of_incidents(made: Model, release: Release) -> None:
    period, whole = release.period, ("incidents", "", ALL)
    _dimensions(made, period.code, "incidents")
    if period.span is not Span.YEAR:
        return
    quarters = [(one.code, whole) for one in period.parts(Span.QUARTER)]
    made.made_of(period.code, whole, quarters)
    if release.table("incidents_three_years") is None:
        return
    _dimensions(made, period.code, "incidents_3y")
    years = [period.before(back) for back in range(YEARS)]
    made.made_of(period.code, ("incidents_3y", "", ALL), [(one.code, whole) for one in years])
    quarters = [(one.code, whole) for year in years for one in year.parts(Span.QUARTER)]
    for code, _ in quarters:
        _dimensions(made, code, "incidents", ("setting",))
    for key in KEYS["incidents", "setting"]:
        node: Node = ("incidents", "setting", key)
        within = [(code, node) for code, _ in quarters]
        made.made_of(period.code, ("incidents_3y", "setting", key), within)


def _structure(made: Model, period: Period) -> None:
    """How the numbers of a period hang together, and on those of shorter periods."""
    code = period.code
    if period.span is Span.MONTH:
        _dimensions(made, code, "received")
        made.covered(code, ("flagged", "", ALL), [(code, ("received", "", ALL))])
        return
    if period.span is Span.QUARTER:
        _dimensions(made, code, "flagged")
        _dimensions(made, code, "decided")
        _dimensions(made, code, "restrictions")
        months = [one.code for one in period.parts(Span.MONTH)]
        made.made_of(code, ("flagged", "", ALL), [(m, ("flagged", "", ALL)) for m in months])
        for by in ("service", "channel"):
            for key in KEYS["flagged", by]:
                within = [(m, ("received", by, key)) for m in months]
                made.covered(code, ("flagged", by, key), within)
        return
    for population, span in (
        ("received", Span.MONTH),
        ("flagged", Span.QUARTER),
        ("decided", Span.QUARTER),
        ("restrictions", Span.QUARTER),
        ("referrals", Span.QUARTER),
    ):
        parts = [one.code for one in period.parts(span)]
        nodes: list[Node] = [(population, "", ALL)]
        if population == "decided":
            _dimensions(made, code, "decided", ("kind", "severity"))
            nodes += [
                ("decided", by, k) for by in ("kind", "severity") for k in KEYS["decided", by]
            ]
        for node in nodes:
            made.made_of(code, node, [(part, node) for part in parts])


def _dimensions(
    made: Model, code: str, population: str, dimensions: Sequence[str] | None = None
) -> None:
    for (of, by), keys in KEYS.items():
        if of != population or (dimensions is not None and by not in dimensions):
            continue
        whole: Node = ABUSE if by == "severity" else (population, "", ALL)
        made.made_of(code, whole, [(code, (population, by, key)) for key in keys])
    if population == "decided":
        made.made_of(code, ABUSE, [(code, ("decided", "kind", key)) for key in KINDS])
        made.covered(code, ABUSE, [(code, ("decided", "", ALL))])

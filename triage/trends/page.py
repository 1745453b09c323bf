"""What managers read: charts to be, each with a sentence that has passed the test. Pure.

Screen, paper and picture are made from this and from nothing else, and it from releases alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from triage.trends.frozen import Release, Table
from triage.trends.rules import FEW, HIDDEN, K, Period, Span, midpoint, share
from triage.trends.sentences import Direction, Stretch, direction
from triage.trends.words import KEYS, VIEWS, cell, hidden, least, period

TOO_FEW = (
    "There were fewer than five in each of these periods, perhaps none: nobody can know whether "
    "that changed."
)
LONGEST = 24
"""Periods shown in one chart."""


@dataclass(frozen=True, slots=True)
class Point:
    """One mark of a chart and one row of its table: codes, and how they are said."""

    label: str
    messages: str
    senders: str
    k: int = K

    @property
    def said(self) -> tuple[str, str, str]:
        """As the table says it."""
        return self.label, cell(self.messages, self.k), cell(self.senders, self.k)


@dataclass(frozen=True, slots=True)
class Block:
    """One chart: what is above it, and what stands under it."""

    name: str
    title: str
    sentence: str
    points: tuple[Point, ...]
    over_time: bool
    note: str
    """In words, what is hidden and why."""
    alt: str

    @property
    def drawable(self) -> bool:
        """Whether any of it has a place on a chart."""
        return not all(unseen(one.messages) and unseen(one.senders) for one in self.points)


SERIES = (
    ("received", Span.MONTH, "messages to us"),
    ("flagged", Span.MONTH, "messages that were flagged"),
    ("abuse", Span.QUARTER, "abusive messages"),
    ("threats", Span.QUARTER, "threats"),
    ("severe", Span.QUARTER, "messages of high severity"),
    ("restrictions", Span.QUARTER, "what led to restrictions"),
    ("referrals", Span.QUARTER, "what was reported to the police"),
    ("incidents", Span.QUARTER, "incident reports"),
    ("incidents", Span.YEAR, "incident reports"),
)
"""View, length of its periods, and what the sentence calls it."""
ONE_WAY = (
    ("received_by_service", Span.MONTH),
    ("received_by_channel", Span.MONTH),
    ("flagged_by_service", Span.QUARTER),
    ("flagged_by_channel", Span.QUARTER),
    ("decided_by_kind", Span.QUARTER),
    ("abuse_by_severity", Span.QUARTER),
    ("decided_by_wait", Span.QUARTER),
    ("incidents_by_setting", Span.QUARTER),
    ("incidents_by_ground", Span.QUARTER),
    ("incidents_by_role", Span.QUARTER),
    ("incidents_three_years", Span.YEAR),
)


def answer(releases: Sequence[Release]) -> str:
    """The one question of the page: is it getting worse? By whole years where there are two."""
    years = _series(releases, "abuse", Span.YEAR)
    spans = years if _unbroken(years) > 1 else _series(releases, "abuse", Span.QUARTER)
    return compare(spans, "abuse", "abusive messages")


def blocks(releases: Sequence[Release]) -> tuple[Block, ...]:
    """Every chart that there is a release for: over time first, then the newest of each table."""
    made = [_over_time(releases, *one) for one in SERIES]
    made += [_newest(releases, *one) for one in ONE_WAY]
    return tuple(one for one in made if one is not None)


def compare(spans: Sequence[Release], view: str, what: str) -> str:
    """The newest stretch against the one before it, each as long as there are releases for, and a
    year at most. One comparison only: who makes several finds a change by chance."""
    if not spans:
        return "No figures that can be compared have been released yet."
    whole = {Span.MONTH: 12, Span.QUARTER: 4, Span.YEAR: 1}[spans[0].period.span]
    length = min(whole, _unbroken(spans) // 2)
    if length:
        before, after = spans[-2 * length : -length], spans[-length:]
        if all(one.people(view) == FEW for one in (*before, *after)):
            return TOO_FEW
        found = direction(_stretch(before, view), _stretch(after, view))
        return _sentence(found, before, after, view, what)
    return "There is nothing to compare this with yet: no period just before it was released."


def _sentence(
    found: Direction, before: Sequence[Release], after: Sequence[Release], view: str, what: str
) -> str:
    new, old = _name(after), _name(before)
    if found is Direction.UNKNOWN:
        return (
            f"Nobody can know from these figures whether {what} became more: in {old} or {new} "
            "too few people stand behind them to be shown."
        )
    if found is Direction.UNCLEAR:
        return f"No clear change in {what}: {new} beside {old}."
    figures = _about(after, view), _about(before, view)
    more = "More" if found is Direction.MORE else "Fewer"
    counts = f": about {figures[0]} senders against {figures[1]}" if all(figures) else ""
    return f"{more} people sent {what} in {new} than in {old}{counts}."


def _about(spans: Sequence[Release], view: str) -> str:
    """A stretch as one figure, where it is one that is shown."""
    figures = [midpoint(one.people(view)) for one in spans]
    if len(spans) > 1 or any(one is None for one in figures):
        return ""
    return cell(spans[0].people(view))


def _stretch(spans: Sequence[Release], view: str) -> Stretch:
    return Stretch(
        tuple(one.figure(view) for one in spans),
        tuple(one.people(view) for one in spans),
        sum(one.period.days for one in spans),
    )


def _name(spans: Sequence[Release]) -> str:
    first, last = spans[0].period, spans[-1].period
    if len(spans) == 1:
        return period(first)
    start, end = first.parts(Span.MONTH)[0], last.parts(Span.MONTH)[-1]
    if start.year == end.year and (start.number, end.number) == (1, 12):
        return str(start.year)
    return f"{period(start)} to {period(end)}"


def _series(releases: Sequence[Release], view: str, span: Span) -> list[Release]:
    found = [one for one in releases if one.period.span is span and one.table(view)]
    return sorted(found, key=lambda one: one.period.first)


def _unbroken(spans: Sequence[Release]) -> int:
    """How many of the newest come one just after the other."""
    count = min(1, len(spans))
    for newer, older in pairwise(reversed(spans)):
        if older.period.after != newer.period.first:
            break
        count += 1
    return count


def _over_time(releases: Sequence[Release], view: str, span: Span, what: str) -> Block | None:
    spans = _series(releases, view, span)[-LONGEST:]
    if not spans:
        return None
    points = tuple(Point(short(one.period), one.figure(view), one.people(view)) for one in spans)
    tables = [table for one in spans if (table := one.table(view))]
    return Block(
        name=f"{view}_by_{span.value}",
        title=f"{VIEWS[view]}, {span.value} by {span.value}",
        sentence=compare(spans, view, what),
        points=points,
        over_time=True,
        note=hidden(Table(view, tuple(row for table in tables for row in table.rows))),
        alt=_alt(f"{VIEWS[view]}, {span.value} by {span.value}", points),
    )


def _newest(releases: Sequence[Release], view: str, span: Span) -> Block | None:
    spans = _series(releases, view, span)
    table = spans[-1].table(view) if spans else None
    if table is None:
        return None
    k = least(view)
    points = tuple(Point(KEYS[one.key], one.messages, one.senders, k) for one in table.rows)
    title = f"{VIEWS[view]}, {period(spans[-1].period)}"
    return Block(
        name=view,
        title=title,
        sentence=_says(spans[-1], view, table),
        points=points,
        over_time=False,
        note=hidden(table, k),
        alt=_alt(title, points),
    )


def _says(release: Release, view: str, table: Table) -> str:
    """What may be said of one table: shares from published figures alone, and the median."""
    if view == "decided_by_wait":
        median = release.fact("median_wait")
        if median not in KEYS:
            return "The usual wait cannot be told: too few stand behind it."
        return (
            f"Half of what was decided was opened in this time or sooner: {KEYS[median].lower()}."
        )
    if view == "decided_by_kind":
        part = share(release.figure("abuse"), release.figure("decided"))
        if part is not None:
            return f"About {part} % of what people decided was abuse."
        return "What share of it was abuse cannot be told from so few."
    whole = view.split("_by_")[0]
    shown = [one for one in table.rows if one.key != "other" and midpoint(one.messages) is not None]
    if not shown:
        return "Too few stand behind any part of this to tell them apart."
    largest = max(shown, key=lambda one: (midpoint(one.messages) or 0.0, one.key))
    if len([one for one in shown if one.messages == largest.messages]) > 1:
        return "No one of these stands out."
    part = share(largest.messages, release.figure(whole))
    said = KEYS[largest.key]
    return f"{said}: about {part} %." if part is not None else f"Most: {said}."


def _alt(title: str, points: Sequence[Point]) -> str:
    said = "; ".join(f"{one.label} {one.said[1]}" for one in points)
    return f"Chart. {title}, messages: {said}."


def short(given: Period) -> str:
    """A period under a mark of a chart."""
    if given.span is Span.MONTH:
        return f"{period(given)[:3]} {given.year}"
    return f"Q{given.number} {given.year}" if given.span is Span.QUARTER else str(given.year)


def unseen(code: str) -> bool:
    """Whether a figure has no place on a chart, and is said in words."""
    return code in HIDDEN or code == FEW

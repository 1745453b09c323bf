"""What of a count may be shown, and as what (P-SUM-1); periods.

A figure is one of our own short codes: ``15`` (the nearest five), ``10-19`` or ``1000+`` (a fixed
band), ``few`` (fewer than five, none among them), ``other`` (counted under Other) or ``withheld``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from triage.core.errors import Invalid

K = 5
"""Fewer people than this are never told apart from none."""
K_STAFF = 10
"""The same where a breakdown is about staff."""
NEAREST = 5
SHARE_BASE = 20
"""No percentage of fewer than this."""
MEDIAN_LEAST = 8
"""No median of fewer than this."""
EDGES = (0, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Where the fixed bands begin; the last one has no end."""
GRACE = timedelta(days=7)
"""A release is made no sooner after its period: as in ``messages.stubs.rules``."""
WINDOW = 8
"""Quarters that the gate looks at together."""

FEW = "few"
OTHER = "other"
WITHHELD = "withheld"
HIDDEN = frozenset({OTHER, WITHHELD})


class Style(StrEnum):
    """How a figure is made coarse."""

    NEAREST = "nearest"
    BAND = "band"


class Span(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A whole month, quarter or year of the calendar: ``2026-10``, ``2026-Q4``, ``2026``."""

    year: int
    number: int
    """Which one of its year, from 1."""
    span: Span

    @classmethod
    def parse(cls, text: str) -> "Period":
        """The period of a code; ``Invalid`` where there is no such one."""
        year, _, rest = text.partition("-")
        if year.isascii() and year.isdigit() and len(year) == 4 and 1900 <= int(year) < 3000:
            if not rest and "-" not in text:
                return cls(int(year), 1, Span.YEAR)
            if rest in {"Q1", "Q2", "Q3", "Q4"}:
                return cls(int(year), int(rest[1]), Span.QUARTER)
            if rest.isascii() and rest.isdigit() and len(rest) == 2 and 1 <= int(rest) <= 12:
                return cls(int(year), int(rest), Span.MONTH)
        raise Invalid("Write a period like 2026-10, 2026-Q4 or 2026.", field="period")

    @classmethod
    def of(cls, day: date, span: Span) -> "Period":
        """The period of this length that a day lies in."""
        return cls(day.year, (day.month - 1) // MONTHS[span] + 1, span)

    @property
    def code(self) -> str:
        """How it is written."""
        if self.span is Span.YEAR:
            return f"{self.year:04d}"
        if self.span is Span.QUARTER:
            return f"{self.year:04d}-Q{self.number}"
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, (self.number - 1) * MONTHS[self.span] + 1, 1)

    @property
    def after(self) -> date:
        """The first day that is no longer in it."""
        return _month_later(self.first, MONTHS[self.span])

    @property
    def days(self) -> int:
        """Its length."""
        return (self.after - self.first).days

    def before(self, count: int = 1) -> "Period":
        """The one that many of its length earlier."""
        return Period.of(_month_later(self.first, -count * MONTHS[self.span]), self.span)

    def parts(self, span: Span) -> tuple["Period", ...]:
        """The shorter ones that it is made of, in order."""
        count = MONTHS[self.span] // MONTHS[span]
        return tuple(
            Period.of(_month_later(self.first, at * MONTHS[span]), span) for at in range(count)
        )

    def within(self, span: Span) -> "Period":
        """The longer one that it lies in."""
        return Period.of(self.first, span)


def _month_later(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def closes(period: Period) -> date:
    """The first day on which a release of this period may be made."""
    return period.after + GRACE


def nearest(count: int) -> int:
    """To the nearest five; halves do not occur."""
    return NEAREST * ((count + NEAREST // 2) // NEAREST)


def figure(count: int, style: Style, k: int = K) -> str:
    """How a count is shown."""
    if count < k:
        return FEW
    if style is Style.NEAREST:
        return str(nearest(count))
    for low, high in pairwise(EDGES):
        if low <= count < high:
            return f"{low}-{high - 1}"
    return f"{EDGES[-1]}+"


def interval(code: str, k: int = K) -> tuple[int, int | None]:
    """What a figure tells whoever knows these rules: the least and the most it can stand for."""
    if code in HIDDEN:
        return 0, None
    if code == FEW:
        return 0, k - 1
    if code.endswith("+"):
        return int(code[:-1]), None
    low, dash, high = code.partition("-")
    if dash:
        return max(k, int(low)), int(high)
    return max(k, int(code) - NEAREST // 2), int(code) + NEAREST // 2


def midpoint(code: str) -> float | None:
    """Where a chart puts a figure; ``None`` where nothing is shown."""
    if code in HIDDEN or code == FEW or code.endswith("+"):
        return None
    low, dash, high = code.partition("-")
    return (int(low) + int(high)) / 2 if dash else float(low)


def share(part: str, whole: str) -> int | None:
    """A percentage, from the two figures as they are published and nothing else."""
    over, under = midpoint(part), midpoint(whole)
    if over is None or under is None or under < SHARE_BASE:
        return None
    return min(100, round(100 * over / under))


def median_key(counts: Sequence[tuple[str, int]]) -> str | None:
    """In which of ordered classes the median lies; ``None`` of fewer than eight."""
    total = sum(count for _, count in counts)
    if total < MEDIAN_LEAST:
        return None
    seen = 0
    for key, count in counts:
        seen += count
        if 2 * seen >= total:
            return key
    return None

"""The disclosure gate (trust.md, section 6.5): an integer programme over what was released.

A number is proven small where in every table that fits the releases it lies in 1..k-1. For each
the programme looks for a fitting table in which it is nothing, or k and more; where there is
none of either kind the release is refused. It fails closed: what cannot be solved in time, or
fits no table at all, is refused too.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.trends.frozen import Release
from triage.trends.incidents import YEARS
from triage.trends.model import Model, Name, model, of_reports
from triage.trends.rules import K_STAFF, WINDOW, K, Period, Span
from triage.trends.views import STAFF_DIMENSIONS


def milp(*given: Any, **more: Any) -> Any:
    """The solver of the integer programme, loaded when it is first asked: a release alone is."""
    from scipy.optimize import milp as solve

    return solve(*given, **more)


SECONDS = 20.0
"""For one programme. Usual are hundredths."""
ROUNDS = 6
"""Tries at clearing many numbers at once before each is asked for by itself."""

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Problem:
    """What the releases together would tell."""

    cell: str
    reason: str
    closed: bool = False
    """Nothing is proven, but there is no answer that may be relied on."""


class _FailedError(Exception):
    """The programme gave no answer that may be relied on."""


def problems(releases: Sequence[Release], *, k: int = K, seconds: float = SECONDS) -> list[Problem]:
    """Every number from 1 to k-1 that these releases prove, and every one that they prove to be
    there. Empty: they may stand beside each other."""
    known = model(releases)
    if known.contradiction:
        return [_closed("the figures contradict each other")]
    try:
        return list(_proven(known, k, seconds))
    except _FailedError as failure:
        return [_closed(str(failure))]


def in_window(newest: Period, releases: Sequence[Release]) -> list[Release]:
    """Those that the gate looks at together: what touches the eight quarters up to the newest; and
    beside a year, which may tell of three, what the two before it said of incident reports."""
    last = Period.of(newest.parts(Span.MONTH)[-1].first, Span.QUARTER)
    start, end = last.before(WINDOW - 1).first, last.after
    long = newest.before(YEARS - 1).first if newest.span is Span.YEAR else start
    older = [one for one in releases if long < one.period.after <= start]
    return [
        *(told for one in older if (told := of_reports(one)).tables),
        *(one for one in releases if one.period.after > start and one.period.first < end),
    ]


def _closed(reason: str) -> Problem:
    return Problem(
        "the release as a whole", f"The gate cannot vouch for it: {reason}.", closed=True
    )


def _proven(known: Model, k: int, seconds: float) -> Iterator[Problem]:
    solver = _Solver(known, seconds)
    left = dict(_quantities(known, k))
    for sign in (1, -1):
        left = _open(left, solver.extreme(solver.ones(), sign))
    for _ in range(ROUNDS):
        before = len(left)
        for sign in (1, -1):
            if left:
                left = _open(left, solver.extreme(solver.sum(left.values()), sign))
        if len(left) in {before, 0}:
            break
    while left:
        cell, wanted = next(iter(left.items()))
        least, most = (solver.extreme(solver.sum([wanted]), sign) for sign in (1, -1))
        low, high = wanted.value(least), wanted.value(most)
        if low > 0 and high < wanted.k:
            yield Problem(cell, f"It can be proven to lie between {low} and {high}.")
        del left[cell]
        left = _open(_open(left, least), most)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A sum of (which number, times what), and from how many on it need not be hidden."""

    terms: tuple[tuple[int, int], ...]
    k: int

    def value(self, point: NDArray[np.int64]) -> int:
        """What it is in one fitting table."""
        return int(sum(times * point[at] for at, times in self.terms))

    def hides(self, point: NDArray[np.int64]) -> bool:
        """Whether that table does not show it to be nothing, or many."""
        return 0 < self.value(point) < self.k


def _quantities(known: Model, usual: int) -> Iterator[tuple[str, Quantity]]:
    """Every number that may be small, and every difference of a whole and one part of it."""
    said = {at: _said(name) for name, at in known.names.items()}
    staff = {at for name, at in known.names.items() if name[3] in STAFF_DIMENSIONS}

    def k(at: int) -> int:
        return max(usual, K_STAFF) if at in staff else usual

    for at, low in enumerate(known.low):
        if low == 0:
            yield said[at], Quantity(((at, 1),), k(at))
    pairs = [(whole, part) for whole, parts in (*known.wholes, *known.unions) for part in parts]
    pairs += [(others[0], part) for part, others in known.covers if len(others) == 1]
    for whole, part in pairs:
        name = f"{said[whole]}, less {said[part]}"
        yield name, Quantity(((whole, 1), (part, -1)), k(part))


def _said(name: Name) -> str:
    measure, period, population, by, key = name
    return " ".join(filter(None, (period, population, by and f"by {by}", key, measure)))


Left = dict[str, Quantity]


def _open(left: Left, point: NDArray[np.int64]) -> Left:
    """Those of which this fitting table does not yet show that they may be nothing, or many."""
    return {cell: one for cell, one in left.items() if one.hides(point)}


class _Solver:
    """The programme of one model. Each answer is checked again in whole numbers."""

    def __init__(self, known: Model, seconds: float) -> None:
        self._size = len(known.low)
        self._seconds = seconds
        tallest = max((one for one in (*known.high, *known.low) if one is not None), default=0)
        roof = 4 * tallest + 1000
        self._low = np.array(known.low, dtype=np.int64)
        self._high = np.array([roof if one is None else one for one in known.high], dtype=np.int64)
        rows = list(self._rows(known))
        entries = [
            (at, column, times) for at, (row, _, _) in enumerate(rows) for column, times in row
        ]
        at, column, times = (np.array(one) for one in zip(*entries, strict=True))
        from scipy.sparse import coo_array  # slow to load, and needed for a release alone

        self._matrix = coo_array((times, (at, column)), shape=(len(rows), self._size)).tocsr()
        self._least = np.array([one for _, one, _ in rows], dtype=np.float64)
        self._most = np.array([one for _, _, one in rows], dtype=np.float64)

    def _rows(self, known: Model) -> Iterator[tuple[list[tuple[int, int]], float, float]]:
        """Each relation as one row: (number, times what), at least, at most."""
        for whole, parts in known.wholes:
            yield [(whole, -1), *((one, 1) for one in parts)], 0, 0
        for whole, parts in known.unions:
            yield [(whole, -1), *((one, 1) for one in parts)], 0, np.inf
            yield from (([(whole, 1), (one, -1)], 0, np.inf) for one in parts)
        for part, others in known.covers:
            yield [(part, -1), *((one, 1) for one in others)], 0, np.inf
        for messages, people in known.pairs:
            yield [(messages, 1), (people, -1)], 0, np.inf
            most = int(self._high[messages])
            yield [(people, most), (messages, -1)], 0, np.inf

    def ones(self) -> Vector:
        """Everything at once."""
        return np.ones(self._size)

    def sum(self, wanted: Iterable[Quantity]) -> Vector:
        """Several quantities at once."""
        goal = np.zeros(self._size)
        for one in wanted:
            for at, times in one.terms:
                goal[at] += times
        return goal

    def extreme(self, goal: Vector, sign: int) -> NDArray[np.int64]:
        """A fitting table in which the goal is least (1) or most (-1)."""
        from scipy.optimize import Bounds, LinearConstraint

        found = milp(
            sign * goal,
            constraints=LinearConstraint(self._matrix, self._least, self._most),
            integrality=np.ones(self._size, dtype=np.int64),
            bounds=Bounds(self._low.astype(float), self._high.astype(float)),
            options={"time_limit": self._seconds, "mip_rel_gap": 0.0},
        )
        if found.status == 1:
            raise _FailedError("it ran out of time")
        if not found.success or found.x is None:
            raise _FailedError("no table fits the figures")
        point: NDArray[np.int64] = np.rint(found.x).astype(np.int64)
        self._check(point)
        return point

    def _check(self, point: NDArray[np.int64]) -> None:
        sums = self._matrix @ point
        fits = (point >= self._low).all() and (point <= self._high).all()
        if not (fits and (sums >= self._least).all() and (sums <= self._most).all()):
            raise _FailedError("the solver's answer is not exact")


Gate = Callable[[Sequence[Release]], list[Problem]]
"""What may be asked whether releases can stand beside each other."""

"""Complementary suppression: what else must be hidden so that the gate lets a release stand. Pure.

It is found by itself, and is minimal: nothing that it hides could be shown with the rest hidden.
What was published before stays as it is; only the new release gives way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.trends.frozen import Release
from triage.trends.gate import Gate, Problem, in_window, problems
from triage.trends.rules import OTHER, WITHHELD, interval


@dataclass(frozen=True, slots=True)
class Protected:
    """A release that the gate lets stand, or why there is none."""

    release: Release
    hidden: tuple[tuple[str, str], ...] = ()
    """(view, row) withheld beside what the rules of cells hide."""
    refused: tuple[Problem, ...] = ()


def protect(candidate: Release, earlier: Sequence[Release], gate: Gate = problems) -> Protected:
    """Withhold the least that helps, until nothing can be proven; refused where nothing helps."""
    before = in_window(candidate.period, earlier)
    left = gate([*before, candidate])
    release, hidden = candidate, list[tuple[str, str]]()
    while left:
        better = _best(release, before, left, gate)
        if better is None:
            return Protected(candidate, refused=tuple(left))
        (view, key), release, left = better
        hidden.append((view, key))
    for view, key in sorted(hidden, key=lambda one: -_size(candidate, *one)):
        shown = _showing(release, candidate, view, key)
        if not gate([*before, shown]):
            release = shown
            hidden.remove((view, key))
    return Protected(release, tuple(hidden))


def _best(
    release: Release, before: Sequence[Release], left: Sequence[Problem], gate: Gate
) -> tuple[tuple[str, str], Release, list[Problem]] | None:
    """The smallest cell whose going leaves fewest proofs; any helps that leaves no more. Where the
    gate cannot tell how many there are left, that is more than any number."""
    best: tuple[tuple[str, str], Release, list[Problem]] | None = None
    for view, key in _cells(release):
        table = release.table(view)
        if table is None:  # pragma: no cover - it was just listed
            continue
        tried = release.put(table.hiding(key))
        rest = gate([*before, tried])
        if best is None or _left(rest) < _left(best[2]):
            best = (view, key), tried, rest
        if not rest:
            break
    if best is not None and _left(best[2]) > _left(left):
        return None
    return best


def _left(found: Sequence[Problem]) -> tuple[bool, int]:
    return any(one.closed for one in found), len(found)


def _cells(release: Release) -> Iterator[tuple[str, str]]:
    """What still says something, the smallest first; Other goes before what stands for itself."""
    found = [
        (_size(release, one.view, row.key), row.key != OTHER, one.view, row.key)
        for one in release.tables
        for row in one.rows
        if row.shown
    ]
    yield from ((view, key) for _, _, view, key in sorted(found))


def _size(release: Release, view: str, key: str) -> int:
    code = release.figure(view, key)
    return 0 if code == WITHHELD else interval(code)[0]


def _showing(release: Release, candidate: Release, view: str, key: str) -> Release:
    """With one row as it was before it was withheld."""
    now, was = release.table(view), candidate.table(view)
    if now is None or was is None:  # pragma: no cover - it was listed there
        return release
    rows = tuple(
        old if new.key == key else new for new, old in zip(now.rows, was.rows, strict=True)
    )
    return release.put(type(now)(now.view, rows))

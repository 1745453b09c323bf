"""Whether a change may be called one (trust.md, section 6.6). Pure: released figures alone.

The test counts senders, so that one sender's burst counts once. Each figure stands for a range;
a direction is said only where the worst pair in the two ranges is no chance at one in twenty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log

from triage.trends.rules import interval

CHANCE = 0.05
"""Twice the tail: more, or fewer, by chance alone."""


class Direction(StrEnum):
    """What may be said."""

    MORE = "more"
    FEWER = "fewer"
    UNCLEAR = "unclear"
    """Chance and rounding alone could have made it."""
    UNKNOWN = "unknown"
    """Too little is shown to say anything."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Figures of periods that follow each other, and how many days they are."""

    messages: tuple[str, ...]
    people: tuple[str, ...]
    days: int


def direction(before: Stretch, after: Stretch, chance: float = CHANCE) -> Direction:
    """Whether there were more or fewer, for sure; messages, where shown, must not gainsay it."""
    old, new = _range(before.people), _range(after.people)
    if old is None or new is None:
        return Direction.UNKNOWN
    was, now = _range(before.messages), _range(after.messages)
    odds = after.days / (before.days + after.days)
    if _rare(new[0], old[1], odds, chance):
        gainsaid = was and now and now[1] * before.days <= was[0] * after.days
        return Direction.UNCLEAR if gainsaid else Direction.MORE
    if _rare(old[0], new[1], 1 - odds, chance):
        gainsaid = was and now and now[0] * before.days >= was[1] * after.days
        return Direction.UNCLEAR if gainsaid else Direction.FEWER
    return Direction.UNCLEAR


def _range(figures: Sequence[str]) -> tuple[int, int] | None:
    """The least and the most that these figures stand for together."""
    low = high = 0
    for one in figures:
        least, most = interval(one)
        if most is None:
            return None
        low, high = low + least, high + most
    return (low, high) if figures else None


def _rare(many: int, few: int, odds: float, chance: float) -> bool:
    """Whether so many of both together would be rare, did each fall to ``odds`` (exact binomial:
    two Poisson counts given their sum)."""
    return 2 * tail(many, many + few, odds) <= chance


def tail(least: int, of: int, odds: float) -> float:
    """The chance of this many or more; at or below the mean it is taken for certain."""
    if least <= 0:
        return 1.0
    mean = of * odds
    if least <= mean:
        return 1.0
    total, at = 0.0, least
    while at <= of:
        term = exp(_log_chance(at, of, odds))
        total += term
        if term < total * 1e-12:
            break
        at += 1
    return min(1.0, total)


def _log_chance(at: int, of: int, odds: float) -> float:
    ways = lgamma(of + 1) - lgamma(at + 1) - lgamma(of - at + 1)
    return ways + at * log(odds) + (of - at) * log(1 - odds)

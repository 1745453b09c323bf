"""How good the classifier is, from what people decided. Pure; figures, and no text.

The blind sample says it best: what is in it was decided without a word of the model. Each of its
messages stands for 1/chance; what had no chance (high, welfare, unread) is all reviewed, and
stands for itself.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt

CUTS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
"""Where classes of scores begin and end."""
THRESHOLDS = tuple(n / 20 for n in range(1, 20))
DRAWS = 400
Z = 1.96
STEADY, SOME = 0.1, 0.25


@dataclass(frozen=True, slots=True)
class Judged:
    """One message that a person decided, or its stub."""

    concern: float
    flagged: bool
    abusive: bool
    weight: float
    """How many it stands for; 0: it was neither in the blind sample nor outside its frame."""
    blind: bool
    said: tuple[str, ...] = ()
    """What the model called it."""
    groups: tuple[str, ...] = ()
    """Groups of people that its text names; of a stub, which has no text, none."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share, and between what it lies 19 times in 20; ``None`` where there is nothing to say."""

    value: float | None
    low: float | None
    high: float | None
    count: int
    """Messages it rests on."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One class of scores: what the model said, and what people found."""

    low: float
    high: float
    score: float
    share: Estimate


def precision(judged: Sequence[Judged]) -> Estimate:
    """Of what the model flags, the share that people called abuse."""
    return _ratio(judged, lambda one: one.flagged, lambda one: one.abusive)


def recall(judged: Sequence[Judged]) -> Estimate:
    """Of what people called abuse, the share that the model had flagged."""
    return _ratio(judged, lambda one: one.abusive, lambda one: one.flagged)


def calibration(judged: Sequence[Judged]) -> list[Bin]:
    """Whether a score of so much means abuse so often: by the blind sample alone."""
    made = []
    for low, high in pairwise(CUTS):
        held = [
            one
            for one in judged
            if one.blind and (low <= one.concern < high or one.concern == high == 1.0)
        ]
        if held:
            weight = sum(one.weight for one in held)
            score = sum(one.weight * one.concern for one in held) / weight
            share = _ratio(held, lambda _: True, lambda one: one.abusive)
            made.append(Bin(low, high, score, share))
    return made


def false_positives(
    judged: Sequence[Judged], of: Callable[[Judged], tuple[str, ...]]
) -> list[tuple[str, Estimate]]:
    """For each name: of what the model flagged under it, the share that people called harmless."""
    names = sorted({name for one in judged if one.flagged for name in of(one)})
    found = []
    for name in names:
        held = [one for one in judged if one.flagged and name in of(one)]
        found.append((name, wilson(sum(not one.abusive for one in held), len(held))))
    return found


def by_group(judged: Sequence[Judged]) -> list[tuple[str, Estimate]]:
    """For each group of people: of harmless messages that name it, the share that was flagged."""
    names = sorted({name for one in judged for name in one.groups})
    found = []
    for name in names:
        held = [one for one in judged if not one.abusive and name in one.groups]
        if held:
            found.append((name, wilson(sum(one.flagged for one in held), len(held))))
    return found


def at_threshold(judged: Sequence[Judged], cut: float) -> tuple[float | None, float | None]:
    """(precision, recall) were everything from this score on flagged."""
    over = sum(one.weight for one in judged if one.concern >= cut)
    hit = sum(one.weight for one in judged if one.concern >= cut and one.abusive)
    every = sum(one.weight for one in judged if one.abusive)
    return (hit / over if over else None), (hit / every if every else None)


def drift(before: Sequence[int], now: Sequence[int]) -> float | None:
    """How far the scores of now lie from those of before: the population stability index."""
    old, new = sum(before), sum(now)
    if not old or not new:
        return None
    total = 0.0
    for was, is_now in zip(before, now, strict=True):
        a, b = (was + 0.5) / (old + 0.5 * len(before)), (is_now + 0.5) / (new + 0.5 * len(now))
        total += (b - a) * log(b / a)
    return total


def said_of_drift(index: float | None) -> str:
    """The index in words."""
    if index is None:
        return "Too few messages to compare."
    if index < STEADY:
        return "The scores are spread as before."
    if index < SOME:
        return "The scores have shifted somewhat: look at what comes in."
    return "The scores have shifted markedly: what comes may no longer be what it was tried on."


def wilson(hits: int, count: int) -> Estimate:
    """A share of plain counts with its interval."""
    if not count:
        return Estimate(None, None, None, 0)
    p, n = hits / count, count
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return Estimate(p, max(0.0, middle - half), min(1.0, middle + half), n)


def _ratio(
    judged: Sequence[Judged], among: Callable[[Judged], bool], hit: Callable[[Judged], bool]
) -> Estimate:
    """A weighted share; its interval from drawing the messages anew, the same each time.

    Where all of them say the same, drawing anew would call it certain: then the interval is that
    of as many plain counts.
    """
    held = [one for one in judged if one.weight > 0 and among(one)]
    whole = sum(one.weight for one in held)
    if not whole:
        return Estimate(None, None, None, 0)
    value = sum(one.weight for one in held if hit(one)) / whole
    if value in {0.0, 1.0}:
        plain = wilson(round(value * len(held)), len(held))
        return Estimate(value, plain.low, plain.high, len(held))
    chance = random.Random(len(held))  # noqa: S311 - an interval, and no secret
    drawn = sorted(_drawn(held, hit, chance) for _ in range(DRAWS))
    edge = DRAWS // 40
    return Estimate(value, drawn[edge], drawn[-edge - 1], len(held))


def _drawn(held: Sequence[Judged], hit: Callable[[Judged], bool], chance: random.Random) -> float:
    again = chance.choices(held, k=len(held))
    return sum(one.weight for one in again if hit(one)) / sum(one.weight for one in again)

"""Signals: the phrases that carry a label, at the sender's own characters.

Candidates are the runs of words with most weight in the linear head. Each is then taken out
of the given text and the rest scored again; only what lowers the score is shown, so that a
signal is a cause and not a guess.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from triage.classifier import patterns
from triage.classifier.assessment import LABELS, Signal
from triage.classifier.card import HEADS
from triage.classifier.features import BLOCKS
from triage.classifier.grams import lay
from triage.classifier.normalise import Normalised, normalise

if TYPE_CHECKING:
    from triage.classifier.scorer import LinearScorer

Doubles = npt.NDArray[np.float64]

WORD = re.compile(r"\w[\w*']*|[\u2600-\u27bf\U0001f300-\U0001faff]")
"""Words, also of one letter and with masked ones ("f**k"), and single emoji."""
CHARS = 1
"""The block of characters."""
MOST = 5
"""Signals a label."""
TRIED = 4
"""Candidates a label that are taken out and scored again."""
GROUP_TEXTS = 32
"""Texts explained at a time, or as many as have ``BUDGET`` characters: they share the hashing,
and memory does not grow with the batch."""
LONGEST = 10
"""Words to a phrase."""
BUDGET = 20_000
"""Characters scored again for one text; each label's first candidate is tried in any case."""
LEAST_DROP = 1e-6
LEAST_WEIGHT = 0.05
"""A phrase with less of the label's evidence tells a reader nothing."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """A text, the scores it got, and the labels to be explained."""

    given: str
    normalised: Normalised
    scores: dict[str, float]
    labels: list[str]


def explain(scorer: "LinearScorer", texts: Sequence[Flagged]) -> list[list[Signal]]:
    """For each text, and each of its labels, at most ``MOST`` signals; all labels together by
    falling weight."""
    found: list[list[Signal]] = []
    group: list[Flagged] = []
    for text in texts:
        size = sum(len(one.given) for one in group) + len(text.given)
        if group and (len(group) == GROUP_TEXTS or size > BUDGET):
            found += _explain_group(scorer, group)
            group = []
        group.append(text)
    return found + (_explain_group(scorer, group) if group else [])


def _explain_group(scorer: "LinearScorer", texts: list[Flagged]) -> list[list[Signal]]:
    words = [[match.span() for match in WORD.finditer(one.normalised.text)] for one in texts]
    evidence = _word_evidence(scorer, texts, words)
    tried = [
        (at, signal)
        for at, one in enumerate(texts)
        for signal in _tried(one, words[at], evidence[at])
    ]
    rest = [
        normalise(texts[at].given[: one.start] + texts[at].given[one.end :]).text
        for at, one in tried
    ]
    kept: list[list[Signal]] = [[] for _ in texts]
    for (at, one), row in zip(tried, scorer.probabilities(rest), strict=True):
        if texts[at].scores[one.label] - row[LABELS.index(one.label)] > LEAST_DROP:
            kept[at].append(one)
    return [sorted(some, key=lambda one: (-one.weight, one.start, one.label)) for some in kept]


def _tried(text: Flagged, words: list[tuple[int, int]], evidence: Doubles) -> list[Signal]:
    """The candidates of all its labels, as many as ``BUDGET`` allows."""
    if not words:
        return []
    most = BUDGET // (len(text.labels) * len(text.given))
    return [
        signal
        for label in text.labels
        for signal in _candidates(text.normalised, words, evidence[:, LABELS.index(label)], label)[
            : max(1, min(TRIED, most))
        ]
    ]


def _word_evidence(
    scorer: "LinearScorer", texts: list[Flagged], words: list[list[tuple[int, int]]]
) -> list[Doubles]:
    """For each text (words, heads): what the grams that begin in a word, or behind it before
    the next, add to the value of the whole text. Grams of characters count at their middle."""
    grams, coefficients = scorer.grams, scorer.coefficients
    batch = lay([one.normalised.text for one in texts])
    columns, places = [], []
    for block, found in grams.found(batch):
        columns.append(found.buckets + grams.edges[block])
        places.append(np.minimum(found.places + (2 if block == CHARS else 0), len(batch.codes) - 1))
    column, place = np.concatenate(columns), np.concatenate(places)
    text = batch.text_of[place].astype(np.int64)
    block_of = np.searchsorted(grams.edges, column, side="right") - 1
    row = text * BLOCKS + block_of
    # What occurs several times counts once, so that each has its part of it.
    _, same, times = np.unique(row * grams.width + column, return_inverse=True, return_counts=True)
    rare, share = coefficients.rare[column].astype(np.float64), 1.0 / times[same]
    length = np.sqrt(np.bincount(row, weights=rare**2 * share, minlength=len(texts) * BLOCKS))
    scale = rare * share / np.maximum(length, 1e-6)[row]
    value = coefficients.weights[column] * scale[:, None]
    sums = np.zeros((len(batch.codes) + 1, len(HEADS)))
    for head in range(len(HEADS)):
        counted = np.bincount(place, weights=value[:, head], minlength=len(batch.codes))
        sums[1:, head] = np.cumsum(counted)
    return [
        _by_word(sums[start:], spans, len(one.normalised.text))
        for start, spans, one in zip(batch.starts, words, texts, strict=True)
    ]


def _by_word(sums: Doubles, spans: list[tuple[int, int]], length: int) -> Doubles:
    """Sums up to each place -> what falls to each word, up to the next one's beginning."""
    if not spans:
        return np.zeros((0, len(HEADS)))
    edges = [start for start, _ in spans] + [length]
    return np.diff(sums[edges], axis=0)


def _candidates(
    normalised: Normalised, words: list[tuple[int, int]], evidence: Doubles, label: str
) -> list[Signal]:
    """Phrases with weight for the label, strongest first; those of ``patterns`` lead."""
    whole = float(evidence[evidence > 0].sum()) or 1.0
    runs: list[tuple[float, int, int]] = []
    taken = np.zeros(len(words), dtype=bool)
    if label == "threatening":
        for start, end in patterns.find(normalised.text):
            inside = [at for at, (a, b) in enumerate(words) if a >= start and b <= end]
            if inside and not taken[inside].any():
                taken[inside] = True
                runs.append((1.0, inside[0], inside[-1] + 1))
    for _ in range(MOST):
        first, last, gain = _best_run(np.where(taken, -np.inf, evidence))
        if gain < LEAST_WEIGHT * whole:
            break
        taken[first:last] = True
        runs.append((min(1.0, gain / whole), first, last))
    runs.sort(key=lambda run: (-run[0], run[1]))
    return [
        Signal(*normalised.span(words[a][0], words[b - 1][1]), label=label, weight=weight)
        for weight, a, b in runs[:MOST]
    ]


def _best_run(evidence: Doubles) -> tuple[int, int, float]:
    """The run of at most ``LONGEST`` words with most weight (Kadane), less a toll a word, so
    that runs end where words say little. Gives its places and its weight without the toll."""
    toll = 0.1 * max(0.0, float(evidence.max()))
    best = (0, 0, 0.0)
    most = total = 0.0
    start = 0
    for at, value in enumerate(evidence - toll):
        if total <= 0 or at - start >= LONGEST:
            start, total = at, 0.0
        total += float(value)
        if total > most:
            most, best = total, (start, at + 1, 0.0)
    first, last, _ = best
    return first, last, float(evidence[first:last].sum())

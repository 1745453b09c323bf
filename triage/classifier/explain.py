"""Signals: the phrases that carry a label, at the sender's own characters.

Candidates are the runs of words with most weight in the linear head. Each is then taken out
of the given text and the rest scored again; only what lowers the score is shown, so that a
signal is a cause and not a guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from triage.classifier import patterns
from triage.classifier.assessment import LABELS, Signal
from triage.classifier.card import HEADS
from triage.classifier.features import WORD
from triage.classifier.normalise import Normalised, normalise

if TYPE_CHECKING:
    from triage.classifier.scorer import LinearScorer

Doubles = npt.NDArray[np.float64]

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
    """For each text (words, heads): a word's own weight, and half of that of its pairs.

    The word and character blocks are weighed as in the whole text, where each has length 1.
    """
    place: dict[str, int] = {}
    singles: list[npt.NDArray[np.int64]] = []
    pairs: list[npt.NDArray[np.int64]] = []
    for one, spans in zip(texts, words, strict=True):
        said = [one.normalised.text[a:b] for a, b in spans]
        both = [f"{a} {b}" for a, b in pairwise(said)]
        singles.append(np.array([place.setdefault(x, len(place)) for x in said], dtype=np.int64))
        pairs.append(np.array([place.setdefault(x, len(place)) for x in both], dtype=np.int64))
    if not place:
        return [np.zeros((0, len(HEADS))) for _ in texts]
    counts = scorer.grams.transform(list(place))
    counts.data *= scorer.coefficients.rare[counts.indices]
    # All columns of the weights, for then the blocks are views; a narrower slice is copied.
    split, weights = scorer.grams.split, scorer.coefficients.weights
    blocks = [
        (counts[:, part], np.asarray(counts[:, part] @ weights[part], dtype=np.float64))
        for part in (slice(0, split), slice(split, None))
    ]
    found = []
    for single, pair in zip(singles, pairs, strict=True):
        value = np.zeros((len(single), len(HEADS)))
        both_values = np.zeros((len(pair), len(HEADS)))
        for part, total in blocks:
            length = max(_length(part[single]), 1e-6)
            value += total[single] / length
            both_values += total[pair] / length
        extra = (both_values - value[:-1] - value[1:]) / 2.0
        own = value.copy()
        own[:-1] += extra
        own[1:] += extra
        found.append(own)
    return found


def _length(part: Any) -> float:
    """Length of the sum of the rows."""
    _, column = np.unique(part.indices, return_inverse=True)
    return float(np.linalg.norm(np.bincount(column, weights=part.data)))


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

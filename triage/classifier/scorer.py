"""The linear model at work: texts -> assessments, in batches of bounded size."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from triage.classifier import patterns
from triage.classifier.assessment import (
    CONDUCT_LABELS,
    LABELS,
    Assessment,
    Band,
    Route,
    Unread,
)
from triage.classifier.card import HEADS, Card
from triage.classifier.explain import Flagged, explain
from triage.classifier.features import HashedGrams, window_rows
from triage.classifier.language import unread
from triage.classifier.normalise import Normalised, normalise

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

BATCH_TEXTS = 128
BATCH_CHARACTERS = 64_000
"""A batch ends before it passes either, so that memory does not grow with the list."""

THREAT = LABELS.index("threatening")
CONDUCT = len(CONDUCT_LABELS)


class Coefficients(NamedTuple):
    """What training found; all float32."""

    weights: Floats
    """(features, heads)"""
    intercepts: Floats
    """(heads,)"""
    rare: Floats
    """(features,) ``features.rarity`` of the training texts."""


def inputs(grams: HashedGrams, coefficients: Coefficients, texts: Sequence[str]) -> Doubles:
    """Normalised texts -> (texts, INPUTS), what the probabilities are made of: the linear heads'
    values of the whole text, and their highest in the text and its windows; both once more
    times how long the text is (0 to 1), since the whole says little of a long letter; that
    length; the logarithm of characters, around 0; and how many phrases of ``patterns`` it
    holds (2 at most)."""
    rows, starts = window_rows(grams, coefficients.rare, texts)
    values = np.asarray(rows @ coefficients.weights, dtype=np.float64) + coefficients.intercepts
    heads = np.hstack([values[starts[:-1]], np.maximum.reduceat(values, starts[:-1], axis=0)])
    size = np.array([[np.log1p(len(text)) - 5.0] for text in texts])
    long = 1.0 / (1.0 + np.exp(-3.0 * (size - 1.2)))
    plain = np.array([[float(min(2, len(patterns.find(text))))] for text in texts])
    return np.hstack([heads, heads * long, long, size, plain])


class LinearScorer:
    """Scores with the coefficients and cuts of one card. Holds no state: safe in threads."""

    labels: tuple[str, ...] = LABELS

    def __init__(self, card: Card, coefficients: Coefficients) -> None:
        self.card = card
        self.coefficients = coefficients
        self.model_version = card.version
        self.grams = HashedGrams(card.word_bits, card.char_bits, card.cue_bits)
        self._combination = np.array([head.weights for head in card.combinations]).T
        self._offset = np.array([head.offset for head in card.combinations])

    def score(self, texts: Sequence[str]) -> list[Assessment]:
        """One assessment a text, in order. Any string will do; none raises."""
        return [assessment for batch in _batches(texts) for assessment in self._score_batch(batch)]

    def probabilities(self, texts: Sequence[str]) -> Doubles:
        """Normalised texts -> (texts, labels + 1); the last column is concern."""
        if not texts:
            return np.zeros((0, len(HEADS)))
        return self.calibrated(inputs(self.grams, self.coefficients, texts))

    def calibrated(self, made: Doubles) -> Doubles:
        """``inputs`` -> probabilities, with the patterns' floor.

        Concern is the ``any`` head, and never below a conduct label's own probability: that
        any of four holds is at least as likely as each.
        """
        logits = made @ self._combination + self._offset
        chances: Doubles = 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))
        for at in np.flatnonzero(made[:, -1] > 0):
            chances[at, THREAT] = patterns.raised(float(chances[at, THREAT]))
        chances[:, -1] = np.maximum(chances[:, -1], chances[:, :CONDUCT].max(axis=1))
        return chances

    def band(self, concern: float) -> Band:
        """Low, medium or high: never falls as concern rises."""
        if concern >= self.card.high:
            return Band.HIGH
        return Band.MEDIUM if concern >= self.card.medium else Band.LOW

    def _score_batch(self, given: list[str]) -> list[Assessment]:
        read = [normalise(text) for text in given]
        chances = self.probabilities([text.text for text in read])
        found = [
            self._assess(text, normalised, row)
            for text, normalised, row in zip(given, read, chances, strict=True)
        ]
        shown = [(at, labels) for at, one in enumerate(found) if (labels := self._shown(one))]
        asked = [Flagged(given[at], read[at], found[at].scores, labels) for at, labels in shown]
        for (at, _), some in zip(shown, explain(self, asked), strict=True):
            found[at] = replace(found[at], signals=some)
        return found

    def _assess(self, given: str, normalised: Normalised, row: Doubles) -> Assessment:
        scores = {label: float(chance) for label, chance in zip(LABELS, row, strict=False)}
        concern = float(row[-1])
        reason = unread(given, normalised.text)
        routes = self._routes(scores, concern, reason)
        return Assessment(
            scores=scores,
            concern=concern,
            unread=reason,
            flagged=bool(routes),
            routes=routes,
            band=self.band(concern),
            model_version=self.model_version,
        )

    def _routes(
        self, scores: dict[str, float], concern: float, reason: Unread | None
    ) -> frozenset[Route]:
        """Where it goes; nowhere if it is not flagged. What is unread goes the way of conduct,
        as with ``Unscored``: those people look."""
        routes = set()
        if concern >= self.card.thresholds["concern"] or reason is not None:
            routes.add(Route.CONDUCT)
        if scores["welfare"] >= self.card.thresholds["welfare"]:
            routes.add(Route.WELFARE)
        return frozenset(routes)

    def _shown(self, one: Assessment) -> list[str]:
        """Labels to explain: those over their thresholds, or the likeliest where concern alone
        flags. Whoever is likelier in need than a threat is not shown as one. None for what is
        unread: words that were not understood are no evidence."""
        if one.unread is not None:
            return []
        shown: list[str] = []
        if Route.CONDUCT in one.routes:
            in_need = Route.WELFARE in one.routes and (
                one.scores["welfare"] >= one.scores["threatening"]
            )
            labels = CONDUCT_LABELS[1:] if in_need else CONDUCT_LABELS
            over = [x for x in labels if one.scores[x] >= self.card.thresholds[x]]
            shown += over or [max(labels, key=one.scores.__getitem__)]
        if Route.WELFARE in one.routes:
            shown.append("welfare")
        return shown


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == BATCH_TEXTS or size + len(text) > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch

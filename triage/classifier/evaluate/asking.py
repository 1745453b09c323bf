"""What is asked of a model that is evaluated, and how it is asked: in batches."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from triage.classifier.card import HEADS, Card
from triage.classifier.normalise import normalise

Doubles = npt.NDArray[np.float64]

BATCH = 128


class Model(Protocol):
    """``LinearScorer``, or what a test puts in its place."""

    @property
    def card(self) -> Card:
        """With the thresholds it is shipped with."""

    def probabilities(self, texts: Sequence[str]) -> Doubles:
        """Normalised texts -> (texts, labels + concern)."""


def chances_of(model: Model, texts: Sequence[str]) -> Doubles:
    """What the model says of texts as they were sent: (texts, labels + concern)."""
    found = [
        model.probabilities([normalise(text).text for text in texts[at : at + BATCH]])
        for at in range(0, len(texts), BATCH)
    ]
    return np.vstack(found) if found else np.zeros((0, len(HEADS)))


def flags_of(model: Model, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which of the texts are flagged for conduct at the threshold the model is shipped with."""
    cut = model.card.thresholds["concern"]
    return np.asarray(chances_of(model, texts)[:, -1] >= cut, dtype=np.bool_)

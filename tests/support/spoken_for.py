"""A model that says what the test gives it to say, for evaluating."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import numpy as np

from triage.classifier.assessment import LABELS
from triage.classifier.card import HEADS
from triage.classifier.datasets import Row


class SpokenFor:
    """Every head gives ``chance(normalised text)``; all thresholds are 0.5."""

    def __init__(self, chance: Callable[[str], float]) -> None:
        self.chance = chance
        self.card = SimpleNamespace(thresholds=dict.fromkeys(("concern", *LABELS), 0.5))

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """The same chance for all heads of a text."""
        return np.array([[self.chance(text)] * len(HEADS) for text in texts])


def labelled(text: str, *labels: str, category: str = "", span: str = "") -> Row:
    """A row of our corpus that holds these labels and no others."""
    breach = int(bool(set(labels) - {"welfare"}))
    truth = (*(int(label in labels) for label in LABELS), breach)
    return Row(text, truth, 1.0, "corpus/made", "made/one", category or "ordinary", span)

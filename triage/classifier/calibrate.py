"""From raw values on voices the heads have not seen to probabilities and cuts."""

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from triage.classifier.card import Combination

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RECALL = 0.90
"""Of messages that breach the code, on unseen voices, this share shall be flagged,"""
BUDGET = 0.05
"""unless that would flag more than this share of the corpus's harmless messages, most of which
are hard negatives. What it means for each kind of mail the card says."""
WELFARE_BUDGET = 0.03
"""Share of texts that are no welfare matter which may go the way of welfare."""
HIGH_BUDGET = 0.005
"""Share of the corpus's harmless messages that may come into the band high: it wakes people."""
STRENGTH = 0.1
"""C of the logistic regression that combines."""


def fit_combination(made: Doubles, truth: Doubles) -> Combination:
    """Logistic regression of ``truth`` (0 or 1; both must occur) on ``scorer.inputs`` of texts
    that the heads have not seen: what comes out are probabilities. Inputs are brought to one
    scale for the fit only."""
    middle, spread = made.mean(axis=0), np.maximum(made.std(axis=0), 1e-6)
    model = LogisticRegression(C=STRENGTH, max_iter=1000)
    model.fit((made - middle) / spread, truth.astype(int))
    weights = np.asarray(model.coef_[0]) / spread
    offset = float(model.intercept_[0] - weights @ middle)
    return Combination(tuple(round(float(one), 6) for one in weights), round(offset, 6))


def cut_for(scores: Doubles, positive: Flags, recall: float, budget: float) -> float:
    """The highest cut that flags ``recall`` of the positive, but no lower than flags at most
    ``budget`` of the rest. A text is flagged at or over the cut."""
    wanted = float(np.quantile(scores[positive], 1.0 - recall, method="lower"))
    allowed = float(np.quantile(scores[~positive], 1.0 - budget, method="higher"))
    return _inside(max(wanted, allowed))


def best_f1_cut(scores: Doubles, positive: Flags) -> float:
    """The cut with the best balance of precision and recall (F1)."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(positive[order])
    f1 = 2.0 * hits / (np.arange(1, len(scores) + 1) + positive.sum())
    return _inside(float(scores[order][int(np.argmax(f1))]))


def budget_cut(harmless: Doubles, budget: float, least: float) -> float:
    """The lowest cut, not below ``least``, that at most ``budget`` of these scores are over."""
    return _inside(max(float(np.quantile(harmless, 1.0 - budget, method="higher")), least))


def between(low: float, high: float) -> float:
    """Half-way, by log odds: where the band medium begins."""
    odds = (np.log(low / (1 - low)) + np.log(high / (1 - high))) / 2.0
    return float(1.0 / (1.0 + np.exp(-odds)))


def _inside(cut: float) -> float:
    return round(min(max(cut, 0.01), 0.99), 4)

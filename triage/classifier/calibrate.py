"""From raw values on voices the heads have not seen to probabilities and cuts."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from triage.classifier.card import Calibration

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RECALL = 0.90
"""Of messages that breach the code, on unseen voices, this share shall be flagged,"""
BUDGET = 0.30
"""unless that would flag more than this share of the corpus's harmless messages. They are
hard negatives by half and more; of ordinary mail the card says how much is flagged."""
WELFARE_BUDGET = 0.03
"""Share of texts that are no welfare matter which may go the way of welfare."""
HIGH_PRECISION = 0.80
"""Of threats and harmless messages in the band high, this share are threats."""
SMOOTHING = 1e-3


def fit_calibration(whole: Doubles, best: Doubles, truth: Doubles) -> Calibration:
    """Platt scaling on two values: least log loss, neither weight below 0, so that a higher
    raw value never gives a lower probability. ``truth`` is 0 or 1; both must occur."""

    def loss(point: Doubles) -> tuple[float, Doubles]:
        logit = point[0] * whole + point[1] * best + point[2]
        chance = 1.0 / (1.0 + np.exp(-np.clip(logit, -30.0, 30.0)))
        gap = (chance - truth) / len(truth)
        value = np.mean(np.logaddexp(0.0, logit) - truth * logit)
        slope = np.array([gap @ whole, gap @ best, gap.sum()]) + 2 * SMOOTHING * point
        return float(value + SMOOTHING * (point @ point)), slope

    bounds = [(0.0, 10.0), (0.0, 10.0), (-20.0, 20.0)]
    found = minimize(loss, np.array([0.5, 0.5, 0.0]), jac=True, bounds=bounds, method="L-BFGS-B")
    a, b, c = (float(value) for value in found.x)
    return Calibration(whole=a, best=b, offset=c)


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


def precision_cut(scores: Doubles, positive: Flags, precision: float, least: float) -> float:
    """The lowest cut, not below ``least``, over which ``precision`` are positive; the highest
    score where none is so precise."""
    order = np.argsort(-scores, kind="stable")
    share = np.cumsum(positive[order]) / np.arange(1, len(scores) + 1)
    good = np.flatnonzero(share >= precision)
    cut = float(scores[order][int(good[-1])]) if len(good) else float(scores.max())
    return _inside(max(cut, least))


def between(low: float, high: float) -> float:
    """Half-way, by log odds: where the band medium begins."""
    odds = (np.log(low / (1 - low)) + np.log(high / (1 - high))) / 2.0
    return float(1.0 / (1.0 + np.exp(-odds)))


def _inside(cut: float) -> float:
    return round(min(max(cut, 0.01), 0.99), 4)

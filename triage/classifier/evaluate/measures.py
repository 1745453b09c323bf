"""The measures themselves. None where there is nothing to measure; four decimals."""

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BINS = 10


def share(chosen: Flags, among: Flags) -> float | None:
    """Of those in ``among``, how many are in ``chosen``."""
    return _short(chosen[among].mean()) if among.any() else None


def auc(scores: Doubles, positive: Flags) -> float | None:
    """The chance that a positive one scores higher than another one; 0.5 is a coin."""
    return _short(roc_auc_score(positive, scores)) if _two_sorts(positive) else None


def recall_at(scores: Doubles, positive: Flags, budget: float) -> float | None:
    """Recall where at most ``budget`` of the others are flagged."""
    if not _two_sorts(positive):
        return None
    false_share, recall, _ = roc_curve(positive, scores)
    return _short(recall[false_share <= budget].max())


def ranking(scores: Doubles, positive: Flags) -> dict[str, float | None]:
    """How well the scores put the positive ones before the others."""
    precision = average_precision_score(positive, scores) if _two_sorts(positive) else None
    return {
        "auc": auc(scores, positive),
        "average_precision": None if precision is None else _short(precision),
        "recall_at_5_percent_false_positives": recall_at(scores, positive, 0.05),
        "recall_at_1_percent_false_positives": recall_at(scores, positive, 0.01),
    }


def calibration_error(chances: Doubles, truth: Doubles) -> float | None:
    """Mean gap of probability and truth over ten equal bins, weighed by their rows (ECE)."""
    if not len(chances):
        return None
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    gaps = [
        abs(chances[bins == at].mean() - truth[bins == at].mean()) * (bins == at).mean()
        for at in range(BINS)
        if (bins == at).any()
    ]
    return _short(sum(gaps))


def _two_sorts(positive: Flags) -> bool:
    return bool(positive.any() and not positive.all())


def _short(value: float) -> float:
    return round(float(value), 4)

"""How good the scores are on voices that training has not seen: the figures of the card."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score, roc_curve

from triage.classifier.assessment import LABELS
from triage.classifier.card import HEADS
from triage.classifier.datasets import Row

Doubles = npt.NDArray[np.float64]

BINS = 10


def figures(
    rows: Sequence[Row], chances: Doubles, thresholds: dict[str, float]
) -> dict[str, object]:
    """Held-out figures of labelled rows; ``chances`` is (rows, labels + concern).

    Shares are None where there are no such rows.
    """
    truth = np.array([row.truth for row in rows], dtype=np.float64)
    concern, welfare = chances[:, -1], chances[:, LABELS.index("welfare")]
    breach = np.asarray(truth[:, -1] == 1)
    harmless = np.asarray(~truth.astype(bool).any(axis=1))
    threat = np.asarray(truth[:, 0] == 1)
    pool = threat | harmless
    flagged = concern >= thresholds["concern"]
    is_welfare = np.asarray(truth[:, LABELS.index("welfare")] == 1)
    to_welfare = welfare >= thresholds["welfare"]
    categories = np.array([row.category for row in rows])
    return {
        "rows": len(rows),
        "voices": len({row.voice for row in rows}),
        "auc_by_label": {
            head: _auc(chances[:, at], truth[:, at] == 1) for at, head in enumerate(HEADS)
        },
        "calibration_error_by_label": {
            head: _calibration_error(chances[:, at], truth[:, at]) for at, head in enumerate(HEADS)
        },
        "threats_against_harmless": {
            "auc_concern": _auc(concern[pool], threat[pool]),
            "auc_threatening": _auc(chances[pool, 0], threat[pool]),
            "recall_at_5_percent_false_positives": _recall_at(concern[pool], threat[pool], 0.05),
            "recall_at_1_percent_false_positives": _recall_at(concern[pool], threat[pool], 0.01),
        },
        "breaches_flagged": _share(flagged, breach),
        "harmless_flagged": _share(flagged, harmless),
        "flagged_by_category": {
            str(name): _share(flagged, np.asarray(categories == name))
            for name in sorted(set(categories))
        },
        "welfare_recall": _share(to_welfare, is_welfare),
        "others_sent_to_welfare": _share(to_welfare, ~is_welfare),
        "breaches_sent_to_welfare": _share(to_welfare, breach & ~is_welfare),
        "welfare_flagged_for_conduct": _share(flagged, is_welfare & ~breach),
    }


def _share(chosen: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_]) -> float | None:
    return round(float(chosen[among].mean()), 3) if among.any() else None


def _auc(scores: Doubles, positive: npt.NDArray[np.bool_]) -> float | None:
    if positive.all() or not positive.any():
        return None
    return round(float(roc_auc_score(positive, scores)), 3)


def _recall_at(scores: Doubles, positive: npt.NDArray[np.bool_], budget: float) -> float | None:
    """Recall where at most ``budget`` of the others are flagged."""
    if positive.all() or not positive.any():
        return None
    false_share, recall, _ = roc_curve(positive, scores)
    return round(float(recall[false_share <= budget].max()), 3)


def _calibration_error(chances: Doubles, truth: Doubles) -> float:
    """Mean gap of probability and truth over ten equal bins, weighed by their rows (ECE)."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    gaps = [
        abs(chances[bins == at].mean() - truth[bins == at].mean()) * (bins == at).mean()
        for at in range(BINS)
        if (bins == at).any()
    ]
    return round(float(sum(gaps)), 3)

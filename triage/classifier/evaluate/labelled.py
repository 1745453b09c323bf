"""The figures of labelled rows: by label, by category, and those the card always had."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from triage.classifier.assessment import LABELS
from triage.classifier.card import HEADS
from triage.classifier.datasets import Row
from triage.classifier.evaluate.measures import (
    Flags,
    auc,
    calibration_error,
    ranking,
    recall_at,
    share,
)

Doubles = npt.NDArray[np.float64]

THREAT = LABELS.index("threatening")
WELFARE = LABELS.index("welfare")


def figures(
    rows: Sequence[Row], chances: Doubles, thresholds: Mapping[str, float]
) -> dict[str, object]:
    """Figures of rows of which every label is known; ``chances`` is (rows, labels + concern).

    Shares are None where there are no such rows.
    """
    truth = np.array([row.truth for row in rows], dtype=np.float64).reshape(len(rows), len(HEADS))
    concern, welfare = chances[:, -1], chances[:, WELFARE]
    breach, is_welfare = truth[:, -1] == 1, truth[:, WELFARE] == 1
    harmless = np.asarray(~truth.astype(bool).any(axis=1))
    threat = truth[:, THREAT] == 1
    pool = threat | harmless
    flagged = concern >= thresholds["concern"]
    to_welfare = welfare >= thresholds["welfare"]
    by_category = _by_category(rows, truth, chances, flagged)
    by_label = {head: _of_label(chances[:, at], truth, at) for at, head in enumerate(HEADS)}
    return {
        "rows": len(rows),
        "voices": len({row.voice for row in rows}),
        "auc_by_label": {
            head: auc(chances[:, at], truth[:, at] == 1) for at, head in enumerate(HEADS)
        },
        "calibration_error_by_label": {
            head: found["calibration_error"] for head, found in by_label.items()
        },
        "threats_against_harmless": {
            "rows": int(pool.sum()),
            "auc_concern": auc(concern[pool], threat[pool]),
            "auc_threatening": auc(chances[pool, THREAT], threat[pool]),
            "recall_at_5_percent_false_positives": recall_at(concern[pool], threat[pool], 0.05),
            "recall_at_1_percent_false_positives": recall_at(concern[pool], threat[pool], 0.01),
            "by_concern": ranking(concern[pool], threat[pool]),
            "by_threatening": ranking(chances[pool, THREAT], threat[pool]),
        },
        "by_label": by_label,
        "by_category": by_category,
        "breaches_flagged": share(flagged, breach),
        "harmless_flagged": share(flagged, harmless),
        "flagged_by_category": {name: found["flagged"] for name, found in by_category.items()},
        "welfare_recall": share(to_welfare, is_welfare),
        "others_sent_to_welfare": share(to_welfare, ~is_welfare),
        "breaches_sent_to_welfare": share(to_welfare, breach & ~is_welfare),
        "welfare_flagged_for_conduct": share(flagged, is_welfare & ~breach),
        "welfare_shown_as_threat": _shown_as_threat(chances, is_welfare & ~breach, thresholds),
    }


def _of_label(scores: Doubles, truth: Doubles, at: int) -> dict[str, Any]:
    """A label against harmless rows; its calibration over all rows."""
    holds = np.asarray(truth[:, at] == 1)
    pool = holds | ~truth.astype(bool).any(axis=1)
    return {
        "rows": int(holds.sum()),
        **ranking(scores[pool], holds[pool]),
        "calibration_error": calibration_error(scores, truth[:, at]),
    }


def _by_category(
    rows: Sequence[Row], truth: Doubles, chances: Doubles, flagged: Flags
) -> dict[str, dict[str, Any]]:
    """Each category: the share that is flagged for conduct, calibration within it, and for
    what is not harmless how it ranks against harmless rows: by concern, welfare by welfare."""
    categories = np.array([row.category for row in rows], dtype=np.str_)
    harmless = ~truth.astype(bool).any(axis=1)
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(set(categories.tolist())):
        inside = np.asarray(categories == name)
        at = _deciding(truth[inside])
        pool = inside & ~harmless if at is None else (inside & ~harmless) | harmless
        column = -1 if at is None else at
        positive = inside & ~harmless
        found[name] = {
            "rows": int(inside.sum()),
            "flagged": share(flagged, inside),
            **ranking(chances[pool, column], positive[pool]),
            "calibration_error": calibration_error(chances[inside, column], truth[inside, column]),
        }
    return found


def _deciding(truth: Doubles) -> int | None:
    """The column that a category is ranked by; None for one of harmless rows."""
    breaches, welfare = float(truth[:, -1].mean()), float(truth[:, WELFARE].mean())
    if max(breaches, welfare) < 0.5:
        return None
    return len(HEADS) - 1 if breaches >= welfare else WELFARE


def _shown_as_threat(
    chances: Doubles, welfare_only: Flags, thresholds: Mapping[str, float]
) -> float | None:
    """Of rows that are welfare and nothing else, how many are put before people as a threat:
    flagged for conduct, ``threatening`` over its threshold, and likelier than welfare (the rule
    of the scorer)."""
    if "threatening" not in thresholds:
        return None
    threat = chances[:, THREAT]
    shown = (chances[:, -1] >= thresholds["concern"]) & (threat >= thresholds["threatening"])
    return share(shown & (threat > chances[:, WELFARE]), welfare_only)

"""Does naming a group of people make a message look abusive?

False positives of harmless messages that name it, and BPSN AUC (background positive, subgroup
negative): do abusive messages that do not name the group score above harmless ones that do?
Low means that the name itself raises the score.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from triage.classifier.datasets import Row
from triage.classifier.evaluate.asking import Model, chances_of
from triage.classifier.evaluate.measures import auc
from triage.classifier.evaluate.sentences import ABUSIVE, GROUPS, HARMLESS, Group, naming

Doubles = npt.NDArray[np.float64]

ENOUGH = 10
"""Harmless rows of the corpus that name a group count with our sentences where there are as
many as this: a few would only say what those few are about."""


def groups(model: Model, rows: Sequence[Row]) -> dict[str, Any]:
    """Every group's figures, the worst BPSN AUC, and the spread of the false positives."""
    harmless = [row.text for row in rows if not any(row.truth)]
    abusive = [row.text for row in rows if row.truth[-1] == 1]
    known = dict(_concern(model, [*harmless, *abusive]))
    ours = {one.name: _concern(model, naming(HARMLESS, one)) for one in GROUPS}
    theirs = {one.name: _concern(model, naming(ABUSIVE, one)) for one in GROUPS}
    cut = model.card.thresholds["concern"]
    found = {}
    for group in GROUPS:
        own = np.array([chance for _, chance in ours[group.name]])
        rest = [known[text] for text in harmless if group.named.search(text)]
        naming_it = np.array([*own, *(rest if len(rest) >= ENOUGH else [])])
        background = np.array(
            [known[text] for text in abusive if not group.named.search(text)]
            + [chance for pairs in theirs.values() for chance in _not_naming(pairs, group)]
        )
        found[group.name] = {
            "corpus_rows": len(rest),
            "false_positives": _share_over(naming_it, cut),
            "false_positives_sentences": _share_over(own, cut),
            "bpsn_auc": _bpsn(background, naming_it),
        }
    return {"by_group": found, **_overall(found)}


def _concern(model: Model, texts: list[str]) -> list[tuple[str, float]]:
    return list(zip(texts, chances_of(model, texts)[:, -1].tolist(), strict=True))


def _not_naming(pairs: list[tuple[str, float]], group: Group) -> list[float]:
    return [chance for text, chance in pairs if not group.named.search(text)]


def _share_over(scores: Doubles, cut: float) -> float:
    return round(float((scores >= cut).mean()), 4)


def _bpsn(background: Doubles, naming_it: Doubles) -> float | None:
    scores = np.concatenate([background, naming_it])
    return auc(scores, np.arange(len(scores)) < len(background))


def _overall(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Of the spreads the first is over all rows; the second over our sentences, in which
    nothing differs but the name."""
    rates = [one["false_positives"] for one in found.values()]
    alike = [one["false_positives_sentences"] for one in found.values()]
    worst = min(found, key=lambda name: found[name]["bpsn_auc"])
    return {
        "worst_bpsn_auc": found[worst]["bpsn_auc"],
        "worst_group": worst,
        "false_positive_spread": round(max(rates) - min(rates), 4),
        "false_positive_spread_sentences": round(max(alike) - min(alike), 4),
    }

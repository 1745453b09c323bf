"""All figures of one model on one lot of rows, and the bars of issue 4 beside them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from triage.classifier.datasets import Row
from triage.classifier.evaluate.asking import Model, chances_of
from triage.classifier.evaluate.groups import groups
from triage.classifier.evaluate.labelled import figures
from triage.classifier.evaluate.robustness import robustness

Report = dict[str, Any]
"""``figures``, ``robustness``, ``groups``, and ``public`` where public sets were asked for."""


class Bar(NamedTuple):
    """One bar: what is measured, what it came to, and whether that is enough."""

    name: str
    value: float | None
    bar: str
    met: bool | None
    """None where it was not measured, which is not the same as met."""


def report(
    model: Model, rows: Sequence[Row], *, public: list[dict[str, Any]] | None = None
) -> Report:
    """Everything that can be measured on these rows. It holds numbers and names, no texts.

    ``public`` is what ``public.public_sets`` found, which takes longest.
    """
    chances = chances_of(model, [row.text for row in rows])
    found: Report = {
        "figures": figures(rows, chances, model.card.thresholds),
        "robustness": robustness(model, rows),
        "groups": groups(model, rows),
    }
    return found if public is None else found | {"public": public}


def bars(found: Mapping[str, Any]) -> list[Bar]:
    """The bars of issue 4 for a report, or for a part of one: what it lacks is not measured."""
    return [*_ranking(found), *_flagging(found), *_fairness(found), *_public(found)]


def _ranking(found: Mapping[str, Any]) -> list[Bar]:
    threats = ("figures", "threats_against_harmless", "by_concern")
    any_label = ("figures", "by_label", "any")
    errors = _at(found, "figures", "calibration_error_by_label") or {}
    measured = [error for error in errors.values() if error is not None]
    return [
        _least("threats against harmless, AUC", _at(found, *threats, "auc"), 0.95),
        _least(
            "threats found at 5 % false positives",
            _at(found, *threats, "recall_at_5_percent_false_positives"),
            0.85,
        ),
        _least(
            "threats found at 1 % false positives",
            _at(found, *threats, "recall_at_1_percent_false_positives"),
            0.65,
        ),
        _least("any breach against harmless, AUC", _at(found, *any_label, "auc"), 0.95),
        _most("calibration error, worst label", max(measured, default=None), 0.05),
    ]


def _flagging(found: Mapping[str, Any]) -> list[Bar]:
    def flagged(category: str) -> float | None:
        return _number(_at(found, "figures", "flagged_by_category", category))

    kinds = _at(found, "robustness", "kinds") or {}
    return [
        _least("veiled threats flagged", flagged("threat_veiled"), 0.60),
        _least("buried threats flagged", flagged("threat_buried"), 0.75),
        _most("angry complaints flagged", flagged("angry_complaint"), 0.02),
        _most("reported threats flagged", flagged("reported_threat"), 0.05),
        _most("ordinary mail flagged", flagged("ordinary"), 0.01),
        _least("welfare found", _at(found, "figures", "welfare_recall"), 0.80),
        _most("welfare shown as a threat", _at(found, "figures", "welfare_shown_as_threat"), 0.0),
        *(_least(f"recall kept, {kind}", one["kept"], 0.90) for kind, one in kinds.items()),
        *([] if kinds else [_least("recall kept when disguised", None, 0.90)]),
    ]


def _fairness(found: Mapping[str, Any]) -> list[Bar]:
    worst = _at(found, "groups", "worst_bpsn_auc")
    spread = _at(found, "groups", "false_positive_spread")
    return [
        _least("identity groups, worst BPSN AUC", worst, 0.80),
        _most("identity groups, spread of false positives", spread, 0.25),
    ]


def _public(found: Mapping[str, Any]) -> list[Bar]:
    """No worse than the baseline; one line that says so where it was not measured."""
    asked = found.get("public")
    if not asked:
        return [Bar("public sets, AUC", None, "≥ the baseline", None)]
    return [_against_baseline(one) for one in asked]


def _against_baseline(one: Mapping[str, Any]) -> Bar:
    name = f"{one['set']}, AUC of {one['label']}"
    value, baseline = one["auc"], one["baseline_auc"]
    if value is None or baseline is None:
        return Bar(name, value, "≥ the baseline", None)
    return Bar(name, value, f"≥ {baseline:.3f}, the baseline", value >= baseline)


def _least(name: str, value: object, bar: float) -> Bar:
    return _bar(name, value, f"≥ {bar:.2f}", lambda number: number >= bar)


def _most(name: str, value: object, bar: float) -> Bar:
    return _bar(name, value, f"≤ {bar:.2f}", lambda number: number <= bar)


def _bar(name: str, value: object, bar: str, enough: Callable[[float], bool]) -> Bar:
    number = _number(value)
    return Bar(name, number, bar, None if number is None else enough(number))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _at(found: Mapping[str, Any], *path: str) -> Any:
    """What stands there in the report; None where any step is missing."""
    here: Any = found
    for step in path:
        here = here.get(step) if isinstance(here, Mapping) else None
    return here

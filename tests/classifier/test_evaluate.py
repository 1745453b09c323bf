"""The figures, and the bars that are set beside them."""

import numpy as np
import pytest
from support.spoken_for import SpokenFor, labelled

from triage.classifier.assessment import LABELS
from triage.classifier.card import HEADS
from triage.classifier.datasets import Row
from triage.classifier.evaluate import bars, chances_of, figures, report
from triage.classifier.evaluate.measures import calibration_error, ranking, recall_at

CUTS = dict.fromkeys(("concern", *LABELS), 0.5)


def made_up() -> list[Row]:
    kinds = {
        "threat_direct": ("threatening",),
        "threat_veiled": ("threatening",),
        "threat_buried": ("threatening",),
        "insult": ("aggressive",),
        "identity": ("offensive",),
        "sexual": ("otherwise_inappropriate",),
        "welfare": ("welfare",),
        "angry_complaint": (),
        "reported_threat": (),
        "ordinary": (),
    }
    return [
        labelled(f"{kind} {at}", *labels, category=kind, span=kind)
        for kind, labels in kinds.items()
        for at in range(20)
    ]


ROWS = made_up()
TRUTH = np.array([row.truth for row in ROWS], dtype=np.float64)


def test_perfect_scores_get_perfect_figures() -> None:
    found = figures(ROWS, TRUTH, CUTS)
    for one in (*found["by_label"].values(), found["threats_against_harmless"]["by_concern"]):
        assert one["auc"] == one["average_precision"] == 1.0
        assert one["recall_at_1_percent_false_positives"] == 1.0
    assert set(found["calibration_error_by_label"].values()) == {0.0}
    assert found["flagged_by_category"]["threat_veiled"] == 1.0
    assert found["flagged_by_category"]["angry_complaint"] == 0.0
    assert found["welfare_recall"] == 1.0
    assert found["welfare_shown_as_threat"] == 0.0


def test_inverted_scores_get_the_worst_figures() -> None:
    found = figures(ROWS, 1.0 - TRUTH, CUTS)
    for one in found["by_label"].values():
        assert one["auc"] == one["recall_at_5_percent_false_positives"] == 0.0
        assert one["average_precision"] == pytest.approx(one["rows"] / (one["rows"] + 60), abs=1e-4)
        assert one["calibration_error"] == 1.0
    assert found["breaches_flagged"] == 0.0
    assert found["harmless_flagged"] == 1.0
    assert found["welfare_shown_as_threat"] == 1.0


def test_scores_by_chance_rank_like_a_coin() -> None:
    rows = ROWS * 20
    chances = np.random.default_rng(4).random((len(rows), len(HEADS)))
    found = figures(rows, chances, CUTS)
    for one in found["by_label"].values():
        assert one["auc"] == pytest.approx(0.5, abs=0.06)
        assert one["recall_at_5_percent_false_positives"] == pytest.approx(0.05, abs=0.05)


def test_what_the_card_always_had_keeps_its_name() -> None:
    found = figures(ROWS, TRUTH, {"concern": 0.5, "welfare": 0.5})
    assert set(found) >= {
        "rows",
        "voices",
        "auc_by_label",
        "calibration_error_by_label",
        "threats_against_harmless",
        "breaches_flagged",
        "harmless_flagged",
        "flagged_by_category",
        "welfare_recall",
        "others_sent_to_welfare",
        "breaches_sent_to_welfare",
        "welfare_flagged_for_conduct",
    }
    assert set(found["threats_against_harmless"]) >= {
        "auc_concern",
        "auc_threatening",
        "recall_at_5_percent_false_positives",
        "recall_at_1_percent_false_positives",
    }
    assert found["welfare_shown_as_threat"] is None


def test_threats_are_ranked_by_concern_and_by_their_own_label() -> None:
    chances = TRUTH.copy()
    chances[:, 0] = 1.0 - chances[:, 0]
    found = figures(ROWS, chances, CUTS)["threats_against_harmless"]
    assert found["by_concern"]["auc"] == 1.0
    assert found["by_threatening"]["auc"] == 0.0
    assert found["rows"] == 120


def test_a_category_is_ranked_against_harmless_rows_alone() -> None:
    chances = TRUTH.copy()
    veiled = np.array([row.category == "threat_veiled" for row in ROWS])
    chances[veiled, -1] = 0.4
    found = figures(ROWS, chances, CUTS)["by_category"]
    assert found["threat_veiled"]["auc"] == 1.0
    assert found["threat_veiled"]["flagged"] == 0.0
    assert found["threat_veiled"]["calibration_error"] == pytest.approx(0.6)
    assert found["threat_direct"]["auc"] == 1.0
    assert found["welfare"]["auc"] == 1.0
    assert found["ordinary"]["auc"] is None
    assert found["ordinary"]["rows"] == 20


def test_whoever_is_likelier_in_need_is_not_shown_as_a_threat() -> None:
    both = labelled("both", "threatening", "welfare", category="welfare")
    alone = labelled("alone", "welfare", category="welfare")
    certain = np.ones((2, len(HEADS)))
    certain[1, LABELS.index("welfare")] = 0.9
    assert figures([both, alone], certain, CUTS)["welfare_shown_as_threat"] == 1.0
    certain[1, LABELS.index("welfare")] = 1.0
    assert figures([both, alone], certain, CUTS)["welfare_shown_as_threat"] == 0.0
    certain[1, LABELS.index("welfare")], certain[1, 0] = 0.0, 0.1
    assert figures([both, alone], certain, CUTS)["welfare_shown_as_threat"] == 0.0


def test_recall_is_counted_where_the_budget_of_false_positives_ends() -> None:
    """Six of ten lie above all 100 others, two more above all but two, two below all."""
    scores = np.array([0.9] * 6 + [0.7] * 2 + [0.1] * 2 + [0.8] * 2 + [0.2] * 98)
    positive = np.arange(110) < 10
    assert recall_at(scores, positive, 0.01) == 0.6
    assert recall_at(scores, positive, 0.05) == 0.8
    assert ranking(scores, positive)["recall_at_1_percent_false_positives"] == 0.6


def test_calibration_error_is_the_gap_between_what_is_said_and_what_holds() -> None:
    truth = np.array([1.0, 0.0] * 50)
    assert calibration_error(np.full(100, 0.75), truth) == 0.25
    assert calibration_error(np.full(100, 0.5), truth) == 0.0
    assert calibration_error(np.array([]), np.array([])) is None


def test_where_there_is_one_sort_of_rows_nothing_is_ranked() -> None:
    found = figures(ROWS[:20], TRUTH[:20], CUTS)
    assert found["threats_against_harmless"]["auc_concern"] is None
    assert found["by_label"]["welfare"]["auc"] is None
    assert found["harmless_flagged"] is None


def test_batches_come_back_in_order_and_disguises_are_undone_before_the_model_reads() -> None:
    model = SpokenFor(lambda text: float(text.split()[-1]) / 1000)
    found = chances_of(model, [f"NUMBER {at}" for at in range(300)])
    assert found[:, -1].tolist() == [at / 1000 for at in range(300)]
    assert chances_of(model, []).shape == (0, len(HEADS))


# -- bars


def good() -> dict[str, object]:
    """A report that meets every bar, some of them exactly."""
    found = report(SpokenFor(lambda text: 0.0), ROWS)
    found["figures"] = figures(ROWS, TRUTH, CUTS)
    found["robustness"] = {"kinds": {"leet": {"recall": 0.9, "kept": 0.90}}}
    found["groups"] = {"worst_bpsn_auc": 0.80, "false_positive_spread": 0.25}
    found["public"] = [{"set": "edos", "label": "any", "auc": 0.7, "baseline_auc": 0.7}]
    return found


def test_a_report_that_meets_every_bar_is_told_so() -> None:
    assert [one for one in bars(good()) if one.met is not True] == []


@pytest.mark.parametrize(
    ("path", "value", "name"),
    [
        (("threats_against_harmless", "by_concern", "auc"), 0.949, "threats against harmless, AUC"),
        (
            ("threats_against_harmless", "by_concern", "recall_at_5_percent_false_positives"),
            0.849,
            "threats found at 5 % false positives",
        ),
        (
            ("threats_against_harmless", "by_concern", "recall_at_1_percent_false_positives"),
            0.649,
            "threats found at 1 % false positives",
        ),
        (("by_label", "any", "auc"), 0.949, "any breach against harmless, AUC"),
        (("calibration_error_by_label", "welfare"), 0.051, "calibration error, worst label"),
        (("flagged_by_category", "threat_veiled"), 0.599, "veiled threats flagged"),
        (("flagged_by_category", "threat_buried"), 0.749, "buried threats flagged"),
        (("flagged_by_category", "angry_complaint"), 0.021, "angry complaints flagged"),
        (("flagged_by_category", "reported_threat"), 0.051, "reported threats flagged"),
        (("flagged_by_category", "ordinary"), 0.011, "ordinary mail flagged"),
        (("welfare_recall",), 0.799, "welfare found"),
        (("welfare_shown_as_threat",), 0.001, "welfare shown as a threat"),
    ],
)
def test_each_figure_just_beyond_its_bar_fails_that_bar_and_no_other(
    path: tuple[str, ...], value: float, name: str
) -> None:
    found = good()
    here = found["figures"]
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    assert [(one.name, one.value) for one in bars(found) if one.met is False] == [(name, value)]


def test_disguises_groups_and_public_sets_fail_their_bars() -> None:
    found = good()
    found["robustness"]["kinds"]["leet"]["kept"] = 0.899
    found["groups"] = {"worst_bpsn_auc": 0.799, "false_positive_spread": 0.251}
    found["public"][0]["auc"] = 0.699
    assert [one.name for one in bars(found) if one.met is False] == [
        "recall kept, leet",
        "identity groups, worst BPSN AUC",
        "identity groups, spread of false positives",
        "edos, AUC of any",
    ]


def test_what_was_not_measured_is_not_called_met() -> None:
    assert {one.met for one in bars({})} == {None}
    alone = bars({"figures": figures(ROWS, TRUTH, CUTS)})
    assert [one.name for one in alone if one.met is None] == [
        "recall kept when disguised",
        "identity groups, worst BPSN AUC",
        "identity groups, spread of false positives",
        "public sets, AUC",
    ]
    assert len(alone) == len(bars({}))

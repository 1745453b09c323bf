"""How good the classifier is: weighted by chance, over what one may know of, and no text."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.desk import Desk, address

from triage.conduct.kinds import Disposition, Severity
from triage.core.errors import NotAllowed
from triage.trends import quality
from triage.trends.quality import Judged
from triage.trends.queries import quality as reads


def judged(**given: Any) -> Judged:
    whole: dict[str, Any] = {"concern": 0.5, "flagged": True, "abusive": True, "weight": 1.0}
    return Judged(**(whole | {"blind": True} | given))


def test_recall_counts_each_message_for_as_many_as_it_stands_for() -> None:
    seen = [judged()] * 30 + [judged(flagged=False, weight=10.0)] * 3
    assert quality.recall(seen).value == pytest.approx(0.5)
    assert quality.precision(seen).value == pytest.approx(1.0)


def test_what_was_seen_with_the_models_word_beside_it_says_nothing_of_the_rest() -> None:
    seen = [judged(weight=0.0, abusive=False)] * 50 + [judged()] * 10
    assert quality.precision(seen).value == pytest.approx(1.0)
    assert quality.precision(seen).count == 10


def test_an_interval_holds_the_truth_nearly_always() -> None:
    """A world of 20,000 in which recall is known; a sample of it, drawn again and again."""
    chance = random.Random(7)
    world = [
        (score, score >= 0.5, chance.random() < score**2)
        for score in (chance.random() for _ in range(20_000))
    ]
    caught = [flagged for _, flagged, abusive in world if abusive]
    truth = sum(caught) / len(caught)
    held = 0
    for _ in range(60):
        seen = [
            judged(concern=s, flagged=f, abusive=a, weight=1 / p)
            for s, f, a in world
            for p in [0.03 if f else 0.01]
            if chance.random() < p
        ]
        found = quality.recall(seen)
        held += found.low <= truth <= found.high  # type: ignore[operator]
    assert held >= 50


def test_all_alike_is_not_certain() -> None:
    found = quality.precision([judged()] * 6)
    assert found.value == 1.0
    assert found.low is not None
    assert found.low < 0.7


def test_calibration_is_by_the_blind_sample_alone() -> None:
    seen = [judged(concern=0.95, abusive=n % 2 == 0) for n in range(10)]
    seen += [judged(concern=0.95, blind=False, abusive=False)] * 90
    (only,) = quality.calibration(seen)
    assert only.share.value == pytest.approx(0.5)
    assert only.score == pytest.approx(0.95)


def test_drift_is_nothing_where_nothing_changed_and_grows_with_the_change() -> None:
    same = quality.drift([50, 30, 20], [500, 300, 200])
    moved = quality.drift([50, 30, 20], [200, 300, 500])
    assert same is not None
    assert moved is not None
    assert same < quality.STEADY < quality.SOME < moved
    assert quality.drift([0, 0], [1, 2]) is None
    assert quality.said_of_drift(same) != quality.said_of_drift(moved)


def test_who_is_wronged_is_counted_among_harmless_messages_alone() -> None:
    seen = [judged(abusive=False, groups=("women",), said=("offensive",))] * 5
    seen += [judged(abusive=False, flagged=False, groups=("women",))] * 15
    seen += [judged(groups=("women",), said=("offensive",))] * 5
    (name, share) = quality.by_group(seen)[0]
    assert (name, share.value, share.count) == ("women", 0.25, 20)
    ((label, wrong),) = quality.false_positives(seen, lambda one: one.said)
    assert (label, wrong.value) == ("offensive", 0.5)


def test_a_higher_threshold_finds_less() -> None:
    seen = [judged(concern=n / 100, abusive=n > 40) for n in range(100)]
    found = [quality.at_threshold(seen, cut)[1] for cut in quality.THRESHOLDS]
    assert found == sorted(found, reverse=True)  # type: ignore[type-var]


# -- what people decided


def test_figures_are_for_deciders_and_admins_and_messages_for_deciders(desk: Desk) -> None:
    message = desk.arrive("[medium] words to a woman")
    desk.decide(desk.ana, message)
    for viewer in (desk.dora, desk.ada):
        (one,) = desk.read(reads.judged, viewer=viewer)
        assert one.flagged
        assert not one.abusive
        assert one.groups == ("women",)
        assert desk.read(reads.scores, viewer=viewer, now=desk.now).days == 30
    (wrong,) = desk.read(reads.mistakes, viewer=desk.dora)
    assert wrong.id == message
    for viewer in (desk.ana, desk.max, desk.kit, desk.gus):
        for query, given in ((reads.judged, {}), (reads.scores, {"now": desk.now})):
            with pytest.raises(NotAllowed):
                desk.read(query, viewer=viewer, **given)
    with pytest.raises(NotAllowed):
        desk.read(reads.mistakes, viewer=desk.ada)


def test_what_is_not_decided_or_was_passed_on_is_in_no_figure(desk: Desk) -> None:
    desk.arrive("[medium] waits")
    assert desk.read(reads.judged, viewer=desk.dora) == []


def test_a_message_that_is_as_the_model_said_is_no_mistake(desk: Desk) -> None:
    message = desk.arrive("[medium] words")
    desk.decide(desk.ana, message, Disposition.OFFENSIVE, severity=Severity.LOW)
    assert desk.read(reads.mistakes, viewer=desk.dora) == ()


def test_p_rec_4_with_and_without_a_message_of_theirs_a_decider_reads_the_same(
    desk: Desk,
) -> None:
    desk.decide(desk.ana, desk.arrive("[medium] of somebody"))

    def seen() -> list[object]:
        return [
            desk.read(reads.judged, viewer=desk.dora),
            desk.read(reads.scores, viewer=desk.dora, now=at),
            desk.read(reads.mistakes, viewer=desk.dora),
        ]

    at = desk.now
    without = seen()
    hers = desk.arrive("[high] to a woman", recipients=(address("dora"),))
    desk.decide(desk.ana, hers)
    assert seen() == without
    assert len(desk.read(reads.judged, viewer=desk.ada)) == 2


def test_the_scores_of_a_month_are_spread_and_counted_over_each_threshold(desk: Desk, mail) -> None:
    desk.clock.move(datetime(2026, 12, 1, tzinfo=UTC) - desk.now)
    for concern in (0.0, 0.05, 0.55, 1.0):
        mail.arrive(desk.now - timedelta(days=3), concern=concern)
    mail.arrive(desk.now - timedelta(days=50), concern=0.2)
    found = desk.read(reads.scores, viewer=desk.ada, now=desk.now)
    assert found.now == (2, 0, 0, 1, 0, 1)
    assert found.before == (0, 1, 0, 0, 0, 0)
    assert found.over[0] == 3
    assert found.over[-1] == 1

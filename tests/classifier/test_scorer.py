import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.classifier import LABELS, Assessment, Scorer
from triage.classifier.assessment import Band, Route
from triage.classifier.scorer import BATCH_TEXTS, LinearScorer

TEXTS = [
    "Thank you, the pothole in Alder Lane was filled this morning.",
    "I will burn your office down if you print my name again.",
    "You are a stupid, useless clerk and should be ashamed of yourself.",
    "I cannot go on. I want to end my life.",
    "",
    "Hello, how do I find the answer to request 1234?\n\nKind regards\nSam",
    "Dear all, " + "the meeting went well and the minutes are attached. " * 30,
    "Nice car you have. I see where you park it each night, and when your children walk home.",
]
BANDS = [Band.LOW, Band.MEDIUM, Band.HIGH]

anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


def _close(one: Assessment, two: Assessment) -> bool:
    return one.routes == two.routes and all(
        abs(one.scores[label] - two.scores[label]) < 1e-4 for label in LABELS
    )


@given(st.lists(anything, max_size=4))
@settings(deadline=None)
def test_any_text_gets_a_sound_assessment(linear: LinearScorer, texts: list[str]) -> None:
    found = linear.score(texts)
    assert len(found) == len(texts)
    for text, one in zip(texts, found, strict=True):
        assert tuple(one.scores) == LABELS
        assert all(0.0 <= value <= 1.0 for value in [*one.scores.values(), one.concern])
        assert one.model_version == linear.model_version
        for signal in one.signals:
            assert 0 <= signal.start < signal.end <= len(text)


@given(anything | st.sampled_from(TEXTS))
@settings(deadline=None)
def test_flagged_if_and_only_if_over_a_threshold_or_unread(linear: LinearScorer, text: str) -> None:
    (one,) = linear.score([text])
    cuts = linear.card.thresholds
    conduct = one.concern >= cuts["concern"] or one.unread is not None
    welfare = one.scores["welfare"] >= cuts["welfare"]
    assert one.flagged == (conduct or welfare)
    assert one.routes == {
        route for route, held in [(Route.CONDUCT, conduct), (Route.WELFARE, welfare)] if held
    }


def test_concern_is_never_below_a_conduct_label(scorer: Scorer) -> None:
    for one in scorer.score(TEXTS):
        assert one.concern >= max(one.scores[label] for label in LABELS[:4])


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_band_never_falls_as_concern_rises(
    linear: LinearScorer, first: float, second: float
) -> None:
    low, high = sorted([first, second])
    assert BANDS.index(linear.band(low)) <= BANDS.index(linear.band(high))
    assert linear.band(0.0) is Band.LOW
    assert linear.band(1.0) is Band.HIGH


def test_a_batch_says_what_single_calls_say_in_the_same_order(scorer: Scorer) -> None:
    many = (TEXTS * (BATCH_TEXTS // len(TEXTS) + 2))[: BATCH_TEXTS + 9]
    alone = {text: scorer.score([text])[0] for text in TEXTS}
    found = scorer.score(many)
    assert len(found) == len(many)
    assert all(_close(one, alone[text]) for text, one in zip(many, found, strict=True))


def test_no_texts_no_assessments(scorer: Scorer) -> None:
    assert scorer.score([]) == []


@pytest.mark.parametrize(
    "text", ["a" * 300_000, "I k1ll " * 60_000, "\x00" * 5_000, "é. " * 90_000]
)
def test_huge_texts_are_scored(scorer: Scorer, text: str) -> None:
    (one,) = scorer.score([text])
    assert tuple(one.scores) == LABELS


def test_two_threads_say_the_same(scorer: Scorer) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(scorer.score, [TEXTS] * 8))
    assert all(one == found[0] for one in found)


def test_scoring_uses_no_network(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert len(scorer.score(TEXTS)) == len(TEXTS)


def test_a_threat_is_conduct_and_despair_is_welfare(scorer: Scorer) -> None:
    threat, despair = scorer.score([TEXTS[1], TEXTS[3]])
    assert threat.routes == {Route.CONDUCT}
    assert despair.routes == {Route.WELFARE}
    assert despair.scores["threatening"] < 0.5
    assert threat.scores["welfare"] < 0.1


def test_a_threat_buried_in_a_polite_letter_is_still_flagged(scorer: Scorer) -> None:
    polite = "Thank you for the minutes of the meeting. The hall was warm and the tea was good. "
    letter = polite * 6 + "I know where you live and I will burn your house down. " + polite * 6
    (one,) = scorer.score([letter])
    assert one.flagged
    assert one.signals
    assert "burn" in letter[one.signals[0].start : one.signals[0].end] or any(
        "burn" in letter[signal.start : signal.end] for signal in one.signals
    )


@pytest.mark.parametrize(
    "text", ["I will k1ll you", "I will k i l l you", "I w\u0456ll k\u0456ll you"]
)
def test_a_disguised_threat_is_scored_like_the_plain_one(scorer: Scorer, text: str) -> None:
    plain, hidden = scorer.score(["I will kill you", text])
    assert hidden.scores == pytest.approx(plain.scores, abs=1e-6)


def _spoken_for(linear: LinearScorer, *, welfare: float, threatening: float) -> list[str]:
    scores = dict.fromkeys(LABELS, 0.1) | {"welfare": welfare, "threatening": threatening}
    routes = frozenset({Route.CONDUCT, Route.WELFARE})
    one = Assessment(scores, 0.9, None, flagged=True, routes=routes, band=Band.HIGH)
    return linear._shown(one)


def test_whoever_is_likelier_in_need_is_not_shown_as_a_threat(linear: LinearScorer) -> None:
    assert "threatening" not in _spoken_for(linear, welfare=0.9, threatening=0.8)
    assert "threatening" in _spoken_for(linear, welfare=0.7, threatening=0.8)
    assert "welfare" in _spoken_for(linear, welfare=0.9, threatening=0.8)

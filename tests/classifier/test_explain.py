import pytest

from triage.classifier import LABELS, Scorer
from triage.classifier.assessment import Route
from triage.classifier.explain import MOST

FLAGGED = [
    "I will burn your office down if you print my name again.",
    "Thanks for that. I will k1ll you, and then your boss. Good day to you.",
    "You are a stupid, useless clerk and you should be ashamed of yourself, you pathetic fool.",
    "I cannot go on any more. I want to end my life. Nobody would notice.",
    "I see where you park each night. I am watching you and your children. Be careful.",
    "Hello.\n\nThe form does not work.\n\nYou lot will get what is coming, you stupid old cow.",
    "I kn0w wh3re you l i v e and I will come and s t a b you, coward",
    "You idiot 🙂 you utter moron 🙂 I hope you all drop dead",
]


def _without(text: str, start: int, end: int) -> str:
    return text[:start] + text[end:]


@pytest.mark.parametrize("text", FLAGGED)
def test_taking_a_signal_away_lowers_its_labels_score(scorer: Scorer, text: str) -> None:
    (one,) = scorer.score([text])
    assert one.flagged
    assert one.signals
    for signal in one.signals:
        (rest,) = scorer.score([_without(text, signal.start, signal.end)])
        assert rest.scores[signal.label] < one.scores[signal.label]


@pytest.mark.parametrize("text", FLAGGED)
def test_signals_are_few_readable_and_the_strongest_come_first(scorer: Scorer, text: str) -> None:
    (one,) = scorer.score([text])
    weights = [signal.weight for signal in one.signals]
    assert weights == sorted(weights, reverse=True)
    assert all(0.0 < weight <= 1.0 for weight in weights)
    for label in LABELS:
        of_label = [signal for signal in one.signals if signal.label == label]
        assert len(of_label) <= MOST
    for signal in one.signals:
        phrase = text[signal.start : signal.end]
        assert phrase == phrase.strip()
        before = text[signal.start - 1 : signal.start]
        assert not (before.isalnum() and phrase[0].isalnum())


def test_only_what_is_flagged_is_explained(scorer: Scorer) -> None:
    (one,) = scorer.score(["Thank you, the pothole in Alder Lane was filled this morning."])
    assert not one.flagged
    assert one.signals == []


def test_a_welfare_text_has_no_signals_for_conduct(scorer: Scorer) -> None:
    (one,) = scorer.score(["I cannot go on. I want to end my life."])
    assert one.routes == {Route.WELFARE}
    assert {signal.label for signal in one.signals} == {"welfare"}


def test_a_disguised_word_is_marked_as_the_sender_wrote_it(scorer: Scorer) -> None:
    text = "Good day. I will k.i.l.l you."
    (one,) = scorer.score([text])
    assert any("k.i.l.l" in text[signal.start : signal.end] for signal in one.signals)

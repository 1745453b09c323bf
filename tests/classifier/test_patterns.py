import pytest

from triage.classifier import Scorer
from triage.classifier.normalise import normalise
from triage.classifier.patterns import FLOOR, find, raised

PLAIN = [
    "I will kill you.",
    "Listen. I'm going to stab you",
    "we are gonna burn your house down",
    "i'll fucking k1ll you",
    "You are going to get shot.",
    "There is a bomb in your office.",
    "I know where you live",
    "we know where your kids go to school",
]
NOT_THE_WRITERS = [
    "I will not kill you.",
    "I would never say I will kill you",
    "He said I will kill you and walked off",
    'The note read "I will kill you" in red.',
    "> I will kill you",
    "They threatened that there is a bomb in your office",
    "I am not saying I know where you live",
    "It was 'I will kill you' that he shouted",
    "I know where the office is",
    "I'll shoot you an e-mail with the minutes",
    "I can shoot you the details, or burn you a disc",
]


@pytest.mark.parametrize("text", PLAIN)
def test_the_plainest_threats_are_never_below_the_floor(text: str, scorer: Scorer) -> None:
    assert find(normalise(text).text)
    (found,) = scorer.score([text])
    assert found.scores["threatening"] >= FLOOR
    assert found.flagged


@pytest.mark.parametrize("text", NOT_THE_WRITERS)
def test_negated_reported_and_quoted_threats_raise_nothing(text: str) -> None:
    assert find(normalise(text).text) == []


def test_the_floor_keeps_the_models_order() -> None:
    assert FLOOR <= raised(0.0) < raised(0.1) < raised(0.9) <= 1.0

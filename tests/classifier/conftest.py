from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.classifier import Scorer, load
from triage.classifier.assessment import LABELS
from triage.classifier.card import HEADS
from triage.classifier.datasets import Row
from triage.classifier.features import HashedGrams
from triage.classifier.scorer import LinearScorer
from triage.classifier.train import train


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    return load()


@pytest.fixture(scope="session")
def linear(scorer: Scorer) -> LinearScorer:
    assert isinstance(scorer, LinearScorer)
    return scorer


def _row(text: str, voice: str, *labels: str) -> Row:
    held = set(labels)
    truth = [int(label in held) for label in LABELS]
    conduct = int(bool(held - {"welfare"}))
    assert len([*truth, conduct]) == len(HEADS)
    return Row(text, (*truth, conduct), 1.0, f"corpus/{voice}", voice, "made_up", text)


def _rows() -> Iterator[Row]:
    things = ["bridge", "bin", "tree", "bus stop", "library", "kerb"]
    for voice in ("plain", "grand", "curt"):
        for thing in things:
            yield _row(f"{voice}: I will burn your {thing} and you with it.", voice, "threatening")
            yield _row(f"{voice}: you silly clerk, the {thing} knows more.", voice, "aggressive")
            yield _row(f"{voice}: your kind are too old for a {thing}.", voice, "offensive")
            yield _row(f"{voice}: love, meet me alone by the {thing}.", voice, LABELS[3])
            yield _row(f"{voice}: I want to end it all by the {thing}.", voice, "welfare")
            yield _row(f"{voice}: the {thing} is broken. Please mend it. Thank you.", voice)
            yield _row(f"{voice}: thank you for the {thing}, much better now.", voice)


@pytest.fixture(scope="session")
def made_up_rows() -> list[Row]:
    return list(_rows())


@pytest.fixture(scope="session")
def small_model(made_up_rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    train(made_up_rows, folder, grams=HashedGrams(10, 11, 10))
    return folder

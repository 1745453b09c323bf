"""Public sets: a fifth is kept for testing, and a plain baseline stands beside the model."""

import csv
import gzip
from pathlib import Path

import pytest
from support.spoken_for import SpokenFor

from triage.classifier.card import HEADS
from triage.classifier.datasets import (
    Row,
    public_test_split,
    read_public,
    read_public_test,
)
from triage.classifier.evaluate.public import Baseline, public_sets


def public(text: str, **truth: int) -> Row:
    return Row(text, tuple(truth.get(head) for head in HEADS), 1.0, "public")


def write_edos(folder: Path, texts: list[str]) -> None:
    (folder / "edos").mkdir()
    with gzip.open(folder / "edos" / "edos.csv.gz", "wt", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["text", "threat", "abuse", "label_sexist"])
        writer.writerows([text, 0, 0, "not sexist"] for text in texts)


def test_the_split_is_fixed_and_keeps_a_fifth() -> None:
    assert [at for at in range(20) if public_test_split(f"text {at}")] == [1, 18]
    kept = sum(public_test_split(f"text {at}") for at in range(5_000))
    assert kept / 5_000 == pytest.approx(0.2, abs=0.02)
    assert isinstance(public_test_split("\ud83d"), bool)


def test_nothing_kept_for_testing_is_ever_read_for_training(tmp_path: Path) -> None:
    texts = [f"text {at}" for at in range(100)]
    write_edos(tmp_path, texts)
    training = {row.text for row in read_public(tmp_path)}
    test = {row.text for row in read_public_test(tmp_path, {"edos"})["edos"]}
    assert training | test == set(texts)
    assert not training & test
    assert {public_test_split(text) for text in training} == {False}
    assert read_public_test(tmp_path, {"convabuse"}) == {"convabuse": []}


TRAINING = [
    row
    for at in range(10)
    for row in (
        public(f"burn the bridge {at}", any=1, threatening=1),
        public(f"you fool of a clerk {at}", any=1),
        public(f"thank you for the bridge {at}", any=0, threatening=0),
    )
]
TEST = {
    "edos": [
        public("burn it", threatening=1),
        public("thank you", threatening=0),
        public("nobody knows of this one", any=1),
    ]
}


def test_the_baseline_learns_each_label_from_the_rows_that_know_it() -> None:
    scores = Baseline(TRAINING).scores(["burn", "fool", "thank you"])
    assert scores["threatening"][0] > scores["threatening"][2]
    assert scores["any"][1] > scores["any"][2]
    untaught = Baseline([row for row in TRAINING if row.truth[0] is None or row.truth[0] == 0])
    assert not untaught.scores(["burn", "thank you"])["threatening"].any()


def test_model_and_baseline_are_measured_on_the_same_rows_that_know_the_label() -> None:
    (blind,) = public_sets(SpokenFor(lambda text: 0.1), TEST, TRAINING)
    assert blind == {
        "set": "edos",
        "label": "threatening",
        "rows": 2,
        "positive": 1,
        "auc": 0.5,
        "baseline_auc": 1.0,
    }
    (seeing,) = public_sets(SpokenFor(lambda text: float("burn" in text)), TEST, TRAINING)
    assert seeing["auc"] == 1.0

import csv
import gzip
import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from triage.classifier import calibrate, load
from triage.classifier.card import CARD_FILE, HEADS, MODEL_FILE
from triage.classifier.datasets import LEFT_OUT, PUBLIC_SETS, Row, read_corpus, read_public
from triage.classifier.evaluate import figures
from triage.classifier.features import HashedGrams, cut_up, rarity, scale, window_picks
from triage.classifier.fitting import OWN_SHARE, examples, fit_heads, row_weights
from triage.classifier.train import folds, train

TINY = HashedGrams(10, 11, 9)


def _public(text: str, **truth: int) -> Row:
    return Row(text, tuple(truth.get(head) for head in HEADS), 1.0, "public")


def test_a_small_model_is_trained_loaded_and_used(small_model: Path) -> None:
    scorer = load(small_model)
    threat, thanks = scorer.score(
        ["grand: I will burn your shed and you with it.", "curt: thank you for the shed"]
    )
    assert threat.concern > thanks.concern
    assert threat.scores["threatening"] > thanks.scores["threatening"]


def test_the_same_rows_give_the_same_files(made_up_rows: list[Row], tmp_path: Path) -> None:
    for name in ("one", "two"):
        train(made_up_rows, tmp_path / name, grams=TINY, today=date(2030, 1, 2))
    for file in (MODEL_FILE, CARD_FILE):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_the_card_holds_held_out_figures_cuts_and_sources(small_model: Path) -> None:
    card = json.loads((small_model / CARD_FILE).read_text())
    assert card["metrics"]["voices"] == 3
    assert "test" not in card
    assert 0 < card["thresholds"]["concern"] <= card["bands"]["high"] < 1
    assert card["bands"]["medium"] <= card["bands"]["high"]
    assert {entry["name"] for entry in card["data"]} == {
        f"corpus/{x}" for x in ("plain", "grand", "curt")
    }


def test_training_needs_two_writers(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two writers"):
        train([_public("hello there", any=0)], tmp_path)


def test_a_writer_is_never_in_two_folds(made_up_rows: list[Row]) -> None:
    found = folds(made_up_rows)
    assert set(found) == {f"corpus/{name}" for name in ("plain", "grand", "curt")}
    assert len(set(found.values())) == 3


def test_figures_of_the_test_part_and_the_bars_stand_in_the_card(
    made_up_rows: list[Row], tmp_path: Path
) -> None:
    unseen = [replace(row, source="corpus/other") for row in made_up_rows[:14]]
    card = train(made_up_rows, tmp_path, grams=TINY, test=unseen)
    assert card["test"]["figures"]["rows"] == 14
    assert {bar["met"] for bar in card["bars"]} <= {True, False, None}
    assert "corpus/other" not in {entry["name"] for entry in card["data"]}


def test_labels_a_set_does_not_have_are_masked_and_teach_nothing() -> None:
    rows = [_public("burn the bridge", any=1), _public("thank you", any=0)] * 5
    known = examples(rows, TINY)
    heads = fit_heads(known, TINY.edges)
    assert np.isnan(known.truth[:, 0]).all()
    assert not heads.weights[:, 0].any()
    assert heads.weights[:, -1].any()


def test_our_own_corpus_outweighs_the_public_sets(made_up_rows: list[Row]) -> None:
    rows = [*made_up_rows, *[_public("thank you", any=0)] * 500]
    weights = row_weights(rows)
    assert weights.mean() == pytest.approx(1.0)
    assert weights[: len(made_up_rows)].sum() / weights.sum() == pytest.approx(OWN_SHARE)


def test_sets_without_an_open_licence_are_not_read(tmp_path: Path) -> None:
    for name in [*LEFT_OUT, "edos"]:
        (tmp_path / name).mkdir()
        with gzip.open(tmp_path / name / f"{name}.csv.gz", "wt", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(["text", "threat", "abuse", "label_sexist"])
            writer.writerow([f"a row of {name}", 0, 0, "not sexist"])
    rows = read_public(tmp_path)
    assert [row.text for row in rows] == ["a row of edos"]
    assert rows[0].weight < 1.0
    truth = dict(zip(HEADS, rows[0].truth, strict=True))
    assert truth == {"threatening": 0, "offensive": 0, "any": 0} | dict.fromkeys(
        ("aggressive", "otherwise_inappropriate", "welfare")
    )
    assert {"ucc_val", "newsgroups", "olid"} <= set(LEFT_OUT)
    assert not {source.name for source in PUBLIC_SETS} & set(LEFT_OUT)


def test_corpus_rows_know_every_label_and_half_written_lines_wait(tmp_path: Path) -> None:
    row = {"id": "a-1", "text": "you fool", "labels": ["aggressive"], "category": "insult"}
    row |= {"voice": "curt", "span": "fool"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + '\n{"id": "a-2", "te')
    (found,) = read_corpus(tmp_path)
    assert found.voice == "a/curt"
    assert found.truth == (0, 1, 0, 0, 0, 1)
    (tmp_path / "b.jsonl").write_text(json.dumps(row | {"labels": ["rude"]}))
    with pytest.raises(ValueError, match="unknown labels"):
        read_corpus(tmp_path)


def test_the_features_are_a_stateless_estimator() -> None:
    texts = ["one two", "", "three 🔥"]
    grams = clone(HashedGrams(8, 9, 7))
    assert grams.get_params() == {"word_bits": 8, "char_bits": 9, "cue_bits": 7}
    assert grams.set_params(word_bits=9).width == 512 + 512 + 128
    first = grams.fit(texts).transform(texts)
    assert (first != grams.fit(texts).fit(texts).transform(texts)).nnz == 0
    assert texts == ["one two", "", "three 🔥"]


def test_each_block_of_a_row_has_length_one_and_says_a_word_once() -> None:
    counts = TINY.transform(["one two two", "one two", "three"] * 2)
    before = counts.copy()
    scaled = scale(counts, rarity(counts), TINY.edges).toarray()
    assert (counts != before).nnz == 0
    for first, last in pairwise(TINY.edges):
        assert np.linalg.norm(scaled[:, first:last], axis=1) == pytest.approx(1.0, abs=1e-5)
    twice = scale(counts * 3, rarity(counts), TINY.edges).toarray()
    assert twice == pytest.approx(scaled)


def test_what_one_text_alone_has_weighs_nothing() -> None:
    counts = TINY.transform(["plain words", "plain words", "xylophone"])
    rare = rarity(counts)
    alone = np.setdiff1d(counts[2].indices, counts[0].indices)
    assert not rare[alone].any()
    assert rare[np.intersect1d(counts[0].indices, counts[1].indices)].all()


def test_a_window_is_the_sum_of_its_sentences() -> None:
    text = "One two three four. Five six seven eight. Nine ten eleven twelve."
    cut = cut_up([text, "", "short"])
    picks, starts = window_picks(cut.counts)
    assert cut.counts == [3, 1, 1]
    assert starts.tolist() == [0, 6, 7, 8]
    summed = picks @ TINY.sentence_counts(cut)
    whole = TINY.transform([text, "", "short"])
    assert (summed[starts[:-1]] != whole).nnz == 0


def test_probabilities_follow_what_was_learned_on_unseen_writers() -> None:
    source = np.random.default_rng(1)
    truth = source.integers(0, 2, 400).astype(float)
    made = np.column_stack([truth + source.normal(0, 0.5, 400), source.normal(0, 1, 400)])
    found = calibrate.fit_combination(made, truth)
    chances = 1 / (1 + np.exp(-(made @ np.array(found.weights) + found.offset)))
    assert chances[truth == 1].mean() > 0.7 > 0.3 > chances[truth == 0].mean()
    assert abs(chances.mean() - truth.mean()) < 0.05


def test_cuts_keep_their_promises() -> None:
    scores = np.linspace(0.05, 0.95, 100)
    positive = scores > 0.4
    assert np.mean(scores[positive] >= calibrate.cut_for(scores, positive, 0.9, 1.0)) >= 0.9
    mixed = np.arange(100) % 2 == 0
    cut = calibrate.cut_for(scores, mixed, 0.9, 0.2)
    assert np.mean(scores[~mixed] >= cut - 1e-4) <= 0.22
    cut = calibrate.budget_cut(scores[~positive], 0.1, least=0.1)
    assert np.mean(scores[~positive] > cut) <= 0.1
    assert calibrate.budget_cut(scores, 0.1, least=0.97) == 0.97
    assert 0.2 < calibrate.between(0.2, 0.8) < 0.8


def test_figures_of_perfect_scores_are_perfect(made_up_rows: list[Row]) -> None:
    truth = np.array([row.truth for row in made_up_rows], dtype=np.float64)
    found = figures(made_up_rows, truth, {"concern": 0.5, "welfare": 0.5})
    assert found["breaches_flagged"] == 1.0
    assert found["harmless_flagged"] == 0.0
    assert found["welfare_recall"] == 1.0

import hashlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from triage.classifier import LABELS, Scorer, load
from triage.classifier.card import CARD_FILE, MODEL_FILE
from triage.classifier.model import GOLDEN_TOLERANCE, WEIGHTS
from triage.core.errors import ModelUnavailable

Change = Callable[[Path], None]


def _card(change: Callable[[dict[str, Any]], object]) -> Change:
    def edit(folder: Path) -> None:
        file = folder / CARD_FILE
        card = json.loads(file.read_text())
        change(card)
        file.write_text(json.dumps(card))

    return edit


def _model(make: Callable[[dict[str, Any]], bytes]) -> Change:
    """Another model file, with its own sha256 in the card."""

    def edit(folder: Path) -> None:
        with np.load(folder / MODEL_FILE) as arrays:
            data = make(dict(arrays))
        (folder / MODEL_FILE).write_bytes(data)
        _card(lambda card: card.update(sha256=hashlib.sha256(data).hexdigest()))(folder)

    return edit


def _npz(arrays: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _flip(folder: Path) -> None:
    data = bytearray((folder / MODEL_FILE).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / MODEL_FILE).write_bytes(data)


BROKEN: dict[str, tuple[Change, str]] = {
    "no card": (lambda folder: (folder / CARD_FILE).unlink(), "card is missing"),
    "no model": (lambda folder: (folder / MODEL_FILE).unlink(), "file is missing"),
    "card no json": (
        lambda folder: (folder / CARD_FILE).write_text("{") and None,
        "cannot be read",
    ),
    "card a list": (
        lambda folder: (folder / CARD_FILE).write_text("[]") and None,
        "another version",
    ),
    "card too new": (_card(lambda card: card.update(format=99)), "another version"),
    "card without cuts": (_card(lambda card: card.pop("thresholds")), "incomplete"),
    "card without golden": (_card(lambda card: card.update(golden=[])), "labels in use"),
    "other labels": (_card(lambda card: card.update(labels=["spam"])), "labels in use"),
    "one bit flipped": (_flip, "not the one its card describes"),
    "no npz": (_model(lambda _: b"PK\x03\x04 nothing"), "corrupt"),
    "an array missing": (_model(lambda arrays: _npz({"weights": arrays["weights"]})), "corrupt"),
    "pickled": (
        _model(lambda arrays: _npz(arrays | {"weights": np.array([object()], dtype=object)})),
        "corrupt",
    ),
    "other shape": (
        _model(lambda arrays: _npz(arrays | {"weights": arrays["weights"][:-1]})),
        "shape",
    ),
    "not a number": (
        _model(lambda arrays: _npz(arrays | {"intercepts": arrays["intercepts"] * np.nan})),
        "numbers that are none",
    ),
    "other weights": (
        _model(lambda arrays: _npz(arrays | {"intercepts": arrays["intercepts"] + 1})),
        "scores its card promises",
    ),
    "golden moved": (
        _card(lambda card: card["golden"][1]["scores"].update(welfare=0.777)),
        "scores its card promises",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model_is_refused_with_its_reason(
    name: str, small_model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(small_model, folder)
    load(folder)
    breaking, reason = BROKEN[name]
    breaking(folder)
    with pytest.raises(ModelUnavailable, match=reason):
        load(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="missing"):
        load(tmp_path / "nowhere")


def test_the_golden_scores_come_out_again(scorer: Scorer) -> None:
    card = json.loads((WEIGHTS / CARD_FILE).read_text())
    assert len(card["golden"]) >= 6
    found = scorer.score([entry["text"] for entry in card["golden"]])
    for one, entry in zip(found, card["golden"], strict=True):
        for name, score in (one.scores | {"concern": one.concern}).items():
            assert score == pytest.approx(entry["scores"][name], abs=GOLDEN_TOLERANCE)


def test_the_shipped_model_is_small_and_its_card_says_where_it_comes_from(scorer: Scorer) -> None:
    assert sum(file.stat().st_size for file in WEIGHTS.iterdir()) <= 8_000_000
    card = json.loads((WEIGHTS / CARD_FILE).read_text())
    assert scorer.model_version == card["version"]
    assert scorer.labels == LABELS
    assert all(entry["licence"] and entry["rows"] for entry in card["data"])
    named = {entry["name"] for entry in card["data"]}
    assert named.isdisjoint({"ucc_val", "newsgroups", "olid"})
    assert {"ucc_val", "newsgroups", "olid"} <= set(card["left_out"])


def test_importing_the_room_does_not_bring_scikit_learn() -> None:
    code = "import sys, triage.classifier; print('sklearn' in sys.modules, 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

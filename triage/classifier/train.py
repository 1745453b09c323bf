"""Train a model: rows -> coefficients, calibration, cuts and card. Same rows, same files."""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sklearn

from triage.classifier import calibrate, evaluate
from triage.classifier.assessment import LABELS
from triage.classifier.card import (
    CARD_FILE,
    FORMAT,
    HEADS,
    INPUTS,
    MODEL_FILE,
    parse_card,
)
from triage.classifier.datasets import LEFT_OUT, PUBLIC_SETS, Row
from triage.classifier.features import HashedGrams
from triage.classifier.fitting import Examples, examples, fit_heads, subset, truth_table
from triage.classifier.golden import GOLDEN
from triage.classifier.grams import CHAR_SIZES, CUE_SIZES, WORD_SIZES
from triage.classifier.normalise import LIMIT, normalise
from triage.classifier.patterns import FLOOR
from triage.classifier.scorer import BATCH_TEXTS, Coefficients, LinearScorer, inputs

Doubles = npt.NDArray[np.float64]

FOLDS = 5


def train(
    rows: Sequence[Row],
    target: Path,
    *,
    grams: HashedGrams | None = None,
    today: date | None = None,
    test: Sequence[Row] = (),
) -> dict[str, Any]:
    """Write model.npz and card.json into the folder ``target``; give the card.

    Needs rows of our own corpus by at least two writers (files): probabilities and cuts come
    from writers held out whole. ValueError where there are none. ``test`` is measured when all
    is settled, and stands in the card.
    """
    grams = grams or HashedGrams()
    own = [row for row in rows if row.voice]
    if len({_writer(row) for row in own}) < 2:
        raise ValueError("Training needs corpus rows by at least two writers.")
    known = examples(rows, grams)
    made = held_out_inputs(known, rows, grams)
    truth = truth_table(own)
    combination = {head: _combination(made, truth[:, at]) for at, head in enumerate(HEADS)}
    coefficients = fit_heads(known, grams.edges)
    data = _pack(coefficients)
    card = _card(rows, grams, combination, hashlib.sha256(data).hexdigest(), today)
    chances = _scorer(card, coefficients).calibrated(made)
    _set_cuts(card, own, chances)
    card["metrics"] = {
        "on": f"the corpus it was trained on, whole writers held out in {FOLDS} parts",
        **evaluate.figures(own, chances, card["thresholds"]),
    }
    if test:
        card |= _tested(_scorer(card, coefficients), test)
    card["golden"] = _golden(_scorer(card, coefficients))
    target.mkdir(parents=True, exist_ok=True)
    (target / MODEL_FILE).write_bytes(data)
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (target / CARD_FILE).write_text(text, encoding="utf-8")
    return card


def _tested(scorer: LinearScorer, test: Sequence[Row]) -> dict[str, Any]:
    """What the card says of rows that had no part in training or in any cut: every figure, and
    the bars, met or not."""
    found = evaluate.report(scorer, test)
    return {
        "test": {"on": "the corpus's test part: voices and writers it has not seen", **found},
        "bars": [one._asdict() for one in evaluate.bars(found)],
    }


def held_out_inputs(known: Examples, rows: Sequence[Row], grams: HashedGrams) -> Doubles:
    """``scorer.inputs`` of our own rows, in their order, each from heads that saw nothing of
    its writer."""
    own = [row for row in rows if row.voice]
    fold_of = folds(own)
    part = np.array([fold_of.get(_writer(row), -1) if row.voice else -1 for row in rows])
    made = np.zeros((len(own), INPUTS))
    for fold in sorted(set(fold_of.values())):
        heads = fit_heads(subset(known, part[known.rows] != fold), grams.edges)
        at = [place for place, row in enumerate(own) if fold_of[_writer(row)] == fold]
        texts = [normalise(own[place].text).text for place in at]
        for first in range(0, len(at), BATCH_TEXTS):
            some = slice(first, first + BATCH_TEXTS)
            made[at[some]] = inputs(grams, heads, texts[some])
    return made


def folds(own: Sequence[Row]) -> dict[str, int]:
    """Writer -> fold: the largest first, each to the fold with fewest rows."""
    found = {}
    sizes = [0] * FOLDS
    counts = Counter(_writer(row) for row in own)
    for writer, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        fold = sizes.index(min(sizes))
        found[writer] = fold
        sizes[fold] += count
    return found


def _writer(row: Row) -> str:
    """Each file of the corpus has a writer of its own, who lends all its voices something."""
    return row.source


def _combination(made: Doubles, truth: Doubles) -> dict[str, Any]:
    """Silent (about 2 %) where the rows give nothing to learn from."""
    if len(np.unique(truth)) < 2:
        return {"weights": [0.0] * INPUTS, "offset": -4.0}
    found = calibrate.fit_combination(made, truth)
    return {"weights": list(found.weights), "offset": found.offset}


def _pack(coefficients: Coefficients) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        weights=coefficients.weights.astype(np.float16),
        intercepts=coefficients.intercepts,
        rare=coefficients.rare.astype(np.float16),
    )
    return buffer.getvalue()


def _card(
    rows: Sequence[Row],
    grams: HashedGrams,
    combination: dict[str, dict[str, Any]],
    sha256: str,
    today: date | None,
) -> dict[str, Any]:
    day = (today or datetime.now(UTC).date()).isoformat()
    licences = {source.name: source.licence for source in PUBLIC_SETS}
    counts = Counter(row.source for row in rows)
    return {
        "format": FORMAT,
        "version": f"{day}-{sha256[:8]}",
        "created": day,
        "sha256": sha256,
        "labels": list(LABELS),
        "features": {
            "word_ngrams": list(WORD_SIZES),
            "char_ngrams": list(CHAR_SIZES),
            "cue_ngrams": list(CUE_SIZES),
            "word_bits": grams.word_bits,
            "char_bits": grams.char_bits,
            "cue_bits": grams.cue_bits,
            "longest_text": LIMIT,
        },
        "data": [
            {"name": name, "licence": licences.get(name) or _licence(name), "rows": count}
            for name, count in sorted(counts.items())
        ],
        "left_out": LEFT_OUT,
        "libraries": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
        "combination": combination,
        "floor": FLOOR,
        "thresholds": dict.fromkeys(("concern", *LABELS), 0.5),
        "bands": {"medium": 0.5, "high": 0.5},
        "metrics": {},
        "golden": [],
    }


def _licence(name: str) -> str:
    """Of our own rows: the corpus is public, what people decided at a desk is theirs."""
    return "CC0 1.0, our own" if name.startswith("corpus/") else "a desk's own, not to be published"


def _scorer(card: dict[str, Any], coefficients: Coefficients) -> LinearScorer:
    return LinearScorer(parse_card(card), coefficients)


def _set_cuts(card: dict[str, Any], own: Sequence[Row], chances: Doubles) -> None:
    """Thresholds and bands from the held-out chances, into the card; what the rows cannot
    tell (a label without examples) stays at 0.5."""
    truth = truth_table(own).astype(bool)
    breach, harmless = truth[:, -1], ~truth.any(axis=1)
    concern = chances[:, -1]
    for at, label in enumerate(LABELS):
        if truth[:, at].any() and not truth[:, at].all():
            cut = calibrate.best_f1_cut(chances[:, at], truth[:, at])
            if label == "welfare":
                cut = calibrate.cut_for(
                    chances[:, at], truth[:, at], calibrate.RECALL, calibrate.WELFARE_BUDGET
                )
            card["thresholds"][label] = cut
    if not breach.any() or not harmless.any():
        return
    pool = breach | harmless
    flag = calibrate.cut_for(concern[pool], breach[pool], calibrate.RECALL, calibrate.BUDGET)
    high = calibrate.budget_cut(concern[harmless], calibrate.HIGH_BUDGET, least=flag)
    card["thresholds"]["concern"] = flag
    card["bands"] = {"medium": round(calibrate.between(flag, high), 4), "high": high}


def _golden(scorer: LinearScorer) -> list[dict[str, Any]]:
    return [
        {
            "text": text,
            "scores": {
                name: round(value, 6)
                for name, value in (found.scores | {"concern": found.concern}).items()
            },
        }
        for text, found in zip(GOLDEN, scorer.score(GOLDEN), strict=True)
    ]

"""Train a model: rows -> coefficients, calibration, cuts and card. Same rows, same files."""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
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
    MODEL_FILE,
    parse_card,
)
from triage.classifier.datasets import LEFT_OUT, PUBLIC_SETS, Row
from triage.classifier.features import HashedGrams
from triage.classifier.fitting import Examples, examples, fit_heads, subset, truth_table
from triage.classifier.golden import GOLDEN
from triage.classifier.normalise import LIMIT, normalise
from triage.classifier.patterns import FLOOR
from triage.classifier.scorer import Coefficients, LinearScorer, raw_values

Doubles = npt.NDArray[np.float64]

FOLDS = 5


def train(
    rows: Sequence[Row],
    target: Path,
    *,
    grams: HashedGrams | None = None,
    today: date | None = None,
) -> dict[str, Any]:
    """Write model.npz and card.json into the folder ``target``; give the card.

    Needs rows of our own corpus in at least two voices: probabilities and cuts come from
    voices held out whole. ValueError where there are none.
    """
    grams = grams or HashedGrams()
    own = [row for row in rows if row.voice]
    if len({row.voice for row in own}) < 2:
        raise ValueError("Training needs corpus rows in at least two voices.")
    known = examples(rows, grams)
    whole, best = held_out_values(known, rows, grams)
    truth = truth_table(own)
    calibration = {
        head: _calibration(whole[:, at], best[:, at], truth[:, at]) for at, head in enumerate(HEADS)
    }
    coefficients = fit_heads(known, grams.split)
    data = _pack(coefficients)
    card = _card(rows, grams, calibration, hashlib.sha256(data).hexdigest(), today)
    texts = [normalise(row.text).text for row in own]
    chances = _scorer(card, coefficients).calibrated(texts, whole, best)
    _set_cuts(card, own, chances)
    card["metrics"] = {
        "on": f"own corpus, whole voices held out in {FOLDS} parts",
        **evaluate.figures(own, chances, card["thresholds"]),
    }
    card["metrics_whole_files_held_out"] = _other_writers(rows, card, coefficients, known, grams)
    card["golden"] = _golden(_scorer(card, coefficients))
    target.mkdir(parents=True, exist_ok=True)
    (target / MODEL_FILE).write_bytes(data)
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (target / CARD_FILE).write_text(text, encoding="utf-8")
    return card


def held_out_values(
    known: Examples, rows: Sequence[Row], grams: HashedGrams
) -> tuple[Doubles, Doubles]:
    """Raw values of our own rows, whole and best, in their order, each from heads that saw
    nothing of its voice."""
    own = [row for row in rows if row.voice]
    fold_of = voice_folds(own)
    part = np.array([fold_of.get(row.voice, -1) for row in rows])[known.rows]
    whole = np.zeros((len(own), len(HEADS)))
    best = np.zeros_like(whole)
    for fold in sorted(set(fold_of.values())):
        heads = fit_heads(subset(known, part != fold), grams.split)
        at = [place for place, row in enumerate(own) if fold_of[row.voice] == fold]
        texts = [normalise(own[place].text).text for place in at]
        whole[at], best[at] = raw_values(grams, heads, texts)
    return whole, best


def voice_folds(own: Sequence[Row]) -> dict[str, int]:
    """Voice -> fold: the largest voices first, each to the fold with fewest rows."""
    folds = {}
    sizes = [0] * FOLDS
    counts = Counter(row.voice for row in own)
    for voice, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        fold = sizes.index(min(sizes))
        folds[voice] = fold
        sizes[fold] += count
    return folds


def _calibration(whole: Doubles, best: Doubles, truth: Doubles) -> dict[str, float]:
    """Identity where the voices give nothing to calibrate on (tiny training runs)."""
    if len(np.unique(truth)) < 2:
        return {"whole": 1.0, "best": 0.0, "offset": 0.0}
    found = calibrate.fit_calibration(whole, best, truth)
    return {"whole": found.whole, "best": found.best, "offset": found.offset}


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
    calibration: dict[str, dict[str, float]],
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
            "word_ngrams": [1, 2],
            "char_ngrams": [3, 5],
            "word_bits": grams.word_bits,
            "char_bits": grams.char_bits,
            "longest_text": LIMIT,
        },
        "data": [
            {"name": name, "licence": licences.get(name, "CC0 1.0, our own"), "rows": count}
            for name, count in sorted(counts.items())
        ],
        "left_out": LEFT_OUT,
        "libraries": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
        "calibration": calibration,
        "floor": FLOOR,
        "thresholds": dict.fromkeys(("concern", *LABELS), 0.5),
        "bands": {"medium": 0.5, "high": 0.5},
        "metrics": {},
        "golden": [],
    }


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
    pool = truth[:, 0] | harmless
    high = calibrate.precision_cut(
        concern[pool], truth[pool, 0], calibrate.HIGH_PRECISION, least=flag
    )
    card["thresholds"]["concern"] = flag
    card["bands"] = {"medium": round(calibrate.between(flag, high), 4), "high": high}


def _other_writers(
    rows: Sequence[Row],
    card: dict[str, Any],
    coefficients: Coefficients,
    known: Examples,
    grams: HashedGrams,
) -> dict[str, object]:
    """The figures once more with whole files of the corpus held out: each file has a writer of
    its own, who lends all its voices something. Nothing is chosen on these."""
    by_file = [replace(row, voice=row.source) if row.voice else row for row in rows]
    own = [row for row in by_file if row.voice]
    if len({row.voice for row in own}) < 2:
        return {}
    texts = [normalise(row.text).text for row in own]
    chances = _scorer(card, coefficients).calibrated(texts, *held_out_values(known, by_file, grams))
    return evaluate.figures(own, chances, card["thresholds"])


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

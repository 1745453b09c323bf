"""The model card: what stands beside the numbers, and what is checked before they are used."""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.classifier.assessment import LABELS
from triage.core.errors import ModelUnavailable
from triage.core.text import read_json

FORMAT = 2
"""Raised when the features, the heads or the card's shape change."""
ANY = "any"
"""The sixth head: does any of the four conduct labels hold?"""
HEADS = (*LABELS, ANY)
INPUTS = 4 * len(HEADS) + 3
"""Numbers that a probability is made of (``scorer.inputs``)."""
MOST_BITS = 30
"""Of a part of the features: 2**30 of them are more than any machine here could hold."""
CARD_FILE = "card.json"
MODEL_FILE = "model.npz"


@dataclass(frozen=True, slots=True)
class Combination:
    """logit(p) = weights · inputs + offset, where the inputs are those of ``scorer.inputs``."""

    weights: tuple[float, ...]
    offset: float


@dataclass(frozen=True, slots=True)
class Card:
    """The part of card.json that scoring needs."""

    version: str
    sha256: str
    word_bits: int
    char_bits: int
    cue_bits: int
    combinations: tuple[Combination, ...]
    """One a head, in the order of ``HEADS``."""
    thresholds: dict[str, float]
    """``concern`` and ``welfare`` flag a text; each label's own says where signals are shown."""
    medium: float
    high: float
    """Bands begin here, in concern."""
    golden: tuple[tuple[str, dict[str, float]], ...]
    """Texts, and the score of each label and ``concern`` they must get again."""


def read_card(path: Path) -> Card:
    """The card in the file ``path``; ModelUnavailable says what is wrong with it."""
    try:
        raw = read_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelUnavailable("The model card is missing.") from None
    except (OSError, ValueError):
        raise ModelUnavailable("The model card cannot be read.") from None
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise ModelUnavailable("The model card is of another version of this software.")
    try:
        card = parse_card(raw)
        labels = tuple(raw["labels"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise ModelUnavailable("The model card is incomplete.") from None
    if labels != LABELS or not card.golden or not 0 < card.medium <= card.high:
        raise ModelUnavailable("The model card is not for the labels in use.")
    return card


def read_bytes(path: Path, sha256: str) -> bytes:
    """The model file's bytes; ModelUnavailable where they are not those of the card."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ModelUnavailable("The model file is missing.") from None
    except OSError:
        raise ModelUnavailable("The model file cannot be read.") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelUnavailable("The model file is not the one its card describes.")
    return data


def parse_card(raw: dict[str, Any]) -> Card:
    """The card in ``raw``; KeyError, TypeError, ValueError, AttributeError or OverflowError where
    it is none."""
    thresholds = {name: _number(raw["thresholds"][name]) for name in ("concern", *LABELS)}
    return Card(
        version=str(raw["version"]),
        sha256=str(raw["sha256"]),
        word_bits=_bits(raw["features"]["word_bits"]),
        char_bits=_bits(raw["features"]["char_bits"]),
        cue_bits=_bits(raw["features"]["cue_bits"]),
        combinations=tuple(_combination(raw["combination"][head]) for head in HEADS),
        thresholds=thresholds,
        medium=_number(raw["bands"]["medium"]),
        high=_number(raw["bands"]["high"]),
        golden=tuple(
            (
                str(entry["text"]),
                {name: _number(entry["scores"][name]) for name in ("concern", *LABELS)},
            )
            for entry in raw["golden"]
        ),
    )


def _combination(raw: dict[str, Any]) -> Combination:
    weights = tuple(_number(weight) for weight in raw["weights"])
    if len(weights) != INPUTS:
        raise ValueError("A combination has one weight an input.")
    return Combination(weights, _number(raw["offset"]))


def _number(value: Any) -> float:
    """JSON may say NaN, and no threshold is ever reached against it."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("A number of the card is none.")
    return number


def _bits(value: Any) -> int:
    bits = int(value)
    if not 0 <= bits <= MOST_BITS:
        raise ValueError("No such number of features.")
    return bits

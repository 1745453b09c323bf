"""The model card: what stands beside the numbers, and what is checked before they are used."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.classifier.assessment import LABELS
from triage.core.errors import ModelUnavailable

FORMAT = 2
"""Raised when the features, the heads or the card's shape change."""
ANY = "any"
"""The sixth head: does any of the four conduct labels hold?"""
HEADS = (*LABELS, ANY)
INPUTS = 4 * len(HEADS) + 3
"""Numbers that a probability is made of (``scorer.inputs``)."""
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
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelUnavailable("The model card is missing.") from None
    except (OSError, ValueError):
        raise ModelUnavailable("The model card cannot be read.") from None
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise ModelUnavailable("The model card is of another version of this software.")
    try:
        card = parse_card(raw)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ModelUnavailable("The model card is incomplete.") from None
    if tuple(raw["labels"]) != LABELS or not card.golden or not 0 < card.medium <= card.high:
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
    """The card in ``raw``; KeyError, TypeError, ValueError or AttributeError where it is none."""
    thresholds = {name: float(raw["thresholds"][name]) for name in ("concern", *LABELS)}
    return Card(
        version=str(raw["version"]),
        sha256=str(raw["sha256"]),
        word_bits=int(raw["features"]["word_bits"]),
        char_bits=int(raw["features"]["char_bits"]),
        cue_bits=int(raw["features"]["cue_bits"]),
        combinations=tuple(_combination(raw["combination"][head]) for head in HEADS),
        thresholds=thresholds,
        medium=float(raw["bands"]["medium"]),
        high=float(raw["bands"]["high"]),
        golden=tuple(
            (
                str(entry["text"]),
                {name: float(entry["scores"][name]) for name in ("concern", *LABELS)},
            )
            for entry in raw["golden"]
        ),
    )


def _combination(raw: dict[str, Any]) -> Combination:
    weights = tuple(float(weight) for weight in raw["weights"])
    if len(weights) != INPUTS:
        raise ValueError("A combination has one weight an input.")
    return Combination(weights, float(raw["offset"]))

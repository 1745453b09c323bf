"""Load the shipped model, or say in plain words why there is none."""

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from triage.classifier.assessment import Scorer
from triage.classifier.card import CARD_FILE, HEADS, MODEL_FILE, Card, read_bytes, read_card
from triage.core.errors import ModelUnavailable

if TYPE_CHECKING:
    from triage.classifier.scorer import Coefficients, LinearScorer

WEIGHTS = Path(__file__).parent / "weights"

GOLDEN_TOLERANCE = 1e-3
BROKEN = (
    OSError, ValueError, KeyError, EOFError, TypeError, MemoryError, OverflowError, RuntimeError,
    struct.error, zlib.error, zipfile.BadZipFile,
)  # fmt: skip
"""What the library raises at a file that holds no arrays, or no longer does."""


def load(path: Path | None = None) -> Scorer:
    """The model in the folder ``path``, else the shipped one.

    ModelUnavailable: files missing, not those of the card, corrupt, of another version, or
    the golden texts do not get the scores they had when the model was made.
    """
    folder = path or WEIGHTS
    card = read_card(folder / CARD_FILE)
    coefficients = _unpack(read_bytes(folder / MODEL_FILE, card.sha256), card)
    # Here, because it brings scikit-learn: whoever does not score does not wait for it.
    from triage.classifier.scorer import LinearScorer

    scorer = LinearScorer(card, coefficients)
    _check_golden(scorer, card)
    return scorer


def _unpack(data: bytes, card: Card) -> "Coefficients":
    """The arrays of the npz, never unpickled, and of the shapes the card asks for."""
    import numpy as np

    from triage.classifier.scorer import Coefficients

    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            weights = np.ascontiguousarray(arrays["weights"], dtype=np.float32)
            intercepts = np.asarray(arrays["intercepts"], dtype=np.float32)
            rare = np.asarray(arrays["rare"], dtype=np.float32)
    except BROKEN:
        raise ModelUnavailable("The model file is corrupt.") from None
    width = 2**card.word_bits + 2**card.char_bits + 2**card.cue_bits
    shapes = (weights.shape, intercepts.shape, rare.shape)
    if shapes != ((width, len(HEADS)), (len(HEADS),), (width,)):
        raise ModelUnavailable("The model file does not have the shape its card describes.")
    if not all(np.isfinite(array).all() for array in (weights, intercepts, rare)):
        raise ModelUnavailable("The model file holds numbers that are none.")
    return Coefficients(weights, intercepts, rare)


def _check_golden(scorer: "LinearScorer", card: Card) -> None:
    texts = [text for text, _ in card.golden]
    for got, (_, expected) in zip(scorer.score(texts), card.golden, strict=True):
        found = got.scores | {"concern": got.concern}
        # What is no number is near nothing, and never "too far".
        if not all(abs(found[name] - expected[name]) <= GOLDEN_TOLERANCE for name in expected):
            raise ModelUnavailable("The model does not give the scores its card promises.")

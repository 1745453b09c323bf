"""Hashed features: no vocabulary is kept, for it would be text of confidential mail.

scikit-learn estimators without state (fit learns nothing), so that any text, seen or not,
becomes the same numbers in every process.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import HashingVectorizer

from triage.classifier.segments import sentences, windows

Floats = npt.NDArray[np.float32]

WORD = re.compile(r"\w[\w*']*|[\u2600-\u27bf\U0001f300-\U0001faff]")
"""Words, also of one letter and with masked ones ("f**k"), and single emoji."""


def word_grams(text: str) -> list[str]:
    """Each word, and each pair of neighbours."""
    words = WORD.findall(text)
    return words + [f"{one} {two}" for one, two in pairwise(words)]


def char_grams(text: str) -> list[str]:
    """Each run of 3, 4 and 5 characters, with a space before the first word and after the last
    and one space between words."""
    line = f" {' '.join(text.split())} "
    return [line[at : at + size] for size in (3, 4, 5) for at in range(len(line) - size + 1)]


class HashedGrams(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Counts of word 1-2 grams and of character 3-5 grams, these across words too.

    Parameters
    ----------
    word_bits, char_bits : int
        Each block has 2 ** bits columns.
    """

    def __init__(self, word_bits: int = 17, char_bits: int = 18) -> None:
        self.word_bits = word_bits
        self.char_bits = char_bits

    @property
    def split(self) -> int:
        """The first character column."""
        return int(2**self.word_bits)

    @property
    def width(self) -> int:
        """Columns."""
        return int(2**self.word_bits + 2**self.char_bits)

    def fit(self, texts: Sequence[str], y: object = None) -> Self:
        """Learn nothing."""
        return self

    def transform(self, texts: Sequence[str]) -> Any:
        """Normalised texts -> sparse float32 (texts, width), counts."""
        common: dict[str, Any] = {"alternate_sign": False, "norm": None, "dtype": np.float32}
        words = HashingVectorizer(analyzer=word_grams, n_features=2**self.word_bits, **common)
        chars = HashingVectorizer(analyzer=char_grams, n_features=2**self.char_bits, **common)
        return sparse.hstack([words.transform(texts), chars.transform(texts)], format="csr")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags


def rarity(counts: Any) -> Floats:
    """(width,) log of one over the share of texts a column occurs in, plus 1 (smoothed IDF).

    Which column a word fell in is not kept, so this is no vocabulary.
    """
    texts = counts.shape[0]
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    found = np.log((1.0 + texts) / (1.0 + seen)) + 1.0
    rounded: Floats = found.astype(np.float16).astype(np.float32)
    return rounded


def scale(counts: Any, rare: Floats, split: int) -> Any:
    """Counts -> log(1 + count) * rarity, the columns before ``split`` (words) and those after
    (characters) brought to length 1 each, row by row.

    A word said ten times is not ten times the evidence, and a long text no stronger than a
    short one. ``counts`` is sparse (rows, width); a new matrix is given back.
    """
    scaled = counts.astype(np.float32, copy=True)
    scaled.data = np.log1p(scaled.data) * rare[scaled.indices]
    rows = np.repeat(np.arange(scaled.shape[0]), np.diff(scaled.indptr))
    block = rows * 2 + (scaled.indices >= split)
    squares = np.bincount(block, weights=scaled.data.astype(np.float64) ** 2, minlength=1)
    scaled.data /= np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32)[block]
    return scaled


def window_rows(
    grams: HashedGrams, rare: Floats, texts: Sequence[str]
) -> tuple[Any, npt.NDArray[np.int64]]:
    """Scaled features of each text and of its windows, and where each text's rows begin.

    Each distinct sentence is hashed once; a window is the sum of its sentences' counts. Row
    ``starts[i]`` is text i as a whole, the rows up to ``starts[i + 1]`` its windows.
    """
    place: dict[str, int] = {}
    starts, columns, lengths = [0], [], []
    for text in texts:
        cut = [text[a:b] for a, b in sentences(text)] or [""]
        places = np.array([place.setdefault(one, len(place)) for one in cut])
        spans = windows(len(places))
        columns += [places[a:b] for a, b in spans]
        lengths += [b - a for a, b in spans]
        starts.append(starts[-1] + len(spans))
    counts = grams.transform(list(place))
    picks = sparse.csr_matrix(
        (
            np.ones(sum(lengths), dtype=np.float32),
            np.concatenate(columns),
            np.concatenate([[0], np.cumsum(lengths)]),
        ),
        shape=(len(lengths), len(place)),
    )
    return scale(picks @ counts, rare, grams.split), np.array(starts, dtype=np.int64)

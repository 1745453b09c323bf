"""Hashed features: no vocabulary is kept, for it would be text of confidential mail.

A scikit-learn estimator without state (fit learns nothing), so that any text, seen or not,
becomes the same numbers in every process.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from triage.classifier import grams
from triage.classifier.segments import sentences, windows

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

BLOCKS = 3
LEAST_TEXTS = 2


class Cut(NamedTuple):
    """Texts laid out, and cut into sentences."""

    batch: grams.Batch
    edges: Places
    """Where each sentence begins, over all texts, and the end; the first of each text begins
    with the line end before it."""
    counts: list[int]
    """Sentences of each text, at least one."""


class HashedGrams(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Counts of words 1-3, characters 3-5 (across words too) and cues (``grams.cue_grams``).

    Parameters
    ----------
    word_bits, char_bits, cue_bits : int
        Each block has 2 ** bits columns.
    """

    def __init__(self, word_bits: int = 18, char_bits: int = 18, cue_bits: int = 17) -> None:
        self.word_bits = word_bits
        self.char_bits = char_bits
        self.cue_bits = cue_bits

    @property
    def edges(self) -> tuple[int, ...]:
        """Where each block begins, and the end."""
        words, chars, cues = 2**self.word_bits, 2**self.char_bits, 2**self.cue_bits
        return 0, words, words + chars, words + chars + cues

    @property
    def width(self) -> int:
        """Columns."""
        return self.edges[-1]

    def fit(self, texts: Sequence[str], y: object = None) -> Self:
        """Learn nothing."""
        return self

    def transform(self, texts: Sequence[str]) -> Any:
        """Normalised texts -> sparse float32 (texts, width), counts."""
        if not texts:
            return sparse.csr_matrix(np.zeros((0, self.width), dtype=np.float32))
        cut = cut_up(texts)
        ends = np.concatenate([[0], np.cumsum(cut.counts)])
        return self._counted(cut.batch, cut.edges[ends])

    def sentence_counts(self, cut: Cut) -> Any:
        """Sparse float32 (sentences, width), counts."""
        return self._counted(cut.batch, cut.edges)

    def found(self, batch: grams.Batch) -> Iterator[tuple[int, grams.Found]]:
        """Grams of each kind and size, with their block; buckets count within the block."""
        tokens = grams.find_tokens(batch)
        yield from ((0, one) for one in grams.word_grams(batch, tokens, self.word_bits))
        yield from ((1, one) for one in grams.char_grams(batch, self.char_bits))
        yield from ((2, one) for one in grams.cue_grams(batch, tokens, self.cue_bits))

    def _counted(self, batch: grams.Batch, edges: Places) -> Any:
        total: Any = 0
        for block, one in self.found(batch):
            total = total + _placed(one, edges, self.width, self.edges[block])
        total.sort_indices()
        return total

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags


def cut_up(texts: Sequence[str]) -> Cut:
    """Normalised texts, laid out and cut."""
    batch = grams.lay(texts)
    edges: list[int] = []
    counts = []
    for text, start in zip(texts, batch.starts.tolist(), strict=True):
        spans = sentences(text) or [(0, 0)]
        edges += [start + first if first else start - 1 for first, _ in spans]
        counts.append(len(spans))
    return Cut(batch, np.array([*edges, len(batch.codes)], dtype=np.int64), counts)


def rarity(counts: Any) -> Floats:
    """(width,) log of one over the share of texts a column occurs in, plus 1 (smoothed IDF); 0
    for a column that occurs in fewer than ``LEAST_TEXTS``: it has nothing to say yet, and must
    not make the row longer.

    Which column a word fell in is not kept, so this is no vocabulary.
    """
    texts = counts.shape[0]
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    found = np.where(seen < LEAST_TEXTS, 0.0, np.log((1.0 + texts) / (1.0 + seen)) + 1.0)
    rounded: Floats = found.astype(np.float16).astype(np.float32)
    return rounded


def scale(counts: Any, rare: Floats, edges: Sequence[int]) -> Any:
    """Counts -> rarity of what occurs, each block brought to length 1, row by row.

    A word said ten times is no more evidence than once, and a long text no stronger than a
    short one. ``counts`` is sparse (rows, width); a new matrix is given back.
    """
    scaled = sparse.csr_matrix(
        (rare[counts.indices], counts.indices, counts.indptr), shape=counts.shape
    )
    rows = np.repeat(np.arange(scaled.shape[0]), np.diff(scaled.indptr))
    block = rows * BLOCKS + sum(scaled.indices >= edge for edge in edges[1:-1])
    squares = np.bincount(block, weights=scaled.data.astype(np.float64) ** 2, minlength=1)
    scaled.data /= np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32)[block]
    return scaled


def window_rows(hashed: HashedGrams, rare: Floats, texts: Sequence[str]) -> tuple[Any, Places]:
    """Scaled features of each normalised text and of its windows, and where each text's rows
    begin (``window_picks``)."""
    cut = cut_up(texts)
    picks, starts = window_picks(cut.counts)
    return scale(picks @ hashed.sentence_counts(cut), rare, hashed.edges), starts


def window_picks(counts: Sequence[int]) -> tuple[Any, Places]:
    """Which sentences make up each text and each of its windows: sparse (rows, sentences), and
    where each text's rows begin. Row ``starts[i]`` is text i as a whole, the rows up to
    ``starts[i + 1]`` its windows."""
    starts, first, last, base = [0], [], [], 0
    for count in counts:
        spans = windows(count)
        first += [base + a for a, _ in spans]
        last += [base + b for _, b in spans]
        base += count
        starts.append(starts[-1] + len(spans))
    lengths = np.array(last) - np.array(first)
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    columns = np.arange(indptr[-1]) - np.repeat(indptr[:-1] - np.array(first), lengths)
    data = np.ones(len(columns), dtype=np.float32)
    picks = sparse.csr_matrix((data, columns, indptr), shape=(len(lengths), base))
    return picks, np.array(starts, dtype=np.int64)


def _placed(one: grams.Found, edges: Places, width: int, offset: int) -> Any:
    """Sparse (rows, width) of one kind of gram; a gram that comes twice stands once, as 2."""
    indptr = np.searchsorted(one.places, edges)
    data = np.ones(len(one.places), dtype=np.float32)
    made = sparse.csr_matrix((data, one.buckets + offset, indptr), shape=(len(edges) - 1, width))
    made.sum_duplicates()
    return made

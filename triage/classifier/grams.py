"""Grams of a whole batch of texts at once, as numbers: no vocabulary, no Python loop a word.

A batch is one array of code points, each text between two line ends. A gram is the place
where it begins and a bucket; it belongs to the sentence its first character stands in. Pure,
and the same in every process: hashes are polynomials over code points, mixed once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from triage.classifier.cue_words import KEPT, with_endings

Codes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

WORD_SIZES = (1, 2, 3)
CHAR_SIZES = (3, 4, 5)
CUE_SIZES = (1, 2, 3)
CLASS_SIZES = (2, 3)
"""Runs of classes alone, whatever stands between: "know where (the two of) you live"."""

_OTHER, _SPACE, _WORD, _INNER, _EMOJI, _STOP = range(6)
_TABLE = 0x3000
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Found:
    """Grams of one kind and size: where each begins in the batch, in order, and its bucket."""

    places: Places
    buckets: Places


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts laid end to end."""

    codes: npt.NDArray[np.uint32]
    kinds: npt.NDArray[np.uint8]
    text_of: npt.NDArray[np.int32]
    """The text each character belongs to."""
    starts: Places
    """Where the first own character of each text stands, behind the line end put before it."""


def lay(texts: Sequence[str]) -> Batch:
    """Normalised texts as one array; the line ends around each mark its beginning and end."""
    joined = "".join(f"\n{text}\n" for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.array([len(text) + 2 for text in texts], dtype=np.int64)
    return Batch(
        codes=codes,
        kinds=_kinds(codes),
        text_of=np.repeat(np.arange(len(texts), dtype=np.int32), lengths),
        starts=np.concatenate([[0], np.cumsum(lengths)])[:-1] + 1,
    )


def char_grams(batch: Batch, bits: int) -> Iterator[Found]:
    """Runs of ``CHAR_SIZES`` characters, also across words; white space counts as one space."""
    blank = batch.kinds == _SPACE
    keep = np.flatnonzero(~(blank & np.concatenate([[False], blank[:-1] & _same(batch.text_of)])))
    codes = np.where(blank[keep], np.uint64(32), batch.codes[keep].astype(np.uint64))
    yield from _runs(codes, batch.text_of[keep], keep, CHAR_SIZES, bits)


def word_grams(batch: Batch, tokens: "Tokens", bits: int) -> Iterator[Found]:
    """Each word or emoji, pairs and threes of neighbours."""
    said = tokens.kinds != _STOP
    places = tokens.places[said]
    yield from _runs(tokens.hashes[said], batch.text_of[places], places, WORD_SIZES, bits)


def cue_grams(batch: Batch, tokens: "Tokens", bits: int) -> Iterator[Found]:
    """Words by their class (``cue_words``), with small words and stops as they are: runs of
    all of them, then of the classes alone."""
    cues, classed = _cues(tokens)
    texts = batch.text_of[tokens.places]
    yield from _runs(cues, texts, tokens.places, CUE_SIZES, bits)
    places = tokens.places[classed]
    yield from _runs(cues[classed], texts[classed], places, CLASS_SIZES, bits, salt=7)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Words, emoji and stops, in order."""

    places: Places
    ends: Places
    hashes: Codes
    kinds: npt.NDArray[np.uint8]
    first: npt.NDArray[np.uint32]
    """The first code point of each."""


def find_tokens(batch: Batch) -> Tokens:
    """A word begins with a letter or digit and may hold ``*`` and ``'``."""
    kinds, same = batch.kinds, _same(batch.text_of)
    word = kinds == _WORD
    # An apostrophe is part of a word only before a letter: 'where' is where.
    inner = (kinds == _INNER) & ((batch.codes == 42) | np.concatenate([word[1:], [False]]))
    inside = word | inner
    joined = np.concatenate([[False], inside[:-1] & inside[1:] & same])
    run = np.cumsum(~joined)
    place = np.arange(len(kinds))
    # The first letter of each run of characters that may stand in a word.
    letters = np.flatnonzero(word)
    _, head = np.unique(run[letters], return_index=True)
    begins = np.zeros(len(kinds), dtype=bool)
    begins[letters[head]] = True
    single = (kinds == _EMOJI) | (kinds == _STOP) | (batch.codes == 10)
    start_at = np.maximum.accumulate(np.where(begins | ~inside, place, 0))
    begins |= single
    member = single | (inside & (kinds[start_at] == _WORD) & (run[start_at] == run))
    starts = np.flatnonzero(begins)
    local = np.where(member, place - np.maximum.accumulate(np.where(begins, place, 0)), 0)
    values = np.where(member, (batch.codes.astype(np.uint64) + np.uint64(1)), np.uint64(0))
    hashes = np.add.reduceat(values * _powers()[local & 63], starts) if len(starts) else values[:0]
    size = np.add.reduceat(member.astype(np.int64), starts) if len(starts) else local[:0]
    found = np.where(single[starts] & (kinds[starts] != _EMOJI), _STOP, kinds[starts])
    return Tokens(starts, starts + size, hashes, found.astype(np.uint8), batch.codes[starts])


def hash_word(word: str) -> int:
    """The hash that ``find_tokens`` gives this one word."""
    total = sum((ord(char) + 1) * int(_powers()[at & 63]) for at, char in enumerate(word))
    return total & 0xFFFFFFFFFFFFFFFF


def _runs(
    hashes: Codes,
    texts: npt.NDArray[np.int32],
    places: Places,
    sizes: tuple[int, ...],
    bits: int,
    salt: int = 0,
) -> Iterator[Found]:
    total = hashes
    for size in range(1, max(sizes) + 1):
        if size > 1:
            total = total[:-1] * _STEP + hashes[size - 1 :]
        if len(total) == 0:
            return
        if size in sizes:
            fits = np.flatnonzero(texts[: len(total)] == texts[size - 1 :])
            yield Found(places[fits], _bucket(total[fits], size + salt, bits))


def _bucket(hashes: Codes, salt: int, bits: int) -> Places:
    mixed = (hashes ^ np.uint64(salt * int(_STEP) & 0xFFFFFFFFFFFFFFFF)) * _MIX
    mixed = (mixed ^ (mixed >> _SHIFT)) * _MIX
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)


def _cues(tokens: Tokens) -> tuple[Codes, Mask]:
    """What each token counts as, and whether that is a class."""
    hashes, values, is_class = _cue_table()
    at = np.minimum(np.searchsorted(hashes, tokens.hashes), len(hashes) - 1)
    listed = (hashes[at] == tokens.hashes) & (tokens.kinds == _WORD)
    digit = (tokens.first >= 48) & (tokens.first <= 57)
    plain = np.where(digit, np.uint64(hash_word("#")), np.uint64(hash_word("_")))
    own = np.where(tokens.kinds == _WORD, plain, tokens.hashes)
    return np.where(listed, values[at], own), listed & is_class[at]


@cache
def _cue_table() -> tuple[Codes, Codes, Mask]:
    """Hash of each listed word, what it counts as, and whether that is a class; by hash."""
    counted = {hash_word(word): (hash_word(word), False) for word in KEPT}
    counted |= {hash_word(w): (hash_word(name), True) for w, name in with_endings().items()}
    order = sorted(counted)
    return (
        np.array(order, dtype=np.uint64),
        np.array([counted[one][0] for one in order], dtype=np.uint64),
        np.array([counted[one][1] for one in order]),
    )


@cache
def _powers() -> Codes:
    return np.cumprod(np.full(64, 0x100000001B3, dtype=np.uint64), dtype=np.uint64)


def _same(text_of: npt.NDArray[np.int32]) -> Mask:
    """Whether each character but the first is of the text of the one before it."""
    return np.asarray(text_of[1:] == text_of[:-1])


def _kinds(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    kinds = _kind_table()[np.minimum(codes, _TABLE - 1)]
    above = codes >= _TABLE
    if above.any():
        emoji = (codes >= 0x1F300) & (codes <= 0x1FAFF)
        kinds = np.where(above, np.where(emoji, _EMOJI, _WORD), kinds)
    return kinds.astype(np.uint8)


@cache
def _kind_table() -> npt.NDArray[np.uint8]:
    table = np.zeros(_TABLE, dtype=np.uint8)
    for code in range(_TABLE):
        char = chr(code)
        if char.isspace():
            table[code] = _SPACE
        elif char.isalnum() or char == "_":
            table[code] = _WORD
        elif char in "*'":
            table[code] = _INNER
        elif char in '?!.,;:"':
            table[code] = _STOP
        elif 0x2600 <= code <= 0x27BF:
            table[code] = _EMOJI
    return table

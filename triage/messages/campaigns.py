"""Which messages say nearly the same, and which of them may be decided together. Pure.

A text is compared in its *plain* form: what hides words is undone (``classifier.normalise``),
and greetings, links, addresses, numbers, punctuation and line breaks are left out, since those
are what a campaign's letters differ in. Two are alike where their plain forms are as similar as
``NEAR`` says; a plain form shorter than ``SHORT`` must be equal, and one longer than ``LONGEST``
is like no other.

To find candidates without comparing everything with everything, a text has a *sketch*: the
hash of its plain form, and MinHash bands over its pairs of words. Texts that share a band are
candidates, and nothing more: the comparison decides.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from triage.classifier.normalise import normalise
from triage.messages.placing import lane_of
from triage.messages.rules import Lane

NEAR = 85.0
"""Similarity (``rapidfuzz.fuzz.ratio``, 0 to 100) from which two plain forms are nearly the
same. Measured by tests/bench/bench_campaigns.py: in the sample mailbox the four letters of the
campaign and nothing else; among the 36 million pairs of data/corpus, where harmless texts are
written like threats on purpose, one pair. (``token_set_ratio`` joins 208 there: a text with a
threat added to it is a superset, and counts as the same.)"""
SHORT = 40
"""Characters of plain form below which only the same words are alike: one word is too much of
a short text."""
LONGEST = 20_000
"""Characters above which nothing is compared: what differs is not seen at a glance."""
BANDS = 16
ROWS = 2
"""Two texts share a band with the chance 1 - (1 - J**ROWS)**BANDS, where J is the share of
their pairs of words that they have in common: 0.5 gives 99 %, 0.02 (strangers) under 1 %."""
MOST = 10
"""Messages beside the open one that are decided in one act."""
KEPT = 60
"""Characters of what is the same that stay on each side of a difference."""

_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_PREFIX = re.compile(r"^(?:\s*(?:re|fw|fwd)\s*:)+")
_GREETING = re.compile(
    r"^[ >]*(?:dear|hi|hello|hey|hiya|to|attn|good (?:morning|afternoon|evening|day))\b"
    r"[^\n,.!?:;]{0,60}(?:[,.!:;]+|$)",
    re.MULTILINE,
)
_GREETED = 400
"""Characters from the start in which a line that greets is taken for a greeting."""
_GAP = re.compile(r"\s+")
_BETWEEN = re.compile(r"[\W\d_]+")


class Likeness(StrEnum):
    """How much of two texts is the same."""

    IDENTICAL = "identical"
    """The same words, but for what the plain form leaves out."""
    NEAR = "near"


class Alone(StrEnum):
    """Why a message is decided on its own: what it asks for is no routine."""

    CONCERN = "concern"
    URGENT = "urgent"
    WELFARE = "welfare"
    SECOND_LOOK = "second_look"
    LONG = "long"


class Kind(StrEnum):
    """What a part of a text is, beside the open one."""

    SAME = "same"
    CUT = "cut"
    """Characters left out because they are the same."""
    ADDED = "added"
    MISSING = "missing"
    """In the open one alone."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text, compared with the open one."""

    kind: Kind
    text: str


def alone(
    *,
    rank: int | None,
    high: bool,
    particular_concern: bool,
    urgent: bool,
    welfare_open: bool,
    second_look: bool,
    length: int,
) -> Alone | None:
    """Why this one may not be decided together with others; ``None`` where it may.

    It looks at what the queue shows of a message, so that of a blind one it says nothing.
    """
    lane = Lane.ORDINARY if rank is None else lane_of(rank)
    reasons = (
        (particular_concern, Alone.CONCERN),
        (welfare_open or lane is Lane.WELFARE, Alone.WELFARE),
        (urgent or high or lane is Lane.URGENT, Alone.URGENT),
        (second_look, Alone.SECOND_LOOK),
        (length > LONGEST, Alone.LONG),
    )
    return next((reason for holds, reason in reasons if holds), None)


def plain(text: str) -> str:
    """What is compared: words alone, without what differs from letter to letter."""
    read = _PREFIX.sub("", normalise(text).text)
    read = _LINK.sub(" ", read)
    head, rest = read[:_GREETED], read[_GREETED:]
    # A greeting that would be cut in two at the edge stays: it is a few words of hundreds.
    read = _GREETING.sub(" ", head, count=1) + rest
    return _BETWEEN.sub(" ", read.replace("'", "")).strip()


def alike(one: str, other: str) -> Likeness | None:
    """How alike two plain forms are; ``None`` where they are not, or say nothing."""
    if not one or not other or max(len(one), len(other)) > LONGEST:
        return None
    if one == other:
        return Likeness.IDENTICAL
    if not (_comparable(one) and _comparable(other)):
        return None
    return Likeness.NEAR if fuzz.ratio(one, other, score_cutoff=NEAR) else None


def sketch(form: str) -> list[bytes]:
    """What two plain forms have in common if they may be alike, to be hashed with the key.

    The first part stands for the whole form, the others for its bands; each says which it is.
    """
    parts = [b"whole:" + form.encode("utf-8", "replace")]
    if _comparable(form):
        parts += [b"%d:" % band + row.tobytes() for band, row in enumerate(_bands(form))]
    return parts


def difference(given: str, other: str) -> list[Part]:
    """``other`` as it stands beside ``given``: what is added, what is missing, the rest cut.

    Without the parts that are ``MISSING`` and with the cut ones filled in, it is ``other``.
    """
    before, after = (re.split(r"(?<=\s)(?=\S)", text) for text in (given, other))
    steps = Levenshtein.opcodes([one.strip() for one in before], [one.strip() for one in after])
    parts: list[Part] = []
    gone = come = ""
    for step in steps:
        missing = "".join(before[step.src_start : step.src_end])
        there = "".join(after[step.dest_start : step.dest_end])
        if step.tag != "equal":
            gone, come = gone + missing, come + there
            continue
        parts += _changed(gone, come)
        parts += _shortened(there)
        gone = come = ""
    return parts + _changed(gone, come)


def _changed(gone: str, come: str) -> list[Part]:
    missing = [Part(Kind.MISSING, gone)] if gone.strip() else []
    return missing + ([Part(Kind.ADDED, come)] if come else [])


def _shortened(same: str) -> list[Part]:
    """The first and the last words of what is the same."""
    if len(same) <= 3 * KEPT:
        return [Part(Kind.SAME, same)]
    first = max((one.end() for one in _GAP.finditer(same, 0, KEPT)), default=KEPT)
    rest = len(same) - KEPT
    last = next((one.start() for one in _GAP.finditer(same, rest)), rest)
    return [
        Part(Kind.SAME, same[:first]),
        Part(Kind.CUT, same[first:last]),
        Part(Kind.SAME, same[last:]),
    ]


def _comparable(form: str) -> bool:
    return SHORT <= len(form) <= LONGEST


def _mixers() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Odd factors and offsets, the same in every process (SplitMix64)."""
    state = np.arange(1, 2 * BANDS * ROWS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
    state ^= state >> np.uint64(31)
    return state[::2] | np.uint64(1), state[1::2]


_FACTORS, _OFFSETS = _mixers()


def _bands(form: str) -> npt.NDArray[np.uint32]:
    """MinHash of the pairs of words, ``ROWS`` values to a band."""
    words = form.split()
    pairs = {crc32(f"{a} {b}".encode()) for a, b in pairwise(words)} or {crc32(form.encode())}
    grams = np.fromiter(sorted(pairs), dtype=np.uint64, count=len(pairs))
    mixed = grams[:, None] * _FACTORS[None, :] + _OFFSETS[None, :]
    least = (mixed >> np.uint64(32)).min(axis=0)
    bands: npt.NDArray[np.uint32] = least.astype("<u4").reshape(BANDS, ROWS)
    return bands

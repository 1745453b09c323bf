"""A text as sentences, and the windows of neighbouring sentences that are scored."""

import re
from itertools import pairwise

_END = re.compile(r"[.!?]+[\"')\]]*\s+|\n+")
_WORD = re.compile(r"\S+")

SHORTEST = 4
"""Words. A shorter sentence goes with the next one: alone it says too little."""
LONGEST = 40
"""Words. People who do not use full stops are cut after this many."""
SIZES = (1, 2)
"""Sentences to a window."""


def sentences(text: str) -> list[tuple[int, int]]:
    """Places (start, end) of the sentences, in order; together they are the whole text.

    At least one, unless the text is empty.
    """
    edges = [0]
    words = at = 0
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        for word in _WORD.finditer(text, at, end):
            if words == LONGEST:
                edges.append(word.start())
                words = 0
            words += 1
        at = end
        if words >= SHORTEST and end < len(text):
            edges.append(end)
            words = 0
    return list(pairwise([*edges, len(text)])) if text else []


def windows(count: int) -> list[tuple[int, int]]:
    """Windows (first, last + 1) over ``count`` sentences; the whole text comes first."""
    found = [(0, count)]
    for size in SIZES:
        if size < count:
            found += [(first, first + size) for first in range(count - size + 1)]
    return found


def cut_windows(text: str) -> list[str]:
    """The windows' own texts, without the whole."""
    spans = sentences(text)
    return [text[spans[a][0] : spans[b - 1][1]] for a, b in windows(len(spans))[1:]]

"""References to messages and other matters in what people type. Pure."""

import re
import unicodedata

REFERENCE = 6
"""Characters of an id in a reference, as people write it: K7Q-2FX."""
_READ_AS = str.maketrans("OIL", "011")
"""Ids have none of these letters: whoever types one means the figure."""


def squashed(text: str) -> str:
    """A text without all that may stand in a reference as it pleases: case, hyphens, spaces."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_READ_AS)
    return re.sub("[^0-9A-Z]", "", plain)


def windows(text: str) -> frozenset[str]:
    """Everything in a text that could be a reference; most of it is none."""
    flat = squashed(text)
    return frozenset(flat[at : at + REFERENCE] for at in range(len(flat) - REFERENCE + 1))


def refers(text: str, matter_id: str) -> bool:
    """Whether a text names this matter."""
    return matter_id[:REFERENCE] in squashed(text)

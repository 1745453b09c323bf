"""Does it still see a threat whose words are disguised? Ten ways, always the same."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from triage.classifier.datasets import Row
from triage.classifier.evaluate.asking import Model, flags_of

CATEGORIES = ("threat_direct", "threat_conditional", "threat_veiled", "threat_stalking")
"""Those whose words decide by themselves and are not disguised already."""

_WORD = re.compile(r"[A-Za-z]{3,}")
"""Who disguises a text leaves the shortest words alone."""
_LEET = str.maketrans("aeiosAEIOS", "4310543105")
_DRAWN_ALIKE = str.maketrans("aceopxyiABEHKMOPTXvn", "асеорхуіАВЕНКМОРТХνη")
"""Cyrillic, and Greek for v and n."""
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_SPACE = re.compile(r" +")
ZERO_WIDTH = "\u200b"
SOFT_HYPHEN = "\u00ad"

Disguise = Callable[[str], str]


def _each_word(edit: Disguise) -> Disguise:
    return lambda text: _WORD.sub(lambda match: edit(match[0]), text)


def _leet(word: str) -> str:
    """k1ll, h0us3: from the left, while half of the letters stay."""
    out, left = [], len(word) // 2
    for letter in word:
        changed = letter.translate(_LEET) if left else letter
        left -= changed != letter
        out.append(changed)
    return "".join(out)


def _spaced(text: str) -> str:
    """ "k i l l   y o u": words further apart than letters, or nobody could read it."""
    return _each_word(" ".join)(_SPACE.sub("   ", text))


def _stretched(word: str) -> str:
    """kiiiill: the first vowel four times."""
    return re.sub(r"[aeiouAEIOU]", lambda match: match[0] * 4, word, count=1)


def _masked(word: str) -> str:
    """k*ll: the first vowel that is not the first letter."""
    return re.sub(r"(?<=[A-Za-z])[aeiouAEIOU]", "*", word, count=1)


def _mixed_case(word: str) -> str:
    return "".join(letter.upper() if at % 2 else letter.lower() for at, letter in enumerate(word))


DISGUISES: dict[str, Disguise] = {
    "leet": _each_word(_leet),
    "spaced letters": _spaced,
    "zero-width between letters": _each_word(ZERO_WIDTH.join),
    "look-alikes": lambda text: text.translate(_DRAWN_ALIKE),
    "repeated letters": _each_word(_stretched),
    "masked vowels": _each_word(_masked),
    "full-width": lambda text: text.translate(_WIDE),
    "dots between letters": _each_word(".".join),
    "mixed case": _each_word(_mixed_case),
    "soft hyphen": _each_word(SOFT_HYPHEN.join),
}


def disguised(row: Row, kind: str) -> str:
    """The row's text with the words that decide disguised, and nothing else changed."""
    return row.text.replace(row.span, DISGUISES[kind](row.span), 1)


def robustness(model: Model, rows: Sequence[Row]) -> dict[str, Any]:
    """Recall of threats, plain and disguised, at the shipped threshold, and the part of the
    plain recall that each disguise leaves (None where nothing was found plain)."""
    chosen = [row for row in rows if row.category in CATEGORIES and row.span in row.text]
    chosen = [row for row in chosen if row.span]
    if not chosen:
        return {"rows": 0, "plain_recall": None, "kinds": {}}
    plain = float(np.mean(flags_of(model, [row.text for row in chosen])))
    kinds = {}
    for kind in DISGUISES:
        recall = float(np.mean(flags_of(model, [disguised(row, kind) for row in chosen])))
        kept = round(recall / plain, 4) if plain else None
        kinds[kind] = {"recall": round(recall, 4), "kept": kept}
    return {"rows": len(chosen), "plain_recall": round(plain, 4), "kinds": kinds}

"""Texts the model could not read. They are scored all the same, and people look at them."""

import re

from triage.classifier.assessment import Unread
from triage.classifier.function_words import ENGLISH, OTHERS, SHARED
from triage.classifier.normalise import LIMIT

ENOUGH = 5
"""Words. Below, small words tell nothing of the language."""
WORDS_READ = 2_000
"""From the start of the text: a letter does not change its language later."""
SILENCE = 20
"""Words. This many without one small English word are not English, whatever they are."""

_WORD = re.compile(r"[^\W\d_][^\W\d_']*(?:'[^\W\d_]+)?")
_CODED = re.compile(r"\S{40,}")
_BROKEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ue000-\uf8ff]")
_LATIN = re.compile(
    "[\u0000-\u036f\u1d00-\u1dff\u1e00-\u1eff\u2000-\u2bff\u2c60-\u2c7f\ua720-\ua7ff"
    "\uab30-\uab6f\ufb00-\ufb06\uff00-\uff60\U0001d400-\U0001d7ff\U0001f100-\U0001f1ff]"
)


def unread(given: str, normalised: str) -> Unread | None:
    """Why the model cannot have read ``given``; None where it can.

    ``empty``: nothing is shown. ``not_text``: symbols alone, coded data (base64 and the
    like), broken characters, or more than ``normalise.LIMIT`` characters. ``language``: most
    letters are of another script, or another language's small words outweigh English ones.
    """
    if not normalised.strip():
        return Unread.EMPTY
    if len(given) > LIMIT or not any(char.isalnum() for char in normalised):
        return Unread.NOT_TEXT
    if _is_other_script(given):
        return Unread.LANGUAGE
    if _is_coded(given, normalised):
        return Unread.NOT_TEXT
    return Unread.LANGUAGE if _is_other_language(normalised) else None


def _is_other_script(given: str) -> bool:
    if given.isascii():
        return False
    letters = [char for char in given if char.isalpha()]
    latin = sum(_LATIN.match(char) is not None for char in letters)
    return 2 * latin < len(letters)


def _is_coded(given: str, normalised: str) -> bool:
    """Runs of 40 and more characters that are no link and not one letter drawn out make up
    most of it, or a twentieth of it are characters that stand for bytes nobody could read."""
    runs = [run for run in _CODED.findall(given) if "://" not in run and len(set(run)) > 8]
    shown = len("".join(given.split()))
    broken = len(_BROKEN.findall(given))
    return 2 * sum(map(len, runs)) > shown or 20 * broken > len(given)


def _is_other_language(normalised: str) -> bool:
    words = _WORD.findall(normalised[: WORDS_READ * 12])[:WORDS_READ]
    if len(words) < ENOUGH:
        return False
    english = sum(word.replace("'", "") in ENGLISH for word in words)
    if english == 0 and len(words) >= SILENCE:
        return True
    if 2 * english >= len(words):
        return False
    for name, listed in OTHERS.items():
        other = sum(word in listed for word in words)
        shared = sum(word in SHARED[name] for word in words)
        if other >= 3 and other > english - shared and 8 * other >= len(words):
            return True
    return False

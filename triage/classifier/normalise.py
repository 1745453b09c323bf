"""Given text -> the text that is read, with a map back to the sender's own characters.

In this order: one character at a time to what it looks like (``lookalikes.fold``), lower
case; letters set apart one by one are joined ("k i l l"); digits and signs that stand for
letters inside a word are put back ("k1ll"); stars in a word that is listed (``cue_words``) give
way to its letters ("k*ll"); three or more of the same are squeezed.
Emoji stay. Pure; linear in the length.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from triage.classifier.cue_words import LONGEST_WORD, MASKABLE
from triage.classifier.lookalikes import fold

LIMIT = 100_000
"""Characters read. Of a longer text the first 80,000 and the last 20,000 are read, and
``language.unread`` says so (``not_text``): people look at what the model did not."""

_HEAD = 80_000

Piece = tuple[str, int, int]
"""Characters put in, and the part of the match they stand for."""

_ODD = re.compile(r"[^\n -~]")
_SPACED = re.compile(r"(?<![^\W_])[a-z0-9]([ .\-_*])[a-z0-9](?:\1[a-z0-9])+(?![^\W_])")
_MIXED = re.compile(r"(?<![\w@$!|.])[a-z]*+[0-9@$!|][a-z0-9@$!|]*+(?!\w)")
_AS_IS = re.compile(r"\d+(?:st|nd|rd|th|s|am|pm|k|m|g|hrs?|mins?|yrs?|days?)")
_MASKED = re.compile(r"(?<![\w*])[a-z]+\*[a-z*]*(?!\w)")
_REPEATED = re.compile(r"([^\d])\1{2,}")
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}
_STROKES = "1!|"
_READABLE = frozenset([*_LEET, *_STROKES])
_SINGLE = frozenset("aiuyhjkqvwx")
"""Letters English hardly ever doubles: three or more become one, others two."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """``text[i]`` was made from ``given[starts[i]:ends[i]]``; both lists never go back."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` (not empty) stands in the given text."""
        return self.starts[start], self.ends[end - 1]


def normalise(given: str) -> Normalised:
    """Undo what hides words. Any string, also with NULs and lone surrogates."""
    length = len(given)
    if length <= LIMIT:
        state = Normalised(given, list(range(length)), list(range(1, length + 1)))
    else:
        kept = [*range(_HEAD), *range(length - (LIMIT - _HEAD), length)]
        text = given[:_HEAD] + given[length - (LIMIT - _HEAD) :]
        state = Normalised(text, kept, [place + 1 for place in kept])
    state = _rewrite(state, _ODD, _fold)
    state = Normalised(state.text.lower(), state.starts, state.ends)
    state = _rewrite(state, _SPACED, _join)
    state = _rewrite(state, _MIXED, _unleet)
    state = _rewrite(state, _MASKED, _unmask)
    return _rewrite(state, _REPEATED, _squeeze)


def _rewrite(
    state: Normalised,
    pattern: re.Pattern[str],
    edit: Callable[[re.Match[str]], list[Piece] | None],
) -> Normalised:
    """Put ``edit(match)`` in place of each match; None leaves it as it is."""
    text, starts, ends = state.text, state.starts, state.ends
    out: list[str] = []
    out_starts: list[int] = []
    out_ends: list[int] = []
    at = 0
    for match, pieces in _edits(text, pattern, edit):
        base = match.start()
        out.append(text[at:base])
        out_starts += starts[at:base]
        out_ends += ends[at:base]
        for characters, first, last in pieces:
            out.append(characters)
            out_starts += [starts[base + first]] * len(characters)
            out_ends += [ends[base + last - 1]] * len(characters)
        at = match.end()
    if at == 0:
        return state
    return Normalised("".join([*out, text[at:]]), out_starts + starts[at:], out_ends + ends[at:])


def _edits(
    text: str,
    pattern: re.Pattern[str],
    edit: Callable[[re.Match[str]], list[Piece] | None],
) -> Iterator[tuple[re.Match[str], list[Piece]]]:
    for match in pattern.finditer(text):
        pieces = edit(match)
        if pieces is not None:
            yield match, pieces


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    return fold(char)


def _fold(match: re.Match[str]) -> list[Piece]:
    return [(_folded(match[0]), 0, 1)]


def _join(match: re.Match[str]) -> list[Piece] | None:
    letters = match[0][::2]
    if sum(letter.isalpha() for letter in letters) * 2 <= len(letters):
        return None
    return [(letter, 2 * at, 2 * at + 1) for at, letter in enumerate(letters)]


def _unleet(match: re.Match[str]) -> list[Piece] | None:
    """Only inside words: "2nd", "10am", "covid19", "room101", "a55" and e-mail addresses
    stay as they are, and so do signs before and behind a word."""
    token = match[0]
    core = token.rstrip(_STROKES[1:])
    if not 3 <= len(core) <= 24 or sum(map(str.isalpha, core)) < 2 or _AS_IS.fullmatch(core):
        return None
    after = match.string[match.end() : match.end() + 1]
    if "@" in core and (core[0] == "@" or after in {".", "-"}):
        return None
    tail = len(core) - len(core.rstrip("0123456789"))
    head = len(core) - len(core.lstrip("0123456789"))
    stem, ending = core[: len(core) - tail], core[len(core) - tail :]
    if tail > 2 or not _READABLE.issuperset(ending) or (len(stem) < 3 and ending != "11"):
        core = stem
    pieces: list[Piece] = []
    for at, char in enumerate(token):
        letter = char
        if (head if head > 1 else 0) <= at < len(core):
            letter = _LEET.get(char, char)
            if char in _STROKES:
                before = pieces[-1][0] if pieces else ""
                letter = "l" if before in {"a", "e", "i", "o", "u", "l"} else "i"
        pieces.append((letter, at, at + 1))
    return pieces


def _unmask(match: re.Match[str]) -> list[Piece] | None:
    """The first listed word that fits; a star at the end alone is a footnote."""
    word = _unmasked(match[0]) if match[0].rstrip("*").count("*") or "**" in match[0] else None
    return [(letter, at, at + 1) for at, letter in enumerate(word)] if word else None


@lru_cache(maxsize=4096)
def _unmasked(masked: str) -> str | None:
    if len(masked) > LONGEST_WORD:
        return None
    fits = re.compile(masked.replace("*", "[a-z]"))
    return next((word for word in MASKABLE if fits.fullmatch(word)), None)


def _squeeze(match: re.Match[str]) -> list[Piece]:
    keep = 1 if match[1] in _SINGLE else 2
    length = len(match[0])
    return [(match[1], at, at + 1 if at + 1 < keep else length) for at in range(keep)]

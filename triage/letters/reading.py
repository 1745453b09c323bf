"""A text as the eye reads it: words without case, accents and tricks, each with its place. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from triage.classifier.lookalikes import fold

LONG = 6
"""Letters from which a name is one though spaces stand in it: shorter ones are made of plain
words too easily ("is a", "to by")."""
ADJACENT = "\u2e80"
"""From here on scripts are written without spaces: a name is found inside a run of letters."""

_COUNTED = "zero one two three four five six seven eight nine"
NUMERALS: dict[str, str] = {
    **{word: str(digit) for digit, word in enumerate(_COUNTED.split())},
    **dict.fromkeys(("oh", "o", "nought", "nil"), "0"),
}
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_PART = re.compile(r"\d+|\D+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, and where it stands: ``given[start:end]``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Words:
    """A text as words, and all of them as one run of letters."""

    given: str
    tokens: tuple[Token, ...]
    letters: str
    starts: dict[int, int] = field(repr=False)
    """Place in ``letters`` -> the token that begins there."""
    ends: dict[int, int] = field(repr=False)

    def runs(self, needle: str) -> Iterator[tuple[int, int]]:
        """Where these letters make up whole words, however they are parted."""
        for first, last in self._found(needle):
            yield self.tokens[first].start, self.tokens[last].end

    def word(self, needle: str) -> Iterator[tuple[int, int]]:
        """Where these letters are one word. Broken up it counts if it is long, if each letter
        stands alone, or if no space is in it."""
        for first, last in self._found(needle):
            held = self.tokens[first : last + 1]
            single = all(len(one.text) == 1 for one in held)
            if len(needle) >= LONG or single or not self._spaced(held):
                yield held[0].start, held[-1].end

    def inside(self, needle: str) -> Iterator[tuple[int, int]]:
        """Where these letters, six or more, stand in one longer word."""
        if len(needle) < LONG:
            return
        for one in self.tokens:
            if needle in one.text:
                yield one.start, one.end

    def _found(self, needle: str) -> Iterator[tuple[int, int]]:
        """Tokens from and to which the needle reaches; a possessive or plural s may follow."""
        at = self.letters.find(needle) if needle else -1
        anywhere = bool(needle) and max(needle) >= ADJACENT
        while at >= 0:
            end = at + len(needle)
            if end not in self.ends and self.letters[end : end + 1] == "s":
                end += 1
            if at in self.starts and end in self.ends:
                yield self.starts[at], self.ends[end]
            elif anywhere:
                yield self._holding(at), self._holding(end - 1)
            at = self.letters.find(needle, at + 1)

    def _holding(self, at: int) -> int:
        return self.starts[max(one for one in self.starts if one <= at)]

    def _spaced(self, held: tuple[Token, ...]) -> bool:
        gaps = (self.given[a.end : b.start] for a, b in pairwise(held))
        return any(gap.isspace() for gap in gaps)


def read(text: str, *, without: frozenset[str] = frozenset()) -> Words:
    """The words of a text; ``without`` leaves some out, as if they were not written."""
    tokens = tuple(one for one in _tokens(text) if one.text not in without)
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    at = 0
    for number, one in enumerate(tokens):
        starts[at] = number
        at += len(one.text)
        ends[at] = number
    return Words(text, tokens, "".join(one.text for one in tokens), starts, ends)


def _tokens(text: str) -> Iterator[Token]:
    held, start, end = "", 0, 0
    for place, char in enumerate(text):
        for shown in _shown(char):
            if shown.isalnum():
                start = start if held else place
                held, end = held + shown, place + 1
            elif held:
                yield Token(held, start, end)
                held = ""
    if held:
        yield Token(held, start, end)


def _shown(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    return fold(char) if digit is None else str(digit)


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits with nothing but signs between them, and where each stands."""

    digits: str
    places: tuple[tuple[int, int], ...]


def digits_of(words: Words) -> Iterator[Digits]:
    """Runs of digits, also of digits in words ("oh two oh, double seven")."""
    held: list[str] = []
    places: list[tuple[int, int]] = []
    times = 1
    for one in words.tokens:
        for part in _PART.findall(one.text):
            digits = part if part.isdigit() else NUMERALS.get(part, "")
            if digits:
                digits = digits * times
                held.append(digits)
                places += [(one.start, one.end)] * len(digits)
                times = 1
            elif part in _TIMES:
                times = _TIMES[part]
            elif held:
                yield Digits("".join(held), tuple(places))
                held, places, times = [], [], 1
    if held:
        yield Digits("".join(held), tuple(places))

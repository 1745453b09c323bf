"""What in a letter could tell the person reported who reported it (P-NAM-1). Pure.

Both the letter and what is to be protected are read as people read them: without case, accents,
invisible characters, and letters that only look like ours. Then words are compared, wherever the
letter puts its spaces, hyphens and line breaks. It finds forms, not allusions: "the woman from
the bus stop" is for a person to see.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import pairwise

from triage.letters.nicknames import BEGINNINGS, FAMILIAR, WORDS_TOO
from triage.letters.reading import Words, digits_of, read

RUN = 6
"""Words in a row that make a quotation."""
ALIKE = 9
"""Last digits that make two telephone numbers one, with or without a code before them."""
SHORTEST_NUMBER = 6
SHORTEST_LOCAL = 5
"""Letters of what stands before the @, from which it is looked for by itself."""

_NO_NAMES = """
mr mrs ms mx miss dr prof professor sir dame lord lady rev revd cllr
de da di del der den la le du van von bin ibn bint el al of the y e
"""
_TITLES = frozenset(_NO_NAMES.split())
_GENERIC = frozenset({"admin", "contact", "enquiries", "hello", "office", "support", "webmaster"})
_CAPITALS = """
AI AM BC CC CV DC DM EU FA FM HR ID IP IT MA MP MS NI OK PA PC PM PR PS SA TV UK UN US
"""
_ACRONYMS = frozenset(_CAPITALS.split())
_PARTS = re.compile(r"[\s\-\u2010-\u2015,]+")
_SENTENCE_END = re.compile(r"(?:^|[.!?:\n•\-–—\"“”‘’(])\s*$")


class Leak(StrEnum):
    """What was found."""

    NAME = "name"
    INITIALS = "initials"
    CONTACT = "contact"
    HANDLE = "handle"
    PHONE = "phone"
    RELATION = "relation"
    QUOTE = "quote"
    HINT = "hint"
    """A plain word that is a name of theirs too, in small letters: for a person to look at."""


WORDS: dict[Leak, str] = {
    Leak.NAME: "a name, or a form of it",
    Leak.INITIALS: "initials",
    Leak.CONTACT: "an e-mail address, or part of it",
    Leak.HANDLE: "a name used online",
    Leak.PHONE: "a telephone number",
    Leak.RELATION: "who they are to each other",
    Leak.QUOTE: f"{RUN} words or more in a row from the report",
    Leak.HINT: "a word that could be a name",
}
"""A finding, as said on a screen."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in the letter: ``text[start:end]``."""

    leak: Leak
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Protected:
    """What must not be told. Given by the room that knows it, and stored nowhere here."""

    names: tuple[str, ...] = ()
    """Of reporters, witnesses, affected people: as they write it, and every other form known."""
    emails: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    """Words that give somebody away by what they are: "your neighbour", "the treasurer"."""
    sources: tuple[str, ...] = ()
    """The report, and all else that people wrote or said."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to look for, so that a check would prove nothing."""
        return not any(one.strip() for each in fields(self) for one in getattr(self, each.name))


def find(text: str, protected: Protected, *, widely: bool = False) -> tuple[Finding, ...]:
    """Everything in the text that gives somebody away, in order; quotations that overlap as one.

    ``widely``: a name that is a plain word too is one in small letters as well.
    """
    letter = read(text)
    found: set[Finding] = set()
    for name in protected.names:
        found.update(_name(letter, name, widely=widely))
    spelled = read(text, without=frozenset({"at", "dot"})) if protected.emails else letter
    for address in protected.emails:
        found.update(_address(letter, spelled, address))
    for handle in protected.handles:
        found.update(_handle(letter, handle))
    for number in protected.phones:
        found.update(_phone(letter, number))
    for relation in protected.relations:
        found.update(_spans(Leak.RELATION, letter.runs(_letters(relation))))
    for source in protected.sources:
        found.update(_quotes(letter, source))
    return tuple(sorted(_merged(found), key=lambda one: (one.start, one.end, one.leak)))


def hints(text: str, protected: Protected) -> tuple[Finding, ...]:
    """Plain words of the text that are a name of somebody too, where ``find`` takes them for
    words: "it was rose". No finding by itself; whoever reads the letter sees them marked."""
    sure = {(one.start, one.end) for one in find(text, protected)}
    names = Protected(names=protected.names)
    return tuple(
        Finding(Leak.HINT, one.start, one.end)
        for one in find(text, names, widely=True)
        if one.leak is Leak.NAME
        and not any(start <= one.start and one.end <= end for start, end in sure)
    )


def _name(letter: Words, name: str, *, widely: bool) -> Iterator[Finding]:
    """Every word of a name by itself, familiar forms, the whole run together, and initials."""
    written = [_letters(one) for one in _PARTS.split(name)]
    named = [one for one in written if one and one not in _TITLES]
    pieces = {one.text for one in read(name).tokens if len(one.text) > 2} - _TITLES
    alone = {one for one in named if len(one) > 1} | pieces
    alone |= {form for one in named[:-1] or named for form in FAMILIAR.get(one, ())}
    for word in sorted(alone):
        for start, end in letter.word(word):
            if word not in WORDS_TOO or _as_name(letter.given, start, word, widely=widely):
                yield Finding(Leak.NAME, start, end)
    if len(named) > 1:
        first, last = named[0], named[-1]
        firsts = {first, *FAMILIAR.get(first, ())}
        wholes = {"".join(named), *(one + last for one in firsts), *(last + one for one in firsts)}
        wholes |= {first[0] + last, last + first[0]} if len(last) > 2 else set()
        for whole in sorted(wholes):
            yield from _spans(Leak.NAME, letter.runs(whole))
            yield from _spans(Leak.NAME, letter.inside(whole))
        letters = [one[0] for one in named]
        for initials in {tuple(letters), (letters[0], letters[-1])}:
            yield from _initials(letter, initials)


def _as_name(text: str, start: int, word: str, *, widely: bool) -> bool:
    """Whether a word that is a name too is taken for one here: with a capital, but for the few
    with which sentences begin ("May we", "Will you"): they count inside a sentence."""
    if word not in BEGINNINGS:
        return widely or text[start].isupper()
    return text[start].isupper() and (widely or not _SENTENCE_END.search(text[:start]))


def _initials(letter: Words, initials: tuple[str, ...]) -> Iterator[Finding]:
    """``M. S.``, ``M S``, ``MS``: in capitals, or with a stop after each."""
    tokens = letter.tokens
    wide = len(initials)
    for at in range(len(tokens) - wide + 1):
        held = tokens[at : at + wide]
        if tuple(one.text for one in held) != initials:
            continue
        start, end = held[0].start, held[-1].end
        gaps = [letter.given[a.end : b.start] for a, b in pairwise(held)]
        if any(gap.strip(" .\u00a0\n\t-") for gap in gaps):
            continue
        if all("." in gap for gap in gaps) or letter.given[start:end].isupper():
            yield Finding(Leak.INITIALS, start, end)
    together = "".join(initials)
    for one in tokens:
        shown = letter.given[one.start : one.end]
        if one.text == together and shown.isupper() and shown not in _ACRONYMS:
            yield Finding(Leak.INITIALS, one.start, one.end)


def _address(letter: Words, spelled: Words, address: str) -> Iterator[Finding]:
    """As it is written, and as it is said: with words for its signs."""
    local = address.rpartition("@")[0]
    whole, before = _letters(address), _letters(local)
    yield from _spans(Leak.CONTACT, letter.runs(whole))
    yield from _spans(Leak.CONTACT, spelled.runs(whole))
    if len(before) >= SHORTEST_LOCAL and before not in _GENERIC:
        yield from _spans(Leak.CONTACT, letter.word(before))


def _handle(letter: Words, handle: str) -> Iterator[Finding]:
    last = handle.strip().rstrip("/").rpartition("/")[2]
    for needle in {_letters(handle), _letters(last)}:
        if len(needle) > 2:
            yield from _spans(Leak.HANDLE, letter.word(needle))


def _phone(letter: Words, number: str) -> Iterator[Finding]:
    digits = "".join(run.digits for run in digits_of(read(number)))
    if len(digits) < SHORTEST_NUMBER:
        return
    wanted = digits[-ALIKE:]
    for run in digits_of(letter):
        at = run.digits.find(wanted)
        if at >= 0:
            yield Finding(Leak.PHONE, run.places[at][0], run.places[at + len(wanted) - 1][1])


def _quotes(letter: Words, source: str) -> Iterator[Finding]:
    tokens = [one.text for one in read(source).tokens]
    for run in {"".join(tokens[at : at + RUN]) for at in range(len(tokens) - RUN + 1)}:
        yield from _spans(Leak.QUOTE, letter.runs(run))


def _letters(text: str) -> str:
    return "".join(one.text for one in read(text).tokens)


def _spans(leak: Leak, places: Iterable[tuple[int, int]]) -> Iterator[Finding]:
    yield from (Finding(leak, start, end) for start, end in places)


def _merged(found: set[Finding]) -> Iterator[Finding]:
    """Findings of one kind that lie in or over each other as one."""
    for leak in Leak:
        spans = sorted((one.start, one.end) for one in found if one.leak is leak)
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            if joined and start < joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        yield from _spans(leak, joined)

"""Who on the staff list a report might speak of (P-REC-2). Pure.

A miss puts a report before the person it is about; a match too many keeps one person of a team
away until somebody looks. So whatever is near counts: surnames alone, familiar forms, slips of
the keyboard, addresses, handles, and the names of what people do here. A name that is a plain
word too counts in running text only where it is written as one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from triage.cases.rules import MatchKind
from triage.core.text import searchable
from triage.letters.nicknames import FAMILIAR, WORDS_TOO

SHORTEST = 3
"""Letters of the shorter of two words, from which one may be a slip for the other."""
LONG = 7
"""Letters from which two slips are allowed."""
_ALSO = """
baker bishop butler cooper dean den driver farmer gardener jan kit max nan smith walker weaver
"""
PLAIN = WORDS_TOO | frozenset(_ALSO.split())
"""Alone and in small letters, no name."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_CONTRACTED = re.compile(r"n['\u2019]t$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """One person of ours."""

    id: str
    name: str
    email: str = ""
    does: tuple[str, ...] = ()
    """What they are called here beside their name: the words of their roles."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a report says."""

    names: tuple[str, ...] = ()
    """Names as somebody wrote them: of the person reported, of witnesses, of who was affected."""
    roles: tuple[str, ...] = ()
    """What somebody does, or how to tell who they are: where there is no name, or beside it."""
    contacts: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    """Running text: the description, and whatever else was written down."""


def matches(people: Sequence[Known], said: Said) -> dict[str, MatchKind]:
    """Person -> how sure it is that the report speaks of them, for whom it may be."""
    found = {one.id: _match(one, said) for one in people}
    return {person_id: kind for person_id, kind in found.items() if kind is not None}


def _match(person: Known, said: Said) -> MatchKind | None:
    address = person.email.casefold().strip()
    if address and any(address in one.casefold() for one in (*said.contacts, *said.accounts)):
        return MatchKind.NAMED
    name = searchable(person.name).split()
    if not name:  # an address that several people read
        does = any(_does(person.does, one) for one in said.roles)
        return MatchKind.POSSIBLE if does else None
    written = [searchable(one).split() for one in (*said.names, *said.roles)]
    if any(_whole(name, words) for words in written):
        return MatchKind.NAMED
    told = [searchable(one).split() for one in said.accounts]
    if any(_run(name, words) for words in told):
        return MatchKind.NAMED
    forms = _forms(name)
    near = any(_near(forms, word) for one in said.names for word in _words(searchable(one).split()))
    near = near or any(_told(forms, one, slips=forms) for one in said.roles)
    near = near or any(_told(forms, one, slips=name[1:][-1:]) for one in said.accounts)
    near = near or any(_reached(forms, one) for one in said.contacts)
    near = near or any(_does(person.does, one) for one in said.roles)
    return MatchKind.POSSIBLE if near else None


def _whole(name: Sequence[str], words: Sequence[str]) -> bool:
    """All of a name, in whatever order, among the words of one name as it was written; or as one
    word."""
    return len(name) > 1 and (set(name) <= set(words) or "".join(name) in words)


def _run(name: Sequence[str], words: Sequence[str]) -> bool:
    wide = len(name)
    return wide > 1 and any(
        list(words[at : at + wide]) == list(name) for at in range(len(words) - wide + 1)
    )


def _forms(name: Sequence[str]) -> frozenset[str]:
    """What somebody may be called in one word: each of their names, a familiar form of the first,
    and those that stand side by side as one: Annemarie, ONeil, bocarter."""
    firsts = {name[0], *FAMILIAR.get(name[0], ())}
    joined = {
        "".join(some)
        for first in firsts
        for whole in [(first, *name[1:])]
        for start in range(len(whole))
        for end in range(start + 2, len(whole) + 1)
        for some in [whole[start:end]]
    }
    turned = {name[-1] + first for first in firsts} if len(name) > 1 else set()
    return frozenset(one for one in {*name, *firsts, *joined, *turned} if len(one) > 1)


def _words(words: Sequence[str]) -> Iterator[str]:
    """The words of a name as it was written, and each two side by side as one."""
    yield from words
    yield from map("".join, pairwise(words))


def _near(forms: Iterable[str], word: str) -> bool:
    """A word of a written name that is one of theirs, a familiar form, or nearly so."""
    return word in forms or any(_slip(word, one) for one in forms)


def _slip(one: str, other: str) -> bool:
    """Whether one word may be the other, mistyped: a letter wrong, missing, too many, or two
    letters changed about."""
    short, long = sorted((len(one), len(other)))
    if short < SHORTEST or long == SHORTEST:
        return False
    return OSA.distance(one, other) <= (2 if short >= LONG else 1)


def _told(forms: frozenset[str], text: str, *, slips: Iterable[str]) -> bool:
    """A name in running text: in whatever letters, or, where it is a plain word too or a slip for
    one of ``slips``, with a capital."""
    for shown in _WORD.findall(text):
        if _CONTRACTED.search(shown):
            continue
        parts = searchable(shown).split()
        for word in (*parts, "".join(parts)):
            if word in forms and (shown[0].isupper() or word not in PLAIN):
                return True
            if shown[0].isupper() and any(_slip(word, one) for one in slips):
                return True
    return False


def _reached(forms: frozenset[str], contact: str) -> bool:
    """A name in a handle or an address: with the numbers that people put behind theirs or not."""
    words = (one.strip("0123456789") for one in searchable(contact).split())
    return any(word in forms and word not in PLAIN for word in words)


def _does(does: Iterable[str], role: str) -> bool:
    words = set(searchable(role).split())
    return any(set(searchable(one).split()) <= words for one in does if one.strip())

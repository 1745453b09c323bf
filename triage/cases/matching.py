"""Who on the staff list a report might speak of (P-REC-2). Pure.

A miss puts a report before the person it is about; a match too many keeps one person of a team
away until somebody looks. So whatever is near counts: surnames alone, familiar forms, slips of
the keyboard, addresses, and the names of what people do here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from triage.cases.rules import MatchKind
from triage.core.text import searchable
from triage.letters.nicknames import FAMILIAR

SHORTEST = 3
"""Letters of the shorter of two words, from which one may be a slip for the other."""
LONG = 7
"""Letters from which two slips are allowed."""


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
    contacts: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    """Running text: the description."""


def matches(people: Sequence[Known], said: Said) -> dict[str, MatchKind]:
    """Person -> how sure it is that the report speaks of them, for whom it may be."""
    found = {one.id: _match(one, said) for one in people}
    return {person_id: kind for person_id, kind in found.items() if kind is not None}


def _match(person: Known, said: Said) -> MatchKind | None:
    name = searchable(person.name).split()
    if not name:
        return None
    address = person.email.casefold().strip()
    if address and any(address in one.casefold() for one in (*said.contacts, *said.accounts)):
        return MatchKind.NAMED
    written = [searchable(one).split() for one in said.names]
    if any(_whole(name, words) for words in written):
        return MatchKind.NAMED
    told = [searchable(one).split() for one in said.accounts]
    if any(_run(name, words) for words in told):
        return MatchKind.NAMED
    near = any(_near(name, word) for words in written for word in words)
    near = near or any(_given(name, one) for one in said.accounts)
    near = near or any(_does(person.does, one) for one in said.roles)
    return MatchKind.POSSIBLE if near else None


def _whole(name: Sequence[str], words: Sequence[str]) -> bool:
    """All of a name, in whatever order, among the words of one name as it was written."""
    return len(name) > 1 and set(name) <= set(words)


def _run(name: Sequence[str], words: Sequence[str]) -> bool:
    wide = len(name)
    return wide > 1 and any(
        list(words[at : at + wide]) == list(name) for at in range(len(words) - wide + 1)
    )


def _near(name: Sequence[str], word: str) -> bool:
    """A word of a written name that is one of theirs, a familiar form, or nearly so."""
    forms = {*name, *FAMILIAR.get(name[0], ())}
    return word in forms or any(_slip(word, one) for one in forms)


def _slip(one: str, other: str) -> bool:
    """Whether one word may be the other, mistyped: a letter wrong, missing, too many, or two
    letters changed about."""
    short, long = sorted((len(one), len(other)))
    if short < SHORTEST or long == SHORTEST:
        return False
    return OSA.distance(one, other) <= (2 if short >= LONG else 1)


def _given(name: Sequence[str], account: str) -> bool:
    """A name in running text: written as one, with a capital, whole or a slip of the surname."""
    surname = name[-1]
    forms = {name[0], surname, *FAMILIAR.get(name[0], ())}
    for raw in account.split():
        shown = raw.strip(".,;:!?()[]\"'“”‘’")
        if not shown[:1].isupper():
            continue
        for word in searchable(shown).split():
            if word in forms or (len(name) > 1 and _slip(word, surname)):
                return True
    return False


def _does(does: Iterable[str], role: str) -> bool:
    words = set(searchable(role).split())
    return any(set(searchable(one).split()) <= words for one in does if one.strip())

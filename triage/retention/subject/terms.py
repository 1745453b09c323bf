"""What somebody is known by, and whether a text speaks of them. Pure.

It finds forms, as people write them: an address, a number in any spelling, a handle with its @,
and a name whose words stand together. A name by itself is a ground to look, no proof.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from triage.core.errors import Invalid
from triage.core.text import searchable
from triage.letters.leaks import ALIKE, Protected
from triage.retention.subject.rules import Why
from triage.senders.canonical import recognise
from triage.senders.rules import Identifier, IdentityKind

MOST = 40
"""Things that one person is searched by."""
LONGEST = 200
_ADDRESS = re.compile(r"[\w.+'*-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\+?\(?\d[\d\s().\-/\u2010-\u2015\u00a0]{5,40}")
_HANDLE = re.compile(r"(?<![\w.@/])@([\w.-]{2,60})")
_PIECES = re.compile(r"(?<=[.!?])\s+|\n+")
_BY: dict[IdentityKind, Why] = {
    IdentityKind.EMAIL: Why.ADDRESS,
    IdentityKind.PHONE: Why.PHONE,
    IdentityKind.HANDLE: Why.HANDLE,
    IdentityKind.ACCOUNT: Why.HANDLE,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """By what one person is looked for."""

    identifiers: tuple[Identifier, ...] = ()
    names: tuple[str, ...] = ()

    def of(self, kind: IdentityKind) -> frozenset[str]:
        """Their canonical forms of one kind."""
        return frozenset(one.value for one in self.identifiers if one.kind is kind)

    @property
    def own(self) -> Protected:
        """The same as the leak check reads it: what is theirs, and so is not hidden from them."""
        return Protected(
            names=self.names,
            emails=tuple(sorted(self.of(IdentityKind.EMAIL))),
            phones=tuple(sorted(self.of(IdentityKind.PHONE))),
            handles=tuple(sorted(self.of(IdentityKind.HANDLE))),
        )


def read_terms(typed: Iterable[str]) -> Terms:
    """What people typed, a line each: an address, a number, a handle with its @, else a name."""
    identifiers: dict[Identifier, None] = {}
    names: dict[str, None] = {}
    for line in (one.strip() for one in typed):
        if not line:
            continue
        found = recognise(line)
        if found is not None:
            identifiers[found] = None
        else:
            names[line] = None
    return Terms(tuple(identifiers), tuple(names))


def check_terms(typed: Iterable[str]) -> tuple[str, ...]:
    """Those lines that say something; ``Invalid`` where one is nothing to search by."""
    lines = tuple(dict.fromkeys(one.strip() for one in typed if one.strip()))
    if len(lines) > MOST:
        raise Invalid(f"At most {MOST} things to search by.", field="terms")
    for one in lines:
        if len(one) > LONGEST:
            raise Invalid(f"At most {LONGEST} characters each.", field="terms")
        if len(searchable(one)) < 3:
            raise Invalid("Each needs three letters or digits at least.", field="terms")
    return lines


def why_in(text: str, terms: Terms) -> frozenset[Why]:
    """By what a text speaks of somebody; empty where it does not."""
    found: set[Why] = set()
    if addresses := terms.of(IdentityKind.EMAIL):
        there = {one.casefold().strip(".'*") for one in _ADDRESS.findall(text)}
        if addresses & there:
            found.add(Why.ADDRESS)
    numbers = {_digits(one)[-ALIKE:] for one in terms.of(IdentityKind.PHONE)}
    if numbers and any(_holds(run, numbers) for run in _NUMBER.findall(text)):
        found.add(Why.PHONE)
    handles = terms.of(IdentityKind.HANDLE)
    if handles and handles & {one.casefold().rstrip(".-") for one in _HANDLE.findall(text)}:
        found.add(Why.HANDLE)
    if terms.names:
        plain = f" {searchable(text)} "
        if any(f" {form} " in plain for name in terms.names for form in _forms(name)):
            found.add(Why.NAME)
    return frozenset(found)


def is_called(name: str, terms: Terms) -> bool:
    """Whether a name is one of theirs, in either order of its words."""
    plain = searchable(name)
    return bool(plain) and any(plain in _forms(one) for one in terms.names)


def extracts(text: str, terms: Terms) -> tuple[str, ...]:
    """The sentences of a text in which somebody is spoken of, and no other."""
    return tuple(one.strip() for one in _PIECES.split(text) if one.strip() and why_in(one, terms))


def by(identifier: Identifier) -> Why:
    """Which kind of finding an identifier makes."""
    return _BY[identifier.kind]


def _forms(name: str) -> frozenset[str]:
    words = searchable(name).split()
    if not words:
        return frozenset()
    return frozenset({" ".join(words), " ".join((words[-1], *words[:-1]))})


def _digits(text: str) -> str:
    return "".join(one for one in text if one.isdigit())


def _holds(run: str, numbers: set[str]) -> bool:
    digits = _digits(run)
    return any(one in digits for one in numbers)

"""Hiding other people in what somebody is given, and looking for what is left. Pure.

What is hidden is found by the leak check of letters, which is the gate as well: nothing goes out
in which it still finds somebody. It finds forms, not allusions: people read all of it too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from triage.letters.leaks import Finding, Leak, Protected, find
from triage.retention.subject.terms import Terms, why_in

HIDDEN = "[hidden]"
"""In the place of what is not given out. It says nothing of what stood there."""
ROUNDS = 4
"""How often a text is looked through: what is hidden may bring other words together."""
_ADDRESS = re.compile(r"[\w.+'*-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w])\+?\(?\d[\d\s().\-/]{7,30}\d")
_HANDLE = re.compile(r"(?<![\w.@/])@[\w.-]{2,60}")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b")
_CALLED = re.compile(r"(?m)^\s*[>\s]*(?:From|To|Cc|Von|De)\s*:\s*\"?([^<\n\"@]{2,60}?)\"?\s*<")
_BARE = re.compile(r"|\d{4}-\d\d(?:-\d\d)?|\d+(?:\.\d)? (?:bytes?|kB|MB)")
"""Nothing, a day, a size: nobody is in it, and it need not be looked through."""
_PARTS = ("names", "emails", "handles", "phones", "relations", "sources")


@dataclass(frozen=True, slots=True)
class Hidden:
    """A text as it is given out, and how much of it is not."""

    text: str
    places: int


def hide(text: str, others: Protected, own: Terms, *, strangers: bool) -> Hidden:
    """The text without other people. ``strangers``: addresses, numbers and handles of whoever
    it may be go too; in somebody's own words they may be their own, and stay."""
    places = 0
    for _ in range(ROUNDS):
        wide = _spans(text, others, own, widely=True)  # a person may put a plain word back
        spans = _joined([*wide, *(_strange(text, own) if strangers else ())])
        if not spans:
            break
        places += len(spans)
        for start, end in reversed(spans):
            text = text[:start] + HIDDEN + text[end:]
    return Hidden(text, places)


def left(text: str, others: Protected, own: Terms) -> tuple[Finding, ...]:
    """Where a text still tells of somebody else: the gate."""
    kept = set(_spans(text, others, own))
    if not kept:
        return ()
    return tuple(one for one in find(text, others) if (one.start, one.end) in kept)


def together(*given: Protected) -> Protected:
    """All of them as one."""
    return Protected(
        **{name: tuple(dict.fromkeys(x for one in given for x in getattr(one, name)))
           for name in _PARTS}
    )  # fmt: skip


def without(others: Protected, own: Terms, *, said: Iterable[str] = ()) -> Protected:
    """Others, without what is the person's own: their names and addresses, and their own words."""
    theirs = own.own
    mine = {one.strip() for one in said}
    return replace(
        others,
        names=_but(others.names, theirs.names),
        emails=_but(others.emails, theirs.emails),
        handles=_but(others.handles, theirs.handles),
        phones=tuple(one for one in others.phones if not why_in(one, own)),
        sources=tuple(one for one in others.sources if one.strip() not in mine),
    )


def called_in(text: str) -> tuple[str, ...]:
    """Names that stand before an address in a quoted mail's head."""
    return tuple(dict.fromkeys(one.strip() for one in _CALLED.findall(text)))


def _spans(
    text: str, others: Protected, own: Terms, *, widely: bool = False
) -> list[tuple[int, int]]:
    """Where others are, but for what lies within the person's own whole name or address."""
    if others.empty or _BARE.fullmatch(text):
        return []
    theirs = _own(text, own)
    return [
        (one.start, one.end)
        for one in find(text, others, widely=widely)
        if one.leak is Leak.QUOTE
        or not any(start <= one.start and one.end <= end for start, end in theirs)
    ]


def _own(text: str, own: Terms) -> list[tuple[int, int]]:
    mine = own.own
    if mine.empty:
        return []
    found = find(text, replace(mine, names=()))
    spans = [(one.start, one.end) for one in found if one.leak in {Leak.CONTACT, Leak.PHONE}]
    for name in mine.names:
        words = [re.escape(one) for one in name.split()]
        if len(words) > 1:
            whole = re.compile(r"(?<!\w)" + r"[\s,]+".join(words) + r"(?!\w)", re.IGNORECASE)
            spans += [one.span() for one in whole.finditer(text)]
    return spans


def _strange(text: str, own: Terms) -> Iterable[tuple[int, int]]:
    for pattern in (_ADDRESS, _NUMBER, _HANDLE, _POSTCODE):
        for one in pattern.finditer(text):
            if not why_in(one[0], own):
                yield one.span()


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined


def _but(given: tuple[str, ...], mine: tuple[str, ...]) -> tuple[str, ...]:
    plain = {one.casefold().strip() for one in mine}
    return tuple(one for one in given if one.casefold().strip() not in plain)

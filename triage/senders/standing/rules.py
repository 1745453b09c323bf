"""What may be in force for a sender, and when it is. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Measure(StrEnum):
    """What a restriction, or a letter, gives a sender."""

    CEASE_CONTACT = "cease_contact"
    SERVICE_BLOCK = "service_block"
    CHANNEL_BLOCK = "channel_block"
    EVENT_EXCLUSION = "event_exclusion"
    ASKED_TO_CEASE = "asked_to_cease"
    """They were told to stop (P-ACT-1). It restricts nothing."""


@dataclass(frozen=True, slots=True)
class Term:
    """One measure from one source, and its dates."""

    measure: Measure
    since: datetime
    until: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in force for one sender. It names no case, no reason and nobody."""

    kinds: frozenset[Measure] = frozenset()
    cease_contact_since: datetime | None = None
    until: datetime | None = None
    """When cease contact ends by itself; ``None`` where it has no end, or is not in force."""
    asked_to_cease_at: datetime | None = None

    @property
    def cease_contact(self) -> bool:
        """Whether we do not write to them."""
        return Measure.CEASE_CONTACT in self.kinds


NOTHING = Standing()
"""Nothing is in force: the standing of almost everybody."""


def in_force(term: Term, at: datetime) -> bool:
    """Whether a measure holds at a moment: by its dates alone, job or no job (lifecycles.md,
    rule 8). It does not at the very second it ends."""
    ends = [one for one in (term.until, term.ended_at) if one is not None]
    return term.since <= at and all(at < one for one in ends)


def standing_at(terms: Iterable[Term], at: datetime) -> Standing:
    """All that holds at a moment, as one. Of several of a kind the first start and the last end
    count: that is for how long it holds without a gap we would have to explain."""
    held = [one for one in terms if in_force(one, at)]
    if not held:
        return NOTHING
    ceased = [one for one in held if one.measure is Measure.CEASE_CONTACT]
    ends = [one.until for one in ceased if one.until is not None]
    asked = [one.since for one in held if one.measure is Measure.ASKED_TO_CEASE]
    return Standing(
        kinds=frozenset(one.measure for one in held),
        cease_contact_since=min((one.since for one in ceased), default=None),
        until=max(ends) if ends and len(ends) == len(ceased) else None,
        asked_to_cease_at=min(asked, default=None),
    )


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two ends, of which ``None`` is no end."""
    return None if one is None or other is None else max(one, other)

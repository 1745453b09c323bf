"""Who is alerted next, and when: from the people, the steps so far and the time alone. Pure.

One round goes through everybody on duty, then through the fallbacks, one person a step. After a
round it begins anew, at a slower pace, until somebody has it. Whoever comes on duty after the
fallback was alerted begins a new round at once. However long nothing ran, one step is due, never
several: the one that is due now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEAST_THREAT = 0.3
"""A high band counts as threatening from here on: below every threshold for threats that a model
of ours has had, so that none which is shown as a threat is passed over."""


class Why(StrEnum):
    """What raised an alarm."""

    THREAT = "threat"
    WELFARE = "welfare"
    QUARANTINED = "quarantined"
    """Mail that could not be read, of somebody who has written before."""
    BY_HAND = "by_hand"
    CONCERN = "concern"
    """Marked as of particular concern: a second person is to look."""
    SECOND_LOOK = "second_look"
    """Somebody had it and asked another person to look."""
    NOBODY_LEFT = "nobody_left"
    """Everybody who reviews was sent it, or is who it says wrote it: one from outside must look."""
    REPORT = "report"
    """An incident report waits for somebody to take it, or for somebody in another's place."""


class How(StrEnum):
    """How an alarm ended."""

    LINK = "link"
    DESK = "desk"
    OPENED = "opened"
    """Somebody has taken the message itself."""
    OVER = "over"
    """The message waits no more."""
    FORGOTTEN = "forgotten"
    """Somebody said that they have it, and did not open it: it alerts again."""


class Reach(StrEnum):
    """In which part a person is alerted."""

    ON_DUTY = "on_duty"
    FALLBACK = "fallback"
    NOBODY = "nobody"
    """There was nobody to alert."""


ANOTHER = frozenset({Why.CONCERN, Why.SECOND_LOOK})
"""Nobody can answer their own question: these alert another person, or nobody."""
SAID = frozenset({How.LINK, How.DESK})
"""Somebody has said so, and the message itself was not opened yet."""
PATIENCE = 2
"""Turns (of ``Pace.each``) in which whoever said that they have it opens the message."""

GRAVEST = ("urgent", "event", "welfare", "report", "ordinary")
"""Lanes, gravest first."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Somebody on duty, and since when without a break."""

    person_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class People:
    """Who could be alerted at this moment, in order, and who must not be."""

    on_duty: tuple[Ready, ...] = ()
    fallbacks: tuple[str, ...] = ()
    barred: frozenset[str] = frozenset()

    def here(self) -> list[Ready]:
        """Those on duty who may know of it."""
        return [one for one in self.on_duty if one.person_id not in self.barred]

    def behind(self) -> list[str]:
        """The fallbacks who may know of it."""
        return [one for one in self.fallbacks if one not in self.barred]


AHEAD = timedelta(minutes=5)
"""A step that lies further ahead than this was taken by a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was taken."""

    at: datetime
    person_id: str | None
    reach: Reach
    round: int
    lost: bool = False
    """It reaches nobody: every mail of it has failed, or the account is closed."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one person has, and how long until a round begins anew."""

    each: timedelta
    again: timedelta


@dataclass(frozen=True, slots=True)
class Due:
    """The one step that is due now."""

    person_id: str | None
    reach: Reach
    round: int
    since: datetime
    """From when on it was due: earlier than now where nothing ran for a while."""


def due(
    raised_at: datetime, steps: Sequence[Step], people: People, pace: Pace, now: datetime
) -> Due | None:
    """The step that is due now, or ``None``. Never more than one, and never to who is barred."""
    if not steps:
        found, since = _next((), people, 1), min(raised_at, now)
    elif steps[-1].reach is Reach.NOBODY:
        found, since = _next(steps, people, steps[-1].round + 1), steps[-1].at
        if found is None:  # said already
            return None
    else:
        found, since = _following(steps, people, pace)
    if steps and steps[-1].at > now + AHEAD:
        since = now  # a wrong clock took the last step: nobody waits until the right one is there
    if since > now:
        return None
    number = steps[-1].round + 1 if steps else 1
    if found is None:
        return Due(None, Reach.NOBODY, number, since)
    return Due(*found, since)


_Found = tuple[str, Reach, int]


def _following(steps: Sequence[Step], people: People, pace: Pace) -> tuple[_Found | None, datetime]:
    """Who comes after somebody, and from when on: at once where that one is not reached."""
    last = steps[-1]
    missed = last.lost or last.person_id in people.barred
    new = _fresh(steps, people)
    if new and last.reach is Reach.FALLBACK:
        found = (new[0].person_id, Reach.ON_DUTY, last.round + 1)
        return found, max(last.at, new[0].since)
    this = _next(steps, people, last.round)
    if this is not None:
        return this, last.at if missed else last.at + pace.each
    again = _next(steps, people, last.round + 1)
    if again is None and missed:
        return None, last.at
    return again, last.at + pace.again


def _next(steps: Sequence[Step], people: People, number: int) -> _Found | None:
    """The first who was not alerted in a round: fresh on duty, on duty, fallback."""
    had = {one.person_id for one in steps if one.round == number}
    behind = any(one.round == number and one.reach is Reach.FALLBACK for one in steps)
    here = () if behind else people.here()
    for ready in (*_fresh(steps, people), *here):
        if ready.person_id not in had:
            return ready.person_id, Reach.ON_DUTY, number
    for person_id in people.behind():
        if person_id not in had:
            return person_id, Reach.FALLBACK, number
    return None


def _fresh(steps: Sequence[Step], people: People) -> list[Ready]:
    """Those on duty whom nobody has alerted since their turn began."""
    told = [(one.person_id, one.at) for one in steps]
    return [
        ready
        for ready in people.here()
        if not any(who == ready.person_id and at >= ready.since for who, at in told)
    ]


def graver(one: str, other: str) -> str:
    """The graver of two lanes."""
    return min(one, other, key=GRAVEST.index)

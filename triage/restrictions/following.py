"""What comes next on a restriction once somebody has said yes, and for which places. Pure.

It says no more than what the commands ask: the person is written to first where a place stops our
mail, a place is put in and then looked at, what one person did alone is confirmed or lapses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from triage.restrictions import rules
from triage.restrictions.rules import State, TargetState


class Next(StrEnum):
    """An act that is to come, or what is waited for."""

    YES = "yes"
    """Somebody who decides says yes or no."""
    ANOTHER_YES = "another_yes"
    CONFIRM = "confirm"
    """What one person did alone is confirmed, or lapses."""
    WRITE = "write"
    """The person is told that it holds."""
    SEND = "send"
    """The letter is begun, and has not gone."""
    PUT_IN = "put_in"
    MEND = "mend"
    """It did not work in a place, or does not hold there."""
    LOOK = "look"
    """Somebody looks that it holds."""
    TAKE_OUT = "take_out"
    APPEAL = "appeal"
    REVIEW = "review"
    COMPARE = "compare"
    """Later lists of a place are compared with what was decided."""
    WAIT = "wait"
    """Nothing, until it is looked at again."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing to come, and in which services or channels; of a letter, which wait for it."""

    act: Next
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What the next act hangs on."""

    state: State
    in_force: bool
    approvals: int
    places: tuple[tuple[str, TargetState], ...]
    told: bool
    """A notice of it has gone, or was copied out and sent."""
    begun: bool
    """A notice of it is written, and has not gone."""
    withheld: bool
    """A decider, or who acts alone, has said why no letter goes first."""
    has_sender: bool


PLACES = (
    (Next.PUT_IN, TargetState.REQUESTED),
    (Next.MEND, TargetState.FAILED),
    (Next.LOOK, TargetState.APPLIED),
)


def following(one: Standing) -> tuple[Coming, ...]:
    """What is to come, the first of it first; empty where it is over and nothing is left."""
    if one.state is State.PROPOSED:
        return (Coming(Next.ANOTHER_YES if one.approvals else Next.YES),)
    if not one.in_force:
        out = _in(one.places, TargetState.REMOVAL_REQUESTED)
        return (Coming(Next.TAKE_OUT, out),) if out else ()
    found = []
    if one.state in rules.TO_RATIFY:
        found.append(Coming(Next.CONFIRM))
    if one.state is State.APPEALED:
        found.append(Coming(Next.APPEAL))
    if one.state is State.DUE_REVIEW:
        found.append(Coming(Next.REVIEW))
    found += _letter(one)
    found += [Coming(act, there) for act, state in PLACES if (there := _in(one.places, state))]
    if not found:
        found.append(Coming(Next.WAIT))
    held = _in(one.places, TargetState.VERIFIED)
    return (*found, Coming(Next.COMPARE, held)) if held else tuple(found)


def _letter(one: Standing) -> list[Coming]:
    """The person is told; where a place stops our mail, before it is put in there."""
    if one.told or one.withheld:
        return []
    asked = _in(one.places, TargetState.REQUESTED)
    wait = tuple(target for target in asked if one.has_sender and target in rules.STOPS_OUR_MAIL)
    return [Coming(Next.SEND if one.begun else Next.WRITE, wait)]


def _in(places: Sequence[tuple[str, TargetState]], state: TargetState) -> tuple[str, ...]:
    return tuple(target for target, there in places if there is state)

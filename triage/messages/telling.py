"""What somebody is told of a message that was sent to them: where it stands, in the end the result.

Pure. No word of who looked at it, what they wrote, what the model thinks or why it is in the
queue. A blind item reads like any other, and a result is told once it can no longer be undone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from triage.messages import rules
from triage.messages.rules import Standing, State


class OwnAct(StrEnum):
    """What a recipient did about their own message, or what was done towards them."""

    ENTERED = "entered"
    """They entered it by hand themselves."""
    FLAGGED = "flagged"
    ALARM = "alarm"
    CALLED_999 = "called_999"
    SEEN = "seen"
    """For themselves, this is dealt with."""
    MASKED = "masked"
    FULL = "full"
    SELF_REVIEW = "self_review"
    TOLD = "told"
    """They got the note that it has been dealt with."""


class Told(StrEnum):
    """Where it stands, as a recipient is told."""

    KEPT = "kept"
    """They entered it, and nobody but the model or chance has said that people should look."""
    WAITING = "waiting"
    LOOKED_AT = "looked_at"
    DEALT_WITH = "dealt_with"


class Result(StrEnum):
    """What came of it."""

    NO_ACTION = "no_action"
    NOTED = "noted"
    PASSED_ON = "passed_on"
    DONE = "done"


RESULTS = {
    State.NO_ACTION: Result.NO_ACTION,
    State.NOTED: Result.NOTED,
    State.ROUTED: Result.PASSED_ON,
}
"""Closed states whose name may be told. Welfare tasks and cases are other people's matters."""


@dataclass(frozen=True, slots=True)
class Known:
    """What of a message decides what its recipient is told."""

    standing: Standing
    decided_at: datetime | None
    suspected: bool
    """Whether the model raised it, or could not read it: the form said so when it was entered."""
    entered: bool
    """By this very recipient."""
    by_hand: bool
    """Whether any person flagged it."""


def told(known: Known, now: datetime, undo_time: timedelta) -> Told:
    """Where it stands. What waits by chance alone is not told from what does not wait."""
    state = known.standing.state
    closed = state in rules.TERMINAL
    if closed and known.decided_at is not None and known.decided_at + undo_time <= now:
        return Told.DEALT_WITH
    if known.entered and not known.suspected and not known.by_hand:
        return Told.KEPT
    if state in {State.QUEUED, State.SECOND_LOOK}:
        return Told.WAITING
    if state is State.CLAIMED and not rules.claim_holds(known.standing, now):
        return Told.WAITING
    return Told.LOOKED_AT


def result(state: State) -> Result:
    """What a closed state is told as."""
    return RESULTS.get(state, Result.DONE)

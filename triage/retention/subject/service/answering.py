"""Looked through, looked at by a second person, and sent: nobody gives anything out alone."""

from datetime import date

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid
from triage.core.text import needed, storable
from triage.retention.subject import rules
from triage.retention.subject.queries.composing import Answer, answer
from triage.retention.subject.queries.reading import items_of
from triage.retention.subject.rules import Decision, Edge, How, Kind, Outcome, State
from triage.retention.subject.service.stepping import day_of, load, step
from triage.retention.subject.tables import SubjectDisclosure, SubjectItem, SubjectRequest

CHANGED = "This has changed since you looked at it: look at it again."


def review(tx: Tx, *, request_id: str, version: int) -> None:
    """Each item was decided by itself: a second person looks at all of it next."""
    request = load(tx, request_id, version)
    if any(one.decision is None for one in items_of(tx.session, tx.actor, request_id)):
        raise Conflict("Decide each item first.")
    request.reviewed_by = tx.actor.person_id
    request.seen_hash, request.overridden = None, False
    step(tx, request, Edge.REVIEW)


def second_agrees(
    tx: Tx, *, request_id: str, version: int, digest: str, override: str = ""
) -> None:
    """Another person has seen all of it, as it will go. Where it still tells of somebody else,
    it goes only if they say why (``override``)."""
    request = load(tx, request_id, version, Action.SECOND_ANSWER)
    rules.check_second({request.reviewed_by or "", *_deciders(tx, request)}, tx.actor.person_id)
    shown = answer(tx, request)
    check_same(shown, digest)
    said = ""
    if shown.leaks:
        said = needed(
            storable(override), field="override",
            ask="It still tells of somebody else: give it back, or say why it goes all the same.",
        )  # fmt: skip
    request.seen_hash, request.overridden = hash_of(tx, shown), bool(said)
    step(tx, request, Edge.SECOND_AGREES, reason=said, overridden=bool(said))


def second_returns(tx: Tx, *, request_id: str, version: int, reason: str) -> None:
    """The second person gives it back, with what is to be changed."""
    request = load(tx, request_id, version, Action.SECOND_ANSWER)
    rules.check_second({request.reviewed_by or ""}, tx.actor.person_id)
    said = needed(storable(reason), field="reason", ask="Say what is to be changed.")
    step(tx, request, Edge.SECOND_RETURNS, reason=said)


def check_may_go(tx: Tx, request: SubjectRequest, shown: Answer) -> None:
    """``Conflict`` unless this is what a second person saw, and it tells of nobody else, or they
    let it go all the same."""
    if State(request.state) is not State.READY or Kind(request.kind) is not Kind.ACCESS:
        raise Conflict("Nothing is given out before a second person has looked at it.")
    if request.seen_hash != hash_of(tx, shown):
        raise Conflict(
            "This is not what the second person saw: search again, and ask somebody who may know "
            "of all of it."
        )
    if shown.leaks and not request.overridden:
        raise Conflict("It still tells of somebody else.")


def send(tx: Tx, *, request_id: str, version: int, how: How, on: date, note: str = "") -> None:
    """It was given to them: by what way, and on which day. With it went how to complain of it."""
    request = load(tx, request_id, version)
    kind = Kind(request.kind)
    day_of(tx, on, earliest=request.received_on)
    said = storable(note).strip()
    if kind is Kind.ACCESS:
        made = select(SubjectDisclosure.id).where(
            SubjectDisclosure.request_id == request_id, SubjectDisclosure.at >= request.state_since
        )
        if tx.session.scalar(made.limit(1)) is None:
            raise Conflict("Make the file first: what was sent is known by its hash.")
    if kind is Kind.ERASURE and any(_not_carried_out(one) for one in _mine(tx, request_id)):
        raise Conflict("Carry out first what was decided.")
    if kind is Kind.COMPLAINT:
        said = needed(said, field="note", ask="Write what they were told.")
    request.sent_on, request.sent_how = on, how.value
    step(tx, request, Edge.SEND, reason=said, how=how.value)


def hash_of(tx: Tx, shown: Answer) -> str:
    """What is kept of an answer that somebody saw: whether it is this one, and nothing else."""
    return tx.keys.of("subject answer", shown.digest.encode())


def check_same(shown: Answer, digest: str) -> None:
    """``Conflict`` where it is not what was on the screen, or not all of it was decided."""
    if shown.digest != digest:
        raise Conflict(CHANGED)
    if shown.undecided:
        raise Invalid("Something in it was found since, and is not decided: search again.")


def _deciders(tx: Tx, request: SubjectRequest) -> set[str]:
    """Whoever decided an item that the actor sees: they are no second person for it."""
    return {one.decided_by for one in _mine(tx, request.id) if one.decided_by is not None}


def _mine(tx: Tx, request_id: str) -> tuple[SubjectItem, ...]:
    return items_of(tx.session, tx.actor, request_id)


def _not_carried_out(item: SubjectItem) -> bool:
    return item.decision == Decision.ERASE.value and item.outcome not in {
        one.value for one in Outcome
    }

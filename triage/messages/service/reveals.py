"""Uncovering a message, step by step; each step is on the record (F14)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from triage.classifier.assessment import Band
from triage.conduct.kinds import Severity
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotFound
from triage.messages import rules
from triage.messages.queries.evidence import BEFORE_PEOPLE
from triage.messages.queries.queue import may_open
from triage.messages.rules import State, Step
from triage.messages.service.stepping import load, standing
from triage.messages.tables import Message, MessageChild, MessageReveal


def reveal(tx: Tx, *, message_id: str, step: Step, reason: str = "") -> None:
    """Uncover a message for the actor. Who holds it gives no reason; anybody else does."""
    tx.allow(Action.REVIEW)
    message = load(tx, message_id)
    if not may_open(tx.session, viewer=tx.actor, now=tx.now, message=message):
        raise NotFound(rules.NO_SUCH_MESSAGE)
    now_stands = standing(tx, message)
    holds = now_stands.state is State.CLAIMED and message.claimed_by == tx.actor.person_id
    owns = now_stands.welfare_owner == tx.actor.person_id
    if not (holds or owns):
        if now_stands.state in rules.WAITING:
            raise Invalid("Open the message first: somebody must hold it while it is read.")
        if not reason.strip():
            raise Invalid("Say why you need to read it again.", field="reason")
    seen = select(MessageReveal.id).where(
        MessageReveal.message_id == message_id,
        MessageReveal.person_id == tx.actor.person_id,
        MessageReveal.step == step.value,
        MessageReveal.at >= message.state_since,
    )
    if tx.session.scalar(seen.limit(1)) is not None:
        return  # a second press in the same claim shows nothing new
    severe = Band.HIGH.value == message.band or message.severity == Severity.HIGH.value
    tx.session.add(
        MessageReveal(
            message_id=message_id,
            person_id=tx.actor.person_id,
            step=step.value,
            severe=severe,
            at=max(tx.now, message.state_since),  # in this claim, whatever the clock says
        )
    )
    tx.record("reveal", message_id, step=step.value, held=holds or owns)


def reveal_as_evidence(tx: Tx, *, message_id: str, child_id: str) -> None:
    """Uncover a message in full for somebody who decides on what grew out of it.

    The room of the child has checked that they have a part there; the message is looked at as the
    ground that it is, whoever holds it, and so no reason is asked.
    """
    message = load(tx, message_id)
    grown = select(MessageChild.id).where(
        MessageChild.message_id == message_id, MessageChild.child_id == child_id
    )
    if tx.session.scalar(grown) is None:
        raise NotFound(rules.NO_SUCH_MESSAGE)
    _uncover_once(tx, message, child=child_id)


def _uncover_once(tx: Tx, message: Message, *, child: str | None = None) -> None:
    """In full, for the actor: as the ground of a ``child``, or to act on it; once."""
    seen = select(MessageReveal.id).where(
        MessageReveal.message_id == message.id,
        MessageReveal.person_id == tx.actor.person_id,
        MessageReveal.step == Step.FULL.value,
    )
    if tx.session.scalar(seen.limit(1)) is not None:
        return
    severe = Band.HIGH.value == message.band or message.severity == Severity.HIGH.value
    tx.session.add(
        MessageReveal(
            message_id=message.id,
            person_id=tx.actor.person_id,
            step=Step.FULL.value,
            severe=severe,
            at=tx.now,
        )
    )
    why: dict[str, Any] = {"to_act": True} if child is None else {"child": child}
    tx.record("reveal", message.id, step=Step.FULL.value, held=False, **why)


def reveal_to_act(tx: Tx, *, message_id: str) -> None:
    """Uncover a message in full for who must act on it and does not review: in an emergency, or
    where something was done already. Nobody acts on hearsay, and that they read it is on the
    record."""
    tx.allow(Action.BEGIN_RESTRICTION)
    message = load(tx, message_id)
    if State(message.state) in BEFORE_PEOPLE:
        raise NotFound(rules.NO_SUCH_MESSAGE)
    _uncover_once(tx, message)


def check_evidence_seen(tx: Tx, message_ids: Iterable[str]) -> None:
    """Nobody decides on what they have not read: each of these was uncovered in full by them.

    What was erased since, nobody can read any more; that stands in the way of no decision.
    """
    wanted = select(Message.id).where(Message.id.in_(sorted(set(message_ids))))
    message_ids = tx.session.scalars(wanted).all()
    seen = select(MessageReveal.message_id).where(
        MessageReveal.person_id == tx.actor.person_id, MessageReveal.step == Step.FULL.value
    )
    if set(message_ids) - set(tx.session.scalars(seen)):
        raise Invalid("Open the evidence before you decide.", field="evidence")

"""What a reviewer does with a message: take it, put it back, ask another, decide, undo."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from triage.alarms.rules import Why
from triage.alarms.service import raising as alarms
from triage.conduct.kinds import Disposition, RoutedTo, Severity
from triage.core.access import Action, Actor
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid
from triage.messages import rules
from triage.messages.placing import Rank
from triage.messages.rules import Edge, Lane, State
from triage.messages.service.stepping import (
    child_since,
    done_before,
    has_uncovered,
    held,
    hold,
    holder_of,
    last_transition,
    load,
    open_welfare,
    put_first,
    settle_expired,
    standing,
    step,
    what_happened,
)
from triage.messages.tables import Message, MessageSkip, WelfareTask


def open_message(tx: Tx, *, message_id: str) -> int:
    """Take a waiting message, or go on with one's own; its version.

    Nobody reviews what another holds, what was sent to themselves (they are excluded), or
    what they asked a second look at.
    """
    tx.allow(Action.REVIEW)
    message = load(tx, message_id)
    settle_expired(tx, message)
    now_stands = standing(tx, message)
    if now_stands.state is State.CLAIMED and message.claimed_by == tx.actor.person_id:
        hold(tx, message)
        alarms.seen(tx, matter_id=message_id)
    else:
        rules.check_claim(now_stands, tx.actor.person_id, tx.now, holder_of(tx, message))
        if now_stands.state not in rules.WAITING:
            raise Conflict(what_happened(tx, message))
        step(tx, message, Edge.CLAIM, State.CLAIMED)
        hold(tx, message)
    tx.session.flush()
    return message.version


def release(tx: Tx, *, message_id: str, version: int, sitting: str | None = None) -> None:
    """Put a message back; no reason is asked. With a ``sitting``, skip it for that long."""
    message = held(tx, message_id, version)
    step(tx, message, Edge.RELEASE, rules.after_release(standing(tx, message)))
    if sitting is not None:
        seen = select(MessageSkip.id).where(
            MessageSkip.sitting == sitting, MessageSkip.message_id == message_id
        )
        if tx.session.scalar(seen) is None:
            tx.session.add(
                MessageSkip(
                    sitting=sitting,
                    message_id=message_id,
                    person_id=tx.actor.person_id,
                    at=tx.now,
                )
            )


def ask_second_look(
    tx: Tx,
    *,
    message_id: str,
    version: int,
    note: str,
    labels: Iterable[Disposition] = (),
    severity: Severity | None = None,
    particular_concern: bool = False,
    token: str | None = None,
) -> None:
    """Ask another person. Of particular concern: urgent, and marked until it is resolved."""
    if done_before(tx, token):
        return
    message = held(tx, message_id, version)
    if not note.strip():
        raise Invalid("Say in a few words what the other person should look at.", field="note")
    rules.check_shown(standing(tx, message), tx.now)
    if particular_concern and not message.particular_concern:
        message.particular_concern = True
        message.concern_by, message.concern_at = tx.actor.person_id, tx.now
        tx.record("concern_marked", message_id)
    if message.particular_concern:
        put_first(message, Rank.CONCERN)
    message.second_look_by = tx.actor.person_id
    step(
        tx,
        message,
        Edge.ASK_SECOND_LOOK,
        State.SECOND_LOOK,
        reason=note,
        token=token,
        labels=_words(labels),
        severity=severity,
        concern=message.particular_concern,
    )
    if message.particular_concern:
        alarms.raise_alarm(
            tx,
            matter_id=message_id,
            lane=Lane.URGENT.value,
            why=Why.CONCERN,
            apart_from=tx.actor.person_id,
        )


def decide(
    tx: Tx,
    *,
    message_id: str,
    version: int,
    labels: Iterable[Disposition],
    severity: Severity | None,
    note: str = "",
    token: str | None = None,
) -> None:
    """Record what a message is (P-MSG-2), by a named person alone (P-MSG-3).

    None of the four: no action. Any: noted, with a severity, and counted in the history.
    """
    if done_before(tx, token):
        return
    message = held(tx, message_id, version)
    now_stands = standing(tx, message)
    chosen = frozenset(labels)
    rules.check_shown(now_stands, tx.now)
    rules.check_closing(now_stands)
    rules.check_ours(now_stands)
    if chosen and severity is None:
        raise Invalid("Choose how severe it is.", field="severity")
    rules.check_seen(has_uncovered(tx, message))
    message.decided_by, message.decided_at = tx.actor.person_id, tx.now
    to = rules.decided_state(chosen)
    say_what_it_is(tx, message, Edge.DECIDE, to, chosen, severity, reason=note, token=token)


def say_what_it_is(
    tx: Tx,
    message: Message,
    edge: Edge,
    to: State,
    chosen: frozenset[Disposition],
    severity: Severity | None,
    *,
    reason: str,
    token: str | None = None,
) -> None:
    """Move a message on with what it was said to be. Who had asked for a second look stands with
    the step from here on: taken back, it is asked for again."""
    message.dispositions = _words(chosen)
    message.severity = severity.value if chosen and severity is not None else None
    asked, message.second_look_by = message.second_look_by, None
    step(
        tx,
        message,
        edge,
        to,
        reason=reason,
        token=token,
        labels=message.dispositions,
        severity=message.severity,
        second_look_by=asked,
    )


def route(
    tx: Tx,
    *,
    message_id: str,
    version: int,
    to: RoutedTo,
    note: str = "",
    token: str | None = None,
) -> None:
    """Pass on what is no matter of conduct to the process it belongs to (P-RTE-2)."""
    if done_before(tx, token):
        return
    message = held(tx, message_id, version)
    now_stands = standing(tx, message)
    rules.check_shown(now_stands, tx.now)
    rules.check_closing(now_stands)
    if to is not RoutedTo.NOT_OURS:
        rules.check_ours(now_stands)
    rules.check_seen(has_uncovered(tx, message))
    message.decided_by, message.decided_at = tx.actor.person_id, tx.now
    asked, message.second_look_by = message.second_look_by, None
    step(
        tx,
        message,
        Edge.ROUTE,
        State.ROUTED,
        reason=note,
        token=token,
        routed_to=to.value,
        second_look_by=asked,
    )


def reopen(tx: Tx, *, message_id: str, version: int, reason: str, new_evidence: bool) -> None:
    """Take a closed message up again: by somebody else, or on something new."""
    tx.allow(Action.REVIEW)
    message = load(tx, message_id, version=version)
    if not reason.strip():
        raise Invalid("Say why it should be looked at again.", field="reason")
    if message.decided_by == tx.actor.person_id and not new_evidence:
        raise Invalid(
            "You decided this one: reopen it only on something new, or ask a colleague.",
            field="new_evidence",
        )
    take_up_again(tx, message, reason=reason, new_evidence=new_evidence)


def take_up_again(
    tx: Tx, message: Message, *, by: Actor | None = None, reason: str = "", **details: Any
) -> None:
    """What was closed waits for people again, and what it was said to be is said no more."""
    forget_decision(message)
    step(tx, message, Edge.REOPEN, State.QUEUED, by=by, reason=reason, **details)
    message.queued_at = tx.now


def undo(tx: Tx, *, message_id: str) -> None:
    """Take back one's own closing of a message, within ten minutes, nothing else having come."""
    tx.allow(Action.REVIEW)
    message = load(tx, message_id)
    last = last_transition(tx, message_id)
    if (
        last is None
        or last.actor_id != tx.actor.person_id
        or State(message.state) not in rules.TERMINAL
        or last.to_state != message.state
    ):
        raise Conflict(f"This cannot be undone. {what_happened(tx, message)}")
    if child_since(tx, message_id, last.at):
        raise Conflict("Something has been proposed from this since: it can be reopened instead.")
    if tx.now - last.at > tx.settings.undo_time:
        raise Conflict(
            f"Undo ends after {tx.settings.undo_minutes} minutes. Reopen the message instead."
        )
    back = State(last.from_state)
    if back is State.WELFARE_OPEN:
        _reopen_task(tx, message_id)
    kept = message.dispositions, message.severity
    forget_decision(message)
    if back in {State.ACTIONED, State.LINKED_TO_CASE}:  # there, what it is was said before
        message.dispositions, message.severity = kept
    message.second_look_by = last.details.get("second_look_by")
    step(tx, message, Edge.UNDO, back, undone=last.edge)
    if back is State.CLAIMED:
        hold(tx, message)


def forget_decision(message: Message) -> None:
    """Clear what the message is said to be; the transitions keep what was said."""
    message.dispositions = message.severity = None
    message.decided_by = message.decided_at = None


def _reopen_task(tx: Tx, message_id: str) -> None:
    assert open_welfare(tx, message_id) is None
    task = tx.session.scalars(
        select(WelfareTask)
        .where(WelfareTask.message_id == message_id)
        .order_by(WelfareTask.done_at.desc())
    ).first()
    if task is not None:
        task.done_at = task.outcome = task.done_note = None


def _words(labels: Iterable[Disposition]) -> list[str]:
    chosen = frozenset(labels)
    return [label.value for label in Disposition if label in chosen]

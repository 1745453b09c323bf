"""Care for somebody who may be at risk: no breach of conduct, a way of its own beside it."""

from datetime import timedelta

from triage.alarms.service import raising as alarms
from triage.conduct.kinds import WelfareOutcome
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid
from triage.messages import rules
from triage.messages.rules import Edge, State
from triage.messages.service.stepping import held, hold, load, open_welfare, standing, step
from triage.messages.tables import Message, WelfareTask

TARGET = timedelta(hours=1)
"""By when something should be done while the desk is staffed."""


def open_task(tx: Tx, *, message_id: str, version: int) -> None:
    """Take on the welfare of whoever a message is about; the reviewer becomes its owner."""
    _open(tx, held(tx, message_id, version))


def care(tx: Tx, *, message_id: str, version: int, outcome: WelfareOutcome, note: str) -> None:
    """Take it on and say what was done, at once: by who has the message open and did it already.
    Both steps stand on the record, and every rule of each holds."""
    message = held(tx, message_id, version)
    _open(tx, message)
    _close(tx, message, outcome, note)


def _open(tx: Tx, message: Message) -> None:
    message_id = message.id
    rules.check_shown(standing(tx, message), tx.now)
    if open_welfare(tx, message_id) is not None:
        raise Conflict("There is a welfare task for this message already.")
    tx.session.add(
        WelfareTask(
            message_id=message_id,
            owner_id=tx.actor.person_id,
            opened_at=tx.now,
            due_at=tx.now + TARGET,
        )
    )
    step(tx, message, Edge.OPEN_WELFARE, State.WELFARE_OPEN, owner=tx.actor.person_id)


def take_over(tx: Tx, *, message_id: str, version: int) -> None:
    """Become the owner of somebody else's open welfare task: no one waits for who is away."""
    tx.allow(Action.REVIEW)
    message = load(tx, message_id, version=version)
    task = open_welfare(tx, message_id)
    if task is None:
        raise Conflict("There is no open welfare task for this message.")
    tx.record("welfare_taken", message_id, before=task.owner_id, now=tx.actor.person_id)
    task.owner_id = tx.actor.person_id
    message.state_since = tx.now
    alarms.seen(tx, matter_id=message_id)


def resume(tx: Tx, *, message_id: str, version: int) -> None:
    """Go on to the conduct side; the welfare task stays open with its owner."""
    message = _owned(tx, message_id, version)
    rules.check_second_person(standing(tx, message), tx.actor.person_id)
    step(tx, message, Edge.RESUME, State.CLAIMED)
    hold(tx, message)


def finish(tx: Tx, *, message_id: str, version: int, outcome: WelfareOutcome, note: str) -> None:
    """Say what was done and close the task; the message closes too if nothing else is open."""
    _close(tx, _owned(tx, message_id, version), outcome, note)


def _close(tx: Tx, message: Message, outcome: WelfareOutcome, note: str) -> None:
    message_id = message.id
    if outcome is WelfareOutcome.NOT_AT_RISK and not note.strip():
        raise Invalid("Say why you judge that nobody is at risk.", field="note")
    task = open_welfare(tx, message_id)
    assert task is not None  # who calls has seen it, or opened it
    task.done_at, task.outcome = tx.now, outcome.value
    task.done_note = tx.seal(message_id, "welfare_tasks", "done_note", task.id, note.strip())
    if State(message.state) is State.WELFARE_OPEN:
        rules.check_second_person(standing(tx, message), tx.actor.person_id)
        rules.check_closing(standing(tx, message))
        message.decided_by, message.decided_at = tx.actor.person_id, tx.now
        asked, message.second_look_by = message.second_look_by, None
        step(
            tx,
            message,
            Edge.CLOSE_WELFARE,
            State.WELFARE_DONE,
            outcome=outcome.value,
            second_look_by=asked,
        )
    else:
        message.state_since = tx.now
        tx.record("welfare_done", message_id, outcome=outcome.value)


def _owned(tx: Tx, message_id: str, version: int) -> Message:
    tx.allow(Action.REVIEW)
    message = load(tx, message_id, version=version)
    task = open_welfare(tx, message_id)
    if task is None or task.owner_id != tx.actor.person_id:
        raise Conflict("You do not own a welfare task for this message.")
    return message

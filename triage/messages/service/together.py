"""Several messages decided in one act: each its own step, its own event, its own undo.

They are of one sender, or say nearly the same (campaigns.py). Each was taken and uncovered by
whoever decides: nothing is decided unseen, however alike it is, for one word may be the threat.
Nothing grave is decided so: not what asks to be looked at alone, no high severity, and no way
out but spam. What was decided together is not written down: somebody may know of one of them and
not of another.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from triage.conduct.kinds import Disposition, RoutedTo, Severity
from triage.core.access import Action, Actor
from triage.core.commands import Runner, Tx
from triage.core.errors import Invalid, TriageError
from triage.core.ids import ALPHABET, LENGTH
from triage.messages import rules
from triage.messages.campaigns import MOST, Alone, alike, plain
from triage.messages.queries.campaigns import why_alone
from triage.messages.rules import Edge, State, Step
from triage.messages.service import reveals, review
from triage.messages.service.stepping import (
    done_before,
    has_uncovered,
    load,
    open_welfare,
    standing,
    step,
)
from triage.messages.tables import Message

WHY = {
    Alone.CONCERN: "It is of particular concern: decided on its own.",
    Alone.URGENT: "It is urgent: decided on its own.",
    Alone.WELFARE: "Somebody may be at risk: decided on its own.",
    Alone.SECOND_LOOK: "A colleague asked for a second look: decided on its own.",
    Alone.LONG: "It is too long to compare at a glance: decided on its own.",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A message, and the version that the screen showed of it."""

    message_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which went through, and which did not, and why."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def claim_more(tx: Tx, *, message_id: str, beside: str) -> int:
    """Take a waiting message beside the open one, so that nobody else decides it; its version."""
    tx.allow(Action.REVIEW)
    version = review.open_message(tx, message_id=message_id)
    opened = load(tx, beside)
    rules.check_holder(standing(tx, opened), tx.actor.person_id)
    _check_fits(tx, load(tx, message_id), opened)
    return version


def reveal(tx: Tx, *, message_id: str, beside: str, step: Step) -> None:
    """Take a message beside the open one, and uncover it: what differs is shown against that."""
    claim_more(tx, message_id=message_id, beside=beside)
    if not has_uncovered(tx, load(tx, beside)):
        raise Invalid("Uncover the open message first: the others are shown against it.")
    reveals.reveal(tx, message_id=message_id, step=step)


def decide_together(
    runner: Runner,
    actor: Actor,
    *,
    opened: Chosen,
    ticked: Sequence[Chosen],
    labels: Iterable[Disposition],
    severity: Severity | None,
    token: str,
    note: str = "",
) -> Outcome:
    """Say of the open message and of each ticked one what it is.

    Where the open one does not go through, none does. Where a ticked one does not (somebody else
    has it now), the others do. Done again with the same token, it does nothing more.
    """
    if ticked and severity is Severity.HIGH:
        raise Invalid("High severity is decided one by one: untick the others.", field="severity")
    command = partial(review.decide, labels=frozenset(labels), severity=severity, note=note)
    return _each(runner, actor, opened, ticked, command, token)


def pass_on_together(
    runner: Runner,
    actor: Actor,
    *,
    opened: Chosen,
    ticked: Sequence[Chosen],
    to: RoutedTo,
    token: str,
    note: str = "",
) -> Outcome:
    """Pass on the open message and each ticked one, as spam: each other way asks for a look at
    what this one person wants."""
    if ticked and to is not RoutedTo.SPAM:
        raise Invalid("Only spam is passed on together: untick the others.", field="to")
    return _each(runner, actor, opened, ticked, partial(review.route, to=to, note=note), token)


def undo_together(runner: Runner, actor: Actor, *, message_ids: Sequence[str]) -> Outcome:
    """Take back what was decided together: each that can still be, each its own event."""
    return _run(runner, actor, {one: partial(review.undo, message_id=one) for one in message_ids})


def let_go(runner: Runner, actor: Actor, *, message_ids: Sequence[str]) -> Outcome:
    """Put back those that the actor still holds, no reason asked."""
    return _run(runner, actor, {one: partial(put_back, message_id=one) for one in message_ids})


def put_back(tx: Tx, *, message_id: str) -> None:
    """Put a message back if the actor holds it; else leave it as it is."""
    tx.allow(Action.REVIEW)
    message = load(tx, message_id)
    now_stands = standing(tx, message)
    if now_stands.state is State.CLAIMED and message.claimed_by == tx.actor.person_id:
        step(tx, message, Edge.RELEASE, rules.after_release(now_stands))


def _each(
    runner: Runner,
    actor: Actor,
    opened: Chosen,
    ticked: Sequence[Chosen],
    command: Callable[..., None],
    token: str,
) -> Outcome:
    ids = {opened.message_id, *(one.message_id for one in ticked)}
    if len(ids) != len(ticked) + 1:
        raise Invalid("Each message is ticked once.")
    if len(ticked) > MOST:
        raise Invalid(f"At most {MOST} are decided beside the open one.")
    act = partial(command, message_id=opened.message_id, version=opened.version, token=token)
    runner.run(actor, partial(_open_one, act=act, opened=opened, token=token, more=bool(ticked)))
    rest = _run(
        runner,
        actor,
        {
            one.message_id: partial(
                _ticked_one, command=command, one=one, opened=opened, token=token
            )
            for one in ticked
        },
    )
    return Outcome((opened.message_id, *rest.done), rest.refused)


def _open_one(tx: Tx, *, act: Callable[[Tx], None], opened: Chosen, token: str, more: bool) -> None:
    if more and not done_before(tx, token):
        _check_alone(tx, load(tx, opened.message_id))
    act(tx)


def _ticked_one(
    tx: Tx, *, command: Callable[..., None], one: Chosen, opened: Chosen, token: str
) -> None:
    own = _token(tx, token, one.message_id)
    if not done_before(tx, own):
        other = load(tx, opened.message_id)
        message = load(tx, one.message_id, version=one.version)
        _check_fits(tx, message, other)
    command(tx, message_id=one.message_id, version=one.version, token=own)


def _token(tx: Tx, token: str, message_id: str) -> str:
    """The token of one of several: the same whenever it is asked for, and from which nobody
    without the key learns of the others."""
    number = int(tx.keys.of("token", f"{token}.{message_id}".encode("ascii")), 16)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))


def _check_fits(tx: Tx, message: Message, opened: Message) -> None:
    """Together are decided: one sender's, or what says nearly the same; nothing grave."""
    _check_alone(tx, message)
    same_sender = message.sender_id is not None and message.sender_id == opened.sender_id
    if message.id == opened.id or not (
        same_sender or alike(plain(message.text), plain(opened.text))
    ):
        raise Invalid("These two are neither of one sender nor nearly the same.")


def _check_alone(tx: Tx, message: Message) -> None:
    reason = why_alone(message, welfare_open=open_welfare(tx, message.id) is not None)
    if reason is not None:
        raise Invalid(WHY[reason])


def _run(runner: Runner, actor: Actor, commands: dict[str, Callable[[Tx], None]]) -> Outcome:
    """Each in a transaction of its own: one that is refused does not touch the others."""
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for message_id, command in commands.items():
        try:
            runner.run(actor, command)
        except TriageError as error:
            refused.append((message_id, str(error)))
        else:
            done.append(message_id)
    return Outcome(tuple(done), tuple(refused))

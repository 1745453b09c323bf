"""Held forwards: a reviewer takes one in, or says that it is not ours."""

from triage.conduct.kinds import RoutedTo
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid
from triage.core.exclusions import ExclusionKind, exclude
from triage.messages.service import review
from triage.messages.service.keeping import hand_down
from triage.messages.service.stepping import done_before, held
from triage.messages.service.who_wrote import set_writer
from triage.messages.tables import Message
from triage.staff.queries import person


def take_in(
    tx: Tx, *, message_id: str, version: int, address: str, colleague: str | None, reason: str
) -> None:
    """The forward is ours: who wrote it, and which colleague it came to, if that is known.

    The colleague has no part in it from then on. Whoever it came to does not take it in.
    """
    message = held(tx, message_id, version)
    _held(message)
    if colleague == tx.actor.person_id:
        raise Invalid(
            "Nobody takes in what came to themselves: put it back for a colleague.",
            field="colleague",
        )
    if colleague is not None:
        if person(tx.session, colleague) is None:
            raise Invalid("Choose a colleague from the list.", field="colleague")
        kind = ExclusionKind.RECIPIENT
        exclude(tx.session, matter_id=message_id, person_id=colleague, kind=kind, at=tx.now)
        hand_down(tx, message_id)
    set_writer(tx, message, address=address, reason=reason)
    message.held_forward = False
    tx.record("forward_taken_in", message_id)
    tx.session.flush()


def not_ours(
    tx: Tx, *, message_id: str, version: int, reason: str, token: str | None = None
) -> None:
    """The forward is none of ours, say, spam: it is closed, with the reason, having been read."""
    if done_before(tx, token):
        return
    _held(held(tx, message_id, version))
    if not reason.strip():
        raise Invalid("Say in a few words why it is not ours.", field="reason")
    review.route(
        tx, message_id=message_id, version=version, to=RoutedTo.NOT_OURS, note=reason, token=token
    )


def _held(message: Message) -> None:
    if not message.held_forward:
        raise Conflict("This forward has been taken in already.")

"""Letters about one message: what a person writes to its sender."""

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Invalid
from triage.core.text import is_address
from triage.letters.rules import LetterKind
from triage.letters.service.drafting import draft
from triage.messages.service.stepping import load

KINDS = (LetterKind.WARNING, LetterKind.REQUEST_TO_CEASE, LetterKind.FREE)
"""What a message can be answered with. Notices come from the rooms that decide something."""


def draft_letter(tx: Tx, *, message_id: str, kind: LetterKind, override_reason: str = "") -> str:
    """Begin a letter to whoever sent a message, at the address it came from; the letter's id.

    Warned, or asked to stop, is somebody for what a person found (P-MSG-3, P-ACT-1, P-ACT-2):
    the message has been decided to be abusive.
    """
    tx.allow(Action.REVIEW)
    message = load(tx, message_id)
    if kind not in KINDS:
        raise Invalid("A message is not answered with this kind of letter.", field="kind")
    if kind is not LetterKind.FREE and message.severity is None:
        raise Invalid("First decide what the message is: a person warns, for what they found.")
    address = message.from_address or ""
    return draft(
        tx,
        matter_id=message_id,
        sender_id=message.sender_id,
        kind=kind,
        fields={},
        to_address=address if is_address(address) else "",
        override_reason=override_reason,
        guarded=False,  # nobody reported it: it answers what they wrote to us
    )

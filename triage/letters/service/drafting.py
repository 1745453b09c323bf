"""Writing letters: begun from a template, edited, withdrawn."""

from collections.abc import Mapping

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.exclusions import is_excluded
from triage.core.ids import new_id
from triage.core.text import is_address, needed, short_enough
from triage.letters import rules
from triage.letters.rules import Edge, LetterKind, State
from triage.letters.service.stepping import (
    begin,
    check_cease,
    load,
    may,
    seal,
    step,
)
from triage.letters.tables import Letter
from triage.letters.wording import Value, draft_text, tidy

ENTER_AN_ADDRESS = "Enter one e-mail address, like name@example.org, or none to copy it out."


def draft(
    tx: Tx,
    *,
    matter_id: str,
    sender_id: str | None,
    kind: LetterKind,
    fields: Mapping[str, Value],
    to_address: str = "",
    override_reason: str = "",
    to_report_id: str | None = None,
    guarded: bool = True,
) -> str:
    """Begin a letter; its id. Called by the room whose matter it is, which has loaded that: this
    room cannot know whether there is such a matter, and so answers nobody who asks for one.

    To somebody under cease contact a letter is refused (P-MSG-4), but to tell them of just that,
    or with a reason, which is kept sealed and stands on the record as an override.

    ``to_report_id``: it goes to whoever wrote this report, and no address is entered or shown.
    ``guarded``: it goes to a person reported, and is checked for what could tell who did. So it
    is unless the room says that it is not, and to whoever wrote a report it never is.
    """
    tx.allow(Action.DRAFT_LETTER)
    if is_excluded(tx.session, matter_id=matter_id, person_id=tx.actor.person_id):
        raise NotFound(rules.NO_SUCH_LETTER, refused_matter=matter_id)
    tx.about = matter_id
    subject, text = draft_text(kind, fields, tx.settings)
    letter = Letter(
        id=new_id(),
        matter_id=matter_id,
        sender_id=sender_id,
        kind=kind.value,
        state=State.DRAFT.value,
        state_since=tx.now,
        drafted_by=tx.actor.person_id,
        drafted_at=tx.now,
        edited_by=tx.actor.person_id,
        to_report_id=to_report_id,
        guarded=guarded and to_report_id is None,
    )
    _write(tx, letter, subject=subject, text=text, to_address=to_address)
    if override_reason.strip():
        letter.cease_override = _override(tx, letter, override_reason)
    check_cease(tx, letter, to_address.strip())
    tx.session.add(letter)
    begin(tx, letter, None, State.DRAFT, State.DRAFT, actor=tx.actor, based_on=0, reason="")
    if letter.cease_override is not None:
        tx.record("letter_override", matter_id, letter=letter.id, kind=kind.value)
    return letter.id


def edit(tx: Tx, *, letter_id: str, version: int, subject: str, text: str, to_address: str) -> None:
    """Change a letter that has not gone. Whatever was checked or agreed is to be done again."""
    letter = may(tx, Action.DRAFT_LETTER, letter_id, version)
    subject, text = tidy(subject), tidy(text)
    rules.check_text(subject, text)
    step(tx, letter, Edge.EDIT)
    letter.edited_by = tx.actor.person_id
    letter.leak_check = letter.leak_hash = letter.approved_hash = None
    _write(tx, letter, subject=subject, text=text, to_address=to_address)
    check_cease(tx, letter, to_address.strip())
    tx.session.flush()


def override_cease(tx: Tx, *, letter_id: str, version: int, reason: str) -> None:
    """Say why this is written though cease contact is in force: for one that came into force
    while the letter was being written."""
    letter = may(tx, Action.DRAFT_LETTER, letter_id, version)
    if State(letter.state) in {*rules.TERMINAL, State.QUEUED}:
        raise Conflict(f"This cannot be done: the letter is {rules.words(State(letter.state))}.")
    letter.cease_override = _override(tx, letter, reason)
    tx.record("letter_override", letter.matter_id, letter=letter.id, kind=letter.kind)
    tx.session.flush()


def withdraw(tx: Tx, *, letter_id: str, version: int, reason: str = "") -> None:
    """Give a letter up that has not gone. It stays, as withdrawn."""
    tx.allow(Action.DRAFT_LETTER)
    step(
        tx,
        load(tx, letter_id, version=version),
        Edge.WITHDRAW,
        reason=short_enough(reason, field="reason"),
    )


def _override(tx: Tx, letter: Letter, reason: str) -> bytes:
    reason = needed(reason, field="override_reason", ask="Say why this must be written.")
    return seal(tx, letter, "cease_override", reason)


def _write(tx: Tx, letter: Letter, *, subject: str, text: str, to_address: str) -> None:
    """Put the words in, and beside them what the settings say now of who writes."""
    address = "" if letter.to_report_id is not None else to_address.strip()
    if address and not is_address(address):
        raise Invalid(ENTER_AN_ADDRESS, field="to_address")
    ours = tx.settings
    letter.to_address = seal(tx, letter, "to_address", address) if address else None
    letter.subject = seal(tx, letter, "subject", subject)
    letter.text = seal(tx, letter, "text", text)
    letter.from_address = ours.letter_from or ours.smtp_from
    letter.signed_as = " ".join(tidy(ours.signed_as).split())
    letter.reply_to = ours.appeal_address if is_address(ours.appeal_address) else ""

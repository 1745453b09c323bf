"""The ways out: into the hands of the mail server, or copied out by a person."""

from datetime import datetime

from sqlalchemy import select

from triage.conduct.incidents import Wish
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound, Unreadable
from triage.core.ids import new_id
from triage.core.text import is_address
from triage.letters import rules
from triage.letters.preview import Preview
from triage.letters.rules import Edge, LetterKind, State
from triage.letters.service.stepping import check_whole, hash_of, may, preview, step
from triage.letters.tables import Letter, LetterMail
from triage.notify.rules import MailState
from triage.reports.queries import reach_now
from triage.senders.standing.rules import Measure
from triage.senders.standing.service import set_standing


def send(tx: Tx, *, letter_id: str, version: int, previewed: str) -> None:
    """Queue a letter for the mail server: it goes with this transaction, as it was previewed."""
    letter = may(tx, Action.SEND_LETTER, letter_id, version)
    shown = _approved(tx, letter, previewed)
    if not shown.to or (letter.to_report_id is not None and not hidden_address(tx, letter)):
        raise Invalid("There is no address to send it to: copy it out.", field="to_address")
    if not is_address(shown.sender):
        raise Invalid("No address is set up from which letters go (TRIAGE_LETTER_FROM): copy it.")
    step(tx, letter, Edge.QUEUE)
    letter.sent_by = tx.actor.person_id
    _queue(tx, letter, hash_of(tx, shown))


def call_back(tx: Tx, *, letter_id: str, version: int) -> None:
    """Take a letter back that nobody has tried to hand over yet."""
    letter = may(tx, Action.SEND_LETTER, letter_id, version)
    mail = mail_of(tx, letter)
    if State(letter.state) is State.QUEUED and mail is not None and mail.tries:
        raise Conflict("It is too late: the mail server may have it already.")
    step(tx, letter, Edge.CALL_BACK)
    letter.sent_by = None
    if mail is not None:
        tx.session.delete(mail)
    tx.session.flush()


def mark_copied_out(
    tx: Tx, *, letter_id: str, version: int, previewed: str, at: datetime | None
) -> None:
    """Somebody has sent the letter in another way, and says when. Whether it arrived, nobody
    claims."""
    letter = may(tx, Action.SEND_LETTER, letter_id, version)
    _approved(tx, letter, previewed)
    if letter.to_report_id is not None:
        raise Invalid("Nobody is shown this address: the letter goes by mail alone.", field="at")
    begun = letter.drafted_at.replace(second=0, microsecond=0)  # people say it to the minute
    if at is None or at.tzinfo is None or not begun <= at <= tx.now:
        raise Invalid("Enter when it was sent: after it was begun, and not to come.", field="at")
    letter.sent_by = tx.actor.person_id
    leave(tx, letter, Edge.COPY_OUT, at)


def leave(tx: Tx, letter: Letter, edge: Edge, at: datetime) -> None:
    """A letter is out. One that asks somebody to stop stands from then on (P-ACT-1)."""
    letter.sent_at = at  # with the step and not after it: from then on nothing of it changes
    step(tx, letter, edge)
    if LetterKind(letter.kind) is LetterKind.REQUEST_TO_CEASE and letter.sender_id is not None:
        set_standing(
            tx,
            sender_id=letter.sender_id,
            measure=Measure.ASKED_TO_CEASE,
            source_id=letter.id,
            since=at,
            until=None,
            matter_id=letter.matter_id,
        )


def hidden_address(tx: Tx, letter: Letter) -> str:
    """Where whoever wrote the report says now that they may be reached; for the mail alone. An
    empty text where they gave no address, or took it back, or the report is erased."""
    if letter.to_report_id is None:
        return ""
    try:
        reach = reach_now(tx.session, vault=tx.vault, report_id=letter.to_report_id)
    except (NotFound, Unreadable):
        return ""
    return reach.email.strip() if reach.wish is Wish.BY_CONTACT else ""


def mail_of(tx: Tx, letter: Letter) -> LetterMail | None:
    """The way to the server of the text that was approved, locked."""
    return tx.session.scalars(
        select(LetterMail)
        .where(LetterMail.letter_id == letter.id, LetterMail.text_hash == letter.approved_hash)
        .with_for_update()
    ).first()


def _approved(tx: Tx, letter: Letter, previewed: str) -> Preview:
    """The letter, if it is the one that was approved and still may go."""
    if State(letter.state) is not State.READY:
        raise Conflict(f"This cannot be done: the letter is {rules.words(State(letter.state))}.")
    shown = preview(tx, letter)
    check_whole(tx, letter, shown, previewed)
    if letter.approved_hash != hash_of(tx, shown):
        raise Conflict("This is not the text that was approved. Look at it again.")
    return shown


def _queue(tx: Tx, letter: Letter, text_hash: str) -> None:
    mail = mail_of(tx, letter)
    if mail is None:
        mail = LetterMail(id=new_id(), letter_id=letter.id, text_hash=text_hash, tries=0)
        tx.session.add(mail)
    # After it was given up the same text goes again under the Message-ID that it had.
    mail.queued_at = mail.next_try = tx.now
    mail.state, mail.tries, mail.problem = MailState.QUEUED.value, 0, None
    mail.lease = mail.leased_until = None
    tx.session.flush()

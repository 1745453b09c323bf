"""What one item says: facts of it, and its text, as they are held; nothing is hidden yet."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from triage.cases.inquiry.tables import CaseEvidence
from triage.cases.tables import CaseParty
from triage.core.commands import Tx
from triage.core.errors import TriageError
from triage.core.sealed import ERASED
from triage.intake.inbound import ParseStatus
from triage.letters.leaks import Protected
from triage.letters.tables import Letter
from triage.messages.stubs.tables import MessageStub
from triage.messages.tables import Message, MessageAttachment, MessageNote
from triage.referrals.tables import Referral
from triage.restrictions.tables import Restriction
from triage.retention.subject.attached import NAME, File, size_of
from triage.retention.subject.queries.files import file_of
from triage.retention.subject.redaction import called_in
from triage.retention.subject.rules import ItemKind
from triage.retention.subject.tables import SubjectItem
from triage.retention.subject.terms import Terms, extracts
from triage.staff.calendar import local_day

NAMED = "You are named in it."
GONE = "It was erased meanwhile."
NOBODY = Protected()
UNREAD = (
    "This message could not be read by our program. If files were attached to it, they are not in "
    "this copy: ask us for them."
)


@dataclass(frozen=True, slots=True)
class Content:
    """One item, whole."""

    at: str
    """A day, or a month."""
    facts: tuple[tuple[str, str], ...]
    text: str
    own_words: bool = False
    """Theirs: only people we know of are hidden in it."""
    others: Protected = NOBODY
    """Who else this one thing is of."""
    file: File | None = None


def content(tx: Tx, item: SubjectItem, terms: Terms) -> Content:
    """What is held; ``GONE`` for what is no more."""
    return _OF[ItemKind(item.kind)](tx, item, terms) or Content("", (), GONE)


def _message(tx: Tx, item: SubjectItem, _: Terms) -> Content | None:
    found = tx.session.get(Message, item.of_id)
    if found is None or tx.session.get(MessageStub, item.of_id) is not None:
        return None
    names = tx.session.scalars(
        select(MessageAttachment.filename)
        .where(MessageAttachment.message_id == found.id)
        .order_by(MessageAttachment.position)
    )
    facts = [("Received", _day(found.received_at)), ("To", found.service or "us")]
    facts += [("By", _words(found.channel))]
    facts += [("Attached", one) for one in names]
    if found.parse_status == ParseStatus.QUARANTINED.value:
        facts.append(("Attached", UNREAD))
    if found.dispositions is not None:
        called = ", ".join(_words(one) for one in found.dispositions) or "nothing amiss"
        facts.append(("We called it", called))
    return Content(_day(found.received_at), tuple(facts), found.text, own_words=True)


def _file(tx: Tx, item: SubjectItem, _: Terms) -> Content | None:
    file = file_of(tx.session, item)
    message = None if file is None else tx.session.get(Message, file.message_id)
    if file is None or message is None:
        return None
    day = _day(message.received_at)
    facts = (
        (NAME, file.name),
        ("Size", size_of(file.size)),
        ("Kind, as the sender's program said", file.kind),
        ("Attached to your message of", day),
    )
    return Content(day, facts, "", own_words=True, file=file)


def _mention(tx: Tx, item: SubjectItem, terms: Terms) -> Content | None:
    found = tx.session.get(Message, item.of_id)
    if found is None or tx.session.get(MessageStub, item.of_id) is not None:
        return None
    whole = f"{found.text}\n{found.rest}"
    others = Protected(
        names=(*_kept(found.from_name), *called_in(whole)),
        emails=_kept(found.from_address, found.said_address),
    )
    said = "\n".join(extracts(whole, terms)) or NAMED
    facts = (("Received", _day(found.received_at)), ("By", _words(found.channel)))
    return Content(_day(found.received_at), facts, said, others=others)


def _stub(tx: Tx, item: SubjectItem, _: Terms) -> Content | None:
    found = tx.session.get(MessageStub, item.of_id)
    if found is None:
        return None
    facts = (("Month", found.month), ("To", found.service or "us"), ("By", _words(found.channel)))
    return Content(found.month, facts, "There was a message, and it was erased.")


def _case(tx: Tx, item: SubjectItem, _: Terms) -> Content | None:
    party = tx.session.get(CaseParty, item.of_id)
    if party is None:
        return None
    facts = (("You are", _words(party.kind)),)
    return Content(_day(party.added_at), facts, "")


def _statement(tx: Tx, item: SubjectItem, _: Terms) -> Content | None:
    found = tx.session.get(CaseEvidence, item.of_id)
    if found is None:
        return None
    text = _opened(tx, item.matter_id, "case_evidence", "text", found.id, found.text)
    return Content(_day(found.made_at), (("Said", _day(found.made_at)),), text, own_words=True)


def _letter(tx: Tx, item: SubjectItem, _: Terms) -> Content | None:
    found = tx.session.get(Letter, item.of_id)
    if found is None:
        return None
    sent = _day(found.sent_at) if found.sent_at is not None else ""
    subject, text = (
        _opened(tx, found.id, "letters", one, found.id, getattr(found, one))
        for one in ("subject", "text")
    )
    return Content(sent, (("Sent to you", sent), ("Subject", subject)), text)


def _restriction(tx: Tx, item: SubjectItem, _: Terms) -> Content | None:
    found = tx.session.get(Restriction, item.of_id)
    if found is None:
        return None
    facts = [("What", _words(found.kind)), ("Stands as", _words(found.state))]
    facts += [("Since", _day(found.since))] if found.since is not None else []
    facts += [("Ended", _day(found.ended_at))] if found.ended_at is not None else []
    public, reason = (
        _opened(tx, found.id, "restrictions", one, found.id, getattr(found, one))
        for one in ("public_reason", "reason")
    )
    return Content(_day(found.proposed_at), tuple(facts), f"{public}\n\n{reason}".strip())


def _referral(tx: Tx, item: SubjectItem, _: Terms) -> Content | None:
    found = tx.session.get(Referral, item.of_id)
    if found is None:
        return None
    facts = (("What", "a report to the police"), ("Stands as", _words(found.state)))
    return Content(_day(found.considered_at), facts, "")


def _note(tx: Tx, item: SubjectItem, _: Terms) -> Content | None:
    found = tx.session.get(MessageNote, item.of_id)
    if found is None:
        return None
    text = _opened(tx, found.message_id, "message_notes", "text", found.id, found.text)
    message = tx.session.get(Message, found.message_id)
    others = (
        Protected(names=_kept(message.from_name), emails=_kept(message.from_address))
        if message is not None
        else Protected()
    )
    return Content(_day(found.at), (("A note by our team", _day(found.at)),), text, others=others)


_OF = {
    ItemKind.MESSAGE: _message,
    ItemKind.FILE: _file,
    ItemKind.MENTION: _mention,
    ItemKind.STUB: _stub,
    ItemKind.CASE: _case,
    ItemKind.STATEMENT: _statement,
    ItemKind.LETTER: _letter,
    ItemKind.RESTRICTION: _restriction,
    ItemKind.REFERRAL: _referral,
    ItemKind.NOTE: _note,
}


def _opened(
    tx: Tx, owner_id: str, table: str, column: str, row_id: str, sealed: bytes | None
) -> str:
    """A sealed text; what does not open says so nowhere in what is given out."""
    try:
        return tx.vault.open(
            tx.session, owner_id=owner_id, table=table, column=column, row_id=row_id, sealed=sealed
        )
    except TriageError:
        return ERASED


def _day(at: datetime) -> str:
    return local_day(at).isoformat()


def _words(code: str) -> str:
    return code.replace("_", " ")


def _kept(*given: str | None) -> tuple[str, ...]:
    return tuple(one.strip() for one in given if one and one.strip())

"""Evidence: put in with where it came from, weighed, and watched over (P-INV-1 to P-INV-3)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from triage.cases.inquiry.rules import ItemKind, Source
from triage.cases.inquiry.service.keeping import LONGEST_TITLE, put_in
from triage.cases.inquiry.service.letting_out import let_out
from triage.cases.inquiry.service.stepping import LOOKS_INTO, load_open, party_of, texts
from triage.cases.inquiry.sniffing import sniffed
from triage.cases.inquiry.tables import CaseEvidence
from triage.cases.rules import PartyKind
from triage.cases.service import recusing
from triage.cases.service.stepping import barred, holders
from triage.cases.tables import Case
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotFound
from triage.core.exclusions import ExclusionKind
from triage.core.holds import HoldReason, hold
from triage.core.text import needed, storable
from triage.messages.rules import ChildKind
from triage.messages.service.children import add_child, link_to_case
from triage.messages.service.stepping import load as load_message
from triage.messages.tables import Original
from triage.reports import queries as reports
from triage.reports.thread import LARGEST_FILE

LONGEST_TEXT = 40_000
LONGEST_NAME = 200
HOLDER = "cases"
"""Under this name the room holds the messages that are evidence in a case."""
SPEAKS: dict[PartyKind, Source] = {
    PartyKind.WITNESS: Source.WITNESS,
    PartyKind.AFFECTED: Source.AFFECTED,
    PartyKind.SUBJECT: Source.SUBJECT,
}


def add_statement(
    tx: Tx,
    *,
    case_id: str,
    party_id: str,
    text: str,
    made_at: datetime | None,
    origin: str,
    confidential: bool = False,
    hidden: bool = True,
) -> str:
    """What somebody in the case says: theirs, with its day (P-INV-1). Kept out of what the person
    reported is given, unless somebody says that it need not be."""
    case = load_open(tx, case_id, *LOOKS_INTO)
    party = party_of(tx, case_id, party_id)
    kind = PartyKind(party.kind)
    if kind is PartyKind.SUBJECT:
        raise Invalid("This is the account of who was reported: record it as that.", field="party")
    named = texts(tx, party, ("name", "role"))
    return _put(
        tx, case, ItemKind.STATEMENT, SPEAKS.get(kind, Source.REPORTER),
        title=f"Statement of {named['name'] or named['role']}"[:LONGEST_TITLE],
        origin=origin, made_at=made_at, party_id=party_id, text=_text(text),
        confidential=confidential, hidden=hidden or confidential,
    )  # fmt: skip


def add_note(
    tx: Tx,
    *,
    case_id: str,
    title: str,
    text: str,
    made_at: datetime | None,
    origin: str,
    source: Source = Source.TEAM,
    hidden: bool = True,
) -> str:
    """A note of a conversation, or of what somebody found."""
    case = load_open(tx, case_id, *LOOKS_INTO)
    return _put(
        tx, case, ItemKind.NOTE, source,
        title=title, origin=origin, made_at=made_at, text=_text(text), hidden=hidden,
    )  # fmt: skip


def add_document(
    tx: Tx,
    *,
    case_id: str,
    title: str,
    file_name: str,
    data: bytes,
    made_at: datetime | None,
    origin: str,
    source: Source,
    party_id: str | None = None,
    hidden: bool = True,
) -> str:
    """A file, as it is: what it is its content says, and not its name."""
    case = load_open(tx, case_id, *LOOKS_INTO)
    if party_id is not None:
        party_of(tx, case_id, party_id)
    if not data:
        raise Invalid("This file is empty.", field="data")
    if len(data) > LARGEST_FILE:
        raise Invalid(f"A file has at most {LARGEST_FILE // 2**20} MB.", field="data")
    media = sniffed(data)
    if media is None:
        raise Invalid("This is a program, and no evidence: a picture of it will do.", field="data")
    return _put(
        tx, case, ItemKind.DOCUMENT, source,
        title=title, origin=origin, made_at=made_at, party_id=party_id, hidden=hidden,
        data=data, media=media,
        file_name=needed(storable(file_name), field="file_name", ask="Name the file.",
                         longest=LONGEST_NAME),
    )  # fmt: skip


def add_from_report(
    tx: Tx, *, case_id: str, title: str, file_id: str | None = None, hidden: bool = True
) -> str:
    """The account of the report as a piece of evidence; or (``file_id``) a file that came with
    it or after it. Their bytes stay under the report's key."""
    case = load_open(tx, case_id, *LOOKS_INTO)
    vault, session = tx.vault, tx.session
    if file_id is None:
        answers = reports.report_answers(session, vault=vault, report_id=case.report_id)
        return _put(
            tx, case, ItemKind.ACCOUNT, Source.REPORTER,
            title=title, origin="The report", made_at=case.received_at, hidden=hidden,
            of_id=case.report_id, whole=answers.description.encode("utf-8"),
        )  # fmt: skip
    found = [
        one
        for one in reports.files(session, vault=vault, report_id=case.report_id)
        if one.id == file_id
    ]
    if not found:
        raise NotFound("There is no such file with this report.")
    whole = reports.file_bytes(session, vault=vault, file_id=file_id)
    return _put(
        tx, case, ItemKind.REPORT_FILE, Source.REPORTER,
        title=title, origin="Sent by the reporter", made_at=found[0].at, hidden=hidden,
        of_id=file_id, whole=whole, media=found[0].kind, file_name=found[0].name,
    )  # fmt: skip


def add_message(
    tx: Tx,
    *,
    case_id: str,
    message_id: str,
    title: str,
    message_version: int | None = None,
    labels: Collection[Disposition] = (),
    severity: Severity | None = None,
    hidden: bool = True,
) -> str:
    """A message that was sent to us, by somebody who reviews those too.

    With ``message_version``, of one that they hold: it is linked, and says what it is. Whoever
    has no part in the message has none in the case from here on, and is replaced. The message is
    kept until the case is erased, whatever its own time.
    """
    tx.allow(Action.REVIEW)
    case = load_open(tx, case_id, *LOOKS_INTO)
    if message_version is None:
        add_child(tx, message_id=message_id, child_id=case_id, kind=ChildKind.CASE)
    else:
        link_to_case(
            tx, message_id=message_id, version=message_version, case_id=case_id,
            labels=labels, severity=severity,
        )  # fmt: skip
    hold(tx, subject_id=message_id, reason=HoldReason.CASE, owner=HOLDER)
    message = load_message(tx, message_id)
    raw = tx.session.get_one(Original, message_id).raw
    tx.about = case_id
    made = _put(
        tx, case, ItemKind.MESSAGE, Source.MESSAGES,
        title=title, origin="Among the messages to us", made_at=message.received_at,
        hidden=hidden, of_id=message_id, whole=raw, media="message/rfc822",
    )  # fmt: skip
    out = barred(tx, case_id)
    for person_id in {one for people in holders(tx, case_id).values() for one in people} & out:
        recusing.take_out(tx, case, person_id, ExclusionKind.EXCLUDED)
    return made


def _put(tx: Tx, case: Case, kind: ItemKind, source: Source, *, hidden: bool, **given: Any) -> str:
    """Put it in kept from the person reported; where they may have it, that is a step of its own,
    and refused where it takes a second person (P-NAM-1)."""
    made = put_in(tx, case, kind, source, hidden=True, **given)
    if not hidden:
        let_out(tx, case, tx.session.get_one(CaseEvidence, made))
    return made


def _text(text: str) -> str:
    return needed(
        storable(text), field="text", ask="Write down what was said.", longest=LONGEST_TEXT
    )

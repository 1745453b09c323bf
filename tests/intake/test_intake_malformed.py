"""Issue 5: every kind of malformed mail ends parsed or quarantined; 0 lost, 0 uncaught."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from malformed import ENVELOPE, KINDS, Kind
from sqlalchemy import select
from support.desk import Desk

from triage.core.text import storable
from triage.intake.inbound import InboundMessage, ParseStatus, RawMail
from triage.intake.ours import Ours
from triage.intake.parse import parse_mail
from triage.intake.parser import MailParser
from triage.messages.service.importing import import_mail
from triage.messages.service.receive import own_text, rest_text
from triage.messages.tables import Message, Original

UNCAUGHT = ("it could not be read", "the program that reads mail stopped", "too much memory")
"""Reasons that stand for a fault of ours, not for a limit of the design."""
BURNS = "a tag that takes all computing time"
BY_NAME = {kind.name: kind for kind in KINDS}


class Suite:
    """All kinds, read once each by one parser, as an import would."""

    def __init__(self, parser: MailParser) -> None:
        self.parser = parser
        self.data = cache(lambda name: BY_NAME[name].make())
        self.read = cache(self._read)

    def _read(self, name: str) -> InboundMessage:
        return self.parser.parse(RawMail(self.data(name), f"{name}.eml"))


@pytest.fixture(scope="module")
def suite() -> Iterator[Suite]:
    with MailParser() as parser:
        yield Suite(parser)


def each_kind(*kinds: Kind) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", kinds, ids=[kind.name for kind in kinds])


def texts(mail: InboundMessage) -> list[str]:
    given = [mail.source, mail.from_name, mail.from_address, mail.subject, mail.message_id]
    given += [mail.written, mail.quoted, mail.signature, mail.quarantine_reason]
    given += [*mail.recipients, *mail.references]
    for one in mail.attachments:
        given += [one.filename, one.content_type, one.text]
    return [text for text in given if text is not None]


def told(mail: InboundMessage) -> str:
    """What is shown and scored, with single blanks."""
    return " ".join(f"{own_text(mail)}\n{rest_text(mail)}".split())


def test_there_are_kinds_enough_and_each_has_a_name_of_its_own() -> None:
    assert len(KINDS) == len(BY_NAME) >= 60


@each_kind(*KINDS)
def test_it_ends_parsed_or_quarantined_with_the_reason_of_the_design(
    suite: Suite, kind: Kind
) -> None:
    mail = suite.read(kind.name)
    if kind.reason is None:
        assert mail.quarantine_reason is None
        assert mail.parse_status is ParseStatus.PARSED
    else:
        assert kind.reason in (mail.quarantine_reason or "")
        assert mail.parse_status is ParseStatus.QUARANTINED
    assert not (mail.quarantine_reason or "").startswith(UNCAUGHT)


@each_kind(*KINDS)
def test_its_bytes_are_kept_and_its_text_can_be_stored(suite: Suite, kind: Kind) -> None:
    mail = suite.read(kind.name)
    assert mail.raw == kind.make()
    assert mail.sha256 == hashlib.sha256(mail.raw).hexdigest()
    for text in texts(mail):
        assert storable(text) == text
        assert "\r" not in text
    for moment in (mail.sent_at, mail.received_at):
        assert moment is None or moment.utcoffset() is not None


@each_kind(*(kind for kind in KINDS if kind.says))
def test_what_a_person_would_read_is_shown_or_scored(suite: Suite, kind: Kind) -> None:
    assert kind.says in told(suite.read(kind.name))


@each_kind(*(kind for kind in KINDS if kind.also))
def test_what_else_it_says_is_read(suite: Suite, kind: Kind) -> None:
    assert kind.also is not None
    assert kind.also(suite.read(kind.name))


@each_kind(*(kind for kind in KINDS if kind.name != BURNS))
def test_it_is_read_the_same_again(suite: Suite, kind: Kind) -> None:
    assert parse_mail(suite.data(kind.name), f"{kind.name}.eml") == suite.read(kind.name)


def test_none_is_lost(suite: Suite) -> None:
    ends = [suite.read(kind.name) for kind in KINDS]
    parsed = sum(mail.parse_status is ParseStatus.PARSED for mail in ends)
    quarantined = sum(mail.parse_status is ParseStatus.QUARANTINED for mail in ends)
    assert parsed + quarantined == len(KINDS)
    assert quarantined == sum(kind.reason is not None for kind in KINDS)
    assert len({mail.sha256 for mail in ends}) == len(KINDS)


def kept(desk: Desk) -> dict[str, str]:
    """sha256 of what is stored, counted from the stored bytes -> how its parse ended."""
    wanted = select(Original.raw, Original.sha256, Message.parse_status).join(
        Message, Message.id == Original.message_id
    )
    rows = desk.read(lambda session: session.execute(wanted).all())
    assert all(hashlib.sha256(row.raw).hexdigest() == row.sha256 for row in rows)
    return {row.sha256: row.parse_status for row in rows}


def test_all_kinds_come_in_from_a_folder_and_from_a_mailbox(
    desk: Desk, suite: Suite, tmp_path: Path
) -> None:
    """On both databases. An empty file is listed; everything else is stored, to the byte."""
    folder, mailbox = tmp_path / "mail", tmp_path / "all.mbox"
    folder.mkdir()
    boxed: dict[str, bool] = {}
    with mailbox.open("wb") as file:
        for number, kind in enumerate(KINDS):
            data = suite.data(kind.name)
            (folder / f"{number:03}.eml").write_bytes(as_file(data))
            whole = data if not data or data.endswith(b"\n") else data + b"\n"
            file.write(ENVELOPE + quoted(whole) + b"\n")
            boxed[hashlib.sha256(whole).hexdigest()] = kind.reason is not None

    def run(path: Path) -> tuple[int, int, int, int]:
        found = import_mail(desk.triage.runner, desk.triage.scorer, [path])
        return found.new, found.known, found.quarantined, found.unreadable

    filed = {suite.read(kind.name).sha256: kind.reason is not None for kind in KINDS}
    del filed[hashlib.sha256(b"").hexdigest()]
    assert run(folder) == (len(filed), 0, sum(filed.values()), 1)
    fresh = {digest: over for digest, over in boxed.items() if digest not in filed}
    assert run(mailbox) == (len(fresh), len(boxed) - len(fresh), sum(fresh.values()), 0)
    ends = {digest: "quarantined" if over else "parsed" for digest, over in (filed | boxed).items()}
    assert kept(desk) == ends
    assert len(desk.events("received")) == len(ends)
    assert desk.chain()
    assert run(folder) == (0, len(filed), 0, 1)


def as_file(data: bytes) -> bytes:
    """The file of a mail. One that begins like a mailbox is written as a mailbox of one."""
    return ENVELOPE + quoted(data) if data.startswith(b"From ") else data


def quoted(data: bytes) -> bytes:
    """Its lines as an mbox has them: one ``>`` before each ``From ``, quoted or not (mboxrd)."""
    lines = data.split(b"\n")
    return b"\n".join(b">" + line if is_from(line) else line for line in lines)


def is_from(line: bytes) -> bool:
    return line.lstrip(b">").startswith(b"From ")


FORWARDS = Ours(forward_to=("flag@charity.example.org",))
FORWARDED = (
    b"From: kit@charity.example.org\nTo: flag@charity.example.org\nSubject: Fwd\n"
    b"Content-Type: multipart/mixed; boundary=outermost\n\n--outermost\n\nsee below\n"
    b"--outermost\nContent-Type: message/rfc822\n\n"
)


@each_kind(*(kind for kind in KINDS if kind.name != BURNS))
def test_forwarded_as_an_attachment_every_kind_ends_parsed_or_quarantined_too(
    suite: Suite, kind: Kind
) -> None:
    data = FORWARDED + suite.data(kind.name) + b"\n--outermost--\n"
    mail = suite.parser.parse(RawMail(data, "a.eml"), FORWARDS)
    assert not (mail.quarantine_reason or "").startswith(UNCAUGHT)
    if mail.parse_status is ParseStatus.QUARANTINED:
        return  # it is a level deeper, and a part more, than the kind alone
    assert mail.forward is not None
    assert mail.forward.note == "see below"
    assert mail.from_address != "kit@charity.example.org"
    assert mail.raw == data
    assert kind.says.lower() in told(mail).lower()

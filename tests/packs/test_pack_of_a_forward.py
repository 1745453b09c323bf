"""A pack of what a colleague forwarded, and of a course of conduct: in it is what was sent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from support.desk import Desk, meet
from support.referring import authorise, mark, staffed
from support.restricting import approve, propose, see

from triage.app import Triage
from triage.core.clock import SetClock
from triage.core.errors import Invalid
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.messages import rules as messages
from triage.messages.service.importing import import_mail
from triage.messages.tables import Message
from triage.packs import queries
from triage.packs.contents import PackPreview
from triage.packs.phrases import MESSAGE, REFERRAL, RESTRICTED
from triage.referrals import rules as referrals
from triage.referrals.service.from_case import consider_case
from triage.restrictions.rules import Kind

NOTE = "This frightens me, and my children go to the school by the church."
ORIGINAL = (
    b"From: Pat <pat@example.org>\r\nTo: Kit <kit@charity.example.org>\r\nSubject: the bins\r\n"
    b"Message-ID: <original@example.org>\r\n\r\n[high] I know where you live.\r\n"
)
HEAD = (
    "Authentication-Results: mx.charity.example.org; dmarc=pass header.from=charity.example.org"
    "\r\nFrom: Kit <kit@charity.example.org>\r\nTo: flag@charity.example.org\r\n"
    "Subject: Fwd: the bins\r\n"
)
ATTACHED = (
    f"{HEAD}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n{NOTE}\r\n--x\r\n"
    "Content-Type: message/rfc822\r\n\r\n"
).encode() + ORIGINAL + b"\r\n--x--\r\n"  # fmt: skip
INLINE = (
    f"{HEAD}\r\n{NOTE}\r\n\r\n---------- Forwarded message ---------\r\n"
    "From: Pat <pat@example.org>\r\nTo: Kit <kit@charity.example.org>\r\nSubject: the bins\r\n"
    "Date: 1 March 2026\r\n\r\n[high] I know where you live.\r\n"
).encode()


@pytest.fixture
def desk(make_triage: Callable[..., Triage], url: str, clock: SetClock, backend: str) -> Desk:
    given: dict[str, Any] = {
        "own_domains": ("charity.example.org",),
        "forward_to": ("flag@charity.example.org",),
        "authserv_ids": ("mx.charity.example.org",),
    }
    made = meet(make_triage(url, **given), clock)
    staffed(made)
    return made


def referred(desk: Desk, folder: Path, mail: bytes) -> tuple[str, str]:
    """The message that a mail became, and the referral that rests on it."""
    (folder / "one.eml").write_bytes(mail)
    import_mail(desk.triage.runner, desk.triage.scorer, [folder])
    with desk.triage.database.read() as session:
        message_id = session.scalars(select(Message.id)).one()
    made: str = mark(desk, desk.ana, message_id)
    authorise(desk, desk.dora, made)
    return message_id, made


def held(desk: Desk, matter_id: str) -> tuple[PackPreview, dict[str, bytes]]:
    """The preview, and what each file of it holds."""
    with desk.triage.database.read() as session:
        plan = queries.planned(session, viewer=desk.hal, matter_id=matter_id)
        return plan.preview, {one.path: one.read() for one in plan.members}


def test_the_original_is_what_was_sent_and_a_colleagues_own_mail_stays_here(
    desk: Desk, tmp_path: Path
) -> None:
    message_id, made = referred(desk, tmp_path, ATTACHED)
    preview, files = held(desk, made)
    assert files[f"data/original/{message_id}.eml"].strip() == ORIGINAL.strip()
    for path, data in files.items():
        assert NOTE.encode() not in data, path
    (kept,) = [one for one in preview.left_out if one.what.startswith("data/forwarded/")]
    assert "SHA-256" in kept.why
    assert not [one for one in files if one.startswith("data/attachments/")]


def test_where_both_are_one_text_the_preview_says_whose_words_are_in_it(
    desk: Desk, tmp_path: Path
) -> None:
    message_id, made = referred(desk, tmp_path, INLINE)
    preview, files = held(desk, made)
    (original,) = [one for one in preview.items if one.path.startswith("data/original/")]
    assert original.why == "The bytes as they came, with what who forwarded it wrote"
    assert NOTE.encode() not in files[f"data/text/{message_id}.txt"]


def test_every_step_has_words_that_anybody_can_read() -> None:
    assert set(MESSAGE) == {one.value for one in messages.Edge}
    assert set(REFERRAL) == {"consider", *(one.value for one in referrals.Edge)}
    assert set(RESTRICTED) == {one.value for one in Kind}
    for said in (*MESSAGE.values(), *REFERRAL.values(), *RESTRICTED.values()):
        assert "_" not in said


def test_the_chronology_reads_in_words_and_the_table_has_the_code_beside(
    desk: Desk, tmp_path: Path
) -> None:
    _, made = referred(desk, tmp_path, ATTACHED)
    _, files = held(desk, made)
    read = files["data/chronology.txt"].decode()
    assert "opened by a reviewer" in read
    assert "a report to the police authorised" in read
    assert "referral_authorise" not in read
    assert "referral_authorise" in files["data/chronology.csv"].decode()


def test_what_was_decided_on_who_wrote_is_in_it_as_far_as_the_viewer_may_know(
    desk: Desk, tmp_path: Path
) -> None:
    """It makes one message a part of a course of conduct."""
    message_id, made = referred(desk, tmp_path, ATTACHED)
    ended = propose(desk, desk.ana, message_id)
    see(desk, desk.edda, ended)
    assert "ceasing contact" not in held(desk, made)[1]["data/chronology.txt"].decode()
    approve(desk, desk.edda, ended)
    read = held(desk, made)[1]["data/chronology.txt"].decode()
    assert "ceasing contact: approved by a second person" in read
    who = {"person_id": desk.hal.person_id, "kind": ExclusionKind.RECUSED, "at": desk.now}
    desk.triage.database.write(lambda session: exclude(session, matter_id=ended, **who))
    assert "ceasing contact" not in held(desk, made)[1]["data/chronology.txt"].decode()


def test_of_an_incident_report_alone_no_pack_can_be_built_and_it_says_so(desk: Desk) -> None:
    given = {"case_id": new_id(), "reason": "A threat.", "reporter_wish": "yes"}
    made = desk.do(desk.dora, consider_case, **given)
    with pytest.raises(Invalid, match="rests on an incident report alone"):
        desk.read(queries.preview, viewer=desk.edda, matter_id=made)

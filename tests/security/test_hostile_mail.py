"""Who writes hostile mail tries to be believed, to be missed, or to keep everybody from looking.

Each test is one attempt of the hostile review (.docs/hostile-review.md), through the real parser
and the real commands. What has a test elsewhere is named there and not tried again.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from support.desk import Desk, address
from support.watch import Watch

from triage import doctor
from triage.alarms.rules import Why
from triage.core.access import Actor
from triage.core.exclusions import excluded
from triage.core.roles import Role
from triage.intake.inbound import InboundMessage, ParseStatus, RawMail, Verified
from triage.intake.ours import ours_of
from triage.intake.parse import parse_mail
from triage.intake.parser import MailParser
from triage.messages.queries.queue import next_waiting, queue_page
from triage.messages.rules import State
from triage.staff.queries import active_people
from triage.staff.service import disable

MakeDesk = Callable[..., Desk]
TEAM = ("ana", "ben", "cleo", "dora")


def arrives(desk: Desk, *lines: str, text: str = "[medium] a letter") -> str:
    """A mail of these header lines comes in; its id."""
    raw = "\r\n".join([*lines, "", text]).encode("utf-8", "surrogateescape")
    (receipt,) = desk.receive(read(desk, raw))
    assert receipt.message_id is not None
    return receipt.message_id


def read(desk: Desk, raw: bytes) -> InboundMessage:
    return parse_mail(raw, "x.eml", None, ours_of(desk.triage.settings))


def sees(desk: Desk, viewer: Actor) -> set[str]:
    return {one.id for one in desk.read(queue_page, viewer=viewer, now=desk.now).rows}


def out_of(desk: Desk, message_id: str) -> set[str]:
    """First names of who has no part in a message."""
    found = desk.read(excluded, matter_ids=[message_id]).get(message_id, frozenset())
    return {name for name, actor in desk.people.items() if actor.person_id in found}


# -- to keep everybody from looking


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To", "X-Original-To"])
def test_what_every_reviewer_was_sent_is_put_to_the_fallback(desk: Desk, header: str) -> None:
    """Nobody reviews what was sent to themselves: so who writes to all of them is read by none of
    them, and one from outside the team must hear of it, however harmless the model thinks it."""
    watch = Watch(desk)
    watch.on_duty(desk.ana, desk.ben)
    gus = desk.add("gail", Role.REVIEWER)
    watch.fallback(gus)
    sent = ", ".join(address(one) for one in TEAM)
    message = arrives(desk, "From: x@example.org", f"{header}: {sent}", text="[low] a letter")
    assert out_of(desk, message) == set(TEAM)
    assert all(message not in sees(desk, desk.people[one]) for one in TEAM)
    assert message in sees(desk, gus)
    watch.run()
    assert watch.told() == []  # she reviews herself, so somebody is left
    second = arrives(desk, "From: x@example.org", f"{header}: {sent}, {address('gail')}")
    watch.run()
    (alarm,) = watch.alarms()
    assert (alarm.matter_id, alarm.why) == (second, Why.NOBODY_LEFT.value)
    assert watch.told() == ["nobody"]
    assert [one.code for one in desk.events("nobody_to_alert")] == ["nobody_to_alert"]


def test_where_the_whole_team_is_written_to_one_from_outside_is_alerted(desk: Desk) -> None:
    watch = Watch(desk)
    watch.on_duty(desk.ana, desk.ben)
    watch.fallback(desk.gus)
    sent = ", ".join(address(one) for one in TEAM)
    arrives(desk, "From: x@example.org", f"To: {sent}", text="[low] a letter")
    watch.run()
    assert watch.told() == ["gus"]


def test_what_one_reviewer_may_still_see_raises_no_such_alarm(desk: Desk) -> None:
    watch = Watch(desk)
    sent = ", ".join(address(one) for one in TEAM[1:])
    arrives(desk, "From: x@example.org", f"To: {sent}")
    assert watch.alarms() == []


def test_a_desk_without_reviewers_yet_raises_no_such_alarm(desk: Desk) -> None:
    for name in TEAM:
        desk.do(desk.ada, disable, person_id=desk.people[name].person_id)
    assert not any(Role.REVIEWER in one.roles for one in desk.read(active_people))
    arrives(desk, "From: x@example.org", "To: team@charity.example.org")
    assert Watch(desk).alarms() == []


@pytest.mark.parametrize(
    "sender",
    [
        '"Ana <ana@charity.example.org>" <x@example.com>',
        '"ana@charity.example.org" <x@example.com>',
        "=?utf-8?q?Ana_=3Cana=40charity=2Eexample=2Eorg=3E?= <x@example.com>",
        "ana@charity.example.org.example.com",
        "\u0430na@charity.example.org",  # a Cyrillic letter
        "ana@charity.example.org@example.com",
        "x@example.com (ana@charity.example.org)",
    ],
)
def test_a_name_that_reads_like_a_colleagues_address_takes_nobody_out(
    make_desk: MakeDesk, sender: str
) -> None:
    desk = make_desk()
    message = arrives(desk, f"From: {sender}", "To: team@charity.example.org")
    assert out_of(desk, message) == set()
    assert message in sees(desk, desk.ana)
    assert desk.row(message).from_address != address("ana")


def test_claiming_to_be_a_colleague_takes_out_that_one_and_makes_nobody_the_sender(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk()
    sender = f"From: {address('ana')}, {address('ben')}, {address('cleo')}"
    twice = arrives(desk, sender, f"From: {address('dora')}", "To: team@charity.example.org")
    assert out_of(desk, twice) == {"ana"}
    row = desk.row(twice)
    assert row.sender_id is None
    assert row.verified != Verified.VERIFIED.value


# -- to be missed


def test_a_message_id_that_is_known_hides_nothing(make_desk: MakeDesk) -> None:
    desk = make_desk()
    head = ("From: x@example.org", "Message-ID: <known@example.org>")
    harmless = arrives(desk, *head, text="thank you")
    threat = arrives(desk, *head, text="[high] a letter")
    assert desk.state(harmless) is State.UNFLAGGED
    assert desk.read(next_waiting, viewer=desk.ana, now=desk.now) == threat


@pytest.mark.parametrize("year", [1970, 1999, 2069])
def test_a_made_up_date_neither_ages_a_message_nor_puts_it_last(
    make_desk: MakeDesk, year: int
) -> None:
    """The queue goes by when a message was queued, and what is kept by when it came to us."""
    desk = make_desk()
    first = arrives(
        desk,
        "From: x@example.org",
        f"Date: Thu, 01 Jan {year} 00:00:00 +0000",
        text="[medium] one",
    )
    desk.move(minutes=1)
    arrives(desk, "From: y@example.org", text="[medium] two")
    row = desk.row(first)
    assert row.imported_at == desk.now - timedelta(minutes=1)
    assert row.queued_at == row.imported_at
    assert desk.read(next_waiting, viewer=desk.ana, now=desk.now) == first


@pytest.mark.parametrize(
    "html",
    [
        "thank you<span style='display:none'>zanzibar</span>",
        "thank you<div style='font-size:0'>zanzibar</div>",
        "thank you<p hidden>zanzibar</p>",
        "thank you<span style='color:#fff;background:#fff'>zanzibar</span>",
        "thank you<p style='position:absolute;left:-9999px'>zanzibar</p>",
    ],
)
def test_words_that_are_hidden_are_kept_and_can_be_read_by_a_person(
    make_desk: MakeDesk, html: str
) -> None:
    desk = make_desk()
    mail = read(desk, f"From: x@example.org\r\nContent-Type: text/html\r\n\r\n{html}".encode())
    assert "zanzibar" in f"{mail.written} {mail.quoted}"


def test_what_stands_in_a_comment_of_html_is_no_text_and_stays_in_the_original(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk()
    raw = b"From: x@example.org\r\nContent-Type: text/html\r\n\r\nkind<!-- zanzibar --> words"
    mail = read(desk, raw)
    assert "zanzibar" not in mail.written
    assert b"zanzibar" in mail.raw


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..\\..\\windows\\system.ini",
        "/etc/passwd",
        "C:\\autoexec.bat",
        "a\r\nSet-Cookie: x=y",
        "invoice\u202egpj.exe",
        "\x1b[2Jname.txt",
        "." * 300,
        "con\x00.txt",
    ],
)
def test_the_name_of_a_file_leads_into_no_folder_and_steers_nothing(
    make_desk: MakeDesk, name: str
) -> None:
    desk = make_desk()
    raw = (
        "From: x@example.org\r\nContent-Type: application/octet-stream\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\nbytes'
    ).encode("utf-8", "replace")
    mail = read(desk, raw)
    for part in mail.attachments:
        assert PurePosixPath(part.filename).name == part.filename
        assert PureWindowsPath(part.filename).name == part.filename
        assert part.filename.isprintable()
        assert len(part.filename) <= 200


SLOW = {
    "spaces": " " * 200_000,
    "a's and one !": "a" * 200_000 + "!",
    "quotes": "> " * 100_000,
    "dashes": "-" * 200_000,
    "phones": "+44 20 " * 30_000,
    "addresses": "a@" * 100_000,
    "links": "http://" * 30_000,
    "brackets": "<" * 200_000,
    "On wrote": "On Mon, someone wrote:\n" * 20_000,
    "From lines": "From: a\n" * 30_000,
    "entities": "&#x" * 60_000,
}


@pytest.mark.parametrize("kind", SLOW)
def test_no_text_makes_a_pattern_run_away(kind: str) -> None:
    """The child has five seconds of computing; what takes longer is quarantined. These end."""
    with MailParser() as parser:
        raw = f"From: x@example.org\r\nSubject: x\r\n\r\n{SLOW[kind]}".encode()
        mail = parser.parse(RawMail(raw, "x.eml"))
    assert mail.parse_status is ParseStatus.PARSED, mail.quarantine_reason


# -- to be believed, or to speak for somebody else


def test_who_is_answered_is_not_who_wrote(make_desk: MakeDesk) -> None:
    """Reply-To, Sender and Return-Path are the writer's own words: none of them is who wrote."""
    desk = make_desk()
    message = arrives(
        desk,
        "From: x@example.org",
        "Reply-To: victim@example.net",
        "Sender: victim@example.net",
        "Return-Path: <victim@example.net>",
        "X-Original-From: victim@example.net",
    )
    assert desk.row(message).from_address == "x@example.org"


@pytest.mark.parametrize(
    ("stamp", "verified"),
    [
        ("", Verified.NOT_VERIFIED),
        ("Authentication-Results: elsewhere.example.com; dmarc=pass", Verified.NOT_CHECKED),
        (
            "Authentication-Results: mx.example.org; dmarc=fail; "
            'dkim=pass header.i="x; dmarc=pass"',
            Verified.NOT_VERIFIED,
        ),
    ],
)
def test_who_smears_somebody_in_their_name_is_not_verified(
    make_desk: MakeDesk, stamp: str, verified: Verified
) -> None:
    desk = make_desk(authserv_ids=("mx.example.org",))
    lines = [stamp] if stamp else ["Authentication-Results: mx.example.org; spf=fail"]
    message = arrives(desk, *lines, "From: victim@example.net", text="[high] a letter")
    assert desk.row(message).verified == verified.value


def test_a_forward_in_a_colleagues_name_is_held_and_names_nobody(make_desk: MakeDesk) -> None:
    desk = make_desk(forward_to=("flag@charity.example.org",), authserv_ids=("mx.example.org",))
    text = (
        "please look\n\n---------- Forwarded message ---------\n"
        "From: Victim <victim@example.net>\nDate: Mon, 2 Mar 2026\nSubject: hello\n"
        f"To: <{address('ben')}>\n\n[high] words that the victim never wrote"
    )
    message = arrives(
        desk,
        "Authentication-Results: mx.example.org; spf=fail; dmarc=fail",
        f"From: Ana <{address('ana')}>",
        "To: flag@charity.example.org",
        text=text,
    )
    row = desk.row(message)
    assert row.held_forward
    assert row.sender_id is None
    assert row.verified == Verified.NOT_VERIFIED.value
    assert message in sees(desk, desk.cleo)


def test_where_no_server_of_ours_checks_a_false_forward_is_taken_for_a_colleagues(
    make_desk: MakeDesk,
) -> None:
    """A named limit: without TRIAGE_AUTHSERV_IDS the address is all there is. What it says of who
    wrote is marked as not verified all the same, and the doctor says what is missing."""
    desk = make_desk(forward_to=("flag@charity.example.org",))
    text = "look\n\nBegin forwarded message:\n\nFrom: victim@example.net\nSubject: x\n\n[high] x"
    message = arrives(desk, f"From: {address('ana')}", "To: flag@charity.example.org", text=text)
    row = desk.row(message)
    assert not row.held_forward
    assert row.verified == Verified.NOT_VERIFIED.value
    said = [one for one in doctor.examine(desk.triage.settings) if one.what == "forwards"]
    assert "senders not checked" in said[0].found


def test_a_thread_is_taken_up_again_by_its_own_sender_alone(make_desk: MakeDesk) -> None:
    desk = make_desk()
    first = arrives(desk, "From: x@example.org", "Message-ID: <one@example.org>")
    desk.decide(desk.ana, first)
    closed = desk.state(first)
    arrives(desk, "From: y@example.com", "References: <one@example.org>", text="[high] again")
    assert desk.state(first) is closed

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import islice, product
from pathlib import Path

import pytest

from triage.core.errors import TriageError
from triage.intake import parser as parser_module
from triage.intake import wire
from triage.intake.inbound import Contact, ContactKind, ParseStatus, RawMail
from triage.intake.limits import MEMORY_BYTES
from triage.intake.parse import parse_mail
from triage.intake.parser import MailParser

GOOD = RawMail(b"From: A <a@example.org>\nSubject: bins\n\nHello.\n-- \nA", "a.eml")
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
NAMES = ("".join(each) for each in islice(product(ALPHABET, repeat=4), 100_000))
# One tag with 100,000 attributes: the HTML reader compares each with all before it, in C.
SLOW = RawMail(
    b"From: b@example.org\nContent-Type: text/html\n\n<p "
    + "".join(f'{name}=">"' for name in NAMES).encode()
    + b">x",
    "slow.eml",
)
LARGE = RawMail(
    b"From: c@example.org\nContent-Type: text/plain; format=flowed\n\n" + b"a \n" * 8_000_000,
    "large.eml",
)


@pytest.fixture
def parser():
    with MailParser() as opened:
        yield opened


def same(raw):
    return parse_mail(raw.data, raw.source, raw.envelope_date)


def test_child_says_what_the_parser_says(parser):
    alternative = (
        b"Content-Type: text/html\nDate: Mon, 2 Nov 2026 10:00:00 +0000\n\n<p hidden>a</p>"
    )
    forward = (
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: image/png\n\na\n--x--"
    )
    for raw in (GOOD, RawMail(alternative, "é\n"), RawMail(forward, ""), RawMail(b"\x00\xff", "b")):
        assert parser.parse(raw) == same(raw)


def test_child_starts_with_the_first_message_and_serves_many(parser):
    assert parser.child_pid is None
    first = parser.parse(GOOD)
    pid = parser.child_pid
    assert [parser.parse(GOOD) for _ in range(200)] == [first] * 200
    assert parser.child_pid == pid


def test_large_message_is_not_sent_to_the_child(parser):
    mail = parser.parse(RawMail(b"a" * 30 * 1024 * 1024, "a"))
    assert mail.parse_status is ParseStatus.QUARANTINED
    assert parser.child_pid is None


def test_message_that_burns_computing_time_is_quarantined_and_the_next_goes_on(parser):
    mail = parser.parse(SLOW)
    assert mail.parse_status is ParseStatus.QUARANTINED
    assert mail.quarantine_reason == "reading it took more than 5 seconds of computing time"
    assert mail.from_address == "b@example.org"
    assert mail.raw is SLOW.data
    assert parser.parse(GOOD) == same(GOOD)


def test_message_that_takes_too_long_is_quarantined_and_the_next_goes_on():
    with MailParser(wall_seconds=1) as parser:
        mail = parser.parse(SLOW)
        assert mail.quarantine_reason == "reading it took more than 1 seconds"
        assert parser.parse(GOOD) == same(GOOD)


def test_message_that_eats_memory_is_quarantined_and_the_next_goes_on(parser):
    mail = parser.parse(LARGE)
    assert mail.parse_status is ParseStatus.QUARANTINED
    assert mail.written.startswith("From: c@example.org")
    assert parser.parse(GOOD) == same(GOOD)


def test_child_killed_between_messages_is_started_again(parser):
    parser.parse(GOOD)
    first = parser.child_pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert parser.parse(GOOD) == same(GOOD)
    assert parser.child_pid != first


def test_child_is_changed_after_its_share(parser, monkeypatch):
    monkeypatch.setattr(parser_module, "MESSAGES_A_CHILD", 2)
    pids = set()
    for _ in range(6):
        parser.parse(GOOD)
        pids.add(parser.child_pid)
    assert len(pids) > 1


def test_child_ignores_an_interrupt(parser):
    parser.parse(GOOD)
    pid = parser.child_pid
    assert pid is not None
    os.kill(pid, signal.SIGINT)
    assert parser.parse(GOOD) == same(GOOD)
    assert parser.child_pid == pid


def test_child_ends_with_its_input():
    run = subprocess.run(
        [sys.executable, "-m", "triage.intake.worker"], input=b"", capture_output=True, check=True
    )
    assert run.stdout == wire.pack_frame(wire.HELLO)


def test_child_holds_its_limits_and_no_other_files(parser):
    parser.parse(GOOD)
    proc = Path(f"/proc/{parser.child_pid}")
    rows = (proc / "limits").read_text(encoding="ascii").splitlines()
    limits = {row[:25].strip(): row[25:].split() for row in rows}
    environment = (proc / "environ").read_bytes().split(b"\0")
    names = {each.split(b"=")[0] for each in environment if each}
    assert limits["Max core file size"][:2] == ["0", "0"]
    assert limits["Max file size"][:2] == ["0", "0"]
    assert MEMORY_BYTES < int(limits["Max address space"][0]) < 3 * MEMORY_BYTES
    assert int(limits["Max cpu time"][0]) >= 4
    assert names <= {each.encode() for each in parser_module.KEPT_ENVIRONMENT} | {
        b"PYTHONPATH",
        b"PYTHONDONTWRITEBYTECODE",
        b"LC_CTYPE",
    }
    # Input, /dev/null for stray prints (twice), and the pipe of answers.
    assert len(list((proc / "fd").iterdir())) == 4


def test_closed_parser_leaves_no_child():
    parser = MailParser()
    parser.parse(GOOD)
    pid = parser.child_pid
    assert pid is not None
    parser.close()
    parser.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_child_that_never_starts_is_an_error_and_not_an_archive_in_quarantine(monkeypatch):
    monkeypatch.setattr(parser_module, "HELLO", b"another")
    with MailParser() as parser, pytest.raises(TriageError, match="does not start"):
        parser.parse(GOOD)


ANSWER = json.loads(wire.pack_answer(same(GOOD))[4:])
SHA = same(GOOD).sha256


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "0" * 64},
        {"subject": 1},
        {"subject": None},
        {"sent_at": "soon"},
        {"sent_at": "2026-11-19T08:00:00"},
        {"recipients": "a"},
        {"recipients": [1]},
        {"parse_status": "fine"},
        {"channel": "pigeon"},
        {"attachments": None},
        {"attachments": [1]},
        {"attachments": [{"size": 1}]},
        {"contacts": None},
        {"contacts": [1]},
        {"contacts": [{"kind": "pigeon", "value": "x", "network": ""}]},
        {"contacts": [{"kind": "phone", "value": 1, "network": ""}]},
        {"other": "field"},
    ],
)
def test_nonsense_of_the_child_is_refused(change):
    body = json.dumps(ANSWER | change).encode()
    with pytest.raises(ValueError):
        wire.unpack_answer(body, GOOD.data, SHA)


def test_contacts_come_through_the_child_as_they_were():
    contacts = (Contact(ContactKind.HANDLE, "@pat", "x"), Contact(ContactKind.PHONE, "020"))
    answer = wire.pack_answer(replace(same(GOOD), contacts=contacts))[4:]
    assert wire.unpack_answer(answer, GOOD.data, SHA).contacts == contacts


def test_texts_of_the_child_are_cleaned():
    body = json.dumps(ANSWER | {"subject": "a\x00\ud800"}).encode()
    assert wire.unpack_answer(body, GOOD.data, SHA).subject == "a\ufffd"


def test_nonsense_in_place_of_an_answer_quarantines_the_message(parser, monkeypatch):
    parser.parse(GOOD)

    def nonsense(stream):
        return b"[" * 100_000

    monkeypatch.setattr(parser_module, "read_frame", nonsense)
    mail = parser.parse(GOOD)
    assert mail.parse_status is ParseStatus.QUARANTINED
    assert mail.quarantine_reason == "the program that reads mail stopped at it"
    monkeypatch.undo()
    assert parser.parse(GOOD) == same(GOOD)


def test_stray_print_of_the_child_is_no_frame():
    code = (
        "from triage.intake import worker\n"
        "real = worker.parse_mail\n"
        "worker.parse_mail = lambda *given: (print('stray', flush=True), real(*given))[1]\n"
        "worker.main()\n"
    )
    request = b"".join(wire.pack_request(GOOD))
    run = subprocess.run(
        [sys.executable, "-c", code], input=request, capture_output=True, check=True
    )
    answer = wire.pack_answer(same(GOOD))
    assert run.stdout == wire.pack_frame(wire.HELLO) + answer
    assert b"stray" in run.stderr

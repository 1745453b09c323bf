"""What a person attached to their messages: it goes to them as its exact bytes, once it was looked
into by two people; what stays, or cannot go, is named and nothing of it goes."""

import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select
from support.attaching import File, mail_with, read_with
from support.desk import Desk
from support.subjects import (
    agreed,
    asked,
    at,
    decide,
    found_kinds,
    give_all,
    items,
    kept,
    known,
    made,
    reviewed,
    searched,
    seen,
    shown,
    whole_way,
)

from triage.core.access import CONSOLE, SYSTEM
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotAllowed, NotFound
from triage.core.holds import HoldReason, hold
from triage.intake.parse import parse_mail
from triage.messages.stubs.service import leave_stub
from triage.messages.tables import Message, MessageAttachment
from triage.packs.bag import problems
from triage.retention.subject import attached
from triage.retention.subject.attached import LeftOut, fits, path_of, size_of
from triage.retention.subject.queries.taking import taken
from triage.retention.subject.rules import Decision, Ground, Kind
from triage.retention.subject.service.console import export_everywhere, find_everywhere
from triage.retention.subject.service.opening import open_file
from triage.retention.subject.service.searching import search
from triage.retention.subject.tables import SubjectItem

PICTURE = b"\x89PNG\r\n\x1a\n\x00\xff not really"
LETTER = b"%PDF-1.4\nDear all,\r\n"
TWO = (("garden.png", "image/png", PICTURE), ("letter.pdf", "application/pdf", LETTER))


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """On SQLite: most of this is no matter of the database."""
    return kept(make_desk())


@pytest.fixture
def both(make_desk: Callable[..., Desk], backend: str) -> Desk:
    """On each database in turn."""
    return kept(make_desk(backend))


def wrote(desk: Desk, *files: File, **given: Any) -> str:
    """Pat, or somebody else, wrote this; its message."""
    [got] = desk.receive(read_with(*files, **given))
    assert got.message_id
    return got.message_id


def inside(data: bytes) -> dict[str, bytes]:
    """What lies in the file, by its path in the bag."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name.split("/", 1)[1]: packed.read(name) for name in packed.namelist()}


def files_in(data: bytes) -> dict[str, bytes]:
    """What was attached alone."""
    return {path: raw for path, raw in inside(data).items() if path.startswith("data/files/")}


def said_in(data: bytes) -> str:
    """The text that they read."""
    return inside(data)["data/your-data.txt"].decode()


def of_file(desk: Desk, request_id: str, name: str) -> Any:
    """The item of one file."""
    [found] = [
        one
        for one in seen(desk, request_id).items
        if one.file is not None and one.file.name == name
    ]
    [row] = [one for one in items(desk, request_id) if one.id == found.id]
    return row


def test_what_they_attached_goes_as_its_exact_bytes_and_the_bag_verifies(
    both: Desk, tmp_path: Path
) -> None:
    wrote(both, *TWO)
    request_id, data = whole_way(both)
    assert files_in(data) == {
        f"data/files/{number:02d}-{name}": raw
        for number, name, raw in files_by_order(both, request_id)
    }
    assert sorted(files_in(data).values()) == sorted([PICTURE, LETTER])
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        packed.extractall(tmp_path)
    [folder] = tmp_path.iterdir()
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "--strict", "-c", manifest], cwd=folder, check=True)
    assert bagit.Bag(str(folder)).is_valid()
    assert problems(io.BytesIO(data)) == []
    assert made(both, request_id) == data
    text = said_in(data)
    assert "Name of the file: garden.png" in text
    assert "In this copy: files/0" in text
    assert "not in this copy" not in text
    held = json.loads(inside(data)["data/your-data.json"])
    assert held["not_in_this_copy"] == []
    listed = {one["file"]: one["sha256"] for one in held["held"] if "file" in one}
    assert listed == {
        path.removeprefix("data/"): hashlib.sha256(raw).hexdigest()
        for path, raw in files_in(data).items()
    }


def files_by_order(desk: Desk, request_id: str) -> list[tuple[int, str, bytes]]:
    """The files as the answer has them, from one on."""
    raw = {name: one for name, _, one in TWO}
    go = [one.file.name for one in shown(desk, request_id).pieces if one.file is not None]
    return [(number, name, raw[name]) for number, name in enumerate(go, 1)]


def test_each_file_is_listed_by_name_size_and_kind_and_has_to_be_decided_by_itself(
    desk: Desk,
) -> None:
    message = wrote(desk, *TWO)
    request_id = searched(desk)
    assert found_kinds(desk, request_id) == ["file", "file", "message"]
    listed = {one.file for one in seen(desk, request_id).items if one.file is not None}
    assert {(one.name, one.kind, one.size, one.message_id) for one in listed} == {
        (name, kind, len(raw), message) for name, kind, raw in TWO
    }
    [own] = [one for one in items(desk, request_id) if one.kind == "message"]
    decide(desk, own)
    with pytest.raises(Conflict, match="Decide each item first"):
        reviewed(desk, request_id)


def test_a_file_that_was_left_out_does_not_go_and_the_copy_says_so_without_the_ground(
    both: Desk,
) -> None:
    wrote(both, *TWO)
    request_id = searched(both)
    give_all(both, request_id)
    given: dict[str, Any] = {"decision": Decision.WITHHOLD, "ground": Ground.OTHERS}
    decide(both, of_file(both, request_id, "garden.png"), said="Her neighbours.", **given)
    agreed(both, reviewed(both, request_id))
    data = made(both, request_id)
    assert list(files_in(data).values()) == [LETTER]
    assert PICTURE not in b"".join(inside(data).values())
    text = said_in(data)
    assert f"garden.png ({len(PICTURE)} bytes): left out, as the law lets us." in text
    assert "neighbours" not in text
    assert "neighbours" not in inside(data)["data/your-data.json"].decode()
    other = {"decision": Decision.WITHHOLD, "ground": Ground.CRIME}
    both.do(both.cusa, search, **at(both, request_id))
    decide(both, of_file(both, request_id, "garden.png"), **other)
    agreed(both, reviewed(both, request_id))
    assert said_in(made(both, request_id)) == text  # the same, whatever the ground


def test_a_file_that_is_summed_up_is_said_and_not_given(desk: Desk) -> None:
    wrote(desk, TWO[0])
    request_id = searched(desk)
    give_all(desk, request_id)
    summary = {"decision": Decision.SUMMARY, "said": "A picture of a garden in which others sit."}
    decide(desk, of_file(desk, request_id, "garden.png"), **summary)
    agreed(desk, reviewed(desk, request_id))
    data = made(desk, request_id)
    assert files_in(data) == {}
    assert "in which others sit" in said_in(data)


def test_what_was_attached_since_the_second_person_looked_does_not_go(desk: Desk) -> None:
    wrote(desk, *TWO)
    request_id = searched(desk)
    give_all(desk, request_id)
    reviewed(desk, request_id)
    before = shown(desk, request_id).digest
    agreed(desk, request_id)
    wrote(desk, ("more.txt", "text/plain", b"more"), text="[low] And more.")
    desk.do(desk.cusa, search, **at(desk, request_id))
    give_all(desk, request_id)
    assert shown(desk, request_id).digest != before
    with pytest.raises(Conflict, match="second person"):
        made(desk, request_id)


def test_no_file_goes_or_is_named_whose_message_stays_here(desk: Desk) -> None:
    wrote(desk, *TWO)
    wrote(desk, ("other.txt", "text/plain", b"mine"), text="[low] Another.")
    request_id = searched(desk)
    give_all(desk, request_id)
    garden = of_file(desk, request_id, "garden.png")
    [message] = [
        one for one in items(desk, request_id)
        if one.kind == "message" and one.matter_id == garden.matter_id
    ]  # fmt: skip
    decide(desk, message, decision=Decision.WITHHOLD, ground=Ground.CRIME)
    agreed(desk, reviewed(desk, request_id))
    data = made(desk, request_id)
    assert list(files_in(data).values()) == [b"mine"]
    for word in ("garden", "letter.pdf"):
        assert word not in said_in(data)
        assert word not in inside(data)["data/your-data.json"].decode()


def test_where_a_message_stays_its_undecided_files_stay_with_it(desk: Desk) -> None:
    wrote(desk, *TWO)
    request_id = searched(desk)
    [message] = [one for one in items(desk, request_id) if one.kind == "message"]
    decide(desk, message, decision=Decision.WITHHOLD, ground=Ground.NOT_THEIRS)
    assert {(one.decision, one.ground) for one in items(desk, request_id)} == {
        ("withhold", "not_theirs")
    }
    reviewed(desk, request_id)


def test_what_others_attached_where_they_speak_of_somebody_does_not_go(desk: Desk) -> None:
    wrote(desk, TWO[0], text="[low] Pat Example was there.", by="Sam Other <sam@example.net>")
    request_id, data = whole_way(desk)
    assert found_kinds(desk, request_id) == ["mention"]
    assert files_in(data) == {}
    assert "garden.png" not in said_in(data)


def test_what_is_erased_at_somebodys_wish_takes_its_files_with_it(desk: Desk) -> None:
    wrote(desk, *TWO)
    assert found_kinds(desk, searched(desk, kind=Kind.ERASURE)) == ["message"]


def test_p_nam_1_the_name_of_a_file_tells_of_nobody_else_neither_in_text_nor_as_a_path(
    desk: Desk,
) -> None:
    """Names of our own staff and others are hidden in it as in any text, and in the path too."""
    wrote(desk, ("about_Ana\u200b.pdf", "application/pdf", LETTER))
    _, data = whole_way(desk)
    [path] = files_in(data)
    assert "ana" not in path.lower()
    assert "ana" not in said_in(data).lower()
    assert path.endswith(".pdf")


HOSTILE = (
    "../../etc/passwd", "..\\..\\boot.ini", "/abs/olute", "C:\\con.txt", "CON", "nul.txt", "aux",
    "same.txt", "same.txt", "SAME.TXT", "a" * 400 + ".txt", "\u202egnp.exe", "line\nbreak\r.txt",
    "..", ".", " ", "-rf", "~root", "%2e%2e%2f", "a:b|c?*<>\".txt", "caf\u00e9.txt", "\U0001f600",
)  # fmt: skip
SOME = ("../../etc/passwd", "C:\\con.txt", "CON", "same.txt", "SAME.TXT", "\u202egnp.exe", "..")
RESERVED = {"con", "prn", "aux", "nul", *(f"{one}{n}" for one in ("com", "lpt") for n in range(10))}


def check_paths(paths: list[str]) -> None:
    """Each is a name in its folder and nothing else, on every machine."""
    assert len({one.lower() for one in paths}) == len(paths)
    for one in paths:
        folder, _, name = one.rpartition("/")
        assert folder == "data/files"
        assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
        assert name[0].isdigit()
        assert ".." not in name[:4]
        assert not name.endswith((".", " "))
        assert name.split(".")[0].lower() not in RESERVED
        assert len(name) <= 90


@given(st.lists(st.text(max_size=300) | st.sampled_from(HOSTILE), min_size=1, max_size=30))
def test_whatever_a_file_is_called_its_path_is_safe_and_no_two_are_one(names: list[str]) -> None:
    check_paths(
        [
            path_of(attached.File("m", name, 1, "x", "0"), number)
            for number, name in enumerate(names, 1)
        ]
    )


def test_hostile_names_end_as_safe_paths_and_every_byte_is_there(
    desk: Desk, tmp_path: Path
) -> None:
    raw = b"".join(
        b"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        + f"Content-Disposition: attachment; filename*=utf-8''{quoted(name)}\r\n\r\n".encode()
        + f"{number:04d}\r\n".encode()
        for number, name in enumerate(SOME)
    )
    head = mail_with().split(b"\n\n")[0].replace(b"text/plain", b"multipart/mixed; boundary=b")
    whole = b"\r\n".join(one for one in head.splitlines() if b"Transfer-Encoding" not in one)
    [got] = desk.receive(parse_mail(whole + b"\r\n\r\n" + raw + b"--b--\r\n", "a.eml"))
    assert got.message_id
    _, data = whole_way(desk)
    found = files_in(data)
    assert len(found) == len(SOME)
    check_paths(sorted(found))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        packed.extractall(tmp_path)
    [folder] = tmp_path.iterdir()
    assert bagit.Bag(str(folder)).is_valid()
    assert problems(io.BytesIO(data)) == []
    for text in (said_in(data), inside(data)["data/your-data.json"].decode()):
        assert "\u202e" not in text


def quoted(name: str) -> str:
    """For a header: every byte of it written out."""
    return "".join(f"%{one:02X}" for one in name.encode())


def test_words_that_are_hidden_in_a_message_are_hidden_in_the_names_of_its_files(
    desk: Desk,
) -> None:
    wrote(desk, ("treasurer.png", "image/png", PICTURE), ("the treasurer.txt", "text/a", b"x"))
    request_id = searched(desk)
    give_all(desk, request_id)
    for one in items(desk, request_id):
        if one.kind == "message":
            decide(desk, one, decision=Decision.DISCLOSE, hide="treasurer")
    kept_here = of_file(desk, request_id, "the treasurer.txt")
    decide(desk, kept_here, decision=Decision.WITHHOLD, ground=Ground.OTHERS)
    agreed(desk, reviewed(desk, request_id))
    data = made(desk, request_id)
    assert list(files_in(data)) == ["data/files/01-hidden_.png"]
    assert "the [hidden].txt (1 byte): left out" in said_in(data)
    assert not [path for path, raw in inside(data).items() if b"treasurer" in raw]


# -- what cannot go, and what is held


def test_what_is_more_than_may_be_together_is_left_out_and_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attached, "MOST_BYTES", 30)
    wrote(desk, ("big.bin", "application/x-x", b"x" * 31), ("fits.bin", "application/x-x", b"y"))
    request_id, data = whole_way(desk)
    assert list(files_in(data).values()) == [b"y"]
    assert "big.bin (31 bytes): too large to be sent together with the rest: ask us" in (
        said_in(data)
    )
    assert [one.why for one in shown(desk, request_id).left_out] == [LeftOut.TOO_MUCH]


@given(st.lists(st.integers(0, 2 * attached.MOST_BYTES), max_size=20))
def test_what_goes_is_never_more_than_may_be(sizes: list[int]) -> None:
    go = [size for size, one in zip(sizes, fits(sizes), strict=True) if one]
    assert sum(go) <= attached.MOST_BYTES
    assert all(size_of(one) for one in sizes)


def test_a_file_whose_bytes_are_gone_is_said_and_breaks_nothing(desk: Desk) -> None:
    wrote(desk, *TWO)
    request_id = searched(desk)
    garden = of_file(desk, request_id, "garden.png")

    def lose(tx: Tx) -> None:  # an original is never rewritten: the list is wrong instead
        for one in tx.session.scalars(select(MessageAttachment)):
            one.sha256 = hashlib.sha256(one.id.encode()).hexdigest()

    desk.do(SYSTEM, lose)
    give_all(desk, request_id)
    agreed(desk, reviewed(desk, request_id))
    data = made(desk, request_id)
    assert files_in(data) == {}
    assert said_in(data).count("we could not take it out of your message by itself") == 2
    with pytest.raises(Conflict, match="cannot be taken out"):
        desk.do(desk.cusa, open_file, item_id=garden.id)


def test_what_is_erased_between_the_look_and_the_file_stops_it(desk: Desk) -> None:
    message = wrote(desk, *TWO)
    request_id = searched(desk)
    give_all(desk, request_id)
    agreed(desk, reviewed(desk, request_id))

    def erase(tx: Tx) -> None:
        leave_stub(tx, tx.session.get_one(Message, message))

    desk.do(SYSTEM, erase)
    with pytest.raises(Conflict, match="not what the second person saw"):
        made(desk, request_id)


def test_an_attachment_that_was_erased_says_so_and_is_no_file(desk: Desk) -> None:
    message = wrote(desk, TWO[0])
    request_id = searched(desk)

    def forget(tx: Tx) -> None:
        tx.session.execute(delete(MessageAttachment).where(MessageAttachment.message_id == message))

    desk.do(SYSTEM, forget)
    give_all(desk, request_id)
    agreed(desk, reviewed(desk, request_id))
    data = made(desk, request_id)
    assert files_in(data) == {}
    assert "It was erased meanwhile." in said_in(data)


def test_a_hold_keeps_from_erasure_and_from_nobody_what_is_theirs(desk: Desk) -> None:
    message = wrote(desk, TWO[0])
    desk.do(SYSTEM, hold, subject_id=message, reason=HoldReason.POLICE, owner="test", until=None)
    _, data = whole_way(desk)
    assert list(files_in(data).values()) == [PICTURE]


def test_of_a_message_that_could_not_be_read_it_says_that_files_may_lack(desk: Desk) -> None:
    deep = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 150
    raw = b"From: Pat Example <pat@example.org>\r\nSubject: x\r\n" + deep
    [got] = desk.receive(parse_mail(raw, "a.eml"))
    assert got.message_id
    assert desk.row(got.message_id).parse_status == "quarantined"
    _, data = whole_way(desk)
    assert "If files were attached to it, they are not in this copy: ask us for them." in (
        said_in(data)
    )


# -- who may look into one, and the console


def test_who_decides_and_who_agrees_take_a_file_out_to_look_and_it_is_on_the_record(
    both: Desk,
) -> None:
    message = wrote(both, ("../a b.png", "image/png", PICTURE))
    request_id = searched(both)
    [one] = [one for one in items(both, request_id) if one.kind == "file"]
    found = both.do(both.cusa, open_file, item_id=one.id)
    assert (found.data, found.name) == (PICTURE, "01-a_b.png")
    assert set(found.matters) == {request_id, message}
    for who in (both.ana, both.max, both.ada, both.kit):
        with pytest.raises(NotAllowed):
            both.do(who, open_file, item_id=one.id)
    with pytest.raises(NotFound):  # nothing waits for a second person yet
        both.do(both.dora, open_file, item_id=one.id)
    give_all(both, request_id)
    reviewed(both, request_id)
    assert both.do(both.dora, open_file, item_id=one.id).data == PICTURE
    told = both.events("subject_file_opened", message)
    assert [event.actor_id for event in told] == [both.cusa.person_id, both.dora.person_id]
    assert "png" not in " ".join(event.details for event in told)
    [other] = [each for each in items(both, request_id) if each.kind == "message"]
    with pytest.raises(NotFound):
        both.do(both.cusa, open_file, item_id=other.id)


def test_p_rec_4_who_has_no_part_in_the_message_neither_sees_nor_opens_its_files(
    both: Desk,
) -> None:
    wrote(both, TWO[0], to="cole@charity.example.org")
    request_id = searched(both)
    [one] = [one for one in items(both, request_id) if one.kind == "file"]
    assert items(both, request_id, both.cole) == []
    with pytest.raises(NotFound):
        both.do(both.cole, open_file, item_id=one.id)
    with pytest.raises(NotFound):
        both.read(taken, viewer=both.cole, item_id=one.id)
    assert both.read(taken, viewer=both.cusa, item_id=one.id).data == PICTURE
    assert both.events("refused", one.matter_id)


def test_a_file_that_no_search_has_found_yet_is_named_and_does_not_go(desk: Desk) -> None:
    """As in a request from before files were looked for at all."""
    wrote(desk, *TWO)
    request_id = searched(desk)

    def forget(tx: Tx) -> None:
        tx.session.execute(delete(SubjectItem).where(SubjectItem.kind == "file"))

    desk.do(SYSTEM, forget)
    give_all(desk, request_id)
    agreed(desk, reviewed(desk, request_id))
    data = made(desk, request_id)
    assert files_in(data) == {}
    assert said_in(data).count("nobody has looked into it yet: ask us for it") == 2
    assert made(desk, request_id) == data


def test_the_console_gives_no_file_that_nobody_has_looked_into(desk: Desk) -> None:
    wrote(desk, TWO[0], text="[low] Seen.")
    unseen = ("unseen.png", "image/png", b"unseen")
    to = "cusa@charity.example.org, cole@charity.example.org"
    request_id = known(desk, asked(desk))
    desk.do(desk.cusa, search, **at(desk, request_id))
    wrote(desk, unseen, text="[low] To both.", to=to)
    give_all(desk, request_id)
    agreed(desk, reviewed(desk, request_id))
    target = io.BytesIO()
    export_everywhere(desk.triage.runner, request_id=request_id, target=target)
    data = target.getvalue()
    assert list(files_in(data).values()) == [PICTURE]
    assert "unseen.png (6 bytes): nobody has looked into it yet: ask us for it." in said_in(data)
    found = desk.do(CONSOLE, find_everywhere, typed=["pat@example.org"])
    assert sorted(one.kind for one in found) == ["file", "file", "message", "message"]

"""The evidence pack: what is in it, that it is what was shown, and that every byte of it counts."""

import io
import subprocess
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import bagit
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from support.desk import Desk, address
from support.mail import START
from support.referring import authorise, consider, staffed
from support.worlds import seeded_ids
from typer.testing import CliRunner

from triage.cli import app
from triage.core.access import Actor
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.exclusions import ExclusionKind, exclude
from triage.intake.parse import parse_mail
from triage.packs import queries
from triage.packs.bag import Member, problems, sha256, write_bag
from triage.packs.contents import PackPreview, Piece
from triage.packs.plain import safe_name, table, visible
from triage.packs.service import Progress, build
from triage.packs.summary import pdf

NAMES = ("Ana", "Ben", "Cleo", "Dora", "Edda", "Hal", "Hope")


def hostile() -> bytes:
    """A mail whose file name and text would do harm if they could."""
    mail = EmailMessage()
    mail["From"] = "=cmd|calc <sender@example.com>"
    mail["To"] = address("kit")
    mail["Subject"] = "[high] \u202eturned"
    mail["Message-ID"] = "<hostile@example.com>"
    mail["Date"] = "Mon, 02 Mar 2026 09:00:00 +0000"
    mail.set_content("I know\u200b where you live.\n")
    mail.add_attachment(b"\x00\xffbytes", "application", "octet-stream", filename="../../etc/x.sh")
    mail.set_boundary("the-boundary")
    return mail.as_bytes()


def referred(desk: Desk) -> str:
    staffed(desk)
    [got] = desk.receive(parse_mail(hostile(), "hostile.eml"))
    assert got.message_id
    made: str = consider(desk, desk.ana, got.message_id)
    return made


def shown(desk: Desk, who: Actor, matter_id: str, **more: object) -> PackPreview:
    return desk.read(queries.preview, viewer=who, matter_id=matter_id, **more)


def packed(
    desk: Desk, who: Actor, matter_id: str, leave_out: dict[str, str] | None = None
) -> tuple[bytes, list[Progress]]:
    digest = shown(desk, who, matter_id, leave_out=leave_out).digest
    target = io.BytesIO()
    told = list(
        build(desk.triage.runner, who, matter_id=matter_id, digest=digest, target=target,
              leave_out=leave_out)
    )  # fmt: skip
    return target.getvalue(), told


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return {name.split("/", 1)[1]: found.read(name) for name in found.namelist()}


def test_a_pack_is_exactly_what_its_preview_lists(desk: Desk) -> None:
    made = referred(desk)
    preview = shown(desk, desk.hal, made)
    data, told = packed(desk, desk.hal, made)
    inside = {path: raw for path, raw in files(data).items() if path.startswith("data/")}
    assert {one.path: (one.size, one.sha256) for one in preview.items} == {
        path: (len(raw), sha256(raw)) for path, raw in inside.items()
    }
    assert told[-1].done == told[-1].of == preview.size
    assert told[-1].sha256 == sha256(data)
    [original] = [raw for path, raw in inside.items() if path.startswith("data/original/")]
    assert original == hostile()
    [attached] = [raw for path, raw in inside.items() if path.startswith("data/attachments/")]
    assert attached == b"\x00\xffbytes"


def test_it_holds_for_sha256sum_for_bagit_and_for_us(desk: Desk, tmp_path: Path) -> None:
    data, _ = packed(desk, desk.dora, referred(desk))
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        found.extractall(tmp_path)
    [folder] = tmp_path.iterdir()
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "--strict", "-c", manifest], cwd=folder, check=True)
    assert bagit.Bag(str(folder)).is_valid()
    assert problems(io.BytesIO(data)) == []


def test_the_same_state_gives_the_same_bytes_in_both_databases(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for kind in ("sqlite", "sqlite", "postgresql"):
        desk = make_desk(kind)
        desk.clock.move(START - desk.now)
        seeded_ids(monkeypatch)
        found.append(packed(desk, desk.dora, referred(desk))[0])
    assert found[0] == found[1] == found[2]


def test_a_pack_that_was_built_stands_in_the_custody_of_each_message(desk: Desk) -> None:
    made = referred(desk)
    data, _ = packed(desk, desk.hal, made)
    events = desk.events("pack_built")
    preview = shown(desk, desk.hal, made)
    assert {one.matter_id for one in events} == {made, *preview.message_ids}
    again, _ = packed(desk, desk.hal, made)
    assert sha256(data).encode() in files(again)["data/custody.csv"]


def test_what_changed_since_it_was_shown_is_not_packed(desk: Desk) -> None:
    made = referred(desk)
    digest = shown(desk, desk.hal, made).digest
    authorise(desk, desk.dora, made)
    target = io.BytesIO()
    with pytest.raises(Conflict):
        list(build(desk.triage.runner, desk.hal, matter_id=made, digest=digest, target=target))
    assert target.getvalue() == b""
    assert not desk.events("pack_built")


def test_nobody_of_ours_is_named_in_it(desk: Desk) -> None:
    made = referred(desk)
    authorise(desk, desk.dora, made)
    data, _ = packed(desk, desk.hal, made)
    for path, raw in files(data).items():
        if path.startswith("data/original/"):
            continue  # the bytes as they came name whom the sender named
        for one in NAMES:
            assert one.encode() not in raw, (path, one)
            assert address(one.lower()).encode() not in raw
        for actor in desk.people.values():
            assert actor.person_id.encode() not in raw, path


def test_what_says_who_reported_stays_out_unless_that_was_decided(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = referred(desk)
    data = b"told by somebody"
    extra = Piece("data/report.txt", "The report", len(data), sha256(data), lambda: data, True)
    monkeypatch.setattr(queries, "EXTRA", (lambda *_: (extra,),))
    preview = shown(desk, desk.hal, made)
    assert "data/report.txt" not in {one.path for one in preview.items}
    assert "data/report.txt" in {one.what for one in preview.left_out}
    authorise(desk, desk.dora, made, reporter_data=True, reason="They wish it.")
    assert "data/report.txt" in {one.path for one in shown(desk, desk.hal, made).items}


def test_each_file_may_stay_out_with_a_reason_but_not_every_original(desk: Desk) -> None:
    made = referred(desk)
    items = shown(desk, desk.hal, made).items
    [attached] = [one.path for one in items if "/attachments/" in one.path]
    [original] = [one.path for one in items if "/original/" in one.path]
    data, _ = packed(desk, desk.hal, made, {attached: "Of no use."})
    assert attached not in files(data)
    assert f"{attached}\n  Of no use." in files(data)["data/left-out.txt"].decode()
    for wrong in ({attached: " "}, {"data/other": "x"}, {original: "x"}, {"data/custody.csv": "x"}):
        with pytest.raises(Invalid):
            shown(desk, desk.hal, made, leave_out=wrong)


def test_p_rec_2_who_has_no_part_sees_and_builds_none(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive(recipients=(address("edda"),))
    made = consider(desk, desk.ana, message)
    digest = shown(desk, desk.dora, made).digest
    for matter in (made, message):
        with pytest.raises(NotFound):
            shown(desk, desk.edda, matter)
        with pytest.raises(NotFound):
            desk.read(queries.built, viewer=desk.edda, matter_id=matter)
        with pytest.raises(NotFound):
            list(build(desk.triage.runner, desk.edda, matter_id=matter, digest=digest,
                       target=io.BytesIO()))  # fmt: skip
    for who in (desk.ana, desk.max, desk.ada, desk.kit):
        with pytest.raises(NotAllowed):
            shown(desk, who, made)
    assert not desk.events("pack_built")


def test_p_rec_1_who_loses_their_part_while_it_is_built_gets_none(desk: Desk) -> None:
    made = referred(desk)
    preview = shown(desk, desk.hal, made)
    given = {"matter_id": made, "digest": preview.digest, "target": io.BytesIO()}
    steps = build(desk.triage.runner, desk.hal, **given)
    next(steps)

    def sent_to_hal(session: Session) -> None:
        who = {"person_id": desk.hal.person_id, "kind": ExclusionKind.RECIPIENT, "at": desk.now}
        exclude(session, matter_id=preview.message_ids[0], **who)

    desk.triage.database.write(sent_to_hal)
    with pytest.raises(NotFound):
        list(steps)
    assert not desk.events("pack_built")


def test_what_it_is_made_of_is_read_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = referred(desk)
    digest, times = shown(desk, desk.hal, made).digest, []
    gathered = queries.gathered
    monkeypatch.setattr(
        queries, "gathered", lambda *some, **more: (times.append(1), gathered(*some, **more))[1]
    )
    target = io.BytesIO()
    list(build(desk.triage.runner, desk.hal, matter_id=made, digest=digest, target=target))
    assert len(times) == 1


def test_the_packs_that_were_built_are_listed_newest_first(desk: Desk) -> None:
    made = referred(desk)
    hashes = [sha256(packed(desk, who, made)[0]) for who in (desk.hal, desk.dora)]
    found = desk.read(queries.built, viewer=desk.dora, matter_id=made)
    assert [(one.who, one.sha256) for one in found] == [("Dora", hashes[1]), ("Hal", hashes[0])]
    with pytest.raises(NotAllowed):
        desk.read(queries.built, viewer=desk.ana, matter_id=made)


def test_the_summary_is_a_pdf_with_numbered_pages(desk: Desk) -> None:
    data, _ = packed(desk, desk.dora, referred(desk))
    paper = files(data)["data/summary.pdf"]
    assert paper.startswith(b"%PDF-")
    assert b"page 1 of ) Tj (1)" in paper


def test_each_page_says_which_of_how_many_it_is_and_the_same_words_give_the_same_paper() -> None:
    given_words = ("Evidence \u202e \u65e5", START, ["words"] * 120, [("data/a", "0" * 64)])
    paper = pdf(*given_words)
    for number in (1, 2, 3):
        assert f"page {number} of ) Tj (3)".encode() in paper
    assert rb"\\u{202E}" in paper
    assert pdf(*given_words) == paper


def test_what_is_hidden_is_written_out_and_no_cell_is_a_formula(desk: Desk) -> None:
    data, _ = packed(desk, desk.dora, referred(desk))
    [text] = [raw for path, raw in files(data).items() if path.startswith("data/text/")]
    assert b"\xe2\x80" not in text
    assert visible("a\u202eb\u200b\x00\r\nc") == "a\\u{202E}b\\u{200B}\\u{0000}\nc"
    assert table([("=1+1", "@x", "a,b")]) == '"\'=1+1","\'@x","a,b"\r\n'


@given(st.text(max_size=200), st.integers(1, 99))
def test_no_name_of_an_attachment_leaves_its_folder(given_name: str, number: int) -> None:
    name = safe_name(given_name, number)
    assert name.isascii()
    assert not set(name) & set("/\\:\0\n")
    assert ".." not in name[:3]
    assert len(name) < 100


def small() -> bytes:
    target = io.BytesIO()
    members = [
        Member(f"data/{name}.txt", len(data), sha256(data), lambda data=data: data)  # type: ignore[misc]
        for name, data in (("a", b"one"), ("b", b"two"))
    ]
    list(write_bag(target, "evidence-ABC-DEF", members, {"Bagging-Date": "2026-03-02"}))
    return target.getvalue()


SMALL = small()


@settings(max_examples=300, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.integers(1, 255))
def test_one_changed_byte_anywhere_is_found(place: int, turned: int) -> None:
    changed = bytearray(SMALL)
    changed[place] ^= turned
    assert problems(io.BytesIO(bytes(changed)))


def test_cut_lengthened_or_empty_it_does_not_hold() -> None:
    for data in (SMALL[:-1], SMALL + b"x", b"x" + SMALL, b"", SMALL[:100]):
        assert problems(io.BytesIO(data))
    assert problems(io.BytesIO(SMALL)) == []


def test_a_file_unlike_its_preview_stops_the_pack() -> None:
    wrong = Member("data/a.txt", 3, sha256(b"one"), lambda: b"two")
    with pytest.raises(ValueError, match="not what was announced"):
        list(write_bag(io.BytesIO(), "x", [wrong], {}))


def test_the_command_says_which_entry_fails(tmp_path: Path) -> None:
    file = tmp_path / "pack.zip"
    file.write_bytes(SMALL)
    assert CliRunner().invoke(app, ["pack", "verify", str(file)]).exit_code == 0
    file.write_bytes(SMALL.replace(b"two", b"six"))
    result = CliRunner().invoke(app, ["pack", "verify", str(file)])
    assert result.exit_code == 1
    assert "data/b.txt" in result.output

"""The watched folder: only what is complete is read, and nothing is moved before it is kept."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.desk import Desk
from support.mail import eml

from triage.app import Triage
from triage.core.errors import Invalid
from triage.drop import DONE, FAILED, DropFolder, free_place
from triage.intake.sources import Reading
from triage.messages.service.importing import ImportResult, import_mail
from triage.messages.tables import Message

WAIT_SECONDS = 60.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


@pytest.fixture
def watched(make_desk: Callable[..., Desk], folder: Path) -> DropFolder:
    return watching(make_desk().triage, folder)


def watching(triage: Triage, folder: Path, how: Reading | None = None) -> DropFolder:
    """A drop folder that imports into this instance."""

    def bring(path: Path) -> ImportResult:
        return import_mail(triage.runner, triage.scorer, [path], how=how or Reading())

    drop = DropFolder(folder, bring)
    drop.prepare()
    return drop


def inside(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def received(triage: Triage) -> int:
    with triage.database.read() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


# -- when a file is complete


def test_a_file_is_read_once_two_looks_saw_the_same(watched: DropFolder, folder: Path) -> None:
    (folder / "a.eml").write_bytes(eml(1))
    assert watched.look() == []
    (dealt,) = watched.look()
    assert dealt.said.startswith("1 new")
    assert inside(folder) == [DONE, FAILED]
    assert (folder / DONE / "a.eml").read_bytes() == eml(1)


def test_a_half_written_file_waits_until_it_is_whole(watched: DropFolder, folder: Path) -> None:
    path = folder / "a.eml"
    data = eml(1)
    for end in (10, 20, 30):
        path.write_bytes(data[:end])
        assert watched.look() == []
    path.write_bytes(data)
    assert watched.look() == []
    assert len(watched.look()) == 1
    assert (folder / DONE / "a.eml").read_bytes() == data


def test_a_file_that_is_renamed_to_its_name_when_it_is_whole_is_known_again(
    watched: DropFolder, folder: Path
) -> None:
    part = folder / "a.eml.part"
    part.write_bytes(eml(1))
    assert [watched.look() for _ in range(3)] == [[], [], []]
    part.rename(folder / "a.eml")
    assert len(watched.look()) == 1


def test_a_file_that_changes_while_it_is_read_stays(folder: Path) -> None:
    def bring(path: Path) -> ImportResult:
        path.write_bytes(eml(1) + b"more")
        return ImportResult(new=1)

    drop = DropFolder(folder, bring)
    drop.prepare()
    (folder / "a.eml").write_bytes(eml(1))
    drop.look()
    (dealt,) = drop.look()
    assert dealt.moved is None
    assert "a.eml" in inside(folder)


# -- where it goes


def test_what_cannot_be_read_goes_to_failed_with_the_reason(
    make_desk: Callable[..., Desk], folder: Path
) -> None:
    drop = watching(make_desk().triage, folder, Reading(tables=True))
    (folder / "a.png").write_bytes(b"\x89PNG")
    (folder / "b.csv").write_text("id,text\n1,good\n2,too,many\n")
    (folder / "c.csv").write_text("id,text\n3,good\n")
    drop.look()
    drop.look()
    assert inside(folder / FAILED) == [
        *("a.png", "a.png.reason.txt", "b.csv", "b.csv.reason.txt"),
    ]
    assert "not a mail file" in (folder / FAILED / "a.png.reason.txt").read_text()
    reason = (folder / FAILED / "b.csv.reason.txt").read_text()
    assert "1 new" in reason
    assert "line 3" in reason
    assert inside(folder / DONE) == ["c.csv"]


def test_a_table_is_not_read_unless_somebody_said_what_its_columns_hold(
    watched: DropFolder, folder: Path
) -> None:
    (folder / "a.csv").write_text("id,text\n1,good\n")
    watched.look()
    watched.look()
    assert "confirmed" in (folder / FAILED / "a.csv.reason.txt").read_text()


def test_a_link_is_not_followed_and_folders_and_hidden_files_are_left_alone(
    watched: DropFolder, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.eml").write_bytes(eml(1))
    (folder / "link.eml").symlink_to(tmp_path / "secret.eml")
    (folder / ".hidden.eml").write_bytes(eml(2))
    (folder / "sub").mkdir()
    watched.look()
    (dealt,) = watched.look()
    assert (dealt.name, dealt.said) == ("link.eml", "It is not a file.")
    assert inside(folder) == [".hidden.eml", DONE, FAILED, "sub"]


def test_nothing_in_done_is_written_over(watched: DropFolder, folder: Path) -> None:
    for number in range(3):
        (folder / "a.eml").write_bytes(eml(number))
        watched.look()
        watched.look()
    assert inside(folder / DONE) == ["a (2).eml", "a (3).eml", "a.eml"]


@pytest.mark.parametrize("name", ["é" * 120 + ".eml", "a" * 255, "a." + "b" * 250])
def test_the_longest_names_fit_with_their_reason(tmp_path: Path, name: str) -> None:
    target = free_place(tmp_path, name)
    reason = target.with_name(target.name + ".reason.txt")
    reason.write_text("x")
    assert reason.read_text() == "x"


def test_a_file_that_could_not_be_brought_in_stays_for_another_try(folder: Path) -> None:
    tries: list[Path] = []

    def bring(path: Path) -> ImportResult:
        tries.append(path)
        if len(tries) == 1:
            raise ConnectionError("the database is away")
        return ImportResult(new=1)

    drop = DropFolder(folder, bring)
    drop.prepare()
    (folder / "a.eml").write_bytes(eml(1))
    drop.look()
    (first,) = drop.look()
    assert first.moved is None
    assert "a.eml" in inside(folder)
    (second,) = drop.look()
    assert second.moved == folder / DONE / "a.eml"


def test_a_folder_that_cannot_be_used_is_refused_at_the_start(folder: Path) -> None:
    (folder / DONE).write_text("in the way")
    with pytest.raises(Invalid, match="cannot be watched"):
        DropFolder(folder, lambda path: ImportResult()).prepare()


# -- killed and stopped


def test_killed_between_import_and_move_it_is_moved_the_next_time_and_there_once(
    desk: Desk, folder: Path
) -> None:
    class Killed(BaseException):
        pass

    drop = watching(desk.triage, folder)
    bring = drop.bring

    def killed(path: Path) -> ImportResult:
        bring(path)
        raise Killed

    (folder / "a.eml").write_bytes(eml(1))
    dying = replace(drop, bring=killed)
    dying.look()
    with pytest.raises(Killed):
        dying.look()
    assert "a.eml" in inside(folder)
    assert received(desk.triage) == 1
    again = watching(desk.triage, folder)
    again.look()
    (dealt,) = again.look()
    assert dealt.said.startswith("0 new, 1 known already")
    assert received(desk.triage) == 1
    assert inside(folder / DONE) == ["a.eml"]


def start(
    home: Path, folder: Path, *options: str, url: str | None = None
) -> "subprocess.Popen[str]":
    """``triage watch`` in a process of its own."""
    database = {} if url is None else {"TRIAGE_DATABASE_URL": url}
    return subprocess.Popen(
        [sys.executable, "-m", "triage", "watch", "--drop", str(folder), *options],
        env={**os.environ, "TRIAGE_HOME": str(home), **database},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_killed_at_any_moment_each_message_is_there_once(
    make_triage: Callable[..., Triage],
    fresh_url: Callable[[str], str],
    folder: Path,
    tmp_path: Path,
) -> None:
    url = fresh_url("sqlite")
    triage = make_triage(url)
    for number in range(40):
        (folder / f"{number:02}.eml").write_bytes(eml(number))
    for target in (1, 15, 25):
        process = start(tmp_path / "home", folder, "--every", "0.1", url=url)
        while process.poll() is None and received(triage) < target:
            pass
        process.kill()
        process.communicate()
        left = [one for one in inside(folder) if one.endswith(".eml")]
        done = inside(folder / DONE)
        assert len(left) + len(done) == 40
        assert received(triage) >= len(done)
    process = start(tmp_path / "home", folder, "--once", "--every", "0.1", url=url)
    _, errors = process.communicate(timeout=WAIT_SECONDS)
    assert (process.returncode, errors) == (0, "")
    assert (received(triage), len(inside(folder / DONE))) == (40, 40)


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_when_it_is_told_to(tmp_path: Path, folder: Path, kind: int) -> None:
    (folder / "a.eml").write_bytes(eml(1))
    process = start(tmp_path / "home", folder, "--every", "0.1")
    until = time.monotonic() + WAIT_SECONDS
    while not (folder / DONE / "a.eml").exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(kind)
    said, errors = process.communicate(timeout=WAIT_SECONDS)
    assert (process.returncode, errors) == (0, "")
    assert said.startswith("a.eml: 1 new")


def test_once_looks_twice_and_says_with_its_exit_whether_all_was_read(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "a.eml").write_bytes(eml(1))
    (folder / "b.png").write_bytes(b"\x89PNG")
    process = start(tmp_path / "home", folder, "--once", "--every", "0.1")
    said, errors = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 1, errors
    assert said.startswith("a.eml: 1 new")
    assert errors.startswith("b.png: 0 new")
    assert inside(folder) == [DONE, FAILED]

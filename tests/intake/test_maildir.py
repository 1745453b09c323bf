"""A Maildir: every message once, whatever a mail program does to its file meanwhile."""

import mailbox
from pathlib import Path

import pytest
from support.desk import Desk
from support.mail import eml

from triage.intake import sources
from triage.intake.inbound import RawMail, Unreadable
from triage.intake.sources import read_paths
from triage.messages.service.importing import import_mail


def make(folder: Path, count: int = 0) -> Path:
    """A Maildir as the library makes one, with so many new messages."""
    box = mailbox.Maildir(folder, create=True)
    for number in range(count):
        box.add(eml(number))
    box.close()
    return folder


def names(*paths: Path) -> list[str]:
    return [Path(one.source).name for one in read_paths(paths)]


def test_new_and_cur_are_read_and_tmp_is_not(tmp_path: Path) -> None:
    box = make(tmp_path / "box")
    for place in ("new/1.host", "cur/2.host:2,S", "tmp/3.host"):
        (box / place).write_bytes(eml(1))
    assert names(box) == ["2.host:2,S", "1.host"]
    assert names(tmp_path) == ["2.host:2,S", "1.host"]


def test_a_folder_called_tmp_elsewhere_is_read(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "a.eml").write_bytes(eml(1))
    assert names(tmp_path) == ["a.eml"]


def test_its_folders_are_read_and_other_hidden_ones_are_listed(tmp_path: Path) -> None:
    box = make(tmp_path / "box")
    make(box / ".Abuse")
    (box / ".Abuse" / "new" / "1.host").write_bytes(eml(1))
    (box / ".git").mkdir()
    found = list(read_paths([box]))
    assert [Path(one.source).name for one in found] == ["1.host", ".git"]
    assert isinstance(found[1], Unreadable)


@pytest.mark.parametrize("name", ["1.host", "1.csv", "1.jsonl:2,"])
def test_one_file_is_one_message_whatever_it_looks_like(tmp_path: Path, name: str) -> None:
    box = make(tmp_path / "box")
    data = (
        b"From a@x.example Thu Nov 19 08:12:44 2026\n" + eml(1) + b"\nFrom b 1:00 2026\n" + eml(2)
    )
    (box / "new" / name).write_bytes(data)
    (found,) = read_paths([box])
    assert isinstance(found, RawMail)
    assert found.data == data


def test_a_message_that_is_marked_as_read_meanwhile_is_still_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = make(tmp_path / "box")
    (box / "new" / "1.host").write_bytes(eml(1))
    real = sources._open

    def moved_first(path: Path) -> object:
        if path.exists() and path.parent.name == "new":
            path.rename(box / "cur" / "1.host:2,S")
        return real(path)

    monkeypatch.setattr(sources, "_open", moved_first)
    (found,) = read_paths([box])
    assert isinstance(found, RawMail)
    assert found.data == eml(1)


def test_flags_and_places_bring_nothing_twice(desk: Desk, tmp_path: Path) -> None:
    box = make(tmp_path / "box", 12)

    def bring() -> tuple[int, int]:
        found = import_mail(desk.triage.runner, desk.triage.scorer, [box])
        return found.new, found.known

    assert bring() == (12, 0)
    for path in list((box / "new").iterdir()):
        path.rename(box / "cur" / f"{path.name}:2,RS")
    assert bring() == (0, 12)

"""``triage subject``: found, taken out and logged from a shell, as a script meets it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.command import shell
from support.desk import Desk
from support.scorer import ScriptedScorer
from support.subjects import agreed, give_all, kept, reviewed, searched, text_of

from triage import classifier, cli_subject

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return kept(make_desk())


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``triage subject …`` in this process, over the desk's database."""
    monkeypatch.setattr(classifier, "load", ScriptedScorer)
    monkeypatch.setattr(cli_subject, "open_triage", lambda: desk.triage)
    monkeypatch.setattr(cli_subject.out, "width", 200)
    subject = shell(monkeypatch, capsys, "subject")

    def act(*arguments: str | Path) -> tuple[int, str]:
        said = subject(*arguments)
        return said.code, said.out + said.err

    return act


def test_find_lists_by_kind_and_id_and_shows_no_word(desk: Desk, run: Run) -> None:
    message = desk.arrive("[high] zanzibar")
    code, said = run("find", "pat@example.org")
    assert code == 0
    assert message in said
    assert "1 found" in said
    assert "zanzibar" not in said
    assert [one.code for one in desk.events("subject_looked")] == ["subject_looked"]
    assert "pat" not in desk.events("subject_looked")[0].details


def test_export_is_refused_before_two_have_looked_and_then_on_the_log(
    desk: Desk, run: Run, tmp_path: Path
) -> None:
    desk.arrive("[high] what I wrote")
    request_id = searched(desk)
    to = tmp_path / "out.zip"
    code, said = run("export", request_id, "--to", to)
    assert (code, to.exists()) == (2, False)
    assert "two people" in said
    give_all(desk, request_id)
    agreed(desk, reviewed(desk, request_id))
    code, said = run("export", request_id, "--to", to)
    assert code == 0, said
    assert "what I wrote" in text_of(to.read_bytes())
    assert to.stat().st_mode & 0o077 == 0
    digest = said.split("SHA-256: ")[1].strip()
    code, logged = run("log")
    assert digest in logged
    assert request_id in logged
    assert run("export", request_id, "--to", to)[0] == 2  # nothing is replaced unasked


@pytest.mark.parametrize("given", ["nonsense", "Z" * 26])
def test_what_is_no_request_is_said(run: Run, tmp_path: Path, given: str) -> None:
    code, said = run("export", given, "--to", tmp_path / "x.zip")
    assert code == 2
    assert "request" in said
    assert not (tmp_path / "x.zip").exists()

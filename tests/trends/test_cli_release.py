"""``triage release``: what it prints, how it exits, and that nothing can be made twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.command import Run, shell
from support.scorer import ScriptedScorer
from support.year import fill

from triage import classifier, cli_release
from triage.app import open_triage
from triage.core.clock import SetClock, SystemClock
from triage.core.settings import Settings


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``triage release …`` on a desk with two months of mail; it is 20 December 2026."""
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path / 'triage.db'}")
    monkeypatch.setenv("TRIAGE_HASH_KEY", "a key for tests only, and no other use")
    monkeypatch.setattr(classifier, "load", ScriptedScorer)
    at = SetClock(datetime(2026, 12, 20, 9, tzinfo=UTC))
    monkeypatch.setattr(SystemClock, "now", lambda _: at.now())
    for console in (cli_release.out, cli_release.err):
        monkeypatch.setattr(console, "width", 200)
    triage = open_triage(Settings(), scorer=ScriptedScorer())
    fill(triage, year=2026, messages=1200, flagged=0.05)
    triage.close()
    return shell(monkeypatch, capsys, "release")


def test_a_release_is_made_looked_at_and_published(run: Run) -> None:
    code, said, bar = run("make", "2026-10")
    assert code == 0, bar
    assert "Frozen as" in said
    assert "100 %" in bar
    code, said, _ = run("check", "2026-10")
    assert code == 0
    assert "Messages received, by service" in said
    assert "The gate lets it stand. SHA-256" in said
    assert " no " in run("list")[1]
    assert run("publish", "2026-10")[0] == 0
    code, said, _ = run("list")
    assert code == 0
    assert "2026-12-20" in said
    assert "yes" in said


def test_p_sum_1_a_revision_is_refused(run: Run) -> None:
    assert run("make", "2026-10")[0] == 0
    code, _, said = run("make", "2026-10")
    assert code == 2
    assert "never made again" in said
    assert run("publish", "2026-10")[0] == 0
    assert run("publish", "2026-10")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("make", "2026-12"), "can be made from 2027-01-08 on"),
        (("make", "october"), "Write a period like"),
        (("check", "2026-09"), "No release of this period"),
        (("publish", "2026-09"), "No release of this period"),
        (("record", "restore", "--day", "yesterday"), "is no day"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert said in err


def test_what_was_tried_is_recorded(run: Run) -> None:
    code, said, _ = run("record", "restore", "--day", "2026-11-02")
    assert (code, "restore, 2026-11-02" in said) == (0, True)
    assert run("record", "form_up", "--failed")[0] == 0


def test_a_refusal_names_the_cell_and_the_reason(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from triage.trends import gate, service

    real = service.make
    problem = gate.Problem("2026-10 flagged messages", "It can be proven to lie between 1 and 3.")
    monkeypatch.setattr(service, "make", lambda *a, **k: real(*a, **k, gate=lambda _: [problem]))
    code, _, said = run("make", "2026-10")
    assert code == 1
    assert "2026-10 flagged messages" in said
    assert "between 1 and 3" in said
    assert run("check", "2026-10")[0] == 2

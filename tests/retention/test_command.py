"""``triage purge``: what it prints, that a dry run changes nothing, and that nothing comes back."""

import hashlib
import json
import mailbox
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from support.command import Run, shell
from support.desk import Desk
from support.mail import START, eml, inbound
from support.scorer import ScriptedScorer

from triage import classifier, cli, cli_retention, doctor
from triage.app import open_triage, tables
from triage.core.access import SYSTEM
from triage.core.clock import SetClock, SystemClock
from triage.core.holds import HoldReason, hold
from triage.core.settings import Settings
from triage.messages.stubs.tables import MessageStub
from triage.messages.tables import Message
from triage.retention.service.purging import purge

NAME = "zebedee"


@pytest.fixture
def at() -> SetClock:
    """The time at which commands are given."""
    return SetClock(START)


@pytest.fixture
def run(
    tmp_path: Path,
    url: str,
    at: SetClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs ``triage …`` at a time that is set by hand."""
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRIAGE_DATABASE_URL", url)
    monkeypatch.setenv("TRIAGE_BLIND_SAMPLE_PER_DAY", "0")
    monkeypatch.setenv("TRIAGE_FORWARD_TO", '["flag@charity.example.org"]')
    monkeypatch.setattr(classifier, "load", ScriptedScorer)
    monkeypatch.setattr(SystemClock, "now", lambda _: at.now())
    for console in (cli_retention.out, cli_retention.err, cli.out):
        monkeypatch.setattr(console, "width", 200)

    return shell(monkeypatch, capsys)


def ways(folder: Path) -> list[Path]:
    """The same kind of mail by every way that files come in."""
    box = mailbox.Maildir(folder / "box", create=True)
    for number in range(5):
        box.add(eml(number, f"{NAME} wrote this"))
    old = mailbox.mbox(folder / "old.mbox", create=True)
    for number in range(5, 9):
        old.add(eml(number, f"{NAME} wrote this"))
    old.close()
    (folder / "rows.csv").write_text(
        f"from,subject,message\n{NAME}@example.org,Hello,{NAME} says this\n"
        f"other@example.org,Hi,{NAME} says that\n",
        "utf-8",
    )
    forwarded = eml(20, f"[medium] {NAME} wrote this")
    head = b"From: Kit <kit@charity.example.org>\r\nTo: flag@charity.example.org\r\n"
    (folder / "forward.eml").write_bytes(
        head + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nlook\r\n--x\r\n"
        b"Content-Type: message/rfc822\r\n\r\n" + forwarded + b"\r\n--x--\r\n"
    )
    (folder / "first.eml").write_bytes(eml(20, f"[medium] {NAME} wrote this"))
    return [folder / "box", folder / "old.mbox", folder / "rows.csv", folder]


def counts(said: str) -> dict[str, Any]:
    return dict(json.loads(said))


def found(url: str) -> tuple[int, int]:
    triage = open_triage()
    with triage.database.read() as session:
        pair = (
            len(session.scalars(select(Message.id)).all()),
            len(session.scalars(select(MessageStub.id)).all()),
        )
    triage.close()
    return pair


def close_all(at: SetClock) -> None:
    """Somebody has passed on whatever was queued; how does not matter here."""
    triage = open_triage()
    with triage.database.read() as session:
        someone = session.execute(text("SELECT id FROM people ORDER BY id")).scalars().first()
    values = {"at": at.now().replace(tzinfo=None), "by": someone}
    if triage.database.dialect == "postgresql":
        values["at"] = at.now()
    triage.database.write(
        lambda session: session.execute(
            text(
                "UPDATE messages SET state = 'routed', decided_at = :at, decided_by = :by, "
                "held_forward = false WHERE state = 'queued'"
            ),
            values,
        )
    )
    triage.close()


def test_what_is_erased_does_not_come_back_from_any_file_it_came_from(
    run: Run, url: str, at: SetClock, tmp_path: Path
) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    paths = ways(folder)
    code, said, err = run("import", "--json", "--yes", *paths)
    assert code == 0, err
    first = counts(said)
    assert first["new"] == 12
    assert counts(run("import", "--json", "--yes", *paths)[1])["new"] == 0
    close_all(at)
    at.move(timedelta(days=40))
    assert run("purge")[0] == 0
    at.move(timedelta(days=1))
    assert run("purge")[0] == 0
    assert found(url) == (0, 12)
    again = counts(run("import", "--json", "--yes", *paths)[1])
    assert again["new"] == 0
    assert again["known"] >= first["new"]
    assert found(url) == (0, 12)
    (folder / "news.eml").write_bytes(eml(99, "something else"))
    assert counts(run("import", "--json", "--yes", folder)[1])["new"] == 1


def state_of(url: str) -> list[Any]:
    """Every row of every table; of SQLite the very bytes of its file."""
    triage = open_triage()
    with triage.database.read() as session:
        rows: list[Any] = [
            sorted(map(repr, session.execute(select(table)))) for table in tables().sorted_tables
        ]
    if triage.database.dialect == "sqlite":
        with triage.database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        path = Path(url.removeprefix("sqlite:///"))
        rows.append(hashlib.sha256(path.read_bytes()).hexdigest())
    triage.close()
    return rows


def test_a_dry_run_says_what_would_go_and_what_is_held_names_nobody_and_changes_nothing(
    run: Run, url: str, at: SetClock, tmp_path: Path
) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    run("import", "--json", "--yes", *ways(folder))
    at.move(timedelta(days=40))
    triage = open_triage()
    with triage.database.read() as session:
        kept = session.scalars(select(Message.id).where(Message.state == "unflagged")).first()
    assert kept is not None

    def keep(tx: Any) -> str:
        return hold(tx, subject_id=kept, reason=HoldReason.TRIBUNAL, owner="cases")

    triage.runner.run(SYSTEM, keep)
    triage.close()
    before = state_of(url)
    code, said, err = run("purge", "--dry-run", "--json")
    assert code == 0, err
    whole = counts(said)
    assert whole["dry_run"] is True
    unflagged = [one for one in whole["lines"] if one["line"] == "unflagged"]
    assert [(one["due"], one["held"]) for one in unflagged] == [(9, 1)]
    assert unflagged[0]["oldest"] == "2026-04-01"
    code, table, _ = run("purge", "--dry-run")
    assert code == 0
    assert "Would go" in table
    assert NAME not in said + table
    assert "example.org" not in said + table
    assert state_of(url) == before
    done = counts(run("purge", "--json")[1])
    assert [one for one in done["lines"] if one["line"] == "unflagged"] == unflagged
    triage = open_triage()
    with triage.database.read() as session:
        assert session.get(Message, kept) is not None
    triage.close()
    assert "Nothing is due" not in run("purge", "--dry-run")[1]  # the held one is named as held


def test_where_nothing_is_due_it_says_so(run: Run) -> None:
    code, said, _ = run("purge")
    assert (code, said.strip()) == (0, "Nothing is due.")


def test_the_doctor_says_how_long_what_is_kept_and_whether_the_erasure_has_its_turn(
    run: Run, url: str, at: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Now(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return at.now()

    monkeypatch.setattr(sys.modules["triage.doctor.retention"], "datetime", Now)

    def level() -> str | None:
        settings = Settings()
        levels = {one.what: one.level.value for one in doctor.examine(settings)}
        [kept] = [one for one in doctor.examine(settings) if one.what == "kept, in days"]
        assert "unflagged 30, passed on 30, no action 183" in kept.found
        return levels.get("erasure")

    assert level() == "note"
    at.move(timedelta(days=3))
    assert level() == "unsafe"
    run("jobs", "run")
    assert level() == "good"
    at.move(timedelta(days=3))
    assert level() == "unsafe"


def test_what_is_erased_is_refused_by_receiving_itself(desk: Desk) -> None:
    """Two imports at once: the one had looked before the other's message was erased."""
    arrived = inbound("nothing of the kind")
    assert desk.receive(arrived)[0].message_id is not None
    desk.move(days=40)
    purge(desk.triage.runner, desk.now)
    assert desk.receive(arrived)[0].message_id is None
    assert desk.count(Message) == 0

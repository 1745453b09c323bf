"""``triage backup`` and ``triage restore`` as an operator meets them, and what the doctor says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from support.command import Run, shell
from support.mail import write_folder
from support.scorer import ScriptedScorer

from triage import classifier, cli, cli_backup, doctor
from triage.app import open_triage
from triage.backup.rules import BACKUP
from triage.core.audit import AuditEvent
from triage.core.clock import SetClock
from triage.core.settings import Settings
from triage.restoring import note_tried


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``triage …`` in this process, over a database with three messages and keys."""
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path / 'triage.db'}")
    monkeypatch.setattr(classifier, "load", ScriptedScorer)
    for console in (cli.out, cli_backup.out, cli_backup.err):
        monkeypatch.setattr(console, "width", 200)

    act = shell(monkeypatch, capsys)
    assert act("keys", "init").code == 0
    assert act("import", "--json", write_folder(tmp_path / "mail", 3)).code == 0
    return act


def made(folder: Path) -> Path:
    [found] = folder.glob(f"*{BACKUP}")
    return found


def key_of(tmp_path: Path) -> Path:
    [found] = (tmp_path / "home" / "backup-keys").glob("*.key")
    return found


def test_an_operators_day_backup_verify_restore_and_the_end(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    said = run("backup", "--to", folder)
    assert said.code == 0, said.err
    assert str(made(folder)) in said.out
    assert str(key_of(tmp_path)) in said.out
    said = run("backup", "verify", made(folder), "--key", key_of(tmp_path))
    assert (said.code, said.out.count("holds")) == (0, 7), said.out
    into = tmp_path / "drill.db"
    said = run("restore", made(folder), "--key", key_of(tmp_path), "--into", f"sqlite:///{into}")
    assert said.code == 0, said.err
    assert "Restored as it stood" in said.out
    assert "triage purge" in said.out
    assert into.is_file()
    assert into.stat().st_mode & 0o077 == 0
    again = run("restore", made(folder), "--key", key_of(tmp_path), "--into", f"sqlite:///{into}")
    assert (again.code, "is there already" in again.err) == (2, True)
    said = run("backup", "expire", "--in", folder)
    assert "0 keys destroyed" in said.out
    assert "The record holds" in run("audit", "verify").out


def test_a_restore_into_the_place_of_the_settings_is_the_desk_again(
    run: Run, tmp_path: Path
) -> None:
    run("backup", "--to", tmp_path / "backups")
    (tmp_path / "triage.db").rename(tmp_path / "lost.db")
    said = run("restore", made(tmp_path / "backups"), "--key", key_of(tmp_path))
    assert said.code == 0, said.err
    assert "The record holds" in run("audit", "verify").out
    assert '"known": 3' in run("import", "--json", tmp_path / "mail").out


def test_what_does_not_hold_ends_with_one_and_what_cannot_be_read_with_two(
    run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    run("backup", "--to", folder)
    path, key = made(folder), key_of(tmp_path)
    manifest = path.with_name(path.name.replace(BACKUP, ".json"))
    whole = manifest.read_text()
    manifest.write_text(whole.replace('"people": 0', '"people": 1'))
    assert manifest.read_text() != whole
    into = f"sqlite:///{tmp_path / 'drill.db'}"
    for command in (("backup", "verify", path), ("restore", path, "--into", into)):
        said = run(*command, "--key", key)
        assert said.code == 1, said.err
        assert "FAILED" in said.out
        assert "people" in said.out
    assert not (tmp_path / "drill.db").exists()
    manifest.write_text(whole)
    path.write_bytes(path.read_bytes()[:-1])
    said = run("backup", "verify", path, "--key", key)
    assert (said.code, "cut short" in said.err) == (2, True)
    said = run("backup", "verify", path, "--key", tmp_path / "nowhere.key")
    assert (said.code, "Traceback" in said.err) == (2, False)
    said = run("backup")
    assert (said.code, "TRIAGE_BACKUPS" in said.err) == (2, True)


# -- the doctor


def levels(**given: object) -> dict[str, str]:
    found = doctor.examine(Settings(**given))  # type: ignore[arg-type]
    return {
        one.what: one.level.value for one in found if "backup" in one.what or "rest" in one.what
    }


def test_the_doctor_asks_for_a_backup_every_two_days_and_a_restore_every_quarter(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert levels() == {
        "backup keys": "note", "last backup": "note", "last restore tried": "note",
    }  # fmt: skip
    monkeypatch.setenv("TRIAGE_BACKUPS", str(tmp_path / "backups"))
    run("backup")
    into = f"sqlite:///{tmp_path / 'drill.db'}"
    run("restore", made(tmp_path / "backups"), "--key", key_of(tmp_path), "--into", into)
    good = {"backup keys": "good", "last backup": "good", "last restore tried": "good"}
    assert levels() == good


@pytest.mark.parametrize(
    ("days", "held", "level"), [(91, True, "good"), (93, True, "note"), (0, False, "note")]
)
def test_a_restore_counts_for_a_quarter_and_only_if_it_held(
    run: Run, days: int, held: bool, level: str
) -> None:
    at = datetime.now(UTC) - timedelta(days=days)
    note_tried(Settings(), SetClock(at), held=held)
    assert levels()["last restore tried"] == level


@pytest.mark.parametrize(("hours", "level"), [(47, "good"), (49, "note")])
def test_a_backup_counts_for_two_days(run: Run, hours: int, level: str) -> None:
    triage = open_triage()
    at = datetime.now(UTC) - timedelta(hours=hours)
    event = {"id": "x", "link": 1, "position": 9, "at": at, "actor_id": "console"}
    event |= {"code": "backup_made", "matter_id": None, "details": "{}"}
    triage.database.write(lambda session: session.execute(insert(AuditEvent), [event]))
    triage.close()
    assert levels()["last backup"] == level


def test_keys_that_others_read_or_that_lie_with_the_backups_are_unsafe(
    run: Run, tmp_path: Path
) -> None:
    keys = tmp_path / "home" / "backup-keys"
    keys.mkdir(mode=0o755)
    keys.chmod(0o755)
    assert levels()["backup keys"] == "unsafe"
    keys.chmod(0o700)
    assert levels()["backup keys"] == "good"
    assert levels(backups=tmp_path)["backup keys"] == "unsafe"
    assert levels(backups=keys / "in")["backup keys"] == "unsafe"
    assert levels(backups=tmp_path / "b", backup_keys=tmp_path / "b")["backup keys"] == "unsafe"

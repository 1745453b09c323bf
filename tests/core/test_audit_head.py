"""The record cannot be edited in place; its end cannot be cut off unseen; anybody can check it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from support.desk import Desk
from typer.testing import CliRunner, Result

from triage.cli_audit import audit_app
from triage.core.access import SYSTEM
from triage.core.anchors import begin_export
from triage.core.audit import AuditEvent, AuditHead, AuditLink, link_digest
from triage.core.errors import Invalid, KeyMissing, NotAllowed
from triage.core.keys import KeyStore
from triage.core.settings import Settings
from triage.doctor import Level, examine
from triage.messages.tables import Original

cli = CliRunner()
LINKS = 12
"""More than the people on the staff list left there."""

GUARDED = r"append-only|never rewritten"
CHECK = """
import hashlib, json, sys

previous, number = "0" * 64, 0
for line in open(sys.argv[1], encoding="ascii"):
    number += 1
    link = json.loads(line)
    events = json.dumps(link["events"], sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256((previous + events).encode("ascii")).hexdigest()
    if link["link"] != number or link["digest"] != digest or not link["events"]:
        sys.exit(f"broken at link {number}")
    previous = digest
print(number, previous)
"""
"""All that somebody needs who has the exported file: nothing in it is ours."""


@pytest.fixture
def told(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with twelve links on its record, as the command line finds it, with keys."""
    monkeypatch.setenv("TRIAGE_DATABASE_URL", desk.triage.settings.url)
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    KeyStore(Settings()).init()
    grow(desk, LINKS)
    return desk


def grow(desk: Desk, links: int) -> None:
    while int(str(desk.chain())) < links:
        desk.do(SYSTEM, lambda tx: tx.record("tried", "M"))


def run(*words: str) -> Result:
    return cli.invoke(audit_app, list(words), catch_exceptions=False)


def head(path: Path) -> Path:
    result = run("head")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 1
    path.write_text(result.output)
    return path


def unguarded(desk: Desk, *statements: object) -> None:
    """Somebody with the database to themselves switches the triggers off first."""

    def work(session: Session) -> None:
        if desk.triage.database.dialect == "sqlite":
            found = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            for name in found.all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]

    desk.triage.database.write(work)


def cut_off(desk: Desk, last: int) -> None:
    """The end of the record is removed, and the head put back: the chain alone shows nothing."""
    with desk.triage.database.read() as session:
        digest = session.get_one(AuditLink, last).digest
    unguarded(
        desk,
        delete(AuditEvent).where(AuditEvent.link > last),
        delete(AuditLink).where(AuditLink.number > last),
        update(AuditHead).values(number=last, digest=digest),
    )
    assert desk.chain() == last


# -- triggers


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET details = '{}' WHERE link = 2",
        "UPDATE audit_events SET at = at",
        "DELETE FROM audit_events WHERE link = 2",
        "UPDATE audit_links SET digest = 'x' WHERE number = 2",
        "DELETE FROM audit_links WHERE number = 2",
        "UPDATE originals SET raw = sha256 WHERE 1 = 1",
        "UPDATE originals SET sha256 = 'x'",
        "UPDATE originals SET message_id = 'x'",
    ],
)
def test_direct_sql_of_the_owner_cannot_change_the_record_or_an_original(
    told: Desk, statement: str
) -> None:
    told.arrive()
    if told.triage.database.dialect == "postgresql":
        statement = statement.replace("raw = sha256", "raw = 'x'::bytea")
    with pytest.raises(DBAPIError, match=GUARDED):
        told.triage.database.write(lambda session: session.execute(text(statement)))
    assert isinstance(told.chain(), int)


def test_replacing_and_truncating_are_refused_too(told: Desk) -> None:
    told.arrive()
    statements = {
        "sqlite": [
            "INSERT OR REPLACE INTO audit_links SELECT * FROM audit_links",
            "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events",
            "INSERT OR REPLACE INTO originals SELECT * FROM originals",
            "INSERT OR REPLACE INTO audit_events (rowid, id, link, position, at, actor_id, code, "
            "details) SELECT rowid, 'x', link, position, at, actor_id, code, details "
            "FROM audit_events",
            "UPDATE OR REPLACE audit_events SET code = 'x'",
        ],
        "postgresql": ["TRUNCATE audit_events", "TRUNCATE audit_links CASCADE"],
    }
    for statement in statements[told.triage.database.dialect]:
        with pytest.raises(DBAPIError, match=GUARDED):
            told.triage.database.write(lambda session, s=statement: session.execute(text(s)))


def test_an_original_can_still_be_erased(told: Desk) -> None:
    told.arrive()
    told.triage.database.write(lambda session: session.execute(text("DELETE FROM originals")))
    assert told.count(Original) == 0


# -- the head


def test_the_head_is_one_signed_line_that_holds(told: Desk, tmp_path: Path) -> None:
    line = json.loads(head(tmp_path / "kept").read_text())
    assert sorted(line) == ["at", "digest", "key", "links", "signature"]
    assert line["links"] == LINKS
    private = (tmp_path / "home" / "keys" / "record.key").read_text()
    assert private not in json.dumps(line)
    result = run("verify", "--head", str(tmp_path / "kept"))
    assert (result.exit_code, "12 links" in result.output) == (0, True)


def test_a_record_that_grew_still_has_every_head_that_was_kept(told: Desk, tmp_path: Path) -> None:
    kept = head(tmp_path / "kept")
    grow(told, LINKS + 3)
    with kept.open("a") as file:
        file.write(run("head").output)
    grow(told, LINKS + 4)
    result = run("verify", "--head", str(kept))
    assert result.exit_code == 0
    assert "all 2 heads" in result.output


def test_a_record_that_was_cut_off_is_found_by_a_head_kept_elsewhere(
    told: Desk, tmp_path: Path
) -> None:
    kept = head(tmp_path / "kept")
    cut_off(told, LINKS - 2)
    assert run("verify").exit_code == 0
    result = run("verify", "--head", str(kept))
    assert result.exit_code == 1
    assert f"broken at link {LINKS - 1}" in result.stderr
    assert "had 12 links" in result.stderr


def test_a_record_that_was_cut_off_and_grew_again_is_found(told: Desk, tmp_path: Path) -> None:
    kept = head(tmp_path / "kept")
    cut_off(told, LINKS - 2)
    grow(told, LINKS + 4)
    assert run("verify").exit_code == 0
    result = run("verify", "--head", str(kept))
    assert result.exit_code == 1
    assert f"broken at link {LINKS}" in result.stderr


def test_a_record_that_was_written_anew_from_the_start_is_found(told: Desk, tmp_path: Path) -> None:
    """With every digest made right again: only what is kept elsewhere shows it."""
    kept = head(tmp_path / "kept")
    changed = told.events()[0]
    changed.code = "other"
    statements: list[object] = [
        update(AuditEvent).where(AuditEvent.id == changed.id).values(code="other")
    ]
    previous = "0" * 64
    for number in range(1, LINKS + 1):
        events = [one for one in told.events() if one.link == number]
        for one in events:
            one.code = "other" if one.id == changed.id else one.code
        previous = link_digest(previous, events)
        statements.append(
            update(AuditLink).where(AuditLink.number == number).values(digest=previous)
        )
    unguarded(told, *statements, update(AuditHead).values(digest=previous))
    assert run("verify").exit_code == 0
    assert run("verify", "--head", str(kept)).exit_code == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace('"links":12', '"links":10'),
        lambda line: line.replace('"digest":"', '"digest":"0'),
        lambda line: line.replace('"signature":"', '"signature":"00'),
        lambda line: line.replace('"at":"20', '"at":"19'),
        lambda line: line[:40] + "\n",
        lambda line: "[]",
        lambda line: '{"signature":7}',
        lambda line: "",
    ],
)
def test_a_head_that_was_changed_is_refused(
    told: Desk, tmp_path: Path, change: Callable[[str], str]
) -> None:
    kept = head(tmp_path / "kept")
    kept.write_text(change(kept.read_text()))
    with pytest.raises(Invalid):
        run("verify", "--head", str(kept))


def test_a_head_signed_with_another_key_is_refused(
    told: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = head(tmp_path / "kept")
    monkeypatch.setenv("TRIAGE_RECORD_KEY", "07" * 32)
    with pytest.raises(Invalid, match="not that of this record"):
        run("verify", "--head", str(kept))


def test_without_a_key_the_command_says_what_to_run(
    told: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(KeyMissing, match="triage keys init"):
        run("head")


def test_the_doctor_says_when_a_head_was_last_signed(told: Desk, tmp_path: Path) -> None:
    def finding(what: str) -> tuple[Level, str]:
        one = {one.what: one for one in examine(Settings())}[what]
        return one.level, one.found

    assert finding("record head") == (Level.NOTE, "never signed here")
    head(tmp_path / "kept")
    level, found = finding("record head")
    assert (level, found.startswith("signed on 20")) == (Level.GOOD, True)
    assert finding("desk key")[0] is Level.GOOD


# -- the export


def check(file: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", CHECK, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_export_is_verified_with_a_hash_function_and_nothing_of_ours(
    told: Desk, tmp_path: Path
) -> None:
    assert len(CHECK.strip().splitlines()) <= 20
    file = tmp_path / "record.jsonl"
    assert run("export", str(file)).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    with told.triage.database.read() as session:
        digest = session.get_one(AuditLink, LINKS + 1).digest
    assert check(file).stdout.split() == [str(LINKS + 1), digest]


def test_the_export_shows_what_was_changed_in_it(told: Desk, tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    run("export", str(file))
    lines = file.read_text().splitlines(keepends=True)
    for changed, broken in (
        ([*lines[:2], lines[2].replace("console", "konsole"), *lines[3:]], 3),
        ([*lines[:3], *lines[4:]], 4),
        ([lines[1], lines[0], *lines[2:]], 1),
    ):
        file.write_text("".join(changed))
        assert check(file).stderr.strip() == f"broken at link {broken}"


def test_taking_the_record_out_is_on_the_record_and_in_what_is_taken(
    told: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "record.jsonl"
    run("export", str(file))
    events = told.events("record_exported")
    assert [one.actor_id for one in events] == ["console"]
    last = json.loads(file.read_text().splitlines()[-1])
    assert [one["code"] for one in last["events"]] == ["record_exported"]
    assert told.chain() == LINKS + 1


def test_an_export_never_overwrites_a_file(told: Desk, tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    file.write_text("mine")
    with pytest.raises(Invalid, match="cannot be made"):
        run("export", str(file))
    assert file.read_text() == "mine"
    assert told.chain() == LINKS


def test_nobody_takes_the_record_out_from_the_desk(desk: Desk) -> None:
    """Not even the admin, who may be the subject of a matter in it (trust.md, section 5)."""
    for somebody in (desk.ana, desk.ada, desk.max):
        with pytest.raises(NotAllowed):
            desk.do(somebody, begin_export)
    assert len(desk.events("refused")) == 3
    assert desk.events("record_exported") == []

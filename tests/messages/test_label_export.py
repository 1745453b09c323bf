"""Decisions as labelled data: only those that stand, and nobody named beside the text."""

import json
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from support.desk import Desk, address
from support.mail import inbound
from typer.testing import CliRunner, Result

from triage.classifier.datasets import read_corpus, read_labels
from triage.cli import app
from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core.access import CONSOLE, SYSTEM
from triage.core.clock import SetClock, SystemClock
from triage.core.errors import Invalid, NotAllowed
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.holds import HoldReason, hold
from triage.core.record import read_record
from triage.intake.inbound import ParseStatus
from triage.messages.service import flags, review, welfare
from triage.messages.service.labels import LabelExport, export_labels
from triage.messages.tables import Message

MakeDesk = Callable[..., Desk]
Rows = dict[str, dict[str, Any]]
"""Text -> row."""

THREAT = {"severity": Severity.HIGH}
cli = CliRunner()


def export(desk: Desk, **given: Any) -> LabelExport:
    return desk.do(CONSOLE, export_labels, **given)


def exported(desk: Desk, **given: Any) -> Rows:
    """Rows by the text without its subject."""
    lines = export(desk, **given).lines.decode("ascii").splitlines()
    rows = [json.loads(line) for line in lines]
    return {row["text"].removeprefix("Hello\n\n"): row for row in rows}


def later(desk: Desk) -> None:
    """The undo window of everything so far is over."""
    desk.move(minutes=11)


def route(desk: Desk, message: str, to: RoutedTo) -> None:
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, review.route, message_id=message, version=version, to=to)


def open_welfare(desk: Desk, message: str) -> None:
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, welfare.open_task, message_id=message, version=version)


def finish_welfare(desk: Desk, message: str) -> None:
    given = {"outcome": WelfareOutcome.SAFEGUARDING_LEAD, "note": ""}
    version = desk.version(message)
    desk.do(desk.ana, welfare.finish, message_id=message, version=version, **given)


# -- which messages


def test_a_decision_is_exported_with_the_labels_a_person_gave_it(desk: Desk) -> None:
    given = (Disposition.AGGRESSIVE, Disposition.THREATENING)
    desk.decide(desk.ana, desk.arrive("[medium] one"), *given, **THREAT)
    desk.decide(desk.ben, desk.arrive("[high] two"))
    later(desk)
    rows = exported(desk)
    assert {text: row["labels"] for text, row in rows.items()} == {
        "[medium] one": ["threatening", "aggressive"],
        "[high] two": [],
    }
    one = rows["[medium] one"]
    assert (one["category"], one["voice"], one["span"]) == ("disposition", "desk", None)


def test_nobody_decided_nothing_is_exported(desk: Desk) -> None:
    desk.arrive("nothing")
    desk.arrive("[high]")
    desk.open(desk.ana, desk.arrive("[medium]"))
    desk.ask_second_look(desk.ana, desk.arrive("[low]"))
    open_welfare(desk, desk.arrive("[welfare]"))
    later(desk)
    assert exported(desk) == {}


def test_no_label_leaves_before_the_undo_window_ends(desk: Desk) -> None:
    desk.decide(desk.ana, desk.arrive("[medium]"), Disposition.OFFENSIVE, **THREAT)
    assert exported(desk) == {}
    desk.move(minutes=10)
    assert exported(desk) == {}, "at this very moment it can still be undone"
    desk.move(seconds=1)
    assert exported(desk)["[medium]"]["labels"] == ["offensive"]


def test_the_window_is_the_one_that_is_set(make_desk: MakeDesk, backend: str) -> None:
    desk = make_desk(backend, undo_minutes=30)
    desk.decide(desk.ana, desk.arrive("[medium]"))
    desk.move(minutes=30)
    assert exported(desk) == {}
    desk.move(seconds=1)
    assert len(exported(desk)) == 1


def test_what_was_undone_is_left_out_until_it_is_decided_anew(desk: Desk) -> None:
    message = desk.arrive("[medium]")
    desk.decide(desk.ana, message, Disposition.OFFENSIVE, **THREAT)
    desk.do(desk.ana, review.undo, message_id=message)
    later(desk)
    assert exported(desk) == {}
    desk.decide(desk.ana, message)
    assert exported(desk) == {}, "a new decision has a window of its own"
    later(desk)
    assert exported(desk)["[medium]"]["labels"] == []


def test_what_was_reopened_is_left_out_until_it_is_decided_anew(desk: Desk) -> None:
    message = desk.arrive("[medium]")
    desk.decide(desk.ana, message, Disposition.OFFENSIVE, **THREAT)
    later(desk)
    before = exported(desk)["[medium]"]
    version = desk.version(message)
    given = {"reason": "unsure", "new_evidence": False}
    desk.do(desk.ben, review.reopen, message_id=message, version=version, **given)
    later(desk)
    assert exported(desk) == {}
    desk.decide(desk.ben, message, Disposition.AGGRESSIVE, **THREAT)
    later(desk)
    after = exported(desk)["[medium]"]
    assert (after["labels"], after["id"]) == (["aggressive"], before["id"])


def test_what_a_flag_by_hand_took_up_again_is_left_out(desk: Desk) -> None:
    message = desk.arrive("[medium]")
    desk.decide(desk.ana, message)
    desk.do(desk.ben, flags.flag, message_id=message, note="look again")
    later(desk)
    assert exported(desk) == {}


def test_a_blind_item_waits_for_its_decision_like_any_other(
    make_desk: MakeDesk, backend: str
) -> None:
    desk = make_desk(backend, blind_sample_per_day=2, expected_messages_per_day=1)
    message = desk.arrive("nothing")
    later(desk)
    assert exported(desk) == {}
    desk.decide(desk.ana, message)
    later(desk)
    found = exported(desk)["nothing"]["provenance"]
    assert (found["sampled"], found["sample_probability"]) == (True, 1.0)
    assert found["flag_reasons"] == ["sample"]


def test_a_welfare_task_that_a_person_opened_is_a_label(desk: Desk) -> None:
    alone, both = desk.arrive("[welfare] alone"), desk.arrive("[medium] both")
    open_welfare(desk, alone)
    finish_welfare(desk, alone)
    open_welfare(desk, both)
    version = desk.version(both)
    desk.do(desk.ana, welfare.resume, message_id=both, version=version)
    finish_welfare(desk, both)
    desk.decide(desk.ana, both, Disposition.THREATENING, **THREAT)
    desk.decide(desk.ana, desk.arrive("[welfare] the model alone said so"))
    later(desk)
    rows = exported(desk)
    assert {text: row["labels"] for text, row in rows.items()} == {
        "[welfare] alone": ["welfare"],
        "[medium] both": ["threatening", "welfare"],
        "[welfare] the model alone said so": [],
    }
    assert rows["[welfare] alone"]["provenance"]["decision"] == "welfare_done"


def test_what_was_passed_on_is_no_matter_of_conduct_and_spam_says_nothing(desk: Desk) -> None:
    for to in RoutedTo:
        route(desk, desk.arrive(f"[medium] {to}"), to)
    later(desk)
    rows = exported(desk)
    silent = {RoutedTo.SPAM, RoutedTo.NOT_OURS}
    assert set(rows) == {f"[medium] {to}" for to in RoutedTo if to not in silent}
    assert {tuple(row["labels"]) for row in rows.values()} == {()}
    assert {row["provenance"]["decision"] for row in rows.values()} == {"routed"}


def test_what_could_not_be_read_is_left_out(desk: Desk) -> None:
    """Quarantined mail stands as raw text, with the sender's address in it."""
    raw = {"parse_status": ParseStatus.QUARANTINED, "quarantine_reason": "too deep"}
    for message in (
        desk.arrive("From: pat@example.org", **raw),
        desk.arrive("", subject="", **raw),
        desk.arrive(" ", subject=""),
    ):
        desk.decide(desk.ana, message, Disposition.OFFENSIVE, **THREAT)
    later(desk)
    assert exported(desk) == {}


def test_a_legal_hold_is_about_erasure_and_keeps_nothing_back(desk: Desk) -> None:
    message = desk.arrive("[medium]")
    desk.decide(desk.ana, message)
    desk.do(SYSTEM, hold, subject_id=message, reason=HoldReason.POLICE, owner="referrals")
    later(desk)
    assert len(exported(desk)) == 1


def test_since_a_day_means_from_its_beginning_in_london(desk: Desk) -> None:
    desk.clock.move(desk.now.replace(month=7, day=1, hour=22, minute=58) - desk.now)
    desk.decide(desk.ana, desk.arrive("[medium] at 23:58 by London's summer clock"))
    desk.move(minutes=5)
    desk.decide(desk.ana, desk.arrive("[medium] after midnight"))
    later(desk)
    second = desk.now.date().replace(day=2)
    assert set(exported(desk, since=second)) == {"[medium] after midnight"}
    assert len(exported(desk, since=second.replace(day=1))) == 2
    assert exported(desk, since=second.replace(day=3)) == {}


# -- what stands in a row


def test_provenance_says_how_it_came_to_be_decided(desk: Desk) -> None:
    desk.clock.move(desk.now.replace(month=6, day=30, hour=22, minute=0) - desk.now)
    message = desk.receive(inbound("[high] one"), service="writetothem")[0].message_id
    assert message is not None
    desk.do(desk.kit, flags.flag, message_id=message, note="odd")
    desk.ask_second_look(desk.ana, message)
    desk.decide(desk.ben, message, Disposition.THREATENING, severity=Severity.MEDIUM)
    desk.decide(desk.ben, desk.arrive("[medium] two"))
    later(desk)
    rows = exported(desk)
    assert rows["[high] one"]["provenance"] == {
        "decided": "2026-06",
        "decision": "noted",
        "severity": "medium",
        "looks": "second",
        "flag_reasons": ["manual", "model"],
        "model_version": "scripted-1",
        "sampled": False,
        "sample_probability": 0.0,
        "channel": "email",
        "service": "writetothem",
    }
    two = rows["[medium] two"]["provenance"]
    assert (two["decision"], two["severity"], two["looks"]) == ("no_action", None, "single")


def busy(desk: Desk) -> list[str]:
    """Messages with much said about them, all decided."""
    made = []
    for number in range(6):
        message = desk.arrive(f"[medium] letter {number} \u2028 é", from_name="Pat Zanzibar")
        desk.do(desk.kit, flags.flag, message_id=message, note="quagga one")
        desk.ask_second_look(desk.ana, message)
        desk.open(desk.ben, message)
        desk.do(desk.ben, flags.add_note, message_id=message, text="quagga two")
        desk.decide(desk.ben, message, Disposition.OFFENSIVE, **THREAT)
        made.append(message)
        desk.move(hours=5)
    return made


def test_nothing_of_the_sender_or_the_staff_or_of_the_hour_is_in_the_file(desk: Desk) -> None:
    messages = busy(desk)
    lines = export(desk).lines.decode("ascii")
    assert lines.count("\n") == len(messages) == 6
    for message in messages:
        row = desk.row(message)
        assert row.decided_at is not None
        hidden = [row.id, row.sender_id, row.raw_hash, row.message_id_hash, row.source]
        times = [f"{one:%Y-%m-%d}" for one in (row.decided_at, row.received_at)]
        for one in [*hidden, *times, f"{row.decided_at:%H:%M}"]:
            assert str(one) not in lines
    for name, person in desk.people.items():
        assert person.person_id not in lines
        assert person.name not in lines
        assert address(name) not in lines
    for one in ("Zanzibar", "pat@example.org", "quagga"):
        assert one not in lines


def test_the_order_of_the_rows_says_nothing_of_the_order_of_the_messages(desk: Desk) -> None:
    busy(desk)
    rows = [json.loads(line) for line in export(desk).lines.splitlines()]
    ids = [row["id"] for row in rows]
    assert ids == sorted(ids)
    assert all(len(one) == 64 for one in ids)


def test_the_same_decisions_give_the_same_bytes_whenever_they_are_exported(desk: Desk) -> None:
    busy(desk)
    first = export(desk)
    desk.move(days=40)
    assert export(desk) == first
    assert sha256(first.lines).hexdigest() == first.sha256


# -- who


def test_only_the_command_line_exports_and_no_person_not_even_the_admin(desk: Desk) -> None:
    """The admin may be the recipient of a message in it (trust.md, section 5)."""
    desk.decide(desk.ana, desk.arrive("[medium]"))
    later(desk)
    for somebody in (desk.ana, desk.dora, desk.max, desk.ada, desk.kit, desk.gus, SYSTEM):
        with pytest.raises(NotAllowed):
            desk.do(somebody, export_labels)
    assert len(desk.events("refused")) == 7
    assert desk.events("labels_exported") == []


def test_the_deployers_export_holds_what_one_of_the_staff_may_not_know_of(desk: Desk) -> None:
    message = desk.arrive("[medium]", recipients=(address("ada"),))
    desk.triage.database.write(
        partial(
            exclude,
            matter_id=message,
            person_id=desk.cleo.person_id,
            kind=ExclusionKind.RECUSED,
            at=desk.now,
        )
    )
    desk.decide(desk.ana, message)
    later(desk)
    assert len(exported(desk)) == 1


def test_the_export_is_on_the_record_with_its_hash_and_no_text(desk: Desk) -> None:
    busy(desk)
    made = export(desk)
    (event,) = desk.events("labels_exported")
    assert (event.actor_id, event.matter_id) == ("console", None)
    assert json.loads(event.details) == {"rows": 6, "sha256": made.sha256}
    assert isinstance(desk.chain(), int)


def test_p_rec_4_the_record_tells_an_excluded_viewer_no_count_of_messages(desk: Desk) -> None:
    busy(desk)
    export(desk)
    page = desk.read(read_record, viewer=desk.ana)
    (row,) = [one for one in page.rows if one.code == "labels_exported"]
    assert row.details == {}


# -- the command


@pytest.fixture
def at_console(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> Desk:
    """Six decisions, as ``triage`` finds them, with the desk's clock and a key of its own."""
    busy(desk)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", desk.triage.settings.url)
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(SystemClock, "now", lambda self: clock.now())
    return desk


def run(*words: str | Path) -> Result:
    given = ["labels", "export", *map(str, words)]
    return cli.invoke(app, given, catch_exceptions=False)


def test_the_file_is_the_owners_alone_and_its_hash_is_on_the_record(
    at_console: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "labels.jsonl"
    result = run("--to", file)
    assert result.exit_code == 0
    assert "6 rows written" in result.output
    assert file.stat().st_mode & 0o777 == 0o600
    (event,) = at_console.events("labels_exported")
    digest = sha256(file.read_bytes()).hexdigest()
    assert json.loads(event.details) == {"rows": 6, "sha256": digest}


def test_a_second_run_is_byte_equal(at_console: Desk, tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    run("--to", one)
    at_console.move(days=3)
    run("--to", two)
    assert one.read_bytes() == two.read_bytes()
    assert len(at_console.events("labels_exported")) == 2


def test_counts_are_one_object_on_one_line(at_console: Desk, tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    result = run("--to", file, "--json-counts")
    counts = json.loads(result.output)
    assert result.output.count("\n") == 1
    assert (counts["rows"], counts["labels"]["offensive"], counts["labels"]["none"]) == (6, 6, 0)
    assert counts["sha256"] == sha256(file.read_bytes()).hexdigest()


def test_a_file_that_is_there_stays_as_it_is_and_nothing_is_exported(
    at_console: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text("mine")
    dangling = tmp_path / "link.jsonl"
    dangling.symlink_to(tmp_path / "elsewhere")
    for there in (file, dangling, tmp_path):
        with pytest.raises(Invalid, match="there already"):
            run("--to", there)
    with pytest.raises(Invalid, match="cannot be made"):
        run("--to", tmp_path / "no folder" / "labels.jsonl")
    assert file.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()
    assert at_console.events("labels_exported") == []


def test_asked_to_it_replaces_a_file_and_what_others_could_read_they_cannot(
    at_console: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text("mine")
    file.chmod(0o644)
    assert run("--to", file, "--force").exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().count("\n") == 6


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_an_export_that_fails_leaves_nothing_behind(
    at_console: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: tuple[str, ...]
) -> None:
    def fails(handle: int, data: bytes) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("triage.cli_labels._write", fails)
    folder = tmp_path / "labels"
    folder.mkdir()
    with pytest.raises(OSError, match="disk full"):
        run("--to", folder / "labels.jsonl", *force)
    assert list(folder.iterdir()) == []


def test_since_is_a_day(at_console: Desk, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="2026-12-01"):
        run("--to", tmp_path / "a.jsonl", "--since", "yesterday")
    run("--to", tmp_path / "b.jsonl", "--since", "2027-01-01")
    assert (tmp_path / "b.jsonl").read_bytes() == b""


# -- read again


def test_the_readers_of_training_data_read_what_was_exported(
    at_console: Desk, tmp_path: Path
) -> None:
    route(at_console, at_console.arrive("[low] passed on"), RoutedTo.SERVICE_COMPLAINT)
    later(at_console)
    folder = tmp_path / "exports"
    folder.mkdir()
    run("--to", folder / "march.jsonl")
    rows = read_labels(folder / "march.jsonl")
    assert len(rows) == 7
    assert {row.source for row in rows} == {"labels/march"}
    assert {(row.voice, row.category, row.span) for row in rows} == {
        ("labels/desk", "disposition", "")
    }
    weights = {row.text.partition("\n\n")[2][:5]: row.weight for row in rows}
    assert weights == {"[medi": 1.0, "[low]": 0.5}
    as_corpus = read_corpus(folder)
    assert [(row.text, row.truth) for row in as_corpus] == [(row.text, row.truth) for row in rows]
    texts = {at_console.row(one).text for one in ids_of(at_console)}
    assert {row.text for row in rows} == texts


def ids_of(desk: Desk) -> list[str]:
    return list(desk.read(lambda session: [one.id for one in session.query(Message)]))


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"text": "zanzibar"}',
        '{"id": "1", "text": "zanzibar", "labels": ["rude"], "category": "c", "voice": "v", '
        '"provenance": {"decision": "noted"}}',
    ],
)
def test_a_line_that_is_no_exported_row_is_named_without_its_text(
    tmp_path: Path, line: str
) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text(line + "\n")
    with pytest.raises(ValueError, match=r"labels\.jsonl, line 1") as caught:
        read_labels(file)
    assert "zanzibar" not in str(caught.value)

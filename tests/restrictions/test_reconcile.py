"""A service's own list against what was decided: it changes nothing, and half a list is none."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from support.desk import Desk, address
from support.restricting import approve, propose, tasks, version
from typer.testing import CliRunner

from triage.cli import app
from triage.core.errors import Invalid, NotAllowed
from triage.core.roles import Role
from triage.restrictions.blocklist import matching_form, read_list
from triage.restrictions.rules import Kind
from triage.restrictions.service import deciding
from triage.restrictions.service import tasks as working
from triage.restrictions.service.reconciling import Reconciled, reconcile
from triage.restrictions.tables import BlockListEntry, ReconcileRun

FMS = "email,safe,created\n"


def compare(desk: Desk, who: object, *rows: str) -> Reconciled:
    data = (FMS + "".join(f"{one},f,2026-01-01\n" for one in rows)).encode()
    entries = read_list(data, "fixmystreet")
    return desk.do(who, reconcile, target="fixmystreet", entries=entries)  # type: ignore[arg-type]


def block(desk: Desk, **fields: object) -> str:
    """A block on FixMyStreet that was approved and applied."""
    sven = desk.people.get("sven") or desk.add("sven", Role.SERVICE_ADMIN)
    desk.do(desk.ada, working.set_scope, person_id=sven.person_id, target="fixmystreet")
    made = propose(desk, desk.ana, desk.arrive(**fields), kind=Kind.SERVICE_BLOCK)
    approve(desk, desk.dora, made)
    given = {"restriction_id": made, "version": version(desk, made), "reason": "in danger"}
    desk.do(desk.dora, deciding.withhold_letter, **given)
    (task,) = tasks(desk, made)
    desk.do(sven, working.apply, task_id=task.id, version=task.version)
    return made


def test_the_first_list_is_a_baseline_and_later_ones_say_what_changed(desk: Desk) -> None:
    made = block(desk)
    first = compare(desk, desk.dora, "spam@example.net", "Sender@Example.COM")
    assert (first.baseline, first.matched, first.unknown, first.missing) == (True, 1, (), ())
    second = compare(desk, desk.dora, "spam@example.net", "new@example.net")
    assert not second.baseline
    assert [(one.line, one.new) for one in second.unknown] == [(3, True)]
    assert [one.task_id for one in second.missing] == [tasks(desk, made)[0].id]
    assert second.gone == 1
    third = compare(desk, desk.dora, "new@example.net", "sender@example.com")
    assert [(one.line, one.new) for one in third.unknown] == [(2, False)]
    assert third.missing == ()
    fourth = compare(desk, desk.dora, "spam@example.net")
    assert [(one.line, one.new) for one in fourth.unknown] == [(2, True)], "it is back"


def test_only_hashes_and_counts_are_kept_and_no_task_is_changed(desk: Desk) -> None:
    made = block(desk)
    before = [(one.state, one.version) for one in tasks(desk, made)]
    compare(desk, desk.dora, "spam@example.net")
    compare(desk, desk.dora, "spam@example.net")
    assert [(one.state, one.version) for one in tasks(desk, made)] == before
    rows = desk.read(lambda session: session.scalars(select(BlockListEntry.entry_hash)).all())
    assert len(rows) == 1
    assert "spam" not in "".join(rows)
    details = [json.loads(one.details) for one in desk.events("reconciled")]
    assert details[0] == {"target": "fixmystreet", "entries": 1, "baseline": True}


def test_it_is_found_however_it_was_written(desk: Desk) -> None:
    assert matching_form(" PAT@Example.ORG ") == matching_form("pat@example.org")
    assert matching_form("020 7946 0123") == matching_form("+44 20 7946 0123") == "+442079460123"
    assert matching_form("'+442079460123") == "+442079460123"
    assert matching_form("Cafe\u0301") == matching_form("CAFÉ")


def test_what_a_list_does_not_shut_out_is_left_aside() -> None:
    fms = FMS + "a@example.org,t,\nb@example.org,f,\n"
    assert [one.line for one in read_list(fms.encode(), "fixmystreet")] == [3]
    wdtk = "id,email,ban_text,closed_at\n1,a@example.org,,\n2,b@example.org,Banned,\n"
    wdtk += "3,c@example.org,,2026-01-01\n"
    assert [one.form for one in read_list(wdtk.encode(), "whatdotheyknow")] == [
        "b@example.org",
        "c@example.org",
    ]
    assert len(read_list(b"identifier\nx\nX\n", "helpdesk")) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"mail,safe\n", "Line 1: no column email"),
        (b"email,email\n", "Line 1: two columns"),
        (b"email,safe,created\na@example.org,f\n", "Line 2: 2 cells where the first line has 3"),
        (b"email,safe\na@example.org,f\n,f\n", "Line 3: nothing stands in email"),
        (b"email,safe\na@example.org,f\n\xff,f\n", "Line 3: this is not UTF-8"),
        (b'email,safe\n"a\nb",f\nx\n', "Line 4: 1 cells"),
        (b'email,safe\na,f\n"open,f\n', "Line 3"),
        (b"email,safe\na\x00b,f\n", "Line 2"),
    ],
)
def test_a_list_that_is_not_what_it_should_be_is_refused_by_line(data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_list(data, "fixmystreet")


@given(st.binary(max_size=200), st.sampled_from(["fixmystreet", "whatdotheyknow", "helpdesk"]))
def test_any_bytes_are_read_or_refused(data: bytes, target: str) -> None:
    for head in (b"", b"email,ban_text\n", b"identifier\n"):
        try:
            read_list(head + data, target)
        except Invalid:
            continue


def test_p_rec_4_who_has_no_part_in_a_block_finds_what_stands_there_without_it(desk: Desk) -> None:
    edda = desk.add("edda", Role.DECIDER)
    block(desk, recipients=(address("edda"),))
    compare(desk, desk.dora, "spam@example.net")
    assert len(compare(desk, desk.dora, "spam@example.net").missing) == 1
    found = compare(desk, edda, "spam@example.net", "sender@example.com")
    assert (found.matched, found.missing) == (0, ())


def test_it_is_for_who_looks_after_the_service_or_decides(desk: Desk) -> None:
    other = desk.add("sven", Role.SERVICE_ADMIN)
    for who in (other, desk.ana, desk.max, desk.kit, desk.gus):
        with pytest.raises(NotAllowed):
            compare(desk, who, "spam@example.net")
    assert desk.count(ReconcileRun) == 0


def test_the_command_prints_lines_and_tasks_and_writes_nothing_of_half_a_list(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("triage.cli_reconcile.open_triage", lambda: desk.triage)
    file = tmp_path / "list.csv"
    run = CliRunner()
    file.write_text(FMS + "spam@example.net,f,\nbroken\n")
    assert isinstance(run.invoke(app, ["reconcile", "fixmystreet", str(file)]).exception, Invalid)
    assert desk.count(BlockListEntry) == desk.count(ReconcileRun) == 0
    file.write_text(FMS + "spam@example.net,f,\n")
    said = run.invoke(app, ["reconcile", "fixmystreet", str(file)]).output
    assert "1 entries taken as the service's own" in said
    file.write_text(FMS + "spam@example.net,f,\nnew@example.net,f,\n")
    found = json.loads(run.invoke(app, ["reconcile", "fixmystreet", str(file), "--json"]).output)
    assert found["unknown"] == [{"line": 3, "new": True}]
    assert found["entries"] == 2

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
from triage.restrictions.draft import TargetDraft
from triage.restrictions.rules import Kind, TargetState
from triage.restrictions.service import deciding
from triage.restrictions.service import tasks as working
from triage.restrictions.service.reconciling import Reconciled, reconcile
from triage.restrictions.tables import BlockListEntry, ReconcileRun

FMS = "email,safe,created\n"


def compare(desk: Desk, who: object, *rows: str) -> Reconciled:
    data = (FMS + "".join(f"{one},f,2026-01-01\n" for one in rows)).encode()
    entries = read_list(data, "fixmystreet")
    return desk.do(who, reconcile, target="fixmystreet", entries=entries)  # type: ignore[arg-type]


def lift(desk: Desk, made: str) -> None:
    given = {"restriction_id": made, "version": version(desk, made), "reason": "over"}
    desk.do(desk.dora, deciding.lift, **given)


def block(desk: Desk, *, targets: tuple[TargetDraft, ...] = (), **fields: object) -> str:
    """A block on FixMyStreet that was approved and applied."""
    sven = desk.people.get("sven") or desk.add("sven", Role.SERVICE_ADMIN)
    desk.do(desk.ada, working.set_scope, person_id=sven.person_id, target="fixmystreet")
    given: dict[str, object] = {"targets": targets} if targets else {}
    made = propose(desk, desk.ana, desk.arrive(**fields), kind=Kind.SERVICE_BLOCK, **given)
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


def on_task(desk: Desk, command: object, made: str, **given: object) -> None:
    (task,) = tasks(desk, made)
    given = {"task_id": task.id, "version": task.version} | given
    desk.do(desk.sven, command, **given)  # type: ignore[arg-type]


def test_what_we_had_put_there_before_the_first_list_is_not_the_services_own(desk: Desk) -> None:
    made = block(desk)
    first = compare(desk, desk.dora, "spam@example.net", "sender@example.com")
    assert (first.baseline, first.matched, first.unknown) == (True, 1, ())
    lift(desk, made)
    on_task(desk, working.remove, made, note="It is gone, they said.")
    again = compare(desk, desk.dora, "spam@example.net", "sender@example.com")
    assert [(one.line, one.new) for one in again.unknown] == [(3, False)], "it stands there still"
    gone = compare(desk, desk.dora, "spam@example.net")
    assert (gone.unknown, gone.gone) == ((), 1)


def test_p_rec_4_a_run_of_who_may_not_know_of_it_neither_tells_them_nor_hides_it_from_others(
    desk: Desk,
) -> None:
    edda = desk.add("edda", Role.DECIDER)
    listed = ("spam@example.net", "sender@example.com")
    made = block(desk, recipients=(address("edda"),))
    assert compare(desk, edda, *listed).baseline
    lift(desk, made)
    on_task(desk, working.remove, made, note="It is gone, they said.")
    assert compare(desk, edda, *listed).unknown == (), "for her it is the service's own"
    assert [one.line for one in compare(desk, desk.dora, *listed).unknown] == [3]


def test_what_held_and_is_on_the_list_no_more_is_put_in_again(desk: Desk) -> None:
    made = block(desk)
    on_task(desk, working.verify, made, note="looked")
    compare(desk, desk.dora, "sender@example.com")
    (lost,) = compare(desk, desk.dora, "spam@example.net").missing
    assert (lost.task_id, lost.state) == (tasks(desk, made)[0].id, TargetState.VERIFIED)
    on_task(desk, working.fail, made, note="It is on the list no more.")
    assert tasks(desk, made)[0].state == TargetState.FAILED.value
    assert compare(desk, desk.dora, "spam@example.net").missing == (), "it is known"
    on_task(desk, working.retry, made)
    on_task(desk, working.apply, made)
    on_task(desk, working.verify, made, note="looked")
    found = compare(desk, desk.dora, "sender@example.com")
    assert (found.matched, found.missing) == (1, ())


def test_five_thousand_rows_are_compared_with_what_was_decided(desk: Desk) -> None:
    made = [block(desk, from_address="sender@example.com")]
    for number in range(5):
        target = TargetDraft("fixmystreet", f"pat{number}@example.org", "Used for it.", None, "x")
        made.append(block(desk, targets=(target,)))
    rows = [f"spam{number}@example.net" for number in range(4995)]
    ours = ["Sender@Example.COM", *(f"pat{number}@example.org" for number in range(4))]
    first = compare(desk, desk.dora, *rows, *ours)
    assert (first.entries, first.matched, first.unknown) == (5000, 5, ())
    assert [one.task_id for one in first.missing] == [tasks(desk, made[-1])[0].id]
    again = compare(desk, desk.dora, *rows[1:], *ours[:-1], "new@example.net", "other@example.net")
    assert (again.entries, again.matched, again.gone) == (5000, 4, 2)
    assert [(one.line, one.new) for one in again.unknown] == [(5000, True), (5001, True)]
    lost = {tasks(desk, one)[0].id for one in made[-2:]}
    assert {one.task_id for one in again.missing} == lost
    assert desk.count(BlockListEntry) == 5002

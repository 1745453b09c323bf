"""What services are handed, in their own form; and CSV that no spreadsheet runs."""

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk import Desk, address
from support.restricting import PUBLIC, approve, propose, tasks

from triage.core.cells import safe_cell, to_csv
from triage.core.errors import NotAllowed, NotFound
from triage.core.roles import Role
from triage.restrictions import rules
from triage.restrictions.draft import TargetDraft
from triage.restrictions.rules import Kind
from triage.restrictions.service import tasks as working
from triage.restrictions.service.exporting import export_tasks, task_sheet
from triage.restrictions.sheets import Order, abuse_keys, sheet

DAY = date(2027, 1, 4)
CELLS = st.text(
    st.one_of(
        st.sampled_from("=+-@\t\r\n \"',;＝＋－＠\u200b\ufeff\u00a0\u202e"),
        st.characters(codec="utf-8"),
    ),
    max_size=12,
)


def order(target: str, subject: str = "pat@example.org", **given: object) -> Order:
    return Order(target, subject, PUBLIC, None, DAY, **given)  # type: ignore[arg-type]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=4))
def test_no_cell_of_an_export_begins_a_formula(rows: list[list[str]]) -> None:
    text = to_csv([("a", "b"), *rows])
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert len(read) == len(rows) + 1
    for cells, given_cells in zip(read[1:], rows, strict=True):
        for cell, before in zip(cells, given_cells, strict=True):
            assert cell in {safe_cell(before)}
            bare = cell.lstrip(" \u00a0")
            assert not bare.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert all(line.startswith('"') for line in text.split("\r\n") if line and not rows)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_each_beginning_of_a_formula_is_written_as_text(start: str) -> None:
    assert safe_cell(f"{start}1") == f"'{start}1"
    assert safe_cell(f" {start}1") == f"' {start}1"
    assert safe_cell(f"\u200b{start}1").startswith("'")
    assert safe_cell("plain") == "plain"


@pytest.mark.parametrize("target", [*rules.SERVICES, *rules.CHANNELS])
@pytest.mark.parametrize("removal", [False, True])
def test_every_service_and_channel_has_a_sheet(target: str, removal: bool) -> None:
    made = sheet(order(target, removal=removal))
    assert made.title
    assert made.steps
    assert all(len(row) == len(made.header) for row in made.rows)


def test_fixmystreet_takes_addresses_and_numbers_and_never_a_domain() -> None:
    keys = abuse_keys("Pat@Example.ORG, 020 7946 0123; example.org, @example.org")
    assert keys == ("pat@example.org", "+442079460123")
    made = sheet(order("fixmystreet", "example.org"))
    assert made.rows == ()
    assert "send any letter first" in " ".join(sheet(order("fixmystreet")).warnings)


def test_whatdotheyknow_gets_the_public_sentence_and_the_warnings() -> None:
    made = sheet(Order("whatdotheyknow", "pat@example.org", PUBLIC, "close", DAY))
    assert made.rows == (("pat@example.org", "close", PUBLIC, "2027-01-04"),)
    said = " ".join((*made.steps, *made.warnings))
    for words in ("in public", "still log in", "changes the e-mail", "2027-01-04"):
        assert words in said


def test_writetothem_freezes_an_address_and_says_preserve_now() -> None:
    made = sheet(order("writetothem"))
    assert made.rows[0][:5] == ("fyr-abuse", "sender_email", "equals", "pat@example.org", "freeze")
    said = " ".join(made.steps)
    assert "Preserve now" in said
    assert "one working day" in said
    assert "reach the representative" in said
    assert sheet(order("writetothem", "Pat on the phone")).rows == ()


def test_p_blk_2_a_service_that_cannot_says_so_and_nothing_is_done_there(desk: Desk) -> None:
    made = propose(
        desk,
        desk.ana,
        desk.arrive(),
        kind=Kind.SERVICE_BLOCK,
        targets=(TargetDraft("theyworkforyou", "", "Asked for.", None, "x"),),
    )
    approve(desk, desk.dora, made)
    assert [one.state for one in tasks(desk, made)] == ["not_supported"]


def test_an_export_is_for_who_looks_after_the_service_and_holds_no_reason(desk: Desk) -> None:
    sven = desk.add("sven", Role.SERVICE_ADMIN)
    desk.do(desk.ada, working.set_scope, person_id=sven.person_id, target="fixmystreet")
    made = propose(desk, desk.ana, desk.arrive(), kind=Kind.SERVICE_BLOCK)
    assert desk.do(sven, export_tasks, target="fixmystreet").rows == 0, "a mere proposal"
    (task,) = tasks(desk, made)
    with pytest.raises(NotFound):
        desk.do(sven, task_sheet, task_id=task.id)
    approve(desk, desk.dora, made)
    for who in (desk.ana, desk.ada, desk.max, desk.kit):
        with pytest.raises(NotAllowed):
            desk.do(who, export_tasks, target="fixmystreet")
    with pytest.raises(NotAllowed):
        desk.do(sven, export_tasks, target="helpdesk")
    gave = desk.do(sven, export_tasks, target="fixmystreet")
    assert gave.text == '"email","safe"\r\n"sender@example.com","f"\r\n'
    assert "Three messages" not in repr(gave) + repr(desk.do(sven, task_sheet, task_id=task.id))
    event = desk.events("tasks_exported")[-1]
    assert json.loads(event.details) == {"target": "fixmystreet", "way": "in"}
    (event,) = desk.events("task_exported", made)
    assert json.loads(event.details) == {"rows": 1, "sha256": gave.sha256, "task": task.id}


def test_who_has_no_part_in_a_restriction_finds_it_in_no_export(desk: Desk) -> None:
    sven = desk.add("sven", Role.SERVICE_ADMIN)
    desk.do(desk.ada, working.set_scope, person_id=sven.person_id, target="fixmystreet")
    message = desk.arrive(recipients=(address("sven"),))
    made = propose(desk, desk.ana, message, kind=Kind.SERVICE_BLOCK)
    approve(desk, desk.dora, made)
    assert desk.do(sven, export_tasks, target="fixmystreet").rows == 0
    with pytest.raises(NotFound):
        desk.do(sven, task_sheet, task_id=tasks(desk, made)[0].id)

"""The pages on incident reports: who finds them, what stands on them, and what a press does."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.cases import came_in, give, held, report, row, staffed, state, take
from support.desk import Desk
from support.screens import press, words_of

from triage.cases.rules import State
from triage.cases.tables import Case, Event
from triage.conduct.incidents import TeamAnswer
from triage.core.exclusions import is_excluded
from triage.core.ids import short_ref
from triage.reports.answers import Person
from triage.reports.tables import Report
from triage.staff.processes import Part

REFUSED = "This page is not part of your role."
STORY = "Somebody shouted zanzibar at me by the stairs."


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def said(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def opened(screen: Any, desk: Desk, who: str, case_id: str) -> AppTest:
    return screen("cases", getattr(desk, who), case=case_id)


def test_what_is_sealed_is_opened_by_the_next_request_of_the_desk(screen: Any, cases: Desk) -> None:
    report(cases, STORY)
    assert "To be taken" in said(screen("cases", cases.hal))
    assert cases.count(Case) == 1


def test_p_rec_1_parties_come_first_and_the_account_after_the_declaration(
    screen: Any, cases: Desk
) -> None:
    case_id = came_in(cases, STORY, subjects=(Person(name="Pat Quill", role="runs the bar"),))
    at = opened(screen, cases, "hal", case_id)
    assert "Pat Quill" in said(at)
    assert "zanzibar" not in said(at)
    at = press(at, "no_tie")
    assert state(cases, case_id) is State.ACKNOWLEDGED
    at = opened(screen, cases, "hal", case_id)
    assert "zanzibar" in said(at)
    assert {one.actor_id for one in cases.events("case_read")} == {cases.hal.person_id}


def test_p_rec_1_a_tick_steps_back_at_once(screen: Any, cases: Desk) -> None:
    case_id = came_in(cases, STORY)
    at = opened(screen, cases, "hal", case_id)
    at.checkbox(key=f"tie_friend_{case_id}").check()
    next(one for one in at.button if one.label == "I have a conflict: step back").click()
    at.run()
    assert not at.exception
    with cases.triage.database.read() as session:
        assert is_excluded(session, matter_id=case_id, person_id=cases.hal.person_id)
    assert short_ref(case_id) not in said(screen("cases", cases.hal))


def test_p_rec_1_one_press_steps_back_and_the_page_is_gone(screen: Any, cases: Desk) -> None:
    case_id = take(cases, came_in(cases, STORY))
    press(opened(screen, cases, "hal", case_id), "recuse")
    assert held(cases, case_id) == {Part.HANDLER: {"hope"}}
    at = opened(screen, cases, "hal", case_id)
    assert "There is no such case." in said(at)
    assert "zanzibar" not in said(at)


def test_a_tab_that_was_open_before_is_refused_at_its_next_press(screen: Any, cases: Desk) -> None:
    from triage.cases.service import recusing

    case_id = take(cases, came_in(cases, STORY))
    at = opened(screen, cases, "hal", case_id)
    cases.do(cases.hal, recusing.recuse, case_id=case_id)
    at.run()
    assert "zanzibar" not in said(at)


@pytest.mark.parametrize("name", ["ana", "ada", "max", "kit"])
def test_p_con_1_other_roles_have_no_such_page(screen: Any, cases: Desk, name: str) -> None:
    case_id = came_in(cases, STORY)
    at = opened(screen, cases, name, case_id)
    assert REFUSED in said(at)
    assert short_ref(case_id) not in said(at)


@pytest.mark.parametrize("name", ["hope", "ivo", "dee", "otto", "cusa"])
def test_p_con_1_whoever_has_no_part_finds_nothing_of_a_case_that_somebody_has(
    screen: Any, cases: Desk, name: str
) -> None:
    case_id = take(cases, came_in(cases, STORY))
    assert short_ref(case_id) not in said(screen("cases", getattr(cases, name)))
    at = opened(screen, cases, name, case_id)
    assert "There is no such case." in said(at)


def test_who_stands_in_from_outside_finds_the_page_once_they_are_needed(
    screen: Any, cases: Desk
) -> None:
    assert REFUSED in said(screen("cases", cases.tess))
    case_id = came_in(cases, STORY, team=TeamAnswer.NOT_SURE)
    at = opened(screen, cases, "tess", case_id)
    press(at, "no_tie")
    at = opened(screen, cases, "tess", case_id)
    assert "zanzibar" in said(at)
    assert "Say whom it is about" in said(at) or any(
        one.label == "Say whom it is about" for one in at.expander
    )


def test_a_handler_names_who_looks_into_it_after_checking_the_answers(
    screen: Any, cases: Desk
) -> None:
    case_id = take(cases, came_in(cases, STORY))
    at = opened(screen, cases, "hal", case_id)
    next(one for one in at.selectbox if one.label == "For what?").select(Part.INVESTIGATOR)
    next(one for one in at.selectbox if one.label == "Whom?").select(cases.ivo.person_id)
    at = press(at, f"check_assign_{case_id}")
    assert "Check your answers" in said(at)
    at = press(at, f"confirm_assign_{case_id}")
    assert held(cases, case_id)[Part.INVESTIGATOR] == {"ivo"}


def test_the_reporter_is_written_to_over_the_receipt(screen: Any, cases: Desk) -> None:
    case_id = take(cases, came_in(cases, STORY))
    at = opened(screen, cases, "hal", case_id)
    area = next(one for one in at.text_area if one.label == "What do you write?")
    area.input("Was anybody with you?")
    at = press(at, f"check_say_{case_id}")
    at = press(at, f"confirm_say_{case_id}")
    assert "Was anybody with you?" in said(opened(screen, cases, "hal", case_id))


def test_p_int_2_anybody_takes_a_report_down_and_is_shown_the_receipt_once(
    screen: Any, cases: Desk
) -> None:
    at = screen("report", cases.kit)
    next(one for one in at.text_area if one.label.startswith("What happened")).input(STORY)
    at = press(at, "keep_report")
    assert not at.exception
    assert cases.count(Report) == 1
    code = next(one.value for one in at.code)
    assert code.count("-") == 5
    at.run()
    assert not [one.value for one in at.code if one.value == code]


def test_p_int_2_without_a_word_of_what_happened_nothing_is_kept(screen: Any, cases: Desk) -> None:
    at = press(screen("report", cases.kit), "keep_report")
    assert "Tell us what happened." in said(at)
    assert cases.count(Report) == 0


def test_an_event_is_set_up_with_its_code(screen: Any, cases: Desk) -> None:
    from datetime import time

    at = screen("events", cases.hope)
    at.text_input[0].input("Autumn meeting")
    at.time_input[0].set_value(time(9))
    at.time_input[1].set_value(time(23, 45))
    at.text_input[1].input("The desk by the door, 020 7946 0123")
    at = press(at, "set_up_event")
    assert not at.exception
    assert cases.count(Event) == 1
    assert "Autumn meeting" in said(screen("events", cases.hope))


def test_somebody_who_was_named_reads_who_is_in_it_before_anything_else(
    screen: Any, cases: Desk
) -> None:
    case_id = take(cases, came_in(cases, STORY))
    give(cases, case_id, Part.INVESTIGATOR, cases.ivo)
    assert "zanzibar" in said(opened(screen, cases, "ivo", case_id))
    assert row(cases, case_id).state == State.ACKNOWLEDGED.value

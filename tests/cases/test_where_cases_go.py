"""Where a case goes that is none of ours, and what a second person settles (P-RTE, P-INT-4)."""

from typing import Any

import pytest
from support.cases import begun, came_in, held, row, staffed, state, take, tick
from support.desk import Desk

from triage.cases.queries import case
from triage.cases.queries.listing import mine
from triage.cases.rules import Edge, State
from triage.cases.service import entering, handling, settling
from triage.cases.service.jobs import remind
from triage.core.access import SYSTEM
from triage.core.errors import Conflict, NotAllowed, NotFound
from triage.notify.tables import OutboxMail
from triage.reports.answers import Answers
from triage.reports.queries import thread as thread_of
from triage.reports.service.steps import add_step
from triage.reports.tables import Report
from triage.reports.thread import StepKind
from triage.staff.processes import Part


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def said(desk: Desk, case_id: str) -> list[str]:
    """What the reporter was told over the receipt."""
    found = desk.read(thread_of, report_id=row(desk, case_id).report_id)
    return [one.text for one in found if one.kind is StepKind.TEXT and not one.from_reporter]


def status(desk: Desk, case_id: str) -> str:
    with desk.triage.database.read() as session:
        return session.get_one(Report, row(desk, case_id).report_id).status


def act(desk: Desk, who: Any, command: Any, case_id: str, **given: Any) -> Any:
    return desk.do(who, command, case_id=case_id, version=row(desk, case_id).version, **given)


def writes(desk: Desk, case_id: str, kind: StepKind, text: str = "") -> None:
    """The reporter adds something by receipt."""
    report_id = row(desk, case_id).report_id

    def work(session: Any) -> None:
        add_step(
            session, desk.triage.vault, report_id=report_id, kind=kind, text=text,
            from_reporter=True, at=desk.now,
        )  # fmt: skip

    desk.triage.database.write(work)


def test_p_rte_2_a_service_complaint_is_routed_out_and_the_person_is_told_where(
    cases: Desk,
) -> None:
    case_id = take(cases, came_in(cases))
    act(cases, cases.hal, handling.route_out, case_id, service="fixmystreet", reason="A pothole.")
    assert state(cases, case_id) is State.ROUTED_OUT
    assert cases.triage.settings.route_complaint in said(cases, case_id)[0]
    assert status(cases, case_id) == "ended"


def test_p_rte_1_a_part_about_a_service_is_split_off_and_the_rest_goes_on(cases: Desk) -> None:
    case_id = take(cases, came_in(cases, service_too=True))
    act(cases, cases.hal, handling.split_off, case_id, service="writetothem")
    assert state(cases, case_id) is State.ACKNOWLEDGED
    assert len(said(cases, case_id)) == 1
    with pytest.raises(Conflict):
        act(cases, cases.hal, handling.split_off, case_id, service="writetothem")


def test_p_rte_3_a_report_of_a_member_of_staff_is_closed_to_the_desk_after_its_first_opening(
    cases: Desk,
) -> None:
    case_id = take(cases, came_in(cases))
    act(cases, cases.hal, handling.refer_hr, case_id, receipt="With HR since nine o'clock.")
    assert held(cases, case_id) == {}
    for name in ("hal", "hope", "dee", "tess"):
        with pytest.raises((NotFound, NotAllowed)):
            cases.read(
                case, viewer=getattr(cases, name), case_id=case_id, at=cases.now,
                settings=cases.triage.settings,
            )  # fmt: skip
    assert cases.triage.settings.hr_route in said(cases, case_id)[0]


@pytest.mark.parametrize("edge", [Edge.OUT_OF_SCOPE, Edge.INSUFFICIENT])
def test_p_int_4_two_people_set_a_case_aside_with_reasons_and_the_reporter_is_told(
    cases: Desk, edge: Edge
) -> None:
    case_id = take(cases, came_in(cases))
    given = {"edge": edge, "reason": "Nobody can be told from it."}
    with pytest.raises(NotAllowed):
        act(cases, cases.hal, settling.ask_second, case_id,
            person_id=cases.hal.person_id, **given)  # fmt: skip
    made = act(cases, cases.hal, settling.ask_second, case_id,
               person_id=cases.dan.person_id, **given)  # fmt: skip
    act(cases, cases.dan, handling.declare, case_id, ties=())
    settle = {"second_id": made, "agree": True, "answer": "So I think too."}
    cases.do(cases.dan, settling.settle_second, version=row(cases, case_id).version, **settle)
    assert state(cases, case_id).value == edge.value.removeprefix("set_aside_")
    assert len(said(cases, case_id)) == 1


def test_a_second_person_who_does_not_agree_ends_nothing(cases: Desk) -> None:
    case_id = take(cases, came_in(cases))
    made = act(
        cases, cases.hal, settling.ask_second, case_id, edge=Edge.OUT_OF_SCOPE, reason="x",
        person_id=cases.dan.person_id,
    )  # fmt: skip
    act(cases, cases.dan, handling.declare, case_id, ties=())
    cases.do(
        cases.dan, settling.settle_second, second_id=made, version=row(cases, case_id).version,
        agree=False, answer="It is harassment.",
    )  # fmt: skip
    assert state(cases, case_id) is State.ACKNOWLEDGED


@pytest.mark.parametrize("how", ["go_on", "withdraw"])
def test_a_reporter_may_ask_to_go_no_further_and_people_decide(cases: Desk, how: str) -> None:
    case_id = begun(cases)
    writes(cases, case_id, StepKind.WITHDRAW, "Please stop.")
    tick(cases)
    assert state(cases, case_id) is State.WITHDRAWN_REQUESTED
    if how == "go_on":
        act(cases, cases.hal, settling.go_on, case_id, reason="Others are at risk.")
        assert state(cases, case_id) is State.INVESTIGATING
    else:
        made = act(
            cases, cases.hal, settling.ask_second, case_id, edge=Edge.WITHDRAW, reason="x",
            person_id=cases.dan.person_id,
        )  # fmt: skip
        act(cases, cases.dan, handling.declare, case_id, ties=())
        cases.do(
            cases.dan, settling.settle_second, second_id=made,
            version=row(cases, case_id).version, agree=True, answer="Nobody else is at risk.",
        )  # fmt: skip
        assert state(cases, case_id) is State.WITHDRAWN
    assert len(said(cases, case_id)) == 1


def test_what_a_reporter_adds_tells_the_handler_once_without_a_word_of_it_unless_muted(
    cases: Desk,
) -> None:
    case_id = begun(cases)
    before = cases.count(OutboxMail)
    writes(cases, case_id, StepKind.TEXT, "One thing more.")
    tick(cases)
    tick(cases)
    assert cases.count(OutboxMail) == before + 2  # the handler and the investigator
    act(cases, cases.hal, handling.mute, case_id, muted=True)
    writes(cases, case_id, StepKind.TEXT, "And another.")
    tick(cases)
    assert cases.count(OutboxMail) == before + 2
    assert state(cases, case_id) is State.INVESTIGATING


def test_p_int_2_who_takes_a_report_down_is_not_its_handler_unless_assigned(cases: Desk) -> None:
    code = cases.do(
        cases.hal, entering.enter_report, answers=Answers(description="They told me by the bar.")
    )
    assert code.count("-") == 5
    tick(cases)
    given = {"at": cases.now, "settings": cases.triage.settings}
    assert cases.read(mine, viewer=cases.hal, **given) == ()
    from triage.cases.queries import waiting

    assert cases.read(waiting, viewer=cases.hal, **given) == ()
    (found,) = cases.read(waiting, viewer=cases.hope, **given)
    take(cases, found.id, cases.hope)
    act(
        cases, cases.hope, handling.assign, found.id, part=Part.HANDLER,
        person_id=cases.hal.person_id,
    )  # fmt: skip
    assert held(cases, found.id) == {Part.HANDLER: {"hal"}}


def test_p_tim_1_a_case_past_its_target_is_overdue_and_reminds_once_a_day(cases: Desk) -> None:
    case_id = begun(cases)
    given = {"viewer": cases.hal, "at": cases.now, "settings": cases.triage.settings}
    assert not cases.read(mine, **given)[0].overdue
    cases.move(days=40)
    given["at"] = cases.now
    assert cases.read(mine, **given)[0].overdue
    before = cases.count(OutboxMail)
    for _ in range(2):
        cases.do(SYSTEM, remind)
    assert cases.count(OutboxMail) == before + 1
    assert state(cases, case_id) is State.INVESTIGATING


def test_rule_4_what_ended_is_undone_by_the_same_person_in_time_and_reopened_by_another(
    cases: Desk,
) -> None:
    case_id = take(cases, came_in(cases))
    act(cases, cases.hal, handling.route_out, case_id, service="fixmystreet", reason="x")
    act(cases, cases.hal, handling.undo, case_id)
    assert state(cases, case_id) is State.ACKNOWLEDGED
    act(cases, cases.hal, handling.route_out, case_id, service="fixmystreet", reason="x")
    cases.move(minutes=cases.triage.settings.undo_minutes, seconds=1)
    with pytest.raises(Conflict):
        act(cases, cases.hal, handling.undo, case_id)
    with pytest.raises(NotAllowed):
        act(cases, cases.hal, handling.reopen, case_id, reason="I was wrong.")
    act(cases, cases.hal, handling.reopen, case_id, reason="A letter came.", new_evidence=True)
    assert state(cases, case_id) is State.ACKNOWLEDGED


def test_an_event_has_a_code_that_leads_to_its_form_until_it_ends(cases: Desk) -> None:
    from datetime import timedelta

    code = cases.do(
        cases.hope, entering.add_event, name="Autumn meeting", starts=cases.now,
        ends=cases.now + timedelta(hours=8), on_site="The desk by the door, 020 7946 0123",
    )  # fmt: skip
    assert len(code) == entering.EVENT_CODE
    tick(cases)
    from triage.reports.queries import shown_to_all

    shown = cases.read(shown_to_all)
    assert code in str(shown)
    with pytest.raises(NotAllowed):
        cases.do(cases.ana, entering.add_event, name="x", starts=cases.now,
                 ends=cases.now + timedelta(hours=8), on_site="y")  # fmt: skip


def test_who_the_reporter_is_stands_nowhere_in_the_case(cases: Desk) -> None:
    case_id = begun(cases, name="Quilla Zanzibar", email="quilla@example.org", phone="07700 900123")
    for who in (cases.hal, cases.ivo, cases.dee):
        found = cases.read(
            case, viewer=who, case_id=case_id, at=cases.now, settings=cases.triage.settings
        )
        assert found.identified
        assert not [one for one in ("Quilla", "example.org", "900123") if one in repr(found)]

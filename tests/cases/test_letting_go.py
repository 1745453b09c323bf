"""A reporter who would rather stop once others know of the report: it ends for those as well."""

from typing import Any

import pytest
from sqlalchemy import text
from support.cases import (
    inquired,
    notified,
    row,
    staffed,
    state,
    subject_of,
    tick,
    write_by_receipt,
)
from support.desk import Desk
from support.verdicts import close, does, outcome_due, said, seen, verdict_on

from triage.cases.inquiry.service import notices
from triage.cases.inquiry.service.jobs import run_inquiries
from triage.cases.rules import Edge, State
from triage.cases.service import handling, settling
from triage.cases.verdict.rules import ToldTo
from triage.cases.verdict.service import telling
from triage.conduct.incidents import Wish
from triage.core.errors import Conflict
from triage.reports.answers import Reach, reach_to_json
from triage.reports.thread import StepKind


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def writes(desk: Desk, case_id: str, kind: StepKind, words: str = "Please stop.") -> None:
    """The reporter adds something by receipt, and it is taken in."""
    write_by_receipt(desk, case_id, words, kind)
    tick(desk)


def asks_to_end(desk: Desk, case_id: str) -> Any:
    return does(
        desk, desk.hal, settling.ask_second, case_id, edge=Edge.WITHDRAW, reason="x",
        person_id=desk.dan.person_id,
    )  # fmt: skip


def test_p_out_1_once_the_person_reported_knows_of_it_it_goes_on_to_a_finding(cases: Desk) -> None:
    case_id = inquired(cases)
    notified(cases, case_id)
    run_inquiries(cases.triage.runner, cases.now)
    writes(cases, case_id, StepKind.WITHDRAW)
    with pytest.raises(Conflict, match="is to learn how it ended"):
        asks_to_end(cases, case_id)
    does(cases, cases.hal, settling.go_on, case_id, reason="They know of it.")
    assert state(cases, case_id) is State.AWAITING_SUBJECT
    assert said(cases, case_id)[-1].startswith("You asked us to go no further. The person you told")


def test_p_out_1_nor_once_the_notice_is_out_and_nobody_has_noted_it_yet(cases: Desk) -> None:
    case_id = inquired(cases)
    notified(cases, case_id)
    writes(cases, case_id, StepKind.WITHDRAW)
    with pytest.raises(Conflict, match="is to learn how it ended"):
        asks_to_end(cases, case_id)


def test_a_second_person_ends_nothing_of_which_the_person_reported_was_told_meanwhile(
    cases: Desk,
) -> None:
    case_id = inquired(cases)
    writes(cases, case_id, StepKind.WITHDRAW)
    second_id = asks_to_end(cases, case_id)
    does(cases, cases.dan, handling.declare, case_id, ties=())
    with cases.triage.database.engine.begin() as connection:  # what the screens do not let happen
        connection.execute(text("UPDATE cases SET state = 'investigating'"))
    notified(cases, case_id)
    with cases.triage.database.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET state = 'withdrawn_requested'"))
    with pytest.raises(Conflict, match="is to learn how it ended"):
        cases.do(
            cases.dan, settling.settle_second, version=row(cases, case_id).version,
            second_id=second_id, agree=True, answer="Nobody else is at risk.",
        )  # fmt: skip
    assert state(cases, case_id) is State.WITHDRAWN_REQUESTED


@pytest.mark.parametrize("at", ["decided", "outcome_due"])
def test_p_act_what_was_decided_is_carried_out_whatever_the_reporter_wishes_then(
    cases: Desk, at: str
) -> None:
    case_id = verdict_on(cases) if at == "decided" else outcome_due(cases)
    writes(cases, case_id, StepKind.WITHDRAW)
    assert state(cases, case_id) is State.WITHDRAWN_REQUESTED
    with pytest.raises(Conflict, match="It has been decided"):
        asks_to_end(cases, case_id)
    does(cases, cases.hal, settling.go_on, case_id, reason="It is decided.")
    assert state(cases, case_id).value == at


def test_p_act_what_was_decided_once_and_is_looked_into_again_goes_on_to_a_finding(
    cases: Desk,
) -> None:
    """Else what followed from the first decision, a restriction perhaps, would rest on nothing,
    and be kept as what was never decided is."""
    case_id = close(cases, outcome_due(cases))
    does(cases, cases.dee, handling.reopen, case_id, reason="A letter came.", new_evidence=True)
    writes(cases, case_id, StepKind.WITHDRAW)
    assert state(cases, case_id) is State.WITHDRAWN_REQUESTED
    with pytest.raises(Conflict, match="decided before"):
        asks_to_end(cases, case_id)
    does(cases, cases.hal, settling.go_on, case_id, reason="it was decided before")
    assert state(cases, case_id) is State.INVESTIGATING
    assert "We do not say who told us" in said(cases, case_id)[-1]


def test_rule_7_a_day_that_goes_by_while_the_wish_is_settled_leaves_nothing_waiting(
    cases: Desk,
) -> None:
    case_id = inquired(cases)
    notified(cases, case_id)
    run_inquiries(cases.triage.runner, cases.now)
    writes(cases, case_id, StepKind.WITHDRAW)
    cases.move(days=60)
    run_inquiries(cases.triage.runner, cases.now)
    does(cases, cases.hal, settling.go_on, case_id, reason="They know of it.")
    assert state(cases, case_id) is State.AWAITING_SUBJECT
    run_inquiries(cases.triage.runner, cases.now)
    assert state(cases, case_id) is State.INVESTIGATING


def test_p_sub_2_an_account_that_comes_while_the_wish_is_settled_is_taken_in(cases: Desk) -> None:
    case_id = inquired(cases)
    notified(cases, case_id)
    writes(cases, case_id, StepKind.WITHDRAW)
    given = {"text": "I was loud.", "made_at": cases.now, "origin": "by post"}
    cases.do(cases.ivo, notices.record_account, party_id=subject_of(cases, case_id), **given)
    assert state(cases, case_id) is State.WITHDRAWN_REQUESTED
    does(cases, cases.hal, settling.go_on, case_id, reason="Others are at risk.")
    run_inquiries(cases.triage.runner, cases.now)
    assert state(cases, case_id) is State.INVESTIGATING


def wishes_to_know(desk: Desk, case_id: str) -> None:
    """By receipt, and only now."""
    writes(desk, case_id, StepKind.REACH, reach_to_json(Reach(wish=Wish.BY_RECEIPT)))


def test_p_out_2_who_asks_only_after_it_was_said_why_they_are_not_told_is_told(cases: Desk) -> None:
    case_id = outcome_due(cases)
    does(cases, cases.hal, telling.waive, case_id, told=ToldTo.REPORTER, reason="never asked")
    cases.move(minutes=1)
    assert seen(cases, case_id).untold == ()
    wishes_to_know(cases, case_id)
    assert seen(cases, case_id).untold == ("reporter",), "the page says what the command says"
    with pytest.raises(Conflict):
        close(cases, case_id)
    does(cases, cases.hal, telling.tell_reporter, case_id)
    close(cases, case_id)
    assert state(cases, case_id) is State.CLOSED


def test_p_out_2_who_asks_only_once_it_is_closed_is_told(cases: Desk) -> None:
    case_id = outcome_due(cases)
    close(cases, case_id)
    cases.move(minutes=1)
    wishes_to_know(cases, case_id)
    before = len(said(cases, case_id))
    assert seen(cases, case_id).untold == ("reporter",)
    does(cases, cases.hal, telling.tell_reporter, case_id)
    assert len(said(cases, case_id)) == before + 1
    assert seen(cases, case_id).untold == ()
    with pytest.raises(Conflict):
        does(cases, cases.hal, telling.tell_reporter, case_id)

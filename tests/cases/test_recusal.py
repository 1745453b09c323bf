"""Stepping back: at once, one way, nothing left to see, never an orphan (P-REC-1 to -4)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from support.cases import (
    begun,
    came_in,
    give,
    held,
    outside,
    row,
    staffed,
    take,
    tick,
    write_by_receipt,
)
from support.desk import Desk

from triage.cases.queries import board, case, mine, parties, waiting, who_could
from triage.cases.queries.reading import steps, ties
from triage.cases.rules import Edge
from triage.cases.service import handling, recusing, settling, thread
from triage.cases.tables import CaseChallenge
from triage.conduct.incidents import TeamAnswer
from triage.core.access import CONSOLE
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.reports.answers import Person
from triage.staff.processes import Part
from triage.staff.service import disable
from triage.staff.service.duty import add_absence


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def rows(desk: Desk, who: Any) -> list[str]:
    """Every case that somebody finds in any list."""
    given = {"viewer": who, "at": desk.now, "settings": desk.triage.settings}
    found = [desk.read(query, **given) for query in (board, mine, waiting)]
    return [one.id for some in found for one in some]


def conflict(desk: Desk, case_id: str, name: str) -> dict[str, Any]:
    """What is said of somebody who has a conflict."""
    person_id = getattr(desk, name).person_id
    return {"case_id": case_id, "person_id": person_id, "reason": "They share a house."}


READS: dict[str, Callable[..., Any]] = {
    "parties": parties, "case": case, "steps": steps, "ties": ties, "who_could": who_could,
}  # fmt: skip
COMMANDS: dict[str, Callable[[Desk, str], dict[str, Any]]] = {
    "declare": lambda desk, case_id: {"command": handling.declare, "ties": ()},
    "assign": lambda desk, case_id: {
        "command": handling.assign, "part": Part.HANDLER, "person_id": desk.hope.person_id,
    },
    "route_out": lambda desk, case_id: {
        "command": handling.route_out, "service": "fixmystreet", "reason": "x",
    },
    "refer_hr": lambda desk, case_id: {"command": handling.refer_hr, "receipt": "x"},
    "reopen": lambda desk, case_id: {"command": handling.reopen, "reason": "x"},
    "undo": lambda desk, case_id: {"command": handling.undo},
    "mute": lambda desk, case_id: {"command": handling.mute, "muted": True},
    "say": lambda desk, case_id: {"command": thread.say, "text": "x"},
    "ask_second": lambda desk, case_id: {
        "command": settling.ask_second, "edge": Edge.OUT_OF_SCOPE, "reason": "x",
        "person_id": desk.dan.person_id,
    },
}  # fmt: skip


def test_p_rec_1_who_steps_back_is_refused_at_the_next_request_and_earlier_entries_remain(
    cases: Desk,
) -> None:
    case_id = begun(cases)
    before = len(cases.events(matter_id=case_id))
    cases.do(cases.hal, recusing.recuse, case_id=case_id)
    assert rows(cases, cases.hal) == []
    for name, query in READS.items():
        given: dict[str, Any] = {"viewer": cases.hal, "case_id": case_id}
        if name == "case":
            given |= {"at": cases.now, "settings": cases.triage.settings}
        if name == "who_could":
            given |= {"part": Part.HANDLER}
        with pytest.raises(NotFound):
            cases.read(query, **given)
    assert len(cases.events(matter_id=case_id)) > before
    assert [one.code for one in cases.events("case_out")] == ["case_out"]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("how", ["recused", "subject"])
def test_p_rec_4_nobody_who_is_out_writes_anything(cases: Desk, name: str, how: str) -> None:
    if how == "subject":
        case_id = take(cases, came_in(cases, subjects=(Person(name="Hal"),)), cases.hope)
    else:
        case_id = begun(cases)
        cases.do(cases.hal, recusing.recuse, case_id=case_id)
    given = COMMANDS[name](cases, case_id)
    command = given.pop("command")
    version = row(cases, case_id).version
    with pytest.raises(NotFound):
        cases.do(cases.hal, command, case_id=case_id, version=version, **given)
    with pytest.raises(NotFound):
        cases.do(cases.hal, recusing.recuse, case_id=case_id)


def test_p_rec_3_the_place_is_filled_from_the_team_in_the_same_transaction(cases: Desk) -> None:
    case_id = begun(cases)
    cases.do(cases.hal, recusing.recuse, case_id=case_id)
    assert held(cases, case_id) == {
        Part.HANDLER: {"hope"}, Part.INVESTIGATOR: {"ivo"}, Part.DECIDER: {"dee"},
    }  # fmt: skip
    (out,) = cases.events("case_out")
    assert cases.events("case_part")[-1].link == out.link  # one transaction, one link of the chain


def test_p_rec_3_the_last_of_the_team_hands_over_to_the_fallback_outside(cases: Desk) -> None:
    case_id = begun(cases)
    cases.do(cases.hal, recusing.recuse, case_id=case_id)
    cases.do(
        cases.hope, handling.declare, case_id=case_id, version=row(cases, case_id).version, ties=()
    )
    cases.do(cases.hope, recusing.recuse, case_id=case_id)
    assert held(cases, case_id)[Part.HANDLER] == {"tess"}
    assert case_id in rows(cases, cases.tess)


def test_p_rec_3_nobody_is_kept_in_a_case_for_want_of_another_and_the_next_who_comes_has_it(
    desk: Desk,
) -> None:
    staffed(desk, fallback=False)
    case_id = begun(desk)
    for name in ("hal", "hope"):
        desk.do(getattr(desk, name), recusing.recuse, case_id=case_id)
    assert Part.HANDLER not in held(desk, case_id)
    assert [one.code for one in desk.events("case_part_lacking")] == ["case_part_lacking"]
    outside(desk)
    tick(desk)
    assert held(desk, case_id)[Part.HANDLER] == {"tess"}


def test_p_rec_3_a_closed_account_and_a_long_absence_are_covered_by_the_job(cases: Desk) -> None:
    from datetime import timedelta

    case_id = begun(cases)
    cases.do(CONSOLE, disable, person_id=cases.ivo.person_id)
    cases.do(
        CONSOLE, add_absence, person_id=cases.dee.person_id, starts=cases.now,
        ends=cases.now + timedelta(days=60),
    )  # fmt: skip
    cases.move(seconds=1)
    tick(cases)
    assert held(cases, case_id)[Part.INVESTIGATOR] == {"ines"}
    assert held(cases, case_id)[Part.DECIDER] == {"dee", "dan"}
    tick(cases)
    assert held(cases, case_id)[Part.DECIDER] == {"dee", "dan"}


def test_a_challenged_colleague_is_out_until_another_has_decided(cases: Desk) -> None:
    case_id = begun(cases)
    given = {"case_id": case_id, "person_id": cases.ivo.person_id, "reason": "They share a house."}
    made = cases.do(cases.dee, recusing.challenge, **given)
    assert rows(cases, cases.ivo) == []
    assert held(cases, case_id)[Part.INVESTIGATOR] == {"ines"}
    with pytest.raises(NotAllowed):
        cases.do(cases.dee, recusing.settle_challenge, challenge_id=made, upheld=False)
    with pytest.raises(NotFound):
        cases.do(cases.ivo, recusing.settle_challenge, challenge_id=made, upheld=False)
    cases.do(cases.hal, recusing.settle_challenge, challenge_id=made, upheld=False)
    assert held(cases, case_id)[Part.INVESTIGATOR] == {"ines", "ivo"}
    with pytest.raises(Conflict):
        cases.do(cases.hal, recusing.settle_challenge, challenge_id=made, upheld=True)


def test_a_challenge_that_is_right_keeps_them_out_for_good(cases: Desk) -> None:
    case_id = begun(cases)
    given = {"case_id": case_id, "person_id": cases.ivo.person_id, "reason": "They share a house."}
    made = cases.do(cases.dee, recusing.challenge, **given)
    cases.do(cases.hal, recusing.settle_challenge, challenge_id=made, upheld=True)
    assert rows(cases, cases.ivo) == []
    assert cases.count(CaseChallenge) == 1


def test_rule_7_nobody_empties_a_case_by_one_challenge_after_the_other(cases: Desk) -> None:
    case_id = begun(cases)
    made = cases.do(cases.ivo, recusing.challenge, **conflict(cases, case_id, "hal"))
    for name in ("hope", "dee"):
        with pytest.raises(Conflict):
            cases.do(cases.ivo, recusing.challenge, **conflict(cases, case_id, name))
    cases.do(cases.dee, recusing.settle_challenge, challenge_id=made, upheld=True)
    cases.do(cases.ivo, recusing.challenge, **conflict(cases, case_id, "hope"))
    assert held(cases, case_id)[Part.HANDLER] == {"tess"}


def test_rule_7_a_challenge_that_would_leave_a_part_to_nobody_is_none(cases: Desk) -> None:
    case_id = begun(cases)
    for name in ("hal", "hope"):
        made = cases.do(cases.ivo, recusing.challenge, **conflict(cases, case_id, name))
        cases.do(cases.dee, recusing.settle_challenge, challenge_id=made, upheld=True)
    with pytest.raises(Conflict):
        cases.do(cases.ivo, recusing.challenge, **conflict(cases, case_id, "tess"))
    assert held(cases, case_id)[Part.HANDLER] == {"tess"}
    assert cases.count(CaseChallenge) == 2


def test_rule_7_where_nobody_else_has_a_part_the_fallback_is_let_in_to_settle(cases: Desk) -> None:
    case_id = take(cases, came_in(cases))
    give(cases, case_id, Part.SECOND, cases.dee)
    made = cases.do(cases.hal, recusing.challenge, **conflict(cases, case_id, "dee"))
    assert held(cases, case_id) == {Part.HANDLER: {"hal"}, Part.SECOND: {"tess"}}
    with pytest.raises(NotAllowed):
        cases.do(cases.hal, recusing.settle_challenge, challenge_id=made, upheld=False)
    cases.do(cases.tess, recusing.recuse, case_id=case_id)
    assert held(cases, case_id)[Part.SECOND] == {"dan"}
    cases.do(cases.dan, recusing.settle_challenge, challenge_id=made, upheld=False)
    assert held(cases, case_id)[Part.SECOND] == {"dan", "dee"}


def test_rule_7_a_challenge_that_nobody_could_settle_is_none(desk: Desk) -> None:
    staffed(desk, fallback=False)
    for name in ("dan", "dora"):
        desk.do(CONSOLE, disable, person_id=getattr(desk, name).person_id)
    case_id = take(desk, came_in(desk))
    give(desk, case_id, Part.SECOND, desk.dee)
    with pytest.raises(Conflict):
        desk.do(desk.hal, recusing.challenge, **conflict(desk, case_id, "dee"))
    assert held(desk, case_id)[Part.SECOND] == {"dee"}


def test_who_is_challenged_and_named_comes_back_when_both_are_settled(cases: Desk) -> None:
    case_id = begun(cases)
    made = cases.do(cases.dee, recusing.challenge, **conflict(cases, case_id, "ivo"))
    write_by_receipt(cases, case_id, "Ivo laughed.")
    tick(cases)
    cases.do(cases.hal, recusing.settle_challenge, challenge_id=made, upheld=False)
    assert rows(cases, cases.ivo) == []
    given = {"case_id": case_id, "person_id": cases.ivo.person_id, "reason": "Another Ivo."}
    cases.do(cases.dee, recusing.clear_match, **given)
    give(cases, case_id, Part.INVESTIGATOR, cases.ivo)


def test_p_rec_2_a_possible_match_is_cleared_by_a_decider_of_the_case_and_a_picked_one_by_nobody(
    cases: Desk,
) -> None:
    case_id = take(
        cases,
        came_in(
            cases, subjects=(Person(name="Inez"),), team=TeamAnswer.YES,
            team_members=(cases.dan.person_id,),
        ),
    )  # fmt: skip
    give(cases, case_id, Part.DECIDER, cases.dee)
    given = {"case_id": case_id, "reason": "Another Inez, of the venue."}
    with pytest.raises(NotAllowed):
        cases.do(cases.hal, recusing.clear_match, person_id=cases.ines.person_id, **given)
    with pytest.raises(NotAllowed):
        cases.do(cases.dee, recusing.clear_match, person_id=cases.dan.person_id, **given)
    cases.do(cases.dee, recusing.clear_match, person_id=cases.ines.person_id, **given)
    found = cases.read(
        case, viewer=cases.dee, case_id=case_id, at=cases.now, settings=cases.triage.settings
    )
    assert [(one.name, one.cleared_by, one.reason) for one in found.matches if one.cleared] == [
        ("Ines", "Dee", "Another Inez, of the venue.")
    ]
    give(cases, case_id, Part.INVESTIGATOR, cases.ines)


def test_p_rec_2_the_fallback_says_whom_it_is_about_and_lets_the_others_in(cases: Desk) -> None:
    case_id = came_in(cases, team=TeamAnswer.NOT_SURE)
    cases.do(
        cases.tess, recusing.clear_team, case_id=case_id, reason="The reporter says who it was.",
        keep_away=(cases.hope.person_id,),
    )  # fmt: skip
    assert rows(cases, cases.hal)
    assert rows(cases, cases.hope) == []
    tick(cases)
    assert rows(cases, cases.hope) == []
    take(cases, case_id)
    found = cases.read(
        case, viewer=cases.hal, case_id=case_id, at=cases.now, settings=cases.triage.settings
    )
    assert {one.reason for one in found.matches} == {"The reporter says who it was."}
    assert {one.name for one in found.matches if not one.cleared} == {"Hope"}


def test_rule_6_nobody_has_two_parts_that_do_not_go_together_even_one_they_had(
    cases: Desk,
) -> None:
    case_id = take(cases, came_in(cases))
    cases.add("both", *cases.ivo.roles, *cases.dee.roles)
    give(cases, case_id, Part.INVESTIGATOR, cases.both)
    version = row(cases, case_id).version
    given = {"case_id": case_id, "version": version, "person_id": cases.both.person_id}
    with pytest.raises(NotAllowed):
        cases.do(cases.hal, handling.assign, part=Part.DECIDER, **given)
    cases.do(cases.hal, handling.release, part=Part.INVESTIGATOR, **given)
    given["version"] = row(cases, case_id).version
    with pytest.raises(NotAllowed):
        cases.do(cases.hal, handling.assign, part=Part.DECIDER, **given)


def test_the_account_is_not_read_before_a_conflict_was_denied(cases: Desk) -> None:
    case_id = take(cases, came_in(cases))
    version = row(cases, case_id).version
    cases.do(
        cases.hal, handling.assign, case_id=case_id, version=version, part=Part.DECIDER,
        person_id=cases.dee.person_id,
    )  # fmt: skip
    given = {
        "viewer": cases.dee, "case_id": case_id, "at": cases.now,
        "settings": cases.triage.settings,
    }  # fmt: skip
    with pytest.raises(Invalid):
        cases.read(case, **given)
    assert cases.read(parties, viewer=cases.dee, case_id=case_id) == ()


def test_rule_3_who_is_slower_is_told_who_did_what(cases: Desk) -> None:
    case_id = came_in(cases)
    version = row(cases, case_id).version
    take(cases, case_id)
    with pytest.raises(NotFound):  # it is closed to them now
        cases.do(cases.hope, handling.declare, case_id=case_id, version=version, ties=())
    with pytest.raises(Conflict):
        cases.do(cases.hal, handling.mute, case_id=case_id, version=version, muted=True)


def test_every_step_has_its_event(cases: Desk) -> None:
    from triage.cases.tables import CaseTransition

    case_id = begun(cases)
    with cases.triage.database.read() as session:
        edges = session.scalars(
            select(CaseTransition.edge)
            .where(CaseTransition.case_id == case_id)
            .order_by(CaseTransition.sequence)
        ).all()
    codes = [one.code for one in cases.events(matter_id=case_id)]
    for edge in edges:
        assert f"case_{edge}" in codes
    assert edges == ["open", "acknowledge", "investigate"]

"""A sealed report becomes a case: who is kept away, who is alerted (P-ALR-1, P-REC-2)."""

import pytest
from sqlalchemy import select
from support.cases import came_in, held, row, staffed, state, take, tick
from support.desk import Desk

from triage.alarms.service.job import run_alarms
from triage.cases.queries import board, parties, waiting
from triage.cases.rules import State, Tie
from triage.cases.service import handling
from triage.conduct.incidents import TeamAnswer
from triage.core.access import CONSOLE
from triage.core.errors import NotAllowed, NotFound
from triage.core.exclusions import excluded, is_excluded
from triage.notify.tables import OutboxMail
from triage.reports.answers import Person
from triage.staff.processes import Part
from triage.staff.service.duty import add_shift


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def on_duty(desk: Desk, *names: str) -> None:
    from datetime import timedelta

    for name in names:
        desk.do(
            CONSOLE, add_shift, person_id=getattr(desk, name).person_id,
            starts=desk.now - timedelta(hours=1), ends=desk.now + timedelta(hours=8),
        )  # fmt: skip


def mails(desk: Desk) -> list[str | None]:
    names = {actor.person_id: name for name, actor in desk.people.items()}
    with desk.triage.database.read() as session:
        found = session.scalars(select(OutboxMail.person_id).order_by(OutboxMail.queued_at))
        return [names.get(one or "") for one in found]


def sees(desk: Desk, name: str) -> bool:
    given = {"at": desk.now, "settings": desk.triage.settings}
    actor = getattr(desk, name)
    return bool(desk.read(board, viewer=actor, **given))


def test_p_alr_1_a_report_alerts_exactly_one_handler_who_is_on_duty(cases: Desk) -> None:
    on_duty(cases, "hope", "otto")
    case_id = came_in(cases)
    run_alarms(cases.triage.runner, cases.now)
    assert mails(cases) == ["hope"]
    assert state(cases, case_id) is State.SUBMITTED


def test_p_alr_1_who_does_not_answer_is_followed_by_another_and_then_by_the_fallback(
    cases: Desk,
) -> None:
    on_duty(cases, "hope")
    came_in(cases)
    for _ in range(3):
        run_alarms(cases.triage.runner, cases.now)
        tick(cases)
        cases.move(minutes=cases.triage.settings.report_alarm_minutes, seconds=1)
    assert mails(cases) == ["hope", "hal", "tess"]
    assert sees(cases, "tess"), "who was asked is asked still, whatever job has run"


@pytest.mark.parametrize(
    "fields",
    [
        {"subjects": (Person(name="Hal"),)},
        {"subjects": (Person(name="Hall"),)},
        {"subjects": (Person(contact="hal@charity.example.org"),)},
        {"description": "It was Hal, again."},
        {"witnesses": (Person(name="hal"),)},
    ],
)
def test_p_rec_2_whoever_is_named_or_might_be_gets_no_row_and_no_alert(
    cases: Desk, fields: dict[str, object]
) -> None:
    case_id = came_in(cases, **fields)
    assert not sees(cases, "hal")
    assert sees(cases, "hope")
    with pytest.raises(NotFound):
        cases.do(
            cases.hal, handling.declare, case_id=case_id, version=row(cases, case_id).version,
            ties=(),
        )  # fmt: skip


def test_p_rec_2_a_picked_person_is_out(cases: Desk) -> None:
    came_in(cases, team=TeamAnswer.YES, team_members=(cases.hope.person_id,))
    assert not sees(cases, "hope")
    assert sees(cases, "hal")


def test_p_rec_2_not_sure_goes_to_the_fallback_outside_alone(cases: Desk) -> None:
    case_id = came_in(cases, team=TeamAnswer.NOT_SURE)
    run_alarms(cases.triage.runner, cases.now)
    assert mails(cases) == ["tess"]
    for name in ("hal", "hope", "ivo", "dee", "otto", "ada", "max"):
        with cases.triage.database.read() as session:
            who = getattr(cases, name).person_id
            assert is_excluded(session, matter_id=case_id, person_id=who)
    assert sees(cases, "tess")


def test_p_rec_2_whoever_joins_the_team_while_nobody_knows_whom_it_is_about_is_kept_away_too(
    cases: Desk,
) -> None:
    from triage.core.roles import Role

    case_id = came_in(cases, team=TeamAnswer.NOT_SURE)
    cases.add("newt", Role.HANDLER)
    tick(cases)
    assert not sees(cases, "newt")
    with cases.triage.database.read() as session:
        assert cases.newt.person_id in excluded(session, [case_id])[case_id]


def test_p_con_1_admin_manager_and_reviewers_know_of_no_case(cases: Desk) -> None:
    case_id = came_in(cases)
    for name in ("ada", "max", "ana"):
        with pytest.raises(NotAllowed):
            sees(cases, name)
    take(cases, case_id)
    given = {"vault": cases.triage.vault, "case_id": case_id}
    with pytest.raises(NotFound):
        cases.read(parties, viewer=cases.hope, **given)


def test_p_rec_1_a_tie_declared_takes_one_out_before_the_account_is_read(cases: Desk) -> None:
    case_id = came_in(cases)
    version = row(cases, case_id).version
    given = {"case_id": case_id, "version": version, "ties": (Tie.FRIEND,)}
    assert cases.do(cases.hal, handling.declare, **given) is False
    assert not sees(cases, "hal")
    assert state(cases, case_id) is State.SUBMITTED
    assert sees(cases, "hope")


def test_taking_a_report_makes_one_its_handler_and_closes_it_to_the_rest(cases: Desk) -> None:
    case_id = take(cases, came_in(cases))
    assert held(cases, case_id) == {Part.HANDLER: {"hal"}}
    assert state(cases, case_id) is State.ACKNOWLEDGED
    given = {"at": cases.now, "settings": cases.triage.settings}
    assert not cases.read(waiting, viewer=cases.hope, **given)

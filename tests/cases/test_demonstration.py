"""The demonstration has incident reports, and people for every part of them."""

from support.desk import Desk

from triage.cases.tables import Case, Event
from triage.demo_reports import PEOPLE, add_reports
from triage.staff.capability import Level
from triage.staff.processes import Process
from triage.staff.queries.team import report


def test_the_demonstration_has_reports_and_a_team_that_carries_them_and_twice_adds_nothing(
    desk: Desk,
) -> None:
    assert add_reports(desk.triage) == 3
    assert add_reports(desk.triage) == 0
    assert desk.count(Case) == 3
    assert desk.count(Event) == 1
    lines = {one.plan.process: one.today.level for one in desk.read(report)}
    assert lines[Process.CASE] is Level.TEAM
    assert len({email for _, email, _ in PEOPLE}) == len(PEOPLE)

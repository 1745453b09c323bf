"""The rota, absences and closure days, as they are stored and read."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from support.desk import Desk

from triage.core.errors import Invalid, NotFound
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.staff.calendar import LONDON
from triage.staff.capability import Level
from triage.staff.processes import Process
from triage.staff.queries.duty import duty_now, turn_since
from triage.staff.queries.team import (
    absences,
    away,
    gaps,
    on_duty,
    report,
    shifts,
    team_page,
    work_calendar,
)
from triage.staff.service import disable, duty
from triage.staff.tables import Absence, Closure, DutyShift

MONDAY = datetime(2026, 11, 23, tzinfo=LONDON)


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def shift(desk: Desk, who: str, starts: float, ends: float) -> str:
    person_id = desk.people[who].person_id
    return desk.do(desk.ada, duty.add_shift, person_id=person_id, starts=at(starts), ends=at(ends))


def absence(desk: Desk, who: str, starts: float, ends: float) -> str:
    person_id = desk.people[who].person_id
    return desk.do(
        desk.ada, duty.add_absence, person_id=person_id, starts=at(starts), ends=at(ends)
    )


def here(desk: Desk, hours: float) -> list[str]:
    return [one.name for one in desk.read(on_duty, at=at(hours))]


def missing(desk: Desk, days: int = 1) -> list[tuple[float, float]]:
    found = desk.read(gaps, starts=at(0), days=days, settings=desk.triage.settings)

    def hours(moment: datetime) -> float:
        return (moment - MONDAY).total_seconds() / 3600

    return [(hours(one.starts), hours(one.ends)) for one in found]


def test_who_is_on_duty_is_who_has_a_shift_is_not_away_and_has_an_open_account(
    desk: Desk,
) -> None:
    shift(desk, "ana", 9, 17)
    shift(desk, "ben", 9, 17)
    assert here(desk, 8.99) == []
    assert here(desk, 9) == ["Ana", "Ben"]
    assert here(desk, 17) == []
    absence(desk, "ana", 9, 12)
    assert here(desk, 10) == ["Ben"]
    assert here(desk, 12) == ["Ana", "Ben"]
    desk.do(desk.ada, disable, person_id=desk.ben.person_id)
    assert here(desk, 10) == []
    assert missing(desk) == [(9, 12)]


def test_shifts_and_absences_can_be_taken_back(desk: Desk) -> None:
    identifier = shift(desk, "ana", 9, 17)
    gone = absence(desk, "ana", 10, 11)
    assert missing(desk) == [(10, 11)]
    desk.do(desk.ada, duty.remove_absence, absence_id=gone)
    assert missing(desk) == []
    desk.do(desk.ada, duty.remove_shift, shift_id=identifier)
    assert missing(desk) == [(9, 17)]
    assert desk.count(DutyShift) == desk.count(Absence) == 0
    codes = {one.code for one in desk.events(matter_id=desk.ana.person_id)}
    assert codes >= {"shift_added", "shift_removed", "absence_added", "absence_removed"}
    with pytest.raises(NotFound):
        desk.do(desk.ada, duty.remove_shift, shift_id=identifier)
    with pytest.raises(NotFound):
        desk.do(desk.ada, duty.remove_absence, absence_id=gone)


def test_nobody_is_twice_on_the_rota_at_a_time_and_shifts_may_touch(desk: Desk) -> None:
    shift(desk, "ana", 9, 13)
    shift(desk, "ana", 13, 17)
    shift(desk, "ben", 9, 13)
    with pytest.raises(Invalid):
        shift(desk, "ana", 12, 14)
    assert len(desk.read(shifts, starts=at(0), ends=at(24))) == 3


@pytest.mark.parametrize("who", ["kit", "max", "gus", "ada"])
def test_only_who_reviews_or_answers_is_on_the_rota(desk: Desk, who: str) -> None:
    with pytest.raises(Invalid):
        shift(desk, who, 9, 17)


def test_who_has_the_role_on_duty_is_on_the_rota(desk: Desk) -> None:
    desk.add("olu", Role.ON_DUTY)
    shift(desk, "olu", 9, 17)
    assert here(desk, 9) == ["Olu"]


def test_spans_that_end_before_they_start_or_last_too_long_are_refused(desk: Desk) -> None:
    for starts, ends in ((9, 9), (10, 9), (0, 24 * 15)):
        with pytest.raises(Invalid):
            shift(desk, "ana", starts, ends)
    with pytest.raises(Invalid):
        absence(desk, "ana", 0, 24 * 401)
    with pytest.raises(NotFound):
        desk.do(desk.ada, duty.add_absence, person_id=new_id(), starts=at(0), ends=at(1))


def test_nobody_is_missed_on_a_closure_day_or_a_bank_holiday_of_the_nation(
    desk: Desk, make_desk: Callable[..., Desk]
) -> None:
    for _ in range(2):
        desk.do(desk.ada, duty.add_closure, day=MONDAY.date())
    assert missing(desk) == []
    assert desk.count(Closure) == 1
    desk.do(desk.ada, duty.remove_closure, day=MONDAY.date())
    assert missing(desk) == [(9, 17)]
    with pytest.raises(NotFound):
        desk.do(desk.ada, duty.remove_closure, day=MONDAY.date())
    scotland = make_desk(nation="scotland", opens=10, closes=16)
    calendar = scotland.read(work_calendar, settings=scotland.triage.settings)
    assert not calendar.is_working_day(date(2026, 11, 30))
    assert missing(scotland) == [(10, 16)]


def test_absent_past_a_target_counts_as_unavailable_and_back_before_it_does_not(
    desk: Desk,
) -> None:
    absence(desk, "ana", 9, 12)
    assert desk.read(away, at=at(10)) == {desk.ana.person_id}
    assert desk.read(away, at=at(10), target=at(11)) == {desk.ana.person_id}
    assert desk.read(away, at=at(10), target=at(12)) == frozenset()
    assert desk.read(away, at=at(12)) == frozenset()
    assert len(desk.read(absences, starts=at(0), ends=at(24))) == 1


def test_rule_7_the_report_leaves_out_who_is_away_and_who_is_a_guest(desk: Desk) -> None:
    def second_look(moment: datetime | None) -> Level:
        lines = {one.plan.process: one for one in desk.read(report, at=moment)}
        return lines[Process.SECOND_LOOK].today.level

    for who in ("ana", "ben", "cleo"):
        absence(desk, who, 9, 17)
    assert second_look(at(8)) is Level.TEAM
    assert second_look(at(10)) is Level.NOBODY
    assert second_look(None) is Level.TEAM


def test_the_staff_page_is_for_who_keeps_accounts_decides_or_manages(desk: Desk) -> None:
    from triage.core.errors import NotAllowed

    given = {"at": at(10), "settings": desk.triage.settings}
    for viewer in (desk.ada, desk.dora, desk.max):
        page = desk.read(team_page, viewer=viewer, **given)
        assert desk.gus.person_id not in {one.id for one in page.people}
        assert page.open_now
        assert not page.has_rota
    for viewer in (desk.ana, desk.kit, desk.gus):
        with pytest.raises(NotAllowed):
            desk.read(team_page, viewer=viewer, **given)


def test_who_is_on_duty_now_and_who_comes_next_leaves_out_who_is_away(desk: Desk) -> None:
    shift(desk, "ana", 9, 13)
    shift(desk, "ana", 13, 17)
    shift(desk, "ben", 33, 41)
    shift(desk, "cleo", 57, 65)
    absence(desk, "ben", 24, 48)
    settings = desk.triage.settings
    found = desk.read(duty_now, at=at(10), settings=settings)
    assert [name for _, name in found.here] == ["Ana"]
    assert ([name for _, name in found.following], found.following_at) == (["Cleo"], at(57))
    assert found.open_now
    night = desk.read(duty_now, at=at(20), settings=settings)
    assert (night.here, night.open_now) == ((), False)
    later = desk.read(duty_now, at=at(70), settings=settings)
    assert (later.following, later.following_at) == ((), None)


def test_ones_own_turn_began_with_the_first_of_the_shifts_that_adjoin(desk: Desk) -> None:
    shift(desk, "ana", 9, 13)
    shift(desk, "ana", 13, 17)
    for hours, began in ((16, at(9)), (18, at(9)), (19.5, None), (8, None)):
        given = {"person_id": desk.ana.person_id, "at": at(hours)}
        assert desk.read(turn_since, **given) == began
    assert desk.read(turn_since, person_id=desk.ben.person_id, at=at(10)) is None

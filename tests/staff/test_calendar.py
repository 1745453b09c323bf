"""Working days and hours: bank holidays of three nations, closure days, clocks that change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.staff.calendar import (
    LONDON,
    Nation,
    Span,
    WorkCalendar,
    add_working_days,
    add_working_hours,
    at_clock,
    bank_holidays,
    end_of_working_day,
    last_close,
    local_day,
)

CALENDAR = WorkCalendar()
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 5 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))


def london(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("day", "england", "scotland", "northern_ireland"),
    [
        (date(2026, 1, 1), True, True, True),
        (date(2026, 1, 2), False, True, False),
        (date(2026, 3, 17), False, False, True),  # Saint Patrick's Day
        (date(2026, 4, 3), True, True, True),  # Good Friday
        (date(2026, 4, 6), True, False, True),  # Easter Monday
        (date(2026, 7, 13), False, False, True),  # Battle of the Boyne, moved from a Sunday
        (date(2026, 8, 3), False, True, False),
        (date(2026, 8, 31), True, False, True),
        (date(2026, 11, 30), False, True, False),  # Saint Andrew's Day
        (date(2026, 12, 25), True, True, True),
        (date(2026, 12, 28), True, True, True),  # Boxing Day, moved from a Saturday
        (date(2022, 9, 19), True, True, True),  # one year only
        (date(2026, 12, 24), False, False, False),
    ],
)
def test_each_nation_keeps_its_own_bank_holidays(
    day: date, england: bool, scotland: bool, northern_ireland: bool
) -> None:
    kept = {nation: day in bank_holidays(nation, day.year) for nation in Nation}
    assert kept == {
        Nation.ENGLAND_AND_WALES: england,
        Nation.SCOTLAND: scotland,
        Nation.NORTHERN_IRELAND: northern_ireland,
    }
    for nation, holiday in kept.items():
        assert WorkCalendar(nation).is_working_day(day) is not holiday


def test_weekends_and_closure_days_are_no_working_days() -> None:
    closed = WorkCalendar(closures=frozenset({date(2026, 12, 24)}))
    assert not closed.is_working_day(date(2026, 12, 24))
    assert CALENDAR.is_working_day(date(2026, 12, 24))
    assert not CALENDAR.is_working_day(date(2026, 12, 5))
    assert not CALENDAR.is_working_day(date(2026, 12, 6))


def test_two_working_days_on_from_a_thursday_before_easter_is_the_wednesday_after() -> None:
    assert add_working_days(CALENDAR, london(2026, 4, 2, 15), 2) == london(2026, 4, 8, 15)
    scotland = WorkCalendar(Nation.SCOTLAND)
    assert add_working_days(scotland, london(2026, 4, 2, 15), 2) == london(2026, 4, 7, 15)


def test_nothing_on_from_a_sunday_is_the_monday_and_from_a_monday_itself() -> None:
    assert add_working_days(CALENDAR, london(2026, 11, 22, 8), 0) == london(2026, 11, 23, 8)
    assert add_working_days(CALENDAR, london(2026, 11, 23, 8), 0) == london(2026, 11, 23, 8)


def test_the_end_of_a_working_day_is_by_londons_clock_whatever_the_season() -> None:
    friday_before_the_clocks_go_back = london(2026, 10, 23, 12)
    ends = end_of_working_day(CALENDAR, friday_before_the_clocks_go_back, 2)
    assert ends == datetime(2026, 10, 27, 17, tzinfo=UTC)
    friday_before_the_clocks_go_forward = london(2026, 3, 27, 12)
    ends = end_of_working_day(CALENDAR, friday_before_the_clocks_go_forward, 2)
    assert ends == datetime(2026, 3, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "closed"),
    [
        (london(2026, 3, 3, 9), london(2026, 3, 2, 17)),
        (london(2026, 3, 2, 9), london(2026, 2, 27, 17)),
        (london(2026, 3, 2, 18), london(2026, 2, 27, 17)),
        (london(2026, 3, 1, 12), london(2026, 2, 27, 17)),
        (london(2026, 4, 7, 9), london(2026, 4, 2, 17)),
        (london(2026, 3, 30, 9), datetime(2026, 3, 27, 17, tzinfo=UTC)),
        (london(2026, 10, 26, 9), datetime(2026, 10, 23, 16, tzinfo=UTC)),
        (datetime(2026, 7, 6, 23, 30, tzinfo=UTC), london(2026, 7, 6, 17)),
    ],
    ids=[
        "a Tuesday", "a Monday", "a Monday evening", "a Sunday", "after Easter",
        "after the clocks went forward", "after they went back", "a night in summer",
    ],
)  # fmt: skip
def test_the_last_working_day_closed_before_today(at: datetime, closed: datetime) -> None:
    assert last_close(CALENDAR, at) == closed


def test_a_closure_day_and_a_bank_holiday_of_ones_nation_are_passed_over() -> None:
    closed = WorkCalendar(closures=frozenset({date(2026, 12, 24)}))
    assert last_close(closed, london(2026, 12, 29, 9)) == london(2026, 12, 23, 17)
    scotland = WorkCalendar(Nation.SCOTLAND)
    assert last_close(scotland, london(2026, 4, 7, 9)) == london(2026, 4, 6, 17)


def test_a_time_that_the_clocks_skip_or_show_twice_is_one_moment() -> None:
    skipped = at_clock(date(2026, 3, 29), time(1, 30))
    assert skipped.astimezone(LONDON).time() == time(2, 30)
    twice = at_clock(date(2026, 10, 25), time(1, 30))
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def worked(starts: datetime, ends: datetime) -> timedelta:
    """The working time that lies between two moments; nothing where the end comes first."""
    return sum((span.length for span in CALENDAR.open_spans(starts, ends)), timedelta())


def test_working_hours_leave_out_nights_weekends_and_holidays() -> None:
    def hours(starts: datetime, ends: datetime) -> float:
        return worked(starts, ends).total_seconds() / 3600

    assert hours(london(2026, 11, 20, 16), london(2026, 11, 23, 10)) == 2
    assert hours(london(2026, 4, 2, 16), london(2026, 4, 7, 10)) == 2
    assert hours(london(2026, 11, 21), london(2026, 11, 23)) == 0
    assert hours(london(2026, 11, 23, 10), london(2026, 11, 20, 16)) == 0


def test_a_day_on_which_the_clocks_change_has_the_hours_that_it_has() -> None:
    """Desks that are open on Sundays do not exist; a night shift's span does."""
    night = Span(london(2026, 10, 25, 0), london(2026, 10, 25, 6))
    assert night.length == timedelta(hours=7)
    assert Span(london(2026, 3, 29, 0), london(2026, 3, 29, 6)).length == timedelta(hours=5)


@pytest.mark.parametrize("nation", Nation)
@given(at=MOMENTS, days=st.integers(0, 30))
def test_so_many_working_days_on_so_many_are_counted_and_the_clock_shows_the_same(
    nation: Nation, at: datetime, days: int
) -> None:
    calendar = WorkCalendar(nation)
    then = add_working_days(calendar, at, days)
    assert calendar.is_working_day(local_day(then))
    first = local_day(at) + timedelta(days=1)
    passed = [first + timedelta(days=n) for n in range((local_day(then) - local_day(at)).days)]
    counted = sum(map(calendar.is_working_day, passed))
    started_on_none = not calendar.is_working_day(local_day(at))
    assert counted == (max(days, 1) if started_on_none else days)
    clock = at.astimezone(LONDON).time()
    assert then.astimezone(LONDON).time() == clock or 1 <= clock.hour < 2


@given(MOMENTS, st.integers(0, 100 * 60))
def test_adding_working_hours_and_measuring_them_agree(at: datetime, minutes: int) -> None:
    span = timedelta(minutes=minutes)
    then = add_working_hours(CALENDAR, at, span)
    assert worked(at, then) == span
    assert then >= at


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_hours_add_up(one: datetime, two: datetime, three: datetime) -> None:
    a, b, c = sorted([one, two, three])
    b = min(b, a + timedelta(days=60))
    c = min(c, b + timedelta(days=60))
    whole = worked(a, c)
    assert whole == worked(a, b) + worked(b, c)


def test_a_moment_without_a_zone_and_days_back_are_refused() -> None:
    naive = datetime(2026, 11, 23, 10)  # noqa: DTZ001
    aware = london(2026, 11, 23, 10)
    with pytest.raises(ValueError, match="aware"):
        add_working_days(CALENDAR, naive, 1)
    with pytest.raises(ValueError, match="aware"):
        add_working_hours(CALENDAR, naive, timedelta())
    with pytest.raises(ValueError, match="aware"):
        worked(naive, aware)
    with pytest.raises(ValueError, match="forward"):
        add_working_days(CALENDAR, aware, -1)

"""Who is on duty, and the hours in which nobody is: spans of time."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from triage.staff.calendar import LONDON, Span, WorkCalendar
from triage.staff.rota import (
    Duty,
    gaps,
    next_turns,
    on_duty_at,
    present,
    turn_of,
    turns,
    without,
)

MONDAY = datetime(2026, 11, 23, tzinfo=LONDON)
CALENDAR = WorkCalendar()


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def span(starts: float, ends: float) -> Span:
    return Span(at(starts), at(ends))


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda one: span(*sorted(one))),
    max_size=5,
)


@given(SPANS, SPANS)
def test_cutting_holes_out_leaves_exactly_the_moments_in_no_hole(
    spans: list[Span], holes: list[Span]
) -> None:
    left = without(spans, holes)
    for half in range(82):
        moment = at(half / 2 + 0.25)
        wanted = any(one.starts <= moment < one.ends for one in spans) and not any(
            one.starts <= moment < one.ends for one in holes
        )
        assert any(one.starts <= moment < one.ends for one in left) is wanted


def test_an_absence_takes_a_shift_away_from_that_person_alone() -> None:
    shifts = [Duty("a", span(9, 17)), Duty("b", span(9, 12))]
    away = [Duty("a", span(0, 13))]
    assert on_duty_at(shifts, away, at(10)) == ("b",)
    assert on_duty_at(shifts, away, at(13)) == ("a",)
    assert on_duty_at(shifts, away, at(17)) == ()
    assert present(shifts, []) == tuple(shifts)


def test_working_hours_that_no_shift_covers_are_gaps() -> None:
    shifts = [Duty("a", span(9, 17)), Duty("b", span(24 + 11, 24 + 30))]
    found = gaps(CALENDAR, shifts, [], starts=at(0), days=2)
    assert found == (span(24 + 9, 24 + 11),)
    away = [Duty("a", span(12, 13))]
    found = gaps(CALENDAR, shifts, away, starts=at(0), days=2)
    assert found == (span(12, 13), span(24 + 9, 24 + 11))


def test_without_a_rota_every_working_hour_of_fourteen_days_is_a_gap() -> None:
    found = gaps(CALENDAR, [], [], starts=at(12))
    assert len(found) == 11
    assert found[0] == span(12, 17)
    assert found[-1].ends == found[-1].starts + timedelta(hours=3)
    assert all(one.starts.astimezone(LONDON).weekday() < 5 for one in found)


def test_nobody_is_missed_on_a_closure_day() -> None:
    closed = WorkCalendar(closures=frozenset({MONDAY.date()}))
    assert gaps(closed, [], [], starts=at(0), days=1) == ()


def test_shifts_of_one_person_that_adjoin_are_one_turn_and_an_absence_cuts_it() -> None:
    shifts = [Duty("bo", span(9, 13)), Duty("bo", span(13, 17)), Duty("cy", span(13, 17))]
    assert turns(shifts, []) == (Duty("bo", span(9, 17)), Duty("cy", span(13, 17)))
    away = [Duty("bo", span(12, 14))]
    assert turns(shifts, away) == (
        Duty("bo", span(9, 12)),
        Duty("cy", span(13, 17)),
        Duty("bo", span(14, 17)),
    )


def test_next_is_who_begins_next_and_both_where_two_begin_together() -> None:
    found = [Duty("bo", span(9, 17)), Duty("cy", span(33, 41)), Duty("di", span(33, 35))]
    assert next_turns(found, at(10)) == (found[1], found[2])
    assert next_turns(found, at(8)) == (found[0],)
    assert next_turns(found, at(9)) == (found[1], found[2])
    assert next_turns(found, at(33)) == ()


def test_a_turn_is_ones_own_until_two_hours_after_it() -> None:
    found = [Duty("bo", span(9, 17)), Duty("cy", span(13, 18))]
    assert turn_of(found, "bo", at(9)) == span(9, 17)
    assert turn_of(found, "bo", at(18.9)) == span(9, 17)
    assert turn_of(found, "bo", at(19)) is None
    assert turn_of(found, "bo", at(8.9)) is None
    assert turn_of(found, "di", at(10)) is None


@given(st.lists(st.tuples(st.sampled_from(["bo", "cy"]), SPANS), max_size=4), SPANS)
def test_turns_cover_what_shifts_cover_and_those_of_one_person_lie_apart(
    given_spans: list[tuple[str, list[Span]]], holes: list[Span]
) -> None:
    shifts = [Duty(who, one) for who, spans in given_spans for one in spans]
    away = [Duty("bo", one) for one in holes]
    found = turns(shifts, away)
    for half in range(82):
        moment = at(half / 2 + 0.25)
        now = {one.person_id for one in found if one.span.starts <= moment < one.span.ends}
        assert now == set(on_duty_at(shifts, away, moment))
    for who in ("bo", "cy"):
        own = [one.span for one in found if one.person_id == who]
        assert all(one.ends < other.starts for one, other in pairwise(own))

"""The schedule itself, over every combination of what may be true of a message."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.conduct.kinds import Disposition
from triage.core.settings import Settings
from triage.messages.rules import TERMINAL, ChildKind, ChildState, State
from triage.messages.schedule import (
    Facts,
    Line,
    Times,
    is_open,
    kept_until,
    newest_month_over,
    stub_until,
)
from triage.messages.service.erasing import times_of

TIMES = times_of(Settings())
START = datetime(2026, 3, 2, tzinfo=UTC)
moments = st.integers(0, 2000).map(lambda days: START + timedelta(days=days))
children = st.tuples(st.sampled_from(ChildKind), st.sampled_from(ChildState), moments)
facts = st.builds(
    Facts,
    state=st.sampled_from(State),
    came_in=moments,
    decided_at=st.none() | moments,
    dispositions=st.frozensets(st.sampled_from([one.value for one in Disposition])),
    particular_concern=st.booleans(),
    concern_settled=st.booleans(),
    held_forward=st.booleans(),
    welfare_open=st.booleans(),
    welfare_done=st.none() | moments,
    children=st.lists(children, max_size=3).map(tuple),
    last_flagged=st.none() | moments,
    kept_with=st.booleans(),
)
times = st.builds(Times, *([st.integers(1, 900).map(lambda days: timedelta(days=days))] * 7))

WAITING = set(State) - TERMINAL - {State.UNFLAGGED}


@given(facts)
def test_nothing_open_has_an_end(one: Facts) -> None:
    undecided = {ChildState.OPEN, ChildState.APPROVED} & {child[1] for child in one.children}
    unsettled = one.particular_concern and not one.concern_settled
    if one.state in WAITING or one.welfare_open or undecided or unsettled:
        assert is_open(one)
        assert kept_until(one, TIMES) is None


@given(facts, times)
def test_no_message_ends_before_the_days_of_any_line_that_it_falls_under(
    one: Facts, days: Times
) -> None:
    found = kept_until(one, days)
    if found is None:
        return
    _, until = found
    if one.state is State.UNFLAGGED:
        assert not one.kept_with
        assert until == one.came_in + days.unflagged
        return
    assert one.decided_at is not None
    assert until >= one.decided_at + days.shortest
    if one.state is State.ROUTED:
        assert until >= one.decided_at + days.routed
    if one.state is State.NO_ACTION and not one.dispositions:
        assert until >= one.decided_at + days.no_action
    if one.state is State.WELFARE_DONE:
        assert until >= one.decided_at + days.welfare
    if one.welfare_done is not None:
        assert until >= one.welfare_done + days.welfare
    if one.state is State.NOTED and one.dispositions:
        assert until >= max(one.decided_at, one.last_flagged or START) + days.noted
    if "threatening" in one.dispositions or one.particular_concern:
        assert until >= one.decided_at + days.threatening
    for kind, state, since in one.children:
        if state is ChildState.DONE and kind is not ChildKind.REFERRAL:
            assert until >= since + days.acted_on


@given(facts, times)
def test_a_message_ends_at_the_end_of_one_of_its_lines_and_not_later(
    one: Facts, days: Times
) -> None:
    found = kept_until(one, days)
    if found is None:
        return
    line, until = found
    length = getattr(days, line.value)
    starts = {one.came_in, one.decided_at, one.welfare_done, one.last_flagged}
    starts |= {since for _, _, since in one.children}
    assert until - length in starts


@given(facts, times, times)
def test_longer_lines_never_keep_for_less(one: Facts, days: Times, more: Times) -> None:
    names = [line.value for line in Line]
    longer = Times(**{name: max(getattr(days, name), getattr(more, name)) for name in names})
    first, second = kept_until(one, days), kept_until(one, longer)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert second[1] >= first[1]


@pytest.mark.parametrize(
    ("state", "more", "line"),
    [
        (State.ROUTED, {}, Line.ROUTED),
        (State.NO_ACTION, {}, Line.NO_ACTION),
        (State.NOTED, {"dispositions": frozenset({"offensive"})}, Line.NOTED),
        (State.NOTED, {"dispositions": frozenset({"threatening"})}, Line.THREATENING),
        (State.WELFARE_DONE, {}, Line.WELFARE),
        (State.ACTIONED_CLOSED, {"dispositions": frozenset({"offensive"})}, Line.ACTED_ON),
        (
            State.ROUTED,
            {"particular_concern": True, "concern_settled": True},
            Line.THREATENING,
        ),
    ],
)
def test_which_line_it_is(state: State, more: dict[str, object], line: Line) -> None:
    found = kept_until(Facts(state=state, came_in=START, decided_at=START, **more), TIMES)  # type: ignore[arg-type]
    assert found is not None
    assert found[0] is line


@given(st.dates(date(2024, 1, 1), date(2032, 1, 1)), st.integers(366, 3660))
def test_a_stub_is_kept_for_its_days_from_the_end_of_its_month(today: date, number: int) -> None:
    days = timedelta(days=number)
    newest = newest_month_over(today, days)
    assert stub_until(newest, days) <= today
    year, month = (int(part) for part in newest.split("-"))
    following = f"{year + month // 12:04d}-{month % 12 + 1:02d}"
    assert stub_until(following, days) > today

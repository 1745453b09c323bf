"""Until when a case is kept, whatever its history: never while open, never before its day."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from triage.cases.rules import TERMINAL, Finding, State
from triage.cases.verdict.kept import Ended, counted_until, kept_until
from triage.core.schedule import Schedule
from triage.trends.incidents import YEARS
from triage.trends.rules import Period, Span

SCHEDULE = Schedule()
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
moments = st.integers(-2000, 2000).map(lambda one: START + timedelta(days=one))
cases = st.builds(
    Ended,
    state=st.sampled_from(State),
    since=moments,
    finding=st.none() | st.sampled_from(Finding),
    restrictions=st.lists(st.none() | moments, max_size=4),
    told=st.none() | moments,
)

over = st.builds(
    Ended,
    state=st.sampled_from(sorted(TERMINAL)),
    since=moments,
    finding=st.none() | st.sampled_from(Finding),
    restrictions=st.lists(moments, max_size=2),
    told=moments,
)


@given(cases)
def test_what_is_open_or_still_restricts_somebody_has_no_day(case: Ended) -> None:
    line = kept_until(case, SCHEDULE)
    if case.state not in TERMINAL or None in case.restrictions:
        assert line is None
    else:
        assert line is not None


@given(cases | over)
def test_no_case_is_due_before_it_ended_nor_before_its_line_but_where_it_was_told(
    case: Ended,
) -> None:
    line = kept_until(case, SCHEDULE)
    if line is None:
        return
    rule, until = line
    assert until > case.since
    days = {
        "routed": SCHEDULE.keep_routed_days,
        "upheld": SCHEDULE.case_kept_days_upheld,
        "ended": SCHEDULE.case_kept_days,
    }[rule]
    assert until >= case.since + timedelta(days=days) or until == case.told


@given(over)
def test_an_upheld_case_outlasts_everything_that_came_of_it(case: Ended) -> None:
    line = kept_until(case, SCHEDULE)
    if line is not None and line[0] == "upheld":
        assert all(line[1] > one for one in case.restrictions if one is not None)


@given(over)
def test_it_is_not_kept_past_the_day_that_somebody_was_told(case: Ended) -> None:
    line = kept_until(case, SCHEDULE)
    last = max([case.since, *(one for one in case.restrictions if one is not None)])
    if line is not None and case.told is not None and case.told > last:
        assert line[1] <= case.told


@given(moments)
def test_what_is_left_outlasts_every_release_that_counts_it(received: datetime) -> None:
    """The table of three years, and the average of three before a year (trends.incidents)."""
    year = Period.of(received.date(), Span.YEAR)
    last = Period(year.year + YEARS, 1, Span.YEAR)
    assert last.before(YEARS).first <= received.date()
    assert counted_until(received).date() > last.after

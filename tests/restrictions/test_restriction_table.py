"""The tables of the design (lifecycles.md, section 3), as text, against those in force."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import restriction_life as life
from support.mail import START
from support.restriction_life import ENDS, SYSTEM_MAY, TABLE, TARGET_TABLE

from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.restrictions import rules
from triage.restrictions.rules import Dates, Edge, Kind, State, TargetState, Team
from triage.restrictions.spans import emergency_end

HOURS = st.one_of(st.none(), st.integers(-200, 200))


def test_the_tables_are_those_of_the_design() -> None:
    """With what was added by name, and nothing of the design changed by that."""
    assert rules.TRANSITIONS == TABLE
    assert rules.TARGET_TRANSITIONS == TARGET_TABLE
    assert {one.value for one in rules.TERMINAL} == ENDS
    assert not life.DESIGNED.keys() & life.ADDED.keys()
    assert not life.TARGET_DESIGNED.keys() & life.TARGET_ADDED.keys()
    for added in (life.DEVIATIONS, life.TARGET_DEVIATIONS):
        assert all(len(why.split()) > 4 for why in added.values())


def test_nothing_leads_out_of_an_end_and_an_end_can_be_reached_from_everywhere() -> None:
    assert not any(start in rules.TERMINAL for start, _ in TABLE)
    reaches = set(rules.TERMINAL)
    for _ in State:
        reaches |= {start for (start, _), end in TABLE.items() if end in reaches}
    assert reaches == set(State)


@pytest.mark.parametrize(("state", "edge"), list(TABLE))
def test_p_msg_3_the_system_lets_things_end_by_their_dates_and_does_nothing_else(
    state: State, edge: Edge
) -> None:
    if edge.value in SYSTEM_MAY:
        assert rules.move(state, edge, by_system=True) is TABLE[state, edge]
        return
    with pytest.raises(Conflict, match="The system may not"):
        rules.move(state, edge, by_system=True)


def test_p_msg_3_no_edge_of_the_system_begins_or_prolongs_anything() -> None:
    for (start, edge), end in TABLE.items():
        if edge in rules.SYSTEM_EDGES:
            assert end in rules.TERMINAL or (start, end) == (State.ACTIVE, State.DUE_REVIEW)


def test_p_blk_2_not_supported_is_an_end_of_its_own_and_never_done() -> None:
    assert rules.first_target_state("theyworkforyou") is TargetState.NOT_SUPPORTED
    assert not any(start is TargetState.NOT_SUPPORTED for start, _ in TARGET_TABLE)
    assert TargetState.NOT_SUPPORTED not in TARGET_TABLE.values()


def test_p_blk_2_no_service_is_chosen_beforehand() -> None:
    for kind in (Kind.CEASE_CONTACT, Kind.SERVICE_BLOCK, Kind.CHANNEL_BLOCK):
        with pytest.raises(Invalid, match="Choose where"):
            rules.check_targets(kind, frozenset())
    with pytest.raises(Invalid):
        rules.check_targets(Kind.SERVICE_BLOCK, frozenset({"helpdesk"}))


@settings(max_examples=600)
@given(st.sampled_from(State), HOURS, HOURS, HOURS, st.integers(-200, 200))
def test_in_force_is_exactly_by_state_and_dates(
    state: State, since: int | None, expires: int | None, lapses: int | None, now: int
) -> None:
    def at(hours: int | None) -> datetime | None:
        return None if hours is None else START + timedelta(hours=hours)

    dates = Dates(state, at(since), at(expires), at(lapses))
    begun = since is not None and since <= now
    over = expires is not None and expires <= now
    unconfirmed = state in {State.EMERGENCY, State.UNRATIFIED}
    lapsed = unconfirmed and (lapses is None or lapses <= now)
    ended = state.value in ENDS or state is State.PROPOSED
    expected = begun and not over and not lapsed and not ended
    assert rules.in_force(dates, START + timedelta(hours=now)) is expected


@given(st.integers(-400, 400))
def test_what_one_person_does_alone_stands_from_72_hours_to_7_days(hours: int) -> None:
    ends = emergency_end(START + timedelta(hours=hours), START) - START
    assert timedelta(hours=72) <= ends <= timedelta(days=7)
    if 72 <= hours <= 168:
        assert ends == timedelta(hours=hours)


PEOPLE = st.sampled_from(["a", "b", "c", "d", "e"])
TEAMS = st.builds(
    Team,
    proposer=PEOPLE,
    done_by=st.one_of(st.none(), PEOPLE),
    approvers=st.frozensets(PEOPLE),
    took_part=st.frozensets(PEOPLE),
    excluded=st.frozensets(PEOPLE),
)


@given(TEAMS, PEOPLE)
def test_who_decides_never_had_another_part(team: Team, who: str) -> None:
    barred = {team.proposer, team.done_by, *team.approvers, *team.excluded}
    assert refused(rules.check_approver, team, who) == (who in barred)
    assert refused(rules.check_appeal_decider, team, who) == (who in barred | team.took_part)


def refused(check: object, team: Team, who: str) -> bool:
    try:
        check(team, who)  # type: ignore[operator]
    except NotAllowed:
        return True
    return False

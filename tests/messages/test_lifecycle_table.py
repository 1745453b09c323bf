"""The table of the design (lifecycles.md, section 1), as text, against the one in force."""

import pytest
from support.lifecycle import CLOSED, DESIGN, DEVIATIONS, SYSTEM_MAY, TABLE

from triage.core.errors import Conflict
from triage.messages.rules import (
    SYSTEM_EDGES,
    TERMINAL,
    TRANSITIONS,
    Edge,
    State,
    move,
)

MERIT = {"decide", "route", "close_welfare", "close_actioned", "propose", "child_approved", "link"}
"""Edges on which something is judged, restricted, referred or closed."""


def test_the_transition_table_is_the_one_of_the_design_and_what_was_added_for_a_reason() -> None:
    assert TRANSITIONS == TABLE
    added = [line.split() for line in DEVIATIONS]
    designed = [line.split() for line in DESIGN.split("\n") if line]
    assert not {tuple(one[:2]) for one in added} & {tuple(one[:2]) for one in designed}
    assert all(len(why) > 20 for why in DEVIATIONS.values())


def test_the_closed_states_are_those_of_the_design() -> None:
    assert {one.value for one in TERMINAL} == CLOSED


@pytest.mark.parametrize("state", TERMINAL)
def test_each_closed_state_is_left_only_by_reopening_undo_and_erasure(state: State) -> None:
    assert {edge for start, edge in TRANSITIONS if start is state} == {
        Edge.REOPEN,
        Edge.UNDO,
        Edge.ERASE,
    }


@pytest.mark.parametrize("state", TERMINAL)
def test_undo_leads_back_to_where_it_was_and_nowhere_else(state: State) -> None:
    came_from = frozenset(start for (start, _), ends in TRANSITIONS.items() if state in ends)
    assert TRANSITIONS[state, Edge.UNDO] == came_from


def test_nothing_leads_out_of_erased_or_back_to_received() -> None:
    assert not any(start is State.ERASED for start, _ in TRANSITIONS)
    assert not any(State.RECEIVED in ends for ends in TRANSITIONS.values())


def test_p_msg_3_the_system_takes_no_edge_that_restricts_refers_or_closes() -> None:
    assert {one.value for one in SYSTEM_EDGES} == SYSTEM_MAY
    assert not MERIT & {one.value for one in SYSTEM_EDGES}
    for (_, edge), ends in TRANSITIONS.items():
        if edge in SYSTEM_EDGES:
            assert not ends & TERMINAL


def test_what_is_in_the_table_can_happen() -> None:
    for start, edge in TRANSITIONS:
        for end in TRANSITIONS[start, edge]:
            assert move(start, edge, end) is end


def test_what_is_erased_was_closed_or_never_before_people() -> None:
    starts = {start for start, edge in TRANSITIONS if edge is Edge.ERASE}
    assert starts == {*TERMINAL, State.UNFLAGGED}


@pytest.mark.parametrize("edge", Edge)
@pytest.mark.parametrize("start", State)
def test_what_is_not_in_the_table_cannot_happen(start: State, edge: Edge) -> None:
    allowed = TABLE.get((start, edge), frozenset())
    for end in set(State) - allowed:
        with pytest.raises(Conflict):
            move(start, edge, end)


@pytest.mark.parametrize("state", [State.QUEUED, State.CLAIMED, State.SECOND_LOOK, State.UNFLAGGED])
def test_from_every_open_state_a_closed_one_can_be_reached(state: State) -> None:
    reached, waiting = {state}, [state]
    while waiting:
        here = waiting.pop()
        for (start, edge), ends in TRANSITIONS.items():
            if start is here and edge is not Edge.ERASE:
                waiting += ends - reached
                reached |= ends
    assert reached & TERMINAL

"""Rule 7 on the desk itself: whoever is out, in whatever order, every case stays with somebody."""

from collections.abc import Callable

import pytest
from support.cases import came_in, held, outside, row, take
from support.desk import Desk

from triage.cases.rules import OPEN, State
from triage.cases.service import parts, recusing
from triage.cases.service.parts import NEEDED
from triage.cases.tables import Case
from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.errors import NotFound
from triage.core.roles import Role
from triage.staff.processes import Part

CASE_ROLES = frozenset({Role.HANDLER, Role.INVESTIGATOR, Role.DECIDER})
BY_ROLE = (Role.HANDLER, Role.INVESTIGATOR, Role.DECIDER)
STATES = [one for one in OPEN if one in NEEDED]


def a_team(desk: Desk, size: int, *, can_all: bool) -> list[str]:
    """So many people: each can everything, or each one thing in turn."""
    names = [f"p{number}" for number in range(size)]
    for number, name in enumerate(names):
        roles = CASE_ROLES if can_all else frozenset({BY_ROLE[number % 3]})
        desk.add(name, *roles)
    for number in range(3):
        outside(desk, f"trustee{number}")
    return names


def put(desk: Desk, case_id: str, state: State) -> None:
    """The case stands here now, and whoever must have a part in it is found."""

    def work(tx: Tx) -> None:
        case = tx.session.get_one(Case, case_id)
        case.state = state.value
        parts.cover(tx, case)

    desk.do(SYSTEM, work)


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("can_all", [True, False])
def test_rule_7_whoever_steps_back_one_after_the_other_every_part_is_held_to_the_last(
    make_desk: Callable[..., Desk], size: int, can_all: bool
) -> None:
    desk = make_desk()
    names = a_team(desk, size, can_all=can_all)
    for turn, state in enumerate(sorted(STATES)):
        case_id = came_in(desk)
        take(desk, case_id, desk.p0)
        put(desk, case_id, state)
        order = names[turn % size :] + names[: turn % size]
        for name in order:
            try:
                desk.do(getattr(desk, name), recusing.recuse, case_id=case_id)
            except NotFound:  # whoever has no part, and never knew of it
                continue
            there = held(desk, case_id)
            for part in NEEDED[state]:
                assert there.get(part), f"{part} is held by nobody after {name} ({state})"
            for one in there.get(Part.DECIDER, set()):
                assert one not in there.get(Part.INVESTIGATOR, set()) | there[Part.HANDLER]
        assert State(row(desk, case_id).state) is state

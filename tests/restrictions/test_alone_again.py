"""What one person did alone and nobody confirmed is not begun again by one person alone."""

from typing import Any

import pytest
from support.desk import Desk, address
from support.restricting import approve, draft, propose, row, see, state, version

from triage.core.errors import Conflict
from triage.core.roles import Role
from triage.restrictions.queries.lists import in_force_now
from triage.restrictions.rules import State
from triage.restrictions.service import deciding, proposing
from triage.restrictions.service.jobs import note_dates

AGAIN = "one person alone does not begin it again"


def alone(desk: Desk, how: str, who: Any, *messages: str) -> str:
    """Somebody acts alone, or says what they did."""
    given: dict[str, Any] = {"draft": draft(desk, *messages)}
    if how == "emergency":
        return desk.do(who, proposing.set_emergency, **given)
    given |= {"done_by": who.person_id, "done_at": desk.now}
    return desk.do(who, proposing.record_done, **given)


def lapse(desk: Desk, made: str, *, job: bool = False) -> None:
    lapses = row(desk, made).lapses_at
    assert lapses is not None
    desk.move(seconds=(lapses - desk.now).total_seconds() + 1)
    if job:
        note_dates(desk.triage.runner, desk.now)


@pytest.mark.parametrize("job", [True, False])
@pytest.mark.parametrize("how", ["emergency", "done"])
def test_what_lapsed_is_not_begun_again_by_one_person_on_the_same_messages(
    desk: Desk, how: str, job: bool
) -> None:
    message, before = desk.arrive(), desk.arrive()
    made = alone(desk, how, desk.ana, message)
    lapse(desk, made, job=job)
    for who in (desk.ana, desk.ben):
        for again in ("emergency", "done"):
            for grounds in ((message,), (before,), (message, before)):
                with pytest.raises(Conflict, match=AGAIN):
                    alone(desk, again, who, *grounds)
    assert desk.read(in_force_now, viewer=desk.ana, now=desk.now) == ()
    approve(desk, desk.dora, propose(desk, desk.ana, message))
    assert len(desk.read(in_force_now, viewer=desk.ana, now=desk.now)) == 1, "two people may"


@pytest.mark.parametrize("how", ["emergency", "done"])
def test_what_came_since_is_a_ground_of_its_own(desk: Desk, how: str) -> None:
    message = desk.arrive()
    made = alone(desk, how, desk.ana, message)
    lapse(desk, made)
    new = desk.arrive()
    assert state(desk, alone(desk, how, desk.ana, message, new)) in {
        State.EMERGENCY,
        State.UNRATIFIED,
    }


@pytest.mark.parametrize("how", ["emergency", "proposal"])
def test_what_a_second_person_said_no_to_is_not_set_by_one_alone(desk: Desk, how: str) -> None:
    message = desk.arrive()
    if how == "emergency":
        made = alone(desk, "emergency", desk.ana, message)
    else:
        made = propose(desk, desk.ana, message)
    see(desk, desk.dora, made)
    given: dict[str, Any] = {"restriction_id": made, "version": version(desk, made)}
    desk.do(desk.dora, deciding.decline, reason="No.", **given)
    desk.move(hours=1)
    with pytest.raises(Conflict, match=AGAIN):
        alone(desk, "emergency", desk.ben, message)


def test_what_others_decided_and_lifted_is_not_set_by_one_alone(desk: Desk) -> None:
    message, other = desk.arrive(), desk.arrive()
    made = propose(desk, desk.ana, message)
    approve(desk, desk.dora, made)
    given: dict[str, Any] = {"restriction_id": made, "version": version(desk, made)}
    desk.do(desk.dora, deciding.lift, reason="enough", **given)
    desk.move(hours=1)
    with pytest.raises(Conflict, match=AGAIN):
        alone(desk, "emergency", desk.ana, message)
    assert alone(desk, "emergency", desk.ana, other), "nothing that rested on this has ended"


def test_p_rec_4_whoever_has_no_part_in_what_lapsed_does_as_if_it_had_never_been(
    desk: Desk,
) -> None:
    rex = desk.add("rex", Role.REVIEWER)
    mine, other = desk.arrive(recipients=(address("rex"),)), desk.arrive()
    lapse(desk, alone(desk, "emergency", desk.ana, mine), job=True)
    with pytest.raises(Conflict, match=AGAIN):
        alone(desk, "emergency", desk.ana, other)
    assert alone(desk, "emergency", rex, other)


def test_one_that_holds_still_is_the_only_one(desk: Desk) -> None:
    message = desk.arrive()
    alone(desk, "emergency", desk.ana, message)
    desk.move(hours=1)
    with pytest.raises(Conflict, match="holds for this person already"):
        alone(desk, "emergency", desk.ben, message)

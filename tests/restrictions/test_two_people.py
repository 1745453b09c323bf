"""A restriction is proposed by one person and approved by another, who has read the evidence."""

from datetime import timedelta

import pytest
from support.desk import Desk, address
from support.restricting import approve, propose, row, see, state, version

from triage.core.access import CONSOLE, Actor
from triage.core.errors import Invalid, NotAllowed, NotFound
from triage.core.roles import Role
from triage.restrictions.rules import Kind, State
from triage.restrictions.service import deciding
from triage.staff.service import invite_guest, name_fallback


def test_p_msg_4_one_proposes_and_another_approves(desk: Desk) -> None:
    message = desk.arrive()
    made = propose(desk, desk.ana, message)
    assert state(desk, made) is State.PROPOSED
    approve(desk, desk.dora, made)
    held = row(desk, made)
    assert (state(desk, made), held.since) == (State.APPROVED, desk.now)


def test_nobody_approves_what_they_proposed(desk: Desk) -> None:
    message = desk.arrive()
    made = propose(desk, desk.dora, message)
    see(desk, desk.dora, made)
    with pytest.raises(NotAllowed, match="You proposed this"):
        desk.do(desk.dora, deciding.approve, restriction_id=made, version=version(desk, made))


def test_nobody_decides_on_what_they_have_not_read(desk: Desk) -> None:
    message = desk.arrive()
    made = propose(desk, desk.ana, message)
    with pytest.raises(Invalid, match="Open the evidence"):
        desk.do(desk.dora, deciding.approve, restriction_id=made, version=version(desk, made))


def test_p_rec_2_who_received_it_has_no_part_in_what_is_decided(desk: Desk) -> None:
    message = desk.arrive(recipients=(address("dora"),))
    made = propose(desk, desk.ana, message)
    with pytest.raises(NotFound):
        see(desk, desk.dora, made)
    with pytest.raises(NotFound):
        desk.do(desk.dora, deciding.approve, restriction_id=made, version=version(desk, made))


def test_writetothem_takes_two_beside_who_proposed_it(desk: Desk) -> None:
    from support.restricting import draft

    from triage.restrictions.draft import TargetDraft
    from triage.restrictions.service.proposing import propose as put

    desk.add("edda", Role.DECIDER)
    message = desk.arrive()
    wtt = draft(
        desk,
        message,
        kind=Kind.SERVICE_BLOCK,
        targets=(TargetDraft("writetothem", "sender@example.com", "Threats by it.", None, "x"),),
    )
    made = desk.do(desk.ana, put, draft=wtt)
    approve(desk, desk.dora, made)
    assert state(desk, made) is State.PROPOSED
    approve(desk, desk.edda, made)
    assert state(desk, made) is State.APPROVED


def from_outside(desk: Desk, name: str, made: str) -> Actor:
    """Somebody outside the team who is named for everything, and invited to this."""
    who = desk.add(name, Role.GUEST)
    desk.do(CONSOLE, name_fallback, person_id=who.person_id, process=None)
    until = desk.now + timedelta(days=5)
    given = {"name": name.title(), "email": address(name), "expires_at": until}
    desk.do(CONSOLE, invite_guest, matter_id=made, **given)
    return who


def test_of_the_two_for_writetothem_at_most_one_comes_from_outside(desk: Desk) -> None:
    from support.restricting import propose as put

    from triage.restrictions.draft import TargetDraft

    target = TargetDraft("writetothem", "sender@example.com", "Threats by it.", None, "x")
    made = put(desk, desk.ana, desk.arrive(), kind=Kind.SERVICE_BLOCK, targets=(target,))
    one, two = (from_outside(desk, name, made) for name in ("gina", "gwen"))
    approve(desk, one, made)
    with pytest.raises(NotAllowed, match="One of the two is from the team"):
        approve(desk, two, made)
    assert state(desk, made) is State.PROPOSED
    approve(desk, desk.dora, made)
    assert state(desk, made) is State.APPROVED


def test_where_one_says_yes_it_may_be_somebody_from_outside(desk: Desk) -> None:
    made = propose(desk, desk.ana, desk.arrive())
    approve(desk, from_outside(desk, "gina", made), made)
    assert state(desk, made) is State.APPROVED


def test_of_the_two_who_decided_a_case_at_most_one_comes_from_outside_for_writetothem(
    desk: Desk,
) -> None:
    from support.restricting import draft

    from triage.core.ids import new_id
    from triage.restrictions.draft import TargetDraft
    from triage.restrictions.service.from_case import approve_from_case

    target = TargetDraft("writetothem", "sender@example.com", "Threats by it.", None, "x")
    asked = draft(desk, kind=Kind.SERVICE_BLOCK, targets=(target,), person="Pat Marrowby")
    case = new_id()
    one, two = (from_outside(desk, name, case) for name in ("gina", "gwen"))
    given = {"draft": asked, "case_id": case, "proposer_id": desk.ana.person_id}
    given["decision_id"] = new_id()
    with pytest.raises(NotAllowed, match="One of the two is from the team"):
        desk.do(one, approve_from_case, approver_ids=[one.person_id, two.person_id], **given)
    both = [one.person_id, desk.dora.person_id]
    made = desk.do(one, approve_from_case, approver_ids=both, **given)
    assert state(desk, made) is State.APPROVED

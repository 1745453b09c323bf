"""A restriction is proposed by one person and approved by another, who has read the evidence."""

import pytest
from support.desk import Desk, address
from support.restricting import approve, propose, row, see, state, version

from triage.core.errors import Invalid, NotAllowed, NotFound
from triage.core.roles import Role
from triage.restrictions.rules import Kind, State
from triage.restrictions.service import deciding


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

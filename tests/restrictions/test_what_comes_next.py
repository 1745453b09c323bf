"""After a yes: what comes next on a restriction is what the commands ask next, and nothing else."""

from collections.abc import Sequence

import pytest
from support.desk import Desk
from support.restricting import approve, propose, row, state, tasks, version

from triage.core.access import Actor
from triage.core.errors import Invalid
from triage.core.roles import Role
from triage.restrictions import rules
from triage.restrictions.draft import TargetDraft
from triage.restrictions.following import Coming, Next, Standing, following
from triage.restrictions.queries.following import what_follows
from triage.restrictions.queries.reading import restriction
from triage.restrictions.rules import Kind, State, TargetState
from triage.restrictions.service import deciding
from triage.restrictions.service import tasks as doing
from triage.restrictions.service.tasks import set_scope


def coming(desk: Desk, who: Actor, made: str) -> list[Next]:
    return [one.act for one in _coming(desk, who, made)]


def _coming(desk: Desk, who: Actor, made: str) -> Sequence[Coming]:
    with desk.triage.database.read() as db:
        found = restriction(
            db, viewer=who, vault=desk.triage.vault, restriction_id=made, now=desk.now
        )
        return what_follows(db, viewer=who, found=found)


def test_p_blk_2_a_block_is_written_put_in_looked_at_and_then_compared(desk: Desk) -> None:
    sue = desk.add("sue", Role.SERVICE_ADMIN)
    desk.do(desk.ada, set_scope, person_id=sue.person_id, target="fixmystreet")
    there = (TargetDraft("fixmystreet", "sender@example.com", "Threats by it.", None, "x"),)
    made = propose(desk, desk.ana, desk.arrive(), kind=Kind.SERVICE_BLOCK, targets=there)
    assert coming(desk, desk.ana, made) == [Next.YES]
    approve(desk, desk.dora, made)
    first, second = _coming(desk, desk.ana, made)
    assert (first.act, first.targets) == (Next.WRITE, ("fixmystreet",))
    assert (second.act, second.targets) == (Next.PUT_IN, ("fixmystreet",))
    # What it says waits for the letter, the command refuses until then.
    (task,) = tasks(desk, made)
    with pytest.raises(Invalid, match="it goes first"):
        desk.do(sue, doing.apply, task_id=task.id, version=task.version)
    desk.do(
        desk.dora, deciding.withhold_letter, restriction_id=made, version=version(desk, made),
        reason="They moved house.",
    )  # fmt: skip
    assert coming(desk, desk.ana, made) == [Next.PUT_IN]
    (task,) = tasks(desk, made)
    desk.do(sue, doing.apply, task_id=task.id, version=task.version)
    assert coming(desk, desk.ana, made) == [Next.LOOK]
    (task,) = tasks(desk, made)
    desk.do(sue, doing.verify, task_id=task.id, version=task.version, note="The admin page.")
    assert coming(desk, desk.ana, made) == [Next.WAIT, Next.COMPARE]
    desk.do(
        desk.dora, deciding.lift, restriction_id=made, version=version(desk, made), reason="Over."
    )
    assert coming(desk, desk.ana, made) == [Next.TAKE_OUT]
    assert state(desk, made) is State.LIFTED


def test_p_msg_4_after_contact_is_ceased_the_person_is_written_to(desk: Desk) -> None:
    made = propose(desk, desk.ana, desk.arrive())
    approve(desk, desk.dora, made)
    assert row(desk, made).kind == Kind.CEASE_CONTACT
    assert coming(desk, desk.ana, made)[0] is Next.WRITE
    # Who is on duty reads no letters, and is told what comes next all the same.
    assert coming(desk, desk.add("otto", Role.ON_DUTY), made)[0] is Next.WRITE


def test_where_two_say_yes_the_second_comes_next(desk: Desk) -> None:
    desk.add("edda", Role.DECIDER)
    there = (TargetDraft("writetothem", "sender@example.com", "Threats by it.", None, "x"),)
    made = propose(desk, desk.ana, desk.arrive(), kind=Kind.SERVICE_BLOCK, targets=there)
    approve(desk, desk.dora, made)
    assert coming(desk, desk.ana, made) == [Next.ANOTHER_YES]


def standing(**given: object) -> Standing:
    known: dict[str, object] = {
        "state": State.ACTIVE, "in_force": True, "approvals": 1, "places": (), "told": True,
        "begun": False, "withheld": False, "has_sender": True,
    }  # fmt: skip
    return Standing(**(known | given))  # type: ignore[arg-type]


@pytest.mark.parametrize("one", State)
@pytest.mark.parametrize("there", TargetState)
@pytest.mark.parametrize("in_force", [True, False])
def test_something_is_said_wherever_it_holds_and_nothing_is_put_in_where_it_does_not(
    one: State, there: TargetState, in_force: bool
) -> None:
    holds = in_force and one in rules.HOLDS
    found = {
        each.act
        for each in following(standing(state=one, in_force=holds, places=(("social", there),)))
    }
    assert found or (not holds and there is not TargetState.REMOVAL_REQUESTED)
    if not holds:
        assert not found & {Next.WRITE, Next.SEND, Next.PUT_IN, Next.LOOK, Next.MEND}
    if one in rules.TO_RATIFY and holds:
        assert Next.CONFIRM in found


def test_a_letter_that_is_begun_is_sent_and_not_begun_again() -> None:
    asked = (("helpdesk", TargetState.REQUESTED), ("social", TargetState.REQUESTED))
    first, second = following(standing(told=False, begun=True, places=asked))
    assert (first.act, first.targets) == (Next.SEND, ("helpdesk",))
    assert (second.act, second.targets) == (Next.PUT_IN, ("helpdesk", "social"))
    (alone, *_) = following(standing(told=False, places=asked, has_sender=False))
    assert (alone.act, alone.targets) == (Next.WRITE, ())

"""Two decisions want the same entry in a service: the end of one does not take it out."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.desk import Desk
from support.restricting import approve, propose, row, state, tasks, version

from triage.core.access import Actor
from triage.core.roles import Role
from triage.restrictions.draft import TargetDraft
from triage.restrictions.queries.tasks import my_tasks
from triage.restrictions.rules import Kind, State
from triage.restrictions.service import deciding
from triage.restrictions.service import tasks as working
from triage.restrictions.service.exporting import export_tasks, task_sheet


@pytest.fixture
def sven(desk: Desk) -> Actor:
    """Looks after the social networks."""
    who = desk.add("sven", Role.SERVICE_ADMIN)
    desk.do(desk.ada, working.set_scope, person_id=who.person_id, target="social")
    return who


def block(desk: Desk, sven: Actor, message: str, subject: str, *, put: bool = True) -> str:
    target = (TargetDraft("social", subject, "Used for this."),)
    made = propose(desk, desk.ana, message, kind=Kind.CHANNEL_BLOCK, targets=target)
    approve(desk, desk.dora, made)
    if put:
        work(desk, sven, working.apply, made)
    return made


def work(desk: Desk, sven: Actor, command: Any, made: str, note: str = "looked") -> None:
    (task,) = tasks(desk, made)
    desk.do(sven, command, task_id=task.id, version=task.version, note=note)


def lift(desk: Desk, made: str) -> None:
    given: dict[str, Any] = {"restriction_id": made, "version": version(desk, made)}
    desk.do(desk.dora, deciding.lift, reason="over", **given)


def place(desk: Desk, made: str) -> str:
    (task,) = tasks(desk, made)
    return task.state


@pytest.mark.parametrize("put", [True, False])
def test_what_another_decision_in_force_wants_is_left_and_goes_with_the_last_of_them(
    desk: Desk, sven: Actor, put: bool
) -> None:
    message = desk.arrive()
    one = block(desk, sven, message, "@Pat")
    two = block(desk, sven, message, "@pat", put=put)
    lift(desk, one)
    assert (state(desk, one), place(desk, one)) == (State.LIFTED, "left")
    assert row(desk, one).ended_at == desk.now
    assert len(desk.events("entry_left", one)) == 1
    assert desk.events("removal_asked", one) == []
    given: dict[str, Any] = {"now": desk.now, "settings": desk.triage.settings}
    listed = desk.read(my_tasks, viewer=sven, done=True, **given)
    assert [each.state.value for each in listed] == ["left"]
    lift(desk, two)
    assert place(desk, two) == "removal_requested"
    work(desk, sven, working.remove, two)
    assert (place(desk, one), place(desk, two)) == ("left", "removed")


def test_what_nothing_in_force_wants_any_more_is_taken_out(desk: Desk, sven: Actor) -> None:
    message = desk.arrive()
    one, two = (block(desk, sven, message, "@pat") for _ in range(2))
    other = block(desk, sven, message, "@someone_else")
    target = (TargetDraft("social", "@pat", "Used for this."),)
    propose(desk, desk.ana, message, kind=Kind.CHANNEL_BLOCK, targets=target)
    lift(desk, two)
    work(desk, sven, working.verify, one)
    lift(desk, one)
    assert (place(desk, two), place(desk, one)) == ("left", "removal_requested"), "a mere proposal"
    assert place(desk, other) == "applied"


def test_a_sheet_takes_out_only_what_nobody_else_wants(desk: Desk, sven: Actor) -> None:
    message = desk.arrive()
    one = block(desk, sven, message, "@pat, @pat_too")
    block(desk, sven, message, "@pat")
    lift(desk, one)
    assert place(desk, one) == "removal_requested"
    (task,) = tasks(desk, one)
    made = desk.do(sven, task_sheet, task_id=task.id)
    assert [each[0] for each in made.rows] == ["@pat_too"]
    assert made.warnings == ("Leave “@pat” there: another decision wants it.",)
    text = desk.do(sven, export_tasks, target="social", removals=True).text
    assert '"@pat"' not in text
    work(desk, sven, working.remove, one)
    assert place(desk, one) == "removed"


def test_what_another_decision_came_to_want_before_it_was_taken_out_is_left(
    desk: Desk, sven: Actor
) -> None:
    message = desk.arrive()
    one = block(desk, sven, message, "@pat")
    lift(desk, one)
    assert place(desk, one) == "removal_requested"
    block(desk, sven, message, "@pat")
    (task,) = tasks(desk, one)
    made = desk.do(sven, task_sheet, task_id=task.id)
    assert made.rows == ()
    assert made.steps == ("Take nothing out. Write below that it stays.",)
    work(desk, sven, working.remove, one, "It stays.")
    (task,) = tasks(desk, one)
    assert (task.state, task.removed_by) == ("left", None)


def test_of_two_that_end_at_once_one_takes_it_out(desk: Desk, sven: Actor) -> None:
    message = desk.arrive()
    both = [block(desk, sven, message, "@pat") for _ in range(2)]
    ready = threading.Barrier(2)

    def end(made: str) -> None:
        ready.wait()
        lift(desk, made)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(end, both))
    assert sorted(place(desk, one) for one in both) == ["left", "removal_requested"]

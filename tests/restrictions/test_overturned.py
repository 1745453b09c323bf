"""An appeal that is decided: what the messages were said to be is open again, whatever became of
them in the meantime; upheld, all stands where it stood."""

from typing import Any

import pytest
from support import referring
from support.desk import Desk
from support.restricting import approve, propose, see, state, tasks, version

from triage.conduct.kinds import Disposition, Severity
from triage.core.access import Actor
from triage.core.errors import Conflict, Invalid
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.messages.rules import ChildState, Step
from triage.messages.rules import State as MessageState
from triage.messages.service.children import await_decision, close_actioned, link_to_case, tell
from triage.messages.service.reveals import reveal
from triage.messages.service.review import reopen
from triage.restrictions.codes import appeal_code
from triage.restrictions.queries.lists import in_force_now
from triage.restrictions.rules import Kind, State
from triage.restrictions.service import appeals
from triage.restrictions.service import tasks as working
from triage.restrictions.service.appeals import Outcome

THREAT = (Disposition.THREATENING,)


@pytest.fixture
def who(desk: Desk) -> Desk:
    """Finn proposes, dora approves, and edda decides the appeal."""
    desk.add("edda", Role.DECIDER)
    desk.add("finn", Role.REVIEWER, Role.DECIDER)
    return desk


def wait_for(desk: Desk, message: str, *made: str) -> None:
    """Ben says what it is, and that it waits for what was proposed."""
    desk.move(seconds=5)
    given: dict[str, Any] = {"labels": THREAT, "severity": Severity.HIGH}
    desk.do(desk.ben, await_decision, message_id=message, version=desk.version(message), **given)
    assert made


def decide(desk: Desk, who: Actor, made: str, outcome: Outcome) -> None:
    code = appeal_code(desk.triage.keys, made)
    desk.do(desk.ana, appeals.record_appeal, code=code, words="It was not me.", came_at=desk.now)
    see(desk, who, made)
    given: dict[str, Any] = {"restriction_id": made, "version": version(desk, made)}
    desk.do(who, appeals.decide_appeal, outcome=outcome, reason="somebody else wrote it", **given)


def close(desk: Desk, message: str) -> None:
    desk.do(desk.ben, close_actioned, message_id=message, version=desk.version(message))


def label(desk: Desk, message: str) -> tuple[MessageState, list[str] | None, str | None]:
    row = desk.row(message)
    return desk.state(message), row.dispositions, row.severity


def test_overturned_reopens_the_label_of_what_was_acted_upon(who: Desk) -> None:
    message = who.arrive()
    who.open(who.ben, message)
    made = propose(who, who.finn, message)
    wait_for(who, message, made)
    approve(who, who.dora, made)
    assert label(who, message) == (MessageState.ACTIONED, ["threatening"], "high")
    decide(who, who.edda, made, Outcome.OVERTURNED)
    assert label(who, message) == (MessageState.QUEUED, None, None)
    assert who.steps(message)[-1].actor_id == who.edda.person_id
    with pytest.raises(Conflict):
        close(who, message)
    who.decide(who.ana, message)
    assert label(who, message) == (MessageState.NO_ACTION, [], None)


def test_overturned_reopens_the_label_of_what_was_closed(who: Desk) -> None:
    message = who.arrive()
    who.open(who.ben, message)
    made, other = propose(who, who.finn, message), who.arrive("[low] other")
    wait_for(who, message, made)
    approve(who, who.dora, made)
    who.do(who.ben, tell, child_id=made, state=ChildState.DONE)
    close(who, message)
    assert label(who, message)[0] is MessageState.ACTIONED_CLOSED
    decide(who, who.edda, made, Outcome.OVERTURNED)
    assert label(who, message) == (MessageState.QUEUED, None, None)
    assert who.state(other) is MessageState.QUEUED


def test_what_is_under_way_besides_keeps_it_and_it_is_labelled_anew_before_it_closes(
    who: Desk,
) -> None:
    message = who.arrive()
    who.open(who.ben, message)
    made, other = propose(who, who.finn, message), propose(who, who.finn, message)
    wait_for(who, message, made, other)
    approve(who, who.dora, made)
    approve(who, who.dora, other)
    decide(who, who.edda, made, Outcome.OVERTURNED)
    assert label(who, message) == (MessageState.ACTIONED, None, None), "the other is under way"
    with pytest.raises(Invalid, match="overturned on appeal") as refused:
        close(who, message)
    assert refused.value.field == "labels"
    who.do(who.ben, tell, child_id=other, state=ChildState.DONE)
    assert label(who, message) == (MessageState.QUEUED, None, None)
    who.decide(who.ana, message, Disposition.AGGRESSIVE, severity=Severity.LOW)
    assert label(who, message) == (MessageState.NOTED, ["aggressive"], "low")


def test_overturned_reopens_the_label_of_what_is_evidence_in_a_case_once_that_is_over(
    who: Desk,
) -> None:
    message, case = who.arrive(), new_id()
    who.open(who.ben, message)
    made = propose(who, who.finn, message)
    who.do(who.ben, reveal, message_id=message, step=Step.FULL)
    who.move(seconds=5)
    given: dict[str, Any] = {"labels": THREAT, "severity": Severity.HIGH}
    given |= {"message_id": message, "version": who.version(message), "case_id": case}
    who.do(who.ben, link_to_case, **given)
    approve(who, who.dora, made)
    decide(who, who.edda, made, Outcome.OVERTURNED)
    assert label(who, message) == (MessageState.LINKED_TO_CASE, None, None)
    who.do(who.ben, tell, child_id=case, state=ChildState.DONE)
    assert label(who, message) == (MessageState.QUEUED, None, None)


def test_a_report_to_the_police_that_is_under_way_keeps_it_too(who: Desk) -> None:
    message = who.arrive()
    who.open(who.ben, message)
    made = propose(who, who.finn, message)
    referral = referring.consider(who, who.finn, message)
    wait_for(who, message, made, referral)
    approve(who, who.dora, made)
    decide(who, who.edda, made, Outcome.OVERTURNED)
    assert label(who, message) == (MessageState.ACTIONED, None, None)


def test_nobody_takes_up_again_by_themselves_what_is_not_closed(who: Desk) -> None:
    message = who.arrive()
    who.open(who.ben, message)
    made = propose(who, who.finn, message)
    wait_for(who, message, made)
    approve(who, who.dora, made)
    given: dict[str, Any] = {"version": who.version(message), "reason": "x", "new_evidence": True}
    with pytest.raises(Conflict):
        who.do(who.ana, reopen, message_id=message, **given)
    assert label(who, message) == (MessageState.ACTIONED, ["threatening"], "high")


@pytest.mark.parametrize("put", ["nowhere", "before", "meanwhile"])
def test_upheld_it_stands_where_it_stood_and_is_active_only_where_it_is_in_place(
    who: Desk, put: str
) -> None:
    sven = who.add("sven", Role.SERVICE_ADMIN)
    who.do(who.ada, working.set_scope, person_id=sven.person_id, target="social")
    made = propose(who, who.finn, who.arrive(), kind=Kind.CHANNEL_BLOCK)
    approve(who, who.dora, made)
    (task,) = tasks(who, made)
    if put == "before":
        who.do(sven, working.apply, task_id=task.id, version=task.version)
    code = appeal_code(who.triage.keys, made)
    who.do(who.ana, appeals.record_appeal, code=code, words="It was not me.", came_at=who.now)
    (task,) = tasks(who, made)
    if put == "meanwhile":
        who.do(sven, working.apply, task_id=task.id, version=task.version)
    see(who, who.edda, made)
    given: dict[str, Any] = {"restriction_id": made, "version": version(who, made)}
    who.do(who.edda, appeals.decide_appeal, outcome=Outcome.UPHELD, reason="it stands", **given)
    assert state(who, made) is (State.APPROVED if put == "nowhere" else State.ACTIVE)
    assert [one.id for one in who.read(in_force_now, viewer=who.ana, now=who.now)] == [made]
    if put == "nowhere":
        (task,) = tasks(who, made)
        who.do(sven, working.apply, task_id=task.id, version=task.version)
        assert state(who, made) is State.ACTIVE

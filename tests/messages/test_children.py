"""What grows out of a message: it waits, is actioned or goes back, and closes over nothing open."""

import pytest
from support.desk import Desk, address

from triage.conduct.kinds import Disposition, Severity
from triage.core.access import SYSTEM
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.exclusions import is_excluded
from triage.messages.rules import ChildKind, ChildState, ConcernSettled, State, after_children
from triage.messages.service import children, review

THREAT = Disposition.THREATENING


def propose(desk: Desk, message: str, *names: str, kind: ChildKind = ChildKind.RESTRICTION) -> None:
    version = desk.open(desk.ana, message)
    for name in names:
        desk.do(desk.ana, children.add_child, message_id=message, child_id=name, kind=kind)
    desk.do(
        desk.ana,
        children.await_decision,
        message_id=message,
        version=version,
        labels=[THREAT],
        severity=Severity.HIGH,
    )


def tell(desk: Desk, name: str, state: ChildState, *, by: object = None) -> None:
    desk.do(by or desk.dora, children.tell, child_id=name, state=state)


def close(desk: Desk, message: str) -> None:
    desk.do(desk.ben, children.close_actioned, message_id=message, version=desk.version(message))


def test_a_message_awaits_what_was_proposed_from_it(desk: Desk) -> None:
    message = desk.arrive()
    propose(desk, message, "one")
    row = desk.row(message)
    assert (desk.state(message), row.dispositions, row.severity) == (
        State.AWAITING_DECISION,
        ["threatening"],
        "high",
    )
    assert row.decided_by is None


def test_nothing_is_awaited_that_was_not_proposed_labelled_and_seen(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message)
    given = {"message_id": message, "version": version, "severity": Severity.LOW}
    with pytest.raises(Invalid, match="Nothing has been proposed"):
        desk.do(desk.ana, children.await_decision, labels=[THREAT], **given)
    desk.do(
        desk.ana,
        children.add_child,
        message_id=message,
        child_id="one",
        kind=ChildKind.RESTRICTION,
    )
    with pytest.raises(Invalid, match="Say first what it is"):
        desk.do(desk.ana, children.await_decision, labels=[], **given)
    given["severity"] = None  # type: ignore[assignment]
    with pytest.raises(Invalid, match="how severe"):
        desk.do(desk.ana, children.await_decision, labels=[THREAT], **given)
    assert desk.state(message) is State.CLAIMED


def test_one_child_decided_for_is_enough_and_all_declined_go_back(desk: Desk) -> None:
    message = desk.arrive()
    propose(desk, message, "one", "two")
    tell(desk, "one", ChildState.DECLINED)
    assert desk.state(message) is State.AWAITING_DECISION
    tell(desk, "two", ChildState.APPROVED)
    assert desk.state(message) is State.ACTIONED

    other = desk.arrive("[medium] others")
    propose(desk, other, "three", "four")
    tell(desk, "three", ChildState.DECLINED)
    tell(desk, "four", ChildState.DECLINED)
    row = desk.row(other)
    assert (desk.state(other), row.dispositions, row.severity) == (State.QUEUED, None, None)


def test_p_msg_3_by_itself_the_system_sends_back_and_approves_nothing(desk: Desk) -> None:
    message = desk.arrive()
    propose(desk, message, "one")
    with pytest.raises(Conflict, match="The system may not"):
        tell(desk, "one", ChildState.APPROVED, by=SYSTEM)
    tell(desk, "one", ChildState.DECLINED, by=SYSTEM)
    assert desk.state(message) is State.QUEUED
    assert desk.steps(message)[-1].actor_id == "system"


def test_a_message_does_not_close_over_what_is_open(desk: Desk) -> None:
    message = desk.arrive()
    propose(desk, message, "one")
    tell(desk, "one", ChildState.APPROVED)
    with pytest.raises(Invalid, match="still open") as caught:
        close(desk, message)
    assert caught.value.field == "children"
    tell(desk, "one", ChildState.DONE)
    close(desk, message)
    row = desk.row(message)
    assert (desk.state(message), row.decided_by) == (State.ACTIONED_CLOSED, desk.ben.person_id)
    assert row.dispositions == ["threatening"]


def test_a_decision_is_not_taken_beside_an_open_proposal(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message)
    desk.do(
        desk.ana,
        children.add_child,
        message_id=message,
        child_id="one",
        kind=ChildKind.RESTRICTION,
    )
    with pytest.raises(Invalid, match="still open"):
        desk.do(
            desk.ana,
            review.decide,
            message_id=message,
            version=version,
            labels=[],
            severity=None,
        )


def test_p_pol_1_a_message_of_concern_closes_once_it_is_settled(desk: Desk) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message, concern=True)
    version = desk.open(desk.ben, message)
    desk.do(
        desk.ben,
        children.add_child,
        message_id=message,
        child_id="report",
        kind=ChildKind.REFERRAL,
    )
    desk.do(
        desk.ben,
        children.await_decision,
        message_id=message,
        version=version,
        labels=[THREAT],
        severity=Severity.HIGH,
    )
    tell(desk, "report", ChildState.DONE)
    with pytest.raises(Invalid) as caught:
        close(desk, message)
    assert caught.value.field == "particular_concern"
    desk.do(desk.dora, children.settle_concern, message_id=message, how=ConcernSettled.SUBMITTED)
    close(desk, message)
    assert desk.state(message) is State.ACTIONED_CLOSED


def test_undo_of_a_closing_keeps_what_the_message_is_and_reopening_forgets_it(desk: Desk) -> None:
    message = desk.arrive()
    propose(desk, message, "one")
    tell(desk, "one", ChildState.DONE)
    close(desk, message)
    desk.do(desk.ben, review.undo, message_id=message)
    row = desk.row(message)
    assert (desk.state(message), row.dispositions, row.decided_by) == (
        State.ACTIONED,
        ["threatening"],
        None,
    )
    close(desk, message)
    desk.do(
        desk.ana,
        review.reopen,
        message_id=message,
        version=desk.version(message),
        reason="more came",
        new_evidence=True,
    )
    assert desk.row(message).dispositions is None


def test_a_decision_cannot_be_undone_once_something_was_proposed_from_it(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message, THREAT, severity=Severity.LOW)
    desk.move(seconds=5)
    desk.do(
        desk.ben,
        children.add_child,
        message_id=message,
        child_id="one",
        kind=ChildKind.RESTRICTION,
    )
    assert desk.state(message) is State.NOTED
    with pytest.raises(Conflict, match="proposed from this since"):
        desk.do(desk.ana, review.undo, message_id=message)


def test_p_rec_2_who_has_no_part_in_a_message_has_none_in_what_grows_out_of_it(
    desk: Desk,
) -> None:
    message = desk.arrive(recipients=(address("cleo"),))
    propose(desk, message, "one")
    with desk.triage.database.read() as session:
        assert is_excluded(session, matter_id="one", person_id=desk.cleo.person_id)
    with pytest.raises(NotFound):
        desk.do(
            desk.cleo,
            children.add_child,
            message_id=message,
            child_id="two",
            kind=ChildKind.RESTRICTION,
        )
    with pytest.raises(NotFound):
        tell(desk, "one", ChildState.APPROVED, by=desk.cleo)


def test_nothing_grows_out_of_what_nobody_was_shown(desk: Desk) -> None:
    message = desk.arrive("nothing")
    with pytest.raises(Invalid, match="Flag this message first"):
        desk.do(
            desk.ana,
            children.add_child,
            message_id=message,
            child_id="one",
            kind=ChildKind.RESTRICTION,
        )


def test_where_a_message_goes_depends_on_all_its_children() -> None:
    open_, approved, done, declined = ChildState
    assert after_children((open_, declined)) is None
    assert after_children((open_, approved)) is State.ACTIONED
    assert after_children((done,)) is State.ACTIONED
    assert after_children((declined, declined)) is State.QUEUED

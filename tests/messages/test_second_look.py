"""A second pair of eyes, and the mark "of particular concern"."""

import pytest
from support.desk import Desk

from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.messages.placing import Rank
from triage.messages.queries.queue import queue_page
from triage.messages.rules import Lane, State
from triage.messages.service import concern, review, welfare


def waiting(desk: Desk, name: str) -> list[str]:
    page = desk.read(queue_page, viewer=desk.people[name], now=desk.now)
    return [row.id for row in page.rows]


def put_back(desk: Desk, name: str, message: str) -> None:
    version = desk.version(message)
    desk.do(desk.people[name], review.release, message_id=message, version=version)


def withdrawing(desk: Desk, name: str, message: str, how: str) -> None:
    command = {
        "own": concern.withdraw_own,
        "ask": concern.ask_withdrawal,
        "confirm": concern.confirm_withdrawal,
    }[how]
    desk.do(desk.people[name], command, message_id=message, version=desk.version(message))


def test_a_second_look_is_taken_by_anybody_but_who_asked(desk: Desk) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message)
    assert desk.state(message) is State.SECOND_LOOK
    assert waiting(desk, "ana") == []
    assert waiting(desk, "ben") == [message]
    with pytest.raises(NotAllowed, match="somebody else"):
        desk.do(desk.ana, review.open_message, message_id=message)
    desk.decide(desk.ben, message)
    assert desk.state(message) is State.NO_ACTION
    assert desk.row(message).second_look_by is None


def test_a_second_look_needs_a_word_on_what_to_look_at(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message)
    with pytest.raises(Invalid) as caught:
        desk.do(desk.ana, review.ask_second_look, message_id=message, version=version, note=" ")
    assert caught.value.field == "note"


def test_a_second_look_that_is_put_back_or_expires_still_waits_for_another_person(
    desk: Desk,
) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message)
    desk.open(desk.ben, message)
    put_back(desk, "ben", message)
    assert desk.state(message) is State.SECOND_LOOK
    desk.open(desk.ben, message, look=3600)
    assert waiting(desk, "ana") == []
    desk.open(desk.cleo, message)
    assert desk.edges(message)[-2:] == ["expire", "claim"]
    assert desk.steps(message)[-2].to_state == "second_look"


def test_who_asked_does_not_take_it_when_the_others_claim_has_expired(desk: Desk) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message)
    desk.open(desk.ben, message, look=3600)
    with pytest.raises(NotAllowed):
        desk.do(desk.ana, review.open_message, message_id=message)


def test_the_second_person_may_ask_in_turn_and_then_the_first_may_take_it(desk: Desk) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message)
    desk.ask_second_look(desk.ben, message)
    assert waiting(desk, "ben") == []
    desk.decide(desk.ana, message)
    assert desk.row(message).decided_by == desk.ana.person_id


def test_an_undone_decision_on_a_second_look_is_a_second_look_again(desk: Desk) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message)
    desk.decide(desk.ben, message)
    desk.do(desk.ben, review.undo, message_id=message)
    put_back(desk, "ben", message)
    assert desk.state(message) is State.SECOND_LOOK
    assert waiting(desk, "ana") == []


def test_an_undone_welfare_closing_on_a_second_look_is_a_second_look_again(desk: Desk) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message)
    version = desk.open(desk.ben, message)
    desk.do(desk.ben, welfare.open_task, message_id=message, version=version)
    done = {"outcome": WelfareOutcome.SAFEGUARDING_LEAD, "note": ""}
    desk.do(desk.ben, welfare.finish, message_id=message, version=desk.version(message), **done)
    assert desk.row(message).second_look_by is None
    desk.do(desk.ben, review.undo, message_id=message)
    desk.do(desk.ben, welfare.resume, message_id=message, version=desk.version(message))
    put_back(desk, "ben", message)
    assert desk.state(message) is State.SECOND_LOOK
    assert waiting(desk, "ana") == []


def test_p_pol_1_a_message_of_particular_concern_goes_first(desk: Desk) -> None:
    grave = desk.arrive("[high]")
    message = desk.arrive("[low]")
    desk.ask_second_look(desk.ana, message, concern=True)
    assert desk.row(message).rank == Rank.CONCERN
    page = desk.read(queue_page, viewer=desk.ben, now=desk.now)
    assert [row.id for row in page.rows] == [message, grave]
    assert (page.rows[0].lane, page.rows[0].particular_concern) == (Lane.URGENT, True)
    assert len(desk.events("concern_marked", message)) == 1


def test_p_pol_1_a_message_of_particular_concern_cannot_close(desk: Desk) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message, concern=True)
    version = desk.open(desk.ben, message)
    given = {"message_id": message, "version": version}
    for labels, severity in (([], None), ([Disposition.THREATENING], Severity.HIGH)):
        with pytest.raises(Invalid) as caught:
            desk.do(desk.ben, review.decide, labels=labels, severity=severity, **given)
        assert caught.value.field == "particular_concern"
    with pytest.raises(Invalid):
        desk.do(desk.ben, review.route, to=RoutedTo.SPAM, **given)
    desk.do(desk.ben, welfare.open_task, **given)
    with pytest.raises(Invalid, match="particular concern"):
        desk.do(
            desk.ben,
            welfare.finish,
            message_id=message,
            version=desk.version(message),
            outcome=WelfareOutcome.APPROVED_REPLY,
            note="",
        )
    assert desk.state(message) is State.WELFARE_OPEN


def test_the_marker_takes_the_mark_back_alone_within_ten_minutes(desk: Desk) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message, concern=True)
    with pytest.raises(NotAllowed):
        withdrawing(desk, "ben", message, "own")
    desk.move(minutes=10)
    withdrawing(desk, "ana", message, "own")
    row = desk.row(message)
    assert not row.particular_concern
    assert row.rank == Rank.CONCERN_WITHDRAWN
    assert row.second_look_by == desk.ana.person_id
    assert len(desk.events("concern_withdrawn", message)) == 1
    desk.decide(desk.ben, message)
    assert desk.state(message) is State.NO_ACTION


def test_the_marker_alone_is_too_late_after_ten_minutes_or_once_it_moved(desk: Desk) -> None:
    late, moved = desk.arrive(), desk.arrive()
    desk.ask_second_look(desk.ana, moved, concern=True)
    desk.open(desk.ben, moved)
    put_back(desk, "ben", moved)
    with pytest.raises(Conflict, match="two people"):
        withdrawing(desk, "ana", moved, "own")
    desk.ask_second_look(desk.ana, late, concern=True)
    desk.move(minutes=10, seconds=1)
    with pytest.raises(Conflict, match="two people"):
        withdrawing(desk, "ana", late, "own")
    assert desk.row(late).particular_concern
    assert desk.row(moved).particular_concern


def test_afterwards_two_people_take_the_mark_back(desk: Desk) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message, concern=True)
    desk.move(hours=1)
    desk.open(desk.ben, message)
    with pytest.raises(Conflict, match="Nobody has asked"):
        withdrawing(desk, "ben", message, "confirm")
    withdrawing(desk, "ben", message, "ask")
    with pytest.raises(NotAllowed, match="somebody else confirms"):
        withdrawing(desk, "ben", message, "confirm")
    put_back(desk, "ben", message)
    with pytest.raises(Conflict, match="do not hold"):
        withdrawing(desk, "cleo", message, "confirm")
    desk.open(desk.cleo, message)
    assert desk.row(message).particular_concern
    withdrawing(desk, "cleo", message, "confirm")
    row = desk.row(message)
    assert (row.particular_concern, row.concern_by, row.concern_withdrawal_by) == (
        False,
        None,
        None,
    )
    assert [one.code for one in desk.events(matter_id=message)][-1] == "concern_withdrawn"


def test_a_team_of_two_can_take_the_mark_back(desk: Desk) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message, concern=True)
    desk.move(hours=1)
    desk.open(desk.ben, message)
    withdrawing(desk, "ben", message, "ask")
    desk.ask_second_look(desk.ben, message)
    desk.open(desk.ana, message)
    withdrawing(desk, "ana", message, "confirm")
    assert not desk.row(message).particular_concern


def test_what_is_not_marked_has_no_mark_to_take_back(desk: Desk) -> None:
    message = desk.arrive()
    desk.open(desk.ana, message)
    for how in ("own", "ask", "confirm"):
        with pytest.raises(Conflict, match="not marked"):
            withdrawing(desk, "ana", message, how)


@pytest.mark.parametrize("how", ["own_second_look", "concern_withdraw", "own_concern"])
def test_a_refusal_about_one_message_is_an_event_of_that_message(desk: Desk, how: str) -> None:
    """An event of no matter is read by all: it would tell a recipient that something is up."""
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message, concern=True)
    if how == "own_concern":
        desk.open(desk.ben, message)
        withdrawing(desk, "ben", message, "ask")
    acts = {
        "own_second_look": lambda: desk.do(desk.ana, review.open_message, message_id=message),
        "concern_withdraw": lambda: withdrawing(desk, "ben", message, "own"),
        "own_concern": lambda: withdrawing(desk, "ben", message, "confirm"),
    }
    with pytest.raises(NotAllowed):
        acts[how]()
    (event,) = desk.events("refused")
    assert event.matter_id == message
    assert how in event.details

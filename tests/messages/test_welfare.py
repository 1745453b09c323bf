"""Care for somebody who may be at risk stands beside the conduct route, never instead of it."""

from datetime import timedelta

import pytest
from support.desk import Desk

from triage.conduct.kinds import RoutedTo, WelfareOutcome
from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.messages.queries.queue import mine, open_welfare, queue_page
from triage.messages.rules import Lane, State
from triage.messages.service import review, welfare

REPLIED = WelfareOutcome.APPROVED_REPLY


def start(desk: Desk, name: str = "ana") -> str:
    message = desk.arrive("[welfare]")
    version = desk.open(desk.people[name], message)
    desk.do(desk.people[name], welfare.open_task, message_id=message, version=version)
    return message


def do(desk: Desk, name: str, command: object, message: str, **given: object) -> None:
    version = desk.version(message)
    desk.do(desk.people[name], command, message_id=message, version=version, **given)  # type: ignore[arg-type]


def test_a_welfare_message_waits_in_a_lane_of_its_own_after_the_urgent_one(desk: Desk) -> None:
    ordinary, care, urgent = (desk.arrive(f"[{one}]") for one in ("medium", "welfare", "high"))
    rows = desk.read(queue_page, viewer=desk.ana, now=desk.now).rows
    assert [row.id for row in rows] == [urgent, care, ordinary]
    assert rows[1].lane is Lane.WELFARE


def test_who_takes_it_on_becomes_its_owner_with_an_hour_to_act(desk: Desk) -> None:
    message = start(desk)
    seen = desk.item(desk.ben, message).welfare
    assert seen is not None
    assert (seen.owner, seen.due_at, seen.done_at) == ("Ana", desk.now + timedelta(hours=1), None)
    assert [row.id for row in desk.read(open_welfare, viewer=desk.ben, now=desk.now)] == [message]
    assert [row.id for row in desk.read(mine, viewer=desk.ana, now=desk.now)] == [message]
    assert desk.read(mine, viewer=desk.ben, now=desk.now) == ()


def test_a_message_has_one_welfare_task_at_a_time(desk: Desk) -> None:
    message = start(desk)
    do(desk, "ana", welfare.resume, message)
    desk.move(seconds=5)
    with pytest.raises(Conflict, match="already"):
        do(desk, "ana", welfare.open_task, message)


def test_what_was_done_closes_the_task_and_the_message(desk: Desk) -> None:
    message = start(desk)
    do(desk, "ana", welfare.finish, message, outcome=REPLIED, note="sent at noon")
    assert desk.state(message) is State.WELFARE_DONE
    assert desk.read(open_welfare, viewer=desk.ben, now=desk.now) == ()
    assert desk.row(message).decided_by == desk.ana.person_id
    (event,) = desk.events("close_welfare", message)
    assert "noon" not in event.details
    assert REPLIED.value in event.details


def test_what_was_done_already_is_said_in_one_act_and_stands_as_both_steps(desk: Desk) -> None:
    message = desk.arrive("[welfare]")
    given = {"message_id": message, "outcome": REPLIED, "note": "sent at noon"}
    version = desk.open(desk.ana, message, look=0.5)
    with pytest.raises(Conflict, match="only just opened"):
        desk.do(desk.ana, welfare.care, version=version, **given)
    desk.move(seconds=5)
    with pytest.raises(NotAllowed):
        desk.do(desk.max, welfare.care, version=version, **given)
    with pytest.raises(Conflict):
        desk.do(desk.ben, welfare.care, version=version, **given)
    no_reason = given | {"outcome": WelfareOutcome.NOT_AT_RISK, "note": " "}
    with pytest.raises(Invalid):
        desk.do(desk.ana, welfare.care, version=version, **no_reason)
    assert desk.state(message) is State.CLAIMED, "all of it, or nothing"
    desk.do(desk.ana, welfare.care, version=version, **given)
    assert desk.state(message) is State.WELFARE_DONE
    assert desk.row(message).decided_by == desk.ana.person_id
    assert len(desk.events("open_welfare", message)) == 1
    assert len(desk.events("close_welfare", message)) == 1
    desk.do(desk.ana, review.undo, message_id=message)
    assert desk.state(message) is State.WELFARE_OPEN
    assert [row.id for row in desk.read(mine, viewer=desk.ana, now=desk.now)] == [message]
    assert desk.chain()


def test_of_particular_concern_it_does_not_close_by_what_was_done_for_their_welfare(
    desk: Desk,
) -> None:
    message = desk.arrive("[welfare]")
    desk.ask_second_look(desk.ana, message, concern=True)
    version = desk.open(desk.ben, message)
    with pytest.raises(Invalid) as caught:
        desk.do(
            desk.ben, welfare.care, message_id=message, version=version, outcome=REPLIED, note=""
        )
    assert caught.value.field == "particular_concern"
    assert desk.state(message) is State.CLAIMED


def test_that_nobody_is_at_risk_needs_a_reason(desk: Desk) -> None:
    message = start(desk)
    with pytest.raises(Invalid) as caught:
        do(desk, "ana", welfare.finish, message, outcome=WelfareOutcome.NOT_AT_RISK, note=" ")
    assert caught.value.field == "note"
    assert desk.state(message) is State.WELFARE_OPEN


def test_only_the_owner_acts_on_a_welfare_task(desk: Desk) -> None:
    message = start(desk)
    with pytest.raises(Conflict, match="do not own"):
        do(desk, "ben", welfare.finish, message, outcome=REPLIED, note="")
    with pytest.raises(Conflict, match="do not own"):
        do(desk, "ben", welfare.resume, message)
    with pytest.raises(NotAllowed):
        do(desk, "max", welfare.take_over, message)


def test_a_colleague_takes_over_so_that_nobody_waits_for_who_is_away(desk: Desk) -> None:
    message = start(desk)
    do(desk, "ben", welfare.take_over, message)
    with pytest.raises(Conflict):
        do(desk, "ana", welfare.finish, message, outcome=REPLIED, note="")
    do(desk, "ben", welfare.finish, message, outcome=REPLIED, note="")
    assert desk.row(message).decided_by == desk.ben.person_id
    assert len(desk.events("welfare_taken", message)) == 1
    with pytest.raises(Conflict, match="no open welfare task"):
        do(desk, "ana", welfare.take_over, message)


def test_nothing_closes_on_the_conduct_side_while_the_welfare_task_is_open(desk: Desk) -> None:
    message = start(desk)
    do(desk, "ana", welfare.resume, message)
    assert desk.state(message) is State.CLAIMED
    desk.move(seconds=5)
    with pytest.raises(Invalid) as caught:
        do(desk, "ana", review.decide, message, labels=[], severity=None)
    assert caught.value.field == "welfare"
    with pytest.raises(Invalid):
        do(desk, "ana", review.route, message, to=RoutedTo.SPAM)
    do(desk, "ana", welfare.finish, message, outcome=REPLIED, note="")
    assert desk.state(message) is State.CLAIMED
    do(desk, "ana", review.decide, message, labels=[], severity=None)
    assert desk.state(message) is State.NO_ACTION


def test_the_owner_keeps_the_task_when_another_takes_the_conduct_side(desk: Desk) -> None:
    message = start(desk)
    do(desk, "ana", welfare.resume, message)
    do(desk, "ana", review.release, message)
    desk.open(desk.ben, message)
    with pytest.raises(Invalid):
        do(desk, "ben", review.decide, message, labels=[], severity=None)
    assert [row.id for row in desk.read(mine, viewer=desk.ana, now=desk.now)] == [message]
    do(desk, "ana", welfare.finish, message, outcome=REPLIED, note="")
    do(desk, "ben", review.decide, message, labels=[], severity=None)
    assert desk.row(message).decided_by == desk.ben.person_id


def test_a_finished_task_is_undone_by_its_owner_and_is_open_again(desk: Desk) -> None:
    message = start(desk)
    do(desk, "ana", welfare.finish, message, outcome=REPLIED, note="x")
    with pytest.raises(Conflict):
        desk.do(desk.ben, review.undo, message_id=message)
    desk.do(desk.ana, review.undo, message_id=message)
    assert desk.state(message) is State.WELFARE_OPEN
    assert [row.id for row in desk.read(open_welfare, viewer=desk.ben, now=desk.now)] == [message]
    do(desk, "ana", welfare.finish, message, outcome=REPLIED, note="y")
    assert desk.state(message) is State.WELFARE_DONE


def test_a_task_is_not_opened_by_a_key_that_repeats(desk: Desk) -> None:
    message = desk.arrive("[welfare]")
    version = desk.open(desk.ana, message, look=0.5)
    with pytest.raises(Conflict, match="only just opened"):
        desk.do(desk.ana, welfare.open_task, message_id=message, version=version)


def test_who_asked_for_a_second_look_does_not_answer_it_by_taking_over_the_welfare_task(
    desk: Desk,
) -> None:
    message = desk.arrive()
    desk.ask_second_look(desk.ana, message)
    version = desk.open(desk.ben, message)
    desk.do(desk.ben, welfare.open_task, message_id=message, version=version)
    do(desk, "ana", welfare.take_over, message)
    with pytest.raises(NotAllowed):
        do(desk, "ana", welfare.resume, message)
    with pytest.raises(NotAllowed):
        do(desk, "ana", welfare.finish, message, outcome=REPLIED, note="")
    do(desk, "ben", welfare.take_over, message)
    do(desk, "ben", welfare.finish, message, outcome=REPLIED, note="")
    assert desk.row(message).decided_by == desk.ben.person_id

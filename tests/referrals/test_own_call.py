"""Somebody called 999 over what was sent to them: it does not end before the police have it, or two
people have said why not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from support.desk import Desk, address
from support.referring import answer, consider, no, staffed
from support.restricting import approve, propose

from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core.errors import Invalid
from triage.core.holds import held
from triage.messages.queries.own import OwnRow, own_item
from triage.messages.rules import State
from triage.messages.service import recipient, review, welfare
from triage.messages.service.children import await_decision, close_actioned
from triage.referrals.rules import Route
from triage.referrals.service.calling import Call, record_call

UNSAID = "999 was called"
WAYS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "no action": (review.decide, {"labels": (), "severity": None}),
    "noted": (
        review.decide,
        {"labels": (Disposition.THREATENING,), "severity": Severity.HIGH},
    ),
    "routed": (review.route, {"to": RoutedTo.SERVICE_COMPLAINT}),
}


def called(desk: Desk, text: str = "[high] words") -> str:
    """A message to ana, over which she called 999."""
    message = desk.arrive(text, recipients=(address("ana"),))
    desk.do(desk.ana, recipient.record_999, message_id=message, at=desk.now)
    desk.move(minutes=1)
    return message


def own(desk: Desk, message: str) -> OwnRow:
    """What ana is told of it."""
    given = {"viewer": desk.ana, "message_id": message, "settings": desk.triage.settings}
    return desk.read(own_item, now=desk.now, **given)


def report(desk: Desk, message: str) -> str:
    """Ben records the call as what the police were told."""
    call = Call(Route.EMERGENCY, desk.now, "The force here", "As ana said.", reference="LOG 7")
    return desk.do(desk.ben, record_call, message_ids=(message,), call=call, reason="Danger.")


@pytest.mark.parametrize("way", WAYS)
def test_p_pol_1_what_999_was_called_over_closes_once_it_was_reported(desk: Desk, way: str) -> None:
    staffed(desk)
    message = called(desk)
    version = desk.open(desk.ben, message)
    command, given = WAYS[way]
    before = own(desk, message)
    with pytest.raises(Invalid, match=UNSAID):
        desk.do(desk.ben, command, message_id=message, version=version, **given)
    report(desk, message)
    assert own(desk, message) == before, "she is told no more than before"
    version = desk.version(message)
    desk.do(desk.ben, command, message_id=message, version=version, **given)
    assert desk.state(message).value.replace("_", " ") == way


def test_p_pol_1_or_once_two_people_have_said_why_not_and_a_further_call_is_asked_of_anew(
    desk: Desk,
) -> None:
    staffed(desk)
    message = called(desk)
    made = consider(desk, desk.ben, message)
    answer(desk, desk.ben, made)
    no(desk, desk.dora, made)
    desk.open(desk.ben, message)
    close = {"message_id": message, "labels": (), "severity": None}
    with pytest.raises(Invalid):
        desk.do(desk.ben, review.decide, version=desk.version(message), **close)
    no(desk, desk.edda, made)
    desk.do(desk.ben, review.decide, version=desk.version(message), **close)
    assert desk.state(message) is State.NO_ACTION
    desk.move(hours=1)
    desk.do(desk.ana, recipient.record_999, message_id=message, at=desk.now)
    assert desk.state(message) is State.QUEUED
    version = desk.open(desk.ben, message)
    with pytest.raises(Invalid, match=UNSAID):
        desk.do(desk.ben, review.decide, version=version, **close)


def test_a_welfare_task_and_what_was_acted_upon_end_no_earlier(desk: Desk) -> None:
    staffed(desk)
    message = called(desk)
    version = desk.open(desk.ben, message)
    desk.do(desk.ben, welfare.open_task, message_id=message, version=version)
    done = {"outcome": WelfareOutcome.EMERGENCY_SERVICES, "note": "They went."}
    version = desk.version(message)
    with pytest.raises(Invalid, match=UNSAID):
        desk.do(desk.ben, welfare.finish, message_id=message, version=version, **done)
    report(desk, message)
    version = desk.version(message)
    desk.do(desk.ben, welfare.finish, message_id=message, version=version, **done)
    assert desk.state(message) is State.WELFARE_DONE


def test_nor_does_what_was_acted_upon_otherwise(desk: Desk) -> None:
    message = called(desk)
    desk.open(desk.ben, message)
    approve(desk, desk.dora, propose(desk, desk.ben, message))
    what = {"labels": (Disposition.THREATENING,), "severity": Severity.HIGH}
    version = desk.version(message)
    desk.do(desk.ben, await_decision, message_id=message, version=version, **what)
    assert desk.state(message) is State.ACTIONED
    with pytest.raises(Invalid, match=UNSAID):
        desk.do(desk.ben, close_actioned, message_id=message, version=desk.version(message))
    report(desk, message)
    with pytest.raises(Invalid, match="still open"):
        desk.do(desk.ben, close_actioned, message_id=message, version=desk.version(message))


def test_p_pol_3_it_is_held_from_the_call_on(desk: Desk) -> None:
    message = called(desk)
    with desk.triage.database.read() as session:
        days = timedelta(days=desk.triage.settings.police_hold_days)
        assert held(session, [message], desk.now) == {message}
        assert held(session, [message], desk.now + days) == set()

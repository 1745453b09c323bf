"""Who set the mark of particular concern takes it back alone while nobody has acted on it."""

from collections.abc import Callable

import pytest
from support.desk import Desk
from support.referring import act, authorise, consider, mark, staffed, submit
from support.restricting import propose

from triage.core.errors import Conflict
from triage.messages.service import concern
from triage.messages.service.review import release
from triage.referrals.service import deciding


def authorised(desk: Desk, message: str, made: str) -> None:
    authorise(desk, desk.dora, made)


def submitted(desk: Desk, message: str, made: str) -> None:
    authorise(desk, desk.dora, made)
    submit(desk, desk.hal, made)


def taken_back(desk: Desk, message: str, made: str) -> None:
    authorise(desk, desk.dora, made)
    desk.move(seconds=1)
    act(desk, desk.dora, deciding.take_back, made, reason="The wrong person.")


def put_forward_again(desk: Desk, message: str, made: str) -> None:
    desk.move(seconds=1)
    assert consider(desk, desk.ben, message) != made


def restricted(desk: Desk, message: str, made: str) -> None:
    desk.move(seconds=1)
    propose(desk, desk.ben, message)


ACTED = [authorised, submitted, taken_back, put_forward_again, restricted]


@pytest.mark.parametrize("acted", ACTED, ids=lambda one: one.__name__)
def test_p_pol_1_once_somebody_has_acted_on_it_the_mark_needs_two_people(
    desk: Desk, acted: Callable[[Desk, str, str], None]
) -> None:
    staffed(desk)
    message = desk.arrive("[high]")
    made = mark(desk, desk.ana, message)
    acted(desk, message, made)
    given = {"message_id": message, "version": desk.version(message)}
    with pytest.raises(Conflict, match="two people"):
        desk.do(desk.ana, concern.withdraw_own, **given)
    assert desk.row(message).particular_concern


def test_what_was_put_forward_before_the_mark_is_no_hindrance(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive("[high]")
    desk.open(desk.ben, message)
    consider(desk, desk.ben, message)
    desk.move(seconds=1)
    desk.do(desk.ben, release, message_id=message, version=desk.version(message))
    mark(desk, desk.ana, message)
    desk.do(desk.ana, concern.withdraw_own, message_id=message, version=desk.version(message))
    assert not desk.row(message).particular_concern

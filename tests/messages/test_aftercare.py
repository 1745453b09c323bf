"""Whoever got it is told once that it is dealt with, after undo is over, and nothing of it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update
from support.desk import Desk, address

from triage.app import jobs
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import CONSOLE
from triage.core.errors import Invalid
from triage.core.exclusions import ExclusionKind, exclude
from triage.handover import disable_person
from triage.messages.service import recipient, review
from triage.messages.service.aftercare import AFTERCARE, tell_recipients
from triage.notify.tables import OutboxMail
from triage.staff.service.volunteers import add_volunteer, end_volunteer
from triage.staff.tables import Volunteer

VI = "vi@volunteers.example.org"


def mails(desk: Desk) -> list[tuple[str, str | None, str | None]]:
    """(kind, person, address) of all that is queued."""
    found = select(OutboxMail.kind, OutboxMail.person_id, OutboxMail.address)
    return [tuple(one) for one in desk.read(lambda session: session.execute(found).all())]


def tell(desk: Desk) -> int:
    return tell_recipients(desk.triage.runner, desk.now)


def closed(desk: Desk, *to: str, **given: Any) -> str:
    message_id = desk.arrive(recipients=to or (address("ana"),), **given)
    desk.decide(desk.ben, message_id, Disposition.THREATENING, severity=Severity.HIGH)
    return message_id


def test_it_goes_once_after_the_time_for_undo_with_no_lane_and_is_on_the_record(
    desk: Desk,
) -> None:
    message_id = closed(desk)
    desk.move(minutes=9)
    assert (tell(desk), mails(desk)) == (0, [])
    desk.move(minutes=1)
    assert [tell(desk), tell(desk)] == [1, 0]
    assert mails(desk) == [("result", desk.ana.person_id, None)]
    lanes = select(OutboxMail.lane)
    assert desk.read(lambda session: session.scalars(lanes).all()) == [None]
    (event,) = desk.events("recipient_told", message_id)
    assert event.actor_id == "system"


def test_what_was_undone_or_taken_up_again_is_told_to_nobody(desk: Desk) -> None:
    undone, reopened = closed(desk), closed(desk)
    desk.do(desk.ben, review.undo, message_id=undone)
    desk.do(
        desk.cleo,
        review.reopen,
        message_id=reopened,
        version=desk.version(reopened),
        reason="look again",
        new_evidence=False,
    )
    desk.move(hours=1)
    assert (tell(desk), mails(desk)) == (0, [])
    desk.decide(desk.cleo, reopened)
    desk.move(minutes=11)
    assert tell(desk) == 1


def test_what_she_flagged_again_is_told_only_once_it_is_dealt_with_again(desk: Desk) -> None:
    message_id = closed(desk)
    desk.do(desk.ana, recipient.flag_mine, message_id=message_id, note="there is more")
    desk.move(hours=1)
    assert tell(desk) == 0


def test_it_can_be_switched_off(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(aftercare=False)
    closed(desk)
    desk.move(hours=1)
    assert (tell(desk), mails(desk)) == (0, [])


@pytest.mark.parametrize("kind", [ExclusionKind.SUBJECT, ExclusionKind.RECUSED])
def test_who_is_excluded_for_another_reason_too_is_not_told(
    desk: Desk, kind: ExclusionKind
) -> None:
    message_id = closed(desk)
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=message_id,
            person_id=desk.ana.person_id,
            kind=kind,
            at=desk.now,
        )
    )
    desk.move(hours=1)
    assert tell(desk) == 0


def test_a_closed_account_and_a_volunteer_off_the_list_are_not_told(desk: Desk) -> None:
    first = desk.do(CONSOLE, add_volunteer, name="Vi", email=VI)
    closed(desk, address("kit"), VI)
    desk.do(CONSOLE, disable_person, person_id=desk.kit.person_id)
    desk.do(CONSOLE, end_volunteer, volunteer_id=first)
    desk.move(hours=1)
    assert (tell(desk), mails(desk)) == (0, [])


def test_a_volunteer_is_told_at_their_address(desk: Desk) -> None:
    desk.do(CONSOLE, add_volunteer, name="Vi", email=VI)
    closed(desk, VI)
    desk.move(hours=1)
    assert tell(desk) == 1
    assert mails(desk) == [("result", None, VI)]


def test_what_was_closed_long_ago_floods_no_mailbox(desk: Desk) -> None:
    closed(desk)
    desk.move(days=8)
    assert tell(desk) == 0


def test_each_of_two_recipients_is_told(desk: Desk) -> None:
    closed(desk, address("ana"), address("kit"))
    desk.move(hours=1)
    assert tell(desk) == 2
    assert {one[1] for one in mails(desk)} == {desk.ana.person_id, desk.kit.person_id}


def test_the_job_is_registered_before_the_outbox() -> None:
    names = [one.name for one in jobs()]
    assert names.index(AFTERCARE.name) < names.index("outbox")


@pytest.mark.parametrize("typed", ["Pat <pat@example.org>", "zoë@example.org", "pat", "a@b, c@d"])
def test_what_no_alert_could_be_sent_to_is_no_address_of_a_volunteer(
    desk: Desk, typed: str
) -> None:
    with pytest.raises(Invalid) as caught:
        desk.do(CONSOLE, add_volunteer, name="Vi", email=typed)
    assert caught.value.field == "email"


def test_an_address_that_nothing_can_be_sent_to_holds_nobody_else_up(desk: Desk) -> None:
    vi = desk.do(CONSOLE, add_volunteer, name="Vi", email=VI)
    to_both = desk.arrive(recipients=(VI, address("kit")))
    desk.decide(desk.ben, to_both)
    with desk.triage.database.read() as session:
        assert session.get(Volunteer, vi) is not None
    spoil = update(Volunteer).values(email="Vi <vi@example.org>")
    desk.triage.database.write(lambda session: session.execute(spoil))
    desk.move(minutes=20)
    assert tell_recipients(desk.triage.runner, desk.now) == 1

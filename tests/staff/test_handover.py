"""Closing an account hands over what the person held, in the same transaction."""

from typing import Any

import pytest
from support.desk import Desk

from triage import handover
from triage.conduct.kinds import WelfareOutcome
from triage.core.access import Actor
from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.core.exclusions import ExclusionKind, exclude
from triage.handover import disable_person
from triage.messages.queries.queue import next_waiting, open_welfare
from triage.messages.rules import State
from triage.messages.service import review, welfare
from triage.staff.queries import person
from triage.staff.service import duty, name_fallback


def close(desk: Desk, actor: Actor) -> None:
    desk.do(desk.ada, disable_person, person_id=actor.person_id)


def with_task(desk: Desk, actor: Actor) -> str:
    """A message whose welfare task this person has open."""
    message_id = desk.arrive("[welfare] words")
    version = desk.open(actor, message_id)
    desk.do(actor, welfare.open_task, message_id=message_id, version=version)
    return message_id


def owner(desk: Desk, message_id: str) -> str:
    task = desk.item(desk.cleo, message_id).welfare
    assert task is not None
    assert task.done_at is None
    return task.owner_id


def shut_out(desk: Desk, actor: Actor, matter_id: str) -> None:
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=matter_id,
            person_id=actor.person_id,
            kind=ExclusionKind.RECIPIENT,
            at=desk.now,
        )
    )


def test_what_they_held_is_back_in_the_queue_and_somebody_takes_it(desk: Desk) -> None:
    message_id = desk.arrive()
    other = desk.arrive()
    desk.open(desk.ana, message_id)
    desk.open(desk.ben, other)
    close(desk, desk.ana)
    assert desk.state(message_id) is State.QUEUED
    assert desk.state(other) is State.CLAIMED
    assert desk.read(next_waiting, viewer=desk.cleo, now=desk.now) == message_id
    desk.decide(desk.cleo, message_id)
    assert desk.state(message_id) is State.NO_ACTION
    assert desk.edges(message_id) == ["queue", "claim", "release", "claim", "decide"]
    assert isinstance(desk.chain(), int)


def test_a_second_look_stays_a_second_look(desk: Desk) -> None:
    message_id = desk.arrive()
    desk.ask_second_look(desk.ana, message_id)
    desk.open(desk.ben, message_id)
    close(desk, desk.ben)
    assert desk.state(message_id) is State.SECOND_LOOK


def test_a_claim_that_had_run_out_is_said_to_have_run_out(desk: Desk) -> None:
    message_id = desk.arrive()
    desk.open(desk.ana, message_id)
    desk.move(minutes=30)
    close(desk, desk.ana)
    assert desk.state(message_id) is State.QUEUED
    assert desk.edges(message_id)[-1] == "expire"


def test_a_welfare_task_without_a_fallback_is_in_the_queue_until_somebody_does_it(
    desk: Desk,
) -> None:
    message_id = with_task(desk, desk.ana)
    close(desk, desk.ana)
    assert desk.state(message_id) is State.QUEUED
    assert desk.read(next_waiting, viewer=desk.ben, now=desk.now) == message_id
    assert [one.id for one in desk.read(open_welfare, viewer=desk.ben, now=desk.now)] == [
        message_id
    ]
    version = desk.open(desk.ben, message_id)
    with pytest.raises(Invalid):  # not closed over the head of somebody at risk
        desk.do(
            desk.ben,
            review.decide,
            message_id=message_id,
            version=version,
            labels=(),
            severity=None,
        )
    desk.do(desk.ben, welfare.take_over, message_id=message_id, version=version)
    desk.do(
        desk.ben,
        welfare.finish,
        message_id=message_id,
        version=desk.version(message_id),
        outcome=WelfareOutcome.APPROVED_REPLY,
        note="replied",
    )
    desk.decide(desk.ben, message_id)
    assert desk.state(message_id) is State.NO_ACTION


def test_a_welfare_task_goes_to_the_fallback_who_reviews(desk: Desk) -> None:
    message_id = with_task(desk, desk.ana)
    desk.do(desk.ada, name_fallback, person_id=desk.cleo.person_id)
    close(desk, desk.ana)
    assert owner(desk, message_id) == desk.cleo.person_id
    assert desk.state(message_id) is State.WELFARE_OPEN
    event = desk.events("welfare_handed_over", message_id)[0]
    assert desk.cleo.person_id in event.details


def test_a_fallback_who_is_excluded_away_or_a_guest_is_passed_over(desk: Desk) -> None:
    message_id = with_task(desk, desk.ana)
    for who in (desk.ben, desk.dora, desk.gus):
        desk.do(desk.ada, name_fallback, person_id=who.person_id)
    shut_out(desk, desk.ben, message_id)
    span = {"starts": desk.now, "ends": desk.now.replace(year=desk.now.year + 1)}
    desk.do(desk.ada, duty.add_absence, person_id=desk.dora.person_id, **span)
    close(desk, desk.ana)
    assert desk.state(message_id) is State.QUEUED


def test_a_task_beside_a_conduct_route_goes_to_whoever_has_the_message_open(desk: Desk) -> None:
    message_id = with_task(desk, desk.ana)
    desk.do(desk.ana, welfare.resume, message_id=message_id, version=desk.version(message_id))
    desk.do(desk.ana, review.release, message_id=message_id, version=desk.version(message_id))
    desk.open(desk.ben, message_id)
    close(desk, desk.ana)
    assert owner(desk, message_id) == desk.ben.person_id
    assert desk.state(message_id) is State.CLAIMED


def test_a_task_beside_a_conduct_route_that_nobody_holds_waits_in_the_queue(desk: Desk) -> None:
    message_id = with_task(desk, desk.ana)
    desk.do(desk.ana, welfare.resume, message_id=message_id, version=desk.version(message_id))
    close(desk, desk.ana)
    assert desk.state(message_id) is State.QUEUED
    assert owner(desk, message_id) == desk.ana.person_id


def test_all_of_it_or_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    message_id = desk.arrive()
    desk.open(desk.ana, message_id)
    before = len(desk.events())

    def fails(*_: Any, **__: Any) -> None:
        raise Conflict("the hand-over failed")

    monkeypatch.setattr(handover, "hand_over", fails)
    with pytest.raises(Conflict):
        close(desk, desk.ana)
    assert desk.read(person, person_id=desk.ana.person_id) is not None
    assert desk.state(message_id) is State.CLAIMED
    assert len(desk.events()) == before


def test_only_an_administrator_closes_accounts_and_nothing_moves_for_others(desk: Desk) -> None:
    message_id = desk.arrive()
    desk.open(desk.ana, message_id)
    for actor in (desk.dora, desk.max, desk.gus):
        with pytest.raises(NotAllowed):
            desk.do(actor, disable_person, person_id=desk.ana.person_id)
    assert desk.state(message_id) is State.CLAIMED


def test_p_rec_1_who_closes_an_account_learns_nothing_of_matters_they_are_excluded_from(
    desk: Desk,
) -> None:
    message_id = desk.arrive()
    desk.open(desk.ana, message_id)
    shut_out(desk, desk.ada, message_id)
    assert desk.do(desk.ada, disable_person, person_id=desk.ana.person_id) is None
    assert desk.do(desk.ada, disable_person, person_id=desk.ben.person_id) is None
    assert desk.state(message_id) is State.QUEUED


def test_their_sessions_end_with_the_account(desk: Desk) -> None:
    close(desk, desk.ana)
    event = desk.events("sessions_ended", desk.ana.person_id)[0]
    assert "disabled" in event.details

"""Erasure across the rooms: what people decided, what a backup brings back, how requests end."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.desk import Desk
from support.shelf import Shelf
from support.subjects import agreed, at, decide, items, kept, reviewed, searched, today

from triage.app import Triage, keepings
from triage.core.access import SYSTEM
from triage.core.data_keys import DataKey
from triage.core.holds import HoldReason, hold
from triage.core.ids import new_id
from triage.messages.queries.queue import find
from triage.messages.rules import ChildKind, ChildState
from triage.messages.service.children import add_child, tell
from triage.messages.service.flags import add_note
from triage.messages.stubs.tables import MessageStub
from triage.messages.tables import Message
from triage.retention.subject.rules import Decision, How, Kind, Outcome
from triage.retention.subject.service import answering, registering
from triage.retention.subject.service import erasing as on_request
from triage.retention.subject.tables import SubjectDisclosure, SubjectRequest, SubjectTerm

Make = Callable[[str], str]
WORD = "quinquereme"


@pytest.fixture
def shelf(triage: Triage, tmp_path: Path) -> Shelf:
    return Shelf(triage, tmp_path / "backups")


def to_erase(desk: Desk) -> str:
    """A request for erasure, decided and looked at by two people."""
    request_id = searched(desk, kind=Kind.ERASURE)
    for one in items(desk, request_id):
        decide(desk, one, decision=Decision.ERASE)
    return agreed(desk, reviewed(desk, request_id))


def carried_out(desk: Desk, request_id: str) -> tuple[Outcome, ...]:
    """It is pressed, with what all rooms offer."""
    done: tuple[Outcome, ...] = desk.do(
        desk.cusa, on_request.carry_out, **at(desk, request_id), keepings=keepings()
    )
    return done


def is_there(desk: Desk, message_id: str) -> bool:
    with desk.triage.database.read() as session:
        return session.get(Message, message_id) is not None


def test_what_two_people_decided_to_erase_is_erased_before_its_time_by_its_room(
    desk: Desk,
) -> None:
    message = kept(desk).arrive(f"[medium] {WORD}")
    desk.decide(desk.ana, message)
    desk.move(minutes=11)
    assert carried_out(desk, to_erase(desk)) == (Outcome.ERASED,)
    assert not is_there(desk, message)
    with desk.triage.database.read() as session:
        assert session.get(MessageStub, message) is not None
    assert '"rule":"asked"' in desk.events("erase", message)[0].details
    assert desk.events("erase", message)[0].actor_id == SYSTEM.person_id
    assert isinstance(desk.chain(), int)


def test_what_is_open_is_not_erased_though_it_was_asked_for(desk: Desk) -> None:
    message = kept(desk).arrive(f"[medium] {WORD}")
    assert carried_out(desk, to_erase(desk)) == (Outcome.NOT_ENDED,)
    assert is_there(desk, message)


def test_p_pol_3_what_a_held_matter_rests_on_is_not_erased_though_it_was_asked_for(
    desk: Desk,
) -> None:
    message, child = kept(desk).arrive(f"[medium] {WORD}"), new_id()
    desk.decide(desk.ana, message)
    desk.move(minutes=11)
    desk.do(SYSTEM, add_child, message_id=message, child_id=child, kind=ChildKind.REFERRAL)
    desk.do(SYSTEM, tell, child_id=child, state=ChildState.DONE)
    desk.do(SYSTEM, hold, subject_id=child, reason=HoldReason.POLICE, owner="test")
    assert carried_out(desk, to_erase(desk)) == (Outcome.NOT_ENDED,)
    assert is_there(desk, message)


@pytest.mark.parametrize("noted", [True, False], ids=["noted", "plain"])
def test_a_backup_from_before_the_erasure_brings_no_message_back(
    desk: Desk, erasing, shelf: Shelf, fresh_url: Make, noted: bool
) -> None:
    gone = desk.arrive("[medium] words", from_address="one@example.org")
    if noted:
        desk.do(desk.ana, add_note, message_id=gone, text=WORD)
    desk.decide(desk.ana, gone)
    erasing.after(days=170)
    there = desk.arrive("[medium] words", from_address="two@example.org")
    made = shelf.make()
    erasing.after(days=14)
    assert not erasing.is_there(gone)
    url = fresh_url("sqlite empty")
    found = shelf.restore(made, url)
    assert found.again is not None
    assert (found.again.erased, found.again.left) == (1, ())
    other = Desk(shelf.open(url), desk.clock, desk.people)
    try:
        page = other.read(find, viewer=desk.ana, words="words", now=desk.now)
        assert [one.id for one in page.rows] == [there]
        assert not is_there(other, gone)
        assert other.count(MessageStub) == 1
        assert isinstance(other.chain(), int)
    finally:
        other.triage.close()


def test_wraps_of_what_was_erased_are_in_no_backup_any_more(
    desk: Desk, erasing, shelf: Shelf, fresh_url: Make
) -> None:
    gone = desk.arrive("[medium] words")
    desk.do(desk.ana, add_note, message_id=gone, text=WORD)
    desk.decide(desk.ana, gone)
    erasing.after(days=182)
    made = shelf.make()
    erasing.after(days=2)
    url = fresh_url("sqlite empty")
    shelf.restore(made, url)
    other = shelf.open(url)
    try:
        with other.database.read() as session:
            row = session.scalar(select(DataKey).where(DataKey.owner_id == gone))
            assert row is not None
            assert row.wrapped_for_desk is None
    finally:
        other.close()


def test_a_request_ends_with_all_that_was_found_and_only_once_it_was_answered(
    desk: Desk, erasing
) -> None:
    kept(desk).arrive(f"[medium] {WORD}")
    open_one = searched(desk)
    done = to_erase(desk)
    carried_out(desk, done)
    desk.do(desk.cusa, answering.send, **at(desk, done), how=How.EMAIL, on=today(desk))
    desk.do(desk.cusa, registering.close, **at(desk, done))
    erasing.after(days=1094)
    assert count(desk, SubjectRequest) == 2
    erasing.after(days=2)
    with desk.triage.database.read() as session:
        assert list(session.scalars(select(SubjectRequest.id))) == [open_one]
        assert set(session.scalars(select(SubjectTerm.request_id))) == {open_one}
        assert not list(session.scalars(select(SubjectDisclosure)))
        key = session.scalar(select(DataKey).where(DataKey.owner_id == done))
        assert key is not None
        assert key.destroyed_at is not None
    assert len(desk.events("subject_erased", done)) == 1


def count(desk: Desk, table: type) -> int:
    with desk.triage.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0

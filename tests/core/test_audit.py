"""The record: what breaks it is found, and the first broken link is named."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session
from support.desk import Desk

from triage.core.access import SYSTEM, Action
from triage.core.audit import AuditEvent, AuditHead, AuditLink, Broken, canonical
from triage.core.commands import Tx
from triage.core.errors import NotAllowed
from triage.staff.service import add_person

TRIGGERS = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
LINKS = 12
"""Links of the record under test."""


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A desk with twelve links on its record, of one to three events each."""

    def happen(tx: Tx, number: int) -> None:
        for one in range(1 + number % 3):
            tx.record("tried", f"matter {number}", note=f"{number}-{one}")

    while (links := desk.chain()) != LINKS:
        desk.do(SYSTEM, happen, number=links)
    return desk


def tamper(desk: Desk, *statements: object) -> None:
    """Change the tables behind the program's back, foreign keys and triggers or not."""
    with desk.triage.database.engine.connect() as connection:
        if desk.triage.database.dialect == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            for name in connection.scalars(TRIGGERS).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]
        if connection.in_transaction() and desk.triage.database.dialect != "sqlite":
            connection.commit()
        connection.invalidate()


def broken_at(desk: Desk) -> int:
    found = desk.chain()
    assert isinstance(found, Broken), "the damage was not found"
    return found.link


def test_an_untouched_record_holds(told: Desk) -> None:
    assert told.chain() == LINKS


@pytest.mark.parametrize("column", ["details", "actor_id", "code", "matter_id", "id"])
def test_one_changed_character_in_an_event_is_found(told: Desk, column: str) -> None:
    event = told.events()[7]
    was = getattr(event, column)
    changed = was[:-2] + chr(ord(was[-2]) ^ 1) + was[-1]
    tamper(told, update(AuditEvent).where(AuditEvent.id == event.id).values({column: changed}))
    assert broken_at(told) == event.link


def test_every_byte_of_the_details_counts(told: Desk) -> None:
    event = next(one for one in told.events("tried"))
    for place in range(len(event.details)):
        changed = event.details[:place] + "~" + event.details[place + 1 :]
        tamper(told, update(AuditEvent).where(AuditEvent.id == event.id).values(details=changed))
        assert broken_at(told) == event.link
    tamper(told, update(AuditEvent).where(AuditEvent.id == event.id).values(details=event.details))
    assert told.chain() == LINKS


def test_a_moved_time_is_found(told: Desk) -> None:
    event = told.events()[5]
    told.move(seconds=1)
    tamper(told, update(AuditEvent).where(AuditEvent.id == event.id).values(at=told.now))
    assert broken_at(told) == event.link


def test_a_deleted_event_is_found(told: Desk) -> None:
    event = next(one for one in told.events() if one.position == 1)
    tamper(told, delete(AuditEvent).where(AuditEvent.id == event.id))
    assert broken_at(told) == event.link


def test_a_link_that_lost_all_its_events_is_found(told: Desk) -> None:
    tamper(told, delete(AuditEvent).where(AuditEvent.link == 4))
    assert broken_at(told) == 4


def test_a_deleted_link_is_found(told: Desk) -> None:
    tamper(
        told,
        delete(AuditEvent).where(AuditEvent.link == 6),
        delete(AuditLink).where(AuditLink.number == 6),
    )
    assert broken_at(told) == 6


def test_two_swapped_links_are_found(told: Desk) -> None:
    tamper(
        told,
        update(AuditEvent).where(AuditEvent.link == 9).values(link=99),
        update(AuditEvent).where(AuditEvent.link == 10).values(link=9),
        update(AuditEvent).where(AuditEvent.link == 99).values(link=10),
    )
    assert broken_at(told) == 9


def test_two_links_swapped_with_their_digests_are_found(told: Desk) -> None:
    with told.triage.database.read() as session:
        digests = {one.number: one.digest for one in session.scalars(select(AuditLink))}
    tamper(
        told,
        update(AuditEvent).where(AuditEvent.link == 9).values(link=99),
        update(AuditEvent).where(AuditEvent.link == 10).values(link=9),
        update(AuditEvent).where(AuditEvent.link == 99).values(link=10),
        update(AuditLink).where(AuditLink.number == 9).values(digest=digests[10]),
        update(AuditLink).where(AuditLink.number == 10).values(digest=digests[9]),
    )
    assert broken_at(told) == 9


def test_two_swapped_events_of_one_link_are_found(told: Desk) -> None:
    link = next(one.link for one in told.events() if one.position == 1)
    for was, now in ((0, 9), (1, 0), (9, 1)):
        tamper(
            told,
            update(AuditEvent)
            .where(AuditEvent.link == link, AuditEvent.position == was)
            .values(position=now),
        )
    assert broken_at(told) == link


def test_an_event_that_was_slipped_in_is_found(told: Desk) -> None:
    def slip(session: Session) -> None:
        session.add(
            AuditEvent(
                link=3,
                position=7,
                at=told.now,
                actor_id=told.ana.person_id,
                code="decide",
                matter_id=None,
                details="{}",
            )
        )

    told.triage.database.write(slip)
    assert broken_at(told) == 3


def test_an_edited_head_is_found(told: Desk) -> None:
    tamper(told, update(AuditHead).values(digest="f" * 64))
    assert broken_at(told) == LINKS + 1


def test_a_missing_head_is_found(told: Desk) -> None:
    tamper(told, delete(AuditHead))
    assert broken_at(told) == LINKS + 1


def test_a_cut_off_end_is_found_while_the_head_remembers_it(told: Desk) -> None:
    tamper(
        told,
        delete(AuditEvent).where(AuditEvent.link == LINKS),
        delete(AuditLink).where(AuditLink.number == LINKS),
    )
    assert broken_at(told) == LINKS


def test_events_left_over_behind_the_end_are_found(told: Desk) -> None:
    with told.triage.database.read() as session:
        digest = session.get_one(AuditLink, LINKS - 1).digest
    tamper(
        told,
        delete(AuditLink).where(AuditLink.number == LINKS),
        update(AuditHead).values(number=LINKS - 1, digest=digest),
    )
    assert broken_at(told) == LINKS


def test_a_cut_off_end_with_its_head_put_back_needs_an_anchor_outside_to_be_found(
    told: Desk,
) -> None:
    """The chain alone does not show it (trust.md, section 7): here is the proof."""
    with told.triage.database.read() as session:
        digest = session.get_one(AuditLink, LINKS - 1).digest
    tamper(
        told,
        delete(AuditEvent).where(AuditEvent.link == LINKS),
        delete(AuditLink).where(AuditLink.number == LINKS),
        update(AuditHead).values(number=LINKS - 1, digest=digest),
    )
    assert told.chain() == LINKS - 1


def test_the_chain_is_walked_beyond_one_batch_of_links(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    for _ in range(520):
        desk.do(SYSTEM, lambda tx: tx.record("tried", None))
    links = desk.chain()
    assert isinstance(links, int)
    assert links > 500
    event = desk.events("tried")[510]
    tamper(desk, update(AuditEvent).where(AuditEvent.id == event.id).values(code="other"))
    assert broken_at(desk) == event.link


def test_a_command_without_events_adds_no_link(told: Desk) -> None:
    told.do(SYSTEM, lambda tx: None)
    assert told.chain() == LINKS


def test_a_command_that_fails_leaves_no_event(told: Desk) -> None:
    def fail(tx: Tx) -> None:
        tx.record("tried", None)
        raise RuntimeError("after all")

    with pytest.raises(RuntimeError):
        told.do(SYSTEM, fail)
    assert told.chain() == LINKS


def test_a_refusal_is_recorded_though_the_command_was_rolled_back(told: Desk) -> None:
    def overreach(tx: Tx) -> None:
        tx.record("tried", None)
        tx.allow(Action.MANAGE_STAFF)

    with pytest.raises(NotAllowed):
        told.do(told.ana, overreach)
    assert told.chain() == LINKS + 1
    last = told.events()[-1]
    assert (last.code, last.actor_id) == ("refused", told.ana.person_id)
    assert last.details == canonical({"what": "manage_staff"})


def test_the_record_holds_no_name_and_no_address(told: Desk) -> None:
    told.do(told.ada, add_person, name="Quentin Unusual", email="quentin@example.org")
    written = " ".join(one.details + one.actor_id for one in told.events())
    assert "uentin" not in written
    assert "@" not in written


def test_the_same_facts_are_always_written_the_same_way() -> None:
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1})
    assert canonical({"b": 1, "a": "é"}) == '{"a":"\\u00e9","b":1}'

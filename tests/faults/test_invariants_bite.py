"""Each invariant fails on a database in which it is not so, and on no other."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session
from support.cases import came_in, staffed, take
from support.desk import Desk, address
from support.invariants import INVARIANTS, check_all
from support.referring import consider
from support.restricting import approve, propose

from triage.cases.tables import Case
from triage.conduct.kinds import Disposition, Severity
from triage.core.audit import AuditEvent, AuditLink
from triage.core.ids import new_id
from triage.messages.rules import State
from triage.messages.tables import Message, MessageReveal, MessageTransition, Original
from triage.referrals.tables import ReferralTransition
from triage.restrictions.tables import RestrictionApproval

Doctor = Callable[[Session, Desk, dict[str, str]], object]


@pytest.fixture
def worked(desk: Desk) -> tuple[Desk, dict[str, str]]:
    """A desk at which something of everything was done."""
    staffed(desk)
    made = {
        "noted": desk.arrive("[high] one"),
        "passed": desk.arrive("nothing"),
        "waits": desk.arrive("[low] two", recipients=(address("ana"),)),
        "grave": desk.arrive("[high] three", from_address="sam@example.net"),
    }
    desk.decide(desk.ben, made["noted"], Disposition.OFFENSIVE, severity=Severity.LOW)
    made["restriction"] = propose(desk, desk.ana, made["grave"])
    approve(desk, desk.dora, made["restriction"])
    made["referral"] = consider(desk, desk.ana, made["grave"])
    made["case"] = take(desk, came_in(desk))
    return desk, made


def _set(session: Session, message_id: str, **values: object) -> None:
    session.execute(update(Message).where(Message.id == message_id).values(**values))


def bytes_changed(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    session.execute(
        update(Original).where(Original.message_id == made["noted"]).values(raw=b"other")
    )


def original_lost(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    session.execute(delete(Original).where(Original.message_id == made["noted"]))


def event_lost(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    session.execute(
        delete(AuditEvent).where(
            AuditEvent.code == "received", AuditEvent.matter_id == made["passed"]
        )
    )


def event_twice(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    _event(session, "received", made["passed"], "system")


def moved_without_a_step(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    _set(session, made["waits"], state=State.NO_ACTION.value)


def step_off_the_graph(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    session.execute(
        update(MessageTransition)
        .where(MessageTransition.message_id == made["noted"], MessageTransition.edge == "decide")
        .values(to_state="actioned_closed")
    )
    _set(session, made["noted"], state="actioned_closed")


def step_lost(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    session.execute(
        delete(ReferralTransition).where(ReferralTransition.referral_id == made["referral"])
    )


def case_jumped(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    session.execute(update(Case).where(Case.id == made["case"]).values(state="closed"))


def step_unrecorded(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    session.execute(
        delete(AuditEvent).where(AuditEvent.code == "claim", AuditEvent.matter_id == made["noted"])
    )


def by_nobody(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    for table in (MessageTransition, AuditEvent):
        wanted = table.message_id if table is MessageTransition else table.matter_id
        code = table.edge if table is MessageTransition else table.code
        session.execute(
            update(table).where(wanted == made["noted"], code == "decide").values(actor_id="ghost")
        )
        session.execute(
            update(table).where(wanted == made["noted"], code == "reveal").values(actor_id="ghost")
        ) if table is AuditEvent else None
    _set(session, made["noted"], decided_by="ghost")


def by_another(session: Session, desk: Desk, made: dict[str, str]) -> None:
    _set(session, made["noted"], decided_by=desk.cleo.person_id)


def same_version_twice(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    session.execute(
        update(MessageTransition)
        .where(MessageTransition.message_id == made["noted"])
        .values(based_on=1)
    )


def approved_by_nobody(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    session.execute(
        delete(RestrictionApproval).where(RestrictionApproval.restriction_id == made["restriction"])
    )


def closed_unseen(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    session.execute(
        delete(AuditEvent).where(AuditEvent.code == "reveal", AuditEvent.matter_id == made["noted"])
    )


def flagged_and_let_pass(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    _set(session, made["passed"], flagged=True)


def no_place_in_the_queue(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    _set(session, made["waits"], rank=None)


def seen_by_its_recipient(session: Session, desk: Desk, made: dict[str, str]) -> None:
    session.add(
        MessageReveal(
            message_id=made["waits"], person_id=desk.ana.person_id, step="full", severe=False,
            at=desk.now - timedelta(days=3),
        )
    )  # fmt: skip


def opened_by_its_recipient(session: Session, desk: Desk, made: dict[str, str]) -> None:
    _event(session, "reveal", made["waits"], desk.ana.person_id)


def held_by_its_recipient(session: Session, desk: Desk, made: dict[str, str]) -> None:
    _set(session, made["waits"], claimed_by=desk.ana.person_id)


def event_edited(session: Session, _desk: Desk, made: dict[str, str]) -> None:
    session.execute(
        update(AuditEvent)
        .where(AuditEvent.code == "scored", AuditEvent.matter_id == made["noted"])
        .values(details="{}")
    )


def _event(session: Session, code: str, matter: str, actor: str) -> None:
    link = session.query(AuditLink).order_by(AuditLink.number.desc()).first()
    assert link is not None
    session.add(
        AuditEvent(
            id=new_id(), link=link.number, position=99, at=session.query(AuditEvent.at).first()[0],
            actor_id=actor, code=code, matter_id=matter, details="{}",
        )
    )  # fmt: skip


ONCE, AS_MANY, GRAPH, RECORD, ACTOR, UNSEEN, RECUSED, LOST, CHAIN = INVARIANTS
DOCTORED: list[tuple[str, Doctor]] = [
    (ONCE, bytes_changed),
    (ONCE, original_lost),
    (AS_MANY, event_lost),
    (AS_MANY, event_twice),
    (GRAPH, moved_without_a_step),
    (GRAPH, step_off_the_graph),
    (GRAPH, step_lost),
    (GRAPH, case_jumped),
    (RECORD, step_unrecorded),
    (ACTOR, by_nobody),
    (ACTOR, by_another),
    (ACTOR, same_version_twice),
    (ACTOR, approved_by_nobody),
    (UNSEEN, closed_unseen),
    (UNSEEN, flagged_and_let_pass),
    (UNSEEN, no_place_in_the_queue),
    (RECUSED, seen_by_its_recipient),
    (RECUSED, opened_by_its_recipient),
    (RECUSED, held_by_its_recipient),
    (CHAIN, event_edited),
]


def test_a_desk_at_which_everything_was_done_as_it_should_passes_and_each_doctored_one_fails(
    worked: tuple[Desk, dict[str, str]],
) -> None:
    desk, made = worked
    there = [("messages", made["noted"]), ("restrictions", made["restriction"])]
    assert check_all(desk.triage, there) == tuple(INVARIANTS)
    assert {sentence for sentence, _ in DOCTORED} == set(INVARIANTS) - {LOST}
    for sentence, doctor in DOCTORED:
        with pytest.raises(AssertionError, match=f"^{sentence.replace('+', '.')}: "):
            _look_at(desk, made, sentence, doctor)
        check_all(desk.triage, there)  # nothing of it was kept


def test_what_a_process_was_told_is_committed_and_is_not_there_is_found(
    worked: tuple[Desk, dict[str, str]],
) -> None:
    desk, _ = worked
    for table in ("messages", "restrictions", "message_transitions"):
        with pytest.raises(AssertionError, match=f"^{LOST}: 1 rows of {table}"):
            check_all(desk.triage, [(table, new_id())])


def _look_at(desk: Desk, made: dict[str, str], sentence: str, doctor: Doctor) -> None:
    """Doctor in a transaction that is rolled back, and ask that one invariant in it."""
    from support.invariants import Facts

    with Session(desk.triage.database.engine) as session:
        if desk.triage.database.dialect == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            _without_triggers(session)
        doctor(session, desk, made)
        session.flush()
        session.expire_all()
        try:
            INVARIANTS[sentence](Facts(session, desk.triage.keys, ()))
        except AssertionError as error:
            raise AssertionError(f"{sentence}: {error}") from error
        finally:
            session.rollback()


def _without_triggers(session: Session) -> None:
    """The record refuses to forget: in this transaction, which is rolled back, it does not."""
    names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    for name in names:
        session.execute(text(f'DROP TRIGGER "{name}"'))

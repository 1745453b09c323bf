"""Sealed reports become cases: who must not know is kept away, and one person is alerted, all in
one transaction (P-ALR-1, P-REC-2)."""

from collections.abc import Iterable

from sqlalchemy import select

from triage.alarms.rules import Why
from triage.alarms.service.raising import raise_alarm
from triage.cases.rules import Edge, PartyKind, State
from triage.cases.service.keeping import keep_away
from triage.cases.service.recusing import keep_waiting, lane_of
from triage.cases.service.stepping import STEPS
from triage.cases.tables import Case, CaseParty, Event
from triage.conduct.steps import note_step
from triage.core.access import SYSTEM, Action
from triage.core.closed import close
from triage.core.commands import Tx
from triage.core.ids import new_id
from triage.reports import service as reports
from triage.reports.answers import Answers, Person


def open_waiting(tx: Tx, *, most: int = 50) -> int:
    """Open what outsiders have sealed; how many. The system's work: by the job, or as the desk is
    next used."""
    tx.allow(Action.RUN_JOBS)
    waiting = reports.waiting(tx, limit=most)
    for report_id in waiting:
        _open(tx, report_id)
    return len(waiting)


def open_now(tx: Tx, report_id: str) -> str:
    """Open one report at once, in the transaction in which somebody took it down; its case.

    Who is kept away is found just as the job finds it, and it is the system that opens.
    """
    actor, tx.actor = tx.actor, SYSTEM
    try:
        return _open(tx, report_id)
    finally:
        tx.actor = actor


def _open(tx: Tx, report_id: str) -> str:
    found = reports.open_report(tx, report_id=report_id)
    answers = found.answers
    event = None
    if found.event_code:
        event = tx.session.scalar(select(Event).where(Event.code == found.event_code))
    case = Case(
        id=new_id(),
        report_id=report_id,
        state=State.SUBMITTED.value,
        state_since=tx.now,
        received_at=found.received_at,
        opened_at=tx.now,
        entered_by=answers.taken_by or None,
        event_id=None if event is None else event.id,
        happening_now=answers.happening_now,
        held_outside=False,
        service_too=answers.service_too,
        muted=False,
        finding_round=0,
    )
    tx.session.add(case)
    tx.session.flush()
    tx.about = case.id
    close(tx.session, matter_id=case.id, at=tx.now)
    keep_away(tx, case, answers)
    for kind, person in _people(answers):
        _add(tx, case, kind, person)
    note_step(tx, STEPS, case.id, Edge.OPEN.value, State.SEALED, State.SUBMITTED)
    keep_waiting(tx, case)
    raise_alarm(tx, matter_id=case.id, lane=lane_of(case), why=Why.REPORT)
    return case.id


def _people(answers: Answers) -> Iterable[tuple[PartyKind, Person]]:
    for one in answers.subjects:
        yield PartyKind.SUBJECT, one
    for one in answers.witnesses:
        yield PartyKind.WITNESS, one
    if answers.affected.strip():
        yield PartyKind.AFFECTED, Person(name=answers.affected)


def _add(tx: Tx, case: Case, kind: PartyKind, person: Person) -> None:
    made = new_id()

    def seal(column: str, text: str) -> bytes:
        return tx.seal(case.id, "case_parties", column, made, text)

    tx.session.add(
        CaseParty(
            id=made,
            case_id=case.id,
            kind=kind.value,
            party=None if person.party is None else person.party.value,
            name=seal("name", person.name),
            role=seal("role", person.role),
            contact=seal("contact", person.contact),
            support=b"",
            added_at=tx.now,
        )
    )

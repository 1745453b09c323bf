"""Sealed reports become cases: who must not know is kept away, and one person is alerted, all in
one transaction (P-ALR-1, P-REC-2)."""

from collections.abc import Iterable

from sqlalchemy import select

from triage.alarms.rules import Why
from triage.alarms.service.raising import raise_alarm
from triage.cases.matching import Known, Said, matches
from triage.cases.rules import Edge, MatchKind, PartyKind, State
from triage.cases.service.recusing import keep_waiting, lane_of
from triage.cases.service.stepping import STEPS
from triage.cases.tables import Case, CaseMatch, CaseParty, Event
from triage.conduct.incidents import TeamAnswer
from triage.conduct.steps import note_step
from triage.core.access import SYSTEM, Action
from triage.core.closed import close
from triage.core.commands import Tx
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.reports import service as reports
from triage.reports.answers import Answers, Person
from triage.staff.queries import active_people

KEPT_AS: dict[MatchKind, ExclusionKind] = {
    MatchKind.PICKED: ExclusionKind.SUBJECT,
    MatchKind.NAMED: ExclusionKind.SUBJECT,
    MatchKind.POSSIBLE: ExclusionKind.EXCLUDED,
    MatchKind.NOT_SURE: ExclusionKind.EXCLUDED,
}


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
    _keep_away(tx, case, answers)
    for kind, person in _people(answers):
        _add(tx, case, kind, person)
    note_step(tx, STEPS, case.id, Edge.OPEN.value, State.SEALED, State.SUBMITTED)
    keep_waiting(tx, case)
    raise_alarm(tx, matter_id=case.id, lane=lane_of(case), why=Why.REPORT)
    return case.id


def _keep_away(tx: Tx, case: Case, answers: Answers) -> None:
    """Whoever was picked, is named, or might be meant; and, where the reporter is not sure, or
    says that it is one of us and nobody can tell who, everybody."""
    people = active_people(tx.session)
    known = [
        Known(
            one.id, one.name, one.email, tuple(role.value.replace("_", " ") for role in one.roles)
        )
        for one in people
    ]
    found = matches(known, _said(answers))
    ours = {one.id for one in people}
    for person_id in answers.team_members:
        if person_id in ours:
            found[person_id] = MatchKind.PICKED
    for person_id, kind in found.items():
        _match(tx, case, person_id, kind)
    unsure = answers.team is TeamAnswer.NOT_SURE
    unnamed = answers.team is TeamAnswer.YES and not found
    if unsure or unnamed:
        case.held_outside = True
        for one in people:
            if Role.GUEST not in one.roles:
                _match(tx, case, one.id, MatchKind.NOT_SURE)
    tx.session.flush()


def _match(tx: Tx, case: Case, person_id: str, kind: MatchKind) -> None:
    tx.session.add(CaseMatch(case_id=case.id, person_id=person_id, kind=kind.value, at=tx.now))
    exclude(tx.session, matter_id=case.id, person_id=person_id, kind=KEPT_AS[kind], at=tx.now)
    tx.record("case_kept_away", case.id, person=person_id, kind=kind.value)


def keep_new_away(tx: Tx, case: Case) -> None:
    """While a report might be about anybody, whoever joins the team is kept away from it too."""
    if not case.held_outside:
        return
    known = set(tx.session.scalars(select(CaseMatch.person_id).where(CaseMatch.case_id == case.id)))
    for one in active_people(tx.session):
        if Role.GUEST not in one.roles and one.id not in known:
            _match(tx, case, one.id, MatchKind.NOT_SURE)


def _said(answers: Answers) -> Said:
    named = [*answers.subjects, *answers.witnesses]
    names = [one.name for one in named] + [answers.affected, answers.name]
    return Said(
        names=tuple(one for one in names if one.strip()),
        roles=tuple(one.role for one in answers.subjects if one.role.strip()),
        contacts=tuple(
            one for one in [*(person.contact for person in named), answers.email] if one.strip()
        ),
        accounts=(answers.description,),
    )


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

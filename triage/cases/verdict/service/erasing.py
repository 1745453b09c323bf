"""A case ends with everything in it: the account and its thread, evidence, people, letters, how it
was decided. What stays is a row of ids and codes, and what of it is still counted (P-RTE-2)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from triage.alarms.service.erasing import forget_matter
from triage.cases.inquiry.measures import holds
from triage.cases.inquiry.rules import in_force
from triage.cases.inquiry.service.evidence import HOLDER
from triage.cases.inquiry.tables import CaseInterim
from triage.cases.queries.stubs import counted_of
from triage.cases.rules import TERMINAL, Edge, Finding, State
from triage.cases.service.stepping import load, step
from triage.cases.tables import Case, CaseStub, CaseTransition
from triage.cases.verdict.kept import Ended, counted_until, kept_until
from triage.cases.verdict.service.owned import forget_owned
from triage.cases.verdict.tables import CaseAction, CaseAppeal, CaseOutcome
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.erased import end_matter, erased
from triage.core.erasing import Due, Keeping, is_over
from triage.core.errors import Unreadable
from triage.core.exclusions import inherit
from triage.core.holds import HoldReason, hold, release
from triage.core.ids import new_id
from triage.core.settings import Settings
from triage.letters.rules import GONE
from triage.letters.service.erasing import on_its_way
from triage.letters.tables import Letter
from triage.messages.tables import MessageChild
from triage.reports.answers import Answers
from triage.reports.queries import report_answers
from triage.reports.service.erasing import erase_report, forget_report, unread
from triage.restrictions.service.erasing import ends_of_case
from triage.restrictions.tables import Restriction
from triage.staff.calendar import month_began

OVER = [one.value for one in TERMINAL]


def _kept_until(
    session: Session, settings: Settings, case: Case, now: datetime
) -> tuple[str, datetime] | None:
    """Its line of the schedule and the moment; ``None`` while anything of it is open."""
    if State(case.state) not in TERMINAL or _open(session, case, now):
        return None
    ended = Ended(
        state=State(case.state),
        since=case.state_since,
        finding=None if case.finding is None else Finding(case.finding),
        restrictions=ends_of_case(session, case.id),
        told=_told(session, case.id),
    )
    return kept_until(ended, settings)


def _open(session: Session, case: Case, now: datetime) -> bool:
    """Whether it has ended and something of it has not: an appeal, a measure, a letter on its way,
    something that the reporter wrote and nobody has."""
    appeal = select(CaseAppeal.id).where(
        CaseAppeal.case_id == case.id, CaseAppeal.outcome.is_(None)
    )
    measures = session.scalars(select(CaseInterim).where(CaseInterim.case_id == case.id))
    return (
        session.scalar(appeal.limit(1)) is not None
        or any(in_force(holds(one, case), now) for one in measures)
        or on_its_way(session, case.id)
        or unread(session, case.report_id)
    )


def _told(session: Session, case_id: str) -> datetime | None:
    """The earliest of the days that people reported were told last, by letters that went."""
    rows = session.execute(
        select(CaseOutcome.party_id, CaseOutcome.kept_until)
        .join(Letter, Letter.id == CaseOutcome.letter_id)
        .where(
            CaseOutcome.case_id == case_id,
            CaseOutcome.kept_until.is_not(None),
            Letter.state.in_([one.value for one in GONE]),
        )
        .order_by(CaseOutcome.at, CaseOutcome.id)
    ).all()
    newest = {party_id: told for party_id, told in rows if told is not None}
    return min(newest.values(), default=None)


def _due(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> Sequence[Due]:
    wanted = select(Case).where(Case.state.in_(OVER), Case.id > after).order_by(Case.id)
    found: list[Due] = []
    for case in session.scalars(wanted):
        line = _kept_until(session, settings, case, now)
        if line is not None and line[1] <= now:
            found.append(Due(case.id, *line, _children(session, case.id)))
            if len(found) == most:
                break
    return found


def _children(session: Session, case_id: str) -> tuple[str, ...]:
    """The restrictions and reports to the police that came of it: what holds one holds it too."""
    carried = select(CaseAction.child_id).where(
        CaseAction.case_id == case_id, CaseAction.child_id.is_not(None)
    )
    of_it = select(Restriction.id).where(Restriction.case_id == case_id)
    found = {one for one in [*session.scalars(carried), *session.scalars(of_it)] if one}
    return tuple(sorted(found))


def _erase(tx: Tx, due: Due) -> bool:
    """All of it in one transaction, or nothing."""
    tx.allow(Action.RUN_JOBS)
    if tx.session.get(Case, due.matter_id) is None:
        return False
    case = load(tx, due.matter_id)
    line = _kept_until(tx.session, tx.settings, case, tx.now)
    if line is None or not is_over(tx, due, Due(case.id, *line, _children(tx.session, case.id))):
        return False
    month = month_began(case.received_at)
    _leave_stub(tx, case)
    step(tx, case, Edge.ERASE, rule=due.rule)
    _let_go(tx, case)
    _hand_down(tx, case)
    forget_owned(tx, case.id)
    forget_matter(tx, matter_id=case.id)
    erase_report(tx, report_id=case.report_id, month=month)
    case.received_at = case.opened_at = month
    case.entered_by = case.event_id = case.finding = None
    case.finding_round = 0
    case.happening_now = case.held_outside = case.service_too = case.muted = False
    end_matter(tx, case.id)
    tx.session.flush()
    return True


def _leave_stub(tx: Tx, case: Case) -> None:
    try:
        said = counted_of(report_answers(tx.session, vault=tx.vault, report_id=case.report_id))
    except Unreadable:  # erased before its time, or damaged: it counts, and says nothing
        said = Answers()
    made = new_id()
    sealed = tx.seal(made, "case_stubs", "counted", made, said.to_json())
    tx.session.add(CaseStub(id=made, case_id=case.id, ended_as=case.state, counted=sealed))
    tx.session.flush()


def _let_go(tx: Tx, case: Case) -> None:
    """Messages that were evidence in it are held no more, but for what stands in another case."""
    child = MessageChild
    for message_id in tx.session.scalars(
        select(child.message_id).where(child.child_id == case.id).order_by(child.message_id)
    ).all():
        elsewhere = exists().where(child.message_id == message_id, child.child_id == Case.id)
        other = select(Case.id).where(
            elsewhere, Case.id != case.id, Case.state != State.ERASED.value
        )
        if tx.session.scalar(other.limit(1)) is None:
            held = hold(tx, subject_id=message_id, reason=HoldReason.CASE, owner=HOLDER)
            release(tx, hold_id=held, owner=HOLDER)


def _hand_down(tx: Tx, case: Case) -> None:
    """A restriction that came of it may stand for a while yet: who had no part in the case has
    none in that, and it no longer says so."""
    found = select(Restriction.id).where(Restriction.case_id == case.id, ~erased(Restriction.id))
    for restriction_id in tx.session.scalars(found.order_by(Restriction.id)).all():
        inherit(tx.session, parent_id=case.id, child_id=restriction_id, at=tx.now)


def _due_stubs(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> Sequence[Due]:
    wanted = select(Case.id, Case.received_at).where(
        Case.state == State.ERASED.value, Case.id > after
    )
    rows = session.execute(wanted.order_by(Case.id))
    found = [
        Due(case_id, "stub", until)
        for case_id, received in rows
        if (until := counted_until(received)) <= now
    ]
    return found[:most]


def _erase_stub(tx: Tx, due: Due) -> bool:
    """The record knows of it by its id; nothing of it is anywhere else from here on."""
    tx.allow(Action.RUN_JOBS)
    case = tx.session.get(Case, due.matter_id, with_for_update=True)
    if case is None or case.state != State.ERASED.value:
        return False
    if counted_until(case.received_at) > tx.now:
        return False
    stub = tx.session.scalar(select(CaseStub.id).where(CaseStub.case_id == case.id))
    if stub is not None:
        end_matter(tx, stub)
    for table in (CaseStub, CaseTransition):
        tx.session.execute(delete(table).where(table.case_id == case.id))
    tx.session.execute(delete(Case).where(Case.id == case.id))
    forget_report(tx, report_id=case.report_id)
    return True


KEEPINGS = (
    Keeping("cases", _due, _erase),
    Keeping("stubs of cases", _due_stubs, _erase_stub),
)

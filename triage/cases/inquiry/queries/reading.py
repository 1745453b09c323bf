"""One inquiry in full, and the measures that hold now."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from triage.cases import rules as cases
from triage.cases.inquiry.queries import rows
from triage.cases.inquiry.queries.items import (
    Inquiry,
    MeasureItem,
    MeetingItem,
    NoticeItem,
    TaskItem,
)
from triage.cases.inquiry.queries.rows import Opener
from triage.cases.inquiry.rules import NoticeState
from triage.cases.inquiry.service.stepping import READS
from triage.cases.inquiry.tables import CaseBalance, CaseInterim
from triage.cases.queries import parties, ties
from triage.cases.queries.listing import check_reader
from triage.cases.rules import OPEN, State
from triage.cases.tables import Case, CasePart
from triage.core.access import Action, Actor, check, visible
from triage.core.errors import NotFound
from triage.core.sealed import Vault
from triage.core.settings import Settings
from triage.reports import queries as reports


def inquiry(
    session: Session,
    *,
    vault: Vault,
    viewer: Actor,
    case_id: str,
    at: datetime,
    settings: Settings,
) -> Inquiry:
    """All of an inquiry; for anybody without a part there is none."""
    case = load_read(session, viewer, case_id)
    open_text = Opener(session, vault, case_id)
    people = parties(session, vault=vault, viewer=viewer, case_id=case_id)
    answers = reports.report_answers(session, vault=vault, report_id=case.report_id)
    notices = rows.notices(open_text, case, at)
    measures = rows.measures(open_text, [case], at)
    meetings = rows.meetings(open_text, case, people, answers.support)
    items = rows.evidence(open_text)
    reasons = session.scalars(
        select(CaseBalance)
        .where(CaseBalance.case_id == case_id, CaseBalance.round == case.finding_round)
        .order_by(CaseBalance.at)
    )
    return Inquiry(
        parties=people,
        items=items,
        notices=notices,
        measures=measures,
        meetings=meetings,
        unbalanced=tuple(open_text(one, "reason") for one in reasons),
        tasks=_tasks(case, notices, measures, meetings, at)
        + tuple(
            TaskItem("weigh", one.id, None, False)
            for one in items
            if one.bearing is None and State(case.state) in OPEN
        ),
    )


def measures_now(
    session: Session, *, vault: Vault, viewer: Actor, at: datetime
) -> tuple[tuple[str, MeasureItem], ...]:
    """(case id, measure): what holds at this moment in the cases in which the viewer has a part
    and has declared. Computed from the dates: no job need have run."""
    check(viewer, Action.READ_CASES)
    found = session.scalars(
        select(Case)
        .where(
            visible(viewer, Case.id),
            Case.id.in_(select(CaseInterim.case_id)),
            _mine(viewer).where(CasePart.case_id == Case.id).exists(),
        )
        .order_by(Case.id)
    ).all()
    return tuple(
        (case.id, one)
        for case in found
        if ties(session, viewer=viewer, case_id=case.id) is not None
        for one in rows.measures(Opener(session, vault, case.id), [case], at)
        if one.in_force
    )


def load_read(session: Session, viewer: Actor, case_id: str) -> Case:
    """The case, for somebody who reads its inquiry: by a part in it, and not by a role."""
    check_reader(session, viewer)
    found = session.scalar(select(Case).where(Case.id == case_id, visible(viewer, Case.id)))
    mine = session.scalar(_mine(viewer).where(CasePart.case_id == case_id).limit(1))
    if found is None or mine is None:
        hidden = session.get(Case, case_id) is not None
        raise NotFound(cases.NO_SUCH_CASE, refused_matter=case_id if hidden else None)
    cases.check_declared(ties(session, viewer=viewer, case_id=case_id))
    return found


def _mine(viewer: Actor) -> Select[str]:
    return select(CasePart.id).where(
        CasePart.person_id == viewer.person_id,
        CasePart.until.is_(None),
        CasePart.part.in_([one.value for one in READS]),
    )


def _tasks(
    case: Case,
    notices: tuple[NoticeItem, ...],
    measures: tuple[MeasureItem, ...],
    meetings: tuple[MeetingItem, ...],
    at: datetime,
) -> tuple[TaskItem, ...]:
    """What is left to do, by when it is due: what has no date comes last."""
    found = []
    if State(case.state) in {State.INVESTIGATING, State.AWAITING_SUBJECT}:
        for one in notices:
            if one.state is NoticeState.DUE:
                found.append(TaskItem("notice", one.party_id, one.shown_until, False))
            elif one.state is NoticeState.WITHHELD:
                late = one.recheck_due
                found.append(TaskItem("recheck", one.party_id, one.recheck_at, late))
            elif one.state is NoticeState.SENT:
                found.append(TaskItem("answer", one.party_id, one.reply_by, False))
    for each in measures:
        if each.in_force and each.ratified_at is None:
            found.append(TaskItem("ratify", each.id, each.lapses, False))
        elif each.to_tell:
            found.append(TaskItem("tell_ended", each.id, each.over_at, True))
    for talk in meetings:
        if talk.held is None and State(case.state) in OPEN:
            found.append(TaskItem("meeting", talk.id, talk.at, talk.at <= at, talk.support))
    return tuple(sorted(found, key=lambda one: (one.due is None, one.due or at, one.about_id)))

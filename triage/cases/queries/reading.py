"""One case: who is in it, for whoever may take it; the account, for whoever has declared."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.cases import rules
from triage.cases.queries.items import (
    CaseItem,
    ChallengeItem,
    MatchItem,
    PartItem,
    PartyItem,
    SecondItem,
    StepItem,
)
from triage.cases.queries.listing import case_row, check_reader
from triage.cases.rules import MatchKind, PartyKind, State, Tie
from triage.cases.tables import (
    Case,
    CaseChallenge,
    CaseDeclaration,
    CaseMatch,
    CasePart,
    CaseParty,
    CaseSecond,
    CaseTransition,
)
from triage.conduct.incidents import Party
from triage.core.access import Actor, visible
from triage.core.errors import NotFound
from triage.core.exclusions import excluded
from triage.core.sealed import Vault
from triage.core.settings import Settings
from triage.reports import queries as reports
from triage.staff.processes import HOLDERS, Part, Process, apart
from triage.staff.queries import names
from triage.staff.queries.team import outsiders, team

OF_THE_PROCEDURE = frozenset({Part.CUSTODIAN, Part.IDENTITY_APPROVER})
"""Who keeps identities, and who allows one to be opened, need not read the account for it."""


def parties(
    session: Session, *, vault: Vault, viewer: Actor, case_id: str
) -> tuple[PartyItem, ...]:
    """Who is in a report: what is shown before anybody says whether they have a conflict."""
    case = known_case(session, viewer, case_id)
    found = session.scalars(
        select(CaseParty)
        .where(CaseParty.case_id == case.id)
        .order_by(CaseParty.added_at, CaseParty.id)
    )
    return tuple(_party(session, vault, one) for one in found)


def ties(session: Session, *, viewer: Actor, case_id: str) -> frozenset[Tie] | None:
    """What the viewer has declared on a case; ``None`` where nothing yet."""
    case = known_case(session, viewer, case_id)
    row = session.execute(
        select(CaseDeclaration.ties)
        .where(CaseDeclaration.case_id == case.id, CaseDeclaration.person_id == viewer.person_id)
        .order_by(CaseDeclaration.at.desc(), CaseDeclaration.id)
        .limit(1)
    ).first()
    return None if row is None else frozenset(Tie(one) for one in row[0])


def case(
    session: Session,
    *,
    vault: Vault,
    viewer: Actor,
    case_id: str,
    at: datetime,
    settings: Settings,
) -> CaseItem:
    """All of a case, for who has a part in it and has declared; for anybody else there is none."""
    found = known_case(session, viewer, case_id)
    row = case_row(session, viewer=viewer, case_id=case_id, at=at, settings=settings)
    if not row.parts - OF_THE_PROCEDURE:
        raise NotFound(rules.NO_SUCH_CASE, refused_matter=case_id)
    rules.check_declared(ties(session, viewer=viewer, case_id=case_id))
    answers = reports.report_answers(session, vault=vault, report_id=found.report_id)
    # What nobody has looked through for whom it speaks of is shown to nobody.
    thread = reports.thread(session, vault=vault, report_id=found.report_id)
    files = reports.files(session, vault=vault, report_id=found.report_id)
    not_yet = {one.id for one in thread if one.from_reporter and one.taken_at is None}
    held = _parts(session, case_id)
    seconds = session.scalars(
        select(CaseSecond).where(CaseSecond.case_id == case_id).order_by(CaseSecond.asked_at)
    ).all()
    challenges = session.scalars(
        select(CaseChallenge)
        .where(CaseChallenge.case_id == case_id)
        .order_by(CaseChallenge.raised_at)
    ).all()
    matches = session.scalars(
        select(CaseMatch).where(CaseMatch.case_id == case_id).order_by(CaseMatch.person_id)
    ).all()
    named = names(
        session,
        {
            *(one.asked_by for one in seconds),
            *(one.settled_by for one in seconds if one.settled_by),
            *(one.person_id for one in challenges),
            *(one.raised_by for one in challenges),
            *(one.person_id for one in matches),
            *(one.cleared_by for one in matches if one.cleared_by),
            *([found.entered_by] if found.entered_by else []),
        },
    )

    opened = partial(vault.show_of, session, case_id)
    return CaseItem(
        row=row,
        answers=replace(answers, name="", email="", phone=""),
        identified=bool(answers.name or answers.email or answers.phone),
        parties=parties(session, vault=vault, viewer=viewer, case_id=case_id),
        thread=tuple(one for one in thread if one.id not in not_yet),
        files=tuple(one for one in files if one.message_id not in not_yet),
        parts=held,
        steps=steps(session, vault=vault, viewer=viewer, case_id=case_id),
        seconds=tuple(
            SecondItem(
                id=one.id,
                edge=one.edge,
                asked_by=named.get(one.asked_by, ""),
                asked_at=one.asked_at,
                reason=opened(one, "reason"),
                settled_by=named.get(one.settled_by or "", ""),
                agreed=one.agreed,
                answer=opened(one, "answer"),
            )
            for one in seconds
        ),
        challenges=tuple(
            ChallengeItem(
                id=one.id,
                person=named.get(one.person_id, ""),
                raised_by=named.get(one.raised_by, ""),
                raised_at=one.raised_at,
                own=one.raised_by == viewer.person_id,
                reason=opened(one, "reason"),
                upheld=one.upheld,
            )
            for one in challenges
        ),
        matches=tuple(
            MatchItem(
                one.person_id,
                named.get(one.person_id, ""),
                MatchKind(one.kind),
                one.cleared_at is not None,
                named.get(one.cleared_by or "", ""),
                opened(one, "reason"),
            )
            for one in matches
        ),
        entered_by=named.get(found.entered_by or "", ""),
        muted=found.muted,
        service_too=found.service_too,
        finding=found.finding,
    )


def steps(session: Session, *, vault: Vault, viewer: Actor, case_id: str) -> tuple[StepItem, ...]:
    """The history of a case, oldest first."""
    case = known_case(session, viewer, case_id)
    found = session.scalars(
        select(CaseTransition)
        .where(CaseTransition.case_id == case.id)
        .order_by(CaseTransition.sequence)
    ).all()
    named = names(session, {one.actor_id for one in found})
    return tuple(
        StepItem(
            edge=one.edge,
            before=one.from_state,
            to=State(one.to_state),
            by=named.get(one.actor_id, "the system"),
            at=one.at,
            reason=vault.show_of(session, case.id, one, "reason"),
            policy_version=one.policy_version,
        )
        for one in found
    )


def who_could(
    session: Session, *, viewer: Actor, case_id: str, part: Part
) -> tuple[tuple[str, str], ...]:
    """(id, name) of everybody who could have a part in this case, by name: of the team by role,
    and of the fallbacks who stand in."""
    case = known_case(session, viewer, case_id)
    members = [one for one in team(session) if one.roles & HOLDERS[part]]
    named = [one for one in outsiders(session) if one.serves(Process.CASE)]
    ids = {one.id for one in members} | {one.id for one in named}
    ever = session.execute(
        select(CasePart.person_id, CasePart.part).where(CasePart.case_id == case.id)
    ).all()
    out = {person_id for person_id, other in ever if apart(part, Part(other))}
    found = names(session, ids - out - excluded(session, [case.id]).get(case.id, frozenset()))
    return tuple(sorted(found.items(), key=lambda one: (one[1], one[0])))


def _party(session: Session, vault: Vault, one: CaseParty) -> PartyItem:
    opened = partial(vault.show_of, session, one.case_id, one)
    return PartyItem(
        id=one.id,
        kind=PartyKind(one.kind),
        party=None if one.party is None else Party(one.party),
        name=opened("name"),
        role=opened("role"),
        contact=opened("contact"),
        support=opened("support"),
        staff_id=one.staff_id,
    )


def _parts(session: Session, case_id: str) -> tuple[PartItem, ...]:
    found = session.scalars(
        select(CasePart).where(CasePart.case_id == case_id).order_by(CasePart.since, CasePart.id)
    ).all()
    named = names(session, {one.person_id for one in found})
    return tuple(
        PartItem(
            one.person_id,
            named.get(one.person_id, ""),
            Part(one.part),
            one.since,
            one.until,
            one.how,
        )
        for one in found
    )


def known_case(session: Session, viewer: Actor, case_id: str) -> Case:
    """The case, for a member of it; ``NotFound`` alike for none and for one that is hidden."""
    check_reader(session, viewer)
    found = session.scalar(select(Case).where(Case.id == case_id, visible(viewer, Case.id)))
    if found is None:
        hidden = session.get(Case, case_id) is not None
        raise NotFound(rules.NO_SUCH_CASE, refused_matter=case_id if hidden else None)
    return found

"""Who may learn who reported, and when: nobody but who asked, for a day after the custodian opened
it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.cases.queries.listing import check_reader
from triage.cases.queries.reading import OF_THE_PROCEDURE, known_case
from triage.cases.verdict.queries.access import parts_of
from triage.cases.verdict.rules import IDENTITY_OPEN, IdentityState, identity_state
from triage.cases.verdict.tables import CaseIdentity
from triage.core.access import Actor, visible
from triage.core.errors import NotFound
from triage.core.sealed import Vault
from triage.reports.queries import reach_now
from triage.staff.processes import Part
from triage.staff.queries import names

NOT_OPEN = "Who reported is not open to you."


@dataclass(frozen=True, slots=True)
class IdentityItem:
    """One question who reported."""

    id: str
    case_id: str
    state: IdentityState
    asked_by: str
    asked_at: datetime
    reason: str
    settled_by: str
    answer: str
    opened_by: str
    opened_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported, as they last said."""

    name: str
    email: str
    phone: str
    closes_at: datetime


def identities(
    session: Session, *, vault: Vault, viewer: Actor, case_id: str, at: datetime
) -> tuple[IdentityItem, ...]:
    """The questions in a case, for who has a part in it; oldest first. Nothing of who it is."""
    case = known_case(session, viewer, case_id)
    if not parts_of(session, viewer, case_id):
        raise NotFound(NOT_OPEN, refused_matter=case_id)
    found = session.scalars(
        select(CaseIdentity)
        .where(CaseIdentity.case_id == case.id)
        .order_by(CaseIdentity.asked_at, CaseIdentity.id)
    ).all()
    return tuple(_item(session, vault, one, at) for one in found)


def to_settle(
    session: Session, *, vault: Vault, viewer: Actor, at: datetime
) -> tuple[IdentityItem, ...]:
    """The questions that wait for the viewer: to be allowed, or to be opened."""
    check_reader(session, viewer)
    found = session.scalars(
        select(CaseIdentity)
        .where(visible(viewer, CaseIdentity.case_id), CaseIdentity.opened_at.is_(None))
        .order_by(CaseIdentity.asked_at, CaseIdentity.id)
    ).all()
    items = []
    for one in found:
        item = _item(session, vault, one, at)
        mine = parts_of(session, viewer, one.case_id) & OF_THE_PROCEDURE
        allows = item.state is IdentityState.ASKED and Part.IDENTITY_APPROVER in mine
        opens = item.state is IdentityState.APPROVED and Part.CUSTODIAN in mine
        if allows or opens:
            items.append(item)
    return tuple(items)


def reporter(
    session: Session, *, vault: Vault, viewer: Actor, request_id: str, at: datetime
) -> Reporter:
    """Who reported: for who asked and still has a part, while it is open; for nobody else."""
    row = session.get(CaseIdentity, request_id)
    if row is None:
        raise NotFound(NOT_OPEN)
    case = known_case(session, viewer, row.case_id)
    state = identity_state(approved=row.approved, opened_at=row.opened_at, now=at)
    theirs = row.asked_by == viewer.person_id and parts_of(session, viewer, case.id)
    if row.opened_at is None or state is not IdentityState.OPEN or not theirs:
        raise NotFound(NOT_OPEN, refused_matter=case.id)
    reach = reach_now(session, vault=vault, report_id=case.report_id)
    return Reporter(reach.name, reach.email, reach.phone, row.opened_at + IDENTITY_OPEN)


def _item(session: Session, vault: Vault, one: CaseIdentity, at: datetime) -> IdentityItem:
    people = {one.asked_by, one.settled_by or "", one.opened_by or ""} - {""}
    known = names(session, people)

    opened = partial(vault.show_of, session, one.case_id, one)
    return IdentityItem(
        id=one.id,
        case_id=one.case_id,
        state=identity_state(approved=one.approved, opened_at=one.opened_at, now=at),
        asked_by=known.get(one.asked_by, ""),
        asked_at=one.asked_at,
        reason=opened("reason"),
        settled_by=known.get(one.settled_by or "", ""),
        answer=opened("answer"),
        opened_by=known.get(one.opened_by or "", ""),
        opened_at=one.opened_at,
        closes_at=None if one.opened_at is None else one.opened_at + IDENTITY_OPEN,
    )

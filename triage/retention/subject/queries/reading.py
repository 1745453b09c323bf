"""One request with its items, its steps and its log: as one viewer may know of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from triage.core.access import Actor, visible
from triage.core.sealed import Vault
from triage.referrals.queries.listing import known_to as referral_known_to
from triage.referrals.tables import Referral
from triage.restrictions.queries.reach import known_to as restriction_known_to
from triage.restrictions.tables import Restriction
from triage.retention.subject.attached import File
from triage.retention.subject.queries.files import file_of, forwarded
from triage.retention.subject.queries.listing import RequestRow, known, row_of
from triage.retention.subject.rules import ItemKind
from triage.retention.subject.tables import (
    SubjectDisclosure,
    SubjectItem,
    SubjectStep,
    SubjectTerm,
)
from triage.retention.subject.terms import Terms, read_terms
from triage.staff.queries import names


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item, and what was decided about it; nothing of what it says."""

    id: str
    kind: ItemKind
    matter_id: str
    why: tuple[str, ...]
    decision: str | None
    ground: str | None
    said: str
    hide: str
    whole: bool
    outcome: str | None
    file: File | None
    """Where it is one, as its sender named it."""
    forwarded: bool
    """A file of a message that a colleague forwarded: it may be the colleague's."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a request, in a colleague's words where they gave any."""

    at: datetime
    who: str
    edge: str
    reason: str


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """One file that was made. What is in it, who made it knows: to others it is a line."""

    at: datetime
    who: str
    sha256: str
    """Of one's own alone: another's may hold what the reader has no part in."""


@dataclass(frozen=True, slots=True)
class RequestItem:
    """One request, with all that its viewer may know of it."""

    row: RequestRow
    terms: tuple[str, ...]
    items: tuple[ItemRow, ...]
    steps: tuple[StepRow, ...]
    disclosures: tuple[DisclosureRow, ...]


def request(
    session: Session, *, viewer: Actor, vault: Vault, now: datetime, request_id: str
) -> RequestItem:
    """One request; ``NotFound`` alike for none and for one that is not theirs to know."""
    found = known(session, viewer, request_id)
    steps = session.scalars(
        select(SubjectStep)
        .where(SubjectStep.request_id == request_id)
        .order_by(SubjectStep.sequence)
    ).all()
    made = session.scalars(
        select(SubjectDisclosure)
        .where(SubjectDisclosure.request_id == request_id)
        .order_by(SubjectDisclosure.at, SubjectDisclosure.id)
    ).all()
    people = names(session, {one.actor_id for one in steps} | {one.by for one in made})

    def reason(one: SubjectStep) -> str:
        return vault.show(
            session, owner_id=request_id, table="subject_steps", column="reason", row_id=one.id,
            sealed=one.reason,
        )  # fmt: skip

    return RequestItem(
        row=row_of(session, vault, found, now),
        terms=terms_typed(session, vault, request_id),
        items=tuple(
            item_row(session, vault, request_id, one)
            for one in items_of(session, viewer, request_id)
        ),
        steps=tuple(
            StepRow(one.at, people.get(one.actor_id, "Somebody"), one.edge, reason(one))
            for one in steps
        ),
        disclosures=tuple(
            DisclosureRow(
                one.at,
                people.get(one.by, "The command line"),
                one.sha256 if one.by == viewer.person_id else "",
            )
            for one in made
        ),
    )


def items_of(session: Session, viewer: Actor, request_id: str) -> tuple[SubjectItem, ...]:
    """The items of a request that lie in nothing that is closed to the viewer."""
    found = session.scalars(
        select(SubjectItem)
        .where(SubjectItem.request_id == request_id, seen_by(viewer))
        .order_by(SubjectItem.kind, SubjectItem.of_id)
    )
    return tuple(found)


def seen_by(viewer: Actor) -> ColumnElement[bool]:
    """True for items that lie in what the viewer may know of, read now and not when found."""
    barred_restriction = and_(
        SubjectItem.kind == ItemKind.RESTRICTION.value,
        SubjectItem.of_id.not_in(select(Restriction.id).where(restriction_known_to(viewer))),
    )
    barred_referral = and_(
        SubjectItem.kind == ItemKind.REFERRAL.value,
        SubjectItem.of_id.not_in(select(Referral.id).where(referral_known_to(viewer))),
    )
    return and_(visible(viewer, SubjectItem.matter_id), ~or_(barred_restriction, barred_referral))


def item_row(session: Session, vault: Vault, request_id: str, one: SubjectItem) -> ItemRow:
    """An item as it is listed."""
    return ItemRow(
        id=one.id,
        kind=ItemKind(one.kind),
        matter_id=one.matter_id,
        why=tuple(one.why),
        decision=one.decision,
        ground=one.ground,
        said=opened(session, vault, request_id, one, "said"),
        hide=opened(session, vault, request_id, one, "hide"),
        whole=one.whole,
        outcome=one.outcome,
        file=file_of(session, one),
        forwarded=one.kind == ItemKind.FILE.value and forwarded(session, one.matter_id),
    )


def opened(session: Session, vault: Vault, request_id: str, item: SubjectItem, column: str) -> str:
    """A colleague's words at an item."""
    return vault.show(
        session, owner_id=request_id, table="subject_items", column=column, row_id=item.id,
        sealed=getattr(item, column),
    )  # fmt: skip


def terms_typed(session: Session, vault: Vault, request_id: str) -> tuple[str, ...]:
    """By what somebody is looked for, as it was typed."""
    found = session.scalars(
        select(SubjectTerm)
        .where(SubjectTerm.request_id == request_id)
        .order_by(SubjectTerm.added_at, SubjectTerm.id)
    )
    return tuple(
        vault.show(
            session, owner_id=request_id, table="subject_terms", column="value", row_id=one.id,
            sealed=one.value,
        )
        for one in found
    )  # fmt: skip


def terms_of(session: Session, vault: Vault, request_id: str) -> Terms:
    """The same, as it is searched."""
    return read_terms(terms_typed(session, vault, request_id))

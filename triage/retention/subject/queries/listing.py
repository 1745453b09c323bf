"""Requests in lists: what was passed on to here, what is open, and by when it is answered."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, select, true
from sqlalchemy.orm import Session

from triage.conduct.kinds import RoutedTo
from triage.core.access import Action, Actor, can, check, visible
from triage.core.errors import NotFound
from triage.core.sealed import Vault
from triage.messages.rules import Edge as MessageEdge
from triage.messages.rules import State as MessageState
from triage.messages.tables import Message, MessageTransition
from triage.retention.subject import rules
from triage.retention.subject.due import Pressing, due_on, pressing
from triage.retention.subject.rules import Kind, State
from triage.retention.subject.tables import SubjectRequest
from triage.staff.calendar import local_day

ROUTES: dict[RoutedTo, Kind] = {
    RoutedTo.SUBJECT_ACCESS: Kind.ACCESS,
    RoutedTo.DATA_PROTECTION_COMPLAINT: Kind.COMPLAINT,
}
"""What a reviewer passed on to here."""
FOR_A_SECOND = (State.REVIEWED.value, State.REFUSAL_ASKED.value)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request in a list."""

    id: str
    version: int
    kind: Kind
    state: State
    received_on: date
    due_on: date
    late: bool
    soon: bool
    who: str
    contact: str
    asked_for: str
    extended: bool
    waiting_for_identity: bool
    refusal: str | None
    seen: bool
    overridden: bool


@dataclass(frozen=True, slots=True)
class RoutedRow:
    """A message that was passed on to here, and that nobody has entered yet."""

    message_id: str
    kind: Kind
    received_on: date
    due_on: date
    pressing: Pressing | None


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """What waits for who may answer it."""

    waiting: int
    late: int
    soon: int


def requests(
    session: Session, *, viewer: Actor, vault: Vault, now: datetime, ended: bool = False
) -> tuple[RequestRow, ...]:
    """Requests that are open, or those that ended; the next to fall due first."""
    state = SubjectRequest.state.in_(sorted(rules.ENDED))
    found = session.scalars(
        select(SubjectRequest).where(_known(viewer), state if ended else ~state)
    ).all()
    rows = (row_of(session, vault, one, now) for one in found)
    return tuple(sorted(rows, key=lambda one: (one.due_on, one.id)))


def routed(session: Session, *, viewer: Actor, now: datetime) -> tuple[RoutedRow, ...]:
    """Messages that reviewers passed on to here, oldest first. The clock of each runs."""
    if not viewer.is_system:
        check(viewer, Action.ANSWER_SUBJECTS)
    taken = exists().where(SubjectRequest.message_id == Message.id)
    rows = session.execute(
        select(Message.id, Message.received_at, MessageTransition.details)
        .join(MessageTransition, MessageTransition.message_id == Message.id)
        .where(
            visible(viewer, Message.id),
            Message.state == MessageState.ROUTED.value,
            MessageTransition.edge == MessageEdge.ROUTE.value,
            MessageTransition.at == Message.decided_at,
            ~taken,
        )
        .order_by(Message.received_at, Message.id)
    ).all()
    kinds = {route.value: kind for route, kind in ROUTES.items()}
    return tuple(
        _routed(one.id, kinds[one.details["routed_to"]], local_day(one.received_at), now)
        for one in rows
        if one.details.get("routed_to") in kinds
    )


def to_answer(session: Session, *, viewer: Actor, now: datetime) -> ToAnswer:
    """How many wait for an answer, entered or not, of what the viewer may answer."""
    check(viewer, Action.ANSWER_SUBJECTS)
    today = local_day(now)
    near = [
        pressing(due_of(one, today), today)
        for one in session.scalars(_waiting(visible(viewer, SubjectRequest.id)))
        if waits(one)
    ]
    near += [one.pressing for one in routed(session, viewer=viewer, now=now)]
    return ToAnswer(len(near), near.count(Pressing.LATE), near.count(Pressing.SOON))


def known(session: Session, viewer: Actor, request_id: str) -> SubjectRequest:
    """The request, for who may know of it."""
    where = (SubjectRequest.id == request_id, _known(viewer))
    found = session.scalar(select(SubjectRequest).where(*where))
    if found is None:
        raise NotFound(rules.NO_SUCH_REQUEST)
    return found


def open_requests(session: Session) -> tuple[SubjectRequest, ...]:
    """Those that wait for an answer, whoever may know of them: for what runs by itself."""
    return tuple(session.scalars(_waiting(true())))


def waits(found: SubjectRequest) -> bool:
    """Whether an answer is owed. A complaint that was acknowledged has no day any more."""
    acknowledged = Kind(found.kind) is Kind.COMPLAINT and found.acknowledged_on is not None
    return State(found.state) in rules.UNANSWERED and not acknowledged


def due_of(found: SubjectRequest, today: date) -> date:
    """The last day for an answer, as it stands today."""
    return due_on(
        Kind(found.kind),
        found.received_on,
        extended=found.extended is not None,
        paused=found.paused_days,
        asked=found.identity_asked_on,
        today=today,
    )


def _waiting(where: ColumnElement[bool]) -> Select[SubjectRequest]:
    live = SubjectRequest.state.in_([one.value for one in sorted(rules.UNANSWERED)])
    return select(SubjectRequest).where(where, live).order_by(SubjectRequest.id)


def _known(viewer: Actor) -> ColumnElement[bool]:
    """Requests in which the viewer is not shut out; who is a second person alone, sees what waits
    for one."""
    check(viewer, Action.READ_SUBJECTS)
    where = visible(viewer, SubjectRequest.id)
    if not can(viewer, Action.ANSWER_SUBJECTS):
        where = and_(where, SubjectRequest.state.in_(FOR_A_SECOND))
    return where


def row_of(session: Session, vault: Vault, found: SubjectRequest, now: datetime) -> RequestRow:
    """A request as it is listed."""
    today, kind, state = local_day(now), Kind(found.kind), State(found.state)
    due = due_of(found, today)
    near = pressing(due, today) if waits(found) else None

    def shown(column: str) -> str:
        return vault.show(
            session, owner_id=found.id, table="subject_requests", column=column, row_id=found.id,
            sealed=getattr(found, column),
        )  # fmt: skip

    return RequestRow(
        id=found.id,
        version=found.version,
        kind=kind,
        state=state,
        received_on=found.received_on,
        due_on=due,
        late=near is Pressing.LATE,
        soon=near is Pressing.SOON,
        who=shown("who"),
        contact=shown("contact"),
        asked_for=shown("asked_for"),
        extended=found.extended is not None,
        waiting_for_identity=found.identity_asked_on is not None,
        refusal=found.refusal,
        seen=found.seen_hash is not None,
        overridden=found.overridden,
    )


def _routed(message_id: str, kind: Kind, received: date, now: datetime) -> RoutedRow:
    due = due_on(kind, received)
    return RoutedRow(message_id, kind, received, due, pressing(due, local_day(now)))

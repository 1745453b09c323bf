"""Cases in lists: where each stands and whose it is. Nothing of anybody's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from triage.cases.due import due_at
from triage.cases.rules import NO_SUCH_CASE, OPEN, State, words
from triage.cases.tables import Case, CasePart, Event
from triage.core.access import Action, Actor, check, visible
from triage.core.closed import MatterMember
from triage.core.errors import NotFound
from triage.core.settings import Settings
from triage.reports.tables import Report
from triage.staff.processes import Part
from triage.staff.queries import names
from triage.staff.queries.team import work_calendar


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list."""

    id: str
    version: int
    state: State
    said: str
    """Where it stands, as people read it."""
    state_since: datetime
    received_at: datetime
    due: datetime | None
    overdue: bool
    event_id: str | None
    happening_now: bool
    held_outside: bool
    parts: frozenset[Part]
    """The viewer's own."""
    handler: str
    """A name; nobody's where it waits."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of ours."""

    id: str
    code: str
    name: str
    starts: datetime
    ends: datetime
    on_site: str
    lead_id: str | None
    ended: bool


def waiting(
    session: Session, *, viewer: Actor, at: datetime, settings: Settings
) -> tuple[CaseRow, ...]:
    """Reports that the viewer may take, oldest first; what happens now before the others."""
    found = _rows(session, viewer, at, settings, Case.state == State.SUBMITTED.value)
    return tuple(sorted(found, key=lambda one: (not one.happening_now, one.received_at, one.id)))


def mine(
    session: Session, *, viewer: Actor, at: datetime, settings: Settings, ended: bool = False
) -> tuple[CaseRow, ...]:
    """The cases in which the viewer has a part; open ones, or those that have ended."""
    held = exists().where(
        CasePart.case_id == Case.id,
        CasePart.person_id == viewer.person_id,
        CasePart.until.is_(None),
    )
    is_open = Case.state.in_([one.value for one in OPEN])
    return _rows(session, viewer, at, settings, held, ~is_open if ended else is_open)


def board(
    session: Session, *, viewer: Actor, at: datetime, settings: Settings
) -> tuple[CaseRow, ...]:
    """Every open case of which the viewer may know: what is overdue first."""
    found = _rows(session, viewer, at, settings, Case.state.in_([one.value for one in OPEN]))
    return tuple(sorted(found, key=lambda one: (not one.overdue, one.state_since, one.id)))


def live(
    session: Session, *, viewer: Actor, at: datetime, settings: Settings
) -> tuple[CaseRow, ...]:
    """The live-event lane: open cases from events, or that happen now."""
    event = Case.event_id.is_not(None) | Case.happening_now
    return _rows(session, viewer, at, settings, event, Case.state.in_([one.value for one in OPEN]))


def events(session: Session, *, viewer: Actor) -> tuple[EventRow, ...]:
    """Events and their codes, newest first."""
    check(viewer, Action.SET_UP_EVENT)
    found = session.scalars(select(Event).order_by(Event.starts.desc(), Event.id)).all()
    return tuple(
        EventRow(
            one.id, one.code, one.name, one.starts, one.ends, one.on_site, one.lead_id,
            one.ended_at is not None,
        )
        for one in found
    )  # fmt: skip


def named_event(session: Session, event_id: str | None, text: str) -> str:
    """An event of ours that something is about, by its name, with what was said of it beside; or
    another, as it was typed. For whoever reads what it is about."""
    event = None if event_id is None else session.get(Event, event_id)
    return ": ".join(one for one in (event.name if event is not None else "", text) if one)


def any_sealed(session: Session) -> bool:
    """Whether a report waits to be opened by the system."""
    found = select(Report.id).where(Report.opened_at.is_(None)).limit(1)
    return session.scalar(found) is not None


def case_row(
    session: Session, *, viewer: Actor, case_id: str, at: datetime, settings: Settings
) -> CaseRow:
    """One case as a row of a list; ``NotFound`` alike for none and for one that is hidden."""
    found = _rows(session, viewer, at, settings, Case.id == case_id)
    if not found:
        raise NotFound(NO_SUCH_CASE)
    return found[0]


def invited(session: Session, *, viewer: Actor, now: datetime) -> bool:
    """Whether somebody without a role in cases was let into one, and so finds the page."""
    let_in = select(MatterMember.matter_id).where(MatterMember.person_id == viewer.person_id)
    return session.scalar(let_in.where(MatterMember.since <= now).limit(1)) is not None


def check_reader(session: Session, viewer: Actor) -> None:
    """Cases are for who has a role in them, and for who was let into one: a trustee who stands
    in has no role here, and sees that one alone."""
    let_in = select(MatterMember.matter_id).where(MatterMember.person_id == viewer.person_id)
    if session.scalar(let_in.limit(1)) is None:
        check(viewer, Action.READ_CASES)


def _rows(
    session: Session,
    viewer: Actor,
    at: datetime,
    settings: Settings,
    *where: ColumnElement[bool],
) -> tuple[CaseRow, ...]:
    check_reader(session, viewer)
    found = session.scalars(
        select(Case).where(visible(viewer, Case.id), *where).order_by(Case.received_at, Case.id)
    ).all()
    held = _parts(session, [one.id for one in found])
    handlers = {
        case_id: next((person for person, part in rows if part is Part.HANDLER), None)
        for case_id, rows in held.items()
    }
    named = names(session, {one for one in handlers.values() if one is not None})
    calendar = work_calendar(session, settings)
    rows = []
    for one in found:
        due = due_at(
            State(one.state), one.state_since, calendar, settings,
            now_happening=one.happening_now,
        )  # fmt: skip
        handler = handlers.get(one.id)
        rows.append(
            CaseRow(
                id=one.id,
                version=one.version,
                state=State(one.state),
                said=words(State(one.state)),
                state_since=one.state_since,
                received_at=one.received_at,
                due=due,
                overdue=due is not None and due < at,
                event_id=one.event_id,
                happening_now=one.happening_now,
                held_outside=one.held_outside,
                parts=frozenset(
                    part for person, part in held.get(one.id, ()) if person == viewer.person_id
                ),
                handler="" if handler is None else named.get(handler, ""),
            )
        )
    return tuple(rows)


def _parts(session: Session, case_ids: Sequence[str]) -> dict[str, list[tuple[str, Part]]]:
    held: dict[str, list[tuple[str, Part]]] = {}
    found = session.execute(
        select(CasePart.case_id, CasePart.person_id, CasePart.part)
        .where(CasePart.case_id.in_(case_ids), CasePart.until.is_(None))
        .order_by(CasePart.since, CasePart.id)
    )
    for case_id, person_id, part in found:
        held.setdefault(case_id, []).append((person_id, Part(part)))
    return held

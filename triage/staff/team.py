"""What is read of a team: plain rows, shared by the queries, the screen and the command line."""

from dataclasses import dataclass
from datetime import datetime

from triage.core.roles import Role
from triage.staff.calendar import Span
from triage.staff.capability import Line


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One account, open or closed."""

    id: str
    name: str
    email: str
    roles: frozenset[Role]
    active: bool
    linked: bool
    """Whether a first sign-in has tied it to an identity."""
    reason: str
    """Why a manager holds other roles, where one was recorded."""


@dataclass(frozen=True, slots=True)
class FallbackRow:
    """Somebody named to step in for one process, or for all (``None``)."""

    person_id: str
    name: str
    process: str | None
    outside: bool
    tried_at: datetime | None


@dataclass(frozen=True, slots=True)
class GuestRow:
    """One invitation in force."""

    person_id: str
    name: str
    matter_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One shift or absence."""

    id: str
    person_id: str
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class DutyNow:
    """Who is on duty at a moment, and who comes next. Each as (id, name), by name."""

    here: tuple[tuple[str, str], ...]
    following: tuple[tuple[str, str], ...]
    following_at: datetime | None
    open_now: bool
    """Whether this is a working hour."""


@dataclass(frozen=True, slots=True)
class TeamPage:
    """Everything that the staff page shows."""

    people: tuple[StaffRow, ...]
    """Open accounts of the team; guests only as far as the viewer may know of their matter."""
    away: frozenset[str]
    lines: tuple[Line, ...]
    on_duty: tuple[str, ...]
    """Names."""
    gaps: tuple[Span, ...]
    has_rota: bool
    """Whether anybody is on the rota in the days ahead."""
    open_now: bool
    """Whether this is a working hour."""
    fallbacks: tuple[FallbackRow, ...]
    guests: tuple[GuestRow, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What the doctor asks of a team."""

    people: int
    lines: tuple[Line, ...]
    problems: tuple[str, ...]

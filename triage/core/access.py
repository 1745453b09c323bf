"""Who may do what: one table, deny by default; and the one filter of what a person may know of."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, true
from sqlalchemy.orm import InstrumentedAttribute

from triage.core.errors import NotAllowed
from triage.core.exclusions import Exclusion
from triage.core.roles import Role


class Action(StrEnum):
    """Everything that needs a right."""

    RECEIVE = "receive"
    REVIEW = "review"
    FLAG = "flag"
    TAKE_NOTE = "take_note"
    FIND_UNFLAGGED = "find_unflagged"
    READ_RECORD = "read_record"
    READ_SYSTEM = "read_system"
    READ_TRENDS = "read_trends"
    MANAGE_STAFF = "manage_staff"
    READ_TEAM = "read_team"
    RUN_JOBS = "run_jobs"
    MANAGE_KEYS = "manage_keys"
    MANAGE_MODEL = "manage_model"
    EXPORT_RECORD = "export_record"
    EXPORT_LABELS = "export_labels"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with the roles they hold now, or the system (no person, no roles)."""

    person_id: str
    name: str
    roles: frozenset[Role] = frozenset()
    is_system: bool = False


SYSTEM = Actor(person_id="system", name="the system", is_system=True)
"""May only score, queue, remind, alert, expire, lapse, erase (lifecycles.md, rule 1)."""

CONSOLE = Actor(person_id="console", name="the command line", roles=frozenset({Role.ADMIN}))
"""Whoever has a shell on the server: may keep the staff list, and reads no content.

What it takes out whole for the deployer (the record, labelled texts) goes on the record."""

ROLES: dict[Action, frozenset[Role]] = {
    Action.REVIEW: frozenset({Role.REVIEWER}),
    Action.FIND_UNFLAGGED: frozenset({Role.REVIEWER}),
    Action.READ_RECORD: frozenset({Role.REVIEWER, Role.DECIDER}),
    Action.READ_SYSTEM: frozenset({Role.ADMIN}),
    Action.READ_TRENDS: frozenset({Role.MANAGER, Role.DECIDER}),
    Action.MANAGE_STAFF: frozenset({Role.ADMIN}),
    Action.MANAGE_KEYS: frozenset({Role.ADMIN}),
    Action.MANAGE_MODEL: frozenset({Role.ADMIN}),
    Action.EXPORT_RECORD: frozenset({Role.ADMIN}),
    Action.EXPORT_LABELS: frozenset({Role.ADMIN}),
    Action.READ_TEAM: frozenset({Role.ADMIN, Role.DECIDER, Role.MANAGER}),
}
"""Action -> the roles that may. What is not here, no person may."""

EVERY_MEMBER: frozenset[Action] = frozenset({Action.FLAG, Action.TAKE_NOTE})
"""What any signed-in member of staff may do, whatever their roles. Guests are not staff.

Both put something before reviewers and read nothing back, and anybody's phone may ring: so a
manager and an admin may too, who otherwise see no content.
"""

SYSTEM_ACTIONS: frozenset[Action] = frozenset({Action.RECEIVE, Action.RUN_JOBS})


def can(actor: Actor, action: Action) -> bool:
    """Whether the table lets this actor do this; nothing else decides."""
    if actor.is_system:
        return action in SYSTEM_ACTIONS
    if action in EVERY_MEMBER and actor.roles != {Role.GUEST}:
        return True
    return bool(actor.roles & ROLES.get(action, frozenset()))


def check(actor: Actor, action: Action) -> None:
    """Raise ``NotAllowed`` where ``can`` says no."""
    if not can(actor, action):
        raise NotAllowed(f"{actor.name} may not do this ({action.value}).", what=action.value)


def visible(
    viewer: Actor, matter: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
) -> ColumnElement[bool]:
    """The one filter: true for matters from which the viewer is not excluded.

    Every query of every room joins it (P-REC-1, P-REC-2, P-REC-4): a recipient, a person
    reported, somebody recused or excluded gets no row, no count and no search hit.
    """
    if viewer.is_system:
        return true()
    return ~exists().where(Exclusion.matter_id == matter, Exclusion.person_id == viewer.person_id)

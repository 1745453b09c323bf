"""One file a screen, and the registry of them. What is not registered has no page."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.views import (
    contact,
    decisions,
    find,
    mine,
    note,
    propose,
    record,
    referrals,
    review,
    sender,
    system,
    tasks,
    team,
    today,
    you,
)
from triage.core.access import Action


@dataclass(frozen=True, slots=True)
class View:
    """One page: where it is, what it needs, what draws it."""

    path: str
    title: str
    action: Action | None
    """``None``: for everybody who is signed in."""
    draw: Callable[[], None]


def views() -> tuple[View, ...]:
    """Every page, in the order of the menu; the first that a person may open is their start."""
    return (
        View("today", "Today", Action.READ_TODAY, today.draw),
        View("review", "Review", Action.REVIEW, review.draw),
        View("find", "Find", Action.REVIEW, find.draw),
        View("decisions", "Decisions", Action.READ_RESTRICTIONS, decisions.draw),
        View("propose", "Propose a restriction", Action.PROPOSE_RESTRICTION, propose.draw),
        View("tasks", "Tasks", Action.WORK_TASKS, tasks.draw),
        View("referrals", "Police", Action.READ_REFERRALS, referrals.draw),
        View("sender", "Sender", Action.REVIEW, sender.draw),
        View("record", "Record", Action.READ_RECORD, record.draw),
        View("team", "Team", Action.READ_TEAM, team.draw),
        View("system", "System", Action.READ_SYSTEM, system.draw),
        View("mine", "Sent to you", Action.OWN_MESSAGES, mine.draw),
        View("contact", "Do not reply", Action.READ_DO_NOT_REPLY, contact.draw),
        View("you", "Your page", None, you.draw),
        View("note", "Enter a message", Action.TAKE_NOTE, note.draw),
    )

"""One file a screen, and the registry of them. What is not registered has no page."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.views import find, note, record, review, system, team, you
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
        View("review", "Review", Action.REVIEW, review.draw),
        View("find", "Find", Action.REVIEW, find.draw),
        View("record", "Record", Action.READ_RECORD, record.draw),
        View("team", "Team", Action.READ_TEAM, team.draw),
        View("system", "System", Action.READ_SYSTEM, system.draw),
        View("you", "Your page", None, you.draw),
        View("note", "Enter a message", Action.TAKE_NOTE, note.draw),
    )

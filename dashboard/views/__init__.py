"""One file a screen, and the registry of them. What is not registered has no page."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.session import Invited
from dashboard.views import (
    board,
    cases,
    contact,
    decisions,
    events,
    find,
    interim,
    mine,
    note,
    propose,
    quality,
    record,
    referrals,
    report,
    review,
    sender,
    subject,
    system,
    tasks,
    team,
    today,
    trends,
    you,
)
from triage.cases import queries as case_queries
from triage.core.access import Action
from triage.referrals.queries import asked
from triage.restrictions.queries import reach


@dataclass(frozen=True, slots=True)
class View:
    """One page: where it is, what it needs, what draws it."""

    path: str
    title: str
    action: Action | None
    """``None``: for everybody who is signed in."""
    draw: Callable[[], None]
    invited: Invited | None = None
    """Who is asked in from outside to one matter of the room comes in too, and sees that alone."""


def views() -> tuple[View, ...]:
    """Every page, in the order of the menu; the first that a person may open is their start."""
    return (
        View("today", "Today", Action.READ_TODAY, today.draw),
        View("review", "Review", Action.REVIEW, review.draw),
        View("find", "Find", Action.REVIEW, find.draw),
        View("sender", "Sender", Action.REVIEW, sender.draw),
        View("board", "Board", Action.READ_BOARD, board.draw),
        View("decisions", "Decisions", Action.READ_RESTRICTIONS, decisions.draw, reach.invited),
        View("propose", "Propose a restriction", Action.BEGIN_RESTRICTION, propose.draw),
        View("tasks", "Tasks", Action.WORK_TASKS, tasks.draw),
        View("referrals", "Police", Action.READ_REFERRALS, referrals.draw, asked.invited),
        View("cases", "Cases", Action.READ_CASES, cases.draw, case_queries.invited),
        View("interim", "Interim measure", Action.SET_INTERIM, interim.draw),
        View("events", "Events", Action.SET_UP_EVENT, events.draw),
        View("subject", "Data requests", Action.READ_SUBJECTS, subject.draw),
        View("record", "Record", Action.READ_RECORD, record.draw),
        View("trends", "Trends", Action.READ_TRENDS, trends.draw),
        View("team", "Team", Action.READ_TEAM, team.draw),
        View("quality", "Classifier", Action.READ_QUALITY, quality.draw),
        View("system", "System", Action.READ_SYSTEM, system.draw),
        View("mine", "Sent to you", Action.OWN_MESSAGES, mine.draw),
        View("contact", "Do not reply", Action.READ_DO_NOT_REPLY, contact.draw),
        View("you", "Your page", None, you.draw),
        View("note", "Enter a message", Action.TAKE_NOTE, note.draw),
        View("report", "Take a report down", Action.ENTER_REPORT, report.draw),
    )

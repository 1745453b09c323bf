"""How a day at the desk is said: the line at the top, and what happened. Pure.

Whoever adds a fact to the line adds one function to ``LINE``; it gives a clause without a full
stop, or nothing where there is nothing to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.words import LABELS, waited
from dashboard.words_due import NOTHING, pressing
from triage.messages.morning import Activity, Result, Today
from triage.messages.queries.history import LastImport
from triage.messages.rules import Lane, State
from triage.retention.subject.queries.listing import ToAnswer
from triage.staff.calendar import LONDON
from triage.staff.team import DutyNow

STUCK = timedelta(minutes=30)
"""An import that takes longer than this has most likely died."""
START: dict[Lane | None, str] = {
    Lane.URGENT: "Start with the first in the urgent lane",
    Lane.WELFARE: "Start with the first in the welfare lane",
    Lane.ORDINARY: "Start with the first",
    None: "Start with the first",
}
SPANS = {
    "shift": "This shift",
    "last_day": "Since the last working day",
    "last_here": "Since you were last here",
}


@dataclass(frozen=True, slots=True)
class Morning:
    """All that the line at the top is made of."""

    now: datetime
    viewer_id: str
    today: Today
    duty: DutyNow
    latest: LastImport | None
    alarms: tuple[datetime, ...] = ()
    """When each alarm was raised that nobody has yet, of those the viewer may see; oldest first."""
    mailboxes: tuple[datetime | None, ...] = ()
    """When each was looked into last; ``None``: never."""
    failing: int = 0
    """How many of them are failing, or were not looked into for long."""
    requests: ToAnswer = NOTHING
    """Data requests that the viewer may answer."""


# -- moments, by London's clock


def moment(at: datetime, now: datetime) -> str:
    """A moment as people say it: "17:10", "17:10 yesterday", "Friday 17:00", "27 February, 17:00".

    Only within six days is a weekday's name enough.
    """
    here, today = at.astimezone(LONDON), now.astimezone(LONDON).date()
    days = (here.date() - today).days
    clock = f"{here:%H:%M}"
    if days == 0:
        return clock
    if abs(days) == 1:
        return f"{clock} {'tomorrow' if days == 1 else 'yesterday'}"
    if abs(days) < 7:
        return f"{here:%A} {clock}"
    year = "" if here.year == today.year else f" {here.year}"
    return f"{here.day} {here:%B}{year}, {clock}"


def joined(parts: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def due(at: datetime, now: datetime) -> str:
    """ "due 16:00", "overdue since 16:00"."""
    return f"{'due' if at > now else 'overdue since'} {moment(at, now)}"


# -- the line at the top


def line(morning: Morning) -> tuple[str, ...]:
    """The clauses of the one line, the first with a capital."""
    first, *rest = [said for clause in LINE if (said := clause(morning))]
    return (first[:1].upper() + first[1:], *rest)


def _alarms(morning: Morning) -> str:
    if not morning.alarms:
        return ""
    since = moment(morning.alarms[0], morning.now)
    if len(morning.alarms) == 1:
        return f"1 alarm that nobody has yet, since {since}"
    return f"{len(morning.alarms)} alarms that nobody has yet, the first since {since}"


def _threat(morning: Morning) -> str:
    """By the urgent lane and by what people decided; a score is no fact."""
    today = morning.today
    if today.urgent and today.urgent_oldest is not None:
        since = moment(today.urgent_oldest, morning.now)
        oldest = "" if today.urgent == 1 else "the oldest "
        return f"{today.urgent} in the urgent lane, {oldest}since {since}"
    if today.newest is None:
        return "nothing urgent and nothing marked threatening in the last 30 days"
    since = moment(today.newest, morning.now)
    return f"nothing urgent and nothing marked threatening since {since}"


def _to_look_at(morning: Morning) -> str:
    today = morning.today
    if not today.to_look_at or today.oldest is None:
        return "nothing waiting"
    oldest = "" if today.to_look_at == 1 else "the oldest "
    return f"{today.to_look_at} to look at, {oldest}waiting {waited(morning.now, today.oldest)}"


def _yours(morning: Morning) -> str:
    return f"{morning.today.held} open with you" if morning.today.held else ""


def _your_welfare(morning: Morning) -> str:
    tasks = morning.today.welfare
    if not tasks:
        return ""
    by = due(tasks[0], morning.now)
    if len(tasks) == 1:
        return f"1 welfare task is yours, {by}"
    return f"{len(tasks)} welfare tasks are yours, the first {by}"


def _your_questions(morning: Morning) -> str:
    asked = morning.today.asked
    if not asked:
        return ""
    since = waited(morning.now, asked[0])
    if len(asked) == 1:
        return f"1 second look that you asked for waits, {since}"
    return f"{len(asked)} second looks that you asked for wait, the oldest {since}"


def _requests(morning: Morning) -> str:
    return pressing(morning.requests)


def _waiting_for(morning: Morning) -> str:
    owing = [f"{count} for {name}" for name, count in morning.today.waiting_for]
    return joined(owing).replace(" for ", " waiting for ", 1)


def _open_with(morning: Morning) -> str:
    opened = [f"{count} with {name}" for name, count in morning.today.open_with]
    return joined(opened).replace(" with ", " open with ", 1)


def _on_duty(morning: Morning) -> str:
    duty = morning.duty
    if duty.here:
        others = [name for person_id, name in duty.here if person_id != morning.viewer_id]
        you = ["you"] if len(others) < len(duty.here) else []
        return f"on duty: {joined(you + others)}"
    hour = " in this working hour" if duty.open_now else ""
    if duty.following_at is None:
        return f"nobody is on duty{hour}, and nobody is on the rota"
    names = joined([name for _, name in duty.following])
    return f"nobody is on duty{hour} until {moment(duty.following_at, morning.now)} ({names})"


def _last_import(morning: Morning) -> str:
    latest = morning.latest
    if latest is None:
        return "no mail has been imported yet"
    if latest.ended_at is None:
        return f"an import began {moment(latest.started_at, morning.now)} and has not ended"
    ago = waited(morning.now, latest.ended_at)
    return f"last import {moment(latest.ended_at, morning.now)}, {ago} ago"


def _mailboxes(morning: Morning) -> str:
    boxes = morning.mailboxes
    if not boxes:
        return ""
    if morning.failing:
        return f"{morning.failing} of {len(boxes)} mailbox folders failing"
    oldest = min((one for one in boxes if one is not None), default=None)
    return "" if oldest is None else f"mailboxes checked {waited(morning.now, oldest)} ago"


LINE: tuple[Callable[[Morning], str], ...] = (
    _alarms,
    _threat,
    _to_look_at,
    _yours,
    _your_welfare,
    _your_questions,
    _requests,
    _waiting_for,
    _open_with,
    _on_duty,
    _last_import,
    _mailboxes,
)
"""The clauses of the line, in order."""


# -- what happened


def happened(activity: Activity) -> str:
    """ "3 came to the queue; 8 looked at (2 threatening, 6 none of these)"."""
    came = f"{activity.came} came to the queue" if activity.came else ""
    parts = [one for one in (came, _looked_at(activity)) if one]
    return "; ".join(parts) or "nothing came to the queue and nothing was looked at"


def _looked_at(activity: Activity) -> str:
    if not activity.results:
        return ""
    results = ", ".join(f"{one.count} {_result(one)}" for one in activity.results)
    return f"{activity.looked_at} looked at ({results})"


def _result(one: Result) -> str:
    if one.labels:
        return joined([LABELS[label].lower() for label in one.labels])
    return {
        State.NO_ACTION: "none of these",
        State.ROUTED: "passed on",
        State.WELFARE_DONE: "welfare",
    }.get(one.state, one.state.value.replace("_", " "))


# -- banners


def import_stuck(latest: LastImport | None, now: datetime) -> str:
    """That the last import has not ended, once it should have; nothing while all is well."""
    if latest is None or latest.ended_at is not None or now - latest.started_at < STUCK:
        return ""
    return (
        f"The last import began {moment(latest.started_at, now)}, "
        f"{waited(now, latest.started_at)} ago, and has not ended."
    )


def not_scored(last: datetime | None, now: datetime) -> str:
    """Since when nothing has been scored."""
    if last is None:
        return "No message here has been scored yet."
    return (
        f"The newest message that was scored came in {moment(last, now)}, {waited(now, last)} ago."
    )

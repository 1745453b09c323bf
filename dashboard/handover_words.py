"""How a handover is said: counts, references and names of colleagues, fit for a chat. Pure.

Whoever adds a fact to the note adds one function to ``NOTE``; it gives a clause without a full
stop, or nothing where there is nothing to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dashboard.today_words import due, happened, joined, moment
from dashboard.words import plural, waited
from triage.core.ids import short_ref
from triage.messages.morning import Handover, Ref
from triage.notify.queries import MailOverview
from triage.staff.team import DutyNow

REFERENCES = 5
"""References in one clause of a note; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Note:
    """All that a handover note is made of."""

    now: datetime
    handover: Handover
    duty: DutyNow
    mail: MailOverview


def note(given: Note) -> str:
    """The handover note: counts, references and colleagues' names; nothing of any message."""
    since = moment(given.handover.activity.since, given.now)
    return f"Since {since}: {'; '.join(said for clause in NOTE if (said := clause(given)))}."


def _done(given: Note) -> str:
    return happened(given.handover.activity)


def _second_looks(given: Note) -> str:
    found = given.handover.second_looks
    if not found:
        return ""
    looks = plural(len(found), "second look")
    listed = _references(found, lambda one: f"waiting {waited(given.now, one.at)}")
    return f"{looks} that nobody has taken yet: {listed}"


def _opened(given: Note) -> str:
    found = given.handover.open_with
    listed = _references(found, lambda one: f"with {one.name}")
    return f"{len(found)} open: {listed}" if found else ""


def _welfare(given: Note) -> str:
    found = given.handover.welfare
    listed = _references(found, lambda one: f"with {one.name}, {due(one.at, given.now)}")
    return f"{plural(len(found), 'welfare task')}: {listed}" if found else ""


def _still(given: Note) -> str:
    found = given.handover
    if not found.waiting or found.oldest is None:
        return "nothing waiting"
    oldest = "" if found.waiting == 1 else "the oldest "
    return f"{found.waiting} still waiting, {oldest}since {moment(found.oldest, given.now)}"


def _alerts(given: Note) -> str:
    if not given.mail.set_up:
        return "alerts: no mail server is set up"
    if given.mail.failed:
        return "alerts: some were given up"
    return "alerts: late" if given.mail.late else "alerts: going out"


def _duty(given: Note) -> str:
    duty = given.duty
    here = joined([name for _, name in duty.here])
    now = f"on duty now: {here}" if here else "nobody is on duty now"
    if duty.following_at is None:
        return f"{now}; nobody is on the rota {'after that' if here else 'either'}"
    names = joined([name for _, name in duty.following])
    return f"{now}; on duty next: {names} from {moment(duty.following_at, given.now)}"


NOTE: tuple[Callable[[Note], str], ...] = (
    _done,
    _second_looks,
    _opened,
    _welfare,
    _still,
    _alerts,
    _duty,
)
"""The clauses of the note, in order. Open alarms go after what was done."""


def _references(found: tuple[Ref, ...], say: Callable[[Ref], str]) -> str:
    listed = [f"{short_ref(one.id)} {say(one)}" for one in found[:REFERENCES]]
    more = len(found) - REFERENCES
    return joined([*listed, f"{more} more"] if more > 0 else listed)

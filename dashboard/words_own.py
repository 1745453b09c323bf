"""What a recipient is told, in words: for the page of staff and for that of volunteers."""

from dashboard import words
from triage.messages.queries.own import OwnRow
from triage.messages.telling import Result, Told

STANDS = {
    Told.KEPT: "Kept. If somebody should look at it, flag it",
    Told.WAITING: "Waiting for a colleague",
    Told.LOOKED_AT: "Being looked at",
}
RESULTS = {
    Result.NO_ACTION: "Dealt with: no action",
    Result.NOTED: "Dealt with: noted",
    Result.PASSED_ON: "Dealt with: passed on to where it belongs",
    Result.DONE: "Dealt with",
}
DONE = {
    "flag": "Flagged. A colleague will look at it.",
    "alarm": "The alarm is raised: it is on top of what your colleagues look at. "
    "If someone is in danger now, call 999.",
    "called": "On the record: you called 999. The alarm is raised too.",
    "seen": "Noted for yourself: seen, dealt with.",
    "kept": "Kept.",
    "look": "A colleague will look at it before anything is decided.",
}
NOTHING = "Nothing that was sent to you is with your colleagues."


def standing(row: OwnRow) -> str:
    """Where it stands, in a few words; the result once it is certain."""
    if row.told is not Told.DEALT_WITH or row.result is None:
        return STANDS.get(row.told, STANDS[Told.LOOKED_AT])
    if row.labels:
        return f"Dealt with: noted as {words.kinds(row.labels)}"
    return RESULTS[row.result]


def came(row: OwnRow) -> str:
    """How it came, to which service, and when."""
    where = "" if row.service is None else f", {words.service(row.service)}"
    return f"{words.CHANNELS[row.channel]}{where}, received {words.when(row.received_at)}"


def marks(row: OwnRow) -> list[str]:
    """What they did about it themselves."""
    found = []
    if row.alarm_at is not None:
        found.append("You raised the alarm")
    elif row.flagged_at is not None:
        found.append("You flagged it")
    if row.called_at is not None:
        found.append(f"You called 999, {words.when(row.called_at)}")
    if row.second_look_at is not None:
        found.append("You asked for a second look")
    if row.seen_at is not None:
        found.append("Seen, dealt with for you")
    return found

"""How times and standings of the team are said, on the screen and on the command line alike."""

from datetime import datetime, timedelta

from triage.staff.calendar import LONDON, Span
from triage.staff.capability import Answer, Level

STANDS = {
    Level.TEAM: "Yes",
    Level.FALLBACK: "Only with the fallback",
    Level.NOBODY: "No",
}


def stands(answer: Answer) -> str:
    """Whether a process is carried, in words and not by colour: "No: nobody is there to …"."""
    said = STANDS[answer.level]
    return f"{said}: {answer.missing}" if answer.missing else said


def when(at: datetime) -> str:
    """A moment by London's clock."""
    return at.astimezone(LONDON).strftime("%a %-d %b %Y, %H:%M")


def span(one: Span) -> str:
    """A stretch of time by London's clock; the day is named once where there is one only."""
    starts, ends = one.starts.astimezone(LONDON), one.ends.astimezone(LONDON)
    if starts.date() == ends.date():
        return f"{when(starts)} to {ends:%H:%M}"
    if (starts.hour, starts.minute, ends.hour, ends.minute) == (0, 0, 0, 0):
        last = ends - timedelta(days=1)
        if last.date() == starts.date():
            return f"{starts:%a} {starts.day} {starts:%b %Y}, all day"
        return f"{starts:%a} {starts.day} {starts:%b %Y} to {last:%a} {last.day} {last:%b %Y}"
    return f"{when(starts)} to {when(ends)}"

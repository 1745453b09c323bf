"""Five lines to read to the operator: short, in the order in which they are asked for; pure."""

from dataclasses import dataclass
from datetime import datetime

from triage.core.ids import short_ref
from triage.staff.calendar import LONDON

LONGEST = 200
"""Characters of what somebody typed that are read out: a call is no place for more."""
NOTHING = "not known"


@dataclass(frozen=True, slots=True)
class Us:
    """Who calls, as the deployer set it: a role, and nobody's name."""

    organisation: str
    role: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class ToSay:
    """What the call is about."""

    referral_id: str
    received_at: datetime
    said: str
    """In one line, what the message says."""
    at_risk: str
    sender: str
    """What is known of who wrote it."""


def operator_lines(us: Us, about: ToSay) -> tuple[str, str, str, str, str]:
    """The lines, each one line whatever was typed. Copied in one press, read out one by one."""
    when = about.received_at.astimezone(LONDON)
    reach = ", ".join(_line(one) for one in (us.address, us.phone) if one.strip())
    name = f"{_line(us.role)}, {_line(us.organisation)}" if us.organisation else _line(us.role)
    return (
        f"We are {name}. You reach us at: {reach or NOTHING}.",
        f"On {when.day} {when:%B %Y} at {when:%H:%M} we got a message that says: "
        f"{_line(about.said)}.",
        f"Who may be at risk: {_line(about.at_risk)}.",
        f"What we know of who wrote it: {_line(about.sender)}.",
        f"Our reference is {short_ref(about.referral_id)}. We keep the originals.",
    )


def _line(text: str) -> str:
    """One line that can be read out: no line ends, nothing invisible, not too long."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(shown.split()).rstrip(".")
    if not line:
        return NOTHING
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"

"""What can be said, how a mail stands, and how long it is tried. Pure."""

from datetime import timedelta
from enum import StrEnum

TRIES = 18
"""Tries before a mail counts as failed: with the waits below, for two days."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
LEASE = timedelta(minutes=15)
"""How long one process may take over one mail. More than a dozen answers at the longest timeout."""
LATE = timedelta(minutes=15)
"""A mail that waits for longer than this shows."""
LINK_LASTS = timedelta(hours=24)
"""How long the link in a mail opens something, from when the mail goes."""
ACKNOWLEDGE = "acknowledge"
"""The purpose of the link in an alarm's mail (core.links)."""
MOST_ADDRESSES = 3
"""Further addresses a person may have for alerts."""


class Kind(StrEnum):
    """What an alert is for. Each has fixed words (words.py)."""

    REPORT = "report"
    """A new incident report waits to be opened."""
    WAITING = "waiting"
    """Messages wait in a lane."""
    TASK = "task"
    """A task is theirs now."""
    DUE = "due"
    """Something has a day by which it must be done, and the day is near."""
    OVERDUE = "overdue"
    NOBODY = "nobody"
    """Something waits that nobody who is there may do: somebody from outside can be asked in."""
    ROTA = "rota"
    """Nobody is on duty for a time that is coming."""
    DRILL = "drill"
    ALARM = "alarm"
    """Something that cannot wait is theirs to look at, or to say that they have it."""
    RESULT = "result"
    """Something that was sent to them has been dealt with."""


class Lane(StrEnum):
    """The lane that an alert may name: the queue's, as this room knows them, and reports."""

    URGENT = "urgent"
    WELFARE = "welfare"
    ORDINARY = "ordinary"
    REPORT = "report"
    """Incident reports that wait for somebody to take them."""
    EVENT = "event"
    """Those among them from an event that goes on at this moment."""


class MailState(StrEnum):
    """Where a mail stands: queued -> sent | failed."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Problem(StrEnum):
    """Why a mail has not gone. Codes: what a server answers may hold addresses."""

    NO_ADDRESS = "no_address"
    """The account is closed, or the address was taken off."""
    BAD_ADDRESS = "bad_address"
    ADDRESS_REFUSED = "address_refused"
    CONTENT_REFUSED = "content_refused"
    TRY_LATER = "try_later"
    SENDER_REFUSED = "sender_refused"
    SIGN_IN_REFUSED = "sign_in_refused"
    NO_TLS = "no_tls"
    NO_CONNECTION = "no_connection"
    CUT_OFF = "cut_off"
    LEFT = "left"
    """The process that was sending it ended; tried again, with the same Message-ID."""


FINAL = frozenset(
    {
        Problem.NO_ADDRESS,
        Problem.BAD_ADDRESS,
        Problem.ADDRESS_REFUSED,
        Problem.CONTENT_REFUSED,
    }
)
"""Trying again would change nothing."""

OF_THE_SERVER = frozenset(
    {
        Problem.SENDER_REFUSED,
        Problem.SIGN_IN_REFUSED,
        Problem.NO_TLS,
        Problem.NO_CONNECTION,
        Problem.CUT_OFF,
    }
)
"""Any other mail would fare the same: the rest waits for the next turn."""


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: one minute, doubled each time, six hours at most."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(tries - 1, 20)))


def state_after(tries: int, problem: Problem) -> MailState:
    """Where a mail stands after a try that failed."""
    done = problem in FINAL or tries >= TRIES
    return MailState.FAILED if done else MailState.QUEUED

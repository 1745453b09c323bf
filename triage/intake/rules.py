"""Why a mailbox cannot be read, and how long to wait before the next try. Pure."""

from datetime import timedelta
from enum import StrEnum

FIRST_WAIT = 5.0
LONGEST_WAIT = 600.0
"""Seconds. Shorter than the time after which the desk says that nobody looked."""
FIRST_WAIT_REFUSED = 60.0
LONGEST_WAIT_REFUSED = 1800.0
"""A password that is wrong stays wrong, and servers lock accounts that are tried too often."""

BATCH = 100
"""Messages that are asked for at once, while nothing goes wrong."""
ALONE = 3
"""What a cut counts for when one message alone was asked for; else 1."""
LEAVE_AFTER = 12
"""Cuts, counted so, after which the first message of what does not come is left for later: by then
it was asked for alone twice at least."""
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)


class Problem(StrEnum):
    """Why a mailbox is not read. Codes: what a server says may hold addresses."""

    NO_CONNECTION = "no_connection"
    NO_TLS = "no_tls"
    """It offers no encryption, or its certificate is not one to trust."""
    NO_SIGN_IN = "no_sign_in"
    """The settings of this machine hold neither a password nor OAuth2."""
    NO_ACCESS = "no_access"
    """The address that gives access tokens does not answer, or answers nonsense."""
    ACCESS_REFUSED = "access_refused"
    SIGN_IN_REFUSED = "sign_in_refused"
    TRY_LATER = "try_later"
    NO_FOLDER = "no_folder"
    REFUSED = "refused"
    CUT_OFF = "cut_off"
    NOT_UNDERSTOOD = "not_understood"
    STAFF_UNKNOWN = "staff_unknown"
    """A recipient in the settings is nobody on the staff list: their mail is not let in, since
    nothing would keep them from reviewing it."""
    NOT_KEPT = "not_kept"
    """It could be fetched, and not be stored."""


OF_THE_FOLDER = frozenset({Problem.NO_FOLDER})
"""The other folders of the mailbox may be well."""

SIGNING_IN = frozenset({Problem.ACCESS_REFUSED, Problem.SIGN_IN_REFUSED, Problem.NO_SIGN_IN})


def wait_after(failures: int, problem: Problem, chance: float) -> float:
    """Seconds to wait after so many failures in a row: doubled each time up to a longest one, and
    of that between a half and all, by ``chance`` in [0, 1], so that mailboxes spread out.

    After cuts the doubling begins late: what stands behind a message that breaks the connection
    each time must not wait long.
    """
    if problem is Problem.CUT_OFF:  # one message may be the cause: it is soon left for later
        failures -= LEAVE_AFTER
    refused = problem in SIGNING_IN
    first = FIRST_WAIT_REFUSED if refused else FIRST_WAIT
    longest = LONGEST_WAIT_REFUSED if refused else LONGEST_WAIT
    whole = min(longest, first * 2.0 ** min(max(failures, 1) - 1, 20))
    return whole * (0.5 + chance / 2)


def retry_after(tries: int) -> timedelta:
    """How long to wait before a message that could not be fetched is asked for again."""
    return min(LONGEST_RETRY, FIRST_RETRY * (1 << min(max(tries, 1) - 1, 20)))


def at_once(cuts: int, waiting: int) -> int:
    """How many of those that wait to ask for at once: half of them after each cut in a row."""
    return max(1, min(BATCH, waiting) >> cuts)

"""The words of alerts: fixed, and nothing in them that is about anybody (P-CON-2).

An alert may be read on a locked telephone, by a family member, or by whoever runs a mail server.
So it holds no name, no text, no number, no reference; at most a lane and where the desk is.
"""

import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from triage.core.text import is_address
from triage.notify.rules import Kind, Lane, Problem

SUBJECT = "Something at the desk needs you"
"""The same for every kind: a list of subjects tells nothing."""

WORDS: dict[Kind, str] = {
    Kind.REPORT: "Something new waits at the desk to be opened by you.",
    Kind.WAITING: "Messages wait at the desk.",
    Kind.TASK: "A task at the desk is yours.",
    Kind.DUE: "Something at the desk has a day by which it must be done, and the day is near.",
    Kind.OVERDUE: "Something at the desk is past its target time.",
    Kind.NOBODY: "Something at the desk waits, and nobody who is there may do it. Please look at "
    "the team page, and ask in somebody from outside.",
    Kind.ROTA: "The rota has a gap soon. Please look at the team page.",
    Kind.ALARM: "Something at the desk cannot wait, and you are the one who is asked.",
    Kind.DRILL: "This is a drill. Please sign in at the desk, so that we know this reaches you.",
    Kind.RESULT: "Something that was sent to you has been dealt with. Your own page shows it, and "
    "where support is.",
}

LANES: dict[Lane, str] = {
    Lane.URGENT: "It is in the urgent lane.",
    Lane.WELFARE: "It is in the welfare lane.",
    Lane.ORDINARY: "It is in the ordinary lane.",
    Lane.REPORT: "It is not a message of the queue.",
    Lane.EVENT: "It is not a message of the queue, and it is happening now.",
}

PROBLEMS: dict[Problem, str] = {
    Problem.NO_ADDRESS: "the account is closed, or has no such address any more",
    Problem.BAD_ADDRESS: "the address cannot be written to",
    Problem.ADDRESS_REFUSED: "the server refused the address",
    Problem.CONTENT_REFUSED: "the server refused the mail",
    Problem.TRY_LATER: "the server asked to try later",
    Problem.SENDER_REFUSED: "the server refused TRIAGE_SMTP_FROM",
    Problem.SIGN_IN_REFUSED: "the server refused TRIAGE_SMTP_USER and its password",
    Problem.NO_TLS: "no encryption could be agreed, so nothing was said",
    Problem.NO_CONNECTION: "the server did not answer",
    Problem.CUT_OFF: "the connection broke",
    Problem.LEFT: "the program ended while it was sending",
}
"""A problem, as said on a screen."""

LONGEST_URL = 200
HAVE_IT = "To say that you have it, open this page and press its button."
FOOT = "This mail says no more on purpose. Please do not answer it."
_PLACE = re.compile(r"[A-Za-z0-9.:/_\[\]~-]+")


class Undelivered(Exception):
    """A mail did not go; only a code says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def body(kind: Kind, lane: Lane | None, desk_url: str, token: str | None = None) -> str:
    """The text of an alert. ASCII, and the same for all who get one of this kind, but for the
    link of each: a token of ours, under the desk's own address."""
    said = WORDS[kind] if lane is None else f"{WORDS[kind]} {LANES[lane]}"
    link = _link(desk_url, token)
    return f"{said}\n\n{link}{_where(desk_url)}\n\n{FOOT}\n"


def compose(
    *,
    kind: Kind,
    lane: Lane | None,
    desk_url: str,
    sender: str,
    to: str,
    message_id: str,
    at: datetime,
    token: str | None = None,
) -> EmailMessage:
    """The whole mail. ``Undelivered`` where the address is none that a header may hold."""
    if not is_address(to):
        raise Undelivered(Problem.BAD_ADDRESS)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, SUBJECT
    mail["Message-ID"], mail["Date"] = message_id, format_datetime(at)
    mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"] = "auto-generated", "All"
    # As it is: another encoding for longer texts would tell one kind from another.
    mail.set_content(body(kind, lane, desk_url, token), charset="us-ascii", cte="7bit")
    return mail


def _link(desk_url: str, token: str | None) -> str:
    if token is None or not _plain(desk_url):
        return ""
    return f"{HAVE_IT}\n{desk_url.rstrip('/')}/a/{token}\n\n"


def _where(desk_url: str) -> str:
    """Where the desk is, if the setting is a plain address; no query, fragment or user in it."""
    return f"The desk: {desk_url}" if _plain(desk_url) else "Open the desk in your usual way."


def _plain(desk_url: str) -> bool:
    try:
        parts = urlsplit(desk_url)
        plain = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        plain = False
    return plain and len(desk_url) <= LONGEST_URL and _PLACE.fullmatch(desk_url) is not None

"""The mailboxes that are read: how, whether that is safe, and how they are doing. No secrets."""

from datetime import UTC, datetime

from triage.core.errors import TriageError, UnsafeConfiguration
from triage.core.mailboxes import Mailbox, unsafe
from triage.core.settings import Settings
from triage.doctor.findings import Finding, Level
from triage.intake.imap import library
from triage.intake.queries import FolderState, look_at_mailboxes
from triage.intake.words import said_of


def mailboxes(settings: Settings) -> list[Finding]:
    """A line for each mailbox, and one for each of its folders that does badly."""
    if not settings.mailboxes:
        return [Finding(Level.GOOD, "mailboxes", "none")]
    found = [_set_up(box) for box in settings.mailboxes]
    try:
        library()
    except TriageError as error:
        found.append(Finding(Level.NOTE, "mailboxes", "not read from here", str(error)))
    try:
        states = look_at_mailboxes(settings, datetime.now(UTC))
    except UnsafeConfiguration:
        return found  # said of the database or the key already
    return found + [_doing(one) for one in states or () if one.red]


def _set_up(box: Mailbox) -> Finding:
    how = "OAuth2" if box.oauth2 is not None else "a password"
    where = (
        f"{box.user} at {box.host}:{box.at_port}, tls {box.tls.value}, "
        f"{how if box.signs_in else 'no password here'}: {', '.join(box.folders)}"
    )
    why = unsafe(box)
    if why is not None:
        return Finding(Level.UNSAFE, f"mailbox {box.name}", where, why)
    return Finding(Level.GOOD, f"mailbox {box.name}", where)


def _doing(state: FolderState) -> Finding:
    what = f"mailbox {state.mailbox}, {state.folder}"
    code = "" if state.problem is None else f" ({state.problem.value})"
    return Finding(Level.NOTE, what, said_of(state) + code, "see: triage watch")

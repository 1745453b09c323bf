"""The team, and whether alerts reach it."""

from pathlib import Path

from triage.core.database import driver_url
from triage.core.errors import TriageError
from triage.core.settings import Settings
from triage.core.text import is_address
from triage.doctor.findings import LOOPBACK, Finding, Level
from triage.migrations import look, newest
from triage.notify.smtp import is_set_up
from triage.staff import capability
from triage.staff.queries.team import look_at_team


def mail(settings: Settings) -> Finding:
    """Alerts: whether they can go, and whether a password would travel in clear text."""
    if not settings.smtp_starttls and settings.smtp_password is not None:
        return Finding(
            Level.UNSAFE, "mail", "a password without TLS", "set TRIAGE_SMTP_STARTTLS=true"
        )
    if not is_set_up(settings):
        wanted = "set TRIAGE_SMTP_HOST and TRIAGE_SMTP_FROM (an address)"
        return Finding(Level.NOTE, "mail", "alerts stay in the outbox", wanted)
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    if settings.smtp_starttls or settings.smtp_host in LOOPBACK:
        return Finding(Level.GOOD, "mail", server)
    # Letters go this way too, and say to whom and what was decided.
    return Finding(
        Level.UNSAFE, "mail", f"{server}, in clear text", "set TRIAGE_SMTP_STARTTLS=true"
    )


def letters(settings: Settings) -> Finding:
    """Letters: whether they can go, and whether anybody can be told how to appeal."""
    sender = settings.letter_from or settings.smtp_from
    if not is_address(sender):
        return Finding(Level.NOTE, "letters", "copied out by hand", "set TRIAGE_LETTER_FROM")
    if not is_address(settings.appeal_address):
        wanted = "set TRIAGE_APPEAL_ADDRESS: without it no notice of a restriction is written"
        return Finding(Level.NOTE, "letters", f"from {sender}, no way to appeal", wanted)
    return Finding(Level.GOOD, "letters", f"from {sender}, appeals to {settings.appeal_address}")


def own_domains(settings: Settings) -> Finding:
    """The charity's own mail domains."""
    if settings.own_domains:
        return Finding(Level.GOOD, "own domains", ", ".join(settings.own_domains))
    return Finding(Level.NOTE, "own domains", "none", "set TRIAGE_OWN_DOMAINS")


def forwards(settings: Settings) -> Finding:
    """The mailbox for forwards: without checks, anybody can forward in a colleague's name."""
    if not settings.forward_to:
        return Finding(Level.NOTE, "forwards", "no mailbox", "set TRIAGE_FORWARD_TO")
    boxes = ", ".join(settings.forward_to)
    if settings.authserv_ids:
        return Finding(Level.GOOD, "forwards", boxes)
    return Finding(
        Level.NOTE,
        "forwards",
        f"{boxes}, senders not checked",
        "set TRIAGE_AUTHSERV_IDS to the names your mail server writes in Authentication-Results",
    )


def team(settings: Settings) -> list[Finding]:
    """The staff list: which processes it cannot carry, and a tried fallback from outside."""
    nobody = [Finding(Level.NOTE, "team", "nobody on the staff list", "triage staff add")]
    try:
        url = driver_url(settings.url)
        there = url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()
        if not there or look(settings.url) != newest():
            return nobody
    except TriageError:
        return []  # said of the database already
    found = look_at_team(settings.url)
    if not found.people:
        return nobody
    grave = Level.NOTE if settings.demo else Level.UNSAFE
    wanted = "triage staff fallback EMAIL, then triage staff drill EMAIL"
    not_carried = [one for one in found.lines if one.today.level is capability.Level.NOBODY]
    return [
        Finding(Level.GOOD, "team", f"{found.people} open accounts"),
        *(Finding(grave, "fallback", one, wanted) for one in found.problems),
        *(
            Finding(Level.NOTE, one.plan.title, one.today.missing, "triage staff list")
            for one in not_carried
        ),
    ]

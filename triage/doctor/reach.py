"""What others could reach: on the way to the database, in it, and among the keys."""

import stat

from triage.core.database import driver_url
from triage.core.errors import TriageError
from triage.core.keys import KeyStore
from triage.core.settings import Settings
from triage.doctor.findings import LOOPBACK, Finding, Level
from triage.migrations import Rights, rights, way

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
ENCRYPTED = ("require", "verify-ca", "verify-full")
"""Values of ``sslmode`` that go on in clear text in no case; the last alone knows the server."""


def database_server(settings: Settings) -> list[Finding]:
    """A PostgreSQL server: whether the way there is encrypted, and as whom we come."""
    try:
        url = driver_url(settings.url)
    except TriageError:
        return []  # said of the database already
    if url.get_backend_name() != "postgresql":
        return []
    hosts, mode = way(url)
    found: list[Finding] = []
    if all(host in LOOPBACK or host.startswith("/") for host in hosts):
        found.append(Finding(Level.GOOD, "way to the database", "this machine"))
    elif mode not in ENCRYPTED:
        advice = "add ?sslmode=verify-full: everything could travel in clear text"
        found.append(Finding(Level.UNSAFE, "way to the database", f"sslmode {mode}", advice))
    elif mode != ENCRYPTED[-1]:
        advice = "sslmode=verify-full: it would take another server for ours"
        found.append(Finding(Level.NOTE, "way to the database", f"sslmode {mode}", advice))
    else:
        found.append(Finding(Level.GOOD, "way to the database", f"sslmode {mode}"))
    held = _rights(settings)
    if held is not None and held.superuser:
        advice = "a role that owns this database and no more: this one passes over every trigger"
        found.append(Finding(Level.UNSAFE, "database role", f"{held.role}, a superuser", advice))
    elif held is not None:
        found.append(Finding(Level.GOOD, "database role", held.role))
    return found


def role_of_form(settings: Settings) -> list[Finding]:
    """Where the form is: whether its role reads what is none of the form's."""
    try:
        if driver_url(settings.url).get_backend_name() != "postgresql":
            return []
    except TriageError:
        return []
    held = _rights(settings)
    if held is not None and held.reads_people:
        advice = "a role of its own: triage form grants --role NAME"
        return [Finding(Level.UNSAFE, "form: role", f"{held.role} reads the staff list", advice)]
    return []


def keys_folder(settings: Settings) -> list[Finding]:
    """Who can put a key there reads all that is sealed from then on."""
    for folder in (settings.home, KeyStore(settings).folder):
        if folder.is_dir() and folder.stat().st_mode & OTHERS_WRITE:
            advice = f"others can put keys there: chmod 700 {folder}"
            return [Finding(Level.UNSAFE, "keys folder", str(folder), advice)]
    return []


def _rights(settings: Settings) -> Rights | None:
    try:
        return rights(settings.url)
    except TriageError:
        return None  # said of the database already

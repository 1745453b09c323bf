"""The database, its schema, and the keys."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from triage.core.anchors import LAST_HEAD, last_signed
from triage.core.crypto import KeyedHash, load_hash_key
from triage.core.database import driver_url
from triage.core.errors import KeyMissing, TriageError, UnsafeConfiguration
from triage.core.keys import KeyStore
from triage.core.settings import Settings
from triage.doctor.findings import Finding, Level, private
from triage.migrations import known, look, newest

HEAD_AGE = timedelta(days=7)
"""A signed head that is older protects little of the record against being cut off."""


def database(settings: Settings) -> list[Finding]:
    """The database, who can read its file, and its schema."""
    try:
        url = driver_url(settings.url)
    except UnsafeConfiguration as error:
        return [Finding(Level.UNSAFE, "database", "not readable", str(error))]
    shown = url.render_as_string(hide_password=True)
    backend = url.get_backend_name()
    if settings.demo and settings.database_url is not None:
        return [Finding(Level.UNSAFE, "database", shown, "the demonstration must not use this one")]
    if backend == "sqlite" and url.database and not Path(url.database).exists():
        return [Finding(Level.NOTE, "database", shown, "made at the first import")]
    findings = [Finding(Level.GOOD, "database", shown)]
    if backend == "sqlite" and url.database:
        findings.append(private(Path(url.database), "database file"))
    try:
        at = look(settings.url)
    except TriageError as error:
        return [Finding(Level.UNSAFE, "database", shown, f"cannot be opened: {error}")]
    schema = f"revision {at or 'none'}"
    if not known(at):
        advice = "made by a later version of this program: install that one"
        findings.append(Finding(Level.UNSAFE, "schema", schema, advice))
    elif at == newest():
        findings.append(Finding(Level.GOOD, "schema", schema))
    else:
        findings.append(Finding(Level.NOTE, "schema", schema, f"will be brought to {newest()}"))
    return findings


def is_ready(settings: Settings) -> bool:
    """Whether there is a database at the newest schema; what is wrong with it is said above."""
    try:
        url = driver_url(settings.url)
        there = url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()
        return there and look(settings.url) == newest()
    except TriageError:
        return False


def key(settings: Settings) -> Finding:
    """The key of the keyed hashes."""
    if settings.hash_key is not None:
        try:
            KeyedHash(settings.hash_key.get_secret_value().encode())
        except UnsafeConfiguration as error:
            return Finding(Level.UNSAFE, "hash key", "TRIAGE_HASH_KEY", str(error))
        return Finding(Level.GOOD, "hash key", "from TRIAGE_HASH_KEY")
    path = settings.home / "hash.key"
    if not path.exists():
        return Finding(Level.NOTE, "hash key", str(path), "made at the first import")
    try:
        load_hash_key(settings)
    except UnsafeConfiguration as error:
        return Finding(Level.UNSAFE, "hash key", "not usable", str(error))
    return private(path, "hash key")


def desk_keys(settings: Settings) -> list[Finding]:
    """The desk's private key, and how long ago a head of the record was signed here."""
    store = KeyStore(settings)
    advice = "run: triage keys init, before anybody reviews; then keep a copy apart"
    try:
        ring = store.ring()
    except UnsafeConfiguration as error:
        return [Finding(Level.UNSAFE, "desk key", "not usable", str(error))]
    where = "from the settings" if settings.desk_key else str(store.folder)
    if ring.privates:
        found = [Finding(Level.GOOD, "desk key", f"version {ring.newest}, {where}")]
    elif ring.publics:
        found = [Finding(Level.NOTE, "desk key", "public key alone: this machine cannot read")]
    else:
        found = [Finding(Level.NOTE, "desk key", "none", advice)]
    try:
        store.record_key()
    except UnsafeConfiguration as error:
        return [*found, Finding(Level.UNSAFE, "record key", "not usable", str(error))]
    except KeyMissing:
        return [*found, Finding(Level.NOTE, "record key", "none", "run: triage keys init")]
    signed = last_signed(settings.home / LAST_HEAD)
    keep = "run: triage audit head, and keep what it prints on another machine"
    if signed is None:
        return [*found, Finding(Level.NOTE, "record head", "never signed here", keep)]
    fresh = datetime.now(UTC) - signed <= HEAD_AGE
    when = f"signed on {signed:%Y-%m-%d}"
    if fresh:
        return [*found, Finding(Level.GOOD, "record head", when)]
    return [*found, Finding(Level.NOTE, "record head", when, keep)]

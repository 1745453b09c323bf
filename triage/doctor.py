"""``triage doctor``: what is in force, and what of it is unsafe. It changes nothing."""

import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from triage import __version__, classifier
from triage.core.crypto import KeyedHash
from triage.core.database import driver_url
from triage.core.errors import ModelUnavailable, TriageError, UnsafeConfiguration
from triage.core.settings import Settings
from triage.migrations import look, newest

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Level(StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    NOTE = "note"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in force."""

    level: Level
    what: str
    found: str
    advice: str = ""


def examine(settings: Settings | None = None) -> list[Finding]:
    """Everything the doctor looks at, in order."""
    if settings is None:
        try:
            settings = Settings()
        except ValidationError as error:
            names = ", ".join("TRIAGE_" + str(one["loc"][0]).upper() for one in error.errors())
            return [Finding(Level.UNSAFE, "settings", "not readable", f"mend {names}")]
    return [
        Finding(Level.GOOD, "version", __version__),
        *_database(settings),
        _key(settings),
        _model(),
        _address(settings),
        _mode(settings),
        *_screen(),
        Finding(Level.GOOD, "claim", f"{settings.claim_minutes} minutes"),
        Finding(Level.GOOD, "undo", f"{settings.undo_minutes} minutes"),
        Finding(Level.GOOD, "blind sample", f"{settings.blind_sample_per_day} a day at most"),
        _own_domains(settings),
    ]


def _database(settings: Settings) -> list[Finding]:
    try:
        url = driver_url(settings.url)
    except UnsafeConfiguration as error:
        return [Finding(Level.UNSAFE, "database", "not readable", str(error))]
    shown = url.render_as_string(hide_password=True)
    backend = url.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        return [Finding(Level.UNSAFE, "database", shown, "use SQLite or PostgreSQL")]
    if settings.demo and settings.database_url is not None:
        return [Finding(Level.UNSAFE, "database", shown, "the demonstration must not use this one")]
    if backend == "sqlite" and url.database and not Path(url.database).exists():
        return [Finding(Level.NOTE, "database", shown, "made at the first import")]
    findings = [Finding(Level.GOOD, "database", shown)]
    if backend == "sqlite" and url.database:
        findings.append(_private(Path(url.database), "database file"))
    try:
        at = look(settings.url)
    except TriageError as error:
        return [Finding(Level.UNSAFE, "database", shown, f"cannot be opened: {error}")]
    schema = f"revision {at or 'none'}"
    if at == newest():
        findings.append(Finding(Level.GOOD, "schema", schema))
    else:
        findings.append(Finding(Level.NOTE, "schema", schema, f"will be brought to {newest()}"))
    return findings


def _key(settings: Settings) -> Finding:
    if settings.hash_key is not None:
        try:
            KeyedHash(settings.hash_key.get_secret_value().encode())
        except UnsafeConfiguration as error:
            return Finding(Level.UNSAFE, "hash key", "TRIAGE_HASH_KEY", str(error))
        return Finding(Level.GOOD, "hash key", "from TRIAGE_HASH_KEY")
    path = settings.home / "hash.key"
    if not path.exists():
        return Finding(Level.NOTE, "hash key", str(path), "made at the first import")
    return _private(path, "hash key")


def _private(path: Path, what: str) -> Finding:
    """A file that only its owner may read, itself or by the folder it lies in."""
    theirs = stat.S_IRWXG | stat.S_IRWXO
    if path.stat().st_mode & theirs and path.parent.stat().st_mode & theirs:
        return Finding(
            Level.UNSAFE, what, str(path), f"others can read it: chmod 700 {path.parent}"
        )
    return Finding(Level.GOOD, what, str(path))


def _model() -> Finding:
    try:
        scorer = classifier.load()
    except ModelUnavailable as reason:
        return Finding(Level.UNSAFE, "model", "scoring is off", f"{reason}; all goes to people")
    return Finding(Level.GOOD, "model", scorer.model_version)


def _address(settings: Settings) -> Finding:
    if settings.address in LOOPBACK:
        return Finding(Level.GOOD, "address", settings.address)
    return Finding(
        Level.UNSAFE, "address", settings.address, "listen on 127.0.0.1, behind a proxy with TLS"
    )


def _mode(settings: Settings) -> Finding:
    if settings.demo:
        return Finding(
            Level.UNSAFE, "demonstration", "on", "anybody may be anybody: never with real mail"
        )
    return Finding(Level.GOOD, "demonstration", "off")


SCREEN_OPTIONS: dict[str, object] = {
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": False,
    "server.headless": True,
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 25,
    "server.disconnectedSessionTTL": 30,
}
"""Options of the screen that trust.md wants, as they must come out."""


def _screen() -> list[Finding]:
    from importlib.util import find_spec

    spec = find_spec("dashboard")
    if spec is None or spec.origin is None:
        return [Finding(Level.UNSAFE, "screen", "not installed", "install the whole package")]
    found = effective_screen_options(Path(spec.origin).parent / ".streamlit" / "config.toml")
    return [
        Finding(Level.GOOD, name, str(found.get(name)))
        if found.get(name) == wanted
        else Finding(Level.UNSAFE, name, str(found.get(name)), f"set it to {wanted}")
        for name, wanted in SCREEN_OPTIONS.items()
    ]


def effective_screen_options(config: Path) -> dict[str, object]:
    """The options from our file, with what the environment sets over them."""
    import os
    import re
    import tomllib

    options: dict[str, object] = {}
    if config.is_file():
        for section, values in tomllib.loads(config.read_text("utf-8")).items():
            options |= {f"{section}.{name}": value for name, value in values.items()}
    for name in SCREEN_OPTIONS:
        variable = "STREAMLIT_" + re.sub(r"([A-Z])", r"_\1", name).replace(".", "_").upper()
        if variable in os.environ:
            options[name] = os.environ[variable]
    return options


def _own_domains(settings: Settings) -> Finding:
    if settings.own_domains:
        return Finding(Level.GOOD, "own domains", ", ".join(settings.own_domains))
    return Finding(Level.NOTE, "own domains", "none", "set TRIAGE_OWN_DOMAINS")

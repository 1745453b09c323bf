"""``triage doctor``: what is in force, and what of it is unsafe. It changes nothing."""

import re

from pydantic import ValidationError
from pydantic_settings import SettingsError

from triage import __version__
from triage.classifier import registry
from triage.core.errors import ModelUnavailable
from triage.core.settings import Settings
from triage.doctor import form, people, reach, serving, stored
from triage.doctor.backups import backups
from triage.doctor.findings import Finding, Level
from triage.doctor.jobs import jobs
from triage.doctor.mailboxes import mailboxes
from triage.doctor.retention import retention
from triage.doctor.serving import SCREEN_OPTIONS

__all__ = ["SCREEN_OPTIONS", "Finding", "Level", "examine", "named"]


def examine(settings: Settings | None = None) -> list[Finding]:
    """Everything the doctor looks at, in order."""
    if settings is None:
        try:
            settings = Settings()
        except (ValidationError, SettingsError) as error:
            return [Finding(Level.UNSAFE, "settings", "not readable", f"mend {named(error)}")]
    return [
        Finding(Level.GOOD, "version", __version__),
        *stored.database(settings),
        *reach.database_server(settings),
        stored.key(settings),
        *reach.keys_folder(settings),
        *stored.desk_keys(settings),
        *backups(settings),
        _model(settings),
        serving.address(settings),
        serving.mode(settings),
        *serving.screen(),
        Finding(Level.GOOD, "claim", f"{settings.claim_minutes} minutes"),
        Finding(Level.GOOD, "undo", f"{settings.undo_minutes} minutes"),
        Finding(Level.GOOD, "blind sample", f"{settings.blind_sample_per_day} a day at most"),
        people.own_domains(settings),
        people.forwards(settings),
        people.mail(settings),
        people.letters(settings),
        *mailboxes(settings),
        *serving.sign_in(settings),
        *form.form(settings),
        *jobs(settings),
        *retention(settings),
        *people.team(settings),
    ]


def named(error: ValidationError | SettingsError) -> str:
    """The settings that could not be read, by name; never with their values."""
    if isinstance(error, ValidationError):
        return ", ".join("TRIAGE_" + str(one["loc"][0]).upper() for one in error.errors())
    found = re.search(r'field "(\w+)"', str(error))
    name = "TRIAGE_" + found[1].upper() if found else "TRIAGE_…"
    return f"{name} (lists and tables are written as JSON)"


def _model(settings: Settings) -> Finding:
    try:
        scorer = registry.load_active(settings.home)
    except ModelUnavailable as reason:
        return Finding(Level.UNSAFE, "model", "scoring is off", f"{reason}; all goes to people")
    return Finding(Level.GOOD, "model", scorer.model_version)

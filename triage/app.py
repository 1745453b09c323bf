"""The composition root: settings -> Triage, with everything that a command or a screen needs."""

import importlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy import MetaData
from sqlalchemy.exc import OperationalError

from triage.classifier import Scorer, Unscored, registry
from triage.core.clock import Clock, SystemClock
from triage.core.commands import Runner
from triage.core.crypto import KeyedHash, load_hash_key
from triage.core.database import Base, Database, driver_url, make_engine
from triage.core.erasing import Keeping
from triage.core.errors import (
    KeyMissing,
    ModelUnavailable,
    TriageError,
    UnsafeConfiguration,
)
from triage.core.jobs import Job
from triage.core.keys import KeyStore
from triage.core.sealed import Vault
from triage.core.settings import Settings

TABLE_MODULES = (
    "triage.core.audit",
    "triage.core.closed",
    "triage.core.data_keys",
    "triage.core.exclusions",
    "triage.core.holds",
    "triage.core.jobs",
    "triage.staff.tables",
    "triage.staff.sessions.tables",
    "triage.notify.tables",
    "triage.intake.tables",
    "triage.senders.tables",
    "triage.reports.tables",
    "triage.alarms.tables",
    "triage.senders.standing.tables",
    "triage.letters.tables",
    "triage.messages.tables",
    "triage.messages.wrote.tables",
    "triage.messages.beside.tables",
    "triage.messages.stubs.tables",
    "triage.restrictions.tables",
    "triage.referrals.tables",
    "triage.cases.tables",
    "triage.cases.inquiry.tables",
    "triage.cases.verdict.tables",
    "triage.retention.subject.tables",
    "triage.trends.tables",
)


@dataclass
class Triage:
    """One running instance over one database."""

    settings: Settings
    database: Database
    keys: KeyedHash
    clock: Clock
    given_scorer: Scorer | None = field(default=None, repr=False)

    @property
    def runner(self) -> Runner:
        """Runs commands, each in one transaction."""
        return Runner(self.database, self.clock, self.settings, self.keys, self.vault)

    @cached_property
    def vault(self) -> Vault:
        """Seals and opens; without the desk's keys it says so when it is asked to."""
        return Vault(KeyStore(self.settings).ring)

    @cached_property
    def scorer(self) -> Scorer:
        """The active model; where it cannot be loaded ``Unscored``, and never another model in
        its place: everything goes to people."""
        if self.given_scorer is not None:
            return self.given_scorer
        try:
            return registry.load_active(self.settings.home)
        except ModelUnavailable as reason:
            return Unscored(str(reason))

    def close(self) -> None:
        """Give back what is held open."""
        self.database.close()


def open_triage(
    settings: Settings | None = None, *, clock: Clock | None = None, scorer: Scorer | None = None
) -> Triage:
    """Open the database of these settings, at the newest schema."""
    from triage.migrations import migrate  # alembic imports this module in turn

    settings = settings or Settings()
    store = KeyStore(settings)
    if settings.demo:
        store.init()
    keys = load_hash_key(settings)
    engine = make_engine(settings.url)
    try:
        migrate(engine, Vault(store.ring), keys)
    except OperationalError as error:
        said = str(error.orig).strip().splitlines()[0]
        raise TriageError(f"The database cannot be opened: {said}") from error
    return Triage(
        settings=settings,
        database=Database(engine),
        keys=keys,
        clock=clock or SystemClock(),
        given_scorer=scorer,
    )


@dataclass
class ReportForm:
    """The public report form over one database: it seals, and opens nothing of its own."""

    settings: Settings
    database: Database
    vault: Vault
    clock: Clock


def open_form(settings: Settings | None = None, *, clock: Clock | None = None) -> ReportForm:
    """Open the database for the form: never migrated from here, and with the public key alone.

    ``UnsafeConfiguration`` where a private desk key is within reach, but for the demonstration.
    """
    from triage.migrations import look, newest

    settings = settings or Settings()
    store = KeyStore(settings)
    if not settings.demo and store.private_within_reach():
        raise UnsafeConfiguration(
            "The form must not have the desk's private key: it could then read what it takes. "
            f"Take TRIAGE_DESK_KEY and desk-N.key in {store.folder} away from it, and leave it "
            "TRIAGE_DESK_PUBLIC_KEY or desk-N.pub."
        )
    parsed = driver_url(settings.url)
    lies = parsed.database
    if parsed.get_backend_name() == "sqlite" and not (lies and Path(lies).exists()):
        raise TriageError("There is no database yet. Start the desk first: it makes one.")
    if look(settings.url) != newest():
        raise TriageError("The database stands at another version. Start the desk first.")
    if not store.ring().publics:
        raise KeyMissing("The form needs the desk's public key: TRIAGE_DESK_PUBLIC_KEY.")
    return ReportForm(
        settings=settings,
        database=Database(make_engine(settings.url)),
        vault=Vault(lambda: store.ring().without_privates()),
        clock=clock or SystemClock(),
    )


def jobs() -> list[Job]:
    """Every job that rooms register, in the order in which they take their turns."""
    from triage.alarms.service.job import ALARMS
    from triage.backup.service.expiring import BACKUP_KEYS
    from triage.cases.inquiry.service.jobs import INQUIRIES
    from triage.cases.service.jobs import CASES
    from triage.cases.verdict.service.jobs import VERDICTS
    from triage.letters.service.delivery import LETTERS
    from triage.messages.service.aftercare import AFTERCARE
    from triage.messages.service.jobs import CLAIMS, SKETCHES
    from triage.notify.service import OUTBOX
    from triage.referrals.service.jobs import REFERRALS
    from triage.reports.service.jobs import DRAFTS
    from triage.restrictions.service.jobs import RESTRICTIONS
    from triage.retention.service.purging import ERASURE
    from triage.retention.subject.service.reminding import REQUESTS
    from triage.staff.sessions.service import SESSIONS

    return [
        CASES, INQUIRIES, CLAIMS, ALARMS, AFTERCARE, OUTBOX, LETTERS, SESSIONS, SKETCHES,
        RESTRICTIONS, REFERRALS, VERDICTS, REQUESTS, DRAFTS, ERASURE, BACKUP_KEYS,
    ]  # fmt: skip


def keepings() -> tuple[Keeping, ...]:
    """Every kind of thing that a room keeps for a time, and erases."""
    from triage.retention import kept

    return kept.keepings()


def tables() -> MetaData:
    """Every room's tables, loaded."""
    for module in TABLE_MODULES:
        importlib.import_module(module)
    return Base.metadata

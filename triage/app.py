"""The composition root: settings -> Triage, with everything that a command or a screen needs."""

import importlib
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType

from sqlalchemy import MetaData
from sqlalchemy.exc import OperationalError

from triage.classifier import Scorer, Unscored, registry
from triage.core.clock import Clock, SystemClock
from triage.core.commands import Runner
from triage.core.crypto import KeyedHash, load_hash_key
from triage.core.database import Base, Database, make_engine
from triage.core.errors import ModelUnavailable, TriageError
from triage.core.jobs import Job
from triage.core.keys import KeyStore
from triage.core.sealed import Vault
from triage.core.settings import Settings

ROOMS = (
    "core",
    "conduct",
    "staff",
    "staff.sessions",
    "notify",
    "intake",
    "classifier",
    "senders",
    "alarms",
    "senders.standing",
    "letters",
    "messages",
    "messages.wrote",
    "messages.beside",
    "restrictions",
    "referrals",
    "packs",
)
"""Every room that stands, lowest first. What is not registered fails the conformance tests."""

TABLE_MODULES = (
    "triage.core.audit",
    "triage.core.data_keys",
    "triage.core.exclusions",
    "triage.core.holds",
    "triage.core.jobs",
    "triage.staff.tables",
    "triage.staff.sessions.tables",
    "triage.notify.tables",
    "triage.intake.tables",
    "triage.senders.tables",
    "triage.alarms.tables",
    "triage.senders.standing.tables",
    "triage.letters.tables",
    "triage.messages.tables",
    "triage.messages.wrote.tables",
    "triage.messages.beside.tables",
    "triage.restrictions.tables",
    "triage.referrals.tables",
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


def rooms() -> list[ModuleType]:
    """Every registered room."""
    return [importlib.import_module(f"triage.{name}") for name in ROOMS]


def jobs() -> list[Job]:
    """Every job that rooms register, in the order in which they take their turns."""
    from triage.alarms.service.job import ALARMS
    from triage.letters.service.delivery import LETTERS
    from triage.messages.service.aftercare import AFTERCARE
    from triage.messages.service.jobs import CLAIMS, SKETCHES
    from triage.notify.service import OUTBOX
    from triage.referrals.service.jobs import REFERRALS
    from triage.restrictions.service.jobs import RESTRICTIONS
    from triage.staff.sessions.service import SESSIONS

    return [CLAIMS, ALARMS, AFTERCARE, OUTBOX, LETTERS, SESSIONS, SKETCHES, RESTRICTIONS, REFERRALS]


def tables() -> MetaData:
    """Every room's tables, loaded."""
    for module in TABLE_MODULES:
        importlib.import_module(module)
    return Base.metadata

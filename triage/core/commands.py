"""How every command runs: one transaction with its facts and its audit events, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check
from triage.core.audit import Happening, append
from triage.core.clock import Clock
from triage.core.crypto import KeyedHash
from triage.core.database import Database
from triage.core.errors import NotAllowed, NotFound
from triage.core.sealed import Vault
from triage.core.settings import Settings

T = TypeVar("T")


@dataclass(slots=True)
class Tx:
    """What a command works with, for the length of one transaction."""

    session: Session
    actor: Actor
    now: datetime
    settings: Settings
    keys: KeyedHash
    happenings: list[Happening] = field(default_factory=list)
    about: str | None = None
    """The matter that was loaded: a refusal from then on is an event of this matter alone."""
    vault: Vault = field(default_factory=Vault)

    def allow(self, action: Action) -> None:
        """Go on only where the access table says so (P-CON-1)."""
        check(self.actor, action)

    def record(
        self, code: str, matter_id: str | None, *, by: Actor | None = None, **details: object
    ) -> None:
        """Put an event on the record, in this transaction."""
        actor = by or self.actor
        self.happenings.append(Happening(self.now, actor.person_id, code, matter_id, details))

    def seal(self, owner_id: str, table: str, column: str, row_id: str, text: str) -> bytes:
        """What to store for a text in this place, with the key of its owner (core.sealed)."""
        return self.vault.seal(
            self.session,
            owner_id=owner_id,
            table=table,
            column=column,
            row_id=row_id,
            text=text,
            at=self.now,
        )


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs commands for actors."""

    database: Database
    clock: Clock
    settings: Settings
    keys: KeyedHash
    vault: Vault = field(default_factory=Vault)

    def run(self, actor: Actor, command: Callable[[Tx], T]) -> T:
        """Run a command; commit its writes and events together; a refusal is an event too."""

        about: str | None = None

        def work(session: Session) -> T:
            nonlocal about
            tx = self._tx(session, actor)
            try:
                result = command(tx)
            finally:
                about = tx.about
            session.flush()
            append(session, tx.happenings)
            return result

        try:
            return self.database.write(work)
        except NotAllowed as refusal:
            self._record_refusal(actor, refusal.what, refusal.matter_id or about)
            raise
        except NotFound as refusal:
            if refusal.refused_matter is not None:
                self._record_refusal(actor, "hidden", refusal.refused_matter)
            raise

    def _record_refusal(self, actor: Actor, what: str, matter_id: str | None) -> None:
        # The command's own transaction is rolled back, so the refusal needs one of its own.
        def work(session: Session) -> None:
            tx = self._tx(session, actor)
            tx.record("refused", matter_id, what=what)
            append(session, tx.happenings)

        self.database.write(work)

    def _tx(self, session: Session, actor: Actor) -> Tx:
        return Tx(session, actor, self.clock.now(), self.settings, self.keys, vault=self.vault)

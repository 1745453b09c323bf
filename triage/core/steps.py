"""How the steps of a matter are written: one row each, numbered, with its reason sealed.

Each room with a lifecycle has a table of its own for them and says what its owner's column is
called. A step carries actor, time, reason, policy version and the version it was based on
(lifecycles.md, rule 3); it is written in the transaction of what it stands for (rule 5).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.access import Actor
from triage.core.commands import Tx
from triage.core.ids import new_id
from triage.core.sealed import Sealed


class StepColumns:
    """What every table of steps has, beside its owner and where the step led from."""

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sequence: Mapped[int]
    """1, 2, 3 … for one owner: order does not hang on the clock."""
    edge: Mapped[str]
    to_state: Mapped[str]
    actor_id: Mapped[str]
    at: Mapped[datetime]
    based_on: Mapped[int]
    policy_version: Mapped[str]
    reason: Mapped[bytes] = mapped_column(Sealed)
    """A colleague's words, sealed for the owner; empty where none were asked."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one room: their table, and its column that says whose they are."""

    table: Any
    owner: str

    def of(self, owner_id: str) -> Any:
        """The condition for one owner's steps."""
        return getattr(self.table, self.owner) == owner_id


def write_step(
    tx: Tx,
    steps: Steps,
    owner_id: str,
    *,
    edge: str,
    before: str | None,
    to: str,
    based_on: int,
    policy_version: str,
    reason: str = "",
    actor: Actor | None = None,
    **more: object,
) -> None:
    """Add one step; the caller puts its event on the record. ``more``: columns of its own."""
    newest = tx.session.scalar(select(func.max(steps.table.sequence)).where(steps.of(owner_id)))
    identifier = new_id()
    name = steps.table.__tablename__
    tx.session.add(
        steps.table(
            id=identifier,
            sequence=(newest or 0) + 1,
            edge=edge,
            from_state=before,
            to_state=to,
            actor_id=(actor or tx.actor).person_id,
            at=tx.now,
            based_on=based_on,
            policy_version=policy_version,
            reason=tx.seal(owner_id, name, "reason", identifier, reason.strip()),
            **{steps.owner: owner_id},
            **more,
        )
    )
    tx.session.flush()


def last_step(tx: Tx, steps: Steps, owner_id: str) -> Any:
    """The newest step, by sequence and not by clock; ``None`` where there is none."""
    newest = select(steps.table).where(steps.of(owner_id)).order_by(steps.table.sequence.desc())
    return tx.session.scalar(newest.limit(1))


def done_before(tx: Tx, steps: Steps, token: str | None) -> bool:
    """Whether this very command was carried out: a double click, a repeated request."""
    return owner_of(tx, steps, token) is not None


def owner_of(tx: Tx, steps: Steps, token: str | None) -> str | None:
    """Whose step the actor's command with this token made, if it made one.

    Of two at the same moment the second waits for the first, and then finds what it did.
    """
    if token is not None and tx.session.get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:token, 0))")
        tx.session.execute(lock, {"token": f"step:{token}"})
    found = select(getattr(steps.table, steps.owner)).where(
        steps.table.token == token, steps.table.actor_id == tx.actor.person_id
    )
    return None if token is None else tx.session.scalar(found)

"""The record: append-only, hash-chained. One link a transaction, the head row locked last.

Events hold ids, codes and hashes, never personal data or reasons (those stand in the room's
own tables), so that erasing a person's data leaves the chain whole.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id

GENESIS = "0" * 64
"""What the first link stands on."""


class AuditHead(Base):
    """One row: the newest link. Locked while a link is added, so that the chain never forks."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    digest: Mapped[str]


class AuditLink(Base):
    """One transaction's events, bound to all that came before."""

    __tablename__ = "audit_links"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]


class AuditEvent(Base):
    """One thing that happened. Views show it by time and id, never by its place in the chain."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_link_position", "link", "position"),  # verify()
        Index("ix_audit_events_at_id", "at", "id"),  # the record, newest first
        Index("ix_audit_events_matter_id_at", "matter_id", "at"),  # one matter's history
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    link: Mapped[int] = mapped_column(ForeignKey("audit_links.number"))
    position: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[str]
    code: Mapped[str]
    matter_id: Mapped[str | None]
    details: Mapped[str]
    """Canonical JSON, kept as text: it is what was hashed."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that is about to be written."""

    at: datetime
    actor_id: str
    code: str
    matter_id: str | None
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold."""

    link: int
    reason: str


def canonical(value: object) -> str:
    """JSON with one spelling only: sorted keys, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def append(session: Session, happenings: list[Happening]) -> None:
    """Add one link with these events. Call it last: it holds the head row until the commit."""
    if not happenings:
        return
    head = session.scalars(select(AuditHead).with_for_update()).one()
    head.number += 1
    events = [
        AuditEvent(
            id=new_id(),
            link=head.number,
            position=position,
            at=happening.at,
            actor_id=happening.actor_id,
            code=happening.code,
            matter_id=happening.matter_id,
            details=canonical(happening.details),
        )
        for position, happening in enumerate(happenings)
    ]
    head.digest = link_digest(head.digest, events)
    session.add(AuditLink(number=head.number, digest=head.digest))
    session.flush()
    session.add_all(events)


def link_digest(previous: str, events: list[AuditEvent]) -> str:
    """SHA-256 over the digest before and the canonical JSON of the events, in order."""
    told = previous + canonical([_told(event) for event in events])
    return hashlib.sha256(told.encode("ascii")).hexdigest()


def _told(event: AuditEvent) -> dict[str, object]:
    """An event as it is hashed and exported."""
    return {
        "id": event.id,
        "position": event.position,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor_id,
        "code": event.code,
        "matter": event.matter_id,
        "details": event.details,
    }


def export_lines(session: Session, *, links: int) -> Iterator[str]:
    """The first so many links, one canonical JSON object each.

    ``digest`` is the SHA-256 of the digest before (64 zeros at first) followed by the canonical
    JSON of ``events``: whoever has the file can check it with a hash function and nothing of ours.
    """
    for link, events in _links(session):
        if link.number > links:
            return
        told = [_told(event) for event in events]
        yield canonical({"link": link.number, "events": told, "digest": link.digest})


def steady(session: Session) -> None:
    """Let a fresh session see one state of the record, whatever is added meanwhile.

    SQLite does so by itself.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def verify(session: Session) -> Broken | int:
    """Walk the whole chain: the first broken link, or the number of links that hold."""
    previous, expected = GENESIS, 0
    for link, events in _links(session):
        expected += 1
        if link.number != expected:
            return Broken(expected, f"link {expected} is missing")
        if not events:
            return Broken(expected, f"link {expected} has lost its events")
        if link_digest(previous, events) != link.digest:
            return Broken(expected, f"link {expected} does not match what it holds")
        previous = link.digest
    head = session.scalars(select(AuditHead)).one_or_none()
    if head is None or (head.number, head.digest) != (expected, previous):
        return Broken(expected + 1, f"the record ends at link {expected}, but its head does not")
    stray = session.scalar(
        select(AuditEvent.link).where(AuditEvent.link > expected).order_by(AuditEvent.link)
    )
    return expected if stray is None else Broken(stray, f"events stand outside the chain ({stray})")


def _links(session: Session) -> Iterator[tuple[AuditLink, list[AuditEvent]]]:
    """Every link with its events, in order, a few hundred at a time."""
    after = 0
    while True:
        links = session.scalars(
            select(AuditLink).where(AuditLink.number > after).order_by(AuditLink.number).limit(500)
        ).all()
        if not links:
            return
        held: dict[int, list[AuditEvent]] = {link.number: [] for link in links}
        events = select(AuditEvent).where(
            AuditEvent.link.between(links[0].number, links[-1].number)
        )
        for event in session.scalars(events.order_by(AuditEvent.link, AuditEvent.position)):
            held.setdefault(event.link, []).append(event)
        for link in links:
            yield link, held[link.number]
        after = links[-1].number
        session.expunge_all()

"""Short ways to restrict somebody, for tests."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from support.desk import Desk
from triage.core.access import Actor
from triage.restrictions.draft import Draft, TargetDraft
from triage.restrictions.rules import Kind, State
from triage.restrictions.service import deciding, proposing
from triage.restrictions.service.evidence import open_evidence
from triage.restrictions.tables import EnforcementTask, Restriction, RestrictionGround

PUBLIC = "You may not use this service because of messages that broke our rules."


def draft(desk: Desk, *message_ids: str, kind: Kind = Kind.CEASE_CONTACT, **given: Any) -> Draft:
    """A draft that has all it needs, from these messages."""
    services = {
        Kind.CEASE_CONTACT: "helpdesk",
        Kind.SERVICE_BLOCK: "fixmystreet",
        Kind.CHANNEL_BLOCK: "social",
    }
    targets: tuple[TargetDraft, ...] = ()
    if kind in services:
        targets = (TargetDraft(services[kind], "sender@example.com", "Used for this.", None, "x"),)
    values: dict[str, Any] = {
        "kind": kind,
        "clause": "P-MSG-4",
        "reason": "Three messages in a week.",
        "public_reason": PUBLIC,
        "review_at": desk.now + timedelta(days=80),
        "message_ids": message_ids,
        "sender_id": desk.row(message_ids[0]).sender_id if message_ids else None,
        "proportionality": "Asking to stop did not help.",
        "targets": targets,
    }
    return Draft(**(values | given))


def propose(desk: Desk, who: Actor, *message_ids: str, **given: Any) -> str:
    """Somebody proposes it; its id."""
    return desk.do(who, proposing.propose, draft=draft(desk, *message_ids, **given))


def see(desk: Desk, who: Actor, restriction_id: str) -> None:
    """Somebody opens every ground."""
    with desk.triage.database.read() as session:
        grounds = session.scalars(
            select(RestrictionGround.message_id).where(
                RestrictionGround.restriction_id == restriction_id
            )
        ).all()
    for message_id in grounds:
        desk.do(who, open_evidence, restriction_id=restriction_id, message_id=message_id)


def approve(desk: Desk, who: Actor, restriction_id: str) -> None:
    """Somebody reads the evidence and says yes."""
    see(desk, who, restriction_id)
    desk.do(
        who, deciding.approve, restriction_id=restriction_id, version=version(desk, restriction_id)
    )


def row(desk: Desk, restriction_id: str) -> Restriction:
    """A restriction as it is stored."""
    with desk.triage.database.read() as session:
        found = session.get_one(Restriction, restriction_id)
        session.expunge(found)
        return found


def version(desk: Desk, restriction_id: str) -> int:
    """The version that a screen would show now."""
    return row(desk, restriction_id).version


def state(desk: Desk, restriction_id: str) -> State:
    """Where it stands."""
    return State(row(desk, restriction_id).state)


def tasks(desk: Desk, restriction_id: str) -> list[EnforcementTask]:
    """Where it applies."""
    with desk.triage.database.read() as session:
        found = list(
            session.scalars(
                select(EnforcementTask)
                .where(EnforcementTask.restriction_id == restriction_id)
                .order_by(EnforcementTask.target)
            )
        )
        session.expunge_all()
        return found

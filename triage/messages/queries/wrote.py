"""How a message came to us, beside its own words: for whoever reads its head."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.messages.tables import Message
from triage.messages.wrote.tables import MessageForward
from triage.staff.queries import names


@dataclass(frozen=True, slots=True)
class ForwardRow:
    """One forward of a message to the desk's mailbox."""

    by_name: str
    by_address: str | None
    listed: bool
    verified: str
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Origin:
    """Who sent a message on or forwarded it, what our server checked, whose word there is."""

    came_through: str | None
    authentication: tuple[str, ...]
    ticket_id: str | None
    ticket_url: str | None
    said_by: str | None
    """The name of who said who wrote."""
    forwards: tuple[ForwardRow, ...]


def origin_of(session: Session, message: Message) -> Origin:
    """The origin of a message that the caller has found to be the viewer's to see."""
    found = session.scalars(
        select(MessageForward)
        .where(MessageForward.message_id == message.id)
        .order_by(MessageForward.at, MessageForward.id)
    )
    said_by = message.said_by
    return Origin(
        came_through=message.came_through,
        authentication=tuple(message.authentication),
        ticket_id=message.ticket_id,
        ticket_url=message.ticket_url,
        said_by=None if said_by is None else names(session, {said_by}).get(said_by, "Somebody"),
        forwards=tuple(
            ForwardRow(one.by_name, one.by_address, one.listed, one.verified, one.how, one.at)
            for one in found
        ),
    )

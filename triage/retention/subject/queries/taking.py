"""A file taken out of a message, to look into it: for who decides about it, and who agrees."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Actor
from triage.core.errors import NotFound
from triage.packs.plain import safe_name
from triage.retention.subject.queries.files import bytes_of, file_of
from triage.retention.subject.queries.listing import known
from triage.retention.subject.queries.reading import seen_by
from triage.retention.subject.rules import NO_SUCH_ITEM
from triage.retention.subject.tables import SubjectItem


@dataclass(frozen=True, slots=True)
class Opened:
    """One file, and a name for it that is only a name."""

    name: str
    data: bytes
    matters: tuple[str, ...]
    """Whoever has no part in one of these does not get it."""


def taken(session: Session, *, viewer: Actor, item_id: str) -> Opened:
    """The bytes of a file as it was attached, once the command has put it on the record."""
    item = session.scalar(select(SubjectItem).where(SubjectItem.id == item_id, seen_by(viewer)))
    if item is None:
        raise NotFound(NO_SUCH_ITEM)
    request = known(session, viewer, item.request_id)
    file = file_of(session, item)
    if file is None:
        raise NotFound(NO_SUCH_ITEM)
    matters = (request.id, item.matter_id)
    return Opened(safe_name(file.name, 1), bytes_of(session, file), matters)

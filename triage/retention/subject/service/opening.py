"""Taking a file out of a message, to look into it: for who decides about it, and who agrees."""

from dataclasses import dataclass

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
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


def open_file(tx: Tx, *, item_id: str) -> Opened:
    """The bytes of a file as it was attached. That it was taken out is on the record."""
    tx.allow(Action.READ_SUBJECTS)
    item = tx.session.scalar(
        select(SubjectItem).where(SubjectItem.id == item_id, seen_by(tx.actor))
    )
    if item is None:
        hidden = tx.session.get(SubjectItem, item_id)
        raise NotFound(NO_SUCH_ITEM, refused_matter=None if hidden is None else hidden.matter_id)
    request = known(tx.session, tx.actor, item.request_id)
    file = file_of(tx.session, item)
    if file is None:
        raise NotFound(NO_SUCH_ITEM)
    data = bytes_of(tx.session, file)
    tx.record("subject_file_opened", item.matter_id, request=request.id, item=item.id)
    return Opened(safe_name(file.name, 1), data, (request.id, item.matter_id))

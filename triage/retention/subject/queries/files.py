"""The files that were attached to a message, out of its original: which are there, and their bytes.

Who asks has found by itself that the viewer may know of the message.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.errors import Conflict
from triage.messages.tables import MessageAttachment, Original
from triage.messages.wrote.tables import MessageForward
from triage.packs.attached import attached_in
from triage.retention.subject.attached import File
from triage.retention.subject.rules import ItemKind
from triage.retention.subject.tables import SubjectItem

AT_ONCE = 500
"""Messages of which the files are asked for at once."""
NOT_THERE = "The bytes of this file cannot be taken out of the message."


def file_of(session: Session, item: SubjectItem) -> File | None:
    """What an item says of a file; nothing where it is of none, or was erased."""
    one = session.get(MessageAttachment, item.of_id) if item.kind == ItemKind.FILE.value else None
    if one is None:
        return None
    return File(one.message_id, one.filename, one.size, one.content_type, one.sha256)


def unlisted(
    session: Session, request_id: str, message_ids: Collection[str], listed: Collection[str]
) -> list[SubjectItem]:
    """What is attached to these and no search has found yet, as items that nobody has decided.
    They are not stored: a search does that."""
    ids = sorted(message_ids)
    rows = [
        one
        for begin in range(0, len(ids), AT_ONCE)
        for one in session.scalars(
            select(MessageAttachment)
            .where(MessageAttachment.message_id.in_(ids[begin : begin + AT_ONCE]))
            .order_by(MessageAttachment.id)
        )
        if one.id not in listed
    ]
    return [
        SubjectItem(
            id=one.id, request_id=request_id, kind=ItemKind.FILE.value, matter_id=one.message_id,
            of_id=one.id, why=[], said=b"", hide=b"", whole=False,
        )
        for one in rows
    ]  # fmt: skip


def forwarded(session: Session, message_id: str) -> bool:
    """Whether a message came in a forward: what is attached may be the forwarder's own."""
    found = select(MessageForward.id).where(MessageForward.message_id == message_id)
    return session.scalar(found.limit(1)) is not None


def there(session: Session, message_id: str) -> frozenset[str]:
    """SHA-256 of all that can be taken out of an original; nothing where that is gone."""
    return frozenset(attached_in(_raw(session, message_id)))


def bytes_of(session: Session, file: File) -> bytes:
    """The file exactly as it was attached; ``Conflict`` where it is not there any more."""
    found = attached_in(_raw(session, file.message_id), file.sha256).get(file.sha256)
    if found is None:
        raise Conflict(NOT_THERE)
    return found


def _raw(session: Session, message_id: str) -> bytes:
    return session.scalar(select(Original.raw).where(Original.message_id == message_id)) or b""

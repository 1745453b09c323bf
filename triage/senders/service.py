"""Commands on senders."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from triage.core.crypto import KeyedHash
from triage.core.ids import new_id
from triage.senders.rules import Identifier
from triage.senders.tables import Sender, SenderIdentity


def identifier_hash(keys: KeyedHash, identifier: Identifier) -> str:
    """The keyed hash under which an identifier is known."""
    purpose, text = identifier.hashed
    return keys.of(purpose, text.encode("utf-8", "replace"))


def loose_hash(keys: KeyedHash, identifier: Identifier) -> str | None:
    """The keyed hash under which those that are alike are found."""
    if identifier.loose is None:
        return None
    purpose, text = identifier.loose
    return keys.of(purpose, text.encode("utf-8", "replace"))


def known_as(session: Session, keys: KeyedHash, identifier: Identifier) -> str | None:
    """The id of the sender with this identifier; ``None`` where nobody wrote from it."""
    digest = identifier_hash(keys, identifier)
    return session.scalar(
        select(SenderIdentity.sender_id).where(SenderIdentity.identifier_hash == digest)
    )


def remember(session: Session, keys: KeyedHash, *, identifier: Identifier, at: datetime) -> str:
    """The sender of an identifier, made on first sight; its id. Called as a message is received.

    Each identifier is a sender of its own: that two are one person, a person says.
    """
    digest = identifier_hash(keys, identifier)
    known = select(SenderIdentity).where(SenderIdentity.identifier_hash == digest)
    identity = session.scalar(known.with_for_update())
    if identity is None:
        _make(session, keys, identifier, digest, at)
        identity = session.scalars(known.with_for_update()).one()
    sender = session.get_one(Sender, identity.sender_id, with_for_update=True)
    if identity.value is None:  # erased since, and they write again
        identity.value, identity.loose_hash = identifier.value, loose_hash(keys, identifier)
    for row in (identity, sender):
        row.first_seen = min(row.first_seen, at)
        row.last_seen = max(row.last_seen, at)
    return sender.id


def note_flagged(session: Session, *, sender_id: str, at: datetime) -> None:
    """Something of this sender was flagged: noted messages of theirs are kept from here on."""
    earlier = or_(Sender.last_flagged.is_(None), Sender.last_flagged < at)
    session.execute(
        update(Sender)
        .where(Sender.id == sender_id, earlier)
        .values(last_flagged=at)
        .execution_options(synchronize_session=False)
    )


def note_stub(session: Session, *, sender_id: str, month: str) -> None:
    """A message of this sender was erased, and its stub counts in this month."""
    earlier = or_(Sender.last_stub.is_(None), Sender.last_stub < month)
    session.execute(
        update(Sender)
        .where(Sender.id == sender_id, earlier)
        .values(last_stub=month)
        .execution_options(synchronize_session=False)
    )


def _make(
    session: Session, keys: KeyedHash, identifier: Identifier, digest: str, at: datetime
) -> None:
    sender = Sender(id=new_id(), first_seen=at, last_seen=at)
    session.add(sender)
    session.flush()
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # Two imports may meet the same new identifier at once: the second takes the first one's row.
    made = session.scalar(
        build(SenderIdentity)
        .values(
            id=new_id(),
            sender_id=sender.id,
            kind=identifier.kind.value,
            namespace=identifier.namespace,
            identifier_hash=digest,
            loose_hash=loose_hash(keys, identifier),
            value=identifier.value,
            key_version=keys.version,
            first_seen=at,
            last_seen=at,
        )
        .on_conflict_do_nothing(index_elements=["identifier_hash"])
        .returning(SenderIdentity.id)
    )
    if made is None:
        session.delete(sender)
        session.flush()

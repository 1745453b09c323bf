"""Making a message findable: by its words, in the database's own index (migration 0001), and by
others that say nearly the same."""

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from triage.core.crypto import KeyedHash
from triage.core.text import searchable
from triage.messages.beside.tables import MessageSketch
from triage.messages.campaigns import plain, sketch
from triage.messages.tables import Message

LONGEST = 100_000
"""Characters of a message that can be found. PostgreSQL refuses a vector above 1 MiB."""

_INSERT = {
    "sqlite": "INSERT INTO message_search (message_id, body) VALUES (:id, :body)",
    "postgresql": "INSERT INTO message_search (message_id, body) "
    "VALUES (:id, to_tsvector('simple', :body)) ON CONFLICT (message_id) DO NOTHING",
}


def index_message(session: Session, message: Message) -> None:
    """Make a message findable by its sender, subject and words."""
    body = " ".join(
        (message.from_name, message.from_address or "", message.text[:LONGEST], message.rest)
    )
    body = searchable(body[:LONGEST])[:LONGEST]
    session.execute(
        text(_INSERT[session.get_bind().dialect.name]), {"id": message.id, "body": body}
    )


def sketch_message(session: Session, keys: KeyedHash, message: Message) -> None:
    """Keep the marks of a message that waits, under the desk's key."""
    session.add_all(
        MessageSketch(message_id=message.id, position=position, hash=keys.of("sketch", part))
        for position, part in enumerate(sketch(plain(message.text)))
    )


def forget_sketch(session: Session, message_id: str) -> None:
    """It waits no more: nobody looks for others like it."""
    session.execute(delete(MessageSketch).where(MessageSketch.message_id == message_id))

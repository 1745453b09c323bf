"""Making a message findable by its words, in the database's own index (migration 0001)."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from triage.core.text import searchable
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

"""Commands on senders."""

import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from triage.core.crypto import KeyedHash
from triage.core.ids import new_id
from triage.senders.tables import Sender


def canonical_address(address: str) -> str:
    """The matching form of an address: NFC, stripped, lower case."""
    return unicodedata.normalize("NFC", address).strip().lower()


def address_hash(keys: KeyedHash, address: str) -> str:
    """The keyed hash under which an address is known."""
    return keys.of("sender", canonical_address(address).encode())


def remember(session: Session, keys: KeyedHash, *, address: str, at: datetime) -> str:
    """The sender of an address, made on first sight; its id. Called as a message is received."""
    digest = address_hash(keys, address)
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # Two imports may meet the same new address at once: the second takes the first one's row.
    session.execute(
        build(Sender)
        .values(
            id=new_id(),
            address_hash=digest,
            key_version=keys.version,
            address=canonical_address(address),
            first_seen=at,
            last_seen=at,
        )
        .on_conflict_do_nothing(index_elements=["address_hash"])
    )
    sender = session.scalars(select(Sender).where(Sender.address_hash == digest)).one()
    sender.first_seen = min(sender.first_seen, at)
    sender.last_seen = max(sender.last_seen, at)
    return sender.id

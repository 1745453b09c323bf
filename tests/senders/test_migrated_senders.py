"""Addresses that stood in ``senders`` become identities, on both databases, and none is lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine
from support.mail import START

from triage.core.crypto import KeyedHash
from triage.core.database import UtcDateTime, make_engine
from triage.core.errors import KeyMissing
from triage.core.ids import new_id
from triage.migrations import HERE, current, migrate, newest

KEYS = KeyedHash(b"a key for these tests, and no other")
BEFORE = "0007"


@pytest.fixture
def old(backend: str, fresh_url: Callable[[str], str]) -> Iterator[Engine]:
    """A database as it was before there were identities."""
    engine = make_engine(fresh_url(f"{backend} empty"))
    with engine.execution_options(writes=True).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(HERE).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
    yield engine
    engine.dispose()


def table(connection: Connection, name: str) -> sa.Table:
    found = sa.Table(name, sa.MetaData(), autoload_with=connection)
    for column in found.columns:
        if isinstance(column.type, sa.DateTime):
            column.type = UtcDateTime()
    return found


def add_sender(
    connection: Connection, address: str | None, days: int, digest: str | None = None
) -> str:
    at = START + timedelta(days=days)
    row = {
        "id": new_id(),
        "address": address,
        "address_hash": digest or KEYS.of("sender", (address or "").encode()),
        "key_version": 1,
        "first_seen": at,
        "last_seen": at + timedelta(hours=1),
    }
    connection.execute(table(connection, "senders").insert(), row)
    return row["id"]


def add_message(connection: Connection, sender_id: str | None) -> str:
    """A message with the least that the columns ask for."""
    messages = table(connection, "messages")
    row: dict[str, Any] = {}
    for column in messages.columns:
        if column.nullable:
            continue
        kind = column.type
        row[column.name] = (
            START if isinstance(kind, UtcDateTime)
            else False if isinstance(kind, sa.Boolean)
            else 0 if isinstance(kind, sa.Integer | sa.Float)
            else [] if isinstance(kind, sa.JSON)
            else "x"
        )  # fmt: skip
    row |= {"id": new_id(), "raw_hash": new_id(), "sender_id": sender_id}
    connection.execute(messages.insert(), row)
    return row["id"]


def stored(engine: Engine, name: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.execute(table(connection, name).select()).mappings()
        return [dict(one) for one in found]


def test_every_address_and_number_becomes_an_identity_and_every_message_keeps_its_sender(
    old: Engine,
) -> None:
    with old.execution_options(writes=True).begin() as connection:
        pat = add_sender(connection, "pat+x@example.org", 0)
        first = add_sender(connection, "07700900123", 1)
        again = add_sender(connection, "+447700900123", 5)
        erased = add_sender(connection, None, 2, KEYS.of("sender", b"gone@example.org"))
        odd = add_sender(connection, "123456", 3)
        senders = (pat, first, again, erased, odd, None)
        messages = {add_message(connection, one): one for one in senders}
    migrate(old, None, KEYS)
    with old.connect() as connection:
        assert current(connection) == newest()
    assert {one["id"] for one in stored(old, "senders")} == {pat, first, erased, odd}
    assert "address" not in stored(old, "senders")[0]
    identities = {one["sender_id"]: one for one in stored(old, "sender_identities")}
    assert {sender: (one["kind"], one["value"]) for sender, one in identities.items()} == {
        pat: ("email", "pat+x@example.org"),
        first: ("phone", "+447700900123"),
        erased: ("email", None),
        odd: ("email", "123456"),
    }
    assert identities[pat]["identifier_hash"] == KEYS.of("sender", b"pat+x@example.org")
    assert identities[erased]["identifier_hash"] == KEYS.of("sender", b"gone@example.org")
    assert identities[pat]["loose_hash"] == KEYS.of("sender alike email", b"pat@example.org")
    assert identities[first]["last_seen"] == START + timedelta(days=5, hours=1)
    kept = {one["id"]: one["sender_id"] for one in stored(old, "messages")}
    assert kept == messages | {one: first for one, sender in messages.items() if sender == again}


def test_a_message_still_cannot_name_a_sender_who_is_not(old: Engine) -> None:
    with old.execution_options(writes=True).begin() as connection:
        add_message(connection, add_sender(connection, "pat@example.org", 0))
    migrate(old, None, KEYS)
    with (
        pytest.raises(sa.exc.IntegrityError),
        old.execution_options(writes=True).begin() as connection,
    ):
        add_message(connection, "Z" * 26)


def test_without_the_hash_key_nothing_is_migrated_and_nothing_lost(old: Engine) -> None:
    with old.execution_options(writes=True).begin() as connection:
        add_sender(connection, "pat@example.org", 0)
    with pytest.raises(KeyMissing):
        migrate(old)
    with old.connect() as connection:
        assert current(connection) == BEFORE
    assert [one["address"] for one in stored(old, "senders")] == ["pat@example.org"]

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from support.desk import Desk
from support.mail import START

from triage.core.crypto import KeyedHash
from triage.senders.service import address_hash, canonical_address, remember
from triage.senders.tables import Sender


def senders(desk: Desk) -> list[Sender]:
    return list(desk.read(lambda session: session.scalars(select(Sender)).all()))


@pytest.mark.parametrize(
    "written", ["Pat@Example.org", "  pat@example.org ", "PAT@EXAMPLE.ORG", "pat@example.org"]
)
def test_one_address_is_one_sender_however_it_is_written(written: str) -> None:
    assert canonical_address(written) == "pat@example.org"


def test_composed_and_decomposed_letters_are_the_same_address() -> None:
    assert canonical_address("zoe\u0308@example.org") == canonical_address("zo\u00eb@example.org")


def test_an_address_is_known_by_a_keyed_hash() -> None:
    one, other = KeyedHash(b"1" * 32), KeyedHash(b"2" * 32)
    assert address_hash(one, "PAT@example.org") == address_hash(one, "pat@example.org")
    assert address_hash(one, "pat@example.org") != address_hash(other, "pat@example.org")


def test_a_sender_is_made_on_first_sight_and_found_again(desk: Desk) -> None:
    keys = desk.triage.keys

    def meet(session: Session, days: int, address: str = "Pat@example.org") -> str:
        return remember(session, keys, address=address, at=START + timedelta(days=days))

    write = desk.triage.database.write
    first = write(lambda session: meet(session, 0))
    assert write(lambda session: meet(session, 5)) == first
    assert write(lambda session: meet(session, -3, "pat@EXAMPLE.org")) == first
    assert write(lambda session: meet(session, 0, "sam@example.org")) != first
    pat = next(one for one in senders(desk) if one.id == first)
    assert pat.address == "pat@example.org"
    assert pat.key_version == keys.version
    assert (pat.first_seen, pat.last_seen) == (
        START - timedelta(days=3),
        START + timedelta(days=5),
    )


def test_messages_of_one_address_over_all_services_have_one_sender(desk: Desk) -> None:
    one = desk.arrive("[low] a", from_address="pat@example.org")
    other = desk.arrive("[low] b", from_address="PAT@example.org")
    nobody = desk.arrive("[low] c", from_address=None)
    assert desk.row(one).sender_id == desk.row(other).sender_id is not None
    assert desk.row(nobody).sender_id is None
    assert len(senders(desk)) == 1

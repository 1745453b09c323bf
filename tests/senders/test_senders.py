"""One identifier is one sender, however it is written, over all services and ways in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from support.desk import Desk
from support.mail import START, inbound

from triage.core.crypto import KeyedHash
from triage.intake.columns import Field
from triage.intake.inbound import Channel, Contact, ContactKind
from triage.intake.note import Note
from triage.intake.rows import canonical as row_bytes
from triage.intake.rows import parse_row
from triage.messages.service.flags import look_up
from triage.messages.service.taking import take_note
from triage.messages.tables import Message
from triage.senders import canonical
from triage.senders.rules import Identifier
from triage.senders.service import identifier_hash, remember
from triage.senders.tables import Sender, SenderIdentity


def of(text: str) -> Identifier:
    found = canonical.recognise(text)
    assert found is not None
    return found


def identities(desk: Desk) -> list[SenderIdentity]:
    wanted = select(SenderIdentity).order_by(SenderIdentity.kind, SenderIdentity.value)
    return list(desk.read(lambda session: session.scalars(wanted).all()))


def sender_of(desk: Desk, message_id: str) -> str | None:
    return desk.row(message_id).sender_id


def test_an_identifier_is_known_by_a_keyed_hash_and_kinds_are_kept_apart() -> None:
    one, other = KeyedHash(b"1" * 32), KeyedHash(b"2" * 32)
    assert identifier_hash(one, of("PAT@example.org")) == identifier_hash(
        one, of("pat@example.org")
    )
    assert identifier_hash(one, of("pat@example.org")) != identifier_hash(
        other, of("pat@example.org")
    )
    of_each = [canonical.account("5", "fms"), canonical.account("5", "wtt"), of("@5"), of("x:@5")]
    assert len({identifier_hash(one, each) for each in of_each if each}) == 4


def test_an_address_keeps_the_hash_it_had_before_there_were_other_identifiers() -> None:
    keys = KeyedHash(b"1" * 32)
    assert identifier_hash(keys, of("Pat@example.org")) == keys.of("sender", b"pat@example.org")


def test_a_sender_is_made_on_first_sight_and_found_again(desk: Desk) -> None:
    keys = desk.triage.keys

    def meet(session: Session, days: int, who: str = "Pat@example.org") -> str:
        return remember(session, keys, identifier=of(who), at=START + timedelta(days=days))

    write = desk.triage.database.write
    first = write(lambda session: meet(session, 0))
    assert write(lambda session: meet(session, 5)) == first
    assert write(lambda session: meet(session, -3, "pat@EXAMPLE.org")) == first
    assert write(lambda session: meet(session, 0, "sam@example.org")) != first
    assert write(lambda session: meet(session, 0, "pat+x@example.org")) != first
    pat = next(one for one in identities(desk) if one.value == "pat@example.org")
    assert (pat.kind, pat.namespace, pat.key_version) == ("email", "", keys.version)
    sender = desk.read(lambda session: session.get_one(Sender, pat.sender_id))
    assert (sender.first_seen, sender.last_seen) == (pat.first_seen, pat.last_seen)
    assert (pat.first_seen, pat.last_seen) == (
        START - timedelta(days=3),
        START + timedelta(days=5),
    )


def test_messages_of_one_address_over_all_services_have_one_sender(desk: Desk) -> None:
    one = desk.arrive("[low] a", from_address="pat@example.org")
    other = desk.arrive("[low] b", from_address="PAT@example.org")
    nobody = desk.arrive("[low] c", from_address=None)
    assert sender_of(desk, one) == sender_of(desk, other) is not None
    assert sender_of(desk, nobody) is None
    assert len(identities(desk)) == desk.count(Sender) == 1


def test_two_imports_that_meet_the_same_new_caller_agree_on_one_sender(desk: Desk) -> None:
    """Not under the lock that imports take: the row itself must hold."""
    both = Barrier(2)

    def meet(_: int) -> str:
        both.wait()
        return desk.triage.database.write(
            lambda session: remember(
                session, desk.triage.keys, identifier=of("07700 900123"), at=START
            )
        )

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            assert len(set(pool.map(meet, range(2)))) == 1
    assert len(identities(desk)) == desk.count(Sender) == 1


def test_who_loses_the_race_takes_the_winners_row_and_leaves_no_sender_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the other import had committed between the look and the write."""
    from triage.senders import service

    first = desk.triage.database.write(
        lambda session: remember(session, desk.triage.keys, identifier=of("@pat"), at=START)
    )
    digest = identifier_hash(desk.triage.keys, of("@pat"))
    desk.triage.database.write(
        lambda session: service._make(session, desk.triage.keys, of("@pat"), digest, START)
    )
    assert [one.sender_id for one in identities(desk)] == [first]
    assert desk.count(Sender) == 1


# -- ways in


def take(desk: Desk, contact: str, channel: Channel = Channel.PHONE, words: str = "[low] x") -> str:
    note = Note(channel, desk.now, words, other="The front desk", name="Pat", contact=contact)
    before = set(desk.read(lambda session: session.scalars(select(Message.id)).all()))
    desk.do(desk.kit, take_note, note=note, scorer=desk.triage.scorer)
    after = set(desk.read(lambda session: session.scalars(select(Message.id)).all()))
    (new,) = after - before
    return new


def test_a_caller_is_known_again_however_their_number_is_written(desk: Desk) -> None:
    calls = [
        take(desk, "07700 900123"),
        take(desk, "+44 (0)7700 900-123", Channel.VOICEMAIL),
        take(desk, "0044 7700 900123 ext. 5", words="[low] y"),
    ]
    assert len({sender_of(desk, one) for one in calls}) == 1
    (known,) = identities(desk)
    assert (known.kind, known.value) == ("phone", "+447700900123")
    assert desk.row(calls[0]).from_name == "Pat, 07700 900123"
    assert desk.row(calls[0]).from_address is None


def test_a_handle_is_known_on_its_network_alone(desk: Desk) -> None:
    posts = [
        take(desk, one, Channel.SOCIAL)
        for one in ("x:@Pat", "https://twitter.com/pat", "mastodon:@pat", "@pat")
    ]
    senders = [sender_of(desk, one) for one in posts]
    assert senders[0] == senders[1]
    assert len(set(senders)) == 3
    assert {one.namespace for one in identities(desk)} == {"x", "mastodon", "social"}


def test_who_left_no_identifier_is_nobody(desk: Desk) -> None:
    for contact in ("Pat Example", "999", "", "withheld"):
        assert sender_of(desk, take(desk, contact, words=f"[low] {contact}")) is None
    assert identities(desk) == []


def row_of(desk: Desk, **cells: str) -> str:
    fields = {name: Field(name).value for name in cells}
    message = parse_row(row_bytes(cells), "table.csv, row 1", fields)
    (receipt,) = desk.receive(message, service="fixmystreet")
    assert receipt.message_id is not None
    return receipt.message_id


def test_columns_of_a_table_give_numbers_accounts_and_handles(desk: Desk) -> None:
    call = row_of(desk, text="called", phone="020 7946 0958")
    assert sender_of(desk, call) == sender_of(desk, take(desk, "+44 20 7946 0958"))
    accounts = [row_of(desk, text=f"[low] {n}", account=one) for n, one in enumerate(("U7", "u7"))]
    assert sender_of(desk, accounts[0]) == sender_of(desk, accounts[1])
    post = row_of(desk, text="posted", handle="@Pat", channel="Twitter")
    assert desk.row(post).from_name == "@Pat"
    assert {(one.kind, one.namespace, one.value) for one in identities(desk)} == {
        ("phone", "", "+442079460958"),
        ("account", "fixmystreet", "u7"),
        ("handle", "x", "pat"),
    }


def test_of_several_identifiers_in_one_row_the_surest_names_the_sender(desk: Desk) -> None:
    row = row_of(desk, text="x", handle="@pat", phone="020 7946 0958", **{"from": "p@example.org"})
    (known,) = identities(desk)
    assert (known.sender_id, known.value) == (sender_of(desk, row), "p@example.org")


def test_an_account_of_no_service_says_nothing(desk: Desk) -> None:
    mail = replace(
        inbound("[low]", from_address=None), contacts=(Contact(ContactKind.ACCOUNT, "5"),)
    )
    (receipt,) = desk.receive(mail)
    assert receipt.message_id is not None
    assert sender_of(desk, receipt.message_id) is None


def test_a_caller_and_a_handle_are_looked_up_as_an_address_is(desk: Desk) -> None:
    call, post = take(desk, "07700 900123"), take(desk, "x:@pat", Channel.SOCIAL)
    found: Callable[[str], list[str]] = lambda text: [  # noqa: E731
        row.id for row in getattr(desk.do(desk.ana, look_up, address=text), "rows", ())
    ]
    assert found("+44 7700 900123") == [call]
    assert found("https://x.com/Pat") == [post]
    assert found("020 7946 0000") == []
    assert [one.matter_id for one in desk.events("looked_up")] == [call, post]

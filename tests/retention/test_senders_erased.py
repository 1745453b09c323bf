"""A sender of whom nothing is left loses their address; hashes stay for as long as stubs count."""

from sqlalchemy import select
from support.desk import Desk

from triage.conduct.kinds import RoutedTo
from triage.core.access import SYSTEM
from triage.messages.service import review
from triage.messages.service.erasing import KEEPINGS as MESSAGES
from triage.messages.service.linking import confirm_link
from triage.retention.service.purging import planned, purge
from triage.retention.service.senders import KEEPING
from triage.senders.rules import LinkReason
from triage.senders.standing.rules import Measure
from triage.senders.standing.service import set_standing
from triage.senders.tables import Sender, SenderIdentity, SenderLink

PAT = "pat@example.org"


def known(desk: Desk) -> list[tuple[str | None, bool]]:
    with desk.triage.database.read() as session:
        found = select(SenderIdentity).order_by(SenderIdentity.first_seen, SenderIdentity.id)
        return [(one.value, one.loose_hash is not None) for one in session.scalars(found)]


def test_when_their_last_message_goes_the_address_goes_and_in_the_end_every_trace(
    desk: Desk, erasing
) -> None:
    desk.arrive("nothing of the kind", from_address=PAT)
    assert known(desk) == [(PAT, True)]
    erasing.after(days=30)
    assert known(desk) == [(None, False)]
    with desk.triage.database.read() as session:
        sender = session.scalars(select(Sender)).one()
        assert (sender.last_seen.day, sender.last_seen.hour) == (1, 0)
    erasing.after(days=700)
    assert desk.count(Sender) == 1
    erasing.after(days=150)
    assert (desk.count(Sender), desk.count(SenderIdentity)) == (0, 0)


def test_who_writes_again_is_known_again(desk: Desk, erasing) -> None:
    desk.arrive("nothing of the kind", from_address=PAT)
    erasing.after(days=30)
    desk.arrive("nothing of the kind, again", from_address=PAT)
    assert known(desk) == [(PAT, True)]
    assert desk.count(Sender) == 1


def test_a_sender_of_whom_something_is_kept_keeps_their_address(desk: Desk, erasing) -> None:
    message = desk.arrive("nothing of the kind", from_address=PAT)
    sender = desk.row(message).sender_id
    desk.do(
        desk.dora, set_standing, sender_id=sender, measure=Measure.CEASE_CONTACT,
        source_id="S" * 26, since=desk.now, until=None,
    )  # fmt: skip
    erasing.after(days=900)
    assert not erasing.is_there(message)
    assert known(desk) == [(PAT, True)]


def test_of_two_who_are_one_person_the_word_on_it_goes_with_the_first_and_the_link_with_both(
    desk: Desk, erasing
) -> None:
    one = desk.arrive("[low] words", from_address=PAT)
    other = desk.arrive("[low] words", from_address="sam@example.org")
    given = {"message_id": one, "other_id": desk.row(other).sender_id}
    desk.do(desk.ana, confirm_link, reason=LinkReason.OTHER, note="a zeppelin", **given)
    version = desk.open(desk.ana, one)
    desk.do(desk.ana, review.route, message_id=one, version=version, to=RoutedTo.SPAM)
    erasing.after(days=40)
    with desk.triage.database.read() as session:
        link = session.scalars(select(SenderLink)).one()
        assert link.note == b""
        link_id = link.id
    destroyed = [event.matter_id for event in desk.events("key_destroyed")]
    assert link_id in destroyed
    desk.decide(desk.ana, other)
    erasing.after(days=1500)
    erasing.run()
    assert (desk.count(SenderLink), desk.count(Sender)) == (0, 0)


def test_who_wrote_since_it_was_looked_up_is_not_erased(desk: Desk, erasing) -> None:
    desk.arrive("nothing of the kind", from_address=PAT)
    desk.move(days=40)
    purge(desk.triage.runner, desk.now, keepings=MESSAGES)
    with desk.triage.database.read() as session:
        [stale] = KEEPING.due(session, desk.triage.settings, desk.now, "", 10)
    desk.arrive("nothing of the kind, again", from_address=PAT)
    assert not desk.do(SYSTEM, KEEPING.erase, due=stale)
    assert known(desk) == [(PAT, True)]
    assert not planned(desk.triage.runner, desk.now).counts

"""Figures are the same before and after an erasure: stubs count where their messages counted."""

import pytest
from sqlalchemy import select
from support.desk import Desk, address

from triage.conduct.kinds import Disposition, RoutedTo, Severity
from triage.core.roles import Role
from triage.messages.service import review
from triage.messages.service.linking import confirm_link
from triage.messages.stubs.tables import MessageStub
from triage.messages.tables import Message
from triage.senders.rules import LinkReason
from triage.trends.quality import precision, recall
from triage.trends.queries.counting import gather, reveals
from triage.trends.queries.quality import judged
from triage.trends.rules import Period

PERIODS = [Period.parse(one) for one in ("2026-03", "2026-Q1", "2026")]


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Three weeks of mail by some senders to some colleagues, all of it decided or let pass."""
    for number in range(24):
        to = (address(("kit", "max")[number % 2]),) if number % 3 else ()
        words = "[high] words" if number % 5 == 0 else "[medium] words"
        given = {"from_address": f"w{number % 7}@example.org", "recipients": to}
        if number % 4 == 0:
            desk.arrive("nothing of the kind", **given)
            continue
        message = desk.arrive(words, **given)
        desk.move(hours=number)
        if number % 4 == 1:
            desk.decide(desk.ana, message, Disposition.OFFENSIVE, severity=Severity.LOW)
        elif number % 4 == 2:
            desk.decide(desk.ben, message)
        else:
            held = {"message_id": message, "version": desk.open(desk.ana, message)}
            desk.do(desk.ana, review.route, to=RoutedTo.SERVICE_COMPLAINT, **held)
    return desk


def figures(desk: Desk) -> object:
    with desk.triage.database.read() as session:
        return [
            {
                node: (one.messages, one.people, sorted(one.senders.values()), one.recipients)
                for node, one in gather(session, period=period, keys=desk.triage.keys).items()
            }
            for period in PERIODS
        ]


def test_p_sum_1_what_a_release_counts_is_the_same_before_and_after_all_is_erased(
    busy: Desk, erasing
) -> None:
    one, other = (senders(busy)[n] for n in (1, 2))
    message = busy.read(lambda s: s.scalar(select(Message.id).where(Message.sender_id == one)))
    given = {"message_id": message, "other_id": other, "reason": LinkReason.KNOWN_TO_US}
    busy.do(busy.ana, confirm_link, **given)
    before = figures(busy)
    erasing.after(days=100)
    assert 0 < busy.count(MessageStub) < 24
    assert figures(busy) == before
    erasing.after(days=300)
    erasing.run()  # what was kept with the flagged goes after them
    assert busy.count(Message) == 0
    assert busy.count(MessageStub) == 24
    assert figures(busy) == before


def senders(desk: Desk) -> list[str]:
    return desk.read(
        lambda s: list(s.scalars(select(Message.sender_id).distinct().order_by(Message.sender_id)))
    )


def test_exposure_is_the_same_before_and_after(busy: Desk, erasing) -> None:
    before = [busy.read(reveals, period=one) for one in PERIODS]
    assert any(before)
    erasing.after(days=400)
    assert [busy.read(reveals, period=one) for one in PERIODS] == before


def test_how_good_the_classifier_is_stays_the_same_as_its_messages_are_erased(
    busy: Desk, erasing
) -> None:
    """No action goes after six months, abuse stays: without stubs the model would seem better."""
    dora = busy.dora

    def said() -> object:
        found = busy.read(judged, viewer=dora)
        return len(found), precision(found), recall(found)

    before = said()
    erasing.after(days=200)
    assert 0 < busy.count(MessageStub) < 24
    assert said() == before
    erasing.after(days=300)
    erasing.run()  # what was kept with the flagged goes after them
    assert busy.count(Message) == 0
    assert said() == before


def test_p_rec_4_a_stub_counts_for_nobody_who_has_no_part_in_it(busy: Desk, erasing) -> None:
    admin_recipient = busy.add("rae", Role.DECIDER)
    before = len(busy.read(judged, viewer=admin_recipient))
    mine = busy.arrive("[medium] words", recipients=(address("rae"),))
    busy.decide(busy.ana, mine, Disposition.OFFENSIVE, severity=Severity.LOW)
    assert len(busy.read(judged, viewer=busy.dora)) == before + 1
    for _ in range(2):
        assert len(busy.read(judged, viewer=admin_recipient)) == before
        erasing.after(days=400)
    assert len(busy.read(judged, viewer=busy.dora)) == before + 1

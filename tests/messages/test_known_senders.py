"""New mail from somebody for whom something is in force says so, and stands before the others."""

from datetime import timedelta

import pytest
from support.desk import Desk, address
from support.mail import START

from triage.conduct.kinds import Disposition, Severity
from triage.core.ids import new_id
from triage.messages.placing import KNOWN, RANGES, Rank, lane_of, lift
from triage.messages.queries.listing import QueueRow
from triage.messages.queries.queue import next_waiting, queue_page
from triage.messages.service.flags import flag
from triage.messages.service.linking import confirm_link
from triage.senders.rules import LinkReason
from triage.senders.standing.rules import Measure
from triage.senders.standing.service import end_standing, set_standing

KNOWN_ADDRESS = "known@example.org"


def put(desk: Desk, measure: Measure, **changes: object) -> str:
    """Something is in force for the known sender; its source."""
    sender_id = desk.row(desk.arrive("nothing much", from_address=KNOWN_ADDRESS)).sender_id
    given = {
        "sender_id": sender_id,
        "measure": measure,
        "source_id": new_id(),
        "since": desk.now,
        "until": None,
    } | changes
    desk.do(desk.dora, set_standing, **given)
    return str(given["source_id"])


def queue(desk: Desk, name: str = "ana") -> list[QueueRow]:
    return list(desk.read(queue_page, viewer=desk.people[name], now=desk.now).rows)


@pytest.mark.parametrize("measure", Measure)
def test_p_msg_4_their_new_mail_stands_before_the_others_of_its_lane(
    desk: Desk, measure: Measure
) -> None:
    put(desk, measure)
    before = [desk.arrive(f"[{band}] words") for band in ("high", "medium", "low")]
    for band, others in (("high", before[:1]), ("medium", before[1:]), ("low", before[1:])):
        mine = desk.arrive(f"[{band}] words", from_address=KNOWN_ADDRESS)
        order = [row.id for row in queue(desk)]
        assert all(order.index(mine) < order.index(one) for one in others), band


def test_within_a_lane_the_graver_of_two_known_ones_comes_first(desk: Desk) -> None:
    put(desk, Measure.CEASE_CONTACT)
    low, medium = (desk.arrive(f"[{one}]", from_address=KNOWN_ADDRESS) for one in ("low", "medium"))
    assert [row.id for row in queue(desk)] == [medium, low]


def test_what_a_person_put_on_top_stays_there_and_welfare_goes_by_risk_alone(desk: Desk) -> None:
    put(desk, Measure.CEASE_CONTACT)
    alarm = desk.arrive("[low] look", from_address="other@example.org")
    desk.do(desk.kit, flag, message_id=alarm, note="now", urgent=True)
    first = desk.arrive("[welfare] a", from_address="other@example.org")
    desk.move(minutes=1)
    second = desk.arrive("[welfare] b", from_address=KNOWN_ADDRESS)
    known = desk.arrive("[high] c", from_address=KNOWN_ADDRESS)
    assert [row.id for row in queue(desk)] == [alarm, known, first, second]


def test_nothing_is_queued_for_who_sent_it_alone(desk: Desk) -> None:
    put(desk, Measure.CEASE_CONTACT)
    desk.arrive("a plain question", from_address=KNOWN_ADDRESS)
    assert queue(desk) == []


def test_flagged_by_hand_it_ranks_up_too(desk: Desk) -> None:
    put(desk, Measure.CEASE_CONTACT)
    message = desk.arrive("a plain question", from_address=KNOWN_ADDRESS)
    desk.do(desk.kit, flag, message_id=message, note="odd")
    assert desk.row(message).rank == Rank.PLAIN_KNOWN


def test_what_has_ended_or_not_begun_ranks_nobody_up(desk: Desk) -> None:
    source = put(desk, Measure.CEASE_CONTACT)
    desk.do(desk.dora, end_standing, source_id=source, at=desk.now)
    put(desk, Measure.SERVICE_BLOCK, since=START + timedelta(days=9))
    message = desk.arrive("[medium]", from_address=KNOWN_ADDRESS)
    assert desk.row(message).rank == Rank.MEDIUM
    assert queue(desk)[0].standing == ()


def test_a_blind_item_ranks_as_any_plain_one_of_that_sender(make_desk) -> None:
    desk = make_desk(blind_sample_per_day=2, expected_messages_per_day=1)
    put(desk, Measure.CEASE_CONTACT)
    desk.move(days=1)
    sampled = desk.arrive("[medium]", from_address=KNOWN_ADDRESS)
    assert desk.row(sampled).blind
    plain = desk.arrive("[language]", from_address=KNOWN_ADDRESS)
    assert desk.row(sampled).rank == desk.row(plain).rank == Rank.PLAIN_KNOWN


def test_a_row_says_what_is_in_force_in_words(desk: Desk) -> None:
    put(desk, Measure.CEASE_CONTACT)
    put(desk, Measure.ASKED_TO_CEASE)
    desk.arrive("[low]", from_address=KNOWN_ADDRESS)
    row = queue(desk)[0]
    assert row.standing == ("cease contact since 2 March 2026", "asked to stop on 2 March 2026")
    assert row.ceased


def test_p_act_1_what_comes_later_than_the_request_is_after_request_to_cease(desk: Desk) -> None:
    put(desk, Measure.ASKED_TO_CEASE, since=START)
    at = {
        one: desk.arrive("[low]", from_address=KNOWN_ADDRESS, received_at=START + one)
        for one in (timedelta(hours=-1), timedelta(0))
    }
    desk.move(hours=1)
    after = desk.arrive("[low]", from_address=KNOWN_ADDRESS, received_at=desk.now)
    said = {row.id: row.after_request for row in queue(desk)}
    assert said == {at[timedelta(hours=-1)]: False, at[timedelta(0)]: False, after: True}


def test_earlier_dispositions_are_shown_to_each_as_far_as_they_may_know(desk: Desk) -> None:
    """Of a message sent to ana nothing reaches her by way of another one of the same sender."""
    hers = desk.arrive("[high]", from_address=KNOWN_ADDRESS, recipients=(address("ana"),))
    seen, none = (desk.arrive("[low]", from_address=KNOWN_ADDRESS) for _ in range(2))
    desk.decide(desk.ben, hers, Disposition.THREATENING, severity=Severity.HIGH)
    desk.decide(desk.ben, seen, Disposition.AGGRESSIVE, severity=Severity.LOW)
    desk.decide(desk.ben, none)
    new = desk.arrive("[low]", from_address=KNOWN_ADDRESS)
    other = desk.arrive("[low]", from_address="other@example.org")
    for name, count in (("ana", 1), ("cleo", 2)):
        assert {row.id: row.earlier for row in queue(desk, name)} == {new: count, other: 0}
    assert desk.row(new).rank == desk.row(other).rank, "no decision moves what everybody sees"


def test_of_those_as_grave_who_was_abusive_before_comes_first_to_each_as_far_as_they_may_know(
    desk: Desk,
) -> None:
    """A threat that was sent to ana moves nothing up for her: it would tell her of it."""
    hers = desk.arrive("[high]", from_address=KNOWN_ADDRESS, recipients=(address("ana"),))
    desk.decide(desk.ben, hers, Disposition.THREATENING, severity=Severity.HIGH)
    older = desk.arrive("[low] a", from_address="other@example.org")
    desk.move(minutes=1)
    again = desk.arrive("[low] b", from_address=KNOWN_ADDRESS)
    graver = desk.arrive("[medium] c", from_address="third@example.org")
    assert [row.id for row in queue(desk, "ana")] == [graver, older, again]
    assert [row.id for row in queue(desk, "cleo")] == [graver, again, older]
    assert desk.read(next_waiting, viewer=desk.cleo, now=desk.now) == graver


def test_it_goes_for_all_by_which_they_are_known(desk: Desk) -> None:
    before = desk.arrive("[high]", from_address=KNOWN_ADDRESS)
    desk.decide(desk.ben, before, Disposition.THREATENING, severity=Severity.HIGH)
    older = desk.arrive("[low] a", from_address="other@example.org")
    desk.move(minutes=1)
    alias = desk.arrive("[low] b", from_address="alias@example.org")
    assert [row.id for row in queue(desk)] == [older, alias]
    given = {
        "other_id": str(desk.row(before).sender_id),
        "reason": LinkReason.OTHER,
        "note": "said",
    }
    desk.do(desk.ana, confirm_link, message_id=alias, **given)
    assert [row.id for row in queue(desk)] == [alias, older]


@pytest.mark.parametrize("rank", Rank)
def test_ranking_up_never_leaves_the_lane_and_never_passes_what_people_put_on_top(
    rank: Rank,
) -> None:
    lifted = lift(rank, known=True)
    assert lift(rank, known=False) is rank
    assert lane_of(lifted) is lane_of(rank)
    assert lifted <= rank
    if rank in KNOWN:
        lane = RANGES[lane_of(rank)]
        plain = [one for one in Rank if one in lane and one in KNOWN]
        assert all(lifted < one for one in plain)
        assert lifted > Rank.ALARM

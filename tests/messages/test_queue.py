from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from support.desk import Desk
from support.mail import START, inbound

from triage.conduct.kinds import WelfareOutcome
from triage.core.access import Actor
from triage.core.errors import Invalid, NotAllowed, NotFound
from triage.messages.queries.listing import PAGE
from triage.messages.queries.queue import (
    Filters,
    find,
    lane_counts,
    mine,
    next_waiting,
    of_sender,
    open_welfare,
    queue_page,
    services,
)
from triage.messages.rules import Lane, State, Step
from triage.messages.service.flags import look_up
from triage.messages.service.reveals import reveal
from triage.messages.service.welfare import finish, open_task, resume


@contextmanager
def statements(desk: Desk) -> Iterator[list[str]]:
    """The SQL that is sent meanwhile."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engine = desk.triage.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def waiting(desk: Desk, viewer: Actor, **narrowed: object) -> list[str]:
    filters = Filters(**narrowed)  # type: ignore[arg-type]
    page = desk.read(queue_page, viewer=viewer, now=desk.now, filters=filters)
    return [row.id for row in page.rows]


def test_the_gravest_comes_first_and_of_equals_the_oldest(desk: Desk) -> None:
    late, early = (
        desk.arrive("[medium]", received_at=START - timedelta(days=age)) for age in (1, 2)
    )
    low, care, high = (desk.arrive(f"[{one}]") for one in ("low", "welfare", "high"))
    assert waiting(desk, desk.ana) == [high, care, early, late, low]
    assert desk.read(next_waiting, viewer=desk.ana, now=desk.now) == high


def test_an_empty_queue_is_an_empty_page_and_no_error(desk: Desk) -> None:
    page = desk.read(queue_page, viewer=desk.ana, now=desk.now, number=7)
    assert (page.rows, page.total, page.number, page.pages) == ((), 0, 1, 1)
    assert desk.read(next_waiting, viewer=desk.ana, now=desk.now) is None
    counts = desk.read(lane_counts, viewer=desk.ana, now=desk.now)
    assert [(one.lane, one.waiting, one.oldest) for one in counts] == [
        (lane, 0, None) for lane in Lane
    ]


def test_lanes_are_counted_apart_with_the_oldest_in_each(desk: Desk) -> None:
    for text in ("[high]", "[medium]", "[low]", "[welfare]"):
        desk.arrive(text)
        desk.move(minutes=1)
    counts = desk.read(lane_counts, viewer=desk.ana, now=desk.now)
    assert {one.lane: (one.waiting, one.oldest) for one in counts} == {
        Lane.URGENT: (1, START),
        Lane.ORDINARY: (2, START + timedelta(minutes=1)),
        Lane.WELFARE: (1, START + timedelta(minutes=3)),
    }


def test_the_queue_is_narrowed_to_a_lane_a_service_or_a_sender(desk: Desk) -> None:
    urgent = desk.arrive("[high]")
    (care,) = desk.receive(inbound("[welfare]", from_address="b@example.org"), service="fms")
    assert care.message_id is not None
    assert waiting(desk, desk.ana, lane=Lane.URGENT) == [urgent]
    assert waiting(desk, desk.ana, service="fms") == [care.message_id]
    assert waiting(desk, desk.ana, sender_id=desk.row(urgent).sender_id) == [urgent]
    assert waiting(desk, desk.ana, service="none such") == []
    assert desk.read(services, viewer=desk.ana, now=desk.now) == ["fms"]


def test_pages_hold_fifty_and_each_message_stands_on_one_page(desk: Desk) -> None:
    desk.receive(*(inbound("[low]") for _ in range(2 * PAGE + 1)))
    seen: list[str] = []
    for number, size in ((1, PAGE), (2, PAGE), (3, 1)):
        page = desk.read(queue_page, viewer=desk.ana, now=desk.now, number=number)
        assert (len(page.rows), page.total, page.pages, page.number) == (size, 101, 3, number)
        seen += [row.id for row in page.rows]
    assert len(set(seen)) == 2 * PAGE + 1
    beyond = desk.read(queue_page, viewer=desk.ana, now=desk.now, number=99)
    assert [row.id for row in beyond.rows] == seen[-1:]
    assert desk.read(queue_page, viewer=desk.ana, now=desk.now, number=-1).number == 1


def cost(desk: Desk) -> dict[str, int]:
    """Statements for each list, by its name."""
    sender = desk.read(queue_page, viewer=desk.ana, now=desk.now).rows[0].sender_id
    now = {"viewer": desk.ana, "now": desk.now}
    reads = {
        queue_page: now,
        lane_counts: now,
        next_waiting: now,
        mine: now,
        open_welfare: now,
        services: now,
        find: now | {"words": "letter"},
        of_sender: now | {"sender_id": sender},
    }
    counted = {}
    for query, given in reads.items():
        with statements(desk) as sent:
            desk.read(query, **given)
        counted[query.__name__] = len([one for one in sent if one.startswith("SELECT")])
    return counted


def test_a_list_costs_the_same_number_of_queries_at_ten_messages_and_at_three_hundred(
    desk: Desk,
) -> None:
    def more(number: int) -> None:
        desk.receive(
            *(
                inbound("[low] a letter", from_address=f"w{one % 9}@example.org")
                for one in range(number)
            )
        )

    more(10)
    few = cost(desk)
    more(290)
    assert desk.read(queue_page, viewer=desk.ana, now=desk.now).total == 300
    assert cost(desk) == few
    assert max(few.values()) <= 4


def test_a_list_reads_no_text_and_no_original(desk: Desk) -> None:
    desk.arrive("[low] a letter")
    with statements(desk) as sent:
        desk.read(queue_page, viewer=desk.ana, now=desk.now)
    for one in sent:
        assert "messages.text" not in one
        assert "messages.rest" not in one
        assert "originals" not in one


def test_other_waiting_messages_of_the_same_sender_are_counted_on_each_row(desk: Desk) -> None:
    three = {desk.arrive("[low]", from_address="many@example.org") for _ in range(3)}
    one = desk.arrive("[low]", from_address="once@example.org")
    hidden = desk.arrive(
        "[low]",
        from_address="many@example.org",
        recipients=("ana@charity.example.org",),
    )
    done = desk.arrive("[low]", from_address="many@example.org")
    desk.decide(desk.ben, done)

    def counted(viewer: Actor) -> dict[str, int]:
        page = desk.read(queue_page, viewer=viewer, now=desk.now)
        return {row.id: row.same_sender for row in page.rows}

    assert counted(desk.ana) == dict.fromkeys(three, 2) | {one: 0}
    assert counted(desk.ben) == dict.fromkeys(three | {hidden}, 3) | {one: 0}


def test_what_was_never_flagged_is_listed_only_to_who_has_one_of_the_sender_open(
    desk: Desk,
) -> None:
    quiet = desk.arrive("nothing")
    queued = desk.arrive("[low]")
    sender = desk.row(queued).sender_id

    def listed(name: str) -> set[str]:
        page = desk.read(of_sender, viewer=desk.people[name], now=desk.now, sender_id=sender)
        assert page.total == len(page.rows)
        return {row.id for row in page.rows}

    assert listed("ana") == {queued}
    version = desk.open(desk.ana, queued)
    assert listed("ana") == {queued, quiet}
    assert listed("ben") == {queued}
    desk.do(desk.ana, open_task, message_id=queued, version=version)
    assert listed("ana") == {queued, quiet}
    version = desk.version(queued)
    desk.do(desk.ana, resume, message_id=queued, version=version)
    desk.move(minutes=11)
    assert listed("ana") == {queued, quiet}
    done = {"outcome": WelfareOutcome.SAFEGUARDING_LEAD, "note": ""}
    desk.do(desk.ana, finish, message_id=queued, version=desk.version(queued), **done)
    assert listed("ana") == {queued}


def test_unflagged_mail_is_reached_by_an_exact_address_and_each_look_is_on_the_record(
    desk: Desk,
) -> None:
    quiet = desk.arrive("nothing", from_address="quiet@example.org")
    hidden = desk.arrive(
        "nothing", from_address="only@example.org", recipients=("ana@charity.example.org",)
    )
    page = desk.do(desk.ana, look_up, address=" Quiet@Example.org")
    assert page is not None
    assert [row.id for row in page.rows] == [quiet]
    assert [one.actor_id for one in desk.events("looked_up", quiet)] == [desk.ana.person_id]
    for nobody in ("quiet@example", "none@example.org", "only@example.org"):
        assert desk.do(desk.ana, look_up, address=nobody) is None
    assert desk.events("looked_up", hidden) == []
    with pytest.raises(Invalid):
        desk.do(desk.ana, look_up, address="quiet")
    with pytest.raises(NotAllowed):
        desk.do(desk.max, look_up, address="quiet@example.org")


def test_unflagged_mail_is_opened_by_no_id_but_beside_an_open_one_of_its_sender(
    desk: Desk,
) -> None:
    """Its id stands on the record, and in whatever address somebody types."""
    quiet = desk.arrive("nothing", from_address="one@example.org")
    other = desk.arrive("nothing", from_address="other@example.org")
    flagged = desk.arrive("[low] words", from_address="one@example.org")
    given = {"step": Step.FULL, "reason": "I would like to know"}
    for message in (quiet, other):
        with pytest.raises(NotFound):
            desk.item(desk.ana, message)
        with pytest.raises(NotFound):
            desk.do(desk.ana, reveal, message_id=message, **given)
    desk.open(desk.ana, flagged)
    assert desk.item(desk.ana, quiet).row.id == quiet
    desk.do(desk.ana, reveal, message_id=quiet, **given)
    for who, message in ((desk.ana, other), (desk.ben, quiet)):
        with pytest.raises(NotFound):
            desk.item(who, message)
        with pytest.raises(NotFound):
            desk.do(who, reveal, message_id=message, **given)
    desk.move(minutes=30)  # the claim is over
    with pytest.raises(NotFound):
        desk.item(desk.ana, quiet)


def test_a_row_shows_what_the_model_suspects_and_no_probability(desk: Desk) -> None:
    desk.arrive("[medium] [offensive] words")
    (row,) = desk.read(queue_page, viewer=desk.ana, now=desk.now).rows
    assert (row.band, row.kinds, row.lane) == ("medium", ("offensive",), Lane.ORDINARY)
    assert not any(isinstance(getattr(row, name), float) for name in row.__slots__)


def test_p_rec_4_a_recipient_sees_no_row_no_count_and_no_next(desk: Desk) -> None:
    message = desk.arrive("[high]", recipients=("ana@charity.example.org",))
    assert waiting(desk, desk.ana) == []
    assert desk.read(next_waiting, viewer=desk.ana, now=desk.now) is None
    assert sum(one.waiting for one in desk.read(lane_counts, viewer=desk.ana, now=desk.now)) == 0
    with pytest.raises(NotFound):
        desk.item(desk.ana, message)
    assert waiting(desk, desk.ben) == [message]


@pytest.mark.parametrize("name", ["max", "ada", "kit", "gus"])
def test_who_is_no_reviewer_reads_no_list_and_no_message(desk: Desk, name: str) -> None:
    message = desk.arrive()
    viewer = desk.people[name]
    for query in (queue_page, lane_counts, next_waiting, mine, open_welfare, services):
        with pytest.raises(NotAllowed):
            desk.read(query, viewer=viewer, now=desk.now)
    with pytest.raises(NotAllowed):
        desk.item(viewer, message)
    with pytest.raises(NotAllowed):
        desk.read(find, viewer=viewer, now=desk.now, words="words")


def test_a_head_tells_how_it_came_and_who_has_it(desk: Desk) -> None:
    message = desk.arrive("[medium]", quoted="below")
    desk.open(desk.ana, message, look=0)
    head = desk.item(desk.ben, message)
    assert (head.row.state, head.row.held_by, head.has_rest) == (State.CLAIMED, "Ana", True)
    assert head.version == desk.version(message)
    assert (head.model_version, head.blind, head.was_sampled) == ("scripted-1", False, False)
    assert head.claim_expires == desk.now + timedelta(minutes=10)

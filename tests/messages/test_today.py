"""How the desk stands, as one viewer may see it, on both databases."""

from datetime import datetime, timedelta

import pytest
from support.desk import Desk, address
from support.mail import START

from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core.access import Actor
from triage.core.errors import NotAllowed
from triage.core.roles import Role
from triage.messages.morning import Handover, Today
from triage.messages.queries.today import LOOK_BACK, handover, last_scored, today
from triage.messages.rules import State
from triage.messages.service import concern, flags, review, welfare

THREAT = Disposition.THREATENING


def stands(desk: Desk, viewer: Actor, since: datetime = START, **given: object) -> Today:
    return desk.read(today, viewer=viewer, now=desk.now, since=since, **given)


def handed(desk: Desk, viewer: Actor, since: datetime = START, **given: object) -> Handover:
    return desk.read(handover, viewer=viewer, now=desk.now, since=since, **given)


def care(desk: Desk, who: Actor) -> str:
    message = desk.arrive("[welfare]")
    version = desk.open(who, message)
    desk.do(who, welfare.open_task, message_id=message, version=version)
    return message


def test_an_empty_desk_stands_empty(desk: Desk) -> None:
    found = stands(desk, desk.ana)
    assert (found.to_look_at, found.urgent, found.held, found.newest) == (0, 0, 0, None)
    assert found.welfare == found.asked == found.waiting_for == found.open_with == ()
    assert found.activity.looked_at == found.activity.came == 0


@pytest.mark.parametrize("who", ["max", "ada", "kit", "gus"])
def test_who_neither_reviews_decides_nor_is_on_duty_is_told_nothing(desk: Desk, who: str) -> None:
    for query in (stands, handed):
        with pytest.raises(NotAllowed):
            query(desk, desk.people[who])
    with pytest.raises(NotAllowed):
        desk.read(last_scored, viewer=desk.people[who])


def test_who_is_on_duty_or_decides_and_does_not_review_reads_the_same_figures(desk: Desk) -> None:
    desk.arrive("[high]")
    desk.arrive("[medium]")
    for role in (Role.ON_DUTY, Role.DECIDER):
        found = stands(desk, desk.add(role.value, role))
        assert (found.to_look_at, found.urgent) == (2, 1)


def test_an_urgent_message_stays_in_the_line_while_somebody_has_it_open(desk: Desk) -> None:
    message = desk.arrive("[high]")
    came = desk.now
    desk.open(desk.ben, message)
    found = stands(desk, desk.ana)
    assert (found.to_look_at, found.urgent, found.urgent_oldest) == (0, 1, came)
    assert found.open_with == (("Ben", 1),)
    desk.move(minutes=11)
    found = stands(desk, desk.ana)
    assert (found.to_look_at, found.open_with) == (1, ())


def test_the_newest_is_of_the_urgent_lane_or_of_those_that_people_marked_threatening(
    desk: Desk,
) -> None:
    first = desk.arrive("[high]")
    came = desk.now
    desk.decide(desk.ben, first)
    assert stands(desk, desk.ana).newest == came
    desk.move(hours=1)
    second = desk.arrive("[low]")
    came = desk.now
    assert stands(desk, desk.ana).newest < came
    desk.decide(desk.ben, second, THREAT, Disposition.OFFENSIVE, severity=Severity.HIGH)
    assert stands(desk, desk.ana).newest == came
    desk.move(hours=1)
    third = desk.arrive("[medium]")
    desk.decide(desk.ben, third, Disposition.AGGRESSIVE, severity=Severity.LOW)
    assert stands(desk, desk.ana).newest == came


def test_a_score_alone_is_no_threat(desk: Desk) -> None:
    desk.arrive("[medium]")
    desk.arrive("[low]")
    found = stands(desk, desk.ana)
    assert (found.urgent, found.newest) == (0, None)


def test_a_message_of_long_ago_is_looked_for_no_more(desk: Desk) -> None:
    desk.decide(desk.ben, desk.arrive("[high]"), THREAT, severity=Severity.HIGH)
    desk.clock.move(LOOK_BACK - timedelta(minutes=1))
    assert stands(desk, desk.ana).newest is not None
    desk.move(hours=1)
    assert stands(desk, desk.ana).newest is None


def test_what_lies_with_a_colleague_is_counted_by_name_and_each_message_once(desk: Desk) -> None:
    asked, plain, cared = desk.arrive("[medium]"), desk.arrive("[medium]"), care(desk, desk.ben)
    desk.ask_second_look(desk.ana, asked)
    assert stands(desk, desk.ana).asked == (desk.now,)
    assert stands(desk, desk.cleo).asked == ()
    desk.open(desk.ben, asked)
    desk.open(desk.cleo, plain)
    found = stands(desk, desk.ana)
    assert (found.asked, found.waiting_for, found.open_with) == ((), (("Ben", 2),), (("Cleo", 1),))
    desk.do(desk.ben, welfare.resume, message_id=cared, version=desk.version(cared))
    found = stands(desk, desk.ana)
    assert (found.waiting_for, found.open_with) == ((("Ben", 2),), (("Cleo", 1),))


def test_a_mark_that_a_colleague_should_take_back_lies_with_who_has_it_open(desk: Desk) -> None:
    message = desk.arrive("[medium]")
    desk.ask_second_look(desk.dora, message, concern=True)
    version = desk.open(desk.cleo, message)
    desk.do(desk.cleo, concern.ask_withdrawal, message_id=message, version=version)
    desk.do(desk.cleo, review.release, message_id=message, version=desk.version(message))
    desk.open(desk.ben, message)
    assert stands(desk, desk.ana).waiting_for == (("Ben", 1),)
    assert stands(desk, desk.ana).urgent == 1


def test_what_is_ones_own_is_counted_apart_from_what_colleagues_have(desk: Desk) -> None:
    care(desk, desk.ana)
    due = desk.now + welfare.TARGET
    desk.open(desk.ana, desk.arrive("[medium]"))
    found = stands(desk, desk.ana)
    assert (found.held, found.waiting_for, found.open_with) == (1, (), ())
    assert found.welfare == (due,)


def test_what_was_skipped_in_this_sitting_is_not_counted_again(desk: Desk) -> None:
    message = desk.arrive("[medium]")
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, review.release, message_id=message, version=version, sitting="monday")
    assert stands(desk, desk.ana, sitting="monday").to_look_at == 0
    assert stands(desk, desk.ana, sitting="tuesday").to_look_at == 1


def test_what_happened_is_what_stands_an_undone_decision_is_none(desk: Desk) -> None:
    early = desk.arrive("[medium]")
    desk.decide(desk.ben, early)
    desk.move(hours=1)
    since = desk.now
    one, two, three, four, five = (desk.arrive("[medium]") for _ in range(5))
    desk.decide(desk.ben, one, THREAT, severity=Severity.HIGH)
    desk.decide(desk.ben, two, THREAT, Disposition.OFFENSIVE, severity=Severity.LOW)
    desk.decide(desk.ben, three)
    desk.decide(desk.ben, four)
    desk.do(desk.ben, review.undo, message_id=four)
    given = {"message_id": five, "version": desk.open(desk.ben, five)}
    desk.do(desk.ben, review.route, to=RoutedTo.SPAM, **given)
    cared = care(desk, desk.ben)
    given = {"message_id": cared, "version": desk.version(cared)}
    desk.do(desk.ben, welfare.finish, outcome=WelfareOutcome.APPROVED_REPLY, note="", **given)
    found = stands(desk, desk.ana, since).activity
    assert (found.came, found.looked_at) == (6, 5)
    assert [(one.labels, one.state, one.count) for one in found.results] == [
        (("threatening",), State.NOTED, 1),
        (("threatening", "offensive"), State.NOTED, 1),
        ((), State.NO_ACTION, 1),
        ((), State.ROUTED, 1),
        ((), State.WELFARE_DONE, 1),
    ]


def test_a_blind_item_gives_nothing_of_the_model_away(make_desk, backend: str) -> None:
    desk = make_desk(backend, blind_sample_per_day=2, expected_messages_per_day=1)
    message = desk.arrive("[medium] [threatening]")
    assert desk.row(message).blind
    found = stands(desk, desk.ana)
    assert (found.urgent, found.newest, found.to_look_at) == (0, None, 1)


def test_a_recipient_finds_none_of_it_anywhere(desk: Desk) -> None:
    """P-REC-1: neither in the line nor in the note, whatever a colleague does with it."""
    given = {"recipients": (address("ana"),)}
    empty = stands(desk, desk.ana), handed(desk, desk.ana), handed(desk, desk.ana, for_all=True)
    closed, asked = desk.arrive("[high]", **given), desk.arrive("[high]", **given)
    cared, opened = desk.arrive("[high]", **given), desk.arrive("[high]", **given)
    desk.decide(desk.ben, closed, THREAT, severity=Severity.HIGH)
    desk.ask_second_look(desk.ben, asked, concern=True)
    version = desk.open(desk.ben, cared)
    desk.do(desk.ben, welfare.open_task, message_id=cared, version=version)
    desk.open(desk.cleo, opened)
    seen = stands(desk, desk.ana), handed(desk, desk.ana), handed(desk, desk.ana, for_all=True)
    assert seen == empty
    assert stands(desk, desk.ben) != stands(desk, desk.ana)
    assert handed(desk, desk.ben).open_with


def test_the_note_hands_over_by_reference_and_counts_what_waits_for_anybody(desk: Desk) -> None:
    asked, opened, cared = desk.arrive("[medium]"), desk.arrive("[high]"), care(desk, desk.ben)
    desk.ask_second_look(desk.ana, asked)
    desk.open(desk.cleo, opened)
    late = desk.arrive("[low]")
    found = handed(desk, desk.ana)
    assert [(one.id, one.name) for one in found.second_looks] == [(asked, "Ana")]
    assert [(one.id, one.name) for one in found.open_with] == [(opened, "Cleo")]
    assert [(one.id, one.name) for one in found.welfare] == [(cared, "Ben")]
    assert (found.waiting, found.oldest) == (2, desk.row(asked).queued_at)
    assert desk.row(late).queued_at == desk.now


def test_a_note_for_a_chat_leaves_out_what_anybody_may_not_know_of(desk: Desk) -> None:
    """Who writes it may know of it; who reads it there may be its recipient."""
    hers = desk.arrive("[medium]", recipients=(address("ana"),))
    desk.ask_second_look(desk.ben, hers)
    closed = desk.arrive("[medium]", recipients=(address("ana"),))
    desk.decide(desk.ben, closed, THREAT, severity=Severity.LOW)
    other = desk.arrive("[medium]")
    mine, for_all = handed(desk, desk.ben), handed(desk, desk.ben, for_all=True)
    assert [one.id for one in mine.second_looks] == [hers]
    assert (mine.waiting, mine.activity.looked_at, mine.activity.came) == (2, 1, 3)
    assert for_all.second_looks == ()
    assert (for_all.waiting, for_all.activity.looked_at, for_all.activity.came) == (1, 0, 1)
    assert for_all == handed(desk, desk.ana, for_all=True) == handed(desk, desk.ana)
    assert desk.row(other).queued_at == for_all.oldest


def test_since_when_nothing_was_scored_is_told_of_what_the_viewer_may_know_of(desk: Desk) -> None:
    assert desk.read(last_scored, viewer=desk.ana) is None
    desk.arrive("quiet")
    came = desk.now
    desk.move(hours=1)
    desk.arrive("quiet", recipients=(address("ana"),))
    assert desk.read(last_scored, viewer=desk.ana) == came
    assert desk.read(last_scored, viewer=desk.ben) == desk.now


def test_an_alarm_brings_an_old_message_into_the_urgent_lane(desk: Desk) -> None:
    message = desk.arrive("[low]")
    desk.move(days=2)
    desk.do(desk.kit, flags.flag, message_id=message, note="odd", urgent=True)
    assert stands(desk, desk.ana).urgent == 1

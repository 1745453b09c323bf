"""The recipient's page and rights (lifecycles.md, rule 2): flag, alarm, result; no review."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from support.desk import Desk, address
from support.mail import START, inbound

from triage.conduct.kinds import Disposition, RoutedTo, Severity
from triage.core.access import CONSOLE, Actor
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.roles import Role
from triage.intake.inbound import Channel
from triage.intake.note import Note
from triage.messages.placing import Rank
from triage.messages.queries.history import history
from triage.messages.queries.own import PAGE, OwnRow, own_item, own_text, sent_to_me
from triage.messages.queries.reading import exposure
from triage.messages.rules import State, Step
from triage.messages.service import recipient, review, welfare
from triage.messages.service.flags import flag
from triage.messages.service.taking import take_note
from triage.messages.tables import MessageFlag, MessageTransition
from triage.messages.telling import Result, Told
from triage.staff.queries.volunteers import whose_link
from triage.staff.service.volunteers import add_volunteer, make_link

COMMANDS: dict[str, Callable[..., Any]] = {
    "flag_mine": partial(recipient.flag_mine, note="please look"),
    "raise_alarm_mine": recipient.raise_alarm_mine,
    "record_999": partial(recipient.record_999, at=START),
    "mark_seen": recipient.mark_seen,
    "reveal_mine": partial(recipient.reveal_mine, step=Step.FULL),
}
OTHERWISE = [one for one in ExclusionKind if one is not ExclusionKind.RECIPIENT]


def to(desk: Desk, name: str = "ana", text: str = "[medium] words", **given: Any) -> str:
    """A message that was sent to somebody."""
    return desk.arrive(text, recipients=(address(name),), **given)


def mine(desk: Desk, viewer: Actor, number: int = 1) -> tuple[OwnRow, ...]:
    settings = desk.triage.settings
    page = desk.read(sent_to_me, viewer=viewer, now=desk.now, settings=settings, number=number)
    return page.rows


def row(desk: Desk, message_id: str, viewer: Actor | None = None) -> OwnRow:
    given = {"viewer": viewer or desk.ana, "message_id": message_id}
    return desk.read(own_item, now=desk.now, settings=desk.triage.settings, **given)


def text(desk: Desk, message_id: str, viewer: Actor | None = None) -> str:
    given = {"viewer": viewer or desk.ana, "message_id": message_id}
    return desk.read(own_text, now=desk.now, **given).text


def also(desk: Desk, message_id: str, kind: ExclusionKind, name: str = "ana") -> None:
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=message_id,
            person_id=desk.people[name].person_id,
            kind=kind,
            at=desk.now,
        )
    )


# -- whose it is


def test_the_page_lists_what_was_sent_to_the_viewer_and_was_flagged_and_nothing_else(
    desk: Desk,
) -> None:
    hers = to(desk)
    to(desk, "ben")
    desk.arrive()
    quiet = to(desk, text="where is my reply?")
    assert desk.state(quiet) is State.UNFLAGGED
    assert [one.id for one in mine(desk, desk.ana)] == [hers]
    assert mine(desk, desk.kit) == ()
    with pytest.raises(NotFound):
        row(desk, quiet)


@pytest.mark.parametrize("kind", OTHERWISE)
def test_p_rec_1_a_recipient_who_is_excluded_for_another_reason_too_sees_and_does_nothing(
    desk: Desk, kind: ExclusionKind
) -> None:
    hers, other = to(desk), to(desk)
    also(desk, hers, kind)
    assert [one.id for one in mine(desk, desk.ana)] == [other]
    with pytest.raises(NotFound):
        row(desk, hers)
    with pytest.raises(NotFound):
        text(desk, hers)
    for command in COMMANDS.values():
        with pytest.raises(NotFound, match="no such message"):
            desk.do(desk.ana, command, message_id=hers)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("who", ["ben", "kit", "max", "ada"])
def test_whoever_is_no_recipient_of_a_message_has_none_of_these_rights_over_it(
    desk: Desk, name: str, who: str
) -> None:
    hers = to(desk)
    before = desk.version(hers)
    with pytest.raises(NotFound, match="no such message"):
        desk.do(desk.people[who], COMMANDS[name], message_id=hers)
    assert desk.version(hers) == before
    assert [one.code for one in desk.events("refused", hers)] == ["refused"]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_guest_has_none_of_these_rights(desk: Desk, name: str) -> None:
    hers = to(desk, "gus")
    with pytest.raises(NotAllowed):
        desk.do(desk.gus, COMMANDS[name], message_id=hers)
    with pytest.raises(NotAllowed):
        mine(desk, desk.gus)


def test_the_rights_of_a_recipient_are_these_and_no_more() -> None:
    helpers = {"own", "act", "has_done"}
    there = {
        name
        for name, one in vars(recipient).items()
        if callable(one) and getattr(one, "__module__", "") == recipient.__name__
    }
    assert {name for name in there if not name.startswith("_")} - helpers == set(COMMANDS)


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.GUEST])
def test_every_member_of_staff_sees_their_own(desk: Desk, role: Role) -> None:
    somebody = desk.add("somebody", role)
    hers = to(desk, "somebody")
    assert [one.id for one in mine(desk, somebody)] == [hers]


def test_the_list_is_cut_into_pages_by_the_database(desk: Desk) -> None:
    ids = {to(desk, text=f"[low] {number}") for number in range(PAGE + 1)}
    first, second = mine(desk, desk.ana), mine(desk, desk.ana, 2)
    assert (len(first), len(second)) == (PAGE, 1)
    assert {one.id for one in first + second} == ids
    assert mine(desk, desk.ana, 99) == second


# -- the three rights


def test_who_got_it_flags_it_and_what_they_wrote_is_sealed_and_shown_to_reviewers(
    desk: Desk,
) -> None:
    hers = to(desk)
    desk.do(desk.ana, recipient.flag_mine, message_id=hers, note=" the third this week ")
    assert row(desk, hers).flagged_at == desk.now
    entries = desk.read(history, viewer=desk.ben, message_id=hers)
    assert ("Ana", "flag", "the third this week") in {(e.who, e.what, e.text) for e in entries}
    with pytest.raises(Conflict, match="flagged this already"):
        desk.do(desk.ana, recipient.flag_mine, message_id=hers, note="again")
    for note in ("  ", "x" * 4001):
        with pytest.raises(Invalid):
            desk.do(desk.ana, recipient.flag_mine, message_id=hers, note=note)


def test_the_alarm_goes_on_top_once_and_is_on_the_record(desk: Desk) -> None:
    hers = to(desk, text="[low]")
    for _ in range(2):
        desk.do(desk.ana, recipient.raise_alarm_mine, message_id=hers)
    message = desk.row(hers)
    assert (message.urgent, message.rank) == (True, Rank.ALARM)
    (event,) = desk.events("alarm_raised", hers)
    assert event.actor_id == desk.ana.person_id
    assert row(desk, hers).alarm_at == desk.now
    manual = select(MessageFlag.by).where(MessageFlag.message_id == hers)
    assert desk.read(lambda session: session.scalars(manual).all()).count(desk.ana.person_id) == 1


def test_a_call_to_999_is_recorded_with_its_time_raises_the_alarm_and_reviewers_see_it(
    desk: Desk,
) -> None:
    hers = to(desk, text="[low]")
    at = desk.now - timedelta(minutes=20)
    desk.do(desk.ana, recipient.record_999, message_id=hers, at=at)
    assert row(desk, hers).called_at == at
    assert desk.row(hers).rank == Rank.ALARM
    (event,) = desk.events("called_999", hers)
    assert at.isoformat(timespec="minutes") in event.details
    entries = desk.read(history, viewer=desk.ben, message_id=hers)
    assert (at, "Ana", "called 999") in {(e.at, e.who, e.what) for e in entries}


@pytest.mark.parametrize("hours", [0.1, -24.1])
def test_a_call_in_the_future_or_of_longer_than_a_day_ago_is_not_recorded(
    desk: Desk, hours: float
) -> None:
    hers = to(desk)
    at = desk.now + timedelta(hours=hours)
    with pytest.raises(Invalid):
        desk.do(desk.ana, recipient.record_999, message_id=hers, at=at)
    assert not desk.row(hers).urgent


def test_seen_is_their_own_mark_and_moves_nothing(desk: Desk) -> None:
    hers = to(desk)
    before = desk.version(hers)
    for _ in range(2):
        desk.do(desk.ana, recipient.mark_seen, message_id=hers)
    assert row(desk, hers).seen_at == desk.now
    assert (desk.version(hers), desk.edges(hers)) == (before, ["queue"])
    assert len(desk.events("seen_by_recipient", hers)) == 1


@pytest.mark.parametrize("name", ["flag_mine", "raise_alarm_mine", "record_999"])
def test_what_was_closed_comes_back_by_the_system_when_its_recipient_says_so(
    desk: Desk, name: str
) -> None:
    hers = to(desk)
    desk.decide(desk.ben, hers)
    desk.do(desk.ana, COMMANDS[name], message_id=hers)
    assert desk.state(hers) is State.QUEUED
    last = desk.steps(hers)[-1]
    assert (last.edge, last.actor_id) == ("reopen", "system")
    assert desk.row(hers).decided_by is None


def test_none_of_it_makes_them_hold_or_decide_anything(desk: Desk) -> None:
    hers = to(desk)
    for command in COMMANDS.values():
        desk.do(desk.ana, command, message_id=hers)
    for command in (review.open_message, review.undo, flag):
        given = {"note": "x"} if command is flag else {}
        with pytest.raises(NotFound):
            desk.do(desk.ana, command, message_id=hers, **given)
    taken = select(MessageTransition.actor_id).where(MessageTransition.message_id == hers)
    assert desk.ana.person_id not in desk.read(lambda session: session.scalars(taken).all())


# -- the text


def test_the_text_is_covered_until_they_uncover_it_which_is_on_the_record(desk: Desk) -> None:
    hers = to(desk, text="[medium] you shit")
    with pytest.raises(NotAllowed, match="Uncover"):
        text(desk, hers)
    desk.do(desk.ana, recipient.reveal_mine, message_id=hers, step=Step.MASKED)
    assert "you s•••" in text(desk, hers)
    desk.do(desk.ana, recipient.reveal_mine, message_id=hers, step=Step.FULL)
    desk.do(desk.ana, recipient.reveal_mine, message_id=hers, step=Step.FULL)
    assert "you shit" in text(desk, hers)
    assert [one.actor_id for one in desk.events("reveal", hers)] == [desk.ana.person_id] * 2
    desk.move(hours=1)
    with pytest.raises(NotAllowed):
        text(desk, hers)
    with pytest.raises(Invalid):
        desk.do(desk.ana, recipient.reveal_mine, message_id=hers, step=Step.REST)


def test_uncovering_their_own_tells_nothing_of_the_band_through_their_exposure(
    desk: Desk,
) -> None:
    hers = to(desk, text="[high]")
    desk.do(desk.ana, recipient.reveal_mine, message_id=hers, step=Step.FULL)
    found = desk.read(exposure, viewer=desk.ana, since=START)
    assert (found.messages, found.severe) == (0, 0)


# -- what is told


def stands(desk: Desk, message_id: str) -> tuple[Told, Result | None, tuple[str, ...]]:
    found = row(desk, message_id)
    return found.told, found.result, found.labels


def test_where_it_stands_is_told_in_four_words_and_the_result_once_it_is_certain(
    desk: Desk,
) -> None:
    hers = to(desk)
    assert stands(desk, hers) == (Told.WAITING, None, ())
    desk.open(desk.ben, hers)
    assert stands(desk, hers) == (Told.LOOKED_AT, None, ())
    desk.move(minutes=10)
    assert stands(desk, hers) == (Told.WAITING, None, ())
    desk.decide(desk.ben, hers, Disposition.THREATENING, severity=Severity.HIGH)
    assert stands(desk, hers) == (Told.LOOKED_AT, None, ())
    desk.move(minutes=10)
    assert stands(desk, hers) == (Told.DEALT_WITH, Result.NOTED, ("threatening",))


def test_a_result_that_is_undone_was_never_told(desk: Desk) -> None:
    hers = to(desk)
    desk.decide(desk.ben, hers)
    assert row(desk, hers).told is Told.LOOKED_AT
    desk.do(desk.ben, review.undo, message_id=hers)
    desk.move(minutes=5)
    assert row(desk, hers).told is Told.LOOKED_AT


def test_no_action_and_passed_on_are_told_as_such_and_a_second_look_as_waiting(
    desk: Desk,
) -> None:
    one, other, third = to(desk), to(desk), to(desk)
    desk.decide(desk.ben, one)
    given = {"message_id": other, "version": desk.open(desk.ben, other)}
    desk.do(desk.ben, review.route, to=RoutedTo.SPAM, **given)
    desk.ask_second_look(desk.ben, third)
    desk.move(minutes=11)
    assert stands(desk, one) == (Told.DEALT_WITH, Result.NO_ACTION, ())
    assert stands(desk, other) == (Told.DEALT_WITH, Result.PASSED_ON, ())
    assert stands(desk, third) == (Told.WAITING, None, ())


def test_of_a_welfare_task_nothing_is_told_but_that_somebody_looks(desk: Desk) -> None:
    hers = to(desk, text="[welfare]")
    desk.do(desk.ben, welfare.open_task, message_id=hers, version=desk.open(desk.ben, hers))
    assert stands(desk, hers) == (Told.LOOKED_AT, None, ())


TOLD_OF = {
    "id", "channel", "service", "received_at", "told", "result", "labels", "seen_at",
    "flagged_at", "alarm_at", "called_at", "second_look_at", "uncovered",
}  # fmt: skip


def test_a_row_tells_these_things_and_no_other_and_nothing_of_who_or_why() -> None:
    assert set(OwnRow.__dataclass_fields__) == TOLD_OF


def test_a_blind_item_a_flagged_one_and_an_unread_one_look_the_same(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk(blind_sample_per_day=50, expected_messages_per_day=1)
    one = to(desk, text="nothing much")
    assert desk.row(one).blind
    assert not desk.row(one).flagged
    others = [to(desk, text=text) for text in ("[high]", "[language]", "[low]")]
    plain = [
        {name: getattr(row(desk, each), name) for name in TOLD_OF - {"id"}}
        for each in (one, *others)
    ]
    assert plain[0] == plain[1] == plain[2] == plain[3]


def entered(desk: Desk, who: Actor, words: str, **given: Any) -> str:
    """Somebody enters a call that they took themselves; its id."""
    note = Note(Channel.PHONE, START, words, (who.person_id,))
    desk.do(who, take_note, note=note, scorer=desk.triage.scorer, **given)
    return str(desk.events("received")[-1].matter_id)


@pytest.mark.parametrize("per_day", [0, 50])
def test_what_they_entered_quietly_reads_the_same_whether_it_was_drawn_by_chance_or_not(
    make_desk: Callable[..., Desk], per_day: int
) -> None:
    desk = make_desk(blind_sample_per_day=per_day, expected_messages_per_day=1)
    hers = entered(desk, desk.ana, "asked when we open")
    assert desk.row(hers).sampled is bool(per_day)
    assert stands(desk, hers) == (Told.KEPT, None, ())
    if per_day:
        desk.open(desk.ben, hers)
        assert stands(desk, hers) == (Told.KEPT, None, ())
    desk.do(desk.ana, recipient.flag_mine, message_id=hers, note="it sounded odd")
    assert row(desk, hers).told is (Told.LOOKED_AT if per_day else Told.WAITING)


def test_what_they_entered_and_ticked_stands_on_their_page(desk: Desk) -> None:
    hers = entered(desk, desk.kit, "asked when we open", urgent=True)
    found = row(desk, hers, desk.kit)
    assert (found.told, found.alarm_at, found.flagged_at) == (Told.WAITING, desk.now, desk.now)


def test_what_a_colleague_entered_for_them_unflagged_is_not_listed(desk: Desk) -> None:
    note = Note(Channel.PHONE, START, "asked when we open", (desk.ana.person_id,))
    desk.do(desk.kit, take_note, note=note, scorer=desk.triage.scorer)
    assert mine(desk, desk.ana) == ()
    assert mine(desk, desk.kit) == ()


# -- volunteers without an account


@pytest.fixture
def vi(desk: Desk) -> Actor:
    """A volunteer, as they come by their link."""
    identifier = desk.do(
        CONSOLE, add_volunteer, name="Vi Okonedo", email="Vi@volunteers.example.org"
    )
    token = desk.do(CONSOLE, make_link, volunteer_id=identifier)
    found = desk.read(whose_link, keys=desk.triage.keys, token=token, now=desk.now)
    assert found is not None
    return found


def test_p_msg_1_mail_to_a_volunteers_address_is_theirs(desk: Desk, vi: Actor) -> None:
    hers = desk.arrive(recipients=("vi@volunteers.example.org",))
    assert [one.id for one in mine(desk, vi)] == [hers]
    assert mine(desk, desk.ana) == ()


def test_a_volunteer_has_the_rights_of_a_recipient_but_reads_no_text(desk: Desk, vi: Actor) -> None:
    hers, other = desk.arrive(recipients=("vi@volunteers.example.org",)), to(desk)
    for name in ("flag_mine", "raise_alarm_mine", "record_999", "mark_seen"):
        desk.do(vi, COMMANDS[name], message_id=hers)
        with pytest.raises(NotFound):
            desk.do(vi, COMMANDS[name], message_id=other)
    with pytest.raises(NotAllowed, match="no text"):
        desk.do(vi, recipient.reveal_mine, message_id=hers, step=Step.FULL)
    with pytest.raises(NotAllowed):
        text(desk, hers, vi)
    with pytest.raises(NotAllowed):
        desk.do(vi, flag, message_id=hers, note="x")
    entries = desk.read(history, viewer=desk.ben, message_id=hers)
    assert "Vi Okonedo (volunteer, by link)" in {one.who for one in entries}


@pytest.mark.parametrize("typed", ["vi okonedo", "VI@volunteers.example.org "])
def test_a_note_for_a_volunteer_on_the_list_is_sent_to_them(
    desk: Desk, vi: Actor, typed: str
) -> None:
    note = Note(Channel.PHONE, START, "[medium] words", other=typed)
    desk.do(desk.kit, take_note, note=note, scorer=desk.triage.scorer)
    assert [one.told for one in mine(desk, vi)] == [Told.WAITING]


def test_what_a_volunteer_enters_was_sent_to_them_and_says_who_entered_it(
    desk: Desk, vi: Actor
) -> None:
    note = Note(Channel.PHONE, START, "[medium] words", other="Vi Okonedo, volunteer")
    assert desk.do(vi, take_note, note=note, scorer=desk.triage.scorer)
    (found,) = mine(desk, vi)
    (event,) = desk.events("note_taken")
    assert (event.actor_id, event.matter_id) == (vi.person_id, found.id)
    assert [one.actor_id for one in desk.events("received")] == ["system"]


def test_a_volunteer_who_gets_an_account_still_reviews_nothing_that_was_sent_to_them(
    desk: Desk, vi: Actor
) -> None:
    from triage.staff.service import add_person

    hers = desk.arrive(recipients=("vi@volunteers.example.org",))
    person_id = desk.do(
        CONSOLE,
        add_person,
        name="Vi",
        email="vi@volunteers.example.org",
        roles=[Role.REVIEWER],
    )
    staff = Actor(person_id, "Vi", frozenset({Role.REVIEWER}))
    with pytest.raises(NotFound):
        desk.do(staff, review.open_message, message_id=hers)
    assert [one.id for one in mine(desk, staff)] == [hers]


def test_the_names_of_files_and_the_source_stand_nowhere_on_the_page(desk: Desk) -> None:
    arrived = inbound("[high]", recipients=(address("ana"),), subject="zanzibar", source="s")
    desk.receive(arrived)
    assert "zanzibar" not in repr(mine(desk, desk.ana))
    assert "Pat Example" not in repr(mine(desk, desk.ana))

"""The morning page, as each role finds it."""

from datetime import datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.mail import START
from support.screens import html_of, press, words_of

from dashboard import session
from triage.conduct.kinds import Disposition, Severity
from triage.core.ids import short_ref
from triage.core.roles import Role
from triage.messages.beside.tables import HandoverNote
from triage.messages.rules import State
from triage.messages.service.handover_notes import leave_note
from triage.staff.queries import person
from triage.staff.service import duty
from triage.staff.sessions import service as sessions
from triage.staff.sessions.queries import Here
from triage.staff.sessions.rules import Login


def shown(at: AppTest) -> str:
    assert not at.exception, at.exception
    return "\n".join([words_of(at), *(one.value for one in at.code)])


def shift(desk: Desk, who: str, starts: datetime, hours: float) -> None:
    given = {"person_id": desk.people[who].person_id, "starts": starts}
    desk.do(desk.ada, duty.add_shift, ends=starts + timedelta(hours=hours), **given)


def test_a_quiet_morning_says_so_and_offers_nothing_to_start(screen, desk: Desk) -> None:
    at = screen("today", desk.ana)
    said = shown(at)
    assert "Nothing urgent and nothing marked threatening in the last 30 days" in said
    assert "nothing waiting" in said
    assert "no mail has been imported yet" in said
    assert "nobody is on duty in this working hour, and nobody is on the rota" in said
    assert not [one for one in at.button if one.key == "start"]


def test_the_line_comes_right_after_the_heading_and_before_all_else(screen, desk) -> None:
    """Whoever listens to the page hears it first."""
    desk.arrive("[high] words")
    main = screen("today", desk.ana).main
    first, second = list(main.children.values())[:2]
    assert (first.type, first.value) == ("title", "Today")
    assert str(second.proto.body).startswith('<p class="today"><bdi>1 alarm that nobody has yet')


def test_one_key_opens_the_first_of_the_urgent_lane(screen, desk) -> None:
    desk.arrive("[medium] words")
    desk.move(minutes=5)
    urgent = desk.arrive("[high] words")
    at = screen("today", desk.ana)
    start = next(one for one in at.button if one.key == "start")
    assert start.label == "Start with the first in the urgent lane"
    assert start.proto.shortcut.lower() == "n"
    at = start.click().run()
    assert at.query_params["message"] == urgent
    assert desk.row(urgent).claimed_by == desk.ana.person_id
    assert "The text is covered." in shown(at)


def test_after_the_last_message_the_morning_page_stands_there_again(screen, desk) -> None:
    first, second = desk.arrive("[high] one"), desk.arrive("[medium] two")
    at = press(screen("today", desk.ana), "start")
    for _ in range(2):
        desk.move(seconds=5)
        for name in ("reveal_full", "choose_none", "decide"):
            at = press(at, name)
    said = shown(at)
    assert {desk.state(first), desk.state(second)} == {State.NO_ACTION}
    assert [one.value for one in at.title] == ["Today"]
    assert "You marked message" in said
    assert "nothing waiting" in said
    assert "2 looked at (2 none of these)" in said
    at = press(at, "undo")
    assert [one.value for one in at.title] == [f"Message {short_ref(second)}"]


def test_the_way_in_keeps_no_filter_of_the_review_page(screen, desk) -> None:
    high, cared = desk.arrive("[high] one"), desk.arrive("[welfare] two")
    at = screen("review", desk.ana, lane="welfare")
    at.session_state["test_view"] = "today"
    at = press(at.run(), "start")
    assert at.query_params["message"] == high
    desk.move(seconds=5)
    for name in ("reveal_full", "choose_none", "decide"):
        at = press(at, name)
    assert at.query_params["message"] == cared


def test_a_deep_link_to_the_bare_address_still_opens_its_message(screen, desk) -> None:
    message = desk.arrive("[high] words")
    at = screen("today", desk.ana, message=message)
    assert "The text is covered." in shown(at)
    assert "call 999" in shown(at)
    assert "There is no such message." in shown(screen("today", desk.ana, message="x"))


@pytest.mark.parametrize("role", [Role.ON_DUTY, Role.DECIDER])
def test_who_does_not_review_reads_the_line_and_opens_nothing(screen, desk, role: Role) -> None:
    message = desk.arrive("[high] words")
    somebody = desk.add("somebody", role)
    at = screen("today", somebody)
    said = shown(at)
    assert "1 in the urgent lane" in said
    assert "pat@example.org" not in said
    assert not [one for one in at.button if one.key.startswith(("start", "open_"))]
    refused = shown(screen("today", somebody, message=message))
    assert "This page is not part of your role." in refused
    assert desk.state(message) is State.QUEUED


def test_more_than_a_screenful_is_counted_and_the_review_page_named(screen, desk) -> None:
    for _ in range(10):
        desk.arrive("[medium] words")
    at = screen("today", desk.ana)
    assert len([one for one in at.button if one.key.startswith("open_")]) == 8
    assert "2 more: the Review page lists them all." in shown(at)


def test_a_recipient_sees_a_quiet_morning_while_colleagues_are_at_it(screen, desk) -> None:
    quiet = html_of(screen("today", desk.ana))
    hers = desk.arrive("[high] for you", recipients=(address("ana"),))
    desk.ask_second_look(desk.ben, hers, concern=True)
    desk.do(desk.ben, leave_note, text=f"mind {short_ref(hers)}", since=START)
    desk.clock.move(START - desk.now)
    assert html_of(screen("today", desk.ana)) == quiet
    assert "1 in the urgent lane" in shown(screen("today", desk.cleo))
    assert f"mind {short_ref(hers)}" in shown(screen("today", desk.cleo))


def test_a_note_of_ones_own_is_left_and_the_next_reviewer_reads_it(screen, desk) -> None:
    at = screen("today", desk.ben)
    at.text_area(key="handover_text").set_value("The second batch is half done.")
    at = at.button[-1].click().run()
    assert "From you" in shown(at)
    assert at.text_area(key="handover_text").value == ""
    said = shown(screen("today", desk.ana))
    assert "Handover from Ben" in said
    assert "The second batch is half done." in said


def test_a_note_that_is_refused_keeps_what_was_typed(screen, desk) -> None:
    at = screen("today", desk.ben)
    at.text_area(key="handover_text").set_value("write to pat@example.org")
    at = at.button[-1].click().run()
    assert "Leave addresses out" in shown(at)
    assert at.text_area(key="handover_text").value == "write to pat@example.org"
    assert desk.count(HandoverNote) == 0


def test_what_a_colleague_wrote_is_drawn_and_never_taken_for_more(screen, desk) -> None:
    hostile = '<img src=x onerror="alert(1)"> ![x](https://example.org/x) \u202eabc :red[x]'
    desk.do(desk.ben, leave_note, text=hostile, since=START)
    at = screen("today", desk.ana)
    assert "<img" not in html_of(at)
    assert "[U+202E]" in html_of(at)
    assert not [one for one in at.markdown if "![x]" in one.value]


def test_the_note_to_copy_holds_nothing_of_a_message_and_nothing_that_anybody_may_not_know(
    screen, desk
) -> None:
    desk.arrive("[high] fearsome", subject="fearsome", recipients=(address("cleo"),))
    asked = desk.arrive("[medium] fearsome", subject="fearsome")
    desk.ask_second_look(desk.ben, asked)
    at = screen("today", desk.ana)
    (copied,) = (one.value for one in at.code)
    assert f"1 second look that nobody has taken yet: {short_ref(asked)}" in copied
    assert "1 still waiting" in copied
    assert "For you alone" in shown(at)
    assert "2 still waiting" in html_of(at)
    for word in ("fearsome", "pat", "Pat", "example.org"):
        assert word not in copied
    assert "For you alone" not in shown(screen("today", desk.cleo))


def test_the_note_tells_of_this_shift_or_since_the_last_working_day(screen, desk) -> None:
    desk.decide(desk.ben, desk.arrive("[medium]"), Disposition.AGGRESSIVE, severity=Severity.LOW)
    desk.move(hours=2)
    shift(desk, "ana", START + timedelta(hours=1), 8)
    shift(desk, "ben", START + timedelta(days=1), 8)
    at = screen("today", desk.ana)
    assert "on duty: you" in shown(at)
    assert at.code[0].value.startswith("Since 10:00: nothing came")
    assert "on duty now: Ana; on duty next: Ben from 09:00 tomorrow." in at.code[0].value
    at = at.segmented_control(key="span").set_value("last_day").run()
    assert at.code[0].value.startswith("Since Friday 17:00: 1 came to the queue; 1 looked at (1 a")


def test_what_happened_is_told_since_the_last_working_day_where_there_was_no_visit(
    screen, desk
) -> None:
    """The demonstration has no sign-in. It is Monday."""
    assert "Since Friday 17:00: nothing came" in shown(screen("today", desk.ana))


def test_what_happened_is_told_since_one_was_last_here(screen, make_desk, monkeypatch) -> None:
    desk = make_desk()

    def enter() -> str:
        login = Login("https://login.example.org", "sub-ana", desk.now, address("ana"), True)
        return desk.do(sessions.NOBODY, sessions.sign_in, login=login)

    enter()
    desk.move(hours=3)
    desk.arrive("[medium]")
    here = enter()
    with desk.triage.database.read() as db:
        row = person(db, desk.ana.person_id)
    monkeypatch.setattr(session, "desk", lambda: desk.triage)
    monkeypatch.setattr(session, "live", lambda: Here(here, row, desk.now, desk.now))
    at = screen("today", desk.ana)
    assert "Since you were last here, 09:00: 1 came to the queue." in shown(at)
    assert list(at.segmented_control(key="span").options) == [
        "Since the last working day",
        "Since you were last here",
    ]


def test_an_import_that_never_ended_and_scoring_that_is_off_are_banners_with_their_age(
    screen, desk
) -> None:
    from triage.classifier import Unscored
    from triage.messages.tables import ImportRun

    desk.arrive("[low]")
    run = ImportRun(started_at=desk.now, new=0, known=0, quarantined=0, unreadable=[])
    desk.triage.database.write(lambda db: db.add(run))
    desk.move(hours=3)
    desk.triage.__dict__["scorer"] = Unscored("the model file is damaged.")
    said = shown(screen("today", desk.ana))
    assert "The last import began 09:00, 3 hours ago, and has not ended." in said
    assert "Scoring is off: " in said
    assert "The newest message that was scored came in 09:00, 3 hours ago." in said

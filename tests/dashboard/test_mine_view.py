"""Sent to you: the recipient's page, drawn without a browser."""

from datetime import date, time

from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.screens import html_of, press, words_of

from triage.conduct.kinds import Disposition, Severity
from triage.core.exclusions import ExclusionKind, exclude
from triage.messages.rules import State

MARKER = "quincunx"
HOSTILE = "![x](http://sink.example/x) <img src=x> \u202e"


def sent(desk: Desk, name: str = "kit", text: str = f"[medium] {MARKER}", **given) -> str:  # type: ignore[no-untyped-def]
    return desk.arrive(text, recipients=(address(name),), **given)


def submit(at: AppTest, label: str) -> AppTest:
    (found,) = [one for one in at.button if one.label == label]
    at = found.click().run()
    assert not at.exception, at.exception
    return at


def test_the_list_says_where_things_stand_and_covers_every_word(screen, desk: Desk) -> None:
    sent(desk)
    sent(desk, "ana")
    at = screen("mine", desk.kit)
    said = words_of(at)
    assert "Waiting for a colleague" in said
    assert "E-mail" in said
    assert sum(one.label.startswith("Open ") for one in at.button) == 1
    assert MARKER not in said
    assert "pat@example.org" not in said
    assert "If someone is in danger now, call 999" in said
    assert "Samaritans" in said
    assert "Model" not in said


def test_an_empty_page_says_so_and_leads_to_the_note_form(screen, desk: Desk) -> None:
    said = words_of(screen("mine", desk.kit))
    assert "Nothing that was sent to you is with your colleagues." in said
    assert "Enter a message" in said


def test_a_message_is_opened_uncovered_flagged_and_the_alarm_raised(screen, desk: Desk) -> None:
    message_id = sent(desk)
    at = press(screen("mine", desk.kit), f"mine_{message_id}")
    assert "The text is covered." in words_of(at)
    assert MARKER not in words_of(at)
    at = press(at, "uncover_full")
    assert MARKER in words_of(at)
    at.text_input[0].set_value("the third this week")
    at = submit(at, "Flag it")
    assert "Flagged. A colleague will look at it." in words_of(at)
    at = press(at, "alarm")
    assert "The alarm is raised" in words_of(at)
    assert desk.row(message_id).urgent
    at = press(at, "seen")
    assert "Noted for yourself" in words_of(at)
    at = press(at, "mine_back")
    said = words_of(at)
    assert "You raised the alarm" in said
    assert "Seen, dealt with for you" in said


def test_a_call_to_999_is_put_on_the_record_with_its_time(screen, desk: Desk) -> None:
    message_id = sent(desk)
    at = screen("mine", desk.kit, message=message_id)
    at.date_input[0].set_value(date(2026, 3, 2))
    at.time_input[0].set_value(time(8, 40))
    at = submit(at, "Put it on the record")
    assert "On the record: you called 999" in words_of(at)
    assert "You called 999, 2 Mar 2026, 08:40 UTC" in words_of(at)
    at.time_input[0].set_value(time(23, 40))
    at = submit(at, "Put it on the record")
    assert "lies in the future" in words_of(at)


def test_the_result_is_told_and_not_who_decided_or_how_severe(screen, desk: Desk) -> None:
    message_id = sent(desk)
    desk.decide(desk.ben, message_id, Disposition.THREATENING, severity=Severity.HIGH)
    assert "Being looked at" in words_of(screen("mine", desk.kit))
    desk.move(minutes=11)
    said = words_of(screen("mine", desk.kit, message=message_id))
    assert "Dealt with: noted as threatening" in said
    assert "Ben" not in said
    assert "high" not in said.lower()


def test_another_persons_message_is_none_by_its_address_either(screen, desk: Desk) -> None:
    message_id = sent(desk, "ana")
    made_up = "0" * 26
    for query in (message_id, made_up, "x", "' OR 1=1"):
        said = words_of(screen("mine", desk.kit, message=query))
        assert "There is no such message." in said
        assert MARKER not in said
    one, other = (
        html_of(screen("mine", desk.kit, message=query)) for query in (message_id, made_up)
    )
    assert one == other


def test_p_rec_1_an_exclusion_that_comes_while_the_page_is_open_holds_at_the_next_click(
    screen, desk: Desk
) -> None:
    message_id = sent(desk)
    at = press(screen("mine", desk.kit, message=message_id), "uncover_full")
    assert MARKER in words_of(at)
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=message_id,
            person_id=desk.kit.person_id,
            kind=ExclusionKind.SUBJECT,
            at=desk.now,
        )
    )
    at = press(at, "alarm")
    assert "There is no such message." in words_of(at)
    assert MARKER not in words_of(at)
    assert not desk.row(message_id).urgent


def test_what_one_recipient_uncovered_is_uncovered_for_no_other(screen, desk: Desk) -> None:
    message_id = desk.arrive(f"[medium] {MARKER}", recipients=(address("kit"), address("ana")))
    press(screen("mine", desk.kit, message=message_id), "uncover_full")
    assert MARKER not in words_of(screen("mine", desk.ana, message=message_id))


def test_hostile_text_is_escaped_and_spelled_out(screen, desk: Desk) -> None:
    message_id = sent(
        desk, text=f"[high] {HOSTILE}", from_name=HOSTILE, subject=HOSTILE, source=HOSTILE
    )
    at = press(screen("mine", desk.kit, message=message_id), "uncover_full")
    assert "<img" not in html_of(at)
    assert "\u202e" not in html_of(at)
    assert "![x]" in words_of(at)
    assert not any("sink.example" in one.value for one in at.markdown)


def test_alone_a_reviewer_asks_for_a_second_look_and_a_colleague_finds_it_marked(
    screen, desk: Desk
) -> None:
    message_id = sent(desk, "ana")
    assert "Nobody else is on the rota" not in words_of(
        screen("mine", desk.ana, message=message_id)
    )
    for name in ("ben", "cleo", "dora"):
        away(desk, name)
    at = press(screen("mine", desk.ana, message=message_id), "uncover_full")
    assert "Nobody else is on the rota" in words_of(at)
    desk.move(seconds=5)
    at.multiselect[0].set_value(["threatening"])
    at.selectbox[0].set_value("high")
    at.text_area[0].set_value("he names my street")
    at = submit(at, "Ask for a second look")
    assert "A colleague will look at it" in words_of(at)
    assert desk.state(message_id) is State.SECOND_LOOK
    assert "Nobody else is on the rota" not in words_of(at)
    seen = words_of(screen("review", desk.ben, message=message_id))
    assert "by who it was sent to, for want of another reviewer" in seen
    assert "Nothing waiting." in words_of(screen("review", desk.ana))


def test_who_does_not_review_is_never_offered_it(screen, desk: Desk) -> None:
    message_id = sent(desk)
    for name in ("ana", "ben", "cleo", "dora"):
        away(desk, name)
    said = words_of(screen("mine", desk.kit, message=message_id))
    assert "Nobody else is on the rota" not in said


def away(desk: Desk, name: str) -> None:
    from datetime import timedelta

    from triage.core.access import CONSOLE
    from triage.staff.service.duty import add_absence

    ends = desk.now + timedelta(days=1)
    who = desk.people[name].person_id
    desk.do(CONSOLE, add_absence, person_id=who, starts=desk.now, ends=ends)


def test_more_than_a_page_is_cut_into_pages(screen, desk: Desk) -> None:
    for number in range(21):
        sent(desk, text=f"[low] {number}")
    for query, count in (({}, 20), ({"mine_page": "2"}, 1), ({"mine_page": "x"}, 20)):
        at = screen("mine", desk.kit, **query)
        assert sum(one.label.startswith("Open ") for one in at.button) == count

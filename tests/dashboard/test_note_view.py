"""The form for what came by phone, face to face or by paste."""

from datetime import date, time

from sqlalchemy import select
from streamlit.testing.v1 import AppTest
from support.desk import Desk
from support.screens import html_of, words_of

from dashboard.components.people import colleagues
from triage.core.access import Actor
from triage.intake.inbound import Channel
from triage.messages.tables import Message
from triage.staff.queries import PersonRow

HOSTILE = "![x](http://sink.example/x) <img src=x> \u202e"


def key(at: AppTest, name: str) -> str:
    """The key of a field on the form that is shown."""
    return f"note_{name}_{str(at.text_area[0].key).rpartition('_')[2]}"


def fill(at: AppTest, to: Actor | None, text: str = "[medium] words") -> AppTest:
    at.selectbox(key=key(at, "channel")).set_value(Channel.PHONE)
    at.date_input(key=key(at, "day")).set_value(date(2026, 3, 1))
    at.time_input(key=key(at, "clock")).set_value(time(14, 35))
    at.text_area(key=key(at, "words")).set_value(text)
    if to is None:
        at.text_input(key=key(at, "other")).set_value("Vi, volunteer")
    else:
        at.multiselect(key=key(at, "colleagues")).set_value([to.person_id])
    return at


def submit(at: AppTest) -> AppTest:
    at = at.button[0].click().run()
    assert not at.exception, at.exception
    return at


def stored(desk: Desk) -> list[Message]:
    ids = desk.read(lambda session: session.scalars(select(Message.id)).all())
    return [desk.row(one) for one in ids]


def test_the_line_about_danger_stands_above_the_form(screen, desk: Desk) -> None:
    at = screen("note", desk.kit)
    assert "If someone is in danger now, call 999" in html_of(at)
    assert "Urgent: somebody may be in danger" in words_of(at)


def test_p_msg_1_a_call_to_a_volunteer_is_kept_and_the_form_is_empty_again(screen, desk) -> None:
    at = submit(fill(screen("note", desk.kit), None))
    assert "Kept. It stands in the queue." in words_of(at)
    (message,) = stored(desk)
    assert (message.channel, message.state) == ("phone", "queued")
    assert message.received_at.isoformat() == "2026-03-01T14:35:00+00:00"
    assert message.id not in html_of(at) + words_of(at)
    assert at.text_area(key=key(at, "words")).value == ""
    assert at.time_input(key=key(at, "clock")).value is None
    assert at.multiselect[0].value == []
    assert "Kept" not in words_of(submit(at))


def test_a_quiet_note_is_kept_and_not_flagged_unless_somebody_ticks(screen, desk) -> None:
    at = submit(fill(screen("note", desk.kit), None, "asked when we open"))
    assert "Kept, not flagged." in words_of(at)
    at = fill(at, None, "asked when we open")
    at.checkbox(key=key(at, "flagged")).set_value(True)
    assert "Kept. It stands in the queue." in words_of(submit(at))
    assert [one.state for one in stored(desk)] == ["queued"]


def test_p_rec_1_who_took_the_call_finds_nothing_of_it(screen, desk) -> None:
    at = fill(screen("note", desk.ana), desk.ana)
    at.checkbox(key=key(at, "urgent")).set_value(True)
    assert "Kept. It stands in the urgent lane, and whoever is on duty" in words_of(submit(at))
    assert "Nothing waiting." in words_of(screen("review", desk.ana))
    assert "1 message to look at." in words_of(screen("review", desk.ben))


def test_what_is_missing_is_said_in_the_summary_and_nothing_entered_is_lost(screen, desk) -> None:
    at = fill(screen("note", desk.kit), None)
    at.text_input(key=key(at, "other")).set_value("")
    at = submit(at)
    said = words_of(at)
    assert "There is a problem" in said
    assert "Say to whom it was sent, or who took the call." in said
    assert at.text_area(key=key(at, "words")).value == "[medium] words"
    assert stored(desk) == []
    assert "Kept" not in said


def test_all_that_is_wrong_is_said_at_once_in_the_summary_and_each_beside_its_field(
    screen, desk
) -> None:
    at = submit(screen("note", desk.kit))
    for said in (
        "Choose how it came.",
        "Enter the day and the time it came.",
        "Enter what was said or written, or what happened.",
        "Say to whom it was sent, or who took the call.",
    ):
        assert html_of(at).count(said) == 2, said
    at = submit(fill(at, None))
    assert "Choose how it came." not in html_of(at)
    assert "Kept. It stands in the queue." in words_of(at)


def test_hostile_words_are_never_drawn_back_by_the_form_and_escaped_in_the_queue(
    screen, desk
) -> None:
    at = fill(screen("note", desk.kit), None, f"[high] {HOSTILE}")
    for field in ("name", "contact", "other"):
        at.text_input(key=key(at, field)).set_value(f"{field} {HOSTILE}")
    at = submit(at)
    assert "sink.example" not in html_of(at)
    (message,) = stored(desk)
    at = screen("review", desk.ana, message=message.id)
    assert "<img" not in html_of(at)
    assert "\u202e" not in html_of(at)
    assert "name ![x]" in words_of(at)


def test_no_slip_names_everybody_as_taker_and_leaves_nobody_to_review(screen, desk) -> None:
    assert screen("note", desk.kit).multiselect[0].proto.select_all == 0


def test_names_of_colleagues_are_letters_alone_and_namesakes_are_told_apart() -> None:
    def row(number: int, name: str) -> PersonRow:
        return PersonRow(str(number), name, f"p{number}@example.org", frozenset(), True)

    shown = colleagues([row(1, "Sam ![x](y)"), row(2, "Sam ![x](y)"), row(3, ":red[Bo]")])
    assert shown == {"1": "Sam xy, p1 at exampleorg", "2": "Sam xy, p2 at exampleorg", "3": "redBo"}

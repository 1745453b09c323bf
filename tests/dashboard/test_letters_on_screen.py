"""Letters on the page of a message: begun, written, seen as they will go, and let go."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.screens import html_of, press, words_of

from dashboard import session
from triage.conduct.kinds import Disposition, Severity
from triage.core.ids import new_id
from triage.letters.queries import letters_of_matter
from triage.letters.rules import State
from triage.letters.tables import Letter
from triage.senders.standing.rules import Measure
from triage.senders.standing.service import set_standing

MARK = "<b>bold</b> <img src=x>"

WHY = "Why, or what is to be looked at?"


@pytest.fixture
def desk(make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A demonstration desk that can send letters."""
    made = make_desk(demo=True, letter_from="team@charity.example.org", signed_as="The team")
    monkeypatch.setattr(session, "desk", lambda: made.triage)
    return made


@pytest.fixture
def message(desk: Desk) -> str:
    """A message that a person decided to be abusive."""
    made = desk.arrive("[medium] words", from_address="pat@example.org")
    desk.decide(desk.ben, made, Disposition.AGGRESSIVE, severity=Severity.LOW)
    return made


def submit(at: AppTest, label: str) -> AppTest:
    found = [one for one in at.button if one.label == label]
    assert found, f"no button {label} among {[one.label for one in at.button]}"
    return found[0].click().run()


def begin(at: AppTest, kind: str, why: str | None = None) -> Any:
    box = next(one for one in at.selectbox if one.label == "What kind?")
    box.select(kind)
    if why is not None:
        next(one for one in at.text_area if one.label.startswith("If it must be")).set_value(why)
    return submit(at, "Begin the letter")


def write(at: AppTest, text: str) -> Any:
    next(one for one in at.text_area if one.label == "Letter").set_value(text)
    return submit(at, "Keep, and show what will go")


def said(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def only(desk: Desk, message: str) -> Any:
    (row,) = desk.read(letters_of_matter, viewer=desk.cleo, matter_id=message)
    return row


def test_a_letter_is_begun_written_approved_and_sent_from_the_page(
    screen: Any, desk: Desk, message: str
) -> None:
    at = screen("review", desk.ana, message=message)
    assert "None has been written about this." in said(at)
    at = begin(at, "Warning")
    assert "[what they wrote or did" in said(at)
    at = press(at, "approve_letter")
    assert "There is still something to fill in" in said(at)
    at = write(at, f"Hello,\n\nplease stop. {MARK}\n\nThe team")
    assert MARK in said(at)
    assert "<b>bold" not in html_of(at)
    at = press(at, "approve_letter")
    assert only(desk, message).state is State.READY
    assert at.code[0].value.endswith("The team")
    at = press(at, "send_letter")
    assert "on its way to the mail server" in said(at)
    at = press(at, "call_back_letter")
    at = press(at, "change_letter")
    assert only(desk, message).state is State.DRAFT
    at = press(at, "withdraw_letter")
    assert "withdrawn" in said(at)


def test_what_a_colleague_changed_meanwhile_is_not_sent_from_an_old_screen(
    screen: Any, desk: Desk, message: str
) -> None:
    from functools import partial

    from triage.letters.service import drafting

    at = begin(screen("review", desk.ana, message=message), "Letter")
    at = write(at, "Hello.")
    row = only(desk, message)
    words = {"subject": "s", "text": "Something else.", "to_address": "pat@example.org"}
    command = partial(drafting.edit, letter_id=row.id, version=row.version, **words)
    desk.triage.runner.run(desk.ben, command)
    at = press(at, "approve_letter")
    assert "since you looked at it" in said(at)
    assert only(desk, message).state is State.DRAFT


def test_copied_out_it_is_marked_by_who_sent_it_and_the_time_is_asked(
    screen: Any, desk: Desk, message: str
) -> None:
    at = begin(screen("review", desk.ana, message=message), "Letter")
    next(one for one in at.text_input if one.label == "Subject").set_value("About")
    at = write(at, "Hello.")
    at = press(at, "approve_letter")
    at = submit(at, "I have sent it")
    assert "Enter when it was sent" in said(at)
    desk.move(hours=2)
    clock = next(one for one in at.time_input if "did it go" in one.label)
    clock.set_value(desk.now.time())
    at = submit(at, "I have sent it")
    assert "copied out and marked as sent by Ana, on 2 March 2026" in said(at)
    assert "What went:" in said(at)


def test_a_second_person_is_asked_and_lets_it_go(screen: Any, desk: Desk, message: str) -> None:
    at = begin(screen("review", desk.ana, message=message), "Letter")
    next(one for one in at.text_input if one.label == "Subject").set_value("About")
    at = write(at, "Hello.")
    next(one for one in at.text_input if one.label == WHY).set_value("too hard?")
    at = submit(at, "Ask a second person")
    assert "A second person looks at it." in said(at)
    other = screen("review", desk.cleo, message=message, letter=only(desk, message).id)
    assert "too hard?" in said(other)
    next(one for one in other.text_input if one.label == WHY).set_value("it is fine")
    other = submit(other, "Let it go as it stands")
    assert only(desk, message).state is State.READY


def test_p_msg_4_the_page_of_a_sender_under_cease_contact_warns_and_a_letter_wants_a_reason(
    screen: Any, desk: Desk, message: str
) -> None:
    sender_id = desk.row(message).sender_id
    measure = {"measure": Measure.CEASE_CONTACT, "source_id": new_id(), "until": None}
    desk.do(desk.dora, set_standing, sender_id=sender_id, since=desk.now, **measure)
    at = screen("review", desk.ana, message=message)
    assert "In force for this sender: cease contact since 2 March 2026." in said(at)
    assert "nobody writes to this person" in said(at)
    at = begin(at, "Letter")
    assert "Cease contact is in force for this person" in said(at)
    assert desk.count(Letter) == 0
    at = begin(at, "Letter", "a court asks for it")
    assert "Written under cease contact, because: a court asks for it" in said(at)


def test_p_act_1_the_queue_shows_what_is_in_force_and_what_came_after_the_request(
    screen: Any, desk: Desk, message: str
) -> None:
    sender_id = desk.row(message).sender_id
    measure = {"measure": Measure.ASKED_TO_CEASE, "source_id": new_id(), "until": None}
    desk.do(desk.dora, set_standing, sender_id=sender_id, since=desk.now, **measure)
    desk.move(hours=1)
    desk.arrive("[low] again", from_address="pat@example.org")
    shown = said(screen("review", desk.ana))
    assert "asked to stop on 2 March 2026" in shown
    assert "after request to cease" in shown
    assert "1 earlier message decided as abusive" in shown


def test_p_rec_1_a_recipient_reaches_no_letter_by_its_address(screen: Any, desk: Desk) -> None:
    hers = desk.arrive("[medium]", recipients=(address("ana"),))
    desk.decide(desk.ben, hers, Disposition.AGGRESSIVE, severity=Severity.LOW)
    at = begin(screen("review", desk.ben, message=hers), "Warning")
    assert "[what they wrote" in said(at)
    row = only(desk, hers)
    for message_id in (hers, desk.arrive("[low]")):
        shown = said(screen("review", desk.ana, message=message_id, letter=row.id))
        assert "[what they wrote" not in shown

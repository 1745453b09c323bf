"""Data requests on the screen: entered, searched, decided item by item, agreed, taken."""

import threading

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk
from support.screens import press, words_of
from support.subjects import agreed, asked, give_all, items, kept, reviewed, row, searched

from dashboard import files, gate, session, words_subject
from triage.conduct.kinds import RoutedTo
from triage.core.access import Actor
from triage.core.ids import new_id
from triage.messages.service import review
from triage.retention.subject.rules import Decision, IdentityHow, Kind, Refusal, State
from triage.retention.subject.service import refusing

MARK = "<b>bold</b> [x](https://example.org)"


@pytest.fixture
def desk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Two custodians; files are handed out as under ``triage serve``."""
    there = threading.Event()
    there.set()
    monkeypatch.setattr(gate, "in_force", there)
    monkeypatch.setattr(files, "offers", gate.Memory())
    monkeypatch.setattr(session, "chosen", gate.Memory())
    return kept(desk)


def said(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def choose(at: AppTest, key: str, value: object) -> None:
    """Choose one of several."""
    [found] = [one for one in at.radio if one.key == key]
    found.set_value(value)


def test_a_message_that_was_passed_on_is_entered_with_the_day_it_came(desk: Desk, screen) -> None:
    message = desk.arrive(f"[medium] {MARK}")
    given = {"version": desk.open(desk.ana, message), "to": RoutedTo.SUBJECT_ACCESS}
    desk.do(desk.ana, review.route, message_id=message, **given)
    desk.move(days=3)
    at = screen("subject", desk.cusa)
    assert "Came 2 March 2026, due 2 April 2026" in said(at)
    at = press(at, f"enter_{message}")
    at.text_input[0].set_value(MARK)
    at = press(at, "subject_enter")
    text = said(at)
    assert "Data request" in text
    assert "due 2 April 2026" in text
    assert words_subject.ANOTHER in text
    assert "Nothing was passed on." in said(screen("subject", desk.cusa))


def test_a_request_without_a_name_is_refused_in_words(desk: Desk, screen) -> None:
    at = press(screen("subject", desk.cusa), "subject_enter")
    assert "Say who asks." in said(at)


def test_from_the_search_to_the_file_by_two_people(desk: Desk, screen) -> None:
    desk.arrive(f"[high] Ana is {MARK}")
    request_id = asked(desk)
    at = screen("subject", desk.cusa, request=request_id)
    choose(at, "subject_how", IdentityHow.KNOWN_ADDRESS)
    [note] = [area for area in at.text_area if area.label.startswith("What did you see")]
    note.set_value("they answered")
    at = press(at, "subject_identity")
    at = press(at, "subject_search")
    [item] = items(desk, request_id)
    assert "not decided" in said(at)
    at = press(at, f"item_{item.id}")
    assert "[hidden] is <b>bold</b>" in said(at)
    choose(at, f"becomes_{item.id}", Decision.DISCLOSE)
    at = press(at, f"decided_{item.id}")
    at = press(at, "subject_review")
    assert "second person" in said(press(at, "subject_agree"))
    at = screen("subject", desk.cole, request=request_id)
    assert "[hidden] is <b>bold</b>" in said(at)
    at = press(at, "subject_agree")
    assert row(desk, request_id).state == State.READY.value
    at = press(screen("subject", desk.cusa, request=request_id), "subject_make")
    assert "The file is made" in said(at)
    [file_id] = files.offers._held
    browser = new_id()
    for who, may in ((desk.cusa, True), (desk.cole, False), (desk.ada, False)):
        session.chosen.put(browser, who.person_id)
        assert files.may_fetch({gate.BROWSER: browser}, str(file_id)) is may


def test_a_decider_sees_what_waits_for_a_second_person_and_nothing_else(desk: Desk, screen) -> None:
    desk.arrive("[low] hello")
    request_id = searched(desk)
    assert "No request waits for you." in said(screen("subject", desk.dora))
    assert "There is no such request." in said(screen("subject", desk.dora, request=request_id))
    give_all(desk, request_id)
    reviewed(desk, request_id)
    at = screen("subject", desk.dora, request=request_id)
    assert "As they will read it" in said(at)
    assert not [each for each in at.button if each.key == "subject_search"]


def test_no_ground_of_refusal_on_the_screen_is_about_how_somebody_writes(
    desk: Desk, screen
) -> None:
    request_id = searched(desk)
    at = screen("subject", desk.cusa, request=request_id)
    [grounds] = [each for each in at.radio if each.label == "On which ground?"]
    assert grounds.options == list(words_subject.REFUSALS.values())
    assert words_subject.FAIR in said(at)
    given = {"request_id": request_id, "version": row(desk, request_id).version}
    desk.do(desk.cusa, refusing.ask_refusal, ground=Refusal.REPEATS, reason="last week", **given)
    at = screen("subject", desk.cole, request=request_id)
    at.text_area[0].set_value("it is new")
    press(at, "subject_refusal_decline")
    assert row(desk, request_id).state == State.IDENTITY_CHECKED.value


def test_an_erasure_and_a_complaint_have_their_own_steps(desk: Desk, screen) -> None:
    desk.arrive("[low] hello")
    complaint = asked(desk, Kind.COMPLAINT)
    at = press(screen("subject", desk.cusa, request=complaint), "subject_acknowledge")
    assert row(desk, complaint).state == State.ACKNOWLEDGED.value
    assert "What was found" not in said(at)
    erasure = searched(desk, kind=Kind.ERASURE)
    [item] = items(desk, erasure)
    at = press(screen("subject", desk.cusa, request=erasure), f"item_{item.id}")
    choose(at, f"becomes_{item.id}", Decision.ERASE)
    at = press(at, f"decided_{item.id}")
    reviewed(desk, erasure)
    agreed(desk, erasure)
    at = press(screen("subject", desk.cusa, request=erasure), "subject_carry_out")
    assert "is open or held" in said(at)  # nobody has decided it yet


def test_p_rec_4_what_a_custodian_has_no_part_in_is_on_no_page_of_theirs(
    desk: Desk, screen
) -> None:
    desk.arrive("[low] zanzibar", recipients=("cole@charity.example.org",))
    request_id = searched(desk)
    [item] = items(desk, request_id)

    def page(who: Actor) -> str:
        return said(screen("subject", who, request=request_id))

    assert "Message from them" in page(desk.cusa)
    assert "Message from them" not in page(desk.cole)
    assert "Nothing was found, or nobody has searched yet." in page(desk.cole)
    assert item.id not in page(desk.cole)

"""Data requests on the screen: files that were attached, and what is late, to who may answer."""

import threading
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest
from support.attaching import read_with
from support.desk import Desk
from support.screens import html_of, press, words_of
from support.subjects import agreed, asked, decide, give_all, items, kept, reviewed, searched

from dashboard import files, gate, session, words_subject
from triage.conduct.kinds import RoutedTo
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.messages.service import review
from triage.retention.subject.rules import Decision, Ground

MARK = "<b>bold [x](https:example.org).png"
PICTURE = b"\x89PNG\r\n\x1a\n\x00\xff"


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


def wrote(desk: Desk, to: str = "team@charity.example.org") -> str:
    """Pat wrote, with two files; the message."""
    given = (MARK, "image/png", PICTURE), ("letter.pdf", "application/pdf", b"%PDF")
    [got] = desk.receive(read_with(*given, to=to))
    assert got.message_id
    return got.message_id


# -- files


def test_each_file_is_listed_and_taken_out_with_a_plain_word_that_people_look_into_it(
    desk: Desk, screen
) -> None:
    message = wrote(desk)
    request_id = searched(desk)
    at = screen("subject", desk.cusa, request=request_id)
    text = said(at)
    assert f"{MARK}, {len(PICTURE)} bytes, said to be image/png" in text
    assert "letter.pdf, 4 bytes, said to be application/pdf" in text
    assert "<b>bold" not in html_of(at)
    one = next(each for each in items(desk, request_id) if each.kind == "file")
    at = press(at, f"item_{one.id}")
    assert words_subject.LOOK_INTO in said(at)
    assert words_subject.GOES_WITH in said(at)
    assert words_subject.FORWARDED not in said(at)
    [becomes] = [each for each in at.radio if each.key == f"becomes_{one.id}"]
    assert becomes.options[0] == "Give it as it is, with others in it"
    assert not [each for each in at.checkbox if each.label.startswith("Hide nothing")]
    at = press(at, f"open_{one.id}")
    assert said(at)
    [file_id] = files.offers._held
    assert files.offers.get(file_id)[desk.cusa.person_id].matters == {request_id, message}
    browser = new_id()
    for who, may in ((desk.cusa, True), (desk.cole, False), (desk.ada, False)):
        session.chosen.put(browser, who.person_id)
        assert files.may_fetch({gate.BROWSER: browser}, str(file_id)) is may
    assert len(desk.events("subject_file_opened", message)) == 1


def test_the_second_person_sees_which_files_go_which_do_not_and_why(desk: Desk, screen) -> None:
    wrote(desk)
    request_id = searched(desk)
    give_all(desk, request_id)
    at = screen("subject", desk.cusa, request=request_id)
    [letter] = [one for one in items(desk, request_id) if one.kind == "file"][:1]
    decide(desk, letter, decision=Decision.WITHHOLD, ground=Ground.OTHERS)
    reviewed(desk, request_id)
    at = screen("subject", desk.dora, request=request_id)
    text = said(at)
    assert "1 file as exact bytes" in text
    assert "to be opened and looked at by a person, and by the second person again." in text
    assert "Files that go" in text
    assert "Attached, and not in the copy" in text
    assert "kept here" in text
    assert "<b>bold" not in html_of(at)
    agreed(desk, request_id)
    at = press(screen("subject", desk.cusa, request=request_id), "subject_make")
    assert "The file is made" in said(at)


def test_p_rec_4_a_file_of_what_a_custodian_has_no_part_in_is_on_no_page_of_theirs(
    desk: Desk, screen
) -> None:
    wrote(desk, to="cole@charity.example.org")
    request_id = searched(desk)
    assert "letter.pdf" in said(screen("subject", desk.cusa, request=request_id))
    assert "letter.pdf" not in said(screen("subject", desk.cole, request=request_id))


# -- what has a day


def passed_on(desk: Desk, **given: object) -> None:
    message = desk.arrive("[medium] what do you hold", **given)
    version = desk.open(desk.ana, message)
    to = RoutedTo.SUBJECT_ACCESS
    desk.do(desk.ana, review.route, message_id=message, version=version, to=to)


def test_what_is_late_or_soon_is_said_on_each_page_of_who_may_answer_it(desk: Desk, screen) -> None:
    """On Data requests, on Cases (a custodian's first page), on Today and on the board."""
    mia = desk.add("mia", Role.CUSTODIAN, Role.REVIEWER)
    asked(desk)
    passed_on(desk)
    for view in ("subject", "cases", "today"):
        assert "within a week" not in said(screen(view, mia))
    assert "Data requests to answer2" in said(screen("board", mia))
    desk.move(days=25)
    assert "2 data requests due within a week: see Data requests." in said(screen("cases", mia))
    assert "2 data requests due within a week" in said(screen("today", mia))
    text = said(screen("subject", desk.cusa))
    assert text.count("due within a week") == 3
    desk.clock.move(timedelta(days=10))
    asked(desk, received_on=(desk.now - timedelta(days=26)).date())
    late = "2 data requests late, 1 more due within a week"
    for view in ("subject", "cases", "today"):
        assert late in said(screen(view, mia))
    assert "Data requests to answer3, 2 of them overdue" in said(screen("board", mia))


def test_p_rec_4_nobody_else_learns_that_anything_is_late(desk: Desk, screen) -> None:
    """The same words with a request that is late and without it: for who may not answer, and for
    the custodian whom it is about, or to whom it went."""
    mia = desk.add("mia", Role.CUSTODIAN, Role.REVIEWER)
    pages = [
        (desk.dora, "today"), (desk.dora, "board"), (desk.ana, "today"), (desk.ana, "board"),
        (mia, "today"), (mia, "board"), (mia, "cases"), (mia, "subject"),
    ]  # fmt: skip
    desk.move(days=40)
    before = [said(screen(view, who)) for who, view in pages]
    came = (desk.now - timedelta(days=40)).date()
    asked(desk, who="Mia", contact="", staff_id=mia.person_id, received_on=came)
    after = [said(screen(view, who)) for who, view in pages]
    assert after == before
    assert "1 data request late" in said(screen("cases", desk.cusa))

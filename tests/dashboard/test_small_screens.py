"""What the services had and nobody could press: held back, exported, a second person, a slip."""

import threading
from datetime import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.referring import mark
from support.restricting import approve, draft, propose, state, tasks
from support.screens import html_of, press, words_of

from dashboard import files, gate, session
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import Actor
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.letters import queries as letters
from triage.letters.rules import LetterKind
from triage.letters.service import checking
from triage.letters.service.drafting import edit
from triage.messages.service import writing
from triage.restrictions.codes import appeal_code
from triage.restrictions.draft import TargetDraft
from triage.restrictions.queries.frozen import frozen_waiting
from triage.restrictions.rules import Kind, State
from triage.restrictions.service import proposing
from triage.restrictions.service import tasks as working

MARK = "<b>bold</b> [x](https://example.org)"


def said(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def field(at: AppTest, kind: str, label: str) -> Any:
    return next(one for one in at.get(kind) if one.label.startswith(label))


def submit(at: AppTest, label: str) -> AppTest:
    return next(one for one in at.button if one.label == label).click().run()


def keeper(desk: Desk, *targets: str) -> Actor:
    """Somebody who looks after these."""
    sven = desk.add("sven", Role.SERVICE_ADMIN)
    for target in targets:
        desk.do(desk.ada, working.set_scope, person_id=sven.person_id, target=target)
    return sven


def test_what_the_rule_of_writetothem_held_back_is_noted_and_settled(
    screen: Any, desk: Desk
) -> None:
    sven, edda = keeper(desk, "writetothem"), desk.add("edda", Role.DECIDER)
    place = (TargetDraft("writetothem", "pat@example.org", "Threats by it.", None, "x"),)
    made = propose(desk, desk.ana, desk.arrive("[low]"), kind=Kind.SERVICE_BLOCK, targets=place)
    for who in (desk.dora, edda):
        approve(desk, who, made)
    [task] = tasks(desk, made)
    at = screen("tasks", sven, task=task.id)
    assert "The rule has held a message back" not in said(at), "no rule is in place yet"
    desk.do(sven, working.apply, task_id=task.id, version=task.version)
    at = screen("tasks", sven, task=task.id)
    field(at, "text_input", "The service's own id").set_value("M-17")
    field(at, "time_input", "At what time").set_value(time(0, 5))
    at = submit(at, "Note it: it is looked at within a working day")
    assert "Held back by WriteToThem" in [one.value for one in at.header]
    assert "M-17" in said(at)
    at = submit(at, "It is kept back")
    assert "Say why it does not reach the representative." in said(at)
    field(at, "text_input", "Why it is kept back").set_value(f"A threat. {MARK}")
    at = submit(at, "It is kept back")
    assert "It is on the record what became of it." in said(at)
    assert desk.read(frozen_waiting, viewer=sven, now=desk.now) == ()
    [task] = tasks(desk, made)
    desk.do(sven, working.verify, task_id=task.id, version=task.version, note="signed out")
    assert "The rule has held a message back" in [
        one.value for one in screen("tasks", sven).subheader
    ]


def test_all_that_a_service_is_asked_for_is_one_file_for_who_has_a_part_in_all_of_it(
    screen: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = threading.Event()
    there.set()
    monkeypatch.setattr(gate, "in_force", there)
    monkeypatch.setattr(files, "offers", gate.Memory())
    monkeypatch.setattr(session, "chosen", gate.Memory())
    sven = keeper(desk, "fixmystreet")
    ground = desk.arrive("[low]")
    made = propose(desk, desk.ana, ground, kind=Kind.SERVICE_BLOCK)
    assert not [one for one in screen("tasks", sven).button if "export" in str(one.key)]
    approve(desk, desk.dora, made)
    at = press(screen("tasks", sven), "export_fixmystreet_in")
    assert len(at.get("download_button")) == 1
    assert len(desk.events("task_exported", made)) == 1
    browser = new_id()
    session.chosen.put(browser, sven.person_id)
    [file_id] = files.offers._held
    assert files.may_fetch({gate.BROWSER: browser}, file_id)
    given = {"person_id": sven.person_id, "kind": ExclusionKind.RECIPIENT, "at": desk.now}
    desk.triage.database.write(lambda db: exclude(db, matter_id=ground, **given))
    assert not files.may_fetch({gate.BROWSER: browser}, file_id)


@pytest.fixture
def written(desk: Desk) -> tuple[str, str]:
    """A message that ana answered with a warning; the letter."""
    message = desk.arrive("[medium] words", from_address="pat@example.org")
    desk.decide(desk.ben, message, Disposition.AGGRESSIVE, severity=Severity.LOW)
    kind = LetterKind.WARNING
    made = desk.do(desk.ana, writing.draft_letter, message_id=message, kind=kind)
    return message, made


def test_a_letter_that_waits_for_a_second_person_stands_before_who_may_be_it(
    screen: Any, desk: Desk, written: tuple[str, str]
) -> None:
    title = "Letters that wait for a second person"
    _, made = written
    found = desk.read(letters.letter, viewer=desk.ana, letter_id=made)
    assert title not in said(screen("decisions", desk.dora))
    given = {"version": found.row.version, "previewed": found.shown.digest, "reason": "look"}
    ask(desk, made, given)
    assert title in said(screen("decisions", desk.dora))
    assert title not in said(screen("decisions", desk.ana)), "she wrote it herself"
    at = press(screen("decisions", desk.dora), "letter")
    assert "What will go:" in said(at)
    assert [one for one in at.button if "agree" in str(one.key) or "agree" in one.label.lower()]


def ask(desk: Desk, made: str, given: dict[str, Any]) -> None:
    """Ana fills the letter in, and asks for a second person."""
    found = desk.read(letters.letter, viewer=desk.ana, letter_id=made)
    words = {"subject": "Your message", "text": "Please stop.\n", "to_address": "pat@example.org"}
    desk.do(desk.ana, edit, letter_id=made, version=found.row.version, **words)
    found = desk.read(letters.letter, viewer=desk.ana, letter_id=made)
    fresh = {"version": found.row.version, "previewed": found.shown.digest}
    desk.do(desk.ana, checking.ask_second, letter_id=made, **(given | fresh))


def test_p_msg_4_a_letter_begun_before_contact_was_ceased_wants_a_reason(
    screen: Any, desk: Desk, written: tuple[str, str]
) -> None:
    message, made = written
    at = screen("review", desk.ana, message=message, letter=made)
    assert "Keep the reason with the letter" not in said(at)
    ceased = propose(desk, desk.ben, message)
    approve(desk, desk.dora, ceased)
    at = screen("review", desk.ana, message=message, letter=made)
    assert "Cease contact is in force: this does not go as it is." in said(at)
    field(at, "text_area", "If it must be written all the same").set_value(f"A deadline. {MARK}")
    at = submit(at, "Keep the reason with the letter")
    assert f"A deadline. {MARK}" in said(at)
    assert "<b>bold" not in html_of(at)
    assert len(desk.events("letter_override", message)) == 1


def test_who_marked_by_a_slip_takes_the_mark_back_for_ten_minutes(screen: Any, desk: Desk) -> None:
    message = desk.arrive("[high]")
    mark(desk, desk.ana, message)
    opened = desk.arrive("[high]", from_address="three@example.org")
    mark(desk, desk.ana, opened)
    at = screen("review", desk.ben, message=opened)
    assert not [one for one in at.button if str(one.key).startswith("withdraw_own")]
    other = desk.arrive("[high]", from_address="two@example.org")
    mark(desk, desk.ana, other)
    at = press(screen("review", desk.ana, message=other), "withdraw_own")
    assert not desk.row(other).particular_concern
    assert not at.exception
    desk.move(minutes=11)
    at = press(screen("review", desk.ana, message=message), "withdraw_own")
    assert "it now needs two people" in said(at)
    assert desk.row(message).particular_concern


def test_an_appeal_against_an_unconfirmed_measure_is_entered_and_said_to_wait(
    screen: Any, desk: Desk
) -> None:
    message = desk.arrive("[high]", recipients=(address("kit"),))
    made = desk.do(desk.ana, proposing.set_emergency, draft=draft(desk, message))
    at = screen("decisions", desk.ben)
    field(at, "text_input", "The code that stands").set_value(appeal_code(desk.triage.keys, made))
    field(at, "text_area", "What did they write").set_value(f"Not me. {MARK}")
    field(at, "time_input", "At what time").set_value(time(0, 5))
    at = submit(at, "Enter the appeal")
    assert "The appeal is entered." in said(at)
    assert "waits until a second person has confirmed the measure" in said(at)
    at = screen("decisions", desk.dora, restriction=made)
    assert "An appeal against this has come." in said(at)
    approve(desk, desk.dora, made)
    assert state(desk, made) is State.APPEALED

"""Find, record, system, your page, sign-in: each for those it is for, and empty."""

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk
from support.screens import press, words_of

from dashboard import session
from dashboard.views import views
from triage.core.access import can
from triage.messages.rules import State

PEOPLE = ["ana", "dora", "max", "ada", "kit", "gus"]


def shown(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("path", [view.path for view in views()])
def test_every_page_draws_for_its_roles_and_refuses_the_others(
    screen, desk: Desk, path: str, who: str
) -> None:
    viewer = getattr(desk, who)
    view = next(one for one in views() if one.path == path)
    said = shown(screen(path, viewer))
    allowed = view.action is None or can(viewer, view.action)
    assert ("This page is not part of your role." in said) is not allowed


def test_find_lists_what_was_in_the_queue_and_shows_none_of_its_text(screen, desk) -> None:
    desk.arrive("[medium] about the aubergine")
    desk.arrive("another aubergine, not flagged")
    at = screen("find", desk.ana)
    at = at.text_input(key="q").set_value("aubergine").run()
    assert "1 message found" in shown(at)
    assert "aubergine" not in "".join(one.proto.body for one in at.get("html"))
    at = at.text_input(key="q").set_value("zebra").run()
    assert "No message that was in the queue holds all of these words. Try fewer" in shown(at)


def test_a_message_that_the_model_let_pass_can_be_found_by_address_and_flagged(
    screen, desk
) -> None:
    message_id = desk.arrive("quiet words")
    assert desk.state(message_id) is State.UNFLAGGED
    at = screen("find", desk.ana)
    at.text_input(key="address").set_value("PAT@example.org")
    at = at.button[0].click().run()
    assert "Which message?" in "".join(one.label for one in at.selectbox)
    assert [one.matter_id for one in desk.events("looked_up")] == [message_id]


def test_the_record_is_empty_or_tells_what_was_done(screen, desk) -> None:
    message_id = desk.arrive("[high] words")
    desk.decide(desk.ana, message_id)
    said = shown(screen("record", desk.ben))
    assert "decided" in said
    assert "opened" in said
    assert "Ana" in said
    assert "words" not in said


def test_the_system_page_tells_how_the_desk_runs_and_nothing_of_any_message(screen, desk) -> None:
    desk.arrive("[high] fearsome")
    said = shown(screen("system", desk.ada))
    assert "blind sample" in said
    assert "pat@example.org" not in said


def test_keys_can_be_switched_off(screen, desk) -> None:
    at = screen("you", desk.ana)
    at.toggle(key="shortcuts").set_value(False).run()
    at = screen("review", desk.ana, message=desk.arrive())
    assert next(one for one in at.button if one.key.startswith("decide_")).proto.shortcut == ""


def test_without_a_demonstration_and_without_sign_in_the_desk_refuses(
    make_desk, monkeypatch
) -> None:
    plain = make_desk()
    monkeypatch.setattr(session, "desk", lambda: plain.triage)
    at = AppTest.from_file("../../dashboard/app.py", default_timeout=20)
    at.session_state["person_id"] = plain.ana.person_id
    said = words_of(at.run())
    assert "no sign-in is set up" in said
    assert not at.button


def test_the_demonstration_asks_who_to_be_and_lets_one_be_somebody_else(desk) -> None:
    at = AppTest.from_file("../../dashboard/app.py", default_timeout=20).run()
    assert "Choose who to be" in words_of(at)
    at = press(at, "be_ana")
    assert "You are" in shown(at)
    assert "Ana" in shown(at)
    at = press(at, "leave")
    assert "Choose who to be" in shown(at)


def test_somebody_disabled_is_gone_at_the_next_click(desk) -> None:
    from sqlalchemy import update

    from triage.staff.tables import Person

    at = AppTest.from_file("../../dashboard/app.py", default_timeout=20).run()
    at = press(at, "be_ana")
    assert "You are" in shown(at)
    desk.triage.database.write(
        lambda db: db.execute(
            update(Person).where(Person.id == desk.ana.person_id).values(active=False)
        )
    )
    assert "Choose who to be" in shown(at.run())

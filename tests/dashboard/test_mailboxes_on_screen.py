"""ux.md: a mailbox that fails is a banner with its age, never an empty queue."""

from collections.abc import Callable
from functools import partial

import pytest
from support.desk import Desk
from support.screens import html_of, words_of

from dashboard import session
from triage.core.access import SYSTEM
from triage.core.mailboxes import Mailbox
from triage.intake import service as cursors
from triage.intake.rules import Problem

BANNER = "Mail may be waiting that is not here yet."
BOX = Mailbox(name="Post", host="mail.example.org", user="desk@example.org", password="canary")


@pytest.fixture
def desk(make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = make_desk(demo=True, mailboxes=(BOX,))
    monkeypatch.setattr(session, "desk", lambda: made.triage)
    return made


def look(desk: Desk, problem: Problem | None = None, uid: int | None = None) -> None:
    """A look into the mailbox that ended so; with a number, without this message."""
    place = cursors.place_of(desk.triage.keys, BOX, "INBOX")
    run = partial(desk.triage.runner.run, SYSTEM)
    if uid is not None:
        cursor = run(partial(cursors.open_folder, place=place, uidvalidity=7))
        run(partial(cursors.advance, cursor=cursor, last_uid=uid, left=[uid]))
    run(partial(cursors.looked, place=place, problem=problem))


def test_a_mailbox_that_is_well_is_no_banner_and_says_when_it_was_last_checked(
    screen, desk: Desk
) -> None:
    look(desk)
    desk.move(minutes=2)
    assert BANNER not in words_of(screen("review", desk.ana))
    said = words_of(screen("system", desk.ada))
    assert "2 minutes ago" in said
    assert "RED: " not in said.split("What runs by itself")[0]


def test_a_mailbox_that_fails_is_a_banner_with_its_age_beside_the_empty_queue(
    screen, desk: Desk
) -> None:
    look(desk, Problem.SIGN_IN_REFUSED)
    desk.move(minutes=3)
    look(desk, Problem.NO_CONNECTION)
    said = words_of(screen("review", desk.ana))
    assert f"{BANNER} Post, INBOX: the server cannot be reached, for 3 minutes." in said
    assert "Nothing waiting" in said
    said = words_of(screen("system", desk.ada))
    assert BANNER in said
    assert "RED: the server cannot be reached" in said
    look(desk)
    assert BANNER not in words_of(screen("review", desk.ana))


@pytest.mark.parametrize(("minutes", "shown"), [(15, False), (16, True)])
def test_a_mailbox_that_nobody_looks_into_is_a_banner_after_a_quarter_of_an_hour(
    screen, desk: Desk, minutes: int, shown: bool
) -> None:
    look(desk)
    desk.move(minutes=minutes)
    said = words_of(screen("review", desk.ana))
    assert (
        f"nobody has looked lately: is triage watch running?, for {minutes} minutes" in said
    ) is shown
    assert (BANNER in said) is shown


def test_a_mailbox_that_was_never_looked_into_is_a_banner(screen, desk: Desk) -> None:
    assert "nobody has looked yet" in words_of(screen("review", desk.ana))
    assert "never" in words_of(screen("system", desk.ada))


def test_a_message_that_cannot_be_fetched_is_a_banner_though_all_else_is_well(
    screen, desk: Desk
) -> None:
    look(desk, uid=4)
    assert "a message in it cannot be fetched" in words_of(screen("review", desk.ana))


def test_no_banner_for_who_does_not_review_and_no_secret_for_anybody(screen, desk: Desk) -> None:
    look(desk, Problem.SIGN_IN_REFUSED)
    assert BANNER not in words_of(screen("you", desk.kit))
    for who, view in ((desk.ana, "review"), (desk.ada, "system")):
        assert "canary" not in html_of(screen(view, who))


def test_without_mailboxes_nothing_is_said_of_any(
    screen, make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = make_desk(demo=True)
    monkeypatch.setattr(session, "desk", lambda: plain.triage)
    assert BANNER not in words_of(screen("review", plain.ana))
    assert "No mailbox is set up" in words_of(screen("system", plain.ada))


def test_the_name_of_a_mailbox_is_drawn_as_text(
    screen, make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = BOX.model_copy(update={"name": "<img src=x> ![x](http://a)", "folders": ("<b>",)})
    made = make_desk(demo=True, mailboxes=(hostile,))
    monkeypatch.setattr(session, "desk", lambda: made.triage)
    for who, view in ((made.ana, "review"), (made.ada, "system")):
        drawn = html_of(screen(view, who))
        assert "&lt;img src=x&gt;" in drawn
        assert "<img" not in drawn

"""Somebody from outside, asked to decide on one matter: that matter, and nothing else (rule 7)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.referring import answer, mark, no, staffed
from support.referring import state as where
from support.restricting import approve, propose, state
from support.screens import press, words_of

import dashboard
from dashboard.views import views
from dashboard.words_acts import FOR_DECIDERS
from triage.core.access import CONSOLE, Actor
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.referrals.rules import State as Police
from triage.restrictions.codes import appeal_code
from triage.restrictions.rules import State
from triage.restrictions.service.appeals import record_appeal
from triage.staff.service import end_invitation, invite_guest, name_fallback

REFUSED = "This page is not part of your role."
SECRET = "zanzibar"


def invite(desk: Desk, matter_id: str, *, named: bool = True) -> Actor:
    """Gus is asked into one matter."""
    until = desk.now + timedelta(days=3)
    given = {"name": "Gus", "email": address("gus"), "matter_id": matter_id, "expires_at": until}
    desk.do(CONSOLE, invite_guest, **given)
    if named:
        desk.do(CONSOLE, name_fallback, person_id=desk.gus.person_id)
    return desk.gus


def said(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def keys(at: AppTest) -> list[str]:
    return [str(one.key) for one in at.button]


@pytest.fixture
def two(desk: Desk) -> tuple[str, str]:
    """Two proposals; the second is no guest's business."""
    first = propose(desk, desk.ana, desk.arrive("[high] words that were sent"))
    other = desk.arrive(f"[high] {SECRET}", from_address="sam@example.net")
    return first, propose(desk, desk.ana, other, reason=SECRET)


def test_without_an_invitation_a_guest_has_neither_page(
    screen: Any, desk: Desk, two: tuple[str, str]
) -> None:
    desk.do(CONSOLE, name_fallback, person_id=desk.gus.person_id)
    for page, query in (("decisions", {"restriction": two[0]}), ("referrals", {})):
        at = screen(page, desk.gus, **query)
        assert REFUSED in said(at)
        assert not at.title


def test_rule_7_a_guest_approves_the_one_proposal_that_they_were_asked_into(
    screen: Any, desk: Desk, two: tuple[str, str]
) -> None:
    gus = invite(desk, two[0])
    at = screen("decisions", gus)
    assert [one for one in keys(at) if one.startswith("asked_")] == [f"asked_{two[0]}"]
    assert "Late tasks" not in said(at)
    assert "Enter an appeal" not in said(at)
    at = press(at, "asked")
    assert "Open the evidence before you decide" in said(at)
    assert "words that were sent" not in said(at)
    at = press(at, "ground")
    assert "words that were sent" in said(at)
    at = press(press(at, "begin_approve"), "do_approve")
    assert state(desk, two[0]) is State.APPROVED
    assert not [one for one in keys(at) if "letter" in one]


def test_rule_7_a_guest_decides_the_one_appeal_that_they_were_asked_into(
    screen: Any, desk: Desk, two: tuple[str, str]
) -> None:
    approve(desk, desk.dora, two[0])
    code = appeal_code(desk.triage.keys, two[0])
    desk.do(desk.ana, record_appeal, code=code, words="not me", came_at=desk.now)
    gus = invite(desk, two[0])
    at = press(screen("decisions", gus, restriction=two[0]), "ground")
    assert "not me" in said(at)
    at = press(at, "begin_overturned")
    at.text_area[0].set_value("It was another.")
    check = next(one for one in at.button if one.label == "Check your answers")
    at = press(check.click().run(), "do_overturned")
    assert state(desk, two[0]) is State.OVERTURNED


def test_rule_7_a_guest_is_the_second_who_says_that_it_is_not_to_be_referred(
    screen: Any, desk: Desk
) -> None:
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive("[high] words that were sent"))
    other = mark(desk, desk.ben, desk.arrive(f"[high] {SECRET}", from_address="sam@example.net"))
    assert not no(desk, desk.dora, made)
    gus = invite(desk, made)
    at = screen("referrals", gus)
    assert [one for one in keys(at) if one.startswith("asked_")] == [f"asked_{made}"]
    assert "Live" not in [one.value for one in at.header]
    at = press(press(at, "asked"), "evidence")
    assert "words that were sent" in said(at)
    assert "the team says first what became of telling" in said(at)
    assert not [one for one in keys(at) if one.startswith(("answer_", "check_call", "pack_"))]
    answer(desk, desk.ben, made)
    at = press(screen("referrals", gus, referral=made), "evidence")
    at.text_area[-1].set_value("An old joke.")
    at = press(press(at, "check_say_no"), "confirm_say_no")
    assert where(desk, made) is Police.NOT_REFERRED
    for link in (other, new_id(), "x"):
        assert "There is no such referral." in said(screen("referrals", gus, referral=link))


def test_a_guest_who_is_named_for_nothing_reads_and_decides_nothing(
    screen: Any, desk: Desk, two: tuple[str, str]
) -> None:
    gus = invite(desk, two[0], named=False)
    at = screen("decisions", gus, restriction=two[0])
    assert FOR_DECIDERS in said(at)
    assert not [one for one in keys(at) if one.startswith("begin_")]


def test_rule_7_every_page_and_every_address_shows_a_guest_that_one_matter_alone(
    screen: Any, desk: Desk, two: tuple[str, str]
) -> None:
    staffed(desk)
    hidden = desk.arrive(f"[high] {SECRET}", from_address="other@example.net")
    police = mark(desk, desk.ben, hidden)
    gus = invite(desk, two[0])
    for view in views():
        for query in (
            {}, {"message": hidden}, {"restriction": two[1]}, {"referral": police},
            {"restriction": new_id()}, {"task": new_id()},
        ):  # fmt: skip
            at = screen(view.path, gus, **query)
            shown = said(at)
            assert SECRET not in shown
            assert two[1] not in str(at.main)
            open_to_them = view.path in {"decisions", "you"}
            assert (REFUSED in shown) is not open_to_them, (view.path, query)
    for link in (two[1], new_id(), "x"):
        assert "There is no such restriction." in said(screen("decisions", gus, restriction=link))


def test_what_else_there_is_changes_nothing_that_a_guest_sees(
    screen: Any, desk: Desk, two: tuple[str, str]
) -> None:
    gus = invite(desk, two[0])

    def seen() -> list[str]:
        return [said(screen("decisions", gus, **one)) for one in ({}, {"restriction": two[0]})]

    before = seen()
    approve(desk, desk.dora, two[1])
    propose(desk, desk.ben, desk.arrive("[high]", from_address="third@example.net"))
    assert seen() == before


@pytest.mark.parametrize("how", ["ended", "over", "excluded"])
def test_p_rec_1_an_invitation_that_is_over_opens_nothing_at_the_next_click(
    screen: Any, desk: Desk, two: tuple[str, str], how: str
) -> None:
    gus = invite(desk, two[0])
    at = screen("decisions", gus, restriction=two[0])
    assert REFUSED not in said(at)
    if how == "ended":
        desk.do(CONSOLE, end_invitation, person_id=gus.person_id, matter_id=two[0])
    elif how == "over":
        desk.move(days=4)
    else:
        given = {"person_id": gus.person_id, "kind": ExclusionKind.SUBJECT, "at": desk.now}
        desk.triage.database.write(lambda db: exclude(db, matter_id=two[0], **given))
    assert REFUSED in said(at.run())


def test_the_menu_of_a_guest_has_the_page_of_their_matter_and_no_other(
    desk: Desk, two: tuple[str, str]
) -> None:
    gus = invite(desk, two[0])
    at = AppTest.from_file(str(Path(str(dashboard.__file__)).parent / "app.py"))
    at.session_state["person_id"] = gus.person_id
    assert "You were asked to help to decide" in said(at.run(timeout=20))

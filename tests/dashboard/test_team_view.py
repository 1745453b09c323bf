"""The staff page: for three roles, in words, with every empty state."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk
from support.screens import html_of, press, words_of

from triage.core.access import Actor
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.roles import Role
from triage.staff import service
from triage.staff.service import duty


def team_view() -> None:
    """A script that draws the staff page, as the desk would."""
    from dashboard.views import team

    team.draw()


@pytest.fixture
def shown(desk: Desk) -> Callable[[Actor], AppTest]:
    def draw(viewer: Actor) -> AppTest:
        at = AppTest.from_function(team_view, default_timeout=20)
        at.session_state["person_id"] = viewer.person_id
        at = at.run()
        assert not at.exception, at.exception
        return at

    return draw


def test_it_is_for_who_keeps_accounts_decides_or_manages(desk, shown) -> None:
    for viewer in (desk.ada, desk.dora, desk.max):
        assert "On duty" in words_of(shown(viewer))
    for viewer in (desk.ana, desk.kit, desk.gus):
        said = words_of(shown(viewer))
        assert "This page is not part of your role." in said
        assert "On duty" not in said


def test_who_holds_which_roles(desk, shown) -> None:
    desk.do(
        desk.ada,
        service.change_roles,
        person_id=desk.max.person_id,
        give=[Role.ON_DUTY],
        reason="a team of three",
    )
    said = words_of(shown(desk.ada))
    assert "manager, on duty (reason recorded: a team of three)" in said
    assert "decider, reviewer" in said
    assert "member of staff, no special role" in said
    assert "Gus" not in said


def test_what_the_team_can_carry_is_said_in_words(desk, shown) -> None:
    said = words_of(shown(desk.ada))
    assert "Second look at a message" in said
    assert "No: nobody is there to handle it" in said
    assert "cannot be carried today" in said
    desk.do(desk.ada, service.name_fallback, person_id=desk.gus.person_id)
    assert "Only with the fallback: nobody is there to handle it" in words_of(shown(desk.ada))


def test_a_desk_without_a_rota_says_so_once(desk, shown) -> None:
    said = words_of(shown(desk.ada))
    assert "No rota is kept: nobody is on it in the next 14 days." in said
    assert "Nobody is on duty: " not in said


def shift(desk: Desk, who: Actor, hours: float) -> None:
    span: dict[str, Any] = {"starts": desk.now, "ends": desk.now + timedelta(hours=hours)}
    desk.do(desk.ada, duty.add_shift, person_id=who.person_id, **span)


def test_who_is_on_duty_and_the_gaps_ahead_in_words_and_marked(desk, shown) -> None:
    shift(desk, desk.ana, 24 * 7)
    at = shown(desk.ada)
    said = words_of(at)
    assert "Now: Ana" in said
    assert "in the next 14 days, London time" in said
    assert '<p class="danger">Nobody is on duty: ' in html_of(at)
    shift_two = {"starts": desk.now + timedelta(days=7), "ends": desk.now + timedelta(days=14)}
    desk.do(desk.ada, duty.add_shift, person_id=desk.ben.person_id, **shift_two)
    said = words_of(shown(desk.ada))
    assert "Somebody is on duty in every working hour of the next 14 days." in said
    away = {"starts": desk.now, "ends": desk.now + timedelta(days=1)}
    desk.do(desk.ada, duty.add_absence, person_id=desk.ana.person_id, **away)
    said = words_of(shown(desk.ada))
    assert "Now: Ana" not in said
    assert "away" in said


def test_the_fallback_is_named_or_missing_tried_or_never(desk, shown) -> None:
    assert "No fallback outside the team is named." in words_of(shown(desk.ada))
    desk.do(desk.ada, service.name_fallback, person_id=desk.gus.person_id)
    said = words_of(shown(desk.ada))
    assert "No fallback outside" not in said
    assert "Gus was never tried." in said
    assert "all processes" in said
    desk.do(desk.ada, service.record_drill, person_id=desk.gus.person_id)
    said = words_of(shown(desk.ada))
    assert "never tried" not in said
    assert "outside the team" in said


def test_p_rec_1_a_guest_is_seen_only_by_who_may_know_of_their_matter(desk, shown) -> None:
    before = {who: words_of(shown(getattr(desk, who))) for who in ("dora", "ada")}
    matter = desk.arrive()
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=matter,
            person_id=desk.dora.person_id,
            kind=ExclusionKind.SUBJECT,
            at=desk.now,
        )
    )
    desk.do(
        desk.ada,
        service.invite_guest,
        name="Tru",
        email="tru@example.org",
        matter_id=matter,
        expires_at=desk.now + timedelta(days=3),
    )
    assert words_of(shown(desk.dora)) == before["dora"]
    assert "Tru" in words_of(shown(desk.ada))


def test_p_hr_1_who_stands_in_for_hr_is_seen_by_all_three_and_named_by_who_keeps_accounts(
    desk, shown
) -> None:
    said = words_of(shown(desk.ada))
    assert "Nobody is set to take referrals for HR" in said
    assert "Nobody stands in for HR." in said
    desk.triage.settings = desk.triage.settings.model_copy(
        update={"hr_contact": "KIT@charity.example.org"}
    )
    at = shown(desk.ada)
    assert "Referrals for HR go to: Kit" in words_of(at)
    (box,) = [one for one in at.selectbox if one.label == "Who stands in for HR?"]
    assert "Kit" not in box.options
    at = press(at, "hr_name")
    assert "Choose somebody." in words_of(at)
    (box,) = [one for one in at.selectbox if one.label == "Who stands in for HR?"]
    box.select(desk.ben.person_id)
    at = press(at, "hr_name")
    assert not at.exception
    assert "Stands in: Ben" in words_of(at)
    for viewer in (desk.dora, desk.max):
        at = shown(viewer)
        assert "Stands in: Ben" in words_of(at)
        assert not [one for one in at.button if str(one.key).startswith("hr_")]
    press(shown(desk.ada), "hr_off")
    assert "Stands in:" not in words_of(shown(desk.dora))
    assert [one.code for one in desk.events(matter_id=desk.ben.person_id)][-2:] == [
        "hr_stand_in_named", "hr_stand_in_unnamed",
    ]  # fmt: skip


def test_a_hostile_name_stays_text(desk, shown) -> None:
    desk.do(
        desk.ada,
        service.add_person,
        name="<img src=x onerror=alert(1)> ![](http://sink.example)",
        email="h@example.org",
    )
    html = html_of(shown(desk.ada))
    assert "<img" not in html
    assert "&lt;img src=x" in html

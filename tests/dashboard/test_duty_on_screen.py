"""Who is on duty, or decides, and reviews nothing: they act alone, record a call, record a deed."""

from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.restricting import PUBLIC, approve, propose
from support.screens import press, words_of

from triage.core.errors import NotAllowed, NotFound
from triage.core.ids import short_ref
from triage.core.roles import Role
from triage.messages.queries.evidence import to_act_on
from triage.messages.service.reveals import reveal_to_act
from triage.referrals.rules import State as Police
from triage.referrals.tables import Referral
from triage.restrictions.rules import Kind, State
from triage.restrictions.tables import Restriction

TEXT = "words that were sent"


@pytest.fixture
def message(desk: Desk) -> str:
    """Something that came, and that people look at."""
    desk.add("duty", Role.ON_DUTY)
    desk.add("dec", Role.DECIDER)
    return desk.arrive(f"[high] {TEXT}")


def said(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def field(at: AppTest, kind: str, label: str) -> Any:
    return next(one for one in at.get(kind) if one.label.startswith(label))


def submit(at: AppTest, label: str) -> AppTest:
    return next(one for one in at.button if one.label == label).click().run()


def found(screen: Any, who: Any, message: str) -> AppTest:
    at = screen("propose", who)
    field(at, "text_input", "Reference of the message").set_value(short_ref(message).lower())
    at = submit(at, "Find the message")
    assert at.query_params["message"] == message
    assert TEXT not in said(at)
    return press(at, "read_to_act")


def filled(at: AppTest, desk: Desk) -> AppTest:
    """Ceasing contact at the helpdesk."""
    field(at, "selectbox", "What is to be restricted?").set_value(Kind.CEASE_CONTACT)
    at = at.run()
    at.multiselect[0].set_value(["helpdesk"])
    at = at.run()
    for one in at.text_area:
        one.set_value("As the message says.")
    field(at, "text_area", "One sentence that anybody may read").set_value(PUBLIC)
    at.date_input[0].set_value((desk.now + timedelta(days=60)).date())
    return at.run()


def test_who_is_on_duty_acts_alone_on_a_message_that_they_have_read(
    screen: Any, desk: Desk, message: str
) -> None:
    at = filled(found(screen, desk.duty, message), desk)
    assert TEXT in said(at)
    keys = [str(one.key) for one in at.button]
    assert not [one for one in keys if one.startswith("check_propose")]
    at = press(at, "check_emergency")
    at = submit(at, "Set it now, alone")
    assert "Set. It lapses by itself" in said(at)
    made = desk.read(lambda db: db.scalars(select(Restriction)).one())
    assert (made.state, made.proposed_by) == (State.EMERGENCY, desk.duty.person_id)
    [event] = [one for one in desk.events("reveal", message) if "to_act" in one.details]
    assert event.actor_id == desk.duty.person_id


def test_who_decides_records_what_was_done_already(screen: Any, desk: Desk, message: str) -> None:
    at = filled(found(screen, desk.dec, message), desk)
    assert not [one for one in at.button if str(one.key).startswith("check_emergency")]
    at = press(at, "check_done")
    field(at, "selectbox", "Who did it?").set_value(desk.ben.person_id)
    field(at, "date_input", "On which day?").set_value(desk.now.date())
    field(at, "time_input", "At what time").set_value(time(0, 5))
    at = submit(at, "Record it as done already")
    assert "Recorded. It lapses by itself" in said(at)
    made = desk.read(lambda db: db.scalars(select(Restriction)).one())
    assert (made.state, made.done_by) == (State.UNRATIFIED, desk.ben.person_id)


def test_who_is_on_duty_records_a_999_call_about_a_message_that_nobody_put_forward(
    screen: Any, desk: Desk, message: str
) -> None:
    at = screen("referrals", desk.duty)
    field(at, "text_input", "Reference of the message").set_value(message)
    at = submit(at, "Find the message")
    field(at, "text_input", "Which force took it?").set_value("The force here")
    field(at, "text_area", "What were they told?").set_value("He is at the door.")
    field(at, "time_input", "At what time").set_value(time(0, 5))
    at = press(press(at, "check_call"), "confirm_call")
    assert "On the record: 999 was called." in said(at)
    made = desk.read(lambda db: db.scalars(select(Referral)).one())
    assert (made.state, made.danger_now) == (Police.SUBMITTED, True)


def test_p_rec_4_a_reference_of_what_is_not_theirs_reads_like_one_that_is_not(
    screen: Any, desk: Desk, message: str
) -> None:
    hers = desk.arrive("[high]", recipients=(address("duty"),), from_address="a@example.org")
    quiet = desk.arrive("nothing much", from_address="b@example.org")
    for one in (hers, quiet, "ZZZZZZ", short_ref(message)[:3], "%%%%%%", ""):
        with pytest.raises(NotFound):
            desk.read(to_act_on, viewer=desk.duty, reference=one)
        if one:
            at = screen("propose", desk.duty, message=one)
            assert "There is no such message." in said(at)
    for one in (hers, quiet):
        with pytest.raises(NotFound):
            desk.do(desk.duty, reveal_to_act, message_id=one)
    for who in (desk.max, desk.ada, desk.kit, desk.gus):
        with pytest.raises(NotAllowed):
            desk.read(to_act_on, viewer=who, reference=message)
        with pytest.raises(NotAllowed):
            desk.do(who, reveal_to_act, message_id=message)


def test_who_proposed_sees_how_it_stands_until_it_is_decided(
    screen: Any, desk: Desk, message: str
) -> None:
    made = propose(desk, desk.ana, message)
    title = "Proposed by you, and not decided yet"
    at = screen("decisions", desk.ana)
    assert title in said(at)
    assert f"own_{made}" in [one.key for one in at.button]
    assert title not in said(screen("decisions", desk.ben))
    approve(desk, desk.dora, made)
    assert title not in said(screen("decisions", desk.ana))

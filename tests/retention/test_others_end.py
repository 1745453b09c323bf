"""How restrictions, reports to the police, letters, alerts and what is past of the team end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.cases import staffed as case_team
from support.desk import Desk
from support.ended_cases import lift, on_task, restricted
from support.ending import due_now, everything_stored, purge
from support.referring import act as act_on
from support.referring import answer, authorise, consider, no, row, staffed, submit
from support.restricting import approve, propose, see

from triage.alarms.tables import Alarm, Alert
from triage.core.access import CONSOLE, SYSTEM
from triage.core.errors import Conflict, NotFound
from triage.core.holds import is_held
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.notify.rules import Kind as MailKind
from triage.notify.service import queue_mail
from triage.notify.tables import OutboxMail
from triage.referrals.queries import referral as read_referral
from triage.referrals.service import with_police
from triage.referrals.tables import Referral
from triage.restrictions.service import deciding, tasks
from triage.restrictions.tables import EnforcementSubject, Restriction
from triage.senders.standing.tables import SenderStanding
from triage.staff.queries import person
from triage.staff.service import invite_guest
from triage.staff.service.duty import add_absence, add_shift
from triage.staff.service.erasing import FORMER
from triage.staff.service.volunteers import add_volunteer, end_volunteer, restore_volunteer
from triage.staff.tables import Absence, DutyShift, Guest, Volunteer
from triage.trends.queries.counting import gather
from triage.trends.rules import Period, Span


@pytest.fixture
def desk(make_desk: Callable[..., Desk], backend: str) -> Desk:
    """On each of the two databases in turn."""
    return make_desk(backend)


def days(desk: Desk, name: str) -> int:
    return int(getattr(desk.triage.settings, name))


def words(desk: Desk, word: str) -> set[str]:
    """The columns in which a word stands, opened with every key that there is."""
    return {where for where, said in everything_stored(desk) if word in said}


def in_force(desk: Desk, *message_ids: str, **given: Any) -> str:
    """Ana proposes, Dora agrees."""
    made = propose(desk, desk.ana, *message_ids, reason="They wrote quixomel.", **given)
    approve(desk, desk.dora, made)
    return made


def ended(desk: Desk, restriction_id: str) -> None:
    """Dora lifts it, and it is out of every place."""
    with desk.triage.database.read() as session:
        version = session.get_one(Restriction, restriction_id).version
    desk.do(
        desk.dora, deciding.lift, restriction_id=restriction_id, version=version, reason="enough"
    )
    if "sven" not in desk.people:
        sven = desk.add("sven", Role.SERVICE_ADMIN)
        desk.do(desk.ada, tasks.set_scope, person_id=sven.person_id, target="helpdesk")
    on_task(desk, restriction_id, tasks.remove)


# -- restrictions


def test_a_restriction_is_kept_two_years_after_the_last_one_of_the_same_sender(
    desk: Desk,
) -> None:
    first = in_force(desk, desk.arrive("[high] one"))
    ended(desk, first)
    desk.move(days=400)
    second = in_force(desk, desk.arrive("[high] two"))
    desk.move(days=800)
    assert due_now(desk)["restrictions"] == [], "the second is in force"
    ended(desk, second)
    desk.move(days=days(desk, "case_kept_days_upheld"), seconds=-1)
    assert due_now(desk)["restrictions"] == []
    desk.move(seconds=1)
    assert {one.matter_id for one in due_now(desk)["restrictions"]} == {first, second}
    assert "restrictions.reason" in words(desk, "quixomel")
    assert {first, second} <= set(purge(desk)[0])
    assert words(desk, "quixomel") == set()
    assert desk.count(SenderStanding) == 0
    assert desk.count(EnforcementSubject) == 0
    assert isinstance(desk.chain(), int)


def test_one_that_came_to_nothing_is_kept_as_what_needed_nothing(desk: Desk) -> None:
    made = propose(desk, desk.ana, desk.arrive("[high] one"))
    see(desk, desk.dora, made)
    with desk.triage.database.read() as session:
        version = session.get_one(Restriction, made).version
    desk.do(desk.dora, deciding.decline, restriction_id=made, version=version, reason="no")
    desk.move(days=days(desk, "keep_no_action_days"), seconds=-1)
    assert due_now(desk)["restrictions"] == []
    desk.move(seconds=1)
    assert made in purge(desk)[0]
    with desk.triage.database.read() as session:
        left = session.get_one(Restriction, made)
        assert (left.reason, left.sender_id, left.since) == (b"", None, None)


def test_one_that_still_stands_in_some_channel_is_not_erased(desk: Desk) -> None:
    _, restriction_id = restricted(case_team(desk))
    lift(desk, restriction_id)
    desk.move(days=3000)
    assert due_now(desk)["restrictions"] == [], "nobody has taken it out of there"
    on_task(desk, restriction_id, tasks.remove)
    assert [one.matter_id for one in due_now(desk)["restrictions"]] == [restriction_id]


def test_an_erased_restriction_is_there_for_nobody_and_still_counted(desk: Desk) -> None:
    made = in_force(desk, desk.arrive("[high] one"))
    period = Period.of(desk.now.date(), Span.QUARTER)

    def counted() -> dict[Any, Any]:
        found = desk.read(gather, period=period, keys=desk.triage.keys)
        return {node: tally for node, tally in found.items() if node[0] == "restrictions"}

    before = counted()
    assert before
    ended(desk, made)
    desk.move(days=days(desk, "case_kept_days_upheld"))
    assert made in purge(desk)[0]
    assert counted() == before
    for who in (desk.ana, desk.dora):
        with pytest.raises(NotFound):
            desk.do(who, deciding.lift, restriction_id=made, version=1, reason="x")
    desk.move(days=days(desk, "keep_stub_days"))
    assert made in purge(desk)[0]
    assert desk.count(Restriction) == 0


# -- the police


def test_p_pol_3_a_report_to_the_police_and_what_it_holds_end_together(desk: Desk) -> None:
    staffed(desk)
    message_id = desk.arrive("[high] one")
    made = consider(desk, desk.ana, message_id)
    authorise(desk, desk.dora, made, disclosed="The message quixomel.")
    submit(desk, desk.hal, made)
    desk.move(days=100)
    assert due_now(desk)["referrals"] == [], "the police have it"
    answer(desk, desk.dora, made)
    act_on(desk, desk.dora, with_police.withdraw, made, reason="They asked us to.")
    desk.move(days=days(desk, "police_hold_days"), seconds=-1)
    with desk.triage.database.read() as session:
        assert is_held(session, message_id, desk.now)
    assert due_now(desk)["referrals"] == []
    desk.move(seconds=1)
    with desk.triage.database.read() as session:
        assert not is_held(session, message_id, desk.now)
    assert words(desk, "quixomel")
    assert made in purge(desk)[0]
    assert words(desk, "quixomel") == set()
    for viewer in (desk.dora, desk.hal):
        with pytest.raises(NotFound):
            desk.read(read_referral, viewer=viewer, referral_id=made, now=desk.now)
    assert row(desk, made).submitted_at is not None, "it still counts"
    desk.move(days=days(desk, "keep_stub_days"))
    assert made in purge(desk)[0] or desk.count(Referral) == 0
    assert isinstance(desk.chain(), int)


def test_one_that_two_people_decided_against_ends_in_the_same_way(desk: Desk) -> None:
    staffed(desk)
    made = consider(desk, desk.ana, desk.arrive("[high] one"))
    answer(desk, desk.dora, made)
    no(desk, desk.dora, made)
    no(desk, desk.edda, made)
    desk.move(days=days(desk, "police_hold_days"))
    assert made in purge(desk)[0]
    assert row(desk, made).sender_id is None


# -- alerts and mails


def test_alerts_and_sent_mails_go_after_half_a_year_and_what_waits_stays(desk: Desk) -> None:
    given: dict[str, Any] = {"kind": MailKind.TASK, "address": "vol@example.org"}
    desk.do(SYSTEM, queue_mail, dedupe_key="old", **given)
    desk.do(SYSTEM, queue_mail, dedupe_key="waits", **given)

    def fail(session: Any) -> None:
        old = session.scalars(select(OutboxMail).where(OutboxMail.dedupe_key == "old")).one()
        old.state = "failed"
        session.add(Alert(person_id=desk.ana.person_id, lane="urgent", sent_at=desk.now))

    desk.triage.database.write(fail)
    desk.move(days=days(desk, "keep_no_action_days"), seconds=-1)
    purge(desk)
    assert (desk.count(OutboxMail), desk.count(Alert)) == (2, 1)
    desk.move(seconds=1)
    purge(desk)
    assert (desk.count(OutboxMail), desk.count(Alert), desk.count(Alarm)) == (1, 0, 0)


# -- the team


def test_turns_and_absences_go_once_no_release_says_how_the_rota_was_covered(desk: Desk) -> None:
    desk.add("otto", Role.ON_DUTY)
    span = {"starts": desk.now, "ends": desk.now + timedelta(days=1)}
    desk.do(CONSOLE, add_shift, person_id=desk.otto.person_id, **span)
    desk.do(CONSOLE, add_absence, person_id=desk.otto.person_id, **span)
    desk.move(days=days(desk, "keep_stub_days") + 1, seconds=-1)
    purge(desk)
    assert (desk.count(DutyShift), desk.count(Absence)) == (1, 1)
    desk.move(seconds=1)
    purge(desk)
    assert (desk.count(DutyShift), desk.count(Absence)) == (0, 0)


def test_the_newest_invitation_of_a_guest_stays_by_it_the_door_is_shut(desk: Desk) -> None:
    for _ in range(2):
        guest = desk.do(
            CONSOLE, invite_guest, name="Tess", email="tess@trust.example.org",
            matter_id=new_id(), expires_at=desk.now + timedelta(days=1),
        )  # fmt: skip
        desk.move(days=2)
    desk.move(days=days(desk, "keep_no_action_days"))
    purge(desk)
    assert desk.count(Guest) == 1
    assert desk.read(person, person_id=guest, at=desk.now) is None, "they may not come in"


def test_who_volunteered_is_forgotten_half_a_year_after_they_left(desk: Desk) -> None:
    given = {"name": "Vera Quixomel", "email": "vera@quixomel.example.org"}
    gone, here = (
        desk.do(CONSOLE, add_volunteer, name=given["name"], email=f"{n}{given['email']}")
        for n in "ab"
    )
    desk.do(CONSOLE, end_volunteer, volunteer_id=gone)
    desk.move(days=days(desk, "keep_no_action_days"), seconds=-1)
    assert due_now(desk)["volunteers who left"] == []
    desk.move(seconds=1)
    assert gone in purge(desk)[0]
    with desk.triage.database.read() as session:
        assert session.get_one(Volunteer, gone).name == FORMER
        assert session.get_one(Volunteer, here).name == "Vera Quixomel"
    assert due_now(desk)["volunteers who left"] == []
    with pytest.raises(Conflict):
        desk.do(CONSOLE, restore_volunteer, volunteer_id=gone)

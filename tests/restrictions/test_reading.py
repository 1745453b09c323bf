"""What each of those concerned reads of a restriction, and what they do not."""

from datetime import timedelta

import pytest
from support.desk import Desk, address
from support.restricting import PUBLIC, approve, draft, propose, see

from triage.core.access import Actor
from triage.core.errors import NotAllowed, NotFound
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.roles import Role
from triage.restrictions.queries.appeals import appeals_waiting_for_me
from triage.restrictions.queries.contact import cease_state, do_not_reply
from triage.restrictions.queries.lists import (
    due_for_review,
    in_force_now,
    lapsing_soon,
    waiting_for_me,
)
from triage.restrictions.queries.reading import restriction
from triage.restrictions.queries.tasks import my_tasks, overdue_tasks
from triage.restrictions.rules import Kind, TargetState
from triage.restrictions.service import proposing
from triage.restrictions.service import tasks as working


def ids(desk: Desk, query: object, who: Actor, **given: object) -> list[str]:
    found = desk.read(query, viewer=who, now=desk.now, **given)  # type: ignore[arg-type]
    return [one.id for one in found]  # type: ignore[attr-defined]


def test_what_waits_is_for_those_who_may_decide_it_and_for_nobody_else(desk: Desk) -> None:
    desk.add("edda", Role.DECIDER)
    desk.add("finn", Role.DECIDER, Role.REVIEWER)
    made = propose(desk, desk.finn, desk.arrive(recipients=(address("edda"),)))
    assert ids(desk, waiting_for_me, desk.dora) == [made]
    for who in (desk.finn, desk.edda, desk.ana):
        assert ids(desk, waiting_for_me, who) == []


def test_a_restriction_is_read_in_full_and_its_evidence_once_it_was_opened(desk: Desk) -> None:
    made = propose(desk, desk.ana, desk.arrive())
    given = {"viewer": desk.dora, "restriction_id": made, "now": desk.now}
    item = desk.read(restriction, **given)
    assert item.reason == "Three messages in a week."
    assert item.public_reason == PUBLIC
    assert [one.subject for one in item.places] == ["sender@example.com"]
    assert [(one.edge, one.who) for one in item.steps] == [("proposal", "Ana")]
    assert item.unseen == tuple(one.id for one in item.grounds)
    see(desk, desk.dora, made)
    assert desk.read(restriction, **given).unseen == ()


def test_p_rec_1_who_turns_out_to_have_received_a_ground_loses_sight_of_it_all(desk: Desk) -> None:
    message = desk.arrive()
    made = propose(desk, desk.ana, message)
    assert ids(desk, waiting_for_me, desk.dora) == [made]
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=message,
            person_id=desk.dora.person_id,
            kind=ExclusionKind.RECIPIENT,
            at=desk.now,
        )
    )
    assert ids(desk, waiting_for_me, desk.dora) == []
    with pytest.raises(NotFound):
        desk.read(restriction, viewer=desk.dora, restriction_id=made, now=desk.now)
    with pytest.raises(NotFound):
        see(desk, desk.dora, made)


def test_no_list_of_restrictions_is_for_who_has_no_office_here(desk: Desk) -> None:
    made = propose(desk, desk.ana, desk.arrive())
    for who in (desk.max, desk.ada, desk.kit, desk.gus):
        with pytest.raises(NotAllowed):
            desk.read(restriction, viewer=who, restriction_id=made, now=desk.now)
        with pytest.raises(NotAllowed):
            desk.read(in_force_now, viewer=who, now=desk.now)
        assert ids(desk, waiting_for_me, who) == []
        assert ids(desk, appeals_waiting_for_me, who) == []


def test_in_force_due_and_lapsing_go_by_the_dates_alone(desk: Desk) -> None:
    message = desk.arrive()
    desk.add("otto", Role.ON_DUTY)
    made = desk.do(desk.otto, proposing.set_emergency, draft=draft(desk, message))
    assert ids(desk, in_force_now, desk.ana) == [made]
    assert ids(desk, lapsing_soon, desk.ana) == []
    ends = desk.read(in_force_now, viewer=desk.ana, now=desk.now)[0].lapses_at
    assert ends is not None
    desk.clock.move(ends - desk.now - timedelta(hours=24))
    assert ids(desk, lapsing_soon, desk.ana) == [made]
    desk.move(hours=24)
    for query in (in_force_now, lapsing_soon, due_for_review):
        assert ids(desk, query, desk.ana) == []
    assert ids(desk, waiting_for_me, desk.dora) == [], "nobody confirms what has lapsed"
    assert desk.read(do_not_reply, viewer=desk.kit, now=desk.now) == ()


def test_p_msg_4_all_staff_read_whom_nobody_writes_to_and_no_reason(desk: Desk) -> None:
    message = desk.arrive(recipients=(address("kit"),))
    made = propose(desk, desk.ana, message)
    assert desk.read(do_not_reply, viewer=desk.kit, now=desk.now) == ()
    approve(desk, desk.dora, made)
    for who in (desk.kit, desk.max, desk.ada, desk.ben):
        (one,) = desk.read(do_not_reply, viewer=who, now=desk.now)
        assert (one.since, one.whom_to_ask) == (desk.now.date(), "the people who decide")
        assert [known.value for known in one.known] == ["pat@example.org"]
        assert "Three messages" not in repr(one)
        assert made not in repr(one)
    with pytest.raises(NotAllowed):
        desk.read(do_not_reply, viewer=desk.gus, now=desk.now)


def test_p_blk_1_a_proposal_of_a_block_shows_whether_contact_is_ceased(desk: Desk) -> None:
    message = desk.arrive()
    sender = desk.row(message).sender_id
    given = {"viewer": desk.ana, "sender_id": sender}
    before = desk.read(cease_state, now=desk.now, **given)
    assert (before.since, before.proposed) == (None, False)
    made = propose(desk, desk.ana, message)
    assert desk.read(cease_state, now=desk.now, **given).proposed
    approve(desk, desk.dora, made)
    after = desk.read(cease_state, now=desk.now, **given)
    assert (after.since, after.proposed) == (desk.now.date(), False)


def test_a_service_admin_sees_the_task_and_nothing_of_the_reasons(desk: Desk) -> None:
    sven = desk.add("sven", Role.SERVICE_ADMIN)
    settings = desk.triage.settings
    made = propose(desk, desk.ana, desk.arrive(), kind=Kind.SERVICE_BLOCK)
    read = {"settings": settings}
    assert desk.read(my_tasks, viewer=sven, now=desk.now, **read) == ()
    desk.do(desk.ada, working.set_scope, person_id=sven.person_id, target="fixmystreet")
    assert desk.read(my_tasks, viewer=sven, now=desk.now, **read) == (), "only what was decided"
    approve(desk, desk.dora, made)
    (one,) = desk.read(my_tasks, viewer=sven, now=desk.now, **read)
    assert (one.target, one.subject, one.public_reason, one.mail_stops) == (
        "fixmystreet",
        "sender@example.com",
        PUBLIC,
        True,
    )
    assert set(one.__slots__) == {
        "id", "version", "target", "subject", "public_reason", "level", "review_at", "state",
        "state_since", "due_at", "overdue", "mail_stops",
    }  # fmt: skip
    assert "Three messages" not in repr(one)
    assert "Asking to stop" not in repr(one)
    with pytest.raises(NotAllowed):
        desk.read(restriction, viewer=sven, restriction_id=made, now=desk.now)
    assert desk.read(overdue_tasks, viewer=desk.ana, now=desk.now, **read) == ()
    desk.move(days=7)
    (late,) = desk.read(overdue_tasks, viewer=desk.ana, now=desk.now, **read)
    assert (late.id, late.state) == (one.id, TargetState.REQUESTED)

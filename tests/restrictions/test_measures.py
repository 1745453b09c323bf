"""Emergencies, what was done already, appeals, fallbacks, letters: who may, and until when."""

import threading
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from support.desk import Desk, address
from support.restricting import approve, draft, propose, row, see, state, tasks, version

from triage.conduct.kinds import Disposition, Severity
from triage.core.access import CONSOLE, SYSTEM, Actor
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.exclusions import is_excluded
from triage.core.roles import Role
from triage.letters.queries import letter
from triage.letters.rules import LetterKind
from triage.letters.service import checking, drafting, sending
from triage.messages.rules import State as MessageState
from triage.messages.service.keeping import came_to
from triage.messages.tables import Message
from triage.notify.tables import OutboxMail
from triage.restrictions.codes import appeal_code
from triage.restrictions.draft import TargetDraft
from triage.restrictions.queries.appeals import appeals_waiting_for_me
from triage.restrictions.queries.lists import in_force_now, lapsing_soon, waiting_for_me
from triage.restrictions.queries.reading import restriction
from triage.restrictions.rules import Kind, State
from triage.restrictions.service import appeals, deciding, proposing
from triage.restrictions.service import tasks as working
from triage.restrictions.service.appeals import Outcome
from triage.restrictions.service.evidence import open_evidence
from triage.restrictions.service.jobs import note_dates
from triage.restrictions.service.notices import draft_ended, draft_notice, draft_outcome
from triage.restrictions.tables import Restriction
from triage.senders.standing.queries import standing_of
from triage.staff.processes import Process
from triage.staff.queries import person
from triage.staff.service import invite_guest, name_fallback


def emergency(desk: Desk, *messages: str, **given: Any) -> str:
    return desk.do(desk.ana, proposing.set_emergency, draft=draft(desk, *messages, **given))


def on(desk: Desk, who: Actor, command: Any, made: str, **given: Any) -> Any:
    given = {"restriction_id": made, "version": version(desk, made)} | given
    return desk.do(who, command, **given)


def listed(desk: Desk, query: Any, who: Actor) -> list[str]:
    return [one.id for one in desk.read(query, viewer=who, now=desk.now)]


def appeal(desk: Desk, who: Actor, made: str) -> None:
    code = appeal_code(desk.triage.keys, made)
    desk.do(who, appeals.record_appeal, code=code, words="It was not me.", came_at=desk.now)


def worker(desk: Desk, *places: str) -> Actor:
    sven = desk.people.get("sven") or desk.add("sven", Role.SERVICE_ADMIN)
    for place in places:
        desk.do(desk.ada, working.set_scope, person_id=sven.person_id, target=place)
    return sven


# -- what one person does alone


def test_p_tim_3_an_unconfirmed_measure_is_not_in_force_a_second_past_its_time_though_no_job_ran(
    desk: Desk,
) -> None:
    message = desk.arrive()
    made = emergency(desk, message)
    ends, sender = row(desk, made).lapses_at, row(desk, made).sender_id
    assert ends is not None

    def told() -> bool:
        return sender in desk.read(standing_of, sender_ids=[sender], at=desk.now)

    assert timedelta(hours=72) <= ends - desk.now <= timedelta(days=7)
    desk.clock.move(ends - desk.now - timedelta(seconds=1))
    assert listed(desk, in_force_now, desk.ana) == [made]
    assert told()
    desk.move(seconds=1)
    assert listed(desk, in_force_now, desk.ana) == []
    assert not told()
    assert state(desk, made) is State.EMERGENCY, "nothing has noted it yet"
    see(desk, desk.dora, made)
    with pytest.raises(Conflict, match="lapsed"):
        on(desk, desk.dora, deciding.approve, made)
    desk.move(days=1)
    note_dates(desk.triage.runner, desk.now)
    assert (state(desk, made), row(desk, made).ended_at) == (State.LAPSED, ends)
    assert [one.state for one in tasks(desk, made)] == ["removal_requested"]


def test_it_runs_to_the_end_of_the_second_working_day_by_the_calendar_of_the_rota(
    desk: Desk,
) -> None:
    while desk.now.weekday() != 4:
        desk.move(days=1)
    friday = desk.now
    ends = row(desk, emergency(desk, desk.arrive())).lapses_at
    assert ends is not None
    assert (ends.date() - friday.date()).days == 4, "Tuesday: no weekend counts"


def test_nobody_acts_alone_on_what_they_have_not_read(desk: Desk) -> None:
    message = desk.arrive()
    for command, more in (
        (proposing.set_emergency, {}),
        (proposing.record_done, {"done_by": desk.ana.person_id, "done_at": desk.now}),
    ):
        unread = partial(command, draft=draft(desk, message), **more)
        with pytest.raises(Invalid, match="Open the evidence"):
            desk.triage.runner.run(desk.ana, unread)


def test_what_ends_before_it_would_lapse_is_over_then_and_asks_nobody_any_more(
    desk: Desk,
) -> None:
    ends = desk.now + timedelta(hours=5)
    made = emergency(desk, desk.arrive(), expires_at=ends)
    desk.move(hours=5)
    assert listed(desk, waiting_for_me, desk.dora) == []
    assert listed(desk, lapsing_soon, desk.dora) == []
    note_dates(desk.triage.runner, desk.now)
    assert (state(desk, made), row(desk, made).ended_at) == (State.LAPSED, ends)


def test_what_was_declined_was_never_asked_of_a_service_and_is_not_taken_out(desk: Desk) -> None:
    made = propose(desk, desk.ana, desk.arrive())
    see(desk, desk.dora, made)
    on(desk, desk.dora, deciding.decline, made, reason="No.")
    assert {one.state for one in tasks(desk, made)} == {"requested"}
    desk.move(days=30)
    note_dates(desk.triage.runner, desk.now)
    assert desk.count(OutboxMail) == 0


def test_approved_and_past_its_review_it_is_renewed_and_goes_on(desk: Desk) -> None:
    made = propose(desk, desk.ana, desk.arrive())
    approve(desk, desk.dora, made)
    desk.move(days=81)
    later = desk.now + timedelta(days=60)
    on(desk, desk.dora, deciding.renew, made, review_at=later, reason="It is needed still.")
    assert (state(desk, made), row(desk, made).review_at) == (State.APPROVED, later)


def test_one_emergency_measure_a_sender_and_what_has_lapsed_is_none(desk: Desk) -> None:
    message = desk.arrive()
    made = emergency(desk, message)
    with pytest.raises(Conflict, match="holds for this person already"):
        emergency(desk, message, kind=Kind.CHANNEL_BLOCK)
    desk.move(days=8)
    assert emergency(desk, message, desk.arrive("[low] more")) != made
    assert state(desk, made) is State.LAPSED
    lapse = desk.events("restriction_lapse")[-1]
    assert lapse.actor_id == "system"
    assert isinstance(desk.chain(), int)


def test_one_emergency_measure_a_sender_when_two_set_it_at_once(desk: Desk) -> None:
    message = desk.arrive()
    entered = draft(desk, message)
    gate = threading.Barrier(2)
    results: list[object] = []

    def put(who: Actor) -> None:
        gate.wait()
        try:
            results.append(desk.do(who, proposing.set_emergency, draft=entered))
        except Conflict as refused:
            results.append(refused)

    both = [threading.Thread(target=put, args=(who,)) for who in (desk.ana, desk.ben)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "str"]
    assert len(listed(desk, in_force_now, desk.ana)) == 1


def test_a_service_is_blocked_alone_only_for_a_grave_threat_and_writetothem_never(
    desk: Desk,
) -> None:
    message = desk.arrive()
    with pytest.raises(Invalid, match="high severity"):
        emergency(desk, message, kind=Kind.SERVICE_BLOCK)
    place = (TargetDraft("writetothem", "pat@example.org", "By it.", None, "x"),)
    with pytest.raises(Invalid, match="never blocked by one"):
        emergency(desk, message, kind=Kind.SERVICE_BLOCK, grave=True, targets=place)
    assert emergency(desk, message, kind=Kind.SERVICE_BLOCK, grave=True)


def test_who_can_confirm_is_reminded_at_half_and_a_day_before_once_each(desk: Desk) -> None:
    desk.add("edda", Role.DECIDER)
    made = emergency(desk, desk.arrive(recipients=(address("edda"),)))
    ends = row(desk, made).lapses_at
    assert ends is not None
    span = ends - desk.now

    def reminded() -> list[str]:
        note_dates(desk.triage.runner, desk.now)
        note_dates(desk.triage.runner, desk.now)
        wanted = select(OutboxMail.dedupe_key, OutboxMail.person_id).where(
            OutboxMail.dedupe_key.contains(made)
        )
        found = desk.read(lambda session: session.execute(wanted).all())
        assert {who for _, who in found} <= {desk.dora.person_id}
        return sorted(key.split(":")[2] for key, _ in found)

    assert reminded() == []
    desk.clock.move(span / 2)
    assert reminded() == ["half"]
    desk.clock.move(ends - desk.now - timedelta(hours=24))
    assert reminded() == ["half", "last_day"]


def test_what_somebody_had_done_stands_with_its_true_time_and_they_do_not_confirm_it(
    desk: Desk,
) -> None:
    edda = desk.add("edda", Role.DECIDER)
    message = desk.arrive()
    then = desk.now
    desk.move(days=2)
    made = desk.do(
        desk.ana,
        proposing.record_done,
        draft=draft(desk, message),
        done_by=desk.dora.person_id,
        done_at=then,
    )
    (task,) = tasks(desk, made)
    assert (task.state, task.applied_by, task.applied_at) == ("applied", desk.dora.person_id, then)
    assert row(desk, made).since == then
    assert listed(desk, waiting_for_me, desk.dora) == []
    see(desk, desk.dora, made)
    with pytest.raises(NotAllowed, match="You did this"):
        on(desk, desk.dora, deciding.approve, made)
    approve(desk, edda, made)
    assert state(desk, made) is State.ACTIVE


def test_nothing_is_put_in_place_for_what_is_over_by_its_date(desk: Desk) -> None:
    sven = worker(desk, "mailing_list")
    place = (TargetDraft("mailing_list", "pat@example.org"),)
    ends = desk.now + timedelta(hours=5)
    made = propose(desk, desk.ana, desk.arrive(), targets=place, expires_at=ends)
    approve(desk, desk.dora, made)
    desk.move(hours=5)
    (task,) = tasks(desk, made)
    with pytest.raises(Conflict, match="not in force"):
        desk.do(sven, working.apply, task_id=task.id, version=task.version)
    note_dates(desk.triage.runner, desk.now)
    assert (state(desk, made), row(desk, made).ended_at) == (State.EXPIRED, ends)


def test_nobody_says_yes_to_what_would_be_over_already(desk: Desk) -> None:
    made = propose(desk, desk.ana, desk.arrive(), review_at=desk.now + timedelta(days=1))
    see(desk, desk.dora, made)
    desk.move(days=1)
    with pytest.raises(Conflict, match="dates have passed"):
        on(desk, desk.dora, deciding.approve, made)


# -- from review to end


def test_a_review_falls_due_and_goes_on_only_by_somebody_else_with_a_reason(desk: Desk) -> None:
    finn = desk.add("finn", Role.REVIEWER, Role.DECIDER)
    sven = worker(desk, "mailing_list")
    place = (TargetDraft("mailing_list", "pat@example.org"),)
    made = propose(desk, finn, desk.arrive(), targets=place)
    approve(desk, desk.dora, made)
    (task,) = tasks(desk, made)
    desk.do(sven, working.apply, task_id=task.id, version=task.version)
    desk.move(days=81)
    note_dates(desk.triage.runner, desk.now)
    assert state(desk, made) is State.DUE_REVIEW
    ahead = desk.now + timedelta(days=300)
    with pytest.raises(NotAllowed, match="You proposed this"):
        on(desk, finn, deciding.renew, made, review_at=ahead, reason="still")
    with pytest.raises(Invalid, match="Say why"):
        on(desk, desk.dora, deciding.renew, made, review_at=ahead, reason=" ")
    on(desk, desk.dora, deciding.renew, made, review_at=ahead, reason="still")
    assert (state(desk, made), row(desk, made).review_at) == (State.ACTIVE, ahead)
    on(desk, desk.dora, deciding.lift, made, reason="quiet for a year")
    assert listed(desk, in_force_now, desk.ana) == []


def test_p_act_4_each_channel_is_a_task_and_none_is_done_before_somebody_looked(
    desk: Desk,
) -> None:
    sven = worker(desk, "social", "mailing_list")
    place = (TargetDraft("social", "@pat"), TargetDraft("mailing_list", "pat@example.org"))
    made = propose(desk, desk.ana, desk.arrive(), kind=Kind.CHANNEL_BLOCK, targets=place)
    assert listed(desk, in_force_now, desk.ana) == []
    approve(desk, desk.dora, made)
    assert [one.state for one in tasks(desk, made)] == ["requested", "requested"]
    for task in tasks(desk, made):
        desk.do(sven, working.apply, task_id=task.id, version=task.version)
    assert state(desk, made) is State.ACTIVE
    for task in tasks(desk, made):
        with pytest.raises(Invalid, match="Say where you looked"):
            desk.do(sven, working.verify, task_id=task.id, version=task.version, note="")
        desk.do(sven, working.verify, task_id=task.id, version=task.version, note="profile page")
    assert {one.state for one in tasks(desk, made)} == {"verified"}


def test_p_act_3_an_exclusion_names_the_event_and_has_no_field_for_a_refund(desk: Desk) -> None:
    given: dict[str, Any] = {"kind": Kind.EVENT_EXCLUSION, "clause": "P-ACT-3", "targets": ()}
    message = desk.arrive()
    ends = desk.now + timedelta(days=5)
    with pytest.raises(Invalid, match="Name the event"):
        propose(desk, desk.ana, message, expires_at=ends, **given)
    made = propose(desk, desk.ana, message, event="Summer meeting", expires_at=ends, **given)
    approve(desk, desk.dora, made)
    item = desk.read(restriction, viewer=desk.ana, restriction_id=made, now=desk.now)
    assert item.event == "Summer meeting"
    written = desk.do(desk.ana, draft_notice, restriction_id=made)
    text = desk.read(letter, viewer=desk.ana, letter_id=written).shown.text
    assert "Summer meeting" in text
    assert "not refunded" in text
    assert not [one.name for one in Restriction.__table__.c if "refund" in one.name]


def test_p_act_5_whatever_is_decided_has_its_reason_and_clause_and_may_be_nothing(
    desk: Desk,
) -> None:
    message = desk.arrive()
    with pytest.raises(Invalid, match="Choose the clause"):
        propose(desk, desk.ana, message, clause="P-XXX-9")
    with pytest.raises(Invalid, match="Say why"):
        propose(desk, desk.ana, message, reason=" ")
    made = propose(desk, desk.ana, message, clause="P-ACT-5")
    see(desk, desk.dora, made)
    on(desk, desk.dora, deciding.decline, made, reason="Nothing need be done.")
    assert state(desk, made) is State.DECLINED
    assert listed(desk, in_force_now, desk.ana) == []


def test_p_blk_1_a_block_stands_by_itself_and_says_why_more_is_needed(desk: Desk) -> None:
    message = desk.arrive()
    with pytest.raises(Invalid, match="more is needed than ceasing contact"):
        propose(desk, desk.ana, message, kind=Kind.SERVICE_BLOCK, proportionality="")
    ceased = propose(desk, desk.ana, message)
    approve(desk, desk.dora, ceased)
    assert listed(desk, in_force_now, desk.ana) == [ceased], "cease contact without a block"
    blocked = propose(desk, desk.ana, message, kind=Kind.SERVICE_BLOCK)
    approve(desk, desk.dora, blocked)
    on(desk, desk.dora, deciding.lift, ceased, reason="enough")
    assert listed(desk, in_force_now, desk.ana) == [blocked], "a block without cease contact"


def test_a_block_on_an_address_that_nobody_verified_says_why_it_is_this_persons(
    desk: Desk,
) -> None:
    bare = (TargetDraft("fixmystreet", "pat@example.org", "Used for this."),)
    given: dict[str, Any] = {"kind": Kind.SERVICE_BLOCK, "targets": bare}
    message = desk.arrive()
    with pytest.raises(Invalid, match="say why it is this person's"):
        propose(desk, desk.ana, message, **given)

    def vouch(session: Any) -> None:
        session.get_one(Message, message).verified = "verified"

    desk.triage.database.write(vouch)
    assert propose(desk, desk.ana, message, **given)
    other = (TargetDraft("fixmystreet", "sam@example.net", "Used for this."),)
    with pytest.raises(Invalid, match="say why"):
        propose(desk, desk.ana, message, kind=Kind.SERVICE_BLOCK, targets=other)


# -- appeals


def test_an_appeal_is_decided_by_who_took_no_part_and_overturned_reopens_the_label(
    desk: Desk,
) -> None:
    desk.add("edda", Role.DECIDER)
    finn = desk.add("finn", Role.REVIEWER, Role.DECIDER)
    message = desk.arrive()
    desk.decide(desk.ben, message, Disposition.AGGRESSIVE, severity=Severity.LOW)
    made = propose(desk, finn, message)
    approve(desk, desk.dora, made)
    with pytest.raises(NotFound):
        desk.do(desk.ana, appeals.record_appeal, code="AAAA", words="no", came_at=desk.now)
    appeal(desk, desk.ana, made)
    assert listed(desk, in_force_now, desk.ana) == [made], "an appeal lifts nothing yet"
    given: dict[str, Any] = {"outcome": Outcome.OVERTURNED, "reason": "somebody else wrote it"}
    for who in (finn, desk.dora):
        assert listed(desk, appeals_waiting_for_me, who) == []
        see(desk, who, made)
        with pytest.raises(NotAllowed, match="took part"):
            on(desk, who, appeals.decide_appeal, made, **given)
    assert listed(desk, appeals_waiting_for_me, desk.edda) == [made]
    with pytest.raises(Invalid, match="Open the evidence"):
        on(desk, desk.edda, appeals.decide_appeal, made, **given)
    see(desk, desk.edda, made)
    on(desk, desk.edda, appeals.decide_appeal, made, **given)
    assert state(desk, made) is State.OVERTURNED
    assert desk.state(message) is MessageState.QUEUED
    assert desk.row(message).severity is None
    assert listed(desk, in_force_now, desk.ana) == []
    with pytest.raises(Conflict):
        appeal(desk, desk.ana, made)
    written = desk.do(desk.dora, draft_outcome, restriction_id=made)
    assert "does not stand" in desk.read(letter, viewer=desk.ana, letter_id=written).shown.text


@pytest.mark.parametrize("origin", ["emergency", "done"])
def test_an_appeal_against_what_nobody_has_confirmed_is_kept_and_decided_after_it(
    desk: Desk, origin: str
) -> None:
    desk.add("edda", Role.DECIDER)
    message = desk.arrive()
    if origin == "emergency":
        made = desk.do(desk.ana, proposing.set_emergency, draft=draft(desk, message))
    else:
        who = {"done_by": desk.ana.person_id, "done_at": desk.now}
        made = desk.do(desk.ana, proposing.record_done, draft=draft(desk, message), **who)
    before = state(desk, made)
    appeal(desk, desk.ben, made)
    appeal(desk, desk.ben, made)  # a double click enters it once
    assert state(desk, made) is before
    assert len(desk.events("appeal_noted", made)) == 1
    assert listed(desk, appeals_waiting_for_me, desk.edda) == []
    approve(desk, desk.dora, made)
    assert state(desk, made) is State.APPEALED
    assert listed(desk, in_force_now, desk.ana) == [made]
    assert listed(desk, appeals_waiting_for_me, desk.dora) == []
    assert listed(desk, appeals_waiting_for_me, desk.edda) == [made]
    see(desk, desk.edda, made)
    on(desk, desk.edda, appeals.decide_appeal, made, outcome=Outcome.OVERTURNED, reason="another")
    assert state(desk, made) is State.OVERTURNED


@pytest.mark.parametrize("how", ["declined", "lapsed", "expired"])
def test_an_appeal_falls_away_with_what_it_was_against_and_says_so(desk: Desk, how: str) -> None:
    message = desk.arrive()
    ends = desk.now + timedelta(days=1) if how == "expired" else None
    given = {"draft": draft(desk, message, expires_at=ends)}
    made = desk.do(desk.ana, proposing.set_emergency, **given)
    appeal(desk, desk.ben, made)
    if how == "declined":
        see(desk, desk.dora, made)
        on(desk, desk.dora, deciding.decline, made, reason="No.")
    elif how == "expired":
        approve(desk, desk.dora, made)
    desk.move(days=10)
    note_dates(desk.triage.runner, desk.now)
    assert state(desk, made) in {State.LAPSED, State.EXPIRED}
    item = desk.read(restriction, viewer=desk.ana, restriction_id=made, now=desk.now)
    assert item.appeal.outcome == "fell_away"
    assert item.appeal.decided_by is None
    assert len(desk.events("appeal_fell_away", made)) == 1
    with pytest.raises(Conflict, match="No appeal against this has been decided"):
        desk.do(desk.dora, draft_outcome, restriction_id=made)


def test_who_renewed_it_does_not_decide_the_appeal(desk: Desk) -> None:
    edda = desk.add("edda", Role.DECIDER)
    made = propose(desk, desk.ana, desk.arrive())
    approve(desk, desk.dora, made)
    sven = worker(desk, "mailing_list", "helpdesk")
    on(desk, edda, deciding.withhold_letter, made, reason="in danger")
    (task,) = tasks(desk, made)
    desk.do(sven, working.apply, task_id=task.id, version=task.version)
    desk.move(days=81)
    ahead = desk.now + timedelta(days=30)
    on(desk, edda, deciding.renew, made, review_at=ahead, reason="still")
    appeal(desk, desk.ana, made)
    see(desk, edda, made)
    assert listed(desk, appeals_waiting_for_me, edda) == []
    with pytest.raises(NotAllowed, match="took part"):
        on(desk, edda, appeals.decide_appeal, made, outcome=Outcome.UPHELD, reason="so")


@pytest.mark.parametrize("process", [Process.APPEAL, Process.RESTRICTION])
def test_somebody_from_outside_decides_what_they_are_named_for_and_invited_to_and_nothing_else(
    desk: Desk, process: Process
) -> None:
    message, other = desk.arrive(), desk.arrive(from_address="sam@example.net")
    made, second = propose(desk, desk.ana, message), propose(desk, desk.ana, other)
    if process is Process.APPEAL:
        approve(desk, desk.dora, made)
        appeal(desk, desk.ana, made)
    gus = desk.gus
    with pytest.raises(NotAllowed):
        desk.do(gus, open_evidence, restriction_id=made, message_id=message)
    until = desk.now + timedelta(days=3)
    guest = {"name": "Gus", "email": address("gus"), "matter_id": made, "expires_at": until}
    desk.do(CONSOLE, invite_guest, **guest)
    with pytest.raises(NotAllowed):
        desk.do(gus, open_evidence, restriction_id=made, message_id=message)
    desk.do(CONSOLE, name_fallback, person_id=gus.person_id, process=process)
    see(desk, gus, made)
    item = desk.read(restriction, viewer=gus, restriction_id=made, now=desk.now)
    assert [one.id for one in item.grounds] == [message]
    assert item.unseen == ()
    with pytest.raises(NotFound):
        desk.read(restriction, viewer=gus, restriction_id=second, now=desk.now)
    with pytest.raises(NotAllowed):
        desk.do(gus, open_evidence, restriction_id=second, message_id=other)
    with pytest.raises(NotAllowed):
        on(desk, gus, deciding.approve, second)
    if process is Process.APPEAL:
        assert listed(desk, appeals_waiting_for_me, gus) == [made]
        on(desk, gus, appeals.decide_appeal, made, outcome=Outcome.UPHELD, reason="it stands")
        assert state(desk, made) is State.APPROVED, "in place nowhere yet"
    else:
        assert listed(desk, waiting_for_me, gus) == [made]
        on(desk, gus, deciding.approve, made)
        assert state(desk, made) is State.APPROVED
    desk.move(days=4)
    with pytest.raises(NotAllowed):
        desk.read(restriction, viewer=gus, restriction_id=made, now=desk.now)


# -- letters and late recipients


def test_p_msg_4_the_letter_goes_first_where_a_block_would_stop_it(desk: Desk) -> None:
    sven = worker(desk, "fixmystreet")
    made = propose(desk, desk.ana, desk.arrive(), kind=Kind.SERVICE_BLOCK)
    with pytest.raises(Conflict, match="No notice"):
        desk.do(desk.ana, draft_notice, restriction_id=made)
    approve(desk, desk.dora, made)
    (task,) = tasks(desk, made)
    given = {"task_id": task.id, "version": task.version}
    with pytest.raises(Invalid, match="goes first"):
        desk.do(sven, working.apply, **given)
    written = desk.do(desk.ana, draft_notice, restriction_id=made)
    shown = desk.read(letter, viewer=desk.ana, letter_id=written)
    code = appeal_code(desk.triage.keys, made)
    assert code in shown.shown.text
    assert "FixMyStreet" in shown.shown.text
    assert "Three messages" not in shown.shown.text, "the internal reason goes nowhere"
    assert shown.shown.to == "pat@example.org"
    said = {"version": shown.row.version, "previewed": shown.shown.digest}
    desk.do(desk.ana, checking.approve, letter_id=written, **said)
    said["version"] = desk.read(letter, viewer=desk.ana, letter_id=written).row.version
    desk.do(desk.ana, sending.mark_copied_out, letter_id=written, at=desk.now, **said)
    desk.do(sven, working.apply, **given)
    assert state(desk, made) is State.ACTIVE
    on(desk, desk.dora, deciding.lift, made, reason="enough")
    assert desk.do(desk.ana, draft_ended, restriction_id=made)


def test_p_msg_4_to_write_under_cease_contact_takes_an_override_on_the_record(desk: Desk) -> None:
    message = desk.arrive()
    approve(desk, desk.dora, propose(desk, desk.ana, message))
    free: dict[str, Any] = {
        "matter_id": message,
        "sender_id": desk.row(message).sender_id,
        "kind": LetterKind.FREE,
        "fields": {},
        "to_address": "pat@example.org",
    }
    with pytest.raises((Conflict, Invalid, NotAllowed)):
        desk.do(desk.ana, drafting.draft, **free)
    assert desk.do(desk.ana, drafting.draft, override_reason="asked by the court", **free)
    assert desk.events("letter_override")


def test_p_rec_1_who_turns_out_to_have_received_a_ground_has_no_part_in_what_grew_out_of_it(
    desk: Desk,
) -> None:
    message = desk.arrive(raw=b"these bytes")
    made = propose(desk, desk.ana, message)
    digest = desk.row(message).raw_hash
    assert digest is not None
    people = (desk.dora.person_id,)
    desk.do(SYSTEM, came_to, hashes=[digest], recipient_ids=people)
    with desk.triage.database.read() as session:
        assert is_excluded(session, matter_id=made, person_id=desk.dora.person_id)
        assert person(session, desk.dora.person_id) is not None
    with pytest.raises(NotFound):
        on(desk, desk.dora, deciding.approve, made)

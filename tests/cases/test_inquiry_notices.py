"""The notice to who was reported: due by default, seen first by the reporter, told by nobody's
name, answered or not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.cases import (
    CONCERN,
    REPORTER,
    SUBJECT,
    TOLD,
    begun,
    came_in,
    found_in,
    give,
    inquired,
    notified,
    ready_notice,
    row,
    shown_of,
    staffed,
    state,
    subject_of,
    take,
    tick,
)
from support.desk import Desk

from triage.cases.inquiry.queries import case_letter
from triage.cases.inquiry.rules import (
    LONGEST_WITHHELD,
    TRANSITIONS,
    Bearing,
    ItemKind,
    NoticeEdge,
    NoticeState,
    Source,
    Withheld,
    move,
    settled,
)
from triage.cases.inquiry.service import evidence, guards, letters, notices, parties, weighing
from triage.cases.inquiry.service.jobs import run_inquiries
from triage.cases.rules import PartyKind, State
from triage.cases.service import handling
from triage.cases.service.stepping import load
from triage.conduct.incidents import TeamAnswer
from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.letters.leaks import Leak, Protected
from triage.letters.queries import letter
from triage.notify.tables import OutboxMail
from triage.reports.answers import Person
from triage.reports.queries import thread
from triage.reports.service.steps import add_step
from triage.reports.thread import StepKind
from triage.staff.processes import Part


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def jobs(desk: Desk) -> int:
    return run_inquiries(desk.triage.runner, desk.now)


def notice(desk: Desk, case_id: str) -> Any:
    (one,) = found_in(desk, case_id).notices
    return one


def ready(desk: Desk, case_id: str) -> None:
    """Whether a recommendation could be made: of the evidence, somebody has said why not."""

    def ask(tx: Tx) -> None:
        guards.check_ready_to_recommend(tx, load(tx, case_id))

    desk.do(desk.ivo, weighing.say_why_not_balanced, case_id=case_id, reason="for the test")
    desk.triage.runner.run(desk.ivo, ask)


def account(desk: Desk, case_id: str, text: str = "I only held the door.") -> str:
    return desk.do(
        desk.ivo, notices.record_account,
        party_id=subject_of(desk, case_id), text=text, made_at=desk.now, origin="By mail",
    )  # fmt: skip


def withhold(
    desk: Desk, case_id: str, ground: Withheld = Withheld.TAMPERING, **span: float
) -> None:
    desk.do(
        desk.ivo, notices.withhold,
        party_id=subject_of(desk, case_id), ground=ground, reason="He has the only recording",
        recheck_at=desk.now + timedelta(**(span or {"days": 7})),
    )  # fmt: skip


def protected(desk: Desk, case_id: str) -> Protected:
    def ask(tx: Tx) -> Protected:
        return guards.protected_for(tx, load(tx, case_id))

    return desk.triage.runner.run(desk.ivo, ask)


def rewrite(desk: Desk, letter_id: str, words: str) -> Any:
    """Ivo changes the letter, and looks for what could tell who reported it."""
    version, _ = shown_of(desk, letter_id)
    shown = desk.read(letter, viewer=desk.hal, letter_id=letter_id).shown
    desk.do(
        desk.ivo, letters.edit,
        letter_id=letter_id, version=version, subject=shown.subject,
        text=f"{shown.text}\n\n{words}", to_address=shown.to,
    )  # fmt: skip
    version, _ = shown_of(desk, letter_id)
    return desk.do(desk.ivo, letters.check, letter_id=letter_id, version=version)


def test_p_sub_1_the_notice_is_due_for_whoever_is_named_and_stops_a_recommendation(
    cases: Desk,
) -> None:
    case_id = inquired(cases)
    assert notice(cases, case_id).state is NoticeState.DUE
    assert "notice" in [one.kind for one in found_in(cases, case_id).tasks]
    with pytest.raises(Conflict, match="has not been told"):
        ready(cases, case_id)


def test_p_sub_1_of_a_description_there_is_no_notice(cases: Desk) -> None:
    case_id = inquired(cases, subjects=(Person(role="somebody in a green coat"),))
    assert notice(cases, case_id).state is NoticeState.NOT_APPLICABLE
    ready(cases, case_id)


def test_p_sub_1_a_notice_that_was_sent_stops_it_until_they_have_answered(cases: Desk) -> None:
    case_id = inquired(cases)
    notified(cases, case_id)
    assert notice(cases, case_id).state is NoticeState.SENT
    assert state(cases, case_id) is State.AWAITING_SUBJECT
    with pytest.raises(Conflict):
        ready(cases, case_id)
    account(cases, case_id)
    assert state(cases, case_id) is State.INVESTIGATING
    ready(cases, case_id)


def test_p_sub_1_the_subject_of_the_two_who_was_not_told_stops_it(cases: Desk) -> None:
    case_id = inquired(cases, subjects=(SUBJECT,))
    notified(cases, case_id)
    account(cases, case_id)
    added = cases.do(
        cases.ivo, parties.add_party,
        case_id=case_id, version=row(cases, case_id).version, kind=PartyKind.SUBJECT,
        name="Ulrika Thorn",
    )  # fmt: skip
    with pytest.raises(Conflict):
        ready(cases, case_id)
    given = {"party_id": added.party_id, "reason": "Two addresses were tried"}
    cases.do(cases.ivo, notices.cannot_reach, **given)
    ready(cases, case_id)


def test_nobody_is_said_to_be_out_of_reach_who_has_an_address(cases: Desk) -> None:
    case_id = inquired(cases)
    with pytest.raises(Conflict):
        cases.do(
            cases.ivo, notices.cannot_reach, party_id=subject_of(cases, case_id), reason="tried"
        )


def test_the_reporter_is_shown_the_text_first_and_has_three_working_days(cases: Desk) -> None:
    case_id = inquired(cases)
    party_id = subject_of(cases, case_id)
    letter_id = cases.do(cases.ivo, notices.begin_notice, party_id=party_id, concern=CONCERN)
    version, _ = shown_of(cases, letter_id)
    given = {"letter_id": letter_id, "version": version}
    with pytest.raises(Conflict, match="to the reporter first"):
        cases.do(cases.ivo, letters.check, **given)
    until = cases.do(cases.ivo, notices.show_reporter, party_id=party_id)
    report_id = row(cases, case_id).report_id
    said = [one.text for one in cases.read(thread, report_id=report_id)]
    assert any(CONCERN in one and "could anything in it tell" in one.lower() for one in said)
    with pytest.raises(Conflict, match="time left"):
        cases.do(cases.ivo, letters.check, **given)
    cases.clock.move(until - cases.now)
    assert cases.do(cases.ivo, letters.check, **given) == ()


def test_the_reporters_answer_ends_the_waiting_and_is_no_veto(cases: Desk) -> None:
    case_id = inquired(cases)
    party_id = subject_of(cases, case_id)
    letter_id = cases.do(cases.ivo, notices.begin_notice, party_id=party_id, concern=CONCERN)
    cases.do(cases.ivo, notices.show_reporter, party_id=party_id)
    cases.move(hours=1)
    report_id = row(cases, case_id).report_id

    def write(tx: Tx) -> None:
        add_step(
            tx.session, tx.vault, report_id=report_id, kind=StepKind.TEXT,
            text="Please do not send it.", from_reporter=True, at=tx.now,
        )  # fmt: skip

    cases.do(SYSTEM, write)
    version, _ = shown_of(cases, letter_id)
    assert cases.do(cases.ivo, letters.check, letter_id=letter_id, version=version) == ()


def test_the_reporter_is_not_asked_where_somebody_says_why(cases: Desk) -> None:
    case_id = inquired(cases)
    party_id = subject_of(cases, case_id)
    cases.do(cases.ivo, notices.begin_notice, party_id=party_id, concern=CONCERN)
    with pytest.raises(Invalid):
        cases.do(cases.ivo, notices.skip_showing, party_id=party_id, reason=" ")
    cases.do(cases.ivo, notices.skip_showing, party_id=party_id, reason="They asked us to go on")
    assert notice(cases, case_id).skipped == "They asked us to go on"


@pytest.mark.parametrize(
    ("words", "leak"),
    [
        ("Ms Quince was there.", Leak.NAME),
        ("Write to R.QUINCE@example.org", Leak.CONTACT),
        ("Call 020 7946\n0123", Leak.PHONE),
        ("They say that you blocked the DOOR of the\nsmall room, twice.", Leak.QUOTE),
        ("Wilhelmina told us.", Leak.NAME),
        ("It was heard by @windy_tarn.", Leak.HANDLE),
        ("The treasurer of the club told us.", Leak.RELATION),
        ("Somebody heard it from the top of the back stairs.", Leak.QUOTE),
        ("Ask Ottilie about it.", Leak.NAME),
    ],
)
def test_p_nam_1_what_could_tell_who_reported_or_saw_it_stops_the_letter(
    cases: Desk, words: str, leak: Leak
) -> None:
    case_id = inquired(
        cases,
        affected="Ottilie Brand",
        witnesses=(
            Person(name="Wilhelmina Tarn", role="the treasurer of the club", contact="@windy_tarn"),
        ),
    )
    cases.do(
        cases.ivo, evidence.add_statement,
        case_id=case_id, party_id=subject_of(cases, case_id, PartyKind.WITNESS),
        text="I heard it from the top of the back stairs.", made_at=cases.now, origin="here",
    )  # fmt: skip
    letter_id = ready_notice(cases, case_id)
    found = rewrite(cases, letter_id, words)
    assert leak in {one.leak for one in found}
    version, digest = shown_of(cases, letter_id)
    with pytest.raises(Conflict):
        cases.do(cases.ivo, letters.approve, letter_id=letter_id, version=version, previewed=digest)
    with pytest.raises(Conflict):
        cases.do(
            cases.ivo, letters.copied_out,
            letter_id=letter_id, version=version, previewed=digest, at=cases.now,
        )  # fmt: skip


def test_p_nam_1_another_text_than_was_checked_does_not_go(cases: Desk) -> None:
    case_id = inquired(cases)
    letter_id = ready_notice(cases, case_id)
    version, _ = shown_of(cases, letter_id)
    shown = cases.read(letter, viewer=cases.hal, letter_id=letter_id).shown
    cases.do(
        cases.ivo, letters.edit,
        letter_id=letter_id, version=version, subject=shown.subject, text=shown.text + " More.",
        to_address=shown.to,
    )  # fmt: skip
    version, digest = shown_of(cases, letter_id)
    with pytest.raises(Conflict):
        cases.do(cases.ivo, letters.approve, letter_id=letter_id, version=version, previewed=digest)


def test_p_nam_1_a_second_person_may_let_it_go_and_nobody_alone(cases: Desk) -> None:
    case_id = inquired(cases)
    letter_id = ready_notice(cases, case_id)
    assert rewrite(cases, letter_id, "It was by the door of the small room twice and not once.")
    version, digest = shown_of(cases, letter_id)
    given: dict[str, Any] = {
        "letter_id": letter_id, "version": version, "previewed": digest,
        "reason": "He was there himself",
    }  # fmt: skip
    for person in (cases.ivo, cases.hal):
        with pytest.raises(NotAllowed):
            cases.do(cases.ivo, letters.ask_second, person_id=person.person_id, **given)
    cases.do(cases.ivo, letters.ask_second, person_id=cases.hope.person_id, **given)
    given["version"], _ = shown_of(cases, letter_id)
    for actor in (cases.ivo, cases.hal):
        with pytest.raises(NotAllowed):
            cases.do(actor, letters.second_agrees, **given)
    from triage.cases.service import handling

    handling_given = {"case_id": case_id, "version": row(cases, case_id).version, "ties": ()}
    cases.do(cases.hope, handling.declare, **handling_given)
    cases.do(cases.hope, letters.second_agrees, **given)
    version, digest = shown_of(cases, letter_id)
    cases.do(
        cases.hal, letters.copied_out,
        letter_id=letter_id, version=version, previewed=digest, at=cases.now,
    )  # fmt: skip
    assert notice(cases, case_id).state is NoticeState.SENT


def test_p_nam_1_all_that_people_wrote_and_are_is_looked_for_and_the_subject_is_not(
    cases: Desk,
) -> None:
    case_id = inquired(cases)
    found = protected(cases, case_id)
    assert found.names == (REPORTER["name"],)
    assert found.emails == (REPORTER["email"],)
    assert found.phones == (REPORTER["phone"],)
    assert found.sources == (TOLD, SUBJECT.contact)
    assert SUBJECT.name not in repr(found)


def test_p_sub_2_the_account_is_evidence_of_theirs(cases: Desk) -> None:
    case_id = inquired(cases)
    notified(cases, case_id)
    item_id = account(cases, case_id)
    (one,) = found_in(cases, case_id).items
    assert (one.id, one.kind, one.source) == (item_id, ItemKind.SUBJECT_ACCOUNT, Source.SUBJECT)
    assert one.party_id == subject_of(cases, case_id)
    assert notice(cases, case_id).account_id == item_id
    cases.do(cases.ivo, weighing.weigh, item_id=item_id, bearing=Bearing.CONTRADICTS, carries=False)


def test_p_sub_2_who_does_not_answer_by_the_day_is_put_down_as_such_and_the_case_goes_on(
    cases: Desk,
) -> None:
    case_id = inquired(cases)
    notified(cases, case_id)
    by = notice(cases, case_id).reply_by
    cases.clock.move(by - cases.now - timedelta(seconds=1))
    jobs(cases)
    assert notice(cases, case_id).state is NoticeState.SENT
    cases.move(seconds=1)
    jobs(cases)
    assert notice(cases, case_id).state is NoticeState.NO_REPLY
    assert notice(cases, case_id).steps[-1].by == "the system"
    assert state(cases, case_id) is State.INVESTIGATING
    ready(cases, case_id)
    account(cases, case_id, "I am late, and this is how it was.")
    assert notice(cases, case_id).state is NoticeState.ACCOUNT_RECEIVED


def test_p_sub_2_to_say_nothing_is_theirs_to_choose(cases: Desk) -> None:
    case_id = inquired(cases)
    notified(cases, case_id)
    party_id = subject_of(cases, case_id)
    cases.do(cases.ivo, notices.record_declined, party_id=party_id, reason="By phone, today")
    assert notice(cases, case_id).state is NoticeState.DECLINED
    assert state(cases, case_id) is State.INVESTIGATING


def test_p_sub_2_no_account_of_somebody_who_was_not_told(cases: Desk) -> None:
    case_id = inquired(cases)
    with pytest.raises(Conflict):
        account(cases, case_id)


def test_p_sub_3_to_withhold_it_takes_a_ground_a_reason_and_a_near_day(cases: Desk) -> None:
    case_id = inquired(cases)
    given = {"party_id": subject_of(cases, case_id), "ground": Withheld.INFLUENCE}
    soon = cases.now + timedelta(days=7)
    for reason, day in (
        (" ", soon),
        ("why", cases.now),
        ("why", cases.now + LONGEST_WITHHELD + timedelta(seconds=1)),
    ):
        with pytest.raises(Invalid):
            cases.do(cases.ivo, notices.withhold, reason=reason, recheck_at=day, **given)
    withhold(cases, case_id)
    assert notice(cases, case_id).ground is Withheld.TAMPERING
    assert notice(cases, case_id).steps[-1].reason == "He has the only recording"
    ready(cases, case_id)


def test_p_sub_3_risk_is_a_ground_where_the_trustees_have_adopted_it(make_desk: Any) -> None:
    desk = staffed(make_desk())
    case_id = inquired(desk)
    with pytest.raises(Invalid, match="trustees"):
        withhold(desk, case_id, Withheld.RISK)
    desk = staffed(make_desk(case_withhold_for_risk=True))
    case_id = inquired(desk)
    withhold(desk, case_id, Withheld.RISK)
    assert notice(desk, case_id).state is NoticeState.WITHHELD


def test_p_sub_3_at_its_day_it_is_on_the_list_again_job_or_no_job(cases: Desk) -> None:
    case_id = inquired(cases)
    withhold(cases, case_id, days=7)
    cases.move(days=7)
    (task,) = [one for one in found_in(cases, case_id).tasks if one.kind == "recheck"]
    assert task.overdue
    with pytest.raises(Conflict):
        ready(cases, case_id)
    assert jobs(cases) == 2
    assert jobs(cases) == 0, "nobody is told twice on one day"
    with cases.triage.database.read() as session:
        told = session.scalars(
            select(OutboxMail.person_id).where(OutboxMail.kind == "overdue")
        ).all()
    assert set(told) == {cases.ivo.person_id, cases.hal.person_id}
    withhold(cases, case_id, days=3)
    ready(cases, case_id)
    cases.do(
        cases.ivo, notices.give, party_id=subject_of(cases, case_id), reason="We have a copy now"
    )
    assert notice(cases, case_id).state is NoticeState.DUE


def test_a_letter_that_leaves_by_mail_moves_the_notice_once_the_server_has_it(
    cases: Desk,
) -> None:
    from triage.letters.rules import Edge
    from triage.letters.service.sending import leave
    from triage.letters.service.stepping import load as load_letter

    case_id = inquired(cases)
    letter_id = ready_notice(cases, case_id)
    jobs(cases)
    assert notice(cases, case_id).state is NoticeState.DUE

    def hand_over(tx: Tx) -> None:
        leave(tx, load_letter(tx, letter_id), Edge.HAND_OVER, tx.now)

    cases.do(SYSTEM, hand_over)
    jobs(cases)
    assert notice(cases, case_id).state is NoticeState.SENT
    assert notice(cases, case_id).sent_at == cases.now
    assert state(cases, case_id) is State.AWAITING_SUBJECT

    def told(tx: Tx) -> tuple[str, ...]:
        return guards.notified_subjects(tx, load(tx, case_id))

    assert cases.triage.runner.run(cases.ivo, told) == (subject_of(cases, case_id),)


def test_a_notice_whose_day_is_too_near_is_written_anew(cases: Desk) -> None:
    case_id = inquired(cases)
    party_id = subject_of(cases, case_id)
    letter_id = cases.do(cases.ivo, notices.begin_notice, party_id=party_id, concern=CONCERN)
    cases.do(cases.ivo, notices.skip_showing, party_id=party_id, reason="why")
    cases.move(days=16)
    version, _ = shown_of(cases, letter_id)
    with pytest.raises(Conflict, match="too little time"):
        cases.do(cases.ivo, letters.check, letter_id=letter_id, version=version)
    cases.do(cases.ivo, letters.withdraw, letter_id=letter_id, version=version)
    again = cases.do(cases.ivo, notices.begin_notice, party_id=party_id, concern=CONCERN)
    assert again != letter_id
    assert notice(cases, case_id).skipped == "", "it is asked of the reporter once more"


def test_who_has_no_part_moves_no_letter_of_a_case(cases: Desk) -> None:
    case_id = inquired(cases)
    letter_id = ready_notice(cases, case_id)
    version, digest = shown_of(cases, letter_id)
    given = {"letter_id": letter_id, "version": version}
    for actor in (cases.hope, cases.ines, cases.dan):
        with pytest.raises(NotFound):
            cases.do(actor, letters.check, **given)
        with pytest.raises(NotFound):
            cases.do(actor, letters.send, previewed=digest, **given)


def test_the_person_reported_finds_out_who_reads_a_case_by_no_alert(cases: Desk) -> None:
    case_id = begun(cases, subjects=(SUBJECT,))
    tick(cases)
    jobs(cases)
    with cases.triage.database.read() as session:
        rows = session.scalars(select(OutboxMail)).all()
        assert all(SUBJECT.name not in repr(vars(one)) for one in rows)
        assert all(one.person_id is not None for one in rows)
    assert case_id


@pytest.mark.parametrize("edge", NoticeEdge)
@pytest.mark.parametrize("start", NoticeState)
def test_a_notice_moves_as_the_table_says_and_the_system_tells_nobody(
    start: NoticeState, edge: NoticeEdge
) -> None:
    if (start, edge) in TRANSITIONS:
        assert move(start, edge, by_system=False) is TRANSITIONS[start, edge]
    else:
        with pytest.raises(Conflict):
            move(start, edge, by_system=False)
    if edge not in {NoticeEdge.SEND, NoticeEdge.NO_REPLY}:
        with pytest.raises(NotAllowed):
            move(start, edge, by_system=True)


def test_from_each_state_of_a_notice_one_can_be_reached_in_which_it_is_settled(
    cases: Desk,
) -> None:
    for start in NoticeState:
        reached, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            ends = {end for (one, _), end in TRANSITIONS.items() if one is here} - reached
            reached |= ends
            waiting += ends
        soon = cases.now + timedelta(days=1)
        assert any(settled(one, soon, cases.now) for one in reached)


def test_who_stands_in_from_outside_reads_the_inquiry_by_their_part(cases: Desk) -> None:
    case_id = take(cases, came_in(cases, team=TeamAnswer.NOT_SURE), cases.tess)
    assert found_in(cases, case_id, cases.tess).items == ()


def test_a_letter_is_read_by_part_and_in_its_own_case_alone(cases: Desk) -> None:
    case_id, other = inquired(cases), inquired(cases)
    letter_id = ready_notice(cases, case_id)
    read = {"case_id": case_id, "letter_id": letter_id}
    for who in (cases.ivo, cases.dee):
        assert CONCERN in cases.read(case_letter, viewer=who, **read).shown.text
    for who in (cases.hope, cases.dan):
        with pytest.raises(NotFound):
            cases.read(case_letter, viewer=who, **read)
    with pytest.raises(NotFound):
        cases.read(case_letter, viewer=cases.ivo, case_id=other, letter_id=letter_id)


def test_p_nam_1_where_something_was_found_the_second_person_sees_too_and_no_other(
    cases: Desk,
) -> None:
    case_id = inquired(cases)
    letter_id = ready_notice(cases, case_id)
    found = rewrite(cases, letter_id, "Rosalind told us.")
    assert found
    give(cases, case_id, Part.DECIDER, cases.dan)
    version, digest = shown_of(cases, letter_id)
    with pytest.raises(NotAllowed):
        cases.do(cases.dan, letters.findings, letter_id=letter_id, version=version)
    cases.do(
        cases.ivo, letters.ask_second, letter_id=letter_id, version=version, previewed=digest,
        reason="Is it known?", person_id=cases.hope.person_id,
    )  # fmt: skip
    version, _ = shown_of(cases, letter_id)
    cases.do(
        cases.hope, handling.declare,
        case_id=case_id, version=row(cases, case_id).version, ties=(),
    )  # fmt: skip
    given = {"letter_id": letter_id, "version": version}
    assert cases.do(cases.hope, letters.findings, **given) == found
    with pytest.raises(Conflict):
        cases.do(cases.hope, letters.findings, letter_id=letter_id, version=version - 1)

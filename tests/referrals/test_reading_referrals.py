"""What people read of referrals: what waits for them, one in full, five lines for the operator."""

from datetime import UTC, datetime

import pytest
from support.desk import Desk, address
from support.referring import (
    answer,
    authorise,
    consider,
    mark,
    no,
    reference,
    staffed,
    submit,
)

from triage.core.errors import NotAllowed, NotFound
from triage.core.exclusions import ExclusionKind, exclude
from triage.referrals import queries
from triage.referrals.operator import ToSay, Us, operator_lines
from triage.referrals.rules import Route
from triage.referrals.service.calling import Call, record_call


def waiting(desk: Desk, name: str) -> queries.Waiting:
    return desk.read(queries.waiting_for_me, viewer=desk.people[name], now=desk.now)


def test_each_part_waits_for_those_who_may_play_it(desk: Desk) -> None:
    staffed(desk)
    made = mark(desk, desk.dora, desk.arrive())
    assert not waiting(desk, "dora").to_decide, "who put it forward decides nothing of it"
    assert [row.id for row in waiting(desk, "edda").to_decide] == [made]
    assert not waiting(desk, "hal").to_decide
    assert [row.id for row in waiting(desk, "hal").at_risk_unanswered] == [made]
    authorise(desk, desk.edda, made)
    assert not waiting(desk, "edda").to_decide
    assert [row.id for row in waiting(desk, "hal").to_submit] == [made]
    submit(desk, desk.hal, made)
    assert not waiting(desk, "hal").reference_due


def test_a_second_no_waits_for_another_person(desk: Desk) -> None:
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive())
    no(desk, desk.dora, made)
    assert not waiting(desk, "dora").to_say_no_second
    assert [row.refusals for row in waiting(desk, "edda").to_say_no_second] == [1]
    assert waiting(desk, "edda").count == 1


def test_p_pol_2_without_a_reference_it_says_so_and_is_chased(desk: Desk) -> None:
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive())
    authorise(desk, desk.dora, made)
    submit(desk, desk.hal, made)
    [row] = desk.read(queries.all_live, viewer=desk.ben, now=desk.now)
    assert (row.awaiting_reference, row.due) == (True, False)
    assert row.said == "submitted, awaiting a reference"
    desk.move(days=8)
    assert [row.id for row in waiting(desk, "hope").reference_due] == [made]
    reference(desk, desk.hope, made)
    assert not waiting(desk, "hope").reference_due
    desk.move(days=8)
    assert [row.id for row in waiting(desk, "hope").news_due] == [made]


def test_one_referral_is_read_with_all_that_was_said(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive()
    made = mark(desk, desk.ana, message)
    no(desk, desk.edda, made)
    authorise(desk, desk.dora, made, disclosed="The letter of Monday.")
    answer(desk, desk.ben, made)
    submit(desk, desk.hal, made)
    reference(desk, desk.hope, made)
    item = desk.read(queries.referral, viewer=desk.ben, referral_id=made, now=desk.now)
    assert item.reason == "look at this"
    assert (item.disclosed, item.force, item.reference) == (
        "The letter of Monday.", "The force here", "CR/12345/26",
    )  # fmt: skip
    assert [(one.id, one.kind) for one in item.matters] == [(message, "message")]
    assert [(one.who, one.reason, one.counts) for one in item.refusals] == [
        ("Edda", "An old joke.", True)
    ]
    assert [one.edge for one in item.steps] == ["consider", "authorise", "submit", "reference"]
    assert [one.what for one in item.disclosures] == ["The letter of Monday."]
    assert (item.authorised_by, item.submitted_by, item.at_risk_by) == ("Dora", "Hal", "Ben")
    assert item.row.danger_now is item.row.late is False
    assert not item.own_part
    assert desk.read(queries.referral, viewer=desk.dora, referral_id=made, now=desk.now).own_part


def test_a_call_that_was_written_down_late_is_marked(desk: Desk) -> None:
    called = desk.now
    first, second = desk.arrive(), desk.arrive("[high] more", from_address="other@example.org")
    desk.move(hours=23)
    call = Call(Route.EMERGENCY, called, "The force here", "What it says.")
    desk.do(desk.ana, record_call, message_ids=(first,), call=call, reason="Now.")
    desk.move(hours=2)
    late = desk.do(desk.ana, record_call, message_ids=(second,), call=call, reason="Now.")
    found = desk.read(queries.late_records, viewer=desk.ana, now=desk.now)
    assert [row.id for row in found] == [late]


def test_p_rec_4_whoever_has_no_part_in_a_message_knows_of_no_referral_of_it(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive(recipients=(address("ben"),))
    made = mark(desk, desk.ana, message)
    sender = desk.row(message).sender_id
    for viewer, sees in ((desk.ben, 0), (desk.cleo, 1)):
        given = {"viewer": viewer, "now": desk.now}
        assert len(desk.read(queries.all_live, **given)) == sees
        assert len(desk.read(queries.of_message, message_id=message, **given)) == sees
        assert len(desk.read(queries.of_sender, sender_ids=[sender], **given)) == sees
        assert desk.read(queries.waiting_for_me, **given).count == sees
    with pytest.raises(NotFound):
        desk.read(queries.referral, viewer=desk.ben, referral_id=made, now=desk.now)


def test_who_turns_out_to_have_been_sent_one_of_them_knows_no_more_of_it(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive()
    made = consider(desk, desk.ana, message)
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=message,
            person_id=desk.dora.person_id,
            kind=ExclusionKind.RECIPIENT,
            at=desk.now,
        )
    )
    assert not desk.read(queries.all_live, viewer=desk.dora, now=desk.now)
    with pytest.raises(NotFound):
        no(desk, desk.dora, made)


def test_who_has_no_such_role_reads_none(desk: Desk) -> None:
    made = consider(desk, desk.ana, desk.arrive())
    for name in ("max", "ada", "kit", "gus"):
        with pytest.raises(NotAllowed):
            desk.read(queries.all_live, viewer=desk.people[name], now=desk.now)
        with pytest.raises(NotAllowed):
            desk.read(queries.referral, viewer=desk.people[name], referral_id=made, now=desk.now)
        assert waiting(desk, name).count == 0


def test_five_lines_are_five_lines_whatever_was_typed() -> None:
    us = Us("A charity", "The conduct team", "conduct@example.org", "020 7946 0100")
    at = datetime(2026, 7, 1, 11, 5, tzinfo=UTC)
    said = ToSay("ABCDEF" + "0" * 20, at, "I know\nwhere \u202eyou\x00 live.", "", "x" * 999)
    lines = operator_lines(us, said)
    assert len("\n".join(lines).splitlines()) == 5
    assert lines[0] == (
        "We are The conduct team, A charity. You reach us at: conduct@example.org, 020 7946 0100."
    )
    assert lines[1] == (
        "On 1 July 2026 at 12:05 we got a message that says: I know where you live."
    )
    assert lines[2] == "Who may be at risk: not known."
    assert len(lines[3]) < 240
    assert lines[4] == "Our reference is ABC-DEF. We keep the originals."


def test_the_ended_stand_apart_from_the_live(desk: Desk) -> None:
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive())
    answer(desk, desk.ana, made)
    no(desk, desk.dora, made)
    assert no(desk, desk.edda, made)
    assert not desk.read(queries.all_live, viewer=desk.ana, now=desk.now)
    [row] = desk.read(queries.ended, viewer=desk.ana, now=desk.now)
    assert (row.id, row.ended_at) == (made, desk.now)

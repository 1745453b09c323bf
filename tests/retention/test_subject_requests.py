"""A request from the day it comes to its answer: by whom, in which order, and on what record."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from support.cases import inquired, notified
from support.desk import Desk
from support.mail import START
from support.referring import consider
from support.subjects import (
    agreed,
    asked,
    at,
    decide,
    found_kinds,
    give_all,
    items,
    join,
    kept,
    known,
    made,
    reviewed,
    row,
    searched,
    seen,
    shown,
    staffed,
    text_of,
    today,
    whole_way,
)

from triage.conduct.kinds import Disposition, RoutedTo, Severity
from triage.core.access import CONSOLE, SYSTEM
from triage.core.commands import Tx
from triage.core.erasing import Due, Keeping
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.holds import HoldReason, hold
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.messages.service import review
from triage.messages.service.flags import add_note
from triage.messages.stubs.service import leave_stub
from triage.messages.tables import Message
from triage.packs.bag import problems
from triage.retention.subject.queries.listing import requests, routed
from triage.retention.subject.rules import (
    Decision,
    Extension,
    Ground,
    How,
    IdentityHow,
    Kind,
    Outcome,
    Refusal,
    State,
)
from triage.retention.subject.service import answering, erasing, refusing, registering
from triage.retention.subject.service.console import export_everywhere, find_everywhere, log_of
from triage.retention.subject.service.searching import search
from triage.senders.standing.rules import Measure
from triage.senders.standing.service import set_standing


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return kept(desk)


def state(desk: Desk, request_id: str) -> State:
    return State(row(desk, request_id).state)


# -- it comes in


def test_what_a_reviewer_passed_on_waits_here_with_its_clock(desk: Desk) -> None:
    access, complaint = desk.arrive("[medium] what do you hold"), desk.arrive("[medium] my data")
    for one, to in (
        (access, RoutedTo.SUBJECT_ACCESS), (complaint, RoutedTo.DATA_PROTECTION_COMPLAINT),
    ):  # fmt: skip
        version = desk.open(desk.ana, one)
        desk.do(desk.ana, review.route, message_id=one, version=version, to=to)
    waits = desk.read(routed, viewer=desk.cusa, now=desk.now)
    assert {(one.message_id, one.kind) for one in waits} == {
        (access, Kind.ACCESS), (complaint, Kind.COMPLAINT),
    }  # fmt: skip
    assert {one.due_on for one in waits} == {date(2026, 4, 2), date(2026, 4, 1)}
    asked(desk, message_id=access)
    waits = desk.read(routed, viewer=desk.cusa, now=desk.now)
    assert [one.message_id for one in waits] == [complaint]
    with pytest.raises(Invalid, match="already"):
        asked(desk, message_id=access)


def test_p_rec_4_who_has_no_part_in_the_message_has_none_in_the_request(desk: Desk) -> None:
    to = ("cole@charity.example.org",)
    message = desk.arrive("[medium] what do you hold", recipients=to)
    request_id = asked(desk, message_id=message)
    with pytest.raises(NotFound):
        seen(desk, request_id, desk.cole)
    with pytest.raises(NotFound):
        asked(desk, by=desk.cole, message_id=message)
    assert desk.read(requests, viewer=desk.cole, now=desk.now) == ()


def test_a_colleague_who_asks_for_their_own_has_no_part_in_it(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="about you"):
        asked(desk, who="Cusa", staff_id=desk.cusa.person_id)
    request_id = asked(desk, by=desk.cole, who="Cusa", contact="", staff_id=desk.cusa.person_id)
    with pytest.raises(NotFound):
        seen(desk, request_id)
    with pytest.raises(NotFound):
        desk.do(desk.cusa, registering.close, **at(desk, request_id))
    assert desk.events("refused", request_id)
    assert [one.id for one in desk.read(requests, viewer=desk.cole, now=desk.now)] == [request_id]
    known(desk, request_id, desk.cole)
    assert state(desk, request_id) is State.IDENTITY_CHECKED


def test_no_other_role_enters_or_reads_one(desk: Desk) -> None:
    request_id = searched(desk)
    for who in (desk.ana, desk.max, desk.ada, desk.kit, desk.gus):
        with pytest.raises(NotAllowed):
            asked(desk, by=who)
        with pytest.raises(NotAllowed):
            seen(desk, request_id, who)
    with pytest.raises(NotFound):  # a decider is a second person, and sees what waits for one
        seen(desk, request_id, desk.dora)
    give_all(desk, request_id)
    reviewed(desk, request_id)
    assert seen(desk, request_id, desk.dora).row.id == request_id


# -- the clock


def test_the_clock_runs_from_the_day_it_came_and_stands_while_it_is_awaited_who_asks(
    desk: Desk,
) -> None:
    desk.move(days=5)
    request_id = asked(desk, received_on=START.date())
    assert seen(desk, request_id).row.due_on == date(2026, 4, 2)
    desk.do(desk.cusa, registering.ask_identity, **at(desk, request_id), on=today(desk))
    desk.move(days=10)
    assert seen(desk, request_id).row.due_on == date(2026, 4, 12)
    known(desk, request_id)
    desk.move(days=10)
    assert seen(desk, request_id).row.due_on == date(2026, 4, 12)


def test_more_time_is_taken_with_what_they_were_told_within_the_first_month(desk: Desk) -> None:
    request_id = asked(desk)
    given: dict[str, Any] = {"why": Extension.COMPLEX, "told_on": today(desk)}
    with pytest.raises(Invalid, match="what they were told"):
        desk.do(desk.cusa, registering.extend, **at(desk, request_id), reason=" ", **given)
    desk.do(desk.cusa, registering.extend, **at(desk, request_id), reason="three archives", **given)
    assert seen(desk, request_id).row.due_on == date(2026, 6, 2)
    with pytest.raises(Conflict, match="once"):
        desk.do(desk.cusa, registering.extend, **at(desk, request_id), reason="again", **given)
    late = asked(desk)
    desk.move(days=40)
    with pytest.raises(Conflict, match="first month"):
        desk.do(
            desk.cusa, registering.extend, **at(desk, late), why=Extension.COMPLEX,
            told_on=today(desk), reason="x",
        )  # fmt: skip
    assert seen(desk, late).row.late


def test_a_complaint_is_acknowledged_in_thirty_days_and_then_answered(desk: Desk) -> None:
    request_id = asked(desk, Kind.COMPLAINT)
    assert seen(desk, request_id).row.due_on == date(2026, 4, 1)
    desk.move(days=31)
    assert seen(desk, request_id).row.late
    desk.do(desk.cusa, registering.acknowledge, **at(desk, request_id), on=today(desk))
    assert not seen(desk, request_id).row.late
    given: dict[str, Any] = {"how": How.EMAIL, "on": today(desk)}
    with pytest.raises(Invalid, match="what they were told"):
        desk.do(desk.cusa, answering.send, **at(desk, request_id), **given)
    desk.do(desk.cusa, answering.send, **at(desk, request_id), **given, note="we erased it")
    desk.do(desk.cusa, registering.close, **at(desk, request_id))
    assert state(desk, request_id) is State.CLOSED


# -- what is found


def test_everything_is_found_by_itself_and_says_why(desk: Desk) -> None:
    staffed(desk)
    theirs = desk.arrive("[high] I know the way to your office.")
    desk.arrive("nothing much, and never flagged")
    desk.arrive("he is called pat example", from_address="s@example.net", from_name="Sam Other")
    desk.arrive("Pat, an example of patience", from_address="s@example.net", from_name="Sam Other")
    desk.arrive("call 07700 900123", from_address="s@example.net", from_name="Sam Other")
    desk.do(desk.ana, add_note, message_id=theirs, text="rang twice before")
    consider(desk, desk.ana, theirs)
    erased = desk.arrive("[low] soon gone")

    def leave(tx: Tx) -> None:
        leave_stub(tx, tx.session.get_one(Message, erased))

    desk.do(SYSTEM, leave)
    request_id = searched(desk, terms=["07700 900 123"])
    assert found_kinds(desk, request_id) == [
        "mention", "mention", "message", "message", "note", "referral", "stub",
    ]  # fmt: skip
    why = {one.of_id: set(one.why) for one in items(desk, request_id)}
    assert why[theirs] >= {"sender", "address", "claimed", "name"}
    assert why[erased] == {"sender", "address"}


def test_searched_again_it_keeps_what_was_decided_and_adds_what_is_new(desk: Desk) -> None:
    desk.arrive("first")
    request_id = searched(desk)
    give_all(desk, request_id)
    desk.arrive("second")
    desk.do(desk.cusa, search, **at(desk, request_id))
    assert [one.decision for one in items(desk, request_id)].count("disclose") == 1
    assert len(items(desk, request_id)) == 2
    with pytest.raises(Conflict, match="each item"):
        reviewed(desk, request_id)


def test_who_reported_is_never_found_whoever_looks(desk: Desk) -> None:
    staffed(desk)
    inquired(desk)
    reporter = {"who": "Rosalind Quince", "contact": "r.quince@example.org"}
    request_id = searched(desk, **reporter, terms=["020 7946 0123"])
    assert items(desk, request_id) == []
    typed = ["Rosalind Quince", "r.quince@example.org", "020 7946 0123"]
    assert desk.do(CONSOLE, find_everywhere, typed=typed) == ()


def test_p_con_1_a_closed_case_is_found_by_its_members_and_by_the_console_alone(
    desk: Desk,
) -> None:
    staffed(desk)
    case_id = inquired(desk)
    him = {"who": "Norbert Vale", "contact": "norbert@example.net"}
    request_id = searched(desk, **him)
    assert items(desk, request_id) == []
    found = desk.do(CONSOLE, find_everywhere, typed=["Norbert Vale"])
    assert [(one.kind, one.matter_id) for one in found] == [("case", case_id)]
    with pytest.raises(NotAllowed):
        desk.do(desk.ada, find_everywhere, typed=["Norbert Vale"])


# -- two people, and then the file


def test_nothing_goes_out_before_a_second_person_has_seen_just_that(desk: Desk) -> None:
    desk.arrive("[high] You are useless.")
    request_id = searched(desk)
    give_all(desk, request_id)
    for early in ("searched", "reviewed"):
        with pytest.raises(Conflict, match="second person"):
            made(desk, request_id)
        if early == "searched":
            reviewed(desk, request_id)
    with pytest.raises(NotAllowed, match="second person"):
        agreed(desk, request_id, desk.cusa)
    with pytest.raises(Conflict, match="changed since"):
        desk.do(desk.cole, answering.second_agrees, **at(desk, request_id), digest="0" * 64)
    agreed(desk, request_id)
    data = made(desk, request_id)
    assert "You are useless." in text_of(data)
    assert problems(io.BytesIO(data)) == []
    assert made(desk, request_id) == data
    desk.do(desk.cusa, answering.send, **at(desk, request_id), how=How.POST, on=today(desk))
    desk.do(desk.cusa, registering.close, **at(desk, request_id))
    assert state(desk, request_id) is State.CLOSED
    assert desk.chain()


def test_what_changed_after_the_second_person_does_not_go(desk: Desk) -> None:
    message = desk.arrive("[high] You are useless.")
    desk.do(desk.ana, add_note, message_id=message, text="he rang")
    request_id = searched(desk)
    give_all(desk, request_id)
    agreed(desk, reviewed(desk, request_id))
    desk.decide(desk.ana, message, Disposition.AGGRESSIVE, severity=Severity.LOW)
    with pytest.raises(Conflict, match="not what the second person saw"):
        made(desk, request_id)


def test_nothing_is_sent_of_which_no_file_was_made(desk: Desk) -> None:
    desk.arrive("hello")
    request_id = searched(desk)
    give_all(desk, request_id)
    agreed(desk, reviewed(desk, request_id))
    with pytest.raises(Conflict, match="Make the file first"):
        desk.do(desk.cusa, answering.send, **at(desk, request_id), how=How.POST, on=today(desk))


def test_the_second_person_gives_it_back_with_what_is_to_be_changed(desk: Desk) -> None:
    desk.arrive("hello")
    request_id = searched(desk)
    give_all(desk, request_id)
    reviewed(desk, request_id)
    desk.do(desk.dora, answering.second_returns, **at(desk, request_id), reason="the second line")
    assert state(desk, request_id) is State.SEARCHED
    assert seen(desk, request_id).steps[-1].reason == "the second line"


# -- refused


def test_a_refusal_takes_a_ground_a_reason_and_two_people(desk: Desk) -> None:
    request_id = known(desk, asked(desk))
    given: dict[str, Any] = {"ground": Refusal.REPEATS}
    with pytest.raises(Invalid, match="what shows it"):
        desk.do(desk.cusa, refusing.ask_refusal, **at(desk, request_id), **given, reason="")
    desk.do(desk.cusa, refusing.ask_refusal, **at(desk, request_id), **given, reason="last week")
    with pytest.raises(NotAllowed, match="second person"):
        desk.do(desk.cusa, refusing.agree_refusal, **at(desk, request_id), reason="yes")
    desk.do(desk.cole, refusing.decline_refusal, **at(desk, request_id), reason="much is new")
    assert state(desk, request_id) is State.IDENTITY_CHECKED
    desk.do(desk.cusa, refusing.ask_refusal, **at(desk, request_id), **given, reason="no, it is")
    desk.do(desk.dora, refusing.agree_refusal, **at(desk, request_id), reason="told, with the ICO")
    assert state(desk, request_id) is State.REFUSED
    with pytest.raises(Conflict):
        desk.do(
            desk.cusa, refusing.ask_refusal, **at(desk, asked(desk)), reason="x",
            ground=Refusal.NO_IDENTITY,
        )  # fmt: skip


def test_who_is_blocked_and_abusive_asks_as_anybody_does(
    desk: Desk, make_desk: Any, backend: str
) -> None:
    """The same request by somebody under cease contact and by somebody who is not."""

    def go(one: Desk, *, blocked: bool) -> tuple[list[str], str]:
        message = one.arrive("[high] [threatening] what do you hold of me, you useless lot")
        if blocked:
            for measure in (Measure.CEASE_CONTACT, Measure.CHANNEL_BLOCK):
                one.do(
                    one.dora, set_standing, sender_id=one.row(message).sender_id,
                    measure=measure, source_id=new_id(), since=one.now, until=None,
                )  # fmt: skip
        request_id, data = whole_way(one)
        one.do(one.cusa, answering.send, **at(one, request_id), how=How.EMAIL, on=today(one))
        return [step.edge for step in seen(one, request_id).steps], text_of(data).split("As of")[1]

    first, second = (kept(desk), kept(make_desk(f"{backend} apart")))
    took, said = go(first, blocked=True)
    assert took == go(second, blocked=False)[0]
    assert "you useless lot" in said


# -- erasure


def rubbing_out(gone: list[str], answer: bool = True) -> tuple[Keeping, ...]:
    """A keeping of messages that leaves their stub, as its contract asks."""

    def erase(tx: Tx, due: Due) -> bool:
        if answer:
            leave_stub(tx, tx.session.get_one(Message, due.matter_id))
            gone.append(due.matter_id)
        return answer

    return (Keeping("messages", lambda *_: (), erase),)


def erasure(desk: Desk) -> str:
    request_id = searched(desk, kind=Kind.ERASURE)
    for one in items(desk, request_id):
        decide(desk, one, decision=Decision.ERASE)
    return agreed(desk, reviewed(desk, request_id))


def test_an_erasure_is_carried_out_by_the_room_once_two_people_decided_it(desk: Desk) -> None:
    message = desk.arrive("hello")
    gone: list[str] = []
    request_id = searched(desk, kind=Kind.ERASURE)
    with pytest.raises(Conflict, match="second person"):
        desk.do(desk.cusa, erasing.carry_out, **at(desk, request_id), keepings=rubbing_out(gone))
    for one in items(desk, request_id):
        decide(desk, one, decision=Decision.ERASE)
    agreed(desk, reviewed(desk, request_id))
    given: dict[str, Any] = {"how": How.EMAIL, "on": today(desk)}
    with pytest.raises(Conflict, match="Carry out"):
        desk.do(desk.cusa, answering.send, **at(desk, request_id), **given)
    done = desk.do(desk.cusa, erasing.carry_out, **at(desk, request_id), keepings=rubbing_out(gone))
    assert (done, gone) == ((Outcome.ERASED,), [message])
    assert found_kinds(desk, searched(desk)) == ["stub"]
    desk.do(desk.cusa, answering.send, **at(desk, request_id), **given)
    with pytest.raises(Conflict):
        made(desk, request_id)


def test_p_pol_3_a_hold_keeps_what_was_to_be_erased_and_that_it_did_is_recorded(
    desk: Desk,
) -> None:
    message = desk.arrive("hello")
    request_id = erasure(desk)
    ends = desk.now + timedelta(days=9)
    desk.do(SYSTEM, hold, subject_id=message, reason=HoldReason.POLICE, owner="test", until=ends)
    gone: list[str] = []
    given = {"keepings": rubbing_out(gone)}
    assert desk.do(desk.cusa, erasing.carry_out, **at(desk, request_id), **given) == (
        Outcome.HELD,
    )  # fmt: skip
    assert gone == []
    assert [one.outcome for one in items(desk, request_id)] == ["held"]
    assert "held" in desk.events("subject_erasure", message)[0].details
    desk.move(days=10)
    desk.do(desk.cusa, erasing.carry_out, **at(desk, request_id), **given)
    assert gone == [message]


def test_what_the_room_will_not_erase_yet_stays_and_says_so(desk: Desk) -> None:
    desk.arrive("hello")
    request_id = erasure(desk)
    keepings = rubbing_out([], answer=False)
    done = desk.do(desk.cusa, erasing.carry_out, **at(desk, request_id), keepings=keepings)
    assert done == (Outcome.NOT_ENDED,)
    done = desk.do(desk.cusa, erasing.carry_out, **at(desk, request_id), keepings=())
    assert done == (Outcome.NO_WAY,)


# -- the record, and the console


def test_p_con_2_the_record_holds_no_word_of_who_asks_or_what_is_found(desk: Desk) -> None:
    desk.arrive("[high] zanzibar")
    request_id, data = whole_way(desk, terms=["zanzibari@example.com"], asked_for="zanzibar mail")
    del data
    events = desk.events()
    told = [one for one in events if one.code.startswith("subject_")]
    assert {one.code for one in told} >= {
        "subject_registered", "subject_check_identity", "subject_search", "subject_item",
        "subject_review", "subject_second_agrees", "subject_file",
    }  # fmt: skip
    whole = " ".join(f"{one.code} {one.details}" for one in events).lower()
    assert "zanzibar" not in whole
    assert "pat" not in {word for one in told for word in one.details.lower().split('"')}
    [line] = desk.do(CONSOLE, log_of, request_id=request_id)
    assert (line.who, line.items) == ("Cusa", 1)


def test_whose_file_it_was_is_a_line_to_others_and_its_hash_to_who_made_it(desk: Desk) -> None:
    desk.arrive("hello")
    request_id, _ = whole_way(desk)
    assert seen(desk, request_id).disclosures[0].sha256
    assert seen(desk, request_id, desk.cole).disclosures[0].sha256 == ""


def test_the_console_gives_what_the_rules_give_and_nothing_that_tells_of_others(
    desk: Desk, tmp_path: Any
) -> None:
    to = ("cusa@charity.example.org", "cole@charity.example.org")
    desk.arrive("[low] to both custodians, and to Ana", recipients=to)
    request_id = searched(desk)
    assert items(desk, request_id) == []
    reviewed(desk, request_id)
    path = tmp_path / "x.zip"
    with path.open("w+b") as target, pytest.raises(Conflict, match="two people"):
        export_everywhere(desk.triage.runner, request_id=request_id, target=target)
    agreed(desk, request_id)
    with path.open("w+b") as target:
        digest, count = export_everywhere(desk.triage.runner, request_id=request_id, target=target)
    said = text_of(path.read_bytes())
    assert count == 1
    assert "to both custodians, and to [hidden]" in said
    assert desk.do(CONSOLE, log_of, request_id=request_id)[0].sha256 == digest


def test_a_double_click_enters_one_request(desk: Desk) -> None:
    token = new_id()
    assert asked(desk, token=token) == asked(desk, token=token)


def test_what_somebody_else_changed_meanwhile_is_said(desk: Desk) -> None:
    request_id = asked(desk)
    old = at(desk, request_id)
    known(desk, request_id, desk.cole)
    with pytest.raises(Conflict, match="Cole changed this"):
        desk.do(
            desk.cusa, registering.check_identity, **old, how=IdentityHow.DOCUMENT, note="x",
            on=today(desk),
        )  # fmt: skip


def test_p_sub_3_the_file_says_nothing_of_a_report_that_they_were_not_told_of(
    desk: Desk,
) -> None:
    staffed(desk)
    case_id = inquired(desk)
    desk.add("mia", Role.CUSTODIAN)
    join(desk, case_id, desk.mia)
    him = {"who": "Norbert Vale", "contact": "norbert@example.net"}
    desk.arrive("[low] my bins", from_address="norbert@example.net", from_name="Norbert Vale")
    request_id = searched(desk, by=desk.mia, **him)
    assert found_kinds(desk, request_id, desk.mia) == ["case", "message"]
    [case] = [one for one in items(desk, request_id, desk.mia) if one.kind == "case"]
    with pytest.raises(Invalid, match="not been told"):
        decide(desk, case, desk.mia)
    decide(desk, case, desk.mia, decision=Decision.WITHHOLD, ground=Ground.NOT_TOLD)
    assert [one.kind for one in shown(desk, request_id, desk.mia).pieces] == []
    notified(desk, case_id)
    join(desk, case_id, desk.mia)  # once more: a part was given meanwhile, to the second person
    decide(desk, case, desk.mia)
    assert [one.kind for one in shown(desk, request_id, desk.mia).pieces] == ["case"]

"""The police referral: who does what, what is kept, and what does not close without it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from support.desk import Desk, address
from support.referring import (
    act,
    answer,
    authorise,
    consider,
    mark,
    no,
    reference,
    row,
    see,
    staffed,
    state,
    steps,
    submit,
)

from triage.conduct.kinds import Disposition, Severity
from triage.core.access import CONSOLE, SYSTEM
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.holds import held
from triage.core.roles import Role
from triage.messages.rules import ConcernSettled
from triage.messages.service import children
from triage.referrals.rules import (
    AtRisk,
    Conclusion,
    Edge,
    LawfulBasis,
    Route,
    State,
    move,
)
from triage.referrals.service import considering, deciding, with_police
from triage.referrals.service.calling import Call, record_call
from triage.referrals.service.jobs import remind
from triage.staff.queries import person
from triage.staff.service import invite_guest, name_fallback

LATER = ("concluded", "withdrawn", "not_referred")
DESIGN = {
    ("considering", "decline", "not_referred"),
    ("considering", "authorise", "authorised"),
    ("authorised", "submit", "submitted"),
    ("submitted", "reference", "referenced"),
    ("referenced", "progress", "in_progress"),
    ("referenced", "conclude", "concluded"),
    ("in_progress", "conclude", "concluded"),
    *((one, "withdraw", "withdrawn") for one in ("submitted", "referenced", "in_progress")),
    *((one, "reopen", "considering") for one in LATER),
}
"""The lifecycle as it was designed (lifecycles.md, section 4), written down a second time."""
DEVIATIONS = {
    ("authorised", "take_back", "considering"): (
        "an authorisation that was given in error, or that nobody is there to hand over, would "
        "never come to an end"
    ),
    ("in_progress", "progress", "in_progress"): "each further thing the police ask is entered",
}
"""What was added to it, each with why."""


@pytest.mark.parametrize(("state", "edge"), list(product(State, Edge)))
def test_each_edge_leads_where_the_design_says_and_nowhere_else(state: State, edge: Edge) -> None:
    known = {*DESIGN, *DEVIATIONS}
    to = {one[2] for one in known if one[:2] == (state.value, edge.value)}
    if to:
        assert {move(state, edge).value} == to
    else:
        with pytest.raises(Conflict):
            move(state, edge)


def test_what_was_added_changes_nothing_of_the_design() -> None:
    assert not {one[:2] for one in DESIGN} & {one[:2] for one in DEVIATIONS}
    assert all(len(why.split()) > 4 for why in DEVIATIONS.values())


def test_only_in_danger_is_something_reported_that_nobody_authorised() -> None:
    assert move(State.CONSIDERING, Edge.SUBMIT, danger_now=True) is State.SUBMITTED


def settled(desk: Desk, message_id: str) -> str | None:
    return desk.row(message_id).concern_settled


def test_p_pol_1_a_marked_message_does_not_close_before_it_was_submitted(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive()
    made = mark(desk, desk.ana, message)
    with pytest.raises(Invalid):
        desk.decide(desk.ben, message, Disposition.THREATENING, severity=Severity.HIGH)
    authorise(desk, desk.dora, made)
    desk.open(desk.ben, message)
    desk.do(
        desk.ben, children.await_decision, message_id=message, version=desk.version(message),
        labels=[Disposition.THREATENING], severity=Severity.HIGH,
    )  # fmt: skip
    closing = {"message_id": message}
    with pytest.raises(Invalid):
        desk.do(desk.ben, children.close_actioned, version=desk.version(message), **closing)
    submit(desk, desk.hal, made)
    assert settled(desk, message) == ConcernSettled.SUBMITTED
    desk.do(desk.ben, children.close_actioned, version=desk.version(message), **closing)


def test_p_pol_1_two_people_record_why_not_and_one_is_not_enough(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive()
    made = mark(desk, desk.ana, message)
    answer(desk, desk.ana, made)
    assert not no(desk, desk.dora, made)
    assert (state(desk, made), settled(desk, message)) == (State.CONSIDERING, None)
    with pytest.raises(NotAllowed, match="You have said so"):
        no(desk, desk.dora, made)
    assert no(desk, desk.edda, made)
    assert state(desk, made) is State.NOT_REFERRED
    assert settled(desk, message) == ConcernSettled.NOT_REFERRED


def test_p_pol_1_who_put_it_forward_neither_declines_nor_authorises(desk: Desk) -> None:
    staffed(desk)
    made = mark(desk, desk.dora, desk.arrive())
    for part in (no, authorise):
        with pytest.raises(NotAllowed, match="You put this forward"):
            part(desk, desk.dora, made)


def test_p_pol_1_of_the_two_at_most_one_comes_from_outside(desk: Desk) -> None:
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive())
    answer(desk, desk.ana, made)
    outside = []
    for name in ("ona", "oli"):
        until = desk.now + timedelta(days=3)
        given = {"name": name.title(), "email": f"{name}@trustees.example.net"}
        person_id = desk.do(CONSOLE, invite_guest, matter_id=made, expires_at=until, **given)
        desk.do(CONSOLE, name_fallback, person_id=person_id)
        found = desk.read(person, person_id=person_id)
        outside.append(found.actor())
    assert not no(desk, outside[0], made)
    with pytest.raises(NotAllowed, match="One of the two is from the team"):
        no(desk, outside[1], made)
    assert no(desk, desk.dora, made)


def test_who_submits_is_a_third_person(desk: Desk) -> None:
    both = desk.add("bo", Role.DECIDER, Role.HANDLER)
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive())
    authorise(desk, both, made)
    with pytest.raises(NotAllowed, match="neither put it forward nor authorised"):
        submit(desk, both, made)
    submit(desk, desk.hal, made)
    assert [one.edge for one in steps(desk, made)] == ["consider", "authorise", "submit"]


def test_nobody_decides_on_what_they_have_not_read(desk: Desk) -> None:
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive())
    given = {"disclosed": "All.", "basis": LawfulBasis.CRIME}
    with pytest.raises(Invalid, match="Open the evidence"):
        act(desk, desk.dora, deciding.authorise, made, **given)
    with pytest.raises(Invalid, match="Open the evidence"):
        act(desk, desk.dora, deciding.say_no, made, reason="No.")


def test_reporter_data_stays_out_unless_it_is_said_why(desk: Desk) -> None:
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive())
    with pytest.raises(Invalid, match="reporter"):
        authorise(desk, desk.dora, made, reporter_data=True)
    authorise(desk, desk.dora, made)
    assert row(desk, made).reporter_data is False


def test_p_rec_2_a_recipient_has_no_part(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive(recipients=(address("dora"),))
    made = mark(desk, desk.ana, message)
    for part in (see, no, authorise):
        with pytest.raises(NotFound):
            part(desk, desk.dora, made)
    with pytest.raises(NotFound):
        consider(desk, desk.dora, message)


@pytest.mark.parametrize("path", ["declined", "concluded", "withdrawn"])
def test_no_path_ends_before_the_person_at_risk_was_thought_of(desk: Desk, path: str) -> None:
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive())
    if path == "declined":
        no(desk, desk.dora, made)
        see(desk, desk.edda, made)
        last = (desk.edda, deciding.say_no, {"reason": "No."})
    else:
        authorise(desk, desk.dora, made)
        submit(desk, desk.hal, made)
        reference(desk, desk.hal, made)
        last = (desk.dora, with_police.withdraw, {"reason": "They know."})
        if path == "concluded":
            given = {"conclusion": Conclusion.WARNING, "note": "By letter."}
            last = (desk.hal, with_police.conclude, given)
    who, command, given = last
    with pytest.raises(Invalid, match="person who may be at risk"):
        act(desk, who, command, made, **given)
    with pytest.raises(Invalid):
        act(desk, desk.ben, deciding.answer_at_risk, made, answer=AtRisk.UNKNOWN_PERSON)
    answer(desk, desk.ben, made)
    act(desk, who, command, made, **given)
    assert state(desk, made).value == {"declined": "not_referred"}.get(path, path)


def test_p_pol_3_everything_it_rests_on_is_held_from_the_first_thought_until_long_after(
    desk: Desk,
) -> None:
    staffed(desk)
    first, second = desk.arrive(), desk.arrive("[high] more", message_id="<2@example.org>")
    apart = desk.arrive("[high] else", from_address="other@example.org")

    def keeps() -> set[str]:
        with desk.triage.database.read() as session:
            return held(session, [first, second, apart, made], desk.now)

    made = consider(desk, desk.ana, first)
    assert keeps() == {first, made}
    assert mark(desk, desk.ben, second) == made, "the same sender's joins what is considered"
    assert keeps() == {first, second, made}
    answer(desk, desk.ana, made)
    no(desk, desk.dora, made)
    no(desk, desk.edda, made)
    days = desk.triage.settings.police_hold_days
    desk.move(days=days, seconds=-1)
    assert keeps() == {first, second, made}
    desk.move(seconds=2)
    assert keeps() == set()
    act(desk, desk.dora, deciding.reopen, made, reason="Another came.")
    assert keeps() == {first, second, made}


def test_p_pol_3_what_another_live_referral_rests_on_stays_held(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive()
    one, two = consider(desk, desk.ana, message), consider(desk, desk.ben, message)
    answer(desk, desk.ana, one)
    no(desk, desk.dora, one)
    no(desk, desk.edda, one)
    desk.move(days=4000)
    with desk.triage.database.read() as session:
        assert held(session, [message, one, two], desk.now) == {message, two}


def test_a_message_marked_later_is_not_settled_by_what_was_decided_without_it(desk: Desk) -> None:
    staffed(desk)
    first = mark(desk, desk.ana, desk.arrive())
    authorise(desk, desk.dora, first)
    submit(desk, desk.hal, first)
    later = desk.arrive("[high] more", message_id="<2@example.org>")
    second = mark(desk, desk.ana, later)
    assert second != first
    assert settled(desk, later) is None
    refused = desk.arrive("[high] yet more", message_id="<3@example.org>")
    no(desk, desk.dora, second)
    assert mark(desk, desk.ana, refused) not in {first, second}


def test_a_message_joins_nothing_that_its_recipient_had_put_forward(desk: Desk) -> None:
    first = mark(desk, desk.ana, desk.arrive())
    to_ana = desk.arrive("[high] you", message_id="<2@example.org>", recipients=(address("ana"),))
    assert mark(desk, desk.ben, to_ana) != first


def test_in_danger_the_call_comes_first_and_anybody_may_record_it(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive()
    made = mark(desk, desk.ana, message)
    call = Call(Route.EMERGENCY, desk.now, "The force here", "Read out.", reference="LOG 7")
    again = desk.do(desk.ben, record_call, message_ids=(message,), call=call, reason="Now.")
    assert again == made
    assert state(desk, made) is State.REFERENCED
    assert settled(desk, message) == ConcernSettled.SUBMITTED
    assert [one.edge for one in steps(desk, made)] == ["consider", "submit", "reference"]
    assert steps(desk, made)[1].details["late"] is False
    more = Call(Route.NON_EMERGENCY, desk.now, "The force here", "And this.")
    given = {"message_ids": (message,), "reason": "More."}
    assert desk.do(desk.ben, record_call, call=more, **given) == made
    assert len(desk.events("disclosed")) == 2
    assert row(desk, made).route == "999"
    desk.do(desk.ben, record_call, call=more, **given)
    assert len(desk.events("disclosed")) == 2, "a repeated request is one call"
    with pytest.raises(Invalid, match="Choose the messages"):
        desk.do(desk.ben, record_call, call=more, message_ids=(), reason="Nothing.")


def test_the_log_number_of_a_later_call_is_kept_and_asked_for_no_more(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive()
    made = mark(desk, desk.ana, message)
    given = {"message_ids": (message,), "reason": "Now."}
    first = Call(Route.EMERGENCY, desk.now, "The force here", "Read out.")
    desk.do(desk.ben, record_call, call=first, **given)
    assert state(desk, made) is State.SUBMITTED
    later = Call(Route.NON_EMERGENCY, desk.now, "The force here", "Again.", reference="LOG 8")
    desk.do(desk.ben, record_call, call=later, **given)
    assert (state(desk, made), row(desk, made).reference_kind) == (State.REFERENCED, "log")


def test_a_call_about_several_messages_leaves_none_of_them_out(desk: Desk) -> None:
    staffed(desk)
    one, two = desk.arrive(), desk.arrive("[high] more", message_id="<2@example.org>")
    made = mark(desk, desk.ana, one)
    call = Call(Route.EMERGENCY, desk.now, "The force here", "Both read out.")
    assert desk.do(desk.ben, record_call, message_ids=(one, two), call=call, reason="x") == made
    with desk.triage.database.read() as session:
        assert held(session, [one, two], desk.now) == {one, two}


@pytest.mark.parametrize("by", ["a mark", "a call"])
def test_who_was_told_is_asked_anew_once_another_message_joins(desk: Desk, by: str) -> None:
    staffed(desk)
    one, two = desk.arrive(), desk.arrive("[high] more", message_id="<2@example.org>")
    made = mark(desk, desk.ana, one)
    answer(desk, desk.ben, made)
    assert mark(desk, desk.ben, one) == made
    assert row(desk, made).at_risk == AtRisk.TOLD, "the same message once more is nothing new"
    if by == "a mark":
        assert mark(desk, desk.ben, two) == made
        no(desk, desk.dora, made)
        see(desk, desk.edda, made)
        last = (desk.edda, deciding.say_no, {"reason": "No."})
    else:
        call = Call(Route.EMERGENCY, desk.now, "The force here", "Both.", reference="LOG 7")
        desk.do(desk.ben, record_call, message_ids=(one, two), call=call, reason="x")
        given = {"conclusion": Conclusion.WARNING, "note": "By letter."}
        last = (desk.hal, with_police.conclude, given)
    assert (row(desk, made).at_risk, row(desk, made).at_risk_by) == (None, None)
    assert len(desk.events("at_risk_asked_anew", made)) == 1
    who, command, given = last
    with pytest.raises(Invalid, match="person who may be at risk"):
        act(desk, who, command, made, **given)
    answer(desk, desk.ben, made)
    act(desk, who, command, made, **given)


def test_an_authorisation_in_error_is_taken_back_and_decided_anew(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive()
    made = mark(desk, desk.ana, message)
    authorise(desk, desk.dora, made)
    with pytest.raises(NotAllowed):
        act(desk, desk.hal, deciding.take_back, made, reason="Not mine to take back.")
    act(desk, desk.dora, deciding.take_back, made, reason="The wrong person.")
    assert (state(desk, made), row(desk, made).authorised_by) == (State.CONSIDERING, None)
    assert settled(desk, message) is None
    authorise(desk, desk.edda, made)


def test_a_way_of_another_kind_is_one_that_the_deployer_listed(
    make_desk: Callable[..., Desk],
) -> None:
    desk = staffed(make_desk(police_routes=("Our local desk",), police_hold_days=10))
    made = mark(desk, desk.ana, desk.arrive())
    authorise(desk, desk.dora, made)
    with pytest.raises(Invalid, match="ways that are listed"):
        submit(desk, desk.hal, made, route=Route.OTHER, other_route="A friend")
    submit(desk, desk.hal, made, route=Route.OTHER, other_route="Our local desk")


def test_taken_up_again_everything_is_asked_anew(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive()
    made = mark(desk, desk.ana, message)
    answer(desk, desk.ana, made)
    no(desk, desk.dora, made)
    no(desk, desk.edda, made)
    act(desk, desk.dora, deciding.reopen, made, reason="Another came.")
    assert (settled(desk, message), row(desk, made).at_risk) == (None, None)
    with pytest.raises(NotAllowed, match="You put this forward"):
        authorise(desk, desk.dora, made)
    assert not no(desk, desk.edda, made), "the old words count for nothing now"


def test_p_pol_2_what_is_late_is_said_to_who_may_do_it(desk: Desk) -> None:
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive())
    assert remind(desk.triage.runner, desk.now) == 0
    desk.move(days=1)
    assert remind(desk.triage.runner, desk.now) == 1
    authorise(desk, desk.dora, made)
    submit(desk, desk.hal, made)
    assert remind(desk.triage.runner, desk.now) == 0
    desk.move(days=10)
    assert remind(desk.triage.runner, desk.now) == 1


def test_the_system_neither_refers_nor_declines(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive()
    made = mark(desk, desk.ana, message)
    version = row(desk, made).version
    given = {"referral_id": made, "version": version}
    for command, more in (
        (considering.consider, {"message_ids": (message,), "reason": "x"}),
        (deciding.say_no, {"reason": "x", **given}),
        (deciding.authorise, {"disclosed": "x", "basis": LawfulBasis.CRIME, **given}),
        (with_police.submit,
         {"route": Route.ONLINE, "force": "x", "at": desk.now, **given}),
        (with_police.withdraw, {"reason": "x", **given}),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            desk.do(SYSTEM, command, **more)
    desk.move(days=400)
    remind(desk.triage.runner, desk.now)
    assert state(desk, made) is State.CONSIDERING


def test_a_double_click_is_one_act(desk: Desk) -> None:
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive())
    see(desk, desk.dora, made)
    given = {
        "referral_id": made, "version": row(desk, made).version, "disclosed": "All.",
        "basis": LawfulBasis.CRIME, "token": "once",
    }  # fmt: skip
    for _ in range(2):
        desk.do(desk.dora, deciding.authorise, **given)
    assert [one.edge for one in steps(desk, made)] == ["consider", "authorise"]
    with pytest.raises(Conflict, match="Dora authorised this in the meantime"):
        desk.do(desk.hal, with_police.submit, referral_id=made, version=given["version"],
                route=Route.ONLINE, force="x", at=desk.now)  # fmt: skip


def test_a_second_disclosure_from_a_stale_screen_is_refused(desk: Desk) -> None:
    staffed(desk)
    made = mark(desk, desk.ana, desk.arrive())
    authorise(desk, desk.dora, made)
    submit(desk, desk.hal, made)
    given = {
        "referral_id": made, "version": row(desk, made).version, "at": desk.now,
        "to_whom": "An officer", "what": "A copy.", "basis": LawfulBasis.CRIME,
    }  # fmt: skip
    desk.do(desk.hal, with_police.disclose, **given)
    with pytest.raises(Conflict):
        desk.do(desk.hal, with_police.disclose, **given)


def test_a_further_thought_does_not_open_again_what_was_reported(desk: Desk) -> None:
    staffed(desk)
    message = desk.arrive()
    made = mark(desk, desk.ana, message)
    authorise(desk, desk.dora, made)
    submit(desk, desk.hal, made)
    consider(desk, desk.ana, message)
    assert settled(desk, message) == ConcernSettled.SUBMITTED

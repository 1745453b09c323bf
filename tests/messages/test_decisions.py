from functools import partial

import pytest
from support.desk import Desk

from triage.conduct.clauses import POLICY_VERSION
from triage.conduct.kinds import Disposition, RoutedTo, Severity
from triage.core.access import SYSTEM
from triage.core.errors import Conflict, Invalid
from triage.messages.rules import TERMINAL, Edge, State
from triage.messages.service import review
from triage.messages.service.flags import flag
from triage.messages.service.stepping import load, step

THREAT, INSULT = Disposition.THREATENING, Disposition.AGGRESSIVE


def test_p_msg_2_none_of_the_four_closes_with_no_action(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message)
    row = desk.row(message)
    assert (row.state, row.dispositions, row.severity) == ("no_action", [], None)
    assert (row.decided_by, row.decided_at) == (desk.ana.person_id, desk.now)


def test_p_msg_2_any_of_the_four_is_noted_with_its_severity(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message, INSULT, THREAT, severity=Severity.HIGH)
    row = desk.row(message)
    assert (row.state, row.dispositions) == ("noted", ["threatening", "aggressive"])
    assert row.severity == "high"


def test_what_is_noted_needs_a_severity(desk: Desk) -> None:
    message = desk.arrive()
    with pytest.raises(Invalid) as caught:
        desk.decide(desk.ana, message, THREAT)
    assert caught.value.field == "severity"
    assert desk.state(message) is State.CLAIMED


@pytest.mark.parametrize("way", ["decide", "route"])
def test_nothing_is_closed_that_its_reviewer_has_not_uncovered(desk: Desk, way: str) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message)
    given = {"message_id": message, "version": version}
    closing = {
        "decide": partial(review.decide, labels=[], severity=None, **given),
        "route": partial(review.route, to=RoutedTo.SPAM, **given),
    }
    with pytest.raises(Invalid) as caught:
        desk.triage.runner.run(desk.ana, closing[way])
    assert caught.value.field == "text"
    desk.uncover(desk.ana, message)
    desk.triage.runner.run(desk.ana, closing[way])
    assert desk.state(message) in TERMINAL


def test_p_sco_2_every_step_carries_actor_time_version_and_policy(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message)
    desk.do(
        desk.ana,
        review.decide,
        message_id=message,
        version=version,
        labels=[THREAT],
        severity=Severity.LOW,
        note=" said twice ",
    )
    last = desk.steps(message)[-1]
    assert (last.edge, last.from_state, last.to_state) == ("decide", "claimed", "noted")
    assert (last.actor_id, last.at, desk.reason(last)) == (
        desk.ana.person_id,
        desk.now,
        "said twice",
    )
    assert (last.based_on, last.policy_version) == (version, POLICY_VERSION)
    assert [one.sequence for one in desk.steps(message)] == [1, 2, 3]


def test_a_decision_is_an_event_without_the_reviewers_words(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message)
    desk.do(
        desk.ana,
        review.decide,
        message_id=message,
        version=version,
        labels=[],
        severity=None,
        note="a private word",
    )
    (event,) = desk.events("decide", message)
    assert "private" not in event.details
    assert event.actor_id == desk.ana.person_id


@pytest.mark.parametrize("command", ["decide", "route", "second_look"])
def test_what_was_on_screen_for_under_a_second_is_not_decided(desk: Desk, command: str) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message, look=0.999)
    acts = {
        "decide": (review.decide, {"labels": [], "severity": None}),
        "route": (review.route, {"to": RoutedTo.SPAM}),
        "second_look": (review.ask_second_look, {"note": "x"}),
    }
    act, given = acts[command]
    with pytest.raises(Conflict, match="only just opened"):
        desk.do(desk.ana, act, message_id=message, version=version, **given)
    desk.move(seconds=0.001)
    desk.do(desk.ana, act, message_id=message, version=version, **given)
    assert desk.state(message) is not State.CLAIMED


def test_a_double_click_is_one_decision(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message)
    given = {"message_id": message, "version": version, "token": "click-1"}
    for _ in range(2):
        desk.do(desk.ana, review.decide, labels=[], severity=None, **given)
    assert desk.edges(message) == ["queue", "claim", "decide"]
    assert len(desk.events("decide")) == 1


def test_a_stale_screen_decides_nothing(desk: Desk) -> None:
    message = desk.arrive()
    old = desk.open(desk.ana, message)
    desk.open(desk.ana, message)
    with pytest.raises(Conflict):
        desk.do(desk.ana, review.decide, message_id=message, version=old, labels=[], severity=None)


def test_p_rte_2_what_is_no_matter_of_conduct_is_passed_on(desk: Desk) -> None:
    for to in RoutedTo:
        message = desk.arrive()
        version = desk.open(desk.ana, message)
        for _ in range(2):
            desk.do(
                desk.ana, review.route, message_id=message, version=version, to=to, token=f"t{to}"
            )
        assert desk.state(message) is State.ROUTED
        assert desk.steps(message)[-1].details["routed_to"] == to.value
        assert desk.row(message).decided_by == desk.ana.person_id


def test_undo_takes_back_ones_own_decision_to_where_it_was(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message, THREAT, severity=Severity.LOW)
    desk.move(minutes=10)
    desk.do(desk.ana, review.undo, message_id=message)
    row = desk.row(message)
    assert (row.state, row.claimed_by) == ("claimed", desk.ana.person_id)
    assert (row.dispositions, row.severity, row.decided_by, row.decided_at) == (None,) * 4
    assert desk.edges(message) == ["queue", "claim", "decide", "undo"]
    assert len(desk.events("decide", message)) == len(desk.events("undo", message)) == 1


def test_undo_ends_after_ten_minutes(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message)
    desk.move(minutes=10, seconds=1)
    with pytest.raises(Conflict, match="10 minutes"):
        desk.do(desk.ana, review.undo, message_id=message)


def test_nobody_undoes_what_another_decided(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message)
    with pytest.raises(Conflict, match="Ana decided"):
        desk.do(desk.ben, review.undo, message_id=message)


def test_nothing_is_undone_once_it_was_reopened(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message)
    reopen(desk, "ben", message)
    with pytest.raises(Conflict, match="Ben reopened"):
        desk.do(desk.ana, review.undo, message_id=message)
    desk.decide(desk.ben, message)
    with pytest.raises(Conflict, match="Ben decided"):
        desk.do(desk.ana, review.undo, message_id=message)


def test_what_was_not_closed_is_not_undone(desk: Desk) -> None:
    message = desk.arrive()
    desk.open(desk.ana, message)
    with pytest.raises(Conflict):
        desk.do(desk.ana, review.undo, message_id=message)
    desk.decide(desk.ana, message)
    desk.do(desk.ana, review.undo, message_id=message)
    with pytest.raises(Conflict):
        desk.do(desk.ana, review.undo, message_id=message)


def test_after_an_undo_it_is_decided_again_not_faster_than_anything_else(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message)
    desk.do(desk.ana, review.undo, message_id=message)
    given = {"message_id": message, "labels": [THREAT], "severity": Severity.LOW}
    with pytest.raises(Conflict, match="only just opened"):
        desk.do(desk.ana, review.decide, version=desk.version(message), **given)
    desk.move(seconds=2)
    desk.do(desk.ana, review.decide, version=desk.version(message), **given)
    assert desk.state(message) is State.NOTED


def reopen(desk: Desk, name: str, message: str, *, new: bool = False, reason: str = "odd") -> None:
    desk.do(
        desk.people[name],
        review.reopen,
        message_id=message,
        version=desk.version(message),
        reason=reason,
        new_evidence=new,
    )


def test_another_person_reopens_with_a_reason(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message, THREAT, severity=Severity.LOW)
    with pytest.raises(Invalid) as caught:
        reopen(desk, "ben", message, reason="  ")
    assert caught.value.field == "reason"
    reopen(desk, "ben", message)
    row = desk.row(message)
    assert (row.state, row.dispositions, row.decided_by) == ("queued", None, None)
    last = desk.steps(message)[-1]
    assert (desk.reason(last), last.details) == ("odd", {"new_evidence": False})


def test_who_decided_reopens_only_on_something_new(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message)
    with pytest.raises(Invalid) as caught:
        reopen(desk, "ana", message)
    assert caught.value.field == "new_evidence"
    reopen(desk, "ana", message, new=True)
    assert desk.state(message) is State.QUEUED


def test_what_is_open_is_not_reopened(desk: Desk) -> None:
    message = desk.arrive()
    with pytest.raises(Conflict):
        reopen(desk, "ana", message, new=True)
    with pytest.raises(Conflict):
        reopen(desk, "ana", desk.arrive("nothing"), new=True)


def test_p_msg_3_the_system_closes_nothing_even_if_it_is_asked_to(desk: Desk) -> None:
    message = desk.arrive()
    desk.open(desk.ana, message)
    for edge, to in (
        (Edge.DECIDE, State.NO_ACTION),
        (Edge.DECIDE, State.NOTED),
        (Edge.ROUTE, State.ROUTED),
        (Edge.ASK_SECOND_LOOK, State.SECOND_LOOK),
    ):
        with pytest.raises(Conflict, match="system may not"):
            desk.do(
                SYSTEM,
                lambda tx, edge=edge, to=to: step(tx, load(tx, message), edge, to, by=SYSTEM),
            )
    assert desk.state(message) is State.CLAIMED


def test_order_is_kept_by_number_when_the_clock_goes_back(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message)
    desk.move(hours=-5)
    with pytest.raises(Conflict, match="0 seconds ago"):
        desk.do(desk.ben, review.open_message, message_id=message)
    reopen(desk, "ben", message)
    assert desk.edges(message) == ["queue", "claim", "decide", "reopen"]
    assert desk.chain()


def test_a_closed_message_is_flagged_again_by_a_reviewer_and_by_nobody_else(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message)
    desk.do(desk.ben, flag, message_id=message, note="look again")
    assert desk.state(message) is State.QUEUED
    assert desk.edges(message)[-1] == "reopen"

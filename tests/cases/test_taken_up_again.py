"""A case whose end is taken back: the messages that are evidence in it wait for it again, in the
same transaction (lifecycles.md, sections 1 and 2, and rule 5)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.cases import begun, came_in, give, staffed, state, take
from support.desk import Desk
from support.verdicts import act, close, decided, does

from triage.cases.inquiry.service import evidence
from triage.cases.rules import OPEN, Finding
from triage.cases.service import handling
from triage.cases.verdict.rules import ActionKind
from triage.conduct.kinds import Disposition, Severity
from triage.core.errors import Invalid, NotAllowed
from triage.core.roles import Role
from triage.messages.rules import State as MessageState
from triage.messages.service.children import close_actioned
from triage.staff.processes import Part


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports, one of whom reviews messages too."""
    staffed(desk).add("rhea", Role.REVIEWER, Role.HANDLER, Role.INVESTIGATOR)
    return desk


def linked(desk: Desk, case_id: str) -> str:
    """A message that Rhea, who has a part in the case, links to it."""
    message_id = desk.arrive("[high] I will wait by the door")
    version = desk.open(desk.rhea, message_id)
    desk.uncover(desk.rhea, message_id)
    desk.do(
        desk.rhea, evidence.add_message,
        case_id=case_id, title="A message", message_id=message_id, message_version=version,
        labels=(Disposition.THREATENING,), severity=Severity.HIGH,
    )  # fmt: skip
    return message_id


def told(desk: Desk, message_id: str) -> list[str]:
    """What the message was told of its case, oldest first, as the record has it."""
    return [json.loads(one.details)["state"] for one in desk.events("child_told", message_id)]


def closes(desk: Desk, message_id: str) -> None:
    version = desk.version(message_id)
    desk.do(desk.rhea, close_actioned, message_id=message_id, version=version)


def passed_on(desk: Desk) -> tuple[str, str]:
    """A case that Rhea took and passed on to a service, with a message in it."""
    case_id = take(desk, came_in(desk), desk.rhea)
    message_id = linked(desk, case_id)
    does(desk, desk.rhea, handling.route_out, case_id, service="wdtk", reason="theirs")
    return case_id, message_id


def closed(desk: Desk) -> tuple[str, str]:
    """A case that was decided and closed, with a message in it."""
    case_id = begun(desk)
    give(desk, case_id, Part.INVESTIGATOR, desk.rhea)
    message_id = linked(desk, case_id)
    decided(desk, case_id, Finding.NOT_UPHELD, (ActionKind.NONE,))
    act(desk, case_id)
    close(desk, case_id)
    return case_id, message_id


NEW = {"reason": "A letter came.", "new_evidence": True}
WAYS: dict[str, tuple[Callable[[Desk], tuple[str, str]], str, Callable[..., Any], dict[str, Any]]]
WAYS = {
    "taken up again": (passed_on, "rhea", handling.reopen, NEW),
    "undone": (passed_on, "rhea", handling.undo, {}),
    "closed and taken up again": (closed, "dee", handling.reopen, NEW),
    "closed and undone": (closed, "hal", handling.undo, {}),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_message_waits_again_for_the_case_whose_end_was_taken_back(cases: Desk, way: str) -> None:
    make, who, command, given = WAYS[way]
    case_id, message_id = make(cases)
    assert told(cases, message_id) == ["done"]
    does(cases, getattr(cases, who), command, case_id, **given)
    assert state(cases, case_id) in OPEN
    assert told(cases, message_id) == ["done", "open"]
    before = cases.events(f"case_{'undo' if command is handling.undo else 'reopen'}", case_id)[-1]
    assert cases.events("child_told", message_id)[-1].link == before.link, "one transaction"
    with pytest.raises(Invalid, match="still open"):
        closes(cases, message_id)
    assert cases.state(message_id) is MessageState.LINKED_TO_CASE


def test_ended_a_second_time_the_case_lets_its_message_close(cases: Desk) -> None:
    case_id, message_id = passed_on(cases)
    does(cases, cases.rhea, handling.undo, case_id)
    does(cases, cases.rhea, handling.route_out, case_id, service="wdtk", reason="theirs")
    closes(cases, message_id)
    assert cases.state(message_id) is MessageState.ACTIONED_CLOSED


def test_a_message_that_is_closed_stays_closed_and_says_that_its_case_goes_on(cases: Desk) -> None:
    case_id, message_id = passed_on(cases)
    closes(cases, message_id)
    does(cases, cases.rhea, handling.reopen, case_id, **NEW)
    assert cases.state(message_id) is MessageState.ACTIONED_CLOSED
    assert told(cases, message_id) == ["done", "open"]


def test_rule_5_where_the_case_is_not_taken_up_the_message_is_told_nothing(cases: Desk) -> None:
    case_id, message_id = passed_on(cases)
    with pytest.raises(NotAllowed):
        does(cases, cases.rhea, handling.reopen, case_id, reason="I was wrong.")
    assert told(cases, message_id) == ["done"]

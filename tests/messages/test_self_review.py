"""Rule 2: alone for four working hours, a recipient may ask for a second look, and no more."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from support.desk import Desk, address
from support.mail import START

from triage.conduct.kinds import Disposition, Severity
from triage.core.access import CONSOLE, Actor
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.roles import Role
from triage.messages.queries.history import history
from triage.messages.queries.queue import queue_page
from triage.messages.rules import State, Step
from triage.messages.service import recipient, review
from triage.messages.service.self_review import may_self_review, self_review
from triage.staff.service.duty import add_absence, add_shift

OTHERS = ("ben", "cleo", "dora")
"""START is a Monday, 09:00: four working hours end at 13:00."""


def away(desk: Desk, *names: str, hours: float = 24, starts: datetime = START) -> None:
    for name in names:
        ends = starts + timedelta(hours=hours)
        who = desk.people[name].person_id
        desk.do(CONSOLE, add_absence, person_id=who, starts=starts, ends=ends)


def on_rota(desk: Desk, name: str, starts: float, ends: float) -> None:
    desk.do(
        CONSOLE,
        add_shift,
        person_id=desk.people[name].person_id,
        starts=START + timedelta(hours=starts),
        ends=START + timedelta(hours=ends),
    )


def hers(desk: Desk, text: str = "[medium] words", name: str = "ana") -> str:
    """A message that was sent to ana, who has uncovered it and looked at it."""
    message_id = desk.arrive(text, recipients=(address(name),))
    desk.do(desk.people[name], recipient.reveal_mine, message_id=message_id, step=Step.FULL)
    desk.move(seconds=5)
    return message_id


def ask(desk: Desk, message_id: str, who: Actor | None = None, **given: Any) -> None:
    wanted: dict[str, Any] = {
        "labels": [Disposition.THREATENING],
        "severity": Severity.HIGH,
        "note": "please look",
    }
    desk.do(who or desk.ana, self_review, message_id=message_id, **(wanted | given))


def may(desk: Desk, message_id: str, name: str = "ana") -> bool:
    return desk.read(
        may_self_review,
        viewer=desk.people[name],
        message_id=message_id,
        now=desk.now,
        settings=desk.triage.settings,
    )


def test_alone_she_asks_for_a_second_look_marked_as_her_own_and_nothing_stands(
    desk: Desk,
) -> None:
    away(desk, *OTHERS)
    message_id = hers(desk)
    assert may(desk, message_id)
    ask(desk, message_id)
    message = desk.row(message_id)
    assert State(message.state) is State.SECOND_LOOK
    assert (message.dispositions, message.severity, message.decided_by) == (None, None, None)
    assert (message.claimed_by, message.second_look_by) == (None, desk.ana.person_id)
    assert desk.edges(message_id) == ["queue", "claim", "ask_second_look"]
    marked = [one.details.get("self_review") for one in desk.steps(message_id)]
    assert marked == [None, True, True]
    assert desk.steps(message_id)[-1].details["labels"] == ["threatening"]
    (event,) = desk.events("self_review", message_id)
    assert event.actor_id == desk.ana.person_id
    entries = desk.read(history, viewer=desk.ben, message_id=message_id)
    assert ("Ana", "please look") in {(one.who, one.text) for one in entries}


def test_after_it_she_still_sees_and_takes_nothing_and_somebody_else_decides(desk: Desk) -> None:
    away(desk, *OTHERS)
    message_id = hers(desk)
    ask(desk, message_id)
    assert desk.read(queue_page, viewer=desk.ana, now=desk.now).rows == ()
    for command in (review.open_message, review.undo):
        with pytest.raises(NotFound):
            desk.do(desk.ana, command, message_id=message_id)
    with pytest.raises(Conflict):
        ask(desk, message_id)
    desk.decide(desk.ben, message_id, Disposition.THREATENING, severity=Severity.LOW)
    assert desk.row(message_id).decided_by == desk.ben.person_id


@pytest.mark.parametrize("there", OTHERS)
def test_with_another_reviewer_on_the_rota_it_is_refused_and_nothing_changes(
    desk: Desk, there: str
) -> None:
    away(desk, *(one for one in OTHERS if one != there))
    message_id = hers(desk)
    before = desk.version(message_id)
    assert not may(desk, message_id)
    with pytest.raises(NotAllowed, match="on the rota"):
        ask(desk, message_id)
    assert (desk.version(message_id), desk.edges(message_id)) == (before, ["queue"])


@pytest.mark.parametrize(
    ("shift", "possible"),
    [
        ((-2, 0), True),  # over, when she asks
        ((-2, 0.1), False),
        ((3.9, 8), False),  # comes within four working hours
        ((4.1, 8), True),
    ],
)
def test_the_four_working_hours_are_counted_from_now_by_the_rota(
    desk: Desk, shift: tuple[float, float], possible: bool
) -> None:
    on_rota(desk, "ben", *shift)
    message_id = hers(desk)
    assert may(desk, message_id) is possible


def test_over_a_night_the_hours_that_count_are_those_of_the_next_working_day(
    desk: Desk,
) -> None:
    on_rota(desk, "ben", 24 + 2, 24 + 8)  # Tuesday from 11:00
    message_id = hers(desk)
    desk.move(hours=7)  # Monday 16:00: an hour today, three tomorrow
    assert not may(desk, message_id)
    desk.move(hours=-2.9)  # about 13:05: nearly four today, and it ends at 09:05
    assert may(desk, message_id)


def test_an_absence_takes_a_shift_away_and_a_shift_of_no_reviewer_does_not_count(
    desk: Desk,
) -> None:
    on_rota(desk, "ben", 0, 8)
    desk.add("ona", Role.ON_DUTY)
    on_rota(desk, "ona", 0, 8)
    message_id = hers(desk)
    assert not may(desk, message_id)
    away(desk, "ben")
    assert may(desk, message_id)


def test_where_no_rota_is_kept_whoever_is_not_away_counts_as_there(desk: Desk) -> None:
    message_id = hers(desk)
    assert not may(desk, message_id)
    away(desk, "ben", "cleo")
    away(desk, "dora", hours=3)  # back before the four hours are over
    assert not may(desk, message_id)


def test_a_colleague_who_is_excluded_from_it_too_is_not_waited_for(desk: Desk) -> None:
    away(desk, "ben", "cleo")
    message_id = hers(desk)
    assert not may(desk, message_id)
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=message_id,
            person_id=desk.dora.person_id,
            kind=ExclusionKind.RECIPIENT,
            at=desk.now,
        )
    )
    assert may(desk, message_id)


def test_it_is_for_reviewers_alone(desk: Desk) -> None:
    away(desk, *OTHERS, "ana")
    message_id = hers(desk, name="kit")
    assert not may(desk, message_id, "kit")
    with pytest.raises(NotAllowed):
        ask(desk, message_id, desk.kit)


def test_it_is_for_who_got_the_message_alone(desk: Desk) -> None:
    away(desk, *OTHERS)
    message_id = hers(desk)
    with pytest.raises(NotFound):
        ask(desk, message_id, desk.ben)
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=message_id,
            person_id=desk.ana.person_id,
            kind=ExclusionKind.SUBJECT,
            at=desk.now,
        )
    )
    with pytest.raises(NotFound):
        ask(desk, message_id)


def test_nothing_is_asked_about_what_she_has_not_uncovered_and_looked_at(desk: Desk) -> None:
    away(desk, *OTHERS)
    message_id = desk.arrive(recipients=(address("ana"),))
    with pytest.raises(Invalid, match="Uncover"):
        ask(desk, message_id)
    desk.do(desk.ana, recipient.reveal_mine, message_id=message_id, step=Step.MASKED)
    with pytest.raises(Invalid):
        ask(desk, message_id)
    desk.move(seconds=1)
    with pytest.raises(Invalid, match="few words"):
        ask(desk, message_id, note=" ")
    ask(desk, message_id)


def test_what_a_colleague_holds_or_has_closed_is_left_to_them(desk: Desk) -> None:
    away(desk, *OTHERS)
    message_id = hers(desk)
    desk.open(desk.ben, message_id)
    with pytest.raises(Conflict):
        ask(desk, message_id)
    desk.decide(desk.ben, message_id)
    with pytest.raises(Conflict):
        ask(desk, message_id)


def test_a_double_press_is_one_question(desk: Desk) -> None:
    away(desk, *OTHERS)
    message_id = hers(desk)
    for _ in range(2):
        ask(desk, message_id, token="T" * 26)
    assert desk.edges(message_id).count("ask_second_look") == 1

"""The clock steps by hours and days, back and forth, while people are at work.

What happened stays in the order in which it happened; nobody is kept from anything, and no alarm
and no mail waits, until a clock that was wrong has become right.
"""

import random
from datetime import timedelta
from typing import Any

import pytest
from support import cases
from support.desk import Desk, address
from support.invariants import check_all
from support.proving import proving, size
from support.working import Worker, staff

from dashboard import words
from triage.alarms.rules import People, Reach, Ready, due
from triage.alarms.rules import Step as AlarmStep
from triage.alarms.service.job import _paces, run_alarms
from triage.alarms.tables import AlarmStep as AlarmRow
from triage.app import jobs
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.errors import Conflict
from triage.core.jobs import overview, run_due
from triage.messages.rules import State
from triage.messages.service import review
from triage.messages.service.jobs import settle_claims
from triage.messages.service.stepping import ago
from triage.notify.rules import Kind
from triage.notify.service import _take, queue_mail
from triage.staff.sessions.rules import Why, over

STEPS = size("STEPS", 6)
SPANS = (-72, -24, -5, -1, -0.05, 0.05, 1, 5, 24, 72)


def test_whatever_the_clock_does_in_mid_work_everything_holds(desk: Desk) -> None:
    staff(desk)
    chance = random.Random(3)
    told: set[tuple[str, str]] = set()
    worker = Worker(desk, chance, lambda table, one: told.add((table, one)))
    with proving("clock steps in mid-work", desk.triage.settings.url) as proof:
        for _ in range(STEPS):
            desk.move(hours=chance.choice(SPANS))
            for _ in range(8):
                worker.act()
                desk.move(seconds=chance.choice([0, 1, 30, 300]))
            check_all(desk.triage, told)
            proof.ran()
        proof.note = f"{len(told)} acknowledged"


def test_a_claim_that_a_wrong_clock_gave_locks_nobody_out_for_days(desk: Desk) -> None:
    message = desk.arrive("[medium] words")
    desk.move(days=2)
    desk.open(desk.ben, message)
    desk.move(days=-2)
    with pytest.raises(Conflict, match="Ben has this message open"):
        desk.do(desk.ana, review.open_message, message_id=message)
    assert settle_claims(desk.triage.runner, desk.now) == 1
    desk.move(minutes=desk.triage.settings.claim_minutes + 1)
    desk.do(desk.ana, review.open_message, message_id=message)
    assert desk.row(message).claimed_by == desk.ana.person_id
    check_all(desk.triage)


@pytest.mark.parametrize("back", [0.05, 2.0, 50.0], ids=str)
def test_who_holds_a_message_when_the_clock_steps_back_can_still_decide(
    desk: Desk, back: float
) -> None:
    message = desk.arrive("[medium] words")
    desk.open(desk.ben, message)
    desk.move(hours=-back)
    desk.do(desk.ben, review.open_message, message_id=message)
    desk.uncover(desk.ben, message)
    desk.move(seconds=5)
    version = desk.version(message)
    given: Any = {"labels": [Disposition.OFFENSIVE], "severity": Severity.LOW}
    desk.do(desk.ben, review.decide, message_id=message, version=version, **given)
    assert desk.state(message) is State.NOTED
    check_all(desk.triage)


def test_an_alarm_goes_on_though_a_wrong_clock_took_its_last_step(desk: Desk) -> None:
    cases.outside(desk)  # nobody is on duty: the fallback is alerted, again and again
    desk.arrive("[high] words")
    desk.move(days=2)
    run_alarms(desk.triage.runner, desk.now)
    taken = desk.count(AlarmRow)
    assert taken == 1
    desk.move(days=-2, minutes=1)
    run_alarms(desk.triage.runner, desk.now)
    assert desk.count(AlarmRow) == taken + 1
    run_alarms(desk.triage.runner, desk.now)
    assert desk.count(AlarmRow) == taken + 1


def test_an_alarm_that_a_wrong_clock_raised_is_due_at_once(desk: Desk) -> None:
    people = People((Ready("one", desk.now),), (), frozenset())
    pace = next(iter(_paces(desk.triage.settings).values()))
    later = desk.now + timedelta(days=2)
    assert due(later, [], people, pace, desk.now) is not None
    step = AlarmStep(later, "one", Reach.ON_DUTY, 1)
    assert due(desk.now, [step], people, pace, desk.now) is not None
    near = AlarmStep(desk.now + timedelta(minutes=1), "one", Reach.ON_DUTY, 1)
    assert due(desk.now, [near], people, pace, desk.now) is None


def test_a_mail_that_a_wrong_clock_put_into_the_outbox_goes(desk: Desk) -> None:
    desk.move(days=2)
    given: Any = {"kind": Kind.ALARM, "dedupe_key": "one", "address": address("ben")}
    desk.do(SYSTEM, queue_mail, **given)
    desk.move(days=-2)

    def take(tx: Tx) -> Any:
        return _take(tx, now=tx.now, sender="desk@charity.example.org")

    assert desk.do(SYSTEM, take) is not None
    assert desk.do(SYSTEM, take) is None  # it is being sent


def test_jobs_that_stopped_are_red_though_a_wrong_clock_ran_them_in_the_future(desk: Desk) -> None:
    run_due(desk.triage.runner, jobs(), desk.now)
    desk.move(days=2)
    run_due(desk.triage.runner, jobs(), desk.now)
    desk.move(days=-1)
    with desk.triage.database.read() as session:
        found = {one.name: one.red for one in overview(session, desk.now, jobs())}
    assert found["alarms"]
    run_due(desk.triage.runner, jobs(), desk.now)
    with desk.triage.database.read() as session:
        assert not {one.name for one in overview(session, desk.now, jobs()) if one.red}


def test_a_session_of_the_future_is_over_and_one_a_little_ahead_is_not(desk: Desk) -> None:
    given: Any = {"ended": False, "active": True}
    ahead = desk.now + timedelta(days=1)
    soon = desk.now + timedelta(hours=1)
    assert over(desk.now, last_seen_at=ahead, expires_at=soon, **given) is Why.IDLE
    assert over(desk.now, last_seen_at=desk.now, expires_at=ahead, **given) is Why.TOO_OLD
    little = desk.now + timedelta(minutes=1)
    assert over(desk.now, last_seen_at=little, expires_at=soon, **given) is None


def test_no_time_that_is_shown_is_negative(desk: Desk) -> None:
    ahead = desk.now + timedelta(days=1)
    assert ago(desk.now, ahead) == "0 seconds ago"
    assert words.waited(desk.now, ahead) == "under a minute"

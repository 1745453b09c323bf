import json
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from support.desk import Desk

from triage.app import jobs
from triage.core.access import CONSOLE, SYSTEM
from triage.core.commands import Runner
from triage.core.database import Database
from triage.core.errors import NotAllowed
from triage.core.jobs import KEEP, Job, JobRun, JobState, Outcome, Ran, overview, run_due
from triage.messages.rules import State
from triage.messages.service import review
from triage.messages.service.jobs import LEFT_ALONE, _settle, settle_claims

HOUR = timedelta(hours=1)
SECRET = "pat@example.org lives at 4 Example Road"


def job(name: str = "tidy", run: Callable[[], int] = lambda: 1, every: timedelta = HOUR) -> Job:
    return Job(name, every, lambda _runner, _at: run())


def broken() -> int:
    raise RuntimeError(SECRET)


def run(desk: Desk, *registry: Job) -> list[Ran]:
    return run_due(desk.triage.runner, registry, desk.now)


def state(desk: Desk, one: Job) -> JobState:
    return next(iter(desk.read(overview, now=desk.now, registry=[one])))


def rows(desk: Desk) -> list[JobRun]:
    with desk.triage.database.read() as session:
        found = list(session.scalars(select(JobRun).order_by(JobRun.started)))
        session.expunge_all()
        return found


# -- whose turn it is


def test_a_job_runs_once_an_interval(desk: Desk) -> None:
    tidy = job()
    assert run(desk, tidy) == [Ran("tidy", Outcome.DONE, 1)]
    desk.move(minutes=59)
    assert run(desk, tidy) == []
    desk.move(minutes=1)
    assert run(desk, tidy) == [Ran("tidy", Outcome.DONE, 1)]


def test_a_timer_that_is_a_little_early_does_not_cost_a_turn(desk: Desk) -> None:
    often = job(every=timedelta(minutes=1))
    for _ in range(5):
        assert len(run(desk, often)) == 1
        desk.move(seconds=59)


def test_after_an_outage_a_job_runs_once_and_not_once_for_each_missed_turn(desk: Desk) -> None:
    tidy = job()
    run(desk, tidy)
    desk.move(days=3)
    assert len(run(desk, tidy)) == 1
    assert run(desk, tidy) == []


def test_a_run_in_the_future_does_not_stop_todays(desk: Desk) -> None:
    tidy = job()
    desk.move(days=30)
    run(desk, tidy)
    desk.move(days=-30)
    assert len(run(desk, tidy)) == 1


# -- failing


def test_a_failing_job_stops_no_other_and_is_tried_again_at_the_next_run(desk: Desk) -> None:
    bad, good = job("bad", broken), job("good")
    assert [one.outcome for one in run(desk, bad, good)] == [Outcome.FAILED, Outcome.DONE]
    desk.move(seconds=1)
    assert run(desk, bad, good) == [Ran("bad", Outcome.FAILED, 0, "RuntimeError")]


def test_of_an_error_only_the_name_of_its_class_is_kept(desk: Desk) -> None:
    run(desk, job(run=broken))
    stored = rows(desk)[0]
    assert stored.error == "RuntimeError"
    every_cell = [str(getattr(stored, column.key)) for column in JobRun.__table__.columns]
    assert SECRET not in " ".join(every_cell)
    assert "pat@" not in json.dumps([event.details for event in desk.events()])


def test_a_run_that_is_interrupted_is_put_down_and_the_interruption_goes_on(desk: Desk) -> None:
    def stop() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(desk, job(run=stop))
    assert [(one.ok, one.error, one.running_as) for one in rows(desk)] == [(False, "Stopped", None)]


def test_without_the_database_a_run_fails_in_words_and_does_not_raise(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_self: Database, _work: object) -> None:
        raise OperationalError("select", {}, Exception(SECRET))

    monkeypatch.setattr(Database, "write", gone)
    assert run(desk, job()) == [Ran("tidy", Outcome.FAILED, 0, "OperationalError")]


# -- one at a time


def test_a_job_that_runs_already_is_left_to_who_runs_it(desk: Desk) -> None:
    seen: list[list[Ran]] = []

    def again() -> int:
        seen.append(run(desk, job("other"), tidy))
        return 1

    tidy = job(run=again)
    assert run(desk, tidy) == [Ran("tidy", Outcome.DONE, 1)]
    assert seen == [[Ran("other", Outcome.DONE, 1), Ran("tidy", Outcome.BUSY)]]


def test_several_at_the_same_moment_run_a_job_once(desk: Desk) -> None:
    ran: list[int] = []
    start = threading.Barrier(4)

    def count() -> int:
        ran.append(1)
        return 1

    def one() -> None:
        start.wait(20)
        run(desk, job(run=count))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert ran == [1]
    assert [row.ok for row in rows(desk)] == [True]


KILLED = """
import os, sys
from datetime import datetime, timedelta
from triage.app import open_triage
from triage.core.clock import SetClock
from triage.core.jobs import Job, run_due
at = datetime.fromisoformat(sys.argv[1])
triage = open_triage(clock=SetClock(at))
run_due(triage.runner, [Job("tidy", timedelta(hours=1), lambda _r, _a: os._exit(9))], at)
"""


def kill_one(desk: Desk) -> None:
    """A process of its own starts the job and is gone in the middle of it."""
    url = desk.triage.settings.url
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, desk.now.isoformat()],
        env={"TRIAGE_DATABASE_URL": url, "TRIAGE_HASH_KEY": "k" * 40, "PATH": "/usr/bin"},
        check=False,
    )
    assert ended.returncode == 9


def test_a_run_whose_process_died_is_given_up_after_a_while(desk: Desk) -> None:
    kill_one(desk)
    tidy = job()
    desk.move(minutes=29)
    assert run(desk, tidy) == [Ran("tidy", Outcome.BUSY)]
    assert state(desk, tidy).running
    desk.move(minutes=1)
    assert run(desk, tidy) == [Ran("tidy", Outcome.DONE, 1)]
    assert [(one.ok, one.error) for one in rows(desk)] == [(False, "Lost"), (True, None)]


def test_who_was_given_up_as_lost_and_comes_back_changes_nothing(desk: Desk) -> None:
    def slow() -> int:
        desk.move(hours=2)
        run(desk, job())
        return 7

    run(desk, job(run=slow))
    assert [(one.ok, one.error, one.handled) for one in rows(desk)] == [
        (False, "Lost", 0),
        (True, None, 1),
    ]


# -- what the desk shows


def test_a_job_that_never_ran_is_listed_as_such(desk: Desk) -> None:
    new = state(desk, job())
    assert (new.last_run, new.last_success, new.missed, new.error) == (None, None, 0, None)


def test_two_turns_gone_by_are_red_and_one_is_not(desk: Desk) -> None:
    tidy = job()
    run(desk, tidy)
    desk.move(hours=1)
    assert state(desk, tidy).missed == 0, "it is due, and not yet late"
    desk.move(hours=1)
    assert (state(desk, tidy).missed, state(desk, tidy).red) == (1, False)
    desk.move(seconds=1)
    assert (state(desk, tidy).missed, state(desk, tidy).red) == (2, True)


def test_two_failures_in_a_row_are_red_and_a_success_clears_them(desk: Desk) -> None:
    bad = job(run=broken)
    run(desk, bad)
    assert (state(desk, bad).missed, state(desk, bad).red) == (1, False)
    assert state(desk, bad).error == "RuntimeError"
    desk.move(minutes=1)
    run(desk, bad)
    assert (state(desk, bad).missed, state(desk, bad).red) == (2, True)
    desk.move(minutes=1)
    run(desk, job())
    mended = state(desk, bad)
    assert (mended.missed, mended.red, mended.error) == (0, False, None)
    assert mended.last_run == mended.last_success == desk.now


def test_a_job_that_the_timer_never_reaches_turns_red(desk: Desk) -> None:
    run(desk, job("other"))
    desk.move(hours=2, seconds=1)
    assert state(desk, job()).red


def test_the_overview_counts_nothing_that_a_job_dealt_with(desk: Desk) -> None:
    run(desk, job(run=lambda: 0))
    before = state(desk, job())
    desk.move(hours=1)
    run(desk, job(run=lambda: 41))
    after = state(desk, job())
    assert "41" not in repr(after)
    assert set(before.__slots__) == {
        "error",
        "every",
        "last_run",
        "last_success",
        "missed",
        "name",
        "running",
    }


def test_runs_of_long_ago_are_cleared_away_but_for_the_last_success(desk: Desk) -> None:
    run(desk, job())
    good = desk.now
    desk.move(hours=1)
    run(desk, job(run=broken))
    desk.clock.move(KEEP + HOUR)
    run(desk, job(run=broken))
    assert [one.started for one in rows(desk)] == [good, desk.now]
    assert state(desk, job()).last_success == good


# -- the jobs that are registered


def test_every_registered_job_has_a_name_of_its_own_and_may_run_twice(desk: Desk) -> None:
    names = [one.name for one in jobs()]
    assert names == [
        "cases", "inquiries", "claims", "alarms", "aftercare", "outbox", "letters", "sessions",
        "sketches", "restrictions", "referrals", "verdicts", "data_requests", "drafts", "erasure",
        "backup_keys",
    ]  # fmt: skip
    for one in jobs():
        first = one.run(desk.triage.runner, desk.now)
        assert (first, one.run(desk.triage.runner, desk.now)) == (0, 0)


def test_a_claim_that_was_left_is_put_back_where_the_history_shows_it(desk: Desk) -> None:
    message = desk.arrive()
    desk.open(desk.ana, message, look=0)
    expiry = desk.now + desk.triage.settings.claim_time
    before: datetime = expiry + LEFT_ALONE - timedelta(seconds=1)
    desk.clock.move(before - desk.now)
    assert settle_claims(desk.triage.runner, desk.now) == 0
    desk.move(seconds=1)
    assert settle_claims(desk.triage.runner, desk.now) == 1
    assert settle_claims(desk.triage.runner, desk.now) == 0
    assert desk.state(message) is State.QUEUED
    assert desk.edges(message) == ["queue", "claim", "expire"]
    assert desk.steps(message)[-1].actor_id == "system"


def test_whoever_is_slow_may_still_decide_though_the_job_ran(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message, look=3600)
    assert settle_claims(desk.triage.runner, desk.now) == 0
    desk.do(desk.ana, review.decide, message_id=message, version=version, labels=[], severity=None)
    assert desk.state(message) is State.NO_ACTION


def test_a_claim_that_was_renewed_meanwhile_is_not_put_back(desk: Desk) -> None:
    message = desk.arrive()
    desk.open(desk.ana, message, look=7200)
    desk.open(desk.ben, message, look=0)
    later = desk.triage.runner
    assert later.run(SYSTEM, partial(_settle, message_id=message)) is False
    assert desk.row(message).claimed_by == desk.ben.person_id


def test_no_person_may_do_a_jobs_work(desk: Desk) -> None:
    message = desk.arrive()
    for person in (desk.ana, desk.ada, CONSOLE):
        with pytest.raises(NotAllowed):
            desk.do(person, _settle, message_id=message)


def test_a_job_gets_the_runner_and_the_time(desk: Desk) -> None:
    given: list[tuple[Runner, datetime]] = []

    def note(runner: Runner, at: datetime) -> int:
        given.append((runner, at))
        return 0

    runner = desk.triage.runner
    run_due(runner, [Job("note", HOUR, note)], desk.now)
    assert given == [(runner, desk.now)]

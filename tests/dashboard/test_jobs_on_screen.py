"""What runs by itself is in view: red, in words, after two misses."""

from support.desk import Desk
from support.screens import words_of

from triage.app import jobs
from triage.core.jobs import run_due


def test_jobs_that_run_are_no_banner_and_stand_on_the_system_page(screen, desk: Desk) -> None:
    run_due(desk.triage.runner, jobs(), desk.now)
    assert "should run by itself" not in words_of(screen("review", desk.ana))
    said = words_of(screen("system", desk.ada))
    assert "as it should" in said
    assert "RED" not in said


def test_a_job_that_missed_two_turns_is_red_and_a_banner_for_who_works_here(screen, desk) -> None:
    run_due(desk.triage.runner, jobs(), desk.now)
    desk.move(days=2)
    assert "What should run by itself does not" in words_of(screen("review", desk.ana))
    assert "RED: missed" in words_of(screen("system", desk.ada))

"""What the desk, the doctor and the command line say of jobs and alerts."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from postoffice import FROM, PostOffice
from pydantic import SecretStr
from support.desk import Desk
from support.mail import START
from test_outbox import mails, queue
from typer.testing import CliRunner

from triage import cli_jobs, doctor
from triage.core.jobs import Job
from triage.core.settings import Settings
from triage.notify.queries import MailOverview, overview
from triage.notify.rules import LATE, Problem
from triage.notify.service import deliver_due, send_outbox
from triage.notify.smtp import sender_from

FINE = MailOverview(set_up=True, late=False, failed=False, problems=())


@pytest.fixture
def posted(make_desk: Callable[..., Desk], office: PostOffice) -> Desk:
    """A desk whose settings name the mail server."""
    return make_desk(
        smtp_host="127.0.0.1", smtp_port=office.port, smtp_from=FROM, smtp_starttls=False
    )


def look(desk: Desk) -> MailOverview:
    return desk.read(overview, now=desk.now, settings=desk.triage.settings)


def test_without_a_mail_server_alerts_stay_queued_and_the_overview_says_so(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk()
    queue(desk)
    assert send_outbox(desk.triage.runner, desk.now) == 0
    assert [one.state for one in mails(desk)] == ["queued"]
    assert (look(desk).set_up, look(desk).red) == (False, True)


def test_an_excluded_person_cannot_tell_from_the_overview_that_an_alert_went(
    posted: Desk, make_desk: Callable[..., Desk]
) -> None:
    for desk in (posted, make_desk()):
        before = look(desk)
        queue(desk)
        queued = look(desk)
        send_outbox(desk.triage.runner, desk.now)
        desk.move(days=1)
        assert before == queued == look(desk)


def test_the_job_sends_through_the_server_of_the_settings(posted: Desk, office: PostOffice) -> None:
    queue(posted)
    assert send_outbox(posted.triage.runner, posted.now) == 1
    assert office.addressees() == ["ana@charity.example.org"]
    assert look(posted) == FINE


def test_an_alert_that_waits_too_long_shows_with_or_without_a_try(
    posted: Desk, office: PostOffice
) -> None:
    queue(posted)
    posted.clock.move(LATE - timedelta(seconds=1))
    assert look(posted) == FINE
    posted.move(seconds=1)
    assert look(posted) == MailOverview(set_up=True, late=True, failed=False, problems=())
    office.on_recipient = ["450 later"]
    send_outbox(posted.triage.runner, posted.now)
    assert look(posted).problems == (Problem.TRY_LATER,)
    assert look(posted).red


def test_an_alert_for_tomorrow_is_not_late_today(posted: Desk) -> None:
    queue(posted, not_before=posted.now + timedelta(days=1))
    posted.move(hours=23)
    assert look(posted) == FINE


def test_an_alert_that_was_given_up_shows(posted: Desk, office: PostOffice) -> None:
    queue(posted)
    office.on_recipient = ["550 unknown: ana@charity.example.org"]
    send_outbox(posted.triage.runner, posted.now)
    shown = look(posted)
    assert (shown.failed, shown.problems) == (True, (Problem.ADDRESS_REFUSED,))
    assert "ana" not in repr(shown)


# -- settings and the doctor


def found(**settings: object) -> doctor.Finding:
    given = Settings(**settings)  # type: ignore[arg-type]
    return next(one for one in doctor.examine(given) if one.what == "mail")


SERVER = {"smtp_host": "post.example.org", "smtp_from": FROM}
PASSWORD = {"smtp_user": "desk", "smtp_password": SecretStr("word")}


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        ({}, doctor.Level.NOTE),
        ({"smtp_host": "post.example.org"}, doctor.Level.NOTE),
        ({**SERVER, "smtp_from": "Desk <desk@example.org>"}, doctor.Level.NOTE),
        (SERVER, doctor.Level.GOOD),
        ({**SERVER, **PASSWORD}, doctor.Level.GOOD),
        ({**SERVER, "smtp_starttls": False}, doctor.Level.UNSAFE),
        ({**SERVER, "smtp_host": "localhost", "smtp_starttls": False}, doctor.Level.GOOD),
        ({**SERVER, **PASSWORD, "smtp_starttls": False}, doctor.Level.UNSAFE),
    ],
)
def test_the_doctor_says_whether_alerts_go_and_refuses_mail_in_clear_text(
    tmp_path: Path, settings: dict[str, object], level: doctor.Level
) -> None:
    assert found(home=tmp_path, **settings).level is level


def test_no_sender_is_made_of_half_the_settings() -> None:
    assert sender_from(Settings(smtp_host="post.example.org")) is None
    assert sender_from(Settings(smtp_from=FROM)) is None
    assert sender_from(Settings(smtp_host="post.example.org", smtp_from=FROM)) is not None


# -- the command line


@pytest.fixture
def command(make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose database the command opens."""
    desk = make_desk()
    monkeypatch.setenv("TRIAGE_DATABASE_URL", desk.triage.settings.url)
    monkeypatch.setenv("TRIAGE_HASH_KEY", "k" * 40)
    return desk


def call(*words: str) -> tuple[int, str]:
    ended = CliRunner().invoke(cli_jobs.jobs_app, words, env={"COLUMNS": "200"})
    return ended.exit_code, ended.output


def test_the_command_runs_what_is_due_at_a_given_time(command: Desk) -> None:
    message = command.arrive()
    command.open(command.ana, message)
    at = (START + timedelta(days=1)).isoformat()
    code, said = call("run", "--at", at)
    assert code == 0
    assert "claims: done, 1 dealt with." in said
    assert command.edges(message)[-1] == "expire"
    assert call("run", "--at", at) == (0, "Nothing was due.\n")


def test_the_command_ends_with_1_where_a_job_failed_and_tells_nothing_of_the_error(
    command: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise RuntimeError("pat@example.org")

    broken = Job("broken", timedelta(hours=1), fail)
    monkeypatch.setattr(cli_jobs, "jobs", lambda: [broken])
    code, said = call("run")
    assert code == 1
    assert "broken: failed (RuntimeError)" in said
    assert "pat@" not in said
    assert "RuntimeError" in call("list")[1]


def test_the_list_names_every_job_and_says_whether_alerts_go_out(command: Desk) -> None:
    code, said = call("list")
    assert code == 0
    assert "claims" in said
    assert "never" in said
    assert "no mail server is set up" in said


@pytest.mark.parametrize("at", ["tomorrow", "2026-03-02T09:00"])
def test_a_time_that_could_be_taken_in_two_ways_is_refused(command: Desk, at: str) -> None:
    assert call("run", "--at", at)[0] != 0


def test_a_mail_that_is_given_up_is_said_in_words(posted: Desk, office: PostOffice) -> None:
    queue(posted)
    office.on_recipient = ["550 unknown"]
    deliver_due(posted.triage.runner, posted.now, office.sender())
    assert cli_jobs._alerts(look(posted)) == (
        "Alerts: some were given up (the server refused the address)."
    )


def test_an_alert_that_was_tried_a_moment_ago_is_not_late_yet(
    posted: Desk, office: PostOffice
) -> None:
    queue(posted)
    office.on_recipient = ["450 later", "450 later"]
    send_outbox(posted.triage.runner, posted.now)
    assert look(posted) == FINE
    posted.clock.move(LATE)
    send_outbox(posted.triage.runner, posted.now)
    assert look(posted).late, "though its next turn is still to come"

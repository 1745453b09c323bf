"""Sending over real SMTP: each way in which it can go wrong, and that each mail goes once."""

import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from postoffice import FROM, PASSWORD, USER, Certificate, PostOffice, certificate, open_office
from pydantic import SecretStr
from sqlalchemy import select
from support.cluster import free_port
from support.desk import Desk, meet
from test_outbox import mails, queue

from triage.app import Triage, open_triage
from triage.core.access import CONSOLE, SYSTEM
from triage.core.clock import SetClock
from triage.core.errors import NotAllowed
from triage.core.settings import Settings
from triage.notify.rules import (
    LEASE,
    LONGEST_WAIT,
    TRIES,
    MailState,
    Problem,
    state_after,
    wait_after,
)
from triage.notify.service import _take, deliver_due
from triage.notify.smtp import Sender, SmtpSender
from triage.notify.tables import OutboxMail


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """On SQLite alone: what is tried here is the wire. Both databases: below, and test_outbox."""
    return make_desk()


def deliver(desk: Desk, sender: Sender) -> int:
    return deliver_due(desk.triage.runner, desk.now, sender)


def standing(desk: Desk) -> list[tuple[str, int, str | None]]:
    return [(one.state, one.tries, one.problem) for one in mails(desk)]


def test_a_server_that_asks_to_try_later_gets_it_later(desk: Desk, office: PostOffice) -> None:
    queue(desk)
    office.on_recipient = ["451 greylisted"]
    assert deliver(desk, office.sender()) == 0
    assert standing(desk) == [("queued", 1, Problem.TRY_LATER)]
    assert deliver(desk, office.sender()) == 0, "not before its time"
    desk.move(minutes=1)
    office.on_data = ["450 busy"]
    assert deliver(desk, office.sender()) == 0
    desk.move(minutes=1)
    assert deliver(desk, office.sender()) == 0, "the wait has doubled"
    desk.move(minutes=1)
    assert deliver(desk, office.sender()) == 1
    assert standing(desk) == [("sent", 3, None)]


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"on_recipient": ["550 no such user"]}, Problem.ADDRESS_REFUSED),
        ({"on_data": ["554 spam"]}, Problem.CONTENT_REFUSED),
    ],
)
def test_a_refusal_for_good_is_not_tried_again_and_shows(
    desk: Desk, office: PostOffice, answers: dict[str, list[str]], problem: Problem
) -> None:
    queue(desk)
    for name, given_ in answers.items():
        setattr(office, name, given_)
    assert deliver(desk, office.sender()) == 0
    assert standing(desk) == [("failed", 1, problem)]
    desk.move(days=10)
    assert deliver(desk, office.sender()) == 0
    assert len(office.senders) == 1


def test_one_refused_mail_keeps_no_other_back(desk: Desk, office: PostOffice) -> None:
    queue(desk, "a")
    queue(desk, "b")
    office.on_recipient = ["550 no such user"]
    assert deliver(desk, office.sender()) == 1


def test_a_refused_connection_leaves_everything_queued(desk: Desk) -> None:
    queue(desk, "a")
    queue(desk, "b")
    nobody = SmtpSender("127.0.0.1", free_port(), FROM, starttls=False)
    assert deliver(desk, nobody) == 0
    assert sorted(standing(desk)) == [("queued", 0, None), ("queued", 1, Problem.NO_CONNECTION)]


def test_a_refused_sender_is_the_servers_trouble_and_no_mails(
    desk: Desk, office: PostOffice
) -> None:
    queue(desk, "a")
    queue(desk, "b")
    office.on_sender = ["550 who are you"]
    assert deliver(desk, office.sender()) == 0
    assert sorted(standing(desk)) == [("queued", 0, None), ("queued", 1, Problem.SENDER_REFUSED)]
    desk.move(minutes=1)
    assert deliver(desk, office.sender()) == 2


def test_cut_in_the_middle_of_the_text_it_goes_again(desk: Desk, office: PostOffice) -> None:
    queue(desk)
    office.cut_in_data = 1
    assert deliver(desk, office.sender()) == 0
    assert standing(desk) == [("queued", 1, Problem.CUT_OFF)]
    assert office.taken == []
    desk.move(minutes=1)
    assert deliver(desk, office.sender()) == 1
    assert len(office.taken) == 1


def test_where_the_answer_is_lost_it_goes_again_under_the_same_message_id(
    desk: Desk, office: PostOffice
) -> None:
    queue(desk)
    office.cut_after_taking = 1
    assert deliver(desk, office.sender()) == 0
    desk.move(minutes=1)
    assert deliver(desk, office.sender()) == 1
    first, second = office.mails()
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@charity.example.org>")


DIES = """
import os, sys
from datetime import datetime
from triage.app import open_triage
from triage.core.clock import SetClock
from triage.notify.service import deliver_due
from triage.notify.smtp import SmtpSender
class Dies(SmtpSender):
    def send(self, mail):
        super().send(mail)
        os._exit(9)
at = datetime.fromisoformat(sys.argv[1])
triage = open_triage(clock=SetClock(at))
deliver_due(triage.runner, at, Dies("127.0.0.1", int(sys.argv[2]), sys.argv[3], starttls=False))
"""


def test_killed_between_sending_and_saying_so_it_goes_again_under_the_same_message_id(
    desk: Desk, office: PostOffice
) -> None:
    queue(desk)
    ended = subprocess.run(
        [sys.executable, "-c", DIES, desk.now.isoformat(), str(office.port), FROM],
        env={"TRIAGE_DATABASE_URL": desk.triage.settings.url, "TRIAGE_HASH_KEY": "k" * 40},
        check=False,
    )
    assert ended.returncode == 9
    assert [one.state for one in mails(desk)] == [MailState.QUEUED]
    assert deliver(desk, office.sender()) == 0, "it is somebody's, for the length of a lease"
    desk.clock.move(LEASE)
    assert deliver(desk, office.sender()) == 1
    first, second = office.mails()
    assert first["Message-ID"] == second["Message-ID"]
    assert standing(desk) == [("sent", 2, None)]


class Slow:
    """Slower than its lease: meanwhile somebody else has sent it."""

    address = FROM

    def __init__(self, desk: Desk, office: PostOffice, *, sends: bool) -> None:
        self.desk, self.office, self.sends = desk, office, sends

    def send(self, mail: object) -> None:
        self.desk.clock.move(LEASE)
        assert deliver(self.desk, self.office.sender()) == 1
        if not self.sends:
            self.office.sender(port=free_port()).send(mail)  # type: ignore[arg-type]


@pytest.mark.parametrize("sends", [True, False])
def test_who_was_slower_than_the_lease_does_not_undo_what_another_did(
    desk: Desk, office: PostOffice, sends: bool
) -> None:
    queue(desk)
    assert deliver(desk, Slow(desk, office, sends=sends)) == int(sends)
    assert standing(desk) == [("sent", 2, None)]


def test_after_the_last_try_it_counts_as_failed(desk: Desk, office: PostOffice) -> None:
    queue(desk)
    for number in range(1, TRIES + 1):
        office.on_recipient = ["450 later"]
        assert deliver(desk, office.sender()) == 0
        desk.clock.move(wait_after(number))
    assert standing(desk) == [("failed", TRIES, Problem.TRY_LATER)]
    assert deliver(desk, office.sender()) == 0


def test_a_mail_that_kills_every_process_ends_too(desk: Desk, office: PostOffice) -> None:
    queue(desk)
    for _ in range(TRIES):
        assert desk.do(SYSTEM, _take, now=desk.now, sender=FROM) is not None
        desk.clock.move(LEASE)
    assert deliver(desk, office.sender()) == 0
    assert standing(desk) == [("failed", TRIES, Problem.LEFT)]


@given(st.integers(min_value=1, max_value=10_000))
def test_waits_double_up_to_six_hours(tries: int) -> None:
    assert wait_after(1) == timedelta(minutes=1)
    assert wait_after(tries + 1) == min(2 * wait_after(tries), LONGEST_WAIT)


@given(st.sampled_from(list(Problem)), st.integers(min_value=1, max_value=50))
def test_a_failed_try_leaves_a_mail_queued_or_failed_and_never_sent(
    problem: Problem, tries: int
) -> None:
    state = state_after(tries, problem)
    assert state is not MailState.SENT
    assert state is MailState.FAILED or tries < TRIES


def test_all_waits_together_outlast_a_server_that_is_down_for_two_days() -> None:
    assert sum((wait_after(one) for one in range(1, TRIES)), timedelta()) > timedelta(days=2)


# -- encryption and the password


def test_with_tls_and_the_password_it_goes(desk: Desk, papers: Certificate) -> None:
    queue(desk)
    with open_office(tls=papers.server) as office:
        assert deliver(desk, office.signed_in(context=papers.trusting)) == 1
        assert office.credentials == [(USER, PASSWORD)]


def test_where_tls_is_wanted_and_not_offered_nothing_is_said(
    desk: Desk, office: PostOffice
) -> None:
    queue(desk)
    assert deliver(desk, office.signed_in()) == 0
    assert (office.credentials, office.senders) == ([], [])
    assert standing(desk) == [("queued", 1, Problem.NO_TLS)]


def test_a_server_that_nobody_vouches_for_gets_nothing(desk: Desk, papers: Certificate) -> None:
    queue(desk)
    with open_office(tls=papers.server) as office:
        assert deliver(desk, office.signed_in()) == 0
        assert (office.credentials, office.senders) == ([], [])
    assert standing(desk) == [("queued", 1, Problem.NO_TLS)]


def test_a_certificate_of_another_server_is_not_enough(desk: Desk, tmp_path: Path) -> None:
    others = certificate(tmp_path, host="192.0.2.1")
    queue(desk)
    with open_office(tls=others.server) as office:
        assert deliver(desk, office.signed_in(context=others.trusting)) == 0
        assert (office.credentials, office.senders) == ([], [])


def test_with_tls_switched_off_a_password_is_not_said(desk: Desk, office: PostOffice) -> None:
    queue(desk)
    assert deliver(desk, office.signed_in(starttls=False)) == 0
    assert (office.credentials, office.senders) == ([], [])
    assert standing(desk) == [("queued", 1, Problem.NO_TLS)]


def test_a_wrong_password_is_the_servers_trouble_and_no_mails(
    desk: Desk, papers: Certificate
) -> None:
    queue(desk)
    with open_office(tls=papers.server) as office:
        wrong = office.signed_in(context=papers.trusting, password=SecretStr("another"))
        assert deliver(desk, wrong) == 0
        assert office.senders == []
    assert standing(desk) == [("queued", 1, Problem.SIGN_IN_REFUSED)]


def test_a_senders_words_about_itself_hold_no_password(office: PostOffice) -> None:
    assert PASSWORD not in repr(office.signed_in())


# -- several at once, on both databases


def _deliver(url: str, at: str, port: int) -> None:
    clock = SetClock(datetime.fromisoformat(at))
    triage = open_triage(Settings(database_url=SecretStr(url)), clock=clock)
    sender = SmtpSender("127.0.0.1", port, FROM, starttls=False)
    deliver_due(triage.runner, clock.now(), sender)
    triage.close()


def test_two_processes_at_once_send_each_mail_once(
    triage: Triage, clock: SetClock, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_HASH_KEY", "k" * 40)
    desk = meet(triage, clock)
    for number in range(20):
        queue(desk, f"case:{number}", address=f"n{number}@example.org")
    context = multiprocessing.get_context("spawn")
    given_ = (triage.settings.url, desk.now.isoformat(), office.port)
    both = [context.Process(target=_deliver, args=given_) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert [one.exitcode for one in both] == [0, 0]
    assert sorted(office.addressees()) == sorted(f"n{number}@example.org" for number in range(20))
    with triage.database.read() as session:
        assert set(session.execute(select(OutboxMail.state, OutboxMail.tries))) == {("sent", 1)}


def test_no_person_takes_mail_from_the_outbox(desk: Desk) -> None:
    queue(desk)
    for person in (desk.ana, desk.ada, CONSOLE):
        with pytest.raises(NotAllowed):
            desk.do(person, _take, now=desk.now, sender=FROM)

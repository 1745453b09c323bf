"""Letters over real SMTP: as they were previewed, once, from a role, with nobody's name."""

import multiprocessing
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from letters.conftest import SETTINGS, WRITTEN, Post
from notify.postoffice import PostOffice
from pydantic import SecretStr
from sqlalchemy import select, text, update
from support.cluster import free_port
from support.desk import meet

from triage.app import Triage, jobs, open_triage
from triage.core.access import CONSOLE, SYSTEM
from triage.core.clock import SetClock
from triage.core.data_keys import destroy
from triage.core.errors import Conflict, NotAllowed
from triage.core.jobs import run_due
from triage.core.settings import Settings
from triage.letters.rules import LetterKind, State
from triage.letters.service import checking, drafting, sending
from triage.letters.service.delivery import CEASED, CHANGED, _take, deliver_letters
from triage.letters.tables import Letter, LetterMail
from triage.letters.words import problem, standing
from triage.notify.rules import LEASE, TRIES, Problem
from triage.notify.smtp import Sender
from triage.senders.standing.queries import standing_of
from triage.senders.standing.rules import Measure
from triage.senders.standing.service import set_standing

ROLE = "team@charity.example.org"


@pytest.fixture
def post(quick_post: Post) -> Post:
    """On SQLite alone: what is tried here is the wire. Both databases: further below."""
    return quick_post


def deliver(post: Post, sender: Sender) -> int:
    return deliver_letters(post.desk.triage.runner, post.desk.now, sender)


def mails(post: Post) -> list[LetterMail]:
    return post.desk.read(lambda session: list(session.scalars(select(LetterMail)).all()))


def test_what_arrives_is_what_was_previewed(post: Post, office: PostOffice) -> None:
    words = "Hello,\n\nzoë — “please” stop.\n.\nFrom now on.\n\n" + "long " * 400 + "\n\nThe team"
    made = post.draft()
    post.write(made, words, subject="Überall — a letter")
    shown = post.item(made).shown
    post.do(checking.approve, made, previewed=shown.digest)
    post.do(sending.send, made, previewed=shown.digest)
    assert deliver(post, office.sender(address=ROLE)) == 1
    (mail,) = office.mails()
    assert mail.get_content().replace("\r\n", "\n") == f"{shown.text}\n"
    assert (str(mail["Subject"]), str(mail["To"])) == (shown.subject, shown.to)
    assert str(mail["From"]) == "The conduct team <team@charity.example.org>"
    assert str(mail["Reply-To"]) == "appeal@example.org"
    assert office.senders == [ROLE]
    assert office.addressees() == ["pat@example.org"]


def test_a_letter_is_no_automatic_mail_and_names_nobody_of_the_staff(
    post: Post, office: PostOffice
) -> None:
    post.queued()
    assert deliver(post, office.sender(address=ROLE)) == 1
    ((_, raw),) = office.taken
    (mail,) = office.mails()
    assert mail["Auto-Submitted"] is None
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Reply-To", "Message-ID", "Date", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    for name in post.desk.people:
        assert f"{name}@" not in raw.decode()


def test_once_taken_it_is_handed_to_the_server_and_nobody_claims_more(
    post: Post, office: PostOffice
) -> None:
    made = post.queued()
    post.desk.move(hours=1)
    assert deliver(post, office.sender(address=ROLE)) == 1
    row = post.item(made).row
    assert (row.state, row.sent_at, row.sent_by, row.problem) == (
        State.SENT,
        post.desk.now,
        "Ana",
        None,
    )
    assert standing(row) == "handed to the mail server on 2 March 2026, sent by Ana"
    assert deliver(post, office.sender(address=ROLE)) == 0
    assert post.item(made).shown.text == WRITTEN


def test_p_act_1_a_request_that_went_stands_from_when_it_went(
    post: Post, office: PostOffice
) -> None:
    desk = post.desk
    sender_id = str(desk.row(desk.arrive()).sender_id)
    post.queued(kind=LetterKind.REQUEST_TO_CEASE, sender_id=sender_id)
    desk.move(minutes=30)
    assert desk.read(standing_of, sender_ids=[sender_id], at=desk.now) == {}
    deliver(post, office.sender(address=ROLE))
    held = desk.read(standing_of, sender_ids=[sender_id], at=desk.now)[sender_id]
    assert (held.kinds, held.asked_to_cease_at) == ({Measure.ASKED_TO_CEASE}, desk.now)


def test_asked_to_try_later_it_goes_later_under_the_same_message_id(
    post: Post, office: PostOffice
) -> None:
    made = post.queued()
    office.cut_after_taking = 1
    assert deliver(post, office.sender(address=ROLE)) == 0
    assert post.item(made).row.problem == Problem.CUT_OFF
    assert deliver(post, office.sender(address=ROLE)) == 0, "not before its time"
    with pytest.raises(Conflict, match="too late"):
        post.do(sending.call_back, made)
    post.desk.move(minutes=1)
    assert deliver(post, office.sender(address=ROLE)) == 1
    first, second = office.mails()
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@charity.example.org>")


def test_given_up_it_comes_back_to_the_people_who_send_it_again_or_copy_it_out(
    post: Post, office: PostOffice
) -> None:
    made = post.queued()
    office.on_recipient = ["550 no such user"]
    assert deliver(post, office.sender(address=ROLE)) == 0
    row = post.item(made).row
    assert (row.state, row.problem) == (State.READY, Problem.ADDRESS_REFUSED)
    assert problem(str(row.problem)) == "the server refused the address"
    post.do(sending.send, made)
    (mail,) = mails(post)
    kept = mail.message_id
    assert deliver(post, office.sender(address=ROLE)) == 1
    assert [one["Message-ID"] for one in office.mails()] == [kept]


def test_another_text_goes_under_another_message_id(post: Post, office: PostOffice) -> None:
    made = post.queued()
    office.on_data = ["554 no"]
    deliver(post, office.sender(address=ROLE))
    post.write(made, "Another letter.")
    post.do(checking.approve, made)
    post.do(sending.send, made)
    assert deliver(post, office.sender(address=ROLE)) == 1
    assert len({one.message_id for one in mails(post)}) == 2


def test_a_letter_that_ends_every_process_comes_back_too(post: Post, office: PostOffice) -> None:
    made = post.queued()
    for _ in range(TRIES):
        assert post.desk.do(SYSTEM, _take, now=post.desk.now) is not None
        post.desk.clock.move(LEASE)
    assert deliver(post, office.sender(address=ROLE)) == 0
    row = post.item(made).row
    assert (row.state, row.problem) == (State.READY, Problem.LEFT)


def test_what_was_changed_behind_our_back_does_not_go(post: Post, office: PostOffice) -> None:
    made = post.queued()
    engine = post.desk.triage.database.engine
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER letters_words_no_update"))
        connection.execute(update(Letter).values(reply_to="thief@example.net"))
    assert deliver(post, office.sender(address=ROLE)) == 0
    row = post.item(made).row
    assert (row.state, row.problem) == (State.READY, CHANGED)
    assert "nothing was sent" in problem(CHANGED)
    assert office.taken == []


def test_what_was_erased_while_it_waited_does_not_go(post: Post, office: PostOffice) -> None:
    made = post.queued()
    post.desk.do(SYSTEM, destroy, owner_id=made)
    assert deliver(post, office.sender(address=ROLE)) == 0
    assert office.taken == []


def test_p_msg_4_what_waits_when_cease_contact_comes_into_force_does_not_go(
    post: Post, office: PostOffice
) -> None:
    desk = post.desk
    sender_id = desk.row(desk.arrive()).sender_id
    made = post.queued(sender_id=sender_id)
    measure = {"measure": Measure.CEASE_CONTACT, "source_id": "s", "since": desk.now, "until": None}
    desk.do(desk.dora, set_standing, sender_id=sender_id, **measure)
    assert deliver(post, office.sender(address=ROLE)) == 0
    assert (office.taken, post.item(made).row.problem) == ([], CEASED)
    post.do(drafting.override_cease, made, reason="a court asks for it")
    post.do(sending.send, made)
    assert deliver(post, office.sender(address=ROLE)) == 1


class Slow:
    """Slower than its lease: meanwhile others give the letter up, or write it anew."""

    address = ROLE

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.meanwhile = meanwhile

    def send(self, mail: object) -> None:
        self.meanwhile()


def test_who_was_slower_than_the_lease_still_says_that_it_went(
    post: Post, office: PostOffice
) -> None:
    made = post.queued()

    def given_up() -> None:
        post.desk.clock.move(LEASE)
        office.on_recipient = ["550 no"]
        assert deliver(post, office.sender(address=ROLE)) == 0
        assert post.row(made).state == State.READY

    assert deliver(post, Slow(given_up)) == 1
    assert post.row(made).state == State.SENT


def test_where_it_was_written_anew_meanwhile_the_record_says_that_the_old_text_went(
    post: Post, office: PostOffice
) -> None:
    made = post.queued()

    def rewritten() -> None:
        post.desk.clock.move(LEASE)
        office.on_recipient = ["550 no"]
        deliver(post, office.sender(address=ROLE))
        post.write(made, "Another letter.")

    assert deliver(post, Slow(rewritten)) == 1
    assert post.row(made).state == State.DRAFT
    assert len(post.desk.events("letter_went_late")) == 1


def test_trouble_of_the_server_keeps_all_waiting(post: Post) -> None:
    from triage.notify.smtp import SmtpSender

    post.queued()
    post.queued()
    assert deliver(post, SmtpSender("127.0.0.1", free_port(), ROLE, starttls=False)) == 0
    assert sorted(one.tries for one in mails(post)) == [0, 1]


def test_no_person_takes_letters_from_the_post(post: Post) -> None:
    post.queued()
    for person in (post.desk.ana, post.desk.ada, CONSOLE):
        with pytest.raises(NotAllowed):
            post.desk.do(person, _take, now=post.desk.now)


# -- on both databases


def test_the_job_sends_from_the_role_address_whatever_alerts_come_from(
    make_triage: Callable[..., Triage], url: str, clock: SetClock, office: PostOffice
) -> None:
    server = {
        "smtp_host": "127.0.0.1",
        "smtp_port": office.port,
        "smtp_from": "alerts@charity.example.org",
        "smtp_starttls": False,
    }
    both = Post(meet(make_triage(url, **(SETTINGS | server)), clock))
    made = both.queued()
    ran = {one.name: one for one in run_due(both.desk.triage.runner, jobs(), both.desk.now)}
    assert (ran["letters"].handled, ran["letters"].error) == (1, None)
    assert office.senders == [ROLE]
    assert both.row(made).state == State.SENT


def test_without_a_mail_server_the_job_leaves_every_letter_where_it_is(post: Post) -> None:
    made = post.queued()
    ran = {one.name: one for one in run_due(post.desk.triage.runner, jobs(), post.desk.now)}
    assert (ran["letters"].handled, ran["letters"].error) == (0, None)
    assert post.row(made).state == State.QUEUED


def _deliver(url: str, at: str, port: int, key: str) -> None:
    from triage.notify.smtp import SmtpSender

    clock = SetClock(datetime.fromisoformat(at))
    given: dict[str, Any] = {"database_url": SecretStr(url), "desk_key": SecretStr(key)}
    triage = open_triage(Settings(**given), clock=clock)
    deliver_letters(triage.runner, clock.now(), SmtpSender("127.0.0.1", port, ROLE, starttls=False))
    triage.close()


def test_two_processes_at_once_send_each_letter_once(
    make_triage: Callable[..., Triage],
    url: str,
    clock: SetClock,
    office: PostOffice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from triage.core.crypto import KeyedHash

    monkeypatch.setenv("TRIAGE_HASH_KEY", "k" * 40)
    triage = make_triage(url, **SETTINGS)
    triage.keys = KeyedHash(b"k" * 40)
    both = Post(meet(triage, clock))
    for number in range(8):
        both.queued(to_address=f"n{number}@example.org")
    context = multiprocessing.get_context("spawn")
    key = triage.settings.desk_key.get_secret_value()
    given = (triage.settings.url, both.desk.now.isoformat(), office.port, key)
    processes = [context.Process(target=_deliver, args=given) for _ in range(2)]
    for one in processes:
        one.start()
    for one in processes:
        one.join(60)
    assert [one.exitcode for one in processes] == [0, 0]
    assert sorted(office.addressees()) == [f"n{number}@example.org" for number in range(8)]

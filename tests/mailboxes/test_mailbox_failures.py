"""A mailbox that cannot be read says so in a code, waits, and holds none of the others up."""

import logging
import threading
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.cluster import free_port
from support.mail import eml
from support.mailbox_server import Account, MailServer, trusting
from support.odd_server import answering, well
from support.watching import Watched

from triage.core.mailboxes import Mailbox
from triage.intake.imap import Failed, ImapSession, connect
from triage.intake.rules import (
    FIRST_RETRY,
    FIRST_WAIT,
    FIRST_WAIT_REFUSED,
    LEAVE_AFTER,
    LONGEST_WAIT,
    LONGEST_WAIT_REFUSED,
    SIGNING_IN,
    Problem,
    wait_after,
)
from triage.mailboxes.watching import Watching
from triage.messages.service.importing import ImportResult

Make = Callable[..., Watched]


@pytest.fixture
def one(make_watched: Make) -> Watched:
    """An instance on SQLite: where the store is not what matters."""
    return make_watched()


def odd(port: int, **changes: object) -> Mailbox:
    """A mailbox at a server of support.odd_server."""
    given = {"name": "Odd", "host": "127.0.0.1", "port": port, "user": "desk", "password": "x"}
    return Mailbox.model_validate(given | {"tls": "none"} | changes)


# -- what is wrong, as a code


def test_a_wrong_password_is_a_code_with_its_age_and_the_right_one_ends_it(
    watched: Watched, account: Account
) -> None:
    account.deliver(eml(1))
    wrong = account.box(password="not-the-password")
    assert watched.look(wrong) is Problem.SIGN_IN_REFUSED
    began = watched.triage.clock.now()
    watched.triage.clock.move(FIRST_RETRY)
    assert watched.look(wrong) is Problem.SIGN_IN_REFUSED
    (state,) = watched.states(wrong)
    assert (state.problem, state.problem_since) == (Problem.SIGN_IN_REFUSED, began)
    assert state.looked_at == watched.triage.clock.now()
    assert state.succeeded_at is None
    assert state.red
    assert watched.row().failures == 2
    assert watched.look(account.box()) is None
    (state,) = watched.states(account.box())
    assert (state.problem, state.red) == (None, False)
    assert watched.row().failures == 0


def test_a_server_that_is_not_there_is_a_code(one: Watched) -> None:
    assert one.look(odd(free_port())) is Problem.NO_CONNECTION


def test_a_folder_that_is_not_there_leaves_the_others_of_its_mailbox_in_peace(
    one: Watched, account: Account
) -> None:
    account.deliver(eml(1))
    box = account.box(folders=("Missing", "INBOX"))
    assert one.look(box) is Problem.NO_FOLDER
    missing, inbox = one.states(box)
    assert (missing.problem, inbox.problem) == (Problem.NO_FOLDER, None)
    assert one.originals() == [eml(1)]


def test_without_a_password_here_nothing_is_tried(one: Watched, account: Account) -> None:
    box = account.box(password=None)
    assert one.look(box) is Problem.NO_SIGN_IN


def test_p_rec_1_with_a_recipient_whom_the_staff_list_does_not_know_nothing_is_let_in(
    one: Watched, account: Account
) -> None:
    account.deliver(eml(1))
    box = account.box(recipients=["nobody@charity.example.org"])
    assert one.look(box) is Problem.STAFF_UNKNOWN
    assert one.originals() == []


def test_what_cannot_be_stored_is_a_code_and_comes_when_it_can(
    one: Watched, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.deliver(eml(1))
    with monkeypatch.context() as patch:
        patch.setattr("triage.messages.service.importing.receive", lambda *_, **__: 1 / 0)
        assert one.look(account.box()) is Problem.NOT_KEPT
    assert one.row().last_uid == 0
    assert one.look(account.box()) is None
    assert one.originals() == [eml(1)]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda tag, line: f"{tag} NO [UNAVAILABLE] desk@example.org x\r\n", Problem.TRY_LATER),
        (lambda tag, line: f"{tag} NO [AUTHENTICATIONFAILED] x\r\n", Problem.SIGN_IN_REFUSED),
        (lambda tag, line: f"{tag} BAD what\r\n", Problem.SIGN_IN_REFUSED),
        (lambda tag, line: "* BYE desk@example.org is tired\r\n", Problem.CUT_OFF),
        (lambda tag, line: "", Problem.CUT_OFF),
    ],
)
def test_each_way_of_saying_no_has_its_code(
    one: Watched, answer: Callable[[str, str], str], problem: Problem
) -> None:
    def said(tag: str, line: str) -> bytes:
        return answer(tag, line).encode() if line.startswith("LOGIN") else well(tag, line)

    with answering(said) as port:
        assert one.look(odd(port)) is problem


# -- encryption


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_over_tls_with_a_certificate_that_is_trusted_mail_comes_in(
    one: Watched, account: Account, tls: str
) -> None:
    account.deliver(eml(1))
    trust = trusting(account.server)
    assert one.look(account.box(tls=tls), trust=trust) is None
    assert one.originals() == [eml(1)]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_that_nobody_vouches_for_gets_no_password(
    one: Watched, account: Account, tls: str
) -> None:
    assert one.look(account.box(tls=tls)) is Problem.NO_TLS


def test_a_server_that_offers_no_starttls_gets_no_password(one: Watched) -> None:
    heard: list[str] = []

    def said(tag: str, line: str) -> bytes:
        heard.append(line)
        return well(tag, line)

    with answering(said) as port:
        assert one.look(odd(port, tls="starttls")) is Problem.NO_TLS
    assert heard == ["CAPABILITY"]


# -- servers that are odd


@pytest.mark.parametrize(
    "told",
    [
        b'* 1 FETCH (UID 4 BODY[] "short \\"one\\" UID 9")\r\n'
        b"* 2 FETCH (BODY[] {2}\r\nab UID 9)\r\n",
        b"* 2 FETCH (BODY[] {2}\r\nab UID 9)\r\n* 1 FETCH (FLAGS (\\Seen) UID 4)\r\n"
        b'* 1 FETCH (UID 4 FLAGS () BODY[] {19}\r\nshort "one" UID 9\r\n)\r\n',
    ],
)
def test_messages_are_told_apart_however_the_server_puts_it(told: bytes) -> None:
    def said(tag: str, line: str) -> bytes:
        if not line.startswith("UID FETCH"):
            return well(tag, line)
        return told + f"{tag} OK x\r\n".encode()

    with answering(said) as port:
        session = connect(odd(port), timeout=5)
        session.examine("INBOX")
        found = session.bodies([4, 9], 100)
        session.close()
    assert found[4].strip() == b'short "one" UID 9'
    assert found[9] == b"ab"


@pytest.mark.parametrize("part", ["CAPABILITY", "EXAMINE", "UID SEARCH", "UID FETCH"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(min_size=1, max_size=80))
def test_whatever_a_server_answers_is_messages_or_a_code(part: str, told: bytes) -> None:
    def said(tag: str, line: str) -> bytes:
        if line.startswith(part):
            return b"* " + told + b"\r\n" + f"{tag} OK x\r\n".encode()
        return well(tag, line)

    session: ImapSession | None = None
    with answering(said) as port:
        try:
            session = connect(odd(port), timeout=5)
            session.examine("INBOX")
            assert all(isinstance(uid, int) for uid in session.uids_after(0))
            session.sizes([4, 9])
            session.bodies([4, 9], 100)
        except Failed:
            pass  # nothing else may come out of it
        finally:
            if session is not None:
                session.close()


def test_a_server_that_announces_more_than_was_asked_for_is_cut_off(one: Watched) -> None:
    def said(tag: str, line: str) -> bytes:
        if line.startswith("UID FETCH"):
            return b"* 1 FETCH (UID 4 RFC822.SIZE 5 BODY[] {99999999999}\r\nhello"
        return well(tag, line)

    with answering(said) as port:
        assert one.look(odd(port)) is Problem.CUT_OFF


# -- what may be seen of it


def test_no_secret_and_no_word_of_the_server_is_shown_or_logged(
    one: Watched,
    account: Account,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    box = account.box(password="canary-password")

    def said(tag: str, line: str) -> bytes:
        return f"{tag} NO canary-answer\r\n".encode() if "LOGIN" in line else well(tag, line)

    with answering(said) as port:
        places = [box, odd(port, password="canary-password")]
        assert [one.look(place) for place in places] == [Problem.SIGN_IN_REFUSED] * 2
        watch = one.watch(places[1])
        watch.hold(once=True)
    out, err = capfd.readouterr()
    shown = " ".join([out, err, caplog.text, repr(box), repr(watch), repr(one.said), str(box)])
    assert "canary" not in shown


# -- waiting


@given(st.integers(1, 500), st.sampled_from(Problem), st.floats(0, 1))
def test_waits_grow_to_a_longest_one_and_never_below_half(
    failures: int, problem: Problem, chance: float
) -> None:
    refused = problem in SIGNING_IN
    first, longest = (
        (FIRST_WAIT_REFUSED, LONGEST_WAIT_REFUSED) if refused else (FIRST_WAIT, LONGEST_WAIT)
    )
    wait = wait_after(failures, problem, chance)
    assert first / 2 <= wait <= longest
    assert wait_after(failures, problem, 1) <= 2 * wait
    assert wait_after(failures + 1, problem, chance) >= wait
    assert wait_after(500, problem, 1) == longest
    soon = Problem.CUT_OFF
    assert wait_after(min(failures, LEAVE_AFTER), soon, chance) <= FIRST_WAIT


def test_one_mailbox_that_fails_does_not_hold_the_others_up(one: Watched, account: Account) -> None:
    account.deliver(eml(1))
    bad = one.watch(account.server.account().box("Bad", password="wrong"))
    good = one.watch(account.box("Good"), every=0.05)
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return one.stop.wait(60)

    slow = threading.Event()
    slow.wait = wait  # type: ignore[method-assign]
    bad.stop = slow
    both = Watching([bad, good])
    both.start()
    try:
        one.wait_until(lambda w: ("Bad", "", Problem.SIGN_IN_REFUSED) in w.said)
        one.wait_until(lambda w: any(said[0] == "Good" for said in w.said))
    finally:
        one.stop.set()
        both.end()
    assert FIRST_WAIT_REFUSED / 2 <= waits[0] <= FIRST_WAIT_REFUSED
    assert one.originals() == [eml(1)]


# -- told at once


def news(one: Watched) -> int:
    """Messages that were said to be new."""
    return sum(what.new for _, _, what in one.said if isinstance(what, ImportResult))


@pytest.mark.parametrize("tls", ["none", "implicit"])
def test_a_message_that_comes_while_we_idle_is_here_without_waiting_for_the_next_look(
    one: Watched, account: Account, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    idling = threading.Event()
    listen = ImapSession._until_readable

    def listening(self: ImapSession, seconds: float) -> None:
        idling.set()  # the server has said that it tells us
        listen(self, 10 * 60)

    monkeypatch.setattr(ImapSession, "_until_readable", listening)
    account.deliver(eml(1))
    watch = one.watch(account.box(tls=tls), every=10 * 60, trust=trusting(account.server))
    with one.running(watch):
        one.wait_until(lambda w: news(w) == 1)
        for number in range(2, 5):
            assert idling.wait(60)
            idling.clear()
            account.deliver(eml(number))
            one.wait_until(lambda w, number=number: news(w) == number)
    assert one.originals() == [eml(number) for number in range(1, 5)]


def test_without_idle_it_looks_again_and_again(
    one: Watched, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = ImapSession.enter

    def without(self: ImapSession, box: Mailbox, token: str | None) -> None:
        enter(self, box, token)
        self.idles = False

    monkeypatch.setattr(ImapSession, "enter", without)
    with one.running(one.watch(account.box(), every=0.05)):
        for number in range(1, 4):
            account.deliver(eml(number))
            one.wait_until(lambda w, number=number: news(w) == number)


def test_a_connection_that_was_well_and_ends_is_made_again_and_is_no_failure(
    one: Watched, mail_server: MailServer, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.mailboxes.watching.wait_after", lambda *_: 0.05)
    account.deliver(eml(1))
    with one.running(one.watch(account.box(), every=0.5)):
        one.wait_until(lambda w: news(w) == 1)
        mail_server.restart()
        account.deliver(eml(2))
        one.wait_until(lambda w: news(w) == 2)
    assert {what for _, _, what in one.said if isinstance(what, Problem)} <= {
        Problem.NO_CONNECTION  # while it starts
    }


# -- who wrote


def test_mail_that_a_form_sent_on_is_from_whom_its_reply_goes_to(
    one: Watched, account: Account
) -> None:
    from sqlalchemy import select

    from triage.messages.tables import Message

    account.deliver(b"Reply-To: Kim <Kim@example.net>\r\n" + eml(1))
    account.deliver(eml(2))
    account.deliver(b"Reply-To: ((((((,;<>@\r\n" + eml(3))
    assert one.look(account.box(from_mode="reply_to", service="forms")) is None
    with one.triage.database.read() as session:
        rows = session.execute(select(Message.subject, Message.from_address, Message.service))
        found = {row.subject: (row.from_address, row.service) for row in rows}
    assert found == {
        "Letter 1": ("kim@example.net", "forms"),
        "Letter 2": ("writer2@example.org", "forms"),
        "Letter 3": ("writer3@example.org", "forms"),
    }

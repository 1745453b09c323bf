"""The alarm on every page, the page behind the link in the mail, and what neither tells."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.testing.v1 import AppTest
from support.asking import apart
from support.desk import Desk, address
from support.mail import START
from support.screens import html_of, press, words_of
from support.watch import Watch
from support.worlds import seeded_ids

import dashboard
from dashboard import session
from dashboard.acknowledge import Acknowledging
from dashboard.views import views as every_view
from triage.alarms.queries import my_alerts
from triage.alarms.rules import How
from triage.alarms.service.raising import acknowledge
from triage.app import jobs
from triage.core.access import Actor
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.core.jobs import run_due
from triage.core.links import sign_link
from triage.core.roles import Role
from triage.notify.rules import ACKNOWLEDGE
from triage.staff.service import duty

APP = Path(str(dashboard.__file__)).parent / "app.py"
SECRET = "zanzibar"


@pytest.fixture
def watch(desk: Desk) -> Watch:
    return Watch(desk)


@pytest.fixture
def whole(desk: Desk) -> Callable[[Actor], AppTest]:
    """The whole desk, as somebody."""

    def draw(viewer: Actor) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=30)
        at.session_state["person_id"] = viewer.person_id
        at = at.run()
        assert not at.exception, at.exception
        return at

    return draw


def alerted(watch: Watch, **fields: object) -> str:
    """Ana is on duty, and has been alerted of a threat; its id."""
    watch.on_duty(watch.desk.ana)
    message = watch.desk.arrive(f"[high] {SECRET}", from_name=SECRET, subject=SECRET, **fields)
    watch.run()
    return message


# -- banners


def test_who_was_alerted_is_told_on_every_page_and_can_say_that_they_have_it(watch, whole) -> None:
    alerted(watch)
    watch.desk.move(minutes=5)
    at = whole(watch.desk.ana)
    assert "You were alerted at 09:00 on Mon 2 Mar (urgent lane)." in words_of(at)
    assert "Nobody has taken yet: urgent lane, 1 message (for 5 minutes)." in words_of(at)
    at = press(at, "have_it")
    assert "You were alerted" not in words_of(at)
    assert "Nobody has taken yet" not in words_of(at)
    assert [one.ended_how for one in watch.alarms()] == ["desk"]


def test_a_fallback_from_outside_is_told_too_and_sees_no_more(watch, whole) -> None:
    watch.fallback(watch.desk.gus)
    watch.desk.arrive(f"[welfare] {SECRET}")
    watch.run()
    said = words_of(whole(watch.desk.gus))
    assert "You were alerted at 09:00 on Mon 2 Mar (welfare lane)." in said
    assert "Nobody has taken yet" not in said
    assert "Nobody is on duty" not in said


@pytest.mark.parametrize(("who", "sees"), [("ben", True), ("dora", True), ("max", False)])
def test_reviewers_see_what_nobody_has_and_others_do_not(watch, whole, who, sees) -> None:
    alerted(watch)
    watch.desk.move(minutes=32)
    said = words_of(whole(watch.desk.people[who]))
    assert ("Nobody has taken yet: urgent lane, 1 message (for 32 minutes)" in said) is sees
    assert "You were alerted" not in said


def test_that_nobody_is_on_duty_is_said_with_who_comes_next(watch, whole) -> None:
    starts = watch.desk.now + timedelta(days=1)
    watch.shift(watch.desk.ana, starts, starts + timedelta(hours=8))
    watch.desk.arrive("[high]")
    said = words_of(whole(watch.desk.ben))
    assert "Nobody is on duty. Next: Tue 3 Mar 2026, 09:00." in said
    watch.on_duty(watch.desk.cleo)
    assert "Nobody is on duty" not in words_of(whole(watch.desk.ben))


def test_with_no_alarm_and_no_rota_nothing_is_said(watch, whole) -> None:
    watch.desk.arrive("[medium]")
    said = words_of(whole(watch.desk.ben))
    assert "Nobody is on duty" not in said  # the line of the day says it, and no banner does
    assert "Nobody has taken yet" not in said


def test_opening_the_message_clears_the_banner(watch, whole) -> None:
    message = alerted(watch)
    watch.desk.open(watch.desk.ben, message)
    assert "alerted" not in words_of(whole(watch.desk.ana))


def test_the_record_says_whom_it_was_put_to(watch, screen) -> None:
    alerted(watch)
    at = screen("record", watch.desk.ben)
    at = at.toggle(key="everything").set_value(True).run()
    said = words_of(at)
    assert "alert sent" in said
    assert "to Ana, step 1" in said
    assert SECRET not in said


def test_p_rec_4_with_and_without_an_alarm_of_hers_a_recipient_sees_the_same(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, clock, screen, whole
) -> None:
    seen = []
    for with_x in (True, False):
        clock.move(START - clock.now())
        chance = seeded_ids(monkeypatch)
        desk = make_desk(demo=True, smtp_host="127.0.0.1", smtp_port=1, smtp_from="d@example.org")
        monkeypatch.setattr(session, "desk", lambda desk=desk: desk.triage)
        watch = Watch(desk)
        anna = desk.add("anna", Role.REVIEWER, Role.ADMIN, Role.ON_DUTY)
        watch.on_duty(anna, desk.ben)
        with chance.of("x"):
            if with_x:
                desk.arrive(f"[high] {SECRET}", recipients=(address("anna"),))
            for _ in range(3):  # nothing answers at this port: no mail of it goes
                watch.run()
                desk.move(minutes=20)
        run_due(desk.triage.runner, jobs(), desk.now)
        if with_x:
            assert watch.told()[0] == "ben"
            assert "anna" not in watch.told()
            assert "Alerts are late" in words_of(screen("review", desk.ben))
            assert "Nobody has taken yet" in words_of(whole(desk.ben))
        # Her own page is the one exemption: what was sent to her stands there.
        views = [html_of(screen(one.path, anna)) for one in every_view() if one.path != "mine"]
        told = [html_of(whole(anna)), *views, repr(desk.read(my_alerts, viewer=anna))]
        seen.append([re.sub(r"triage\d+\.db", "the database", one) for one in told])
    assert seen[0] == seen[1]


# -- the link in the mail


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("the desk itself was asked")


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


def ask(path: str, method: str = "GET") -> Answer:
    """Ask the application over ASGI, as a server would."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b""}
    apart(partial(anyio.run, Acknowledging(nowhere), scope, receive, send))
    headers = {name.decode(): text.decode() for name, text in sent[0]["headers"]}
    body = b"".join(one.get("body", b"") for one in sent[1:])
    return Answer(sent[0]["status"], headers, body.decode())


def token(watch: Watch, **given: object) -> str:
    wanted = {
        "purpose": ACKNOWLEDGE,
        "subject": watch.alerts()[0].id,
        "expires": watch.desk.now + timedelta(hours=24),
    }
    return sign_link(watch.desk.triage.keys, **(wanted | given))  # type: ignore[arg-type]


def text_of(html: str) -> str:
    body = html.partition("<main>")[2]
    return " ".join(re.sub("<[^>]*>", " ", body).split())


def test_p_con_2_the_page_says_the_lane_and_nothing_else(watch) -> None:
    message = alerted(watch)
    answer = ask(f"/a/{token(watch)}")
    assert answer.status == 200
    assert text_of(answer.text) == (
        "Conduct desk If someone is in danger now, call 999 first. Something at the desk cannot "
        "wait. It is in the urgent lane. I have it Press the button only if you will look at it "
        "now. If you do not, the next person is asked."
    )
    for told in (SECRET, message, "Ana", watch.desk.ana.person_id, watch.alerts()[0].id, "09:00"):
        assert told not in answer.text
    assert "<script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS", "DELETE"])
def test_looking_at_the_page_acknowledges_nothing(watch, method) -> None:
    alerted(watch)
    for _ in range(3):
        ask(f"/a/{token(watch)}", method)
    assert [one.ended_at for one in watch.alarms()] == [None]
    assert watch.desk.events("acknowledged") == []


def test_the_button_acknowledges_once_for_the_person_who_was_alerted(watch) -> None:
    message = alerted(watch)
    link = f"/a/{token(watch)}"
    assert "Thank you" in ask(link, "POST").text
    events = watch.desk.events("acknowledged", message)
    assert [one.actor_id for one in events] == [watch.desk.ana.person_id]
    assert [one.ended_how for one in watch.alarms()] == [How.LINK]
    for again in (ask(link, "POST"), ask(link)):
        assert "This link opens nothing." in again.text
    assert len(watch.desk.events("acknowledged", message)) == 1


def test_wrong_expired_used_and_foreign_links_look_alike_and_do_nothing(watch) -> None:
    alerted(watch)
    good = token(watch)
    wrong = [
        good[:-1] + ("0" if good[-1] != "0" else "1"),
        token(watch, expires=watch.desk.now),
        token(watch, purpose="recipient"),
        token(watch, subject=new_id()),
        "",
        "x" * 5000,
        "../review",
        "%00<script>alert(1)</script>",
    ]
    pages = set()
    for one in wrong:
        for answer in (ask(f"/a/{one}"), ask(f"/a/{one}", "POST")):
            assert answer.status == 404
            pages.add(answer.text)
    assert watch.desk.events("acknowledged") == []
    watch.desk.do(watch.desk.ana, acknowledge, alert_id=watch.alerts()[0].id)
    pages.add(ask(f"/a/{good}").text)
    assert len(pages) == 1


def test_a_link_ends_after_a_day(watch) -> None:
    alerted(watch)
    link = f"/a/{token(watch)}"
    watch.desk.move(hours=23, minutes=59)
    assert ask(link).status == 200
    watch.desk.move(minutes=1)
    assert ask(link).status == 404


def test_p_rec_1_who_was_excluded_since_has_a_link_that_opens_nothing(watch) -> None:
    message = alerted(watch)
    watch.desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=message,
            person_id=watch.desk.ana.person_id,
            kind=ExclusionKind.RECUSED,
            at=watch.desk.now,
        )
    )
    link = f"/a/{token(watch)}"
    assert ask(link).text == ask(link, "POST").text == ask("/a/x").text
    assert [one.ended_at for one in watch.alarms()] == [None]


def test_an_absence_does_not_shut_the_link_of_who_was_alerted(watch) -> None:
    alerted(watch)
    span = {"starts": watch.desk.now, "ends": watch.desk.now + timedelta(days=1)}
    watch.desk.do(watch.desk.ada, duty.add_absence, person_id=watch.desk.ana.person_id, **span)
    assert ask(f"/a/{token(watch)}").status == 200

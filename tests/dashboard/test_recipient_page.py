"""``/r/<token>``: the page of a volunteer without an account, asked over HTTP."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from support.asking import Answer, Client
from support.desk import Desk

from dashboard import recipient_page
from dashboard.plain import POLICY, STYLE
from dashboard.recipient_page import LONGEST_BODY, MOST_TURNS, Turns, routes
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import CONSOLE
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.core.links import sign_link
from triage.messages.beside.tables import RecipientAct
from triage.messages.rules import State
from triage.messages.tables import Message
from triage.staff.service.volunteers import (
    LINK_HOLDS,
    add_volunteer,
    end_volunteer,
    make_link,
    restore_volunteer,
)

VI = "vi@volunteers.example.org"
HOSTILE = "Vi ![x](http://sink.example/x) <img src=x onerror=alert(1)> </style> {{ 7*7 }} \u202e"
MARKER = "quincunx"


@pytest.fixture
def client(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(recipient_page, "turns", Turns())
    return Client(Starlette(routes=routes))


def add(desk: Desk, name: str = "Vi Okonedo", email: str = VI) -> str:
    return str(desk.do(CONSOLE, add_volunteer, name=name, email=email))


def link(desk: Desk, volunteer_id: str) -> str:
    return f"/r/{desk.do(CONSOLE, make_link, volunteer_id=volunteer_id)}"


@pytest.fixture
def vi(desk: Desk) -> str:
    """The way to the page of a volunteer."""
    return link(desk, add(desk))


def hers(desk: Desk, text: str = f"[medium] {MARKER}", email: str = VI) -> str:
    return desk.arrive(text, recipients=(email,), subject=MARKER, from_name=MARKER.title())


def said(answer: Answer) -> str:
    return unescape(re.sub("<[^>]*>", " ", answer.text.partition("</style>")[2]))


def rows(desk: Desk) -> list[tuple[str, str]]:
    found = select(RecipientAct.act, RecipientAct.person_id)
    return [tuple(one) for one in desk.read(lambda session: session.execute(found).all())]


def test_it_shows_where_things_stand_and_no_text_and_no_sender(desk, client, vi) -> None:
    message_id = hers(desk)
    answer = client.get(vi)
    shown = said(answer)
    assert answer.status_code == 200
    assert f"{message_id[:3]}-{message_id[3:6]}: Waiting for a colleague" in shown
    assert "If someone is in danger now, call 999" in shown
    assert "Samaritans" in shown
    assert MARKER not in answer.text.lower()
    assert "pat@example.org" not in answer.text
    assert "<script" not in answer.text


def test_it_shows_the_result_and_not_who_or_how_severe(desk, client, vi) -> None:
    message_id = hers(desk)
    desk.decide(desk.ben, message_id, Disposition.OFFENSIVE, severity=Severity.HIGH)
    assert "Being looked at" in said(client.get(vi))
    desk.move(minutes=11)
    shown = said(client.get(vi))
    assert "Dealt with: noted as offensive" in shown
    assert "Ben" not in shown
    assert "severity" not in shown.lower()


def test_other_peoples_messages_are_not_there(desk, client, vi) -> None:
    other = link(desk, add(desk, "Ola", "ola@volunteers.example.org"))
    message_id = hers(desk)
    desk.arrive()
    assert client.get(vi).text.count('class="card"') == 1
    assert client.get(other).text.count('class="card"') == 0
    refused = client.post(other, data={"do": "alarm", "message": message_id})
    assert refused.status_code == 422
    assert "There is no such message." in said(refused)
    assert not desk.row(message_id).urgent


def test_a_get_changes_nothing_whatever_it_asks(desk, client, vi) -> None:
    message_id = hers(desk)
    before = (desk.version(message_id), rows(desk), len(desk.events()))
    for query in (
        "",
        "?do=alarm",
        f"?do=alarm&message={message_id}",
        "?page=-1",
        "?page=x&done=<b>",
    ):
        assert client.get(vi + query).status_code == 200
    assert client.head(vi).status_code == 200
    assert (desk.version(message_id), rows(desk), len(desk.events())) == before


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"do": "flag", "why": "the third"}, "Flagged. A colleague will look at it."),
        ({"do": "alarm"}, "The alarm is raised"),
        ({"do": "called", "day": "2026-03-02", "time": "08:40"}, "you called 999"),
        ({"do": "seen"}, "Noted for yourself"),
    ],
)
def test_each_right_is_a_post_that_leads_back_to_the_page(
    desk, client, vi, fields: dict[str, str], expected: str
) -> None:
    message_id = hers(desk)
    answer = client.post(vi, data={**fields, "message": message_id})
    assert [one.status_code for one in answer.history] == [303]
    assert expected in said(answer)
    assert rows(desk)
    assert {one.actor_id for one in desk.events(matter_id=message_id)} - {"system"} == {
        rows(desk)[0][1]
    }


def test_p_msg_1_what_is_entered_is_kept_is_theirs_and_who_entered_it_is_said(
    desk, client, vi
) -> None:
    fields = {
        "do": "note",
        "channel": "phone",
        "day": "2026-03-01",
        "time": "14:35",
        "words": "[medium] said he would come round",
        "sender": "Pat",
        "flagged": "yes",
    }
    answer = client.post(vi, data=fields)
    assert "Kept." in said(answer)
    assert "Waiting for a colleague" in said(answer)
    assert "come round" not in answer.text
    (message_id,) = desk.read(lambda session: session.scalars(select(Message.id)).all())
    message = desk.row(message_id)
    assert (message.channel, message.state, message.from_name) == ("phone", "queued", "Pat")
    assert "Vi Okonedo, volunteer" in message.source
    (event,) = desk.events("note_taken")
    assert event.actor_id == rows(desk)[0][1]


def test_what_is_missing_is_said_and_nothing_typed_is_lost(desk, client, vi) -> None:
    message_id = hers(desk)
    answer = client.post(vi, data={"do": "note", "words": "so <b>much</b>", "sender": "Pat"})
    assert answer.status_code == 422
    assert "There is a problem" in said(answer)
    for one in ("Choose how it came.", "Enter the day and the time it came."):
        assert said(answer).count(one) == 2, "in the summary, and beside its field"
    assert "so &lt;b&gt;much&lt;/b&gt;" in answer.text
    answer = client.post(vi, data={"do": "flag", "message": message_id, "why": " "})
    assert "Say in a few words" in said(answer)
    for fields in (
        {"do": "called", "message": message_id},
        {"do": "called", "message": message_id, "day": "2026-03-09", "time": "08:00"},
        {"do": "nothing", "message": message_id},
        {"do": "alarm", "message": "x"},
        {"do": "decide", "message": message_id},
        {},
    ):
        assert client.post(vi, data=fields).status_code == 422
    assert desk.state(message_id) is State.QUEUED


def dead(desk: Desk) -> dict[str, str]:
    """Links that open nothing, each for another reason."""
    replaced_id, ended_id, back_id = (
        add(desk, f"V{one}", f"v{one}@volunteers.example.org") for one in range(3)
    )
    replaced, ended, back = (link(desk, one) for one in (replaced_id, ended_id, back_id))
    newest = link(desk, replaced_id)
    for one in (ended_id, back_id):
        desk.do(CONSOLE, end_volunteer, volunteer_id=one)
    desk.do(CONSOLE, restore_volunteer, volunteer_id=back_id)
    keys, expires = desk.triage.keys, desk.now + timedelta(days=1)
    subject = newest.removeprefix("/r/").partition(".")[0]
    return {
        "made up": f"/r/{new_id()}-1.9999999999.{'0' * 64}",
        "no token": "/r/x",
        "changed": newest[:-1] + ("0" if newest[-1] != "0" else "1"),
        "another purpose": "/r/"
        + sign_link(keys, purpose="alarm", subject=subject, expires=expires),
        "a version to come": "/r/"
        + sign_link(keys, purpose="recipient", subject=f"{replaced_id}-9", expires=expires),
        "a member of staff": "/r/"
        + sign_link(keys, purpose="recipient", subject=f"{desk.ana.person_id}-0", expires=expires),
        "replaced": replaced,
        "ended": ended,
        "ended and restored": back,
        "over": "/r/" + sign_link(keys, purpose="recipient", subject=subject, expires=desk.now),
    }


def test_every_link_that_does_not_hold_gets_the_same_answer(desk, client) -> None:
    answers = {
        (answer.status_code, answer.text)
        for path in dead(desk).values()
        for answer in (client.get(path), client.post(path, data={"do": "alarm"}))
    }
    assert len(answers) == 1
    ((status, body),) = answers
    assert status == 404
    assert "This link does not work" in body
    assert "call 999" in body


def test_a_link_holds_for_thirty_days_and_ends_with_the_volunteer_at_once(desk, client) -> None:
    identifier = add(desk)
    path = link(desk, identifier)
    desk.move(days=LINK_HOLDS.days, seconds=-1)
    assert client.get(path).status_code == 200
    desk.move(seconds=1)
    assert client.get(path).status_code == 404
    path = link(desk, identifier)
    message_id = hers(desk)
    desk.do(CONSOLE, end_volunteer, volunteer_id=identifier)
    assert client.post(path, data={"do": "alarm", "message": message_id}).status_code == 404
    assert not desk.row(message_id).urgent


def test_p_rec_1_who_is_reported_in_it_too_sees_and_does_nothing(desk, client) -> None:
    identifier = add(desk)
    path, message_id = link(desk, identifier), hers(desk)
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=message_id,
            person_id=identifier,
            kind=ExclusionKind.SUBJECT,
            at=desk.now,
        )
    )
    assert 'class="card"' not in client.get(path).text
    answer = client.post(path, data={"do": "alarm", "message": message_id})
    assert "There is no such message." in said(answer)


def test_hostile_names_are_escaped_and_spelled_out_and_no_template(
    make_desk: Callable[..., Desk], desk: Desk, client
) -> None:
    path = link(desk, add(desk, HOSTILE))
    body = client.get(path).text
    assert "<img" not in body
    assert "\u202e" not in body
    assert "[U+202E]" in body
    assert "{{ 7*7 }}" in body
    assert body.count("</style>") == 1
    message_id = hers(desk)
    for fields in (
        {"do": "flag", "message": message_id, "why": f" {HOSTILE}" * 100},
        {"do": "note", "words": HOSTILE, "sender": f'"><img src=x>{HOSTILE}', "channel": HOSTILE},
    ):
        body = client.post(path, data=fields).text
        assert "<img" not in body


def test_a_body_that_is_too_long_or_no_form_is_refused_and_changes_nothing(
    desk, client, vi
) -> None:
    message_id = hers(desk)
    before = len(desk.events())
    for body in (
        b"x" * (LONGEST_BODY + 1),
        urlencode({"do": "flag", "message": message_id, "why": "x" * LONGEST_BODY}).encode(),
    ):
        assert client.post(vi, content=body).status_code == 413
    for body in (b"\xff\xfe", b"&".join(b"a%d=1" % n for n in range(200)), b"", b"{}"):
        assert client.post(vi, content=body).status_code == 422
    assert len(desk.events()) == before


def test_a_note_of_the_greatest_length_fits(desk, client, vi) -> None:
    fields = {
        "do": "note", "channel": "email", "day": "2026-03-01", "time": "10:00",
        "words": "\U0001f9a9" * 50_000, "flagged": "yes",
    }  # fmt: skip
    assert "Kept." in said(client.post(vi, data=fields))


def test_a_link_posts_so_often_within_the_hour_and_raises_the_alarm_all_the_same(
    desk, client, vi
) -> None:
    message_id = hers(desk)
    for _ in range(MOST_TURNS):
        client.post(vi, data={"do": "seen", "message": message_id})
    answer = client.post(vi, data={"do": "flag", "message": message_id, "why": "x"})
    assert answer.status_code == 429
    assert "call 999" in said(answer)
    answer = client.post(vi, data={"do": "alarm", "message": message_id})
    assert answer.status_code == 200
    assert desk.row(message_id).urgent
    desk.move(hours=1, minutes=1)
    answer = client.post(vi, data={"do": "flag", "message": message_id, "why": "x"})
    assert answer.status_code == 422  # the alarm has flagged it
    assert "flagged this already" in said(answer)


def test_no_answer_sets_a_cookie_and_a_cookie_changes_nothing(desk, client, vi) -> None:
    hers(desk)
    plain = client.get(vi)
    assert "set-cookie" not in plain.headers
    with_cookie = client.get(vi, headers={"cookie": "_streamlit_user=x; triage_browser=y"})
    assert with_cookie.text == plain.text


def test_a_fault_says_nothing_of_what_it_was_about(
    desk, client, vi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object, **_given: object) -> None:
        raise RuntimeError(MARKER)

    monkeypatch.setattr(recipient_page, "sent_to_me", fail)
    answer = client.get(vi)
    assert answer.status_code == 500
    assert "Something went wrong" in said(answer)
    assert MARKER not in answer.text + caplog.text
    assert vi.removeprefix("/r/") not in caplog.text


def test_only_the_style_of_the_page_itself_is_let_in() -> None:
    assert "script-src" not in POLICY
    assert "default-src 'none'" in POLICY
    assert "form-action 'self'" in POLICY
    assert STYLE


def test_more_than_a_page_is_cut_into_pages(desk, client, vi) -> None:
    for number in range(21):
        hers(desk, f"[low] {number}")
    assert client.get(vi).text.count('class="card"') == 20
    assert client.get(f"{vi}?page=2").text.count('class="card"') == 1
    assert "Page 2 of 2" in said(client.get(f"{vi}?page=99"))

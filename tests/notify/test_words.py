"""What alerts say: nothing about anybody, whatever stands in the database or the settings."""

import re
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from postoffice import FROM, PostOffice
from support.desk import Desk
from test_outbox import queue

from triage.core.access import SYSTEM
from triage.notify.rules import Kind, Lane, Problem
from triage.notify.service import deliver_due
from triage.notify.words import (
    FOOT,
    HAVE_IT,
    LANES,
    PROBLEMS,
    SUBJECT,
    WORDS,
    Undelivered,
    body,
    compose,
    is_address,
)

DESK_URL = "https://desk.charity.example.org/conduct"
NOWHERE = "Open the desk in your usual way."
KINDS = list(product(Kind, [None, *Lane]))
CANARY = "Canary Wharfinger"
HOSTILE = [
    f"https://desk.example.org/?case={CANARY}",
    f"https://desk.example.org/\r\nBcc: all@example.org\r\n\r\n{CANARY}",
    f"https://{CANARY}@desk.example.org/",
    "https://pat@desk.example.org/",
    "https://desk.example.org/#pat",
    "javascript:alert(1)",
    "https://",
    "http://[half",
    "\u202ehttps://desk.example.org",
    "https://desk.example.org/<b>",
    "https://desk.example.org/" + "a" * 200,
    "",
]


def whole(kind: Kind, lane: Lane | None, url: str = DESK_URL, to: str = "ana@example.org") -> str:
    mail = compose(
        kind=kind,
        lane=lane,
        desk_url=url,
        sender=FROM,
        to=to,
        message_id="<1@charity.example.org>",
        at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    return bytes(mail).decode("ascii")


def test_every_kind_lane_and_problem_has_its_words() -> None:
    assert (set(WORDS), set(LANES), set(PROBLEMS)) == (set(Kind), set(Lane), set(Problem))


@pytest.mark.parametrize(("kind", "lane"), KINDS)
def test_p_con_2_an_alert_is_made_of_fixed_sentences_and_the_desks_address(
    kind: Kind, lane: Lane | None
) -> None:
    fixed = [WORDS[kind], FOOT, f"The desk: {DESK_URL}"] + ([LANES[lane]] if lane else [])
    left = body(kind, lane, DESK_URL)
    for sentence in fixed:
        assert left.count(sentence) == 1
        left = left.replace(sentence, "")
    assert left.strip() == ""


def test_p_con_2_a_link_is_a_token_under_the_desks_own_address_and_nothing_more() -> None:
    said = body(Kind.ALARM, Lane.URGENT, DESK_URL, "T0KEN.1.ff")
    added = f"{HAVE_IT}\n{DESK_URL}/a/T0KEN.1.ff\n\n"
    assert said.replace(added, "") == body(Kind.ALARM, Lane.URGENT, DESK_URL)
    for url in HOSTILE:
        assert "T0KEN" not in body(Kind.ALARM, Lane.URGENT, url, "T0KEN.1.ff")


@pytest.mark.parametrize("sentence", [SUBJECT, FOOT, HAVE_IT, *WORDS.values(), *LANES.values()])
def test_p_con_2_no_sentence_has_a_place_for_data(sentence: str) -> None:
    assert re.fullmatch(r"[A-Za-z ,.']+", sentence), "words alone: no number, name slot or address"
    told = {"threat", "abus", "harass", "police", "incident", "complain", "suicid", "case"}
    assert not any(word in sentence.lower() for word in told)


@pytest.mark.parametrize("url", HOSTILE)
@pytest.mark.parametrize(("kind", "lane"), KINDS)
def test_p_con_2_a_hostile_setting_adds_nothing(kind: Kind, lane: Lane | None, url: str) -> None:
    assert body(kind, lane, url) == body(kind, lane, "")
    assert NOWHERE in body(kind, lane, url)
    assert CANARY not in whole(kind, lane, url)


@given(st.sampled_from(KINDS), st.text())
def test_whatever_the_setting_holds_no_line_is_added(
    one: tuple[Kind, Lane | None], url: str
) -> None:
    assert body(*one, url).count("\n") == body(*one, "").count("\n")
    assert body(*one, url).isascii()


@given(st.text() | st.from_regex(r"[^@]*@[^@]*", fullmatch=True))
def test_a_text_that_is_no_plain_address_goes_into_no_header(text: str) -> None:
    if is_address(text):
        assert text.isascii()
        assert not set(text) & set(' \t\r\n<>,;:"()[]\\')
        assert whole(Kind.DRILL, None, to=text).count("\nTo: ") == 1
    else:
        with pytest.raises(Undelivered):
            whole(Kind.DRILL, None, to=text)


def test_subjects_and_headers_tell_no_kind_from_another() -> None:
    heads = {whole(*one).partition("\n\n")[0] for one in KINDS}
    assert len(heads) == 1
    assert "Auto-Submitted: auto-generated" in heads.pop()


def test_p_con_2_what_is_sent_holds_nothing_of_people_or_messages(
    desk: Desk, office: PostOffice
) -> None:
    desk.arrive(
        f"[high] {CANARY} will come round",
        subject=CANARY,
        from_name=CANARY,
        from_address="canary@example.org",
    )
    message = desk.arrive(f"[high] {CANARY} again")
    canary = desk.add("canary")
    for kind, lane in KINDS:
        queue(
            desk,
            f"{message}:{kind}:{lane}",
            kind=kind,
            lane=lane,
            to_person_id=canary.person_id,
        )
    sent = deliver_due(desk.triage.runner, desk.now, office.sender())
    assert sent == len(KINDS)
    for to, raw in office.taken:
        assert to == ["canary@charity.example.org"]
        text = raw.decode("ascii").replace("To: canary@charity.example.org", "")
        assert "canary" not in text.lower()
        assert message not in text
        assert all(person.person_id not in text for person in desk.people.values())
    assert SYSTEM.name not in office.taken[0][1].decode("ascii")

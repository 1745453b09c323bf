"""What the screens say of who wrote: checked, claimed, forwarded, said by a person."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.mail import inbound
from support.screens import press, words_of

from dashboard import session
from triage.intake.inbound import Forward, How, InboundMessage, Verified
from triage.messages.rules import State

STRANGER = "stranger@example.com"


@pytest.fixture
def desk(make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = make_desk(demo=True, own_domains=("charity.example.org",))
    monkeypatch.setattr(session, "desk", lambda: made.triage)
    return made


def shown(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def forwarded(text: str, *, by: str = address("kit"), **changes: object) -> InboundMessage:
    forward = Forward("Kit", by, Verified.NOT_CHECKED, How.INLINE, "a note")
    return inbound(text, forward=forward, verified=Verified.NOT_VERIFIED, **changes)


def arrive(desk: Desk, message: InboundMessage) -> str:
    identifier = desk.receive(message)[0].message_id
    assert identifier is not None
    return identifier


@pytest.mark.parametrize("verified", list(Verified))
def test_a_spoofed_from_is_shown_as_not_verified(screen, desk, verified: Verified) -> None:
    said = f"address {verified.value.replace('_', ' ')}"
    message_id = desk.arrive("[high] words", verified=verified, authentication=("spf:pass",))
    listed = "Address not verified" in shown(screen("review", desk.ana))
    assert listed is (verified is Verified.NOT_VERIFIED)
    whole = shown(screen("review", desk.ana, message=message_id))
    assert f"Sender: {said}." in whole
    assert "spf=pass" in whole


def test_the_senders_history_says_how_far_their_address_was_checked(screen, desk) -> None:
    for one in (Verified.NOT_VERIFIED, Verified.VERIFIED, Verified.VERIFIED):
        message_id = desk.arrive("[high] words", verified=one)
    said = shown(screen("review", desk.ana, message=message_id))
    assert "2 address verified, 1 address not verified" in said


def test_mail_from_our_own_address_names_no_sender_and_shows_what_it_claims(screen, desk) -> None:
    message_id = desk.arrive("[high] words", from_address="boss@charity.example.org")
    said = shown(screen("review", desk.ana, message=message_id))
    assert "claims one of our own addresses" in said
    assert "boss@charity.example.org" in said
    assert "This sender" not in said


def test_a_forwarded_threat_shows_its_author_and_who_forwarded_it(screen, desk) -> None:
    message_id = arrive(desk, forwarded("[high] words"))
    said = shown(screen("review", desk.ana, message=message_id))
    assert "pat@example.org" in said
    assert f"Forwarded by Kit <{address('kit')}>" in said
    assert "the original in its text, address not checked" in said
    assert "a note" in said
    assert "not on the list" not in said


def test_what_came_through_a_service_says_so(screen, desk) -> None:
    message_id = desk.arrive("[high] words", came_through="no-reply@relay.example.com")
    assert "Came through no-reply@relay.example.com." in shown(
        screen("review", desk.ana, message=message_id)
    )


def to_copy(at: AppTest, desk: Desk) -> list[str]:
    """What is there to be copied, but for the reply to somebody at risk, which is always there."""
    reply = desk.triage.settings.welfare_reply
    return [one.value for one in at.code if one.value != reply]


def test_the_outside_tickets_number_and_address_are_copied_in_one_press(screen, desk) -> None:
    url = "https://help.example.org/a/77"
    at = screen("review", desk.ana, message=desk.arrive(ticket_id="HD-77", ticket_url=url))
    shown(at)
    assert to_copy(at, desk) == [f"HD-77\n{url}"]
    assert not [one for one in at.markdown if "HD-77" in one.value]
    at = screen("review", desk.ben, message=desk.arrive())
    assert to_copy(at, desk) == []


def test_a_hidden_character_in_a_ticket_is_spelled_out(screen, desk) -> None:
    at = screen("review", desk.ana, message=desk.arrive(ticket_id="HD\u202e77"))
    assert to_copy(at, desk) == ["HD[U+202E]77"]


def test_a_reviewer_says_who_wrote_and_the_head_tells_whose_word_it_is(screen, desk) -> None:
    message_id = desk.arrive("[high] words")
    at = screen("review", desk.ana, message=message_id)
    at.text_input[_input(at, "Who wrote? Leave")].set_value("sam@example.net")
    at.text_input[_input(at, "How do you know?")].set_value("he signed it")
    at = submit(at, "Save who wrote it")
    said = shown(at)
    assert "Who wrote, as Ana says. The mail itself claims pat@example.org" in said
    assert "sam@example.net" in said
    assert "he signed it" in said
    assert desk.row(message_id).said_address == "sam@example.net"


def test_held_forwards_are_work_that_waits_on_the_review_page(screen, desk) -> None:
    message_id = arrive(desk, forwarded("[high] words", by=STRANGER))
    desk.arrive("[high] [other] words")
    at = screen("review", desk.ana)
    assert "1 forward by an address that is not on the list" in shown(at)
    assert "Forwarded by an unlisted address" in shown(at)
    at = press(at, "held_forwards")
    assert at.query_params["forwards"] == "held"
    assert [one.key for one in at.button if str(one.key).startswith("open_")] == [
        f"open_{message_id}"
    ]
    at = press(at, "whole_queue")
    assert len([one for one in at.button if str(one.key).startswith("open_")]) == 2


def test_a_recipient_is_told_nothing_of_a_held_forward(screen, desk) -> None:
    arrive(desk, forwarded("[high] words", by=STRANGER, recipients=(address("ana"),)))
    assert "not on the list" not in shown(screen("review", desk.ana))
    assert "1 forward by" in shown(screen("review", desk.ben))


def test_a_held_forward_is_taken_in_on_its_page(screen, desk) -> None:
    message_id = arrive(desk, forwarded("[high] words", by=STRANGER))
    at = screen("review", desk.ana, message=message_id)
    said = shown(at)
    assert "Is this forward ours?" in said
    assert STRANGER in said
    assert at.text_input[_input(at, "Who wrote it? Leave")].value == "pat@example.org"
    at.text_input[_input(at, "How do you know?")].set_value("kit rang")
    at.selectbox[0].set_value(desk.kit.person_id)
    said = shown(submit(at, "Take it in"))
    assert "Is this forward ours?" not in said
    assert not desk.row(message_id).held_forward
    assert desk.row(message_id).sender_id is not None


def test_a_held_forward_is_sent_away_with_a_reason_once_it_was_read(screen, desk) -> None:
    message_id = arrive(desk, forwarded("[high] words", by=STRANGER))
    at = screen("review", desk.ana, message=message_id)
    desk.move(seconds=5)
    at = submit(at, "It is not ours")
    assert "Say in a few words why it is not ours." in shown(at)
    at = press(at, "reveal_full")
    at.text_input[_input(at, "Why is it not ours?")].set_value("an advertisement")
    at = submit(at, "It is not ours")
    shown(at)
    assert desk.state(message_id) is State.ROUTED


def _input(at: AppTest, label: str) -> int:
    return next(i for i, one in enumerate(at.text_input) if one.label.startswith(label))


def submit(at: AppTest, label: str) -> AppTest:
    return next(one for one in at.button if one.label == label).click().run()

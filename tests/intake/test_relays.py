"""What a service sends on: who really wrote is the sender, and the service's address never is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from triage.core.settings import RelayRule, Settings
from triage.intake.inbound import Channel, InboundMessage, Verified
from triage.intake.ours import from_json, ours_of, to_json
from triage.intake.parse import parse_mail

SETTINGS = Settings(
    relays=(
        RelayRule(
            address="No-Reply@fixmystreet.example.com",
            service="fixmystreet",
            header="Reply-To",
            ticket_header="X-Report",
            ticket_url_header="X-Report-Url",
        ),
        RelayRule(address="writetothem.example.com", service="writetothem", field="Email"),
    ),
    authserv_ids=("mx.charity.example.org",),
)
OURS = ours_of(SETTINGS)
FMS = "FixMyStreet <no-reply@fixmystreet.example.com>"
WTT = "Pat via WriteToThem <fyr-1@writetothem.example.com>"


def read(sender: str, body: str = "Hello.", *head: str) -> InboundMessage:
    lines = (*head, f"From: {sender}", "To: team@charity.example.org", "Subject: a report")
    return parse_mail("\n".join((*lines, "", body)).encode(), "a.eml", None, OURS)


def test_who_stands_in_the_header_wrote_and_the_service_is_what_it_came_through() -> None:
    found = read(
        FMS, "Hello.", "Reply-To: Pat Example <Pat@example.org>", "X-Report: 4711",
        "X-Report-Url: https://fixmystreet.example.com/report/4711",
    )  # fmt: skip
    assert (found.from_name, found.from_address) == ("Pat Example", "pat@example.org")
    assert found.came_through == "no-reply@fixmystreet.example.com"
    assert (found.service, found.channel) == ("fixmystreet", Channel.WEB)
    assert found.ticket_id == "4711"
    assert found.ticket_url == "https://fixmystreet.example.com/report/4711"


@pytest.mark.parametrize(
    "body",
    [
        "Name: Pat\nEmail: pat@example.org\n\nI am cross.",
        "Dear all,\n\nI am cross.\n\n--\n * email : <pat@example.org>\n",
        "Email:\npat@example.org\n\nI am cross.",
        "> Email: Pat Example <pat@example.org>",
    ],
)
def test_who_stands_in_the_labelled_line_wrote(body: str) -> None:
    found = read(WTT, body)
    assert found.from_address == "pat@example.org"
    assert found.came_through == "fyr-1@writetothem.example.com"


@pytest.mark.parametrize(
    ("sender", "body", "head"),
    [
        (WTT, "I am cross.", ()),
        (WTT, "Email: not given", ()),
        (WTT, "My Email: pat@example.org", ()),
        (WTT, "Email: fyr-2@writetothem.example.com", ()),
        (FMS, "Hello.", ()),
        (FMS, "Hello.", ("Reply-To: no-reply@fixmystreet.example.com",)),
    ],
)
def test_a_rule_that_finds_nothing_leaves_the_sender_unknown_and_never_names_the_relay(
    sender: str, body: str, head: tuple[str, ...]
) -> None:
    found = read(sender, body, *head)
    assert found.from_address is None
    assert found.came_through is not None


def test_a_second_line_with_another_address_makes_the_sender_unknown() -> None:
    """Whoever writes through a service can put a line like the service's own into the text."""
    body = "Email: mallory@example.com\n\nI am cross.\nEmail: pat@example.org"
    assert read(WTT, body).from_address is None
    twice = ("Reply-To: pat@example.org", "Reply-To: mallory@example.com")
    assert read(FMS, "Hello.", *twice).from_address is None
    assert read(WTT, "Email: pat@example.org\nEmail: Pat <PAT@example.org>").from_address


def test_a_spoofed_relay_lets_nobody_write_in_anybodys_name() -> None:
    failed = "Authentication-Results: mx.charity.example.org; dmarc=fail"
    found = read(FMS, "Hello.", failed, "Reply-To: pat@example.org", "X-Report: 1")
    assert found.from_address == found.came_through == "no-reply@fixmystreet.example.com"
    assert found.verified is Verified.NOT_VERIFIED
    assert found.ticket_id is None
    passed = "Authentication-Results: mx.charity.example.org; dmarc=pass"
    found = read(FMS, "Hello.", passed, "Reply-To: pat@example.org")
    assert found.from_address == "pat@example.org"
    assert found.verified is Verified.NOT_CHECKED  # of Pat's address our server knows nothing


def test_mail_from_elsewhere_is_no_relays() -> None:
    for sender in ("x@fixmystreet.example.com", "x@evil-writetothem.example.com.example.net"):
        found = read(sender, "Email: pat@example.org", "Reply-To: pat@example.org")
        assert found.from_address == sender
        assert found.came_through is None


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://example.org/1", "file:///etc/x", "//example.org", "x"]
)
def test_a_ticket_address_is_http_or_https_or_none(url: str) -> None:
    head = ("Reply-To: pat@example.org", f"X-Report-Url: {url}")
    assert read(FMS, "Hello.", *head).ticket_url is None


def test_a_rule_names_one_place() -> None:
    for given_ in ({}, {"header": "Reply-To", "field": "Email"}):
        with pytest.raises(ValidationError):
            RelayRule(address="a@example.org", service="x", **given_)


def test_what_is_ours_reaches_the_child_as_it_is() -> None:
    assert from_json(to_json(OURS)) == OURS


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Email",
                ":",
                " ",
                "\n",
                "*",
                ">",
                "a@example.org",
                "b@x.example",
                "fyr@writetothem.example.com",
                "é",
                "<",
                "(",
            ]
        ),
        max_size=40,
    )
)
def test_whatever_stands_in_the_body_the_relay_is_never_who_wrote(pieces: list[str]) -> None:
    found = read(WTT, "".join(pieces))
    assert not (found.from_address or "").endswith("writetothem.example.com")
    assert found.came_through == "fyr-1@writetothem.example.com"

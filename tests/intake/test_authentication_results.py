"""RFC 8601: only our own server's topmost word counts; whatever else stands there is anybody's."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from triage.intake.authentication import MAX_CHARS, check, parse
from triage.intake.headers import read_head
from triage.intake.inbound import InboundMessage, Verified
from triage.intake.ours import Ours
from triage.intake.parse import parse_mail

OURS = Ours(authserv_ids=("mx.charity.example.org",))
MX = "mx.charity.example.org; "


def read(*results: str, sender: str = "Pat <pat@example.org>") -> InboundMessage:
    head = "".join(f"Authentication-Results: {one}\r\n" for one in results)
    mail = f"{head}From: {sender}\r\nTo: team@charity.example.org\r\n\r\nHello.\r\n"
    return parse_mail(mail.encode(), "a.eml", None, OURS)


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=pass header.from=example.org",
        "dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=Example.ORG",
        "dkim=pass header.d=example.org header.s=k header.b=Ab12/==",
        "dkim = pass header.d = example.org",
        "dkim=pass header.i=@example.org",
        "spf=pass (mx: domain of pat designates 192.0.2.1) smtp.mailfrom=bounce@example.org",
        "spf=pass smtp.mailfrom=example.org; dkim=none; dmarc=none",
        'spf=fail smtp.mailfrom=x@example.com; dkim=pass reason="a; b" header.d=example.org',
        "dkim/1=pass header.d=example.org",
    ],
)
def test_what_our_server_found_aligned_is_verified(results: str) -> None:
    assert read(MX + results).verified is Verified.VERIFIED


@pytest.mark.parametrize(
    "results",
    [
        "spf=pass smtp.mailfrom=mallory@example.com; dkim=none; dmarc=fail header.from=example.org",
        "spf=pass smtp.mailfrom=mallory@example.com; dmarc=none",
        "dkim=pass header.d=example.com",
        "dkim=pass header.d=evil.example.org",
        "dkim=pass header.d=org",
        "dkim=pass header.d=notexample.org",
        "dkim=pass",
        "dmarc=pass header.from=example.com",
        "dkim=fail header.d=example.org",
        "dkim=pass header.d=example.org; dmarc=fail header.from=example.org",
        "spf=pass smtp.helo=example.org",
        "spf=softfail smtp.mailfrom=pat@example.org",
        "dmarc=temperror",
    ],
)
def test_a_spoofed_from_is_not_verified(results: str) -> None:
    assert read(MX + results).verified is Verified.NOT_VERIFIED


@pytest.mark.parametrize(
    "value",
    [
        'spf=pass smtp.mailfrom="x; dmarc=pass"@example.com',
        "spf=pass (sender (nested; dmarc=pass) ) smtp.mailfrom=x@example.com",
        "spf=pass (a \\) ; dmarc=pass) smtp.mailfrom=x@example.com",
        "spf=pass smtp.mailfrom=x@example.com dmarc=pass",
        'spf=fail reason="\\"; dmarc=pass" smtp.mailfrom=x@example.com',
        'spf=fail smtp.mailfrom="open; dmarc=pass header.from=example.org',
        "spf=fail (open; dmarc=pass header.from=example.org",
    ],
)
def test_what_a_sender_put_into_a_value_is_never_a_result(value: str) -> None:
    found = read(MX + value)
    assert found.verified is Verified.NOT_VERIFIED
    assert "dmarc:pass" not in found.authentication


def test_only_the_topmost_header_counts_and_only_under_a_name_of_ours() -> None:
    forged = "dmarc=pass header.from=example.org"
    assert read(f"mx.example.com; {forged}").verified is Verified.NOT_CHECKED
    assert read("mx.example.com; spf=fail", MX + forged).verified is Verified.NOT_CHECKED
    honest = MX + "dmarc=fail header.from=example.org"
    assert read(honest, MX + forged).verified is Verified.NOT_VERIFIED
    assert read(MX.upper() + forged).verified is Verified.VERIFIED
    assert read(f"mx.charity.example.org 1; {forged}").verified is Verified.VERIFIED


def test_without_a_server_of_ours_or_without_a_check_nothing_is_said() -> None:
    assert read().verified is Verified.NOT_CHECKED
    assert read(MX + "none").verified is Verified.NOT_CHECKED
    assert read(MX + "auth=pass smtp.auth=ana").verified is Verified.NOT_CHECKED
    mail = b"Authentication-Results: mx.charity.example.org; dmarc=pass\n"
    mail += b"From: pat@example.org\n\nHello."
    assert parse_mail(mail, "a.eml").verified is Verified.NOT_CHECKED


@pytest.mark.parametrize(
    "sender",
    [
        "Pat <pat@example.org>, Mal <mal@example.com>",
        "Pat <pat@example.org>\r\nFrom: Mal <mal@example.com>",
        "nobody",
    ],
)
def test_two_senders_or_none_are_never_verified(sender: str) -> None:
    found = read(MX + "dmarc=pass header.from=example.org", sender=sender)
    assert found.verified is Verified.NOT_VERIFIED


def test_what_is_kept_of_the_results_are_our_own_words() -> None:
    found = read(MX + "spf=<b>hello</b>; dkim=pass header.d=example.org; x-spam=yes; dmarc=PASS")
    assert found.authentication == ("spf:other", "dkim:pass", "dmarc:pass")


PIECES = st.sampled_from(
    ["mx.charity.example.org", ";", "=", " ", "(", ")", '"', "\\", "dkim", "spf", "dmarc", "pass",
     "header.d", "header.from", "example.org", "\t", "/1", "none", "é"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=60).map("".join))
@example("(" * 20_000)
@example(";=" * 20_000)
def test_any_header_is_read_to_an_end_and_never_raises(value: str) -> None:
    server, results = parse(value)
    assert server == server.lower()
    if results is None:
        return
    assert all(one.code.partition(":")[0] == one.method for one in results)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters='\r\n"\\'), max_size=80))
def test_no_quoted_value_of_a_senders_choice_turns_the_answer(chosen: str) -> None:
    value = f'{MX}spf=pass smtp.mailfrom="{chosen}"@example.com; dmarc=fail header.from=example.org'
    assert read(value).verified is Verified.NOT_VERIFIED


def test_a_header_above_the_limit_is_not_verified() -> None:
    long = f"{MX}dmarc=pass header.from=example.org; x=y reason={'a' * MAX_CHARS}"
    assert read(long).verified is Verified.NOT_VERIFIED
    head, _ = read_head(b"From: a@example.org\n", 0, 20)
    assert check(head, OURS.authserv_ids).verified is Verified.NOT_CHECKED

from datetime import UTC, datetime

import pytest

from triage.intake.addresses import parse_addresses
from triage.intake.charsets import codec_name, decode
from triage.intake.dates import envelope_date, parse_date, received_date
from triage.intake.headers import decode_words, read_head, unbase64


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a@example.org", [("", "a@example.org")]),
        ("A Person <A@Example.ORG>", [("A Person", "a@example.org")]),
        ('"Person, A" <a@example.org>', [("Person, A", "a@example.org")]),
        ("a@example.org (A Person)", [("A Person", "a@example.org")]),
        ("=?utf-8?q?Zo=C3=AB?= <z@example.org>", [("Zoë", "z@example.org")]),
        (
            "Group: a@example.org, B <b@example.org>;",
            [("", "a@example.org"), ("B", "b@example.org")],
        ),
        ('"A \\"X\\" B" <a@example.org>', [('A "X" B', "a@example.org")]),
        ("A <not an address>", [("A", None)]),
        ('"never closed <a@example.org>', [("", "a@example.org")]),
        ("A <a@example.org", [("A", "a@example.org")]),
        ("<a@example.org, b@example.org", [("", "a@example.org"), ("", "b@example.org")]),
        ("", []),
    ],
)
def test_addresses_are_read_in_every_form(value, found):
    assert parse_addresses(value) == found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?a_b?= =?utf-8?q?c?= d", "a bc d"),
        ("=?utf-8?b?4oI=?= =?utf-8?b?rA==?=", "€"),
        ("=?iso-8859-1?q?caf=E9?=", "café"),
        ("=?no-such?q?abc?=", "abc"),
        ("=?utf-8*en?q?abc?=", "abc"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("=?utf-8?q?a=0D=0AX:_b?=", "a X: b"),
        ("=?utf-8?b?!!!?=", ""),
        ("x=?utf-8?q?a?=y", "xay"),
    ],
)
def test_encoded_words_become_one_line_of_text(value, text):
    assert decode_words(value) == text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Thu, 19 Nov 2026 08:12:44 +0100", datetime(2026, 11, 19, 7, 12, 44, tzinfo=UTC)),
        ("19 Nov 2026 08:12:44 -0000", datetime(2026, 11, 19, 8, 12, 44, tzinfo=UTC)),
        ("Thu, 19 Nov 2026 23:59:60 GMT", datetime(2026, 11, 19, 23, 59, 59, tzinfo=UTC)),
        ("yesterday", None),
        ("32 Nov 2026 08:12:44 +0000", None),
        ("19 Nov 0026 08:12:44 +9999", None),
        ("19 Nov 9999 08:12:44 +0000", None),
        ("1" * 5_000, None),
        ("", None),
    ],
)
def test_dates_are_utc_or_none(text, moment):
    assert parse_date(text) == moment


def test_date_of_a_received_header_follows_its_last_semicolon():
    header = "from a; by b (x; y); Thu, 19 Nov 2026 08:12:44 +0000"
    assert received_date(header) == datetime(2026, 11, 19, 8, 12, 44, tzinfo=UTC)
    assert received_date("Thu, 19 Nov 2026 08:12:44 +0000") is None


@pytest.mark.parametrize(
    "line",
    [
        b"From a@example.org Thu Nov 19 08:12:44 2026",
        b"From a b Thu Nov 19 08:12:44 2026\r\n",
        b"From - Thu Nov 19 08:12:44 +0000 2026",
        b"From a Thu Nov 19 09:12:44 2026 +0100",
    ],
)
def test_envelope_date_is_read(line):
    assert envelope_date(line) == datetime(2026, 11, 19, 8, 12, 44, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        ("é".encode(), None, "é"),
        (b"\xe9", None, "é"),
        (b"\xe9", "no-such", "é"),
        ("é".encode(), "iso-8859-1", "é"),
        (b"\x93a\x94", "iso-8859-1", "“a”"),
        (b"plain", "utf-16", "plain"),
        ("a".encode("utf-16"), "utf-16", "a"),
        (b"abc", "rot13", "abc"),
        (b"abc", "punycode", "abc"),
        (b"abc", "unicode_escape", "abc"),
        (b"abc", "x" * 10_000, "abc"),
        (b"abc", "a\x00b", "abc"),
        (b"\x81\xff", "us-ascii", "\ufffdÿ"),
        (b"a\r\nb\rc\x00", "utf-8", "a\nb\nc"),
        (b"\xed\xa0\x80", "utf-8", "í\xa0€"),
        (b"+2AA-", "utf-7", "\ufffd"),
        (b"\xef\xbb\xbfa", "utf-8", "a"),
    ],
)
def test_lying_charsets_do_not_fail(data, declared, text):
    assert decode(data, declared) == text


def test_only_charsets_of_mail_are_used():
    assert codec_name("UTF-8") == "utf-8"
    assert codec_name("latin1") == "cp1252"
    assert codec_name("idna") is None
    assert codec_name("zlib_codec") is None


def test_head_ends_at_the_first_line_that_is_no_header():
    data = b"From x Thu\nA: 1\n 2\nB: 3\nDear all\n\nbody"
    headers, body = read_head(data, 0, len(data))
    assert headers.fields == (("a", "1 2"), ("b", "3"))
    assert data[body:] == b"Dear all\n\nbody"


def test_base64_goes_on_after_an_early_end():
    assert unbase64(b"YQ==Yg==\nY") == b"ab"
    assert unbase64(b"YWI=" * 20_000).startswith(b"ab")

"""Trust.md, section 3: each input ends parsed or quarantined; 0 lost, 0 uncaught."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.intake.inbound import ParseStatus
from triage.intake.limits import FALLBACK_CHARS, MAX_MESSAGE_BYTES
from triage.intake.parse import parse_mail

MIXED = b"Content-Type: multipart/mixed; boundary=x\n\n"
HTML = b"Content-Type: text/html\n\n"
BASE64 = b"Content-Transfer-Encoding: base64\n"
HEAD = b"From: A <a@example.org>\nSubject: bins\nMessage-ID: <1@example.org>\n"


def nested(depth):
    levels = (
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)
    )
    return HEAD + b"".join(levels) + b"\ninnermost"


OVER = {
    "1,000 nested parts": (nested(1_000), "parts nested more than 20 deep"),
    "30,000 addresses": (
        HEAD + b"To: " + b",".join(b"%d@x" % n for n in range(30_000)) + b"\n\n",
        "more than 1,000 addresses",
    ),
    "addresses over many headers": (
        HEAD + b"Cc: a@x, b@x\n" * 501 + b"\n",
        "more than 1,000 addresses",
    ),
    "20,000 encoded words": (
        b"From: A <a@example.org>\nMessage-ID: <1@example.org>\nSubject: bins "
        + b"=?u?q?a?=" * 20_000
        + b"\n\n",
        "more than 1,000 encoded words in a header",
    ),
    "headers of 300 kB": (HEAD + b"X: " + b"a" * 300_000 + b"\n\n", "headers above 256 kB"),
    "300 parts": (HEAD + MIXED + b"--x\n\na\n" * 300, "more than 100 parts"),
    "boundary lines without end": (
        HEAD + MIXED + b"--x\n" + b"--xy\n" * 20_000,
        "more than 10,000",
    ),
    "parameters of 80 kB": (
        HEAD + b"Content-Type: a/b; " + b'";' * 40_000 + b"\n\n",
        "Content-Type",
    ),
    "30 MB": (HEAD + b"\n" + b"a" * 30 * 1024 * 1024, "larger than 25 MB"),
}


@pytest.mark.parametrize("kind", OVER)
def test_over_a_limit_is_quarantined_where_people_see_it(kind):
    data, reason = OVER[kind]
    mail = parse_mail(data, "a.eml", None)
    assert mail.parse_status is ParseStatus.QUARANTINED
    assert reason in (mail.quarantine_reason or "")
    assert mail.raw is data
    assert mail.sha256 == hashlib.sha256(data).hexdigest()
    assert mail.written == data[:FALLBACK_CHARS].decode()
    assert (mail.from_name, mail.from_address) == ("A", "a@example.org")
    assert mail.message_id == "<1@example.org>"
    assert mail.subject.startswith("bins")


def test_at_the_limits_it_is_parsed():
    assert parse_mail(nested(19), "x", None).written == "innermost"
    parts = HEAD + MIXED + b"--x\n\na\n" * 99
    assert parse_mail(parts, "x", None).written.count("a") == 99
    to = b"To: " + b",".join(b"%d@x" % n for n in range(1_000))
    assert len(parse_mail(to + b"\n\n", "x", None).recipients) == 1_000
    large = b"\n".ljust(MAX_MESSAGE_BYTES, b"a")
    assert len(parse_mail(large, "x", None).written) == MAX_MESSAGE_BYTES - 1


MALFORMED = {
    "empty": b"",
    "one line end": b"\n",
    "NUL alone": b"\x00",
    "headers only": b"From: a@example.org\nSubject: b\n",
    "headers with no line end": b"Subject: b",
    "body only": b"\n\nbody",
    "body with no blank line": b"Dear all, hello",
    "text that ends the headers": b"Subject: a\nDear all\nbody",
    "folded line first": b" folded\nSubject: a\n\nb",
    "3 kB of parentheses": b"From: " + b"(" * 3_000 + b"\n\nb",
    "250 kB of parentheses": b"From: " + b"(" * 250_000 + b"\n\nb",
    "quotes never closed": b'From: "' + b'\\"' * 60_000 + b"\n\nb",
    "angle never closed": b"From: <" + b"," * 200_000 + b"\n\nb",
    "colons": b"To: a@" + b":" * 200_000 + b"\n\nb",
    "From twice": b"From: a@example.org\nFrom: b@example.org\n\nb",
    "From of nothing": b"From:\n\nb",
    "NUL in headers": b"From: a\x00@example.org\nSubject: \x00a\n\n\x00b",
    "8-bit headers": b"From: Zo\xeb <a@example.org>\nSubject: caf\xe9\n\nb",
    "lone surrogate in utf-8": b"Subject: \xed\xa0\x80\n\n\xed\xb0\x80",
    "lone surrogate in utf-7": b"Content-Type: text/plain; charset=utf-7\n\n+2AA-",
    "lone surrogate in utf-16": b"Content-Type: text/plain; charset=utf-16-le\n\n\x00\xd8a\x00",
    "lone surrogate in HTML": HTML + b"&#xD800;a&#0;",
    "unknown charset": b"Content-Type: text/plain; charset=no-such\n\nb",
    "charset that is no charset": b"Content-Type: text/plain; charset=zlib_codec\n\nb",
    "charset with NUL": b"Content-Type: text/plain; charset=a\x00b\n\nb",
    "charset of 7 kB": b"Content-Type: text/plain; charset=" + b"a" * 7_000 + b"\n\nb",
    "ASCII that claims utf-16": b"Content-Type: text/plain; charset=utf-16\n\nplain",
    "utf-8 that claims ASCII": "Content-Type: text/plain; charset=us-ascii\n\né".encode(),
    "binary that claims text": b"Content-Type: text/plain\n\n" + bytes(range(256)) * 20,
    "content type of nonsense": b"Content-Type: ;;;=/==\n\nb",
    "content type twice": b"Content-Type: text/html\nContent-Type: text/plain\n\n<p>b",
    "multipart without boundary": b"Content-Type: multipart/mixed\n\n--x\n\nb",
    "boundary that never comes": MIXED + b"b",
    "boundary never closed": MIXED + b"--x\n\nb",
    "boundary closed at once": MIXED + b"--x--\nb",
    "boundary of blanks": b'Content-Type: multipart/mixed; boundary="  "\n\n--\n\nb',
    "boundary of signs": b'Content-Type: multipart/mixed; boundary="(.*)+$"\n\n--(.*)+$\n\nb',
    "boundary of 8-bit": b'Content-Type: multipart/mixed; boundary="\xe9"\n\n--\xe9\n\nb',
    "boundary numbered": b"Content-Type: multipart/mixed; boundary*9999999999=x\n\n--x\n\nb",
    "boundary number of 5,000 digits": b"Content-Type: a/b; n*" + b"9" * 5_000 + b"=x\n\nb",
    "same boundary inside": MIXED + b"--x\n" + MIXED + b"--x\n\nb\n--x--\n--x--",
    "parameters of quotes": b"Content-Type: multipart/mixed; " + b'";' * 3_900 + b"\n\nb",
    "alternative of nothing": b"Content-Type: multipart/alternative; boundary=x\n\n--x\n\n--x--",
    "forward of nothing": b"Content-Type: message/rfc822\n\n",
    "digest": b"Content-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: a\n\nb\n--x--",
    "base64 of nonsense": BASE64 + b"\n!!!!",
    "base64 cut": BASE64 + b"\nYWJj\nY",
    "base64 of ends": BASE64 + b"\n" + b"=a" * 50_000,
    "quoted-printable of nonsense": b"Content-Transfer-Encoding: quoted-printable\n\n=ZZ=\n=",
    "uuencode of nonsense": b"Content-Transfer-Encoding: uuencode\n\nbegin 644 a\n~~~~\nend",
    "encoding of nonsense": b"Content-Transfer-Encoding: \xff\xff\n\nb",
    "date of nonsense": b"Date: Thu, 99 Zzz 99999 99:99:99 +99999\n\nb",
    "date of digits": b"Date: " + b"9" * 5_000 + b"\n\nb",
    "Received with no date": b"Received: from a by b\n\nb",
    "message id of blanks": b"Message-ID: <  >\n\nb",
    "80,000 references": b"References: " + b"<a>" * 80_000 + b"\n\nb",
    "80,000 headers": b"a:\n" * 80_000 + b"\nb",
    "deep HTML": HTML + b"<div>" * 9_000 + b"b",
    "wide HTML": HTML + b"<b>x" * 200_000,
    "open brackets": HTML + b"<" * 500_000,
    "open scripts": HTML + b"<script>" * 200_000,
    "lone CR": b"Subject: a\r\rb",
    "mixed line ends": b"Subject: a\r\nX: b\n\r\nb\rc\n",
    "utf-16 file": "Subject: a\n\nb".encode("utf-16"),
    "bidi": "Subject: \u202eabc\n\n\u202e\u200bb".encode(),
    "mbox line first": b"From a Thu Nov 19 08:12:44 2026\nSubject: a\n\nb",
}


def texts_of(mail):
    yield from (mail.source, mail.from_name, mail.from_address, mail.subject, mail.message_id)
    yield from (mail.written, mail.quoted, mail.signature, *mail.recipients, *mail.references)
    for each in mail.attachments:
        yield from (each.filename, each.content_type, each.text)


def assert_sound(data, mail):
    assert mail.parse_status in (ParseStatus.PARSED, ParseStatus.QUARANTINED)
    assert (mail.quarantine_reason is None) == (mail.parse_status is ParseStatus.PARSED)
    assert mail.raw is data
    assert mail.sha256 == hashlib.sha256(data).hexdigest()
    for text in texts_of(mail):
        assert text is None or "\x00" not in text
        assert text is None or text.encode("utf-8").decode() == text
        assert text is None or "\r" not in text
    for moment in (mail.sent_at, mail.received_at):
        assert moment is None or moment.utcoffset() is not None


@pytest.mark.parametrize("kind", MALFORMED)
def test_malformed_mail_is_read(kind):
    data = MALFORMED[kind]
    mail = parse_mail(data, "a.eml", None)
    assert_sound(data, mail)
    assert mail.parse_status is ParseStatus.PARSED


def test_table_of_malformed_mail_is_long_enough():
    assert len(MALFORMED) >= 40


@pytest.mark.parametrize("kind", [k for k in MALFORMED if MALFORMED[k].endswith(b"\nb")])
def test_body_of_malformed_mail_is_not_lost(kind):
    mail = parse_mail(MALFORMED[kind], "a.eml", None)
    said = [mail.written, mail.quoted, *(each.text or "" for each in mail.attachments)]
    assert any("b" in text.split() for text in said) or mail.attachments


PIECES = st.sampled_from(
    [
        b"From: ",
        b"To: ",
        b"Subject: ",
        b"Date: ",
        b"Received: ",
        b"Content-Type: ",
        b"text/html",
        b"Content-Transfer-Encoding: base64\n",
        b"multipart/mixed; boundary=x\n",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"--x\n",
        b"--x--\n",
        b"message/rfc822\n",
        b"multipart/alternative; boundary=x\n",
        b"text/plain; charset=utf-16\n",
        b"; filename*0*=utf-7''+2AA-",
        b"=?utf-7?q?+2AA-?=",
        b"Content-Disposition: attachment",
        b"<div hidden>",
        b"<a href=x>",
        b"<!--",
        b"&#xD800;",
        b"a@example.org",
        b"(",
        b'"',
        b"<",
        b"> ",
        b"-- \n",
        b"\x00",
        b"\xff\xfe",
        b"Desk wrote:\n",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=12), max_size=40).map(b"".join) | st.binary())
def test_any_bytes_end_parsed_or_quarantined(data):
    assert_sound(data, parse_mail(data, "a.eml", None))


@settings(max_examples=100, deadline=None)
@given(st.text(), st.text())
def test_any_text_in_source_and_subject_is_clean(source, subject):
    data = b"Subject: " + subject.encode("utf-8", "surrogatepass") + b"\n\n"
    assert_sound(data, parse_mail(data, source, None))

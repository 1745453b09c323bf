"""The malformed-mail suite: named kinds of broken, hostile and odd mail, as bytes.

Each row of ``KINDS`` says what a person would read in it (``says``), and where the design wants it
quarantined, why. Nobody in these mails exists.
"""

import base64
import binascii
import gzip
import io
import quopri
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice, product

from triage.intake.inbound import InboundMessage
from triage.intake.limits import MAX_MESSAGE_BYTES

SAYS = "know where you live"
BODY = b"I " + SAYS.encode() + b".\n"
FROM = b"From: Pat <pat@example.org>\n"
HEAD = FROM + b"To: team@charity.example.org\nSubject: bins\nMIME-Version: 1.0\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n"
HTML = HEAD + b"Content-Type: text/html\n\n"
BASE64 = b"Content-Transfer-Encoding: base64\n"
QP = b"Content-Transfer-Encoding: quoted-printable\n"
PACKED = base64.encodebytes(BODY)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))

Check = Callable[[InboundMessage], object]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mail, and what must become of it."""

    name: str
    make: Callable[[], bytes]
    says: str = SAYS
    """Words that must be shown or scored; empty where a person would read none."""
    reason: str | None = None
    """Part of the reason of its quarantine; ``None``: it must be parsed."""
    also: Check | None = None
    """Something true of the parsed message."""


def fixed(name: str, data: bytes, **more: object) -> Kind:
    """A kind whose bytes are short enough to stand in the table."""
    return Kind(name, lambda: data, **more)  # type: ignore[arg-type]


def headed(*lines: bytes) -> bytes:
    """A mail with these header lines beside the usual ones, and the words as its body."""
    return HEAD + b"".join(line + b"\n" for line in lines) + b"\n" + BODY


def typed(content_type: bytes, body: bytes = BODY, *lines: bytes) -> bytes:
    """A mail of one part with this Content-Type."""
    return HEAD + b"\n".join((b"Content-Type: " + content_type, *lines, b"", body))


def part(content_type: bytes, body: bytes, *lines: bytes) -> bytes:
    """One part of a multipart."""
    return b"\n".join((b"Content-Type: " + content_type, *lines, b"", body))


def multi(kind: bytes, *parts: bytes, boundary: bytes = b"x") -> bytes:
    """A well-formed multipart mail."""
    inner = b"".join(b"--" + boundary + b"\n" + each + b"\n" for each in parts)
    top = b"Content-Type: multipart/%s; boundary=%s\n\n" % (kind, boundary)
    return HEAD + top + inner + b"--" + boundary + b"--\n"


def threatening_subject(*lines: bytes) -> bytes:
    """A head whose subject says the words, for mail that is quarantined."""
    subject = b"Subject: I " + SAYS.encode() + b"\n"
    return FROM + subject + b"".join(line + b"\n" for line in lines)


# -- above the limits


def nested(depth: int) -> bytes:
    """Multiparts in multiparts; the words stand innermost, at this depth."""
    levels = (
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth - 1)
    )
    return threatening_subject() + b"".join(levels) + b"\n" + BODY


def forwards(depth: int) -> bytes:
    """A message in a message in a message: ``depth`` messages in all."""
    return threatening_subject() + b"Content-Type: message/rfc822\n\n" * (depth - 1) + b"\n" + BODY


def addressed(number: int) -> bytes:
    """A mail to so many."""
    to = b"To: " + b", ".join(b"%d@x" % n for n in range(number))
    return threatening_subject(to) + b"\n" + BODY


def parts(number: int) -> bytes:
    """A mail of so many parts, the multipart among them."""
    top = b"Content-Type: multipart/mixed; boundary=x\n\n"
    return threatening_subject() + top + b"".join(b"--x\n\n" + BODY for _ in range(number - 1))


def attributes(value: str) -> bytes:
    """One HTML tag with 100,000 attributes, the words before it."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    names = ("".join(each) for each in islice(product(letters, repeat=4), 100_000))
    crowd = "".join(f"{name}={value} " for name in names).encode()
    return HTML + b"<p>" + BODY + b"<p " + crowd + b">end</p>"


def over(name: str, reason: str, make: Callable[[], bytes]) -> Kind:
    """A kind above a limit."""
    return Kind(name, make, reason=reason)


LIMITS = [
    over("1,000 nested parts", "nested more than 20 deep", partial(nested, 1_000)),
    over("parts at depth 21", "nested more than 20 deep", partial(nested, 21)),
    Kind("parts at depth 20", partial(nested, 20)),
    over("messages nested 50 deep", "nested more than 20 deep", partial(forwards, 50)),
    Kind("messages nested 20 deep", partial(forwards, 20)),
    over("30,000 addresses", "more than 1,000 addresses", partial(addressed, 30_000)),
    over("1,001 addresses", "more than 1,000 addresses", partial(addressed, 1_001)),
    Kind("1,000 addresses", partial(addressed, 1_000), also=lambda m: len(m.recipients) == 1_000),
    over("101 parts", "more than 100 parts", partial(parts, 101)),
    Kind("100 parts", partial(parts, 100), also=lambda m: m.written.count(SAYS) == 99),
    over(
        "20,000 encoded words",
        "more than 1,000 encoded words",
        lambda: threatening_subject() + b"To: " + b"=?u?q?a?= " * 20_000 + b"<a@x>\n\n" + BODY,
    ),
    over(
        "headers of 257 kB",
        "headers above 256 kB",
        lambda: threatening_subject(b"X-Long: " + b"a" * 257 * 1024) + b"\n" + BODY,
    ),
    over(
        "headers of a part of 257 kB",
        "headers above 256 kB",
        lambda: multi(b"mixed", part(b"text/plain", BODY), b"X: " + b"a" * 257 * 1024 + b"\n\nb"),
    ),
    over(
        "Content-Type of 80 kB",
        "Content-Type header above 8,000",
        lambda: threatening_subject(b"Content-Type: text/plain; " + b'";' * 40_000) + b"\n" + BODY,
    ),
    over(
        "20,000 lines like a boundary",
        "more than 10,000 boundary lines",
        lambda: MIXED + b"--x\n\n" + BODY + b"--xy\n" * 20_000,
    ),
    over(
        "25 MB and a byte",
        "larger than 25 MB",
        lambda: (HEAD + b"\n" + BODY).ljust(MAX_MESSAGE_BYTES + 1, b"a"),
    ),
    Kind("a line of 10 MB", lambda: HEAD + b"\n" + BODY + b"a" * 10_000_000 + b" end\n"),
    over(
        "a tag that takes all computing time",
        "more than 5 seconds of computing time",
        partial(attributes, '">"'),
    ),
]

# -- headers


def _sent(moment: datetime | None) -> Check:
    return lambda message: message.sent_at == moment


DATES: list[tuple[bytes, datetime | None]] = [
    (b"", None),
    (b"yesterday", None),
    (b"Thu, 99 Zzz 99999 99:99:99 +99999", None),
    (b"Thu, 30 Feb 2026 10:00:00 +0000", None),
    (b"Thu, 19 Nov 2026 25:61:00 +0000", None),
    (b"Thu, 19 Nov 0126 10:00:00 +0000", None),
    (b"Thu, 19 Nov 9999 10:00:00 +0000", None),
    (b"9" * 5_000, None),
    (b"Thu, 19 Nov 2026 10:00:00 +9900", None),
    (b"19/11/2026 10:00", None),
    (b"Thu, 19 Nov 2026 10:00:60 +0000", datetime(2026, 11, 19, 10, 0, 59, tzinfo=UTC)),
    (b"Thu,19 Nov 26 10:00:00 EST (winter)", datetime(2026, 11, 19, 15, tzinfo=UTC)),
    (b"19 Nov 2026 10:00", datetime(2026, 11, 19, 10, tzinfo=UTC)),
    (b"Thu, 19 Nov 2026 10:00:00 \xff\x00", datetime(2026, 11, 19, 10, tzinfo=UTC)),
]


def _from(address: str | None) -> Check:
    return lambda message: message.from_address == address


def sent_by(value: bytes) -> bytes:
    """A mail with this From."""
    return b"From: " + value + b"\nSubject: bins\n\n" + BODY


HEADERS = [
    fixed("3 kB From of parentheses", sent_by(b"(" * 3_000), also=_from(None)),
    Kind("250 kB From of parentheses", lambda: sent_by(b"(" * 250_000), also=_from(None)),
    fixed("From with a quote never closed", sent_by(b'"Pat <pat@example.org>')),
    fixed("From of a name alone", sent_by(b"The Postmaster"), also=_from(None)),
    fixed("From of nothing", sent_by(b""), also=_from(None)),
    fixed("null sender", b"Return-Path: <>\n" + sent_by(b"<>"), also=_from(None)),
    fixed("no From", b"Subject: bins\nTo: team@example.org\n\n" + BODY, also=_from(None)),
    fixed("From twice", FROM + sent_by(b"other@example.org"), also=_from("pat@example.org")),
    fixed("From of 20 kB", sent_by(b"a" * 20_000 + b" <pat@example.org>")),
    fixed("address of 5 kB", sent_by(b"a" * 5_000 + b"@example.org"), also=_from(None)),
    fixed(
        "group syntax", sent_by(b"Friends: pat@example.org, b@x;"), also=_from("pat@example.org")
    ),
    fixed(
        "empty group",
        b"To: undisclosed-recipients:;\n" + sent_by(b"pat@example.org"),
        also=lambda m: m.recipients == (),
    ),
    fixed(
        "IDN in punycode",
        sent_by(b"p@xn--bcher-kva.example"),
        also=_from("p@xn--bcher-kva.example"),
    ),
    fixed("IDN in utf-8", sent_by("p@bücher.example".encode()), also=_from("p@bücher.example")),
    fixed(
        "SMTPUTF8 address",
        sent_by("Žofie <žofie@example.org>".encode()),
        also=_from("žofie@example.org"),
    ),
    fixed(
        "homograph domain",
        sent_by("Desk <desk@ch\u0430rity.example.org>".encode()),
        also=_from("desk@ch\u0430rity.example.org"),
    ),
    fixed(
        "address in the name",
        sent_by(b'"boss@charity.example.org" <pat@example.org>'),
        also=_from("pat@example.org"),
    ),
    fixed("NUL in headers and body", b"From: p\0at@example.org\nSubject: \0bins\n\n\0" + BODY),
    fixed("lone surrogates in utf-8", b"Subject: \xed\xa0\x80\n\n\xed\xb0\x80 " + BODY),
    fixed(
        "8-bit headers in latin-1",
        b"From: Zo\xeb <z@example.org>\nSubject: caf\xe9\n\n" + BODY,
        also=lambda m: (m.from_name, m.subject) == ("Zoë", "café"),
    ),
    fixed(
        "8-bit headers in utf-8",
        "From: Zoë <z@example.org>\nSubject: café\n\n".encode() + BODY,
        also=lambda m: (m.from_name, m.subject) == ("Zoë", "café"),
    ),
    fixed("8-bit name of a header", HEAD + b"X-\xe9: a\n\n" + BODY),
    fixed(
        "blank before the colon",
        b"From : pat@example.org\nSubject\t: bins\n" + BASE64.replace(b":", b" :") + b"\n" + PACKED,
        also=_from("pat@example.org"),
    ),
    fixed("header without a colon", HEAD + b"nonsense\n\n" + BODY),
    fixed("folded line first", b" folded\n" + HEAD + b"\n" + BODY),
    fixed("header folded to nothing", headed(b"X-Folded:\n \n\t\n  a")),
    fixed(
        "Subject twice",
        b"Subject: bins\n" + threatening_subject() + b"\nhello\n",
        also=lambda m: m.subject.startswith("bins"),
    ),
    fixed("Subject of 100 kB", FROM + b"Subject: " + b"bins " * 20_000 + b"\n\n" + BODY),
    fixed(
        "Message-ID twice",
        headed(b"Message-ID: <1@x>", b"Message-ID: <2@x>"),
        also=lambda m: m.message_id == "<1@x>",
    ),
    fixed("Message-ID of 5 kB", headed(b"Message-ID: <" + b"a" * 5_000 + b"@x>")),
    fixed("Message-ID of blanks", headed(b"Message-ID: <  >"), also=lambda m: m.message_id is None),
    fixed("80,000 references", headed(b"References: " + b"<a@x>" * 40_000)),
    fixed(
        "encoded word of broken base64",
        FROM + b"Subject: =?utf-8?b?!!SSBr?= =?utf-8?b?A?=\n\n" + BODY,
    ),
    fixed(
        "encoded word of an unknown charset",
        FROM + b"Subject: =?no-such?q?I_know_where_you_live?=\n\nhello\n",
    ),
    fixed(
        "encoded words cut inside a character",
        FROM + b"Subject: =?utf-8?q?caf=C3?= =?utf-8?q?=A9?=\n\n" + BODY,
        also=lambda m: m.subject == "café",
    ),
    fixed(
        "encoded word never closed", FROM + b"Subject: =?utf-8?q?I know where you live\n\nhello\n"
    ),
    fixed(
        "encoded word with blanks", FROM + b"Subject: =?utf-8?q?I know where you live?=\n\nhello\n"
    ),
    fixed(
        "Received in the future",
        b"Received: from a by b; Thu, 19 Nov 2099 10:00:00 +0000\n" + headed(),
    ),
    fixed(
        "Received of nonsense",
        b"Received: from a by b; soon\n" + headed(),
        also=lambda m: m.received_at is None,
    ),
    fixed("Content-Length lies", headed(b"Content-Length: 3", b"Lines: 9999999")),
    *(
        fixed(f"broken date {n}", headed(b"Date: " + text), also=_sent(at))
        for n, (text, at) in enumerate(DATES, 1)
    ),
]

# -- the shape of the file


def packed_zip() -> bytes:
    """A zip archive."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.txt"), BODY)
    return into.getvalue()


CR = (HEAD + b"\n" + BODY).replace(b"\n", b"\r")
ENVELOPE = b"From pat@example.org Thu Nov 19 08:12:44 2026\n"

SHAPES = [
    fixed("empty", b"", says=""),
    fixed("only newlines", b"\r\n" * 500 + b"\n" * 500, says=""),
    fixed("one NUL", b"\0", says=""),
    fixed("headers alone", HEAD, says="bins"),
    fixed("header with no line end", b"Subject: I know where you live"),
    fixed("body alone", b"\n\n" + BODY),
    fixed("no headers and no blank line", b"Dear all,\n" + BODY),
    fixed("no blank line", HEAD + BODY + b"and more\n"),
    fixed("bare CR", CR, also=_from("pat@example.org")),
    fixed("bare CR, LF far below", CR + b"\n" + CR, also=_from("pat@example.org")),
    fixed("bare CR in the body", HEAD + b"\nDear all,\r" + BODY),
    fixed("mixed line ends", HEAD.replace(b"\n", b"\r\n", 2) + b"\n\r\n" + BODY),
    fixed(
        "doubled CR",
        multi(b"mixed", part(b"text/plain", PACKED, BASE64.strip())).replace(b"\n", b"\r\r\n"),
        also=_from("pat@example.org"),
    ),
    Kind("CR 10 million times", lambda: HEAD + b"\n" + BODY + b"\r" * 10_000_000),
    Kind("CR 10 million times first", lambda: b"a" + b"\r" * 10_000_000 + HEAD + BODY),
    fixed("a file in utf-16", (HEAD + b"\n" + BODY).decode().encode("utf-16")),
    fixed("a file with a byte order mark", b"\xef\xbb\xbf" + HEAD + b"\n" + BODY),
    fixed("binary", bytes(range(256)) * 40, says=""),
    fixed("gzip named .eml", gzip.compress(HEAD + b"\n" + BODY, mtime=0), says=""),
    fixed("zip named .eml", packed_zip(), says=""),
    fixed("PDF named .eml", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", says="endobj"),
    fixed("envelope line first", ENVELOPE + HEAD + b"\n" + BODY, also=_from("pat@example.org")),
    fixed("quoted envelope line first", b">" + ENVELOPE + HEAD + b"\n" + BODY),
    fixed("From-lines in the body", HEAD + b"\nFrom my window I\n" + BODY + b"\nFrom here\n"),
    fixed("quoted From-lines in the body", HEAD + b"\n>From here I\n" + BODY + b">>From there\n"),
    fixed("a mailbox inside a mail", HEAD + b"\nfirst\n\n" + ENVELOPE + HEAD + b"\n" + BODY),
]

# -- multiparts


STRUCTURE = [
    fixed("boundary not closed", MIXED + b"--x\n\n" + BODY),
    fixed("boundary not found", MIXED + b"--y\n\n" + BODY),
    fixed("boundary empty", typed(b'multipart/mixed; boundary=""', b"--\n\n" + BODY)),
    fixed("boundary missing", typed(b"multipart/mixed", b"--x\n\n" + BODY)),
    fixed("boundary of 7 kB", multi(b"mixed", b"\n" + BODY, boundary=b"x" * 7_000)),
    fixed(
        "boundary of 9 kB",
        multi(b"mixed", b"\n" + BODY, boundary=b"x" * 9_000),
        says="",
        reason="Content-Type header above 8,000",
    ),
    fixed("boundary of blanks", typed(b'multipart/mixed; boundary="  "', b"--  \n\n" + BODY)),
    fixed(
        "boundary of signs", typed(b'multipart/mixed; boundary="(.*)+$"', b"--(.*)+$\n\n" + BODY)
    ),
    fixed("boundary in 8-bit", typed(b'multipart/mixed; boundary="\xe9"', b"--\xe9\n\n" + BODY)),
    fixed(
        "boundary split by RFC 2231",
        typed(b"multipart/mixed; boundary*0=ab; boundary*1=c", b"--abc\n\n" + BODY + b"--abc--\n"),
    ),
    fixed("boundary with blanks behind", MIXED + b"--x \t\n\n" + BODY + b"--x-- \n"),
    fixed("boundary closed at once", MIXED + b"--x--\n" + BODY),
    fixed("boundary closed twice", MIXED + b"--x\n\nhello\n--x--\n--x--\n" + BODY),
    fixed("parts after the end", MIXED + b"--x\n\nhello\n--x--\n--x\n\n" + BODY),
    fixed(
        "boundaries with one beginning",
        MIXED
        + b"--x\nContent-Type: multipart/mixed; boundary=xx\n\n--xx\n\n"
        + BODY
        + b"--xx--\n--x\n\nhello\n--x--\n",
        also=lambda m: "hello" in m.written,
    ),
    fixed(
        "the same boundary inside",
        MIXED
        + b"--x\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n"
        + BODY
        + b"--x--\n--x--\n",
    ),
    fixed("words before the first part", MIXED + BODY + b"--x\n\nhello\n--x--\n"),
    fixed(
        "part with no blank line", MIXED + b"--x\nContent-Type: text/plain\n" + BODY + b"--x--\n"
    ),
    fixed(
        "multipart in base64",
        HEAD
        + BASE64
        + b"Content-Type: multipart/mixed; boundary=x\n\n"
        + base64.encodebytes(b"--x\n\n" + BODY + b"--x--\n"),
    ),
    fixed("Content-Type twice", typed(b"text/html", b"<p>" + BODY, b"Content-Type: text/plain")),
    fixed("Content-Type of nonsense", typed(b";;;=/==")),
    fixed("multipart of an unknown kind", multi(b"no-such", part(b"text/plain", BODY))),
    fixed("alternative of nothing", multi(b"alternative"), says="bins"),
    fixed(
        "words in the HTML alone",
        multi(b"alternative", part(b"text/plain", b"hello"), part(b"text/html", b"<p>" + BODY)),
    ),
    fixed(
        "AMP part",
        multi(
            b"alternative",
            part(b"text/plain", b"hello"),
            part(
                b"text/x-amp-html",
                b"<!doctype html><html amp4email><p>I kn<b>ow</b> where you live.</p></html>",
            ),
            part(b"text/html", b"<p>hello</p>"),
        ),
        also=lambda m: "<" not in m.written,
    ),
    fixed(
        "signed",
        multi(
            b"signed; protocol=application/pgp-signature",
            part(b"text/plain", BODY),
            part(b"application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----\n"),
        ),
    ),
    fixed(
        "encrypted",
        multi(
            b"encrypted; protocol=application/pgp-encrypted",
            part(b"application/pgp-encrypted", b"Version: 1"),
            part(b"application/octet-stream", b"-----BEGIN PGP MESSAGE-----\n"),
        ),
        says="bins",
        also=lambda m: len(m.attachments) == 2,
    ),
    fixed(
        "S/MIME",
        typed(
            b"application/pkcs7-mime; name=smime.p7m",
            base64.encodebytes(b"0\x80" + bytes(200)),
            BASE64.strip(),
        ),
        says="bins",
        also=lambda m: m.attachments[0].filename == "smime.p7m",
    ),
    fixed(
        "bounce",
        multi(
            b"report; report-type=delivery-status",
            part(b"text/plain", b"undelivered"),
            part(b"message/delivery-status", b"Reporting-MTA: dns; a\n\nAction: failed"),
            part(b"message/rfc822", HEAD + b"\n" + BODY),
        ),
        also=lambda m: m.attachments[-1].filename == "message.eml",
    ),
    fixed(
        "bounce with headers alone",
        multi(
            b"report",
            part(b"text/plain", b"undelivered"),
            part(b"text/rfc822-headers", threatening_subject()),
        ),
    ),
    fixed("partial message", typed(b"message/partial; id=a; number=2; total=3")),
    fixed(
        "external body",
        typed(b"message/external-body; access-type=URL", b"Content-Type: text/plain\n\n" + BODY),
    ),
    fixed(
        "message in base64",
        typed(b"message/rfc822", base64.encodebytes(HEAD + b"\n" + BODY), BASE64.strip()),
    ),
    fixed("message of nothing", typed(b"message/rfc822", b""), says="bins"),
    fixed("digest", multi(b"digest", b"\n" + HEAD + b"\n" + BODY)),
    fixed(
        "forwarded inline",
        headed().replace(
            BODY,
            b"see below\n\n---------- Forwarded message ---------\nFrom: B <b@x>\nSubject: a\n\n"
            + BODY,
        ),
        also=lambda m: SAYS not in m.written,
    ),
    fixed("quoted whole", headed().replace(BODY, b"> " + BODY)),
    fixed("format=flowed", typed(b"text/plain; format=flowed", b"I know \nwhere \nyou live.\n")),
    fixed(
        "format=flowed with delsp",
        typed(b"text/plain; format=flowed; delsp=yes", b"I kn \now where you li \nve.\n"),
    ),
    fixed(
        "calendar",
        typed(
            b"text/calendar; method=REQUEST",
            b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:bins\r\nDESCRIPTION:Dear all\\, I kno\r\n"
            b" w where you\r\n\t live.\\nBye\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        ),
    ),
    fixed(
        "calendar beside text",
        multi(
            b"mixed",
            part(b"text/plain", b"hello"),
            part(b'application/ics; name="invite.ics"', PACKED, BASE64.strip()),
        ),
        says="hello",
    ),
    fixed(
        "vcard",
        multi(
            b"mixed",
            part(b"text/plain", b"hello"),
            part(
                b"text/vcard; name=a.vcf", b"BEGIN:VCARD\nNOTE:I know whe\n re you live\nEND:VCARD"
            ),
        ),
    ),
]

# -- encodings and charsets


def encoded(body: bytes, encoding: bytes = b"base64", charset: bytes = b"utf-8") -> bytes:
    """A mail of one text part in this transfer encoding."""
    line = b"Content-Transfer-Encoding: " + encoding
    return typed(b"text/plain; charset=" + charset, body, line)


def in_charset(name: str, declared: str | None = None, text: str = BODY.decode()) -> bytes:
    """The words in one charset, said to be in this or another."""
    return encoded(base64.encodebytes(text.encode(name)), charset=(declared or name).encode())


YENC = b"=ybegin line=128 size=5 name=a.bin\n\x92\x8f\x96\x96\x99\n=yend size=5\n"
UU = b"begin 644 a.txt\n" + binascii.b2a_uu(BODY) + b"`\nend\n"
SURE = "Ca va, café: I know where you live. "

ENCODINGS = [
    fixed("base64 without padding", encoded(PACKED.rstrip(b"=\n"))),
    fixed("base64 with a letter too many", encoded(PACKED.rstrip(b"=\n") + b"\nA")),
    fixed(
        "base64 with a footer",
        encoded(PACKED + b"\n-- \nA list, https://example.org\n"),
        also=lambda m: "A list" in m.written + m.signature,
    ),
    fixed(
        "base64 cut into odd lines",
        encoded(b" \n".join(PACKED[n : n + 3] for n in range(0, len(PACKED), 3))),
    ),
    fixed(
        "base64 that goes on after its end", encoded(base64.b64encode(b"hello ") + b"=\n" + PACKED)
    ),
    fixed("base64 that is plain text", encoded(BODY)),
    fixed("base64 of nonsense", encoded(b"!!!! \xff\xfe ****\n"), says="bins"),
    fixed(
        "encoded word in base64",
        FROM + b"Subject: =?utf-8?b?" + base64.b64encode(BODY.strip()) + b"?=\n\nhello\n",
    ),
    fixed("base64 with a comment in its name", encoded(PACKED, b"BASE64 (as it were)")),
    fixed("base64; with a parameter", encoded(PACKED, b'"base64"; charset=utf-8')),
    fixed(
        "quoted-printable of nonsense", encoded(b"=ZZ =\xff=G0 " + BODY + b"=", b"quoted-printable")
    ),
    fixed(
        "quoted-printable with blanks behind soft ends",
        encoded(b"I kn= \now where you l=\t \nive.", b"quoted-printable"),
    ),
    fixed(
        "quoted-printable with CR alone",
        encoded(b"hello =\rI know where you live.\nbye\n", b"quoted-printable"),
    ),
    fixed(
        "quoted-printable in lower case",
        encoded(quopri.encodestring(SURE.encode()).lower(), b"Quoted-Printable"),
        says=SAYS,
    ),
    fixed("unknown transfer encoding", encoded(BODY, b"x-no-such\xff")),
    fixed("uuencode as transfer encoding", encoded(b"hello\n" + UU + b"bye\n", b"x-uuencode")),
    fixed("uuencode in the body", headed() + UU),
    fixed("uuencode of nonsense", encoded(b"begin 644 a\n~~~~\xff\n" + BODY, b"uuencode")),
    fixed("yEnc in the body", headed() + YENC),
    fixed(
        "winmail.dat",
        multi(
            b"mixed",
            part(b"text/plain", BODY),
            part(
                b"application/ms-tnef; name=winmail.dat",
                base64.encodebytes(b"\x78\x9f\x3e\x22" + bytes(60)),
                BASE64.strip(),
            ),
        ),
    ),
    fixed(
        "winmail.dat alone",
        typed(
            b"application/ms-tnef; name=winmail.dat",
            base64.encodebytes(b"\x78\x9f\x3e\x22" + bytes(60)),
            BASE64.strip(),
        ),
        says="bins",
        also=lambda m: m.attachments[0].filename == "winmail.dat",
    ),
    fixed("unknown charset", in_charset("utf-8", "no-such")),
    fixed("charset that is a compression", in_charset("utf-8", "zlib_codec")),
    fixed("charset with NUL", encoded(BODY, b"8bit", b"a\0b")),
    fixed("charset of 7 kB", encoded(BODY, b"8bit", b"a" * 7_000)),
    fixed("ASCII that calls itself utf-16", in_charset("ascii", "utf-16")),
    fixed("utf-8 that calls itself utf-16", in_charset("utf-8", "utf-16", SURE.ljust(41))),
    fixed(
        "utf-8 that calls itself ASCII", in_charset("utf-8", "us-ascii", SURE), says="café: I know"
    ),
    fixed(
        "utf-8 that calls itself latin-1",
        in_charset("utf-8", "iso-8859-1", SURE),
        says="café: I know",
    ),
    fixed(
        "latin-1 that calls itself utf-8", in_charset("latin-1", "utf-8", SURE), says="café: I know"
    ),
    fixed(
        "gbk that calls itself gb2312",
        in_charset("gbk", "gb2312", "我知道你住在哪里, 喆"),
        says="我知道你住在哪里, 喆",
    ),
    fixed(
        "cp932 that calls itself x-sjis",
        in_charset("cp932", "x-sjis", "①住所は知っている"),
        says="①住所は知っている",
    ),
    fixed(
        "Hebrew that says how it runs",
        in_charset("iso8859-8", "iso-8859-8-i", "אני יודע"),
        says="אני יודע",
    ),
    fixed(
        "utf-7",
        encoded(b"caf+AOk-: I +AGsAbgBvAHc where you live.", b"7bit", b"utf-7"),
        says="café: I know where",
    ),
    fixed("utf-7 with a lone surrogate", encoded(b"+2AA- " + BODY, b"7bit", b"utf-7")),
    fixed("utf-16 body", in_charset("utf-16")),
    fixed(
        "utf-16 body, not packed",
        typed(b"text/plain; charset=utf-16-le", BODY.decode().encode("utf-16-le")),
    ),
    fixed("utf-16 body, undeclared", typed(b"text/plain", BODY.decode().encode("utf-16"))),
    fixed(
        "utf-16 with a lone surrogate",
        encoded(
            base64.encodebytes(b"\x00\xd8" + BODY.decode().encode("utf-16-le")),
            charset=b"utf-16-le",
        ),
    ),
    fixed("utf-32 body", in_charset("utf-32")),
    fixed("iso-2022-jp never left", encoded(b"\x1b$B%F%9%H " + BODY, b"7bit", b"iso-2022-jp")),
    fixed("binary that calls itself text", typed(b"text/plain", bytes(range(256)) * 20 + BODY)),
    fixed(
        "bidi and zero-width signs",
        headed() + "\u202eevil\u202c \u200b\ufeff z\u0341\u0341\u0341".encode(),
    ),
]

# -- HTML


def tagged(name: str, make: Callable[[], bytes], **more: object) -> Kind:
    """A kind of HTML mail, by what stands in it."""
    return Kind(name, lambda: HTML + make(), **more)  # type: ignore[arg-type]


HTML_KINDS = [
    tagged("HTML nested 9,000 deep", lambda: b"<div>" * 9_000 + BODY),
    tagged("HTML nested 200,000 deep", lambda: b"<div>" * 200_000 + BODY),
    Kind("HTML tag of 100,000 attributes", partial(attributes, "a")),
    tagged("HTML comment of 1 MB", lambda: b"<!--" + b"a " * 500_000 + b"--><p>" + BODY),
    tagged("HTML comment never closed", lambda: b"<p>hello<!-- " + BODY),
    tagged("HTML of 100,000 entities", lambda: b"&amp;" * 100_000 + b"<p>" + BODY),
    tagged("HTML words as entities", lambda: b"".join(b"&#%d;" % c for c in BODY)),
    tagged(
        "HTML entities declared to grow",
        lambda: b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><p>&b;' + BODY,
    ),
    tagged("HTML surrogate entities", lambda: b"&#xD800;&#0;&#x110000;&#99999999999;" + BODY),
    tagged("HTML words cut by tags", lambda: b"I kn<b></b>ow w<i>he</i>re you l<!-- -->ive"),
    tagged("HTML with 500,000 open brackets", lambda: BODY + b"<" * 500_000),
    tagged("HTML with 200,000 open scripts", lambda: b"<p>" + BODY + b"<script>" * 200_000),
    tagged("HTML with NUL in tags", lambda: b"<p\0 a='\0'>\0" + BODY),
    tagged("HTML hidden words", lambda: b"<p>hello<p style='display:none'>" + BODY),
    tagged("HTML in a script alone", lambda: b"<script>var a = 'hello'</script>", says="bins"),
    tagged("HTML tables 3,000 deep", lambda: b"<table><tr><td>" * 3_000 + BODY),
    tagged(
        "HTML that lies of its charset",
        lambda: "<meta charset=utf-16><p>café: I know where you live".encode(),
        says="café: I know",
    ),
]

# -- attachments


def attached(*lines: bytes, data: bytes = PNG, kind: bytes = b"image/png") -> bytes:
    """The words, and one attachment with these header lines."""
    packed = base64.encodebytes(data)
    return multi(b"mixed", part(b"text/plain", BODY), part(kind, packed, *lines, BASE64.strip()))


def disposed(parameters: bytes) -> bytes:
    """The words, and one attachment with these parameters."""
    return attached(b"Content-Disposition: attachment; " + parameters)


def _named(name: str) -> Check:
    return lambda message: message.attachments[0].filename == name


ATTACHED = [
    fixed(
        "RFC 2231 with a gap", disposed(b"filename*0=a; filename*2=b.png"), also=_named("ab.png")
    ),
    fixed(
        "RFC 2231 of broken escapes",
        disposed(b"filename*=utf-8''a%ZZ%.png"),
        also=_named("a%ZZ%.png"),
    ),
    fixed("RFC 2231 with a lone surrogate", disposed(b"filename*=utf-7''+2AA-.png")),
    fixed(
        "RFC 2231 of an unknown charset",
        disposed(b"filename*=no-such''a.png"),
        also=_named("a.png"),
    ),
    fixed("RFC 2231 number of 5,000 digits", disposed(b"filename*" + b"9" * 5_000 + b"=a.png")),
    fixed("RFC 2231 without its quotes", disposed(b"filename*=a.png"), also=_named("a.png")),
    fixed(
        "RFC 2231 in the wrong order",
        disposed(b"filename*1=b.png; filename*0=a"),
        also=_named("ab.png"),
    ),
    fixed("RFC 2231 twice the same number", disposed(b"filename*0=a; filename*0=b")),
    fixed("file name with a path", disposed(b'filename="../../etc/passwd"'), also=_named("passwd")),
    fixed(
        "file name that turns round",
        disposed('filename="\u202egpj.exe"'.encode()),
        also=_named("gpj.exe"),
    ),
    fixed(
        "file name of 5 kB",
        disposed(b"filename=" + b"a" * 5_000 + b".png"),
        also=lambda m: len(m.attachments[0].filename) == 200,
    ),
    fixed(
        "text that calls itself attached",
        typed(b"text/plain; name=a.txt", BODY, b"Content-Disposition: attachment; filename=a.txt"),
    ),
    fixed(
        "text in a file",
        multi(b"mixed", part(b"text/plain", b"hello"), part(b"text/plain; name=a.txt", BODY)),
    ),
    fixed(
        "text in unknown bytes",
        attached(data=BODY, kind=b"application/octet-stream; name=note.txt").replace(
            BODY, b"hello\n", 1
        ),
    ),
    fixed(
        "attachment alone",
        typed(b"image/png; name=a.png", base64.encodebytes(PNG), BASE64.strip()),
        says="bins",
        also=_named("a.png"),
    ),
    fixed("attachment of nothing", attached(data=b"")),
]

KINDS = [*LIMITS, *HEADERS, *SHAPES, *STRUCTURE, *ENCODINGS, *HTML_KINDS, *ATTACHED]

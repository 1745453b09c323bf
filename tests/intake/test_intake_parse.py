import base64
import hashlib
from datetime import UTC, datetime

import pytest

from triage.intake.body import HIDDEN, OUTSIDE
from triage.intake.inbound import ParseStatus
from triage.intake.parse import parse_mail

AT = datetime(2026, 11, 19, 8, 12, 44, tzinfo=UTC)


def multipart(kind, *parts, boundary=b"x"):
    body = b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
    head = b"Content-Type: multipart/%s; boundary=%s\n\n" % (kind, boundary)
    return head + body + b"--" + boundary + b"--\n"


def part(kind, body, *headers):
    return b"\n".join([b"Content-Type: " + kind, *headers, b"", body])


def test_headers_are_read():
    mail = parse_mail(
        b"Received: by b.example.org; Thu, 19 Nov 2026 08:12:44 +0000\n"
        b"Received: by a.example.org; Wed, 18 Nov 2026 08:12:44 +0000\n"
        b"From: A Person <A@example.org>\nTo: Desk <desk@example.org>\nCc: B@example.org, "
        b"desk@example.org\nDelivered-To: in@example.org\nX-Original-To: in@example.org\n"
        b"Subject: =?utf-8?q?Caf=C3=A9?=\n bins\nDate: Thu, 19 Nov 2026 09:00:00 +0100\n"
        b"Message-ID: <1@example.org>\nReferences: <a@x> <b@x>\nIn-Reply-To: <b@x>\n\nHello.\r\n",
        "one.eml",
        datetime(2020, 1, 1, tzinfo=UTC),
    )
    assert mail.parse_status is ParseStatus.PARSED
    assert (mail.from_name, mail.from_address) == ("A Person", "a@example.org")
    assert mail.recipients == ("desk@example.org", "b@example.org", "in@example.org")
    assert mail.subject == "Café bins"
    assert mail.message_id == "<1@example.org>"
    assert mail.references == ("<a@x>", "<b@x>")
    assert mail.sent_at == datetime(2026, 11, 19, 8, tzinfo=UTC)
    assert mail.received_at == AT
    assert mail.written == "Hello."


def test_envelope_date_stands_in_for_a_missing_received_header():
    assert parse_mail(b"Subject: a\n\nb", "x", AT).received_at == AT
    assert parse_mail(b"Received: by x; nonsense\n\nb", "x", AT).received_at == AT
    assert parse_mail(b"\n\nb", "x", None).received_at is None


def test_message_id_gets_its_brackets():
    assert parse_mail(b"Message-ID: 1@example.org\n\n", "x", None).message_id == "<1@example.org>"
    assert parse_mail(b"Message-ID:\n\n", "x", None).message_id is None


def test_plain_text_stands_for_html_that_says_the_same():
    data = multipart(
        b"alternative",
        part(b"text/plain", b"Hello you.\nSee http://example.org/x there."),
        part(
            b"text/html", b"<p>Hello <b>you</b>.<br>See <a href='http://example.org/x'>there</a>."
        ),
    )
    assert parse_mail(data, "x", None).written == "Hello you.\nSee http://example.org/x there."


@pytest.mark.parametrize("plain", [b"This mail needs an HTML reader.", b"Hello you."])
def test_what_stands_only_in_the_html_is_written_too(plain):
    html = b"<p>Hello you.</p><p>I know your street.</p>"
    data = multipart(b"alternative", part(b"text/plain", plain), part(b"text/html", html))
    written = parse_mail(data, "x", None).written
    assert written.startswith(plain.decode())
    assert written.endswith("I know your street.")
    assert written.count("Hello you.") == 1


def test_what_stands_only_in_the_plain_text_is_written():
    data = multipart(
        b"alternative",
        part(b"text/html", b"<p>Hello."),
        part(b"text/plain", b"I know your street."),
    )
    assert "I know your street." in parse_mail(data, "x", None).written


def test_blank_plain_text_gives_way_to_html():
    data = multipart(b"alternative", part(b"text/plain", b" \n"), part(b"text/html", b"<p>Hello."))
    assert parse_mail(data, "x", None).written == "Hello."


def test_hidden_words_end_in_quoted():
    mail = parse_mail(part(b"text/html", b"ok<p hidden>I know your street"), "x", None)
    assert mail.written == "ok"
    assert mail.quoted == f"{HIDDEN}\nI know your street"


def test_words_outside_the_parts_end_in_quoted():
    data = multipart(b"mixed", part(b"text/plain", b"ok")) + b"after all\n"
    assert parse_mail(data, "x", None).quoted == f"{OUTSIDE}\nafter all"


def test_text_parts_without_a_name_are_one_body():
    data = multipart(
        b"mixed",
        part(b"text/plain", b"One.\n-- \nA Person"),
        part(b"image/png", b"x"),
        part(b"text/plain", b"Two.", b"Content-Disposition: attachment"),
    )
    mail = parse_mail(data, "x", None)
    assert mail.written == "One.\n\nTwo."
    assert mail.signature == "-- \nA Person"
    assert [each.filename for each in mail.attachments] == ["unnamed"]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_attachment_has_size_and_hash_of_its_own_bytes(ending):
    body = base64.encodebytes(b"hello\x00there")
    head = b'Content-Disposition: attachment; filename="a.bin"\nContent-Transfer-Encoding: base64'
    data = multipart(b"mixed", part(b"text/plain", b"see"), part(b"application/x", body, head))
    (found,) = parse_mail(data.replace(b"\n", ending), "x", None).attachments
    assert (found.filename, found.content_type, found.size) == ("a.bin", "application/x", 11)
    assert found.sha256 == hashlib.sha256(b"hello\x00there").hexdigest()
    assert found.text is None


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        (b'filename="..\\\\..\\\\x/a b.txt"', "a b.txt"),
        (b'filename="/etc/passwd"', "passwd"),
        (b"filename*=utf-8''caf%C3%A9.txt", "café.txt"),
        (b'filename*0="long "; filename*1="name.txt"', "long name.txt"),
        (b'filename="=?utf-8?q?caf=C3=A9.txt?="', "café.txt"),
        ('filename="a\u202egnp.txt"'.encode(), "agnp.txt"),
        (b'filename=".."', "unnamed"),
        (b'filename="' + b"a" * 300 + b'.txt"', "a" * 196 + ".txt"),
        (b"filename*9999999999=a; name=b", "a"),
        (b"filename*=no-such''a.txt", "a.txt"),
    ],
)
def test_file_names_are_made_safe(parameter, name):
    head = b"Content-Disposition: attachment; " + parameter
    data = multipart(b"mixed", part(b"image/png", b"x", head))
    assert parse_mail(data, "x", None).attachments[0].filename == name


def test_text_attachments_are_read():
    name = b"Content-Disposition: attachment; filename="
    data = multipart(
        b"mixed",
        part(b"text/plain", b"body"),
        part(b"text/html", b"<p>I know</p>", name + b"a.html"),
        part(b"text/plain", b"b" * 150_000, name + b"b.txt"),
        part(b"application/octet-stream", b"c", name + b"c.txt"),
    )
    texts = [each.text for each in parse_mail(data, "x", None).attachments]
    assert texts == ["I know", "b" * 100_000, "c"]


@pytest.mark.parametrize("packed", [False, True])
def test_forwarded_message_is_an_attachment_with_its_subject_and_text(packed):
    inner = b"Subject: Bins\r\nFrom: b@example.org\r\n\r\nI know your street.\r\n> yes"
    body = base64.encodebytes(inner) if packed else inner
    head = b"Content-Transfer-Encoding: " + (b"base64" if packed else b"8bit")
    data = multipart(b"mixed", part(b"text/plain", b"See."), part(b"message/rfc822", body, head))
    mail = parse_mail(data, "x", None)
    (found,) = mail.attachments
    assert mail.written == "See."
    assert found.text is not None
    assert found.text.split() == ["Bins", "I", "know", "your", "street.", ">", "yes"]
    assert found.sha256 == hashlib.sha256(inner).hexdigest()


def test_attachments_of_a_forwarded_message_are_listed():
    inner = multipart(b"mixed", part(b"text/plain", b"in"), part(b"image/png", b"x"), boundary=b"y")
    data = multipart(b"mixed", part(b"message/rfc822", inner))
    kinds = [each.content_type for each in parse_mail(data, "x", None).attachments]
    assert kinds == ["message/rfc822", "image/png"]


def test_flowed_lines_are_joined():
    head = b"text/plain; format=flowed"
    data = part(head, b"One \ntwo\n> three \n> four\n stuffed\n-- \nA Person")
    mail = parse_mail(data, "x", None)
    assert mail.written == "One two\n\nstuffed"
    assert mail.quoted == "> three four"
    assert mail.signature == "-- \nA Person"


def test_footer_after_base64_text_is_kept():
    body = base64.encodebytes(b"Hello.") + b"____ a list's footer"
    data = part(b"text/plain", body, b"Content-Transfer-Encoding: base64")
    assert parse_mail(data, "x", None).written == "Hello.\n____ a list's footer"


def test_utf16_and_old_line_ends_are_read():
    text = "Subject: a\n\nHello é"
    for data in (text.encode("utf-16"), text.replace("\n", "\r").encode()):
        mail = parse_mail(data, "x", None)
        assert (mail.subject, mail.written) == ("a", "Hello é")
        assert mail.raw == data

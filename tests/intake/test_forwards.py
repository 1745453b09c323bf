"""A forward's original: attached, or in its text below the head of many mail programs."""

import hashlib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.intake.forwards import find_inline, spellings
from triage.intake.inbound import How, InboundMessage, ParseStatus, RawMail, Verified
from triage.intake.ours import Ours
from triage.intake.parse import parse_mail
from triage.intake.parser import MailParser

OURS = Ours(forward_to=("flag@charity.example.org",), authserv_ids=("mx.charity.example.org",))
FORWARDER = "Kit <kit@charity.example.org>"
NOTE = "This came this morning. I am worried."
WORDS = "I know where you live.\n\nI shall come round on Friday."

GMAIL = """{note}

---------- Forwarded message ---------
From: Pat Example <pat@example.org>
Date: Mon, 2 Mar 2026 at 09:00
Subject: the bins
To: Kit <kit@charity.example.org>


{words}
"""
APPLE = """{note}

Begin forwarded message:

> From: Pat Example <pat@example.org>
> Subject: the bins
> Date: 2 March 2026 at 09:00:00 GMT
> To: Kit <kit@charity.example.org>
>
> {quoted}
"""
OUTLOOK = """{note}

Kit
________________________________
From: Pat Example <pat@example.org>
Sent: 02 March 2026 09:00
To: Kit <kit@charity.example.org>; Ana <ana@charity.example.org>;
 Ben <ben@charity.example.org>
Subject: the bins

{words}
"""
OUTLOOK_OLD = """{note}

-----Original Message-----
From: Pat Example [mailto:pat@example.org]
Sent: Monday, March 02, 2026 9:00 AM
To: Kit
Subject: the bins

{words}
"""
THUNDERBIRD = """{note}


-------- Forwarded Message --------
Subject: \tthe bins
Date: \tMon, 2 Mar 2026 09:00:00 +0000
From: \tPat Example <pat@example.org>
To: \tkit@charity.example.org



{words}
"""
BOLD = """{note}

*From:* Pat Example <pat@example.org <mailto:pat@example.org>>
*Sent:* 02 March 2026 09:00
*To:* Kit <kit@charity.example.org>
*Subject:* the bins

{words}
"""
QUOTED = """{note}

> -----Original Message-----
> From: pat@example.org
> Sent: 02 March 2026 09:00
> To: kit@charity.example.org
> Subject: the bins
>
> {quoted}
"""
PROGRAMS = {
    "gmail": GMAIL,
    "apple": APPLE,
    "outlook": OUTLOOK,
    "outlook, old": OUTLOOK_OLD,
    "thunderbird": THUNDERBIRD,
    "bold": BOLD,
    "quoted": QUOTED,
}


def written(program: str, words: str = WORDS, note: str = NOTE) -> str:
    return PROGRAMS[program].format(note=note, words=words, quoted=words.replace("\n", "\n> "))


def forward(body: str, *head: str, to: str = "flag@charity.example.org") -> bytes:
    lines = (*head, f"From: {FORWARDER}", f"To: {to}", "Subject: Fwd: the bins", "", body)
    return "\n".join(lines).encode()


def read(data: bytes) -> InboundMessage:
    return parse_mail(data, "a.eml", None, OURS)


ORIGINAL = (
    b"Authentication-Results: mx.charity.example.org; dmarc=pass header.from=example.org\r\n"
    b"From: Pat Example <pat@example.org>\r\n"
    b"To: Kit <kit@charity.example.org>, ana@charity.example.org\r\n"
    b"Subject: the bins\r\nMessage-ID: <original@example.org>\r\n"
    b"Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\nI know where you live.\r\n"
)


def attached(
    *originals: bytes, kind: str = "message/rfc822", name: str = "", note: str = NOTE
) -> bytes:
    parts = [f"Content-Type: text/plain\r\n\r\n{note}\r\n".encode()]
    for one in originals:
        named = f"; name={name}" if name else ""
        parts.append(f"Content-Type: {kind}{named}\r\n\r\n".encode() + one)
    body = b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + b"--x--\r\n"
    head = f"From: {FORWARDER}\r\nTo: flag@charity.example.org\r\nSubject: Fwd: x\r\n"
    return head.encode() + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + body


def assert_original(found: InboundMessage) -> None:
    assert found.parse_status is ParseStatus.PARSED
    assert found.from_address == "pat@example.org"
    assert found.subject == "the bins"
    assert "I know where you live." in found.written
    assert NOTE not in found.written
    assert found.forward is not None
    assert found.forward.by_address == "kit@charity.example.org"
    assert NOTE in found.forward.note
    assert "live" not in found.forward.note


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_author_in_the_text_is_who_wrote_and_the_forwarder_never_is(program: str) -> None:
    found = read(forward(written(program)))
    assert_original(found)
    assert found.written == WORDS
    assert found.forward is not None
    assert found.forward.how is How.INLINE
    if program != "To: Kit" and program != "outlook, old":
        assert "kit@charity.example.org" in found.recipients


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_same_forward_as_html_alone_names_the_same_author(program: str) -> None:
    lines = written(program).replace("<", "&lt;").replace(">", "&gt;").split("\n")
    html = "<div>" + "</div><div>".join(one or "<br>" for one in lines) + "</div>"
    data = forward(html, "Content-Type: text/html; charset=utf-8")
    assert_original(read(data))


def test_a_mail_in_a_blockquote_is_found_and_a_note_below_it_too() -> None:
    html = (
        "<p>Begin forwarded message:</p><blockquote>From: Pat &lt;pat@example.org&gt;<br>"
        "Subject: the bins<br>Date: 2 March 2026<br>To: kit@charity.example.org<br><br>"
        f"I know where you live.</blockquote><p>{NOTE}</p>"
    )
    assert_original(read(forward(html, "Content-Type: text/html")))


def test_what_a_head_in_the_text_says_of_its_author_is_not_verified() -> None:
    head = "Authentication-Results: mx.charity.example.org; dmarc=pass"
    found = read(forward(written("gmail"), head))
    assert found.verified is Verified.NOT_VERIFIED
    assert found.authentication == ()
    assert found.forward is not None
    assert found.forward.by_verified is Verified.VERIFIED


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("message/rfc822", ""),
        ("message/rfc822", "mail.eml"),
        ("application/octet-stream", "mail.EML"),
    ],
)
def test_an_attached_original_is_the_evidence_with_the_hash_of_its_bytes(
    kind: str, name: str
) -> None:
    found = read(attached(ORIGINAL, kind=kind, name=name))
    assert_original(found)
    assert found.message_id == "<original@example.org>"
    assert found.recipients == ("kit@charity.example.org", "ana@charity.example.org")
    assert found.verified is Verified.VERIFIED
    assert found.forward is not None
    assert found.forward.how is How.ATTACHED
    (listed,) = found.attachments
    assert listed.sha256 == hashlib.sha256(ORIGINAL).hexdigest()
    assert listed.text is None  # it is not read, and not scored, twice


def test_the_attached_original_is_known_by_its_bytes_however_its_lines_end() -> None:
    digests = set()
    for original in (ORIGINAL, ORIGINAL.replace(b"\r\n", b"\n"), ORIGINAL.rstrip()):
        canonical, forms = spellings(original)
        digests.add(canonical)
        assert hashlib.sha256(ORIGINAL).hexdigest() in forms
    assert len(digests) == 1


def test_our_servers_word_in_an_attached_original_counts_only_on_top() -> None:
    below = b"Authentication-Results: mx.example.com; dmarc=pass\r\n" + ORIGINAL
    assert read(attached(below)).verified is Verified.NOT_CHECKED


def test_several_originals_of_one_author_are_theirs_and_of_several_are_nobodys() -> None:
    second = ORIGINAL.replace(b"I know where you live", b"I have not forgotten")
    found = read(attached(ORIGINAL, second))
    assert found.from_address == "pat@example.org"
    assert "I have not forgotten" in found.written
    assert "I know where you live" in found.written
    other = second.replace(b"pat@example.org", b"sam@example.net")
    found = read(attached(ORIGINAL, other))
    assert found.from_address is None
    assert "I have not forgotten" in found.written


def test_of_a_forward_in_a_forward_the_first_author_counts() -> None:
    inner = written("gmail", note="").replace("pat@example.org", "deeper@example.net")
    found = read(forward(written("outlook", words=f"See below.\n\n{inner}")))
    assert found.from_address == "pat@example.org"
    assert found.written == "See below."
    assert "deeper@example.net" in found.quoted
    nested = b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\nContent-Type: message/rfc822"
    nested += b"\r\n\r\nFrom: deeper@example.net\r\n\r\nOld.\r\n--y--\r\n"
    original = ORIGINAL.split(b"\r\n\r\n")[0] + b"\r\n" + nested
    found = read(attached(original))
    assert found.from_address == "pat@example.org"
    assert found.forward is not None
    assert found.forward.original is not None


def test_a_head_that_the_author_wrote_into_their_own_text_changes_nothing() -> None:
    forged = "From: victim@example.net\nSent: 1 March 2026\nTo: x\nSubject: y\n\nbait"
    found = read(forward(written("thunderbird", words=f"{WORDS}\n\n{forged}")))
    assert found.from_address == "pat@example.org"


@pytest.mark.parametrize("body", ["Please look at this.", "", "From: x\n\nno head", "Fwd"])
def test_where_no_author_is_found_there_is_none_and_all_of_the_text_counts(body: str) -> None:
    found = read(forward(body))
    assert found.from_address is None
    assert found.from_name == ""
    assert found.forward is not None
    assert found.forward.how is How.NOT_FOUND
    assert found.forward.by_address == "kit@charity.example.org"
    assert body in found.written


def test_an_author_without_an_address_is_named_and_no_more() -> None:
    body = written("gmail").replace("Pat Example <pat@example.org>", "Pat Example")
    found = read(forward(body))
    assert (found.from_name, found.from_address) == ("Pat Example", None)


def test_mail_to_any_other_address_is_no_forward() -> None:
    found = read(forward(written("gmail"), to="team@charity.example.org"))
    assert found.forward is None
    assert found.from_address == "kit@charity.example.org"


def test_what_stands_in_html_alone_is_kept_too() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = FORWARDER, "flag@charity.example.org"
    mail.set_content(written("gmail"))
    mail.add_alternative("<p>I know where you live</p><p>and your dog</p>", subtype="html")
    found = read(mail.as_bytes())
    assert_original(found)
    assert "and your dog" in found.quoted


@pytest.fixture(scope="module")
def parser() -> Iterator[MailParser]:
    with MailParser() as opened:
        yield opened


@pytest.mark.parametrize("program", [*PROGRAMS, "attached"])
def test_the_bounded_child_reads_the_same(parser: MailParser, program: str) -> None:
    data = attached(ORIGINAL) if program == "attached" else forward(written(program))
    assert parser.parse(RawMail(data, "a.eml"), OURS) == read(data)
    assert parser.parse(RawMail(data, "a.eml")).forward is None


PIECES = st.sampled_from(
    ["-----Original Message-----", "---------- Forwarded message ---------", "From: a@example.org",
     "From: Pat [mailto:p@example.org]", "Sent: 1 March 2026", "Date: x", "To: b@example.com",
     "Subject: s", "> ", ">> ", "\n", "\n\n", "*From:* ", "Begin forwarded message:", "words", "@;",
     "________________", "kit@charity.example.org"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join))
def test_no_text_makes_the_forwarder_who_wrote_and_no_word_is_lost(body: str) -> None:
    found = read(forward(body))
    assert found.parse_status is ParseStatus.PARSED
    assert found.forward is not None
    assert "kit@charity.example.org" not in found.from_name or "From" in body
    kept = " ".join((found.written, found.quoted, found.signature, found.forward.note))
    for word in ("words", "Subject"):
        if word in body and found.forward.how is How.NOT_FOUND:
            assert word in kept


LINES = st.lists(
    st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=20).map(
        lambda one: f"w{one}"
    ),
    min_size=1,
    max_size=6,
).map("\n".join)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(PROGRAMS)), LINES, LINES)
def test_whoever_forwards_whatever_the_author_and_the_words_are_the_originals(
    program: str, words: str, note: str
) -> None:
    found = read(forward(written(program, words=words, note=note)))
    assert found.from_address == "pat@example.org"
    assert found.written == words
    assert found.forward is not None
    assert note in found.forward.note


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_attached_end_parsed_or_quarantined(original: bytes, as_file: bool) -> None:
    kind, name = ("application/octet-stream", "x.eml") if as_file else ("message/rfc822", "")
    found = read(attached(original, kind=kind, name=name))
    assert found.from_address != "kit@charity.example.org" or b"kit@" in original


def test_a_long_text_is_looked_through_once() -> None:
    assert find_inline("From: x\n" * 99_000) is None
    assert find_inline("> " * 200_000) is None


def test_a_mail_program_that_folds_its_heads_is_read() -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = FORWARDER, "Flag it <flag@charity.example.org>"
    mail["Subject"] = "Fwd: " + "bins " * 40
    mail.set_content(written("apple"))
    assert_original(read(mail.as_bytes()))

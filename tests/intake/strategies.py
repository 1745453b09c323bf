"""MIME trees for Hypothesis: nested parts, headers, encodings, charsets, files, and damage.

An undamaged tree knows which words a person would read in it; ``damaged`` breaks its bytes.
"""

import base64
import binascii
import hashlib
import quopri
from dataclasses import dataclass, field
from itertools import count

from hypothesis import strategies as st

CHARSETS = {
    "us-ascii": "plain",
    "utf-8": "žluťoučký",
    "iso-8859-1": "naïve",
    "windows-1252": "“curly”",
    "koi8-r": "привет",
    "shift_jis": "テスト",
    "iso-2022-jp": "テスト",
    "gb2312": "你好",
    "big5": "你好",
    "utf-16": "žluťoučký",
    "utf-16-le": "žluťoučký",
    "utf-7": "žluťoučký",
}
"""Charset -> a word that it can write."""
WIDE = ("utf-16", "utf-16-le")
ENCODINGS = ("", "7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "BASE64 (b)")
MULTIPARTS = ("mixed", "alternative", "related", "report", "signed", "no-such")
MOST_LEAVES = 8
"""And what stands around them stays far below 100 parts and 20 levels."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One node: its bytes, and what must be found of it."""

    head: bytes
    body: bytes
    words: tuple[str, ...] = ()
    """Each stands in exactly one text leaf."""
    files: tuple[tuple[str, str], ...] = ()
    """(file name, sha256 of the decoded bytes)."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A whole mail."""

    data: bytes
    tree: Tree
    subject: str = ""


@dataclass(slots=True)
class Plan:
    """A drawn tree, before its leaves have their numbers."""

    kind: str
    children: list["Plan"] = field(default_factory=list)
    charset: str = "utf-8"
    encoding: str = ""
    filename: str = ""
    content: bytes = b""
    around: tuple[bool, bool] = (False, False)
    """Whether text stands before the first part, and after the last."""


def leaves() -> st.SearchStrategy[Plan]:
    """A text part: plain or HTML, with or without a file name."""
    return st.builds(
        Plan,
        st.sampled_from(["text/plain", "text/html"]),
        charset=st.sampled_from(sorted(CHARSETS)),
        encoding=st.sampled_from(ENCODINGS),
        filename=st.sampled_from(["", "", "note.txt", "é note.html"]),
    )


def files() -> st.SearchStrategy[Plan]:
    """An attachment of any bytes."""
    return st.builds(
        Plan,
        st.sampled_from(["application/octet-stream", "image/png", "no/such"]),
        encoding=st.just("base64"),
        filename=st.just("a.bin"),
        content=st.binary(max_size=60),
    )


def plans() -> st.SearchStrategy[Plan]:
    """Trees of parts: multiparts of each kind, and forwarded messages."""
    return st.recursive(
        leaves() | files(),
        lambda inner: (
            st.builds(
                Plan,
                st.sampled_from(MULTIPARTS).map("multipart/{}".format),
                st.lists(inner, min_size=1, max_size=4),
                around=st.tuples(st.booleans(), st.booleans()),
            )
            | st.builds(Plan, st.just("message/rfc822"), inner.map(lambda one: [one]))
        ),
        max_leaves=MOST_LEAVES,
    )


HEADERS = st.sampled_from(
    [
        b"From: Pat <pat@example.org>",
        b"From: " + b"(" * 200,
        b"To: a@x, b@y",
        b"Cc: Friends: a@x;",
        b"Date: Thu, 19 Nov 2026 10:00:00 +0000",
        b"Date: soon",
        b"Received: from a\n by b; Thu, 19 Nov 2026 10:00:00 +0000",
        b"Message-ID: <1@x>",
        b"References: <a@x>\n\t<b@x>",
        b"MIME-Version: 1.0 (odd)",
        b"X-8-bit: \xe9\xff",
        b"X-Empty:",
        b"X-Folded: a\n b\n\tc",
    ]
)
SUBJECTS = st.sampled_from(
    [
        (b"", ""),
        (b"Subject: bins\n", "bins"),
        (b"Subject : bins\n again\n", "bins again"),
        (b"Subject: =?utf-8?q?caf=C3?=\n =?utf-8?q?=A9?=\n", "café"),
        (b"Subject: =?utf-16-be?b?AGIAaQBuAHM=?=\n", "bins"),
    ]
)


@st.composite
def mails(draw: st.DrawFn) -> Mail:
    """A whole mail that is not damaged, with LF or CRLF as its line end."""
    tree = build(draw(plans()), count(1), 0)
    subject, said = draw(SUBJECTS)
    head = b"".join(line + b"\n" for line in draw(st.lists(HEADERS, max_size=6)))
    data = head + subject + tree.head + b"\n" + tree.body
    if draw(st.booleans()):
        data = data.replace(b"\n", b"\r\n")
    return Mail(data, tree, said)


def build(plan: Plan, numbers: "count[int]", depth: int) -> Tree:
    """The bytes of a plan, with words of its own in each text."""
    if plan.kind.startswith("multipart/"):
        return _multipart(plan, numbers, depth)
    if plan.kind == "message/rfc822":
        inner = build(plan.children[0], numbers, depth + 1)
        body = b"From: inner@example.org\n" + inner.head + b"\n" + inner.body
        return Tree(b"Content-Type: message/rfc822\n", body, inner.words, inner.files)
    return _file(plan) if plan.content or plan.filename == "a.bin" else _text(plan, numbers)


def _multipart(plan: Plan, numbers: "count[int]", depth: int) -> Tree:
    # Each boundary is the beginning of those inside it.
    boundary = b"b" * (depth + 1)
    children = [build(each, numbers, depth + 1) for each in plan.children]
    words = tuple(word for child in children for word in child.words)
    pieces = [b"--" + boundary + b"\n" + child.head + b"\n" + child.body for child in children]
    end = b"--" + boundary + b"--\n"
    before, after = (_stray(number) if put else ("", b"") for put, number in _places(plan, numbers))
    around = tuple(word for word in (before[0], after[0]) if word)
    return Tree(
        b'Content-Type: %s; boundary="%s"\n' % (plan.kind.encode(), boundary),
        before[1] + b"\n".join([*pieces, end]) + after[1],
        words + around,
        tuple(one for child in children for one in child.files),
    )


def _places(plan: Plan, numbers: "count[int]") -> list[tuple[bool, int]]:
    return [(put, next(numbers)) for put in plan.around]


def _stray(number: int) -> tuple[str, bytes]:
    word = f"stray{number}word"
    return word, f"Some {word} here.\n".encode()


def _text(plan: Plan, numbers: "count[int]") -> Tree:
    words = f"mark{next(numbers)}x {CHARSETS[plan.charset]}"
    text = f"I say {words} today.\nNothing more.\n"
    if plan.kind == "text/html":
        text = f"<html><body><p>I say {words} today.</p>\n<p>Nothing more.</p></body></html>\n"
    data = text.encode(plan.charset)
    encoding = "base64" if plan.charset in WIDE else plan.encoding
    head = f"Content-Type: {plan.kind}; charset={plan.charset}\n"
    if plan.filename:
        name = plan.filename.encode("utf-8").hex("%")
        head += f"Content-Disposition: attachment; filename*=utf-8''%{name}\n"
    if encoding:
        head += f"Content-Transfer-Encoding: {encoding}\n"
    return Tree(head.encode(), transfer(data, encoding), (words,))


def _file(plan: Plan) -> Tree:
    head = (
        f"Content-Type: {plan.kind}\nContent-Transfer-Encoding: base64\n"
        f'Content-Disposition: attachment;\n filename="{plan.filename}"\n'
    )
    digest = hashlib.sha256(plan.content).hexdigest()
    body = transfer(plan.content, "base64")
    return Tree(head.encode(), body, (), ((plan.filename, digest),))


def transfer(data: bytes, encoding: str) -> bytes:
    """These bytes in one transfer encoding."""
    if encoding.lower().startswith("base64"):
        return base64.encodebytes(data)
    if encoding == "quoted-printable":
        return quopri.encodestring(data)
    if encoding == "x-uuencode":
        lines = (binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
        return b"begin 644 a\n" + b"".join(lines) + b"`\nend\n"
    return data


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The bytes of a mail after some blows: cut, changed, repeated, or with others thrown in."""
    data = draw(mails()).data
    for _ in range(draw(st.integers(1, 6))):
        first, second = (draw(st.integers(0, len(data))) for _ in range(2))
        start, end = sorted((first, second))
        new = draw(
            st.sampled_from([b"", b"\0", b"\r", b"\n\n", b"--b", b"=", b'"', b"(", b"\xff"])
            | st.binary(max_size=8)
            | st.just(data[start:end])
        )
        keep = start if draw(st.booleans()) else min(end, start + draw(st.integers(0, 8)))
        data = data[:start] + new + data[keep:]
    return data

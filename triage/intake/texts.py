"""The texts of a message and its attachments, gathered from its parts."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from triage.intake import body
from triage.intake.body import Said
from triage.intake.charsets import clean_line, without_controls
from triage.intake.headers import Headers, decode_words, subject
from triage.intake.inbound import Attachment
from triage.intake.limits import MAX_ATTACHMENT_TEXT, MAX_FILENAME, Budget
from triage.intake.mime import Part, as_lines, read_tree

TEXT_NAMES = (".txt", ".md", ".csv", ".log", ".htm", ".html")


@dataclass(frozen=True, slots=True)
class Content:
    """The texts of one message."""

    written: str
    quoted: str
    """With what no reader of the mail sees, and what stands outside its parts."""
    signature: str
    visible: str
    """All that shows, as it stood."""
    beyond: str
    """What does not show, or only in another form of the mail than ``visible``."""

    def whole(self) -> str:
        """All of it."""
        return body.join((self.written, self.quoted, self.signature))


@dataclass(frozen=True, slots=True)
class Original:
    """A message that is attached to the one that is read."""

    headers: Headers
    content: Content
    data: bytes


@dataclass(slots=True)
class Gathered:
    """What is collected on the way through the parts."""

    budget: Budget
    attachments: list[Attachment] = field(default_factory=list)
    originals: list[Original] | None = None
    """A list where what is read is a forward: the messages attached to it, not to those."""


def read_content(root: Part, gathered: Gathered) -> Content:
    """The texts of a message; its attachments go to ``gathered``."""
    said = _texts(root, gathered, is_root=True)
    stray = body.stray_text(_all(root))
    hidden = body.join(each.hidden for each in said)
    unseen = body.join(
        f"{mark}\n{text}" for mark, text in ((body.HIDDEN, hidden), (body.OUTSIDE, stray)) if text
    )
    added = body.join(each.whole() for each in said if not each.visible)
    return Content(
        written=body.join(each.written for each in said),
        quoted=body.join((*(each.quoted for each in said), unseen)),
        signature=body.join(each.signature for each in said),
        visible=body.join(each.visible for each in said),
        beyond=body.join((added, unseen)),
    )


def _all(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _all(child)


def _texts(part: Part, gathered: Gathered, *, is_root: bool = False) -> list[Said]:
    """The body texts of a part and of those in it; its attachments go to ``gathered``."""
    kind = part.content_type
    if part.children and kind.startswith("multipart/"):
        each = [_texts(child, gathered) for child in part.children]
        if kind == "multipart/alternative":
            return body.merge(each)
        return [said for texts in each for said in texts]
    if kind.startswith("text/") and (is_root or not _filename(part)):
        return [body.read_said(part, gathered.budget)]
    _attach(part, gathered)
    return []


def _attach(part: Part, gathered: Gathered) -> None:
    """Add this attachment, and after it those of a message it holds."""
    data = part.decoded()
    text: str | None = None
    inner: list[Attachment] = []
    message = part.children[0] if part.children else None
    if gathered.originals is not None and (message is not None or _is_mail(part)):
        plain = as_lines(data)
        if message is None or plain is not data:
            message = read_tree(plain, gathered.budget)
    if message is not None:
        nested = Gathered(gathered.budget)
        if gathered.originals is not None:
            content = read_content(message, nested)
            gathered.originals.append(Original(message.headers, content, data))
        else:
            said = _texts(message, nested, is_root=True)
            title = subject(message.headers)
            text = body.join((title, *(each.whole() for each in said), *(s.hidden for s in said)))
        inner = nested.attachments
    elif _is_text(part, data):
        text = body.join(body.read_text(part, gathered.budget))
    default = "message.eml" if part.children else "unnamed"
    gathered.attachments.append(
        Attachment(
            filename=_filename(part) or default,
            content_type=clean_line(part.content_type)[:200],
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            text=None if text is None else text[:MAX_ATTACHMENT_TEXT],
        )
    )
    gathered.attachments += inner


def _is_mail(part: Part) -> bool:
    """Whether a part is a message whose type does not say so: some programs attach them as files.

    Its name and its type tell; whatever is in it is then read as a message.
    """
    is_file = part.content_type in ("application/octet-stream", "application/eml")
    return is_file and _filename(part).lower().endswith(".eml")


def _is_text(part: Part, data: bytes) -> bool:
    """Whether a part is text: by its type, or (phones send .txt so) unnamed bytes that are."""
    if part.content_type.startswith(("text/", "message/")):
        return True
    if part.content_type != "application/octet-stream":
        return False
    return _filename(part).lower().endswith(TEXT_NAMES) and b"\x00" not in data


def _filename(part: Part) -> str:
    """The file name: no folders, no control characters, at most 200 characters; or empty."""
    given = part.parameter("filename", "content-disposition") or part.parameter("name")
    if not given:
        return ""
    name = without_controls(decode_words(given)).replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    name = name.strip()
    if name in ("", ".", ".."):
        return "unnamed"
    if len(name) > MAX_FILENAME:
        ending = PurePosixPath(name).suffix[:20]
        name = name[: MAX_FILENAME - len(ending)] + ending
    return name

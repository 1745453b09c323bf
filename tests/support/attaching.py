"""Mail with files attached to it, as bytes. Nobody in it exists."""

import hashlib
from email.message import EmailMessage

from triage.intake.inbound import InboundMessage
from triage.intake.parse import parse_mail

File = tuple[str, str, bytes]
"""Name, kind, bytes."""


def mail_with(
    *files: File,
    text: str = "[low] My bins.",
    by: str = "Pat Example <pat@example.org>",
    to: str = "team@charity.example.org",
    subject: str = "Hello",
) -> bytes:
    """A mail with these attached; the same words give the same bytes."""
    one = EmailMessage()
    one["From"], one["To"], one["Subject"] = by, to, subject
    number = hashlib.sha256(repr((files, text, by)).encode()).hexdigest()[:12]
    one["Message-ID"], one["Date"] = f"<{number}@example.org>", "Mon, 02 Mar 2026 09:00:00 +0000"
    one.set_content(text + "\n")
    for name, kind, data in files:
        main, sub = kind.split("/")
        one.add_attachment(data, main, sub, filename=name)
    if files:
        one.set_boundary("the-boundary")
    return one.as_bytes()


def read_with(*files: File, **given: str) -> InboundMessage:
    """The same, read as it is read when it comes in."""
    return parse_mail(mail_with(*files, **given), "attached.eml")

"""Prints how fast mail is read. A command: ``python tests/bench/bench_parse.py [count]``."""

import sys
import time
from collections.abc import Callable
from email.message import EmailMessage

from triage.intake.inbound import RawMail
from triage.intake.parse import parse_mail
from triage.intake.parser import MailParser

WORDS = "I wrote to you in March about the bins in our street and nobody has replied to me. "


def plain(number: int) -> bytes:
    """A plain message of about 1.5 kB with a quoted reply and a signature."""
    return (
        b"Received: from a.example.org by b.example.org with ESMTPS id 1a2b3c;\r\n"
        b"\tThu, 19 Nov 2026 08:12:44 +0000\r\n"
        b"From: A Person <person%d@example.org>\r\nTo: Desk <desk@example.org>\r\n"
        b"Subject: The bins, again\r\nDate: Thu, 19 Nov 2026 08:12:40 +0000\r\n"
        b"Message-ID: <%d@example.org>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n" % (number, number)
    ) + (
        WORDS * 8 + "\n\nOn Mon, 2 Nov 2026 at 10:00, Desk <desk@example.org> wrote:\n> Thank you."
        "\n> Goodbye.\n\n-- \nA Person\n"
    ).encode()


def alternative(number: int) -> bytes:
    """The same words as plain text and HTML."""
    message = EmailMessage()
    message["From"], message["To"] = "a@example.org", "desk@example.org"
    message["Subject"] = f"Bins {number}"
    message.set_content(WORDS * 8)
    message.add_alternative(f"<html><body><p>{WORDS * 8}</p></body></html>", subtype="html")
    return message.as_bytes()


def measure(name: str, count: int, read: Callable[[int], object]) -> None:
    """Print messages a second."""
    start = time.perf_counter()
    for number in range(count):
        read(number)
    seconds = time.perf_counter() - start
    sys.stdout.write(f"{name:34} {count / seconds:8,.0f} messages a second\n")


def main() -> None:
    """Print all figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    for name, make in (("plain", plain), ("plain and HTML", alternative)):
        mails = [make(number) for number in range(count)]
        measure(f"{name}, in this process", count, lambda n, m=mails: parse_mail(m[n], "x"))
        with MailParser() as parser:
            parser.parse(RawMail(mails[0], "x"))
            measure(
                f"{name}, through the child",
                count,
                lambda n, m=mails, p=parser: p.parse(RawMail(m[n], "x")),
            )


if __name__ == "__main__":
    main()

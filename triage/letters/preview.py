"""What a person is shown before a letter goes, and the mail that is made of just that. Pure."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from triage.core.text import is_address
from triage.notify.rules import Problem
from triage.notify.words import Undelivered

_FROM = re.compile("^From ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything of a letter that its reader will see, and where it goes."""

    to: str
    sender: str
    signed_as: str
    reply_to: str
    subject: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 over all of it: who approves or sends says with it what they have seen."""
        whole = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(whole.encode("ascii")).hexdigest()


def compose(shown: Preview, *, message_id: str, at: datetime) -> EmailMessage:
    """The whole mail: from a role, with nobody's name in it. ``Undelivered`` for an address that
    no header may hold. It is not marked as sent by a machine: a person wrote it."""
    if not (is_address(shown.to) and is_address(shown.sender)):
        raise Undelivered(Problem.BAD_ADDRESS)
    mail = EmailMessage()
    mail["From"] = Address(display_name=shown.signed_as, addr_spec=shown.sender)
    mail["To"], mail["Subject"] = shown.to, shown.subject
    if is_address(shown.reply_to):
        mail["Reply-To"] = shown.reply_to
    mail["Message-ID"], mail["Date"] = message_id, format_datetime(at)
    mail.set_content(shown.text, charset="utf-8", cte="quoted-printable")
    # On the way a line that begins with "From " would get a ">" before it: not the text previewed.
    mail.set_payload(_FROM.sub("=46rom ", str(mail.get_payload())))
    return mail

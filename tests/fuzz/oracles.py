"""What must hold of anything that the readers of mail are given. Needs nothing but the readers.

The property tests and the fuzzer (``atheris_mail.py``) judge by the same rules; what was
found stands as a test in ``test_found.py``.
"""

import hashlib
import json
from collections.abc import Callable, Iterator

from triage.intake import forwards, html, quoting
from triage.intake.charsets import clean
from triage.intake.columns import Field
from triage.intake.inbound import InboundMessage, ParseStatus
from triage.intake.limits import Budget
from triage.intake.ours import Ours, Relay
from triage.intake.parse import parse_mail
from triage.intake.rows import canonical, parse_row
from triage.intake.wire import pack_answer, unpack_answer

FORWARDS = "report@charity.example.org"
OURS = Ours(
    relays=(Relay("service.example.org", "fixmystreet", field="Email", ticket_header="X-Ticket"),),
    authserv_ids=("mx.charity.example.org",),
    forward_to=(FORWARDS,),
)
COLUMNS = {f"c{at}": one.value for at, one in enumerate(Field)}
OUR_FAULT = ("it could not", "reading it took")
"""Reasons that stand for an error of ours, and for no limit."""


def storable(text: str) -> bool:
    """Whether both databases will keep this text as it is."""
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text


def texts(mail: InboundMessage) -> Iterator[str]:
    """Every text of a message."""
    yield from (mail.source, mail.from_name, mail.from_address or "", mail.subject)
    yield from (mail.written, mail.quoted, mail.signature, *mail.recipients, *mail.references)
    yield from (mail.message_id or "", mail.ticket_id or "", mail.ticket_url or "")
    yield from (mail.came_through or "", *mail.authentication)
    for one in mail.attachments:
        yield from (one.filename, one.content_type, one.text or "")
    for known in mail.contacts:
        yield from (known.value, known.network)
    if mail.forward is not None:
        yield from (mail.forward.by_name, mail.forward.by_address or "", mail.forward.note)


def sound(data: bytes, mail: InboundMessage) -> None:
    """Parsed, or quarantined for a limit; nothing lost; storable; whole on its way from a child."""
    assert mail.raw is data, "the bytes that came"
    assert mail.sha256 == hashlib.sha256(data).hexdigest()
    assert (mail.quarantine_reason is None) == (mail.parse_status is ParseStatus.PARSED)
    assert not (mail.quarantine_reason or "").startswith(OUR_FAULT), mail.quarantine_reason
    for text in texts(mail):
        assert storable(text), "a text that no database keeps"
        assert "\r" not in text, "a line end of the sender's"
    for moment in (mail.sent_at, mail.received_at):
        assert moment is None or moment.utcoffset() is not None
    frame = pack_answer(mail)
    assert unpack_answer(frame[4:], data, mail.sha256) == mail


def check_mail(data: bytes) -> None:
    """A whole mail, read by what knows nothing of us, and by what knows relays and forwards."""
    sound(data, parse_mail(data, "a.eml"))
    sound(data, parse_mail(data, "a.eml", None, OURS))


def check_html(data: bytes) -> None:
    """An HTML document: text without tags of its own making, that both databases keep."""
    source = data.decode("utf-8", "replace")
    for text in (*html.to_text(source, Budget()), html.strip_tags(source)):
        assert storable(text)
        assert "\r" not in text


def check_text(data: bytes) -> None:
    """A body: told apart without losing a line; and the original of a forward in it."""
    text = clean(data.decode("utf-8", "replace"))
    given = sorted(line for line in text.split("\n") if line.strip())
    parts = quoting.split(text)
    assert sorted(line for one in parts for line in one.split("\n") if line.strip()) == given
    found = forwards.find_inline(text)
    if found is not None:
        kept = "".join((found.note, found.head, found.body))
        lost = len("".join(text.split())) - len("".join(kept.split()))
        # ``>`` marks and rulers are taken out; no word is.
        assert lost <= sum(text.count(one) for one in ">_*=-")
        forwards.split_original(found.body)


def check_row(data: bytes) -> None:
    """A row of a table: cut from the bytes at their unit separators, and as JSON where it is."""
    cells = data.decode("utf-8", "replace").split("\x1f")
    row: dict[str, object] = dict(zip(COLUMNS, cells, strict=False))
    raw = canonical(row)
    assert json.loads(raw) == row
    sound(raw, parse_row(raw, "a.csv", COLUMNS))
    if row_like(data):
        sound(data, parse_row(data, "a.csv", COLUMNS))


def row_like(data: bytes) -> bool:
    """Whether these bytes are a row as ``canonical`` writes it."""
    try:
        return isinstance(json.loads(data), dict)
    except (ValueError, RecursionError):
        return False


TARGETS: dict[str, Callable[[bytes], None]] = {
    "mail": check_mail,
    "html": check_html,
    "text": check_text,
    "row": check_row,
}

"""Who wrote a mail, as far as its headers, the service that sent it on, and our server tell."""

import re
from dataclasses import dataclass

from triage.intake.addresses import parse_addresses
from triage.intake.authentication import check
from triage.intake.charsets import clean_line
from triage.intake.headers import Headers, decode_words
from triage.intake.inbound import Channel, Verified
from triage.intake.limits import MAX_SPLIT_LINES
from triage.intake.ours import Ours, Relay

VALUE_CHARS = 1_000
TICKET_CHARS = 200
URL_CHARS = 400
URL = re.compile(r"https?://[^\s<>\"'`\\]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote, and how that is known."""

    name: str
    address: str | None
    verified: Verified
    codes: tuple[str, ...]
    came_through: str | None = None
    service: str | None = None
    channel: Channel = Channel.EMAIL
    ticket_id: str | None = None
    ticket_url: str | None = None


def who_wrote(headers: Headers, text: str, ours: Ours) -> Writer:
    """The From address; for what a relay sends on, whom its mail names as who wrote.

    A rule that finds nobody leaves the writer unknown: the relay is never it. Where our server
    found that the mail is not the relay's, its rule does not hold, or anybody could write in
    anybody's name: what is claimed then stays the relay's address, and is not verified.
    """
    name, address = sender(headers)
    checked = check(headers, ours.authserv_ids)
    relay = ours.relay(address)
    if relay is None:
        return Writer(name, address, checked.verified, checked.codes)
    if checked.verified is Verified.NOT_VERIFIED:
        return Writer(name, address, checked.verified, checked.codes, came_through=address)
    written_by = _named(headers, text, relay, ours)
    return Writer(
        written_by[0] or (name if written_by[1] else ""),
        written_by[1],
        # Our server looked at the relay's address, not at theirs.
        Verified.NOT_CHECKED,
        checked.codes,
        came_through=address,
        service=relay.service,
        channel=Channel(relay.channel),
        ticket_id=_line(headers, relay.ticket_header)[:TICKET_CHARS] or None,
        ticket_url=web_address(_line(headers, relay.ticket_url_header)),
    )


def sender(headers: Headers) -> tuple[str, str | None]:
    """(display name, lower-case address or None) of the first From address."""
    return _first(headers.first("from"))


def web_address(value: str) -> str | None:
    """An http or https address at the start of a value; ``None`` for any other scheme."""
    match = URL.match(value.strip())
    return match[0] if match and len(match[0]) <= URL_CHARS else None


def _first(value: str) -> tuple[str, str | None]:
    found = parse_addresses(value)
    return next((each for each in found if each[1]), found[0] if found else ("", None))


def _named(headers: Headers, text: str, relay: Relay, ours: Ours) -> tuple[str, str | None]:
    """Whom the relay's mail names. Two different addresses are nobody: the writer can put a line
    like the service's own into the text."""
    if relay.header is not None:
        values = headers.all(relay.header.lower())
    else:
        values = _labelled(text, relay.field or "")
    found = dict[str, str]()
    for value in values:
        name, address = _first(value[:VALUE_CHARS])
        if address and not ours.relay(address):
            found.setdefault(address, name)
    if len(found) != 1:
        return "", None
    address, name = next(iter(found.items()))
    return name, address


def _labelled(text: str, label: str) -> list[str]:
    """What stands behind ``label:`` on its line, or alone on the next."""
    lines = text.split("\n", MAX_SPLIT_LINES)
    wanted = " ".join(label.lower().split()).removesuffix(":")
    found = []
    for at, line in enumerate(lines):
        before, colon, value = line[:VALUE_CHARS].strip(" \t*>|").partition(":")
        if colon and " ".join(before.lower().strip(" *").split()) == wanted:
            value = value.strip(" \t*")
            following = lines[at + 1] if at + 1 < len(lines) else ""
            found.append(value or following[:VALUE_CHARS].strip(" \t*>"))
    return found


def _line(headers: Headers, name: str | None) -> str:
    if name is None:
        return ""
    return clean_line(decode_words(headers.first(name.lower())[:VALUE_CHARS]))

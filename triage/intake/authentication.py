"""What our own server says of the address that a mail claims: Authentication-Results (RFC 8601).

Anybody may write such a header. Only the topmost counts, and only under the name of a server of
ours; what stands below it came with the mail. One pass over the characters, whatever they are.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from triage.intake.addresses import parse_addresses
from triage.intake.headers import Headers
from triage.intake.inbound import Verified

MAX_CHARS = 16_000
MAX_RESULTS = 20
METHODS = ("spf", "dkim", "dmarc")
RESULTS = frozenset(
    ("pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror", "hardfail")
)
Token = str | None
"""A word, or ``None`` for an equals sign that stands outside quotes."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one method found: ``dkim``, ``pass``, ``{"header.d": "example.org"}``."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Of our own words alone: a result that is none of the known ones is ``other``."""
        return f"{self.method}:{self.result if self.result in RESULTS else 'other'}"


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether the address is who wrote, as far as our server can tell, and on what ground."""

    verified: Verified = Verified.NOT_CHECKED
    codes: tuple[str, ...] = ()


def check(headers: Headers, authserv_ids: Collection[str]) -> Checked:
    """What our server found about the From address of these headers.

    Verified: DMARC passed for its domain; or else a DKIM signature or SPF that passed is of this
    very domain, or of one that it lies in. Two addresses or two From headers are never verified.
    Raises OverLimitError for more addresses than a header may hold, and nothing else.
    """
    stamped = headers.first("authentication-results")
    server, results = parse(stamped)
    if not stamped or server not in authserv_ids:
        return Checked()
    if results is None:
        return Checked(Verified.NOT_VERIFIED)
    found = [one for one in results if one.method in METHODS]
    if not found:
        return Checked()
    codes = tuple(dict.fromkeys(one.code for one in found))
    domain = _from_domain(headers)
    refused = any(one.method == "dmarc" and one.result == "fail" for one in found)
    if domain and not refused and any(_vouches(one, domain) for one in found):
        return Checked(Verified.VERIFIED, codes)
    return Checked(Verified.NOT_VERIFIED, codes)


def parse(value: str) -> tuple[str, list[Result] | None]:
    """(lower-case name of the server, its results); ``None`` where quotes or brackets stay open.

    A value that a sender chose stands in quotes or as one word, so it can be no result: only the
    first pair after each semicolon is one.
    """
    if len(value) > MAX_CHARS:
        return _first_word(value[:MAX_CHARS]), None
    scanner = _Scanner()
    for char in value:
        scanner.feed(char)
    scanner.end_word()
    server = _first_word(value)
    if scanner.quoted or scanner.depth or len(scanner.segments) > MAX_RESULTS + 1:
        return server, None
    found = (_result(tokens) for tokens in scanner.segments[1:])
    return server, [one for one in found if one is not None]


def _first_word(value: str) -> str:
    scanner = _Scanner()
    for char in value:
        scanner.feed(char)
        if len(scanner.segments) > 1 or scanner.segments[0]:
            break
    scanner.end_word()
    first = scanner.segments[0][0] if scanner.segments[0] else None
    return (first or "").lower()


class _Scanner:
    """Cuts a header at semicolons, blanks and equals signs outside quotes and comments."""

    def __init__(self) -> None:
        self.segments: list[list[Token]] = [[]]
        self.word: list[str] = []
        self.quoted = self.escaped = False
        self.depth = 0

    def end_word(self) -> None:
        if self.word:
            self.segments[-1].append("".join(self.word))
            self.word = []

    def feed(self, char: str) -> None:
        if self.escaped:
            self.escaped = False
            if not self.depth:
                self.word.append(char)
        elif char == "\\" and (self.quoted or self.depth):
            self.escaped = True
        elif self.depth:
            self.depth += (char == "(") - (char == ")")
        elif char == '"':
            self.quoted = not self.quoted
        elif self.quoted:
            self.word.append(char)
        else:
            self._plain(char)

    def _plain(self, char: str) -> None:
        if char not in "(;=" and not char.isspace():
            self.word.append(char)
            return
        self.end_word()
        if char == "(":
            self.depth = 1
        elif char == ";":
            self.segments.append([])
        elif char == "=":
            self.segments[-1].append(None)


def _result(tokens: list[Token]) -> Result | None:
    if len(tokens) < 3 or tokens[0] is None or tokens[1] is not None or tokens[2] is None:
        return None
    method = tokens[0].partition("/")[0].lower()
    properties: dict[str, str] = {}
    at = 3
    while at + 2 < len(tokens):
        name, equals, value = tokens[at : at + 3]
        if name is not None and equals is None and value is not None:
            properties.setdefault(name.lower(), value)
            at += 3
        else:
            at += 1
    return Result(method, tokens[2].lower(), properties)


def _vouches(one: Result, domain: str) -> bool:
    if one.result != "pass":
        return False
    if one.method == "dmarc":
        return _domain(one.properties.get("header.from", domain)) == domain
    if one.method == "dkim":
        signed = one.properties.get("header.d") or one.properties.get("header.i", "")
        return _aligned(domain, _domain(signed))
    return _aligned(domain, _domain(one.properties.get("smtp.mailfrom", "")))


def _domain(value: str) -> str:
    return value.rpartition("@")[2].lower().rstrip(".")


def _aligned(domain: str, vouching: str) -> bool:
    """Whether who vouches owns the domain: it is theirs, or lies in theirs. Never the other way:
    many domains give names below them to anybody."""
    return "." in vouching and (domain == vouching or domain.endswith(f".{vouching}"))


def _from_domain(headers: Headers) -> str | None:
    """The domain of the only From address; ``None`` where there is none, or more than one."""
    stated = headers.all("from")
    if len(stated) != 1:
        return None
    found = parse_addresses(stated[0])
    address = found[0][1] if len(found) == 1 else None
    return _domain(address) if address else None

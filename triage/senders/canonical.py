"""Canonical forms: however an identifier is written, it is one and the same text.

What cannot be brought into a canonical form identifies nobody: ``None``, and it stays a text.
Plus and dots are kept apart: that ``pat+x@`` is ``pat@`` is for a person to say (``rules.loose``).
"""

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from triage.senders.rules import Identifier, IdentityKind

REGION = "GB"
"""Whose numbers are meant where no country code is given."""
LONGEST = 320
"""Characters of an identifier."""
SOCIAL = "social"
"""The network of a handle of which nobody said where it is."""
NETWORKS = {"twitter": "x", "fb": "facebook", "insta": "instagram", "ig": "instagram"}
"""Other names of networks."""
PROFILES = {
    "x.com": "x",
    "twitter.com": "x",
    "facebook.com": "facebook",
    "instagram.com": "instagram",
    "tiktok.com": "tiktok",
    "bsky.app/profile": "bluesky",
}
"""Where a profile's address begins -> its network."""
ANY_CASE = frozenset({"whatdotheyknow", "fixmystreet", "writetothem", "theyworkforyou"})
"""Services that take an account's name in any case. Others may tell ``Pat`` from ``pat``."""

_ADDRESS = re.compile(r"[^@\s]*[^@\s:/]@[^@\s]+")
_PHONE = re.compile(
    r"(?:tel:)?[+(\d][\d\s().\-/\u2010-\u2015]{5,40}(?:(?:ext|x|#)[\s.:]{0,3}\d{1,7})?",
    re.IGNORECASE,
)
_IN_TEXT = re.compile(r"(?<![\w.,@/-])(?:\+|00?)[1-9(][\d\s().-]{7,20}\d(?![\w@]|[.,]\d)")
"""A number as people give theirs: with its country code or its leading 0."""
_HANDLE = re.compile(r"[\w.-]{1,60}")
_NETWORK = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_HOST = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")
_NAMED = re.compile(r"(?:([\w-]{1,31})\s*:\s*)?@([\w.-]{1,60}?)(?:@([\w.-]{1,255}))?")
_URL = re.compile(r"https?://(?:www\.|m\.)?([^\s?#]{4,250})(?:[?#]\S*)?", re.IGNORECASE)


def address(text: str) -> Identifier | None:
    """An e-mail address: NFC, stripped, lower case, its domain in ASCII."""
    local, _, domain = _lower(text).rpartition("@")
    domain = _ascii(domain.rstrip("."))
    if not local or not domain or len(local) + len(domain) >= LONGEST:
        return None
    return Identifier(IdentityKind.EMAIL, f"{local}@{domain}")


def phone(text: str) -> Identifier | None:
    """A number in E.164, without its extension; British where it has no country code.

    Any number of a possible length counts, given out or not: a false one may call twice too.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not _PHONE.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text, REGION)
    except NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    # What is dialled again must read as itself: an odd national prefix would not.
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Identifier(IdentityKind.PHONE, written)


def account(text: str, service: str | None) -> Identifier | None:
    """An account of a service. Without the service an id says nothing."""
    value = unicodedata.normalize("NFC", text).strip()
    if not value or not service or len(value) > LONGEST:
        return None
    service = service.strip().lower()
    value = _lower(value) if service in ANY_CASE else value
    return Identifier(IdentityKind.ACCOUNT, value, service)


def handle(text: str, network: str = "") -> Identifier | None:
    """A handle: lower case, without its ``@``; its network as far as the text or a column says.

    ``@pat``, ``mastodon:@pat``, ``@pat@social.example`` and addresses of profiles are known.
    """
    text = _lower(text)[:LONGEST]
    found = _profile(text) or _NAMED.fullmatch(text)
    if isinstance(found, Identifier):
        return found
    if found is not None:
        host = (found[3] or "").rstrip(".")
        if host and not _HOST.fullmatch(host):
            return None
        return _of(found[2], host or found[1] or network)
    return _of(text, network)


def recognise(text: str) -> Identifier | None:
    """What somebody typed as a contact: an address, a number or a handle with its ``@``."""
    text = text.strip()
    if len(text) > LONGEST:
        return None
    if _ADDRESS.fullmatch(text):
        return address(text)
    found = phone(text)
    if found is None and ("@" in text or _URL.fullmatch(text)):
        found = handle(text)
    return found


def numbers_in(text: str, *, most: int = 5, looks: int = 20) -> tuple[Identifier, ...]:
    """The first few phone numbers that a text gives, each once. Of bounded cost."""
    found: dict[Identifier, None] = {}
    for count, one in enumerate(_IN_TEXT.finditer(text)):
        if count >= looks or len(found) >= most:
            break
        number = phone(one[0]) if sum(c.isdigit() for c in one[0]) >= 10 else None
        if number is not None:
            found[number] = None
    return tuple(found)


def _profile(text: str) -> Identifier | None:
    url = _URL.fullmatch(text)
    if url is None:
        return None
    place, _, name = url[1].rstrip("/").rpartition("/")
    name = name.removeprefix("@")
    network = PROFILES.get(place)
    if network is None and url[1].rstrip("/").endswith(f"/@{name}") and _HOST.fullmatch(place):
        network = place  # Mastodon and its like: each server is a network
    return None if network is None else _of(name, network)


def _of(name: str, network: str) -> Identifier | None:
    network = _lower(network) or SOCIAL
    network = NETWORKS.get(network, network)
    known = _NETWORK.fullmatch(network) or _HOST.fullmatch(network)
    if not known or not _HANDLE.fullmatch(name) or not any(one.isalnum() for one in name):
        return None
    return Identifier(IdentityKind.HANDLE, name, network)


def _lower(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).strip().lower()
    return unicodedata.normalize("NFC", composed)


def _ascii(domain: str) -> str:
    """A domain as it stands in the DNS; one that cannot stand there is left as it is."""
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain

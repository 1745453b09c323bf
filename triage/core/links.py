"""Signed links: a token that names one thing, for one purpose, up to a moment.

Whoever has the link may do what it is for, without an account: so it is for little, ends soon,
and its address says nothing but random ids. Nothing is stored; a token that was changed, is of
another purpose or is past its time opens nothing, and all of these look alike.
"""

import hmac
import re
from datetime import UTC, datetime

from triage.core.crypto import KeyedHash

LONGEST_TOKEN = 300
_FORM = re.compile(r"([A-Za-z0-9_-]{1,160})\.([0-9]{1,12})\.([0-9a-f]{64})")
_SUBJECT = re.compile(r"[A-Za-z0-9_-]{1,160}")


def sign_link(keys: KeyedHash, *, purpose: str, subject: str, expires: datetime) -> str:
    """A token for a subject (an id, or ids joined by ``-``), good up to ``expires``.

    ``ValueError`` for a subject that is no plain id, or a moment without a time zone.
    """
    if not _SUBJECT.fullmatch(subject):
        raise ValueError("a link is for an id: letters, digits, - and _")
    if expires.tzinfo is None:
        raise ValueError(f"a moment must be aware, not {expires!r}")
    until = int(expires.timestamp())
    return f"{subject}.{until}.{_mac(keys, purpose, subject, until)}"


def read_link(keys: KeyedHash, token: str, *, purpose: str, now: datetime) -> str | None:
    """The subject of a token that holds for this purpose at this moment, else ``None``."""
    found = _FORM.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        return None
    subject, until, mac = found[1], int(found[2]), found[3]
    genuine = hmac.compare_digest(mac, _mac(keys, purpose, subject, until))
    in_time = now.astimezone(UTC).timestamp() < until
    return subject if genuine and in_time else None


def _mac(keys: KeyedHash, purpose: str, subject: str, until: int) -> str:
    return keys.of(f"link {purpose}", f"{subject}.{until}".encode("ascii"))

"""How long a session lasts, and what a login is. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

IDLE = timedelta(minutes=30)
"""Without a click for this long a session ends."""
WARNING = timedelta(minutes=25)
"""After this long without a click the person is told."""
ABSOLUTE = timedelta(hours=12)
"""No session outlives its login by more, however busy it is."""
TOUCH = timedelta(seconds=30)
"""Signs of life nearer together are not written down: a session may end so much too early."""
SKEW = timedelta(minutes=5)
"""How far a provider's clock may run ahead of ours."""


class Why(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    EVERYWHERE = "signed_out_everywhere"
    REVOKED = "revoked"
    DISABLED = "disabled"
    IDLE = "idle"
    TOO_OLD = "too_old"


class Standing(StrEnum):
    """How a login stands with us."""

    NEW = "new"
    LIVE = "live"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Login:
    """What the provider said of one login. The e-mail serves the first link of an account alone."""

    issuer: str
    subject: str
    issued_at: datetime
    email: str = ""
    email_verified: bool = False

    @property
    def fingerprint(self) -> bytes:
        """What tells this login from every other, for a keyed hash: issuer, subject, time."""
        moment = int(self.issued_at.timestamp())
        return json.dumps([self.issuer, self.subject, moment]).encode()


def login_of(claims: Mapping[str, Any]) -> Login | None:
    """A login from the claims of an ID token; ``None`` where one that we need is missing.

    ``email_verified`` counts only as the JSON value ``true``: some providers send a text, and
    a text that says false is true to a program.
    """
    issuer, subject, at = claims.get("iss"), claims.get("sub"), claims.get("iat")
    if not (isinstance(issuer, str) and issuer and isinstance(subject, str) and subject):
        return None
    if isinstance(at, bool) or not isinstance(at, int | float):
        return None
    try:
        issued_at = datetime.fromtimestamp(int(at), UTC)
    except (OverflowError, OSError, ValueError):
        return None
    email = claims.get("email")
    return Login(
        issuer=issuer,
        subject=subject,
        issued_at=issued_at,
        email=email.strip().lower() if isinstance(email, str) else "",
        email_verified=claims.get("email_verified") is True,
    )


def end_of(login: Login, now: datetime) -> datetime:
    """When a session of this login ends at the latest: counted from the login, not from its use."""
    return min(login.issued_at, now) + ABSOLUTE


def over(
    now: datetime, *, ended: bool, active: bool, last_seen_at: datetime, expires_at: datetime
) -> Why | None:
    """Why a session is over, from its dates and its person; ``None`` while it lives."""
    if ended:
        return Why.SIGNED_OUT
    if not active:
        return Why.DISABLED
    if now >= expires_at or expires_at > now + ABSOLUTE + SKEW:
        return Why.TOO_OLD
    # A sign of life of the future is a wrong clock's: it must not keep a session for so long.
    idle = now >= last_seen_at + IDLE or last_seen_at > now + SKEW
    return Why.IDLE if idle else None

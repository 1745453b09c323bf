"""What a column can hold."""

from enum import StrEnum


class Kind(StrEnum):
    """What a column holds."""

    ID = "public-random-id"
    """Random ids, of our own making; or ``system``, ``console``."""
    CODE = "code"
    """One of our own short words, or several; never anything that somebody typed."""
    TIME = "time"
    COUNT = "count"
    """Numbers, yes and no."""
    HASH = "keyed-hash"
    PLAIN = "plain-outside-text"
    """What came from outside, and what is drawn from it: on an encrypted disk (trust.md, 4)."""
    SEALED = "sealed"
    STAFF = "staff-account"
    """Of the people who sign in: names, addresses, identities."""
    TECHNICAL = "technical"
    """Else; each text among them with its reason in ``WHY_TECHNICAL``."""

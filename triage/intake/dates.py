"""Dates as mail writes them -> aware UTC, or None where they are nonsense."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

ENVELOPE = re.compile(
    r"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{1,2}:\d\d(?::\d\d)?)(?: ([A-Z]{1,5}|[+-]\d{4}))? (\d{4})"
    r"(?: ([+-]\d{4}))?"
)


def parse_date(text: str) -> datetime | None:
    """The moment of a Date header, in UTC; a date with no zone is taken as UTC.

    None where it cannot be read, or lies outside 1970 to 2100.
    """
    try:
        read = parsedate_tz(text[:200])
        if read is None or not 1970 <= read[0] <= 2100:
            return None
        offset = read[9] or 0
        if abs(offset) >= 86_400:
            return None
        zone = timezone(timedelta(seconds=offset))
        second = min(read[5], 59)  # a leap second is no second of Python's
        return datetime(*read[:5], second, tzinfo=zone).astimezone(UTC)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


def received_date(header: str) -> datetime | None:
    """The moment of a Received header: what stands after its last semicolon."""
    return parse_date(header.rsplit(";", 1)[1]) if ";" in header else None


def envelope_date(line: bytes) -> datetime | None:
    """The moment of an mbox ``From `` line, UTC where it names no zone (RFC 4155)."""
    match = ENVELOPE.search(line[:500].decode("ascii", "replace"))
    if match is None:
        return None
    month, day, clock, zone, year, late_zone = match.groups()
    return parse_date(f"{day} {month} {year} {clock} {late_zone or zone or '+0000'}")

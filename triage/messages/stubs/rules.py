"""In which month a message counts, and how long it waited, as classes. Pure."""

from datetime import date, timedelta

GRACE = timedelta(days=7)
"""What comes in within this after a month's end still belongs to the month."""

WAITS = ("within_1h", "1h_to_4h", "4h_to_24h", "1_to_3_days", "over_3_days")
_ENDS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24), timedelta(days=3))


def counted_month(received: date, came_in: date) -> str:
    """The one month in which a message counts, for ever, like ``2026-10``.

    The month in which it was received; what came in later than the grace counts in the month in
    which it came in, since the figures of the other may have been released. Nothing was received
    after it came in.
    """
    return month_of(max(min(received, came_in), came_in - GRACE))


def flagged_month(month: str, flagged: date) -> str:
    """The one month in which a message counts as flagged, for ever.

    Its own; what was flagged later than the grace counts in the month in which it was flagged,
    since the figures of the other may have been released.
    """
    return max(month, month_of(flagged - GRACE))


def month_of(day: date) -> str:
    """A day's month."""
    return f"{day.year:04d}-{day.month:02d}"


def wait(span: timedelta) -> str:
    """The class of a time from the queue to the first review."""
    return next((name for name, end in zip(WAITS, _ENDS, strict=False) if span <= end), WAITS[-1])

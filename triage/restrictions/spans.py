"""How long one person's word stands alone. Pure."""

from datetime import datetime, timedelta

SHORTEST_ALONE = timedelta(hours=72)
LONGEST_ALONE = timedelta(days=7)


def emergency_end(second_working_day_end: datetime, now: datetime) -> datetime:
    """When a measure of one person ends: the end of the second working day, never under 72 hours
    and never over 7 days."""
    return min(max(second_working_day_end, now + SHORTEST_ALONE), now + LONGEST_ALONE)


def alone_until(lapses: datetime | None, expires: datetime | None) -> datetime | None:
    """When what one person did alone is over: by its lapse or its own end, the earlier of them."""
    return min((one for one in (lapses, expires) if one is not None), default=None)

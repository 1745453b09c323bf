"""Time comes from here, so that a test can set it."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

AHEAD = timedelta(minutes=5)
"""What is written down as later than this from now on was written by a clock that was wrong."""


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is moved: for tests and drills."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError(f"a clock needs an aware time, not {at!r}")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was last set to."""
        return self._at

    def move(self, by: timedelta) -> None:
        """Move on (or, for a fault test, back)."""
        self._at += by

"""Parts of forms: a moment in London, one of several, a text; each as it was typed before."""

from datetime import datetime, time
from typing import Any, TypeVar

import streamlit as st

from dashboard import session
from triage.staff.calendar import LONDON, at_clock

T = TypeVar("T")
NINE = time(9)
"""When the day begins on which something is asked."""


def moment(kept: dict[str, Any]) -> datetime | None:
    """A moment that has been, by day and by London's clock; ``None`` while no time is chosen."""
    before: datetime | None = kept.get("at")
    today = session.desk().clock.now().astimezone(LONDON).date()
    known = None if before is None else before.astimezone(LONDON)
    on = st.date_input(
        "On which day?",
        value=today if known is None else known.date(),
        max_value=today,
        format="DD/MM/YYYY",
    )
    clock = st.time_input(
        "At what time, in London?", value=None if known is None else known.time(), step=60
    )
    return None if clock is None else at_clock(on, clock)


def place(options: list[T], kept: T | None) -> int | None:
    """Where what was chosen before stands among the options."""
    return options.index(kept) if kept is not None and kept in options else None


def lacks(*checks: tuple[object, str]) -> tuple[str, ...]:
    """The words for each answer that is not there."""
    return tuple(words for value, words in checks if value is None or value == "")


def shown_at(at: datetime | None) -> str:
    """A moment by London's clock, as it is checked."""
    return "" if at is None else at.astimezone(LONDON).strftime("%-d %B %Y, %H:%M, London")

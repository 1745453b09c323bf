"""What is in force, as said on a screen: by the day, and no finer (trust.md, section 5)."""

from datetime import datetime

from triage.senders.standing.rules import Measure, Standing
from triage.staff.calendar import LONDON

BLOCKS = {
    Measure.SERVICE_BLOCK: "blocked on a service",
    Measure.CHANNEL_BLOCK: "blocked on a channel",
    Measure.EVENT_EXCLUSION: "excluded from an event",
}


def standing_words(standing: Standing) -> tuple[str, ...]:
    """A phrase for each thing that is in force, the one that binds us most first."""
    found: list[str] = []
    if standing.cease_contact_since is not None:
        found.append(f"cease contact since {day(standing.cease_contact_since)}")
    found += [words for measure, words in BLOCKS.items() if measure in standing.kinds]
    if standing.asked_to_cease_at is not None:
        found.append(f"asked to stop on {day(standing.asked_to_cease_at)}")
    return tuple(found)


def day(at: datetime) -> str:
    """A day by London's clock."""
    return at.astimezone(LONDON).strftime("%-d %B %Y")

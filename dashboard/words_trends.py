"""Words of the managers' page, where they are put together: all of them from released figures."""

from collections.abc import Sequence

from triage.trends.page import Block
from triage.trends.queries.reading import Published
from triage.trends.words import period

NOTHING = (
    "Nothing has been published yet. Figures come out month by month, quarter by quarter and year "
    "by year, a week after each has ended. If they are late, ask whoever keeps the desk. They are "
    "made with: triage release make"
)
KEPT = (
    "These figures stand still: each release was frozen when its period was over, and what came in "
    "late counts in the next. There is nothing to filter and nothing behind a figure to open, so "
    "that nobody can be worked out by comparing."
)


def title(block: Block) -> str:
    """The heading over one chart: names of ours and a period."""
    return block.title


def window(releases: Sequence[Published]) -> str:
    """From when to when the figures are."""
    first = min(one.first_day for one in releases)
    last = max(one.last_day for one in releases)
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"


def release(one: Published) -> tuple[str, str, str, str]:
    """One release, as the foot of the page lists it."""
    made, out = one.made_at, one.published_at
    said = f"{out.day} {out:%B %Y}" if out else "no"
    return period(one.release.period), one.id, f"{made.day} {made:%B %Y}", said

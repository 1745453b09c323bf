"""What of the data requests cannot wait, as a clause. Pure."""

from dashboard.words import plural
from triage.retention.subject.queries.listing import ToAnswer

NOTHING = ToAnswer(0, 0, 0)


def pressing(found: ToAnswer) -> str:
    """How many are late, or due within a week; empty where all of them can wait."""
    if found.late:
        near = f", {found.soon} more due within a week" if found.soon else ""
        return f"{plural(found.late, 'data request')} late{near}"
    return f"{plural(found.soon, 'data request')} due within a week" if found.soon else ""

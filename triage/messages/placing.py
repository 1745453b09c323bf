"""Where in the queue a message stands: one number, which gives its lane and its order in it."""

from enum import IntEnum

from triage.classifier.assessment import Assessment, Band, Route
from triage.messages.rules import Lane


class Rank(IntEnum):
    """Lower comes first. 0-9 is the urgent lane, 10-19 welfare, 20 and above ordinary."""

    CONCERN = 0
    """Marked as of particular concern."""
    ALARM = 1
    """Somebody raised the alarm by hand."""
    HIGH = 2
    CONCERN_WITHDRAWN = 3
    WELFARE = 10
    WELFARE_BELOW = 11
    """Not in the sender's own words: quoted, or attached."""
    MEDIUM = 20
    PLAIN = 21
    """Low band, unread, flagged by hand, and every blind item: told apart by nothing."""


RANGES: dict[Lane, range] = {
    Lane.URGENT: range(0, 10),
    Lane.WELFARE: range(10, 20),
    Lane.ORDINARY: range(20, 30),
}


def lane_of(rank: int) -> Lane:
    """The lane that a rank lies in."""
    return next(lane for lane, ranks in RANGES.items() if rank in ranks)


def place(own: Assessment, *, blind: bool, in_rest: bool) -> Rank:
    """Place by what the model says. Blind items stand where they give nothing away."""
    if blind:
        return Rank.PLAIN
    if own.band is Band.HIGH and Route.CONDUCT in own.routes and not in_rest:
        return Rank.HIGH
    if Route.WELFARE in own.routes:
        return Rank.WELFARE_BELOW if in_rest else Rank.WELFARE
    if own.band is Band.MEDIUM and Route.CONDUCT in own.routes and not in_rest:
        return Rank.MEDIUM
    return Rank.PLAIN

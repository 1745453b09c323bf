"""Where in the queue a message stands: one number, which gives its lane and its order in it.

It is set once, and the same for all who look. So it is made of nothing that somebody may be
excluded from: the model's word, what people said of this very message, and what is in force for
its sender, which everybody may know. What was decided about the sender's other messages is not
in it: the place of one message would tell of another. That is shown at reading, to each what
they may know of, and orders those of one rank for each (``listing.queue_order``).
"""

from enum import IntEnum

from triage.classifier.assessment import Assessment, Band, Route
from triage.messages.rules import Lane


class Rank(IntEnum):
    """Lower comes first. 0-9 is the urgent lane, 10-19 welfare, 20 and above ordinary."""

    CONCERN = 0
    """Marked as of particular concern."""
    ALARM = 1
    """Somebody raised the alarm by hand."""
    HIGH_KNOWN = 2
    """Of somebody for whom something is in force, as all that is called known."""
    HIGH = 3
    CONCERN_WITHDRAWN = 4
    WELFARE = 10
    WELFARE_BELOW = 11
    """Not in what the sender wrote: quoted, or attached."""
    MEDIUM_KNOWN = 20
    PLAIN_KNOWN = 21
    MEDIUM = 22
    PLAIN = 23
    """Low band, unread, flagged by hand, and every blind item: told apart by nothing."""


RANGES: dict[Lane, range] = {
    Lane.URGENT: range(0, 10),
    Lane.WELFARE: range(10, 20),
    Lane.ORDINARY: range(20, 30),
}


KNOWN: dict[Rank, Rank] = {
    Rank.HIGH: Rank.HIGH_KNOWN,
    Rank.MEDIUM: Rank.MEDIUM_KNOWN,
    Rank.PLAIN: Rank.PLAIN_KNOWN,
}
"""Where a message stands instead when something is in force for its sender: before all others of
its lane but those that a person put on top. The welfare lane goes by who is at risk alone."""


def lane_of(rank: int) -> Lane:
    """The lane that a rank lies in."""
    return next(lane for lane, ranks in RANGES.items() if rank in ranks)


def lift(rank: Rank, *, known: bool) -> Rank:
    """The rank with what is in force for the sender. Blind items too: it says nothing of the
    model, and one that stayed behind would."""
    return KNOWN.get(rank, rank) if known else rank


def is_attached(band: str, *, in_rest: bool) -> bool:
    """Whether a threat stands in what is attached: it alone keeps its band there (weighing.py)."""
    return in_rest and band == Band.HIGH.value


def place(own: Assessment, *, blind: bool, in_rest: bool) -> Rank:
    """Place by what the model says. Blind items stand where they give nothing away.

    The high band is the sender's, written or attached: what stands below has the lowest alone.
    """
    if blind:
        return Rank.PLAIN
    if own.band is Band.HIGH and Route.CONDUCT in own.routes:
        return Rank.HIGH
    if Route.WELFARE in own.routes:
        return Rank.WELFARE_BELOW if in_rest else Rank.WELFARE
    if own.band is Band.MEDIUM and Route.CONDUCT in own.routes and not in_rest:
        return Rank.MEDIUM
    return Rank.PLAIN

"""What counts of a message: what its sender wrote, what they attached, and what stands below. Pure.

Whoever attaches a threat has sent it. Quoted mail and signatures often are other people's words,
ours among them.
"""

from dataclasses import dataclass, replace

from triage.alarms.rules import LEAST_THREAT
from triage.classifier.assessment import Assessment, Band, Route
from triage.intake.inbound import InboundMessage


@dataclass(frozen=True, slots=True)
class Arrival:
    """A parsed message with what the model says of it; ``None`` of what it has not."""

    message: InboundMessage
    own: Assessment
    """Of what the sender wrote."""
    below: Assessment | None = None
    """Of quoted mail and signature."""
    attached: Assessment | None = None
    """Of the text of attachments, messages among them."""


def weigh(arrival: Arrival) -> tuple[Assessment, bool]:
    """What counts, and whether it stands in what is attached or below.

    What the sender wrote decides, unless a threat is attached and none was written: that keeps
    the high band. What else is attached, and what stands below, counts only where nothing is
    wrong with what they wrote, and the model is sure or somebody may be at risk; and then in the
    lowest band: put before a person, not raised as an alarm but for who may be at risk.
    """
    own, attached = arrival.own, arrival.attached
    if attached is not None and _threatens(attached) and not _threatens(own):
        return replace(_blend(attached, own), band=Band.HIGH, unread=own.unread), True
    if own.flagged:
        return own, False
    beside = [one for one in (attached, arrival.below) if one is not None and _counts(one)]
    if not beside:
        return own, False
    return replace(_blend(*beside), band=Band.LOW, unread=own.unread), True


def suspected(arrival: Arrival) -> bool:
    """Whether the model alone puts this before people, or cannot read it."""
    found, _ = weigh(arrival)
    return found.flagged or found.unread is not None


def _threatens(one: Assessment) -> bool:
    return _is_sure(one) and one.scores["threatening"] >= LEAST_THREAT


def _is_sure(one: Assessment) -> bool:
    return one.flagged and one.band is Band.HIGH and Route.CONDUCT in one.routes


def _counts(one: Assessment) -> bool:
    return _is_sure(one) or (one.flagged and Route.WELFARE in one.routes)


def _blend(first: Assessment, *others: Assessment) -> Assessment:
    """The worst that any of them says."""
    both = (first, *others)
    return replace(
        first,
        scores={label: max(one.scores[label] for one in both) for label in first.scores},
        concern=max(one.concern for one in both),
        routes=frozenset[Route]().union(*(one.routes for one in both)),
    )

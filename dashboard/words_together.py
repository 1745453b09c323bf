"""What the review page says of messages that are decided together."""

from triage.core.ids import short_ref
from triage.messages.campaigns import Alone, Likeness

ALIKE = {Likeness.IDENTICAL: "identical words", Likeness.NEAR: "nearly identical"}
ALONE = {
    Alone.CONCERN: "Of particular concern: decided on its own.",
    Alone.URGENT: "Urgent: decided on its own.",
    Alone.WELFARE: "Somebody may be at risk: decided on its own.",
    Alone.SECOND_LOOK: "A second look was asked for: decided on its own.",
    Alone.LONG: "Too long to compare at a glance: decided on its own.",
}
OPEN_ALONE = {
    Alone.CONCERN: "The open message is of particular concern, so it is decided on its own.",
    Alone.URGENT: "The open message is urgent, so it is decided on its own.",
    Alone.WELFARE: "In the open message somebody may be at risk, so it is decided on its own.",
    Alone.SECOND_LOOK: "A second look at the open message was asked for, so it is decided on "
    "its own.",
    Alone.LONG: "The open message is too long to compare at a glance, so it is decided on its own.",
}


def near(count: int, most: int) -> str:
    """How many say nearly the same."""
    some = f"{most} or more" if count >= most else str(count)
    return f"{some} near-identical {'message waits' if count == 1 else 'messages wait'}"


def of_sender(count: int, most: int, *, others: bool) -> str:
    """How many more wait of the same sender; ``others``: beside those listed above."""
    some = f"{most} or more" if count >= most else str(count)
    wait = "waits" if count == 1 else "wait"
    return f"{some} more from this sender {wait}{', in other words' if others else ''}"


def see(message_id: str, *, seen: bool, shown: bool) -> str:
    """The button that uncovers a row, folds it, and shows it again."""
    if not seen:
        return f"See {short_ref(message_id)}"
    return f"{'Hide' if shown else 'Show'} {short_ref(message_id)}"


def tick(message_id: str, *, on: bool) -> str:
    """The tick of one row: that it is ticked stands in words, not in colour alone."""
    return f"✓ {short_ref(message_id)} is ticked" if on else f"Tick {short_ref(message_id)}"


def decide(ticked: int) -> str:
    """The button of the decision bar: how many it decides."""
    return f"Decide these {ticked + 1} together" if ticked else "Decide and open next"


def beside(ticked: int) -> str:
    """The others, as part of "You marked message ... as ..."."""
    return f" and {ticked} more" if ticked else ""

"""Sentences about who wrote a message and how it came to us."""

from collections.abc import Sequence

from triage.messages.queries.listing import QueueRow

VERIFIED = {
    "verified": "address verified",
    "not_verified": "address not verified",
    "not_checked": "address not checked",
}
NO_SENDER = {
    "own": "It claims one of our own addresses, which anybody can write there: who wrote is not "
    "known.",
    "relay": "A service sent it on, and who wrote does not stand in it: who wrote is not known.",
    "forward": "Its author was not found in what was forwarded: who wrote is not known.",
    "held": "Forwarded by an address that is not on the list. What it says of its author is not "
    "taken as true until somebody takes it in.",
    "said": "A reviewer looked: who wrote is not known.",
}
HOW = {
    "attached": "the original attached",
    "inline": "the original in its text",
    "not_found": "no original found in it",
}
EVENTS = {
    "forwarded": "was forwarded",
    "forward_joined": "was forwarded again",
    "forward_held": "held a forward",
    "forward_taken_in": "took a forward in",
    "writer_said": "said who wrote it",
}


def sender(row: QueueRow) -> str:
    """Who wrote: by a reviewer's word, else as the address says."""
    if row.said_address is not None:
        return row.said_address
    parts = (row.from_name, f"<{row.from_address}>" if row.from_address else "")
    return " ".join(one for one in parts if one) or "No sender given"


def chips(row: QueueRow) -> list[tuple[str, str]]:
    """What is to know of who wrote before a message is opened."""
    found = []
    if row.held_forward:
        found.append(("Forwarded by an unlisted address", ""))
    if row.no_sender in {"own", "relay", "forward", "said"}:
        found.append(("Who wrote is not known", ""))
    if row.said_address is not None:
        found.append(("Who wrote: a reviewer's word", ""))
    elif row.verified == "not_verified":
        found.append((VERIFIED[row.verified].capitalize(), ""))
    return found


def checks(codes: tuple[str, ...]) -> str:
    """The results of our server's checks, as it wrote them."""
    return ", ".join(codes).replace(":", "=") or "none that we know of"


def history(rows: Sequence[QueueRow]) -> str:
    """How far the address of these messages was checked: "2 address verified, 1 …"."""
    counts = {name: sum(row.verified == name for row in rows) for name in VERIFIED}
    return ", ".join(f"{count} {VERIFIED[name]}" for name, count in counts.items() if count)

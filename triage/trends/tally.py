"""Who is behind a count: only what a whole set of people stands behind may be shown. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from triage.trends.rules import K

NOBODY = ""
"""The sender of what nobody is known to have sent: all of it may be one person's."""


@dataclass(slots=True)
class Tally:
    """Messages of one cell, by who sent them, and who they were addressed to by name."""

    senders: Counter[str] = field(default_factory=Counter)
    recipients: set[str] = field(default_factory=set)
    """People. A shared mailbox is none."""

    def add(self, sender: str | None, recipients: Iterable[str] = (), count: int = 1) -> None:
        """Count so many messages."""
        self.senders[sender or NOBODY] += count
        self.recipients.update(recipients)

    @property
    def messages(self) -> int:
        """How many."""
        return self.senders.total()

    @property
    def people(self) -> int:
        """Distinct senders."""
        return len(self.senders)

    def many(self, k: int = K) -> bool:
        """Whether enough people stand behind it, on both sides."""
        return self.people >= k and not 0 < len(self.recipients) < k

    def safe(self, k: int = K) -> bool:
        """The same, and none of them sent most of it."""
        return self.many(k) and 2 * max(self.senders.values()) <= self.messages


def merged(tallies: Iterable[Tally]) -> Tally:
    """Several cells as one: somebody in two of them is one person."""
    whole = Tally()
    for one in tallies:
        whole.senders.update(one.senders)
        whole.recipients |= one.recipients
    return whole

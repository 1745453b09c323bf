"""What is read of a day at the desk: plain rows, shared by the queries and the screen.

Ids, counts, moments and colleagues' names; nothing of any message's own words or sender.
"""

from dataclasses import dataclass
from datetime import datetime

from triage.messages.rules import Lane, State


@dataclass(frozen=True, slots=True)
class LaneCount:
    """One lane of the queue strip."""

    lane: Lane
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Result:
    """How many messages came out alike: their labels, and the state they are in."""

    labels: tuple[str, ...]
    state: State
    count: int


@dataclass(frozen=True, slots=True)
class Activity:
    """What happened since a moment."""

    since: datetime
    came: int
    """Came to the queue."""
    results: tuple[Result, ...]

    @property
    def looked_at(self) -> int:
        """Messages that somebody closed, or said what they are."""
        return sum(one.count for one in self.results)


@dataclass(frozen=True, slots=True)
class Ref:
    """One message that something is still due on: its id, a moment, and with whom it lies."""

    id: str
    at: datetime
    person_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Today:
    """How the desk stands for one viewer."""

    to_look_at: int
    """What this viewer could take now."""
    oldest: datetime | None
    urgent: int
    """In the urgent lane and not closed, whoever has it open."""
    urgent_oldest: datetime | None
    newest: datetime | None
    """When the newest message came that was urgent, or that people marked as threatening."""
    held: int
    """Open with the viewer."""
    welfare: tuple[datetime, ...]
    """By when something is due in the viewer's own welfare tasks, the first first."""
    asked: tuple[datetime, ...]
    """The viewer's own questions that nobody has taken: since when."""
    waiting_for: tuple[tuple[str, int], ...]
    """Colleague -> second looks, marks to take back and welfare tasks that lie with them."""
    open_with: tuple[tuple[str, int], ...]
    """Colleague -> other messages that they have open."""
    activity: Activity
    lanes: tuple[LaneCount, ...]
    """Of ``to_look_at``, each lane's part."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What one hands over, by reference."""

    activity: Activity
    second_looks: tuple[Ref, ...]
    """Asked, and taken by nobody yet."""
    open_with: tuple[Ref, ...]
    welfare: tuple[Ref, ...]
    """Open tasks: with whom, and by when something is due."""
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class HandoverEntry:
    """What a colleague wrote for whoever has the desk next. Drawn as outside text all the same."""

    id: str
    person_id: str
    name: str
    at: datetime
    text: str

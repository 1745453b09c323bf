"""What reads of one case give: frozen, and without the reporter's name."""

from dataclasses import dataclass
from datetime import datetime

from triage.cases.queries.listing import CaseRow
from triage.cases.rules import MatchKind, PartyKind, State
from triage.conduct.incidents import Party
from triage.reports.answers import Answers
from triage.reports.thread import FileRow, ThreadRow
from triage.staff.processes import Part


@dataclass(frozen=True, slots=True)
class PartyItem:
    """Somebody a report speaks of."""

    id: str
    kind: PartyKind
    party: Party | None
    name: str
    role: str
    contact: str
    support: str
    staff_id: str | None


@dataclass(frozen=True, slots=True)
class PartItem:
    """Who has, or had, which part."""

    person_id: str
    name: str
    part: Part
    since: datetime
    until: datetime | None
    how: str


@dataclass(frozen=True, slots=True)
class StepItem:
    """One step of its history."""

    edge: str
    before: str | None
    to: State
    by: str
    at: datetime
    reason: str
    policy_version: str


@dataclass(frozen=True, slots=True)
class SecondItem:
    """Something that a second person settles, or has settled."""

    id: str
    edge: str
    asked_by: str
    asked_at: datetime
    reason: str
    settled_by: str
    agreed: bool | None
    answer: str


@dataclass(frozen=True, slots=True)
class ChallengeItem:
    """A conflict that a colleague has raised."""

    id: str
    person: str
    raised_by: str
    raised_at: datetime
    own: bool
    """Whether the viewer raised it: another settles it."""
    reason: str
    upheld: bool | None


@dataclass(frozen=True, slots=True)
class MatchItem:
    """Somebody of ours who is or was kept away, for whoever may clear them; by whom they were
    cleared, and how that is known."""

    person_id: str
    name: str
    kind: MatchKind
    cleared: bool
    cleared_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseItem:
    """A case as somebody who has a part in it, and has declared, reads it.

    The reporter's name and contact are not in it: the custodian's procedure alone opens those.
    """

    row: CaseRow
    answers: Answers
    identified: bool
    """Whether the reporter has given a name or a contact at all."""
    parties: tuple[PartyItem, ...]
    thread: tuple[ThreadRow, ...]
    files: tuple[FileRow, ...]
    parts: tuple[PartItem, ...]
    steps: tuple[StepItem, ...]
    seconds: tuple[SecondItem, ...]
    challenges: tuple[ChallengeItem, ...]
    matches: tuple[MatchItem, ...]
    entered_by: str
    muted: bool
    service_too: bool
    finding: str | None

"""What reads of an inquiry give: frozen."""

from dataclasses import dataclass
from datetime import datetime

from triage.cases.inquiry.rules import (
    Bearing,
    Custody,
    Ending,
    ItemKind,
    MeasureKind,
    NoticeState,
    Source,
    Withheld,
)
from triage.cases.queries.items import PartyItem


@dataclass(frozen=True, slots=True)
class CustodyItem:
    """One line of who had a piece of evidence."""

    at: datetime
    who: str
    act: Custody


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One piece of evidence, without its words: opening those is noted (``look_at``)."""

    id: str
    kind: ItemKind
    source: Source
    party_id: str | None
    title: str
    origin: str
    made_at: datetime
    file_name: str
    media: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime
    confidential: bool
    hidden: bool
    bearing: Bearing | None
    carries: bool
    tested: bool
    tested_how: str
    custody: tuple[CustodyItem, ...]


@dataclass(frozen=True, slots=True)
class NoticeStep:
    """One step of a notice."""

    edge: str
    to: NoticeState
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """How the notice to one person reported stands."""

    party_id: str
    name: str
    state: NoticeState
    said: str
    settled: bool
    """Whether nothing of it is left to do before a recommendation."""
    letter_id: str | None
    letter_state: str | None
    shown_at: datetime | None
    shown_until: datetime | None
    skipped: str
    reply_by: datetime | None
    """The end of their last day."""
    ground: Withheld | None
    recheck_at: datetime | None
    recheck_due: bool
    sent_at: datetime | None
    account_id: str | None
    steps: tuple[NoticeStep, ...]


@dataclass(frozen=True, slots=True)
class MeasureItem:
    """A measure, and whether it holds at the moment that was asked about."""

    id: str
    version: int
    kind: MeasureKind
    event_id: str | None
    who: str
    place: str
    why: str
    author: str
    since: datetime
    lapses: datetime
    until: datetime | None
    in_force: bool
    over_at: datetime | None
    ratified_by: str
    ratified_at: datetime | None
    ending: Ending | None
    ended_why: str
    to_tell: bool
    """Whether somebody has still to tell the person that it has ended."""
    letter_id: str | None


@dataclass(frozen=True, slots=True)
class MeetingItem:
    """A talk, with what the person needs to take part (P-ACC-1)."""

    id: str
    party_id: str | None
    """Nobody's where it is with who reported."""
    name: str
    at: datetime
    place: str
    support: str
    held: bool | None
    item_id: str | None


@dataclass(frozen=True, slots=True)
class TaskItem:
    """Something that somebody has to do: a code, what it is about, and by when."""

    kind: str
    """``notice``, ``recheck``, ``answer``, ``ratify``, ``tell_ended``, ``meeting``, ``weigh``."""
    about_id: str
    due: datetime | None
    overdue: bool
    support: str = ""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """All that was found out in a case, and what is left to do."""

    parties: tuple[PartyItem, ...]
    items: tuple[EvidenceItem, ...]
    notices: tuple[NoticeItem, ...]
    measures: tuple[MeasureItem, ...]
    meetings: tuple[MeetingItem, ...]
    unbalanced: tuple[str, ...]
    """Reasons given, for the finding to come, why not all was tested against the other side."""
    tasks: tuple[TaskItem, ...]

"""A thread between a reporter and the desk: its kinds of step, and how one is added."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.reports.answers import Answers

MOST_FILES = 5
"""Files with a report, and with each message after it."""
LARGEST_FILE = 10 * 2**20
"""Bytes of one file."""


class StepKind(StrEnum):
    """What a step of a thread is."""

    TEXT = "text"
    FILE = "file"
    """A file was added; its text is empty, and the file names the step."""
    REACH = "contact"
    """A change of contact or wish: the text is JSON (``answers.reach_from_json``)."""
    WITHDRAW = "withdraw"
    """The reporter asks to withdraw; the text is why, or empty."""
    STATUS = "status"
    """By the desk: the text is a ``PublicStatus``."""


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """One step, opened."""

    id: str
    sequence: int
    at: datetime
    from_reporter: bool
    kind: StepKind
    text: str
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a report, without its bytes."""

    id: str
    message_id: str | None
    at: datetime
    name: str
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OpenedReport:
    """A report as the desk opens it."""

    id: str
    received_at: datetime
    answers: Answers
    event_code: str | None
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A step by a reporter that the desk has not taken in."""

    id: str
    report_id: str
    at: datetime
    kind: StepKind
    text: str

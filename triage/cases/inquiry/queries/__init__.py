"""Reads of an inquiry: for those who have a part in the case and have declared."""

from triage.cases.inquiry.queries.items import (
    CustodyItem,
    EvidenceItem,
    Inquiry,
    MeasureItem,
    MeetingItem,
    NoticeItem,
    NoticeStep,
    TaskItem,
)
from triage.cases.inquiry.queries.letters import case_letter, case_letters
from triage.cases.inquiry.queries.reading import inquiry, measures_now

__all__ = [
    "CustodyItem",
    "EvidenceItem",
    "Inquiry",
    "MeasureItem",
    "MeetingItem",
    "NoticeItem",
    "NoticeStep",
    "TaskItem",
    "case_letter",
    "case_letters",
    "inquiry",
    "measures_now",
]

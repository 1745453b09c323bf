"""Reads of referrals: each takes the viewer, and joins what the viewer may know of."""

from triage.referrals.queries.asked import asked_into, invited, offices
from triage.referrals.queries.listing import (
    ReferralRow,
    Waiting,
    all_live,
    ended,
    late_records,
    of_message,
    of_sender,
    waiting_for_me,
)
from triage.referrals.queries.reading import (
    DisclosureItem,
    MatterItem,
    ReferralItem,
    ReferralStep,
    RefusalItem,
    referral,
)
from triage.referrals.queries.unmarked import Unmarked, unmarked

__all__ = [
    "DisclosureItem",
    "MatterItem",
    "ReferralItem",
    "ReferralRow",
    "ReferralStep",
    "RefusalItem",
    "Unmarked",
    "Waiting",
    "all_live",
    "asked_into",
    "ended",
    "invited",
    "late_records",
    "of_message",
    "of_sender",
    "offices",
    "referral",
    "unmarked",
    "waiting_for_me",
]

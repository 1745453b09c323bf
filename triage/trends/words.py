"""What released figures are called, for people: fixed words of our own, and nothing else. Pure."""

from triage.trends.frozen import Release, Table
from triage.trends.rules import FEW, K_STAFF, OTHER, WITHHELD, K, Period, Span

VIEWS = {
    "received": "Messages received",
    "received_by_service": "Messages received, by service",
    "received_by_channel": "Messages received, by channel",
    "flagged": "Flagged messages",
    "flagged_by_service": "Flagged messages, by service",
    "flagged_by_channel": "Flagged messages, by channel",
    "decided": "Messages decided by a person",
    "abuse": "Decided to be abuse",
    "threats": "Threatening messages",
    "severe": "Messages of high severity",
    "decided_by_kind": "What was decided, by the gravest kind",
    "abuse_by_severity": "Abuse, by severity",
    "decided_by_wait": "Time from the queue to the first review",
    "restrictions": "Restrictions that took hold",
    "referrals": "Reports to the police",
    "incidents": "Incident reports",
    "incidents_by_setting": "Incident reports, by where it was",
    "incidents_by_ground": "Incident reports, by ground",
    "incidents_by_role": "Incident reports, by who was reported",
    "incidents_three_years": "Incident reports of three years, by where it was",
}
KEYS = {
    "all": "All",
    "other": "Other",
    "fixmystreet": "FixMyStreet",
    "theyworkforyou": "TheyWorkForYou",
    "whatdotheyknow": "WhatDoTheyKnow",
    "writetothem": "WriteToThem",
    "other_service": "Another service, or none",
    "email": "E-mail",
    "web": "Web form, or another way",
    "phone": "Phone",
    "voicemail": "Voicemail",
    "face_to_face": "Face to face",
    "social": "Social media",
    "threatening": "Threatening",
    "aggressive": "Aggressive",
    "offensive": "Offensive",
    "otherwise_inappropriate": "Otherwise inappropriate",
    "no_breach": "No breach",
    "elsewhere": "Passed on, or a matter of care",
    "low": "Low",
    "medium": "Medium",
    "high": "High",
    "within_1h": "Within an hour",
    "1h_to_4h": "1 to 4 hours",
    "4h_to_24h": "4 to 24 hours",
    "1_to_3_days": "1 to 3 days",
    "over_3_days": "Over 3 days",
    "in_person": "In person",
    "online": "Online",
    "elsewhere_or_not_stated": "Elsewhere, or not stated",
    "staff_member": "A member of staff",
    "volunteer": "A volunteer",
    "somebody_else": "Somebody else",
    "gender": "Gender",
    "gender_identity": "Gender identity",
    "sexual_orientation": "Sexual orientation",
    "disability": "Disability",
    "appearance": "Appearance",
    "race": "Race",
    "religion": "Religion",
    "age": "Age",
    "beliefs": "Beliefs",
    "several_grounds": "Several grounds",
    "no_ground_stated": "Not stated",
}
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def period(given: Period) -> str:
    """A period as people write it."""
    if given.span is Span.MONTH:
        return f"{MONTHS[given.number - 1]} {given.year}"
    if given.span is Span.QUARTER:
        first, last = MONTHS[given.number * 3 - 3], MONTHS[given.number * 3 - 1]
        return f"{first} to {last} {given.year}"
    return str(given.year)


def cell(code: str, k: int = K) -> str:
    """A figure, or in words why there is none."""
    if code == FEW:
        return f"fewer than {k}"
    if code == OTHER:
        return "counted under Other"
    if code == WITHHELD:
        return "withheld"
    if code.endswith("+"):
        return f"{int(code[:-1]):,} or more"
    low, dash, high = code.partition("-")
    return f"{int(low):,} to {int(high):,}" if dash else f"{int(low):,}"


def hidden(table: Table, k: int = K) -> str:
    """In words, what a table does not say, and why; nothing where it says all."""
    codes = {code for row in table.rows for code in (row.messages, row.senders)}
    said = []
    if FEW in codes:
        said.append(f"“Fewer than {k}” may be none: the two are never told apart.")
    if OTHER in codes:
        said.append("Small categories are counted together under Other, always two or more.")
    if WITHHELD in codes:
        said.append(
            f"“Withheld”: fewer than {k} people stand behind it, one person sent most of it, or it "
            "would tell of another figure, or does not fit what was released before: something was "
            "decided anew since."
        )
    return " ".join(said)


STAFF = frozenset({"incidents_by_role"})
"""Tables about staff: fewer than ten are hidden in them."""


def least(view: str) -> int:
    """Under how many a view says only that there were fewer."""
    return K_STAFF if view in STAFF else K


def rows(table: Table) -> list[tuple[str, str, str]]:
    """A table as it stands under its chart: what, messages, senders."""
    k = least(table.view)
    return [(KEYS[one.key], cell(one.messages, k), cell(one.senders, k)) for one in table.rows]


def lines(release: Release) -> list[tuple[str, str, str, str, str]]:
    """All of a release: period, table, category, messages, senders."""
    return [
        (period(release.period), VIEWS[one.view], *row)
        for one in release.tables
        for row in rows(one)
    ]

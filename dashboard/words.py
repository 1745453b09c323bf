"""Sentences the user reads, where two screens share them, and every label that is not a literal."""

from datetime import datetime
from typing import Any

from dashboard import words_cases, words_decisions, words_police, words_subject, words_wrote
from triage.core.ids import short_ref
from triage.core.jobs import JobState
from triage.messages.queries.listing import QueueRow
from triage.messages.queries.own import OwnRow
from triage.messages.rules import Lane, State, Step
from triage.staff.queries import PersonRow

LABELS = {
    "threatening": "Threatening",
    "aggressive": "Aggressive",
    "offensive": "Offensive",
    "otherwise_inappropriate": "Otherwise inappropriate",
    "welfare": "Welfare",
    "none": "None of these",
}
SEVERITIES = {"low": "Low", "medium": "Medium", "high": "High"}
LANES = {Lane.URGENT: "Urgent", Lane.WELFARE: "Welfare", Lane.ORDINARY: "Ordinary"}
SERVICES = {
    "whatdotheyknow": "WhatDoTheyKnow",
    "fixmystreet": "FixMyStreet",
    "writetothem": "WriteToThem",
    "theyworkforyou": "TheyWorkForYou",
}
CHANNELS = {
    "email": "E-mail",
    "web": "Web form",
    "phone": "Phone note",
    "voicemail": "Voicemail",
    "face_to_face": "Face to face",
    "social": "Social media",
}
BANDS = {"low": "Model: low", "medium": "Model: medium", "high": "Model: high"}
UNREAD = {
    "empty": "Not read by the model: empty",
    "not_text": "Not read by the model: no text",
    "language": "Not read by the model: another language",
    "quarantined": "Not read by the model: malformed mail",
}
ROUTES = {
    "service_complaint": "Service complaint",
    "subject_access": "Subject access request",
    "data_protection_complaint": "Data protection complaint (30 days)",
    "appeal": "Appeal",
    "spam": "Spam",
    "not_ours": "Not ours",
}
WELFARE = {
    "emergency_services": "Emergency services were called",
    "safeguarding_lead": "Passed to the safeguarding lead",
    "approved_reply": "Replied with the approved wording",
    "not_at_risk": "Judged not at risk (say why)",
}
STATES = {
    State.NO_ACTION: "Closed: none of these",
    State.NOTED: "Closed: noted",
    State.ROUTED: "Closed: passed on",
    State.WELFARE_OPEN: "Welfare task open",
    State.WELFARE_DONE: "Closed: welfare done",
    State.SECOND_LOOK: "Second look",
    State.QUEUED: "Waiting",
    State.CLAIMED: "Open with a reviewer",
    State.UNFLAGGED: "Not flagged",
    **words_police.MESSAGE_STATES,
}
ROLES = {
    "reviewer": "reviewer",
    "handler": "handler",
    "investigator": "investigator",
    "decider": "decider",
    "on_duty": "can be on duty",
    "custodian": "identity custodian",
    "service_admin": "service admin",
    "manager": "manager",
    "admin": "admin",
    "guest": "guest",
}
EVENTS = {
    "claim": "opened",
    "release": "put back",
    "expire": "put it back, since nobody had decided",
    "queue": "put it in the queue",
    "pass": "let pass",
    "ask_second_look": "asked for a second look",
    "decide": "decided",
    "route": "passed on",
    "open_welfare": "opened a welfare task",
    "resume": "went on to the conduct side",
    "close_welfare": "closed the welfare task",
    "reopen": "reopened",
    "undo": "undid the decision",
    "note": "noted",
    "flag": "flagged by hand",
    "reveal": "uncovered",
    "received": "received",
    "scored": "scored",
    "refused": "was refused",
    "imported": "import",
    "person_added": "added a person",
    "note_added": "added a note",
    "concern_marked": "marked of particular concern",
    "concern_withdrawn": "took back the mark of particular concern",
    "concern_withdrawal_asked": "asked to take back the mark of particular concern",
    "alarm_raised": "raised the alarm",
    "welfare_taken": "took over the welfare task",
    "welfare_done": "closed the welfare task",
    "looked_up": "looked up a sender",
    "sender_linked": "said that two senders are one person",
    "sender_kept_apart": "said that two senders are two people",
    "sender_unlinked": "took back what was said of two senders",
    "note_taken": "entered a message by hand",
    "note_taken_again": "entered a message that was known",
    "key_destroyed": "destroyed the key of what was sealed",
    "data_keys_rewrapped": "changed the desk's key",
    "model_activated": "let another model score",
    "model_rolled_back": "went back to the model before",
    "record_exported": "exported the record",
    "labels_exported": "exported labelled messages",
    "account_linked": "signed in for the first time",
    "sessions_ended": "was signed out everywhere",
    "roles_given": "gave a role",
    "roles_taken": "took a role away",
    "person_disabled": "closed an account",
    "person_enabled": "opened an account again",
    "guest_invited": "invited a guest",
    "invitation_ended": "ended an invitation",
    "fallback_named": "named a fallback",
    "fallback_unnamed": "named a fallback no longer",
    "fallback_tried": "tried a fallback by a drill",
    "shift_added": "added a shift",
    "shift_removed": "removed a shift",
    "absence_added": "added an absence",
    "absence_removed": "removed an absence",
    "closure_added": "added a closure day",
    "closure_removed": "removed a closure day",
    "welfare_handed_over": "handed a welfare task over",
    "handed_over": "left a handover note",
    **words_wrote.EVENTS,
    **words_decisions.EVENTS,
    **words_police.EVENTS,
    **words_cases.EVENTS,
    **words_subject.EVENTS,
}
STEPS = {
    Step.MASKED: "Show with slurs masked",
    Step.FULL: "Show every word",
    Step.REST: "Show quoted mail and attached text",
}
DANGER = "If someone is in danger now, call 999 first."


def chosen(label: str, *, on: bool) -> str:
    """The face of a choice: that it is chosen stands in words, not in colour alone."""
    return f"✓ {LABELS[label]}" if on else LABELS[label]


def severity(level: str, *, on: bool) -> str:
    """The face of a severity."""
    return f"✓ {SEVERITIES[level]}" if on else SEVERITIES[level]


def open_row(row: QueueRow | OwnRow) -> str:
    """The button of a list row; the reference tells it from the others for screen readers."""
    return f"Open {short_ref(row.id)}"


def be(person: PersonRow) -> str:
    """The button of the demonstration's choice."""
    return "Be " + "".join(c for c in person.name if c.isalpha() or c in " -")


def channel(value: str) -> str:
    """How something came."""
    return CHANNELS[value]


def file(label: str) -> str:
    """The button that hands out a file, in letters alone."""
    return "".join(c for c in label if c.isalnum() or c in " -,")


def lane(value: str) -> str:
    """A lane's name."""
    return LANES[Lane(value)]


def message_title(message_id: str) -> str:
    """The heading of one message."""
    return f"Message {short_ref(message_id)}"


def detail(details: dict[str, Any]) -> str:
    """The particulars of one step of a message, as the end of a sentence."""
    parts = []
    if details.get("labels") or ("labels" in details and not details.get("concern")):
        parts.append(kinds(tuple(details["labels"])) or "none of these")
    if details.get("severity"):
        parts.append(f"severity {details['severity']}")
    if details.get("self_review"):
        parts.append("by who it was sent to, for want of another reviewer")
    if details.get("concern"):
        parts.append("of particular concern")
    if details.get("routed_to"):
        parts.append(ROUTES[details["routed_to"]].lower())
    if details.get("outcome"):
        parts.append(WELFARE[details["outcome"]].lower())
    return ": " + ", ".join(parts) if parts else ""


def route(name: str) -> str:
    """A way out of the desk."""
    return ROUTES[name]


def welfare(name: str) -> str:
    """What may have been done about somebody's welfare."""
    return WELFARE[name]


def flag_choices(rows: list[QueueRow]) -> dict[str, str]:
    """Messages told apart by reference, time and length alone."""
    return {
        row.id: f"{short_ref(row.id)}, {when(row.received_at)}, {length(row.length)}"
        for row in rows
    }


def service(name: str | None) -> str:
    """A service's own name."""
    return "No service" if name is None else SERVICES.get(name, name)


def job_state(job: JobState) -> str:
    """How a job is doing, in words: red stands for nothing that is not said."""
    if job.red:
        return f"RED: missed {plural(job.missed, 'turn')}"
    if job.running:
        return "running now"
    return "as it should" if job.last_run else "has not run yet"


def service_id(shown: str) -> str:
    """The service of a name as shown; an unknown name stands for itself."""
    names = {name.lower(): identifier for identifier, name in SERVICES.items()}
    return names.get(shown.lower(), shown)


def kinds(labels: tuple[str, ...]) -> str:
    """Labels as one phrase."""
    return ", ".join(LABELS[one].lower() for one in labels)


def length(characters: int) -> str:
    """How long a text is, in words a reader can plan with."""
    if characters < 200:
        return "a few lines"
    if characters < 1500:
        return "half a page"
    return "a page" if characters < 4000 else f"{-(-characters // 3000)} pages"


def waited(now: datetime, since: datetime | None) -> str:
    """How long something has waited, in its largest unit."""
    if since is None:
        return "just now"
    minutes = max(0, int((now - since).total_seconds() // 60))
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "under a minute"


def when(at: datetime | None) -> str:
    """A moment, for people (UTC, said so)."""
    return "unknown" if at is None else at.strftime("%-d %b %Y, %H:%M UTC")


def size(count: int) -> str:
    """Bytes, for people."""
    if count < 1024:
        return f"{count} bytes"
    return f"{count / 1024:.0f} kB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def more(code: str, details: dict[str, Any]) -> str:
    """The particulars of one event on the record."""
    if code == "reveal":
        return STEPS[Step(details["step"])].lower()
    return detail(details).removeprefix(": ")

"""What the pages of restrictions say: kinds, places, states and steps. Ours alone."""

from collections.abc import Collection, Sequence

from triage.core.ids import short_ref
from triage.restrictions import rules
from triage.restrictions.rules import Kind, State, TargetState
from triage.restrictions.sheets import Sheet

KINDS = {
    Kind.CEASE_CONTACT: "Cease contact",
    Kind.SERVICE_BLOCK: "Block on a service",
    Kind.CHANNEL_BLOCK: "Block on a channel",
    Kind.EVENT_EXCLUSION: "Exclusion from an event",
}
CLAUSES = {
    Kind.CEASE_CONTACT: "P-MSG-4",
    Kind.SERVICE_BLOCK: "P-BLK-1",
    Kind.CHANNEL_BLOCK: "P-ACT-4",
    Kind.EVENT_EXCLUSION: "P-ACT-3",
}
"""What each kind rests on."""
TARGETS = {
    "whatdotheyknow": "WhatDoTheyKnow",
    "fixmystreet": "FixMyStreet",
    "writetothem": "WriteToThem",
    "theyworkforyou": "TheyWorkForYou",
    "helpdesk": "Support mail",
    "shared_mailbox": "Shared mailboxes",
    "mailing_list": "Mailing lists",
    "social": "Social networks",
}
SUBJECTS = {
    "whatdotheyknow": "WhatDoTheyKnow: the account's e-mail address",
    "fixmystreet": "FixMyStreet: e-mail address or phone number, never a domain",
    "writetothem": "WriteToThem: the e-mail address they write from",
    "theyworkforyou": "TheyWorkForYou: the account's e-mail address",
    "helpdesk": "Support mail: the contact's e-mail address",
    "shared_mailbox": "Shared mailboxes: the e-mail address",
    "mailing_list": "Mailing lists: the e-mail address",
    "social": "Social networks: the handle, and on which network",
}
WHY_THERE = {
    "whatdotheyknow": "WhatDoTheyKnow: why is a block right there?",
    "fixmystreet": "FixMyStreet: why is a block right there?",
    "writetothem": "WriteToThem: which use of it is the ground, or why it must be",
    "theyworkforyou": "TheyWorkForYou: why name it, where nothing can be done?",
}
WHOSE = {
    "whatdotheyknow": "WhatDoTheyKnow: how do you know that the address is this person's?",
    "fixmystreet": "FixMyStreet: how do you know that it is this person's?",
    "writetothem": "WriteToThem: how do you know that the address is this person's?",
}
FIELDS = {
    "person": "Who is it?",
    "event": "Which event? There is no refund",
    "until": "On which day does the event end?",
    "reason": "Why? Only for us",
    "public": "One sentence that anybody may read: no name, address or fact of the case",
    "review": "When is it looked at again?",
    "more": "Why is ceasing contact not enough?",
    "less": "Why would no less do?",
}
LEVELS = {"ban": "Ban: no new requests or messages", "close": "Close the account"}
MIND = {
    "whatdotheyknow": "WhatDoTheyKnow shows the public sentence on the person's page.",
    "fixmystreet": "FixMyStreet also stops our own mail to this address: our letter goes first.",
    "helpdesk": "This also stops our answers from support mail: our letter goes first.",
    "shared_mailbox": "This also stops our answers from these mailboxes: our letter goes first.",
    "theyworkforyou": "TheyWorkForYou cannot keep anybody out. It will stand as not supported.",
}
REPRESENTATIVE = (
    "WriteToThem is somebody's way to their representative. For abuse of staff the usual answer is "
    "to cease contact, and no block here. A block needs a ground that arises from its use, or a "
    "written reason; two people say yes; it is looked at again within three months; each message "
    "that is held is read by a person within one working day."
)
STATES = {
    State.PROPOSED: "Proposed",
    State.DECLINED: "Declined",
    State.EMERGENCY: "Emergency measure, not confirmed",
    State.UNRATIFIED: "Done already, not confirmed",
    State.APPROVED: "Approved, not yet in any service",
    State.ACTIVE: "Active",
    State.DUE_REVIEW: "Due for review",
    State.APPEALED: "Under appeal",
    State.LAPSED: "Lapsed",
    State.LIFTED: "Lifted",
    State.EXPIRED: "Expired",
    State.OVERTURNED: "Overturned",
}
TASKS = {
    TargetState.REQUESTED: "To be put in",
    TargetState.APPLIED: "Put in, not looked up yet",
    TargetState.VERIFIED: "In place, looked up",
    TargetState.FAILED: "It did not work",
    TargetState.NOT_SUPPORTED: "Not supported: the service cannot do this",
    TargetState.REMOVAL_REQUESTED: "To be taken out",
    TargetState.REMOVED: "Taken out, looked up",
    TargetState.LEFT: "Left in place: another decision wants it there",
}
TASK_ACTS = {
    "apply": ("Note (optional)", "It is put in"),
    "verify": ("Where did you look?", "I looked: it holds"),
    "fail": ("What went wrong?", "It did not work, or does not hold"),
    "remove": ("Where did you look that it is gone?", "I looked: it is gone"),
}
TASK_SAID = {
    "apply": "Put in. It is done once you have looked that it holds.",
    "verify": "Looked up: it holds.",
    "fail": "Kept: it did not work.",
    "remove": "Taken out, and looked up.",
}
STEPS = {
    "proposal": "proposed it",
    "emergency": "set it alone, as an emergency measure",
    "already_done": "recorded it as done already",
    "approve": "approved it",
    "decline": "declined it",
    "lapse": "noted that it lapsed",
    "activate": "put it into force",
    "fall_due": "put it up for review",
    "renew": "renewed it",
    "lift": "lifted it",
    "expire": "noted that it ended",
    "appeal": "recorded an appeal",
    "uphold": "upheld it on appeal",
    "uphold_unplaced": "upheld it on appeal, before it was put in anywhere",
    "overturn": "overturned it on appeal",
}
OUTCOMES = {
    "upheld": "the decision stands",
    "overturned": "overturned",
    "fell_away": "fell away: what it was against was over before it was decided",
}
EVENTS = {
    "appeal_noted": "recorded an appeal against a measure that nobody has confirmed yet",
    "appeal_fell_away": "let an appeal fall away with what it was against",
    "restriction_proposal": "proposed a restriction",
    "restriction_emergency": "set an emergency measure",
    "restriction_already_done": "recorded a restriction as done already",
    "restriction_yes": "said yes to a restriction",
    "restriction_approve": "approved a restriction",
    "restriction_decline": "declined a restriction",
    "restriction_lapse": "noted that a restriction lapsed",
    "restriction_activate": "put a restriction into force",
    "restriction_fall_due": "put a restriction up for review",
    "restriction_renew": "renewed a restriction",
    "restriction_lift": "lifted a restriction",
    "restriction_expire": "noted that a restriction ended",
    "restriction_appeal": "recorded an appeal against a restriction",
    "restriction_uphold": "upheld a restriction on appeal",
    "restriction_uphold_unplaced": "upheld a restriction on appeal, before it was put in anywhere",
    "restriction_overturn": "overturned a restriction on appeal",
    "restriction_erased": "erased a restriction",
    "letter_withheld": "held the letter to a person back",
    "task_apply": "put a restriction into a service",
    "task_verify": "looked up that a restriction holds",
    "task_fail": "said that it did not work in a service",
    "task_retry": "put a task up again",
    "task_remove": "took a restriction out of a service",
    "task_leave": "left in a service what another decision wants there",
    "entry_left": "left in a service what another decision wants there",
    "removal_asked": "asked to take a restriction out of a service",
    "tasks_exported": "took out the tasks of a service",
    "reconciled": "compared a service's list with what was decided",
    "scope_given": "gave somebody a service to look after",
    "scope_taken": "took a service from somebody",
    "standing_set": "noted what is in force for a sender",
    "child_added": "noted what was proposed from a message",
    "label_reopened": "took back what a message was said to be",
    "child_told": "noted what became of a proposal",
    "propose": "put a message before those who decide",
    "child_approved": "moved a message on: what was proposed is approved",
    "child_declined": "brought a message back: what was proposed is declined",
    "close_actioned": "closed a message that was acted upon",
}


def kind(value: Kind) -> str:
    """A kind, as a choice."""
    return KINDS[value]


def target(value: str) -> str:
    """A service or channel by its name."""
    return TARGETS.get(value, value)


def subject(value: str) -> str:
    """The label of the field for whom it is about, in the service's own form."""
    return SUBJECTS[value]


def why_there(value: str) -> str:
    """The label of the field for why a block is right in a service."""
    return WHY_THERE[value]


def whose(value: str) -> str:
    """The label of the field for why an unverified address is this person's."""
    return WHOSE[value]


def field(name: str) -> str:
    """The label of a field of a proposal."""
    return FIELDS[name]


def level(value: str) -> str:
    """How far a block goes, as a choice."""
    return LEVELS[value]


def open_one(restriction_id: str) -> str:
    """The button of a list row; the reference tells it from the others for screen readers."""
    return f"Open {short_ref(restriction_id)}"


def title(value: Kind, restriction_id: str) -> str:
    """The heading of one restriction."""
    return f"{KINDS[value]} {short_ref(restriction_id)}"


def ground(number: int) -> str:
    """The heading of one message as evidence."""
    return f"Message {number}"


def link_taken_back(message_ids: Collection[str]) -> str:
    """That a link between two addresses was taken back, and what came from there."""
    which = ", ".join(short_ref(one) for one in message_ids)
    return (
        "A colleague has taken back that another address is this person's, and this rests on mail "
        f"from there: {which}."
    )


def unlinked(message_ids: Collection[str], state: State) -> str:
    """What to know where a link between two addresses was taken back after it was proposed."""
    lost = link_taken_back(message_ids)
    if state is State.PROPOSED:
        return f"{lost} It cannot be approved so: decline it, and have it proposed anew."
    if state in rules.TO_RATIFY:
        return f"{lost} It cannot be confirmed so: it lapses by itself, or is declined."
    return f"{lost} It goes on until somebody ends it: look whether it holds on the rest."


def open_ground(message_id: str) -> str:
    """The button that uncovers one message."""
    return f"Open message {short_ref(message_id)}"


def open_task(task_id: str) -> str:
    """The button of a task."""
    return f"Open task {short_ref(task_id)}"


def task_asks(name: str) -> str:
    """The label of the note that goes with a step of a task."""
    return TASK_ACTS[name][0]


def task_act(name: str) -> str:
    """The button of a step of a task."""
    return TASK_ACTS[name][1]


def sheet_title(sheet: Sheet) -> str:
    """The heading of an instruction sheet: a service's own name."""
    return sheet.title


def places(names: Sequence[str]) -> str:
    """Services and channels on one line."""
    return ", ".join(target(one) for one in names) or "no service or channel"


def after_yes(said: int, needed: int) -> str:
    """What one more yes does."""
    if said + 1 < needed:
        return f"It needs {needed} people beside who proposed it: one more is asked after you."
    return "It holds from now on."


def needs_two(targets: Sequence[str]) -> bool:
    """Whether two people say yes, beside who proposes it."""
    return rules.approvals_needed(frozenset(targets)) > 1


def export(name: str, way: str) -> str:
    """The button that makes the file of one service."""
    return f"{target(name)}: what to {'put in' if way == 'in' else 'take out'}"

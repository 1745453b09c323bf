"""What the form of a proposal says: the ways in which one begins, and what each will do."""

from dashboard.words_decisions import needs_two, places
from dashboard.words_decisions import target as target_name
from triage.core.access import Action, Actor, can
from triage.core.ids import short_ref
from triage.restrictions import rules
from triage.restrictions.draft import Draft

WAYS = {
    "propose": Action.PROPOSE_RESTRICTION,
    "emergency": Action.SET_EMERGENCY,
    "done": Action.RECORD_DONE,
}
CHECK = {
    "propose": "Check your answers",
    "emergency": "Check: set it alone, as an emergency",
    "done": "Check: it was done already",
}
REALLY = {
    "propose": "Propose it",
    "emergency": "Set it now, alone",
    "done": "Record it as done already",
}
WAYS_MEAN = (
    "Proposed, it holds nothing until somebody else approves it. As an emergency measure it holds "
    "at once and for a short while, unless a second person confirms it. What somebody has done in "
    "a service already is recorded with its true time, and confirmed in the same way."
)
AFTER = {
    "propose": "Proposed. It holds nothing until somebody else has approved it.",
    "emergency": "Set. It lapses by itself unless a second person confirms it.",
    "done": "Recorded. It lapses by itself unless a second person confirms it.",
}


def ways(viewer: Actor) -> list[str]:
    """The ways that this person may begin one."""
    return [name for name, action in WAYS.items() if can(viewer, action)]


def check(way: str) -> str:
    """The button that leads to the answers."""
    return CHECK[way]


def really(way: str) -> str:
    """The button that does it."""
    return REALLY[way]


def said_there(target: str) -> str:
    """In place of a question that was asked at another service already."""
    return f"The same address as at {target_name(target)}: whose it is, you say there."


def opened(restriction_id: str) -> str:
    """The button that opens what was proposed."""
    return f"Open {short_ref(restriction_id)} in Decisions"


def happens(way: str, draft: Draft) -> list[str]:
    """What it will do, a sentence each."""
    able = [one.target for one in draft.targets if one.target not in rules.NO_BLOCK]
    asked = f"These are asked to put it in: {places(able)}." if able else ""
    if way == "emergency":
        said = [
            "It holds at once. It ends by itself after two working days unless confirmed.",
            asked,
        ]
    elif way == "done":
        said = [
            "It counts from when it was done. It lapses by itself unless a second person confirms "
            "it."
        ]
    else:
        two = needs_two([one.target for one in draft.targets])
        who = "two other people" if two else "somebody else"
        said = [f"Nothing yet. It waits for {who} to approve it, having read the message."]
    return [one for one in said if one]

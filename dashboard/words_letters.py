"""Labels about letters that are no literals. Nothing in them comes from outside."""

from triage.core.ids import short_ref
from triage.letters.queries import LetterRow
from triage.letters.rules import LetterKind
from triage.letters.words import KINDS

STEPS = {
    "approve": "This is right: it may go",
    "ask": "Ask a second person",
    "agree": "Let it go as it stands",
    "decline": "Give it back",
    "send": "Send it",
    "change": "Change it again",
    "call_back": "Call it back",
    "withdraw": "Withdraw it",
}


def step(name: str) -> str:
    """The button of a step."""
    return STEPS[name]


def open_letter(row: LetterRow) -> str:
    """The button of a letter; the reference tells it from the others for screen readers."""
    return f"Open letter {short_ref(row.id)}"


def title(row: LetterRow) -> str:
    """The heading of one letter."""
    return f"{KINDS[row.kind]} {short_ref(row.id)}"


def kind(value: LetterKind) -> str:
    """A kind of letter, as a choice."""
    return KINDS[value]

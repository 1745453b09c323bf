"""What is said of letters on a screen. Never that one arrived: nobody knows."""

from triage.letters.queries import LetterRow
from triage.letters.rules import LetterKind, State
from triage.letters.rules import words as state_words
from triage.letters.service.delivery import CEASED, CHANGED
from triage.notify.rules import Problem
from triage.notify.words import PROBLEMS
from triage.senders.standing.words import day

KINDS: dict[LetterKind, str] = {
    LetterKind.WARNING: "Warning",
    LetterKind.REQUEST_TO_CEASE: "Request to stop",
    LetterKind.NOTICE_OF_RESTRICTION: "Notice of a restriction",
    LetterKind.RESTRICTION_ENDED: "A restriction has ended",
    LetterKind.APPEAL_OUTCOME: "Outcome of an appeal",
    LetterKind.SUBJECT_NOTICE: "Notice to the person reported",
    LetterKind.SUBJECT_OUTCOME: "Outcome, to the person reported",
    LetterKind.REPORTER_OUTCOME: "Outcome, to who reported",
    LetterKind.FREE: "Letter",
}
OUR_PROBLEMS = {
    CHANGED: "what is stored is not what was approved, or cannot be opened: nothing was sent",
    CEASED: "cease contact came into force while it waited: nothing was sent",
}


def standing(row: LetterRow) -> str:
    """How a letter stands, by whose hand, and when."""
    if row.state is State.SENT and row.sent_at is not None:
        return f"handed to the mail server on {day(row.sent_at)}, sent by {row.sent_by}"
    if row.state is State.COPIED_OUT and row.sent_at is not None:
        return f"copied out and marked as sent by {row.sent_by}, on {day(row.sent_at)}"
    return state_words(row.state)


def problem(code: str) -> str:
    """Why a letter has not gone."""
    if code in OUR_PROBLEMS:
        return OUR_PROBLEMS[code]
    return PROBLEMS[Problem(code)]

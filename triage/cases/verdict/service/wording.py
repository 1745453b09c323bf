"""The sentence that the person reported reads of a restriction: looked at before it is one.

More people read a restriction than may know of the case, and its notice says the sentence word for
word: what could tell who reported is found here, and stands only where a second person, who may
know that, has agreed to these very words (P-NAM-1).
"""

from sqlalchemy import select

from triage.cases.inquiry.service.guards import protected_for
from triage.cases.rules import State
from triage.cases.service.stepping import load_as
from triage.cases.tables import Case
from triage.cases.verdict.service.standing import check_state
from triage.cases.verdict.tables import CaseWording
from triage.core.commands import Tx
from triage.core.errors import Invalid
from triage.core.ids import new_id
from triage.core.text import needed
from triage.letters.leaks import WORDS, find
from triage.staff.processes import Part

AGREES = (Part.DECIDER, Part.HANDLER, Part.LEAK_CHECK)
"""Who may let such a sentence stand, where another of those who decided enters it."""


def agree_to_words(tx: Tx, *, case_id: str, version: int, words: str, reason: str) -> None:
    """Let a sentence stand, word for word, in what another person is about to set up."""
    case = load_as(tx, case_id, *AGREES, version=version)
    check_state(case, State.DECIDED, State.ACTIONING)
    words = needed(words, field="words", ask="Enter the sentence, word for word.")
    reason = needed(reason, field="reason", ask="Say why it can stand.")
    made = new_id()
    tx.session.add(
        CaseWording(
            id=made,
            case_id=case_id,
            words_hash=_hash(tx, case, words),
            by=tx.actor.person_id,
            at=tx.now,
            reason=tx.seal(case_id, "case_wordings", "reason", made, reason),
        )
    )
    tx.record("case_words_agreed", case_id, wording=made)
    tx.session.flush()


def check_words(tx: Tx, case: Case, *texts: str) -> None:
    """``Invalid`` for texts that could tell who reported, unless somebody else agreed to each."""
    protected = protected_for(tx, case)
    for text in texts:
        found = find(text, protected)
        if found and not _agreed(tx, case, text):
            what = ", ".join(dict.fromkeys(WORDS[one.leak] for one in found))
            raise Invalid(
                f"Something in what the person reads could tell who reported this: {what}. Change "
                "it, or ask another person with a part in the report to agree to it.",
                field="public_reason",
            )


def _agreed(tx: Tx, case: Case, text: str) -> bool:
    found = select(CaseWording.id).where(
        CaseWording.case_id == case.id,
        CaseWording.words_hash == _hash(tx, case, text),
        CaseWording.by != tx.actor.person_id,
    )
    return tx.session.scalar(found.limit(1)) is not None


def _hash(tx: Tx, case: Case, text: str) -> str:
    """Of the words alone, however they are spaced; nobody guesses them from it without our key."""
    return tx.keys.of("case_words", f"{case.id}\n{' '.join(text.split())}".encode(errors="replace"))

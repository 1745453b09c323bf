"""Checking letters before they go: for leaks, by a second person, against the preview."""

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.core.text import needed
from triage.letters import rules
from triage.letters.leaks import Finding, Protected, find, hints
from triage.letters.rules import LEAK_CHECKED, Edge, LeakCheck, LetterKind, State
from triage.letters.service.stepping import (
    check_whole,
    hash_of,
    may,
    preview,
    step,
)
from triage.letters.tables import Letter, LetterTransition


def check_leaks(
    tx: Tx, *, letter_id: str, version: int, protected: Protected
) -> tuple[Finding, ...]:
    """Look for what could tell who reported (P-NAM-1): places in the subject, a line end, and
    the text. What to protect is given by the room that knows it; kept are the answer, and a
    hash of the text that it is the answer for. Hints come with it, and are no finding."""
    letter = may(tx, Action.DRAFT_LETTER, letter_id, version)
    if State(letter.state) is not State.DRAFT:
        raise Conflict(f"This cannot be done: the letter is {rules.words(State(letter.state))}.")
    if protected.empty:
        raise Invalid("There is nothing to check the letter against.")
    shown = preview(tx, letter)
    whole = f"{shown.subject}\n{shown.text}"
    found = find(whole, protected)
    letter.leak_check = (LeakCheck.FOUND if found else LeakCheck.PASSED).value
    letter.leak_hash = hash_of(tx, shown)
    tx.record("letter_leaks", letter.matter_id, letter=letter.id, result=letter.leak_check)
    tx.session.flush()
    return found + hints(whole, protected)


def approve(tx: Tx, *, letter_id: str, version: int, previewed: str) -> None:
    """Say that the letter may go as it was previewed: just that text, and no other. One to a
    person reported nobody lets go alone."""
    letter = may(tx, Action.SEND_LETTER, letter_id, version)
    shown = preview(tx, letter)
    check_whole(tx, letter, shown, previewed)
    same_text = letter.leak_hash == hash_of(tx, shown)
    rules.check_alone(
        LetterKind(letter.kind), _leaks(letter), same_text=same_text, guarded=letter.guarded
    )
    step(tx, letter, Edge.APPROVE)
    letter.approved_hash = hash_of(tx, shown)
    tx.session.flush()


def ask_second(tx: Tx, *, letter_id: str, version: int, previewed: str, reason: str) -> None:
    """Ask another person to look: the one way on for a letter to a person reported."""
    letter = may(tx, Action.DRAFT_LETTER, letter_id, version)
    shown = preview(tx, letter)
    check_whole(tx, letter, shown, previewed)
    _check_looked_for(letter, hash_of(tx, shown))
    step(tx, letter, Edge.ASK_SECOND, reason=_said(reason))


def second_agrees(
    tx: Tx, *, letter_id: str, version: int, previewed: str, reason: str, knows: bool = False
) -> None:
    """The second person lets it go as it is, and says why: also against the leak check.

    ``knows``: the room of the report says that they may read that.
    """
    letter = may(tx, Action.SEND_LETTER, letter_id, version)
    rules.check_knows(LetterKind(letter.kind), guarded=letter.guarded, knows=knows)
    _check_second(tx, letter)
    shown = preview(tx, letter)
    check_whole(tx, letter, shown, previewed)
    _check_looked_for(letter, hash_of(tx, shown))
    step(tx, letter, Edge.SECOND_AGREES, reason=_said(reason))
    if _leaks(letter) is LeakCheck.FOUND:
        letter.leak_check = LeakCheck.OVERRIDDEN.value
        tx.record("letter_leaks", letter.matter_id, letter=letter.id, result=letter.leak_check)
    letter.approved_hash = hash_of(tx, shown)
    tx.session.flush()


def second_declines(tx: Tx, *, letter_id: str, version: int, reason: str) -> None:
    """The second person gives it back, with what is to be changed."""
    letter = may(tx, Action.SEND_LETTER, letter_id, version)
    _check_second(tx, letter)
    step(tx, letter, Edge.SECOND_DECLINES, reason=_said(reason))


def _check_second(tx: Tx, letter: Letter) -> None:
    rules.check_second(letter.drafted_by, letter.edited_by, tx.actor.person_id)
    asked_by = tx.session.scalar(
        select(LetterTransition.actor_id)
        .where(
            LetterTransition.letter_id == letter.id,
            LetterTransition.edge == Edge.ASK_SECOND.value,
        )
        .order_by(LetterTransition.sequence.desc())
        .limit(1)
    )
    if asked_by == tx.actor.person_id:
        raise NotAllowed("You asked for this: a second person looks at it.", what="own_letter")


def _check_looked_for(letter: Letter, now: str) -> None:
    """A second person is not asked to find what the check would have found."""
    looked_for = LetterKind(letter.kind) in LEAK_CHECKED or letter.guarded
    if looked_for and letter.leak_hash != now:
        raise Conflict("Check the letter first for what could tell who reported this.")


def _leaks(letter: Letter) -> LeakCheck | None:
    return None if letter.leak_check is None else LeakCheck(letter.leak_check)


def _said(reason: str) -> str:
    return needed(reason, field="reason", ask="Say why, in a few words.")

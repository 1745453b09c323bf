"""The lifecycle of a letter, pure: kinds, states, edges, who may, and what stops a letter.

draft -> (needs_second_person) -> ready -> queued -> sent, or ready -> copied_out; withdrawn.
"""

import re
from enum import StrEnum

from triage.core.errors import Conflict, Invalid, NotAllowed


class LetterKind(StrEnum):
    """What a letter is."""

    WARNING = "warning"
    REQUEST_TO_CEASE = "request_to_cease"
    NOTICE_OF_RESTRICTION = "notice_of_restriction"
    RESTRICTION_ENDED = "restriction_ended"
    APPEAL_OUTCOME = "appeal_outcome"
    SUBJECT_NOTICE = "subject_notice"
    SUBJECT_OUTCOME = "subject_outcome"
    REPORTER_OUTCOME = "reporter_outcome"
    FREE = "free"


PASSES_CEASE = frozenset(
    {LetterKind.NOTICE_OF_RESTRICTION, LetterKind.RESTRICTION_ENDED, LetterKind.APPEAL_OUTCOME}
)
"""What somebody under cease contact is told all the same: that it is so, and what became of it."""

LEAK_CHECKED = frozenset({LetterKind.SUBJECT_NOTICE, LetterKind.SUBJECT_OUTCOME})
"""Read by the person reported: nothing in them may tell who reported (P-NAM-1)."""


class State(StrEnum):
    """Where a letter stands."""

    DRAFT = "draft"
    NEEDS_SECOND_PERSON = "needs_second_person"
    READY = "ready"
    QUEUED = "queued"
    SENT = "sent"
    """A mail server took it. Nobody claims that it was read, or even arrived."""
    COPIED_OUT = "copied_out"
    WITHDRAWN = "withdrawn"


class Edge(StrEnum):
    """What moves a letter."""

    EDIT = "edit"
    ASK_SECOND = "ask_second"
    SECOND_AGREES = "second_agrees"
    SECOND_DECLINES = "second_declines"
    APPROVE = "approve"
    QUEUE = "queue"
    CALL_BACK = "call_back"
    GIVE_UP = "give_up"
    HAND_OVER = "hand_over"
    COPY_OUT = "copy_out"
    WITHDRAW = "withdraw"


class LeakCheck(StrEnum):
    """How the leak check of the present text stands."""

    PASSED = "passed"
    FOUND = "found"
    OVERRIDDEN = "overridden"


_S, _E = State, Edge
TRANSITIONS: dict[tuple[State, Edge], State] = {
    (_S.DRAFT, _E.EDIT): _S.DRAFT,
    (_S.DRAFT, _E.ASK_SECOND): _S.NEEDS_SECOND_PERSON,
    (_S.NEEDS_SECOND_PERSON, _E.EDIT): _S.DRAFT,
    (_S.NEEDS_SECOND_PERSON, _E.SECOND_AGREES): _S.READY,
    (_S.NEEDS_SECOND_PERSON, _E.SECOND_DECLINES): _S.DRAFT,
    (_S.DRAFT, _E.APPROVE): _S.READY,
    (_S.READY, _E.EDIT): _S.DRAFT,
    (_S.READY, _E.QUEUE): _S.QUEUED,
    (_S.QUEUED, _E.CALL_BACK): _S.READY,
    (_S.QUEUED, _E.GIVE_UP): _S.READY,
    (_S.QUEUED, _E.HAND_OVER): _S.SENT,
    (_S.READY, _E.HAND_OVER): _S.SENT,
    (_S.READY, _E.COPY_OUT): _S.COPIED_OUT,
    (_S.DRAFT, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.NEEDS_SECOND_PERSON, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.READY, _E.WITHDRAW): _S.WITHDRAWN,
}
"""(from, edge) -> where it leads. What is not here cannot happen. From ready to sent: it was given
up as a process was slow, and that process then says that the server took it."""

TERMINAL = frozenset({State.SENT, State.COPIED_OUT, State.WITHDRAWN})
GONE = frozenset({State.SENT, State.COPIED_OUT})
"""Somebody outside may have it: from here on not a letter of it is changed."""
ON_ITS_WAY = GONE | {State.QUEUED}

SYSTEM_EDGES = frozenset({Edge.HAND_OVER, Edge.GIVE_UP})
"""All that happens without a person: what a person sent goes to the server, or does not."""

HIDDEN = "the reporter's own address, kept closed"
"""Where a letter goes whose address is opened by the custodian's procedure alone."""

NO_SUCH_LETTER = "There is no such letter."
"""Said alike of a letter that does not exist and of one that this person may not know of."""

LONGEST_TEXT = 20_000
LONGEST_SUBJECT = 150

_OPEN_MARKS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}|[\[\]［］【】〔〕⟦⟧]|_{3,}")


def move(state: State, edge: Edge, *, by_system: bool = False) -> State:
    """The state after an edge; ``Conflict`` where there is no such edge."""
    if by_system and edge not in SYSTEM_EDGES:
        raise NotAllowed("The system writes and sends no letters.", what=f"letter_{edge.value}")
    if (state, edge) not in TRANSITIONS:
        raise Conflict(f"This cannot be done: the letter is {words(state)}.")
    return TRANSITIONS[state, edge]


def words(state: State) -> str:
    """A state as people read it."""
    return WORDS[state]


WORDS: dict[State, str] = {
    State.DRAFT: "a draft",
    State.NEEDS_SECOND_PERSON: "waiting for a second person",
    State.READY: "ready to go",
    State.QUEUED: "on its way to the mail server",
    State.SENT: "handed to the mail server",
    State.COPIED_OUT: "copied out and marked as sent",
    State.WITHDRAWN: "withdrawn",
}


def check_filled(subject: str, text: str) -> None:
    """Nothing is left to be filled in: no mark of a template, no bracket, no blank."""
    found = _OPEN_MARKS.search(f"{subject}\n{text}")
    if found is not None:
        raise Invalid(
            f"There is still something to fill in: look for “{found[0]}”. "
            "A letter goes without brackets and blanks.",
            field="text",
        )


def check_text(subject: str, text: str) -> None:
    """A letter has a subject on one line and a text, neither without end."""
    if not subject.strip() or any(not one.isprintable() for one in subject):
        raise Invalid("Enter a subject, on one line.", field="subject")
    if len(subject) > LONGEST_SUBJECT:
        raise Invalid(f"A subject has at most {LONGEST_SUBJECT} characters.", field="subject")
    if not text.strip():
        raise Invalid("Write the letter first.", field="text")
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"A letter has at most {LONGEST_TEXT:,} characters.", field="text")


def check_previewed(shown: str, now: str) -> None:
    """What goes is exactly what the person had before their eyes."""
    if shown != now:
        raise Conflict("The letter has changed since you looked at it. Look at it again.")


def check_cease(kind: LetterKind, *, ceased: bool, overridden: bool) -> None:
    """We do not write to somebody under cease contact (P-MSG-4), but to say that it is so, or
    with a reason that is kept."""
    if ceased and not overridden and kind not in PASSES_CEASE:
        raise NotAllowed(
            "Cease contact is in force for this person: nobody writes to them. If it must be, "
            "say why; that is kept with the letter.",
            what="letter_under_cease_contact",
        )


def check_alone(
    kind: LetterKind, standing: LeakCheck | None, *, same_text: bool, guarded: bool = False
) -> None:
    """Nobody lets a letter to a person reported go alone (P-NAM-1): the check finds forms and no
    allusions, so a second person looks at it whether it found something or not.

    ``guarded``: it goes to one, though its kind alone does not say so.
    """
    if kind not in LEAK_CHECKED and not guarded:
        return
    if standing is None or not same_text:
        raise Conflict("Check the letter first for what could tell who reported this.")
    if standing is LeakCheck.FOUND:
        raise Conflict(
            "Something in it could tell who reported this. Change it, or ask a second person."
        )
    raise Conflict("The check found nothing, and finds no allusions: ask a second person to look.")


def check_knows(kind: LetterKind, *, guarded: bool, knows: bool) -> None:
    """Whether it tells who reported is for somebody to say who may know that (P-NAM-1).

    ``knows``: the room of the report says that they may.
    """
    if (kind in LEAK_CHECKED or guarded) and not knows:
        raise NotAllowed(
            "Somebody with a part in the report looks at this a second time, on its page.",
            what="letter_of_report",
        )


def check_second(drafter_id: str, edited_by: str, person_id: str) -> None:
    """Who looks a second time neither wrote the letter nor changed it last."""
    if person_id in {drafter_id, edited_by}:
        raise NotAllowed("You wrote this: a second person looks at it.", what="own_letter")


def check_not_named(name: str, text: str) -> None:
    """Letters are signed by role: whoever wrote or sends one does not stand in it by name, in
    full, or on a line of its own as a signature."""
    parts = name.split()
    lines = {line.strip(" ,.-").casefold() for line in text.splitlines()}
    spread = r"\s+".join(re.escape(one) for one in parts)
    whole = len(parts) > 1 and re.search(rf"(?<!\w){spread}(?!\w)", text, re.IGNORECASE)
    if name.strip() and (whole or name.strip().casefold() in lines):
        raise Invalid(
            "The name of somebody who wrote it stands in it. Letters are signed by role.",
            field="text",
        )

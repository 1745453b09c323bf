"""What people may ask of what is held of them, by when, and who decides what. Pure.

UK GDPR articles 12, 15 and 17 as the Data (Use and Access) Act 2025 left them. How somebody
writes is no ground for anything here: who is blocked, or abusive, asks as anybody else does.
"""

from collections.abc import Iterable
from enum import StrEnum

from triage.core.errors import Conflict, Invalid, NotAllowed

NO_SUCH_REQUEST = "There is no such request."
NO_SUCH_ITEM = "There is no such item."


class Kind(StrEnum):
    """What is asked."""

    ACCESS = "access"
    ERASURE = "erasure"
    COMPLAINT = "complaint"
    """About how their data was handled."""


class State(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    AWAITING_IDENTITY = "awaiting_identity"
    IDENTITY_CHECKED = "identity_checked"
    ACKNOWLEDGED = "acknowledged"
    SEARCHED = "searched"
    REVIEWED = "reviewed"
    READY = "ready"
    SENT = "sent"
    CLOSED = "closed"
    REFUSAL_ASKED = "refusal_asked"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Edge(StrEnum):
    """What moves a request."""

    ASK_IDENTITY = "ask_identity"
    CHECK_IDENTITY = "check_identity"
    ACKNOWLEDGE = "acknowledge"
    EXTEND = "extend"
    SEARCH = "search"
    REVIEW = "review"
    SECOND_AGREES = "second_agrees"
    SECOND_RETURNS = "second_returns"
    SEND = "send"
    CLOSE = "close"
    ASK_REFUSAL = "ask_refusal"
    AGREE_REFUSAL = "agree_refusal"
    DECLINE_REFUSAL = "decline_refusal"
    WITHDRAW = "withdraw"
    """The person took it back."""
    REOPEN = "reopen"


_S, _E = State, Edge
ENDED = frozenset({_S.CLOSED, _S.REFUSED, _S.WITHDRAWN})
UNANSWERED = frozenset(State) - ENDED - {_S.SENT}
"""Until then it can be refused, taken back, and given more time."""
_KNOWN = frozenset({_S.IDENTITY_CHECKED, _S.SEARCHED, _S.REVIEWED, _S.READY})
"""Who asks is who they say."""
_BACK = frozenset({_S.RECEIVED, _S.IDENTITY_CHECKED})
"""Where it goes on: by whether it is known who asks."""

TRANSITIONS: dict[tuple[State, Edge], frozenset[State]] = {
    (_S.RECEIVED, _E.ASK_IDENTITY): frozenset({_S.AWAITING_IDENTITY}),
    (_S.RECEIVED, _E.CHECK_IDENTITY): frozenset({_S.IDENTITY_CHECKED}),
    (_S.AWAITING_IDENTITY, _E.CHECK_IDENTITY): frozenset({_S.IDENTITY_CHECKED}),
    (_S.RECEIVED, _E.ACKNOWLEDGE): frozenset({_S.ACKNOWLEDGED}),
    **{(one, _E.SEARCH): frozenset({_S.SEARCHED}) for one in _KNOWN},
    (_S.SEARCHED, _E.REVIEW): frozenset({_S.REVIEWED}),
    (_S.REVIEWED, _E.SECOND_AGREES): frozenset({_S.READY}),
    (_S.REVIEWED, _E.SECOND_RETURNS): frozenset({_S.SEARCHED}),
    (_S.READY, _E.SEND): frozenset({_S.SENT}),
    (_S.ACKNOWLEDGED, _E.SEND): frozenset({_S.SENT}),
    (_S.SENT, _E.CLOSE): frozenset({_S.CLOSED}),
    **{(one, _E.EXTEND): frozenset({one}) for one in UNANSWERED},
    **{(one, _E.WITHDRAW): frozenset({_S.WITHDRAWN}) for one in UNANSWERED},
    **{
        (one, _E.ASK_REFUSAL): frozenset({_S.REFUSAL_ASKED})
        for one in UNANSWERED - {_S.REFUSAL_ASKED, _S.ACKNOWLEDGED}
    },
    (_S.REFUSAL_ASKED, _E.AGREE_REFUSAL): frozenset({_S.REFUSED}),
    (_S.REFUSAL_ASKED, _E.DECLINE_REFUSAL): _BACK,
    **{(one, _E.REOPEN): _BACK for one in ENDED},
}
"""(from, edge) -> where it may lead. None of them is the system's: people decide all of it."""

NOT_OF_A_COMPLAINT = frozenset(
    {_E.SEARCH, _E.REVIEW, _E.EXTEND, _E.ASK_REFUSAL, _E.ASK_IDENTITY, _E.CHECK_IDENTITY}
)
"""A complaint is acknowledged and answered, and nothing else."""


class IdentityHow(StrEnum):
    """By what somebody was known to be who they say."""

    KNOWN_ADDRESS = "known_address"
    """They asked from, or answered at, an address that is in what is held."""
    DOCUMENT = "document"
    IN_PERSON = "in_person"
    FOR_THEM = "for_them"
    """Somebody who showed that they may act for them."""


class Refusal(StrEnum):
    """Why a request is refused: manifestly unfounded or excessive (article 12(5)).

    There is no ground by which it is refused for how it is written: abusive language alone does
    not make a request unfounded.
    """

    REPEATS = "repeats"
    """Excessive: the same was answered a short while ago, and nothing has changed since."""
    BARGAINS = "bargains"
    """Unfounded: it is offered to be taken back in return for something."""
    SAYS_NO_WISH = "says_no_wish"
    """Unfounded: they say themselves that they do not want what is asked for."""
    NO_IDENTITY = "no_identity"
    """They were asked who they are, and it could not be found out."""


class Extension(StrEnum):
    """Why more time is taken: two months at most (article 12(3))."""

    COMPLEX = "complex"
    MANY = "many"
    """Several requests by the same person."""


class ItemKind(StrEnum):
    """What is held of somebody."""

    MESSAGE = "message"
    FILE = "file"
    """What they attached to one of their messages."""
    MENTION = "mention"
    """In what somebody else wrote to us."""
    STUB = "stub"
    CASE = "case"
    STATEMENT = "statement"
    LETTER = "letter"
    RESTRICTION = "restriction"
    REFERRAL = "referral"
    NOTE = "note"


class Why(StrEnum):
    """By what an item was found."""

    SENDER = "sender"
    CLAIMED = "claimed"
    """The address or name that the message bears, whoever wrote it."""
    LINKED = "linked"
    """Of a sender of whom a colleague said that they are the same person."""
    ADDRESS = "address"
    PHONE = "phone"
    HANDLE = "handle"
    NAME = "name"
    ABOUT = "about"
    """It stands at something that is theirs."""


class Decision(StrEnum):
    """What becomes of one item."""

    DISCLOSE = "disclose"
    SUMMARY = "summary"
    WITHHOLD = "withhold"
    ERASE = "erase"
    KEEP = "keep"


class Ground(StrEnum):
    """Why an item is withheld, or kept though its erasure was asked for."""

    OTHERS = "others"
    """It cannot be given without telling of somebody else (article 15(4))."""
    CRIME = "crime"
    """It would prejudice that a crime is prevented or found out (DPA 2018, Schedule 2, 2)."""
    NOT_TOLD = "not_told"
    """They have not been told of a report, for a reason that was recorded (P-SUB-3)."""
    PRIVILEGE = "privilege"
    NOT_THEIRS = "not_theirs"
    """It was found by a name or number, and is about somebody else."""
    CLAIMS = "claims"
    """Kept for legal claims (article 17(3)(e))."""
    STILL_NEEDED = "still_needed"
    """Kept: what it is for has not ended, and outweighs the wish (article 17(1))."""


DECISIONS: dict[Kind, frozenset[Decision]] = {
    Kind.ACCESS: frozenset({Decision.DISCLOSE, Decision.SUMMARY, Decision.WITHHOLD}),
    Kind.ERASURE: frozenset({Decision.ERASE, Decision.KEEP}),
    Kind.COMPLAINT: frozenset(),
}
WITHHOLDS = frozenset(
    {Ground.OTHERS, Ground.CRIME, Ground.NOT_TOLD, Ground.PRIVILEGE, Ground.NOT_THEIRS}
)
KEEPS = frozenset({Ground.CRIME, Ground.CLAIMS, Ground.STILL_NEEDED, Ground.NOT_THEIRS})
ONLY_SUMMED_UP = frozenset({ItemKind.CASE})
"""What others said of somebody is never given out itself."""


class Outcome(StrEnum):
    """What came of erasing one item."""

    ERASED = "erased"
    HELD = "held"
    """A hold stands: it is not erased before that has ended (P-POL-3)."""
    NOT_ENDED = "not_ended"
    """The room says that something of it is open still."""
    NO_WAY = "no_way"
    """Nothing erases this by itself: it goes with what it belongs to."""


class How(StrEnum):
    """By what way an answer went."""

    EMAIL = "email"
    POST = "post"
    IN_PERSON = "in_person"
    DOWNLOAD = "download"


def check_step(state: State, edge: Edge, kind: Kind) -> None:
    """``Conflict`` where the lifecycle has no such step."""
    wrong = (
        edge in NOT_OF_A_COMPLAINT
        if kind is Kind.COMPLAINT
        else edge is Edge.ACKNOWLEDGE or (state is State.ACKNOWLEDGED)
    )
    if wrong or (state, edge) not in TRANSITIONS:
        raise Conflict(f"This cannot be done: the request is {words(state)}.")


def check_second(took_part: Iterable[str], person_id: str) -> None:
    """Whoever looked through it is not the second person."""
    if person_id in set(took_part):
        raise NotAllowed("You did this: a second person looks at it.", what="own_request")


def check_decision(
    kind: Kind, item: ItemKind, decision: Decision, ground: Ground | None, *, told: bool, said: str
) -> None:
    """One decision on one item: one that goes with the request, with its ground.

    ``told``: whether they were told of the report that it belongs to. Until they were, nothing
    of it can be given out, and nothing says that it is there (P-SUB-3).
    """
    if decision not in DECISIONS[kind]:
        raise Invalid("Choose what becomes of it.", field="decision")
    if decision in {Decision.WITHHOLD, Decision.KEEP}:
        allowed = WITHHOLDS if decision is Decision.WITHHOLD else KEEPS
        if ground not in allowed:
            raise Invalid("Choose the ground on which it stays here.", field="ground")
        return
    if ground is not None:
        raise Invalid("A ground goes with what stays here alone.", field="ground")
    if decision is Decision.ERASE:
        return
    if not told:
        raise Invalid(
            "They have not been told of this report: nothing of it is given out.", field="decision"
        )
    if item in ONLY_SUMMED_UP and decision is not Decision.SUMMARY:
        raise Invalid("Of a report, a summary alone is given out.", field="decision")
    if decision is Decision.SUMMARY and not said.strip():
        raise Invalid("Write the summary.", field="said")


def words(state: State) -> str:
    """Where it stands, as people read it."""
    return WORDS[state]


WORDS: dict[State, str] = {
    State.RECEIVED: "received",
    State.AWAITING_IDENTITY: "waiting to learn who asks",
    State.IDENTITY_CHECKED: "known to be theirs",
    State.ACKNOWLEDGED: "acknowledged",
    State.SEARCHED: "searched",
    State.REVIEWED: "looked through, and waiting for a second person",
    State.READY: "ready to be sent",
    State.SENT: "answered",
    State.CLOSED: "closed",
    State.REFUSAL_ASKED: "to be refused, if a second person agrees",
    State.REFUSED: "refused",
    State.WITHDRAWN: "taken back",
}

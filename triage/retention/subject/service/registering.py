"""A request comes in: who asks, by when, whether it is they, and more time where there is need.

Who is blocked, or ceased to be written to, asks as anybody else: nothing here looks at that.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from sqlalchemy import select

from triage.conduct.clauses import POLICY_VERSION
from triage.core.access import Action, visible
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotAllowed, NotFound
from triage.core.exclusions import ExclusionKind, exclude, inherit
from triage.core.ids import new_id
from triage.core.steps import done_before, owner_of, write_step
from triage.core.text import needed, short_enough, storable
from triage.messages.rules import NO_SUCH_MESSAGE
from triage.messages.tables import Message
from triage.retention.subject import rules
from triage.retention.subject.due import check_extension
from triage.retention.subject.queries.listing import due_of
from triage.retention.subject.queries.reading import terms_typed
from triage.retention.subject.rules import Edge, Extension, IdentityHow, Kind, State
from triage.retention.subject.service.stepping import STEPS, day_of, goes_on, load, step
from triage.retention.subject.tables import SubjectRequest, SubjectTerm
from triage.retention.subject.terms import check_terms
from triage.staff.calendar import local_day
from triage.staff.queries import person

LONGEST = 300


def register(
    tx: Tx,
    *,
    kind: Kind,
    who: str,
    contact: str,
    received_on: date,
    asked_for: str = "",
    terms: Sequence[str] = (),
    message_id: str | None = None,
    staff_id: str | None = None,
    token: str | None = None,
) -> str:
    """Enter a request; its id. The clock runs from the day on which it came, not from this one.

    Of a message that was passed on, whoever has no part in that has none in this. A colleague
    who asks for their own has no part in it either.
    """
    tx.allow(Action.ANSWER_SUBJECTS)
    if done_before(tx, STEPS, token):
        return owner_of(tx, STEPS, token) or ""
    if message_id is not None:
        _check_message(tx, message_id)
    if staff_id is not None and person(tx.session, staff_id) is None:
        raise Invalid("There is no such colleague.", field="staff_id")
    if staff_id == tx.actor.person_id:
        raise NotAllowed("This is about you: somebody else enters it.", what="own_request")
    day_of(tx, received_on, field="received_on")
    identifier = new_id()
    line = partial(short_enough, longest=LONGEST)
    called = needed(storable(who), field="who", ask="Say who asks.", longest=LONGEST)
    reached = line(storable(contact), field="contact")
    lines = check_terms([called, *reached.splitlines(), *map(storable, terms)])
    texts = {
        "who": called,
        "contact": reached,
        "asked_for": short_enough(storable(asked_for), field="asked_for"),
    }
    tx.session.add(
        SubjectRequest(
            id=identifier,
            kind=kind.value,
            state=State.RECEIVED.value,
            state_since=tx.now,
            message_id=message_id,
            staff_id=staff_id,
            registered_by=tx.actor.person_id,
            registered_at=tx.now,
            received_on=received_on,
            paused_days=0,
            overridden=False,
            **{
                name: tx.seal(identifier, "subject_requests", name, identifier, text)
                for name, text in texts.items()
            },
        )
    )
    tx.session.flush()
    if message_id is not None:
        inherit(tx.session, parent_id=message_id, child_id=identifier, at=tx.now)
    if staff_id is not None:
        exclude(
            tx.session, matter_id=identifier, person_id=staff_id, kind=ExclusionKind.SUBJECT,
            at=tx.now,
        )  # fmt: skip
    _add_terms(tx, identifier, lines)
    write_step(
        tx, STEPS, identifier, edge="register", before=None, to=State.RECEIVED.value, based_on=0,
        policy_version=POLICY_VERSION, token=token,
    )  # fmt: skip
    tx.record("subject_registered", identifier, kind=kind.value, message=message_id)
    return identifier


def add_terms(tx: Tx, *, request_id: str, version: int, terms: Sequence[str]) -> None:
    """Search by more: another address, an earlier name. It is searched anew with these."""
    request = load(tx, request_id, version)
    if State(request.state) not in rules.UNANSWERED:
        raise Invalid("This was answered already.", field="terms")
    have = set(terms_typed(tx.session, tx.vault, request_id))
    lines = [one for one in check_terms([*have, *map(storable, terms)]) if one not in have]
    _add_terms(tx, request_id, lines)
    tx.record("subject_terms", request_id)


def ask_identity(tx: Tx, *, request_id: str, version: int, on: date) -> None:
    """They were asked who they are: from that day on the clock stands, and for nothing else."""
    request = load(tx, request_id, version)
    request.identity_asked_on = day_of(tx, on, earliest=request.received_on)
    step(tx, request, Edge.ASK_IDENTITY)


def check_identity(
    tx: Tx, *, request_id: str, version: int, how: IdentityHow, note: str, on: date
) -> None:
    """It is they: by what, and since which day that is known. The clock runs on."""
    request = load(tx, request_id, version)
    said = needed(storable(note), field="note", ask="Say what you saw, in a few words.")
    asked = request.identity_asked_on
    day_of(tx, on, earliest=asked or request.received_on)
    if asked is not None:
        request.paused_days += (on - asked).days
        request.identity_asked_on = None
    request.identity_how = how.value
    step(tx, request, Edge.CHECK_IDENTITY, reason=said, how=how.value)


def extend(
    tx: Tx, *, request_id: str, version: int, why: Extension, reason: str, told_on: date
) -> None:
    """Take two months more, once: they were told so, and why, within the first (article 12(3))."""
    request = load(tx, request_id, version)
    said = needed(storable(reason), field="reason", ask="Write what they were told.")
    day_of(tx, told_on, earliest=request.received_on, field="told_on")
    check_extension(
        told_on, due_of(request, local_day(tx.now)), extended=request.extended is not None
    )
    request.extended = why.value
    step(tx, request, Edge.EXTEND, to=State(request.state), reason=said, why=why.value)


def acknowledge(tx: Tx, *, request_id: str, version: int, on: date) -> None:
    """A complaint was acknowledged: within thirty days of its coming in."""
    request = load(tx, request_id, version)
    request.acknowledged_on = day_of(tx, on, earliest=request.received_on)
    step(tx, request, Edge.ACKNOWLEDGE)


def withdraw(tx: Tx, *, request_id: str, version: int, reason: str) -> None:
    """They took it back, and how that is known."""
    request = load(tx, request_id, version)
    said = needed(storable(reason), field="reason", ask="Say how they took it back.")
    step(tx, request, Edge.WITHDRAW, reason=said)


def close(tx: Tx, *, request_id: str, version: int) -> None:
    """Nothing more is to be done: they have had their answer."""
    step(tx, load(tx, request_id, version), Edge.CLOSE)


def reopen(tx: Tx, *, request_id: str, version: int, reason: str) -> None:
    """Take it up again: they say that something is missing, or the regulator does."""
    request = load(tx, request_id, version)
    said = needed(storable(reason), field="reason", ask="Say why it is taken up again.")
    request.seen_hash, request.overridden, request.refusal = None, False, None
    step(tx, request, Edge.REOPEN, to=goes_on(request), reason=said)


def _add_terms(tx: Tx, request_id: str, lines: Sequence[str]) -> None:
    for one in lines:
        identifier = new_id()
        value = tx.seal(request_id, "subject_terms", "value", identifier, one)
        tx.session.add(
            SubjectTerm(
                id=identifier, request_id=request_id, value=value, added_by=tx.actor.person_id,
                added_at=tx.now,
            )
        )  # fmt: skip
    tx.session.flush()


def _check_message(tx: Tx, message_id: str) -> None:
    found = select(Message.id).where(Message.id == message_id, visible(tx.actor, Message.id))
    if tx.session.scalar(found) is None:
        hidden = tx.session.get(Message, message_id) is not None
        raise NotFound(NO_SUCH_MESSAGE, refused_matter=message_id if hidden else None)
    taken = select(SubjectRequest.id).where(SubjectRequest.message_id == message_id)
    if tx.session.scalar(taken.limit(1)) is not None:
        raise Invalid("A request was entered for this message already.", field="message_id")

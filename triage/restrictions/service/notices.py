"""What the person is told: that it holds, how to appeal, how the appeal ended, that it is over.

A letter is begun here with what this room knows; the room of letters shows, checks and sends it.
The internal reason is no part of any: only the sentence that anybody may read.
"""

from collections.abc import Mapping

from sqlalchemy import select

from triage.core.commands import Tx
from triage.core.errors import Conflict
from triage.core.text import is_address
from triage.letters.rules import LetterKind
from triage.letters.service.drafting import draft
from triage.letters.wording import Value, measure_line
from triage.messages.tables import Message
from triage.restrictions import rules
from triage.restrictions.codes import appeal_code
from triage.restrictions.rules import Kind, State
from triage.restrictions.service.moving import FELL_AWAY, MEASURES, load, tasks_of
from triage.restrictions.tables import (
    Appeal,
    Restriction,
    RestrictionGround,
)

NAMES = {
    "whatdotheyknow": "WhatDoTheyKnow",
    "fixmystreet": "FixMyStreet",
    "writetothem": "WriteToThem",
    "theyworkforyou": "TheyWorkForYou",
    "helpdesk": "our support mail",
    "shared_mailbox": "our shared mailboxes",
    "mailing_list": "our mailing lists",
    "social": "our pages on social networks",
}
"""A service or channel as the person knows it."""
HOW = {State.LIFTED: "lifted", State.EXPIRED: "expired", State.LAPSED: "lapsed"}


def draft_notice(tx: Tx, *, restriction_id: str) -> str:
    """Begin the notice that it holds, with the code for an appeal; the letter's id.

    Of what is proposed nobody outside learns.
    """
    restriction = load(tx, restriction_id)
    state = State(restriction.state)
    if state not in rules.HOLDS:
        raise Conflict(f"No notice is written while the restriction is {rules.words(state)}.")
    facts: dict[str, Value] = {
        "measures": (_measure(tx, restriction),),
        "sentence": tx.vault.open_of(tx.session, restriction.id, restriction, "public_reason"),
        "since": restriction.since or tx.now,
        "review_date": restriction.review_at,
        "appeal_code": appeal_code(tx.keys, restriction_id),
    }
    if restriction.expires_at is not None:
        facts["until"] = restriction.expires_at
    if Kind(restriction.kind) is Kind.EVENT_EXCLUSION:
        facts["event"] = tx.vault.open_of(tx.session, restriction.id, restriction, "event")
    return _begin(tx, restriction, LetterKind.NOTICE_OF_RESTRICTION, facts)


def draft_outcome(tx: Tx, *, restriction_id: str) -> str:
    """Begin the letter that says how the appeal ended; the letter's id."""
    restriction = load(tx, restriction_id)
    outcome = tx.session.scalar(
        select(Appeal.outcome).where(Appeal.restriction_id == restriction_id)
    )
    if outcome is None or outcome == FELL_AWAY:
        raise Conflict("No appeal against this has been decided.")
    facts: dict[str, Value] = {"outcome": outcome}
    if State(restriction.state) not in rules.TERMINAL:
        facts["review_date"] = restriction.review_at
    return _begin(tx, restriction, LetterKind.APPEAL_OUTCOME, facts)


def draft_ended(tx: Tx, *, restriction_id: str) -> str:
    """Begin the letter that says it is over; the letter's id."""
    restriction = load(tx, restriction_id)
    how = HOW.get(State(restriction.state))
    if how is None or restriction.ended_at is None:
        raise Conflict("This has not ended in a way that is written about here.")
    facts: dict[str, Value] = {
        "measures": (_measure(tx, restriction),),
        "ended_on": restriction.ended_at,
        "how": how,
    }
    return _begin(tx, restriction, LetterKind.RESTRICTION_ENDED, facts)


def _begin(tx: Tx, restriction: Restriction, kind: LetterKind, facts: Mapping[str, Value]) -> str:
    return draft(
        tx,
        matter_id=restriction.id,
        sender_id=restriction.sender_id,
        kind=kind,
        fields=facts,
        to_address=_address(tx, restriction.id),
        guarded=restriction.case_id is not None,  # what came of a report must not tell whose
    )


def _measure(tx: Tx, restriction: Restriction) -> str:
    kind = Kind(restriction.kind)
    where = ", ".join(NAMES[one.target] for one in tasks_of(tx, restriction.id))
    if kind is Kind.EVENT_EXCLUSION:
        where = tx.vault.open_of(tx.session, restriction.id, restriction, "event")
    return measure_line(MEASURES[kind], where)


def _address(tx: Tx, restriction_id: str) -> str:
    """Where they last wrote from, of the messages that it rests on; a person may change it."""
    wrote = (
        select(Message.from_address)
        .join(RestrictionGround, RestrictionGround.message_id == Message.id)
        .where(RestrictionGround.restriction_id == restriction_id)
        .order_by(Message.received_at.desc(), Message.id)
        .limit(1)
    )
    found = tx.session.scalar(wrote) or ""
    return found if is_address(found) else ""

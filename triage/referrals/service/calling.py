"""In danger 999 comes first, by anybody; the record comes after it, within a day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from triage.conduct.steps import note_step
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Invalid
from triage.core.steps import owner_of
from triage.core.text import needed
from triage.referrals import rules
from triage.referrals.rules import Edge, LawfulBasis, ReferenceKind, Route, State
from triage.referrals.service.considering import (
    add_messages,
    disclose_row,
    live_for,
    new_referral,
    sender_of,
)
from triage.referrals.service.moving import (
    STEPS,
    chase,
    check_route,
    load,
    step,
    tell_below,
    touch,
)
from triage.referrals.tables import Disclosure, Referral


@dataclass(frozen=True, slots=True)
class Call:
    """What was told to the police at once, by whom and when."""

    route: Route
    at: datetime
    force: str
    what: str
    other_route: str = ""
    reference: str = ""


def record_call(
    tx: Tx,
    *,
    message_ids: tuple[str, ...],
    call: Call,
    reason: str,
    referral_id: str | None = None,
    token: str | None = None,
) -> str:
    """Somebody was in danger and was helped first: what was told, when, by which route.

    Anybody may have called; whoever enters it says when it really was. The evidence follows, and
    the record comes within a day of the call. A further call on what is with the police already
    is one more thing that was told.
    """
    tx.allow(Action.RECORD_CALL)
    already = owner_of(tx, STEPS, token)
    if already is not None:
        return already
    if call.at > tx.now:
        raise Invalid("The time of the call lies in the future.", field="at")
    what = needed(call.what, field="what", ask="Say what was told to the police.")
    force = needed(
        call.force, field="force", ask="Say which force took the call.", longest=rules.LONGEST_LINE
    )
    if referral_id is None:
        referral_id = _consider_for_call(tx, message_ids, reason)
    referral = load(tx, referral_id)
    check_route(tx, call.route, call.other_route)
    if State(referral.state) in rules.WITH_THE_POLICE:
        if _told_already(tx, referral_id, call.at, what):
            return referral_id
        disclose_row(
            tx, referral, at=call.at, to_whom=force, what=what, basis=LawfulBasis.VITAL_INTERESTS
        )
        _further(tx, referral, call, what, token)
        return referral_id
    referral.danger_now = True
    referral.route = call.route.value
    referral.force = tx.seal(referral_id, "referrals", "force", referral_id, force)
    other = call.other_route.strip()
    referral.other_route = tx.seal(referral_id, "referrals", "other_route", referral_id, other)
    referral.submitted_by, referral.submitted_at = tx.actor.person_id, call.at
    referral.recorded_at = tx.now
    chase(tx, referral)
    disclose_row(
        tx, referral, at=call.at, to_whom=force, what=what, basis=LawfulBasis.VITAL_INTERESTS
    )
    late = tx.now - call.at > rules.RECORD_WITHIN
    step(
        tx, referral, Edge.SUBMIT, reason=reason, token=token, danger_now=True,
        route=call.route.value, late=late,
    )  # fmt: skip
    if call.reference.strip():
        _reference(tx, referral, call.reference)
    return referral_id


def _reference(tx: Tx, referral: Referral, given: str, token: str | None = None) -> None:
    """The log number that the operator gave during the call."""
    number = needed(given, field="reference", ask="Enter it.", longest=rules.LONGEST_LINE)
    referral.reference = tx.seal(referral.id, "referrals", "reference", referral.id, number)
    referral.reference_kind = ReferenceKind.LOG.value
    step(tx, referral, Edge.REFERENCE, reason=number, token=token, kind=ReferenceKind.LOG.value)


def _told_already(tx: Tx, referral_id: str, at: datetime, what: str) -> bool:
    """Whether the actor has entered this very call: a double click, a repeated request."""
    found = select(Disclosure).where(
        Disclosure.referral_id == referral_id,
        Disclosure.at == at,
        Disclosure.by == tx.actor.person_id,
    )
    return any(
        what == tx.vault.open_of(tx.session, referral_id, one, "what")
        for one in tx.session.scalars(found)
    )


def _further(tx: Tx, referral: Referral, call: Call, what: str, token: str | None) -> None:
    """One more call on what the police have: its log number is kept, or it is news."""
    if State(referral.state) is State.SUBMITTED:
        if call.reference.strip():
            _reference(tx, referral, call.reference, token)
        else:
            touch(tx, referral)
        return
    number = call.reference.strip()
    news = f"{what}\n\n{number}" if number else what
    step(tx, referral, Edge.PROGRESS, reason=news, token=token)


def _consider_for_call(tx: Tx, message_ids: tuple[str, ...], reason: str) -> str:
    """The referral that the call belongs to: one that is being considered takes in the rest of
    what was told; one that is decided already, only the very messages that it rests on."""
    if not message_ids:
        raise Invalid("Choose the messages that it rests on.", field="messages")
    lives = {live_for(tx, one) for one in message_ids}
    found = next((one for one in sorted(filter(None, lives))), None)
    if found is not None:
        standing = load(tx, found)
        if State(standing.state) is State.CONSIDERING:
            add_messages(tx, standing, message_ids)
            return found
        if lives == {found}:
            return found
    referral = new_referral(
        tx, sender_of(tx, message_ids), needed(reason, field="reason", ask="Say why.")
    )
    tx.session.add(referral)
    tx.session.flush()
    add_messages(tx, referral, message_ids)
    load(tx, referral.id)
    note_step(tx, STEPS, referral.id, "consider", None, State.CONSIDERING, details={"danger": True})
    tell_below(tx, referral)
    return referral.id

"""In danger 999 comes first, by anybody; the record comes after it, within a day."""

from dataclasses import dataclass
from datetime import datetime

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Invalid
from triage.referrals import rules
from triage.referrals.rules import Edge, LawfulBasis, ReferenceKind, Route, State
from triage.referrals.service.considering import (
    add_messages,
    disclose_row,
    live_for,
    made_with,
    new_referral,
    sender_of,
)
from triage.referrals.service.moving import (
    chase,
    check_route,
    check_text,
    done_before,
    load,
    step,
    tell_below,
    touch,
    write_step,
)
from triage.referrals.tables import Referral


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
    if done_before(tx, token):
        return made_with(tx, token)
    if call.at > tx.now:
        raise Invalid("The time of the call lies in the future.", field="at")
    what = check_text(call.what, "what", "Say what was told to the police.")
    force = check_text(
        call.force, "force", "Say which force took the call.", longest=rules.LONGEST_LINE
    )
    if referral_id is None:
        referral_id = _consider_for_call(tx, message_ids, reason)
    referral = load(tx, referral_id)
    check_route(tx, call.route, call.other_route)
    if State(referral.state) in rules.WITH_THE_POLICE:
        disclose_row(
            tx, referral, at=call.at, to_whom=force, what=what, basis=LawfulBasis.VITAL_INTERESTS
        )
        touch(tx, referral)
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
    _reference(tx, referral, call.reference)
    return referral_id


def _reference(tx: Tx, referral: Referral, given: str) -> None:
    """The log number that the operator gave during the call, if they gave one."""
    if not given.strip():
        return
    number = check_text(given, "reference", "Enter it.", longest=rules.LONGEST_LINE)
    referral.reference = tx.seal(referral.id, "referrals", "reference", referral.id, number)
    referral.reference_kind = ReferenceKind.LOG.value
    step(tx, referral, Edge.REFERENCE, reason=number, kind=ReferenceKind.LOG.value)


def _consider_for_call(tx: Tx, message_ids: tuple[str, ...], reason: str) -> str:
    for message_id in message_ids:
        live = live_for(tx, message_id)
        if live is not None:
            return live
    referral = new_referral(
        tx, sender_of(tx, message_ids), check_text(reason, "reason", "Say why.")
    )
    tx.session.add(referral)
    tx.session.flush()
    add_messages(tx, referral, message_ids)
    load(tx, referral.id)
    write_step(tx, referral, "consider", None, State.CONSIDERING, 0, "", None, {"danger": True})
    tell_below(tx, referral)
    return referral.id

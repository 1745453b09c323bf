"""How a restriction begins: proposed, set alone in an emergency, or recorded as done already."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from triage.conduct.kinds import Disposition, Severity
from triage.conduct.steps import note_step
from triage.core.access import SYSTEM, Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.exclusions import is_excluded
from triage.core.ids import new_id
from triage.core.steps import owner_of
from triage.messages.queries.groups import members
from triage.messages.rules import ChildKind
from triage.messages.service.children import add_child
from triage.messages.service.reveals import check_evidence_seen
from triage.messages.service.stepping import known
from triage.messages.tables import Message
from triage.restrictions import rules
from triage.restrictions.blocklist import hashes_of
from triage.restrictions.codes import appeal_hash
from triage.restrictions.draft import Draft, checked
from triage.restrictions.queries.verified import address_is_verified
from triage.restrictions.rules import Edge, Kind, State, TargetState
from triage.restrictions.service.alone import check_not_again
from triage.restrictions.service.moving import (
    STEPS,
    dates_of,
    load,
    step,
    tell_below,
)
from triage.restrictions.spans import emergency_end
from triage.restrictions.tables import (
    EnforcementSubject,
    EnforcementTask,
    Restriction,
    RestrictionGround,
)
from triage.senders.tables import Sender
from triage.staff.calendar import end_of_working_day
from triage.staff.queries import active_people
from triage.staff.queries.team import work_calendar

ALONE_UNTIL = 2
"""Working days: what one person did alone ends when the second of them closes."""


def propose(tx: Tx, *, draft: Draft, token: str | None = None) -> str:
    """Put a restriction before those who decide; its id. It holds nothing yet (P-MSG-3)."""
    tx.allow(Action.PROPOSE_RESTRICTION)
    return _begin(tx, draft, State.PROPOSED, token=token)


def set_emergency(tx: Tx, *, draft: Draft, token: str | None = None) -> str:
    """One person acts alone, for a short while: it ends by itself unless a second confirms it.

    A service is blocked so only for a threat of high severity, and WriteToThem never. One a sender
    at a time.
    """
    tx.allow(Action.SET_EMERGENCY)
    rules.check_emergency(draft.kind, draft.target_names, threatening=draft.grave, high=draft.grave)
    _check_grave(tx, draft)
    already = owner_of(tx, STEPS, token)
    if already is not None:
        return already
    if draft.sender_id is not None:
        _check_only_one(tx, draft.sender_id)
    return _begin(tx, draft, State.EMERGENCY, since=tx.now, token=token)


def _check_only_one(tx: Tx, sender_id: str) -> None:
    """No emergency measure holds for this sender. Two people at once take turns by the sender's
    row; what has lapsed by its date, and no job has noted yet, is noted as the job would."""
    tx.session.get(Sender, sender_id, with_for_update=True)
    held = select(Restriction).where(
        Restriction.sender_id == sender_id, Restriction.state == State.EMERGENCY.value
    )
    for one in tx.session.scalars(held.with_for_update()).all():
        if rules.in_force(dates_of(one), tx.now):
            raise Conflict("An emergency measure holds for this person already.")
        step(replace(tx, actor=SYSTEM), one, Edge.LAPSE)


def record_done(
    tx: Tx, *, draft: Draft, done_by: str, done_at: datetime, token: str | None = None
) -> str:
    """Record what somebody has done in a service already, with its true time and person.

    It counts from then; a second person confirms it, as with an emergency measure, or it lapses.
    """
    tx.allow(Action.RECORD_DONE)
    if done_by not in {one.id for one in active_people(tx.session)}:
        raise Invalid("Choose who did it.", field="done_by")
    if done_at > tx.now:
        raise Invalid("The time it was done lies in the future.", field="done_at")
    return _begin(tx, draft, State.UNRATIFIED, since=done_at, done_by=done_by, token=token)


def _begin(
    tx: Tx,
    draft: Draft,
    state: State,
    *,
    since: datetime | None = None,
    done_by: str | None = None,
    token: str | None,
) -> str:
    already = owner_of(tx, STEPS, token)
    if already is not None:
        return already
    draft = checked(draft, now=tx.now, colleagues=[one.name for one in active_people(tx.session)])
    if draft.sender_id is not None and tx.session.get(Sender, draft.sender_id) is None:
        raise NotFound("There is no such sender.")
    _check_grounds(tx, draft)
    if state in rules.TO_RATIFY:
        check_evidence_seen(tx, draft.message_ids)  # it holds at once: nobody acts on hearsay
        check_not_again(tx, draft)
    check_verified(tx, draft)
    alone = state in rules.TO_RATIFY
    restriction = new_row(tx, draft, state, _ORIGIN[state], tx.actor.person_id)
    restriction.since, restriction.done_by = since, done_by
    restriction.lapses_at = _lapses(tx) if alone else None
    made = restriction.id
    tx.session.add(restriction)
    tx.session.flush()
    for message_id in draft.message_ids:
        add_child(tx, message_id=message_id, child_id=made, kind=ChildKind.RESTRICTION)
        tx.session.add(RestrictionGround(restriction_id=made, message_id=message_id))
    add_tasks(tx, restriction, draft)
    tx.session.flush()
    if is_excluded(tx.session, matter_id=made, person_id=tx.actor.person_id):
        raise NotFound("There is no such message.", refused_matter=made)
    load(tx, made)
    details: dict[str, object] = {"kind": draft.kind.value, "grounds": len(draft.message_ids)}
    note_step(tx, STEPS, made, _ORIGIN[state], None, state, token=token, details=details)
    tell_below(tx, restriction)
    return made


def new_row(tx: Tx, draft: Draft, state: State, origin: str, proposer_id: str) -> Restriction:
    """A restriction with what was entered, as it begins."""
    made = new_id()
    return Restriction(
        id=made,
        kind=draft.kind.value,
        origin=origin,
        state=state.value,
        state_since=tx.now,
        sender_id=draft.sender_id,
        person=_seal(tx, made, "person", draft.person),
        clause=draft.clause,
        grave=draft.grave,
        reason=_seal(tx, made, "reason", draft.reason),
        public_reason=_seal(tx, made, "public_reason", draft.public_reason),
        proportionality=_seal(tx, made, "proportionality", draft.proportionality),
        event=_seal(tx, made, "event", draft.event),
        proposed_by=proposer_id,
        proposed_at=tx.now,
        review_at=draft.review_at,
        expires_at=draft.expires_at,
        letter_withheld=b"",
        appeal_hash=appeal_hash(tx.keys, made),
        appealed=False,
    )


_ORIGIN = {
    State.PROPOSED: "proposal",
    State.EMERGENCY: "emergency",
    State.UNRATIFIED: "already_done",
}


def _check_grounds(tx: Tx, draft: Draft) -> None:
    """Every ground is a message of the person it is about, by whatever address that the proposer
    knows as theirs, and the proposer may know of it."""
    theirs: Collection[str] = ()
    if draft.sender_id is not None:
        theirs = members(tx.session, viewer=tx.actor, sender_id=draft.sender_id)
    for message_id in draft.message_ids:
        message = known(tx, message_id)
        if draft.sender_id is not None and message.sender_id not in theirs:
            raise Invalid("One of these messages is from somebody else.", field="messages")


def check_verified(tx: Tx, draft: Draft) -> None:
    """An address can be put into a mail by anybody: where no mail from it was ever verified, a
    block on it needs a reason why it is this person's (services.md)."""
    if draft.kind is not Kind.SERVICE_BLOCK or draft.sender_id is None:
        return
    asked = [
        one
        for one in draft.targets
        if one.target not in rules.NO_BLOCK and not one.unverified_reason
    ]
    for one in asked:
        if not address_is_verified(
            tx.session, viewer=tx.actor, sender_id=draft.sender_id, subject=one.subject
        ):
            raise Invalid(
                "No mail from this address was verified: say why it is this person's.",
                field="unverified_reason",
            )


def _check_grave(tx: Tx, draft: Draft) -> None:
    """What somebody has said of the grounds already stands against a graver word now."""
    if draft.kind is not Kind.SERVICE_BLOCK:
        return
    for message_id in draft.message_ids:
        message = tx.session.get(Message, message_id)
        said = None if message is None else message.dispositions
        if message is None or said is None or message.severity is None:
            return
        if Disposition.THREATENING.value in said and message.severity == Severity.HIGH.value:
            return
    raise Invalid("These messages were not found to be a threat of high severity.", field="grave")


def add_tasks(tx: Tx, restriction: Restriction, draft: Draft) -> None:
    """One a place. What was done already is applied, by who did it and then; not looked up yet."""
    restriction_id, done_by = restriction.id, restriction.done_by
    for one in draft.targets:
        task_id = new_id()
        state, since = rules.first_target_state(one.target), tx.now
        if done_by is not None and state is TargetState.REQUESTED:
            state, since = TargetState.APPLIED, restriction.since or tx.now
        applied = state is TargetState.APPLIED
        sealed = {
            column: tx.seal(restriction_id, "enforcement_tasks", column, task_id, text)
            for column, text in (
                ("subject", one.subject),
                ("proportionality", one.proportionality),
                ("unverified_reason", one.unverified_reason),
            )
        }
        tx.session.add(
            EnforcementTask(
                id=task_id,
                restriction_id=restriction_id,
                target=one.target,
                state=state.value,
                state_since=since,
                applied_by=done_by if applied else None,
                applied_at=since if applied else None,
                level=one.level,
                note=b"",
                **sealed,
            )
        )
        tx.session.flush()
        tx.session.add_all(
            EnforcementSubject(task_id=task_id, entry_hash=digest)
            for digest in sorted(hashes_of(tx.keys, one.target, one.subject))
        )


def _lapses(tx: Tx) -> datetime:
    calendar = work_calendar(tx.session, tx.settings)
    return emergency_end(end_of_working_day(calendar, tx.now, ALONE_UNTIL), tx.now)


def _seal(tx: Tx, restriction_id: str, column: str, text: str) -> bytes:
    return tx.seal(restriction_id, "restrictions", column, restriction_id, text)

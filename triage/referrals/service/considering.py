"""How a referral begins: a message is marked of particular concern, or somebody puts it forward.

Marking and considering are one act (P-POL-1): a message that carries the mark has a referral that
must be resolved before it closes.
"""

from datetime import datetime

from sqlalchemy import select

from triage.conduct.kinds import Disposition, Severity
from triage.conduct.steps import note_step
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Invalid
from triage.core.exclusions import excluded
from triage.core.ids import new_id
from triage.core.steps import owner_of
from triage.core.text import needed
from triage.messages.queries.groups import members
from triage.messages.rules import ChildKind
from triage.messages.service.children import add_child
from triage.messages.service.review import ask_second_look
from triage.messages.service.stepping import known
from triage.messages.tables import Message
from triage.referrals import rules
from triage.referrals.queries.listing import known_to
from triage.referrals.rules import LawfulBasis, State
from triage.referrals.service.moving import (
    MESSAGE,
    STEPS,
    ask_anew,
    load,
    team_of,
    tell_below,
    touch,
)
from triage.referrals.tables import Disclosure, Referral, ReferralMatter


def mark_concern(
    tx: Tx,
    *,
    message_id: str,
    version: int,
    note: str,
    labels: tuple[Disposition, ...] = (),
    severity: Severity | None = None,
    token: str | None = None,
) -> str:
    """Mark what one holds as of particular concern: a second look, and a referral to consider.

    Where one of the same sender is being considered already, it rests on this message too.
    """
    tx.allow(Action.CONSIDER_REFERRAL)
    ask_second_look(
        tx,
        message_id=message_id,
        version=version,
        note=note,
        labels=labels,
        severity=severity,
        particular_concern=True,
        token=token,
    )
    live = live_for(tx, message_id)
    if live is not None:
        return live
    joined = _that_it_joins(tx, message_id)
    if joined is None:
        return consider(tx, message_ids=(message_id,), reason=note)
    add_messages(tx, joined, (message_id,))
    touch(tx, joined)
    tell_below(tx, joined)
    tx.record("referral_joined", joined.id, message=message_id)
    return joined.id


def _that_it_joins(tx: Tx, message_id: str) -> Referral | None:
    """The sender's referral that can still take in one more message.

    Only while it is considered and nobody has said no: what was decided, or is with the police
    already, was decided without this message, and must not settle it (P-POL-1). Nor does it join
    where somebody who has a part would lose it, or where the actor has none.
    """
    sender_id = tx.session.get_one(Message, message_id).sender_id
    if sender_id is None:
        return None
    found = tx.session.scalars(
        select(Referral)
        .where(
            Referral.sender_id == sender_id,
            Referral.state == State.CONSIDERING.value,
            known_to(tx.actor),
        )
        .order_by(Referral.considered_at, Referral.id)
    )
    barred = excluded(tx.session, [message_id]).get(message_id, frozenset())
    for one in found:
        team = team_of(tx, one)
        if not team.against and not team.put_forward & barred:
            return load(tx, one.id)
    return None


def consider(tx: Tx, *, message_ids: tuple[str, ...], reason: str, token: str | None = None) -> str:
    """Put messages of one sender forward for the police; the referral's id.

    From this moment on everything that it rests on is kept (P-POL-3).
    """
    tx.allow(Action.CONSIDER_REFERRAL)
    already = owner_of(tx, STEPS, token)
    if already is not None:
        return already
    reason = needed(reason, field="reason", ask="Say why.")
    if not message_ids:
        raise Invalid("Choose the messages that it rests on.", field="messages")
    referral = new_referral(tx, sender_of(tx, message_ids), reason)
    tx.session.add(referral)
    tx.session.flush()
    add_messages(tx, referral, message_ids)
    load(tx, referral.id)  # whoever has no part in one of them has none in this
    note_step(
        tx, STEPS, referral.id, "consider", None, State.CONSIDERING, token=token,
        details={"messages": len(message_ids)},
    )  # fmt: skip
    tell_below(tx, referral)
    return referral.id


def add_messages(tx: Tx, referral: Referral, message_ids: tuple[str, ...]) -> None:
    """Let a referral rest on more messages; who has no part in them has none in it.

    All are of one person, by whatever address that the actor knows as theirs. Somebody else may be
    at risk by what is new: that they were told of the first says nothing.
    """
    theirs: set[str | None] = {referral.sender_id}
    if referral.sender_id is not None:
        theirs |= set(members(tx.session, viewer=tx.actor, sender_id=referral.sender_id))
    for message_id in dict.fromkeys(message_ids):
        message = known(tx, message_id)
        if message.sender_id not in theirs:
            raise Invalid("One of these messages is from somebody else.", field="messages")
        if tx.session.get(ReferralMatter, (referral.id, message_id)) is None:
            add_child(tx, message_id=message_id, child_id=referral.id, kind=ChildKind.REFERRAL)
            tx.session.add(
                ReferralMatter(referral_id=referral.id, matter_id=message_id, kind=MESSAGE)
            )
            ask_anew(tx, referral)
    tx.session.flush()


def live_for(tx: Tx, message_id: str) -> str | None:
    """The referral that rests on a message and has not ended, if there is one."""
    found = (
        select(Referral.id)
        .join(ReferralMatter, ReferralMatter.referral_id == Referral.id)
        .where(
            ReferralMatter.matter_id == message_id,
            Referral.state.in_([one.value for one in rules.LIVE]),
        )
        .order_by(Referral.considered_at, Referral.id)
    )
    return tx.session.scalar(found.limit(1))


def disclose_row(
    tx: Tx,
    referral: Referral,
    *,
    at: datetime,
    to_whom: str,
    what: str,
    basis: LawfulBasis,
    pack_hash: str | None = None,
) -> str:
    """Write down one thing that was told or handed over; its id."""
    if pack_hash is not None and not _is_hash(pack_hash):
        raise Invalid("Enter the pack's SHA-256: 64 characters.", field="pack_hash")
    identifier = new_id()
    tx.session.add(
        Disclosure(
            id=identifier,
            referral_id=referral.id,
            at=at,
            recorded_at=tx.now,
            by=tx.actor.person_id,
            to_whom=tx.seal(referral.id, "disclosures", "to_whom", identifier, to_whom),
            what=tx.seal(referral.id, "disclosures", "what", identifier, what),
            lawful_basis=basis.value,
            pack_hash=pack_hash,
        )
    )
    tx.record("disclosed", referral.id, disclosure=identifier, basis=basis.value)
    return identifier


def new_referral(tx: Tx, sender_id: str | None, reason: str) -> Referral:
    """A referral that is only being considered yet, by the actor."""
    made = new_id()
    return Referral(
        id=made,
        state=State.CONSIDERING.value,
        state_since=tx.now,
        sender_id=sender_id,
        considered_by=tx.actor.person_id,
        considered_at=tx.now,
        reason=tx.seal(made, "referrals", "reason", made, reason),
        disclosed=b"",
        reporter_data=False,
        danger_now=False,
        other_route=b"",
        force=b"",
        reference=b"",
        officer=b"",
        at_risk_note=b"",
    )


def sender_of(tx: Tx, message_ids: tuple[str, ...]) -> str | None:
    """Who sent the first of these messages; all of them must be theirs."""
    first = tx.session.get(Message, message_ids[0]) if message_ids else None
    return None if first is None else first.sender_id


def _is_hash(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")

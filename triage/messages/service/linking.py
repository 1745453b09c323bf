"""A person says that two senders are one, or two, and takes it back. The system never does."""

from collections.abc import Sequence

from sqlalchemy import and_, exists, or_, select

from triage.core.access import Action, Actor, visible
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotFound
from triage.core.exclusions import Exclusion, ExclusionKind, exclude, inherit
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.messages.queries.groups import members
from triage.messages.queries.senders import evidence
from triage.messages.service.stepping import load
from triage.messages.tables import Message
from triage.senders.rules import (
    GROUNDS,
    NO_SUCH_SENDER,
    TAKING_BACK,
    LinkReason,
    Verdict,
    check_ground,
    check_verdict,
    pair,
)
from triage.senders.tables import SenderLink


def confirm_link(
    tx: Tx, *, message_id: str, other_id: str, reason: LinkReason, note: str = ""
) -> str:
    """The sender of this message and the other are one person; the link's id.

    History, earlier decisions and counts are joined from now on. Their identifiers stay as they
    are, and the link can be taken back.
    """
    return _say(tx, Verdict.SAME, message_id, other_id, reason, note)


def reject_link(
    tx: Tx, *, message_id: str, other_id: str, reason: LinkReason, note: str = ""
) -> str:
    """They are two people: it is not suggested again. The id of what was said."""
    return _say(tx, Verdict.DIFFERENT, message_id, other_id, reason, note)


def unlink(tx: Tx, *, message_id: str, link_id: str, reason: LinkReason, note: str = "") -> None:
    """Take back that two senders are one person, or two; who said so first does not matter.

    Where several colleagues said the same of the two, all of it is taken back.
    """
    tx.allow(Action.REVIEW)
    sender_id = _sender_of(tx, message_id)
    note = check_ground(reason, TAKING_BACK, note)
    group = members(tx.session, viewer=tx.actor, sender_id=sender_id)
    wanted = select(SenderLink).where(
        SenderLink.id == link_id,
        visible(tx.actor, SenderLink.id),
        SenderLink.ended_at.is_(None),
        or_(SenderLink.one_id.in_(group), SenderLink.other_id.in_(group)),
    )
    found = tx.session.scalar(wanted)
    if found is None:
        raise NotFound("There is nothing to take back any more.")
    alike = select(SenderLink).where(
        SenderLink.one_id == found.one_id,
        SenderLink.other_id == found.other_id,
        SenderLink.verdict == found.verdict,
        SenderLink.ended_at.is_(None),
        visible(tx.actor, SenderLink.id),
    )
    for one in tx.session.scalars(alike.order_by(SenderLink.id).with_for_update()):
        one.ended_by, one.ended_at, one.ended_reason = tx.actor.person_id, tx.now, reason.value
        one.ended_note = tx.seal(one.id, "sender_links", "ended_note", one.id, note)
        tx.record("sender_unlinked", one.id, verdict=one.verdict, reason=reason.value)


def _say(
    tx: Tx, verdict: Verdict, message_id: str, other_id: str, reason: LinkReason, note: str
) -> str:
    tx.allow(Action.REVIEW)
    sender_id = _sender_of(tx, message_id)
    note = check_ground(reason, GROUNDS[verdict], note)
    wrote = select(Message.id).where(Message.sender_id == other_id, visible(tx.actor, Message.id))
    if tx.session.scalar(wrote.limit(1)) is None:
        raise NotFound(NO_SUCH_SENDER)
    if other_id == sender_id:
        raise Invalid("That is the sender of this message.", field="other_id")
    group = members(tx.session, viewer=tx.actor, sender_id=sender_id)
    others = members(tx.session, viewer=tx.actor, sender_id=other_id)
    check_verdict(verdict, joined=other_id in group, parted=_parted(tx, group, others))
    grounds, messages = evidence(tx.session, viewer=tx.actor, sender_ids=group, other_id=other_id)
    strangers = _strangers(tx, messages, sender_id=sender_id, other_id=other_id)
    one, other = pair(sender_id, other_id)
    link = SenderLink(
        id=new_id(),
        one_id=one,
        other_id=other,
        verdict=verdict.value,
        because=[each.value for each in grounds],
        reason=reason.value,
        by=tx.actor.person_id,
        at=tx.now,
    )
    link.note = tx.seal(link.id, "sender_links", "note", link.id, note)
    tx.session.add(link)
    # It tells of the messages it came from: who has no part in them has none in it.
    inherit(tx.session, parent_id=message_id, child_id=link.id, at=tx.now)
    tx.session.flush()
    for person_id in strangers:
        kind = ExclusionKind.EXCLUDED
        exclude(tx.session, matter_id=link.id, person_id=person_id, kind=kind, at=tx.now)
    # The grounds stay out of the record: they may stand in messages that its reader may not know.
    what = "sender_linked" if verdict is Verdict.SAME else "sender_kept_apart"
    tx.record(what, link.id, reason=reason.value)
    return link.id


def _strangers(
    tx: Tx, messages: Sequence[str], *, sender_id: str, other_id: str
) -> tuple[str, ...]:
    """Who has no part in a message behind a link, and so none in the link.

    But for those to whom the desk would suggest it by what they may see themselves: for them it
    must be there as if the other messages had never come.
    """
    found = []
    behind = select(Exclusion.person_id).where(Exclusion.matter_id.in_(messages)).distinct()
    for person_id in sorted(tx.session.scalars(behind)):
        they = Actor(person_id, "", frozenset({Role.REVIEWER}))
        group = members(tx.session, viewer=they, sender_id=sender_id)
        grounds, _ = evidence(tx.session, viewer=they, sender_ids=group, other_id=other_id)
        if not grounds:
            found.append(person_id)
    return tuple(found)


def _sender_of(tx: Tx, message_id: str) -> str:
    sender_id = load(tx, message_id).sender_id
    if sender_id is None:
        raise Invalid("Nobody is known as the sender of this message.", field="message_id")
    return sender_id


def _parted(tx: Tx, group: Sequence[str], others: Sequence[str]) -> bool:
    """Whether somebody said that one of these and one of those are two people."""
    across = or_(
        and_(SenderLink.one_id.in_(group), SenderLink.other_id.in_(others)),
        and_(SenderLink.one_id.in_(others), SenderLink.other_id.in_(group)),
    )
    said = exists().where(
        SenderLink.verdict == Verdict.DIFFERENT.value,
        SenderLink.ended_at.is_(None),
        visible(tx.actor, SenderLink.id),
        across,
    )
    return bool(tx.session.scalar(select(said)))

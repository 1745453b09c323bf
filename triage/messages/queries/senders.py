"""Who wrote: what they are known by, what colleagues said of them, and who else they may be.

All of it is read from messages that the viewer may see. Suggestions rest on mail that was ever in
the queue, on both sides: unflagged mail of other people is not browsed (policy.md, retention).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from triage.core.access import Action, Actor, check, visible
from triage.core.sealed import Vault
from triage.messages.beside.tables import MessageTrace
from triage.messages.queries.groups import members
from triage.messages.tables import Message
from triage.senders.rules import Because, IdentityKind, Verdict
from triage.senders.tables import SenderIdentity, SenderLink
from triage.staff.queries import names

SHOWN = 10
"""Suggestions listed at once."""
COUNTED = 100
"""Suggestions counted at the most: beyond, a number would say nothing more."""


@dataclass(frozen=True, slots=True)
class Known:
    """One identifier. ``value`` is outside text; ``None`` once it was erased."""

    sender_id: str
    kind: IdentityKind
    namespace: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Alike:
    """A sender who may be the same person, and why. Nobody but a person says that they are."""

    sender_id: str
    known: tuple[Known, ...]
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a colleague said of two senders."""

    link_id: str
    verdict: Verdict
    who: str
    at: datetime
    reason: str
    note: str
    one: tuple[Known, ...]
    other: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class SenderView:
    """A sender as one viewer may know them, joined over all that is the same person."""

    known: tuple[Known, ...]
    messages: int
    decided: int
    """Messages that were decided as abusive."""
    first: datetime | None
    last: datetime | None
    said: tuple[Said, ...]
    alike: tuple[Alike, ...]
    alike_count: int
    """At most ``COUNTED``."""


def sender_view(
    session: Session, *, viewer: Actor, vault: Vault, sender_id: str
) -> SenderView | None:
    """The sender of a message; ``None`` where the viewer may see no message of theirs."""
    check(viewer, Action.REVIEW)
    seen = select(Message.id).where(visible(viewer, Message.id), Message.sender_id == sender_id)
    if session.scalar(seen.limit(1)) is None:
        return None
    group = members(session, viewer=viewer, sender_id=sender_id)
    count, decided, first, last = session.execute(
        select(
            func.count(),
            func.count(Message.severity),
            func.min(Message.received_at),
            func.max(Message.received_at),
        ).where(
            visible(viewer, Message.id),
            Message.sender_id.in_(group),
            Message.queued_at.is_not(None),
        )
    ).one()
    ends = {one.id: one for one in _links(session, viewer, group)}
    because = alike(session, viewer=viewer, sender_ids=group)
    listed = sorted(because, key=lambda one: (-len(because[one]), one))[:SHOWN]
    wanted = {
        *group,
        *listed,
        *(end for one in ends.values() for end in (one.one_id, one.other_id)),
    }
    known = _known(session, wanted)
    return SenderView(
        known=tuple(sorted_known([k for one in group for k in known.get(one, ())])),
        messages=count,
        decided=decided,
        first=first,
        last=last,
        said=_said(session, vault, list(ends.values()), known),
        alike=tuple(Alike(one, known.get(one, ()), because[one]) for one in listed),
        alike_count=len(because),
    )


def alike(
    session: Session, *, viewer: Actor, sender_ids: Collection[str]
) -> dict[str, tuple[Because, ...]]:
    """Sender -> why they may be the person of these senders; ``COUNTED`` of them at the most.

    Each ground is a look-up by an indexed hash, so that a swarm of addresses costs one pass.
    """
    check(viewer, Action.REVIEW)
    grounds = union_all(*_grounds(viewer, sender_ids)).subquery()
    parted = _parted(viewer, sender_ids, grounds.c.sender_id)
    found = session.execute(
        select(grounds.c.sender_id, grounds.c.because)
        .where(grounds.c.sender_id.not_in(sender_ids), ~parted)
        .distinct()
        .order_by(grounds.c.sender_id, grounds.c.because)
        .limit(COUNTED * len(Because))
    )
    held: dict[str, list[Because]] = {}
    for sender_id, because in found:
        held.setdefault(sender_id, []).append(Because(because))
    return {one: tuple(held[one]) for one in list(held)[:COUNTED]}


def evidence(
    session: Session, *, viewer: Actor, sender_ids: Collection[str], other_id: str
) -> tuple[dict[Because, tuple[str, ...]], tuple[str, ...]]:
    """The grounds on which this viewer is shown the other as alike, and the messages behind them.

    A form of an address needs no message; a number or a text stands in the messages named.
    """
    check(viewer, Action.REVIEW)
    held: dict[Because, set[str]] = {}
    for ground in _grounds(viewer, sender_ids):
        part = ground.subquery()
        for row in session.execute(select(part).where(part.c.sender_id == other_id)):
            messages = held.setdefault(Because(row.because), set())
            messages |= {one for one in (row.mine, row.theirs) if one is not None}
    grounds = {one: tuple(sorted(held[one])) for one in sorted(held)}
    return grounds, tuple(sorted({one for ids in grounds.values() for one in ids}))


def sorted_known(known: Sequence[Known]) -> list[Known]:
    """Identifiers in the order in which they are shown."""
    return sorted(known, key=lambda one: (one.kind, one.namespace, one.value or "", one.sender_id))


def _grounds(viewer: Actor, group: Collection[str]) -> list[Any]:
    """(sender_id, because, mine, theirs) by each ground, from mail that was ever queued."""
    own, other = aliased(SenderIdentity), aliased(SenderIdentity)
    mine, theirs = aliased(Message), aliased(Message)
    trace, echo = aliased(MessageTrace), aliased(MessageTrace)
    nothing = literal(None)

    def shown(message: Any) -> tuple[Any, ...]:
        return visible(viewer, message.id), message.queued_at.is_not(None)

    wrote = exists().where(theirs.sender_id == other.sender_id, *shown(theirs))
    of_handle = own.kind == IdentityKind.HANDLE.value

    def by_form(because: Because, condition: Any) -> Any:
        return (
            select(other.sender_id, literal(because.value).label("because"), nothing.label("mine"),
                   nothing.label("theirs"))
            .join(own, own.loose_hash == other.loose_hash)
            .where(own.sender_id.in_(group), condition, wrote)
        )  # fmt: skip

    left = select(trace.kind, trace.hash, func.min(mine.id).label("mine")).join(
        mine, mine.id == trace.message_id
    )
    traces = (
        left.where(mine.sender_id.in_(group), *shown(mine))
        .group_by(trace.kind, trace.hash)
        .subquery()
    )
    contact = literal(Because.CONTACT.value).label("because")
    return [
        by_form(Because.FORM, ~of_handle),
        by_form(Because.HANDLE, of_handle),
        # A message of theirs gives the other's number, account or handle …
        select(other.sender_id, contact, traces.c.mine, nothing.label("theirs"))
        .join(traces, traces.c.hash == other.identifier_hash)
        .where(wrote),
        # … or the other way about …
        select(theirs.sender_id, contact, nothing.label("mine"), theirs.id.label("theirs"))
        .join(echo, echo.message_id == theirs.id)
        .join(own, own.identifier_hash == echo.hash)
        .where(own.sender_id.in_(group), *shown(theirs)),
        # … or both the same; or both sent the same long text.
        select(theirs.sender_id, traces.c.kind.label("because"), traces.c.mine,
               theirs.id.label("theirs"))
        .join(echo, echo.message_id == theirs.id)
        .join(traces, (traces.c.hash == echo.hash) & (traces.c.kind == echo.kind))
        .where(theirs.sender_id.is_not(None), *shown(theirs)),
    ]  # fmt: skip


def _parted(viewer: Actor, group: Collection[str], sender_id: Any) -> Any:
    """Whether somebody said that this sender is another person than one of the group."""
    return exists().where(
        SenderLink.verdict == Verdict.DIFFERENT.value,
        SenderLink.ended_at.is_(None),
        visible(viewer, SenderLink.id),
        or_(
            (SenderLink.one_id == sender_id) & SenderLink.other_id.in_(group),
            (SenderLink.other_id == sender_id) & SenderLink.one_id.in_(group),
        ),
    )


def _links(session: Session, viewer: Actor, group: Collection[str]) -> list[SenderLink]:
    """What stands of these senders, where the viewer may see a message of either end."""

    def seen(end: Any) -> Any:
        wrote = aliased(Message)
        return exists().where(wrote.sender_id == end, visible(viewer, wrote.id))

    return list(
        session.scalars(
            select(SenderLink)
            .where(
                visible(viewer, SenderLink.id),
                SenderLink.ended_at.is_(None),
                or_(SenderLink.one_id.in_(group), SenderLink.other_id.in_(group)),
                seen(SenderLink.one_id),
                seen(SenderLink.other_id),
            )
            .order_by(SenderLink.at, SenderLink.id)
        )
    )


def _known(session: Session, sender_ids: Collection[str]) -> dict[str, tuple[Known, ...]]:
    found: dict[str, list[Known]] = {}
    for one in session.scalars(
        select(SenderIdentity).where(SenderIdentity.sender_id.in_(sender_ids))
    ):
        known = Known(one.sender_id, IdentityKind(one.kind), one.namespace, one.value)
        found.setdefault(one.sender_id, []).append(known)
    return {sender_id: tuple(sorted_known(known)) for sender_id, known in found.items()}


def _said(
    session: Session, vault: Vault, links: list[SenderLink], known: dict[str, tuple[Known, ...]]
) -> tuple[Said, ...]:
    people = names(session, {one.by for one in links})
    return tuple(
        Said(
            one.id,
            Verdict(one.verdict),
            people.get(one.by, "Somebody"),
            one.at,
            one.reason,
            vault.show(
                session,
                owner_id=one.id,
                table="sender_links",
                column="note",
                row_id=one.id,
                sealed=one.note,
            ),
            known.get(one.one_id, ()),
            known.get(one.other_id, ()),
        )
        for one in links
    )

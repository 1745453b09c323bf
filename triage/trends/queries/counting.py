"""What the tables of a period are made of: living messages and stubs together, each once.

Counted over everything, for nobody: what comes out is small tables that are the same for all who
read them, and that the gate has let pass (trust.md, section 5). No viewer reads this.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, or_, select
from sqlalchemy.orm import Session

from triage.core.crypto import KeyedHash
from triage.core.exclusions import Exclusion, ExclusionKind
from triage.messages.rules import Edge
from triage.messages.stubs.rules import WAITS, wait
from triage.messages.stubs.service import sender_hash
from triage.messages.stubs.tables import MessageStub
from triage.messages.tables import Message, MessageReveal, MessageTransition
from triage.referrals.tables import Referral
from triage.restrictions.tables import Restriction
from triage.senders.rules import Verdict
from triage.senders.tables import Sender, SenderLink
from triage.trends.queries.belonging import (
    counted,
    flagged_at_once,
    flagged_by_hand,
    flagged_stub,
    months,
    stretch,
)
from triage.trends.rules import Period, Span
from triage.trends.tally import Tally
from triage.trends.views import (
    ABUSE,
    ALL,
    CHANNELS,
    ELSEWHERE,
    KINDS,
    NO_BREACH,
    OTHER_CHANNEL,
    OTHER_SERVICE,
    RESTRICTIONS,
    SERVICES,
    SEVERITIES,
    Node,
)

Found = defaultdict[Node, Tally]
Who = Callable[[str | None], str]


def gather(
    session: Session, *, period: Period, keys: KeyedHash, step: Callable[[], None] = lambda: None
) -> dict[Node, Tally]:
    """Every cell of a period's fixed schema that is not empty. ``step``: one of ``STEPS`` done."""
    found: Found = defaultdict(Tally)
    who = _who(session, period, keys)
    for work in (_received, _flagged, _decided, _restrictions, _referrals):
        work(session, period, found, who)
        step()
    return dict(found)


STEPS = 5


def _received(session: Session, period: Period, found: Found, who: Who) -> None:
    if period.span is Span.QUARTER:
        return
    fine = period.span is Span.MONTH
    for row, count in _grouped(session, counted(period), fine=fine):
        for node in _where("received", row, fine=fine):
            found[node].add(who(row.sender_id), (), count)
    for row in _named(session, counted(period), fine=fine):
        for node in _where("received", row, fine=fine):
            found[node].recipients.add(row.person_id)
    for stub, named in _stubs(session, MessageStub.month.in_(months(period))):
        for node in _where("received", stub, fine=fine):
            found[node].add(who(stub.sender_hash), named)


def _flagged(session: Session, period: Period, found: Found, who: Who) -> None:
    fine = period.span is Span.QUARTER
    for known in (flagged_at_once(period), flagged_by_hand(period)):
        for row, count in _grouped(session, known, fine=fine):
            for node in _where("flagged", row, fine=fine):
                found[node].add(who(row.sender_id), (), count)
        for row in _named(session, known, fine=fine):
            for node in _where("flagged", row, fine=fine):
                found[node].recipients.add(row.person_id)
    for stub, named in _stubs(session, flagged_stub(period)):
        for node in _where("flagged", stub, fine=fine):
            found[node].add(who(stub.sender_hash), named)


def _where(population: str, row: Any, *, fine: bool) -> Iterator[Node]:
    yield population, "", ALL
    if fine:
        yield population, "service", row.service if row.service in SERVICES else OTHER_SERVICE
        yield population, "channel", row.channel if row.channel in CHANNELS else OTHER_CHANNEL


def _places(*, fine: bool) -> list[Any]:
    """What is grouped by: a service that is none of ours is never told apart from another."""
    if not fine:
        return []
    service = case((Message.service.in_(SERVICES), Message.service), else_=OTHER_SERVICE)
    return [service.label("service"), Message.channel]


def _grouped(
    session: Session, where: ColumnElement[bool], *, fine: bool
) -> Iterator[tuple[Row[Any], int]]:
    places = _places(fine=fine)
    wanted = select(Message.sender_id, func.count().label("count"), *places)
    wanted = wanted.where(where).group_by(Message.sender_id, *places)
    for row in session.execute(wanted.execution_options(yield_per=10_000)):
        yield row, row[1]


def _named(session: Session, where: ColumnElement[bool], *, fine: bool) -> Iterator[Row[Any]]:
    """To whom messages were addressed by name. A shared mailbox is no person."""
    places = _places(fine=fine)
    wanted = select(Exclusion.person_id, *places).distinct()
    wanted = wanted.join(Message, Message.id == Exclusion.matter_id).where(
        Exclusion.kind == ExclusionKind.RECIPIENT.value, where
    )
    return iter(session.execute(wanted))


def _stubs(
    session: Session, *where: ColumnElement[bool]
) -> Iterator[tuple[MessageStub, list[str]]]:
    """Stubs, each with whom its message was addressed to by name: they still have no part in it."""
    named: dict[str, list[str]] = defaultdict(list)
    wanted = select(Exclusion.matter_id, Exclusion.person_id).join(
        MessageStub, MessageStub.id == Exclusion.matter_id
    )
    of_them = wanted.where(Exclusion.kind == ExclusionKind.RECIPIENT.value, *where)
    for matter_id, person_id in session.execute(of_them):
        named[matter_id].append(person_id)
    for stub in session.scalars(select(MessageStub).where(*where)):
        yield stub, named[stub.id]


def _decided(session: Session, period: Period, found: Found, who: Who) -> None:
    if period.span is Span.MONTH:
        return
    inside = stretch(period).holds(Message.decided_at)
    waits = _waits(session, inside)
    named = _recipients(session, inside)
    fields = (Message.id, Message.sender_id, Message.dispositions, Message.severity)
    when = (Message.queued_at, Message.decided_at)
    for row in session.execute(select(*fields, *when).where(inside)):
        waited = waits.get(row.id) or _till_decided(row.queued_at, row.decided_at)
        for node in decided_nodes(row.dispositions, row.severity, waited):
            found[node].add(who(row.sender_id), named.get(row.id, ()))
    for stub, to in _stubs(session, MessageStub.decided_month.in_(months(period))):
        band = stub.review_band or WAITS[-1]
        for node in decided_nodes(stub.dispositions, stub.severity, band):
            found[node].add(who(stub.sender_hash), to)


def _till_decided(queued: datetime | None, decided: datetime) -> str:
    """What was decided beside another, unopened itself, waited until it was decided."""
    return wait(decided - queued) if queued else WAITS[-1]


def decided_nodes(
    dispositions: list[str] | None, severity: str | None, waited: str
) -> Iterator[Node]:
    """Where a decided message counts: once under its gravest kind."""
    yield "decided", "", ALL
    kind = NO_BREACH if dispositions is not None else ELSEWHERE
    kind = next((one for one in KINDS if one in (dispositions or ())), kind)
    yield "decided", "kind", kind
    yield "decided", "wait", waited
    if kind in KINDS:
        yield ABUSE
        yield "decided", "severity", severity if severity in SEVERITIES else SEVERITIES[0]


def _waits(session: Session, inside: ColumnElement[bool]) -> dict[str, str]:
    """Message -> how long it was from the queue to when somebody opened it first."""

    def first(edge: Edge) -> dict[str, datetime]:
        wanted = (
            select(MessageTransition.message_id, func.min(MessageTransition.at))
            .join(Message, Message.id == MessageTransition.message_id)
            .where(inside, MessageTransition.edge == edge.value)
            .group_by(MessageTransition.message_id)
        )
        return dict(session.execute(wanted).all())

    queued, claimed = first(Edge.QUEUE), first(Edge.CLAIM)
    return {one: wait(at - queued[one]) for one, at in claimed.items() if one in queued}


def _recipients(session: Session, inside: ColumnElement[bool]) -> dict[str, list[str]]:
    wanted = (
        select(Exclusion.matter_id, Exclusion.person_id)
        .join(Message, Message.id == Exclusion.matter_id)
        .where(Exclusion.kind == ExclusionKind.RECIPIENT.value, inside)
    )
    named: dict[str, list[str]] = defaultdict(list)
    for matter_id, person_id in session.execute(wanted):
        named[matter_id].append(person_id)
    return named


def _restrictions(session: Session, period: Period, found: Found, who: Who) -> None:
    if period.span is Span.MONTH:
        return
    wanted = select(Restriction.kind, Restriction.sender_id)
    wanted = wanted.where(stretch(period).holds(Restriction.since))
    for kind, sender_id in session.execute(wanted):
        found["restrictions", "", ALL].add(who(sender_id))
        if kind in RESTRICTIONS:
            found["restrictions", "kind", kind].add(who(sender_id))


def _referrals(session: Session, period: Period, found: Found, who: Who) -> None:
    if period.span is Span.MONTH:
        return
    wanted = select(Referral.sender_id).where(stretch(period).holds(Referral.submitted_at))
    for sender_id in session.scalars(wanted):
        found["referrals", "", ALL].add(who(sender_id))


def reveals(session: Session, period: Period) -> dict[str, int]:
    """Person -> how many grave texts they uncovered whole."""
    wanted = (
        select(MessageReveal.person_id, func.count())
        .where(stretch(period).holds(MessageReveal.at), MessageReveal.severe)
        .group_by(MessageReveal.person_id)
    )
    return dict(session.execute(wanted).all())


def _who(session: Session, period: Period, keys: KeyedHash) -> Who:
    """Sender -> the one name of the person: senders that somebody said are one count as one, and
    a stub counts with the living messages of its sender."""
    root: dict[str, str] = {}

    def top(one: str) -> str:
        while root.get(one, one) != one:
            one = root[one]
        return one

    same = select(SenderLink.one_id, SenderLink.other_id).where(
        SenderLink.verdict == Verdict.SAME.value, SenderLink.ended_at.is_(None)
    )
    for one, other in session.execute(same):
        root[top(other)] = top(one)
    within = months(period)
    stubs = select(MessageStub.id).where(
        or_(
            MessageStub.month.in_(within),
            MessageStub.decided_month.in_(within),
            flagged_stub(period),
        )
    )
    if session.scalar(stubs.limit(1)) is not None:
        for sender_id in session.scalars(select(Sender.id)):
            root[sender_hash(keys, sender_id)] = top(sender_id)
    return lambda sender: "" if sender is None else top(sender)

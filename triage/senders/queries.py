"""Which senders are one person, by the links that colleagues confirmed and nobody took back."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, or_, select, true
from sqlalchemy.orm import Session, aliased

from triage.core.access import known_to_all
from triage.senders.rules import Verdict
from triage.senders.tables import Sender, SenderLink

Way = Callable[[Any, Any], ColumnElement[bool]]
"""Of a link, and of the sender to whom it leads: whether the walk goes on over it."""


def walk(
    starts: Collection[str] | Select[str | None],
    goes_on: Way,
    name: str = "walk",
    at: datetime | None = None,
) -> CTE:
    """(start, member) for each of these senders and everybody whom links that stand lead to.

    ``at``: links that nobody had taken back by then; by itself, that nobody has taken back.
    """
    found = (
        select(Sender.id.label("start"), Sender.id.label("member"))
        .where(Sender.id.in_(starts))
        .cte(name, recursive=True)
    )
    link = aliased(SenderLink)
    other: Any = case((link.one_id == found.c.member, link.other_id), else_=link.one_id)
    onward = (
        select(found.c.start, other)
        .join(link, or_(link.one_id == found.c.member, link.other_id == found.c.member))
        .where(and_(link.verdict == Verdict.SAME.value, _stands(link, at), goes_on(link, other)))
    )
    return found.union(onward)


def one_person(
    session: Session, sender_ids: Collection[str], *, at: datetime | None = None
) -> frozenset[str]:
    """Everybody who is the same person as one of these, whoever may know of it; ``at``: by what
    nobody had taken back by then.

    For a rule that holds whatever a viewer knows. It is never shown, and never listed.
    """
    return _members(session, sender_ids, lambda _link, _other: true(), at)


def openly_one_person(session: Session, sender_ids: Collection[str]) -> frozenset[str]:
    """The same over links from which nobody is excluded: for what is stored alike for all."""
    return _members(session, sender_ids, lambda link, _other: known_to_all(link.id))


def _stands(link: Any, at: datetime | None) -> ColumnElement[bool]:
    ended: ColumnElement[datetime | None] = link.ended_at
    return ended.is_(None) if at is None else or_(ended.is_(None), ended > at)


def _members(
    session: Session, sender_ids: Collection[str], goes_on: Way, at: datetime | None = None
) -> frozenset[str]:
    found = walk(sorted(set(sender_ids)), goes_on, at=at)
    return frozenset(session.scalars(select(found.c.member)))

"""What people decided beside what the model had said, as one viewer may know of it.

Figures for deciders and admins; which messages they are, for deciders alone. Nothing here holds
a text: of each message it is only looked up whether it names a group of people. Erased ones count
by their stubs: harmless mail is erased sooner than abuse, and without it any model would seem
to be right more often than it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from triage.classifier import activation, registry
from triage.classifier.assessment import CONDUCT_LABELS, Band, Route
from triage.core.access import Action, Actor, check, visible
from triage.messages.rules import TERMINAL
from triage.messages.stubs.tables import MessageStub
from triage.messages.tables import Message
from triage.trends.quality import CUTS, THRESHOLDS, Judged

NEWEST = 3000
"""Decided messages that are looked at."""
RECENT, EARLIER = timedelta(days=30), timedelta(days=120)
SAID = 0.5
LISTED = 50
CLOSED = [one.value for one in TERMINAL]


@dataclass(frozen=True, slots=True)
class Scores:
    """How scores are spread, before and now, and how many come in."""

    before: tuple[int, ...]
    now: tuple[int, ...]
    over: tuple[int, ...]
    """Of now, how many lie over each of ``THRESHOLDS``."""
    days: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """One message that the model and a person saw differently. No text of it."""

    id: str
    decided_at: datetime
    flagged: bool
    said: tuple[str, ...]
    dispositions: tuple[str, ...]
    blind: bool


def judged(session: Session, *, viewer: Actor) -> list[Judged]:
    """What people decided, the newest, as figures."""
    check(viewer, Action.READ_QUALITY)
    from triage.classifier.evaluate.sentences import GROUPS  # with regular expressions, on demand

    fields = (
        Message.concern, Message.flagged, Message.dispositions, Message.sampled, Message.scores,
        Message.sample_probability, Message.band, Message.routes, Message.unread, Message.text,
    )  # fmt: skip
    wanted = select(*fields).where(*_decided(viewer))
    wanted = wanted.order_by(Message.decided_at.desc(), Message.id).limit(NEWEST)
    living = [
        Judged(
            concern=row.concern,
            flagged=row.flagged,
            abusive=bool(row.dispositions),
            weight=_weight(row),
            blind=row.sampled,
            said=_said(row.scores),
            groups=tuple(one.name for one in GROUPS if one.named.search(row.text)),
        )
        for row in session.execute(wanted)
    ]
    return living + _of_stubs(session, viewer, NEWEST - len(living))


def _of_stubs(session: Session, viewer: Actor, most: int) -> list[Judged]:
    """The same of what is erased, the newest by its month."""
    wanted = (
        select(MessageStub)
        .where(
            visible(viewer, MessageStub.id),
            MessageStub.decided_month.is_not(None),
            MessageStub.model_version != "none",
        )
        .order_by(MessageStub.decided_month.desc(), MessageStub.id)
        .limit(most)
    )
    return [
        Judged(
            concern=one.concern,
            flagged=one.by_model,
            abusive=bool(one.dispositions),
            weight=1 / one.sample_probability
            if one.sampled and one.sample_probability > 0
            else float(one.outside),
            blind=one.sampled,
            said=tuple(label for label in CONDUCT_LABELS if label in one.labels),
        )
        for one in session.scalars(wanted)
        if one.dispositions is not None
    ]


def scores(session: Session, *, viewer: Actor, now: datetime) -> Scores:
    """How the model's scores are spread in the last month, and in the three before it."""
    check(viewer, Action.READ_QUALITY)
    known = visible(viewer, Message.id)
    recent = and_(known, Message.imported_at > now - RECENT)
    earlier = and_(known, Message.imported_at <= now - RECENT, Message.imported_at > now - EARLIER)
    over = [func.sum(case((Message.concern >= cut, 1), else_=0)) for cut in THRESHOLDS]
    counted = session.execute(select(*over).where(recent)).one()
    return Scores(
        before=_spread(session, earlier),
        now=_spread(session, recent),
        over=tuple(int(one or 0) for one in counted),
        days=RECENT.days,
    )


def mistakes(session: Session, *, viewer: Actor) -> tuple[Mistake, ...]:
    """What the model is wrong about, newest first: of messages the viewer may know of, no text."""
    check(viewer, Action.READ_MISTAKES)
    fields = (Message.id, Message.decided_at, Message.flagged, Message.dispositions)
    wanted = select(*fields, Message.scores, Message.sampled).where(*_decided(viewer))
    wanted = wanted.order_by(Message.decided_at.desc(), Message.id).limit(NEWEST)
    found = [
        Mistake(
            id=row.id,
            decided_at=row.decided_at,
            flagged=row.flagged,
            said=_said(row.scores),
            dispositions=tuple(row.dispositions or ()),
            blind=row.sampled,
        )
        for row in session.execute(wanted)
    ]
    return tuple(one for one in found if one.flagged is not bool(one.dispositions))[:LISTED]


def compared(home: Path) -> list[dict[str, Any]]:
    """Every comparison of two models on the same held-out messages, the newest first."""
    found = [
        one
        for stored in registry.models(home)
        if not stored.problem
        for one in activation.comparisons(registry.find(home, stored.version))
    ]
    return sorted(found, key=lambda one: str(one.get("at", "")), reverse=True)


def _decided(viewer: Actor) -> list[ColumnElement[bool]]:
    """Said by a person to be something, or nothing; what was passed on says neither."""
    return [
        visible(viewer, Message.id),
        Message.state.in_(CLOSED),
        Message.decided_at.is_not(None),
        Message.dispositions.is_not(None),
        Message.model_version != "none",
    ]


def _weight(row: Any) -> float:
    """1/chance in the blind sample; what stands outside its frame is reviewed whole, and counts
    once; else it was seen with the model's word beside it, and says nothing of the rest."""
    if row.sampled and row.sample_probability > 0:
        return 1 / float(row.sample_probability)
    outside = row.unread is not None or Route.WELFARE.value in row.routes
    return 1.0 if outside or (row.flagged and row.band == Band.HIGH.value) else 0.0


def _said(scores_of: dict[str, float]) -> tuple[str, ...]:
    return tuple(one for one in CONDUCT_LABELS if scores_of.get(one, 0.0) >= SAID)


def _spread(session: Session, where: ColumnElement[bool]) -> tuple[int, ...]:
    ends = (*CUTS[1:-1], 2.0)  # the last class has its end in it
    parts = [
        func.sum(case((and_(Message.concern >= low, Message.concern < high), 1), else_=0))
        for low, high in zip(CUTS, ends, strict=False)
    ]
    return tuple(int(one or 0) for one in session.execute(select(*parts).where(where)).one())

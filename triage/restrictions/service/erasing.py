"""Restrictions end a time after the last one of the same person or matter: one that is still in
force is the reason to know of those before it (P-POL-3: what a referral rests on stays)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, or_, select
from sqlalchemy.orm import Session

from triage.alarms.service.erasing import forget_matter
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.erased import end_matter, erased, is_erased
from triage.core.erasing import Due, Keeping, Timed, is_over
from triage.core.settings import Settings
from triage.letters.service.erasing import on_its_way
from triage.restrictions.rules import NEVER_HELD, SETTLED, TERMINAL, State
from triage.restrictions.tables import (
    Appeal,
    BlockListEntry,
    EnforcementSubject,
    EnforcementTask,
    FrozenMessage,
    Restriction,
    RestrictionApproval,
    RestrictionGround,
    RestrictionTransition,
)
from triage.senders.standing.service import forget_standing
from triage.staff.calendar import month_began

OVER = [one.value for one in TERMINAL]
CAME_TO_NOTHING = frozenset({State.DECLINED, State.LAPSED})
TEXTS = (
    "person", "reason", "public_reason", "proportionality", "event", "letter_withheld",
)  # fmt: skip
WHO_AND_WHY = ("done_by", "ratified_by", "appeal_hash", "case_id", "decision_id")


def running(session: Session, case_id: str) -> bool:
    """Whether a restriction that came of a case has not ended."""
    found = select(Restriction.id).where(
        Restriction.case_id == case_id, Restriction.state.not_in(OVER)
    )
    return session.scalar(found.limit(1)) is not None


def ends_of_case(session: Session, case_id: str) -> list[datetime | None]:
    """When each restriction that came of a case ended; nothing for one that has not. What came to
    nothing is not among them."""
    rows = session.execute(
        select(Restriction.state, Restriction.ended_at).where(Restriction.case_id == case_id)
    )
    return [
        ended if State(state) in TERMINAL else None
        for state, ended in rows
        if State(state) not in CAME_TO_NOTHING
    ]


def _kept_until(
    session: Session, settings: Settings, one: Restriction
) -> tuple[str, datetime] | None:
    """Its line of the schedule and the moment; ``None`` while anything of it is to do."""
    state = State(one.state)
    if state not in TERMINAL or on_its_way(session, one.id) or _left_to_do(session, one):
        return None
    if state in CAME_TO_NOTHING:
        since = one.ended_at or one.state_since
        return "came_to_nothing", since + timedelta(days=settings.keep_no_action_days)
    beside = session.execute(
        select(Restriction.state, Restriction.ended_at).where(_beside(one), ~erased(Restriction.id))
    ).all()
    if any(State(other) not in TERMINAL for other, _ in beside):
        return None
    ends = [at for other, at in beside if State(other) not in CAME_TO_NOTHING and at is not None]
    last = max(ends, default=one.ended_at or one.state_since)
    return "restricted", last + timedelta(days=settings.case_kept_days_upheld)


def _beside(one: Restriction) -> ColumnElement[bool]:
    """Those of the same sender or the same case, itself among them."""
    same = [Restriction.id == one.id]
    if one.sender_id is not None:
        same.append(Restriction.sender_id == one.sender_id)
    if one.case_id is not None:
        same.append(Restriction.case_id == one.case_id)
    return or_(*same)


def _left_to_do(session: Session, one: Restriction) -> bool:
    """Whether it is still to be taken out of some service or channel (P-BLK-2)."""
    if State(one.state) in NEVER_HELD:
        return False
    found = select(EnforcementTask.id).where(
        EnforcementTask.restriction_id == one.id,
        EnforcementTask.state.not_in([each.value for each in SETTLED]),
    )
    return session.scalar(found.limit(1)) is not None


def _due(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> Sequence[Due]:
    found: list[Due] = []
    for one in _over(session, after):
        line = _kept_until(session, settings, one)
        if line is not None and line[1] <= now:
            found.append(Due(one.id, *line, _holders(session, one)))
            if len(found) == most:
                break
    return found


def _over(session: Session, after: str) -> Iterator[Restriction]:
    wanted = select(Restriction).where(
        Restriction.state.in_(OVER), Restriction.id > after, ~erased(Restriction.id)
    )
    yield from session.scalars(wanted.order_by(Restriction.id))


def _holders(session: Session, one: Restriction) -> tuple[str, ...]:
    """The case that it came of, and the messages that it rests on."""
    grounds = select(RestrictionGround.message_id).where(RestrictionGround.restriction_id == one.id)
    case = () if one.case_id is None else (one.case_id,)
    return (*case, *session.scalars(grounds.order_by(RestrictionGround.message_id)))


def _erase(tx: Tx, due: Due) -> bool:
    tx.allow(Action.RUN_JOBS)
    one = tx.session.get(Restriction, due.matter_id, with_for_update=True)
    if one is None or is_erased(tx.session, one.id):
        return False
    line = _kept_until(tx.session, tx.settings, one)
    if line is None or not is_over(tx, due, Due(one.id, *line, _holders(tx.session, one))):
        return False
    tasks = select(EnforcementTask.id).where(EnforcementTask.restriction_id == one.id)
    for table in (EnforcementSubject, FrozenMessage):
        tx.session.execute(delete(table).where(table.task_id.in_(tasks)))
    of_it = (
        EnforcementTask, Appeal, RestrictionApproval, RestrictionGround, RestrictionTransition,
    )  # fmt: skip
    for owned in of_it:
        tx.session.execute(delete(owned).where(owned.restriction_id == one.id))
    forget_matter(tx, matter_id=one.id)
    forget_standing(tx, source_id=one.id)
    for name in TEXTS:
        setattr(one, name, b"")
    for name in WHO_AND_WHY:
        setattr(one, name, None)
    one.grave = one.appealed = False
    one.proposed_at = one.review_at = month_began(one.proposed_at)
    if one.since is None:
        one.sender_id = None  # it never held, and is counted in nothing
    else:
        one.since = month_began(one.since)
    end_matter(tx, one.id)
    tx.session.flush()
    tx.record("restriction_erased", one.id, rule=due.rule)
    return True


PROPOSED, SINCE = Restriction.proposed_at, Restriction.since
STUBS = Timed(
    "stub",
    Restriction.id,
    case((SINCE > PROPOSED, SINCE), else_=PROPOSED),
    lambda settings: settings.keep_stub_days,
    where=(erased(Restriction.id),),
)
"""Erased ones of a month that no release counts any more: the later of those in which it was
proposed and began to hold."""
ENTRIES = Timed(
    "gone",
    BlockListEntry.entry_hash,
    BlockListEntry.gone_at,
    lambda settings: settings.keep_no_action_days,
)
"""Entries that are on no list of a service any more: keyed hashes."""

KEEPINGS = (
    Keeping("restrictions", _due, _erase),
    STUBS.keeping("stubs of restrictions"),
    ENTRIES.keeping("gone from block lists"),
)

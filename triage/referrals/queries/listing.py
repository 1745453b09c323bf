"""Referrals in lists: where each stands, and what it waits for. Nothing of anybody's words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, can, check, visible
from triage.core.roles import Role
from triage.referrals import rules
from triage.referrals.rules import AtRisk, Edge, Route, State
from triage.referrals.tables import (
    Referral,
    ReferralMatter,
    ReferralRefusal,
    ReferralTransition,
)
from triage.staff.processes import Process
from triage.staff.queries import guest_matters, names
from triage.staff.queries.team import outsiders


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One referral in a list."""

    id: str
    version: int
    state: State
    state_since: datetime
    said: str
    """Where it stands, as people read it."""
    sender_id: str | None
    considered_by: str
    """A name."""
    considered_at: datetime
    messages: int
    refusals: int
    """How many have said no since it was last taken up."""
    danger_now: bool
    route: Route | None
    submitted_at: datetime | None
    late: bool
    """The call was recorded later than a day after it."""
    awaiting_reference: bool
    """Handed over, and no number has come (P-POL-2)."""
    chase_at: datetime | None
    due: bool
    """The reference, or news, is to be asked for now."""
    at_risk: AtRisk | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one person. A referral may stand in several of these."""

    to_decide: tuple[ReferralRow, ...] = ()
    """To authorise it, or to be the first to say no."""
    to_say_no_second: tuple[ReferralRow, ...] = ()
    """Somebody has said no: a second person decides."""
    to_submit: tuple[ReferralRow, ...] = ()
    reference_due: tuple[ReferralRow, ...] = ()
    news_due: tuple[ReferralRow, ...] = ()
    at_risk_unanswered: tuple[ReferralRow, ...] = ()
    """Nobody has said yet what became of telling the person who may be at risk."""

    @property
    def count(self) -> int:
        """Different referrals among them."""
        parts = (self.to_decide, self.to_say_no_second, self.to_submit, self.reference_due,
                 self.news_due, self.at_risk_unanswered)  # fmt: skip
        return len({row.id for part in parts for row in part})


def known_to(viewer: Actor) -> ColumnElement[bool]:
    """True for referrals that the viewer has no part barred in, nor in anything they rest on.

    The second half says it anew for each message: who turns out to have been sent one of them
    after the referral was begun has no part in it either.
    """
    hidden = exists().where(
        ReferralMatter.referral_id == Referral.id, ~visible(viewer, ReferralMatter.matter_id)
    )
    return visible(viewer, Referral.id) & ~hidden


def all_live(session: Session, *, viewer: Actor, now: datetime) -> tuple[ReferralRow, ...]:
    """Every referral that has not ended, oldest first."""
    check(viewer, Action.READ_REFERRALS)
    return rows_of(session, viewer, now, _is_live())


def ended(session: Session, *, viewer: Actor, now: datetime) -> tuple[ReferralRow, ...]:
    """Every referral that has ended, oldest first."""
    check(viewer, Action.READ_REFERRALS)
    return rows_of(session, viewer, now, ~_is_live())


def of_sender(
    session: Session, *, viewer: Actor, sender_ids: Iterable[str], now: datetime
) -> tuple[ReferralRow, ...]:
    """The referrals of one sender, by whatever address of theirs, live or ended."""
    check(viewer, Action.READ_REFERRALS)
    return rows_of(session, viewer, now, Referral.sender_id.in_(set(sender_ids)))


def of_message(
    session: Session, *, viewer: Actor, message_id: str, now: datetime
) -> tuple[ReferralRow, ...]:
    """The referrals that rest on one message."""
    check(viewer, Action.READ_REFERRALS)
    rests = exists().where(
        ReferralMatter.referral_id == Referral.id, ReferralMatter.matter_id == message_id
    )
    return rows_of(session, viewer, now, rests)


def late_records(session: Session, *, viewer: Actor, now: datetime) -> tuple[ReferralRow, ...]:
    """Calls in danger that were written down later than a day after them."""
    check(viewer, Action.READ_REFERRALS)
    found = rows_of(session, viewer, now, Referral.danger_now.is_(True))
    return tuple(row for row in found if row.late)


def waiting_for_me(session: Session, *, viewer: Actor, now: datetime) -> Waiting:
    """What waits for this viewer, and that they may indeed do: each part is another person's.

    Somebody from outside the team sees what they were invited to, and nothing else.
    """
    known = can(viewer, Action.READ_REFERRALS)
    only = [_is_live()]
    if not known:
        only.append(Referral.id.in_(guest_matters(session, viewer.person_id, now)))
    live = rows_of(session, viewer, now, *only)
    parts = parts_of(session, [row.id for row in live])
    me = viewer.person_id
    outside = {one.id for one in outsiders(session) if one.outside}
    barred = {row.id for row in live if me in parts[row.id].put_forward | parts[row.id].against}
    ask = [
        row for row in live
        if row.state is State.CONSIDERING and row.id not in barred
    ]  # fmt: skip
    if Role.DECIDER not in viewer.roles:  # as deciders.allow_decider: named, and invited to this
        invited = guest_matters(session, viewer.person_id, now)
        named = any(
            serves(session, viewer, one) for one in (Process.REFERRAL, Process.NOT_REFERRED)
        )
        ask = [row for row in ask if named and row.id in invited]
    handles = can(viewer, Action.SUBMIT_REFERRAL)
    return Waiting(
        to_decide=tuple(row for row in ask if not row.refusals),
        to_say_no_second=tuple(
            row for row in ask
            if row.refusals
            and not (me in outside and parts[row.id].against & outside)
        ),
        to_submit=tuple(
            row for row in live
            if handles and row.state is State.AUTHORISED
            and me not in parts[row.id].put_forward and me != parts[row.id].authorised_by
        ),
        reference_due=tuple(row for row in live if handles and row.due and row.awaiting_reference),
        news_due=tuple(
            row for row in live if handles and row.due and not row.awaiting_reference
        ),
        at_risk_unanswered=tuple(row for row in live if known and row.at_risk is None),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parts:
    """Who has had which part in a referral since it was last taken up."""

    put_forward: frozenset[str]
    against: frozenset[str]
    authorised_by: str | None
    round: int


def parts_of(session: Session, referral_ids: Iterable[str]) -> dict[str, Parts]:
    """The parts of several referrals. Nothing here is shown: it says who may do what."""
    wanted = sorted(set(referral_ids))
    reopened: dict[str, list[str]] = {one: [] for one in wanted}
    for referral_id, person_id in session.execute(
        select(ReferralTransition.referral_id, ReferralTransition.actor_id)
        .where(
            ReferralTransition.referral_id.in_(wanted),
            ReferralTransition.edge == Edge.REOPEN.value,
        )
        .order_by(ReferralTransition.sequence)
    ):
        reopened[referral_id].append(person_id)
    against: dict[str, set[str]] = {one: set() for one in wanted}
    for row in session.scalars(
        select(ReferralRefusal).where(ReferralRefusal.referral_id.in_(wanted))
    ):
        if row.round == len(reopened[row.referral_id]):
            against[row.referral_id].add(row.person_id)
    return {
        one.id: Parts(
            put_forward=frozenset({one.considered_by, *reopened[one.id][-1:]}),
            against=frozenset(against[one.id]),
            authorised_by=one.authorised_by,
            round=len(reopened[one.id]),
        )
        for one in session.scalars(select(Referral).where(Referral.id.in_(wanted)))
    }


def rows_of(
    session: Session, viewer: Actor, now: datetime, *where: ColumnElement[bool]
) -> tuple[ReferralRow, ...]:
    """These referrals as rows, oldest first, as far as the viewer may know of them."""
    found = session.scalars(
        select(Referral)
        .where(known_to(viewer), *where)
        .order_by(Referral.considered_at, Referral.id)
    ).all()
    ids = [one.id for one in found]
    parts = parts_of(session, ids)
    messages: Counter[str] = Counter(
        dict(
            session.execute(
                select(ReferralMatter.referral_id, func.count())
                .where(ReferralMatter.referral_id.in_(ids), ReferralMatter.kind == "message")
                .group_by(ReferralMatter.referral_id)
            ).all()
        )
    )
    people = names(session, {one.considered_by for one in found})
    return tuple(
        _row(one, people, messages[one.id], len(parts[one.id].against), now) for one in found
    )


def _row(
    one: Referral, people: dict[str, str], messages: int, refusals: int, now: datetime
) -> ReferralRow:
    state = State(one.state)
    live = state in rules.WITH_THE_POLICE
    return ReferralRow(
        id=one.id,
        version=one.version,
        state=state,
        state_since=one.state_since,
        said=rules.words(state),
        sender_id=one.sender_id,
        considered_by=people.get(one.considered_by, "Somebody"),
        considered_at=one.considered_at,
        messages=messages,
        refusals=refusals,
        danger_now=one.danger_now,
        route=None if one.route is None else Route(one.route),
        submitted_at=one.submitted_at,
        late=one.danger_now and rules.is_late(one.submitted_at, one.recorded_at),
        awaiting_reference=state is State.SUBMITTED,
        chase_at=one.chase_at,
        due=live and (one.chase_at is None or one.chase_at <= now),
        at_risk=None if one.at_risk is None else AtRisk(one.at_risk),
        ended_at=one.ended_at,
    )


def _is_live() -> ColumnElement[bool]:
    return Referral.state.in_([one.value for one in rules.LIVE])


def serves(session: Session, viewer: Actor, process: Process) -> bool:
    """Whether the viewer is named from outside for this."""
    return any(one.id == viewer.person_id and one.serves(process) for one in outsiders(session))

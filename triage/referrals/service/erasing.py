"""Reports to the police end a time after they have: as long as they hold what they rest on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from triage.alarms.service.erasing import forget_matter
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.erased import end_matter, erased, is_erased
from triage.core.erasing import Due, Keeping, Timed, is_over
from triage.core.settings import Settings
from triage.letters.service.erasing import on_its_way
from triage.referrals.rules import TERMINAL, State
from triage.referrals.tables import (
    Disclosure,
    Referral,
    ReferralMatter,
    ReferralRefusal,
    ReferralTransition,
)
from triage.staff.calendar import month_began

ENDED = [one.value for one in TERMINAL]
TEXTS = ("reason", "disclosed", "other_route", "force", "reference", "officer", "at_risk_note")
WHO_AND_WHAT = (
    "authorised_by", "authorised_at", "lawful_basis", "reporter_wish", "route", "submitted_by",
    "recorded_at", "pack_hash", "reference_kind", "chase_at", "at_risk", "at_risk_by", "conclusion",
)  # fmt: skip


def _kept_until(session: Session, settings: Settings, one: Referral) -> datetime | None:
    if State(one.state) not in TERMINAL or on_its_way(session, one.id):
        return None
    return (one.ended_at or one.state_since) + timedelta(days=settings.police_hold_days)


def _due(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> Sequence[Due]:
    wanted = select(Referral).where(
        Referral.state.in_(ENDED), Referral.id > after, ~erased(Referral.id)
    )
    found: list[Due] = []
    for one in session.scalars(wanted.order_by(Referral.id)):
        until = _kept_until(session, settings, one)
        if until is not None and until <= now:
            found.append(Due(one.id, "with_the_police", until, _rests_on(session, one.id)))
            if len(found) == most:
                break
    return found


def _rests_on(session: Session, referral_id: str) -> tuple[str, ...]:
    found = select(ReferralMatter.matter_id).where(ReferralMatter.referral_id == referral_id)
    return tuple(session.scalars(found.order_by(ReferralMatter.matter_id)))


def _erase(tx: Tx, due: Due) -> bool:
    tx.allow(Action.RUN_JOBS)
    one = tx.session.get(Referral, due.matter_id, with_for_update=True)
    if one is None or is_erased(tx.session, one.id):
        return False
    until = _kept_until(tx.session, tx.settings, one)
    if until is None:
        return False
    if not is_over(tx, due, Due(one.id, due.rule, until, _rests_on(tx.session, one.id))):
        return False
    for table in (Disclosure, ReferralRefusal, ReferralTransition, ReferralMatter):
        tx.session.execute(delete(table).where(table.referral_id == one.id))
    forget_matter(tx, matter_id=one.id)
    for name in TEXTS:
        setattr(one, name, b"")
    for name in WHO_AND_WHAT:
        setattr(one, name, None)
    one.reporter_data = one.danger_now = False
    one.considered_at = month_began(one.considered_at)
    if one.submitted_at is None:
        one.sender_id = None  # it never went, and is counted in nothing
    else:
        one.submitted_at = month_began(one.submitted_at)
    end_matter(tx, one.id)
    tx.session.flush()
    tx.record("referral_erased", one.id, rule=due.rule)
    return True


STUBS = Timed(
    "stub",
    Referral.id,
    func.coalesce(Referral.submitted_at, Referral.considered_at),
    lambda settings: settings.keep_stub_days,
    where=(erased(Referral.id),),
)
"""Erased ones of a month that no release counts any more: the one in which it went, or, of one
that never did, the one in which it began."""

KEEPINGS = (Keeping("referrals", _due, _erase), STUBS.keeping("stubs of referrals"))

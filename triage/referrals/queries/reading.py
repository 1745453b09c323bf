"""One referral in full: what was said, by whom, and what went to the police."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import SYSTEM, Action, Actor, can, check
from triage.core.errors import NotFound
from triage.core.sealed import Vault
from triage.referrals import rules
from triage.referrals.queries.listing import ReferralRow, parts_of, rows_of
from triage.referrals.queries.unlinked import unlinked
from triage.referrals.rules import Conclusion, LawfulBasis, ReferenceKind, State
from triage.referrals.tables import (
    Disclosure,
    Referral,
    ReferralMatter,
    ReferralRefusal,
    ReferralTransition,
)
from triage.staff.queries import guest_matters, names

Open = Callable[[Any, str], str]


@dataclass(frozen=True, slots=True)
class MatterItem:
    """One thing that it rests on."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class RefusalItem:
    """One person's word that it is not to be referred."""

    at: datetime
    who: str
    reason: str
    counts: bool
    """Said since it was last taken up."""


@dataclass(frozen=True, slots=True)
class ReferralStep:
    """One step of its history."""

    at: datetime
    who: str
    edge: str
    to: State
    reason: str


@dataclass(frozen=True, slots=True)
class DisclosureItem:
    """One thing that was told or handed over."""

    id: str
    at: datetime
    recorded_at: datetime
    who: str
    to_whom: str
    what: str
    lawful_basis: LawfulBasis
    pack_hash: str | None


@dataclass(frozen=True, slots=True)
class ReferralItem:
    """One referral. Every text is a colleague's or the police's: drawn as outside text."""

    row: ReferralRow
    reason: str
    disclosed: str
    lawful_basis: LawfulBasis | None
    reporter_data: bool
    reporter_wish: str | None
    authorised_by: str | None
    """A name, like all that follow."""
    authorised_at: datetime | None
    submitted_by: str | None
    recorded_at: datetime | None
    other_route: str
    force: str
    pack_hash: str | None
    reference: str
    reference_kind: ReferenceKind | None
    officer: str
    at_risk_note: str
    at_risk_by: str | None
    conclusion: Conclusion | None
    matters: tuple[MatterItem, ...]
    refusals: tuple[RefusalItem, ...]
    steps: tuple[ReferralStep, ...]
    disclosures: tuple[DisclosureItem, ...]
    unlinked: tuple[str, ...]
    """Messages of whose sender nobody says any more that they are its person."""
    own_part: bool
    """The viewer put it forward or authorised it: others do the rest."""


def referral(
    session: Session, *, viewer: Actor, vault: Vault, referral_id: str, now: datetime
) -> ReferralItem:
    """One referral; ``NotFound`` alike for one that is not and one that is not theirs to know.

    A guest reads the one that they are invited to.
    """
    if not can(viewer, Action.READ_REFERRALS):
        asked = guest_matters(session, viewer.person_id, now)
        if not asked:
            check(viewer, Action.READ_REFERRALS)
        if referral_id not in asked:
            raise NotFound(rules.NO_SUCH_REFERRAL)
    found = rows_of(session, viewer, now, Referral.id == referral_id)
    if not found:
        raise NotFound(rules.NO_SUCH_REFERRAL)
    one = session.get_one(Referral, referral_id)

    opened = partial(vault.show_of, session, referral_id)
    own = partial(opened, one)
    parts = parts_of(session, [referral_id])[referral_id]
    known = _People(session)
    steps, refusals, disclosures = _history(session, referral_id, opened, parts.round, known)
    return ReferralItem(
        row=found[0],
        reason=own("reason"),
        disclosed=own("disclosed"),
        lawful_basis=None if one.lawful_basis is None else LawfulBasis(one.lawful_basis),
        reporter_data=one.reporter_data,
        reporter_wish=one.reporter_wish,
        authorised_by=known(one.authorised_by),
        authorised_at=one.authorised_at,
        submitted_by=known(one.submitted_by),
        recorded_at=one.recorded_at,
        other_route=own("other_route"),
        force=own("force"),
        pack_hash=one.pack_hash,
        reference=own("reference"),
        reference_kind=None if one.reference_kind is None else ReferenceKind(one.reference_kind),
        officer=own("officer"),
        at_risk_note=own("at_risk_note"),
        at_risk_by=known(one.at_risk_by),
        conclusion=None if one.conclusion is None else Conclusion(one.conclusion),
        matters=tuple(
            MatterItem(matter.matter_id, matter.kind)
            for matter in session.scalars(
                select(ReferralMatter)
                .where(ReferralMatter.referral_id == referral_id)
                .order_by(ReferralMatter.matter_id)
            )
        ),
        refusals=refusals,
        steps=steps,
        disclosures=disclosures,
        unlinked=unlinked(session, referral_id),
        own_part=viewer.person_id in parts.put_forward | {parts.authorised_by},
    )


class _People:
    """Names, each looked up once."""

    def __init__(self, session: Session) -> None:
        self._session, self._known = session, {SYSTEM.person_id: "The system"}

    def __call__(self, person_id: str | None) -> str | None:
        return None if person_id is None else self.who(person_id)

    def who(self, person_id: str) -> str:
        """The name of somebody who did something."""
        if person_id not in self._known:
            self._known[person_id] = names(self._session, {person_id}).get(person_id, "Somebody")
        return self._known[person_id]


def _history(
    session: Session, referral_id: str, opened: Open, now_round: int, known: _People
) -> tuple[tuple[ReferralStep, ...], tuple[RefusalItem, ...], tuple[DisclosureItem, ...]]:
    steps = session.scalars(
        select(ReferralTransition)
        .where(ReferralTransition.referral_id == referral_id)
        .order_by(ReferralTransition.sequence)
    )
    refusals = session.scalars(
        select(ReferralRefusal)
        .where(ReferralRefusal.referral_id == referral_id)
        .order_by(ReferralRefusal.at, ReferralRefusal.id)
    )
    told = session.scalars(
        select(Disclosure)
        .where(Disclosure.referral_id == referral_id)
        .order_by(Disclosure.at, Disclosure.id)
    )
    return (
        tuple(
            ReferralStep(
                one.at,
                known.who(one.actor_id),
                one.edge,
                State(one.to_state),
                opened(one, "reason"),
            )
            for one in steps
        ),
        tuple(
            RefusalItem(
                one.at,
                known.who(one.person_id),
                opened(one, "reason"),
                one.round == now_round,
            )
            for one in refusals
        ),
        tuple(
            DisclosureItem(
                one.id,
                one.at,
                one.recorded_at,
                known.who(one.by),
                opened(one, "to_whom"),
                opened(one, "what"),
                LawfulBasis(one.lawful_basis),
                one.pack_hash,
            )
            for one in told
        ),
    )

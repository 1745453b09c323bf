"""How one case ends: all of it, for who has a part in it and has declared."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.cases.inquiry.tables import CaseNotice
from triage.cases.queries.listing import case_row, named_event
from triage.cases.rules import Finding, State
from triage.cases.tables import Case, CaseParty
from triage.cases.verdict.queries.access import opened_case
from triage.cases.verdict.queries.appealed import told_of
from triage.cases.verdict.queries.items import (
    ActionItem,
    AppealItem,
    DecisionItem,
    OutcomeItem,
    RecommendationItem,
    VerdictItem,
)
from triage.cases.verdict.rules import (
    NO_REFUND,
    ActionKind,
    ActionState,
    AppealOutcome,
    How,
    ToldTo,
    has_lapsed,
)
from triage.cases.verdict.tables import (
    CaseAction,
    CaseAppeal,
    CaseDecision,
    CaseOpening,
    CaseOutcome,
    CaseRecommendation,
    CaseVoice,
)
from triage.conduct.incidents import PoliceWish, ViolationKind, Wish
from triage.core.access import Actor
from triage.core.sealed import Vault
from triage.core.settings import Settings
from triage.core.text import read_json
from triage.letters.rules import GONE
from triage.letters.tables import Letter
from triage.referrals.rules import State as ReferralState
from triage.referrals.rules import words as referral_words
from triage.referrals.tables import Referral
from triage.reports.queries import last_reach, reach_now, report_answers
from triage.restrictions.rules import State as RestrictionState
from triage.restrictions.rules import words as restriction_words
from triage.restrictions.tables import Restriction
from triage.staff.queries import names


def verdict(
    session: Session,
    *,
    vault: Vault,
    viewer: Actor,
    case_id: str,
    at: datetime,
    settings: Settings,
) -> VerdictItem:
    """What was recommended and decided in a case, what follows, and who was told."""
    case = opened_case(session, viewer, case_id)
    reading = _Reading(session, vault, case, viewer)
    reach = reach_now(session, vault=vault, report_id=case.report_id)
    how = None
    if reach.wish is not Wish.NONE:
        by_letter = reach.wish is Wish.BY_CONTACT and bool(reach.email.strip())
        how = How.LETTER if by_letter else How.RECEIPT
    answers = report_answers(session, vault=vault, report_id=case.report_id)
    outcomes = reading.outcomes()
    return VerdictItem(
        row=case_row(session, viewer=viewer, case_id=case_id, at=at, settings=settings),
        recommendations=reading.recommendations(),
        decisions=reading.decisions(),
        actions=reading.actions(),
        outcomes=outcomes,
        untold=_untold(session, case, outcomes, how),
        appeals=reading.appeals(),
        wish=reach.wish,
        reach=how,
        police_wish=PoliceWish(answers.police_wish),
    )


def _untold(
    session: Session, case: Case, outcomes: tuple[OutcomeItem, ...], how: How | None
) -> tuple[str, ...]:
    """Who is left to be told: the reporter, if they asked, and whoever was sent a notice. Once it
    is closed, a reporter who asks only then."""
    if State(case.state) not in {State.OUTCOME_DUE, State.CLOSED}:
        return ()
    notified = session.scalars(
        select(CaseNotice.party_id)
        .where(CaseNotice.case_id == case.id, CaseNotice.sent_at.is_not(None))
        .order_by(CaseNotice.sent_at, CaseNotice.party_id)
    )
    told = {one.party_id for one in outcomes if one.sent and not one.lapsed}
    reporter = how is not None and None not in told
    return (
        *([ToldTo.REPORTER.value] if reporter else []),
        *(one for one in notified if one not in told and State(case.state) is not State.CLOSED),
    )


class _Reading:
    """One case, opened for one viewer."""

    def __init__(self, session: Session, vault: Vault, case: Case, viewer: Actor) -> None:
        self._session, self._vault, self._case, self._viewer = session, vault, case, viewer
        self._known: dict[str, str] = {}
        standing = select(CaseDecision.id).where(
            CaseDecision.case_id == case.id, CaseDecision.round == case.finding_round
        )
        self._stands = session.scalar(standing)

    def recommendations(self) -> tuple[RecommendationItem, ...]:
        """Every one, oldest first."""
        found = self._session.scalars(
            select(CaseRecommendation)
            .where(CaseRecommendation.case_id == self._case.id)
            .order_by(CaseRecommendation.number)
        ).all()
        opened = set(
            self._session.scalars(
                select(CaseOpening.recommendation_id).where(
                    CaseOpening.case_id == self._case.id,
                    CaseOpening.person_id == self._viewer.person_id,
                )
            )
        )
        return tuple(
            RecommendationItem(
                id=one.id,
                by=self._who(one.by),
                at=one.at,
                finding=Finding(one.finding),
                clauses=tuple(one.clauses),
                kinds=tuple(ViolationKind(kind) for kind in one.kinds),
                actions=tuple(ActionKind(kind) for kind in one.actions),
                reasons=self._open(one, "reasons"),
                sent_back_by=self._who(one.sent_back_by),
                sent_back_why=self._open(one, "sent_back_why"),
                opened=one.id in opened,
            )
            for one in found
        )

    def decisions(self) -> tuple[DecisionItem, ...]:
        """Every one, oldest first; with what the clauses said then (P-SCO-2)."""
        found = self._session.scalars(
            select(CaseDecision)
            .where(CaseDecision.case_id == self._case.id)
            .order_by(CaseDecision.round)
        ).all()
        return tuple(
            DecisionItem(
                id=one.id,
                round=one.round,
                stands=one.id == self._stands and self._case.finding is not None,
                by=self._who(one.by),
                agreed=tuple(
                    self._who(person)
                    for person in self._session.scalars(
                        select(CaseVoice.person_id)
                        .where(CaseVoice.decision_id == one.id, CaseVoice.person_id != one.by)
                        .order_by(CaseVoice.at)
                    )
                ),
                mine=self._session.get(CaseVoice, (one.id, self._viewer.person_id)) is not None,
                at=one.at,
                finding=Finding(one.finding),
                actions=tuple(ActionKind(kind) for kind in one.actions),
                policy_version=one.policy_version,
                clauses=tuple(read_json(one.clause_texts).items()),
                reasons=self._open(one, "reasons"),
                no_independent=self._open(one, "no_independent"),
            )
            for one in found
        )

    def actions(self) -> tuple[ActionItem, ...]:
        """What follows from the decision that stands."""
        session = self._session
        found = session.scalars(
            select(CaseAction)
            .where(CaseAction.decision_id == self._stands)
            .order_by(CaseAction.set_up_at, CaseAction.id)
        ).all()
        return tuple(
            ActionItem(
                id=one.id,
                version=one.version,
                kind=ActionKind(one.kind),
                clause=one.clause,
                state=ActionState(one.state),
                party=self._party(one.party_id),
                sender_id=one.sender_id,
                what=self._open(one, "what"),
                event=named_event(session, one.event_id, self._open(one, "event")),
                refund=NO_REFUND if one.kind == ActionKind.EXPULSION.value else "",
                child_id=one.child_id,
                child_state=self._child(one),
                letter_id=one.letter_id,
                done_by=self._who(one.done_by),
                done_at=one.done_at,
                outcome=self._open(one, "outcome"),
                settled_by=self._who(one.settled_by),
                in_place_of_hr=self._who(one.in_place_of_hr),
            )
            for one in found
        )

    def outcomes(self) -> tuple[OutcomeItem, ...]:
        """Who was told of the decision that stands."""
        found = self._session.scalars(
            select(CaseOutcome)
            .where(CaseOutcome.decision_id == self._stands)
            .order_by(CaseOutcome.at, CaseOutcome.id)
        ).all()
        asked_at = last_reach(self._session, report_id=self._case.report_id)
        return tuple(
            OutcomeItem(
                id=one.id,
                told=ToldTo(one.told),
                party_id=one.party_id,
                party=self._party(one.party_id),
                how=How(one.how),
                letter_id=one.letter_id,
                sent=one.how != How.LETTER.value or self._is_out(one.letter_id),
                lapsed=has_lapsed(ToldTo(one.told), How(one.how), one.at, asked_at),
                by=self._who(one.by),
                at=one.at,
                why=self._open(one, "why"),
                kept_until=one.kept_until,
            )
            for one in found
        )

    def appeals(self) -> tuple[AppealItem, ...]:
        """Every one, oldest first."""
        found = self._session.scalars(
            select(CaseAppeal)
            .where(CaseAppeal.case_id == self._case.id)
            .order_by(CaseAppeal.came_at, CaseAppeal.id)
        ).all()
        return tuple(
            AppealItem(
                id=one.id,
                came_at=one.came_at,
                words=self._open(one, "words"),
                decided_by=self._who(one.decided_by),
                decided_at=one.decided_at,
                outcome=None if one.outcome is None else AppealOutcome(one.outcome),
                reason=self._open(one, "reason"),
                begun=begun,
                told=told,
            )
            for one in found
            for begun, told in [told_of(self._session, one)]
        )

    def _open(self, row: Any, column: str) -> str:
        return self._vault.show_of(self._session, self._case.id, row, column)

    def _who(self, person_id: str | None) -> str:
        if person_id is None:
            return ""
        if person_id not in self._known:
            found = names(self._session, {person_id})
            self._known[person_id] = found.get(person_id, "the system")
        return self._known[person_id]

    def _party(self, party_id: str | None) -> str:
        party = None if party_id is None else self._session.get(CaseParty, party_id)
        if party is None:
            return ""
        return self._open(party, "name")

    def _is_out(self, letter_id: str | None) -> bool:
        state = self._session.scalar(select(Letter.state).where(Letter.id == letter_id))
        return state in {one.value for one in GONE}

    def _child(self, one: CaseAction) -> str:
        if one.child_id is None:
            return ""
        if one.kind == ActionKind.POLICE_REFERRAL.value:
            referral = self._session.get_one(Referral, one.child_id)
            return referral_words(ReferralState(referral.state))
        restriction = self._session.get_one(Restriction, one.child_id)
        return restriction_words(RestrictionState(restriction.state))

"""What follows once the police have it: the reference, news, disclosures, and how it ended."""

from datetime import datetime

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid
from triage.core.steps import done_before
from triage.core.text import needed
from triage.referrals import rules
from triage.referrals.rules import (
    Conclusion,
    Edge,
    LawfulBasis,
    ReferenceKind,
    Route,
    State,
)
from triage.referrals.service.considering import disclose_row
from triage.referrals.service.linked import check_still_linked
from triage.referrals.service.moving import (
    STEPS,
    chase,
    check_route,
    load,
    step,
    team_of,
    touch,
)
from triage.staff.processes import Process
from triage.staff.service.deciders import allow_decider


def submit(
    tx: Tx,
    *,
    referral_id: str,
    version: int,
    route: Route,
    force: str,
    at: datetime,
    pack_hash: str | None = None,
    other_route: str = "",
    token: str | None = None,
) -> None:
    """It was handed over: by which route, to which force, when, with which evidence.

    Done by a third person: neither who put it forward nor who authorised it. Not over a link that
    had been taken back by then.
    """
    if done_before(tx, STEPS, token):
        return
    tx.allow(Action.SUBMIT_REFERRAL)
    referral = load(tx, referral_id, version=version)
    rules.check_submitter(team_of(tx, referral), tx.actor.person_id)
    force = needed(force, field="force", ask="Say which force.", longest=rules.LONGEST_LINE)
    check_route(tx, route, other_route)
    rules.check_hash(pack_hash)
    if at > tx.now:
        raise Invalid("The time it was handed over lies in the future.", field="at")
    check_still_linked(tx, referral, at=at)
    referral.route, referral.pack_hash = route.value, pack_hash
    referral.force = tx.seal(referral_id, "referrals", "force", referral_id, force)
    referral.other_route = tx.seal(
        referral_id, "referrals", "other_route", referral_id, other_route.strip()
    )
    referral.submitted_by, referral.submitted_at = tx.actor.person_id, at
    referral.recorded_at = tx.now
    chase(tx, referral)
    disclose_row(
        tx, referral, at=at, to_whom=force,
        what=tx.vault.open_of(tx.session, referral_id, referral, "disclosed"),
        basis=LawfulBasis(referral.lawful_basis or LawfulBasis.CRIME), pack_hash=pack_hash,
    )  # fmt: skip
    step(tx, referral, Edge.SUBMIT, token=token, route=route.value)


def enter_reference(
    tx: Tx,
    *,
    referral_id: str,
    version: int,
    reference: str,
    kind: ReferenceKind,
    token: str | None = None,
) -> None:
    """The number that the force gave (P-POL-2). Until it is there, it is asked for."""
    if done_before(tx, STEPS, token):
        return
    tx.allow(Action.SUBMIT_REFERRAL)
    referral = load(tx, referral_id, version=version)
    reference = needed(
        reference, field="reference", ask="Enter the number.", longest=rules.LONGEST_LINE
    )
    referral.reference = tx.seal(referral_id, "referrals", "reference", referral_id, reference)
    referral.reference_kind = kind.value
    chase(tx, referral)
    step(tx, referral, Edge.REFERENCE, reason=reference, token=token, kind=kind.value)


def add_news(
    tx: Tx,
    *,
    referral_id: str,
    version: int,
    news: str,
    officer: str = "",
    chase_at: datetime | None = None,
    token: str | None = None,
) -> None:
    """What the police said or asked, who is dealing with it, and when to ask next."""
    if done_before(tx, STEPS, token):
        return
    tx.allow(Action.SUBMIT_REFERRAL)
    referral = load(tx, referral_id, version=version)
    news = needed(news, field="news", ask="Say what is new.")
    if chase_at is not None and chase_at <= tx.now:
        raise Invalid("The next date lies ahead.", field="chase_at")
    if officer.strip():
        referral.officer = tx.seal(
            referral_id, "referrals", "officer", referral_id, officer.strip()
        )
    referral.chase_at = chase_at
    if chase_at is None:
        chase(tx, referral)
    step(tx, referral, Edge.PROGRESS, reason=news, token=token)


def disclose(
    tx: Tx,
    *,
    referral_id: str,
    version: int,
    at: datetime,
    to_whom: str,
    what: str,
    basis: LawfulBasis,
    pack_hash: str | None = None,
) -> str:
    """Each further thing that is handed over is written down, with its basis."""
    tx.allow(Action.SUBMIT_REFERRAL)
    referral = load(tx, referral_id, version=version)
    if State(referral.state) not in rules.WITH_THE_POLICE:
        raise Conflict("Nothing is handed over while this is not with the police.")
    rules.check_hash(pack_hash)
    if at > tx.now:
        raise Invalid("The time lies in the future.", field="at")
    made = disclose_row(
        tx,
        referral,
        at=at,
        to_whom=needed(to_whom, field="to_whom", ask="Say to whom.", longest=rules.LONGEST_LINE),
        what=needed(what, field="what", ask="Say what."),
        basis=basis,
        pack_hash=pack_hash,
    )
    touch(tx, referral)
    return made


def conclude(
    tx: Tx,
    *,
    referral_id: str,
    version: int,
    conclusion: Conclusion,
    note: str,
    token: str | None = None,
) -> None:
    """How it ended with the police. What it rests on is kept for a time after it (P-POL-3)."""
    if done_before(tx, STEPS, token):
        return
    tx.allow(Action.SUBMIT_REFERRAL)
    referral = load(tx, referral_id, version=version)
    note = needed(note, field="note", ask="Say how this is known.")
    rules.check_at_risk_answered(referral.at_risk)
    referral.conclusion, referral.ended_at, referral.chase_at = conclusion.value, tx.now, None
    step(tx, referral, Edge.CONCLUDE, reason=note, token=token, conclusion=conclusion.value)


def withdraw(
    tx: Tx, *, referral_id: str, version: int, reason: str, token: str | None = None
) -> None:
    """We take it back, and the police have been told so; by who decides."""
    if done_before(tx, STEPS, token):
        return
    referral = load(tx, referral_id, version=version)
    allow_decider(tx, Process.REFERRAL, matter_id=referral_id)
    reason = needed(reason, field="reason", ask="Say why, and how the police were told.")
    rules.check_at_risk_answered(referral.at_risk)
    referral.ended_at, referral.chase_at = tx.now, None
    step(tx, referral, Edge.WITHDRAW, reason=reason, token=token)

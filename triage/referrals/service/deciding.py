"""Whether it goes to the police: authorised by one who decides, or declined by two."""

from triage.core.access import Action, can
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotFound
from triage.core.ids import new_id
from triage.core.steps import done_before
from triage.core.text import needed
from triage.messages.service.reveals import check_evidence_seen, reveal_as_evidence
from triage.referrals import rules
from triage.referrals.rules import AtRisk, Edge, LawfulBasis, State
from triage.referrals.service.linked import check_still_linked
from triage.referrals.service.moving import (
    MESSAGE,
    STEPS,
    ask_anew,
    load,
    message_ids,
    round_of,
    step,
    team_of,
    touch,
)
from triage.referrals.tables import Referral, ReferralMatter, ReferralRefusal
from triage.staff.processes import Process
from triage.staff.service.deciders import allow_decider, check_one_from_team


def open_evidence(tx: Tx, *, referral_id: str, message_id: str) -> None:
    """Uncover one message that it rests on, in full; the record says who did, and for what."""
    load(tx, referral_id)
    if not can(tx.actor, Action.READ_REFERRALS):
        allow_decider(tx, Process.NOT_REFERRED, Process.REFERRAL, matter_id=referral_id)
    ground = tx.session.get(ReferralMatter, (referral_id, message_id))
    if ground is None or ground.kind != MESSAGE:
        raise NotFound("There is no such message.")
    reveal_as_evidence(tx, message_id=message_id, child_id=referral_id)


def authorise(
    tx: Tx,
    *,
    referral_id: str,
    version: int,
    disclosed: str,
    basis: LawfulBasis,
    reporter_data: bool = False,
    reason: str = "",
    token: str | None = None,
) -> None:
    """Say that it goes, what is handed over and on what basis; reporter data only if said so. Not
    of what rests on a link that was taken back."""
    if done_before(tx, STEPS, token):
        return
    referral = load(tx, referral_id, version=version)
    allow_decider(tx, Process.REFERRAL, matter_id=referral_id)
    rules.check_authoriser(team_of(tx, referral), tx.actor.person_id)
    disclosed = needed(disclosed, field="disclosed", ask="Say what is to be handed over.")
    check_still_linked(tx, referral)
    check_evidence_seen(tx, message_ids(tx, referral_id))
    if reporter_data:
        needed(reason, field="reason", ask="Say why the reporter's data goes with it.")
    referral.authorised_by, referral.authorised_at = tx.actor.person_id, tx.now
    referral.lawful_basis, referral.reporter_data = basis.value, reporter_data
    referral.disclosed = tx.seal(referral_id, "referrals", "disclosed", referral_id, disclosed)
    step(
        tx, referral, Edge.AUTHORISE, reason=reason, token=token, basis=basis.value,
        reporter_data=reporter_data,
    )  # fmt: skip


def take_back(
    tx: Tx, *, referral_id: str, version: int, reason: str, token: str | None = None
) -> None:
    """Take an authorisation back before anything was handed over: it is considered again.

    Else one given in error, or with nobody there to submit it, would never come to an end.
    """
    if done_before(tx, STEPS, token):
        return
    referral = load(tx, referral_id, version=version)
    allow_decider(tx, Process.REFERRAL, matter_id=referral_id)
    reason = needed(reason, field="reason", ask="Say why.")
    referral.authorised_by = referral.authorised_at = referral.lawful_basis = None
    referral.reporter_data, referral.disclosed = False, b""
    step(tx, referral, Edge.TAKE_BACK, reason=reason, token=token)


def say_no(
    tx: Tx, *, referral_id: str, version: int, reason: str, token: str | None = None
) -> bool:
    """One decider's word that it is not to be referred; whether it was the second, which ends it.

    Two people record why not (P-POL-1); one of them may be from outside.
    """
    if done_before(tx, STEPS, token):
        return State(load(tx, referral_id).state) is State.NOT_REFERRED
    referral = load(tx, referral_id, version=version)
    allow_decider(tx, Process.NOT_REFERRED, matter_id=referral_id)
    if State(referral.state) is not State.CONSIDERING:
        raise Conflict(f"This cannot be done while the referral is {_words(referral)}.")
    team = team_of(tx, referral)
    rules.check_against(team, tx.actor.person_id)
    reason = needed(reason, field="reason", ask="Say why it is not to be referred.")
    check_evidence_seen(tx, message_ids(tx, referral_id))
    check_one_from_team(tx, team.against | {tx.actor.person_id})
    ends = len(team.against) + 1 >= rules.DECIDERS_AGAINST
    if ends:
        rules.check_at_risk_answered(referral.at_risk)
    identifier = new_id()
    tx.session.add(
        ReferralRefusal(
            id=identifier,
            referral_id=referral_id,
            round=round_of(tx, referral_id),
            person_id=tx.actor.person_id,
            at=tx.now,
            reason=tx.seal(referral_id, "referral_refusals", "reason", identifier, reason),
        )
    )
    tx.record("referral_no", referral_id)
    if ends:
        referral.ended_at = tx.now
        step(tx, referral, Edge.DECLINE, reason=reason, token=token)
    else:
        touch(tx, referral)
    return ends


def answer_at_risk(
    tx: Tx, *, referral_id: str, version: int, answer: AtRisk, note: str = ""
) -> None:
    """Say what became of telling the person who may be at risk; asked on every path."""
    tx.allow(Action.READ_REFERRALS)
    referral = load(tx, referral_id, version=version)
    if answer is not AtRisk.TOLD:
        note = needed(note, field="note", ask="Say how this is known.")
    referral.at_risk, referral.at_risk_by = answer.value, tx.actor.person_id
    referral.at_risk_note = tx.seal(
        referral_id, "referrals", "at_risk_note", referral_id, note.strip()
    )
    tx.session.flush()
    tx.record("at_risk_answered", referral_id, answer=answer.value)


def reopen(
    tx: Tx, *, referral_id: str, version: int, reason: str, token: str | None = None
) -> None:
    """Take up again what had ended, on something new; whoever decides now decides anew."""
    if done_before(tx, STEPS, token):
        return
    referral = load(tx, referral_id, version=version)
    allow_decider(tx, Process.REFERRAL, matter_id=referral_id)
    reason = needed(reason, field="reason", ask="Say what is new.")
    referral.ended_at = referral.conclusion = None
    referral.authorised_by = referral.authorised_at = referral.lawful_basis = None
    referral.reporter_data, referral.danger_now = False, False
    ask_anew(tx, referral)
    step(tx, referral, Edge.REOPEN, reason=reason, token=token)


def _words(referral: Referral) -> str:
    return rules.words(State(referral.state))

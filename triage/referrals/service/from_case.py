"""A report to the police that was decided on in an incident report: it is considered first.

It rests on the case, which is kept from then on (P-POL-3), and whoever may not know of the case
may not know of this. What the person affected wished stands beside it, for who authorises it.
"""

from triage.conduct.steps import note_step
from triage.core.commands import Tx
from triage.core.exclusions import inherit
from triage.core.text import needed
from triage.referrals.rules import State
from triage.referrals.service.considering import new_referral
from triage.referrals.service.moving import CASE, STEPS, load, tell_below
from triage.referrals.tables import ReferralMatter


def consider_case(
    tx: Tx, *, case_id: str, reason: str, reporter_wish: str, put_forward_by: str | None = None
) -> str:
    """Put a case forward for the police; the referral's id.

    Called by the room of cases alone, which has checked that it was decided. ``put_forward_by``:
    who had recommended it there; so a decider may authorise it, and the handler submit it.
    """
    reason = needed(reason, field="reason", ask="Say why.")
    referral = new_referral(tx, None, reason)
    referral.considered_by = put_forward_by or tx.actor.person_id
    referral.reporter_wish = reporter_wish
    tx.session.add(referral)
    tx.session.flush()
    inherit(tx.session, parent_id=case_id, child_id=referral.id, at=tx.now)
    tx.session.add(ReferralMatter(referral_id=referral.id, matter_id=case_id, kind=CASE))
    tx.session.flush()
    load(tx, referral.id)
    note_step(tx, STEPS, referral.id, "consider", None, State.CONSIDERING, details={"cases": 1})
    tell_below(tx, referral)
    tx.about = case_id
    return referral.id

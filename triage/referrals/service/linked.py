"""What rests on a link between two addresses rests on it only while the link stands.

What was put forward over it is authorised and handed over by nobody once it is taken back. What the
police have already is taken back by people alone: who handles it is reminded, once.
"""

from datetime import datetime

from triage.core.commands import Tx
from triage.messages.service.unlinked import refuse_unlinked
from triage.referrals.queries.unlinked import unlinked
from triage.referrals.rules import State
from triage.referrals.tables import Referral

INSTEAD = {
    State.CONSIDERING: "Say no to it, and have it put forward anew on what holds.",
    State.AUTHORISED: "Have the authorisation taken back, and put it forward anew on what holds.",
}


def check_still_linked(tx: Tx, referral: Referral, *, at: datetime | None = None) -> None:
    """``Conflict``, naming them, where messages are of somebody who is not this person any more.

    ``at``: when it was handed over. What the police were given while the link still stood is
    written down all the same.
    """
    lost = unlinked(tx.session, referral.id, at=at)
    refuse_unlinked(lost, instead=INSTEAD.get(State(referral.state), ""))

"""What rests on a link between two addresses rests on it only while the link stands.

What was proposed over it is approved by nobody once it is taken back. What holds already is ended
by people alone (P-MSG-3): who decides is reminded, once.
"""

from triage.core.access import Action
from triage.core.commands import Tx
from triage.messages.service.unlinked import refuse_unlinked
from triage.restrictions.queries.unlinked import resting_on_links, unlinked
from triage.restrictions.service.moving import load
from triage.restrictions.service.reminding import remind
from triage.restrictions.tables import Restriction


def check_still_linked(tx: Tx, restriction: Restriction) -> None:
    """``Conflict``, naming them, where grounds are of somebody who is not this person any more."""
    lost = unlinked(tx.session, restriction.id)
    refuse_unlinked(lost, instead="Decline it, and have it proposed anew on what holds.")


def remind_unlinked(tx: Tx) -> int:
    """Remind, once each, who may decide what rests on a link that was taken back; how many."""
    tx.allow(Action.RUN_JOBS)
    lost = [one for one in resting_on_links(tx.session) if unlinked(tx.session, one)]
    for one in lost:
        remind(tx, load(tx, one), f"restriction:{one}:unlinked")
    return len(lost)

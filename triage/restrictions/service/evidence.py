"""Opening the grounds of a restriction: what must be read before it is decided on."""

from sqlalchemy import select

from triage.core.access import Action, can
from triage.core.commands import Tx
from triage.core.errors import NotFound
from triage.messages.service.reveals import reveal_as_evidence
from triage.restrictions.service.moving import load
from triage.restrictions.tables import RestrictionGround
from triage.staff.processes import Process
from triage.staff.service.deciders import allow_decider


def open_evidence(tx: Tx, *, restriction_id: str, message_id: str) -> None:
    """Uncover one ground in full; the record says who did, and for what."""
    load(tx, restriction_id)
    if not can(tx.actor, Action.READ_RESTRICTIONS):
        allow_decider(tx, Process.RESTRICTION, Process.APPEAL, matter_id=restriction_id)
    ground = select(RestrictionGround.message_id).where(
        RestrictionGround.restriction_id == restriction_id,
        RestrictionGround.message_id == message_id,
    )
    if tx.session.scalar(ground) is None:
        raise NotFound("There is no such message.")
    reveal_as_evidence(tx, message_id=message_id, child_id=restriction_id)

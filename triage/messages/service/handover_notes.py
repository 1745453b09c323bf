"""What one tells whoever has the desk next: a sentence of one's own, sealed."""

from datetime import datetime

from sqlalchemy import func, select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Invalid
from triage.core.exclusions import Exclusion, ExclusionKind, exclude
from triage.core.ids import new_id
from triage.messages.beside.tables import HandoverNote
from triage.messages.references import REFERENCE, windows

LONGEST = 500
"""Characters: a sentence or three."""


def leave_note(tx: Tx, *, text: str, since: datetime) -> str:
    """Leave a sentence for whoever has the desk next; its id.

    It is a child of every matter that it refers to: whoever else is excluded from one of them
    never reads it, and finds no trace of it on the record.
    """
    tx.allow(Action.HAND_OVER)
    text = text.strip()
    if not text:
        raise Invalid("Write the sentence first.", field="handover")
    if len(text) > LONGEST:
        raise Invalid(f"A handover note has at most {LONGEST} characters.", field="handover")
    if "@" in text:
        raise Invalid("Leave addresses out, and use the reference instead.", field="handover")
    identifier = new_id()
    named = func.substr(Exclusion.matter_id, 1, REFERENCE).in_(sorted(windows(text)))
    for row in tx.session.scalars(select(Exclusion).where(named)).all():
        if row.person_id != tx.actor.person_id:
            kind = ExclusionKind(row.kind)
            exclude(tx.session, matter_id=identifier, person_id=row.person_id, kind=kind, at=tx.now)
            tx.session.flush()  # two matters may exclude the same person
    tx.session.add(
        HandoverNote(
            id=identifier,
            person_id=tx.actor.person_id,
            at=tx.now,
            since=since,
            text=tx.seal(identifier, "handover_notes", "text", identifier, text),
        )
    )
    tx.record("handed_over", identifier)
    return identifier

"""That somebody takes a file out of a message, to look into it, is on the record."""

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import NotFound
from triage.core.exclusions import is_excluded
from triage.retention.subject.queries.taking import Opened, taken
from triage.retention.subject.rules import NO_SUCH_ITEM
from triage.retention.subject.tables import SubjectItem


def open_file(tx: Tx, *, item_id: str) -> Opened:
    """The file, for who decides about it or looks at it second."""
    tx.allow(Action.READ_SUBJECTS)
    item = tx.session.get(SubjectItem, item_id)
    if item is None:
        raise NotFound(NO_SUCH_ITEM)
    if is_excluded(tx.session, matter_id=item.matter_id, person_id=tx.actor.person_id):
        raise NotFound(NO_SUCH_ITEM, refused_matter=item.matter_id)
    opened = taken(tx.session, viewer=tx.actor, item_id=item_id)
    tx.record("subject_file_opened", item.matter_id, request=item.request_id, item=item.id)
    return opened

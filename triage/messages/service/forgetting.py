"""What goes with a message when it is erased, table by table, and what stays beside its stub.

Its row goes: what is no row is in no list, no count and no search, whoever asks. What points at it
from above does so without a foreign key, and finds the stub of the same id.
"""

from sqlalchemy import delete, text

from triage.alarms.service.erasing import forget_matter
from triage.core.commands import Tx
from triage.core.data_keys import destroy, row_of
from triage.messages.beside.tables import MessageSketch, MessageTrace, RecipientAct
from triage.messages.stubs.service import leave_stub
from triage.messages.tables import (
    Message,
    MessageAttachment,
    MessageChild,
    MessageFlag,
    MessageNote,
    MessageSkip,
    MessageTransition,
    Original,
    WelfareTask,
)
from triage.messages.wrote.tables import MessageForward, MessageWriter
from triage.senders.service import note_stub

GONE = (
    Original,
    MessageAttachment,
    MessageTransition,
    MessageChild,
    MessageFlag,
    MessageNote,
    MessageSkip,
    WelfareTask,
    MessageTrace,
    MessageSketch,
    RecipientAct,
    MessageForward,
    MessageWriter,
)
"""Tables whose rows of a message go with it.

What stays, in ids and codes alone: the stub with its marks; who has no part in it (``exclusions``:
the record of it is kept from them for ever); who read it (``message_reveals``, until the stub
goes: exposure is counted by quarters); and the record itself.
"""


def forget_message(tx: Tx, message: Message) -> None:
    """Leave the stub, destroy the key, and take every row of the message out of the tables.

    The caller has made the step and holds the message's lock.
    """
    stub = leave_stub(tx, message)
    if message.sender_id is not None:
        note_stub(tx.session, sender_id=message.sender_id, month=stub.month)
    forget_matter(tx, matter_id=message.id)
    if row_of(tx.session, message.id) is not None:
        destroy(tx, message.id)
    for table in GONE:
        tx.session.execute(
            delete(table)
            .where(table.message_id == message.id)
            .execution_options(synchronize_session=False)
        )
    tx.session.execute(
        text("DELETE FROM message_search WHERE message_id = :id"), {"id": message.id}
    )
    tx.session.delete(message)
    tx.session.flush()

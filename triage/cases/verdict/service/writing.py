"""The letters by which a case ends: begun here, and then checked, agreed and sent with the commands
of the inquiry (``triage.cases.inquiry.service.letters``)."""

from collections.abc import Mapping

from triage.cases.service.stepping import acting
from triage.cases.tables import Case
from triage.core.commands import Tx
from triage.letters.rules import LetterKind
from triage.letters.service import drafting
from triage.letters.wording import Value
from triage.staff.processes import Part


def draft_letter(
    tx: Tx,
    case: Case,
    *,
    kind: LetterKind,
    fields: Mapping[str, Value],
    to_address: str = "",
    sender_id: str | None = None,
    to_reporter: bool = False,
) -> str:
    """Begin a letter of this case; its id. To the reporter it goes without anybody being shown
    where; to anybody else it is checked for what could tell who reported."""
    with acting(tx, Part.HANDLER):
        return drafting.draft(
            tx,
            matter_id=case.id,
            sender_id=sender_id,
            kind=kind,
            fields=fields,
            to_address=to_address,
            to_report_id=case.report_id if to_reporter else None,
            guarded=not to_reporter,
        )

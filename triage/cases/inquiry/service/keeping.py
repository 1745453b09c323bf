"""How a piece of evidence is written down, and who had it since (P-INV-2)."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from triage.cases.inquiry.rules import Custody, ItemKind, Source
from triage.cases.inquiry.service.stepping import LOOKS_INTO, load_open
from triage.cases.inquiry.tables import CaseCustody, CaseEvidence
from triage.cases.rules import NO_SUCH_CASE
from triage.cases.tables import Case
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotFound, TriageError
from triage.core.exclusions import is_excluded
from triage.core.ids import new_id
from triage.core.text import needed, short_enough, storable
from triage.messages.tables import Original
from triage.reports import queries as reports
from triage.staff.processes import Part

LONGEST_TITLE = 200


def put_in(
    tx: Tx,
    case: Case,
    kind: ItemKind,
    source: Source,
    *,
    title: str,
    origin: str,
    made_at: datetime | None,
    text: str = "",
    data: bytes = b"",
    whole: bytes | None = None,
    media: str = "text/plain",
    file_name: str = "",
    party_id: str | None = None,
    of_id: str | None = None,
    confidential: bool = False,
    hidden: bool = True,
) -> str:
    """Write one piece down with its hash and its first line of custody. ``whole``: its bytes,
    where they lie elsewhere."""
    if made_at is None or made_at.tzinfo is None or made_at > tx.now:
        raise Invalid("Say when it was said, written or taken: not in times to come.", field="at")
    made = new_id()
    held = whole if whole is not None else data or text.encode("utf-8")

    def seal(column: str, said: str) -> bytes:
        return tx.seal(case.id, "case_evidence", column, made, said)

    item = CaseEvidence(
        id=made,
        case_id=case.id,
        kind=kind.value,
        source=source.value,
        party_id=party_id,
        of_id=of_id,
        title=seal(
            "title",
            needed(
                storable(title), field="title", ask="Say in a line what it is.",
                longest=LONGEST_TITLE,
            ),
        ),
        origin=seal(
            "origin", needed(storable(origin), field="origin", ask="Say where it came from.")
        ),
        made_at=made_at,
        text=seal("text", text),
        file_name=seal("file_name", short_enough(file_name, field="file_name", longest=300)),
        media=media,
        size=len(held),
        data=tx.vault.seal_bytes(
            tx.session,
            owner_id=case.id,
            table="case_evidence",
            column="data",
            row_id=made,
            data=data,
            at=tx.now,
        ),
        sha256=seal("sha256", hashlib.sha256(held).hexdigest()),
        added_by=tx.actor.person_id,
        added_at=tx.now,
        confidential=confidential,
        hidden=hidden,
        carries=False,
        tested=False,
        tested_how=b"",
    )  # fmt: skip
    tx.session.add(item)
    tx.session.flush()
    note_custody(tx, case, item, Custody.ADDED, kind=kind.value, source=source.value)
    return made


def item_of(tx: Tx, item_id: str, *also: Part) -> tuple[Case, CaseEvidence]:
    """A piece of evidence with its case, for those who look into it; and for ``also``."""
    item = tx.session.get(CaseEvidence, item_id, with_for_update=True)
    if item is None:
        raise NotFound(NO_SUCH_CASE)
    return load_open(tx, item.case_id, *LOOKS_INTO, *also), item


def note_custody(tx: Tx, case: Case, item: CaseEvidence, act: Custody, **details: Any) -> None:
    """One more line of who had it, beside the event on the record."""
    newest = tx.session.scalar(
        select(func.max(CaseCustody.sequence)).where(CaseCustody.item_id == item.id)
    )
    tx.session.add(
        CaseCustody(
            id=new_id(),
            case_id=case.id,
            item_id=item.id,
            sequence=(newest or 0) + 1,
            at=tx.now,
            person_id=tx.actor.person_id,
            act=act.value,
        )
    )
    tx.record(f"evidence_{act.value}", case.id, item=item.id, **details)
    tx.session.flush()


def bytes_of(tx: Tx, item: CaseEvidence) -> bytes | None:
    """The bytes as they lie here now; ``None`` for what does not open or is not here any more."""
    kind, vault, session = ItemKind(item.kind), tx.vault, tx.session
    try:
        if kind is ItemKind.ACCOUNT and item.of_id is not None:
            answers = reports.report_answers(session, vault=vault, report_id=item.of_id)
            return answers.description.encode("utf-8")
        if kind is ItemKind.REPORT_FILE and item.of_id is not None:
            return reports.file_bytes(session, vault=vault, file_id=item.of_id)
        if kind is ItemKind.MESSAGE and item.of_id is not None:
            person_id = tx.actor.person_id
            if is_excluded(session, matter_id=item.of_id, person_id=person_id):
                return None
            found = session.get(Original, item.of_id)
            return None if found is None else found.raw
        column = "data" if item.data else "text"
        return vault.open_bytes(
            session, owner_id=item.case_id, table="case_evidence", column=column,
            row_id=item.id, sealed=getattr(item, column),
        )  # fmt: skip
    except (TriageError, ValueError):
        return None

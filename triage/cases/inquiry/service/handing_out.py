"""Evidence that leaves the desk: looked at, exported, given to who was reported; each is noted.

What does not have the hash that it had when it was put in does not go out (P-INV-2).
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select

from triage.cases.inquiry.rules import Custody, ItemKind
from triage.cases.inquiry.service.keeping import note_custody
from triage.cases.inquiry.service.stepping import LOOKS_INTO, READS, opened
from triage.cases.inquiry.tables import CaseEvidence
from triage.cases.rules import NO_SUCH_CASE
from triage.cases.service.stepping import load_as
from triage.cases.tables import Case
from triage.core.commands import Tx
from triage.core.errors import NotFound, TriageError
from triage.core.exclusions import is_excluded
from triage.messages.tables import Original
from triage.reports import queries as reports
from triage.staff.processes import Part


@dataclass(frozen=True, slots=True)
class Exported:
    """One piece of evidence, whole. ``data`` is nothing where it is not what was put in."""

    item_id: str
    title: str
    file_name: str
    media: str
    sha256: str
    """As it was when it was put in."""
    data: bytes | None

    @property
    def whole(self) -> bool:
        """Whether it is what was put in."""
        return self.data is not None


def look_at(tx: Tx, *, item_id: str) -> Exported:
    """Open a piece of evidence, for whoever reads the case."""
    return _give(tx, *_load(tx, item_id, *READS), Custody.LOOKED)


def export_item(tx: Tx, *, item_id: str) -> Exported:
    """Take a copy of a piece of evidence away, with its hash."""
    return _give(tx, *_load(tx, item_id, *LOOKS_INTO), Custody.EXPORTED)


def export_for_subject(tx: Tx, *, case_id: str) -> tuple[Exported, ...]:
    """What the person reported is given of the evidence: all that nobody keeps out of it."""
    case = load_as(tx, case_id, *LOOKS_INTO)
    found = tx.session.scalars(
        select(CaseEvidence)
        .where(CaseEvidence.case_id == case_id, CaseEvidence.hidden.is_(False))
        .order_by(CaseEvidence.made_at, CaseEvidence.id)
        .with_for_update()
    ).all()
    return tuple(_give(tx, case, one, Custody.IN_PACK) for one in found)


def _load(tx: Tx, item_id: str, *parts: Part) -> tuple[Case, CaseEvidence]:
    item = tx.session.get(CaseEvidence, item_id, with_for_update=True)
    if item is None:
        raise NotFound(NO_SUCH_CASE)
    return load_as(tx, item.case_id, *parts), item


def _give(tx: Tx, case: Case, item: CaseEvidence, act: Custody) -> Exported:
    def said(column: str) -> str:
        return opened(tx, case.id, "case_evidence", item.id, column, getattr(item, column))

    digest = said("sha256")
    data = _bytes(tx, item)
    if data is not None and hashlib.sha256(data).hexdigest() != digest:
        data = None
    note_custody(tx, case, item, act if data is not None else Custody.FAILED)
    return Exported(item.id, said("title"), said("file_name"), item.media, digest, data)


def _bytes(tx: Tx, item: CaseEvidence) -> bytes | None:
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

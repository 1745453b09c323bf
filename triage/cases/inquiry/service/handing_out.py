"""Evidence that leaves the desk: looked at, exported, given to who was reported; each is noted.

What does not have the hash that it had when it was put in does not go out (P-INV-2).
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select

from triage.cases.inquiry.rules import Custody
from triage.cases.inquiry.service.keeping import bytes_of, note_custody
from triage.cases.inquiry.service.letting_out import check_goes
from triage.cases.inquiry.service.stepping import LOOKS_INTO, READS, opened
from triage.cases.inquiry.tables import CaseEvidence
from triage.cases.rules import NO_SUCH_CASE
from triage.cases.service.stepping import load_as
from triage.cases.tables import Case
from triage.core.commands import Tx
from triage.core.errors import NotFound
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
    """What the person reported is given of the evidence: all that nobody keeps out of it. Nothing
    of it goes while one piece could tell who reported it, or is unread, and no second person let
    that out (P-NAM-1)."""
    case = load_as(tx, case_id, *LOOKS_INTO)
    found = tx.session.scalars(
        select(CaseEvidence)
        .where(CaseEvidence.case_id == case_id, CaseEvidence.hidden.is_(False))
        .order_by(CaseEvidence.made_at, CaseEvidence.id)
        .with_for_update()
    ).all()
    for one in found:
        check_goes(tx, case, one)
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
    data = bytes_of(tx, item)
    if data is not None and hashlib.sha256(data).hexdigest() != digest:
        data = None
    note_custody(tx, case, item, act if data is not None else Custody.FAILED)
    return Exported(item.id, said("title"), said("file_name"), item.media, digest, data)

"""Where somebody stands in incident reports, and whether they were told of them.

Who reported something is never looked for, whoever looks: to find it here would tell who a reporter
is. They read what they reported with their receipt, and write there for all else.
"""

from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from triage.cases.inquiry.rules import NoticeState
from triage.cases.inquiry.tables import CaseEvidence, CaseNotice
from triage.cases.queries.reading import OF_THE_PROCEDURE
from triage.cases.rules import PartyKind
from triage.cases.tables import Case, CaseParty
from triage.cases.verdict.queries.access import parts_of
from triage.core.access import Actor, visible
from triage.core.sealed import Vault
from triage.restrictions.tables import Restriction
from triage.retention.subject.rules import ItemKind, Why
from triage.retention.subject.tables import SubjectItem
from triage.retention.subject.terms import Terms, why_in

TOLD = (
    NoticeState.SENT, NoticeState.ACCOUNT_RECEIVED, NoticeState.DECLINED, NoticeState.NO_REPLY,
)  # fmt: skip
"""A notice that has gone: they know that there is a report."""
Found = tuple[ItemKind, str, str, tuple[Why, ...]]


def in_cases(session: Session, *, viewer: Actor, vault: Vault, terms: Terms) -> Iterator[Found]:
    """Each report that names them, and what they said in it themselves."""
    rows = session.scalars(
        select(CaseParty)
        .where(visible(viewer, CaseParty.case_id))
        .order_by(CaseParty.case_id, CaseParty.id)
    ).all()
    for party in rows:
        if PartyKind(party.kind) is PartyKind.REPORTER:
            continue
        why = why_in(party_text(session, vault, party), terms)
        if not why:
            continue
        reasons = tuple(sorted(why))
        yield ItemKind.CASE, party.case_id, party.id, reasons
        if _reads(session, viewer, party.case_id):
            statements = session.scalars(
                select(CaseEvidence.id)
                .where(CaseEvidence.party_id == party.id)
                .order_by(CaseEvidence.id)
            )
            yield from (
                (ItemKind.STATEMENT, party.case_id, one, reasons) for one in statements.all()
            )


def party_text(session: Session, vault: Vault, party: CaseParty) -> str:
    """How somebody is named in a report."""

    def shown(column: str, sealed: bytes) -> str:
        return vault.show(
            session, owner_id=party.case_id, table="case_parties", column=column,
            row_id=party.id, sealed=sealed,
        )  # fmt: skip

    return f"{shown('name', party.name)}\n{shown('contact', party.contact)}"


def told(session: Session, item: SubjectItem) -> bool:
    """Whether they know of the report that an item belongs to; so of what belongs to none
    (P-SUB-3). Who saw something, or bore it, is not kept from what they said."""
    kind = ItemKind(item.kind)
    if kind is ItemKind.CASE:
        party = session.get(CaseParty, item.of_id)
        if party is None or PartyKind(party.kind) is not PartyKind.SUBJECT:
            return True
        return _noticed(session, CaseNotice.party_id == party.id)
    if kind is ItemKind.STATEMENT:
        return True
    case_id: str | None = item.matter_id
    if kind is ItemKind.RESTRICTION:
        case_id = session.scalar(select(Restriction.case_id).where(Restriction.id == item.of_id))
    if case_id is None or session.get(Case, case_id) is None:
        return True
    return _noticed(session, CaseNotice.case_id == case_id)


def _noticed(session: Session, where: object) -> bool:
    gone = [one.value for one in TOLD]
    found = exists().where(where, CaseNotice.state.in_(gone))  # type: ignore[arg-type]
    return bool(session.scalar(select(found)))


def _reads(session: Session, viewer: Actor, case_id: str) -> bool:
    """Whether what was said in a case is theirs to read: not for the procedure of identities."""
    return viewer.is_system or bool(parts_of(session, viewer, case_id) - OF_THE_PROCEDURE)

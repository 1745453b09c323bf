"""What was found of people who also write to us: for those alone who may open its case. It is in
no standing and no rank."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.cases.queries.reading import OF_THE_PROCEDURE, ties
from triage.cases.rules import Finding, PartyKind, State
from triage.cases.tables import Case, CaseParty
from triage.cases.verdict.queries.access import opened_case, parts_of
from triage.cases.verdict.rules import ActionKind, ActionState
from triage.cases.verdict.tables import CaseAction, CaseDecision
from triage.core.access import Actor, visible
from triage.core.crypto import KeyedHash
from triage.core.sealed import Vault
from triage.senders import canonical
from triage.senders.service import known_as
from triage.senders.standing.queries import standing_of

STANDS_IN = frozenset({State.DECIDED, State.ACTIONING, State.OUTCOME_DUE, State.CLOSED})
"""States in which a finding stands: what is looked into again has none."""


@dataclass(frozen=True, slots=True)
class UpheldRow:
    """One upheld finding on a sender: that there is one, and where it is read."""

    id: str
    case_id: str
    at: datetime


def upheld_of_senders(
    session: Session, *, viewer: Actor, sender_ids: Iterable[str]
) -> tuple[UpheldRow, ...]:
    """Upheld findings from which something followed for one of these senders, in cases that the
    viewer may open; oldest first. For everybody else there is none."""
    found = session.execute(
        select(CaseDecision.id, CaseDecision.case_id, CaseDecision.at)
        .join(Case, Case.id == CaseDecision.case_id)
        .join(CaseAction, CaseAction.decision_id == CaseDecision.id)
        .where(
            visible(viewer, Case.id),
            CaseAction.sender_id.in_(set(sender_ids)),
            CaseDecision.round == Case.finding_round,
            CaseDecision.finding == Finding.UPHELD.value,
            Case.finding == Finding.UPHELD.value,
            Case.state.in_([one.value for one in STANDS_IN]),
        )
        .distinct()
        .order_by(CaseDecision.at, CaseDecision.id)
    ).all()
    return tuple(
        UpheldRow(one.id, one.case_id, one.at)
        for one in found
        if parts_of(session, viewer, one.case_id) - OF_THE_PROCEDURE
        and ties(session, viewer=viewer, case_id=one.case_id) == frozenset()
    )


def after_request_to_cease(
    session: Session, *, vault: Vault, keys: KeyedHash, viewer: Actor, case_id: str
) -> datetime | None:
    """When somebody named in this case had been asked to stop before it came in; ``None`` where
    nobody was (P-ACT-1). By what stands of a sender with their address, and by what was asked in
    other cases that the viewer may know of, of somebody with the same name or contact."""
    case = opened_case(session, viewer, case_id)
    subjects = _subjects(session, vault, case_id)
    known = set()
    for _, contact in subjects:
        identifier = canonical.address(contact)
        if identifier is not None:
            known.add(known_as(session, keys, identifier))
    asked = [
        one.asked_to_cease_at
        for one in standing_of(session, known, case.received_at).values()
        if one.asked_to_cease_at is not None
    ]
    mine = {one for pair in subjects for one in pair if one}
    earlier = session.execute(
        select(CaseAction.case_id, CaseAction.party_id, CaseAction.done_at).where(
            visible(viewer, CaseAction.case_id),
            CaseAction.case_id != case_id,
            CaseAction.kind == ActionKind.REQUEST_TO_CEASE.value,
            CaseAction.state == ActionState.DONE.value,
            CaseAction.done_at <= case.received_at,
        )
    ).all()
    for other, party_id, at in earlier:
        theirs = {one for pair in _subjects(session, vault, other, party_id) for one in pair if one}
        if at is not None and theirs & mine:
            asked.append(at)
    return min(asked, default=None)


def _subjects(
    session: Session, vault: Vault, case_id: str, party_id: str | None = None
) -> list[tuple[str, str]]:
    """(name, contact) of the people reported in a case, folded."""
    wanted = select(CaseParty).where(
        CaseParty.case_id == case_id, CaseParty.kind == PartyKind.SUBJECT.value
    )
    if party_id is not None:
        wanted = wanted.where(CaseParty.id == party_id)

    def text(party: CaseParty, column: str) -> str:
        return " ".join(vault.show_of(session, case_id, party, column).split()).casefold()

    return [(text(one, "name"), text(one, "contact")) for one in session.scalars(wanted)]

"""What the commands of an inquiry share: people of a case, their notices, steps of these."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from triage.cases.inquiry.rules import NoticeEdge, NoticeState, move
from triage.cases.inquiry.tables import CaseNotice, CaseNoticeStep
from triage.cases.rules import NO_SUCH_CASE, OPEN, PartyKind, State, words
from triage.cases.service.stepping import load_as
from triage.cases.tables import Case, CaseParty
from triage.conduct.clauses import POLICY_VERSION
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotFound
from triage.core.ids import new_id
from triage.core.steps import Steps, write_step
from triage.staff.processes import Part

NOTICE_STEPS = Steps(CaseNoticeStep, "case_id")
LOOKS_INTO = (Part.INVESTIGATOR, Part.HANDLER)
"""Who finds out: adds people and evidence, writes the notice."""
READS = (
    Part.HANDLER,
    Part.INVESTIGATOR,
    Part.SECOND,
    Part.DECIDER,
    Part.LEAK_CHECK,
    Part.RATIFIER,
    Part.INTERIM_AUTHOR,
)
"""Who reads an inquiry. Custodians open identities, and nothing else."""


def load_open(tx: Tx, case_id: str, *parts: Part, version: int | None = None) -> Case:
    """An open case, for somebody with one of these parts who has declared."""
    case = load_as(tx, case_id, *parts, version=version)
    check_open(case)
    return case


def check_open(case: Case) -> None:
    """Nothing is added to a case that has ended: it is taken up again first."""
    if State(case.state) not in OPEN:
        raise Conflict(f"This cannot be done: the case is {words(State(case.state))}.")


def party_of(tx: Tx, case_id: str, party_id: str) -> CaseParty:
    """Somebody in this case, and in no other."""
    found = tx.session.get(CaseParty, party_id)
    if found is None or found.case_id != case_id:
        raise NotFound("Nobody like that is in this case.")
    return found


def case_of_party(tx: Tx, party_id: str) -> str:
    """In which case somebody is: for what then loads it, and so asks who may know."""
    found = tx.session.get(CaseParty, party_id)
    if found is None:
        raise NotFound(NO_SUCH_CASE)
    return found.case_id


def parties_of(tx: Tx, case_id: str, *kinds: PartyKind) -> list[CaseParty]:
    """Those of a case, in the order in which they were added."""
    found = select(CaseParty).where(CaseParty.case_id == case_id)
    if kinds:
        found = found.where(CaseParty.kind.in_([one.value for one in kinds]))
    return list(tx.session.scalars(found.order_by(CaseParty.added_at, CaseParty.id)))


def is_named(party: CaseParty) -> bool:
    """Whether a subject is a specific person, and not a description."""
    return bool(party.name or party.contact or party.staff_id)


def state_of(party: CaseParty, notice: CaseNotice | None) -> NoticeState:
    """How a notice stands: due, where somebody is named and nothing else was said."""
    if notice is not None:
        return NoticeState(notice.state)
    return NoticeState.DUE if is_named(party) else NoticeState.NOT_APPLICABLE


def notices_of(tx: Tx, case_id: str) -> dict[str, CaseNotice]:
    """Party -> their notice, locked, for those that have one."""
    found = tx.session.scalars(
        select(CaseNotice).where(CaseNotice.case_id == case_id).with_for_update()
    )
    return {one.party_id: one for one in found}


def notice_for(tx: Tx, case: Case, party: CaseParty) -> CaseNotice:
    """The notice of a person reported; begun where there is none."""
    if PartyKind(party.kind) is not PartyKind.SUBJECT:
        raise Conflict("A notice goes to somebody who was reported, and to nobody else.")
    found = notices_of(tx, case.id).get(party.id)
    if found is None:
        found = CaseNotice(
            id=new_id(),
            case_id=case.id,
            party_id=party.id,
            state=state_of(party, None).value,
            state_since=tx.now,
            skipped=b"",
        )
        tx.session.add(found)
        tx.session.flush()
    return found


def step_notice(
    tx: Tx, case: Case, notice: CaseNotice, edge: NoticeEdge, *, reason: str = "", **details: Any
) -> None:
    """Move a notice along one edge, with its step and its event in this transaction."""
    before, based_on = NoticeState(notice.state), notice.version or 0
    after = move(before, edge, by_system=tx.actor.is_system)
    notice.state, notice.state_since = after.value, tx.now
    write_step(
        tx, NOTICE_STEPS, case.id,
        edge=edge.value, before=before.value, to=after.value, based_on=based_on,
        policy_version=POLICY_VERSION, reason=reason, notice_id=notice.id,
    )  # fmt: skip
    tx.record(
        f"notice_{edge.value}", case.id, party=notice.party_id,
        **{"from": before.value, "to": after.value, **details},
    )  # fmt: skip
    tx.session.flush()


def opened(tx: Tx, case_id: str, table: str, row_id: str, column: str, sealed: bytes | None) -> str:
    """A sealed text of a case. What was erased, or does not open, is an error here."""
    return tx.vault.open(
        tx.session, owner_id=case_id, table=table, column=column, row_id=row_id, sealed=sealed
    )


def texts(tx: Tx, party: CaseParty, columns: Iterable[str]) -> dict[str, str]:
    """What is kept of somebody, opened."""
    return {
        one: opened(tx, party.case_id, "case_parties", party.id, one, getattr(party, one))
        for one in columns
    }

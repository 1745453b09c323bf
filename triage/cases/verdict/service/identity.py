"""Who reported: asked with a reason, allowed by another, opened by the custodian, and closed again
after a day. Nobody learns it in any other way; a letter goes to them without."""

from contextlib import suppress

from sqlalchemy import select

from triage.cases.service import parts
from triage.cases.service.stepping import barred, holders, load_as
from triage.cases.tables import Case
from triage.cases.verdict import rules
from triage.cases.verdict.rules import IDENTITY_OPEN, IdentityState
from triage.cases.verdict.tables import CaseIdentity
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotFound
from triage.core.ids import new_id
from triage.core.text import needed
from triage.notify.rules import Kind
from triage.notify.service import queue_mail
from triage.staff.capability import Missing, carriers
from triage.staff.processes import Part, Process, plan
from triage.staff.queries.team import away, outsiders, team

ASKS = (Part.HANDLER, Part.INVESTIGATOR)
OF_THE_PROCEDURE = (Part.CUSTODIAN, Part.IDENTITY_APPROVER)
NO_SUCH_QUESTION = "There is nothing like that to decide."


def ask_identity(tx: Tx, *, case_id: str, version: int, reason: str) -> str:
    """Ask to know who reported, and say why it is needed; the id of the question. Who decides on
    it and who opens it are two others, found at once."""
    case = load_as(tx, case_id, *ASKS, version=version)
    reason = needed(reason, field="reason", ask="Say why this is needed.")
    if any(_state(tx, one) in PENDING for one in _rows(tx, case_id)):
        raise Conflict("This has been asked already.")
    _find_people(tx, case)
    made = new_id()
    tx.session.add(
        CaseIdentity(
            id=made,
            case_id=case_id,
            asked_by=tx.actor.person_id,
            asked_at=tx.now,
            reason=tx.seal(case_id, "case_identities", "reason", made, reason),
            answer=b"",
        )
    )
    tx.session.flush()
    tx.record("identity_asked", case_id, request=made)
    return made


def settle_identity(tx: Tx, *, request_id: str, approve: bool, answer: str) -> None:
    """Another person allows it, or does not, and says why."""
    case, row = _load(tx, request_id, Part.IDENTITY_APPROVER)
    rules.check_approves_identity(row.asked_by, tx.actor.person_id)
    if row.settled_at is not None:
        raise Conflict("This has been decided already.")
    answer = needed(answer, field="answer", ask="Say why, in a few words.")
    row.settled_by, row.settled_at, row.approved = tx.actor.person_id, tx.now, approve
    row.answer = tx.seal(case.id, "case_identities", "answer", row.id, answer)
    tx.session.flush()
    tx.record("identity_settled", case.id, request=row.id, approved=approve)
    if not approve:
        _let_go(tx, case)
        return
    for person_id in holders(tx, case.id).get(Part.CUSTODIAN, ()):
        queue_mail(
            tx,
            kind=Kind.TASK,
            dedupe_key=f"case:{case.id}:identity:{row.id}:{person_id}",
            to_person_id=person_id,
        )


def open_identity(tx: Tx, *, request_id: str) -> None:
    """The custodian opens it, for a day, to who asked: a step on the record."""
    case, row = _load(tx, request_id, Part.CUSTODIAN)
    rules.check_approves_identity(row.asked_by, tx.actor.person_id)
    if _state(tx, row) is not IdentityState.APPROVED:
        raise Conflict("Another person allows this first.")
    row.opened_by, row.opened_at = tx.actor.person_id, tx.now
    tx.session.flush()
    tx.record("identity_opened", case.id, request=row.id, to=row.asked_by)


def note_closings(tx: Tx) -> int:
    """Put on the record what closed by the clock, and let go who opened it; how many."""
    tx.allow(Action.RUN_JOBS)
    over = tx.session.scalars(
        select(CaseIdentity)
        .where(
            CaseIdentity.opened_at <= tx.now - IDENTITY_OPEN,
            CaseIdentity.close_noted_at.is_(None),
        )
        .order_by(CaseIdentity.opened_at, CaseIdentity.id)
        .with_for_update()
    ).all()
    for row in over:
        row.close_noted_at = tx.now
        tx.record("identity_closed", row.case_id, request=row.id)
        _let_go(tx, tx.session.get_one(Case, row.case_id, with_for_update=True))
    return len(over)


def cover_procedures(tx: Tx) -> int:
    """See that every open question has who allows it and who opens it, also after somebody has
    stepped back; how many are open."""
    tx.allow(Action.RUN_JOBS)
    found = tx.session.scalars(
        select(Case)
        .join(CaseIdentity, CaseIdentity.case_id == Case.id)
        .where(CaseIdentity.opened_at.is_(None), CaseIdentity.approved.is_not(False))
        .order_by(Case.id)
        .with_for_update(of=Case)
    ).all()
    for case in found:
        held = holders(tx, case.id)
        if all(part in held for part in OF_THE_PROCEDURE):
            continue
        with suppress(Conflict):  # nobody yet: it is tried again
            _find_people(tx, case)
    return len(found)


PENDING = frozenset({IdentityState.ASKED, IdentityState.APPROVED, IdentityState.OPEN})


def _find_people(tx: Tx, case: Case) -> None:
    """Who keeps identities, and who else allows it, of those who had no other part (rule 6)."""
    ever = holders(tx, case.id, ever=True)
    found = carriers(
        team(tx.session),
        plan(Process.IDENTITY),
        absent=away(tx.session, tx.now),
        recused=barred(tx, case.id),
        fallbacks=outsiders(tx.session),
        done=ever,
    )
    if isinstance(found, Missing):
        raise Conflict(f"This cannot be asked now: {found.words}.")
    for part in OF_THE_PROCEDURE:
        person_id = found.holders[part]
        how = "stepped_in" if person_id in found.outside else "assigned"
        parts.give(tx, case, part, person_id, how=how)


def _let_go(tx: Tx, case: Case) -> None:
    """They know of the case no longer than they must."""
    if any(_state(tx, one) in PENDING for one in _rows(tx, case.id)):
        return
    held = holders(tx, case.id)
    for part in OF_THE_PROCEDURE:
        for person_id in held.get(part, ()):
            parts.end(tx, case, person_id, {part})


def _load(tx: Tx, request_id: str, part: Part) -> tuple[Case, CaseIdentity]:
    row = tx.session.get(CaseIdentity, request_id)
    if row is None:
        raise NotFound(NO_SUCH_QUESTION)
    try:
        case = load_as(tx, row.case_id, part)
    except NotFound as hidden:
        raise NotFound(NO_SUCH_QUESTION, refused_matter=hidden.refused_matter) from hidden
    tx.session.refresh(row, with_for_update=True)
    return case, row


def _state(tx: Tx, row: CaseIdentity) -> IdentityState:
    return rules.identity_state(approved=row.approved, opened_at=row.opened_at, now=tx.now)


def _rows(tx: Tx, case_id: str) -> list[CaseIdentity]:
    found = select(CaseIdentity).where(CaseIdentity.case_id == case_id)
    return list(tx.session.scalars(found.order_by(CaseIdentity.asked_at, CaseIdentity.id)))

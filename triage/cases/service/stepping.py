"""Loading a case for somebody who may know of it, and moving it along its graph."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import select

from triage.cases import rules
from triage.cases.rules import Edge, State, Tie
from triage.cases.tables import Case, CaseDeclaration, CasePart, CaseTransition
from triage.conduct.steps import note_step
from triage.core.closed import set_members
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotAllowed, NotFound
from triage.core.exclusions import excluded, is_excluded
from triage.core.roles import Role
from triage.core.steps import Steps
from triage.staff.processes import Part
from triage.staff.service.deciders import happened_since

STEPS = Steps(CaseTransition, "case_id")
DID: dict[str, str] = {
    Edge.ACKNOWLEDGE.value: "took",
    Edge.ROUTE_OUT.value: "passed on",
    Edge.REFER_HR.value: "passed to HR",
    Edge.RECOMMEND.value: "made a recommendation on",
    Edge.DECIDE.value: "decided",
    Edge.CLOSE.value: "closed",
    Edge.WITHDRAW.value: "ended",
    Edge.REOPEN.value: "took up again",
}
ACTS_AS: dict[Part, Role] = {
    Part.HANDLER: Role.HANDLER,
    Part.INVESTIGATOR: Role.INVESTIGATOR,
    Part.DECIDER: Role.DECIDER,
    Part.SECOND: Role.HANDLER,
    Part.LEAK_CHECK: Role.HANDLER,
    Part.INTERIM_AUTHOR: Role.ON_DUTY,
    Part.RATIFIER: Role.DECIDER,
    Part.CUSTODIAN: Role.CUSTODIAN,
    Part.IDENTITY_APPROVER: Role.DECIDER,
}
"""Part -> the role that somebody who steps in from outside acts with, in this case alone."""


def load(tx: Tx, case_id: str, *, version: int | None = None) -> Case:
    """The case, locked. Who may not know of it gets the answer for one that does not exist."""
    found = tx.session.get(Case, case_id, with_for_update=True)
    if found is None:
        raise NotFound(rules.NO_SUCH_CASE)
    if not tx.actor.is_system and is_excluded(
        tx.session, matter_id=case_id, person_id=tx.actor.person_id
    ):
        raise NotFound(rules.NO_SUCH_CASE, refused_matter=case_id)
    tx.about = case_id
    if version is not None and version != found.version:
        raise Conflict(happened_since(tx, STEPS, case_id, DID))
    return found


def load_as(
    tx: Tx, case_id: str, *parts: Part, version: int | None = None, declared: bool = True
) -> Case:
    """The case, for somebody who has one of these parts in it now."""
    case = load(tx, case_id, version=version)
    mine = parts_of(tx, case_id, tx.actor.person_id)
    if not mine & set(parts):
        raise NotAllowed("This is for another part in this case.", what=f"case_{parts[0].value}")
    if declared:
        rules.check_declared(declared_ties(tx, case_id, tx.actor.person_id))
    return case


def parts_of(tx: Tx, case_id: str, person_id: str) -> frozenset[Part]:
    """The parts that somebody has in a case now."""
    found = select(CasePart.part).where(
        CasePart.case_id == case_id, CasePart.person_id == person_id, CasePart.until.is_(None)
    )
    return frozenset(Part(one) for one in tx.session.scalars(found))


def holders(tx: Tx, case_id: str, *, ever: bool = False) -> dict[Part, tuple[str, ...]]:
    """Part -> who has it now, or (``ever``) who has it or had it; in order."""
    found = select(CasePart).where(CasePart.case_id == case_id)
    if not ever:
        found = found.where(CasePart.until.is_(None))
    held: dict[Part, list[str]] = {}
    for row in tx.session.scalars(found.order_by(CasePart.since, CasePart.id)):
        held.setdefault(Part(row.part), []).append(row.person_id)
    return {part: tuple(dict.fromkeys(people)) for part, people in held.items()}


def declared_ties(tx: Tx, case_id: str, person_id: str) -> frozenset[Tie] | None:
    """What somebody said last of their ties to the people in it; ``None`` where nothing yet."""
    newest = (
        select(CaseDeclaration.ties)
        .where(CaseDeclaration.case_id == case_id, CaseDeclaration.person_id == person_id)
        .order_by(CaseDeclaration.at.desc(), CaseDeclaration.id)
        .limit(1)
    )
    row = tx.session.execute(newest).first()
    return None if row is None else frozenset(Tie(one) for one in row[0])


def barred(tx: Tx, case_id: str) -> frozenset[str]:
    """Who has no part in it: named, recused, excluded, suspended."""
    return excluded(tx.session, [case_id]).get(case_id, frozenset())


def step(
    tx: Tx,
    case: Case,
    edge: Edge,
    *,
    to: State | None = None,
    reason: str = "",
    token: str | None = None,
    **details: object,
) -> None:
    """Move along one edge; the transition and its event in this transaction (rules 3 and 5)."""
    before, based_on = State(case.state), case.version
    after = rules.move(before, edge, to=to, by_system=tx.actor.is_system)
    case.state, case.state_since = after.value, tx.now
    note_step(
        tx, STEPS, case.id, edge.value, before, after,
        based_on=based_on, reason=reason, token=token, details=details,
    )  # fmt: skip
    tx.session.flush()


def keep_members(tx: Tx, case: Case, *, also: Collection[str] = ()) -> None:
    """Who may know of the case now: whoever has a part in it, and nobody else (P-CON-1)."""
    held = {person for people in holders(tx, case.id).values() for person in people}
    set_members(
        tx.session,
        matter_id=case.id,
        person_ids=(held | set(also)) - barred(tx, case.id),
        at=tx.now,
    )


@contextmanager
def acting(tx: Tx, part: Part) -> Iterator[None]:
    """Let whoever has a part in this case act with its role in a room below, for this alone: a
    trustee who stepped in writes the letter that a handler would."""
    actor = tx.actor
    tx.actor = replace(actor, roles=actor.roles | {ACTS_AS[part]})
    try:
        yield
    finally:
        tx.actor = actor

"""Who has which part in a case: given, ended, and never left open (P-REC-3)."""

from collections.abc import Collection

from sqlalchemy import select

from triage.cases.rules import State
from triage.cases.service.keeping import look_again
from triage.cases.service.stepping import barred, holders, keep_members, parts_of
from triage.cases.tables import Case, CasePart
from triage.core.closed import members_of
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotAllowed
from triage.core.ids import new_id
from triage.notify.rules import Kind
from triage.notify.service import queue_mail
from triage.staff.capability import Carried, Missing, carriers
from triage.staff.processes import HOLDERS, Part, Plan, Process, apart
from triage.staff.queries.team import away, outsiders, team

NEEDED: dict[State, tuple[Part, ...]] = {
    State.ACKNOWLEDGED: (Part.HANDLER,),
    State.INVESTIGATING: (Part.HANDLER, Part.INVESTIGATOR),
    State.AWAITING_SUBJECT: (Part.HANDLER, Part.INVESTIGATOR),
    State.RECOMMENDED: (Part.HANDLER, Part.INVESTIGATOR, Part.DECIDER),
    State.DECIDED: (Part.HANDLER, Part.DECIDER),
    State.ACTIONING: (Part.HANDLER, Part.DECIDER),
    State.OUTCOME_DUE: (Part.HANDLER, Part.DECIDER),
    State.WITHDRAWN_REQUESTED: (Part.HANDLER,),
}
"""State -> the parts that somebody must have in it."""
_ALL = (Part.HANDLER, Part.INVESTIGATOR, Part.DECIDER)


def give(tx: Tx, case: Case, part: Part, person_id: str, *, how: str) -> None:
    """Give somebody a part, once: nobody who is barred, and no two that rule 6 keeps apart."""
    if part in parts_of(tx, case.id, person_id):
        return
    check_fit(tx, case, part, person_id)
    made = new_id()
    tx.session.add(
        CasePart(
            id=made,
            case_id=case.id,
            person_id=person_id,
            part=part.value,
            since=tx.now,
            how=how,
        )
    )
    tx.session.flush()
    tx.record("case_part", case.id, part=part.value, person=person_id, how=how)
    keep_members(tx, case)
    if person_id != tx.actor.person_id:
        queue_mail(
            tx,
            kind=Kind.TASK,
            dedupe_key=f"case:{made}",
            to_person_id=person_id,
        )


def check_fit(tx: Tx, case: Case, part: Part, person_id: str) -> None:
    """Whether somebody may have a part: by role or as the named fallback, and by rule 6; and
    whether the report speaks of them, whenever they came."""
    look(tx, case)
    if person_id in barred(tx, case.id):
        raise NotAllowed("This person has no part in this case.", what="case_barred")
    roles = {one.id: one.roles for one in team(tx.session)}.get(person_id, frozenset())
    named = any(one.id == person_id and one.serves(Process.CASE) for one in outsiders(tx.session))
    if not roles & HOLDERS[part] and not named:
        raise NotAllowed("This part is for people with another role.", what="case_role")
    ever = holders(tx, case.id, ever=True)
    for other, people in ever.items():
        if person_id in people and apart(part, other):
            raise NotAllowed(
                "This person has had another part in this case that does not go with it.",
                what="case_parts_apart",
            )


def end(tx: Tx, case: Case, person_id: str, parts: Collection[Part] | None = None) -> list[Part]:
    """End parts of somebody (all of them, where none are named); those that they had."""
    found = tx.session.scalars(
        select(CasePart).where(
            CasePart.case_id == case.id,
            CasePart.person_id == person_id,
            CasePart.until.is_(None),
        )
    ).all()
    ended = []
    for row in found:
        if parts is None or Part(row.part) in parts:
            row.until = tx.now
            ended.append(Part(row.part))
            tx.record("case_part_ended", case.id, part=row.part, person=person_id)
    tx.session.flush()
    waits = State(case.state) is State.SUBMITTED  # who was asked of it stays asked
    asked = members_of(tx.session, [case.id]).get(case.id, frozenset()) if waits else ()
    keep_members(tx, case, also=asked)
    return ended


def look(tx: Tx, case: Case) -> None:
    """Whom the report speaks of on a staff list that has changed has no part from here on."""
    for person_id in look_again(tx, case):
        end(tx, case, person_id)


def cover(tx: Tx, case: Case, *, without: Collection[str] = ()) -> list[Part]:
    """Fill every part that the case needs now and nobody has, in this transaction; those that
    nobody could be found for.

    From the team where it can be, by as few from outside as possible; who had the part before
    comes first. A part that was held and is not needed yet is filled too: whoever had it was
    chosen, and somebody takes their place. ``without``: who counts as not there. Whom the report
    turns out to speak of has none of them from here on.
    """
    if State(case.state) not in NEEDED:
        return []
    look(tx, case)
    held = {
        part: there
        for part, people in holders(tx, case.id).items()
        if (there := tuple(one for one in people if one not in without))
    }
    ever = holders(tx, case.id, ever=True)
    needed = set(NEEDED.get(State(case.state), ())) | (set(ever) & set(_ALL) - set(held))
    lacking = [part for part in _ALL if part in needed and part not in held]
    if not lacking:
        return []
    out = barred(tx, case.id)
    gone = away(tx.session, tx.now) | set(without)
    kept = {one for people in held.values() for one in people}
    left: list[Part] = []
    wanted = [part for part in _ALL if part in held]
    # All of them together where that can be; else whichever can, in the order of their parts.
    for some in ([lacking], [[one] for one in lacking]):
        left = []
        for parts in some:
            found = _who(tx, [*wanted, *parts], ever, out, gone - kept)
            if isinstance(found, Missing):
                left += parts
                continue
            for part in parts:
                person_id = found.holders[part]
                outside = person_id in found.outside
                give(tx, case, part, person_id, how="stepped_in" if outside else "assigned")
            wanted += parts
        if not left:
            return []
    for part in left:
        tx.record("case_part_lacking", case.id, part=part.value)
    return left


def find(tx: Tx, case: Case, part: Part, *, besides: Collection[Part] = ()) -> None:
    """Name somebody for a part in this transaction, where nobody has it or one that does as well
    (``besides``)."""
    look(tx, case)
    held = holders(tx, case.id)
    if any(held.get(one) for one in (part, *besides)):
        return
    ever = holders(tx, case.id, ever=True)
    out = set(barred(tx, case.id)) | {one for people in held.values() for one in people}
    found = _who(tx, [part], ever, out, away(tx.session, tx.now))
    if isinstance(found, Missing):
        tx.record("case_part_lacking", case.id, part=part.value)
        return
    person_id = found.holders[part]
    how = "stepped_in" if person_id in found.outside else "assigned"
    give(tx, case, part, person_id, how=how)


def _who(
    tx: Tx,
    wanted: list[Part],
    ever: dict[Part, tuple[str, ...]],
    out: Collection[str],
    gone: Collection[str],
) -> Carried | Missing:
    """Who carries these parts: of those who are there, or else of those who are away too."""
    found: Carried | Missing
    for absent in (gone, ()):
        found = carriers(
            team(tx.session),
            Plan(Process.CASE, "", tuple(wanted)),
            absent=absent,
            recused=out,
            fallbacks=outsiders(tx.session),
            done=ever,
        )
        if not isinstance(found, Missing):
            break
    return found


def check_held(tx: Tx, case: Case, part: Part) -> None:
    """``Conflict`` where nobody has a part that is needed for what is to be done."""
    if part not in holders(tx, case.id):
        raise Conflict(f"Name somebody first: nobody is the {part.value.replace('_', ' ')}.")

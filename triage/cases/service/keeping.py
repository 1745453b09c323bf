"""Whom a report speaks of, among all of ours: kept away from it, when it is opened, when its
reporter says more, and when the staff list is no longer the one that was looked through (P-REC-2).

Whoever could become a member of a case asks here first, so that nobody is let in unmatched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, select, update

from triage.cases.matching import Known, Said, matches
from triage.cases.rules import MatchKind
from triage.cases.tables import Case, CaseMatch, CasePart, CaseParty
from triage.conduct.incidents import TeamAnswer
from triage.core.commands import Tx
from triage.core.errors import Invalid, TriageError
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.roles import Role
from triage.reports import queries as reports
from triage.reports.answers import Answers, Person, reach_from_json
from triage.reports.thread import StepKind
from triage.staff.queries import everybody

KEPT_AS: dict[MatchKind, ExclusionKind] = {
    MatchKind.PICKED: ExclusionKind.SUBJECT,
    MatchKind.NAMED: ExclusionKind.SUBJECT,
    MatchKind.POSSIBLE: ExclusionKind.EXCLUDED,
    MatchKind.NOT_SURE: ExclusionKind.EXCLUDED,
}


@dataclass(frozen=True, slots=True)
class Ours:
    """The staff list: everybody with an account, open or closed: a closed one is opened again."""

    known: tuple[Known, ...]
    team: frozenset[str]
    """Those with an open account who are no guests."""
    mark: str
    """Another for every other staff list."""


def ours(tx: Tx) -> Ours:
    """The staff list as it is now."""
    rows = everybody(tx.session)
    known = tuple(
        Known(
            one.id,
            one.name,
            one.email,
            tuple(
                role.value.replace("_", " ")
                for role in sorted(one.roles)
                if role is not Role.GUEST  # at an event anybody is one
            ),
        )
        for one in rows
    )
    team = frozenset(one.id for one in rows if one.active and Role.GUEST not in one.roles)
    listed = repr(sorted((one.id, one.name, one.email, one.does) for one in known))
    mark = tx.keys.of("staff list", f"{listed}{sorted(team)}".encode())
    return Ours(known, team, mark)


def keep_away(tx: Tx, case: Case, answers: Answers) -> None:
    """Whoever was picked, is named, or might be meant; and, where the reporter is not sure, or
    says that it is one of us and nobody can tell who, everybody."""
    staff = ours(tx)
    for person_id, kind in _found(tx, staff, case, answers).items():
        keep(tx, case, person_id, kind)
    unnamed = (
        answers.team is TeamAnswer.YES
        and not _picked(staff, answers)
        and not matches(staff.known, _of_people(answers.subjects))
    )
    unsure = answers.team is TeamAnswer.NOT_SURE
    if unsure or unnamed:
        case.held_outside = True
        for person_id in sorted(staff.team):
            keep(tx, case, person_id, MatchKind.NOT_SURE)
    case.matched_with = staff.mark
    tx.session.flush()


def look_again(tx: Tx, case: Case) -> list[str]:
    """Whom of a staff list that has changed a report speaks of, and whoever joined a team of whom
    it might be anybody; those who are newly out."""
    staff = ours(tx)
    if case.matched_with == staff.mark:
        return []
    try:
        answers = reports.report_answers(tx.session, vault=tx.vault, report_id=case.report_id)
        found = _found(tx, staff, case, answers)
    except TriageError:  # where nobody can open it nobody reads it; it is tried again
        return []
    _add(found, _by_hand(tx, case, staff))
    out = [person_id for person_id, kind in found.items() if keep(tx, case, person_id, kind)]
    if case.held_outside:
        held = select(CaseMatch.person_id).where(CaseMatch.case_id == case.id)
        for person_id in sorted(staff.team - set(tx.session.scalars(held))):
            keep(tx, case, person_id, MatchKind.NOT_SURE)
            out.append(person_id)
    # Not a step of the case: whoever has it on their screen is not put back by it.
    tx.session.execute(update(Case).where(Case.id == case.id).values(matched_with=staff.mark))
    tx.session.flush()
    return out


def hear(tx: Tx, case: Case, message_id: str, kind: StepKind, text: str) -> list[str]:
    """Whom a message of the reporter speaks of, before anybody is told of it: those who are newly
    out. Who was cleared before is out again: it is another message."""
    names = [
        one.name
        for one in reports.files(tx.session, vault=tx.vault, report_id=case.report_id)
        if one.message_id == message_id
    ]
    staff = ours(tx)
    found = matches(staff.known, _of_message(kind, text))
    _add(found, matches(staff.known, Said(accounts=tuple(names))))
    out = [one for one, how in found.items() if keep(tx, case, one, how, again=True)]
    tx.session.flush()
    return out


def speaks_of(tx: Tx, case: Case, known: Known) -> bool:
    """Whether a report, or what was added to it by hand, might speak of somebody who is on no
    staff list."""
    answers = reports.report_answers(tx.session, vault=tx.vault, report_id=case.report_id)
    alone = Ours((known,), frozenset(), "")
    people = _of_people(_parties(tx, case))
    return bool(_found(tx, alone, case, answers) or matches(alone.known, people))


def keep(tx: Tx, case: Case, person_id: str, kind: MatchKind, *, again: bool = False) -> bool:
    """Keep somebody away for this; whether that is new. Whoever was cleared of it stays so, but
    where there is more (``again``)."""
    row = tx.session.scalar(
        select(CaseMatch).where(
            CaseMatch.case_id == case.id,
            CaseMatch.person_id == person_id,
            CaseMatch.kind == kind.value,
        )
    )
    if row is None:
        tx.session.add(CaseMatch(case_id=case.id, person_id=person_id, kind=kind.value, at=tx.now))
    elif row.cleared_at is not None and again:
        row.cleared_by = row.cleared_at = None
    else:
        return False
    exclude(tx.session, matter_id=case.id, person_id=person_id, kind=KEPT_AS[kind], at=tx.now)
    tx.record("case_kept_away", case.id, person=person_id, kind=kind.value)
    return True


def _picked(staff: Ours, answers: Answers) -> set[str]:
    return set(answers.team_members) & {one.id for one in staff.known}


def _found(tx: Tx, staff: Ours, case: Case, answers: Answers) -> dict[str, MatchKind]:
    """In all that the reporter has sent until now."""
    given: dict[str, Any] = {"vault": tx.vault, "report_id": case.report_id}
    files = [one.name for one in reports.files(tx.session, **given)]
    found = matches(staff.known, _said(answers, files))
    for row in reports.thread(tx.session, **given):
        if row.from_reporter:
            _add(found, matches(staff.known, _of_message(row.kind, row.text)))
    return found | dict.fromkeys(sorted(_picked(staff, answers)), MatchKind.PICKED)


def _add(found: dict[str, MatchKind], more: dict[str, MatchKind]) -> None:
    """The surer of two."""
    for person_id, kind in more.items():
        if found.get(person_id) in {None, MatchKind.POSSIBLE}:
            found[person_id] = kind


def _said(answers: Answers, files: Iterable[str]) -> Said:
    people = _of_people([*answers.subjects, *answers.witnesses])
    return Said(
        names=_some(*people.names, answers.affected, answers.name),
        roles=people.roles,
        contacts=_some(*people.contacts, answers.email),
        accounts=_some(
            answers.description, answers.happened, answers.place, answers.risk_note,
            answers.support, answers.event, answers.other_kind, answers.other_activity,
            answers.other_medium, *files,
        ),
    )  # fmt: skip


def _of_people(people: Iterable[Person]) -> Said:
    some = list(people)
    return Said(
        names=_some(*(one.name for one in some)),
        roles=_some(*(one.role for one in some)),
        contacts=_some(*(one.contact for one in some)),
    )


def _of_message(kind: StepKind, text: str) -> Said:
    if kind is not StepKind.REACH:
        return Said(accounts=_some(text))
    try:
        reach = reach_from_json(text)
    except Invalid:
        return Said(accounts=_some(text))
    return Said(names=_some(reach.name), contacts=_some(reach.email))


def _by_hand(tx: Tx, case: Case, staff: Ours) -> dict[str, MatchKind]:
    """Who is meant by somebody whom a colleague added. That they might be who has a part already
    was for a person to say, then (``inquiry.service.parties``)."""
    people = _parties(tx, case, CaseParty.added_by.is_not(None))
    had = set(tx.session.scalars(select(CasePart.person_id).where(CasePart.case_id == case.id)))
    return {
        person_id: kind
        for person_id, kind in matches(staff.known, _of_people(people)).items()
        if kind is MatchKind.NAMED or person_id not in had
    }


def _parties(tx: Tx, case: Case, *which: ColumnElement[bool]) -> list[Person]:
    shown = partial(tx.vault.show_of, tx.session, case.id)
    return [
        Person(name=shown(one, "name"), role=shown(one, "role"), contact=shown(one, "contact"))
        for one in tx.session.scalars(select(CaseParty).where(CaseParty.case_id == case.id, *which))
    ]


def _some(*texts: str) -> tuple[str, ...]:
    return tuple(one for one in texts if one.strip())

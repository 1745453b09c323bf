"""People of a case, added by hand (P-SCO-1, P-SCO-4); whoever is one of ours is out at once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from triage.cases.inquiry.service.stepping import (
    LOOKS_INTO,
    case_of_party,
    load_open,
    party_of,
    texts,
)
from triage.cases.matching import Said, matches
from triage.cases.rules import MatchKind, PartyKind
from triage.cases.service.keeping import ours
from triage.cases.service.recusing import take_out
from triage.cases.tables import Case, CaseMatch, CaseParty
from triage.conduct.incidents import Party
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotFound
from triage.core.exclusions import ExclusionKind
from triage.core.ids import new_id
from triage.core.text import short_enough, storable
from triage.reports.answers import LONGEST_LINE, LONGEST_NOTE
from triage.staff.queries import active_people

BY_HAND = frozenset({PartyKind.SUBJECT, PartyKind.WITNESS, PartyKind.AFFECTED})
"""Who reported is who wrote the report, and nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody was added or changed: who is out for it, and who might be meant."""

    party_id: str
    out: tuple[str, ...] = ()
    """Person ids: taken out in this transaction."""
    might_be: tuple[tuple[str, str], ...] = ()
    """(id, name): for a person to say whether it is they (``is_one_of_us``)."""


def add_party(
    tx: Tx,
    *,
    case_id: str,
    version: int,
    kind: PartyKind,
    name: str = "",
    role: str = "",
    contact: str = "",
    party: Party | None = None,
    support: str = "",
) -> Added:
    """Add somebody that the report does not name."""
    case = load_open(tx, case_id, *LOOKS_INTO, version=version)
    if kind not in BY_HAND:
        raise Invalid("Who reported stands in the report.", field="kind")
    row = CaseParty(
        id=new_id(),
        case_id=case_id,
        kind=kind.value,
        added_by=tx.actor.person_id,
        added_at=tx.now,
    )
    _write(tx, row, name=name, role=role, contact=contact, party=party, support=support)
    tx.session.add(row)
    tx.session.flush()
    tx.record("case_party_added", case_id, party=row.id, kind=kind.value)
    return _look_for(tx, case, row)


def amend_party(
    tx: Tx,
    *,
    party_id: str,
    version: int,
    name: str,
    role: str,
    contact: str,
    party: Party | None,
    support: str,
) -> Added:
    """Put right what is known of somebody. Who they were before stays out all the same."""
    case_id = case_of_party(tx, party_id)
    case = load_open(tx, case_id, *LOOKS_INTO, version=version)
    row = party_of(tx, case_id, party_id)
    _write(tx, row, name=name, role=role, contact=contact, party=party, support=support)
    tx.session.flush()
    tx.record("case_party_amended", case_id, party=party_id)
    return _look_for(tx, case, row)


def is_one_of_us(tx: Tx, *, party_id: str, person_id: str) -> None:
    """Say that somebody in a case is this colleague: they have no part in it from here on."""
    case_id = case_of_party(tx, party_id)
    case = load_open(tx, case_id, *LOOKS_INTO)
    row = party_of(tx, case_id, party_id)
    if person_id not in {one.id for one in active_people(tx.session)}:
        raise NotFound("Nobody like that is on the staff list.")
    _out(tx, case, row, person_id, MatchKind.PICKED)


def _write(
    tx: Tx,
    row: CaseParty,
    *,
    name: str,
    role: str,
    contact: str,
    party: Party | None,
    support: str,
) -> None:
    given = {"name": name, "role": role, "contact": contact, "support": support}
    kept: dict[str, str] = {}
    for column, text in given.items():
        longest = LONGEST_NOTE if column == "support" else LONGEST_LINE
        kept[column] = short_enough(storable(text), field=column, longest=longest)
    if not (kept["name"] or kept["role"] or kept["contact"]):
        raise Invalid("Say who it is: a name, or how to tell them.", field="name")
    for column, text in kept.items():
        setattr(row, column, tx.seal(row.case_id, "case_parties", column, row.id, text))
    row.party = None if party is None else party.value


def _look_for(tx: Tx, case: Case, row: CaseParty) -> Added:
    """Who on the staff list it is; and who it might be."""
    held = texts(tx, row, ("name", "role", "contact"))
    known = ours(tx).known
    said = Said(
        names=_some(held["name"]), roles=_some(held["role"]), contacts=_some(held["contact"])
    )
    found = matches(known, said)
    names = {one.id: one.name for one in known}
    out = tuple(person_id for person_id, kind in found.items() if kind is MatchKind.NAMED)
    for person_id in out:
        _out(tx, case, row, person_id, MatchKind.NAMED)
    like = [(one, names[one]) for one, kind in found.items() if kind is MatchKind.POSSIBLE]
    return Added(row.id, out, tuple(sorted(like, key=lambda one: (one[1], one[0]))))


def _out(tx: Tx, case: Case, row: CaseParty, person_id: str, kind: MatchKind) -> None:
    row.staff_id = person_id
    key: dict[str, Any] = {"case_id": case.id, "person_id": person_id, "kind": kind.value}
    if tx.session.scalar(select(CaseMatch.id).filter_by(**key)) is None:
        tx.session.add(CaseMatch(**key, at=tx.now))
    subject = PartyKind(row.kind) is PartyKind.SUBJECT
    tx.record("case_kept_away", case.id, person=person_id, kind=kind.value)
    take_out(tx, case, person_id, ExclusionKind.SUBJECT if subject else ExclusionKind.EXCLUDED)


def _some(text: str) -> tuple[str, ...]:
    return (text,) if text.strip() else ()

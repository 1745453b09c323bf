"""Incident reports to test on: a team for them, reports that come in, and short ways to act."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from support.desk import Desk
from triage.cases.inquiry.queries import Inquiry, inquiry
from triage.cases.inquiry.service import letters, notices
from triage.cases.rules import PartyKind, State
from triage.cases.service import handling
from triage.cases.service.jobs import run_cases
from triage.cases.tables import Case, CasePart
from triage.core.access import CONSOLE, SYSTEM, Actor
from triage.core.commands import Tx
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.letters.queries import letter
from triage.reports.answers import Answers, Person
from triage.reports.service import desk as reports
from triage.reports.service.steps import add_step
from triage.reports.tables import Report
from triage.reports.thread import StepKind
from triage.staff.processes import Part
from triage.staff.queries import person
from triage.staff.service import invite_guest, name_fallback

TEAM: dict[str, frozenset[Role]] = {
    "hal": frozenset({Role.HANDLER}),
    "hope": frozenset({Role.HANDLER, Role.ON_DUTY}),
    "ivo": frozenset({Role.INVESTIGATOR}),
    "ines": frozenset({Role.INVESTIGATOR}),
    "dee": frozenset({Role.DECIDER}),
    "dan": frozenset({Role.DECIDER}),
    "otto": frozenset({Role.ON_DUTY}),
    "cusa": frozenset({Role.CUSTODIAN}),
}
STORY = "[medium] Somebody shouted at me by the stairs."
"""A description with nothing in it that is anybody's name."""


def staffed(desk: Desk, *, fallback: bool = True) -> Desk:
    """The desk with a team for incident reports, and (``fallback``) a trustee who stands in."""
    for name, roles in TEAM.items():
        desk.add(name, *roles)
    if fallback:
        outside(desk)
    return desk


def outside(desk: Desk, name: str = "tess") -> Actor:
    """A guest who is named to stand in."""
    person_id = desk.do(
        CONSOLE, invite_guest, name=name.title(), email=f"{name}@trust.example.org",
        matter_id=new_id(), expires_at=desk.now + timedelta(days=1),
    )  # fmt: skip
    desk.do(CONSOLE, name_fallback, person_id=person_id)
    row = desk.read(person, person_id=person_id)
    desk.people[name] = row.actor()
    return desk.people[name]


def report(desk: Desk, description: str = STORY, **fields: Any) -> str:
    """A report as the form leaves it, sealed and not opened; its id."""

    def send(tx: Tx) -> str:
        report_id, _ = reports.enter_for(tx, answers=Answers(description=description, **fields))
        row = tx.session.get_one(Report, report_id)
        row.must_change_code = False
        return report_id

    return desk.do(SYSTEM, send)


def tick(desk: Desk) -> None:
    """The jobs of cases run once."""
    run_cases(desk.triage.runner, desk.now)


def came_in(desk: Desk, description: str = STORY, **fields: Any) -> str:
    """A report that was opened; the id of its case."""
    report_id = report(desk, description, **fields)
    tick(desk)
    with desk.triage.database.read() as session:
        found = session.scalar(select(Case.id).where(Case.report_id == report_id))
    assert found is not None
    return found


def write_on(desk: Desk, report_id: str, text: str, kind: StepKind = StepKind.TEXT) -> None:
    """A reporter writes on a report, opened or not; nothing of ours runs."""

    def write(tx: Tx) -> None:
        add_step(
            tx.session, tx.vault, report_id=report_id, kind=kind, text=text, from_reporter=True,
            at=tx.now,
        )  # fmt: skip

    desk.do(SYSTEM, write)


def write_by_receipt(desk: Desk, case_id: str, text: str, kind: StepKind = StepKind.TEXT) -> None:
    """The reporter of a case writes."""
    write_on(desk, row(desk, case_id).report_id, text, kind)


def row(desk: Desk, case_id: str) -> Case:
    """A case as it is stored."""
    with desk.triage.database.read() as session:
        case = session.get_one(Case, case_id)
        session.expunge(case)
        return case


def state(desk: Desk, case_id: str) -> State:
    """Where a case stands."""
    return State(row(desk, case_id).state)


def take(desk: Desk, case_id: str, actor: Actor | None = None) -> str:
    """Somebody (Hal) declares that they have no conflict, and takes it."""
    who = actor or desk.hal
    version = row(desk, case_id).version
    assert desk.do(who, handling.declare, case_id=case_id, version=version, ties=())
    return case_id


def give(desk: Desk, case_id: str, part: Part, to: Actor, by: Actor | None = None) -> None:
    """The handler (Hal) names somebody, who declares that they have no conflict."""
    version = row(desk, case_id).version
    desk.do(
        by or desk.hal, handling.assign,
        case_id=case_id, version=version, part=part, person_id=to.person_id,
    )  # fmt: skip
    desk.do(to, handling.declare, case_id=case_id, version=row(desk, case_id).version, ties=())


def begun(desk: Desk, description: str = STORY, **fields: Any) -> str:
    """A case that Hal handles, Ivo investigates and Dee will decide."""
    case_id = take(desk, came_in(desk, description, **fields))
    give(desk, case_id, Part.INVESTIGATOR, desk.ivo)
    give(desk, case_id, Part.DECIDER, desk.dee)
    desk.do(desk.hal, handling.investigate, case_id=case_id, version=row(desk, case_id).version)
    return case_id


def held(desk: Desk, case_id: str) -> dict[Part, set[str]]:
    """Part -> the first names of who has it."""
    names = {actor.person_id: name for name, actor in desk.people.items()}
    found: dict[Part, set[str]] = {}
    with desk.triage.database.read() as session:
        rows = session.execute(
            select(CasePart.part, CasePart.person_id).where(
                CasePart.case_id == case_id, CasePart.until.is_(None)
            )
        )
        for part, person_id in rows:
            found.setdefault(Part(part), set()).add(names[person_id])
    return found


REPORTER = {"name": "Rosalind Quince", "email": "r.quince@example.org", "phone": "020 7946 0123"}
SUBJECT = Person(name="Norbert Vale", contact="norbert@example.net")
TOLD = "[medium] He blocked the door of the small room twice and would not let me go out."
CONCERN = "how you behaved at our open day in May"


def inquired(desk: Desk, **fields: Any) -> str:
    """A case that is looked into, in which Norbert Vale is reported by Rosalind Quince."""
    given: dict[str, Any] = {"subjects": (SUBJECT,), **REPORTER, **fields}
    return begun(desk, given.pop("description", TOLD), **given)


def found_in(desk: Desk, case_id: str, viewer: Actor | None = None) -> Inquiry:
    """The inquiry as somebody (Ivo) reads it."""
    return desk.read(
        inquiry, viewer=viewer or desk.ivo, case_id=case_id, at=desk.now,
        settings=desk.triage.settings,
    )  # fmt: skip


def subject_of(desk: Desk, case_id: str, kind: PartyKind = PartyKind.SUBJECT) -> str:
    """The first party of a kind."""
    return next(one.id for one in found_in(desk, case_id).parties if one.kind is kind)


def shown_of(desk: Desk, letter_id: str) -> tuple[int, str]:
    """A letter's version and the digest of its preview, as a screen has them."""
    found = desk.read(letter, viewer=desk.hal, letter_id=letter_id)
    return found.row.version, found.shown.digest


def ready_notice(desk: Desk, case_id: str, concern: str = CONCERN) -> str:
    """The notice to the person reported, ready: written, not shown, checked, agreed; the letter."""
    party = subject_of(desk, case_id)
    letter_id = desk.do(desk.ivo, notices.begin_notice, party_id=party, concern=concern)
    desk.do(desk.ivo, notices.skip_showing, party_id=party, reason="no receipt was ever used")
    version, _ = shown_of(desk, letter_id)
    desk.do(desk.ivo, letters.check, letter_id=letter_id, version=version)
    agreed(desk, letter_id)
    return letter_id


def agreed(desk: Desk, letter_id: str, asks: Actor | None = None) -> None:
    """Dee, who decides, is asked (by Ivo) to look at a letter that was checked: it may go."""
    version, digest = shown_of(desk, letter_id)
    given: dict[str, Any] = {"letter_id": letter_id, "version": version, "previewed": digest}
    desk.do(
        asks or desk.ivo, letters.ask_second,
        reason="please look", person_id=desk.dee.person_id, **given,
    )  # fmt: skip
    given["version"], _ = shown_of(desk, letter_id)
    desk.do(desk.dee, letters.second_agrees, reason="nothing in it tells", **given)


def notified(desk: Desk, case_id: str) -> str:
    """The person reported has been told, and has time to answer; the letter."""
    letter_id = ready_notice(desk, case_id)
    version, digest = shown_of(desk, letter_id)
    desk.do(
        desk.ivo, letters.copied_out,
        letter_id=letter_id, version=version, previewed=digest, at=desk.now,
    )  # fmt: skip
    return letter_id

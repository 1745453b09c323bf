"""Nothing that somebody typed about a case lies in the database or the record in plain."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.cases import found_in, give, inquired, notified, row, staffed, subject_of
from support.desk import Desk

from triage.app import tables
from triage.cases.inquiry.rules import Bearing, MeasureKind, Source, Withheld
from triage.cases.inquiry.service import (
    evidence,
    handing_out,
    interims,
    meetings,
    notices,
    parties,
    weighing,
)
from triage.cases.inquiry.service.jobs import run_inquiries
from triage.cases.rules import PartyKind
from triage.core.ids import is_id
from triage.core.inventory import Kind, kinds
from triage.core.sealed import Sealed
from triage.staff.processes import Part

WORD = "zephyrine"
"""In everything that is typed."""
CODE = re.compile(r"[A-Za-z0-9_.:/|+-]{0,160}")


@pytest.fixture
def worked(desk: Desk) -> Desk:
    """A desk with an inquiry in which every field there is was filled."""
    cases = staffed(desk)
    case_id = inquired(cases, description=f"[medium] words of {WORD}, and more words than six")
    ivo, now = cases.ivo, cases.now
    give(cases, case_id, Part.INTERIM_AUTHOR, cases.otto)
    notified(cases, case_id)  # Dee has looked at it: somebody else confirms the measure (rule 6)
    give(cases, case_id, Part.DECIDER, cases.dan)
    party_id = subject_of(cases, case_id)
    said: dict[str, Any] = {"made_at": now, "origin": WORD}
    cases.do(ivo, notices.record_account, party_id=party_id, text=WORD, **said)

    def add(kind: PartyKind, name: str) -> str:
        return cases.do(
            ivo, parties.add_party,
            case_id=case_id, version=row(cases, case_id).version, kind=kind,
            name=f"{name} {WORD}", role=WORD, contact=WORD, support=WORD,
        ).party_id  # fmt: skip

    witness, other = add(PartyKind.WITNESS, "Ulrika"), add(PartyKind.SUBJECT, "Ulf")
    item = cases.do(
        ivo, evidence.add_statement, case_id=case_id, party_id=witness, text=WORD, **said
    )
    cases.do(
        ivo, evidence.add_document,
        case_id=case_id, title=WORD, file_name=f"{WORD}.txt", data=WORD.encode(),
        source=Source.PUBLIC, **said,
    )  # fmt: skip
    cases.do(ivo, evidence.add_note, case_id=case_id, title=WORD, text=WORD, **said)
    cases.do(ivo, weighing.weigh, item_id=item, bearing=Bearing.SUPPORTS, carries=True)
    cases.do(ivo, weighing.tested, item_id=item, done=True, how=WORD)
    cases.do(ivo, weighing.say_why_not_balanced, case_id=case_id, reason=WORD)
    cases.do(ivo, handing_out.export_item, item_id=item)
    cases.do(ivo, notices.begin_notice, party_id=other, concern=WORD)
    cases.do(ivo, notices.skip_showing, party_id=other, reason=WORD)
    cases.do(
        ivo, notices.withhold,
        party_id=other, ground=Withheld.INFLUENCE, reason=WORD,
        recheck_at=now + timedelta(days=1),
    )  # fmt: skip
    later = now + timedelta(days=1)
    cases.do(ivo, meetings.plan_meeting, case_id=case_id, party_id=witness, at=later, place=WORD)
    interim = cases.do(
        cases.otto, interims.set_interim,
        case_id=case_id, who=WORD, kind=MeasureKind.OTHER, why=WORD, place=WORD,
    )  # fmt: skip
    for actor, command, more in (
        (cases.dan, interims.ratify, {"agree": True, "reason": WORD}),
        (ivo, interims.lift, {"reason": WORD}),
        (ivo, interims.tell_ended, {"how": WORD}),
    ):
        version = found_in(cases, case_id).measures[0].version
        cases.do(actor, command, interim_id=interim, version=version, **more)
    cases.move(days=2)
    run_inquiries(cases.triage.runner, cases.now)
    return cases


def cells(desk: Desk) -> list[tuple[str, Any, Any]]:
    with desk.triage.database.read() as session:
        return [
            (f"{table.name}.{name}", table.c[name], value)
            for table in tables().sorted_tables
            for one in session.execute(select(table)).mappings()
            for name, value in one.items()
            if value is not None
        ]


def test_what_is_typed_into_an_inquiry_is_sealed_wherever_it_stands(worked: Desk) -> None:
    filled = set()
    for name, column, value in cells(worked):
        assert WORD not in str(value), name
        if isinstance(column.type, Sealed) and value:
            filled.add(name)
    ours = {
        f"{table.name}.{column.name}"
        for table in tables().sorted_tables
        if table.name in OURS
        for column in table.columns
        if isinstance(column.type, Sealed)
    }
    assert ours <= filled, "every sealed field of an inquiry was reached"


OURS = {
    "case_balances", "case_evidence", "case_interims", "case_meetings", "case_notices",
    "case_notice_steps", "case_parties",
}  # fmt: skip


def test_ids_and_codes_of_an_inquiry_look_like_it(worked: Desk) -> None:
    classed = kinds()
    for name, _, value in cells(worked):
        if name.partition(".")[0] not in OURS | {"case_custody"}:
            continue
        if classed[name] is Kind.ID:
            assert value == "system" or is_id(value), name
        elif classed[name] is Kind.CODE:
            assert CODE.fullmatch(value), name


def test_the_record_of_an_inquiry_holds_ids_codes_and_counts_alone(worked: Desk) -> None:
    for event in worked.events():
        for held in json.loads(event.details).values():
            for leaf in held if isinstance(held, list) else [held]:
                assert CODE.fullmatch(str(leaf)), (event.code, leaf)
    assert isinstance(worked.chain(), int)

"""P-HR-1, P-REC-2: HR's address is compared with a report though it is no account here."""

import pytest
from support.cases import begun, came_in, row, staffed, take
from support.desk import Desk
from support.verdicts import SUBJECT, add, decided, does, said, seen, verdict_on

from triage.cases.inquiry.service.parties import add_party
from triage.cases.rules import Finding, PartyKind
from triage.cases.service import handling
from triage.cases.service.hr import named_in
from triage.cases.verdict.rules import ActionKind
from triage.core.access import CONSOLE
from triage.core.errors import Conflict
from triage.reports.answers import Person
from triage.staff.service import add_person
from triage.staff.service.hr import name_hr_stand_in

HR = "harriet.rook@people.example.org"
"""Who takes referrals for HR, and has no account at the desk."""


@pytest.fixture
def cases(desk: Desk) -> Desk:
    return with_hr(staffed(desk))


def with_hr(desk: Desk, address: str = HR) -> Desk:
    given = {"hr_contact": address}
    desk.triage.settings = desk.triage.settings.model_copy(update=given)
    return desk


def referred(desk: Desk, case_id: str) -> str:
    """Who takes HR's part, as it is shown."""
    add(desk, case_id, ActionKind.HR_REFERRAL)
    return seen(desk, case_id).actions[0].in_place_of_hr


def upheld(desk: Desk, **fields: object) -> str:
    fields.setdefault("subjects", (SUBJECT,))
    return verdict_on(desk, Finding.UPHELD, [ActionKind.HR_REFERRAL], **fields)


INVOLVED: dict[str, dict[str, object]] = {
    "reported, by address": {
        "subjects": (Person(name="Somebody", contact="mail Harriet.Rook@People.example.org"),)
    },
    "reported, by name": {"subjects": (Person(name="Harriet Rook"),)},
    "reported, by a familiar form": {"subjects": (Person(name="Hattie Rook"),)},
    "a witness, by what they do": {"witnesses": (Person(role="the HR manager"),)},
    "a witness": {"subjects": (SUBJECT,), "witnesses": (Person(name="Harriet Rook"),)},
    "affected": {"subjects": (SUBJECT,), "affected": "Harriet Rook"},
    "who reports": {"subjects": (SUBJECT,), "email": HR},
    "in the account": {"subjects": (SUBJECT,), "description": f"Ask {HR} what she did."},
}


@pytest.mark.parametrize("fields", INVOLVED.values(), ids=INVOLVED)
def test_p_rec_2_what_speaks_of_whom_hr_s_outside_address_is_does_not_go_there(
    cases: Desk, fields: dict[str, object]
) -> None:
    assert referred(cases, upheld(cases, **fields)) == "Tess"


def test_p_hr_1_what_speaks_of_somebody_else_goes_to_hr(cases: Desk) -> None:
    assert referred(cases, upheld(cases, subjects=(SUBJECT,))) == ""


def test_p_rec_2_somebody_added_to_the_case_by_hand_counts_too(cases: Desk) -> None:
    case_id = begun(cases, subjects=(SUBJECT,))
    does(cases, cases.ivo, add_party, case_id, kind=PartyKind.WITNESS, contact=HR)
    decided(cases, case_id, Finding.UPHELD, [ActionKind.HR_REFERRAL])
    assert referred(cases, case_id) == "Tess"


def test_p_rec_2_an_address_that_several_read_stands_for_whoever_does_hr(cases: Desk) -> None:
    with_hr(cases, "people.team@example.org")
    lead = Person(name="Quentin Vole", role="a team lead")
    told = "People in the team said so."
    assert referred(cases, upheld(cases, subjects=(lead,), happened=told)) == ""
    saw = Person(role="somebody from HR")
    assert referred(cases, upheld(cases, subjects=(lead,), witnesses=(saw,))) == "Tess"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (HR, "harriet rook"),
        ("h_rook+desk@example.org", "rook"),
        ("hr@example.org", ""),
        ("people-and-culture2@example.org", "and culture"),
        ("no address", "address"),
    ],
)
def test_a_name_is_read_out_of_an_address_that_is_somebodys(address: str, name: str) -> None:
    assert named_in(address) == name


def test_p_rec_3_who_was_named_to_stand_in_takes_it_and_without_anybody_it_goes_nowhere(
    desk: Desk,
) -> None:
    cases = with_hr(staffed(desk, fallback=False))
    case_id = upheld(cases, subjects=(Person(name="Harriet Rook"),))
    with pytest.raises(Conflict, match="stands in"):
        referred(cases, case_id)
    assert seen(cases, case_id).actions == ()
    wren = cases.do(CONSOLE, add_person, name="Wren Tapley", email="wren@example.org", roles=[])
    cases.do(CONSOLE, name_hr_stand_in, person_id=wren)
    assert referred(cases, case_id) == "Wren Tapley"


def test_p_rte_3_a_colleague_who_reports_hr_is_shown_whom_else_they_may_turn_to(
    cases: Desk,
) -> None:
    settings = cases.triage.settings
    for subject, told, other in (
        (Person(name="Harriet Rook"), settings.hr_alternative, settings.hr_route),
        (SUBJECT, settings.hr_route, settings.hr_alternative),
    ):
        case_id = take(cases, came_in(cases, subjects=(subject,)))
        given = {"receipt": "With the chair since nine.", "version": row(cases, case_id).version}
        cases.do(cases.hal, handling.refer_hr, case_id=case_id, **given)
        read = "\n".join(said(cases, case_id))
        assert told in read
        assert other not in read

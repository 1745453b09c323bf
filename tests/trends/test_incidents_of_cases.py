"""What the trends take from incident reports, and what is no incident (P-TAX-0, P-RTE-2)."""

import pytest
from support.cases import came_in, row, staffed, take
from support.desk import Desk

from triage.cases.service import handling
from triage.conduct.incidents import Ground, Party, Setting
from triage.core import data_keys
from triage.core.access import SYSTEM
from triage.reports.answers import Person
from triage.trends.queries.incidents import incident_counts
from triage.trends.rules import Period, Span


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def counted(desk: Desk) -> list[tuple[str, str, tuple[str, ...]]]:
    """What is counted this year."""
    period = Period.of(desk.now.date(), Span.YEAR)
    found = desk.read(incident_counts, period=period)
    return sorted((one.setting, one.role, one.grounds) for one in found)


def test_p_tax_0_a_report_without_a_ground_counts_as_not_stated(cases: Desk) -> None:
    came_in(cases)
    came_in(cases, grounds=(Ground.NOT_SAID,))
    came_in(
        cases, grounds=(Ground.RACE, Ground.ETHNICITY), setting=Setting.ONLINE,
        subjects=(Person(role="who", party=Party.VOLUNTEER),),
    )  # fmt: skip
    assert counted(cases) == [
        ("elsewhere_or_not_stated", "somebody_else", ()),
        ("elsewhere_or_not_stated", "somebody_else", ()),
        ("online", "volunteer", ("race",)),
    ]


def test_p_rte_2_what_was_passed_to_a_service_is_no_incident(cases: Desk) -> None:
    case_id = take(cases, came_in(cases))
    version = row(cases, case_id).version
    assert len(counted(cases)) == 1
    cases.do(
        cases.hal, handling.route_out, case_id=case_id, version=version, service="fixmystreet",
        reason="A pothole.",
    )  # fmt: skip
    assert counted(cases) == []


def test_a_report_that_was_erased_counts_and_says_nothing_more(cases: Desk) -> None:
    case_id = came_in(cases, setting=Setting.ONLINE)
    cases.do(SYSTEM, data_keys.destroy, owner_id=row(cases, case_id).report_id)
    assert counted(cases) == [("elsewhere_or_not_stated", "somebody_else", ())]

"""Releases say enough: of a year as large as ours most stands in a published cell of its own."""

import pytest
from useful import Useful, a_year

from triage.trends.rules import midpoint


@pytest.fixture(scope="module")
def year() -> Useful:
    """One year at 400 messages a day, through the fixed schema and the gate."""
    return a_year(0)


def test_no_release_of_a_year_as_large_as_ours_is_refused(year: Useful) -> None:
    assert year.refused == []
    assert len(year.releases) == 12 + 4 + 1


def test_four_in_five_messages_stand_in_a_published_cell_of_their_own(year: Useful) -> None:
    assert len(year.one_way) == 2 * 12
    assert sum(year.one_way) / len(year.one_way) >= 0.8


def test_the_years_threats_and_most_months_flagged_are_published(year: Useful) -> None:
    assert midpoint(year.year.figure("threats")) is not None
    assert year.months_of_flagged >= 8


def test_what_is_published_of_all_messages_is_close_to_the_truth(year: Useful) -> None:
    errors = [one for view, found in year.errors.items() if "received" in view for one in found]
    assert sum(errors) / len(errors) < 0.05

"""Incident reports: what may be said of so few, and how it is counted."""

import random
from datetime import date, timedelta

import pytest

from triage.trends import gate, words
from triage.trends.frozen import Release
from triage.trends.incidents import Incident, Profile, facts, ground, profile, views
from triage.trends.protect import protect
from triage.trends.rules import WITHHELD, Period
from triage.trends.views import GROUNDS, KEYS, ROLES, SETTINGS, VIEWS, View, build


def reports(a_year: int, years: int = 5, first: int = 2024, seed: int = 1) -> list[Incident]:
    chance = random.Random(seed)
    return [
        Incident(
            id=f"{year}-{number}",
            received=date(year, 1, 1) + timedelta(days=chance.randrange(365)),
            setting=chance.choices(SETTINGS, (6, 3, 1))[0],
            role=chance.choices(ROLES, (2, 3, 10))[0],
            grounds=tuple(one for one in GROUNDS if chance.random() < 0.1),
        )
        for year in range(first, first + years)
        for number in range(a_year)
    ]


def release(code: str, given: list[Incident]) -> Release:
    period = Period.parse(code)
    return build(period, facts(given, period), (), views(given, period))


def names(found: tuple[View, ...]) -> list[str]:
    return [one.name for one in found]


def test_p_sum_1_under_forty_a_year_there_is_no_quarter_and_no_breakdown() -> None:
    few = reports(39)
    assert profile(few, Period.parse("2027-Q1")) is Profile.ANNUAL
    assert names(views(few, Period.parse("2027-Q1"))) == []
    assert names(views(few, Period.parse("2027"))) == ["incidents"]
    made = release("2027", few)
    assert made.figure("incidents") == "20-49"
    assert made.table("incidents_by_ground") is None


def test_from_forty_a_year_there_are_quarters_one_way_at_a_time() -> None:
    many = reports(120)
    assert profile(many, Period.parse("2027-Q2")) is Profile.QUARTERLY
    assert names(views(many, Period.parse("2027-Q2"))) == [
        "incidents", "incidents_by_setting", "incidents_by_ground", "incidents_by_role",
    ]  # fmt: skip
    assert names(views(many, Period.parse("2027-05"))) == []


def test_the_profile_is_known_when_a_year_begins_and_does_not_turn_within_it() -> None:
    given = reports(39) + reports(500, years=1, first=2029)
    codes = [f"2029-Q{n}" for n in (1, 2, 3, 4)]
    assert {profile(given, Period.parse(code)) for code in codes} == {Profile.ANNUAL}


def test_p_sum_1_that_there_are_quarters_tells_nothing_of_a_year_of_few() -> None:
    """Of 4, 18 and 98, as "fewer than 5", "10 to 19" and "50 to 99", the sum would prove the 4."""
    others = reports(18, years=1, first=2025) + reports(98, years=1, first=2026)
    year = Period.parse("2027-Q1")
    assert profile(reports(4, years=1) + others, year) is Profile.ANNUAL
    assert profile(reports(5, years=1) + others, year) is Profile.QUARTERLY


def test_p_sum_1_the_table_of_three_years_overlaps_no_other() -> None:
    given = reports(30, years=9, first=2020)
    shown = [y for y in range(2020, 2029) if len(views(given, Period.parse(str(y)))) == 2]
    assert shown == [2022, 2025, 2028]


def test_p_sum_1_the_three_groups_are_shown_all_or_not_at_all() -> None:
    rows = release("2025", reports(12, first=2023)).table("incidents_three_years")
    assert rows is not None
    codes = {one.messages for one in rows.rows}
    assert codes == {WITHHELD} or not codes & {WITHHELD, "few", "other"}
    assert [one.key for one in rows.rows] == list(SETTINGS)


@pytest.mark.parametrize("a_year", [3, 12, 30])
def test_p_sum_1_years_of_few_reports_pass_the_gate_together(a_year: int) -> None:
    out: list[Release] = []
    for year in range(2023, 2029):
        made = protect(release(str(year), reports(a_year, years=8, first=2021)), out)
        assert not made.refused
        out.append(made.release)
    assert gate.problems(out) == []


def test_p_sum_1_quarters_of_many_reports_pass_the_gate_together() -> None:
    out: list[Release] = []
    for code in ("2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4", "2027"):
        made = protect(release(code, reports(160)), out)
        assert not made.refused
        out.append(made.release)
    assert out[0].figure("incidents_by_setting", "in_person").isdigit()


def test_p_sum_1_a_breakdown_of_who_was_reported_hides_fewer_than_ten() -> None:
    for seed in range(20):
        table = release("2027-Q1", reports(60, seed=seed)).table("incidents_by_role")
        assert table is not None
        for row in table.rows:
            assert not row.messages.isdigit() or int(row.messages) >= 10
        assert all("fewer than 5" not in said for row in words.rows(table) for said in row)


def test_p_tax_0_a_report_without_a_ground_counts_as_not_stated_and_each_counts_once() -> None:
    one = Incident("x", date(2027, 1, 5), "online", "volunteer")
    assert ground(one) == "no_ground_stated"
    two = Incident("y", date(2027, 1, 5), "online", "volunteer", ("race", "gender"))
    assert ground(two) == "several_grounds"
    given = reports(160)
    found = facts(given, Period.parse("2027-Q1"))
    counted = [found.get(("incidents", "ground", key)) for key in KEYS["incidents", "ground"]]
    whole = found["incidents", "", "all"].messages
    assert sum(one.messages for one in counted if one) == whole
    assert "Not stated" in dict(words.KEYS).values()


def test_while_no_reports_are_taken_a_release_says_nothing_of_them() -> None:
    made = build(Period.parse("2027"), {})
    assert made.table("incidents") is None
    assert "incidents" not in {one.name for shown in VIEWS.values() for one in shown}

"""P-SUM-1: what is handed out of incident reports gives nobody a small cell; a mutant's does.

``ATTACK_HISTORIES=200`` runs the long attack; the ordinary run has one of each size.
"""

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from attacker import beyond
from attacker_of_incidents import attack_incidents
from histories_of_incidents import SIZES, YEARS, Came, came_in, counted, periods_of_incidents

from dashboard import charts
from triage.trends import gate, incidents, page, views, words
from triage.trends.frozen import Release, Row
from triage.trends.incidents import Profile
from triage.trends.protect import protect
from triage.trends.rules import Period, Span
from triage.trends.sheet import sheet
from triage.trends.tally import Tally
from triage.trends.views import INCIDENTS, Node, build

COUNT = int(os.environ.get("ATTACK_HISTORIES", str(len(SIZES))))
LATE = 0.1
"""The share of reports that turn out, after a while, to be no incident."""


def of_incidents(came: list[Came], period: Period) -> Release:
    """The tables of incident reports of one period, before the gate: no other shares a sum."""
    given = counted(came, period)
    shown = incidents.views(given, period)
    made = build(period, incidents.facts(given, period), (), shown)
    kept = {one.name for one in shown}
    return replace(made, tables=tuple(one for one in made.tables if one.view in kept))


def released(came: list[Came], guard: gate.Gate = gate.problems) -> list[Release]:
    """Every release of four years as the product makes them."""
    out: list[Release] = []
    for period in periods_of_incidents():
        candidate = of_incidents(came, period)
        if not candidate.tables:
            continue
        made = protect(candidate, out, guard)
        if not made.refused:
            out.append(made.release)
    return out


def file(releases: list[Release]) -> str:
    return sheet([("release", one) for one in releases]).decode()


@pytest.mark.parametrize("seed", range(COUNT))
def test_p_sum_1_nobody_recovers_few_incident_reports_from_all_that_is_handed_out(
    seed: int,
) -> None:
    releases = released(came_in(seed))
    made = [one.period for one in releases if one.period.span is Span.YEAR]
    assert len(made) == len(YEARS), "a guard that refuses everything protects nothing"
    text = file(releases)
    blocks = page.blocks(releases)
    specs = [charts.draw(one).to_dict() for one in blocks]
    said = [part for one in blocks for part in (one.alt, one.sentence)]
    assert beyond(text, specs, [*said, page.answer(releases)]) == []
    assert attack_incidents(text) == {}


@pytest.mark.parametrize("seed", range(3, COUNT, 4))
def test_p_sum_1_nobody_recovers_few_reports_where_some_turn_out_late_to_be_no_incident(
    seed: int,
) -> None:
    """Neither cells, nor how many turned out to be none."""
    assert attack_incidents(file(released(came_in(seed, late=LATE))), late=True) == {}


def test_both_profiles_and_the_border_between_them_are_attacked() -> None:
    profiles = [
        {incidents.profile(counted(came, one), one) for one in periods_of_incidents()}
        for came in map(came_in, range(len(SIZES)))
    ]
    assert {Profile.ANNUAL} in profiles
    assert {Profile.QUARTERLY} in profiles
    assert set(Profile) in profiles
    assert any(one.gone for one in came_in(3, late=LATE))


# -- mutants: a program without one of the rules, and the same attack


def open_rows(one: views.View, given: dict[Node, Tally]) -> list[Row]:
    """Every category by itself, small ones as fewer than five, or ten."""
    cells = {key: given.get(one.node(key), Tally()) for key in one.keys}
    return [views.cell(key, tally, one.style, one.k) for key, tally in cells.items()]


def without_gate(came: list[Came], monkeypatch: pytest.MonkeyPatch) -> list[Release]:
    return released(came, lambda given: [])


def without_suppression(came: list[Came], monkeypatch: pytest.MonkeyPatch) -> list[Release]:
    monkeypatch.setattr(views, "_rows", open_rows)
    return released(came, lambda given: [])


def without_the_first_of_three_years(
    came: list[Came], monkeypatch: pytest.MonkeyPatch
) -> list[Release]:
    """The gate looks at eight quarters alone, also beside the table of three years."""
    monkeypatch.setattr(gate, "YEARS", 1)
    return released(came)


Mutant = Callable[[list[Came], pytest.MonkeyPatch], list[Release]]
FEWEST = range(len(SIZES) - 1, 40 * len(SIZES), len(SIZES))
"""Histories of the last size: so few that a gate has to look at each year."""


@pytest.mark.parametrize(
    ("mutant", "seeds"),
    [
        (without_gate, FEWEST),
        (without_suppression, range(60)),
        (without_the_first_of_three_years, FEWEST),
    ],
)
def test_p_sum_1_from_each_mutant_the_same_attack_recovers_incident_reports(
    mutant: Mutant, seeds: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in seeds:
        came = came_in(seed)
        with monkeypatch.context() as patch:
            found = attack_incidents(file(mutant(came, patch)))
        truth = really(came)
        for cell, (low, high) in found.items():
            assert cell not in truth or low <= truth[cell] <= high, cell
        if found:
            return
    pytest.fail("the attack that finds nothing in the product finds nothing in a mutant either")


def really(came: list[Came]) -> dict[str, int]:
    """What each cell really is, by the name that the attacker gives it."""
    return {
        f"{words.period(period)} {words.VIEWS[one.name]} {words.KEYS[key]}": given.get(
            one.node(key), Tally()
        ).messages
        for period in periods_of_incidents()
        for given in [incidents.facts(counted(came, period), period)]
        for one in INCIDENTS[period.span]
        for key in one.keys
    }

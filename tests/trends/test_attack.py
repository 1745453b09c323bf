"""P-SUM-1: whoever holds every download recovers nothing; from each mutant they do.

``ATTACK_HISTORIES=200`` runs the long attack; the ordinary run has 20 histories.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from attacker import attack, beyond
from histories import Record, Size, facts, history, periods

from dashboard import charts
from triage.trends import page, views, words
from triage.trends.frozen import Release, Row
from triage.trends.gate import problems
from triage.trends.protect import protect
from triage.trends.rules import Period, Span
from triage.trends.sheet import sheet
from triage.trends.tally import Tally
from triage.trends.views import VIEWS, Node, build

COUNT = int(os.environ.get("ATTACK_HISTORIES", "20"))
SIZES = (
    Size(25, 0.3, 6),
    Size(60, 0.2, 8),
    Size(150, 0.1, 10),
    Size(400, 0.05, 12),
    Size(900, 0.03, 30, named=0.1),
)
YEAR = 2026
LATE = 0.3
"""The share of the flagged that is flagged in a later month."""
ENOUGH = 20
"""So many flagged a month, that the gate could withhold a quarter's for what is late alone."""


def size_of(seed: int) -> Size:
    return SIZES[seed % len(SIZES)]


def released(records: list[Record], wanted: Iterable[Period] | None = None) -> list[Release]:
    """Every release of a year as the product makes them."""
    out: list[Release] = []
    for period in wanted or periods(YEAR, 1):
        made = protect(build(period, facts(records, period)), out)
        if not made.refused:
            out.append(made.release)
    return out


def file(releases: Iterable[Release]) -> str:
    return sheet([("release", one) for one in releases]).decode()


@pytest.mark.parametrize("seed", range(COUNT))
def test_p_sum_1_nobody_recovers_a_small_cell_from_everything_that_is_handed_out(seed: int) -> None:
    releases = released(history(seed, size_of(seed), YEAR, 1))
    assert len(releases) > 10, "a guard that refuses everything protects nothing"
    text = file(releases)
    blocks = page.blocks(releases)
    specs = [charts.draw(one).to_dict() for one in blocks]
    said = [part for one in blocks for part in (one.alt, one.sentence)]
    assert beyond(text, specs, [*said, page.answer(releases)]) == []
    assert attack(text) == {}


@pytest.mark.parametrize("seed", range(0, COUNT, 4))
def test_p_sum_1_nobody_recovers_a_small_cell_or_what_was_late_where_many_are_flagged_late(
    seed: int,
) -> None:
    """Months against their quarter, and quarters against their year, give nothing either."""
    size = replace(size_of(seed), late=LATE)
    records = history(seed, size, YEAR, 1)
    releases = released(records)
    assert len(releases) == len(periods(YEAR, 1))
    assert attack(file(releases), late=True) == {}
    if size.a_month * size.flagged >= ENOUGH:
        for one in releases:
            if one.period.span is Span.QUARTER:
                alone = build(one.period, facts(records, one.period))
                assert one.figure("flagged") == alone.figure("flagged")


# -- mutants: a program without one of the rules, and the same attack


def really(records: list[Record]) -> dict[str, int]:
    """What each cell of the first version really is, by the name that the attacker gives it."""
    return {
        f"0 {words.period(period)} {words.VIEWS[one.name]} {words.KEYS[key]}": given.get(
            one.node(key), Tally()
        ).messages
        for period in periods(YEAR, 1)
        for given in [facts(records, period)]
        for one in VIEWS[period.span]
        for key in one.keys
    }


def open_rows(one: views.View, given: dict[Node, Tally]) -> list[Row]:
    """Every category by itself, small ones as fewer than five."""
    cells = {key: given.get(one.node(key), Tally()) for key in one.keys}
    return [views.cell(key, tally, one.style) for key, tally in cells.items()]


def without_suppression(records: list[Record], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(views, "_rows", open_rows)
    return [file(build(one, facts(records, one)) for one in periods(YEAR, 1))]


def with_exact_totals(records: list[Record], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    real = views.cell

    def exact(key: str, tally: Tally, style: object, k: int = 5) -> Row:
        row = real(key, tally, style, k)  # type: ignore[arg-type]
        if key != "all" or not row.messages.isdigit():
            return row
        return Row(key, str(tally.messages), str(tally.people))

    monkeypatch.setattr(views, "cell", exact)
    return [file(build(one, facts(records, one)) for one in periods(YEAR, 1))]


def live(records: list[Record], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The page counts when it is opened: it is looked at before and after three more messages."""
    return _twice(records, 3)


def recomputed(records: list[Record], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A release is made again when a few late records have come in."""
    return _twice(records, 4)


def _twice(records: list[Record], more: int) -> list[str]:
    month = Period(YEAR, 3, Span.MONTH)
    quarter = Period(YEAR, 1, Span.QUARTER)
    late = [one for one in records if one.month == month.code][-more:]
    before = [one for one in records if one not in late]
    return [file(build(one, facts(given, one)) for one in (month, quarter))
            for given in (before, records)]  # fmt: skip


Mutant = Callable[[list[Record], pytest.MonkeyPatch], list[str]]


@pytest.mark.parametrize("mutant", [without_suppression, with_exact_totals, live, recomputed])
def test_p_sum_1_from_each_mutant_the_same_attack_recovers_cells(
    mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for seed in range(60):
        records = history(seed, size_of(seed), YEAR, 1)
        with monkeypatch.context() as patch:
            texts = mutant(records, patch)
        found[seed] = attack(*texts, exact_totals=mutant is with_exact_totals)
        if mutant in {without_suppression, with_exact_totals}:
            truth = really(records)
            for cell, (low, high) in found[seed].items():
                assert cell not in truth or low <= truth[cell] <= high, cell
        if found[seed]:
            break
    assert any(found.values())


def test_the_views_that_are_attacked_are_all_there_are() -> None:
    """Whatever view is added comes into the file, and so before the attacker."""
    releases = released(history(1, SIZES[2], YEAR, 1))
    text = file(releases)
    for span, listed in VIEWS.items():
        assert any(one.period.span is span for one in releases)
        for one in listed:
            assert words.VIEWS[one.name] in text


def test_p_sum_1_the_gate_too_sees_what_the_attack_sees_without_suppression(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(views, "_rows", open_rows)
    for seed in range(40):
        records = history(seed, size_of(seed), YEAR, 1)
        if problems([build(one, facts(records, one)) for one in periods(YEAR, 1)]):
            return
    pytest.fail("the gate let every table without complementary suppression pass")


def test_what_a_picture_a_text_or_an_order_would_tell_beside_the_file_is_seen() -> None:
    releases = released(history(2, SIZES[2], YEAR, 1))
    text = file(releases)
    blocks = page.blocks(releases)
    hidden = next(one for one in blocks if any(page.unseen(p.messages) for p in one.points))
    spec = charts.draw(hidden).to_dict()
    assert beyond(text, [spec], [hidden.alt]) == []
    rows = next(iter(spec["datasets"].values()))
    bar = next(row for row in rows if row["from"] is None)
    bar["from"], bar["to"] = 0, 3
    assert beyond(text, [spec], [])
    assert beyond(text, [], ["There were 3 of these."])
    assert any(beyond(text, [], [f"About {n} % of these."]) for n in range(40, 60))
    lines = text.splitlines(keepends=True)
    kinds = [n for n, line in enumerate(lines) if "by service" in line and "January" in line]
    lines[kinds[0]], lines[kinds[1]] = lines[kinds[1]], lines[kinds[0]]
    assert beyond("".join(lines), [], [])

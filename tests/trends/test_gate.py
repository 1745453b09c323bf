"""The gate: what releases prove together is found, whatever it rests on, and it fails closed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from triage.trends import gate
from triage.trends.frozen import Release, Row, Table
from triage.trends.protect import protect
from triage.trends.rules import OTHER, WITHHELD, Period
from triage.trends.views import KINDS, SERVICES
from triage.trends.words import hidden


def release(code: str, **tables: object) -> Release:
    """A release with these tables: ``flagged="15"``, or a dict of rows."""
    made = []
    for view, given in tables.items():
        rows = given if isinstance(given, dict) else {"all": given}
        made.append(Table(view, tuple(Row(key, str(one), WITHHELD) for key, one in rows.items())))
    return Release(Period.parse(code), tuple(made))


def by(keys: tuple[str, ...], **shown: str) -> dict[str, str]:
    """A one-way table: what is not given is counted under Other."""
    rows = {key: shown.get(key, OTHER) for key in keys}
    return rows | ({"other": shown["other"]} if "other" in shown else {})


SERVICE_KEYS = (*SERVICES, "other_service")


def test_figures_that_prove_nothing_pass() -> None:
    one = release("2026-10", received="100", flagged="few")
    assert gate.problems([one]) == []


def test_p_sum_1_a_quarter_that_gives_a_months_few_away_is_refused_with_the_cell() -> None:
    months = [
        release("2026-10", flagged="few"),
        release("2026-11", flagged="20"),
        release("2026-12", flagged="20"),
    ]
    assert gate.problems([*months, release("2026-Q4", flagged="45")]) == []
    found = gate.problems([*months, release("2026-Q4", flagged="50")])
    assert [one.cell for one in found if "2026-10 flagged" in one.cell]
    assert any("between 4 and 4" in one.reason for one in found)


def test_p_sum_1_a_year_that_proves_that_each_quarter_had_some_is_refused() -> None:
    quarters = [release(f"2026-Q{n}", threats="few") for n in (1, 2, 3, 4)]
    assert gate.problems([*quarters, release("2026", threats="10")]) == []
    found = gate.problems([*quarters, release("2026", threats="15")])
    assert {one.cell[:7] for one in found} >= {"2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"}


def test_p_sum_1_without_complementary_suppression_a_lone_small_cell_is_found() -> None:
    rows = {"low": "10", "medium": "10", "high": "few"}
    found = gate.problems([release("2026-Q4", abuse="30", abuse_by_severity=rows)])
    assert [one.reason for one in found if one.cell == "2026-Q4 decided by severity high messages"]
    assert gate.problems([release("2026-Q4", abuse="25", abuse_by_severity=rows)]) == []


def test_p_sum_1_few_in_one_view_and_hidden_in_another_are_looked_at_together() -> None:
    kinds = by((*KINDS, "no_breach", "elsewhere"), no_breach="10-19", other="5-9")
    fine = release("2026-Q4", decided="20", threats="few", decided_by_kind=kinds)
    assert gate.problems([fine]) == []
    shown = kinds | dict.fromkeys(("aggressive", "offensive", "elsewhere"), "few")
    shown |= {"otherwise_inappropriate": "few", "threatening": "few"}
    shown.pop("other")
    assert gate.problems([release("2026-Q4", decided="40", decided_by_kind=shown)])


def test_p_sum_1_flagged_cannot_be_more_than_was_received() -> None:
    months = [
        release(f"2026-{n}", received_by_service=by(SERVICE_KEYS, **dict.fromkeys(SERVICE_KEYS, v)))
        for n, v in ((10, "few"), (11, WITHHELD), (12, WITHHELD))
    ]
    assert gate.problems(months) == []


def test_p_sum_1_people_are_looked_at_too() -> None:
    total = Table("received", (Row("all", "40", "20"),))
    shown = tuple(Row(key, "10", "few") for key in SERVICE_KEYS[:4])
    rows = (*shown, Row(SERVICE_KEYS[4], "few", "few"))
    one = Release(Period.parse("2026-10"), (total, Table("received_by_service", rows)))
    assert any("people" in found.cell for found in gate.problems([one]))


def test_the_gate_refuses_what_fits_no_table() -> None:
    found = gate.problems([release("2026-10", received="10", flagged="20")])
    assert "no table fits" in found[0].reason
    both = [release("2026-10", received="10"), release("2026-10", received="few")]
    assert "contradict" in gate.problems(both)[0].reason


def test_the_gate_refuses_when_the_solver_runs_out_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late:
        status, success, x = 1, False, None

    monkeypatch.setattr(gate, "milp", lambda *_, **__: Late)
    found = gate.problems([release("2026-10", received="100")])
    assert "out of time" in found[0].reason


def test_the_gate_refuses_an_answer_that_is_not_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    real = gate.milp

    def off(*given: object, **more: object) -> object:
        found = real(*given, **more)
        found.x = found.x + 3
        return found

    monkeypatch.setattr(gate, "milp", off)
    assert "not exact" in gate.problems([release("2026-10", received="100")])[0].reason


def test_the_window_is_of_eight_quarters() -> None:
    old, edge, new = (release(code, flagged="20") for code in ("2024-Q4", "2025-Q1", "2026-Q4"))
    assert gate.in_window(new.period, [old, edge, new]) == [edge, new]


def test_what_was_published_stays_and_the_new_release_gives_way() -> None:
    months = [
        release("2026-10", flagged="few"),
        release("2026-11", flagged="20"),
        release("2026-12", flagged="20"),
    ]
    made = protect(release("2026-Q4", flagged="50", decided="30"), months)
    assert made.hidden == (("flagged", "all"),)
    assert made.release.figure("decided") == "30"
    assert not gate.problems([*months, made.release])


def test_complementary_suppression_is_minimal() -> None:
    """Whatever it hid, showing any one of it again lets something be proven."""
    rows = {"low": "10", "medium": "10", "high": "few"}
    candidate = release("2026-Q4", abuse="30", abuse_by_severity=rows, decided="60")
    made = protect(candidate, [])
    assert made.hidden
    assert not gate.problems([made.release])
    for view, key in made.hidden:
        table, was = made.release.table(view), candidate.table(view)
        assert table is not None
        assert was is not None
        old = was.row(key)
        again = tuple(old if one.key == key and old else one for one in table.rows)
        assert gate.problems([made.release.put(replace(table, rows=again))]), key


def test_a_release_that_nothing_helps_is_refused_with_the_reason() -> None:
    months = [release(f"2026-{n}", flagged=f) for n, f in ((10, "few"), (11, "20"), (12, "20"))]
    proven = release("2026-Q4", flagged="50")
    made = protect(release("2026", flagged="200"), [*months, proven])
    assert made.refused
    assert "2026-10" in made.refused[0].cell


def test_what_was_decided_anew_hides_the_years_figure_and_refuses_nothing_else() -> None:
    """The year then fits no table beside its quarters: those figures of it are withheld."""
    quarters = [
        release(f"2026-Q{n}", flagged="20", decided="25", restrictions="5-9") for n in (1, 2, 3, 4)
    ]
    year = release("2026", flagged="200", decided="100", restrictions="100", referrals="few")
    made = protect(year, quarters)
    assert not made.refused
    assert set(made.hidden) == {("flagged", "all"), ("restrictions", "all")}
    assert made.release.figure("decided") == "100"


THREE = "incidents_three_years"


def three_years(last: int, a_year: tuple[str, str, str], **groups: str) -> list[Release]:
    """The statements of three years, the last of them with its table of all three."""
    first = [release(str(last - back), incidents=a_year[2 - back]) for back in (2, 1)]
    return [*first, release(str(last), incidents=a_year[2], **{THREE: groups})]


EVEN = {"in_person": "5", "online": "5", "elsewhere_or_not_stated": "5"}


def test_p_sum_1_the_table_of_three_years_is_looked_at_beside_all_of_them() -> None:
    """The first of the three lies before the eight quarters that touch the last."""
    *before, newest = three_years(2025, ("few", "few", "5-9"), **EVEN)
    assert {one.cell for one in gate.problems([*before, newest])} >= {
        "2023 incidents all messages", "2024 incidents all messages",
    }  # fmt: skip
    made = protect(newest, before)
    assert made.hidden
    assert not made.refused
    assert gate.problems([*before, made.release]) == []


def test_p_sum_1_of_older_quarters_only_incident_reports_are_looked_at_beside_a_year() -> None:
    old = release("2023-Q2", flagged="20", incidents="15")
    seen = gate.in_window(Period.parse("2025"), [old, release("2022-Q4", incidents="15")])
    assert [(one.period.code, [t.view for t in one.tables]) for one in seen] == [
        ("2023-Q2", ["incidents"])
    ]
    assert gate.in_window(Period.parse("2025-Q4"), [old]) == []


def test_p_sum_1_where_it_was_in_three_years_is_where_it_was_in_their_quarters() -> None:
    """Of seven at most in person the second quarter had five, and of seventeen at most online the
    others had thirteen: of five under Other the first then had one or two in person."""
    keys = ("in_person", "online", "elsewhere_or_not_stated")
    shown = (
        {"other": "5", "elsewhere_or_not_stated": "10"},
        dict.fromkeys(keys, "5"),
        {"in_person": "withheld", "online": "10", "elsewhere_or_not_stated": "10"},
    )
    quarters = [
        release(f"2025-Q{at}", incidents=whole, incidents_by_setting=by(keys, **rows))
        for at, whole, rows in zip((1, 2, 3), ("15", "15", "20"), shown, strict=True)
    ]
    groups = {"in_person": "5", "online": "15", "elsewhere_or_not_stated": "40"}
    whole = three_years(2025, ("few", "few", "50-99"), **groups)
    found = {one.cell for one in gate.problems([*whole, *quarters])}
    assert "2025-Q1 incidents by setting in_person messages" in found


def test_a_way_on_which_the_gate_cannot_vouch_is_taken_only_where_it_could_not_before() -> None:
    """One answer that is none is not fewer than two proofs: what follows it would be refused."""
    proof = gate.Problem("a cell", "It can be proven.")
    closed = gate.Problem("the release as a whole", "The gate cannot vouch for it.", closed=True)
    new = release("2026-Q4", flagged="10", decided="20", threats="30")

    def unsolved_without_flagged(given: Sequence[Release]) -> list[gate.Problem]:
        (one,) = given
        if one.figure("flagged") == WITHHELD:
            return [closed]
        shown = [view for view in ("decided", "threats") if one.figure(view) != WITHHELD]
        return [proof] * 2 * len(shown)

    made = protect(new, [], unsolved_without_flagged)
    assert made.hidden == (("decided", "all"), ("threats", "all"))
    assert not made.refused

    def unsolved_until_all_are_hidden(given: Sequence[Release]) -> list[gate.Problem]:
        codes = {given[0].figure(view) for view in ("flagged", "decided", "threats")}
        return [] if codes == {WITHHELD} else [closed]

    assert not protect(new, [], unsolved_until_all_are_hidden).refused


def test_what_no_longer_fits_is_withheld_and_the_page_says_in_words_that_it_may_be_that() -> None:
    """A decision that was changed after its quarter's release: the year is less than its parts."""
    quarters = [release(f"2026-Q{n}", threats="20") for n in (1, 2, 3, 4)]
    made = protect(release("2026", threats="60"), quarters)
    assert made.hidden == (("threats", "all"),)
    table = made.release.table("threats")
    assert table is not None
    assert "does not fit what was released before: something was decided anew" in hidden(table)

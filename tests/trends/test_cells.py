"""What of one count may be shown, and in which month a record counts."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.errors import Invalid
from triage.messages.stubs.rules import GRACE, counted_month, wait
from triage.trends import rules
from triage.trends.frozen import thaw
from triage.trends.rules import (
    FEW,
    OTHER,
    WITHHELD,
    Period,
    Span,
    Style,
    figure,
    interval,
    median_key,
    share,
)
from triage.trends.tally import Tally, merged
from triage.trends.views import INCIDENTS, KEYS, VIEWS, build, cell, under_other

counts = st.integers(0, 5000)


def people(*messages: int, first: int = 0, recipients: int = 9) -> Tally:
    """A cell of senders who sent so many each, to so many people by name."""
    made = Tally(recipients={f"r{one}" for one in range(recipients)})
    for number, count in enumerate(messages, first):
        made.add(f"s{number}", (), count)
    return made


@given(counts, st.sampled_from(Style), st.sampled_from([5, 10]))
def test_p_sum_1_a_figure_tells_a_range_that_holds_the_count_and_never_one_small_count(
    count: int, style: Style, k: int
) -> None:
    low, high = interval(figure(count, style, k), k)
    assert low <= count
    assert high is None or count <= high
    assert low == 0 or low >= k
    assert high is None or high >= k - 1


@given(st.integers(0, 4), st.sampled_from(Style))
def test_p_sum_1_none_and_four_look_the_same(count: int, style: Style) -> None:
    assert figure(count, style) == figure(0, style) == FEW


def test_a_figure_is_the_nearest_five_or_a_fixed_band() -> None:
    assert [figure(n, Style.NEAREST) for n in (5, 7, 8, 12, 13, 1002)] == [
        "5", "5", "10", "10", "15", "1000",
    ]  # fmt: skip
    assert [figure(n, Style.BAND) for n in (5, 9, 10, 499, 500, 1000)] == [
        "5-9", "5-9", "10-19", "200-499", "500-999", "1000+",
    ]  # fmt: skip


def test_a_percentage_comes_from_published_figures_and_never_of_fewer_than_twenty() -> None:
    assert share("10", "40") == 25
    assert share("10", "15") is None
    assert share(FEW, "40") is None
    assert share("10", WITHHELD) is None


def test_a_median_of_fewer_than_eight_is_withheld() -> None:
    assert median_key([("a", 4), ("b", 3)]) is None
    assert median_key([("a", 4), ("b", 4)]) == "a"
    assert median_key([("a", 3), ("b", 5)]) == "b"


def test_p_sum_1_a_cell_is_shown_by_the_people_behind_it_and_not_by_its_messages() -> None:
    assert cell("x", people(100, 100, 100, 100), Style.NEAREST).messages == WITHHELD
    assert cell("x", people(100, 100, 100, 100), Style.NEAREST).senders == WITHHELD
    assert cell("x", people(20, 20, 20, 20, 20), Style.NEAREST).messages == "100"


def test_p_sum_1_few_named_recipients_withhold_a_cell_and_a_shared_mailbox_is_nobody() -> None:
    assert cell("x", people(*[2] * 9, recipients=3), Style.NEAREST).messages == WITHHELD
    assert cell("x", people(*[2] * 9, recipients=0), Style.NEAREST).messages == "20"


def test_p_sum_1_where_one_sender_is_over_half_only_how_many_people_is_said() -> None:
    row = cell("x", people(60, *[1] * 9), Style.NEAREST)
    assert (row.messages, row.senders) == (WITHHELD, "10")


def test_all_that_nobody_is_known_to_have_sent_may_be_of_one_person() -> None:
    made = Tally()
    for _ in range(50):
        made.add(None)
    assert cell("x", made, Style.NEAREST).messages == WITHHELD


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"),
        st.lists(st.integers(1, 30), max_size=12).map(lambda one: people(*one)),
        min_size=2,
    )
)
def test_p_sum_1_a_view_hides_none_or_at_least_two_and_other_is_safe_itself(
    cells: dict[str, Tally],
) -> None:
    hidden = under_other(cells)
    if hidden is None:
        return
    small = {key for key, one in cells.items() if one.messages < 5 or not one.safe()}
    assert small <= hidden
    assert len(hidden) != 1
    assert hidden < cells.keys()
    if hidden:
        assert merged(cells[key] for key in hidden).safe()
        for key in hidden - small:
            rest = hidden - {key}
            assert len(rest) < 2 or not merged(cells[one] for one in rest).safe(), "not minimal"


def test_somebody_in_two_cells_is_one_person() -> None:
    assert merged([people(1, 1, 1), people(1, 1, 1)]).senders == Counter(
        {"s0": 2, "s1": 2, "s2": 2}
    )


@pytest.mark.parametrize("code", ["2026-10", "2026-Q4", "2026"])
def test_a_period_is_written_as_it_is_read(code: str) -> None:
    assert Period.parse(code).code == code


@pytest.mark.parametrize(
    "code", ["", "26", "2026-", "2026-13", "2026-Q5", "2026-1", "x-01", "٢٠٢٦"]
)
def test_what_is_no_period_is_refused(code: str) -> None:
    with pytest.raises(Invalid):
        Period.parse(code)


def test_periods_follow_each_other_without_a_gap() -> None:
    quarter = Period.parse("2026-Q4")
    assert [one.code for one in quarter.parts(Span.MONTH)] == ["2026-10", "2026-11", "2026-12"]
    assert quarter.before().code == "2026-Q3"
    assert Period.parse("2026-Q1").before(5).code == "2024-Q4"
    assert quarter.after == date(2027, 1, 1)
    assert Period.parse("2026-11").within(Span.QUARTER) == quarter


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_a_record_counts_in_one_month_and_a_late_one_in_the_month_it_came_in(
    received: date, late: int
) -> None:
    month = Period.parse(counted_month(received, received + timedelta(days=late)))
    assert month.first <= max(received, received + timedelta(days=late))
    assert month.after > received
    own = Period.of(received, Span.MONTH)
    if received + timedelta(days=late) < own.after + timedelta(days=7):
        assert month == own
    else:
        assert month > own


def test_nothing_was_received_after_it_came_in() -> None:
    assert counted_month(date(2030, 1, 1), date(2026, 10, 3)) == "2026-10"


def test_the_grace_of_a_month_is_over_before_its_release_is_made() -> None:
    assert rules.GRACE >= GRACE


def test_a_wait_is_a_class() -> None:
    assert [wait(timedelta(hours=h)) for h in (0, 1, 2, 24, 70, 73)] == [
        "within_1h", "within_1h", "1h_to_4h", "4h_to_24h", "1_to_3_days", "over_3_days",
    ]  # fmt: skip


def test_a_release_is_the_same_after_it_was_stored() -> None:
    made = build(Period.parse("2026-Q4"), {}, [("median_wait", "withheld")])
    again = thaw(made.plain())
    assert again == made
    assert again.digest() == made.digest()


def test_every_dimension_has_a_view_and_every_view_its_keys() -> None:
    listed = [one for spans in (VIEWS, INCIDENTS) for views in spans.values() for one in views]
    shown = {(one.population, one.by) for one in listed if one.one_way}
    assert shown | {("restrictions", "kind")} == set(KEYS)
    assert OTHER not in {key for keys in KEYS.values() for key in keys}

"""A direction is said where neither chance nor rounding could have made it, and else not."""

import random

import pytest
from histories import poisson
from scipy.stats import binom

from triage.trends.rules import Style, figure
from triage.trends.sentences import Direction, Stretch, direction, tail

COUNT = 200


def stretch(*counts: int, style: Style = Style.NEAREST, days: int = 365) -> Stretch:
    figures = tuple(figure(one, style) for one in counts)
    return Stretch(figures, figures, days)


@pytest.mark.parametrize(("least", "of", "odds"), [(8, 10, 0.5), (12, 40, 0.2), (600, 1000, 0.5)])
def test_the_tail_is_that_of_the_binomial(least: int, of: int, odds: float) -> None:
    assert tail(least, of, odds) == pytest.approx(binom.sf(least - 1, of, odds), rel=1e-6)


def claims(before: float, after: float) -> float:
    """How often a direction is claimed over histories of eight quarters with these means."""
    chance = random.Random(20)
    said = 0
    for _ in range(COUNT):
        old = [poisson(chance, before) for _ in range(4)]
        new = [poisson(chance, after) for _ in range(4)]
        said += direction(stretch(*old), stretch(*new)) in {Direction.MORE, Direction.FEWER}
    return said / COUNT


def test_p_sum_1_over_200_constant_histories_a_direction_is_claimed_in_5_percent_or_fewer() -> None:
    assert claims(15, 15) <= 0.05
    assert claims(60, 60) <= 0.05


def test_over_200_doubled_histories_a_direction_is_claimed_in_60_percent_or_more() -> None:
    assert claims(15, 30) >= 0.6


def test_the_direction_is_that_of_the_figures() -> None:
    assert direction(stretch(100), stretch(200)) is Direction.MORE
    assert direction(stretch(200), stretch(100)) is Direction.FEWER
    assert direction(stretch(15), stretch(20)) is Direction.UNCLEAR


def test_what_is_hidden_or_open_ended_says_nothing() -> None:
    hidden = Stretch(("withheld",), ("withheld",), 90)
    assert direction(hidden, stretch(200, days=90)) is Direction.UNKNOWN
    assert direction(Stretch((), (), 90), stretch(200, days=90)) is Direction.UNKNOWN
    assert direction(Stretch(("1000+",), ("1000+",), 90), stretch(20)) is Direction.UNKNOWN


def test_one_senders_burst_counts_once() -> None:
    quiet = Stretch(("50",), ("40",), 90)
    burst = Stretch(("400",), ("40",), 90)
    assert direction(quiet, burst) is Direction.UNCLEAR


def test_messages_that_gainsay_the_senders_leave_it_unclear() -> None:
    before, after = Stretch(("500",), ("40",), 90), Stretch(("200",), ("150",), 90)
    assert direction(before, after) is Direction.UNCLEAR


def test_a_longer_stretch_has_more_without_there_being_more() -> None:
    assert direction(stretch(100, days=100), stretch(200, days=200)) is Direction.UNCLEAR

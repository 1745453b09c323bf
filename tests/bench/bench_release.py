"""What releases are good for, and how long one takes.

python tests/bench/bench_release.py [messages]

Usefulness first: a year at 400 messages a day with 2 % flagged, 30 staff and 12 incident reports,
through the fixed schema: the share of messages that stand in a published cell of their own, and
how far published figures lie from the true ones. Then how often a direction is claimed over
histories that are constant, and that double. Then every release of one year at a million
messages (or so many), the gate included, on SQLite. Run it by hand; what is asserted of one such
year stands in tests/trends/test_usefulness.py.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "trends")]

from histories import periods, poisson  # noqa: E402
from support.scorer import ScriptedScorer  # noqa: E402
from support.year import fill  # noqa: E402
from useful import YEAR, a_year  # noqa: E402

from triage.app import open_triage  # noqa: E402
from triage.core.access import CONSOLE  # noqa: E402
from triage.core.clock import SetClock  # noqa: E402
from triage.demo import demo_settings  # noqa: E402
from triage.trends import service  # noqa: E402
from triage.trends.rules import Style, figure  # noqa: E402
from triage.trends.sentences import Direction, Stretch, direction  # noqa: E402

HISTORIES = 10


def say(line: str) -> None:
    """The figures are what this is for."""
    print(line, flush=True)  # noqa: T201


def usefulness() -> None:
    """Over ten invented years: what stands in a cell of its own, and the error of what does."""
    years = [a_year(seed) for seed in range(HISTORIES)]
    say(f"\nUsefulness, {HISTORIES} years of 400 messages a day, 2 % flagged, 30 staff:")
    for refused in (line for one in years for line in one.refused):
        say(refused)
    for view in years[0].shown:
        shown = [share for one in years for share in one.shown[view]]
        wrong = [share for one in years for share in one.errors[view]]
        off = f"{sum(wrong) / len(wrong):6.1%}" if wrong else "     –"
        say(f"  {view:32} own cell {sum(shown) / len(shown):6.1%}   mean error {off}")
    every = [share for one in years for share in one.one_way]
    say(f"one-way views of all messages: {sum(every) / len(every):.1%} (bar 80 %)")
    months = [one.months_of_flagged for one in years]
    say(f"monthly totals of flagged that publish, of 12: {months} (bar 8)")
    threats = [one.year.figure("threats") for one in years]
    say(f"yearly threat figures: {threats} (bar: published)")
    statements = [one.year.figure("incidents") for one in years]
    say(f"incident reports of the year, 12 of them: {statements}")


def sentences() -> None:
    """How often a direction is claimed: four quarters against the four before."""
    say("\nSentences, 200 histories of eight quarters each:")
    for mean in (15, 60, 240):
        for times, what in ((1, "constant"), (2, "doubled"), (0.5, "halved")):
            said = claimed(mean, mean * times)
            say(f"  {mean:4} a quarter, {what:9} a direction is claimed in {said:.1%}")


def claimed(before: float, after: float) -> float:
    """The share of 200 histories in which one is."""
    chance = random.Random(20)

    def stretch(mean: float) -> Stretch:
        figures = tuple(figure(poisson(chance, mean), Style.NEAREST) for _ in range(4))
        return Stretch(figures, figures, 365)

    found: Iterable[Direction] = (direction(stretch(before), stretch(after)) for _ in range(200))
    return sum(one in {Direction.MORE, Direction.FEWER} for one in found) / 200


def speed(messages: int) -> None:
    """Every release of a year, one after the other, on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        triage = open_triage(demo_settings(Path(folder)), scorer=ScriptedScorer())
        start = time.perf_counter()
        fill(triage, year=YEAR, messages=messages)
        say(f"\n{messages:,} messages put in place in {time.perf_counter() - start:.0f} s")
        total = 0.0
        for period in periods(YEAR, 1):
            at = datetime.combine(period.after, datetime.min.time(), UTC) + timedelta(days=8)
            triage.clock = SetClock(at)
            start = time.perf_counter()
            made = service.make(triage.runner, CONSOLE, period=period)
            took = time.perf_counter() - start
            total += took
            hidden = f", withheld {made.protected.hidden}" if made.protected.hidden else ""
            stands = "made" if made.release_id else f"REFUSED {made.protected.refused[0]}"
            say(f"  {period.code:8} {took:6.2f} s  {stands}{hidden}")
        say(f"all releases of the year, gate included: {total:.1f} s (bar 60 s for the year's)")
        triage.close()


if __name__ == "__main__":
    usefulness()
    sentences()
    speed(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

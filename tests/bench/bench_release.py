"""What releases are good for, and how long one takes.

python tests/bench/bench_release.py [messages]

Usefulness first: a year at 400 messages a day with 2 % flagged, 30 staff and 12 incident reports,
through the fixed schema: the share of messages that stand in a published cell of their own, and
how far published figures lie from the true ones. Then how often a direction is claimed over
histories that are constant, and that double. Then every release of one year at a million
messages (or so many), the gate included, on SQLite. Run it by hand; nothing asserts on it.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "trends")]

from histories import Size, facts, history, periods, poisson  # noqa: E402
from support.scorer import ScriptedScorer  # noqa: E402
from support.year import fill  # noqa: E402

from triage.app import open_triage  # noqa: E402
from triage.core.access import CONSOLE  # noqa: E402
from triage.core.clock import SetClock  # noqa: E402
from triage.demo import demo_settings  # noqa: E402
from triage.trends import incidents, service  # noqa: E402
from triage.trends.frozen import Release  # noqa: E402
from triage.trends.incidents import Incident  # noqa: E402
from triage.trends.protect import protect  # noqa: E402
from triage.trends.rules import Period, Span, Style, figure, midpoint  # noqa: E402
from triage.trends.sentences import Direction, Stretch, direction  # noqa: E402
from triage.trends.tally import Tally  # noqa: E402
from triage.trends.views import SETTINGS, VIEWS, Node, build  # noqa: E402

YEAR = 2026
HISTORIES = 10


def say(line: str) -> None:
    """The figures are what this is for."""
    print(line, flush=True)  # noqa: T201


def usefulness() -> None:
    """Over ten invented years: what stands in a cell of its own, and the error of what does."""
    shown: dict[str, list[float]] = {}
    errors: dict[str, list[float]] = {}
    months, threats, statements = [], [], []
    for seed in range(HISTORIES):
        records = history(seed, Size(400 * 365 / 12, 0.02, 30), YEAR, 1)
        out: list[Release] = []
        for period in periods(YEAR, 1):
            given: dict[Node, Tally] = {**facts(records, period), **reports(period, seed)}
            views = incidents.views(all_reports(seed), period)
            made = protect(build(period, given, (), views), out)
            if made.refused:
                say(f"{period.code} refused: {made.refused[0]}")
                continue
            out.append(made.release)
            measure(made.release, given, shown, errors)
        flagged = [one.figure("flagged") for one in out if one.period.span is Span.MONTH]
        months.append(sum(midpoint(one) is not None for one in flagged))
        (year,) = (one for one in out if one.period.span is Span.YEAR)
        threats.append(year.figure("threats"))
        statements.append(year.figure("incidents"))
    say(f"\nUsefulness, {HISTORIES} years of 400 messages a day, 2 % flagged, 30 staff:")
    for view, values in shown.items():
        wrong = errors.get(view, [])
        off = f"{sum(wrong) / len(wrong):6.1%}" if wrong else "     –"
        say(f"  {view:32} own cell {sum(values) / len(values):6.1%}   mean error {off}")
    every = [
        v for view, values in shown.items() if view.startswith("month received_by") for v in values
    ]
    say(f"one-way views of all messages: {sum(every) / len(every):.1%} (bar 80 %)")
    say(f"monthly totals of flagged that publish, of 12: {months} (bar 8)")
    say(f"yearly threat figures: {threats} (bar: published)")
    say(f"incident reports of the year, 12 of them: {statements}")


def measure(
    release: Release,
    given: dict[Node, Tally],
    shown: dict[str, list[float]],
    errors: dict[str, list[float]],
) -> None:
    """One release: by view, the share in cells of their own, and relative errors."""
    for one in VIEWS[release.period.span]:
        table = release.table(one.name)
        if table is None:
            continue
        true = {key: given.get(one.node(key), Tally()).messages for key in one.keys}
        own = {row.key: midpoint(row.messages) for row in table.rows if row.key in true}
        whole = sum(true.values())
        if whole:
            name = f"{release.period.span.value} {one.name}"
            stands = sum(true[key] for key, value in own.items() if value is not None)
            shown.setdefault(name, []).append(stands / whole)
            errors.setdefault(name, []).extend(
                abs(value - true[key]) / true[key]
                for key, value in own.items()
                if value is not None and true[key]
            )


def all_reports(seed: int) -> list[Incident]:
    """Twelve incident reports a year."""
    chance = random.Random(seed)
    return [
        Incident(
            f"{year}-{n}", date(year, chance.randrange(1, 13), 5), chance.choice(SETTINGS), "x"
        )
        for year in range(YEAR - 4, YEAR + 1)
        for n in range(12)
    ]


def reports(period: Period, seed: int) -> dict[Node, Tally]:
    """Their cells."""
    return incidents.facts(all_reports(seed), period)


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

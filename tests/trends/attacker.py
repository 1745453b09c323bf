"""A motivated intruder: a manager with every download, who knows the rules and can compute.

Nothing of the product is imported here. What is known is read from the files as they are handed
out; the unknown is a table of all dimensions crossed, month by month, in every version that was
ever seen; and a cell is recovered where each table that fits has it at 1 to 4.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

SMALL = 4
FEWER = "fewer than "
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
ABUSIVE = ("Threatening", "Aggressive", "Offensive", "Otherwise inappropriate")
SERVICE = "Messages received, by service"
CHANNEL = "Messages received, by channel"
KIND = "What was decided, by the gravest kind"
SEVERITY = "Abuse, by severity"
WAIT = "Time from the queue to the first review"

Term = tuple[object, ...]
Cell = tuple[str, str, str]
"""Period, table, category."""


@dataclass(frozen=True)
class Known:
    """One figure as it was read."""

    low: int
    high: int | None
    other: bool = False


def read(text: str, *, exact_totals: bool = False) -> dict[Cell, tuple[Known, Known]]:
    """(period, table, category) -> messages and senders, from a file as it was handed out."""
    found = {}
    for row in csv.DictReader(io.StringIO(text)):
        exact = exact_totals and row["Category"] == "All"
        found[row["Period"], row["Table"], row["Category"]] = (
            figure(row["Messages"], exact=exact),
            figure(row["Senders"], exact=exact),
        )
    return found


def figure(said: str, *, exact: bool = False) -> Known:
    """What a cell of the file tells."""
    if said.startswith(FEWER):
        return Known(0, int(said.removeprefix(FEWER)) - 1)
    if said in {"withheld", "counted under Other"}:
        return Known(0, None, other=said != "withheld")
    numbers = [int(one.replace(",", "")) for one in re.findall(r"[\d,]+", said)]
    if "or more" in said:
        return Known(numbers[0], None)
    if len(numbers) == 2:
        return Known(numbers[0], numbers[1])
    if exact:
        return Known(numbers[0], numbers[0])
    return Known(max(5, numbers[0] - 2), numbers[0] + 2)


def months_of(period: str) -> list[str]:
    """The months that a period is made of."""
    if period.isdigit():
        return [f"{one} {period}" for one in MONTHS]
    first, _, rest = period.partition(" to ")
    if not rest:
        return [period]
    last, year = rest.split()
    return [f"{one} {year}" for one in MONTHS[MONTHS.index(first) : MONTHS.index(last) + 1]]


def quarters_of(period: str) -> list[str]:
    """The quarters that a period is made of."""
    if not period.isdigit():
        return [period]
    return [f"{MONTHS[at]} to {MONTHS[at + 2]} {period}" for at in (0, 3, 6, 9)]


@dataclass
class Attack:
    """Every version of the files that was seen, as one integer programme."""

    names: dict[tuple[object, ...], int] = field(default_factory=dict)
    rows: list[tuple[dict[int, int], float, float]] = field(default_factory=list)
    targets: dict[str, dict[int, int]] = field(default_factory=dict)
    late: bool = False
    """Whether they reckon with what changed after a release: flags that came in a later month than
    the message, and reports that turned out to be none."""
    most: dict[str, int] = field(default_factory=dict)
    """Up to how many a cell is small, where it is another number than four."""

    def at(self, *name: object) -> int:
        return self.names.setdefault(name, len(self.names))

    def say(self, terms: dict[int, int], low: float, high: float) -> None:
        self.rows.append((terms, low, high))

    # -- messages

    def look(self, version: int, known: dict[Cell, tuple[Known, Known]]) -> None:
        """Take in one version of the files; a later one has all of an earlier one, and more."""
        tables: dict[tuple[str, str], list[str]] = defaultdict(list)
        for period, table, category in known:
            tables[period, table].append(category)
        self.services = [c for c in _categories(known, SERVICE) if c != "Other"]
        self.channels = [c for c in _categories(known, CHANNEL) if c != "Other"]
        self.kinds = [c for c in _categories(known, KIND) if c != "Other"]
        self.severities = [c for c in _categories(known, SEVERITY) if c != "Other"]
        self.waits = [c for c in _categories(known, WAIT) if c != "Other"]
        for (period, table), categories in tables.items():
            self._table(version, period, table, categories, known)
        if self.late:
            self._flagged_late(version, {one for period, _ in tables for one in months_of(period)})

    def _flagged_late(self, version: int, seen: Iterable[str]) -> None:
        """What is flagged late came in before, unflagged; nothing came before the first month.
        How many were flagged late in a month is told nowhere, and is looked for too."""
        order = sorted(seen, key=lambda one: (one[-4:], MONTHS.index(one[:-5])))
        for since in range(version + 1):
            for month in order:
                every = list(product(self.services, self.channels))
                cells = {self.at(since, "l", month, *one): 1 for one in every}
                self.targets.setdefault(f"{since} {month} flagged late", cells)
        for service, channel in product(self.services, self.channels):
            waiting: dict[int, int] = {}
            for month in order:
                waiting |= dict.fromkeys(self._until(version, [("l", month, service, channel)]), -1)
                self.say(dict(waiting), 0, np.inf)
                waiting |= self._until(version, [("r", month, service, channel, False)])

    def _table(
        self, version: int, period: str, table: str, categories: list[str],
        known: dict[Cell, tuple[Known, Known]],
    ) -> None:  # fmt: skip
        merged: dict[int, int] = {}
        people = []
        for category in categories:
            messages, senders = known[period, table, category]
            if category == "Other":
                continue
            terms = self._terms(period, table, category)
            if terms is None:
                continue
            for since in range(version + 1):
                new = {self.at(since, *name): 1 for name in terms}
                self.targets.setdefault(f"{since} {period} {table} {category}", new)
            whole = self._until(version, terms)
            seen = self._people(version, period, table, category, whole)
            if messages.other:
                merged |= whole
                people.append(seen)
            else:
                self._bound(whole, messages)
                self._bound({seen: 1}, senders)
            if category != "All":
                total = self._known_people(version, period, table)
                if total is not None:
                    self.say({total: 1, seen: -1}, 0, np.inf)
        if merged and (period, table, "Other") in known:
            messages, senders = known[period, table, "Other"]
            self._bound(merged, messages)
            together = self.at("people", version, period, table, "Other")
            self._bound({together: 1}, senders)
            self.say({together: -1} | dict.fromkeys(people, 1), 0, np.inf)
            for one in people:
                self.say({together: 1, one: -1}, 0, np.inf)

    def _until(self, version: int, terms: list[Term]) -> dict[int, int]:
        return {self.at(since, *name): 1 for since in range(version + 1) for name in terms}

    def _people(
        self, version: int, period: str, table: str, category: str, whole: dict[int, int]
    ) -> int:
        """Senders of a cell: none without a message, and no more than messages."""
        seen = self.at("people", version, period, table, category)
        self.say(whole | {seen: -1}, 0, np.inf)
        self.say({one: -times for one, times in whole.items()} | {seen: 10**6}, 0, np.inf)
        self.targets.setdefault(f"people {version} {period} {table} {category}", {seen: 1})
        return seen

    def _known_people(self, version: int, period: str, table: str) -> int | None:
        whole = {SERVICE: "Messages received", CHANNEL: "Messages received"}.get(table)
        whole = whole or {
            "Flagged messages, by service": "Flagged messages",
            "Flagged messages, by channel": "Flagged messages",
            KIND: "Messages decided by a person",
            WAIT: "Messages decided by a person",
            SEVERITY: "Decided to be abuse",
        }.get(table)
        return None if whole is None else self.names.get(("people", version, period, whole, "All"))

    def _bound(self, terms: dict[int, int], known: Known) -> None:
        if known.low > 0 or known.high is not None:
            self.say(terms, known.low, np.inf if known.high is None else known.high)

    def _terms(self, period: str, table: str, category: str) -> list[Term] | None:
        """The cells of the crossed tables that a category of a table sums."""

        def received(s: Iterable[str], c: Iterable[str], f: Iterable[bool]) -> list[Term]:
            return [("r", m, *one) for m in months_of(period) for one in product(s, c, f)]

        def flagged(s: Iterable[str], c: Iterable[str]) -> list[Term]:
            late = [("l", m, *one) for m in months_of(period) for one in product(s, c)]
            return received(s, c, [True]) + (late if self.late else [])

        def decided(k: Iterable[str], v: Iterable[str], w: Iterable[str]) -> list[Term]:
            cells = list(product(k, v, w))
            return [
                ("d", q, *one)
                for q in quarters_of(period)
                for one in cells
                if one[0] in ABUSIVE or one[1] == self.severities[0]
            ]

        both = (False, True)
        if table == "Messages received":
            return received(self.services, self.channels, both)
        if table == SERVICE:
            return received([category], self.channels, both)
        if table == CHANNEL:
            return received(self.services, [category], both)
        if table == "Flagged messages":
            return flagged(self.services, self.channels)
        if table == "Flagged messages, by service":
            return flagged([category], self.channels)
        if table == "Flagged messages, by channel":
            return flagged(self.services, [category])
        if table == "Messages decided by a person":
            return decided(self.kinds, self.severities, self.waits)
        if table == "Decided to be abuse":
            return decided(ABUSIVE, self.severities, self.waits)
        if table == KIND:
            return decided([category], self.severities, self.waits)
        if table == "Threatening messages":
            return decided(["Threatening"], self.severities, self.waits)
        if table == SEVERITY:
            return decided(ABUSIVE, [category], self.waits)
        if table == "Messages of high severity":
            return decided(ABUSIVE, ["High"], self.waits)
        if table == WAIT:
            return decided(self.kinds, self.severities, [category])
        return [(table, q) for q in quarters_of(period)]

    # -- what follows

    def recovered(self) -> dict[str, tuple[int, int]]:
        """Cell -> between what it is proven to lie: something, and few."""
        size = len(self.names)
        matrix = lil_array((len(self.rows), size))
        for at, (terms, _, _) in enumerate(self.rows):
            for column, times in terms.items():
                matrix[at, column] = times
        limits = LinearConstraint(
            matrix.tocsr(), [low for _, low, _ in self.rows], [high for _, _, high in self.rows]
        )

        def best(terms: dict[int, int], sign: int) -> np.ndarray:
            goal = np.zeros(size)
            for at, times in terms.items():
                goal[at] += sign * times
            found = milp(
                goal, constraints=limits, integrality=np.ones(size), bounds=Bounds(0, 10**6)
            )
            assert found.success, found.message
            return np.rint(found.x)

        def value(terms: dict[int, int], point: np.ndarray) -> int:
            return int(sum(times * point[at] for at, times in terms.items()))

        left = dict(self.targets)
        proven = {}

        def small(cell: str) -> int:
            return self.most.get(cell, SMALL)

        def cleared(point: np.ndarray) -> None:
            for cell in [c for c, t in left.items() if not 0 < value(t, point) <= small(c)]:
                del left[cell]

        cleared(best({}, 1))
        for sign in (1, -1):
            for _ in range(3):
                if left:
                    every: dict[int, int] = defaultdict(int)
                    for terms in left.values():
                        for at, times in terms.items():
                            every[at] += times
                    cleared(best(every, sign))
        while left:
            cell, terms = next(iter(left.items()))
            least, most = best(terms, 1), best(terms, -1)
            low, high = value(terms, least), value(terms, most)
            if low >= 1 and high <= small(cell):
                proven[cell] = (low, high)
            del left[cell]
            cleared(least)
            cleared(most)
        return proven


def _categories(known: dict[Cell, tuple[Known, Known]], table: str) -> list[str]:
    return list(dict.fromkeys(category for _, t, category in known if t == table)) or ["All"]


def attack(
    *files: str, exact_totals: bool = False, late: bool = False
) -> dict[str, tuple[int, int]]:
    """What these files, in the order in which they were seen, prove together."""
    made = Attack(late=late)
    for version, text in enumerate(files):
        made.look(version, read(text, exact_totals=exact_totals))
    return made.recovered()


# -- what is drawn and said beside the file

NAMES = re.compile(r"\b20\d\d\b|\bQ[1-4]\b|\d+ to \d+ (hours|days)|[Oo]ver 3 days")
"""Numbers in the names of periods and of classes."""


def beyond(text: str, specs: Iterable[dict], said: Iterable[str]) -> list[str]:
    """What charts, alt texts and sentences tell that the file does not, and what the order of rows
    tells: each a fact that a programme could use."""
    return [*_order(text), *_drawn(text, specs), *_spoken(text, said)]


def _order(text: str) -> Iterator[str]:
    """Rows in another order from one period to the next have been put in order by something."""
    orders: dict[str, list[list[str]]] = defaultdict(list)
    tables: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(text)):
        if row["Category"] != "Other":
            tables[row["Period"], row["Table"]].append(row["Category"])
    for (_, table), order in tables.items():
        orders[table].append(order)
    yield from (f"order of {t}" for t, found in orders.items() if any(o != found[0] for o in found))


def _drawn(text: str, specs: Iterable[dict]) -> Iterator[str]:
    """A mark that is not exactly what the file says of its place."""
    figures = {
        one
        for row in csv.DictReader(io.StringIO(text))
        for one in (row["Messages"], row["Senders"])
    }
    for spec in specs:
        for rows in spec.get("datasets", {}).values():
            for row in rows:
                said = row["said"]
                numbers = [int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", said)]
                shown = said not in {"counted under Other", "withheld"} and FEWER not in said
                expected = (
                    {0, *numbers} if len(numbers) == 1 and "or more" not in said else set(numbers)
                )
                marks = {one for one in (row["from"], row["to"]) if one is not None}
                if said not in figures or marks != (expected if shown else set()):
                    yield f"a chart draws {row}"
                extra = set(row) - {"place", "label", "measure", "from", "to", "said", "word"}
                if extra:
                    yield f"a chart holds {sorted(extra)}"


def _spoken(text: str, said: Iterable[str]) -> Iterator[str]:
    """A number in a text that is no figure of the file, no date, and no share of two figures."""
    figures, newest, shown = set(), {}, defaultdict(list)
    for row in csv.DictReader(io.StringIO(text)):
        newest[row["Table"]] = row["Period"]
        for one in (row["Messages"], row["Senders"]):
            found = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", one)]
            figures |= set(found)
            if found and one == row["Messages"] and FEWER not in one:
                shown[row["Period"]].append((row["Category"], sum(found) / len(found)))
    shares = {
        round(100 * part / whole)
        for period in set(newest.values())
        for _, part in shown[period]
        for category, whole in shown[period]
        if category == "All" and whole >= max(20, part)
    }
    for one in said:
        without = NAMES.sub("", one)
        for number, percent in re.findall(r"(\d[\d,]*)( %)?", without):
            value = int(number.replace(",", ""))
            if value not in (shares if percent else figures):
                yield f"a text says {number}: {one}"

"""The same intruder, on what is handed out of incident reports: years, quarters, three years.

Nothing of the product is imported here either. They know the rules: from forty a year by the
average of three there are quarters, under it a year is one band. The unknown is how many reports
there were in each quarter by where it was; years and the table of three years are sums of these,
and every other table of a quarter has the same whole.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from attacker import SMALL, Attack, Cell, Known, quarters_of, read

WHOLE = "Incident reports"
SETTING = "Incident reports, by where it was"
ROLE = "Incident reports, by who was reported"
THREE_YEARS = "Incident reports of three years, by where it was"
SETTINGS = ("In person", "Online", "Elsewhere, or not stated")
OF_STAFF = 9
"""Up to so many are few, where a table is about staff."""
MANY = 120
"""In three years, from which on the next one has quarters."""

Terms = dict[int, int]


@dataclass
class OfIncidents(Attack):
    """Every figure of incident reports that was seen, as one integer programme."""

    def see(self, known: dict[Cell, tuple[Known, Known]]) -> None:
        """Take in the file."""
        tables: dict[tuple[str, str], list[str]] = defaultdict(list)
        for period, table, category in known:
            if table.startswith(WHOLE):
                tables[period, table].append(category)
        years = sorted({period[-4:] for period, _ in tables})
        few = {
            one: (known[one, WHOLE, "All"][0].high or MANY) <= SMALL
            for one in years
            if (one, WHOLE) in tables
        }
        self._released = {period for period, _ in tables}
        for (period, table), categories in tables.items():
            self._seen(period, table, categories, known)
        for year in years:
            self._counted_out(year)
            self._profile(year, few)

    def _seen(
        self, period: str, table: str, categories: Iterable[str],
        known: dict[Cell, tuple[Known, Known]],
    ) -> None:  # fmt: skip
        merged: Counter[int] = Counter()
        for category in categories:
            both = known[period, table, category]
            if category == "Other":
                continue
            terms = self._counts(period, table, category)
            cell = f"{period} {table} {category}"
            self.targets[cell] = terms
            if table == ROLE:
                self.most[cell] = OF_STAFF
            if both[0].other:
                merged.update(terms)
            else:
                self._say_both(terms, both)
        if merged:
            self._say_both(merged, known[period, table, "Other"])
        if not period.isdigit() and table not in {WHOLE, SETTING}:
            whole = Counter(self._counts(period, WHOLE, "All"))
            for category in categories:
                if category != "Other":
                    whole.subtract(self._counts(period, table, category))
            self.say(whole, 0, 0)

    def _say_both(self, terms: Terms, both: tuple[Known, Known]) -> None:
        """Each report stands for itself: both columns are of the same number."""
        for one in both:
            self._bound(terms, one)

    def _counts(self, period: str, table: str, category: str) -> Terms:
        """What a cell is a sum of, as it was counted for that table."""
        settings = SETTINGS if category == "All" else (category,)
        if table == THREE_YEARS:
            last = int(period)
            return self._three_years(last, settings)
        if period.isdigit():
            return self._year(period, settings)
        if table in {WHOLE, SETTING}:
            return {self.at("n", period, one): 1 for one in settings}
        return {self.at(table, period, category): 1}

    def _year(self, year: str, settings: Iterable[str]) -> Terms:
        """A year, less what was found by its end to be no incident; what had been released of a
        quarter by then stands."""
        chosen = list(settings)
        found = {self.at("n", q, one): 1 for q in quarters_of(year) for one in chosen}
        return found | {self._gone(q, one): -1 for q in self._early(year) for one in chosen}

    def _three_years(self, last: int, settings: Iterable[str]) -> Terms:
        """As they were counted when the last was: until then more may be gone of the others."""
        chosen, found = list(settings), Counter[int]()
        for year in range(last - 2, last + 1):
            found.update(self._year(str(year), chosen))
            if self.late and year < last:
                found.update({self._gone(str(year), one): -1 for one in chosen})
        return dict(found)

    def _early(self, year: str) -> list[str]:
        """Quarters that were released before their year was."""
        if not self.late:
            return []
        return [one for one in quarters_of(year)[:3] if one in self._released]

    def _gone(self, period: str, setting: str) -> int:
        return self.at("gone", period, setting)

    def _counted_out(self, year: str) -> None:
        """No more turn out to be none than there were; how many did is told nowhere."""
        if not self.late:
            return
        for setting in SETTINGS:
            for one in self._early(year):
                self.say({self.at("n", one, setting): 1, self._gone(one, setting): -1}, 0, np.inf)
            left = self._year(year, [setting]) | {self._gone(year, setting): -1}
            self.say(left, 0, np.inf)
        for one in (*self._early(year), year):
            gone = {self._gone(one, setting): 1 for setting in SETTINGS}
            self.targets[f"{one} gone since"] = gone

    def _profile(self, year: str, few: dict[str, bool]) -> None:
        """That there are quarters, or none, tells of those of the three years before that had five
        and more: of no other by the rule."""
        before = [str(int(year) - back) for back in (1, 2, 3)]
        if not set(before) <= few.keys():
            return
        counted = Counter[int]()
        for one in before:
            if not few[one]:
                counted.update(self._year(one, SETTINGS))
        if self._released & set(quarters_of(year)):
            self.say(counted, MANY, np.inf)
        elif not self.late:
            self.say(counted, 0, MANY - 1)


def attack_incidents(text: str, *, late: bool = False) -> dict[str, tuple[int, int]]:
    """What this file proves of incident reports."""
    made = OfIncidents(late=late)
    made.see(read(text))
    return made.recovered()

"""A release as it is frozen: tables of short codes, their canonical bytes, and the hash. Pure."""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from triage.trends.rules import OTHER, WITHHELD, Period

RULES = "2026-1"
"""The version of these rules: what is shown, how coarse, and in which views."""


@dataclass(frozen=True, slots=True)
class Row:
    """One cell: how many messages, and by how many people, as codes of ``rules``."""

    key: str
    messages: str
    senders: str

    @property
    def shown(self) -> bool:
        """Whether it stands in a published cell of its own."""
        return self.messages not in {OTHER, WITHHELD}


@dataclass(frozen=True, slots=True)
class Table:
    """One view of one period, its rows in the fixed order of the view."""

    view: str
    rows: tuple[Row, ...]

    def row(self, key: str) -> Row | None:
        """A row by its key."""
        return next((one for one in self.rows if one.key == key), None)

    def hiding(self, key: str) -> "Table":
        """The same with one more row withheld."""
        gone = tuple(
            Row(one.key, WITHHELD, WITHHELD) if one.key == key else one for one in self.rows
        )
        return replace(self, rows=gone)


@dataclass(frozen=True, slots=True)
class Release:
    """All tables of one closed period."""

    period: Period
    tables: tuple[Table, ...]
    facts: tuple[tuple[str, str], ...] = ()
    """What is no table: a median's class, a team's exposure as a band."""
    rules: str = RULES

    def table(self, view: str) -> Table | None:
        """A table by its view."""
        return next((one for one in self.tables if one.view == view), None)

    def figure(self, view: str, key: str = "all") -> str:
        """How many messages a cell shows; withheld where there is no such cell."""
        table = self.table(view)
        row = table.row(key) if table else None
        return row.messages if row else WITHHELD

    def people(self, view: str, key: str = "all") -> str:
        """How many senders a cell shows."""
        table = self.table(view)
        row = table.row(key) if table else None
        return row.senders if row else WITHHELD

    def fact(self, name: str) -> str:
        """A fact beside the tables."""
        return dict(self.facts).get(name, WITHHELD)

    def put(self, table: Table) -> "Release":
        """The same with one table replaced."""
        return replace(
            self, tables=tuple(table if one.view == table.view else one for one in self.tables)
        )

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "period": self.period.code,
            "rules": self.rules,
            "tables": [
                {"view": one.view, "rows": [[r.key, r.messages, r.senders] for r in one.rows]}
                for one in self.tables
            ],
            "facts": [list(one) for one in self.facts],
        }

    def digest(self) -> str:
        """SHA-256 of its canonical bytes."""
        return sha256(canonical(self.plain())).hexdigest()


def canonical(plain: dict[str, Any]) -> bytes:
    """The one spelling of a release."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def thaw(plain: dict[str, Any]) -> Release:
    """A release from what was stored."""
    return Release(
        period=Period.parse(plain["period"]),
        tables=tuple(
            Table(one["view"], tuple(Row(*row) for row in one["rows"])) for one in plain["tables"]
        ),
        facts=tuple((name, value) for name, value in plain["facts"]),
        rules=plain["rules"],
    )

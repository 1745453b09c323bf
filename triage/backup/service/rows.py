"""A row as a line of JSON and back, by what its columns are: the same on both databases.

JSON columns go as the text that they hold, so that "nothing" and a JSON ``null`` stay two things;
bytes go as base64, times in UTC.
"""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    Insert,
    LargeBinary,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    insert,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from triage.core.database import UtcDateTime
from triage.core.sealed import Sealed

Row = Sequence[Any]
AT_ONCE, HEAVY_AT_ONCE = 500, 8
"""Rows that are fetched together: few where each may hold a file."""
ORDER = {"audit_events": ("link", "position"), "audit_links": ("number",)}
"""Tables that are read in order: so their chain can be followed while they pass by."""


def columns_of(table: Table) -> list[str]:
    """In the order in which a row has them."""
    return [one.name for one in table.columns]


def at_once(table: Table) -> int:
    """How many rows to fetch together."""
    heavy = any(isinstance(one.type, LargeBinary | Sealed) for one in table.columns)
    return HEAVY_AT_ONCE if heavy else AT_ONCE


def reading(table: Table, dialect: str) -> "Select[Any]":
    """Every row, as it is to be written down."""
    found = select(*(_read_as(one, dialect) for one in table.columns))
    return found.order_by(*(table.c[name] for name in ORDER.get(table.name, ())))


def to_line(table: Table) -> Callable[[Row], bytes]:
    """Writes a row of this table down."""
    said = [_SAID.get(_kind(one.type)) for one in table.columns]

    def line(row: Row) -> bytes:
        values = [
            one if say is None or one is None else say(one)
            for one, say in zip(row, said, strict=True)
        ]
        return json.dumps(values, separators=(",", ":")).encode("ascii") + b"\n"

    return line


def from_values(table: Table) -> Callable[[Row], dict[str, Any]]:
    """Reads the values of a row of this table, for ``writing``."""
    names = [f"v_{one.name}" for one in table.columns]
    heard = [_HEARD.get(_kind(one.type)) for one in table.columns]

    def read(values: Row) -> dict[str, Any]:
        return {
            name: one if hear is None or one is None else hear(one)
            for name, one, hear in zip(names, values, heard, strict=True)
        }

    return read


def writing(table: Table, dialect: str) -> Insert:
    """Puts a row back, as the bytes that it was."""
    return insert(table).values({one.name: _write_as(one, dialect) for one in table.columns})


def _kind(kind: TypeEngine[Any]) -> type[Any] | None:
    """What its values are on paper; ``None`` for what JSON has itself, or for a text of JSON."""
    if isinstance(kind, LargeBinary | Sealed):
        return bytes
    if isinstance(kind, UtcDateTime):
        return datetime
    return date if isinstance(kind, Date) else None


_SAID: dict[type[Any] | None, Callable[[Any], str]] = {
    bytes: lambda one: base64.b64encode(one).decode("ascii"),
    datetime: lambda one: str(one.isoformat()),
    date: lambda one: str(one.isoformat()),
}
_HEARD: dict[type[Any] | None, Callable[[str], Any]] = {
    bytes: base64.b64decode,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


def _read_as(column: Any, dialect: str) -> "ColumnElement[Any]":
    if isinstance(column.type, JSON):
        as_text = cast(column, Text) if dialect == "postgresql" else type_coerce(column, Text)
        return as_text.label(column.name)
    return column  # type: ignore[no-any-return]


def _write_as(column: Any, dialect: str) -> "ColumnElement[Any]":
    name = f"v_{column.name}"
    if isinstance(column.type, JSON):
        value = bindparam(name, type_=Text())
        return cast(value, JSON) if dialect == "postgresql" else value
    if isinstance(column.type, Sealed):  # whatever stands there is kept: it is not ours to judge
        return bindparam(name, type_=LargeBinary())
    return bindparam(name, type_=column.type)

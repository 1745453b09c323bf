"""Names, times, folders and the manifest of a backup; rows on paper and back."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, Boolean, Date, Float, Integer, LargeBinary, Table

from triage.app import tables
from triage.backup.reading import read_manifest
from triage.backup.rules import Manifest, apart, is_name, is_over, made_at, name_of
from triage.backup.service.rows import columns_of, from_values, to_line
from triage.core.database import UtcDateTime
from triage.core.errors import Invalid, UnsafeConfiguration
from triage.core.ids import new_id
from triage.core.sealed import Sealed

AT = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)
TABLES = tables().sorted_tables


@given(st.integers(0, 7_000_000_000).map(lambda one: datetime.fromtimestamp(one, UTC)))
def test_a_name_says_when_and_is_nobody_elses(at: datetime) -> None:
    name = name_of(at, new_id())
    assert made_at(name) == at.replace(microsecond=0)
    assert name != name_of(at, new_id())


@pytest.mark.parametrize(
    "name",
    ["", "triage", "../triage-20260302T090000Z-abcdef", "triage-20261302T090000Z-abcdef",
     "triage-20260302T090000Z-ABCDEF", "triage-20260302T090000Z-abcdef.key"],
)  # fmt: skip
def test_what_is_no_name_of_a_backup_is_none(name: str) -> None:
    assert not is_name(name)


def test_the_time_of_a_backup_is_over_after_its_days_and_not_a_moment_before() -> None:
    name = name_of(AT, new_id())
    assert not is_over(name, AT + timedelta(days=35, microseconds=-1), 35)
    assert is_over(name, AT + timedelta(days=35), 35)


def test_neither_folder_lies_in_the_other_whatever_it_is_called(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.mkdir()
    (tmp_path / "link").symlink_to(a)
    apart(a, b)
    apart(tmp_path / "ab", a)
    for one, other in ((a, a), (a, a / "x"), (a / "x", a), (tmp_path / "link", a / "keys"),
                       (a / ".." / "a", a)):  # fmt: skip
        with pytest.raises(UnsafeConfiguration):
            apart(one, other)


MANIFEST = Manifest(
    1, name_of(AT, new_id()), AT.isoformat(), "0029", {"people": 3}, 5, "a" * 64, "b" * 64, 9
)


def test_a_manifest_reads_back_and_nothing_else_does() -> None:
    assert read_manifest(MANIFEST.text()) == MANIFEST
    good = json.loads(MANIFEST.text())
    for change in ({"size": -1}, {"tables": []}, {"tables": {"people": True}}, {"sha256": "x"},
                   {"name": "../x"}, {"format": 2}, {"digest": 4}, {"more": 1}):  # fmt: skip
        with pytest.raises(Invalid):
            read_manifest(json.dumps(good | change))
    for text in ("", "{}", "[]", "null", "7"):
        with pytest.raises(Invalid):
            read_manifest(text)


def values(column: Any) -> st.SearchStrategy[Any]:
    kind = column.type
    found: st.SearchStrategy[Any]
    if isinstance(kind, JSON):  # as the text that it holds
        found = st.text()
    elif isinstance(kind, LargeBinary | Sealed):
        found = st.binary()
    elif isinstance(kind, UtcDateTime):
        found = st.datetimes(timezones=st.just(UTC))
    elif isinstance(kind, Date):
        found = st.dates(date(1, 1, 1))
    elif isinstance(kind, Boolean):
        found = st.booleans()
    elif isinstance(kind, Integer):
        found = st.integers(-(2**63), 2**63 - 1)
    elif isinstance(kind, Float):
        found = st.floats(allow_nan=False)
    else:
        found = st.text(st.characters())
    return st.none() | found


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw reads all of Unicode
@given(st.data(), st.sampled_from(TABLES))
def test_a_row_of_any_table_is_one_line_and_reads_back_as_it_was(
    data: st.DataObject, table: Table
) -> None:
    row = tuple(data.draw(values(one)) for one in table.columns)
    line = to_line(table)(row)
    assert line.count(b"\n") == 1
    found = from_values(table)(json.loads(line))
    assert found == {f"v_{name}": one for name, one in zip(columns_of(table), row, strict=True)}

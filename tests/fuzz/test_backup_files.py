"""Whatever lies where a backup, its key or its list should lie is read, or refused plainly."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.backup.checking import verify_backup
from triage.backup.erased import erased
from triage.backup.keys import ERASED, Wrap, read_wraps
from triage.backup.reading import read, read_manifest
from triage.backup.rules import BACKUP
from triage.backup.sealing import new_identity, public_of, seal
from triage.core.errors import Invalid, TriageError
from triage.retention.subject.attached import File, LeftOut, NotGiven
from triage.retention.subject.document import members
from triage.retention.subject.queries.composing import Piece
from triage.retention.subject.rules import ItemKind

IDENTITY, _ = new_identity()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
HEADS = st.just({"format": 1, "revision": "0001"})
MARKS = st.fixed_dictionaries(
    {"table": VALUES | st.sampled_from(["audit_events", "audit_links", "originals", "messages"])},
    optional={"columns": st.lists(st.text(max_size=5), max_size=3) | VALUES},
) | st.fixed_dictionaries(
    {}, optional={"links": VALUES, "digest": VALUES, "counts": st.just({}) | VALUES}
)
LINES = st.lists(
    (HEADS | MARKS | VALUES).map(lambda one: json.dumps(one).encode()) | st.binary(max_size=60),
    max_size=8,
)
CLOSELY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


class Nobody:
    """Takes rows, and looks at none."""

    def table(self, name: str, columns: Any) -> None:
        assert isinstance(name, str)
        assert all(isinstance(one, str) for one in columns)

    def row(self, values: list[Any]) -> None:
        assert isinstance(values, list)


def sealed(path: Path, lines: list[bytes]) -> Path:
    with path.open("wb") as file:
        seal(file, public_of(IDENTITY), [line + b"\n" for line in lines])
    return path


@CLOSELY
@given(LINES)
def test_whatever_is_sealed_for_a_key_is_a_backup_or_none(
    tmp_path: Path, lines: list[bytes]
) -> None:
    file = sealed(tmp_path / f"one{BACKUP}", lines)
    try:
        found = read(file, IDENTITY, Nobody(), first=lambda _: None)
    except Invalid:
        return
    assert found.head


@CLOSELY
@given(LINES, st.text(max_size=80) | VALUES.map(json.dumps))
def test_whatever_lies_there_is_verified_or_refused(
    tmp_path: Path, lines: list[bytes], manifest: str
) -> None:
    file = sealed(tmp_path / f"one{BACKUP}", lines)
    (tmp_path / "one.json").write_text(manifest, "utf-8", errors="replace")
    with pytest.raises(TriageError):
        verify_backup(file, IDENTITY)


@given(st.text(max_size=200) | VALUES.map(json.dumps))
def test_whatever_is_said_beside_it_is_no_manifest(text: str) -> None:
    with pytest.raises(Invalid):
        read_manifest(text)


@CLOSELY
@given(st.lists(st.binary(max_size=60) | VALUES.map(lambda one: json.dumps(one).encode())))
def test_wraps_are_wraps_or_refused(tmp_path: Path, lines: list[bytes]) -> None:
    path = sealed(tmp_path / "one.wraps.age", lines)
    try:
        found = list(read_wraps(path, IDENTITY))
    except Invalid:
        return
    assert all(isinstance(one, Wrap) for one in found)


@CLOSELY
@given(
    st.lists(
        st.text(max_size=90)
        | st.fixed_dictionaries(
            {}, optional={"at": VALUES | st.datetimes().map(str), "id": VALUES}
        ).map(json.dumps)
    )
)
def test_a_list_of_what_was_erased_is_read_or_its_line_is_named(
    tmp_path: Path, lines: list[str]
) -> None:
    (tmp_path / ERASED).write_text("\n".join(lines), "utf-8", errors="replace")
    found: tuple[str, ...] = ()
    said = "Line 0"
    try:
        found = erased(tmp_path)
    except Invalid as error:
        said = str(error)
    assert said.startswith("Line ")
    assert all(isinstance(one, str) for one in found)


TEXTS = st.text(max_size=80)


FILES = st.none() | st.builds(File, TEXTS, TEXTS, st.integers(0, 9), TEXTS, TEXTS)


@given(
    st.lists(st.tuples(st.sampled_from(ItemKind), st.lists(st.tuples(TEXTS, TEXTS)), TEXTS, FILES)),
    st.lists(st.builds(NotGiven, TEXTS, st.integers(0, 9), st.sampled_from(LeftOut))),
)
def test_what_a_person_is_given_is_read_back_whatever_stands_in_it(
    held: list[tuple[ItemKind, list[tuple[str, str]], str, File | None]], left: list[NotGiven]
) -> None:
    pieces = [
        Piece(str(number), kind, "2026", tuple(facts), text, 0, (), file)
        for number, (kind, facts, text, file) in enumerate(held)
    ]
    listed = members(pieces, date(2026, 3, 2), left)
    files = {one.path: one for one in listed}
    assert len(files) == len(listed) == 4 + sum(one.file is not None for one in pieces)
    said = json.loads(files["data/your-data.json"].read())
    assert len(said["not_in_this_copy"]) == len(left)
    assert [len(one["facts"]) for one in said["held"]] == [len(facts) for _, facts, *_ in held]

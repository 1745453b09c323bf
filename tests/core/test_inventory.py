"""Every column says what it holds, and holds nothing else."""

import json
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, select
from support.desk import Desk
from support.mail import inbound

from triage.app import tables
from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core.database import Base
from triage.core.ids import is_id, new_id
from triage.core.inventory import Kind, kinds, problems
from triage.core.sealed import Sealed
from triage.intake.inbound import Channel
from triage.intake.note import Note
from triage.messages.rules import Step
from triage.messages.service import review, welfare
from triage.messages.service.flags import add_note, flag, look_up
from triage.messages.service.reveals import reveal
from triage.messages.service.taking import take_note

OUTSIDE = "quixotically"
"""In everything that comes from outside."""
COLLEAGUE = "zephyrine"
"""In everything that a colleague types."""

CODE = re.compile(r"[A-Za-z0-9_.:/|+-]{0,160}")
DIGEST = re.compile(r"[0-9a-f]{64}")


@pytest.fixture
def worked(desk: Desk) -> Desk:
    """A desk on which something was written into every field there is."""

    def arrive(number: int) -> str:
        return desk.arrive(
            f"[medium] {OUTSIDE} {number}",
            subject=f"Re: {OUTSIDE}",
            from_name=OUTSIDE.title(),
            from_address=f"{OUTSIDE}@example.org",
            source=f"{OUTSIDE}.eml",
            message_id=f"<{OUTSIDE}{number}@example.org>",
            references=(f"<{OUTSIDE}{number - 1}@example.org>",),
        )

    noted, routed, cared, asked = (arrive(number) for number in range(4))
    entered = Note(Channel.PHONE, desk.now, OUTSIDE, (), OUTSIDE, OUTSIDE, f"@{OUTSIDE}")
    desk.do(desk.kit, take_note, note=entered, scorer=desk.triage.scorer, urgent=True)
    desk.do(desk.kit, flag, message_id=asked, note=f"{COLLEAGUE} flag", urgent=True)
    desk.do(desk.ana, add_note, message_id=asked, text=f"{COLLEAGUE} note")
    desk.do(desk.ana, look_up, address=f"{OUTSIDE}@example.org")
    given = {"message_id": noted, "version": desk.open(desk.ana, noted), "token": new_id()}
    desk.do(desk.ana, reveal, message_id=noted, step=Step.FULL, reason=f"{COLLEAGUE} look")
    labels = [Disposition.THREATENING]
    words = f"{COLLEAGUE} reason"
    desk.do(desk.ana, review.decide, labels=labels, severity=Severity.LOW, note=words, **given)
    given = {"message_id": routed, "version": desk.open(desk.ana, routed)}
    desk.do(desk.ana, review.route, to=RoutedTo.SERVICE_COMPLAINT, note=words, **given)
    given = {"message_id": cared, "version": desk.open(desk.ben, cared)}
    desk.do(desk.ben, welfare.open_task, **given)
    given["version"] = desk.version(cared)
    outcome = WelfareOutcome.NOT_AT_RISK
    desk.do(desk.ben, welfare.finish, outcome=outcome, note=f"{COLLEAGUE} done", **given)
    given = {"message_id": asked, "version": desk.open(desk.ana, asked)}
    desk.do(desk.ana, review.ask_second_look, note=words, labels=labels, **given)
    return desk


def values(desk: Desk, *wanted: Kind) -> Iterator[tuple[str, object]]:
    """Every stored value of the columns of these kinds."""
    classed = kinds()
    with desk.triage.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for name, value in row.items():
                    if classed[f"{table.name}.{name}"] in wanted and value is not None:
                        yield f"{table.name}.{name}", value


def leaves(value: object) -> Iterator[str]:
    """The texts in a value, its keys too."""
    if isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, str):
        yield value


def test_every_column_of_every_table_is_classed_and_fits_its_class() -> None:
    assert list(problems(tables())) == []


def test_a_column_that_nobody_classed_is_named() -> None:
    metadata = MetaData()
    for table in tables().sorted_tables:
        table.to_metadata(metadata)
    metadata.tables["messages"].append_column(Column("mood", String))
    Table("new_room", metadata, Column("id", String, primary_key=True))
    found = " ".join(problems(metadata))
    assert "messages.mood is not classed" in found
    assert "new_room.id is not classed" in found


@pytest.mark.parametrize(
    ("name", "column", "said"),
    [
        ("message_notes.text", Column("text", String), "sealed if and only if"),
        ("messages.subject", Column("subject", Sealed), "sealed if and only if"),
        ("messages.length", Column("length", String), "cannot be count"),
        ("messages.received_at", Column("received_at", String), "cannot be time"),
        ("messages.sender_id", Column("sender_id", Integer), "cannot be public-random-id"),
        ("data_keys.desk_key_version", Column("desk_key_version", String), "cannot be count"),
    ],
)
def test_a_column_whose_type_does_not_fit_its_class_is_named(
    name: str, column: "Column[object]", said: str
) -> None:
    metadata = MetaData()
    for table in tables().sorted_tables:
        table.to_metadata(metadata)
    metadata.tables[name.split(".")[0]].append_column(column, replace_existing=True)
    assert [one for one in problems(metadata) if name in one and said in one]


def test_a_technical_column_needs_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.core.inventory.WHY_TECHNICAL", {})
    found = list(problems(tables()))
    assert any("audit_events.details" in one and "WHY_TECHNICAL" in one for one in found)


def test_what_came_from_outside_stands_in_columns_of_that_class_alone(worked: Desk) -> None:
    plain = {name for name, value in values(worked, Kind.PLAIN) if OUTSIDE in str(value).lower()}
    assert plain >= {"messages.text", "messages.from_name", "messages.subject", "messages.source"}
    for name, value in values(worked, *(set(Kind) - {Kind.PLAIN})):
        assert OUTSIDE not in str(value).lower(), name


def test_what_a_colleague_types_stands_nowhere_in_plain(worked: Desk) -> None:
    filled = {name for name, value in values(worked, Kind.SEALED) if value}
    assert filled == {
        "message_flags.note",
        "message_notes.text",
        "message_transitions.reason",
        "welfare_tasks.done_note",
    }
    for name, value in values(worked, *Kind):
        assert COLLEAGUE not in str(value), name


def test_ids_codes_and_hashes_look_like_it(worked: Desk) -> None:
    seen = 0
    for name, value in values(worked, Kind.ID):
        assert value in {"system", "console"} or is_id(str(value)), (name, value)
        seen += 1
    for name, value in values(worked, Kind.CODE):
        for leaf in leaves(value):
            assert CODE.fullmatch(leaf), (name, leaf)
            seen += 1
    for name, value in values(worked, Kind.HASH):
        for leaf in leaves(value):
            assert DIGEST.fullmatch(leaf), (name, leaf)
            seen += 1
    assert seen > 200


def test_the_record_holds_ids_codes_and_counts_alone(worked: Desk) -> None:
    for event in worked.events():
        for leaf in leaves(json.loads(event.details)):
            assert CODE.fullmatch(leaf), (event.code, leaf)


def test_the_messages_of_these_tests_carry_their_canary() -> None:
    assert OUTSIDE in inbound(OUTSIDE).written

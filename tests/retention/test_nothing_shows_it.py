"""Once it is erased no query shows a message to anybody, and no row holds a word of it."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select
from support.desk import Desk, address

from triage.app import tables
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import Actor
from triage.core.data_keys import DataKey
from triage.core.errors import NotFound, Shredded, TriageError
from triage.core.inventory import kinds
from triage.core.inventory.kinds import Kind
from triage.core.record import read_record
from triage.intake.inbound import Attachment
from triage.messages.queries.history import history
from triage.messages.service import recipient, review
from triage.messages.service.erasing import KEEPINGS
from triage.messages.service.flags import add_note, flag, look_up
from triage.messages.service.forgetting import GONE
from triage.messages.service.handover_notes import leave_note
from triage.messages.tables import Message, MessageNote, MessageReveal
from triage.trends.queries.quality import mistakes

CANARY = "wolverine"
STAYS = {
    "message_stubs.id", "stub_marks.message_id", "exclusions.matter_id", "data_keys.owner_id",
    "audit_events.matter_id", "message_reveals.message_id",
}  # fmt: skip
"""Where the id of an erased message may still stand: beside ids and codes alone."""


@pytest.fixture(scope="module")
def two_worlds() -> ModuleType:
    """The tests of what an excluded person reads: they know how every query is asked."""
    path = Path(__file__).parents[1] / "messages" / "test_two_worlds.py"
    spec = importlib.util.spec_from_file_location("two_worlds_to_ask", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def message(desk: Desk) -> str:
    """A message with the canary wherever a word can stand, and all sorts done to it."""
    made = desk.arrive(
        f"[high] {CANARY} at the door",
        subject=f"{CANARY} subject",
        from_name=CANARY,
        from_address=f"{CANARY}@example.org",
        quoted=f"{CANARY} quoted",
        source=f"{CANARY}.eml",
        recipients=(address("kit"),),
        message_id=f"<{CANARY}@example.org>",
        attachments=(Attachment(f"{CANARY}.txt", "text/plain", 3, "1" * 64, CANARY),),
    )
    desk.do(desk.kit, recipient.flag_mine, message_id=made, note=f"{CANARY} flag")
    desk.do(desk.ben, flag, message_id=made, note=f"{CANARY} flag")
    desk.do(desk.ana, add_note, message_id=made, text=f"{CANARY} note")
    version = desk.open(desk.ben, made)
    desk.do(desk.ben, review.release, message_id=made, version=version, sitting="monday")
    desk.decide(desk.ana, made, Disposition.AGGRESSIVE, severity=Severity.LOW)
    return made


def asked(desk: Desk, worlds: ModuleType, message: str, viewer: Actor) -> dict[str, str]:
    """What somebody reads, by every query there is."""
    mine = desk.arrive("[low] another", from_address="another@example.org")
    seen: dict[str, str] = {}
    queries = dict(worlds.QUERIES)
    tries = worlds.reads(desk, message, "Y" * 26, mine)
    for number, given in enumerate(worlds.exempt(desk, message).items()):
        queries[f"own {given[0]}"] = worlds.OWN[given[0]]
        tries[f"own {given[0]}"] = given[1]
        assert number < 10
    for name, ways in tries.items():
        for number, given in enumerate(ways):
            changed = dict(given)
            if "words" in changed:
                changed["words"] = CANARY
            try:
                seen[f"{name} {number}"] = repr(desk.read(queries[name], viewer=viewer, **changed))
            except TriageError as error:
                seen[f"{name} {number}"] = str(error)
    seen["look_up"] = repr(said(desk, viewer))
    if viewer is desk.dora:
        seen["mistakes"] = repr(desk.read(mistakes, viewer=viewer))
    return seen


def said(desk: Desk, viewer: Actor) -> object:
    try:
        return desk.do(viewer, look_up, address=f"{CANARY}@example.org")
    except TriageError as error:
        return str(error)


def test_no_query_shows_an_erased_message_or_a_word_of_it_to_anybody(
    desk: Desk, two_worlds: ModuleType, message: str, erasing
) -> None:
    people = [desk.ana, desk.dora, desk.kit]
    before = [asked(desk, two_worlds, message, one) for one in people]
    shown = {name for seen in before for name, text in seen.items() if message in text}
    assert {name.split()[0] for name in shown} >= {"find", "item", "read_record", "own", "look_up"}
    assert any(CANARY in text for text in before[0].values())
    erasing.after(days=400)
    assert not erasing.is_there(message)
    after = [asked(desk, two_worlds, message, one) for one in people]
    for seen in after:
        assert [name for name, text in seen.items() if CANARY in text] == []
        named = {name.split()[0] for name, text in seen.items() if message in text}
        assert named <= {"read_record"}, "the record alone says that there was something"
    with pytest.raises(NotFound):
        desk.read(history, viewer=desk.ana, message_id=message)


def test_p_rec_4_the_record_of_an_erased_message_is_still_kept_from_who_got_it(
    desk: Desk, message: str, erasing
) -> None:
    mine = desk.arrive("[low] to ana", recipients=(address("ana"),))
    desk.decide(desk.ben, mine)
    erasing.after(days=1500)  # the stub is gone by then, too
    for viewer, sees in ((desk.ben, True), (desk.ana, False)):
        page = desk.read(read_record, viewer=viewer, matter_id=mine)
        assert bool(page.rows) is sees


def rows(desk: Desk) -> Iterator[tuple[str, Any]]:
    """Every value of every table."""
    with desk.triage.database.read() as session:
        for table in tables().sorted_tables:
            for row in session.execute(select(table)):
                for column, value in zip(table.columns, row, strict=True):
                    yield f"{table.name}.{column.name}", value


def test_what_stays_of_a_message_are_ids_and_codes_and_it_is_known_where(
    desk: Desk, message: str, erasing
) -> None:
    erasing.after(days=400)
    held = [(where, value) for where, value in rows(desk) if value is not None]
    assert [where for where, value in held if CANARY in str(value)] == []
    assert [where for where, v in held if isinstance(v, bytes) and CANARY.encode() in v] == []
    named = {where for where, value in held if message in str(value)}
    assert named <= STAYS | {"audit_events.details"}
    assert named >= STAYS


def test_the_stub_holds_no_text_no_name_no_subject_and_no_time(
    desk: Desk, message: str, erasing
) -> None:
    classed = kinds()
    for table in ("message_stubs", "stub_marks"):
        of = {one: kind for one, kind in classed.items() if one.startswith(f"{table}.")}
        assert set(of.values()) <= {Kind.ID, Kind.HASH, Kind.COUNT, Kind.CODE}
    row = desk.row(message)
    erasing.after(days=400)
    stub = erasing.stub(message)
    assert (stub["month"], stub["decided_month"]) == ("2026-03", "2026-03")
    assert (stub["dispositions"], stub["severity"]) == (["aggressive"], "low")
    assert (stub["flagged"], stub["by_model"], stub["outside"]) == (True, True, True)
    assert stub["raw_hash"] == row.raw_hash
    assert stub["sender_hash"] not in {None, row.sender_id}
    assert not [value for value in stub.values() if "wolverine" in str(value)]


def test_every_table_that_points_at_a_message_is_emptied_with_it() -> None:
    pointing = {
        table.name
        for table in tables().sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "messages"
    }
    assert pointing == {one.__tablename__ for one in GONE}
    assert MessageReveal.__tablename__ not in pointing


def test_what_colleagues_wrote_of_it_is_unreadable_in_an_old_backup_too(
    desk: Desk, message: str, erasing
) -> None:
    with desk.triage.database.read() as session:
        note = session.scalars(select(MessageNote)).one()
        place = {"table": "message_notes", "column": "text", "row_id": note.id}
        sealed, place = note.text, place | {"owner_id": message}
        assert CANARY in desk.triage.vault.open(session, sealed=sealed, **place)
    erasing.after(days=400)
    with desk.triage.database.read() as session:
        row = session.scalars(select(DataKey).where(DataKey.owner_id == message)).one()
        assert row.wrapped_for_desk is None
        with pytest.raises(Shredded):
            desk.triage.vault.open(session, sealed=sealed, **place)
    assert [one.code for one in desk.events("key_destroyed", message)] == ["key_destroyed"]


def test_an_old_handover_note_goes_with_its_key_and_so_do_names_of_files(
    desk: Desk, erasing, tmp_path: Path
) -> None:
    from triage.messages.service.importing import import_mail
    from triage.messages.tables import ImportRun

    note = desk.do(desk.ana, leave_note, text="Look at the two from the bridge", since=desk.now)
    (tmp_path / f"{CANARY}.exe").write_bytes(b"\x00\x01")
    import_mail(desk.triage.runner, desk.triage.scorer, [tmp_path])
    [run] = desk.read(lambda session: session.scalars(select(ImportRun.unreadable)).all())
    assert CANARY in str(run)
    erasing.after(days=31)
    [run] = desk.read(lambda session: session.scalars(select(ImportRun.unreadable)).all())
    assert run == []
    assert "handover_notes.id" in {where for where, value in rows(desk) if value == note}
    erasing.after(days=160)
    named = {where for where, value in rows(desk) if value == note}
    assert named == {"audit_events.matter_id", "data_keys.owner_id"}


def test_everything_the_room_keeps_has_an_end() -> None:
    assert [one.name for one in KEEPINGS] == [
        "messages", "stubs", "marks of erased messages", "handover notes",
        "names of unreadable files",
    ]  # fmt: skip
    assert Message.__tablename__ == "messages"

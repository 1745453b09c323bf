"""Sealed columns: written with the public key, read with the private one, in their own place."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, text, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session
from support.desk import Desk

from triage.conduct.kinds import WelfareOutcome
from triage.core.commands import Tx
from triage.core.data_keys import DataKey, destroy
from triage.core.database import Base, Database, make_engine
from triage.core.envelope import new_receipt_code
from triage.core.errors import KeyMissing, Shredded, Unreadable
from triage.core.keys import KeyStore
from triage.core.sealed import CHANGED, ERASED, NOT_HERE, Sealed, Vault
from triage.core.settings import Settings
from triage.messages.queries.history import history
from triage.messages.service import welfare
from triage.messages.service.flags import add_note, flag
from triage.messages.tables import MessageNote, MessageTransition
from triage.migrations import _config, migrate

PLACE = {"table": "message_notes", "column": "text"}
WORDS = "the zephyrine remark"


def note(desk: Desk, words: str = WORDS) -> MessageNote:
    """A note by ana on a new message, as it is stored."""
    message = desk.arrive()
    desk.do(desk.ana, add_note, message_id=message, text=words)
    with desk.triage.database.read() as session:
        found = session.scalars(select(MessageNote).where(MessageNote.message_id == message)).one()
        session.expunge_all()
        return found


def opened(desk: Desk, row: MessageNote, **other: Any) -> str:
    place = {"owner_id": row.message_id, "row_id": row.id, "sealed": row.text} | PLACE
    with desk.triage.database.read() as session:
        return desk.triage.vault.open(session, **(place | other))


def texts(desk: Desk, message: str) -> list[str]:
    found = desk.read(history, viewer=desk.ana, vault=desk.triage.vault, message_id=message)
    return [one.text for one in found if one.what in {"note", "flag", "ask_second_look"}]


def everything(desk: Desk) -> str:
    """Every value of every table, as one text."""
    found = []
    with desk.triage.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                found += [one.hex() if isinstance(one, bytes) else str(one) for one in row]
    return "\n".join(found)


def test_what_colleagues_write_is_sealed_and_is_read_in_the_history(desk: Desk) -> None:
    message = desk.arrive()
    desk.do(desk.kit, flag, message_id=message, note=f"{WORDS} flag")
    desk.do(desk.ana, add_note, message_id=message, text=f"{WORDS} note")
    desk.ask_second_look(desk.ana, message)
    wanted = ["please look", f"{WORDS} flag", f"{WORDS} note"]
    assert sorted(texts(desk, message)) == sorted(wanted)
    version = desk.open(desk.ben, message)
    desk.do(desk.ben, welfare.open_task, message_id=message, version=version)
    desk.do(
        desk.ben,
        welfare.finish,
        message_id=message,
        version=desk.version(message),
        outcome=WelfareOutcome.NOT_AT_RISK,
        note=f"{WORDS} welfare",
    )
    held = everything(desk)
    for words in (WORDS, "please look"):
        assert words not in held
        assert words.encode().hex() not in held


def test_a_message_has_one_data_key_for_all_that_is_written_about_it(desk: Desk) -> None:
    message = desk.arrive()
    for number in range(3):
        desk.do(desk.ana, add_note, message_id=message, text=f"note {number}")
    assert desk.count(DataKey) == 1
    assert texts(desk, message) == ["note 0", "note 1", "note 2"]


def test_what_is_empty_stays_empty_and_makes_no_key(desk: Desk) -> None:
    message = desk.arrive()
    assert all(one.reason == b"" for one in desk.steps(message))
    desk.decide(desk.ana, message)
    assert all(desk.reason(one) == "" for one in desk.steps(message))
    assert desk.count(DataKey) == 0


def test_a_sealed_column_takes_no_plain_text(desk: Desk) -> None:
    row = note(desk)
    for plain in (b"plain words in a sealed column", b"\1short", "plain words in a text"):
        statement = update(MessageNote).where(MessageNote.id == row.id).values(text=plain)
        with pytest.raises(StatementError):
            desk.triage.database.write(lambda session, s=statement: session.execute(s))


def test_only_a_sealed_column_is_a_place_to_seal_for(desk: Desk) -> None:
    for place in (("messages", "text"), ("message_notes", "txt"), ("nothing", "at all")):

        def put(tx: Tx, place: tuple[str, str] = place) -> bytes:
            return tx.seal("M", *place, "R", "words")

        with pytest.raises(ValueError, match="no sealed column"):
            desk.do(desk.ana, put)


def test_a_swapped_row_a_flipped_byte_and_a_cut_are_refused(desk: Desk) -> None:
    one, other = note(desk), note(desk, "other words")
    assert opened(desk, one) == WORDS
    mine = {"sealed": other.text}
    moved = {"sealed": one.text, "row_id": other.id}
    owner = {"owner_id": other.message_id}
    flipped = {"sealed": one.text[:20] + bytes([one.text[20] ^ 1]) + one.text[21:]}
    cut = {"sealed": one.text[:-1]}
    column = {"table": "message_flags", "column": "note"}
    for wrong in (mine, moved, owner, flipped, cut, column):
        with pytest.raises(Unreadable):
            opened(desk, one, **wrong)


def test_one_text_that_does_not_open_says_so_and_the_rest_is_shown(desk: Desk) -> None:
    row = note(desk)
    desk.do(desk.ana, add_note, message_id=row.message_id, text="a second note")
    changed = row.text[:-1] + bytes([row.text[-1] ^ 1])
    statement = update(MessageNote).where(MessageNote.id == row.id).values(text=changed)
    desk.triage.database.write(lambda session: session.execute(statement))
    assert sorted(texts(desk, row.message_id)) == sorted([CHANGED, "a second note"])


def test_wraps_swapped_between_owners_do_not_open(desk: Desk) -> None:
    one, other = note(desk), note(desk, "other words")

    def swap(session: Session) -> None:
        first, second = session.scalars(select(DataKey).order_by(DataKey.id)).all()
        first.wrapped_for_desk, second.wrapped_for_desk = (
            second.wrapped_for_desk,
            first.wrapped_for_desk,
        )

    desk.triage.database.write(swap)
    for row in (one, other):
        with pytest.raises(Unreadable):
            opened(desk, row)


def test_a_destroyed_key_ends_all_that_it_sealed_and_is_not_made_again(desk: Desk) -> None:
    row, other = note(desk), note(desk, "other words")
    assert desk.do(desk.ana, destroy, owner_id=row.message_id)
    with pytest.raises(Shredded):
        opened(desk, row)
    assert texts(desk, row.message_id) == [ERASED]
    assert opened(desk, other) == "other words"
    with pytest.raises(Shredded):
        desk.do(desk.ana, add_note, message_id=row.message_id, text="after the end")
    assert not desk.do(desk.ana, destroy, owner_id=row.message_id)
    assert [one.matter_id for one in desk.events("key_destroyed")] == [row.message_id]


def test_an_owner_without_a_key_that_is_erased_gets_none_later(desk: Desk) -> None:
    message = desk.arrive()
    assert not desk.do(desk.ana, destroy, owner_id=message)
    with pytest.raises(Shredded):
        desk.do(desk.ana, add_note, message_id=message, text="after the end")


def test_a_desk_without_the_private_key_shows_the_rest_of_a_history(
    desk: Desk, tmp_path: Path
) -> None:
    row = note(desk)
    blind = Vault(KeyStore(Settings(home=tmp_path / "nothing")).ring)
    found = desk.read(history, viewer=desk.ana, vault=blind, message_id=row.message_id)
    assert [one.text for one in found if one.what == "note"] == [NOT_HERE]
    assert len(found) > 1


def test_several_that_seal_for_a_new_owner_at_once_share_one_key(desk: Desk) -> None:
    def put(number: int) -> bytes:
        def work(tx: Tx) -> bytes:
            return tx.seal("ONE-OWNER", "message_notes", "text", f"R{number}", f"text {number}")

        return desk.do(desk.ana, work)

    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(put, range(24)))
    assert desk.count(DataKey) == 1
    with desk.triage.database.read() as session:
        for number, one in enumerate(sealed):
            place = {"owner_id": "ONE-OWNER", "row_id": f"R{number}", "sealed": one} | PLACE
            assert desk.triage.vault.open(session, **place) == f"text {number}"


FORM = """
import json, sys
from functools import partial
from triage.core.access import SYSTEM
from triage.core.commands import Runner
from triage.core.clock import SystemClock
from triage.core.crypto import KeyedHash
from triage.core.database import Database, make_engine
from triage.core.errors import TriageError
from triage.core.keys import KeyStore
from triage.core.sealed import Vault
from triage.core.settings import Settings
from triage.messages.tables import MessageNote

settings = Settings()
database = Database(make_engine(settings.url))
vault = Vault(KeyStore(settings).ring)
runner = Runner(database, SystemClock(), settings, KeyedHash(b"x" * 32), vault)
task = json.load(sys.stdin)

def insert(tx):
    text = tx.seal(task["owner"], "message_notes", "text", task["row"], task["words"])
    tx.session.add(MessageNote(id=task["row"], message_id=task["owner"], person_id="system",
                               at=tx.now, text=text))
    tx.session.flush()
    if task["code"]:
        vault.give_receipt(tx.session, owner_id=task["owner"], code=task["code"], at=tx.now)

def look(owner, row, code=None):
    with database.read() as session:
        sealed = session.get_one(MessageNote, row).text
        try:
            if code:
                vault.unlock(session, owner_id=owner, code=code)
            return vault.open(session, owner_id=owner, table="message_notes", column="text",
                              row_id=row, sealed=sealed)
        except TriageError as error:
            return type(error).__name__

if task["words"]:
    runner.run(SYSTEM, insert)
print(json.dumps([look(*one) for one in task["look"]]))
database.close()
"""


def form(desk: Desk, tmp_path: Path, **task: Any) -> list[str]:
    """A process that has the public key and the database, and nothing else of ours."""
    (tmp_path / "form").mkdir(exist_ok=True)
    public = desk.triage.vault.ring().publics[1].public_bytes_raw().hex()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")
    } | {
        "TRIAGE_HOME": str(tmp_path / "form"),
        "TRIAGE_DATABASE_URL": desk.triage.settings.url,
        "TRIAGE_DESK_PUBLIC_KEY": f"1:{public}",
    }
    done = subprocess.run(
        [sys.executable, "-c", FORM],
        input=json.dumps({"words": "", "code": "", "look": []} | task),
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "form").iterdir()) == []
    found: list[str] = json.loads(done.stdout)
    return found


def test_a_process_with_the_public_key_alone_seals_and_inserts_and_cannot_read(
    desk: Desk, tmp_path: Path
) -> None:
    before = note(desk)
    message = desk.arrive()
    said = form(
        desk,
        tmp_path,
        owner=message,
        row="FORM-ROW",
        words="from the form",
        look=[[message, "FORM-ROW"], [before.message_id, before.id]],
    )
    assert said == ["KeyMissing", "KeyMissing"]
    assert texts(desk, message) == ["from the form"]


def test_the_receipt_code_opens_the_own_record_and_no_other(desk: Desk, tmp_path: Path) -> None:
    before, message, code = note(desk), desk.arrive(), new_receipt_code()
    form(desk, tmp_path, owner=message, row="FORM-ROW", words="from the form", code=code)
    mine = [message, "FORM-ROW"]
    look = [
        [*mine, code],
        [*mine, code.lower().replace("-", " ")],
        [*mine, new_receipt_code()],
        [before.message_id, before.id, code],
        mine,
    ]
    said = form(desk, tmp_path, owner=message, look=look)
    assert said == ["from the form", "from the form", "Unreadable", "Unreadable", "KeyMissing"]
    desk.do(desk.ana, destroy, owner_id=message)
    assert form(desk, tmp_path, owner=message, look=[[*mine, code]]) == ["Unreadable"]


def at_revision(url: str, revision: str) -> Database:
    engine = make_engine(url)
    with engine.execution_options(writes=True).begin() as connection:
        command.upgrade(_config(connection), revision)
    return Database(engine)


def test_what_was_written_in_plain_is_sealed_by_the_migration_or_it_refuses(
    backend: str, fresh_url: Callable[[str], str], tmp_path: Path
) -> None:
    database = at_revision(fresh_url(f"{backend} empty"), "0003")
    empty = Vault(KeyStore(Settings(home=tmp_path / "nothing")).ring)
    vault = Vault(KeyStore(Settings(desk_key="1:" + "5e" * 32)).ring)

    def fill(session: Session) -> None:
        if database.dialect == "postgresql":
            session.execute(text("SET session_replication_role = replica"))
        for number, words in enumerate(("", WORDS)):
            session.execute(
                text(
                    "INSERT INTO message_notes (id, message_id, person_id, at, text) "
                    "VALUES (:id, 'M', 'P', '2026-03-02 09:00:00.000000', :words)"
                ),
                {"id": f"N{number}", "words": words},
            )
            session.execute(
                text(
                    "INSERT INTO message_transitions (id, message_id, sequence, edge, from_state, "
                    "to_state, actor_id, at, based_on, policy_version, reason, details) VALUES "
                    "(:id, 'M', :number, 'a', 'b', 'c', 'd', '2026-03-02 09:00:00.000000', 1, 'v', "
                    ":words, '{}')"
                ),
                {"id": f"T{number}", "number": number, "words": words},
            )

    if database.dialect == "sqlite":
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            with Session(connection) as session:
                fill(session)
                session.commit()
            connection.invalidate()
    else:
        database.write(fill)
        database.engine.dispose()
    for refused in (None, empty):
        with pytest.raises(KeyMissing, match="Run: triage keys init"):
            migrate(database.engine, refused)
    migrate(database.engine, vault)
    with database.read() as session:
        assert WORDS.encode() not in b"".join(session.scalars(select(MessageNote.text)))
        for table, column, kind, prefix in (
            ("message_notes", "text", MessageNote.text, "N"),
            ("message_transitions", "reason", MessageTransition.reason, "T"),
        ):
            rows = dict(session.execute(select(kind.class_.id, kind)).all())
            assert rows[f"{prefix}0"] == b""
            place = {"table": table, "column": column, "row_id": f"{prefix}1", "owner_id": "M"}
            assert vault.open(session, sealed=rows[f"{prefix}1"], **place) == WORDS
    database.close()


def test_the_type_of_a_sealed_column_is_its_own() -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    }
    assert sealed >= {
        "message_transitions.reason",
        "message_notes.text",
        "message_flags.note",
        "welfare_tasks.done_note",
    }


def test_a_file_is_sealed_and_opened_like_a_text(desk: Desk) -> None:
    data = bytes(range(256)) * 4
    message = desk.arrive()
    place = {"owner_id": message, "row_id": "FILE"} | PLACE

    def put(tx: Tx) -> bytes:
        return tx.vault.seal_bytes(tx.session, data=data, at=tx.now, **place)

    sealed = desk.do(desk.ana, put)
    assert data[:16] not in sealed
    with desk.triage.database.read() as session:
        assert desk.triage.vault.open_bytes(session, sealed=sealed, **place) == data
        assert desk.triage.vault.open_bytes(session, sealed=b"", **place) == b""
        with pytest.raises(Unreadable):
            desk.triage.vault.open_bytes(session, sealed=sealed, **(place | {"row_id": "OTHER"}))

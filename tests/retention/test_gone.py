"""What is erased is gone: from the file and its log, the index, every table, and a plain dump."""

import random
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from support.cluster import find_programs
from support.desk import Desk

from triage.conduct.kinds import Disposition, RoutedTo, Severity
from triage.core.ids import new_id
from triage.intake.inbound import Attachment
from triage.messages.service import review
from triage.messages.service.flags import add_note, flag
from triage.retention.service import files
from triage.retention.service.files import note_erased, sweep
from triage.retention.service.purging import purge
from triage.senders.tables import Sender, SenderIdentity

SUBJECT, WRITTEN, QUOTED, NAME, PLACE, FILE, INSIDE, RAW = (
    "anteater", "bergamot", "cuttlefish", "dromedary", "eiderdown", "fandango", "gazebo", "harpoon",
)  # fmt: skip
CANARIES = (SUBJECT, WRITTEN, QUOTED, NAME, PLACE, FILE, INSIDE, RAW)
"""Each begins with another letter: the full-text index of SQLite stores a prefix once."""
KEPT = "quokka"


def arrive(desk: Desk, number: int, words: str = WRITTEN) -> str:
    return desk.arrive(
        f"[medium] {words} number {number} " + "and so on " * 40,
        subject=f"{SUBJECT if words == WRITTEN else KEPT} {number}",
        from_name=f"{NAME} {number}" if words == WRITTEN else KEPT,
        from_address=f"{PLACE if words == WRITTEN else KEPT}{number}@example.org",
        quoted=f"{QUOTED} {number} " * 30 if words == WRITTEN else "",
        attachments=(
            (Attachment(f"{FILE} {number}.txt", "text/plain", 9, "0" * 64, f"{INSIDE} {number}"),)
            if words == WRITTEN
            else ()
        ),
        raw=f"{RAW if words == WRITTEN else KEPT} {number}\r\n".encode() * 300,
    )


@pytest.fixture
def gone(desk: Desk) -> list[str]:
    """Some messages with every canary, among some to keep; they are closed, and their time over."""
    found = []
    for number in range(12):
        found.append(arrive(desk, number))
        kept = arrive(desk, number, KEPT)
        desk.decide(desk.ana, kept, Disposition.THREATENING, severity=Severity.LOW)
    for message in found:
        desk.do(desk.kit, flag, message_id=message, note="look")
        desk.do(desk.ana, add_note, message_id=message, text="looked")
        version = desk.open(desk.ana, message)
        given = {"message_id": message, "version": version}
        desk.do(desk.ana, review.route, to=RoutedTo.SPAM, note="spam", **given)
    desk.move(days=40)
    return found


def stored(desk: Desk) -> bytes:
    """All that a thief with the disk would find, or a plain dump of the server."""
    url = make_url(desk.triage.settings.url)
    if desk.triage.database.dialect == "sqlite":
        path = Path(str(url.database))
        return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))
    plain = url.render_as_string(hide_password=False)
    done = subprocess.run([find_programs() / "pg_dump", plain], capture_output=True, check=True)
    return done.stdout


def has(held: bytes, canary: str) -> bool:
    return canary.encode() in held or canary.encode().hex().encode() in held


def test_the_words_are_in_the_database_before_and_nowhere_after(desk: Desk, gone, erasing) -> None:
    before = stored(desk)
    assert [one for one in CANARIES if not has(before, one)] == []
    erasing.run()
    after = stored(desk)
    assert [one for one in CANARIES if has(after, one)] == []
    assert has(after, KEPT)


def scatter(desk: Desk, seed: int) -> list[str]:
    """Rows of all sizes come, and most of them go again, in any order; the words that went."""
    chance = random.Random(seed)
    sender = new_id()
    rows = {}
    for _ in range(3000):
        word = "".join(chance.choice("bcdfghklmnp") + chance.choice("aeiou") for _ in range(8))
        rows[f"{chance.getrandbits(104):026X}"] = word
    gone = [one for one in rows if chance.random() < 0.8]
    chance.shuffle(gone)

    def come(session: Session) -> None:
        session.add(Sender(id=sender, first_seen=desk.now, last_seen=desk.now))
        session.flush()
        session.execute(
            insert(SenderIdentity),
            [
                {
                    "id": key, "sender_id": sender, "kind": "email", "namespace": "",
                    "identifier_hash": key, "value": f"{word} " * chance.choice([1, 3, 10, 60]),
                    "key_version": 1, "first_seen": desk.now, "last_seen": desk.now,
                }
                for key, word in rows.items()
            ],
        )  # fmt: skip

    def go(session: Session) -> None:
        statement = text("DELETE FROM sender_identities WHERE id = :id")
        session.execute(statement, [{"id": key} for key in gone])
        note_erased(session)

    desk.triage.database.write(come)
    desk.triage.database.write(go)
    return [rows[key] for key in gone]


def test_nothing_stays_in_the_gaps_of_pages_whose_rows_were_moved_about(make_desk) -> None:
    desk = make_desk()
    gone: list[str] = []
    for seed in range(10):
        gone += scatter(desk, seed)
        with desk.triage.database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        left = [one for one in gone if has(stored(desk), one)]
        if left:
            break
    assert left, "deleting alone has cleared the file: this test shows nothing any more"
    assert sweep(desk.triage.database)
    held = stored(desk)
    assert [one for one in left if has(held, one)] == []


def test_while_somebody_reads_the_log_is_not_cut_and_the_next_run_does_it(
    make_desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk()
    quiet = arrive(desk, 1)
    desk.decide(desk.ana, quiet)
    desk.move(days=200)
    monkeypatch.setattr(files, "TRIES", 1)
    monkeypatch.setattr(files, "WAIT", 0)
    with desk.triage.database.read() as session:
        session.execute(select(SenderIdentity)).all()
        done = purge(desk.triage.runner, desk.now)
        assert not done.swept
        assert has(stored(desk), WRITTEN)
    again = purge(desk.triage.runner, desk.now)
    assert (again.erased, again.swept) == (0, True)
    assert not has(stored(desk), WRITTEN)

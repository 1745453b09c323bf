"""Erasure by destroying a key: what it sealed is gone, from queries, dumps and the file itself."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url
from support.desk import Desk
from support.dumps import dump, holds

from triage.core.data_keys import DataKey, destroy
from triage.core.errors import Shredded
from triage.core.sealed import ERASED
from triage.messages.queries.history import history
from triage.messages.service.flags import add_note, flag
from triage.messages.tables import MessageNote

CANARY = "obstreperous"


@pytest.fixture
def two(desk: Desk) -> tuple[str, str]:
    """A message to erase, and one to keep, both with a flag and a note."""
    found = []
    for _ in range(2):
        message = desk.arrive()
        desk.do(desk.kit, flag, message_id=message, note=f"{CANARY} flag")
        desk.do(desk.ana, add_note, message_id=message, text=f"{CANARY} note")
        found.append(message)
    return found[0], found[1]


def words(desk: Desk, message: str) -> list[str]:
    found = desk.read(history, viewer=desk.ana, vault=desk.triage.vault, message_id=message)
    return sorted(one.text for one in found if one.what in {"note", "flag"})


def wrap(desk: Desk, owner_id: str) -> bytes:
    """The wrapped data key of an owner, as it is stored."""
    with desk.triage.database.read() as session:
        found = session.scalar(select(DataKey.wrapped_for_desk).where(DataKey.owner_id == owner_id))
        assert found is not None
        return found


def test_nothing_that_a_colleague_wrote_is_in_a_backup_in_plain(
    desk: Desk, two: tuple[str, str]
) -> None:
    dumped = dump(desk)
    assert two[0].encode() in dumped
    assert not holds(dumped, CANARY.encode())


def test_after_its_key_is_destroyed_a_message_has_its_words_no_more(
    desk: Desk, two: tuple[str, str]
) -> None:
    gone, kept = two
    wanted = [f"{CANARY} flag", f"{CANARY} note"]
    assert (words(desk, gone), words(desk, kept)) == (wanted, wanted)
    desk.do(desk.ana, destroy, owner_id=gone)
    assert (words(desk, gone), words(desk, kept)) == ([ERASED, ERASED], wanted)
    with pytest.raises(Shredded):
        desk.do(desk.ana, add_note, message_id=gone, text="more")


def test_the_destroyed_key_is_in_no_query_and_no_dump_and_the_other_is(
    desk: Desk, two: tuple[str, str]
) -> None:
    gone, kept = two
    lost, other = wrap(desk, gone), wrap(desk, kept)
    before = dump(desk)
    assert holds(before, lost)
    assert holds(before, other)
    desk.do(desk.ana, destroy, owner_id=gone)
    after = dump(desk)
    assert not holds(after, lost), "the wrapped key is still there to be found"
    assert holds(after, other)


def test_the_record_stays_whole_and_says_that_a_key_was_destroyed(
    desk: Desk, two: tuple[str, str]
) -> None:
    desk.do(desk.ana, destroy, owner_id=two[0])
    assert isinstance(desk.chain(), int)
    assert [one.matter_id for one in desk.events("key_destroyed")] == [two[0]]


def test_a_half_done_destruction_leaves_the_key(desk: Desk, two: tuple[str, str]) -> None:
    def fail(tx: object) -> None:
        destroy(tx, two[0])  # type: ignore[arg-type]
        raise RuntimeError("after all")

    with pytest.raises(RuntimeError):
        desk.do(desk.ana, fail)
    assert words(desk, two[0]) == [f"{CANARY} flag", f"{CANARY} note"]


def test_a_wrap_from_an_old_backup_opens_nothing_without_the_desk_key(
    make_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    """Erased words leave backups with the backups; until then the desk's key guards them."""
    desk = make_desk()
    message = desk.arrive()
    desk.do(desk.ana, add_note, message_id=message, text=CANARY)
    dump(desk)
    backup = tmp_path / "backup.db"
    shutil.copy(str(make_url(desk.triage.settings.url).database), backup)
    desk.do(desk.ana, destroy, owner_id=message)
    held = backup.read_bytes()
    assert not holds(held, CANARY.encode())
    given = desk.triage.settings.desk_key
    assert given is not None
    assert given.get_secret_value().split(":")[1].encode() not in held
    with desk.triage.database.read() as session:
        sealed = session.scalars(select(MessageNote.text)).one()
    assert sealed in held

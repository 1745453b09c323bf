"""An erasure that is killed in the middle has erased some messages whole and others not at all.

``TRIAGE_FAULT_RUNS=100 pytest tests/faults`` is the full size of trust.md section 8.
"""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session
from support.desk import meet

from triage.app import Triage
from triage.core.audit import AuditEvent, Broken, verify
from triage.core.clock import SetClock
from triage.messages.stubs.tables import MessageStub, StubMark
from triage.messages.tables import Message, MessageTransition, Original

MAILS = 120
RUNS = int(os.environ.get("TRIAGE_FAULT_RUNS", "3"))
KEY = "a key for tests only, and no other use"


def start(triage: Triage, home: Path) -> "subprocess.Popen[str]":
    """``triage purge`` in a process of its own."""
    home.mkdir(exist_ok=True)
    assert triage.settings.database_url is not None
    settings = {
        "TRIAGE_DATABASE_URL": triage.settings.url, "TRIAGE_HOME": str(home),
        "TRIAGE_HASH_KEY": KEY, "TRIAGE_DESK_KEY": "1:" + "5e" * 32,
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "triage", "purge", "--json"],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def erased(triage: Triage) -> int:
    with triage.database.read() as session:
        return session.scalar(select(func.count()).select_from(MessageStub)) or 0


def whole(triage: Triage, ids: set[str]) -> None:
    """Each message is there with all that is its own, or its stub is, and nothing else of it."""
    with triage.database.read() as session:
        there, gone = set(session.scalars(select(Message.id))), stubs(session)
        assert there | gone == ids
        assert not there & gone
        assert set(session.scalars(select(Original.message_id))) == there
        assert set(session.scalars(select(MessageTransition.message_id))) == there
        assert set(session.scalars(select(StubMark.message_id))) == gone
        said = select(AuditEvent.matter_id).where(AuditEvent.code == "erase")
        assert sorted(session.scalars(said)) == sorted(gone)
        found = session.execute(text("SELECT message_id FROM message_search")).scalars()
        assert not set(found) & gone
        assert not isinstance(verify(session), Broken)


def stubs(session: Session) -> set[str]:
    return set(session.scalars(select(MessageStub.id)))


def test_killed_at_any_moment_and_run_again_each_message_is_erased_once_and_whole(
    url: str, make_triage: Callable[..., Triage], clock: SetClock, tmp_path: Path
) -> None:
    triage = make_triage(url)
    desk = meet(triage, clock)
    ids = {
        desk.arrive(
            "words" if number % 3 else "[medium] words", from_address=f"{number}@example.org"
        )
        for number in range(MAILS)
    }
    long_ago = datetime.now(UTC) - timedelta(days=400)
    closed = {"state": "no_action", "decided_at": long_ago, "decided_by": desk.ana.person_id}
    triage.database.write(
        lambda session: session.execute(
            update(Message).where(Message.state == "queued").values(**closed)
        )
    )
    triage.database.write(
        lambda session: session.execute(update(Message).values(imported_at=long_ago))
    )
    chance = random.Random(url.partition(":")[0])
    for _ in range(RUNS):
        target = erased(triage) + chance.randrange(MAILS // 4)
        process = start(triage, tmp_path / "own")
        while process.poll() is None and erased(triage) < target:
            pass
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        whole(triage, ids)
    process = start(triage, tmp_path / "own")
    said, errors = process.communicate()
    assert process.returncode == 0, errors + said
    whole(triage, ids)
    assert erased(triage) == MAILS

"""How long a backup takes, how large it is, and in how much memory.

``python tests/bench/bench_backup.py [N] [sqlite] [postgresql]``

Fills a fresh database with N invented messages (100,000), each with an original of 4 kB, and on
each database backs it up, verifies the file and restores it, each in a process of its own. Prints
sizes, seconds and the peak of memory. Run it by hand; nothing asserts on it.
"""

import contextlib
import hashlib
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from support.cluster import running  # noqa: E402
from support.databases import on_server, with_database  # noqa: E402
from support.year import fill  # noqa: E402

from triage.app import Triage, open_triage  # noqa: E402
from triage.core.settings import Settings  # noqa: E402
from triage.messages.service.receive import raw_hash  # noqa: E402
from triage.messages.tables import Message, Original  # noqa: E402

WORDS = (
    *("the", "request", "about", "road", "report", "council", "answer", "please"),
    *("thank", "reply", "week", "letter", "form"),
)

STEP = """
import json, sys, time
from pathlib import Path
from triage.app import open_triage, tables
from triage.backup.checking import verify_backup
from triage.backup.keys import BackupKeys, folder_of, read_key
from triage.backup.service.making import back_up
from triage.core.access import CONSOLE
from triage.core.settings import Settings
from triage.restoring import restore
what, home, url, folder, into = sys.argv[1:]
settings = Settings(home=Path(home), database_url=url)
start = time.perf_counter()
if what == "backup":
    triage = open_triage(settings)
    back_up(triage.runner, CONSOLE, tables=tables().sorted_tables, to=Path(folder))
else:
    [file] = Path(folder).glob("*.age")
    keys = BackupKeys(folder_of(settings))
    [name] = keys.names()
    if what == "verify":
        proofs = verify_backup(file, read_key(keys.key_of(name)))
    else:
        proofs = restore(settings, file=file, key=keys.key_of(name), into=into).proofs
    assert all(one.held is not False for one in proofs), proofs
spent = time.perf_counter() - start
# Of this program alone: getrusage counts what the parent had before this began.
peak = [one for one in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in one]
print(json.dumps({"seconds": spent, "peak": int(peak[0].split()[1]) / 1024}))
"""


def furnish(triage: Triage, count: int) -> None:
    """So many messages, each with its original."""
    fill(triage, year=2025, messages=count)
    chance = random.Random(count)
    with triage.database.read() as session:
        ids = session.scalars(select(Message.id)).all()
    for at in range(0, len(ids), 2000):
        rows: list[dict[str, Any]] = []
        for one in ids[at : at + 2000]:
            raw = f"{one} {' '.join(chance.choices(WORDS, k=650))}".encode()
            digest = hashlib.sha256(raw).hexdigest()
            rows.append({"message_id": one, "raw": raw, "sha256": digest, "size": len(raw)})

        def write(session: Any, rows: list[dict[str, Any]] = rows) -> None:
            session.execute(insert(Original), rows)
            for row in rows:
                found = session.get_one(Message, row["message_id"])
                found.raw_hash = raw_hash(triage.keys, row["sha256"])
            session.flush()
            session.expunge_all()

        triage.database.write(write)


@contextlib.contextmanager
def place(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """URLs of a database to fill, and of an empty one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/full.db", f"sqlite:///{folder}/empty.db"
        return
    with running() as server:
        for name in ("bench", "bare"):
            on_server(server, f"CREATE DATABASE {name} TEMPLATE template0")
        yield with_database(server, "bench"), with_database(server, "bare")


def main() -> None:
    """Print one line for each step on each database."""
    given = sys.argv[1:]
    count = int(given.pop(0)) if given and given[0].isdigit() else 100_000
    for kind in given or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as name, place(kind, Path(name)) as (url, empty):
            folder = Path(name)
            triage = open_triage(Settings(home=folder / "home", database_url=url))
            furnish(triage, count)
            triage.close()
            for what in ("backup", "verify", "restore"):
                done = subprocess.run(
                    [sys.executable, "-c", STEP, what, str(folder / "home"), url,
                     str(folder / "backups"), empty],
                    capture_output=True, text=True, check=False,
                )  # fmt: skip
                if done.returncode:
                    sys.exit(done.stderr)
                found = json.loads(done.stdout)
                size = sum(one.stat().st_size for one in (folder / "backups").glob("*.age"))
                print(  # noqa: T201 - the figures are what this is for
                    f"{kind}, {count} messages, {what}: {found['seconds']:.1f} s, "
                    f"peak {found['peak']:.0f} MB; the file has {size / 1e6:.1f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()

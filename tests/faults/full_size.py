"""Every fault at the size of trust.md section 8: ``python tests/faults/full_size.py``.

``--only NAME`` (again for more) runs some alone, ``--write`` puts what was found into
``.docs/faults.md``: rows that were run are replaced, the others stay with the day they were run.
``--list`` names them. Each is a test of this folder; this is the size, and the table.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / ".docs" / "faults.md"
HEAD = """\
# Faults, at full size

Written by `python tests/faults/full_size.py --write`; each row by its own command. After every run
of a fault all the invariants of `tests/support/invariants.py` are checked, at one state of the
database; each of them is shown to fail on a doctored database by
`tests/faults/test_invariants_bite.py`. The ordinary tests run the same faults at a small size.

SQLite stood in memory (`/dev/shm`) and PostgreSQL ran without `fsync`, except where the fault is
a crash of PostgreSQL itself or a full disk: what is proved of a killed process is that nothing is
half, not that the disk kept what it was given when the power went.

| fault | database | runs | invariants | failures | seconds | date | what else | command |
|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Fault:
    """One fault: its tests, and how often at full size."""

    tests: tuple[str, ...]
    sizes: dict[str, int]


FAULTS = {
    "kills": Fault(("test_work_killed.py",), {"KILLS": 100}),
    "imports": Fault(("test_import_killed.py",), {"RUNS": 100}),
    "mailboxes": Fault(("test_mailbox_killed.py",), {"RUNS": 100}),
    "crashes": Fault(("test_postgres_crashes.py",), {"CRASHES": 20}),
    "disk": Fault(("test_disk_full.py",), {"DISK": 5}),
    "log": Fault(("test_log_disk_full.py",), {"LOG": 5}),
    "model": Fault(("test_model_corrupt.py",), {"MODEL": 9}),
    "clock": Fault(("test_clock_steps.py",), {"STEPS": 200}),
    "races": Fault(("test_one_item.py",), {"RACES": 1000}),
    "writers": Fault(("test_writers.py",), {"WRITES": 1000}),
}


def main() -> int:
    """Run what was asked for; 1 where anything failed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", action="append", choices=sorted(FAULTS), default=[])
    asked.add_argument("--write", action="store_true", help="update .docs/faults.md")
    asked.add_argument("--list", action="store_true", help="name the faults, and run none")
    given = asked.parse_args()
    if given.list:
        for name, fault in FAULTS.items():
            say(f"{name}: {', '.join(fault.tests)} {fault.sizes or ''}")
        return 0
    failed = 0
    for name in given.only or FAULTS:
        code, found = run(FAULTS[name])
        failed = failed or code
        for one in found:
            say(json.dumps(one))
        if given.write:
            write(name, found)
    return failed


def run(fault: Fault) -> tuple[int, list[dict[str, object]]]:
    """Run one fault's tests at full size; what they put down."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        sizes = {f"TRIAGE_FAULT_{name}": str(size) for name, size in fault.sizes.items()}
        path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        given = {"TRIAGE_FAULT_RESULTS": str(told), "PYTHONPATH": os.pathsep.join(path)}
        tests = [str(Path("tests") / "faults" / one) for one in fault.tests]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
            cwd=ROOT,
            env={**os.environ, **sizes, **given},
            check=False,
        )
        lines = told.read_text("utf-8").splitlines() if told.exists() else []
    return done.returncode, [json.loads(line) for line in lines]


def write(name: str, found: list[dict[str, object]]) -> None:
    """Put what was found into the table, in place of what stood there of the same."""
    rows: dict[tuple[str, str], str] = {}
    if TABLE.exists():
        for line in TABLE.read_text("utf-8").splitlines():
            cells = [one.strip() for one in line.strip("|").split("|")]
            if line.startswith("|") and len(cells) == 9 and cells[2].isdigit():
                rows[cells[0], cells[1]] = line
    for one in found:
        cells = [
            one["fault"], one["database"], one["runs"], one["invariants"], one["failures"],
            one["seconds"], f"{datetime.now(UTC):%Y-%m-%d}", one["note"],
            f"`python tests/faults/full_size.py --only {name}`",
        ]  # fmt: skip
        line = "| " + " | ".join(str(cell) for cell in cells) + " |"
        rows[str(one["fault"]), str(one["database"])] = line
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(HEAD + "".join(f"{rows[key]}\n" for key in sorted(rows)), "utf-8")


def say(line: str) -> None:
    """The figures are what this is for."""
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())

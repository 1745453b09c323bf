"""How long a comparison of a block list takes: ``python tests/bench/bench_reconcile.py [N]``.

Makes a list of N rows (default 5,000), reads and compares it twice with a fresh SQLite database
(the first list, then one with a tenth of the rows changed), and prints seconds. Nothing asserts.
"""

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from triage.app import open_triage
from triage.core.access import CONSOLE
from triage.core.settings import Settings
from triage.restrictions.blocklist import read_list
from triage.restrictions.service.reconciling import reconcile


def listed(first: int, rows: int) -> bytes:
    """A list of FixMyStreet's form."""
    lines = [f"pat{number}@example.org,f,2026-01-01" for number in range(first, first + rows)]
    return "\n".join(["email,safe,created", *lines, ""]).encode()


def main(rows: int) -> None:
    """Print how long each comparison took."""
    with tempfile.TemporaryDirectory() as home:
        triage = open_triage(Settings(home=Path(home)))
        for name, first in (("first list", 0), ("later list", rows // 10)):
            data = listed(first, rows)
            start = time.perf_counter()
            entries = read_list(data, "fixmystreet")
            compare = partial(reconcile, target="fixmystreet", entries=entries)
            found = triage.runner.run(CONSOLE, compare)
            spent = time.perf_counter() - start
            said = f"{found.entries} rows, {len(found.unknown)} unknown, {spent:.2f} s"
            print(f"{name}: {said}")  # noqa: T201 - the figures are what this is for
        triage.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)

"""What a fault run found, put down for ``tests/faults/full_size.py``."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.invariants import INVARIANTS


@dataclass
class Proof:
    """One fault on one database, as it is being proved."""

    fault: str
    database: str
    runs: int = 0
    invariants: int = 0
    note: str = ""

    def ran(self) -> None:
        """One more run went by, and every invariant held after it."""
        self.runs += 1
        self.invariants = len(INVARIANTS)


def size(name: str, default: int) -> int:
    """How often: ``TRIAGE_FAULT_<NAME>``, or the small number of an ordinary run."""
    return int(os.environ.get(f"TRIAGE_FAULT_{name}", default))


@contextmanager
def proving(fault: str, url_or_kind: str) -> Iterator[Proof]:
    """Count the runs of a fault, and write them down where a full run asked for it."""
    proof = Proof(fault, url_or_kind.partition(":")[0])
    begun, failed = time.monotonic(), 1
    try:
        yield proof
        failed = 0
    finally:
        told = os.environ.get("TRIAGE_FAULT_RESULTS")
        if told:
            line = {
                "fault": fault,
                "database": proof.database,
                "runs": proof.runs,
                "invariants": proof.invariants,
                "failures": failed,
                "seconds": round(time.monotonic() - begun),
                "note": proof.note,
            }
            with Path(told).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

"""The trace from the policy to the tests, in the README: whole, and true."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLAUSES = """
SCO-1 SCO-2 SCO-3 SCO-4 TAX-0 TAX-1 TAX-2 HR-1 RTE-1 RTE-2 RTE-3 INT-1 INT-2 INT-3 INT-4 ALR-1
TIM-1 TIM-2 TIM-3 OUT-1 OUT-2 OUT-3 REC-1 REC-2 REC-3 REC-4 CON-1 CON-2 INV-1 INV-2 INV-3 SUB-1
SUB-2 SUB-3 NAM-1 DEC-1 DEC-2 ACT-1 ACT-2 ACT-3 ACT-4 ACT-5 ACC-1 MSG-1 MSG-2 MSG-3 MSG-4 BLK-1
BLK-2 POL-1 POL-2 POL-3 SUM-1
"""
"""Every clause of the policy that the system must do, or must not."""
ROW = re.compile(r"^\| (P-[A-Z]+-\d) \| ([DN]) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"^\s*(?:async )?def (test_(p_[a-z]+_\d)_\w+)", re.MULTILINE)


def rows() -> dict[str, tuple[str, str]]:
    """Clause -> (what it asks, what shows it), as the README says."""
    found = ROW.findall((ROOT / "README.md").read_text("utf-8"))
    assert len({one[0] for one in found}) == len(found), "a clause stands there twice"
    return {clause: (asks.strip(), shown.strip()) for clause, _, asks, shown in found}


def named_tests() -> dict[str, set[str]]:
    """Clause -> the files with a test that is named for it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for _, clause in NAMED.findall(path.read_text("utf-8")):
            name = clause.upper().replace("_", "-")
            found[name].add(path.relative_to(ROOT / "tests").as_posix())
    return found


def test_every_clause_stands_in_the_trace_once() -> None:
    assert set(rows()) == {f"P-{one}" for one in CLAUSES.split()}


def test_every_row_names_files_that_hold_a_test_of_that_clause() -> None:
    there = named_tests()
    wrong = []
    for clause, (_, shown) in rows().items():
        named = set(re.findall(r"`([^`]+\.py)`", shown))
        if not named or not named <= there[clause]:
            wrong.append((clause, sorted(named - there[clause])))
    assert wrong == []


def test_no_test_is_named_for_a_clause_that_is_not_there() -> None:
    assert set(named_tests()) <= set(rows())

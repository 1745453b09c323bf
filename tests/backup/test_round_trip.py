"""What is restored is what was backed up, row for row, whichever database it goes into."""

from collections.abc import Callable

import pytest
from support.desk import Desk
from support.shelf import Shelf, contents

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
ADDED = {"audit_events", "audit_head", "audit_links"}
"""Tables in which a restored database has one thing more: that it was restored."""


@pytest.mark.parametrize("other", BOTH)
def test_every_row_comes_back_as_it_was_on_either_database(
    desk: Desk, full: list[str], shelf: Shelf, fresh_url: Callable[[str], str], other: str
) -> None:
    before = contents(desk.triage.database.engine)
    assert sum(1 for rows in before.values() if rows) > 50, "the desk is not full"
    made = shelf.make()
    assert made.tables == {name: len(rows) for name, rows in before.items()}
    url = fresh_url(f"{other} empty")
    found = shelf.restore(made, url)
    assert found.stands, found.proofs
    assert {one.held for one in found.proofs} == {True}
    restored = shelf.open(url)
    after = contents(restored.database.engine)
    restored.close()
    assert after.keys() == before.keys()
    for name, rows in before.items():
        if name not in ADDED:
            assert after[name] == rows, name
    assert set(before["audit_events"]) <= set(after["audit_events"])
    assert len(after["audit_links"]) == len(before["audit_links"]) + 1

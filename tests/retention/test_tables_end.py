"""Every table says how its rows end, and what is said is so (architecture.md, Registries)."""

from triage.app import jobs, keepings, tables
from triage.cases.verdict.service.owned import OWNED
from triage.core.inventory import kinds
from triage.core.inventory.kinds import Kind
from triage.retention.tables_end import TABLES_END, Way

HELD = {Kind.SEALED, Kind.PLAIN}
"""What only what ends may hold."""


def test_every_table_of_the_schema_says_how_its_rows_end() -> None:
    there = {table.name for table in tables().sorted_tables}
    assert there - set(TABLES_END) == set(), "say in retention/tables_end.py how its rows end"
    assert set(TABLES_END) - there == set()


def test_what_stays_holds_no_word_of_anybody_outside() -> None:
    staying = {
        name for name, end in TABLES_END.items() if end.way in {Way.RECORD, Way.STAFF, Way.RELEASED}
    }
    held = {column for column, kind in kinds().items() if kind in HELD}
    assert {one for one in held if one.partition(".")[0] in staying} == set()


def test_names_of_staff_stay_on_the_staff_list_and_nowhere_else() -> None:
    staff = {column.partition(".")[0] for column, kind in kinds().items() if kind is Kind.STAFF}
    assert {TABLES_END[one].way for one in staff} <= {Way.STAFF, Way.ERASED}


def test_what_is_erased_on_its_own_line_has_a_keeping_of_that_name() -> None:
    named = {one.name for one in keepings()}
    for table, end in TABLES_END.items():
        if end.way is Way.ERASED:
            assert any(end.how.startswith(one) for one in named), table


def test_what_a_job_clears_away_is_cleared_by_a_job_that_there_is() -> None:
    there = {one.name for one in jobs()} | {"every job", "the watch of its mailbox"}
    for table, end in TABLES_END.items():
        if end.way is Way.JOB:
            assert any(end.how.startswith(one) for one in there), table


def test_whatever_points_at_a_case_goes_with_it() -> None:
    """A later table with a key to a case is erased with it, or this fails."""
    pointing = {
        table.name
        for table in tables().sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "cases"
    }
    taken = {one.__tablename__ for one in OWNED} | {"case_transitions", "case_stubs"}
    assert pointing - taken == set()
    for name in pointing:
        assert TABLES_END[name].way is Way.WITH

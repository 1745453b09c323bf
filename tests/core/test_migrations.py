import multiprocessing
from collections.abc import Callable
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

import triage
from triage.app import TABLE_MODULES, tables
from triage.core.database import make_engine
from triage.migrations import current, look, migrate, newest

SEARCH = "message_search"
"""The full-text index, with what the database makes around it, is the migration's own."""


def differences(url: str) -> list[object]:
    engine = make_engine(url)

    def ours(_object: object, name: str | None, *_: object) -> bool:
        return not (name or "").removeprefix("ix_").startswith(SEARCH)

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": ours}
        )
        found = compare_metadata(context, tables())
    engine.dispose()
    return found


def test_the_migrated_schema_is_that_of_the_tables(url: str) -> None:
    assert differences(url) == []


def test_the_comparison_would_see_a_missing_column(
    backend: str, fresh_url: Callable[[str], str]
) -> None:
    url = fresh_url(f"{backend} apart")
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE people DROP COLUMN shortcuts"))
    engine.dispose()
    assert "shortcuts" in str(differences(url))


def test_migrating_again_changes_nothing(url: str) -> None:
    engine = make_engine(url)
    before = inspect(engine).get_table_names()
    migrate(engine)
    assert inspect(engine).get_table_names() == before
    with engine.connect() as connection:
        assert current(connection) == newest()
    engine.dispose()


def _migrate(url: str) -> None:
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()


def test_starts_at_the_same_moment_migrate_once(
    backend: str, fresh_url: Callable[[str], str]
) -> None:
    url = fresh_url(f"{backend} empty")
    assert look(url) is None
    processes = [
        multiprocessing.get_context("spawn").Process(target=_migrate, args=(url,)) for _ in range(3)
    ]
    for one in processes:
        one.start()
    for one in processes:
        one.join()
    assert [one.exitcode for one in processes] == [0, 0, 0]
    assert look(url) == newest()
    engine = create_engine(make_engine(url).url)
    with engine.connect() as connection:
        heads = connection.execute(text("SELECT number, digest FROM audit_head")).all()
    engine.dispose()
    assert heads == [(0, "0" * 64)]


def test_every_room_that_has_tables_is_registered() -> None:
    found = {name for name in TABLE_MODULES if name.endswith(".tables")}
    code = Path(str(triage.__file__)).parent
    having = {
        ".".join(path.relative_to(code.parent).with_suffix("").parts)
        for path in code.rglob("tables.py")
    }
    assert found == having

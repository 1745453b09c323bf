"""A queue that stood before known senders had ranks of their own stands in the same order after."""

import importlib
from collections.abc import Callable

from alembic import command
from sqlalchemy import JSON, Boolean, DateTime, MetaData, String, Table, insert, select
from support.mail import START

from triage.core.database import make_engine
from triage.messages.placing import Rank
from triage.messages.tables import Message
from triage.migrations import _config, migrate

NEW = importlib.import_module("triage.migrations.versions.0014_letters_and_standing")
BEFORE = {0: "CONCERN", 1: "ALARM", 2: "HIGH", 3: "CONCERN_WITHDRAWN", 10: "WELFARE",
          11: "WELFARE_BELOW", 20: "MEDIUM", 21: "PLAIN"}  # fmt: skip


def values(table: Table, number: int, rank: int | None) -> dict[str, object]:
    """A row with something in every column that wants it, as the schema stood then."""
    given: dict[str, object] = {}
    for column in table.columns:
        if column.nullable:
            continue
        if isinstance(column.type, JSON):
            given[column.name] = []
        elif isinstance(column.type, DateTime):
            given[column.name] = START
        elif isinstance(column.type, Boolean):
            given[column.name] = False
        else:
            text = isinstance(column.type, String)
            given[column.name] = f"{column.name} {number}" if text else 1
    return given | {"id": f"m{number}", "state": "queued", "rank": rank}


def test_stored_ranks_move_with_their_meaning(
    backend: str, fresh_url: Callable[[str], str]
) -> None:
    engine = make_engine(fresh_url(f"{backend} empty"))
    with engine.begin() as connection:
        command.upgrade(_config(connection), NEW.down_revision)
    ranks: list[int | None] = [*BEFORE, None]
    with engine.begin() as connection:
        table = Table("messages", MetaData(), autoload_with=connection)
        for number, rank in enumerate(ranks):
            connection.execute(insert(table).values(**values(table, number, rank)))
    migrate(engine)
    with engine.connect() as connection:
        found = dict(connection.execute(select(Message.id, Message.rank)).all())
    engine.dispose()
    for number, rank in enumerate(ranks):
        expected = None if rank is None else Rank[BEFORE[rank]]
        assert found[f"m{number}"] == expected

"""Full-text search: FTS5 on SQLite, tsvector on PostgreSQL. Only what was ever queued is in it."""

from sqlalchemy import ColumnElement, TextClause, bindparam, literal_column, text

from triage.core.text import searchable

MOST_WORDS = 12

_MATCH = {
    "sqlite": "messages.id IN (SELECT message_id FROM message_search "
    "WHERE message_search MATCH :words)",
    "postgresql": "messages.id IN (SELECT message_id FROM message_search "
    "WHERE body @@ to_tsquery('simple', :words))",
}


def matches(dialect: str, typed: str) -> ColumnElement[bool] | TextClause:
    """A condition on ``messages``: every typed word, the last one perhaps unfinished.

    Only letters and digits reach the database's query language, so nothing typed can be syntax.
    """
    found = searchable(typed).split()[:MOST_WORDS]
    if not found:
        return literal_column("1 = 0")
    if dialect == "sqlite":
        words = " ".join(f'"{word}"' for word in found) + "*"
    else:
        words = " & ".join(found) + ":*"
    return text(_MATCH[dialect]).bindparams(bindparam("words", words))

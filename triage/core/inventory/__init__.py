"""What every column of every table holds. A column that is not classed here fails a test.

Whoever adds a column says what it is, and so decides whether it may lie in the database in
plain: a text about a person that is not the outside world's mail is ``SEALED``.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, MetaData, String

from triage.core.database import UtcDateTime
from triage.core.inventory import (
    cases,
    decisions,
    desk,
    inquiry,
    messages,
    reports,
    subjects,
    trends,
    verdicts,
)
from triage.core.inventory.kinds import Kind
from triage.core.sealed import Sealed

COLUMNS: dict[str, dict[Kind, str]] = {
    **cases.COLUMNS,
    **decisions.COLUMNS,
    **desk.COLUMNS,
    **inquiry.COLUMNS,
    **messages.COLUMNS,
    **reports.COLUMNS,
    **subjects.COLUMNS,
    **trends.COLUMNS,
    **verdicts.COLUMNS,
}

WHY_TECHNICAL = {
    "audit_events.details": "canonical JSON of ids, codes and counts; the tests scan it",
    "audit_head.digest": "SHA-256 of the chain",
    "audit_links.digest": "SHA-256 of the chain",
    "case_decisions.clause_texts": "what clauses of the policy say, in our own words",
    "data_keys.wrapped_for_desk": "a key, wrapped",
    "data_keys.wrapped_for_receipt": "a key, wrapped",
    "data_keys.receipt_salt": "random bytes",
    "events.name": "of an event of ours, as it is announced; shown on the public form",
    "events.on_site": "whom to call at an event: a role and its number, shown on the public form",
    "form_published.value": "JSON that the form shows to everybody: team, duty, events",
    "frozen_messages.reference": "an id that the service gave; letters, digits and dashes alone",
    "letter_mails.message_id": "Message-ID of our own mail: random, at our own host",
    "letters.from_address": "our own role address, from the settings",
    "letters.reply_to": "our own address for appeals, from the settings",
    "letters.signed_as": "the role that signs, from the settings",
    "outbox.message_id": "Message-ID of our own mail: random, at our own host",
}
"""Technical columns that could hold a text, and why they do not."""

FITTING: dict[Kind, tuple[type[Any], ...]] = {
    Kind.ID: (String,),
    Kind.CODE: (String, JSON),
    Kind.TIME: (UtcDateTime, Date),
    Kind.COUNT: (Integer, Float, Boolean),
    Kind.HASH: (String, JSON),
    Kind.PLAIN: (String, JSON, LargeBinary),
    Kind.SEALED: (Sealed,),
    Kind.STAFF: (String,),
    Kind.TECHNICAL: (String, LargeBinary, Integer),
}
"""Kind -> the column types that it may have."""

NUMBERS_IN_JSON = {"messages.scores"}


def kinds() -> dict[str, Kind]:
    """``table.column`` -> what it holds."""
    return {
        f"{table}.{column}": kind
        for table, held in COLUMNS.items()
        for kind, columns in held.items()
        for column in columns.split()
    }


def problems(metadata: MetaData) -> Iterator[str]:
    """What is wrong with the inventory of these tables, a sentence each."""
    classed = kinds()
    listed = [
        f"{table}.{column}"
        for table, held in COLUMNS.items()
        for columns in held.values()
        for column in columns.split()
    ]
    yield from (f"{one} is classed twice" for one in sorted(set(listed)) if listed.count(one) > 1)
    there = {
        f"{table.name}.{column.name}": column
        for table in metadata.sorted_tables
        for column in table.columns
    }
    yield from (f"{one} is classed and does not exist" for one in sorted(set(classed) - set(there)))
    for name, column in there.items():
        if name not in classed:
            yield f"{name} is not classed: say in core/inventory what it holds"
        else:
            yield from _misfit(name, column, classed[name])


def _misfit(name: str, column: "Column[object]", kind: Kind) -> Iterator[str]:
    if isinstance(column.type, Sealed) != (kind is Kind.SEALED):
        yield f"{name}: a column is classed as sealed if and only if its type is Sealed"
    elif not isinstance(column.type, FITTING[kind]) and name not in NUMBERS_IN_JSON:
        yield f"{name}: a {type(column.type).__name__} column cannot be {kind.value}"
    if kind is Kind.TECHNICAL and name not in WHY_TECHNICAL:
        yield f"{name}: say in WHY_TECHNICAL why this holds nobody's words"

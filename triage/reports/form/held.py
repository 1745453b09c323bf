"""What is held under a form token: one small JSON text, sealed with a key derived from the token.

The token stands in the browser's cookie and nowhere here, so that the server's own files open
nothing of it. A row holds a draft, a receipt that waits to be read, or a visit with a receipt.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from triage.core import envelope
from triage.core.errors import Unreadable
from triage.core.text import read_json
from triage.reports.tables import ReportDraft

Held = Mapping[str, str]
"""``{"draft": answers}``, ``{"receipt": code}`` or ``{"visit": code}``."""

SHORTEST_TOKEN = 32
"""Characters; what is shorter was not made here, and is not used as a secret."""


def held_id(token: str) -> str:
    """The id of the row of a token."""
    return envelope.derive(token.encode("utf-8", "replace"), "form-id").hex()


def held_key(token: str) -> bytes:
    """The key that opens it."""
    return envelope.derive(token.encode("utf-8", "replace"), "form-key")


def place(row_id: str, table: str, column: str, at: str) -> dict[str, str]:
    """Where something is sealed under the token of a row."""
    return {"table": table, "column": column, "row_id": at, "key_id": row_id}


def put(session: Session, token: str, held: Held, expires_at: datetime) -> None:
    """Hold this under the token, in place of what was."""
    row_id = held_id(token)
    sealed = envelope.seal(
        held_key(token), json.dumps(dict(held)), **place(row_id, "report_drafts", "answers", row_id)
    )
    row = session.get(ReportDraft, row_id)
    if row is None:
        session.add(ReportDraft(id=row_id, answers=sealed, expires_at=expires_at))
    else:
        row.answers, row.expires_at = sealed, expires_at
    session.flush()


def reserve(session: Session, token: str, expires_at: datetime) -> None:
    """Make sure that there is a row to lock; what is held stays. Two at once make one row."""
    row_id = held_id(token)
    nothing = envelope.seal(
        held_key(token), "{}", **place(row_id, "report_drafts", "answers", row_id)
    )
    on_server = session.get_bind().dialect.name == "postgresql"
    build = postgresql.insert if on_server else sqlite.insert
    statement = build(ReportDraft).values(id=row_id, answers=nothing, expires_at=expires_at)
    session.execute(statement.on_conflict_do_nothing(index_elements=["id"]))


def get(session: Session, token: str, now: datetime, *, lock: bool = False) -> Held:
    """What is held under the token; nothing where there is none, or its time is over."""
    if len(token) < SHORTEST_TOKEN:
        return {}
    row_id = held_id(token)
    wanted = select(ReportDraft).where(ReportDraft.id == row_id, ReportDraft.expires_at > now)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        return {}
    try:
        text = envelope.open_sealed(
            held_key(token), row.answers, **place(row_id, "report_drafts", "answers", row_id)
        )
    except Unreadable:
        return {}
    held: Held = read_json(text)
    return held


def drop(session: Session, token: str) -> None:
    """Hold nothing under the token; its files go with it."""
    session.execute(delete(ReportDraft).where(ReportDraft.id == held_id(token)))

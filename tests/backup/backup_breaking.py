"""Somebody with the database's own password changes what was recorded."""

from typing import Any

from sqlalchemy import text
from support.desk import Desk


def break_record(desk: Desk, *, triggers: bool = False) -> None:
    """Change one event; ``triggers``: with what guards it still in force."""

    def work(session: Any) -> None:
        if not triggers and desk.triage.database.dialect == "sqlite":
            session.execute(text("DROP TRIGGER audit_events_no_update"))
        elif not triggers:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE audit_events SET actor_id = 'nobody' WHERE link = 3"))

    desk.triage.database.write(work)

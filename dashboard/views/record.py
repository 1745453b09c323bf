"""The record: what was done, by whom, when. No text of any message."""

import streamlit as st

from dashboard import session, untrusted, words
from dashboard.components import listing
from triage.core.access import CONSOLE, SYSTEM, Action
from triage.core.ids import is_id, short_ref
from triage.core.record import RecordRow, read_record
from triage.staff.queries import names


def draw() -> None:
    """Events of matters that the viewer may know of, newest first."""
    viewer = session.guard(Action.READ_RECORD)
    st.title("Record", anchor=False)
    matter = st.query_params.get("matter")
    everything = st.toggle("Show what the system did by itself too", key="everything")
    with session.desk().database.read() as db:
        page = read_record(
            db,
            viewer=viewer,
            matter_id=matter if matter and is_id(matter) else None,
            people_only=not everything,
            number=listing.page_number("record_page"),
        )
        told = {str(row.details.get("person", "")) for row in page.rows}
        people = names(db, {row.actor_id for row in page.rows} | told)
    if not page.rows:
        untrusted.say("Nothing is on the record yet.")
        return
    untrusted.say("{count}, newest first.", count=words.plural(page.total, "event"))
    untrusted.table(
        "Events",
        ("When", "Who", "What", "Message", "More"),
        [_cells(row, people) for row in page.rows],
    )
    if page.pages > 1:
        st.pagination(page.pages, key="record_page", bind="query-params")


def _cells(row: RecordRow, people: dict[str, str]) -> tuple[str, ...]:
    known = {SYSTEM.person_id: "the system", CONSOLE.person_id: "the command line", **people}
    return (
        words.when(row.at),
        known.get(row.actor_id, "nobody on the staff list"),
        words.EVENTS.get(row.code, row.code.replace("_", " ")),
        short_ref(row.matter_id) if row.matter_id else "",
        _alerted(row, people) or words.more(row.code, row.details),
    )


def _alerted(row: RecordRow, people: dict[str, str]) -> str:
    """Of an alert, to whom it went, in which step, and whether it was late."""
    if row.code != "alert_sent":
        return ""
    said = f"to {people.get(row.details['person'], 'somebody')}, step {row.details['step']}"
    if row.details["joined"]:
        said += ", with the mail before"
    return f"{said}, due {row.details['due'][:16]} UTC" if "due" in row.details else said

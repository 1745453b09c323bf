"""System: what is in force, for who keeps the desk running. No content of any message."""

import streamlit as st

from dashboard import frame, session, untrusted, words
from triage import doctor
from triage.core.access import Action
from triage.messages.queries.history import last_import


def draw() -> None:
    """The doctor's findings, the last import, and what could not be read."""
    viewer = session.guard(Action.READ_SYSTEM)
    st.title("System", anchor=False)
    frame.banners()
    with session.desk().database.read() as db:
        latest = last_import(db, viewer=viewer)
    st.header("Last import", anchor=False)
    if latest is None:
        untrusted.say("No mail has been imported yet.")
    else:
        untrusted.facts(
            [
                ("Started", words.when(latest.started_at)),
                ("Ended", words.when(latest.ended_at) if latest.ended_at else "not yet"),
                ("New", str(latest.new)),
                ("Known already", str(latest.known)),
                ("Quarantined", str(latest.quarantined)),
            ]
        )
        if latest.unreadable:
            untrusted.table(
                "Files that could not be read as mail",
                ("File", "Why"),
                [(one["source"], one["reason"]) for one in latest.unreadable],
            )
    st.header("What is in force", anchor=False)
    findings = doctor.examine(session.desk().settings)
    untrusted.table(
        "The same as: triage doctor",
        ("", "What", "In force", "What to do"),
        [(one.level.value, one.what, one.found, one.advice) for one in findings],
    )

"""System: what is in force, for who keeps the desk running. No content of any message."""

import streamlit as st

from dashboard import frame, session, untrusted, words
from dashboard.components import mailboxes
from triage import doctor
from triage.app import jobs as registry
from triage.core import jobs
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
            ]
        )
        if latest.unreadable:
            untrusted.table(
                "Files that could not be read as mail",
                ("File", "Why"),
                [(one["source"], one["reason"]) for one in latest.unreadable],
            )
    mailboxes.draw_table()
    _draw_jobs()
    st.header("What is in force", anchor=False)
    findings = doctor.examine(session.desk().settings)
    untrusted.table(
        "The same as: triage doctor",
        ("", "What", "In force", "What to do"),
        [(one.level.value, one.what, one.found, one.advice) for one in findings],
    )


def _draw_jobs() -> None:
    """What runs by itself: when it last did, and what is red after two misses."""
    desk = session.desk()
    with desk.database.read() as db:
        states = jobs.overview(db, desk.clock.now(), registry())
    st.header("What runs by itself", anchor=False)
    untrusted.table(
        "The same as: triage jobs list",
        ("Job", "State", "Last run", "Last success", "Last failure"),
        [
            (
                one.name,
                words.job_state(one),
                words.when(one.last_run) if one.last_run else "never",
                words.when(one.last_success) if one.last_success else "never",
                one.error or "",
            )
            for one in states
        ],
    )

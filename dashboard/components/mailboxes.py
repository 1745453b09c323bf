"""How the mailboxes are doing: a banner where mail may be waiting that nobody sees, and a table."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard import session, untrusted, words
from triage.intake.queries import FolderState, overview
from triage.intake.words import said_of


def draw_banner(red: Sequence[FolderState], now: datetime) -> None:
    """What is wrong with each of these, and since when. An empty queue means nothing meanwhile."""
    for one in red:
        untrusted.say(
            "Mail may be waiting that is not here yet. {mailbox}, {folder}: {what}, {age}.",
            kind="problem",
            mailbox=one.mailbox,
            folder=one.folder,
            what=said_of(one),
            age=_age(one, now),
        )


def draw_table() -> None:
    """Every folder of every mailbox, and when it was last looked into."""
    desk = session.desk()
    now = desk.clock.now()
    with desk.database.read() as db:
        states = overview(db, now, desk.settings, desk.keys)
    st.header("Mailboxes", anchor=False)
    if not states:
        untrusted.say("No mailbox is set up. Mail comes in by import, folder and note.")
        return
    untrusted.table(
        "They are looked into by: triage watch",
        ("Mailbox", "Folder", "State", "Last checked", "Last success"),
        [
            (
                one.mailbox,
                one.folder,
                f"RED: {said_of(one)}, {_age(one, now)}" if one.red else said_of(one),
                _ago(now, one.looked_at),
                _ago(now, one.succeeded_at),
            )
            for one in states
        ],
    )


def _age(state: FolderState, now: datetime) -> str:
    """For how long it has been so."""
    since = state.left_since
    if state.problem is not None:
        since = state.problem_since
    elif state.stale:
        since = state.succeeded_at
    return "since it was set up" if since is None else f"for {words.waited(now, since)}"


def _ago(now: datetime, at: datetime | None) -> str:
    return "never" if at is None else f"{words.waited(now, at)} ago"

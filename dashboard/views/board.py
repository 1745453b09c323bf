"""The board: open, overdue, and one's own exposure. Exact, and over what the viewer may open."""

import streamlit as st

from dashboard import charts, session, untrusted
from dashboard import words as common
from dashboard.components import requests_due
from triage.core.access import Action, Actor, can
from triage.messages.queries.board import DAYS, Board, board
from triage.messages.queries.today import last_scored
from triage.messages.rules import Lane


def draw() -> None:
    """What waits, what waits too long, and what one has read oneself."""
    viewer = session.guard(Action.READ_BOARD)
    st.title("Board", anchor=False)
    now = session.desk().clock.now()
    with session.desk().database.read() as db:
        found = board(db, viewer=viewer, now=now)
        scored = last_scored(db, viewer=viewer)
    st.header("Open", anchor=False)
    untrusted.strip([_lane(found, lane) for lane in Lane])
    untrusted.facts(
        [
            ("Held by you", str(found.held_by_me)),
            ("Waiting for a decision on a restriction or report", str(found.awaiting_decision)),
            ("Welfare tasks open", _late(found.welfare_open, found.welfare_overdue)),
            *_asked(viewer),
            ("Newest message scored", common.when(scored) if scored else "none yet"),
        ]
    )
    st.header("Your exposure", anchor=False)
    grave = sum(one.grave for one in found.days)
    untrusted.say(
        "In {days} days you uncovered {all} whole, {grave} of them grave, and decided {decided}.",
        days=DAYS,
        all=common.plural(grave + sum(one.others for one in found.days), "text"),
        grave=grave,
        decided=sum(one.decided for one in found.days),
    )
    if any(one.grave or one.others for one in found.days):
        st.altair_chart(charts.draw_days(found.days), width="stretch", key="exposure")
    with st.expander("The same as a table"):
        untrusted.table(
            "Texts that you uncovered whole, and what you decided",
            ("Day", "Grave", "Others", "Decided"),
            [
                (f"{one.day:%a} {one.day.day} {one.day:%b}", str(one.grave), str(one.others),
                 str(one.decided))
                for one in reversed(found.days)
            ],
        )  # fmt: skip
    untrusted.say("Only you see this. Too much of it? Put it back, or hand over: no reason asked.")


def _lane(found: Board, lane: Lane) -> tuple[str, str, str]:
    """One lane: how many wait, and how many of them for too long."""
    waiting = next(one.waiting for one in found.lanes if one.lane is lane)
    late = dict(found.overdue)[lane]
    return common.lane(lane.value), str(waiting), f"{late} overdue" if late else "none overdue"


def _asked(viewer: Actor) -> list[tuple[str, str]]:
    """Data requests, to who may answer them: others learn of none."""
    if not can(viewer, Action.ANSWER_SUBJECTS):
        return []
    found = requests_due.read(viewer)
    return [("Data requests to answer", _late(found.waiting, found.late))]


def _late(count: int, late: int) -> str:
    return f"{count}, {late} of them overdue" if late else str(count)

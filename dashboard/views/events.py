"""Events: their dates, whom to call on site, and the code that leads to the short report form."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted, words
from triage.cases.queries import EventRow, events
from triage.cases.service.entering import add_event, end_event
from triage.core.access import Action
from triage.staff.calendar import LONDON, at_clock, local_day
from triage.staff.queries import active_people


def draw() -> None:
    """The list, and the form for another."""
    viewer = session.guard(Action.SET_UP_EVENT)
    st.title("Events", anchor=False)
    session.draw_problems()
    desk = session.desk()
    now = desk.clock.now()
    with desk.database.read() as db:
        found = events(db, viewer=viewer)
    st.markdown(
        "Put the code on the posters of an event. Whoever enters it on the report form is told "
        "whom to call on site, and answers three questions."
    )
    there = [one for one in found if not one.ended and one.ends > now]
    if not there:
        untrusted.say("No event is set up.")
    for one in there:
        _row(one)
    _form()
    over = [one for one in found if one not in there]
    if over:
        with st.expander("Over"):
            for one in over:
                untrusted.row(one.name, [], _span(one))


def _row(event: EventRow) -> None:
    with st.container(border=True):
        untrusted.row(event.name, [(f"Code {event.code}", "")], _span(event))
        untrusted.say("On site: {line}", line=event.on_site)
        st.button(
            words.file(f"End the code {event.code}"),
            key=f"end_{event.id}",
            on_click=session.run,
            args=(partial(end_event, event_id=event.id),),
        )


def _span(event: EventRow) -> str:
    starts, ends = (one.astimezone(LONDON) for one in (event.starts, event.ends))
    return f"{starts:%-d %b %Y, %H:%M} to {ends:%-d %b %Y, %H:%M}, London"


def _form() -> None:
    desk = session.desk()
    today = local_day(desk.clock.now())
    with desk.database.read() as db:
        people = {one.id: one.name for one in active_people(db)}
    st.header("Set up an event", anchor=False)
    with st.form("event", clear_on_submit=False):
        name = st.text_input("What is it called?", max_chars=120)
        with st.container(horizontal=True):
            first = st.date_input(
                "From which day?", value=today, min_value=today, format="DD/MM/YYYY"
            )
            begins = st.time_input("From what time, in London?", value=None, step=900)
        with st.container(horizontal=True):
            last = st.date_input(
                "Until which day?", value=today, min_value=today, format="DD/MM/YYYY"
            )
            ends = st.time_input("Until what time, in London?", value=None, step=900)
        on_site = st.text_input("Whom to call on site: a role, and a number", max_chars=120)
        lead = st.selectbox(
            "Who leads on site?", list(people), index=None, placeholder="Nobody yet",
            format_func=people.__getitem__,
        )  # fmt: skip
        pressed = st.form_submit_button("Set it up", type="primary", key="set_up_event")
    if not pressed:
        return
    if begins is None or ends is None:
        st.session_state["problems"] = ["Enter from what time, and until when."]
    else:
        session.run(
            partial(
                add_event, name=name, starts=at_clock(first, begins), ends=at_clock(last, ends),
                on_site=on_site, lead_id=lead,
            )
        )  # fmt: skip
    st.rerun()

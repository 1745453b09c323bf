"""Data requests: what people ask of what is held of them, by when, and one of them."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from dashboard import frame, session, untrusted
from dashboard import words_subject as words
from dashboard.components import people, requests_due, subject_acts, subject_items
from triage.core.access import Action, Actor, can
from triage.core.errors import NotFound
from triage.core.ids import is_id, new_id
from triage.retention.subject.queries.listing import RequestRow, RoutedRow, requests, routed
from triage.retention.subject.queries.reading import RequestItem, request
from triage.retention.subject.rules import NO_SUCH_REQUEST, Kind
from triage.retention.subject.service.registering import register
from triage.staff.calendar import local_day
from triage.staff.queries import active_people


def draw() -> None:
    """The lists; with ``?request=`` in the URL, that one."""
    viewer = session.guard(Action.READ_SUBJECTS)
    frame.banners()
    chosen = st.query_params.get("request")
    if chosen is None:
        _lists(viewer)
    else:
        _one(viewer, chosen)


def _lists(viewer: Actor) -> None:
    st.title("Data requests", anchor=False)
    session.draw_problems()
    untrusted.say("{why}", kind="quiet", why=words.FAIR)
    answers = can(viewer, Action.ANSWER_SUBJECTS)
    desk = session.desk()
    now = desk.clock.now()
    with desk.database.read() as db:
        waiting = routed(db, viewer=viewer, now=now) if answers else ()
        rows = requests(db, viewer=viewer, vault=desk.vault, now=now)
        over = requests(db, viewer=viewer, vault=desk.vault, now=now, ended=True)
    requests_due.draw(viewer)
    if answers:
        _routed(waiting)
        st.header("Open", anchor=False)
    else:
        st.header("Wait for a second person", anchor=False)
    _rows(rows, "No request is open." if answers else "No request waits for you.")
    if answers:
        _form(waiting)
    if over:
        with st.expander("Over"):
            _rows(over, "")


def _routed(waiting: Sequence[RoutedRow]) -> None:
    st.header("Passed on by reviewers, and not entered yet", anchor=False)
    if not waiting:
        untrusted.say("Nothing was passed on.", kind="quiet")
    for one in waiting:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            due = f"Came {words.day(one.received_on)}, due {words.day(one.due_on)}"
            chips = [] if one.pressing is None else [words.PRESSING[one.pressing]]
            untrusted.row(words.KINDS[one.kind], chips, due)
            st.button(
                words.enter(one.message_id),
                key=f"enter_{one.message_id}",
                on_click=_enter,
                args=(one.message_id,),
            )


def _enter(message_id: str) -> None:
    st.session_state["subject_message"] = message_id


def _rows(rows: Sequence[RequestRow], none: str) -> None:
    if not rows:
        untrusted.say("{none}", kind="quiet", none=none)
    for one in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            untrusted.row(one.who, words.chips(one), words.quiet(one))
            st.button(
                words.open_one(one.id), key=f"request_{one.id}", on_click=_open, args=(one.id,)
            )


def _open(request_id: str | None) -> None:
    subject_items.forget()
    if request_id is None:
        st.query_params.pop("request", None)
    else:
        st.query_params["request"] = request_id


def _form(waiting: Sequence[RoutedRow]) -> None:
    """A request that came by whatever way; the clock runs from the day on which it came."""
    desk = session.desk()
    with desk.database.read() as db:
        staff = people.colleagues(active_people(db))
    today = local_day(desk.clock.now())
    chosen = st.session_state.get("subject_message")
    of = next((one for one in waiting if one.message_id == chosen), None)
    token = st.session_state.setdefault("subject_token", new_id())
    st.header("Enter a request", anchor=False)
    if of is not None:
        untrusted.say("Of message {id}.", id=words.enter(of.message_id).rpartition(" ")[2])
    with st.form("subject_register"):
        kind = st.radio(
            "What do they ask?", list(Kind), format_func=words.KINDS.__getitem__,
            index=0 if of is None else list(Kind).index(of.kind),
        )  # fmt: skip
        who = st.text_input("Who asks? Their name, as they write it", max_chars=200)
        contact = st.text_input("Where does the answer go?", max_chars=200)
        terms = st.text_area(
            "What else are they known by? Addresses, numbers, handles with @, other names: a line "
            "each",
            max_chars=4000,
        )
        asked = st.text_area("What do they ask for, where it is not everything?", max_chars=2000)
        on = st.date_input(
            "On which day did it come?", value=today if of is None else of.received_on,
            max_value=today, format="DD/MM/YYYY")  # fmt: skip
        own = st.selectbox(
            "Is it a colleague's own? They have no part in it then.", list(staff), index=None,
            placeholder="No", format_func=staff.__getitem__,
        )  # fmt: skip
        pressed = st.form_submit_button("Enter it", type="primary", key="subject_enter")
    if not pressed or kind is None or not isinstance(on, date):
        return
    command = partial(
        register, kind=kind, who=who, contact=contact, received_on=on, asked_for=asked,
        terms=terms.splitlines(), message_id=None if of is None else of.message_id, staff_id=own,
        token=token,
    )  # fmt: skip
    made = session.run(command)
    if made is not None:
        for name in ("subject_token", "subject_message"):
            st.session_state.pop(name, None)
        _open(made)
    st.rerun()


def _one(viewer: Actor, request_id: str) -> None:
    found = _read(viewer, request_id)
    if found is None:
        st.title("Data request", anchor=False)
        session.draw_problems()
        untrusted.problem([NO_SUCH_REQUEST])
        st.button("Back to the list", key="subject_back", on_click=_open, args=(None,))
        return
    row = found.row
    st.title(words.title(row.id), anchor=False)
    session.draw_problems()
    untrusted.row(row.who, words.chips(row), words.quiet(row))
    st.button("Back to the list", key="subject_back", on_click=_open, args=(None,))
    untrusted.say("{another}", kind="notice", another=words.ANOTHER)
    untrusted.facts(
        [
            ("Answer to", row.contact or "not said"),
            ("Asked for", row.asked_for or "everything"),
            ("Searched by", "; ".join(found.terms)),
        ]
    )
    subject_acts.draw_acts(viewer, found)
    if row.kind is not Kind.COMPLAINT:
        subject_items.draw_items(viewer, found)
        subject_acts.draw_answer(viewer, found)
    _log(found)


def _read(viewer: Actor, request_id: str) -> RequestItem | None:
    desk = session.desk()
    given: dict[str, Any] = {"viewer": viewer, "vault": desk.vault, "now": desk.clock.now()}
    try:
        if not is_id(request_id):
            return None
        with desk.database.read() as db:
            return request(db, request_id=request_id, **given)
    except NotFound:
        return None


def _log(found: RequestItem) -> None:
    st.header("What was done", anchor=False)
    lines = [
        *((one.at, f"{one.who} {words.EDGES[one.edge]}", one.reason) for one in found.steps),
        *(
            (one.at, f"{one.who} made the file. {one.sha256}".strip(), "")
            for one in found.disclosures
        ),
    ]
    lines.sort(key=lambda one: one[0])
    untrusted.timeline([(subject_acts.when(at), what, said) for at, what, said in lines])

"""Set a measure on site, on a phone: five fields, and the report with it (P-TIM-2)."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as general
from dashboard import words_inquiry as words
from dashboard.components import asking, case_measures
from triage.cases.inquiry.service.interims import Taken, interim_with_report, set_interim
from triage.cases.queries import CaseRow, board, ties
from triage.core.access import Action, Actor
from triage.core.commands import Tx

KEPT = "interim_kept"
DONE = "interim_done"


def draw() -> None:
    """The form; with ``?case=`` in the URL, for that report."""
    viewer = session.guard(Action.SET_INTERIM)
    st.title("Interim measure", anchor=False)
    untrusted.say(general.DANGER, kind="danger")
    session.draw_problems()
    done: Taken | None = st.session_state.pop(DONE, None)
    if done is not None:
        _draw_taken(done)
        return
    rows = _open_cases(viewer)
    row = next((one for one in rows if one.id == st.query_params.get("case")), None)
    if row is None:
        untrusted.say("With a new report, in one act: what you write here is the report too.")
        _form(viewer, None)
        _draw_choice(rows)
        return
    untrusted.say("For report {ref}.", ref=words.ref(row.id))
    if _declared(viewer, row):
        _form(viewer, row)
    else:
        untrusted.say(
            "Open this report under “Cases” first, and say whether you have anything to do with "
            "the people in it.",
            kind="notice",
        )
    st.button("With a new report instead", key="interim_new", on_click=st.query_params.clear)


def _open_cases(viewer: Actor) -> tuple[CaseRow, ...]:
    desk = session.desk()
    with desk.database.read() as db:
        return board(db, viewer=viewer, at=desk.clock.now(), settings=desk.settings)


def _declared(viewer: Actor, row: CaseRow) -> bool:
    with session.desk().database.read() as db:
        return ties(db, viewer=viewer, case_id=row.id) is not None


def _draw_choice(rows: tuple[CaseRow, ...]) -> None:
    """The open reports that the viewer may know of."""
    if not rows:
        return
    st.header("Or for a report that is here already", anchor=False)
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            untrusted.row(
                f"Report {words.ref(row.id)}",
                [(row.said.capitalize(), "")],
                f"came {general.when(row.received_at)}",
            )
            st.button(words.choose_case(row.id), key=f"interim_{row.id}", on_click=_choose,
                      args=(row.id,))  # fmt: skip


def _choose(case_id: str) -> None:
    st.query_params["case"] = case_id


def _form(viewer: Actor, row: CaseRow | None) -> None:
    kept = st.session_state.get(KEPT, {})
    with st.form("interim", border=False):
        answers = case_measures.fields(viewer, kept)
        untrusted.say(
            "It holds from this moment, by your word alone, until the end of the second working "
            "day at the latest. Another person confirms it, or it ends.",
            kind="quiet",
        )
        pressed = st.form_submit_button("Set it now", type="primary", key="set_interim_now")
    if not pressed:
        return
    st.session_state[KEPT] = answers.typed
    if answers.missing:
        st.session_state["problems"] = list(answers.missing)
        st.rerun()
    command: Callable[[Tx], object]
    if row is None:
        command = partial(interim_with_report, **answers.given)
    else:
        command = partial(_set, row.id, answers.given)
    done = session.run(command)
    if not session.failed():
        st.session_state.pop(KEPT, None)
        st.session_state[DONE] = done
    st.rerun()


def _set(case_id: str, given: dict[str, object], tx: Tx) -> Taken:
    """In a report that is here already there is no receipt to give."""
    made = set_interim(tx, case_id=case_id, **given)  # type: ignore[arg-type]
    return Taken("", made, None)


def _draw_taken(done: Taken) -> None:
    if done.interim_id is None:
        untrusted.say(
            "The report is kept, and no measure is set: somebody else who is on duty sets it. "
            "Call them now.",
            kind="problem",
        )
    elif done.lapses is None:
        untrusted.say("It is in force.", kind="notice")
    else:
        untrusted.say(
            "It is in force, until {when} unless somebody confirms it before.",
            kind="notice", when=asking.shown_at(done.lapses),
        )  # fmt: skip
    if done.code:
        st.header("The receipt", anchor=False)
        untrusted.copy_exact(done.code)
        untrusted.say(
            "It is for whoever told you, and is shown here once. Let them write it down or "
            "photograph it. The first time they use it they choose a new one."
        )
    st.button("Set another", key="interim_another")

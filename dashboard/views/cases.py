"""Cases: what waits to be taken, what is mine, the live-event lane, and one report in full."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import frame, session, untrusted
from dashboard import words as general
from dashboard import words_cases as words
from dashboard.components import (
    case_account,
    case_acts,
    case_appeals,
    case_identity,
    case_inquiry,
    case_verdict,
    checked,
    requests_due,
)
from triage.cases import rules
from triage.cases.queries import (
    CaseItem,
    CaseRow,
    PartyItem,
    any_sealed,
    board,
    case,
    invited,
    live,
    mine,
    parties,
    ties,
    waiting,
)
from triage.cases.rules import Tie
from triage.cases.service import handling, opening, recusing, thread
from triage.core.access import SYSTEM, Action, Actor
from triage.core.errors import Invalid, NotFound
from triage.core.ids import is_id
from triage.reports.queries import any_unheard
from triage.staff.processes import Part


def draw() -> None:
    """The lists; with ``?case=`` in the URL, that one."""
    viewer = session.guard(Action.READ_CASES, invited)
    frame.banners()
    untrusted.say(general.DANGER, kind="danger")
    _open_what_came()
    asked = st.query_params.get("case")
    if asked is None:
        _lists(viewer)
    else:
        _one(viewer, asked)


def _open_what_came() -> None:
    """What is sealed and was not opened yet is opened now, and what a reporter added is taken in,
    by the system, as its jobs would."""
    desk = session.desk()
    with desk.database.read() as db:
        sealed, unheard = any_sealed(db), any_unheard(db)
    if sealed:
        desk.runner.run(SYSTEM, opening.open_waiting)
    if unheard:
        desk.runner.run(SYSTEM, thread.take_in)


def _lists(viewer: Actor) -> None:
    st.title("Cases", anchor=False)
    session.draw_problems()
    checked.draw_done()
    desk = session.desk()
    now, ours = desk.clock.now(), desk.settings
    with desk.database.read() as db:
        events = live(db, viewer=viewer, at=now, settings=ours)
        to_take = waiting(db, viewer=viewer, at=now, settings=ours)
        own = mine(db, viewer=viewer, at=now, settings=ours)
        everything = board(db, viewer=viewer, at=now, settings=ours)
        over = mine(db, viewer=viewer, at=now, settings=ours, ended=True)
    requests_due.draw(viewer)
    if events:
        st.header("At events, or happening now", anchor=False)
        _rows(events, "live")
    listed = {one.id for one in events} | case_identity.draw_waiting(viewer, _open)
    st.header("To be taken", anchor=False)
    fresh = [one for one in to_take if one.id not in listed]
    if not fresh:
        untrusted.say("{none}", none=words.NONE_WAITS)
    _rows(fresh, "take")
    listed |= {one.id for one in fresh}
    st.header("Yours", anchor=False)
    yours = [one for one in own if one.id not in listed]
    if not yours:
        untrusted.say("You have no part in any other report.")
    _rows(yours, "mine")
    listed |= {one.id for one in yours}
    rest = [one for one in everything if one.id not in listed]
    if rest:
        st.header("Others that you may know of", anchor=False)
        _rows(rest, "board")
    if over:
        with st.expander("Ended"):
            _rows(over, "ended")
    case_appeals.draw_entering(viewer)


def _rows(rows: Sequence[CaseRow], key: str) -> None:
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            untrusted.row(
                words.title(row.id),
                words.chips(row),
                _quiet(row),
            )
            st.button(words.open_case(row), key=f"{key}_{row.id}", on_click=_open, args=(row.id,))


def _quiet(row: CaseRow) -> str:
    """The second line of a row: once it is over nothing is due, and to who handles it themselves
    nobody is named."""
    handles = row.handler if Part.HANDLER not in row.parts else None
    return (
        f"came {general.when(row.received_at)}"
        + (f"; by {general.when(row.due)}" if row.due else "")
        + (f"; {handles} handles it" if handles else "")
    )


def _open(case_id: str) -> None:
    st.query_params["case"] = case_id


def _back() -> None:
    st.button("Back to the list", on_click=lambda: st.query_params.clear())


def _one(viewer: Actor, case_id: str) -> None:
    desk = session.desk()
    try:
        if not is_id(case_id):
            raise NotFound(rules.NO_SUCH_CASE)
        with desk.database.read() as db:
            there = parties(db, vault=desk.vault, viewer=viewer, case_id=case_id)
            declared = ties(db, viewer=viewer, case_id=case_id)
    except NotFound:
        st.title("Cases", anchor=False)
        session.draw_problems()
        untrusted.problem([rules.NO_SUCH_CASE])
        _back()
        return
    st.title(words.title(case_id), anchor=False)
    session.draw_problems()
    checked.draw_done()
    untrusted.say("{words}", kind="quiet", words=words.CONFIDENTIAL)
    found = _read(viewer, case_id)
    if declared is None or found is None:
        if declared is None or not case_identity.draw_procedure(viewer, case_id):
            _first(case_id, there)
        _back()
        return
    _note_reading(case_id)
    _draw_step_back(case_id)
    _draw_standing(found)
    case_verdict.draw_beside(viewer, found)
    case_acts.draw_next(viewer, found)
    wide, side = st.columns([3, 2], gap="large")
    with wide:
        _draw_case(viewer, found)
    with side:
        st.header("What else can be done", anchor=False)
        case_acts.draw_acts(viewer, found)
    _back()


def _read(viewer: Actor, case_id: str) -> CaseItem | None:
    desk = session.desk()
    with desk.database.read() as db:
        try:
            return case(
                db, vault=desk.vault, viewer=viewer, case_id=case_id, at=desk.clock.now(),
                settings=desk.settings,
            )  # fmt: skip
        except (NotFound, Invalid):
            return None


def _note_reading(case_id: str) -> None:
    """Every opening is an event; drawing the page again in one sitting is none."""
    seen: set[str] = st.session_state.setdefault("cases_read", set())
    if case_id not in seen:
        session.run(partial(handling.look, case_id=case_id))
        seen.add(case_id)


def _first(case_id: str, there: Sequence[PartyItem]) -> None:
    """Parties first, then the declaration; the account after that (P-REC-1)."""
    desk = session.desk()
    st.header("Who is in it", anchor=False)
    untrusted.say("{words}", words=words.FIRST_WHO)
    case_account.draw_parties(there, desk.settings)
    st.header("Have you a conflict?", anchor=False)
    with st.form(f"declare_{case_id}"):
        chosen = [
            one for one in Tie
            if st.checkbox(words.TIES[one], key=f"tie_{one.value}_{case_id}")
        ]  # fmt: skip
        none = st.form_submit_button(words.ACTS["declare"], type="primary", key=f"no_tie_{case_id}")
        some = st.form_submit_button("I have a conflict: step back", key=f"a_tie_{case_id}")
    if none and chosen:
        st.session_state["problems"] = ["You have ticked a conflict: step back, or clear it."]
        st.rerun()
    if none or some:
        found = tuple(chosen) or ((Tie.OTHER,) if some else ())
        session.run(
            partial(handling.declare, case_id=case_id, version=_version(case_id), ties=found)
        )
        if some:
            st.query_params.clear()
        st.rerun()


def _version(case_id: str) -> int:
    viewer = session.guard(Action.READ_CASES, invited)
    desk = session.desk()
    with desk.database.read() as db:
        rows = board(db, viewer=viewer, at=desk.clock.now(), settings=desk.settings)
    return next((one.version for one in rows if one.id == case_id), 0)


def _draw_standing(found: CaseItem) -> None:
    row = found.row
    untrusted.facts(
        [
            ("Where it stands", words.state(row.state)),
            ("Since", general.when(row.state_since)),
            *([("By", general.when(row.due))] if row.due else []),
            ("Came", general.when(row.received_at)),
            *([("Taken down by", found.entered_by)] if found.entered_by else []),
            *([("Found", found.finding.replace("_", " "))] if found.finding else []),
        ]
    )
    if row.held_outside:
        untrusted.say("{words}", kind="notice", words=words.HELD)


def _draw_case(viewer: Actor, found: CaseItem) -> None:
    st.header("What happened", anchor=False)
    case_account.draw_account(found)
    case_account.draw_files(found)
    st.header("People in it", anchor=False)
    case_account.draw_parties(found.parties, session.desk().settings)
    st.header("To and fro with the reporter", anchor=False)
    case_account.draw_thread(found.thread)
    case_inquiry.draw(viewer, found)
    case_verdict.draw(viewer, found)
    st.header("Who has a part", anchor=False)
    for one in found.parts:
        ended = f", until {general.when(one.until)}" if one.until is not None else ""
        untrusted.row(
            one.name,
            [(words.PARTS[one.part], "")],
            f"{words.HOW[one.how]}, {general.when(one.since)}{ended}",
        )
    kept = [one for one in found.matches if not one.cleared]
    if kept:
        untrusted.say(
            "Kept away from it: {names}", kind="quiet",
            names="; ".join(f"{one.name} ({words.MATCHES[one.kind]})" for one in kept),
        )  # fmt: skip
    case_account.draw_cleared(found)
    with st.expander("History of this report"):
        case_account.draw_history(found)


def _draw_step_back(case_id: str) -> None:
    """One press, no reason asked, at once (P-REC-1)."""
    with st.container(horizontal=True, vertical_alignment="center"):
        untrusted.say("{words}", kind="quiet", words=words.NEED_NOT_SAY)
        st.button(words.STEP_BACK, key=f"recuse_{case_id}", on_click=_step_back, args=(case_id,))


def _step_back(case_id: str) -> None:
    session.run(partial(recusing.recuse, case_id=case_id))
    if not session.failed():
        st.query_params.clear()

"""Tasks: what the services that somebody looks after are asked to do. Nothing of the case."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard import files, session, untrusted
from dashboard import words as common
from dashboard import words_decisions as words
from dashboard.components import answers, frozen
from triage.core.access import Action
from triage.core.cells import to_csv
from triage.core.commands import Tx
from triage.core.ids import is_id
from triage.core.text import LONGEST_REASON
from triage.restrictions import rules
from triage.restrictions.queries.frozen import frozen_waiting
from triage.restrictions.queries.tasks import MyTask, my_tasks
from triage.restrictions.rules import TargetState
from triage.restrictions.service import tasks as doing
from triage.restrictions.service.exporting import export_tasks, task_sheet
from triage.senders.standing.words import day


def draw() -> None:
    """The open tasks; with ``?task=`` in the URL, that one; and below, what is done."""
    viewer = session.guard(Action.WORK_TASKS)
    untrusted.say(common.DANGER, kind="danger")
    st.title("Tasks in your services", anchor=False)
    answers.take_problems()
    said = st.session_state.pop("task_said", None)
    if said is not None:
        untrusted.say("{said}", kind="notice", said=said)
    desk = session.desk()
    given: dict[str, Any] = {"viewer": viewer, "vault": desk.vault, "now": desk.clock.now()}
    with desk.database.read() as db:
        rows = my_tasks(db, settings=desk.settings, **given)
        done = my_tasks(db, settings=desk.settings, done=True, **given)
        held = frozen_waiting(db, viewer=viewer, now=desk.clock.now())
    chosen = st.query_params.get("task", "")
    late = sum(one.overdue for one in rows)
    if not rows:
        untrusted.say(
            "Nothing is to be done. If you look after a service that you miss here, ask whoever "
            "keeps the staff list."
        )
    else:
        untrusted.say(
            "{count} to do, {late} late.", count=common.plural(len(rows), "task"), late=late
        )
    if is_id(chosen) and chosen not in {one.id for one in (*rows, *done)}:
        untrusted.problem([doing.NO_SUCH_TASK])
    frozen.draw_waiting(held)
    if held and rows:
        st.header("To do in your services", anchor=False)
    for one in rows:
        _row(one)
        if one.id == chosen:
            _open_task(one)
    _exports(rows)
    if done:
        with st.expander("Done", expanded=chosen in {one.id for one in done}):
            for one in done:
                _draw_done(one, opened=one.id == chosen)


def _draw_done(one: MyTask, *, opened: bool) -> None:
    """What was looked up may be found gone later: that can be said of it still."""
    holds = one.state is TargetState.VERIFIED
    if holds:
        _row(one)
    else:
        untrusted.row(one.subject, _chips(one), _quiet(one))
    if holds and opened:
        _open_task(one)
    elif one.target == rules.REPRESENTATIVE:
        frozen.draw_note(one)


def _row(one: MyTask) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        untrusted.row(one.subject, _chips(one), _quiet(one))
        st.button(words.open_task(one.id), key=f"task_{one.id}", on_click=_open, args=(one.id,))


def _chips(one: MyTask) -> list[tuple[str, str]]:
    found = [(words.target(one.target), ""), (words.TASKS[one.state], "medium")]
    if one.overdue:
        found.append(("late", "high"))
    return found


def _quiet(one: MyTask) -> str:
    due = "" if one.due_at is None else f" · due {common.when(one.due_at)}"
    return f"since {common.when(one.state_since)}{due} · review {day(one.review_at)}"


def _open(task_id: str) -> None:
    st.query_params["task"] = task_id


def _open_task(one: MyTask) -> None:
    with st.container(border=True):
        untrusted.facts(
            [
                ("Where", words.target(one.target)),
                ("How far", one.level or "as the sheet says"),
                ("Review", day(one.review_at)),
            ]
        )
        untrusted.say("About, to copy:", kind="quiet")
        untrusted.copyable(one.subject)
        untrusted.say("What may be read in public, to copy:", kind="quiet")
        untrusted.copyable(one.public_reason)
        if one.mail_stops and one.state is TargetState.REQUESTED:
            untrusted.say(
                "This also stops our own mail to the person: our letter goes first, or a decider "
                "says why not. Until then it cannot be marked as put in.",
                kind="notice",
            )
        _sheet(one.id)
        _acts(one)
        if one.target == rules.REPRESENTATIVE:
            frozen.draw_note(one)


def _exports(rows: Sequence[MyTask]) -> None:
    """All that one service is asked to put in, or take out, as one file in its own form."""
    asked = {TargetState.REQUESTED: "in", TargetState.REMOVAL_REQUESTED: "out"}
    ways = sorted({(one.target, asked[one.state]) for one in rows if one.state in asked})
    if not ways:
        return
    with st.expander("All of a service in one file"):
        untrusted.say(
            "Each file is made now, in the service's own form; that it was made is on the record.",
            kind="quiet",
        )
        for target, way in ways:
            if st.button(words.export(target, way), key=f"export_{target}_{way}"):
                _export(target, way)


def _export(target: str, way: str) -> None:
    made = session.run(partial(export_tasks, target=target, removals=way == "out"))
    if made is None:
        st.rerun()
    if not made.rows:
        untrusted.say(
            "This service takes no file: each task has its own instructions.", kind="notice"
        )
        return
    files.offer_file(
        "Download the file",
        made.text.encode(),
        name=made.name,
        mime="text/csv",
        action=Action.WORK_TASKS,
        matters=made.matters,
        key=f"file_{target}_{way}",
    )


def _sheet(task_id: str) -> None:
    """The instructions in the service's own form."""
    made = session.run(partial(task_sheet, task_id=task_id))
    if made is None:
        answers.take_problems()
        return
    st.subheader(words.sheet_title(made), anchor=False)
    for one in made.warnings:
        untrusted.say("{warning}", kind="notice", warning=one)
    for number, one in enumerate(made.steps, 1):
        untrusted.say("{number}. {step}", number=number, step=one)
    if made.rows:
        untrusted.say("In the service's own form, to copy:", kind="quiet")
        untrusted.copy_exact(to_csv([made.header, *made.rows]))


def _acts(one: MyTask) -> None:
    if one.state is TargetState.REQUESTED:
        _form(one, "apply", doing.apply)
        _form(one, "fail", doing.fail)
    elif one.state is TargetState.APPLIED:
        _form(one, "verify", doing.verify)
        _form(one, "fail", doing.fail)
    elif one.state is TargetState.VERIFIED:
        _form(one, "fail", doing.fail)
    elif one.state is TargetState.FAILED:
        st.button(
            "Try again",
            key=f"retry_{one.id}_{one.version}",
            on_click=session.run,
            args=(partial(doing.retry, task_id=one.id, version=one.version),),
        )
    elif one.state is TargetState.REMOVAL_REQUESTED:
        _form(one, "remove", doing.remove)


def _form(one: MyTask, name: str, command: Callable[..., None]) -> None:
    own = f"{name}_{one.id}_{one.version}"
    with st.form(own, border=False):
        if st.session_state.get("task_act") == own:
            answers.at_field("note", "letter")
        note = st.text_input(words.task_asks(name), max_chars=LONGEST_REASON)
        if st.form_submit_button(words.task_act(name)):
            st.session_state["task_act"] = own
            done = partial(command, task_id=one.id, version=one.version, note=note)
            _do(done, words.TASK_SAID[name])


def _do(command: Callable[[Tx], None], said: str) -> None:
    session.run(command)
    if not session.failed():
        st.session_state["task_said"] = said
    st.rerun()

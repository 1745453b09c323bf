"""The evidence pack of one matter: looked through, built, handed over at once, and not kept.

What was built stands on the record with its SHA-256; the bytes are nowhere but in the file that
whoever built it has taken.
"""

import tempfile
from collections.abc import Mapping
from functools import partial

import streamlit as st

from dashboard import files, session, untrusted
from dashboard import words as general
from dashboard import words_police as words
from triage.core.access import Action, Actor, can
from triage.core.commands import Runner
from triage.core.errors import Invalid
from triage.packs import queries
from triage.packs.contents import PackPreview
from triage.packs.queries import Built
from triage.packs.service import build

KEPT = ("pack", "pack_build")
FILE = "application/zip"


def draw_pack(viewer: Actor, matter_id: str) -> tuple[str, ...]:
    """The pack of a matter, for who may build one; the SHA-256 of those made, newest first."""
    if not can(viewer, Action.BUILD_PACK):
        return ()
    st.header("Evidence pack", anchor=False)
    with session.desk().database.read() as db:
        message_ids, _ = queries.rests_on(db, viewer=viewer, matter_id=matter_id)
    if not message_ids:
        untrusted.say(
            "It rests on an incident report and on no message: no pack can be built of that. What "
            "the police need of the report, whoever handles it hands over and notes as told.",
            kind="quiet",
        )
        return ()
    asked = _asked(matter_id)
    if asked is None:
        untrusted.say(
            "The originals, the same to read, what happened when, and a list of hashes by which "
            "anybody can check it. Nothing is made before you have seen the list.",
            kind="quiet",
        )
        st.button("See what would be in it", key="pack_see", on_click=_see, args=(matter_id, {}))
    else:
        _draw_preview(viewer, matter_id, asked)
    return tuple(one.sha256 for one in _draw_built(viewer, matter_id))


def forget() -> None:
    """The list is not there when the page is left."""
    for name in KEPT:
        st.session_state.pop(name, None)


def _asked(matter_id: str) -> dict[str, str] | None:
    """Whether the list was asked for, and what is to stay out of it."""
    own, leave_out = st.session_state.get("pack", (None, {}))
    return leave_out if own == matter_id else None


def _see(matter_id: str, leave_out: Mapping[str, str]) -> None:
    st.session_state["pack"] = (matter_id, dict(leave_out))


def _draw_preview(viewer: Actor, matter_id: str, leave_out: dict[str, str]) -> None:
    try:
        with session.desk().database.read() as db:
            whole = queries.preview(db, viewer=viewer, matter_id=matter_id)
            shown = (
                queries.preview(db, viewer=viewer, matter_id=matter_id, leave_out=leave_out)
                if leave_out
                else whole
            )
    except Invalid as error:
        _see(matter_id, {})
        st.session_state["problems"] = [str(error)]
        st.rerun()
    untrusted.table(
        "What is in it",
        ("What it is", "Size", "File"),
        [(one.why, general.size(one.size), one.path.removeprefix("data/")) for one in shown.items],
    )
    untrusted.say("What stays out, and why:", kind="quiet")
    untrusted.facts([(one.what.removeprefix("data/"), one.why) for one in shown.left_out])
    _draw_leaving_out(matter_id, whole, leave_out)
    # A tick holds for the very list that it was set under.
    ticked = st.checkbox(
        "I have looked through this list",
        key=f"pack_looked_{shown.digest}",
    )
    with st.container(horizontal=True):
        st.button(
            "Build the pack",
            key="pack_go",
            type="primary",
            disabled=not ticked,
            on_click=_go,
            args=(shown.digest,),
        )
        st.button("Not now", key="pack_leave", on_click=forget)
    digest = st.session_state.pop("pack_build", None)
    if digest is not None:
        _build(matter_id, shown, digest, leave_out)


def _draw_leaving_out(matter_id: str, whole: PackPreview, leave_out: dict[str, str]) -> None:
    """Files are chosen by number: their names may hold what a sender wrote."""
    may = [one.path for one in whole.items if one.may_leave_out]
    numbers = {path: number for number, path in enumerate(may, 1)}
    with st.expander("Leave something out"), st.form("pack_leave_out", border=False):
        untrusted.facts([(str(numbers[one]), one.removeprefix("data/")) for one in may])
        out = st.multiselect(
            "Which of these stay out?",
            list(numbers.values()),
            default=[numbers[one] for one in leave_out if one in numbers],
        )
        why = st.text_input(
            "Why? (it is said in the pack)",
            value=next(iter(leave_out.values()), ""),
            max_chars=200,
        )
        if st.form_submit_button("Show the list without them"):
            _see(matter_id, {one: why for one in may if numbers[one] in out})
            st.rerun()


def _go(digest: str) -> None:
    """The digest of the list that was on the screen when this was pressed."""
    st.session_state["pack_build"] = digest


def _build(matter_id: str, shown: PackPreview, digest: str, leave_out: dict[str, str]) -> None:
    bar = st.progress(0.0, text="Building the pack")
    with tempfile.TemporaryFile() as target:

        def work(runner: Runner, actor: Actor) -> str | None:
            made = None
            steps = partial(build, runner, actor, matter_id=matter_id, digest=digest)
            for told in steps(target=target, leave_out=leave_out):
                bar.progress(words.share(told.done, told.of))
                made = told.sha256
            return made

        made = session.act(work)
        if made is None:
            st.rerun()
        target.seek(0)
        data = target.read()
    bar.empty()
    untrusted.say(
        "The pack is built, and on the record. Take the file now: it is for you alone, and is not "
        "kept here.",
        kind="notice",
    )
    untrusted.say("SHA-256 of the file:", kind="quiet")
    untrusted.copyable(made)
    files.offer_file(
        "Download the pack",
        data,
        name=f"{shown.name}.zip",
        mime=FILE,
        action=Action.BUILD_PACK,
        matters=(matter_id, *shown.message_ids),
        key="pack_file",
    )


def _draw_built(viewer: Actor, matter_id: str) -> tuple[Built, ...]:
    with session.desk().database.read() as db:
        found = queries.built(db, viewer=viewer, matter_id=matter_id)
    if found:
        untrusted.say("Packs that were built of this, newest first:", kind="quiet")
        untrusted.timeline(
            [
                (
                    general.when(one.at),
                    f"{one.who}, {general.size(one.size)}: {one.sha256}",
                    "",
                )
                for one in found
            ]
        )
    return found

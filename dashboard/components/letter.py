"""The text of a message: covered, then uncovered in steps, each of them logged."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted, words, words_wrote
from triage.core.access import Actor
from triage.messages import rules
from triage.messages.queries.reading import Item, uncovered
from triage.messages.rules import Step
from triage.messages.service.reveals import reveal


def draw_letter(viewer: Actor, found: Item, *, holds: bool) -> None:
    """A neutral summary first; the words only after a step that is put on the record."""
    st.header("Message", anchor=False)
    _summary(found)
    owns = found.welfare is not None and found.welfare.owner_id == viewer.person_id
    if found.row.state in rules.WAITING and not holds and not owns:
        untrusted.say("The text can be read by whoever holds the message.", kind="quiet")
        return
    reason = ""
    if not holds and not owns and found.uncovered is None:
        reason = st.text_input("Why do you need to read it again?", key="reveal_reason")
    if found.uncovered is None:
        _cover(found, reason)
        return
    with session.desk().database.read() as db:
        shown = uncovered(db, viewer=viewer, message_id=found.row.id)
    st.session_state.setdefault("shown", untrusted.LETTER)
    untrusted.letter(shown.text, shown.signals, shown=st.session_state["shown"])
    if len(shown.text) > st.session_state["shown"]:
        st.button("Show more", key="more", on_click=_more)
    with st.container(horizontal=True):
        if found.uncovered is Step.MASKED:
            _step_button("F", found, Step.FULL, reason)
        if found.has_rest and not found.rest_uncovered:
            _step_button(None, found, Step.REST, reason)
    if shown.rest is not None:
        st.subheader("Below or attached", anchor=False)
        untrusted.letter(shown.rest)
    _why(found)
    _attachments(found)


def _cover(found: Item, reason: str) -> None:
    with st.container(border=True):
        untrusted.say("The text is covered.", kind="quiet")
        with st.container(horizontal=True):
            _step_button("M", found, Step.MASKED, reason)
            _step_button("F", found, Step.FULL, reason)


def _step_button(key: str | None, found: Item, step: Step, reason: str) -> None:
    st.button(
        words.STEPS[step],
        key=f"reveal_{step.value}_{found.row.id}",
        shortcut=session.key(key),
        on_click=_uncover,
        args=(found.row.id, step, reason),
    )


def _uncover(message_id: str, step: Step, reason: str) -> None:
    session.run(partial(reveal, message_id=message_id, step=step, reason=reason))


def _more() -> None:
    if "shown" in st.session_state:  # else the message was left since
        st.session_state["shown"] += untrusted.LETTER


def _summary(found: Item) -> None:
    row = found.row
    suspected = "not shown: a blind check" if found.blind else words.kinds(row.kinds) or "nothing"
    if row.unread is not None:
        suspected = words.UNREAD[row.unread].lower()
    untrusted.facts(
        [
            ("Suspected", suspected),
            ("Came to", words.service(row.service)),
            ("Length", words.length(row.length)),
            ("Attachments", str(len(found.attachments)) if found.attachments else "none"),
        ]
    )


def _why(found: Item) -> None:
    """The model's view, apart from the decision (P-MSG-2), and what it is often wrong about."""
    if found.blind:
        untrusted.say("A blind check: the model's view is shown once you have decided.")
        return
    if found.row.band is None:
        untrusted.say("The model did not raise this; a person or a rule did.", kind="quiet")
        return
    where = "Marked in the text: the phrases that mattered."
    if found.in_rest:
        where = "It was found in quoted mail or an attachment: show that too."
    if found.row.attached:
        where = "It was found in an attachment: show the attached text too."
    untrusted.say(
        "{band}; suspected {kinds}. {where} Model {version}. It is often wrong about reported "
        "speech, quotes, and anger without a threat.",
        kind="quiet",
        band=words.BANDS[found.row.band],
        kinds=words.kinds(found.row.kinds) or "nothing in particular",
        where=where,
        version=found.model_version or "none",
    )


def _attachments(found: Item) -> None:
    if found.attachments:
        untrusted.table(
            "Attachments: listed only. Their bytes stay sealed in the original.",
            ("Name", "Type", "Size", "SHA-256"),
            [
                (one.filename, one.content_type, words.size(one.size), one.sha256)
                for one in found.attachments
            ],
        )


def draw_origin(found: Item) -> None:
    """Where the message came from, and the hash of its original bytes."""
    with st.expander("Original"):
        untrusted.facts(
            [
                ("Size", words.size(found.size)),
                ("SHA-256", found.sha256),
                ("Sent, by its own header", words.when(found.sent_at)),
                ("Imported from", found.source),
                ("Our server's checks", words_wrote.checks(found.origin.authentication)),
            ]
        )

"""Sent to you: what became of it, and the three rights of whoever got it. No queue."""

from collections.abc import Callable
from datetime import date, time
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted, words, words_own
from dashboard.views import note
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import Action, Actor
from triage.core.errors import NotFound
from triage.core.ids import is_id, new_id
from triage.messages.queries.own import OwnRow, own_item, own_text, sent_to_me
from triage.messages.rules import NO_SUCH_MESSAGE, Step
from triage.messages.service import recipient
from triage.messages.service.self_review import may_self_review, self_review
from triage.messages.telling import OwnAct, Told
from triage.staff.calendar import LONDON, at_clock, local_day


def draw() -> None:
    """The list; with ``?message=`` in the URL, that message."""
    viewer = session.guard(Action.OWN_MESSAGES)
    untrusted.say(words.DANGER, kind="danger")
    message_id = st.query_params.get("message")
    if message_id is None:
        _list(viewer)
    else:
        _one(viewer, message_id)
    st.header("Support", anchor=False)
    for line in session.desk().settings.support_lines:
        untrusted.say("{line}", line=line)


def _list(viewer: Actor) -> None:
    st.title("Sent to you", anchor=False)
    _said()
    untrusted.say(
        "What was sent to you, and is or was with your colleagues. They look at it, not you. You "
        "can flag it and raise the alarm, and you learn the result here. No more is told: not who "
        "looked at it, and nothing of who sent it."
    )
    desk = session.desk()
    asked = str(st.session_state.get("mine_page") or st.query_params.get("mine_page", "1"))
    with desk.database.read() as db:
        page = sent_to_me(
            db,
            viewer=viewer,
            now=desk.clock.now(),
            settings=desk.settings,
            number=int(asked) if asked.isdecimal() and len(asked) < 6 else 1,
        )
    if not page.rows:
        untrusted.say("{nothing}", nothing=words_own.NOTHING)
    for row in page.rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            untrusted.row(
                words_own.standing(row),
                [(one, "") for one in words_own.marks(row)],
                words_own.came(row),
            )
            st.button(words.open_row(row), key=f"mine_{row.id}", on_click=_open, args=(row.id,))
    if page.pages > 1:
        st.pagination(page.pages, key="mine_page", bind="query-params")
    st.header("Something new", anchor=False)
    st.markdown(
        "Something that is not listed here: a call, a message on social media, a mail in your own "
        "mailbox. Enter or paste it, and it goes the same way."
    )
    addresses = session.desk().settings.forward_to
    if addresses:
        st.markdown("A mail in your own mailbox you can also forward, as an attachment, to:")
        untrusted.copy(", ".join(addresses))
    if st.button("Enter a message", key="enter"):
        st.switch_page(st.Page(note.draw, title="Enter a message", url_path="note"))


def _one(viewer: Actor, message_id: str) -> None:
    desk = session.desk()
    now = desk.clock.now()
    row = None
    if is_id(message_id):
        with desk.database.read() as db:
            try:
                row = own_item(
                    db, viewer=viewer, message_id=message_id, now=now, settings=desk.settings
                )
                alone = may_self_review(
                    db, viewer=viewer, message_id=message_id, now=now, settings=desk.settings
                )
            except NotFound:
                row = None
    if row is None:
        st.title("Sent to you", anchor=False)
        _said()
        untrusted.problem([NO_SUCH_MESSAGE])
        st.button("Back to the list", key="mine_back", on_click=_close)
        return
    st.title(words.message_title(message_id), anchor=False)
    _said()
    untrusted.facts(
        [
            ("Where it stands", words_own.standing(row)),
            ("How it came", words_own.came(row)),
            ("Your part", "; ".join(words_own.marks(row)) or "nothing yet"),
        ]
    )
    _danger(row)
    _letter(viewer, row)
    _flag(row)
    if alone and row.told is Told.WAITING and row.second_look_at is None:
        _self_review(row)
    st.button("Back to the list", key="mine_back", on_click=_close)


def _danger(row: OwnRow) -> None:
    st.header("If somebody may be in danger", anchor=False)
    untrusted.say("The alarm puts it on top of what your colleagues look at.", kind="quiet")
    st.button(
        "Raise the alarm",
        key=f"alarm_{row.id}",
        type="primary",
        on_click=_do,
        args=("alarm", partial(recipient.raise_alarm_mine, message_id=row.id)),
    )
    now = session.desk().clock.now()
    with st.expander("I called 999"), st.form(f"called_{row.id}", border=False):
        st.date_input(
            "On which day?",
            value=local_day(now),
            max_value=local_day(now),
            key="called_day",
            format="DD/MM/YYYY",
        )
        st.time_input(
            "At what time, in London?",
            value=now.astimezone(LONDON).time().replace(second=0, microsecond=0),
            step=60,
            key="called_time",
        )
        st.form_submit_button("Put it on the record", on_click=_called, args=(row.id,))


def _letter(viewer: Actor, row: OwnRow) -> None:
    st.header("The message", anchor=False)
    if row.uncovered is None:
        with st.container(border=True):
            untrusted.say("The text is covered.", kind="quiet")
            with st.container(horizontal=True):
                _uncover(row, Step.MASKED)
                _uncover(row, Step.FULL)
        return
    desk = session.desk()
    with desk.database.read() as db:
        shown = own_text(db, viewer=viewer, message_id=row.id, now=desk.clock.now())
    address = "" if shown.from_address is None else f"<{shown.from_address}>"
    untrusted.facts([("From", f"{shown.from_name} {address}".strip() or "no sender given")])
    untrusted.letter(shown.text)
    if len(shown.text) > untrusted.LETTER:
        untrusted.say("Only its beginning is shown here.", kind="quiet")
    if row.uncovered is OwnAct.MASKED:
        _uncover(row, Step.FULL)


def _uncover(row: OwnRow, step: Step) -> None:
    st.button(
        words.STEPS[step],
        key=f"uncover_{step.value}_{row.id}",
        on_click=_do,
        args=(None, partial(recipient.reveal_mine, message_id=row.id, step=step)),
    )


def _flag(row: OwnRow) -> None:
    st.header("What you can do", anchor=False)
    with st.form(f"flag_{row.id}", border=False):
        st.text_input("Why should somebody look at it?", max_chars=2000, key=f"flag_note_{row.id}")
        st.form_submit_button("Flag it", on_click=_flagged, args=(row.id,))
    if row.seen_at is None:
        st.button(
            "Seen: for me this is dealt with",
            key=f"seen_{row.id}",
            on_click=_do,
            args=("seen", partial(recipient.mark_seen, message_id=row.id)),
        )


def _self_review(row: OwnRow) -> None:
    st.header("Nobody else is on the rota", anchor=False)
    untrusted.say(
        "No other reviewer is there within {hours} working hours. You can say what you think it "
        "is, and ask for a second look. A colleague decides. Uncover the text first.",
        hours=session.desk().settings.self_review_hours,
    )
    st.session_state.setdefault("mine_token", new_id())
    with st.form(f"self_{row.id}", border=False):
        labels = st.multiselect(
            "What is it?",
            [one.value for one in Disposition],
            format_func=words.LABELS.__getitem__,
            placeholder="None of these",
            select_all=False,
        )
        severity = st.selectbox(
            "How severe?",
            list(words.SEVERITIES),
            index=None,
            placeholder="Choose one",
            format_func=words.SEVERITIES.__getitem__,
        )
        said = st.text_area("What should they look at?", max_chars=2000)
        if st.form_submit_button("Ask for a second look"):
            _do(
                "look",
                partial(
                    self_review,
                    message_id=row.id,
                    labels=[Disposition(one) for one in labels],
                    severity=None if severity is None else Severity(severity),
                    note=said,
                    token=st.session_state["mine_token"],
                ),
            )
            if not session.failed():
                st.session_state.pop("mine_token", None)
            st.rerun()


def _called(message_id: str) -> None:
    day, clock = st.session_state.get("called_day"), st.session_state.get("called_time")
    if not isinstance(day, date) or not isinstance(clock, time):
        st.session_state["problems"] = ["Enter the day and the time of the call."]
        return
    at = at_clock(day, clock)
    _do("called", partial(recipient.record_999, message_id=message_id, at=at))


def _flagged(message_id: str) -> None:
    said = str(st.session_state.get(f"flag_note_{message_id}") or "")
    _do("flag", partial(recipient.flag_mine, message_id=message_id, note=said))


def _do(done: str | None, command: Callable[..., Any]) -> None:
    """Run a command; what was done is said at the next drawing, in our own words."""
    session.run(command)
    if not session.failed() and done is not None:
        st.session_state["mine_said"] = done


def _said() -> None:
    session.draw_problems()
    done = st.session_state.pop("mine_said", None)
    if done is not None:
        untrusted.say("{said}", kind="notice", said=words_own.DONE[done])


def _open(message_id: str) -> None:
    st.query_params["message"] = message_id


def _close() -> None:
    st.query_params.pop("message", None)

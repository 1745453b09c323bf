"""Enter a message: a call, a voicemail, a word face to face, a post, or a pasted mail."""

from datetime import date, time
from functools import partial

import streamlit as st

from dashboard import session, untrusted, words
from dashboard.components import answers
from dashboard.components.people import colleagues
from triage.core.access import Action
from triage.intake.inbound import Channel
from triage.intake.note import Note
from triage.messages.service.taking import take_note
from triage.staff.calendar import at_clock, local_day
from triage.staff.queries import active_people

FIELDS = (
    "channel", "day", "clock", "colleagues", "other", "words", "name", "contact", "service",
    "flagged", "urgent",
)  # fmt: skip


def draw() -> None:
    """The form, for every member of staff: it puts in, and gives nothing back."""
    session.guard(Action.TAKE_NOTE)
    st.title("Enter a message", anchor=False)
    untrusted.say(words.DANGER, kind="danger")
    answers.take_problems()
    kept = st.session_state.get("note_kept")
    if kept is not None:
        untrusted.say("{kept}", kind="notice", kept=kept)
    st.markdown(
        "For a phone call, a voicemail, something said face to face, a message on social media, "
        "or an e-mail or web message that did not come in by itself. It goes the same way as "
        "all mail. Whoever it came to will not review it; they can follow it under Sent to you."
    )
    desk = session.desk()
    today = local_day(desk.clock.now())
    with desk.database.read() as db:
        people = colleagues(active_people(db))
    with st.form(_key("form"), border=False):
        _what(today)
        _to_whom(people, [*words.SERVICES, *desk.settings.service_addresses.values()])
        _from_whom()
        st.checkbox(
            "Flag this: somebody should look at it, whatever the model says", key=_key("flagged")
        )
        st.checkbox("Urgent: somebody may be in danger", key=_key("urgent"))
        st.form_submit_button("Keep it", type="primary", on_click=_keep, args=(_round(),))


def _key(name: str) -> str:
    """The key of a field of this form: the next one is new, in the browser too."""
    return f"note_{name}_{_round()}"


def _round() -> int:
    return int(st.session_state.get("note_round", 0))


def _what(today: date) -> None:
    answers.at_field("channel")
    st.selectbox(
        "How did it come?",
        list(Channel),
        index=None,
        placeholder="Choose one",
        format_func=words.channel,
        key=_key("channel"),
    )
    answers.at_field("at")
    with st.container(horizontal=True):
        st.date_input(
            "On which day?", value=today, max_value=today, key=_key("day"), format="DD/MM/YYYY"
        )
        st.time_input("At what time, in London?", value=None, step=300, key=_key("clock"))
    answers.at_field("words")
    # No max_chars: the browser would cut a paste short without a word. The service says it.
    st.text_area(
        "What was said or written? Paste it, or write down what you remember",
        height=200,
        key=_key("words"),
    )


def _to_whom(people: dict[str, str], services: list[str]) -> None:
    answers.at_field("colleagues")
    st.multiselect(
        "Colleagues it was sent to, or who took the call",
        list(people),
        format_func=people.__getitem__,
        placeholder="Choose from the list, yourself too",
        select_all=False,  # one slip, and nobody is left to review it
        key=_key("colleagues"),
    )
    answers.at_field("other")
    st.text_input(
        "Or somebody without an account: a volunteer, a shared mailbox", key=_key("other")
    )
    answers.at_field("service")
    st.selectbox(
        "Which service was it about?",
        sorted(set(services)),
        index=None,
        placeholder="None, or not known",
        format_func=words.service,
        key=_key("service"),
    )


def _from_whom() -> None:
    answers.at_field("name")
    st.text_input("Name of who wrote or called, if known", key=_key("name"))
    answers.at_field("contact")
    st.text_input("Their address, phone number or handle, if known", key=_key("contact"))


def _keep(of_round: int) -> None:
    """Keep what was entered; the fields are empty again only once it is kept."""
    if of_round != _round():
        return  # the second press of two, or one of a form that is gone
    st.session_state.pop("note_kept", None)
    given = {name: st.session_state.get(_key(name)) for name in FIELDS}
    day, clock = given["day"], given["clock"]
    note = Note(
        channel=given["channel"],
        at=at_clock(day, clock) if isinstance(day, date) and isinstance(clock, time) else None,
        words=given["words"] or "",
        colleagues=tuple(given["colleagues"] or ()),
        other=given["other"] or "",
        name=given["name"] or "",
        contact=given["contact"] or "",
        service=given["service"],
    )
    queued = session.run(
        partial(
            take_note,
            note=note,
            scorer=session.desk().scorer,
            flagged=bool(given["flagged"]),
            urgent=bool(given["urgent"]),
        )
    )
    if queued is None:
        return
    if queued and given["urgent"]:
        kept = "Kept. It stands in the urgent lane, and whoever is on duty is alerted."
    elif queued:
        kept = "Kept. It stands in the queue."
    else:
        kept = "Kept, not flagged."
    st.session_state["note_kept"] = kept
    st.session_state["note_round"] = _round() + 1

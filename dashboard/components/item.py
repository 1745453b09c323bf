"""One message: head, covered text, why it is here, and what can be done with it."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted, words, words_wrote
from dashboard.components import caring, decision, letter, letters, origin, ticks, ways, wrote
from dashboard.components.listing import chips
from dashboard.components.notices import draw_notice
from dashboard.components.police import draw_police
from dashboard.components.sender import draw_sender
from dashboard.components.together import draw_together
from triage.core.access import Actor
from triage.core.errors import NotFound
from triage.letters.rules import LetterKind
from triage.messages import rules
from triage.messages.queries.history import Entry, history
from triage.messages.queries.queue import Filters
from triage.messages.queries.reading import Item, item
from triage.messages.rules import State
from triage.messages.service import review as reviewing
from triage.messages.service import writing

ACTED_UPON = frozenset({State.ACTIONED, State.LINKED_TO_CASE})
"""A person closes it once nothing that grew out of it is open."""


def draw_item(viewer: Actor, message_id: str, filters: Filters) -> None:
    """Open a message for the viewer and draw it; what somebody else holds is said, not shown."""
    _open_once(viewer, message_id)
    found = _read(viewer, message_id)
    if found is None:
        st.title("Message", anchor=False)
        session.draw_problems()
        untrusted.problem([rules.NO_SUCH_MESSAGE])
        back_button()
        return
    st.title(words.message_title(message_id), anchor=False)
    session.draw_problems()
    draw_notice()
    st.session_state["version"] = found.version
    holds = found.row.state is State.CLAIMED and found.claimed_by == viewer.person_id
    # Two rows of columns: on a phone the decision then follows the text, and the rest comes after.
    wide, side = st.columns([3, 2], gap="large")
    entries = _entries(viewer, message_id)
    with wide:
        _head(found, holds=holds)
        if holds:
            _asked(found, entries)
        letter.draw_letter(viewer, found, holds=holds)
        if holds:
            draw_together(viewer, found)
    with side:
        _act(viewer, found, filters, holds=holds)
    if holds:
        decision.draw_help()
    wide, side = st.columns([3, 2], gap="large")
    with wide:
        draw_sender(viewer, found)
        draw_police(viewer, found)
        letters.draw_letters(
            viewer,
            message_id,
            kinds=writing.KINDS,
            begin=partial(_begin_letter, message_id),
            ceased=found.row.ceased,
        )
        _history(entries)
        letter.draw_origin(found)
    with side:
        if holds:
            if not found.row.held_forward:
                wrote.draw_wrote(found)
            ways.draw_ways(viewer, found, filters)
        back_button()


def _act(viewer: Actor, found: Item, filters: Filters, *, holds: bool) -> None:
    if holds:
        if found.row.held_forward:
            wrote.draw_held(found, filters)
        decision.draw_decision(found, filters)
        if caring.suspected(found):
            st.header("Somebody may be at risk", anchor=False)
            caring.draw_offer(found, filters)
    elif found.row.state is State.WELFARE_OPEN:
        caring.draw_welfare(viewer, found, filters)
    elif found.row.state in rules.TERMINAL:
        ways.draw_closed(found)
    elif found.row.state in ACTED_UPON:
        ways.draw_actioned(found)
    else:
        untrusted.say("You do not hold this message.", kind="notice")
        ways.draw_own_mark(viewer, found)
    if not holds and st.session_state.get("kept"):
        untrusted.say("You had written, and may copy:", kind="quiet")
        untrusted.letter(st.session_state["kept"])


def _begin_letter(message_id: str, kind: LetterKind, why: str) -> str | None:
    return session.run(
        partial(writing.draft_letter, message_id=message_id, kind=kind, override_reason=why)
    )


def back_button() -> None:
    """The way back to the list."""
    st.button("Back to the queue", key="back", on_click=decision.leave_item)


def _open_once(viewer: Actor, message_id: str) -> None:
    """Claim on opening, once; a rerun does not claim again, but a claim half spent is renewed."""
    opened = st.session_state.get("opened")
    clock = session.desk().clock
    if opened is not None and opened[0] == message_id:
        if clock.now() - opened[1] < session.desk().settings.claim_time / 2:
            return
    else:
        ticks.let_go(unless=message_id)
        decision.clear_choice()
    st.session_state["opened"] = (message_id, clock.now())
    now_stands = _read(viewer, message_id)
    # What cannot be read is opened all the same: the command puts the refusal on the record.
    if now_stands is None or now_stands.row.state in rules.WAITING:
        session.run(partial(reviewing.open_message, message_id=message_id))


def _read(viewer: Actor, message_id: str) -> Item | None:
    desk = session.desk()
    with desk.database.read() as db:
        try:
            return item(db, viewer=viewer, message_id=message_id, now=desk.clock.now())
        except NotFound:
            return None


def _head(found: Item, *, holds: bool) -> None:
    row = found.row
    untrusted.row(
        words_wrote.sender(row),
        [one for one in chips(row) if not (holds and one[0].startswith("open with"))],
        f"{words.service(row.service)}, {words.channel(row.channel).lower()}, "
        f"received {words.when(row.received_at)}, {words.length(row.length)}",
    )
    origin.draw_writer(found)
    origin.draw_ticket(found)
    if found.decided_at is not None and found.was_sampled:
        untrusted.say("This was a blind check of the model.", kind="quiet")
    if found.quarantine_reason is not None:
        untrusted.say(
            "Malformed mail, kept as it came: {reason}. What is shown is its plain text.",
            kind="notice",
            reason=found.quarantine_reason,
        )


def _entries(viewer: Actor, message_id: str) -> tuple[Entry, ...]:
    desk = session.desk()
    with desk.database.read() as db:
        return history(db, viewer=viewer, vault=desk.vault, message_id=message_id)


def _asked(found: Item, entries: tuple[Entry, ...]) -> None:
    """What colleagues want whoever has it open to read first: the question, and their notes."""
    asked = [one for one in entries if one.what == rules.Edge.ASK_SECOND_LOOK.value]
    if asked and found.second_look_by is not None:
        untrusted.say("{who} asks for a second look:", who=asked[-1].who)
        untrusted.letter(asked[-1].text)
    for one in entries:
        if one.what == "note":
            untrusted.say("{who} noted, {when}:", who=one.who, when=words.when(one.at))
            untrusted.letter(one.text)


def _history(entries: tuple[Entry, ...]) -> None:
    with st.expander("History of this message"):
        untrusted.timeline(
            [
                (
                    words.when(one.at),
                    f"{one.who} {words.EVENTS.get(one.what, one.what)}{words.detail(one.details)}",
                    one.text,
                )
                for one in entries
            ]
        )

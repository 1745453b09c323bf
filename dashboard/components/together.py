"""Beside the open message: what waits of the same sender or says nearly the same, to be ticked."""

from datetime import datetime
from functools import partial

import streamlit as st

from dashboard import session, untrusted, words, words_together
from dashboard.components import ticks
from triage.core.access import Actor
from triage.core.ids import short_ref
from triage.messages.campaigns import Kind, Likeness
from triage.messages.queries.campaigns import CANDIDATES, Beside, Group, beside, compared
from triage.messages.queries.reading import Item, uncovered
from triage.messages.rules import Lane, Step
from triage.messages.service import together


def draw_together(viewer: Actor, found: Item) -> None:
    """Rows, each covered until it is seen, each with a tick of its own once it is."""
    now = session.desk().clock.now()
    with session.desk().database.read() as db:
        group = beside(
            db,
            viewer=viewer,
            message_id=found.row.id,
            now=now,
            sitting=session.sitting(),
        )
    rows = (*group.near, *group.sender)
    ticks.drawn(() if group.open_alone else rows)
    if not rows:
        return
    st.header("Decide together", anchor=False)
    if group.open_alone is not None:
        untrusted.say("{why}", kind="quiet", why=words_together.OPEN_ALONE[group.open_alone])
    elif found.uncovered is None:
        untrusted.say(
            "Uncover the open message first: the others are shown against it.", kind="quiet"
        )
    else:
        untrusted.say(
            "See each one, then tick it: what you decide goes for the open message and for each "
            "that is ticked. Nothing is decided unseen. Underlined is what stands in that one "
            "alone, struck through what stands in the open one alone.",
            kind="quiet",
        )
    if group.near:
        st.subheader(words_together.near(group.near_total, CANDIDATES), anchor=False)
        _rows(viewer, found, group, group.near, group.near_total, now)
    if group.sender:
        st.subheader(
            words_together.of_sender(group.sender_total, CANDIDATES, others=bool(group.near)),
            anchor=False,
        )
        _rows(viewer, found, group, group.sender, group.sender_total, now)


def _rows(
    viewer: Actor,
    found: Item,
    group: Group,
    rows: tuple[Beside, ...],
    total: int,
    now: datetime,
) -> None:
    for row in rows:
        with st.container(border=True):
            _row(viewer, found, group, row, now)
    if total > len(rows):
        untrusted.say("The first {count} are listed.", kind="quiet", count=len(rows))


def _row(viewer: Actor, found: Item, group: Group, row: Beside, now: datetime) -> None:
    chips = [] if row.likeness is None else [(words_together.ALIKE[row.likeness], "")]
    if row.likeness is not None and row.same_sender:
        chips.append(("same sender", ""))
    if row.lane is not None and row.lane is not Lane.ORDINARY:
        chips.append((words.LANES[row.lane], "high" if row.lane is Lane.URGENT else ""))
    if row.held:
        chips.append(("you hold it", ""))
    waited = f"waiting {words.waited(now, row.queued_at)}"
    more = ", with quoted or attached text: open it to read that" if row.more else ""
    untrusted.row(short_ref(row.id), chips, waited + more)
    if row.alone is not None:
        untrusted.say("{why}", kind="quiet", why=words_together.ALONE[row.alone])
        return
    if group.open_alone is not None or found.uncovered is None:
        return
    seen = row.held and row.uncovered is not None
    shown = seen and row.id not in st.session_state.get("folded", ())
    ticked = ticks.is_ticked(row.id)
    # Buttons, not boxes: a box that has the focus keeps the keys of the decision to itself.
    with st.container(horizontal=True):
        st.button(
            words_together.see(row.id, seen=seen, shown=shown),
            key=f"see_{row.id}_{found.row.id}",
            on_click=_fold if seen else _see,
            args=(row.id,) if seen else (row.id, found.row.id, found.uncovered),
        )
        if seen:
            st.button(
                words_together.tick(row.id, on=ticked),
                key=f"tick_{row.id}_{found.row.id}",
                on_click=ticks.turn,
                args=(row.id,),
                type="primary" if ticked else "secondary",
            )
    if shown:
        _text(viewer, found, row)


def _text(viewer: Actor, found: Item, row: Beside) -> None:
    """What differs, marked; of one sender's other letters the whole text."""
    with session.desk().database.read() as db:
        if row.likeness is None:
            untrusted.letter(uncovered(db, viewer=viewer, message_id=row.id).text)
            return
        parts = compared(db, viewer=viewer, message_id=found.row.id, other_id=row.id)
    if row.likeness is Likeness.IDENTICAL and all(
        one.kind in {Kind.SAME, Kind.CUT} for one in parts
    ):
        untrusted.say("Word for word the same.", kind="quiet")
    else:
        untrusted.difference([(one.kind.value, one.text) for one in parts])


def _see(message_id: str, opened: str, step: Step) -> None:
    """Take the row and uncover it, as far as the open message is."""
    command = partial(together.reveal, message_id=message_id, beside=opened, step=step)
    session.run(command)
    if not session.failed():
        ticks.taken(message_id, opened)


def _fold(message_id: str) -> None:
    """Put a text out of sight, or back; what was uncovered stays on the record."""
    folded: set[str] = st.session_state.setdefault("folded", set())
    st.session_state["folded"] = folded ^ {message_id}

"""What was taken and ticked beside the open message: ids and versions, never a text."""

from collections.abc import Iterable
from functools import partial

import streamlit as st

from dashboard import session
from triage.core.ids import short_ref
from triage.messages.queries.campaigns import Beside
from triage.messages.service import together
from triage.messages.service.together import Chosen, Outcome


def drawn(rows: Iterable[Beside]) -> None:
    """Remember the versions as they are shown. What is not held any more is ticked no more."""
    held = {row.id: row.version for row in rows if row.held and row.uncovered and not row.alone}
    st.session_state["beside"] = held
    st.session_state["ticked"] = [one for one in _ids("ticked") if one in held]


def chosen() -> list[Chosen]:
    """What is ticked, as it was shown."""
    versions: dict[str, int] = st.session_state.get("beside", {})
    return [Chosen(one, versions[one]) for one in _ids("ticked") if one in versions]


def is_ticked(message_id: str) -> bool:
    """Whether this one is ticked. None is until a person does it."""
    return message_id in _ids("ticked")


def turn(message_id: str) -> None:
    """Tick, or take the tick away."""
    ticked = _ids("ticked")
    kept = [one for one in ticked if one != message_id]
    st.session_state["ticked"] = kept if message_id in ticked else [*kept, message_id]


def taken(message_id: str, opened: str) -> None:
    """Remember that this one was taken from the page of another: it goes back with that one."""
    st.session_state["taken"] = [*_ids("taken"), message_id]
    st.session_state["taken_for"] = opened


def let_go(*, unless: str | None = None) -> None:
    """Put back what was taken beside the message that is being left, and forget the ticks."""
    if unless is not None and st.session_state.get("taken_for") == unless:
        return
    ids = _ids("taken")
    for name in ("taken", "taken_for", "ticked", "beside", "folded"):
        st.session_state.pop(name, None)
    if ids:
        session.act(partial(together.let_go, message_ids=ids))


def report(outcome: Outcome | None, said: str) -> None:
    """Say which did not go through, and why; the others did."""
    if outcome is not None and outcome.refused:
        st.session_state["problems"] = [
            f"Message {short_ref(one)} {said}: {why}" for one, why in outcome.refused
        ]


def _ids(name: str) -> list[str]:
    found: list[str] = st.session_state.get(name, [])
    return found

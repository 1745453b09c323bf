"""What a rule of WriteToThem held back: noted, and looked at within a working day.

A representative's mail is somebody's way to them: a person lets it go, or keeps it and says why.
"""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as common
from dashboard.components import answers, asking
from triage.core.text import LONGEST_REASON
from triage.restrictions.queries.frozen import FrozenRow
from triage.restrictions.queries.tasks import MyTask
from triage.restrictions.rules import TargetState
from triage.restrictions.service.frozen import FrozenOutcome, note_frozen, settle_frozen

HELD_BY = frozenset({TargetState.APPLIED, TargetState.VERIFIED})
"""A rule that is in place may hold something."""


def draw_waiting(rows: Sequence[FrozenRow]) -> None:
    """What is held back and nobody has looked at, what is due first, first."""
    if not rows:
        return
    st.header("Held back by WriteToThem", anchor=False)
    untrusted.say("Look at each in the service. It reaches the representative, or you say why not.")
    for one in rows:
        with st.container(border=True):
            untrusted.row(
                one.reference,
                [("late", "high")] if one.overdue else [],
                f"held since {common.when(one.frozen_at)} · due {common.when(one.due_at)}",
            )
            with st.form(f"settle_{one.id}", border=False):
                answers.at_field("note")
                note = st.text_input(
                    "Why it is kept back (of what is let go, nothing is needed)",
                    max_chars=LONGEST_REASON,
                )
                with st.container(horizontal=True):
                    go = st.form_submit_button("It is let go", key=f"release_{one.id}")
                    keep = st.form_submit_button("It is kept back", key=f"keep_{one.id}")
                if go or keep:
                    _settle(one, FrozenOutcome.KEPT if keep else FrozenOutcome.RELEASED, note)


def _settle(one: FrozenRow, outcome: FrozenOutcome, note: str) -> None:
    session.run(partial(settle_frozen, frozen_id=one.id, outcome=outcome, note=note))
    if not session.failed():
        st.session_state["task_said"] = "It is on the record what became of it."
    st.rerun()


def draw_note(task: MyTask) -> None:
    """A message that the rule of this task has held back."""
    if task.state not in HELD_BY:
        return
    with st.form(f"frozen_{task.id}", border=False):
        st.subheader("The rule has held a message back", anchor=False)
        answers.at_field("reference", "frozen_at")
        reference = st.text_input("The service's own id of the message", max_chars=40)
        at = asking.moment({})
        if st.form_submit_button("Note it: it is looked at within a working day"):
            if at is None:
                answers.wrong("frozen_at", "Say at what time it was.")
                st.rerun()
            session.run(partial(note_frozen, task_id=task.id, reference=reference, frozen_at=at))
            if not session.failed():
                st.session_state["task_said"] = "Noted. It is due within a working day."
            st.rerun()

"""A letter under cease contact: it goes only with a reason, which is kept with it."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted
from triage.letters import rules
from triage.letters.queries import LetterItem
from triage.letters.rules import State
from triage.letters.service.drafting import override_cease


def draw_override(found: LetterItem) -> None:
    """For one that was begun before contact was ceased, and must be written all the same."""
    row = found.row
    moving = row.state not in {*rules.TERMINAL, State.QUEUED}
    if not moving or found.cease_override or row.kind in rules.PASSES_CEASE:
        return
    untrusted.say("Cease contact is in force: this does not go as it is.", kind="notice")
    with st.form(f"override_{row.id}_{row.version}", border=False):
        why = st.text_area("If it must be written all the same, say why.", max_chars=2000)
        if st.form_submit_button("Keep the reason with the letter"):
            command = partial(override_cease, letter_id=row.id, version=row.version, reason=why)
            session.run(command)
            st.rerun()

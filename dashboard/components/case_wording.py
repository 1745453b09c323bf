"""The public sentence of a restriction that came of a report, seen by a second person."""

from typing import Any

import streamlit as st

from dashboard import words_verdict as words
from dashboard.components import asking
from dashboard.components.checked import Answers
from triage.core.text import LONGEST_REASON


def draw(kept: dict[str, Any]) -> Answers:
    """The second person types what they let stand: so they have read it, and it is just that."""
    sentence = st.text_area(words.LABELS["sentence"], value=kept.get("words", ""))
    reason = st.text_area(
        words.LABELS["stands"], value=kept.get("reason", ""), max_chars=LONGEST_REASON
    )
    missing = asking.lacks(
        (sentence.strip(), "Enter the sentence, word for word."), (reason.strip(), "Say why.")
    )
    shown = (("The sentence", sentence), ("Why it can stand", reason))
    return Answers({"words": sentence, "reason": reason}, shown, missing)

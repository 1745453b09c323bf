"""Fields that the forms about one report share: why, whom, and who could have a part."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import session
from dashboard import words_cases as words
from dashboard.components import asking
from dashboard.components.checked import Answers
from triage.cases.queries import CaseItem, who_could
from triage.core.access import Actor
from triage.core.text import LONGEST_REASON
from triage.staff.processes import Part


def nothing(kept: dict[str, Any]) -> Answers:
    """An act of which nothing is to be asked."""
    return Answers({}, (("From here on", "somebody looks into it, and nobody who will decide"),))


def reason(name: str, lacking: str, kept: dict[str, Any]) -> Answers:
    """An act of which the reason alone is asked."""
    said = text(name, kept.get("reason", ""))
    return Answers({"reason": said}, (("Why", said),), asking.lacks((said.strip(), lacking)))


def text(name: str, value: str = "", *, longest: int = LONGEST_REASON) -> str:
    """A text of several lines, by its name among the words."""
    return st.text_area(words.LABELS[name], value=value, max_chars=longest)


def person(name: str, people: Mapping[str, str], kept: str | None) -> str | None:
    """One of our own people."""
    ids = list(people)
    return st.selectbox(
        words.LABELS[name], ids, index=asking.place(ids, kept), placeholder="Choose one",
        format_func=people.__getitem__,
    )  # fmt: skip


def could(viewer: Actor, found: CaseItem, part: Part) -> dict[str, str]:
    """Who could have a part in it: by role, and by what they have no part in."""
    with session.desk().database.read() as db:
        return dict(who_could(db, viewer=viewer, case_id=found.row.id, part=part))

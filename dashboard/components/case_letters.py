"""The letters by which a report ends, one of them open (P-ACT-2, P-OUT-1)."""

import streamlit as st

from dashboard import session
from dashboard.components import case_letter
from dashboard.components import letters as common
from triage.cases.inquiry.queries import case_letters
from triage.cases.queries import CaseItem
from triage.core.access import Actor
from triage.letters import rules
from triage.letters.queries import LetterRow
from triage.letters.rules import LetterKind

KINDS = frozenset(
    {
        LetterKind.WARNING,
        LetterKind.REQUEST_TO_CEASE,
        LetterKind.REPORTER_OUTCOME,
        LetterKind.SUBJECT_OUTCOME,
        LetterKind.APPEAL_OUTCOME,
    }
)
"""The notice to the person reported stands with the inquiry, and so does what is said of the end of
a measure; what is said of a restriction that came of the report stands here."""


def draw(viewer: Actor, found: CaseItem) -> None:
    """The letters of the decision, one of them open: the one that is not finished, or the one
    that was chosen."""
    with session.desk().database.read() as db:
        every = case_letters(db, viewer=viewer, case_id=found.row.id)
    rows = [one for one in every if one.kind in KINDS or one.matter_id != found.row.id]
    if not rows:
        return
    st.header("Letters", anchor=False)
    chosen = st.query_params.get("letter", "") or _unfinished(rows)
    for row in rows:
        common.draw_row(row)
        if row.id == chosen:
            case_letter.draw(viewer, found, row.id, listed=True)


def _unfinished(rows: list[LetterRow]) -> str:
    open_now = [one.id for one in rows if one.state not in rules.TERMINAL]
    return open_now[0] if len(open_now) == 1 else ""

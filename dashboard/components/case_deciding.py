"""The fields of a recommendation and of a decision on a report. Nothing is chosen beforehand, also
not what was recommended: who decides, decides."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import untrusted
from dashboard import words_verdict as words
from dashboard.components import asking
from dashboard.components.checked import Answers
from triage.cases.rules import Finding
from triage.cases.verdict.queries import DecisionItem
from triage.cases.verdict.rules import ActionKind
from triage.cases.verdict.service import recommending
from triage.conduct.clauses import CLAUSES, POLICY_VERSION
from triage.conduct.incidents import ViolationKind
from triage.core.text import LONGEST_REASON


def _found(kept: dict[str, Any]) -> tuple[Finding | None, list[str], list[ActionKind]]:
    """The fields that a recommendation and a decision share. Nothing is chosen beforehand."""
    options = list(Finding)
    finding = st.radio(
        "What is found?", options, index=asking.place(options, kept.get("finding")),
        format_func=words.finding,
    )  # fmt: skip
    clauses = st.multiselect(
        "Under which clauses?", [one.id for one in CLAUSES[POLICY_VERSION]],
        default=kept.get("clauses", ()), format_func=words.clause, select_all=False,
        placeholder="Choose each one",
    )  # fmt: skip
    actions = st.multiselect(
        "What follows? Also where nothing does", list(ActionKind),
        default=kept.get("actions", ()), format_func=words.action, select_all=False,
        placeholder="Choose each one",
    )  # fmt: skip
    return finding, clauses, actions


def _checks(
    finding: Finding | None, clauses: Sequence[str], actions: Sequence[ActionKind], reasons: str
) -> tuple[str, ...]:
    return asking.lacks(
        (finding, "Choose what is found."),
        (clauses or None, "Choose the clauses that it rests on."),
        (actions or None, "Choose what follows from it; also that nothing does."),
        (reasons.strip(), "Say what it rests on."),
    )


def recommend(kept: dict[str, Any]) -> Answers:
    """What the investigator recommends."""
    finding, clauses, actions = _found(kept)
    kinds = st.multiselect(
        "What kind of thing was it? (none where nothing happened)", list(ViolationKind),
        default=kept.get("kinds", ()), format_func=words.kind, select_all=False,
        placeholder="Choose each one",
    )  # fmt: skip
    reasons = st.text_area(
        words.LABELS["reasons"], value=kept.get("reasons", ""), max_chars=recommending.LONGEST
    )
    given = {
        "finding": finding, "clauses": tuple(clauses), "kinds": tuple(kinds),
        "actions": tuple(actions), "reasons": reasons,
    }  # fmt: skip
    shown = _shown(finding, clauses, actions)
    shown.insert(1, ("Kind", "; ".join(words.kind(one) for one in kinds) or "none"))
    return Answers(given, (*shown, ("What it rests on", reasons)),
                   _checks(finding, clauses, actions, reasons))  # fmt: skip


def decide(kept: dict[str, Any]) -> Answers:
    """What a decider decides."""
    finding, clauses, actions = _found(kept)
    reasons = st.text_area(
        words.LABELS["reasons"], value=kept.get("reasons", ""), max_chars=recommending.LONGEST
    )
    alone = st.text_area(
        words.LABELS["why_alone"], value=kept.get("no_independent_reason", ""),
        max_chars=LONGEST_REASON,
    )  # fmt: skip
    given = {
        "finding": finding, "clauses": tuple(clauses), "actions": tuple(actions),
        "reasons": reasons, "no_independent_reason": alone,
    }  # fmt: skip
    shown = [*_shown(finding, clauses, actions), ("What it rests on", reasons)]
    if alone.strip():
        shown.append(("Why on the report alone", alone))
    return Answers(given, tuple(shown), _checks(finding, clauses, actions, reasons))


def _shown(
    finding: Finding | None, clauses: Sequence[str], actions: Sequence[ActionKind]
) -> list[tuple[str, str]]:
    return [
        ("Found", "" if finding is None else words.finding(finding)),
        ("Under", "; ".join(words.clause(one) for one in clauses)),
        ("What follows", words.several(actions)),
    ]


def agree(one: DecisionItem, kept: dict[str, Any]) -> Answers:
    """Another decider agrees."""
    untrusted.say("{who} decided: {what}.", who=one.by, what=words.finding(one.finding))
    return Answers(
        {}, (("Found", words.finding(one.finding)), ("Follows", words.several(one.actions)))
    )


def send_back(kept: dict[str, Any]) -> Answers:
    """It goes back to who looks into it."""
    reason = st.text_area(
        words.LABELS["missing"], value=kept.get("reason", ""), max_chars=LONGEST_REASON
    )
    missing = asking.lacks((reason.strip(), "Say what is missing."))
    return Answers({"reason": reason}, (("What is missing", reason),), missing)

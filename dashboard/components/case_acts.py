"""What the viewer may do with a case now: each act a form, its answers checked, and then done."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard import untrusted
from dashboard import words_cases as words
from dashboard.components import (
    asking,
    case_asking,
    case_ending,
    case_fields,
    case_groups,
    case_inquiry,
    case_next,
    case_verdict,
    checked,
)
from dashboard.components.case_next import Next
from dashboard.components.checked import Answers, Check, Form
from triage.cases.queries import CaseItem
from triage.cases.rules import State
from triage.cases.service import handling, recusing, settling, thread
from triage.core.access import Actor
from triage.core.commands import Tx
from triage.staff.processes import Part


def draw_next(viewer: Actor, found: CaseItem) -> None:
    """What comes next, before all else: the act that leads, and why; or the answers of an act that
    are being checked, which stand alone."""
    row = found.row
    check = checked.pending(row.id)
    if check is not None:
        checked.draw_check(check, partial(do, row.id))
        return
    acts = forms(viewer, found)
    leads = _leads(viewer, found, acts)
    with st.container(border=True):
        st.header("What comes next", anchor=False)
        if case_verdict.opens_first(viewer, found):
            untrusted.say("{words}", words=words.READ_FIRST)
            return
        untrusted.say("{why}", why=leads.why)
        if leads.act is not None:
            checked.draw_form(leads.act, row.id, row.version, acts[leads.act])


def draw_acts(viewer: Actor, found: CaseItem) -> None:
    """Every other act that is this viewer's in this state, folded under the heading that it
    belongs to; what is seldom wanted one fold further in."""
    row = found.row
    if checked.pending(row.id) is not None:
        untrusted.say("{words}", kind="quiet", words=words.CHECK_FIRST)
        return
    acts = forms(viewer, found)
    leads = _leads(viewer, found, acts).act
    if case_verdict.opens_first(viewer, found):
        leads = None
    for group, likely, rare in case_groups.grouped(acts, without=leads):
        kept = {one for one in (*likely, *rare) if checked.was_begun(one, row.id)}
        with st.expander(words.heading(group.value, len(likely) + len(rare)), expanded=bool(kept)):
            for name in likely:
                checked.draw_form(name, row.id, row.version, acts[name])
            if rare:
                with st.expander(words.RARER, expanded=bool(kept & set(rare))):
                    for name in rare:
                        checked.draw_form(name, row.id, row.version, acts[name])


def forms(viewer: Actor, found: CaseItem) -> Mapping[str, Form]:
    """Act -> its form, for what is open to the viewer. The command asks again."""
    row, mine = found.row, found.row.parts
    acts: dict[str, Form] = {}
    if Part.HANDLER in mine:
        acts["assign"] = partial(_assign, viewer, found)
        if row.state is State.ACKNOWLEDGED:
            acts["investigate"] = case_asking.nothing
    if mine & set(thread.TELLS):
        acts["say"] = _say
    if mine:
        if not any(one.upheld is None and one.own for one in found.challenges):
            acts["challenge"] = partial(_challenge, viewer, found)
        if any(one.upheld is None and not one.own for one in found.challenges):
            acts["challenge_settled"] = partial(_challenge_settled, found)
    may_clear = Part.DECIDER in mine or (row.held_outside and mine)
    if may_clear and any(not one.cleared for one in found.matches):
        acts["clear"] = partial(_clear, found)
    if row.held_outside:
        acts["clear_team"] = partial(_clear_team, found)
    acts |= case_ending.forms(viewer, found)
    return acts | case_verdict.forms(viewer, found) | dict(case_inquiry.forms(viewer, found))


def _leads(viewer: Actor, found: CaseItem, acts: Mapping[str, Form]) -> Next:
    there = case_fields.read(viewer, found.row.id)
    return case_next.first(found, acts, there, case_verdict.read(viewer, found))


COMMANDS: dict[str, Callable[..., object]] = {
    "investigate": handling.investigate,
    "assign": handling.assign,
    "say": thread.say,
    **case_ending.COMMANDS,
}
TOKENS = frozenset({"investigate"}) | case_ending.TOKENS


def do(case_id: str, check: Check) -> Callable[[Tx], object]:
    """The command of answers that were checked."""
    given = dict(check.answers.given)
    for other in (case_inquiry.command(case_id, check), case_verdict.command(check)):
        if other is not None:
            return other
    if check.name == "settle":
        return partial(settling.settle_second, version=check.version, token=check.token, **given)
    if check.name == "challenge":
        return partial(recusing.challenge, case_id=case_id, **given)
    if check.name == "challenge_settled":
        return partial(recusing.settle_challenge, **given)
    if check.name == "clear":
        return partial(recusing.clear_match, case_id=case_id, **given)
    if check.name == "clear_team":
        return partial(recusing.clear_team, case_id=case_id, **given)
    if check.name in TOKENS:
        given["token"] = check.token
    return partial(COMMANDS[check.name], case_id=case_id, version=check.version, **given)


def _assign(viewer: Actor, found: CaseItem, kept: dict[str, Any]) -> Answers:
    part = st.selectbox(
        "For what?", words.ASSIGNED, index=asking.place(list(words.ASSIGNED), kept.get("part")),
        format_func=words.PARTS.__getitem__, placeholder="Choose one",
    )  # fmt: skip
    could = {one: case_asking.could(viewer, found, one) for one in words.ASSIGNED}
    people = {person: name for some in could.values() for person, name in some.items()}
    person = case_asking.person("whom", people, kept.get("person_id"))
    fits = part is None or person is None or person in could[part]
    missing = asking.lacks((part, "Choose for what."), (person, "Choose somebody.")) + (
        () if fits else ("This person cannot have this part: by role, or by one that they had.",)
    )
    given = {"part": part, "person_id": person}
    who = "" if person is None else people[person]
    return Answers(given, (("Who", who), ("Part", words.PARTS[part] if part else "")), missing)


def _say(kept: dict[str, Any]) -> Answers:
    text = case_asking.text(
        "what_do_you_write", kept.get("text", ""), longest=thread.LONGEST_MESSAGE
    )
    asks = st.checkbox("It asks for an answer", value=kept.get("asks", False))
    missing = asking.lacks((text.strip(), "Write something first."))
    return Answers({"text": text, "asks": asks}, (("They will read", text),), missing)


def _challenge(viewer: Actor, found: CaseItem, kept: dict[str, Any]) -> Answers:
    people = {
        one.person_id: one.name
        for one in found.parts
        if one.until is None and one.person_id != viewer.person_id
    }
    person = case_asking.person("who_has_a_conflict", people, kept.get("person_id"))
    reason = case_asking.text("what_is_it", kept.get("reason", ""))
    missing = asking.lacks((person, "Choose somebody."), (reason.strip(), "Say what it is."))
    shown = (
        ("Who", "" if person is None else people[person]),
        ("Conflict", reason),
        ("From here on", "they are out, until another person has decided"),
    )
    return Answers({"person_id": person, "reason": reason}, shown, missing)


def _challenge_settled(found: CaseItem, kept: dict[str, Any]) -> Answers:
    asked = next(one for one in found.challenges if one.upheld is None and not one.own)
    untrusted.say("{who} says of {whom}:", who=asked.raised_by, whom=asked.person)
    untrusted.letter(asked.reason)
    options = ("It is a conflict: they stay out", "It is none: they have their part again")
    chosen = st.radio("Is it a conflict?", options, index=None)
    given = {"challenge_id": asked.id, "upheld": chosen == options[0]}
    return Answers(given, (("Decision", chosen or ""),), asking.lacks((chosen, "Choose one.")))


def _clear(found: CaseItem, kept: dict[str, Any]) -> Answers:
    people = {
        one.person_id: f"{one.name} ({words.MATCHES[one.kind]})"
        for one in found.matches
        if not one.cleared
    }
    person = case_asking.person("who_is_not_meant", people, kept.get("person_id"))
    reason = case_asking.text("how_do_you_know", kept.get("reason", ""))
    missing = asking.lacks((person, "Choose somebody."), (reason.strip(), "Say how you know."))
    shown = (("Not meant", "" if person is None else people[person]), ("How you know", reason))
    return Answers({"person_id": person, "reason": reason}, shown, missing)


def _clear_team(found: CaseItem, kept: dict[str, Any]) -> Answers:
    people = {one.person_id: one.name for one in found.matches}
    away = st.multiselect(
        "Who is meant, and stays out? Nobody, where it is about none of them.",
        list(people), default=kept.get("keep_away", ()), format_func=people.__getitem__,
        select_all=False,
    )  # fmt: skip
    reason = case_asking.text("how_do_you_know", kept.get("reason", ""))
    shown = (
        ("Stays out", ", ".join(people[one] for one in away) or "nobody"),
        ("How you know", reason),
        ("From here on", "the others may take it"),
    )
    missing = asking.lacks((reason.strip(), "Say how you know."))
    return Answers({"keep_away": tuple(away), "reason": reason}, shown, missing)

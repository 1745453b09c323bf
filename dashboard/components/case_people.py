"""People of a report, added by hand, and talks with them."""

from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_inquiry as words
from dashboard.components import asking, case_fields
from dashboard.components.checked import Answers, Form
from triage.cases.inquiry.queries import Inquiry
from triage.cases.inquiry.service import parties
from triage.conduct import incidents
from triage.conduct.incidents import Party
from triage.core.commands import Tx
from triage.reports.answers import LONGEST_LINE, LONGEST_NOTE
from triage.staff.queries import active_people

CHANGES = frozenset({"add_party", "amend_party"})
"""Acts after which somebody says whether it might be one of us."""
DETAILS = ("name", "role", "contact", "party", "support")


def change(name: str, case_id: str, version: int, given: dict[str, Any], tx: Tx) -> object:
    """Add somebody, or put them right; who it might be is kept for the next drawing."""
    if name == "add_party":
        added = parties.add_party(tx, case_id=case_id, version=version, **given)
    else:
        added = parties.amend_party(tx, version=version, **given)
    st.session_state["might_be"] = (case_id, added.party_id, [one[0] for one in added.might_be])
    return added


def draw_might_be(case_id: str, inquiry: Inquiry) -> None:
    """Once: who of us somebody that was just added might be."""
    kept = st.session_state.pop("might_be", None)
    if kept is None or kept[0] != case_id or not kept[2]:
        return
    people = _colleagues()
    who = next((case_fields.called(one) for one in inquiry.parties if one.id == kept[1]), "")
    untrusted.say(
        "{who} might be one of us: {names}. If so, say so under “It is one of us”: they have no "
        "part in this from there on.",
        kind="notice", who=who, names=", ".join(people.get(one, "somebody") for one in kept[2]),
    )  # fmt: skip


def draw_meetings(inquiry: Inquiry) -> None:
    """Talks, with what the person needs to take part (P-ACC-1)."""
    if not inquiry.meetings:
        return
    st.header("Talks", anchor=False)
    for number, one in enumerate(inquiry.meetings, 1):
        chips = [({None: "Ahead", True: "Took place", False: "Did not take place"}[one.held], "")]
        untrusted.row(
            f"{number}. With {one.name or 'the reporter'}",
            chips,
            f"{asking.shown_at(one.at)}, {one.place}",
        )
        if one.support:
            untrusted.say("What they need to take part: {what}", kind="notice", what=one.support)


def forms(inquiry: Inquiry) -> dict[str, Form]:
    """Who is in it, put right by who looks into it."""
    acts: dict[str, Form] = {"add_party": _add}
    if inquiry.parties:
        acts["amend_party"] = partial(_amend, inquiry)
        acts["one_of_us"] = partial(_one_of_us, inquiry)
    return acts


def talks(inquiry: Inquiry) -> dict[str, Form]:
    """A talk that is planned, and what became of it."""
    acts: dict[str, Form] = {"plan_meeting": partial(_plan, inquiry)}
    if any(one.held is None for one in inquiry.meetings):
        acts["close_meeting"] = partial(_close, inquiry)
    return acts


def _add(kept: dict[str, Any]) -> Answers:
    kinds = list(words.BY_HAND)
    kind = st.selectbox(
        words.LABELS["what_are_they"], kinds, index=asking.place(kinds, kept.get("kind")),
        format_func=words.PARTY_KINDS.__getitem__, placeholder="Choose one",
    )  # fmt: skip
    given, shown, missing = _details(kept)
    shown = (("In this report", words.PARTY_KINDS[kind] if kind else ""), *shown)
    return Answers(
        {"kind": kind, **given}, shown, asking.lacks((kind, "Say what they are in this.")) + missing
    )


def _details(
    kept: dict[str, Any],
) -> tuple[dict[str, Any], tuple[tuple[str, str], ...], tuple[str, ...]]:
    us = session.desk().settings.organisation or "us"
    name = case_fields.line("name", kept.get("name", ""), longest=LONGEST_LINE)
    role = case_fields.line("role", kept.get("role", ""), longest=LONGEST_LINE)
    contact = case_fields.line("contact", kept.get("contact", ""), longest=LONGEST_LINE)
    options = list(Party)
    party = st.selectbox(
        words.LABELS["party"], options, index=asking.place(options, kept.get("party")),
        format_func=lambda one: incidents.PARTIES[one].format(us=us), placeholder="Not known",
    )  # fmt: skip
    support = case_fields.passage("support", kept.get("support", ""), longest=LONGEST_NOTE)
    known = (name + role + contact).strip()
    shown = (
        ("Name", name), ("How they can be told", role), ("How to reach them", contact),
        ("To us", incidents.PARTIES[party].format(us=us) if party else ""),
        ("What they need to take part", support),
    )  # fmt: skip
    given = {"name": name, "role": role, "contact": contact, "party": party, "support": support}
    lacking = () if known else ("Say who it is: a name, or how to tell them.",)
    return given, tuple(one for one in shown if one[1]), lacking


def _amend(inquiry: Inquiry, kept: dict[str, Any]) -> Answers:
    """What is left empty stays as it is known."""
    untrusted.say("What you leave empty stays as it is.", kind="quiet")
    ids = [one.id for one in inquiry.parties]
    who = case_fields.person("who_is_it", inquiry.parties, ids, kept.get("party_id"))
    given, shown, _ = _details(kept)
    changed = {name: value for name, value in given.items() if value}
    known = {} if who is None else {one: getattr(who, one) for one in DETAILS}
    was = "; ".join(str(known[one]) for one in ("name", "role", "contact") if known.get(one))
    lacking = asking.lacks((who, "Choose who it is."))
    if not changed:
        lacking += ("Write what is to be put right.",)
    return Answers(
        {"party_id": who.id if who else None, **given, **known, **changed},
        (("Was", was), *shown),
        lacking,
        typed={"party_id": who.id if who else None, **given},
    )


def _one_of_us(inquiry: Inquiry, kept: dict[str, Any]) -> Answers:
    ids = [one.id for one in inquiry.parties]
    who = case_fields.person("who_is_it", inquiry.parties, ids, kept.get("party_id"))
    people = _colleagues()
    person = case_fields.colleague("which_colleague", people, kept.get("person_id"))
    given = {"party_id": who.id if who else None, "person_id": person}
    shown = (
        ("Who", case_fields.called(who) if who else ""),
        ("Is", people[person] if person else ""),
        ("From here on", "they have no part in this, and learn nothing of it"),
    )
    return Answers(
        given, shown, asking.lacks((who, "Choose who it is."), (person, "Choose the colleague."))
    )


def _colleagues() -> dict[str, str]:
    with session.desk().database.read() as db:
        return {one.id: one.name for one in active_people(db)}


def _plan(inquiry: Inquiry, kept: dict[str, Any]) -> Answers:
    ids = [one.id for one in inquiry.parties]
    untrusted.say("With the reporter, where you choose nobody.", kind="quiet")
    who = case_fields.person(
        "with_whom", inquiry.parties, ids, kept.get("party_id"), must=False
    )  # fmt: skip
    at = case_fields.ahead(kept.get("at"))
    place = case_fields.line("where", kept.get("place", ""), longest=LONGEST_LINE)
    shown = (
        ("With", case_fields.called(who) if who else "the reporter"),
        ("When", asking.shown_at(at)), ("Where", place),
    )  # fmt: skip
    given = {"party_id": who.id if who else None, "at": at, "place": place}
    missing = asking.lacks(
        (at, "Say on which day, and at what time."), (place.strip(), "Say where, or by what.")
    )
    return Answers(given, shown, missing)


def _close(inquiry: Inquiry, kept: dict[str, Any]) -> Answers:
    ahead = [one for one in inquiry.meetings if one.held is None]
    one = case_fields.meeting(ahead, kept.get("meeting_id"))
    options = ("It took place", "It did not")
    chosen = st.radio(
        "Did it take place?", options, index=asking.place(list(options), kept.get("chosen"))
    )
    item = None
    if inquiry.items:
        item = case_fields.item("came_of_it", inquiry.items, kept.get("item_id"), must=False)
    given = {
        "meeting_id": one.id if one else None, "held": chosen == options[0],
        "item_id": item.id if item else None,
    }  # fmt: skip
    shown = (
        ("With", (one.name or "the reporter") if one else ""), ("The talk", chosen or ""),
        ("What came of it", item.title if item else "nothing that is kept here"),
    )  # fmt: skip
    missing = asking.lacks((one, "Choose a talk."), (chosen, "Say whether it took place."))
    return Answers(given, shown, missing, typed=given | {"chosen": chosen})

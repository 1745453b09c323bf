"""What each act on a referral asks, and how its answers read before it is done."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import untrusted
from dashboard import words_police as words
from dashboard.components import asking
from dashboard.components.called import other_route, shown_route, ways_to_them
from dashboard.components.checked import Answers
from triage.referrals.rules import Conclusion, LawfulBasis, ReferenceKind, Route

LONGEST = 4000


def authorise(kept: dict[str, Any]) -> Answers:
    """What is handed over, on what basis; data of who reported it stays out of itself."""
    disclosed = st.text_area(
        "What is to be handed over?", value=kept.get("disclosed", ""), max_chars=LONGEST
    )
    basis = _basis(kept)
    reporter = st.checkbox(
        "Data of who reported it goes with it (it stays out otherwise)",
        value=kept.get("reporter_data", False),
    )
    reason = st.text_area(
        "Why? (needed where the reporter's data goes)",
        value=kept.get("reason", ""),
        max_chars=LONGEST,
    )
    missing = asking.lacks(
        (disclosed.strip(), "Say what is to be handed over."),
        (basis, "Choose the lawful basis."),
        (not reporter or reason.strip(), "Say why the reporter's data goes with it."),
    )
    given = {"disclosed": disclosed, "basis": basis, "reporter_data": reporter, "reason": reason}
    shown = (
        ("To be handed over", disclosed),
        ("Lawful basis", _shown_basis(basis)),
        ("The reporter's data", "goes with it" if reporter else "stays out"),
        ("Why", reason or "nothing said"),
    )
    return Answers(given, shown, missing)


def say_no(kept: dict[str, Any]) -> Answers:
    """One decider's word; two of them end it."""
    return _reasoned(kept, "Why is it not to be referred?", "Say why it is not to be referred.")


def withdraw(kept: dict[str, Any]) -> Answers:
    """We take it back, and the police were told."""
    return _reasoned(
        kept,
        "Why, and how were the police told?",
        "Say why, and how the police were told.",
    )


def take_back(kept: dict[str, Any]) -> Answers:
    """Nothing was handed over yet, and it is to be considered again."""
    return _reasoned(kept, "Why is it taken back?", "Say why.")


def reopen(kept: dict[str, Any]) -> Answers:
    """It had ended, and there is something new."""
    return _reasoned(kept, "What is new?", "Say what is new.")


def submit(packs: Sequence[str], kept: dict[str, Any]) -> Answers:
    """By which route, to which force, when, with which evidence: the newest pack, unless changed.

    ``packs``: the SHA-256 of each that was made of it, newest first.
    """
    routes = ways_to_them()
    route = st.selectbox(
        "How was it handed over?",
        routes,
        format_func=words.route,
        index=asking.place(routes, kept.get("route")),
    )
    other = other_route(kept)
    force = st.text_input("To which force?", value=kept.get("force", ""), max_chars=200)
    at = asking.moment(kept)
    pack = _pack(packs, kept.get("pack_hash", packs[0] if packs else None))
    missing = asking.lacks(
        (route, "Say how it was handed over."),
        (force.strip(), "Say which force."),
        (at, "Say at what time it was."),
    )
    given = {
        "route": route,
        "other_route": other if route is Route.OTHER else "",
        "force": force,
        "at": at,
        "pack_hash": pack,
    }
    shown = (
        ("How", shown_route(route, other)),
        ("Force", force),
        ("When", asking.shown_at(at)),
        ("Evidence pack, SHA-256", pack or "none"),
    )
    return Answers(given, shown, missing)


def reference(kept: dict[str, Any]) -> Answers:
    """The number that the force gave (P-POL-2)."""
    kinds = list(ReferenceKind)
    kind = st.selectbox(
        "Which kind of number?",
        kinds,
        format_func=words.reference,
        index=asking.place(kinds, kept.get("kind")),
    )
    number = st.text_input("The number", value=kept.get("reference", ""), max_chars=200)
    missing = asking.lacks(
        (kind, "Say which kind of number it is."), (number.strip(), "Enter the number.")
    )
    shown = (("Kind", "" if kind is None else words.REFERENCES[kind]), ("Number", number))
    return Answers({"kind": kind, "reference": number}, shown, missing)


def disclose(packs: Sequence[str], kept: dict[str, Any]) -> Answers:
    """One more thing that was handed over; a pack with it only where that is said."""
    to_whom = st.text_input("To whom?", value=kept.get("to_whom", ""), max_chars=200)
    what = st.text_area("What was it?", value=kept.get("what", ""), max_chars=LONGEST)
    basis = _basis(kept)
    at = asking.moment(kept)
    pack = _pack(packs, kept.get("pack_hash"))
    missing = asking.lacks(
        (to_whom.strip(), "Say to whom."),
        (what.strip(), "Say what."),
        (basis, "Choose the lawful basis."),
        (at, "Say at what time it was."),
    )
    given = {"to_whom": to_whom, "what": what, "basis": basis, "at": at, "pack_hash": pack}
    shown = (
        ("To whom", to_whom),
        ("What", what),
        ("Lawful basis", _shown_basis(basis)),
        ("When", asking.shown_at(at)),
        ("Evidence pack, SHA-256", pack or "none"),
    )
    return Answers(given, shown, missing)


def conclude(kept: dict[str, Any]) -> Answers:
    """How it ended with the police, as far as we know."""
    ends = list(Conclusion)
    conclusion = st.selectbox(
        "How did it end?",
        ends,
        format_func=words.conclusion,
        index=asking.place(ends, kept.get("conclusion")),
    )
    note = st.text_area("How is this known?", value=kept.get("note", ""), max_chars=LONGEST)
    untrusted.say("What it rests on is kept for a time after this, and then no longer.",
                  kind="quiet")  # fmt: skip
    missing = asking.lacks(
        (conclusion, "Say how it ended."), (note.strip(), "Say how this is known.")
    )
    ended = "" if conclusion is None else words.CONCLUSIONS[conclusion]
    shown = (("It ended with", ended), ("Known by", note))
    return Answers({"conclusion": conclusion, "note": note}, shown, missing)


def _reasoned(kept: dict[str, Any], ask: str, lacking: str) -> Answers:
    untrusted.say("{ask}", ask=ask)
    reason = st.text_area("In a few words", value=kept.get("reason", ""), max_chars=LONGEST)
    missing = asking.lacks((reason.strip(), lacking))
    return Answers({"reason": reason}, (("Why", reason),), missing)


def _pack(packs: Sequence[str], chosen: str | None) -> str | None:
    """Which pack went with it, of those that were made here: nobody types a hash."""
    offered: list[str | None] = [None, *packs]
    return st.selectbox(
        "Which evidence pack went with it?",
        offered,
        format_func=words.made_pack,
        index=offered.index(chosen) if chosen in offered else 0,
    )


def _basis(kept: dict[str, Any]) -> LawfulBasis | None:
    bases = list(LawfulBasis)
    return st.selectbox(
        "On what lawful basis?",
        bases,
        format_func=words.basis,
        index=asking.place(bases, kept.get("basis")),
    )


def _shown_basis(basis: LawfulBasis | None) -> str:
    return "" if basis is None else words.BASES[basis]

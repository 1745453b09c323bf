"""A restriction that was decided on a report, set up by one who decided: the fields of every other
proposal, with no place chosen beforehand (P-BLK-2)."""

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_decisions as words
from dashboard.components import checked, proposal
from dashboard.components.checked import Answers, Check
from dashboard.components.proposal import About
from triage.cases.queries import CaseItem
from triage.cases.rules import PartyKind
from triage.core.access import Action, Actor, can
from triage.core.errors import Invalid
from triage.core.ids import new_id
from triage.core.text import is_address
from triage.restrictions.draft import Draft
from triage.senders import canonical
from triage.senders.service import known_as
from triage.senders.standing.words import day

NAME = "set_up_restriction"


def draw(viewer: Actor, found: CaseItem, key: str) -> None:
    """The fields, by this key; then its answers are checked with all others of the case."""
    own = found.row.id
    if checked.pending(own) is not None:
        return
    people = {one.id: one for one in found.parties if one.kind is PartyKind.SUBJECT}
    named = {one.id: one.name or "Name not known" for one in people.values()}
    with st.expander("Set up: a restriction"):
        party = st.selectbox(
            "Whom is it about?", list(named), index=None, format_func=named.__getitem__,
            placeholder="Choose one", key=f"restricted_{key}",
        )  # fmt: skip
        if party is None:
            return
        one = people[party]
        contact = one.contact.strip()
        about = About(
            id=f"{key}_{party}",
            sender_id=_sender(viewer, contact),
            from_address=contact if is_address(contact) else None,
            person=one.name,
            of_case=True,
        )
        proposal.draw_fields(viewer, about)
        untrusted.say("Its reasons stay with this report: others read that it was decided.",
                      kind="quiet")  # fmt: skip
        st.button(
            "Go on: check your answers",
            key=f"check_{NAME}_{own}",
            on_click=_go_on,
            args=(about, own, found.row.version, party),
        )


def _sender(viewer: Actor, contact: str) -> str | None:
    identifier = canonical.address(contact)
    if identifier is None or not can(viewer, Action.READ_RESTRICTIONS):
        return None
    desk = session.desk()
    with desk.database.read() as db:
        return known_as(db, desk.keys, identifier)


def _go_on(about: About, own: str, version: int, party: str) -> None:
    try:
        draft = proposal.draft_of(about)
    except Invalid as error:
        session.keep(error)
        return
    given = {"draft": draft, "party_id": party}
    answers = Answers(given, tuple(_pairs(draft, about.person)))
    st.session_state["check"] = Check(NAME, own, version, answers, new_id())


def _pairs(draft: Draft, who: str) -> list[tuple[str, str]]:
    pairs = [
        ("What", words.kind(draft.kind)),
        ("Who", who),
        ("Reason, only here", draft.reason),
        ("May be read in public", draft.public_reason),
        ("Looked at again", day(draft.review_at)),
        ("Event", draft.event),
        ("Why no less would do", draft.proportionality),
    ]
    for one in draft.targets:
        far = f" ({one.level})" if one.level else ""
        pairs += [
            (words.target(one.target) + far, one.subject or "nobody is entered"),
            ("Why there", one.proportionality),
            ("Why it is this person's", one.unverified_reason),
        ]
    return [pair for pair in pairs if pair[1]]

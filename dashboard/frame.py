"""What stands around every page: look, sign-in, who is here, banners."""

from pathlib import Path

import streamlit as st

from dashboard import session, untrusted, words
from triage.staff.queries import PersonRow

HERE = Path(__file__).parent


def style() -> None:
    """Our few rules of style."""
    st.html(HERE / "style.css")


def sign_in() -> None:
    """The sign-in page: in the demonstration, a choice of who to be; else it refuses."""
    st.title("Conduct desk", anchor=False)
    people = session.people_to_be()
    if not people:
        untrusted.problem(
            [
                "Nobody can sign in yet: no sign-in is set up, and this is not the demonstration.",
                "To try the desk with sample mail, run: triage demo",
            ]
        )
        return
    st.markdown("This is the demonstration. Nobody in it exists. **Choose who to be.**")
    for person in people:
        roles = ", ".join(sorted(words.ROLES.get(role, role) for role in person.roles))
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            untrusted.row(person.name, [], roles or "member of staff, no special role")
            st.button(
                words.be(person),
                key=f"be_{person.email.split('@')[0]}",
                on_click=session.become,
                args=(person.id,),
            )


def sidebar(person: PersonRow) -> None:
    """Who is here, and the way to be somebody else."""
    with st.sidebar:
        roles = ", ".join(sorted(words.ROLES.get(role, role) for role in person.roles))
        untrusted.say("You are {name}", name=person.name)
        untrusted.say("{roles}", kind="quiet", roles=roles or "member of staff")
        st.button("Be somebody else", on_click=leave, key="leave")


def leave() -> None:
    """Sign out of the demonstration."""
    for name in list(st.session_state):
        del st.session_state[name]


def banners() -> None:
    """What everybody who works here must know first: scoring off, an import that failed."""
    if session.desk().scorer.model_version == "none":
        untrusted.say(
            "Scoring is off: {reason} Every new message goes to people.",
            kind="problem",
            reason=getattr(session.desk().scorer, "reason", ""),
        )

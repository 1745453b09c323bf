"""Who is here, and running commands for them. A session holds ids, never bodies."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dashboard import untrusted
from triage.app import Triage, open_triage
from triage.core.access import Action, Actor, can
from triage.core.commands import Tx
from triage.core.errors import Invalid, TriageError
from triage.core.ids import new_id
from triage.core.settings import Settings
from triage.demo import demo_settings
from triage.staff.queries import PersonRow, active_people, person

T = TypeVar("T")


@st.cache_resource(show_spinner="Opening the desk")
def desk() -> Triage:
    """The one instance of this process: engine, keys and model; no message, no case."""
    settings = Settings()
    return open_triage(demo_settings(settings.home) if settings.demo else settings)


def signed_in() -> PersonRow | None:
    """Who is here, read again whenever it matters: who is disabled is gone at the next click."""
    person_id = st.session_state.get("person_id")
    if person_id is None or not desk().settings.demo:
        return None
    with desk().database.read() as session:
        return person(session, person_id)


def people_to_be() -> list[PersonRow]:
    """The choice of who to be, which exists in the demonstration alone."""
    if not desk().settings.demo:
        return []
    with desk().database.read() as session:
        return active_people(session)


def become(person_id: str) -> None:
    """Be somebody (demonstration): nothing of the one before is kept."""
    for name in list(st.session_state):
        del st.session_state[name]
    st.session_state["person_id"] = person_id


def guard(action: Action | None) -> Actor:
    """The viewer, if they may; else say so and stop. The services check again by themselves."""
    here = signed_in()
    if here is None or (action is not None and not can(here.actor(), action)):
        untrusted.problem(["This page is not part of your role."])
        st.stop()
    return here.actor()


def sitting() -> str:
    """The id of this sitting: what is skipped stays out of sight for as long."""
    if "sitting" not in st.session_state:
        st.session_state["sitting"] = new_id()
        st.session_state["sitting_since"] = desk().clock.now()
    return str(st.session_state["sitting"])


def new_sitting() -> None:
    """Start afresh after a break."""
    st.session_state.pop("sitting", None)


def run(command: Callable[[Tx], T]) -> T | None:
    """Run a command for who is here; what goes wrong is kept for the next drawing."""
    here = signed_in()
    if here is None:
        st.session_state["problems"] = ["You are not signed in any more."]
        return None
    try:
        return desk().runner.run(here.actor(), command)
    except Invalid as error:
        st.session_state["problems"] = [str(error)]
        st.session_state["problem_field"] = error.field
    except TriageError as error:
        st.session_state["problems"] = [str(error)]
    return None


def key(name: str | None) -> str | None:
    """A single key for a button, unless this person has switched their keys off (WCAG 2.1.4)."""
    here = signed_in()
    return name if here is not None and here.shortcuts else None


def draw_problems() -> None:
    """The error summary of the last command, once."""
    problems = st.session_state.pop("problems", None)
    st.session_state.pop("problem_field", None)
    if problems:
        untrusted.problem(problems)


def failed() -> bool:
    """Whether the last command did not go through."""
    return bool(st.session_state.get("problems"))

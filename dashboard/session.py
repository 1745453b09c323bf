"""Who is here, and running commands for them. A session holds ids, never bodies."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import urlencode

import streamlit as st

from dashboard import gate, untrusted
from triage.app import Triage, open_triage
from triage.core.access import Action, Actor, can
from triage.core.commands import Runner, Tx
from triage.core.errors import Invalid, NotAllowed, TriageError
from triage.core.ids import new_id
from triage.core.settings import Settings
from triage.demo import demo_settings
from triage.staff.queries import PersonRow, active_people, person
from triage.staff.sessions import service as sessions
from triage.staff.sessions.queries import Here, standing
from triage.staff.sessions.rules import IDLE, TOUCH, WARNING, Login, Standing, login_of

T = TypeVar("T")


chosen = gate.Memory()
"""Browser -> person, in the demonstration alone."""
refused = gate.Memory()
"""Logins whose refusal is on the record already: a reload is not another one."""


def settings() -> Settings:
    """What is in force: the environment's, or the demonstration's own."""
    given = Settings()
    return demo_settings(given.home) if given.demo else given


@st.cache_resource(show_spinner=False)
def desk() -> Triage:
    """The one instance of this process: engine, keys and model; no message, no case."""
    return open_triage(settings())


def signed_in() -> PersonRow | None:
    """Who is here, read again whenever it matters: who is disabled is gone at the next click."""
    if desk().settings.demo:
        person_id = st.session_state.get("person_id")
        if person_id is None:
            return None
        with desk().database.read() as session:
            return person(session, person_id, desk().clock.now())
    found = live()
    return None if found is None else found.person


def login() -> Login | None:
    """The login of this browser, whose signature Streamlit has checked; not yet a session."""
    ours = desk().settings
    if ours.demo or not ours.signs_in or not gate.in_force.is_set():
        return None
    return login_of(st.user.to_dict())


def live() -> Here | None:
    """The live session of this login, with its person as they are now."""
    given = login()
    return None if given is None else _standing(given)[1]


def arrive() -> str | None:
    """At each full run: open the session of a new login, keep a live one; why not, in words.

    Widgets and fragments never open one, so that what was ended stays ended (they ask
    ``signed_in``). A run by itself is a sign of life: the desk has no page that reruns alone.
    """
    given = login()
    if given is None:
        return None
    state, found = _standing(given)
    if found is not None:
        # A tab that comes back after a cut may come back as somebody else.
        if st.session_state.get("whose", found.person.id) != found.person.id:
            forget()
        st.session_state["whose"] = found.person.id
        _touch(found)
        return None
    if state is Standing.ENDED:
        desk().runner.run(sessions.NOBODY, partial(sessions.settle, key=key_of(given)))
        return "Your session has ended. Sign in again to go on."
    if refused.get(key_of(given)) is not None:
        return str(refused.get(key_of(given)))
    try:
        desk().runner.run(sessions.NOBODY, partial(sessions.sign_in, login=given))
    except NotAllowed as refusal:
        refused.put(key_of(given), str(refusal))
        return str(refusal)
    return None


def key_of(given: Login) -> str:
    """What a login is recognised by, here and in the database."""
    return desk().keys.of("staff login", given.fingerprint)


def _standing(given: Login) -> tuple[Standing, Here | None]:
    with desk().database.read() as session:
        return standing(session, login_hash=key_of(given), now=desk().clock.now())


def remaining() -> timedelta | None:
    """How long until this session ends without a click, once that is near; nobody here: zero."""
    found = live()
    if found is None:
        return timedelta(0)
    now = desk().clock.now()
    left = min(found.last_seen_at + IDLE, found.expires_at) - now
    return left if left <= IDLE - WARNING else None


def stay() -> None:
    """A sign of life, and nothing else."""
    found = live()
    if found is not None:
        _touch(found)


def _touch(found: Here) -> None:
    if desk().clock.now() > found.last_seen_at + TOUCH:
        command = partial(sessions.touch, session_id=found.session_id)
        desk().runner.run(found.person.actor(), command)


def start_sign_in(page: str) -> None:
    """Go to the provider, and come back to this page with what its address says."""
    query = urlencode(st.query_params.to_dict())
    way = f"/{page}?{query}" if query else f"/{page}"
    browser = st.context.cookies.get(gate.BROWSER, "")
    if browser and gate.WAY_FORM.fullmatch(way):
        gate.ways.put(browser, way)
    st.login()


def sign_out(*, everywhere: bool = False) -> None:
    """End this session, or all of this person's, and drop the login cookie."""
    found = live()
    if found is not None:
        command = (
            sessions.sign_out_everywhere
            if everywhere
            else partial(sessions.sign_out, session_id=found.session_id)
        )
        desk().runner.run(found.person.actor(), command)
    forget()
    st.logout()


def forget() -> None:
    """Nothing that a page kept for one person is there for the next."""
    for name in list(st.session_state):
        del st.session_state[name]


def people_to_be() -> list[PersonRow]:
    """The choice of who to be, which exists in the demonstration alone."""
    if not desk().settings.demo:
        return []
    with desk().database.read() as session:
        return active_people(session)


def become(person_id: str) -> None:
    """Be somebody (demonstration): nothing of the one before is kept."""
    forget()
    st.session_state["person_id"] = person_id
    browser = st.context.cookies.get(gate.BROWSER, "")
    if browser:
        chosen.put(browser, person_id)


Invited = Callable[..., bool]
"""Whether somebody from outside is asked into anything of one room at a moment."""


def guard(action: Action | None, invited: Invited | None = None) -> Actor:
    """The viewer, if they may; else say so and stop. The services check again by themselves.

    ``invited``: a page that is there too for who is asked into one matter of its room.
    """
    here = signed_in()
    if here is None or (action is not None and not can(here.actor(), action)):
        if here is not None and asked_in(here.actor(), invited):
            return here.actor()
        untrusted.problem(["This page is not part of your role."])
        st.stop()
    return here.actor()


def asked_in(viewer: Actor, invited: Invited | None) -> bool:
    """Whether an invitation lets this person in, at this moment."""
    if invited is None:
        return False
    with desk().database.read() as db:
        return invited(db, viewer=viewer, now=desk().clock.now())


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
    return act(lambda runner, actor: runner.run(actor, command))


def act(work: Callable[[Runner, Actor], T]) -> T | None:
    """Do what takes several commands, as ``run`` does one."""
    here = signed_in()
    if here is None:
        st.session_state["problems"] = ["You are not signed in any more."]
        return None
    stay()
    try:
        return work(desk().runner, here.actor())
    except Invalid as error:
        keep(error)
    except TriageError as error:
        st.session_state["problems"] = [str(error)]
    return None


def keep(error: Invalid) -> None:
    """All that is wrong with what was entered, for the next drawing."""
    st.session_state["problems"] = [said for _, said in error.each]
    st.session_state["problem_field"] = error.field
    st.session_state["problems_at"] = error.each


def key(name: str | None) -> str | None:
    """A single key for a button, unless this person has switched their keys off (WCAG 2.1.4)."""
    here = signed_in()
    return name if here is not None and here.shortcuts else None


def draw_problems() -> None:
    """The error summary of the last command, once."""
    problems = st.session_state.pop("problems", None)
    st.session_state.pop("problem_field", None)
    st.session_state.pop("problems_at", None)
    if problems:
        untrusted.problem(problems)


def failed() -> bool:
    """Whether the last command did not go through."""
    return bool(st.session_state.get("problems"))

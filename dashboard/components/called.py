"""999 was called: the record of it comes afterwards, and asks only what must be known."""

from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_police as words
from dashboard.components import asking, checked
from dashboard.components.checked import Answers, Check
from triage.core.access import Action, Actor, can
from triage.core.commands import Tx
from triage.referrals.rules import Route
from triage.referrals.service.calling import Call, record_call


def draw_called(viewer: Actor, own: str, version: int, *, referral_id: str | None = None) -> None:
    """The form; ``own`` is the message, or the referral, that the call was about."""
    if not can(viewer, Action.RECORD_CALL):
        return
    about = {"referral_id": referral_id} if referral_id is not None else {"message_ids": (own,)}
    checked.draw_form("call", own, version, partial(_fields, about))


def do(check: Check) -> Any:
    """The command."""
    given = {"message_ids": (), "reason": ""} | check.answers.given
    return partial(_record, given=given, token=check.token)


def _record(tx: Tx, *, given: dict[str, Any], token: str) -> None:
    record_call(tx, **given, token=token)


def _fields(about: dict[str, Any], kept: dict[str, Any]) -> Answers:
    untrusted.say(
        "Call first. Then say here what was told, within a day of the call.", kind="quiet"
    )
    routes = ways_to_them()
    route = st.selectbox(
        "How were they reached?",
        routes,
        format_func=words.route,
        index=asking.place(routes, kept.get("route", Route.EMERGENCY)),
    )
    other = other_route(kept)
    at = asking.moment(kept)
    force = st.text_input("Which force took it?", value=kept.get("force", ""), max_chars=200)
    what = st.text_area("What were they told?", value=kept.get("what", ""), max_chars=4000)
    log = st.text_input(
        "Their log number, if they gave one", value=kept.get("reference", ""), max_chars=200
    )
    missing = asking.lacks(
        (route, "Say how they were reached."),
        (at, "Say at what time it was."),
        (force.strip(), "Say which force took the call."),
        (what.strip(), "Say what was told to the police."),
    )
    typed = {"route": route, "other_route": other, "at": at, "force": force, "what": what,
             "reference": log}  # fmt: skip
    call = None if missing or route is None or at is None else Call(
        route, at, force, what, other if route is Route.OTHER else "", log
    )  # fmt: skip
    reason = {} if "referral_id" in about else {"reason": what}
    shown = (
        ("How", shown_route(route, other)),
        ("When", asking.shown_at(at)),
        ("Force", force),
        ("What they were told", what),
        ("Log number", log or "none yet"),
    )
    return Answers({"call": call} | about | reason, shown, missing, typed)


def ways_to_them() -> list[Route]:
    """The routes; one of another kind only where the deployer has listed any."""
    listed = session.desk().settings.police_routes
    return [one for one in Route if one is not Route.OTHER or listed]


def other_route(kept: dict[str, Any]) -> str:
    """A way of another kind, where the deployer has listed any."""
    listed = list(session.desk().settings.police_routes)
    if not listed:
        return ""
    chosen = st.selectbox(
        "Which other way? (for another way alone)",
        listed,
        index=asking.place(listed, kept.get("other_route")),
    )
    return chosen or ""


def shown_route(route: Route | None, other: str) -> str:
    """A way to the police, as it is checked and as it stands."""
    if route is None:
        return ""
    said = words.ROUTES[route]
    return f"{said}: {other}" if route is Route.OTHER and other else said

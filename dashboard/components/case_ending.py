"""How a report leaves this desk, or comes back to it: passed on, set aside by two, let go, and
taken up again (P-RTE-2, P-RTE-3, P-INT-4; lifecycles.md, rule 4)."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_cases as words
from dashboard.components import asking, case_asking
from dashboard.components.checked import Answers, Form
from triage.cases.queries import CaseItem
from triage.cases.rules import TERMINAL, WITH_SECOND, Edge, State
from triage.cases.service import handling, settling
from triage.core.access import Actor
from triage.staff.processes import Part

SERVICES = ("theyworkforyou", "writetothem", "fixmystreet", "whatdotheyknow")
ASIDE = (Edge.OUT_OF_SCOPE, Edge.INSUFFICIENT)
COMMANDS: dict[str, Callable[..., object]] = {
    "route_out": handling.route_out,
    "split_off": handling.split_off,
    "refer_hr": handling.refer_hr,
    "go_on": settling.go_on,
    "set_aside": settling.ask_second,
    "let_go": settling.ask_second,
    "reopen": handling.reopen,
    "undo": handling.undo,
}
TOKENS = frozenset({"route_out", "refer_hr", "go_on", "reopen"})


def forms(viewer: Actor, found: CaseItem) -> dict[str, Form]:
    """What ends it, for whose part that is; once it has ended, what takes that back."""
    row, mine = found.row, found.row.parts
    acts: dict[str, Form] = {}
    if Part.SECOND in mine and any(one.agreed is None for one in found.seconds):
        acts["settle"] = partial(_settle, found)
    if Part.HANDLER in mine:
        if row.state is State.ACKNOWLEDGED:
            acts["set_aside"] = partial(_aside, viewer, found)
            acts["route_out"] = _route_out
            acts["refer_hr"] = _refer_hr
        if row.state is State.WITHDRAWN_REQUESTED:
            acts["go_on"] = partial(case_asking.reason, "why_does_it_go_on", "Say why it goes on.")
            acts["let_go"] = partial(_second, viewer, found)
        if found.service_too:
            acts["split_off"] = _split_off
    return acts | _back(viewer, found)


def _back(viewer: Actor, found: CaseItem) -> dict[str, Form]:
    """Taking back one's own ending while there is time, or taking it up again."""
    state, mine = found.row.state, found.row.parts
    if state not in TERMINAL:
        return {}
    acts: dict[str, Form] = {}
    last, desk = found.steps[-1], session.desk()
    just = desk.clock.now() - last.at <= desk.settings.undo_time
    if just and last.to is state and last.by == viewer.name:
        acts["undo"] = _undo
    if mine & handling.may_reopen(state):
        acts["reopen"] = _reopen
    return acts


def _aside(viewer: Actor, found: CaseItem, kept: dict[str, Any]) -> Answers:
    said = {edge: words.EDGES[edge.value].removeprefix("set aside ") for edge in ASIDE}
    edge = st.radio(
        "Why is it set aside?", ASIDE, index=asking.place(list(ASIDE), kept.get("edge")),
        format_func=said.__getitem__,
    )  # fmt: skip
    second = _second(viewer, found, kept)
    missing = asking.lacks((edge, "Choose why it is set aside.")) + second.missing
    shown = (("Set aside", said[edge] if edge else ""), *second.shown)
    return Answers({"edge": edge, **second.given}, shown, missing)


def _second(viewer: Actor, found: CaseItem, kept: dict[str, Any]) -> Answers:
    people = case_asking.could(viewer, found, Part.SECOND)
    people.pop(viewer.person_id, None)
    person = case_asking.person("who_settles_it_as_the_second", people, kept.get("person_id"))
    reason = case_asking.text("your_reason", kept.get("reason", ""))
    missing = asking.lacks((person, "Choose a second person."), (reason.strip(), "Say why."))
    given: dict[str, Any] = {"person_id": person, "reason": reason}
    if found.row.state is WITH_SECOND[Edge.WITHDRAW]:
        given["edge"] = Edge.WITHDRAW
    who = "" if person is None else people[person]
    return Answers(given, (("Second person", who), ("Why", reason)), missing)


def _settle(found: CaseItem, kept: dict[str, Any]) -> Answers:
    asked = next(one for one in found.seconds if one.agreed is None)
    untrusted.say(
        "{who} asks that this be {what}:", who=asked.asked_by, what=words.EDGES[asked.edge]
    )
    untrusted.letter(asked.reason)
    options = ("I agree: it ends", "I do not agree: it goes on")
    chosen = st.radio("Do you agree?", options, index=asking.place(list(options), kept.get("how")))
    answer = case_asking.text("why", kept.get("answer", ""))
    given = {"second_id": asked.id, "agree": chosen == options[0], "answer": answer}
    missing = asking.lacks((chosen, "Say whether you agree."), (answer.strip(), "Say why."))
    return Answers(
        given, (("Answer", chosen or ""), ("Why", answer)), missing,
        typed={"how": chosen, "answer": answer},
    )  # fmt: skip


def _route_out(kept: dict[str, Any]) -> Answers:
    service = _service(kept)
    reason = case_asking.text("why_is_it_a_matter_of_the_se", kept.get("reason", ""))
    missing = asking.lacks(
        (service, "Choose the service."), (reason.strip(), "Say why it is a matter of the service.")
    )
    given = {"service": service, "reason": reason}
    return Answers(given, (("Service", service or ""), ("Why", reason)), missing)


def _split_off(kept: dict[str, Any]) -> Answers:
    service = _service(kept)
    missing = asking.lacks((service, "Choose the service."))
    return Answers({"service": service}, (("Service", service or ""),), missing)


def _service(kept: dict[str, Any]) -> str | None:
    return st.selectbox(
        "Which service is it about?", SERVICES,
        index=asking.place(list(SERVICES), kept.get("service")), placeholder="Choose one",
    )  # fmt: skip


def _refer_hr(kept: dict[str, Any]) -> Answers:
    receipt = case_asking.text("who_at_hr_has_it_and_since_w", kept.get("receipt", ""))
    missing = asking.lacks((receipt.strip(), "Say who at HR has it, and since when."))
    untold = case_asking.text("why_untold", kept.get("untold", ""))
    shown = (
        ("HR", receipt),
        ("Why nobody is told of a measure", untold or "no measure is left"),
        ("From here on", "nobody at this desk sees it, you neither"),
    )
    return Answers({"receipt": receipt, "untold": untold}, shown, missing)


def _undo(kept: dict[str, Any]) -> Answers:
    return Answers({}, (("From here on", "it stands where it stood before you ended it"),))


def _reopen(kept: dict[str, Any]) -> Answers:
    why = case_asking.text("what_is_new", kept.get("reason", ""))
    new = st.checkbox(
        "Something new has come. Without that, whoever ended it does not take it up again",
        value=kept.get("new_evidence", False),
    )
    shown = (
        ("Why", why), ("Something new", "yes" if new else "no"),
        ("From here on", "it is open again, and so is what waits for it"),
    )  # fmt: skip
    missing = asking.lacks((why.strip(), "Say what is new, or what was wrong."))
    return Answers({"reason": why, "new_evidence": new}, shown, missing)

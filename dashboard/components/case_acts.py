"""What the viewer may do with a case now: each act a form, its answers checked, and then done."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_cases as words
from dashboard.components import asking, case_inquiry, case_verdict, checked
from dashboard.components.checked import Answers, Check, Form
from triage.cases.queries import CaseItem, who_could
from triage.cases.rules import WITH_SECOND, Edge, State
from triage.cases.service import handling, recusing, settling, thread
from triage.core.access import Actor
from triage.core.commands import Tx
from triage.core.text import LONGEST_REASON
from triage.staff.processes import Part

SERVICES = ("theyworkforyou", "writetothem", "fixmystreet", "whatdotheyknow")
ASIDE = (Edge.OUT_OF_SCOPE, Edge.INSUFFICIENT)


def draw_acts(viewer: Actor, found: CaseItem) -> None:
    """Every act that is this viewer's in this state; one that is being checked stands alone."""
    row = found.row
    check = checked.pending(row.id)
    if check is not None:
        checked.draw_check(check, partial(do, row.id))
        return
    for name, form in forms(viewer, found).items():
        checked.draw_form(name, row.id, row.version, form)
    finding_out = case_inquiry.forms(viewer, found)
    if finding_out:
        st.subheader("Finding out", anchor=False)
    for name, form in finding_out.items():
        checked.draw_form(name, row.id, row.version, form)


def forms(viewer: Actor, found: CaseItem) -> Mapping[str, Form]:
    """Act -> its form, for what is open to the viewer and moves the case on. The command asks
    again."""
    row, mine = found.row, found.row.parts
    acts: dict[str, Form] = {}
    if Part.SECOND in mine and any(one.agreed is None for one in found.seconds):
        acts["settle"] = partial(_settle, found)
    if Part.HANDLER in mine:
        acts |= _handler(viewer, found)
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
    return {**case_verdict.forms(viewer, found), **acts}


def _handler(viewer: Actor, found: CaseItem) -> dict[str, Form]:
    row = found.row
    acts: dict[str, Form] = {"assign": partial(_assign, viewer, found)}
    if row.state is State.ACKNOWLEDGED:
        acts["investigate"] = _nothing
        acts["set_aside"] = partial(_aside, viewer, found)
        acts["route_out"] = _route_out
        acts["refer_hr"] = _refer_hr
    if row.state is State.WITHDRAWN_REQUESTED:
        acts["go_on"] = partial(_reason, "why_does_it_go_on", "Say why it goes on.")
        acts["let_go"] = partial(_second, viewer, found)
    if found.service_too:
        acts["split_off"] = _split_off
    return acts


COMMANDS: dict[str, Callable[..., object]] = {
    "investigate": handling.investigate,
    "assign": handling.assign,
    "route_out": handling.route_out,
    "split_off": handling.split_off,
    "refer_hr": handling.refer_hr,
    "go_on": settling.go_on,
    "say": thread.say,
    "set_aside": settling.ask_second,
    "let_go": settling.ask_second,
}
TOKENS = frozenset({"investigate", "route_out", "refer_hr", "go_on"})


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


def _nothing(kept: dict[str, Any]) -> Answers:
    return Answers({}, (("From here on", "somebody looks into it, and nobody who will decide"),))


def _reason(name: str, lacking: str, kept: dict[str, Any]) -> Answers:
    reason = _text(name, kept.get("reason", ""))
    return Answers({"reason": reason}, (("Why", reason),), asking.lacks((reason.strip(), lacking)))


def _text(name: str, value: str = "", *, longest: int = LONGEST_REASON) -> str:
    return st.text_area(words.LABELS[name], value=value, max_chars=longest)


def _person(name: str, people: Mapping[str, str], kept: str | None) -> str | None:
    ids = list(people)
    return st.selectbox(
        words.LABELS[name], ids, index=asking.place(ids, kept), placeholder="Choose one",
        format_func=people.__getitem__,
    )  # fmt: skip


def _could(viewer: Actor, found: CaseItem, part: Part) -> dict[str, str]:
    with session.desk().database.read() as db:
        return dict(who_could(db, viewer=viewer, case_id=found.row.id, part=part))


def _assign(viewer: Actor, found: CaseItem, kept: dict[str, Any]) -> Answers:
    part = st.selectbox(
        "For what?", words.ASSIGNED, index=asking.place(list(words.ASSIGNED), kept.get("part")),
        format_func=words.PARTS.__getitem__, placeholder="Choose one",
    )  # fmt: skip
    could = {one: _could(viewer, found, one) for one in words.ASSIGNED}
    people = {person: name for some in could.values() for person, name in some.items()}
    person = _person("whom", people, kept.get("person_id"))
    fits = part is None or person is None or person in could[part]
    missing = asking.lacks((part, "Choose for what."), (person, "Choose somebody.")) + (
        () if fits else ("This person cannot have this part: by role, or by one that they had.",)
    )
    given = {"part": part, "person_id": person}
    who = "" if person is None else people[person]
    return Answers(given, (("Who", who), ("Part", words.PARTS[part] if part else "")), missing)


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
    people = _could(viewer, found, Part.SECOND)
    people.pop(viewer.person_id, None)
    person = _person("who_settles_it_as_the_second", people, kept.get("person_id"))
    reason = _text("your_reason", kept.get("reason", ""))
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
    answer = _text("why", kept.get("answer", ""))
    given = {"second_id": asked.id, "agree": chosen == options[0], "answer": answer}
    missing = asking.lacks((chosen, "Say whether you agree."), (answer.strip(), "Say why."))
    return Answers(
        given, (("Answer", chosen or ""), ("Why", answer)), missing,
        typed={"how": chosen, "answer": answer},
    )  # fmt: skip


def _say(kept: dict[str, Any]) -> Answers:
    text = _text("what_do_you_write", kept.get("text", ""), longest=thread.LONGEST_MESSAGE)
    asks = st.checkbox("It asks for an answer", value=kept.get("asks", False))
    missing = asking.lacks((text.strip(), "Write something first."))
    return Answers({"text": text, "asks": asks}, (("They will read", text),), missing)


def _route_out(kept: dict[str, Any]) -> Answers:
    service = _service(kept)
    reason = _text("why_is_it_a_matter_of_the_se", kept.get("reason", ""))
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
    receipt = _text("who_at_hr_has_it_and_since_w", kept.get("receipt", ""))
    missing = asking.lacks((receipt.strip(), "Say who at HR has it, and since when."))
    shown = (
        ("HR", receipt),
        ("From here on", "nobody at this desk sees it, you neither"),
    )
    return Answers({"receipt": receipt}, shown, missing)


def _challenge(viewer: Actor, found: CaseItem, kept: dict[str, Any]) -> Answers:
    people = {
        one.person_id: one.name
        for one in found.parts
        if one.until is None and one.person_id != viewer.person_id
    }
    person = _person("who_has_a_conflict", people, kept.get("person_id"))
    reason = _text("what_is_it", kept.get("reason", ""))
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
    person = _person("who_is_not_meant", people, kept.get("person_id"))
    reason = _text("how_do_you_know", kept.get("reason", ""))
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
    reason = _text("how_do_you_know", kept.get("reason", ""))
    shown = (
        ("Stays out", ", ".join(people[one] for one in away) or "nobody"),
        ("How you know", reason),
        ("From here on", "the others may take it"),
    )
    missing = asking.lacks((reason.strip(), "Say how you know."))
    return Answers({"keep_away": tuple(away), "reason": reason}, shown, missing)

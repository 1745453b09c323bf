"""Who reported: asked, allowed by another, opened by the custodian, and shown for a day."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as general
from dashboard import words_verdict as words
from dashboard.components import asking, checked
from dashboard.components.checked import Answers, Check
from triage.cases.queries import CaseItem
from triage.cases.verdict.queries import IdentityItem, identities, reporter, to_settle
from triage.cases.verdict.rules import IdentityState
from triage.cases.verdict.service import identity
from triage.core.access import Actor
from triage.core.commands import Tx
from triage.core.errors import NotFound
from triage.core.text import LONGEST_REASON

Form = Callable[[dict[str, Any]], Answers]
ON_CASE: dict[str, Callable[..., object]] = {"ask_identity": identity.ask_identity}
ON_REQUEST: dict[str, Callable[..., object]] = {
    "settle_identity": identity.settle_identity,
    "open_identity": identity.open_identity,
}


def draw(viewer: Actor, found: CaseItem) -> None:
    """What was asked in this case, and what is open to the viewer now."""
    there = _of_case(viewer, found.row.id)
    if not there:
        return
    st.header("Who reported it", anchor=False)
    for one in there:
        _draw_one(viewer, one)


def forms(viewer: Actor, found: CaseItem) -> dict[str, Form]:
    """Asking, where nothing is asked already; and what waits for the viewer."""
    acts: dict[str, Form] = {}
    there = _of_case(viewer, found.row.id)
    pending = any(one.state in identity.PENDING for one in there)
    if found.identified and not pending and found.row.parts & set(identity.ASKS):
        acts["ask_identity"] = _ask
    return acts | _procedure(viewer, found.row.id)


def draw_waiting(viewer: Actor, open_case: Callable[[str], None]) -> frozenset[str]:
    """On the list: the questions that wait for the viewer; of which cases. Nothing of a case."""
    waits = _waiting(viewer)
    if not waits:
        return frozenset()
    st.header("Who reported: waits for you", anchor=False)
    for one in waits:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            said = f"{one.asked_by} asks to know who reported"
            untrusted.row(said, _chips(one), f"asked {general.when(one.asked_at)}")
            st.button(
                words.identity(one.case_id),
                key=f"identity_{one.id}",
                on_click=open_case,
                args=(one.case_id,),
            )
    return frozenset(one.case_id for one in waits)


def draw_procedure(viewer: Actor, case_id: str) -> bool:
    """The page of a case for who has a part through this alone; whether there is one."""
    there = _of_case(viewer, case_id)
    if not there:
        return False
    st.header("Who reported it", anchor=False)
    for one in there:
        _draw_one(viewer, one)
    check = checked.pending(case_id)
    if check is not None:
        checked.draw_check(check, _do)
        return True
    acts = _procedure(viewer, case_id)
    if not acts:
        untrusted.say("Nothing of it waits for you now.")
    for name, form in acts.items():
        checked.draw_form(name, case_id, 0, form)
    return True


def _do(check: Check) -> Callable[[Tx], object]:
    return partial(ON_REQUEST[check.name], **check.answers.given)


def _of_case(viewer: Actor, case_id: str) -> tuple[IdentityItem, ...]:
    desk = session.desk()
    with desk.database.read() as db:
        try:
            return identities(
                db, vault=desk.vault, viewer=viewer, case_id=case_id, at=desk.clock.now()
            )
        except NotFound:
            return ()


def _waiting(viewer: Actor) -> tuple[IdentityItem, ...]:
    desk = session.desk()
    with desk.database.read() as db:
        return to_settle(db, vault=desk.vault, viewer=viewer, at=desk.clock.now())


def _chips(one: IdentityItem) -> list[tuple[str, str]]:
    return [(words.IDENTITIES[one.state], "medium" if one.state in identity.PENDING else "")]


def _draw_one(viewer: Actor, one: IdentityItem) -> None:
    untrusted.row(f"Asked by {one.asked_by}", _chips(one), general.when(one.asked_at))
    untrusted.letter(one.reason)
    if one.answer:
        untrusted.say("{who} answered:", kind="quiet", who=one.settled_by)
        untrusted.letter(one.answer)
    if one.opened_at is not None:
        open_now = one.state is IdentityState.OPEN
        untrusted.say(
            "Opened by {who}, {at}; {shown} to {asker} until {until}.", kind="quiet",
            who=one.opened_by, at=general.when(one.opened_at), asker=one.asked_by,
            shown="shown" if open_now else "it was shown", until=general.when(one.closes_at),
        )  # fmt: skip
    if one.state is IdentityState.OPEN:
        _draw_reporter(viewer, one)


def _draw_reporter(viewer: Actor, one: IdentityItem) -> None:
    """Covered until it is asked for: others may see the screen."""
    desk = session.desk()
    with desk.database.read() as db:
        try:
            found = reporter(
                db, vault=desk.vault, viewer=viewer, request_id=one.id, at=desk.clock.now()
            )
        except NotFound:
            return
    if st.toggle("Show who reported", key=f"reporter_{one.id}"):
        untrusted.facts(
            [
                ("Name", found.name or "not given"),
                ("E-mail", found.email or "not given"),
                ("Phone", found.phone or "not given"),
                ("Closes", general.when(found.closes_at)),
            ]
        )


def _procedure(viewer: Actor, case_id: str) -> dict[str, Form]:
    acts: dict[str, Form] = {}
    for one in _waiting(viewer):
        if one.case_id == case_id and one.state is IdentityState.ASKED:
            acts["settle_identity"] = partial(_settle, one)
        elif one.case_id == case_id:
            acts["open_identity"] = partial(_open, one)
    return acts


def _ask(kept: dict[str, Any]) -> Answers:
    reason = st.text_area(
        words.LABELS["why_identity"], value=kept.get("reason", ""), max_chars=LONGEST_REASON
    )
    shown = (
        ("Why", reason),
        ("From here on", "another person decides, and the custodian opens it to you for a day"),
    )
    return Answers({"reason": reason}, shown, asking.lacks((reason.strip(), "Say why.")))


def _settle(one: IdentityItem, kept: dict[str, Any]) -> Answers:
    options = ("It may be opened", "It stays closed")
    chosen = st.radio(
        "May it be opened?", options, index=asking.place(list(options), kept.get("chosen"))
    )
    answer = st.text_area(
        words.LABELS["why"], value=kept.get("answer", ""), max_chars=LONGEST_REASON
    )
    missing = asking.lacks((chosen, "Choose one."), (answer.strip(), "Say why."))
    given = {"request_id": one.id, "approve": chosen == options[0], "answer": answer}
    return Answers(
        given, (("Asked by", one.asked_by), ("Answer", chosen or ""), ("Why", answer)), missing,
        {"chosen": chosen, "answer": answer},
    )  # fmt: skip


def _open(one: IdentityItem, kept: dict[str, Any]) -> Answers:
    shown = (("To", one.asked_by), ("For", "24 hours from now, and then it is closed again"))
    untrusted.facts(list(shown))
    return Answers({"request_id": one.id}, shown)

"""Measures that hold meanwhile: each with when it ends, and what can be done about it (P-TIM-3)."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_inquiry as words
from dashboard.components import asking, case_fields, case_letter
from dashboard.components.checked import Answers, Form
from triage.cases.inquiry.queries import Inquiry, MeasureItem
from triage.cases.inquiry.rules import MeasureKind
from triage.cases.inquiry.service.stepping import LOOKS_INTO
from triage.cases.queries import CaseItem, EventRow, events
from triage.cases.rules import OPEN
from triage.core.access import Action, Actor, can
from triage.core.text import is_address
from triage.staff.calendar import at_clock, local_day
from triage.staff.processes import Part

UNTIL = ("no_end", "today", "tomorrow", "event")
"""What end a measure may be given; the longest that one person's word holds ends it before."""


def draw(viewer: Actor, found: CaseItem, inquiry: Inquiry) -> None:
    """Each measure, newest first."""
    if not inquiry.measures:
        return
    st.header("Interim measures", anchor=False)
    for number, one in enumerate(inquiry.measures, 1):
        chips = [(words.MEASURES[one.kind], "high" if one.in_force else "")]
        chips.append((_standing(one), "high" if one.in_force else ""))
        if one.in_force and one.ratified_at is None:
            chips.append(("Not confirmed yet", "medium"))
        with st.container(border=True):
            where = f"{one.place}; " if one.place else ""
            untrusted.row(
                f"{number}. {one.who}",
                chips,
                f"{where}set by {one.author or 'somebody'} on {asking.shown_at(one.since)}",
            )
            untrusted.letter(one.why)
            if one.ratified_by:
                untrusted.say("Confirmed by {who}.", kind="quiet", who=one.ratified_by)
            if one.ended_why:
                untrusted.say("Why it ended: {why}", kind="quiet", why=one.ended_why)
            if one.letter_id is not None:
                case_letter.draw(viewer, found, one.letter_id)


def _standing(one: MeasureItem) -> str:
    """Whether it is in force, and until when, in words."""
    if one.ending is not None:
        return f"Over since {asking.shown_at(one.over_at)}: {words.ENDINGS[one.ending]}"
    if one.over_at is None:
        return "In force, until it is ended"
    return f"In force until {asking.shown_at(one.over_at)}"


def forms(viewer: Actor, found: CaseItem, inquiry: Inquiry) -> dict[str, Form]:
    """Who decides or was asked to confirms; who looks into it ends, and tells that it has."""
    mine = found.row.parts
    acts: dict[str, Form] = {}
    is_open = found.row.state in OPEN
    if is_open and (Part.INTERIM_AUTHOR in mine or can(viewer, Action.SET_INTERIM)):
        acts["set_interim"] = partial(_set, viewer)
    holding = [one for one in inquiry.measures if one.in_force]
    open_yet = [one for one in holding if one.ratified_at is None]
    to_tell = [one for one in inquiry.measures if one.to_tell]
    unwritten = [one for one in to_tell if one.letter_id is None]
    if mine & {Part.DECIDER, Part.RATIFIER} and open_yet:
        acts["ratify"] = partial(_ratify, open_yet)
    if mine & {*LOOKS_INTO, Part.DECIDER} and holding:
        acts["lift"] = partial(_reasoned, "reason_lifted", "reason", holding)
    if mine & set(LOOKS_INTO):
        if unwritten:
            acts["ended_letter"] = partial(_letter, unwritten)
        if to_tell:
            acts["tell_ended"] = partial(_reasoned, "how_told", "how", to_tell)
    return acts


def there(viewer: Actor) -> tuple[EventRow, ...]:
    """The events that are not over, for who may know them."""
    if not can(viewer, Action.SET_UP_EVENT):
        return ()
    desk = session.desk()
    with desk.database.read() as db:
        found = events(db, viewer=viewer)
    return tuple(one for one in found if not one.ended and one.ends > desk.clock.now())


def fields(viewer: Actor, kept: dict[str, Any]) -> Answers:
    """The five fields of a measure: for whom, what, where, why, until when. None is of money."""
    known = {one.id: one for one in there(viewer)}
    names = {one.id: one.name for one in known.values()}
    who = case_fields.line("for_whom", kept.get("who", ""))
    kinds = list(MeasureKind)
    kind = st.selectbox(
        words.LABELS["which_measure_kind"], kinds, index=asking.place(kinds, kept.get("kind")),
        format_func=words.MEASURES.__getitem__, placeholder="Choose one",
    )  # fmt: skip
    place, event = _where(known, names, kept)
    why = case_fields.passage("reason", kept.get("why", ""))
    options = [one for one in UNTIL if one != "event" or known]
    end = st.selectbox(
        "Until when, at the latest?", options,
        index=asking.place(options, kept.get("end")) or 0, format_func=words.UNTIL.__getitem__,
    )  # fmt: skip
    until = _until(end, event)
    given: dict[str, Any] = {"who": who, "kind": kind, "why": why,
                             "event_id": event.id if event else None, "place": place,
                             "until": until}  # fmt: skip
    missing = asking.lacks(
        (who.strip(), "Say whom it is for."), (kind, "Choose what it is."),
        (event or place.strip(), "Say at which event, or where."), (why.strip(), "Say why."),
    )  # fmt: skip
    if end == "event" and event is None:
        missing += ("Choose the event, or another end.",)
    shown = (
        ("For whom", who), ("What", words.MEASURES[kind] if kind else ""),
        ("Where", event.name if event else place), ("Why", why),
        ("Until", asking.shown_at(until) or "somebody has confirmed it or it has lapsed"),
    )  # fmt: skip
    typed = {"who": who, "kind": kind, "where": event.id if event else place, "why": why,
             "end": end}  # fmt: skip
    return Answers(given, shown, missing, typed)


def _where(
    known: dict[str, EventRow], names: dict[str, str], kept: dict[str, Any]
) -> tuple[str, EventRow | None]:
    """An event, or a place that is typed: one field."""
    if not known:
        return case_fields.line("place", kept.get("where", "")), None
    before = kept.get("where", "")
    options = [*known, *([before] if before and before not in known else [])]
    only = 0 if len(known) == 1 else None
    chosen = st.selectbox(
        words.LABELS["place"], options, index=options.index(before) if before else only,
        format_func=lambda one: untrusted.visible(names.get(str(one), str(one))),
        accept_new_options=True,
        placeholder="Choose the event, or write where",
    )  # fmt: skip
    event = known.get(chosen or "")
    return ("" if event else chosen or ""), event


def _until(end: str | None, event: EventRow | None) -> datetime | None:
    today = local_day(session.desk().clock.now())
    days = {"today": 1, "tomorrow": 2}
    if end in days:
        return at_clock(today + timedelta(days=days[end]), time(0))
    return event.ends if end == "event" and event is not None else None


def _set(viewer: Actor, kept: dict[str, Any]) -> Answers:
    return fields(viewer, kept)


def _ratify(open_yet: Collection[MeasureItem], kept: dict[str, Any]) -> Answers:
    one = case_fields.measure(list(open_yet), kept.get("interim_id"))
    options = ("Confirm it: it goes on", "End it now")
    chosen = st.radio(
        "Does it go on?", options, index=asking.place(list(options), kept.get("chosen"))
    )
    reason = case_fields.passage("reason", kept.get("reason", ""))
    given = _of(one) | {"agree": chosen == options[0], "reason": reason}
    shown = (("For whom", one.who if one else ""), ("It", chosen or ""), ("Why", reason))
    missing = asking.lacks(
        (one, "Choose a measure."),
        (chosen, "Say whether it goes on."),
        (reason.strip(), "Say why."),
    )
    return Answers(given, shown, missing, typed=given | {"chosen": chosen})


def _reasoned(
    label: str, name: str, those: Collection[MeasureItem], kept: dict[str, Any]
) -> Answers:
    one = case_fields.measure(list(those), kept.get("interim_id"))
    text = case_fields.passage(label, kept.get(name, ""))
    shown = (("For whom", one.who if one else ""), ("What you say", text))
    missing = asking.lacks((one, "Choose a measure."), (text.strip(), "Say it in a few words."))
    return Answers(_of(one) | {name: text}, shown, missing)


def _letter(those: Collection[MeasureItem], kept: dict[str, Any]) -> Answers:
    one = case_fields.measure(list(those), kept.get("interim_id"))
    to = case_fields.line("to_address", kept.get("to_address", "")).strip()
    shown = (
        ("For whom", one.who if one else ""), ("To", to or "nobody yet: it can be copied out"),
        ("From here on", "a letter stands on this page; nothing is sent yet"),
    )  # fmt: skip
    missing = asking.lacks((one, "Choose a measure."))
    if to and not is_address(to):
        missing += ("This is no e-mail address.",)
    return Answers(_of(one) | {"to_address": to}, shown, missing)


def _of(one: MeasureItem | None) -> dict[str, Any]:
    return {"interim_id": one.id if one else None, "version": one.version if one else None}

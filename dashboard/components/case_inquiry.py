"""Finding out what happened: what is to do in a report, its evidence, notices, measures, talks.

Rules stay in the services. What is drawn here is for who has a part in the case, and each act for
whose part it is; the command asks again.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_inquiry as words
from dashboard.components import (
    asking,
    case_evidence,
    case_evidence_forms,
    case_fields,
    case_measures,
    case_notice,
    case_people,
)
from dashboard.components.checked import Check, Form
from triage.cases.inquiry.queries import Inquiry, TaskItem
from triage.cases.inquiry.service import evidence, interims, meetings, notices, parties, weighing
from triage.cases.inquiry.service.stepping import LOOKS_INTO
from triage.cases.queries import CaseItem
from triage.cases.rules import OPEN
from triage.core.access import Actor
from triage.core.commands import Tx
from triage.staff.processes import Part

IN_CASE: dict[str, Callable[..., object]] = {
    "add_statement": evidence.add_statement,
    "add_note": evidence.add_note,
    "add_document": evidence.add_document,
    "add_from_report": evidence.add_from_report,
    "add_message": evidence.add_message,
    "unbalanced": weighing.say_why_not_balanced,
    "set_interim": interims.set_interim,
    "plan_meeting": meetings.plan_meeting,
}
"""Commands that are told which case; the others know it by what they are about."""
OF_SOMETHING: dict[str, Callable[..., object]] = {
    "one_of_us": parties.is_one_of_us,
    "weigh": weighing.weigh,
    "tested": weighing.tested,
    "hide": weighing.hide,
    "begin_notice": notices.begin_notice,
    "show_reporter": notices.show_reporter,
    "skip_showing": notices.skip_showing,
    "withhold": notices.withhold,
    "give": notices.give,
    "cannot_reach": notices.cannot_reach,
    "account": notices.record_account,
    "declined": notices.record_declined,
    "ratify": interims.ratify,
    "lift": interims.lift,
    "ended_letter": interims.begin_ended_letter,
    "tell_ended": interims.tell_ended,
    "close_meeting": meetings.close_meeting,
}


def draw(viewer: Actor, found: CaseItem) -> None:
    """What is to do first, and then all that was found out."""
    case_id = found.row.id
    given = case_evidence.fetch(case_id)
    inquiry = case_fields.read(viewer, case_id)
    if inquiry is None:
        return
    _draw_tasks(inquiry)
    case_people.draw_might_be(case_id, inquiry)
    takes = bool(found.row.parts & set(LOOKS_INTO))
    case_evidence.draw(case_id, inquiry, given, takes=takes)
    case_notice.draw(viewer, found, inquiry)
    case_measures.draw(viewer, found, inquiry)
    case_people.draw_meetings(inquiry)


def forms(viewer: Actor, found: CaseItem) -> Mapping[str, Form]:
    """Act -> its form, for what is open to the viewer."""
    inquiry = case_fields.read(viewer, found.row.id)
    if inquiry is None:
        return {}
    acts: dict[str, Form] = {}
    if found.row.parts & set(LOOKS_INTO) and found.row.state in OPEN:
        acts |= case_people.forms(inquiry)
        acts |= case_evidence_forms.forms(viewer, found, inquiry)
        acts |= case_notice.forms(found, inquiry)
        acts |= case_people.talks(inquiry)
    elif Part.LEAK_CHECK in found.row.parts and found.row.state in OPEN:
        acts |= case_evidence_forms.lets_out(inquiry)
    return acts | case_measures.forms(viewer, found, inquiry)


def command(case_id: str, check: Check) -> Callable[[Tx], object] | None:
    """The command of answers that were checked; nothing where they are of another room."""
    given = dict(check.answers.given)
    if check.name in case_people.CHANGES:
        return partial(case_people.change, check.name, case_id, check.version, given)
    if check.name in IN_CASE:
        return partial(IN_CASE[check.name], case_id=case_id, **given)
    if check.name in OF_SOMETHING:
        return partial(OF_SOMETHING[check.name], **given)
    return None


def _draw_tasks(inquiry: Inquiry) -> None:
    st.header("To do in this case", anchor=False)
    if not inquiry.tasks:
        untrusted.say("No task with a day is open.", kind="quiet")
    now = session.desk().clock.now()
    about = _about(inquiry)
    for one in inquiry.tasks:
        late = one.overdue or (one.due is not None and one.due <= now)
        chips = [("Overdue", "high")] if late else []
        if one.support:
            chips.append(("They need something to take part", "medium"))
        untrusted.row(
            words.TASKS[one.kind].format(who=about.get(one.about_id, "somebody")), chips, _by(one)
        )


def _by(one: TaskItem) -> str:
    day = "no day is set" if one.due is None else f"by {asking.shown_at(one.due)}"
    return f"{day}; they need: {one.support}" if one.support else day


def _about(inquiry: Inquiry) -> dict[str, str]:
    """What each task is about, as it is called."""
    named: dict[str, Any] = {one.id: case_fields.called(one) for one in inquiry.parties}
    named |= {one.id: one.who for one in inquiry.measures}
    named |= {one.id: one.name or "the reporter" for one in inquiry.meetings}
    return named | {one.id: f"{number}. {one.title}" for number, one in enumerate(inquiry.items, 1)}

"""Forms about evidence of a report: what is put in, and what is made of it (P-INV-1, P-INV-3)."""

from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as general
from dashboard import words_inquiry as words
from dashboard.components import asking, case_fields
from dashboard.components.checked import Answers, Form
from triage.cases.inquiry.queries import Inquiry
from triage.cases.inquiry.rules import Bearing, Source
from triage.cases.inquiry.service.evidence import LONGEST_TEXT
from triage.cases.inquiry.service.keeping import LONGEST_TITLE
from triage.cases.queries import CaseItem
from triage.cases.rules import PartyKind
from triage.core.access import Action, Actor, can
from triage.core.errors import NotFound
from triage.messages.queries.evidence import to_act_on
from triage.reports.thread import LARGEST_FILE

GIVEN = {True: "is not given it", False: "may be given it"}
"""Whether it is hidden -> what that means for the person reported."""


def forms(viewer: Actor, found: CaseItem, inquiry: Inquiry) -> dict[str, Form]:
    """What whoever looks into it can put in, and say of what is there."""
    acts: dict[str, Form] = {}
    speaks = [one.id for one in inquiry.parties if one.kind is not PartyKind.SUBJECT]
    if speaks:
        acts["add_statement"] = partial(_statement, inquiry, speaks)
    acts |= {
        "add_note": _note,
        "add_document": partial(_document, inquiry),
        "add_from_report": partial(_from_report, found),
    }
    if can(viewer, Action.REVIEW):
        acts["add_message"] = partial(_message, viewer)
    if inquiry.items:
        acts |= {
            "weigh": partial(_weigh, inquiry),
            "tested": partial(_tested, inquiry),
        } | lets_out(inquiry)
    acts["unbalanced"] = _unbalanced
    return acts


def lets_out(inquiry: Inquiry) -> dict[str, Form]:
    """Whether the person reported may have a piece: also for who checks as the second."""
    return {"hide": partial(_hide, inquiry)} if inquiry.items else {}


def _common(kept: dict[str, Any]) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """When it was said, where it comes from, and whether it is kept from the person reported."""
    made_at = case_fields.said_at(kept)
    origin = case_fields.line("origin", kept.get("origin", ""))
    hidden = _hidden(kept)
    shown = (
        ("Said, written or taken", case_fields.shown_day(made_at)),
        ("Where it comes from", origin),
        ("The person reported", GIVEN[hidden]),
    )
    return {"made_at": made_at, "origin": origin, "hidden": hidden}, shown


def _hidden(kept: dict[str, Any]) -> bool:
    return st.checkbox("Keep it from the person reported", value=kept.get("hidden", True))


def _lacks(given: dict[str, Any], *more: tuple[object, str]) -> tuple[str, ...]:
    return asking.lacks(
        *more,
        (given["made_at"], "Say on which day it was said, written or taken."),
        (given["origin"].strip(), "Say where it comes from."),
    )


def _statement(inquiry: Inquiry, speaks: list[str], kept: dict[str, Any]) -> Answers:
    who = case_fields.person("whose_statement", inquiry.parties, speaks, kept.get("party_id"))
    text = case_fields.passage("what_was_said", kept.get("text", ""), longest=LONGEST_TEXT)
    common, shown = _common(kept)
    few = st.checkbox(
        "They ask that it be kept to those who look into it", value=kept.get("confidential", False)
    )
    given = {"party_id": who.id if who else None, "text": text, **common, "confidential": few}
    return Answers(
        given,
        (
            ("Whose", case_fields.called(who) if who else ""), ("What was said", text), *shown,
            ("Kept among few", "yes, so the person reported is not given it" if few else "no"),
        ),
        _lacks(common, (who, "Choose whose it is."), (text.strip(), "Write down what was said.")),
    )  # fmt: skip


def _note(kept: dict[str, Any]) -> Answers:
    title = case_fields.line("title", kept.get("title", ""), longest=LONGEST_TITLE)
    text = case_fields.passage("note", kept.get("text", ""), longest=LONGEST_TEXT)
    source = _source(kept)
    common, shown = _common(kept)
    given = {"title": title, "text": text, "source": source, **common}
    missing = _lacks(
        common, (title.strip(), "Say in a line what it is."), (text.strip(), "Write the note."),
        (source, "Say from whom it comes."),
    )  # fmt: skip
    said = words.SOURCES[source] if source else ""
    return Answers(
        given, (("What it is", title), ("From", said), ("The note", text), *shown), missing
    )


def _source(kept: dict[str, Any]) -> Source | None:
    options = list(Source)
    return st.selectbox(
        words.LABELS["source"], options, index=asking.place(options, kept.get("source")),
        format_func=words.SOURCES.__getitem__, placeholder="Choose one",
    )  # fmt: skip


def _document(inquiry: Inquiry, kept: dict[str, Any]) -> Answers:
    file = st.file_uploader("The file, of 10 MB at most", max_upload_size=LARGEST_FILE // 2**20)
    title = case_fields.line("title", kept.get("title", ""), longest=LONGEST_TITLE)
    source = _source(kept)
    ids = [one.id for one in inquiry.parties]
    who = None
    if ids:
        who = case_fields.person("whose_file", inquiry.parties, ids, kept.get("party_id"))
    common, shown = _common(kept)
    again = {"title": title, "source": source, "party_id": who.id if who else None, **common}
    data = b"" if file is None else file.getvalue()
    name = "" if file is None else file.name
    missing = _lacks(
        common, (file, "Choose the file."), (title.strip(), "Say in a line what it is."),
        (source, "Say from whom it comes."),
    )  # fmt: skip
    return Answers(
        again | {"file_name": name, "data": data},
        (
            ("File", name), ("Size", general.size(len(data))), ("What it is", title),
            ("From", words.SOURCES[source] if source else ""),
            ("Whose", case_fields.called(who) if who else "nobody's in this report"), *shown,
        ),
        missing, typed=again,
    )  # fmt: skip


def _from_report(found: CaseItem, kept: dict[str, Any]) -> Answers:
    ids: list[str | None] = [None, *(one.id for one in found.files)]
    untrusted.facts([(f"File {number}", one.name) for number, one in enumerate(found.files, 1)])
    labels = {one: words.part_of_report(number) for number, one in enumerate(ids)}
    file_id = st.selectbox(
        words.LABELS["which_part"], ids, index=asking.place(ids, kept.get("file_id")) or 0,
        format_func=labels.__getitem__,
    )  # fmt: skip
    title = case_fields.line("title", kept.get("title", ""), longest=LONGEST_TITLE)
    hidden = _hidden(kept)
    given = {"file_id": file_id, "title": title, "hidden": hidden}
    names = {None: "what it says"} | {one.id: one.name for one in found.files}
    shown = (
        ("Part of the report", names[file_id]), ("What it is", title),
        ("The person reported", GIVEN[hidden]),
    )  # fmt: skip
    return Answers(given, shown, asking.lacks((title.strip(), "Say in a line what it is.")))


def _message(viewer: Actor, kept: dict[str, Any]) -> Answers:
    reference = case_fields.line("message", kept.get("reference", ""), longest=40)
    title = case_fields.line("title", kept.get("title", ""), longest=LONGEST_TITLE)
    hidden = _hidden(kept)
    message, missing = None, asking.lacks((title.strip(), "Say in a line what it is."))
    if reference.strip():
        try:
            with session.desk().database.read() as db:
                message = to_act_on(db, viewer=viewer, reference=reference)
        except NotFound as error:
            missing += (str(error),)
    else:
        missing += ("Enter the reference of the message.",)
    given = {"message_id": message.id if message else None, "title": title, "hidden": hidden}
    shown = (
        ("Message", f"received {general.when(message.received_at)}" if message else ""),
        ("What it is", title),
        ("The person reported", GIVEN[hidden]),
        ("From here on", "whoever has no part in the message has none in this report"),
    )  # fmt: skip
    return Answers(
        given, shown, missing, typed={"reference": reference, "title": title, "hidden": hidden}
    )


def _weigh(inquiry: Inquiry, kept: dict[str, Any]) -> Answers:
    one = case_fields.item("which_item", inquiry.items, kept.get("item_id"))
    options = list(Bearing)
    bearing = st.radio(
        words.LABELS["bearing"], options, index=asking.place(options, kept.get("bearing")),
        format_func=words.BEARINGS.__getitem__,
    )  # fmt: skip
    carries = st.checkbox("The finding rests on it", value=kept.get("carries", False))
    given = {"item_id": one.id if one else None, "bearing": bearing, "carries": carries}
    shown = (
        ("Evidence", one.title if one else ""),
        ("What it shows", words.BEARINGS[bearing] if bearing else ""),
        ("The finding", "rests on it" if carries else "does not rest on it"),
    )
    missing = asking.lacks((one, "Choose a piece."), (bearing, "Say what it shows."))
    return Answers(given, shown, missing)


def _tested(inquiry: Inquiry, kept: dict[str, Any]) -> Answers:
    one = case_fields.item("which_item", inquiry.items, kept.get("item_id"))
    options = ("It was put to them", "It was not")
    chosen = st.radio(
        "Was it put to the other side?", options,
        index=asking.place(list(options), kept.get("chosen")),
    )  # fmt: skip
    how = case_fields.passage("how_tested", kept.get("how", ""))
    given = {"item_id": one.id if one else None, "done": chosen == options[0], "how": how}
    missing = asking.lacks(
        (one, "Choose a piece."), (chosen, "Say whether it was put to them."),
        (how.strip(), "Say how, or why not."),
    )  # fmt: skip
    shown = (
        ("Evidence", one.title if one else ""), ("The other side", chosen or ""),
        ("How, or why not", how),
    )  # fmt: skip
    return Answers(given, shown, missing, typed=given | {"chosen": chosen})


def _hide(inquiry: Inquiry, kept: dict[str, Any]) -> Answers:
    one = case_fields.item("which_item", inquiry.items, kept.get("item_id"))
    options = ("They are not given it", "They may be given it")
    chosen = st.radio(
        "What of the person reported?", options,
        index=asking.place(list(options), kept.get("chosen")),
    )  # fmt: skip
    untrusted.say("{words}", kind="quiet", words=words.LETTING_OUT)
    given = {"item_id": one.id if one else None, "hidden": chosen != options[1]}
    shown = (("Evidence", one.title if one else ""), ("The person reported", chosen or ""))
    missing = asking.lacks((one, "Choose a piece."), (chosen, "Say whether they may have it."))
    return Answers(given, shown, missing, typed=given | {"chosen": chosen})


def _unbalanced(kept: dict[str, Any]) -> Answers:
    reason = case_fields.passage("reason_unbalanced", kept.get("reason", ""))
    return Answers(
        {"reason": reason}, (("Why", reason),), asking.lacks((reason.strip(), "Say why."))
    )

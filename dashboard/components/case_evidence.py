"""Evidence of a report: what there is, what it shows, who had it; opened by a press that is noted.

No words and no file of it are drawn before somebody opens them, and once they are gone again the
next opening is noted too (P-INV-2).
"""

from functools import partial

import streamlit as st

from dashboard import files, session, untrusted
from dashboard import words as general
from dashboard import words_inquiry as words
from dashboard.components import case_fields
from triage.cases.inquiry.queries import EvidenceItem, Inquiry
from triage.cases.inquiry.service import handing_out
from triage.cases.inquiry.service.handing_out import Exported

ENDINGS = {
    "application/pdf": "pdf",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "message/rfc822": "eml",
    "text/plain": "txt",
    "video/mp4": "mp4",
}
"""What a copy is called by what it is, and not by what somebody named it."""
PLAIN = "application/octet-stream"
"""A browser stores it, and opens nothing."""


def fetch(case_id: str) -> tuple[Exported, bool] | None:
    """What was asked for at this press, and whether to take it away: for this drawing alone."""
    asked = st.session_state.pop("case_item", None)
    if asked is None or asked[0] != case_id:
        return None
    _, item_id, away = asked
    command = handing_out.export_item if away else handing_out.look_at
    given = session.run(partial(command, item_id=item_id))
    if given is None:
        st.rerun()
    return given, away


def draw(case_id: str, found: Inquiry, given: tuple[Exported, bool] | None, *, takes: bool) -> None:
    """Every piece, by its number. ``takes``: whether the viewer may take copies away."""
    st.header("Evidence", anchor=False)
    if not found.items:
        untrusted.say("Nothing has been put in yet.", kind="quiet")
    for number, one in enumerate(found.items, 1):
        with st.container(border=True):
            _draw_item(number, one)
            with st.container(horizontal=True):
                st.button(
                    words.open_item(number), key=f"open_{one.id}",
                    on_click=_ask, args=(case_id, one.id, False),
                )  # fmt: skip
                if takes:
                    st.button(
                        words.take_item(number), key=f"take_{one.id}",
                        on_click=_ask, args=(case_id, one.id, True),
                    )  # fmt: skip
            if given is not None and given[0].item_id == one.id:
                _draw_given(case_id, *given)
            with st.expander("Who had it"):
                _draw_custody(one)
    if found.unbalanced:
        untrusted.say("Why not all was put to the other side:", kind="quiet")
        for reason in found.unbalanced:
            untrusted.letter(reason)


def _ask(case_id: str, item_id: str, away: bool) -> None:
    st.session_state["case_item"] = (case_id, item_id, away)


def _draw_item(number: int, one: EvidenceItem) -> None:
    chips = [(words.KINDS[one.kind], "")]
    chips.append(
        ("Not weighed yet", "medium") if one.bearing is None else (words.BEARINGS[one.bearing], "")
    )
    if one.carries:
        chips.append(("The finding rests on it", "high"))
    if one.tested:
        chips.append(("Put to the other side", ""))
    elif one.tested_how:
        chips.append(("Not put to the other side, with a reason", ""))
    if one.confidential:
        chips.append(("To be kept among few", "medium"))
    chips.append(
        ("Kept from the person reported", "")
        if one.hidden
        else ("The person reported may have it", "medium")
    )
    untrusted.row(
        f"{number}. {one.title}",
        chips,
        f"from {words.SOURCES[one.source]}, {case_fields.shown_day(one.made_at)}: {one.origin}",
    )
    if one.tested_how:
        untrusted.say(
            "{what}: {how}", kind="quiet", how=one.tested_how,
            what="How it was put to them" if one.tested else "Why it was not put to them",
        )  # fmt: skip


def _draw_custody(one: EvidenceItem) -> None:
    untrusted.facts(
        [
            ("SHA-256", one.sha256),
            ("Size", general.size(one.size)),
            ("Kind by content", one.media),
            *([("Name of the file", one.file_name)] if one.file_name else []),
        ]
    )
    untrusted.timeline(
        [
            (general.when(line.at), words.CUSTODY[line.act].format(who=line.who or "somebody"), "")
            for line in one.custody
        ]
    )


def _draw_given(case_id: str, given: Exported, away: bool) -> None:
    """Words are shown; a file is handed over, and never drawn."""
    if given.data is None:
        untrusted.say("{what}", kind="problem", what=words.BROKEN)
        return
    untrusted.say("Opened just now, and noted. It is gone once you do anything else.", kind="quiet")
    if given.media == "text/plain":
        untrusted.letter(given.data.decode("utf-8", "replace"))
        if not away:
            return
    else:
        untrusted.say("{what}", kind="notice", what=words.WARNING)
    files.offer_file(
        "Store it",
        given.data,
        name=f"evidence.{ENDINGS.get(given.media, 'bin')}",
        mime=PLAIN,
        action=None,
        matters=(case_id,),
        key=f"file_{given.item_id}",
    )

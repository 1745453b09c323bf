"""Today: how the desk stands in one line, the way into the queue, and what is handed over."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import streamlit as st

from dashboard import frame, handover_words, session, untrusted
from dashboard import today_words as words
from dashboard import words as common
from dashboard.components import decision, listing, requests_due
from dashboard.components.notices import draw_notice
from dashboard.views import review
from triage.alarms.queries import AlarmRow, open_alarms
from triage.core.access import Action, Actor, can
from triage.intake.queries import FolderState
from triage.intake.queries import overview as mailboxes
from triage.messages.morning import HandoverEntry, Today
from triage.messages.queries import queue
from triage.messages.queries import today as days
from triage.messages.queries.history import LastImport, last_import
from triage.messages.queries.listing import Page, QueueRow
from triage.messages.queries.queue import NO_FILTERS
from triage.messages.service.handover_notes import LONGEST, leave_note
from triage.notify.queries import overview as mail_overview
from triage.retention.subject.queries.listing import ToAnswer
from triage.staff.calendar import last_close, local_day
from triage.staff.queries.duty import duty_now, turn_since
from triage.staff.queries.team import work_calendar
from triage.staff.sessions.queries import last_here
from triage.staff.team import DutyNow

ROWS = 8
"""Messages listed here: ten minutes' work. The review page has them all."""


@dataclass(frozen=True, slots=True)
class _Since:
    """From when on a viewer is told."""

    spans: dict[str, datetime]
    """What a note may tell of; the first is what it tells of unasked."""
    here: datetime
    entries: datetime


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the page is drawn from, read at one moment."""

    now: datetime
    since: _Since
    today: Today
    duty: DutyNow
    latest: LastImport | None
    entries: tuple[HandoverEntry, ...]
    scored: datetime | None
    alarms: tuple[AlarmRow, ...]
    boxes: tuple[FolderState, ...]
    requests: ToAnswer


def draw() -> None:
    """The line, then the queue, then the handover; with ``?message=`` in the URL, that message."""
    viewer = session.guard(Action.READ_TODAY)
    message_id = decision.asked_for()
    if message_id is not None:
        reviewer = session.guard(Action.REVIEW)
        untrusted.say(common.DANGER, kind="danger")
        review.draw_message(reviewer, message_id)
        return
    found = _read(viewer)
    st.title("Today", anchor=False)
    untrusted.clauses(
        words.line(
            words.Morning(
                now=found.now,
                viewer_id=viewer.person_id,
                today=found.today,
                duty=found.duty,
                latest=found.latest,
                alarms=tuple(one.raised_at for one in found.alarms),
                mailboxes=tuple(one.looked_at for one in found.boxes),
                failing=sum(one.red for one in found.boxes),
                requests=found.requests,
            )
        )
    )
    session.draw_problems()
    draw_notice()
    _banners(found)
    untrusted.say(common.DANGER, kind="danger")
    if can(viewer, Action.REVIEW):
        _queue(viewer, found)
    else:
        untrusted.strip(review.lanes(found.today.lanes, found.now))
        _entries(viewer, found)
    _happened(found)
    _handover(viewer, found)
    untrusted.say("Times are by London's clock where no other is named.", kind="quiet")


def _read(viewer: Actor) -> _Desk:
    desk = session.desk()
    now, settings = desk.clock.now(), desk.settings
    here = None if settings.demo else session.live()
    with desk.database.read() as db:
        calendar = work_calendar(db, settings)
        closed = last_close(calendar, now)
        opened = calendar.open_span(local_day(closed)).starts
        turn = turn_since(db, person_id=viewer.person_id, at=now)
        seen = None if here is None else last_here(db, viewer=viewer, session_id=here.session_id)
        spans = {"shift": turn, "last_day": closed, "last_here": seen}
        since = _Since(
            spans={name: at for name, at in spans.items() if at is not None},
            here=seen or closed,
            entries=min(opened, seen or opened),
        )
        return _Desk(
            now=now,
            since=since,
            today=days.today(
                db, viewer=viewer, now=now, since=since.here, sitting=session.sitting()
            ),
            duty=duty_now(db, now, settings=settings),
            latest=last_import(db, viewer=viewer),
            entries=days.entries(db, viewer=viewer, vault=desk.vault, since=since.entries),
            scored=days.last_scored(db, viewer=viewer),
            alarms=(
                open_alarms(db, viewer=viewer, at=now) if can(viewer, Action.SEE_ALARMS) else ()
            ),
            boxes=mailboxes(db, now, settings, desk.keys),
            requests=requests_due.read(viewer),
        )


def _banners(found: _Desk) -> None:
    frame.banners()
    if session.desk().scorer.model_version == "none":
        untrusted.say("{since}", since=words.not_scored(found.scored, found.now))
    stuck = words.import_stuck(found.latest, found.now)
    if stuck:
        untrusted.say("{stuck} Tell whoever keeps the desk.", kind="problem", stuck=stuck)


# -- the queue


def _queue(viewer: Actor, found: _Desk) -> None:
    st.session_state["narrowed"] = NO_FILTERS  # the next item is the next of all
    desk = session.desk()
    with desk.database.read() as db:
        held = queue.mine(db, viewer=viewer, now=found.now)
        page = queue.queue_page(db, viewer=viewer, now=found.now, sitting=session.sitting())
    if page.rows:
        st.button(
            words.START[page.rows[0].lane],
            type="primary",
            key="start",
            shortcut=session.key("N"),
            on_click=listing.open_message,
            args=(page.rows[0].id,),
        )
        untrusted.strip(review.lanes(found.today.lanes, found.now))
    _entries(viewer, found)
    if held:
        st.header("Yours", anchor=False)
        listing.draw_rows(held, found.now, key="held")
    if page.rows:
        _waiting(page, found.now)


def _waiting(page: Page, now: datetime) -> None:
    st.header("Waiting", anchor=False)
    shown: tuple[QueueRow, ...] = page.rows[:ROWS]
    listing.draw_rows(shown, now, key="open")
    if page.total > len(shown):
        untrusted.say(
            "{count} more: the Review page lists them all.", count=page.total - len(shown)
        )


# -- what happened, and the handover


def _entries(viewer: Actor, found: _Desk) -> None:
    if not found.entries:
        return
    st.header("Left for whoever is next", anchor=False)
    untrusted.timeline(
        [
            (
                words.moment(one.at, found.now),
                "From you" if one.person_id == viewer.person_id else f"Handover from {one.name}",
                one.text,
            )
            for one in found.entries
        ]
    )


def _happened(found: _Desk) -> None:
    st.header("What happened", anchor=False)
    back = "you were last here, " if "last_here" in found.since.spans else ""
    since = f"{back}{words.moment(found.since.here, found.now)}"
    what = words.happened(found.today.activity)
    untrusted.say("Since {since}: {what}.", since=since, what=what)


def _handover(viewer: Actor, found: _Desk) -> None:
    st.header("Handover", anchor=False)
    since = _span(found.since.spans)
    mine, for_all = (_note(viewer, found, since, for_all=one) for one in (False, True))
    if mine != for_all:
        untrusted.say("For you alone, since it counts what not everybody here may know of:")
        untrusted.letter(mine)
    st.markdown("To copy, for a chat or a mail: what everybody here may read.")
    untrusted.copy(for_all)
    if can(viewer, Action.HAND_OVER):
        _write(since)


def _span(spans: dict[str, datetime]) -> datetime:
    """From when on the note tells: chosen where there is a choice."""
    first = next(iter(spans))
    chosen = None
    if len(spans) > 1:
        chosen = st.segmented_control(
            "What the note tells of",
            list(spans),
            format_func=words.SPANS.__getitem__,
            default=first,
            key="span",
        )
    return spans.get(chosen or first, spans[first])


def _note(viewer: Actor, found: _Desk, since: datetime, *, for_all: bool) -> str:
    desk = session.desk()
    with desk.database.read() as db:
        handed = days.handover(db, viewer=viewer, now=found.now, since=since, for_all=for_all)
        mail = mail_overview(db, found.now, desk.settings)
    return handover_words.note(handover_words.Note(found.now, handed, found.duty, mail))


def _write(since: datetime) -> None:
    with st.form("handover", border=False):
        st.text_area(
            "A sentence of your own for whoever has the desk next",
            key="handover_text",
            max_chars=LONGEST,
        )
        untrusted.say(
            "Do not name senders or colleagues; use references, like K7Q-2FX.", kind="quiet"
        )
        st.form_submit_button("Leave this note", on_click=_leave, args=(since,))


def _leave(since: datetime) -> None:
    text = str(st.session_state.get("handover_text", ""))
    if text and text == st.session_state.get("handover_left"):
        return  # the second press of two
    session.run(partial(leave_note, text=text, since=since))
    if not session.failed():
        st.session_state["handover_text"] = ""
        st.session_state["handover_left"] = text

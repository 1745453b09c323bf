"""Review: the queue, and one message at a time."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard import frame, session, untrusted, words
from dashboard.components import decision, listing
from dashboard.components.item import draw_item
from dashboard.components.notices import draw_notice
from triage.core.access import Action, Actor
from triage.core.ids import is_id
from triage.messages.morning import LaneCount
from triage.messages.queries import queue
from triage.messages.queries.history import last_import
from triage.messages.queries.listing import Page
from triage.messages.queries.queue import Filters
from triage.messages.rules import Lane


def draw() -> None:
    """The queue; with ``?message=`` in the URL, that message."""
    viewer = session.guard(Action.REVIEW)
    frame.banners()
    untrusted.say(words.DANGER, kind="danger")
    message_id = decision.asked_for()
    if message_id is None:
        _queue(viewer)
    else:
        draw_message(viewer, message_id)


def draw_message(viewer: Actor, message_id: str) -> None:
    """The message that the URL names."""
    if is_id(message_id):
        # The controls are not drawn beside an item, so their choice is kept for the next one.
        draw_item(viewer, message_id, st.session_state.get("narrowed", filters()))
    else:
        session.draw_problems()
        untrusted.problem(["There is no such message."])
        st.button("Back to the queue", on_click=decision.leave_item, key="back")


def filters() -> Filters:
    """What the URL narrows the queue to; nonsense in it narrows nothing.

    The URL says it in the words of the controls, whatever their case.
    """
    lane = st.query_params.get("lane", "").lower()
    service = st.query_params.get("service", "")
    sender = st.query_params.get("sender", "")
    return Filters(
        lane=Lane(lane) if lane in {one.value for one in Lane} else None,
        service=words.service_id(service) if service else None,
        sender_id=sender if is_id(sender) else None,
        held_forwards=st.query_params.get("forwards", "").lower() == "held",
    )


def _queue(viewer: Actor) -> None:
    st.title("Review", anchor=False)
    session.draw_problems()
    draw_notice()
    desk = session.desk()
    now, narrowed = desk.clock.now(), filters()
    st.session_state["narrowed"] = narrowed
    with desk.database.read() as db:
        counts = queue.lane_counts(db, viewer=viewer, now=now, sitting=session.sitting())
        held = queue.mine(db, viewer=viewer, now=now)
        welfare = queue.open_welfare(db, viewer=viewer, now=now)
        unlisted = queue.held_forwards(db, viewer=viewer, now=now, sitting=session.sitting())
        services = queue.services(db, viewer=viewer, now=now)
        page = queue.queue_page(
            db,
            viewer=viewer,
            now=now,
            filters=narrowed,
            sitting=session.sitting(),
            number=listing.page_number("page"),
        )
        latest = last_import(db, viewer=viewer)
    came = (
        "No mail has been imported yet."
        if latest is None
        else (f"Last import {words.when(latest.ended_at or latest.started_at)}.")
    )
    total = sum(one.waiting for one in counts)
    if total == 0:
        untrusted.say("Nothing waiting. {came}", came=came)
    else:
        untrusted.say("{count} to look at. {came}", count=words.plural(total, "message"), came=came)
        untrusted.strip(lanes(counts, now))
    if latest is not None and latest.unreadable:
        untrusted.say(
            "{count} in the last import could not be read as mail: see the import's list.",
            kind="notice",
            count=words.plural(len(latest.unreadable), "file"),
        )
    if unlisted:
        _unlisted(unlisted, narrowed)
    if held:
        st.header("You hold", anchor=False)
        listing.draw_rows(held, now, key="held")
    others = [row for row in welfare if row not in held]
    if others:
        st.header("Welfare tasks that colleagues look after", anchor=False)
        listing.draw_rows(others, now, key="welfare")
    if total:
        _waiting(page, services, narrowed, now)


def lanes(counts: Sequence[LaneCount], now: datetime) -> list[tuple[str, str, str]]:
    """The cells of the queue's strip."""
    return [
        (
            words.LANES[one.lane],
            str(one.waiting),
            f"oldest {words.waited(now, one.oldest)}" if one.waiting else "nothing waiting",
        )
        for one in counts
    ]


def _waiting(page: Page, services: list[str], narrowed: Filters, now: datetime) -> None:
    st.header("Waiting", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Lane",
            [lane.value for lane in Lane],
            format_func=words.lane,
            key="lane",
            bind="query-params",
        )
        st.selectbox(
            "Service",
            services,
            index=None,
            placeholder="All services",
            format_func=words.service,
            key="service",
            bind="query-params",
            width=240,
        )
        if page.rows:
            st.button(
                "Start with the first",
                type="primary",
                key="start",
                on_click=listing.open_message,
                args=(page.rows[0].id,),
            )
    if narrowed.sender_id is not None:
        st.button("Show all senders", key="all_senders", on_click=_all_senders)
    if narrowed.held_forwards:
        st.button("Show the whole queue", key="whole_queue", on_click=_everything)
    if not page.rows:
        untrusted.say("Nothing waits here with this choice. Other lanes may hold something.")
    listing.draw_rows(page.rows, now, key="open")
    listing.draw_pager(page, key="page")


def _unlisted(count: int, narrowed: Filters) -> None:
    """Held forwards are work that waits: a colleague may have written from another address."""
    untrusted.say(
        "{count} by an address that is not on the list: somebody must say whether they are ours.",
        kind="notice",
        count=words.plural(count, "forward"),
    )
    if not narrowed.held_forwards:
        st.button("Show these forwards", key="held_forwards", on_click=_only_unlisted)


def _only_unlisted() -> None:
    st.query_params["forwards"] = "held"


def _everything() -> None:
    st.query_params.pop("forwards", None)


def _all_senders() -> None:
    st.query_params.pop("sender", None)

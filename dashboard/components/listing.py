"""Lists of messages: neutral rows, each with a button that opens it."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard import untrusted, words, words_wrote
from triage.messages.queries.listing import Page, QueueRow
from triage.messages.rules import State


def open_message(message_id: str) -> None:
    """Go to one message; the filters in the URL stay."""
    st.query_params["message"] = message_id
    st.session_state.pop("opened", None)
    st.session_state.pop("following", None)


def draw_rows(rows: Sequence[QueueRow], now: datetime, *, key: str) -> None:
    """Draw rows. Nothing of a message's own words stands in a list."""
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            untrusted.row(words_wrote.sender(row), chips(row), _quiet(row, now))
            st.button(
                words.open_row(row),
                key=f"{key}_{row.id}",
                on_click=open_message,
                args=(row.id,),
            )


def draw_pager(page: Page, *, key: str) -> None:
    """The pages of a list, if there is more than one; the number stands in the URL."""
    if page.pages > 1:
        st.pagination(page.pages, key=key, bind="query-params")


def page_number(key: str) -> int:
    """The page asked for, by the pager or by the URL."""
    asked = st.session_state.get(key) or st.query_params.get(key, "1")
    return int(asked) if str(asked).isdigit() else 1


def chips(row: QueueRow) -> list[tuple[str, str]]:
    """What is to know about a row before it is opened."""
    found: list[tuple[str, str]] = []
    if row.particular_concern:
        found.append(("Of particular concern", "high"))
    if row.urgent:
        found.append(("Alarm raised", "high"))
    found += [(one, "high") for one in row.standing]
    if row.after_request:
        found.append(("after request to cease", "high"))
    if row.earlier:
        found.append((f"{words.plural(row.earlier, 'earlier message')} decided as abusive", ""))
    if row.second_look:
        found.append(("Second look asked", ""))
    found += words_wrote.chips(row)
    if row.band is not None:
        found.append((words.BANDS[row.band], row.band))
    if row.kinds:
        found.append((f"suspected: {words.kinds(row.kinds)}", ""))
    if row.attached:
        found.append(("found in an attachment", "high"))
    if row.unread is not None:
        found.append((words.UNREAD[row.unread], ""))
    if row.dispositions:
        found.append((f"decided: {words.kinds(row.dispositions)}", ""))
    if row.severity:
        found.append((f"severity {row.severity}", ""))
    if row.state not in {State.QUEUED, State.SECOND_LOOK} and not row.held_by:
        found.append((words.STATES.get(row.state, row.state.value.replace("_", " ")), ""))
    if row.held_by:
        found.append((f"open with {row.held_by}", ""))
    return found


def _quiet(row: QueueRow, now: datetime) -> str:
    parts = [
        f"{words.service(row.service)}, {words.CHANNELS[row.channel].lower()}",
        f"received {words.when(row.received_at)}",
        words.length(row.length),
    ]
    if row.state in {State.QUEUED, State.SECOND_LOOK}:
        parts.append(f"waiting {words.waited(now, row.queued_at)}")
    if row.same_sender:
        parts.append(f"{row.same_sender} more waiting from this sender")
    return " · ".join(parts)

"""Fields of the forms about a report: somebody in it, a piece of evidence, a day, a text.

Names and titles are outside text: they stand beside the field, and are chosen by number.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_inquiry as words
from dashboard.components import asking
from triage.cases.inquiry.queries import EvidenceItem, Inquiry, MeasureItem, MeetingItem, inquiry
from triage.cases.queries import PartyItem
from triage.core.access import Actor
from triage.core.errors import Invalid, NotAllowed, NotFound
from triage.core.text import LONGEST_REASON
from triage.staff.calendar import LONDON, at_clock, local_day


def read(viewer: Actor, case_id: str) -> Inquiry | None:
    """The inquiry, for somebody with a part in it."""
    desk = session.desk()
    with desk.database.read() as db:
        try:
            return inquiry(
                db, vault=desk.vault, viewer=viewer, case_id=case_id, at=desk.clock.now(),
                settings=desk.settings,
            )  # fmt: skip
        except (NotFound, NotAllowed, Invalid):
            return None


def called(party: PartyItem) -> str:
    """Somebody in a report, by whatever is known of them."""
    return party.name or party.role or party.contact or "name not known"


def person(
    name: str,
    all_of_them: Sequence[PartyItem],
    ids: Collection[str],
    kept: str | None,
    *,
    must: bool = True,
) -> PartyItem | None:
    """One of the people in a report."""
    numbered = {one.id: (number, one) for number, one in enumerate(all_of_them, 1)}
    may = [one.id for one in all_of_them if one.id in ids]

    def said(party_id: str) -> str:
        number, party = numbered[party_id]
        return words.person(number, party.kind)

    chosen = _choice(name, may, {one: said(one) for one in may}, kept,
                     {one: called(numbered[one][1]) for one in may}, must=must)  # fmt: skip
    return None if chosen is None else numbered[chosen][1]


def item(
    name: str, items: Sequence[EvidenceItem], kept: str | None, *, must: bool = True
) -> EvidenceItem | None:
    """One piece of evidence, by its number in the list."""
    by_id = {one.id: one for one in items}
    labels = {one.id: words.evidence(number, one) for number, one in enumerate(items, 1)}
    chosen = _choice(name, list(by_id), labels, kept,
                     {one.id: one.title for one in items}, must=must)  # fmt: skip
    return None if chosen is None else by_id[chosen]


def measure(measures: Sequence[MeasureItem], kept: str | None) -> MeasureItem | None:
    """One measure, by its number in the list."""
    by_id = {one.id: one for one in measures}
    labels = {one.id: words.measure(number, one) for number, one in enumerate(measures, 1)}
    chosen = _choice("which_measure", list(by_id), labels, kept,
                     {one.id: one.who for one in measures})  # fmt: skip
    return None if chosen is None else by_id[chosen]


def meeting(meetings: Sequence[MeetingItem], kept: str | None) -> MeetingItem | None:
    """One talk, by its number in the list."""
    by_id = {one.id: one for one in meetings}
    labels = {one.id: words.meeting(number) for number, one in enumerate(meetings, 1)}
    chosen = _choice("which_meeting", list(by_id), labels, kept,
                     {one.id: f"{one.name or 'the reporter'}, {asking.shown_at(one.at)}"
                      for one in meetings})  # fmt: skip
    return None if chosen is None else by_id[chosen]


def _choice(
    name: str,
    ids: list[str],
    labels: Mapping[str, str],
    kept: str | None,
    beside: Mapping[str, str],
    *,
    must: bool = True,
) -> str | None:
    untrusted.facts([(labels[one].capitalize(), beside[one]) for one in ids])
    only = 0 if must and len(ids) == 1 else None
    before = asking.place(ids, kept)
    return st.selectbox(
        words.LABELS[name], ids, index=only if before is None else before,
        format_func=labels.__getitem__, placeholder="Choose one",
    )  # fmt: skip


def colleague(name: str, people: Mapping[str, str], kept: str | None) -> str | None:
    """One of our own people."""
    ids = list(people)
    return st.selectbox(
        words.LABELS[name], ids, index=asking.place(ids, kept), placeholder="Choose one",
        format_func=people.__getitem__,
    )  # fmt: skip


def line(name: str, value: str = "", *, longest: int = 200) -> str:
    """A text on one line."""
    return st.text_input(words.LABELS[name], value=value, max_chars=longest)


def passage(name: str, value: str = "", *, longest: int = LONGEST_REASON) -> str:
    """A text of several lines."""
    return st.text_area(words.LABELS[name], value=value, max_chars=longest)


def said_at(kept: dict[str, Any]) -> datetime | None:
    """When something was said, written or taken: the day, and the time where it is known."""
    today = local_day(session.desk().clock.now())
    before: datetime | None = kept.get("made_at")
    known = None if before is None else before.astimezone(LONDON)
    on = st.date_input(
        "On which day was it said, written or taken?",
        value=None if known is None else known.date(),
        max_value=today,
        format="DD/MM/YYYY",
    )
    clock = st.time_input(
        "At what time, in London, if that is known?",
        value=None if known is None or known.time() == time(0) else known.time(),
        step=300,
    )
    return None if not isinstance(on, date) else at_clock(on, clock or time(0))


def ahead(kept: datetime | None) -> datetime | None:
    """A moment to come, by day and by London's clock."""
    today = local_day(session.desk().clock.now())
    known = None if kept is None else kept.astimezone(LONDON)
    on = st.date_input(
        "On which day?",
        value=None if known is None else known.date(),
        min_value=today,
        format="DD/MM/YYYY",
    )
    clock = st.time_input(
        "At what time, in London?", value=None if known is None else known.time(), step=300
    )
    return at_clock(on, clock) if isinstance(on, date) and clock is not None else None


def day(name: str, kept: date | None, *, last: date | None = None) -> date | None:
    """A day to come."""
    first = local_day(session.desk().clock.now()) + timedelta(days=1)
    on = st.date_input(
        words.LABELS[name], value=kept, min_value=first, max_value=last, format="DD/MM/YYYY"
    )
    return on if isinstance(on, date) else None


def shown_day(at: datetime | None) -> str:
    """When something was said, as it is checked: without a time where none is known."""
    if at is None:
        return ""
    known = at.astimezone(LONDON)
    return f"{known:%-d %B %Y}" if known.time() == time(0) else asking.shown_at(at)

"""The alarm on every page: one's own alert, what nobody has yet, and that nobody is on duty."""

from datetime import datetime, timedelta
from functools import partial

import streamlit as st

from dashboard import session, untrusted, words
from triage.alarms.queries import AlarmRow, AlertRow, my_alerts, open_alarms
from triage.alarms.service.raising import acknowledge
from triage.core.access import Action, can
from triage.notify.rules import Lane
from triage.staff.calendar import LONDON
from triage.staff.queries import PersonRow
from triage.staff.queries.team import next_on_duty, on_duty_now, work_calendar
from triage.staff.words import when

_MOMENT = timedelta(microseconds=1)


def draw_alarm(person: PersonRow) -> None:
    """Above every page, for whom it concerns; nothing where no alarm stands that they may see."""
    desk, viewer = session.desk(), person.actor()
    now = desk.clock.now()
    with desk.database.read() as db:
        mine = my_alerts(db, viewer=viewer)
        sees = can(viewer, Action.SEE_ALARMS)
        standing = open_alarms(db, viewer=viewer, at=now) if sees else ()
        nobody = sees and not on_duty_now(db, now)
        coming = next_on_duty(db, now) if nobody else None
        calendar = work_calendar(db, desk.settings)
    for alert in mine:
        _draw_mine(alert)
    _draw_standing(standing, now)
    working = any(calendar.open_spans(now, now + _MOMENT))
    if nobody and (standing or (working and coming is not None)):
        _draw_nobody(coming)


def _draw_mine(alert: AlertRow) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        untrusted.say(
            "You were alerted at {time} ({lane} lane).",
            kind="problem",
            time=alert.sent_at.astimezone(LONDON).strftime("%H:%M on %a %-d %b"),
            lane=alert.lane.value,
        )
        st.button(
            "I have it",
            key=f"have_it_{alert.id}",
            type="primary",
            on_click=session.run,
            args=(partial(acknowledge, alert_id=alert.id),),
        )


def _draw_standing(standing: tuple[AlarmRow, ...], now: datetime) -> None:
    """The longest of each lane, and how many."""
    for lane in Lane:
        rows = [one for one in standing if one.lane is lane]
        if rows:
            untrusted.say(
                "Unacknowledged for {minutes} min: {lane} lane, {count}.",
                kind="problem",
                minutes=int(rows[0].waited(now).total_seconds() // 60),
                lane=lane.value,
                count=words.plural(len(rows), "message"),
            )


def _draw_nobody(coming: datetime | None) -> None:
    if coming is None:
        untrusted.say("Nobody is on duty, and nobody is on the rota ahead.", kind="problem")
    else:
        untrusted.say("Nobody is on duty. Next: {when}.", kind="problem", when=when(coming))

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
    working = any(calendar.open_spans(now, now + _MOMENT))
    alone = nobody and (standing or (working and coming is not None))
    said = [*_standing(standing, now), *([_nobody(coming)] if alone else [])]
    if said:
        untrusted.say("{said}", kind="problem", said=" ".join(said))


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


def _standing(standing: tuple[AlarmRow, ...], now: datetime) -> list[str]:
    """Of each lane how many nobody has, and for how long not the first."""
    said = []
    for lane in Lane:
        rows = [one for one in standing if one.lane is lane]
        if rows:
            what = "report" if lane in {Lane.REPORT, Lane.EVENT} else "message"
            long = words.waited(rows[0].waited(now) + now, now)
            said.append(f"{lane.value} lane, {words.plural(len(rows), what)} (for {long})")
    return [f"Nobody has taken yet: {'; '.join(said)}."] if said else []


def _nobody(coming: datetime | None) -> str:
    if coming is None:
        return "Nobody is on duty, and nobody is on the rota ahead."
    return f"Nobody is on duty. Next: {when(coming)}."

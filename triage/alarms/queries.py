"""Which alarms stand, as far as the viewer may know of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from triage.alarms.rules import Reach
from triage.alarms.service.raising import mail_key
from triage.alarms.tables import Alarm, AlarmStep, Alert
from triage.core.access import Action, Actor, check, visible
from triage.core.settings import Settings
from triage.notify.queries import MailOverview, overview
from triage.notify.rules import Lane
from triage.staff.queries import PersonRow, person

LOOK_BACK = timedelta(days=14)
"""How long the mails of past alerts are looked at."""


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm that nobody has yet."""

    matter_id: str
    lane: Lane
    raised_at: datetime
    reach: Reach | None
    """Who was alerted last; ``None`` while nobody was."""

    def waited(self, at: datetime) -> timedelta:
        """How long it has stood."""
        return max(timedelta(), at - self.raised_at)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert of the viewer's own that they have not acknowledged."""

    id: str
    lane: Lane
    sent_at: datetime


def open_alarms(session: Session, *, viewer: Actor, at: datetime) -> tuple[AlarmRow, ...]:
    """The alarms that stand at a moment, oldest first."""
    check(viewer, Action.SEE_ALARMS)
    newest = (
        select(AlarmStep.reach)
        .where(AlarmStep.alarm_id == Alarm.id)
        .order_by(AlarmStep.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = session.execute(
        select(Alarm.matter_id, Alarm.lane, Alarm.raised_at, newest)
        .where(Alarm.ended_at.is_(None), Alarm.raised_at <= at, visible(viewer, Alarm.matter_id))
        .order_by(Alarm.raised_at, Alarm.id)
    )
    return tuple(
        AlarmRow(matter_id, Lane(lane), raised_at, None if reach is None else Reach(reach))
        for matter_id, lane, raised_at, reach in found
    )


def my_alerts(session: Session, *, viewer: Actor) -> tuple[AlertRow, ...]:
    """The viewer's own alerts with anything left to acknowledge, whatever their role."""
    found = session.execute(
        select(Alert.id, Alert.lane, Alert.sent_at)
        .where(
            Alert.person_id == viewer.person_id,
            Alert.acknowledged_at.is_(None),
            exists()
            .where(
                AlarmStep.alert_id == Alert.id,
                AlarmStep.alarm_id == Alarm.id,
                Alarm.ended_at.is_(None),
                visible(viewer, Alarm.matter_id),
            )
            .correlate(Alert),
        )
        .order_by(Alert.sent_at, Alert.id)
    )
    return tuple(AlertRow(one.id, Lane(one.lane), one.sent_at) for one in found)


def answerable(session: Session, alert_id: str, now: datetime) -> tuple[PersonRow, Lane] | None:
    """Who was alerted, and in which lane, if there is anything left for them to acknowledge."""
    alert = session.get(Alert, alert_id)
    found = None if alert is None else person(session, alert.person_id, now)
    if alert is None or found is None:
        return None
    left = {one.id for one in my_alerts(session, viewer=found.actor())}
    return (found, Lane(alert.lane)) if alert.id in left else None


def mail_of_alarms(
    session: Session, *, viewer: Actor, now: datetime, settings: Settings
) -> MailOverview:
    """Whether the mails of alarms of which the viewer may know go out, and if not, why."""
    alerts = session.scalars(
        select(AlarmStep.alert_id)
        .join(Alarm, Alarm.id == AlarmStep.alarm_id)
        .where(
            AlarmStep.alert_id.is_not(None),
            AlarmStep.at > now - LOOK_BACK,
            visible(viewer, Alarm.matter_id),
        )
        .distinct()
    )
    return overview(session, now, settings, only=[mail_key(one) for one in alerts if one])

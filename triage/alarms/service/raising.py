"""What the room above tells of a matter, and who says that they have it.

Called in the transaction of what happened: a message that is kept has its alarm, or neither is.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, delete, exists, or_, select

from triage.alarms.rules import AHEAD, ANOTHER, PATIENCE, SAID, How, Why, graver
from triage.alarms.tables import Alarm, AlarmStep, Alert
from triage.core.access import visible
from triage.core.commands import Tx
from triage.core.errors import NotFound
from triage.core.ids import new_id
from triage.notify.rules import Lane
from triage.notify.service import withdraw_mail


def raise_alarm(
    tx: Tx, *, matter_id: str, lane: str, why: Why, apart_from: str | None = None
) -> None:
    """Raise the alarm of a matter. While one is open it stays one, in the graver lane."""
    tx.record("alarm_raised", matter_id, lane=Lane(lane).value, why=why.value)
    standing = _open(tx, matter_id)
    if standing is None:
        tx.session.add(
            Alarm(
                id=new_id(),
                matter_id=matter_id,
                lane=lane,
                why=why.value,
                raised_at=tx.now,
                raised_by=tx.actor.person_id,
                apart_from=apart_from,
            )
        )
        tx.session.flush()
        return
    standing.lane = graver(standing.lane, lane)
    if why in ANOTHER:
        standing.why = why.value
    standing.apart_from = apart_from or standing.apart_from


def seen(tx: Tx, *, matter_id: str) -> None:
    """Whoever acts has taken the matter itself in hand: they have its alarm too."""
    standing = _open(tx, matter_id)
    if standing is not None:
        _have(tx, [standing], How.OPENED)
    else:
        _settle_said(tx, matter_id, How.OPENED)


def left(tx: Tx, *, matter_id: str, by: str | None, asked: bool = False) -> None:
    """Whoever had taken the matter put it back undecided, or let it lie: it alerts again, as it
    did, and first somebody else than who passed it on (``by``). ``asked``: for another person."""
    last = _newest(tx, matter_id)
    if last is None or last.ended_at is None or last.ended_how == How.OVER.value:
        return
    why = Why.SECOND_LOOK if asked else Why(last.why)
    raise_alarm(tx, matter_id=matter_id, lane=last.lane, why=why, apart_from=by)


def over(tx: Tx, *, matter_id: str) -> None:
    """The matter waits no more, so nobody is alerted any more."""
    standing = _open(tx, matter_id)
    if standing is None:
        _settle_said(tx, matter_id, How.OVER)
        return
    standing.ended_at, standing.ended_how = tx.now, How.OVER.value
    tx.record("alarm_over", matter_id)
    _withdraw(tx, [standing])


def remind_of_said(tx: Tx) -> int:
    """Raise again what somebody said they have and never opened; how many were.

    Who presses a button half asleep must not be the end of an alarm.
    """
    soon = timedelta(minutes=tx.settings.alarm_minutes) * PATIENCE
    calm = timedelta(minutes=tx.settings.report_alarm_minutes) * PATIENCE
    is_calm = Alarm.lane == Lane.REPORT.value
    said = tx.session.scalars(
        select(Alarm)
        .where(
            Alarm.ended_how.in_([one.value for one in SAID]),
            or_(
                and_(is_calm, Alarm.ended_at <= tx.now - calm),
                and_(~is_calm, Alarm.ended_at <= tx.now - soon),
                Alarm.ended_at > tx.now + AHEAD,
            ),
        )
        .order_by(Alarm.raised_at, Alarm.id)
        .with_for_update()
    ).all()
    for alarm in said:
        alarm.ended_how = How.FORGOTTEN.value
        raise_alarm(
            tx,
            matter_id=alarm.matter_id,
            lane=alarm.lane,
            why=Why(alarm.why),
            apart_from=alarm.apart_from,
        )
    tx.session.flush()
    return len(said)


def _newest(tx: Tx, matter_id: str) -> Alarm | None:
    return tx.session.scalar(
        select(Alarm)
        .where(Alarm.matter_id == matter_id)
        .order_by(Alarm.raised_at.desc(), Alarm.id)
        .limit(1)
    )


def _settle_said(tx: Tx, matter_id: str, how: How) -> None:
    """Somebody said that they have it, and now the matter itself was taken, or waits no more."""
    last = _newest(tx, matter_id)
    if last is not None and last.ended_how in {one.value for one in SAID}:
        last.ended_how = how.value


def acknowledge(tx: Tx, *, alert_id: str, how: How = How.DESK) -> bool:
    """Say that one has what an alert carries; whether there was anything left to have.

    Only the alerted person can. It counts for every alarm of the alert of which they may know:
    what they may not, goes on to the next.
    """
    alert = tx.session.get(Alert, alert_id, with_for_update=True)
    if alert is None or alert.person_id != tx.actor.person_id:
        raise NotFound("There is no such alert.")
    carried = exists().where(AlarmStep.alarm_id == Alarm.id, AlarmStep.alert_id == alert_id)
    found = tx.session.scalars(
        select(Alarm)
        .where(Alarm.ended_at.is_(None), carried, visible(tx.actor, Alarm.matter_id))
        .order_by(Alarm.raised_at, Alarm.id)
        .with_for_update()
    ).all()
    if not found:
        return False
    alert.acknowledged_at = tx.now
    _have(tx, found, how)
    return True


def _have(tx: Tx, alarms: Sequence[Alarm], how: How) -> None:
    for one in alarms:
        one.ended_at, one.ended_by, one.ended_how = tx.now, tx.actor.person_id, how.value
        tx.record("acknowledged", one.matter_id, how=how.value)
    _withdraw(tx, alarms)


def _withdraw(tx: Tx, alarms: Sequence[Alarm]) -> None:
    """Take back the mails, not sent yet, of alerts that carry nothing open any more."""
    tx.session.flush()
    of_these = AlarmStep.alarm_id.in_([one.id for one in alarms])
    still = (
        select(AlarmStep.alert_id)
        .join(Alarm, Alarm.id == AlarmStep.alarm_id)
        .where(Alarm.ended_at.is_(None), AlarmStep.alert_id.is_not(None))
    )
    done = select(AlarmStep.alert_id).where(
        of_these, AlarmStep.alert_id.is_not(None), AlarmStep.alert_id.not_in(still)
    )
    withdraw_mail(tx, [mail_key(one) for one in tx.session.scalars(done.distinct()) if one])


def mail_key(alert_id: str) -> str:
    """The cause under which an alert's mails stand in the outbox."""
    return f"alert:{alert_id}"


def _open(tx: Tx, matter_id: str) -> Alarm | None:
    return tx.session.scalar(
        select(Alarm)
        .where(Alarm.matter_id == matter_id, Alarm.ended_at.is_(None))
        .with_for_update()
    )


def forget(tx: Tx, *, matter_id: str) -> None:
    """The matter was erased: when it alerted whom is no more. What was put on the record stays."""
    over(tx, matter_id=matter_id)
    of_it = select(Alarm.id).where(Alarm.matter_id == matter_id)
    tx.session.flush()
    tx.session.execute(delete(AlarmStep).where(AlarmStep.alarm_id.in_(of_it)))
    tx.session.execute(delete(Alarm).where(Alarm.matter_id == matter_id))

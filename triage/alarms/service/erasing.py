"""Alarms go with their matter (``raising.forget``); an alert goes a time after its last alarm has,
and so do the mails of the outbox, whatever they were about."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, select
from sqlalchemy.orm import Session

from triage.alarms.tables import AlarmStep, Alert
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.erasing import Due, Keeping
from triage.core.settings import Settings
from triage.notify.rules import MailState
from triage.notify.tables import OutboxMail


def _old(settings: Settings, now: datetime) -> ColumnElement[bool]:
    """Sent long ago, and it carries nothing any more."""
    carries = exists().where(AlarmStep.alert_id == Alert.id)
    return and_(Alert.sent_at <= now - timedelta(days=settings.keep_no_action_days), ~carries)


def _due(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> Sequence[Due]:
    found = select(Alert.id, Alert.sent_at).where(_old(settings, now), Alert.id > after)
    kept = timedelta(days=settings.keep_no_action_days)
    rows = session.execute(found.order_by(Alert.id).limit(most))
    return [Due(one.id, "alert", one.sent_at + kept) for one in rows]


def _erase(tx: Tx, due: Due) -> bool:
    """Ids and times alone: nothing is put on the record, which knows of each alarm."""
    tx.allow(Action.RUN_JOBS)
    gone = tx.session.execute(
        delete(Alert).where(Alert.id == due.matter_id, _old(tx.settings, tx.now))
    )
    return bool(getattr(gone, "rowcount", 0))


def _settled(settings: Settings, now: datetime) -> ColumnElement[bool]:
    """Sent or given up, so long ago that nobody asks for the same again."""
    moment = now - timedelta(days=settings.keep_no_action_days)
    return and_(OutboxMail.state != MailState.QUEUED.value, OutboxMail.queued_at <= moment)


def _due_mails(
    session: Session, settings: Settings, now: datetime, after: str, most: int
) -> Sequence[Due]:
    found = select(OutboxMail.id, OutboxMail.queued_at).where(
        _settled(settings, now), OutboxMail.id > after
    )
    kept = timedelta(days=settings.keep_no_action_days)
    rows = session.execute(found.order_by(OutboxMail.id).limit(most))
    return [Due(one.id, "mail", one.queued_at + kept) for one in rows]


def _erase_mail(tx: Tx, due: Due) -> bool:
    """It said nothing; whom a mail that failed was for goes with it."""
    tx.allow(Action.RUN_JOBS)
    gone = tx.session.execute(
        delete(OutboxMail).where(OutboxMail.id == due.matter_id, _settled(tx.settings, tx.now))
    )
    return bool(getattr(gone, "rowcount", 0))


KEEPINGS = (
    Keeping("alerts", _due, _erase),
    Keeping("mails of the outbox", _due_mails, _erase_mail),
)

"""Alarms go with their matter (``raising.forget``); an alert goes a time after its last alarm has,
and so do the mails of the outbox, whatever they were about."""

from sqlalchemy import exists

from triage.alarms.tables import AlarmStep, Alert
from triage.core.erasing import Timed
from triage.notify.rules import MailState
from triage.notify.tables import OutboxMail

ALERTS = Timed(
    "alert",
    Alert.id,
    Alert.sent_at,
    lambda settings: settings.keep_no_action_days,
    where=(~exists().where(AlarmStep.alert_id == Alert.id),),
)
"""Sent long ago, and it carries nothing any more."""
MAILS = Timed(
    "mail",
    OutboxMail.id,
    OutboxMail.queued_at,
    lambda settings: settings.keep_no_action_days,
    where=(OutboxMail.state != MailState.QUEUED.value,),
)
"""Sent or given up, so long ago that nobody asks for the same again. It said nothing; whom a mail
that failed was for goes with it."""

KEEPINGS = (ALERTS.keeping("alerts"), MAILS.keeping("mails of the outbox"))

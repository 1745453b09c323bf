"""Alarms go with their matter, as letters and mails do; an alert goes a time after its last alarm
has, and so do the mails of the outbox, whatever they were about."""

from sqlalchemy import exists

from triage.alarms.service.raising import forget
from triage.alarms.tables import AlarmStep, Alert
from triage.core.commands import Tx
from triage.core.erasing import Timed
from triage.letters.service.erasing import erase_letters
from triage.notify.rules import MailState
from triage.notify.service import forget_mail
from triage.notify.tables import OutboxMail


def forget_matter(tx: Tx, *, matter_id: str) -> None:
    """What hangs on a matter by its id alone goes with it, in the transaction that erases it: the
    letters about it, when it alerted whom, and that a mail was of it."""
    erase_letters(tx, matter_id=matter_id)
    forget(tx, matter_id=matter_id)
    forget_mail(tx, matter_id=matter_id)


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

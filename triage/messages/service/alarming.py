"""Which messages raise an alarm by themselves, as they come in."""

from sqlalchemy import exists, select

from triage.alarms.rules import LEAST_THREAT, Why
from triage.alarms.service.raising import raise_alarm
from triage.classifier.assessment import Assessment, Route
from triage.core.access import Action, can
from triage.core.commands import Tx
from triage.core.exclusions import excluded
from triage.intake.inbound import ParseStatus
from triage.messages.placing import Rank, lane_of
from triage.messages.rules import Lane
from triage.messages.tables import Message
from triage.staff.queries import active_people


def alarm_on_arrival(tx: Tx, message: Message, overall: Assessment, rank: Rank) -> None:
    """Raise the alarm of a message that has just been queued, if it cannot wait.

    A threat in the high band; somebody who may be at risk; mail that could not be read, of a
    sender who has written before. What stands blind is none of these. And whatever nobody who
    reviews may see: else who writes to all of them at once, or claims to be them, is never read.
    """
    why = _why(tx, message, overall, rank)
    if why is not None:
        raise_alarm(tx, matter_id=message.id, lane=lane_of(rank).value, why=why)


def _why(tx: Tx, message: Message, overall: Assessment, rank: Rank) -> Why | None:
    if rank is Rank.HIGH and overall.scores["threatening"] >= LEAST_THREAT:
        return Why.THREAT
    if Route.WELFARE in overall.routes and lane_of(rank) is not Lane.ORDINARY:
        return Why.WELFARE
    if message.parse_status == ParseStatus.QUARANTINED.value and _has_written_before(tx, message):
        return Why.QUARANTINED
    return Why.NOBODY_LEFT if _nobody_may_look(tx, message) else None


def _has_written_before(tx: Tx, message: Message) -> bool:
    earlier = exists().where(Message.sender_id == message.sender_id, Message.id != message.id)
    return message.sender_id is not None and bool(tx.session.scalar(select(earlier)))


def _nobody_may_look(tx: Tx, message: Message) -> bool:
    """Whether each of those who review has no part in it. The fallback is alerted then."""
    team = {one.id for one in active_people(tx.session) if can(one.actor(), Action.REVIEW)}
    out = excluded(tx.session, [message.id]).get(message.id, frozenset())
    return bool(team) and team <= out

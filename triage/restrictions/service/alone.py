"""What one person did alone and nobody confirmed, or what ended some other way, is not begun again
by one person alone: else they would keep somebody out for as long as they liked (rule 2)."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from triage.core.commands import Tx
from triage.core.errors import Conflict
from triage.messages.queries.groups import members
from triage.messages.tables import Message
from triage.restrictions import rules
from triage.restrictions.draft import Draft
from triage.restrictions.queries.reach import known_to
from triage.restrictions.rules import State
from triage.restrictions.service.moving import dates_of
from triage.restrictions.spans import alone_until
from triage.restrictions.tables import Restriction, RestrictionGround


def check_not_again(tx: Tx, draft: Draft) -> None:
    """Something has come since the last of it ended: what rested on one of these messages, and
    what somebody did alone against this person. What the actor may not know of counts for nothing:
    they had no part in it."""
    ended = [one for one in (_ended(found, tx.now) for found in _before(tx, draft)) if one]
    if not ended:
        return
    newest = tx.session.scalar(
        select(func.max(Message.received_at)).where(Message.id.in_(draft.message_ids))
    )
    if newest is None or newest <= max(ended):
        raise Conflict(
            "This has ended, and none of these messages came after that: one person alone does not "
            "begin it again. Propose it, and somebody else decides."
        )


def _before(tx: Tx, draft: Draft) -> list[Restriction]:
    grounds = select(RestrictionGround.restriction_id).where(
        RestrictionGround.message_id.in_(draft.message_ids)
    )
    alike: ColumnElement[bool] = Restriction.id.in_(grounds)
    if draft.sender_id is not None:
        theirs = members(tx.session, viewer=tx.actor, sender_id=draft.sender_id)
        alone = [one.value for one in (State.LAPSED, *rules.TO_RATIFY)]
        alike = or_(
            alike, and_(Restriction.sender_id.in_(theirs), Restriction.state.in_(sorted(alone)))
        )
    return list(tx.session.scalars(select(Restriction).where(known_to(tx.actor), alike)))


def _ended(one: Restriction, now: datetime) -> datetime | None:
    """When it ended, by its dates where no job has noted it yet; ``None``: it has not."""
    state = State(one.state)
    if state in rules.TERMINAL:
        return one.ended_at
    if state not in rules.HOLDS or rules.in_force(dates_of(one), now):
        return None
    return alone_until(one.lapses_at if state in rules.TO_RATIFY else None, one.expires_at)

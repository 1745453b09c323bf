"""Which grounds of a restriction are of somebody who is not linked with its person any more.

What two addresses have in common is what a colleague said, and it may be taken back after
something was proposed over the mail of both.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.messages.queries.unlinked import of_others
from triage.messages.tables import Message
from triage.restrictions import rules
from triage.restrictions.rules import State
from triage.restrictions.tables import Restriction, RestrictionGround


def unlinked(session: Session, restriction_id: str) -> tuple[str, ...]:
    """The messages among its grounds of whose sender nobody says any more that they are its person.

    By every link that stands, whoever may know of it: what somebody may not know of holds all the
    same. Whoever asks has checked who may know of the restriction.
    """
    person = session.scalar(select(Restriction.sender_id).where(Restriction.id == restriction_id))
    grounds = select(RestrictionGround.message_id).where(
        RestrictionGround.restriction_id == restriction_id
    )
    return of_others(session, sender_id=person, message_ids=session.scalars(grounds).all())


def resting_on_links(session: Session) -> list[str]:
    """What waits or holds and rests on mail from more than one address, by id."""
    open_ = {State.PROPOSED, *rules.HOLDS}
    found = session.scalars(
        select(Restriction.id)
        .join(RestrictionGround, RestrictionGround.restriction_id == Restriction.id)
        .join(Message, Message.id == RestrictionGround.message_id)
        .where(
            Restriction.state.in_(sorted(one.value for one in open_)),
            Message.sender_id != Restriction.sender_id,
        )
        .distinct()
    )
    return sorted(found)

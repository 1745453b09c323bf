"""Which messages of a referral are of somebody who is not linked with its person any more.

What two addresses have in common is what a colleague said, and it may be taken back after the mail
of both was put forward together.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.messages.queries.unlinked import of_others
from triage.messages.tables import Message
from triage.referrals import rules
from triage.referrals.tables import Referral, ReferralMatter


def unlinked(session: Session, referral_id: str, *, at: datetime | None = None) -> tuple[str, ...]:
    """The messages that it rests on of whose sender nobody says any more that they are its person;
    ``at``: of whom nobody said so by then.

    What is from one address alone rests on no link. Whoever asks has checked who may know of it.
    """
    found = session.execute(
        select(Message.id, Message.sender_id)
        .join(ReferralMatter, ReferralMatter.matter_id == Message.id)
        .where(ReferralMatter.referral_id == referral_id)
    ).all()
    if len({sender_id for _, sender_id in found}) < 2:
        return ()
    person = session.scalar(select(Referral.sender_id).where(Referral.id == referral_id))
    ids = [message_id for message_id, _ in found]
    return of_others(session, sender_id=person, message_ids=ids, at=at)


def resting_on_links(session: Session) -> list[str]:
    """What has not ended and rests on mail from more than one address, by id."""
    found = session.scalars(
        select(Referral.id)
        .join(ReferralMatter, ReferralMatter.referral_id == Referral.id)
        .join(Message, Message.id == ReferralMatter.matter_id)
        .where(Referral.state.in_(sorted(one.value for one in rules.LIVE)))
        .group_by(Referral.id)
        .having(func.count(Message.sender_id.distinct()) > 1)
    )
    return sorted(found)

"""A report to the police that goes on though the mark it began with was taken back: why, and who
can end it. To take back a mark says what the message is, and not that nobody is told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check
from triage.core.exclusions import excluded
from triage.core.roles import Role
from triage.messages.rules import Edge
from triage.messages.tables import Message, MessageTransition
from triage.referrals.queries.listing import parts_of, rows_of
from triage.referrals.rules import DECIDERS_AGAINST, State
from triage.referrals.tables import Referral, ReferralMatter
from triage.staff.processes import Process
from triage.staff.queries import active_people, guest_matters
from triage.staff.queries.team import outsiders

BEFORE = frozenset({State.CONSIDERING, State.AUTHORISED})
"""Not with the police yet: what ends it lies here."""


@dataclass(frozen=True, slots=True)
class Unmarked:
    """Why it waits still."""

    authorised: bool
    """It goes, unless who decides takes that back first."""
    lacking: int
    """How many more have to say no."""
    can_say_no: tuple[str, ...]
    """Names of who decides, and has a part in this neither for nor against."""
    steps_in: tuple[str, ...]
    """Names of who steps in, where those are too few."""


def unmarked(
    session: Session, *, viewer: Actor, referral_id: str, now: datetime
) -> Unmarked | None:
    """Of a referral that the viewer may read: nothing, where no mark of it was taken back, or one
    of its messages is marked still."""
    if referral_id not in guest_matters(session, viewer.person_id, now):
        check(viewer, Action.READ_REFERRALS)
    found = rows_of(session, viewer, now, Referral.id == referral_id)
    if not found or found[0].state not in BEFORE:
        return None
    rests_on = select(ReferralMatter.matter_id).where(
        ReferralMatter.referral_id == referral_id, ReferralMatter.kind == "message"
    )
    ids = list(session.scalars(rests_on.order_by(ReferralMatter.matter_id)))
    marked = select(Message.id).where(Message.id.in_(ids), Message.particular_concern)
    if session.scalar(marked.limit(1)) is not None or not _was_marked(session, ids):
        return None
    parts = parts_of(session, [referral_id])[referral_id]
    out = parts.put_forward | parts.against
    for barred in excluded(session, [referral_id, *ids]).values():
        out |= barred
    deciders = [one for one in active_people(session) if Role.DECIDER in one.roles]
    free = tuple(one.name for one in deciders if one.id not in out)
    lacking = DECIDERS_AGAINST - len(parts.against)
    named = {one.id for one in outsiders(session) if one.serves(Process.NOT_REFERRED)} - out
    behind = tuple(
        one.name for one in active_people(session) if one.id in named and one.name not in free
    )
    return Unmarked(
        authorised=found[0].state is State.AUTHORISED,
        lacking=lacking,
        can_say_no=free,
        steps_in=behind if len(free) < lacking else (),
    )


def _was_marked(session: Session, message_ids: list[str]) -> bool:
    asked = select(MessageTransition.details).where(
        MessageTransition.message_id.in_(message_ids),
        MessageTransition.edge == Edge.ASK_SECOND_LOOK.value,
    )
    return any(details.get("concern") for details in session.scalars(asked))

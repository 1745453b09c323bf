"""What happened, as a pack tells it: by role, without anybody's words."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import CONSOLE, SYSTEM, Actor, visible
from triage.letters.rules import GONE
from triage.letters.tables import Letter
from triage.messages.tables import Message, MessageTransition
from triage.packs.phrases import LETTER, MESSAGE, REFERRAL, RESTRICTED, RESTRICTION
from triage.referrals.tables import Disclosure, ReferralTransition
from triage.restrictions.queries.reach import known_to
from triage.restrictions.tables import Restriction, RestrictionTransition
from triage.staff.queries import everybody

Row = tuple[str, ...]


class Roles:
    """People by role, numbered as they come: nobody's name leaves with a pack."""

    def __init__(self, session: Session) -> None:
        self._roles = {one.id: sorted(one.roles) for one in everybody(session)}
        self._numbers: dict[str, int] = {}

    def __call__(self, person_id: str) -> str:
        """What somebody is called in the pack."""
        if person_id in {SYSTEM.person_id, CONSOLE.person_id}:
            return "the system" if person_id == SYSTEM.person_id else "the command line"
        number = self._numbers.setdefault(person_id, len(self._numbers) + 1)
        roles = ", ".join(self._roles.get(person_id, ())) or "staff"
        return f"person {number} ({roles.replace('_', ' ')})"


def received(messages: Collection[Message]) -> Iterator[Row]:
    """When each came, and when its sender dated it."""
    for one in messages:
        yield time_of(one.received_at), "message received", one.id, "the sender", "received"
        if one.sent_at is not None:
            yield time_of(one.sent_at), "message dated by its sender", one.id, "the sender", "dated"


def steps(
    session: Session, matter_id: str, message_ids: Collection[str], who: Roles
) -> Iterator[Row]:
    """What people did, without their words; what a program did is left out."""
    for message in session.scalars(
        select(MessageTransition)
        .where(
            MessageTransition.message_id.in_(message_ids),
            MessageTransition.actor_id != SYSTEM.person_id,
        )
        .order_by(MessageTransition.at, MessageTransition.message_id, MessageTransition.sequence)
    ):
        said = MESSAGE[message.edge]
        yield time_of(message.at), said, message.message_id, who(message.actor_id), message.edge
    for step in session.scalars(
        select(ReferralTransition)
        .where(ReferralTransition.referral_id == matter_id)
        .order_by(ReferralTransition.sequence)
    ):
        code = f"referral_{step.edge}"
        yield time_of(step.at), REFERRAL[step.edge], step.referral_id, who(step.actor_id), code


def course(
    session: Session, viewer: Actor, sender_ids: Collection[str], who: Roles
) -> Iterator[Row]:
    """What was told to and decided on who wrote, as far as the viewer may know of it: that they
    were asked to stop, and what is in force, makes one message a part of a course of conduct.

    What came of an incident report is left out: it would tell that there is one.
    """
    letters = select(Letter).where(
        Letter.sender_id.in_(sender_ids),
        Letter.kind.in_(list(LETTER)),
        Letter.state.in_([one.value for one in GONE]),
        visible(viewer, Letter.matter_id),
    )
    for letter in session.scalars(letters.order_by(Letter.sent_at, Letter.id)):
        if letter.sent_at is not None:
            said, by = LETTER[letter.kind], who(letter.drafted_by)
            yield time_of(letter.sent_at), said, letter.id, by, f"letter_{letter.kind}"
    steps_of = (
        select(RestrictionTransition, Restriction.kind)
        .join(Restriction, Restriction.id == RestrictionTransition.restriction_id)
        .where(
            Restriction.sender_id.in_(sender_ids),
            Restriction.case_id.is_(None),
            RestrictionTransition.edge.in_(list(RESTRICTION)),
            known_to(viewer),
        )
        .order_by(RestrictionTransition.restriction_id, RestrictionTransition.sequence)
    )
    for step, kind in session.execute(steps_of):
        said = f"{RESTRICTED[kind]}: {RESTRICTION[step.edge]}"
        code = f"restriction_{step.edge}"
        yield time_of(step.at), said, step.restriction_id, who(step.actor_id), code


def disclosed(session: Session, matter_id: str, who: Roles) -> Iterator[Row]:
    """What was told or handed to the police before, and on what basis."""
    found = select(Disclosure).where(Disclosure.referral_id == matter_id)
    for one in session.scalars(found.order_by(Disclosure.at, Disclosure.id)):
        said = f"told or handed to the police ({one.lawful_basis.replace('_', ' ')})"
        yield time_of(one.at), said, matter_id, who(one.by), "disclosed"


def time_of(at: datetime) -> str:
    """A moment, as every table of a pack has it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")

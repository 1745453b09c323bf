"""One sender's timeline across the rooms: a read, nothing else.

It holds no filter of its own. Each room says what this viewer may know of it, and the senders are
those whom the viewer may know to be one person.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from triage.cases.verdict.queries import UpheldRow, upheld_of_senders
from triage.core.access import Action, Actor, check
from triage.core.sealed import Vault
from triage.letters.queries import LetterRow, letters_of_sender
from triage.messages.queries.groups import kin_of, members
from triage.messages.queries.listing import Page, QueueRow
from triage.messages.queries.queue import of_sender as messages_of
from triage.messages.queries.senders import SenderView, sender_view
from triage.referrals.queries import ReferralRow
from triage.referrals.queries import of_sender as referrals_of
from triage.restrictions.queries.lists import of_senders as restrictions_of
from triage.restrictions.queries.rows import RestrictionRow
from triage.senders.standing.words import standing_words

What = QueueRow | LetterRow | RestrictionRow | ReferralRow | UpheldRow


@dataclass(frozen=True, slots=True)
class Moment:
    """Something of one sender, and when it was."""

    at: datetime
    what: What


@dataclass(frozen=True, slots=True)
class SenderHistory:
    """A sender as one viewer may know them, and one page of what happened, newest first."""

    view: SenderView
    standing: tuple[str, ...]
    """What is in force, in words and by the day."""
    ceased: bool
    moments: tuple[Moment, ...]
    messages: int
    number: int
    pages: int


def sender_history(
    session: Session,
    *,
    viewer: Actor,
    vault: Vault,
    sender_id: str,
    now: datetime,
    number: int = 1,
) -> SenderHistory | None:
    """One page of a sender's timeline; ``None`` alike for one who is not and one of whom the
    viewer may see no message.

    A page holds a page of messages, and all that other rooms did in the time they span.
    """
    check(viewer, Action.REVIEW)
    view = sender_view(session, viewer=viewer, vault=vault, sender_id=sender_id)
    if view is None:
        return None
    group = members(session, viewer=viewer, sender_id=sender_id)

    def messages(wanted: int) -> Page:
        return messages_of(session, viewer=viewer, now=now, sender_id=sender_id, number=wanted)

    page = messages(number)
    before = messages(page.number - 1).rows[-1].received_at if page.number > 1 else None
    after = page.rows[-1].received_at if page.number < page.pages else None
    others = [
        *(_letter(one) for one in letters_of_sender(session, viewer=viewer, sender_ids=group)),
        *(
            Moment(one.since or one.proposed_at, one)
            for one in restrictions_of(
                session, viewer=viewer, vault=vault, sender_ids=group, now=now
            )
        ),
        *(
            Moment(one.considered_at, one)
            for one in referrals_of(session, viewer=viewer, sender_ids=group, now=now)
        ),
        *(
            Moment(one.at, one)
            for one in upheld_of_senders(session, viewer=viewer, sender_ids=group)
        ),
    ]
    kin = kin_of(session, viewer=viewer, sender_ids=(sender_id,), now=now)[sender_id]
    moments = [
        *(Moment(row.received_at, row) for row in page.rows),
        *(
            one
            for one in others
            if (before is None or one.at < before) and (after is None or one.at >= after)
        ),
    ]
    return SenderHistory(
        view=view,
        standing=standing_words(kin.standing),
        ceased=kin.standing.cease_contact,
        moments=tuple(sorted(moments, key=lambda one: (one.at, one.what.id), reverse=True)),
        messages=page.total,
        number=page.number,
        pages=page.pages,
    )


def _letter(row: LetterRow) -> Moment:
    return Moment(row.sent_at or row.drafted_at, row)

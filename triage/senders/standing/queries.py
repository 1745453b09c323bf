"""What is in force for senders. The one thing of a matter that also its excluded people may see:
so it says what, and never why or by whom (trust.md, section 5)."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.senders.standing.rules import NOTHING, Measure, Standing, Term, standing_at
from triage.senders.standing.tables import SenderStanding


def standing_of(
    session: Session, sender_ids: Collection[str | None], at: datetime
) -> dict[str, Standing]:
    """Sender id -> what is in force at a moment; who has nothing in force is not among them."""
    wanted = {one: (one,) for one in sender_ids if one is not None}
    return standing_of_groups(session, wanted, at)


def standing_of_groups(
    session: Session, groups: Mapping[str, Collection[str]], at: datetime
) -> dict[str, Standing]:
    """The same for people who are known as several senders: group -> what is in force for it."""
    wanted = {one for members in groups.values() for one in members}
    if not wanted:
        return {}
    terms: dict[str, list[Term]] = {}
    found = select(SenderStanding).where(
        SenderStanding.sender_id.in_(wanted), SenderStanding.since <= at
    )
    for row in session.scalars(found):
        term = Term(Measure(row.measure), row.since, row.until, row.ended_at)
        terms.setdefault(row.sender_id, []).append(term)
    held = {
        name: standing_at([one for member in members for one in terms.get(member, [])], at)
        for name, members in groups.items()
    }
    return {one: standing for one, standing in held.items() if standing != NOTHING}

"""Beside a proposed block: whether contact is ceased already, which a block comes on top of."""

from dashboard import session, untrusted
from triage.core.access import Actor
from triage.restrictions.queries.contact import cease_state


def draw_ceased(viewer: Actor, sender_id: str | None) -> None:
    """A block comes on top of ceasing contact: what there is of that already (P-BLK-1)."""
    desk = session.desk()
    if sender_id is None:
        return
    with desk.database.read() as db:
        stands = cease_state(db, viewer=viewer, sender_id=sender_id, now=desk.clock.now())
    if stands.since is not None:
        untrusted.say(
            "Contact is ceased since {day}.", kind="notice", day=stands.since.strftime("%-d %B %Y")
        )
    elif stands.proposed:
        untrusted.say("Ceasing contact is proposed, and not yet decided.", kind="notice")
    else:
        untrusted.say(
            "Contact is not ceased. A block is more than that: say below why less is not enough.",
            kind="notice",
        )
    if stands.asked_to_stop is not None:
        on = stands.asked_to_stop.strftime("%-d %B %Y")
        untrusted.say("They were asked to stop on {day}.", day=on)

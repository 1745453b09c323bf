"""That a mark "of particular concern" was taken back, and the report to the police goes on: why,
and who can end it."""

from dashboard import session, untrusted
from triage.core.access import Actor
from triage.referrals.queries import unmarked

GOES_ON = (
    "The mark “of particular concern” that this began with was taken back. That alone does not "
    "end this: whether the police are told is a decision of its own, and nothing ends it by "
    "itself."
)
AUTHORISED = (
    "It is authorised, and can be handed over. To end it, who decides takes the authorisation "
    "back first."
)
BY_TWO = {
    1: "It ends when one more of those who decide says why it is not to be referred.",
    2: "It ends when two of those who decide have said why it is not to be referred.",
}


def draw(viewer: Actor, referral_id: str) -> None:
    """Nothing, where the mark stands, or there was none."""
    desk = session.desk()
    with desk.database.read() as db:
        found = unmarked(db, viewer=viewer, referral_id=referral_id, now=desk.clock.now())
    if found is None:
        return
    untrusted.say("{words}", kind="notice", words=GOES_ON)
    if found.authorised:
        untrusted.say("{words}", words=AUTHORISED)
    untrusted.say("{words}", words=BY_TWO[found.lacking])
    untrusted.say("Who can: {names}", names=", ".join(found.can_say_no) or "nobody of the team")
    if found.steps_in:
        untrusted.say("Who steps in, once asked: {names}", names=", ".join(found.steps_in))
    elif len(found.can_say_no) < found.lacking:
        untrusted.say("Those are too few, and nobody is named who steps in.", kind="danger")

"""What people ask about their own data and has to be answered: said to who may answer it, alone."""

from dashboard import session, untrusted
from dashboard.words_due import NOTHING, pressing
from triage.core.access import Action, Actor, can
from triage.retention.subject.queries.listing import ToAnswer, to_answer


def read(viewer: Actor) -> ToAnswer:
    """What waits for the viewer; nothing for who may answer none."""
    if not can(viewer, Action.ANSWER_SUBJECTS):
        return NOTHING
    desk = session.desk()
    with desk.database.read() as db:
        return to_answer(db, viewer=viewer, now=desk.clock.now())


def draw(viewer: Actor) -> None:
    """A line where something is late, or soon will be."""
    found = read(viewer)
    if said := pressing(found):
        kind = "danger" if found.late else "notice"
        untrusted.say("{said}: see Data requests.", kind=kind, said=said)

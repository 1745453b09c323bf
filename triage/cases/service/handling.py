"""From a report that waits to a case that somebody looks into, or that goes elsewhere."""

from triage.alarms.service.raising import over
from triage.cases.inquiry.service.guards import leave_measures
from triage.cases.rules import Edge, State, Tie, check_handler, check_reopen, check_undo
from triage.cases.service import parts, recusing
from triage.cases.service.hr import hr_is_in_it
from triage.cases.service.stepping import (
    STEPS,
    holders,
    keep_members,
    load,
    load_as,
    parts_of,
    step,
)
from triage.cases.tables import Case, CaseDeclaration, CaseTransition
from triage.conduct.incidents import PublicStatus
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotAllowed
from triage.core.exclusions import ExclusionKind
from triage.core.steps import done_before, last_step
from triage.core.text import needed
from triage.messages.rules import ChildState
from triage.messages.service.children import tell
from triage.reports import service as reports
from triage.staff.processes import HOLDERS, Part


def declare(
    tx: Tx, *, case_id: str, version: int, ties: tuple[Tie, ...], token: str | None = None
) -> bool:
    """Say, knowing who is in it and before reading what happened, whether one has to do with any
    of them; whether one may go on (P-REC-1).

    With a tie one is out at once, and the place is filled. Without, one goes on with the part that
    one has; whoever has none becomes the handler of a report that nobody has.
    """
    if done_before(tx, STEPS, token):
        return True
    case = load(tx, case_id)
    tx.session.add(
        CaseDeclaration(
            case_id=case_id,
            person_id=tx.actor.person_id,
            ties=sorted({one.value for one in ties}),
            at=tx.now,
        )
    )
    tx.session.flush()
    tx.record("case_declared", case_id, ties=len(set(ties)))
    if ties:
        recusing.take_out(tx, case, tx.actor.person_id, ExclusionKind.RECUSED)
        return False
    if parts_of(tx, case_id, tx.actor.person_id):
        return True
    if State(case.state) is State.SUBMITTED:
        load(tx, case_id, version=version)
        _take(tx, case, token)
    else:
        raise Conflict("Somebody else has taken this report in the meantime.")
    return True


def _take(tx: Tx, case: Case, token: str | None) -> None:
    check_handler(tx.actor.person_id, case.entered_by, assigned=False)
    outside = not tx.actor.roles & HOLDERS[Part.HANDLER]
    parts.give(tx, case, Part.HANDLER, tx.actor.person_id, how="stepped_in" if outside else "took")
    step(tx, case, Edge.ACKNOWLEDGE, token=token)
    keep_members(tx, case)
    over(tx, matter_id=case.id)
    reports.set_status(tx, report_id=case.report_id, status=PublicStatus.BEING_LOOKED_AT)


def assign(tx: Tx, *, case_id: str, version: int, part: Part, person_id: str) -> None:
    """Name who investigates, who decides, who checks, or who handles it from here on.

    By the handler; rule 6 and every exclusion hold. A handler who names another has the part no
    more.
    """
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    parts.give(tx, case, part, person_id, how="assigned")
    if part is Part.HANDLER and person_id != tx.actor.person_id:
        parts.end(tx, case, tx.actor.person_id, {Part.HANDLER})


def release(tx: Tx, *, case_id: str, version: int, part: Part, person_id: str) -> None:
    """Take a part from somebody who need not have it any more; what the case needs stays held."""
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    parts.end(tx, case, person_id, {part})
    if parts.cover(tx, case):
        raise Conflict("Name somebody else for it first.")


def investigate(tx: Tx, *, case_id: str, version: int, token: str | None = None) -> None:
    """Begin to look into it: somebody investigates, and nobody who will decide."""
    if done_before(tx, STEPS, token):
        return
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    parts.check_held(tx, case, Part.INVESTIGATOR)
    step(tx, case, Edge.INVESTIGATE, token=token)


def route_out(
    tx: Tx, *, case_id: str, version: int, service: str, reason: str, token: str | None = None
) -> None:
    """Pass a complaint about a service to that service's own process; the reporter is told where
    (P-RTE-2). It counts as no incident."""
    if done_before(tx, STEPS, token):
        return
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    reason = needed(reason, field="reason", ask="Say why it is a matter of the service.")
    said = tx.settings.route_complaint
    step(tx, case, Edge.ROUTE_OUT, reason=reason, token=token, service=service)
    reports.say(tx, report_id=case.report_id, text=ROUTED.format(where=said))
    ended(tx, case)


def split_off(tx: Tx, *, case_id: str, version: int, service: str) -> None:
    """Say that the part about a service was passed to its own process; the rest goes on
    (P-RTE-1)."""
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    if not case.service_too:
        raise Conflict("Nothing in this report was said to be about a service.")
    case.service_too = False
    tx.record("case_split", case_id, service=service)
    reports.say(tx, report_id=case.report_id, text=SPLIT.format(where=tx.settings.route_complaint))
    tx.session.flush()


def refer_hr(
    tx: Tx,
    *,
    case_id: str,
    version: int,
    receipt: str,
    untold: str = "",
    token: str | None = None,
) -> None:
    """The reporter is on the staff: HR has it, or the named alternative outside the line
    (P-RTE-3). From here on nobody at this desk sees it: measures are over and told before, or
    (``untold``) it says why not. Where HR's own person is in it, it is the alternative's."""
    if done_before(tx, STEPS, token):
        return
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    receipt = needed(receipt, field="receipt", ask="Say who at HR has it, and since when.")
    leave_measures(tx, case, untold=untold)
    # Whom it goes to is said in the receipt. Who reported is not sent to the one it is about.
    aside = hr_is_in_it(tx, case)
    where = tx.settings.hr_alternative if aside else tx.settings.hr_route
    step(tx, case, Edge.REFER_HR, reason=receipt, token=token, hr_aside=aside)
    reports.say(tx, report_id=case.report_id, text=TO_HR.format(where=where))
    ended(tx, case)
    for people in holders(tx, case.id).values():
        for person_id in people:
            parts.end(tx, case, person_id)


def reopen(
    tx: Tx,
    *,
    case_id: str,
    version: int,
    reason: str,
    new_evidence: bool = False,
    token: str | None = None,
) -> None:
    """Take up again what has ended: by a decider where it was decided, else by whoever has a part
    in it; by somebody else than who ended it, or with something new (rule 4)."""
    if done_before(tx, STEPS, token):
        return
    case = load(tx, case_id, version=version)
    load_as(tx, case_id, *may_reopen(State(case.state)))
    reason = needed(reason, field="reason", ask="Say what is new, or what was wrong.")
    check_reopen(_ending(tx, case).actor_id, tx.actor.person_id, new_evidence=new_evidence)
    step(tx, case, Edge.REOPEN, reason=reason, token=token, new_evidence=new_evidence)
    parts.cover(tx, case)
    taken_up(tx, case)


def may_reopen(state: State) -> frozenset[Part]:
    """Whose parts let them take up again what has ended in this state."""
    if state is State.CLOSED:
        return frozenset({Part.DECIDER})
    return frozenset({Part.HANDLER, Part.SECOND, Part.DECIDER})


def undo(tx: Tx, *, case_id: str, version: int) -> None:
    """Take back what one has just ended, within the time for it; a new step, nothing deleted."""
    case = load(tx, case_id, version=version)
    ending = _ending(tx, case)
    check_undo(ending.actor_id, ending.at, tx.actor.person_id, tx.now, tx.settings.undo_time)
    step(tx, case, Edge.UNDO)
    taken_up(tx, case)


def look(tx: Tx, *, case_id: str) -> None:
    """Open the account, for whoever has a part and has declared: that they did is on the record."""
    load_as(tx, case_id, *Part)
    tx.record("case_read", case_id)


def mute(tx: Tx, *, case_id: str, version: int, muted: bool) -> None:
    """Stop, or start again, alerts of what the reporter adds. Nothing is closed by it."""
    case = load_as(tx, case_id, Part.HANDLER, version=version)
    case.muted = muted
    tx.record("case_muted", case_id, muted=muted)
    tx.session.flush()


def _ending(tx: Tx, case: Case) -> CaseTransition:
    """The step that ended it: only the newest can be taken back, or taken up again."""
    last: CaseTransition | None = last_step(tx, STEPS, case.id)
    if last is None or last.to_state != case.state:
        raise NotAllowed("This has not ended.", what="case_not_ended")
    return last


def ended(tx: Tx, case: Case) -> None:
    """What follows from every end: nobody is alerted any more, messages that are evidence in it
    need not stay open for it, and the reporter can see it."""
    over(tx, matter_id=case.id)
    tell(tx, child_id=case.id, state=ChildState.DONE)
    reports.set_status(tx, report_id=case.report_id, status=PublicStatus.ENDED)


def taken_up(tx: Tx, case: Case) -> None:
    """What follows wherever an end is taken back: messages that are evidence in it, and are not
    closed yet, wait for it again, and the reporter can see that it goes on."""
    tell(tx, child_id=case.id, state=ChildState.OPEN)
    reports.set_status(tx, report_id=case.report_id, status=PublicStatus.BEING_LOOKED_AT)


ROUTED = (
    "Thank you for telling us. What you describe is about how one of our services works, or a "
    "decision it made, and not about how somebody behaved. It has its own way: {where} "
    "We have ended this report here. If we have misread it, please say so below."
)
SPLIT = (
    "A part of what you told us is about how one of our services works. That part has its own "
    "way: {where} We go on with the rest here."
)
TO_HR = (
    "You told us that you work for us. For you there is a better way, with more protection than we "
    "can give here: {where} What you wrote has been passed there and is closed to us."
)

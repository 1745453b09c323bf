"""How a restriction moves, and what it tells the rooms below in the same transaction."""

from datetime import datetime

from sqlalchemy import or_, select

from triage.conduct.steps import note_step
from triage.core.closed import is_shut
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotFound
from triage.core.exclusions import Exclusion
from triage.core.steps import Steps
from triage.messages.rules import ChildState
from triage.messages.service.children import tell
from triage.restrictions import rules
from triage.restrictions.rules import Dates, Edge, Kind, State, TargetEdge, TargetState, Team
from triage.restrictions.service.wanted import all_wanted_besides
from triage.restrictions.spans import alone_until
from triage.restrictions.tables import (
    Appeal,
    EnforcementTask,
    Restriction,
    RestrictionApproval,
    RestrictionGround,
    RestrictionTransition,
)
from triage.senders.standing.rules import Measure
from triage.senders.standing.service import end_standing, set_standing
from triage.staff.service.deciders import happened_since

NO_SUCH_RESTRICTION = "There is no such restriction."
"""Said alike of one that does not exist and of one that this person may not know of."""
FELL_AWAY = "fell_away"
"""How an appeal ends that nobody decided: what it was against was over first."""
MEASURES = {
    Kind.CEASE_CONTACT: Measure.CEASE_CONTACT,
    Kind.SERVICE_BLOCK: Measure.SERVICE_BLOCK,
    Kind.CHANNEL_BLOCK: Measure.CHANNEL_BLOCK,
    Kind.EVENT_EXCLUSION: Measure.EVENT_EXCLUSION,
}
STEPS = Steps(RestrictionTransition, "restriction_id")
DID: dict[Edge, str] = {
    Edge.APPROVE: "approved",
    Edge.DECLINE: "declined",
    Edge.LAPSE: "noted the lapse of",
    Edge.ACTIVATE: "put into force",
    Edge.FALL_DUE: "put up for review",
    Edge.RENEW: "renewed",
    Edge.LIFT: "lifted",
    Edge.EXPIRE: "noted the end of",
    Edge.APPEAL: "recorded an appeal against",
    Edge.UPHOLD: "upheld",
    Edge.UPHOLD_UNPLACED: "upheld",
    Edge.OVERTURN: "overturned",
}


def load(tx: Tx, restriction_id: str, *, version: int | None = None) -> Restriction:
    """The restriction, locked. Excluded people get the same answer as for one that is not."""
    found = tx.session.get(Restriction, restriction_id, with_for_update=True)
    if found is None:
        raise NotFound(NO_SUCH_RESTRICTION)
    me = tx.actor.person_id
    if not tx.actor.is_system and (
        me in without_part(tx, restriction_id)
        or is_shut(tx.session, matter_id=restriction_id, person_id=me)
    ):
        raise NotFound(NO_SUCH_RESTRICTION, refused_matter=restriction_id)
    tx.about = restriction_id
    if version is not None and version != found.version:
        raise Conflict(what_happened(tx, restriction_id))
    return found


def without_part(tx: Tx, restriction_id: str) -> frozenset[str]:
    """Whom the restriction excludes, and whom any of its grounds does: also since it was proposed,
    where a message turned out later to have come to somebody."""
    grounds = select(RestrictionGround.message_id).where(
        RestrictionGround.restriction_id == restriction_id
    )
    of_case = select(Restriction.case_id).where(Restriction.id == restriction_id)
    none = select(Exclusion.person_id).where(
        or_(
            Exclusion.matter_id == restriction_id,
            Exclusion.matter_id.in_(grounds),
            Exclusion.matter_id.in_(of_case),
        )
    )
    return frozenset(tx.session.scalars(none))


def team_of(tx: Tx, restriction: Restriction) -> Team:
    """Who has had a part, and who may have none."""
    yes = select(RestrictionApproval.person_id).where(
        RestrictionApproval.restriction_id == restriction.id
    )
    went_on = select(RestrictionTransition.actor_id).where(
        RestrictionTransition.restriction_id == restriction.id,
        RestrictionTransition.edge.in_(sorted(rules.TOOK_PART)),
    )
    return Team(
        proposer=restriction.proposed_by,
        done_by=restriction.done_by,
        approvers=frozenset(tx.session.scalars(yes)),
        took_part=frozenset(tx.session.scalars(went_on)),
        excluded=without_part(tx, restriction.id),
    )


def dates_of(restriction: Restriction) -> Dates:
    """What counts for whether it is in force."""
    return Dates(
        State(restriction.state), restriction.since, restriction.expires_at, restriction.lapses_at
    )


def step(
    tx: Tx,
    restriction: Restriction,
    edge: Edge,
    *,
    reason: str = "",
    token: str | None = None,
    **details: object,
) -> None:
    """Move along one edge; the transition, its event, and what rooms below are told."""
    before, based_on = State(restriction.state), restriction.version
    to = rules.move(before, edge, by_system=tx.actor.is_system)
    restriction.state, restriction.state_since = to.value, tx.now
    if to in rules.TERMINAL:
        restriction.ended_at = ends_at(restriction, edge, tx)
        _appeal_falls_away(tx, restriction, to)
    note_step(
        tx, STEPS, restriction.id, edge.value, before, to,
        based_on=based_on, reason=reason, token=token, details=details,
    )  # fmt: skip
    if to in rules.TERMINAL - rules.NEVER_HELD:
        ask_removals(tx, restriction)  # first: while one is open, the message is not done with it
    tell_below(tx, restriction)


def open_appeal(tx: Tx, restriction_id: str) -> Appeal | None:
    """What the person wrote against it, while nobody has decided it."""
    found = select(Appeal).where(Appeal.restriction_id == restriction_id, Appeal.outcome.is_(None))
    return tx.session.scalars(found).one_or_none()


def _appeal_falls_away(tx: Tx, restriction: Restriction, to: State) -> None:
    """What ended some other way leaves nothing to decide, and says so: nobody has said no."""
    appeal = None if to is State.OVERTURNED else open_appeal(tx, restriction.id)
    if appeal is not None:
        appeal.outcome, appeal.decided_at = FELL_AWAY, tx.now
        tx.record("appeal_fell_away", restriction.id)


def ends_at(restriction: Restriction, edge: Edge, tx: Tx) -> datetime:
    """What ends by its date ended then, and not when a job came round to note it."""
    alone = alone_until(restriction.lapses_at, restriction.expires_at)
    if edge is Edge.LAPSE and alone is not None:
        return alone
    if edge is Edge.EXPIRE and restriction.expires_at is not None:
        return restriction.expires_at
    return tx.now


def tell_below(tx: Tx, restriction: Restriction) -> None:
    """Facts flow down: standing to the senders, what became of it to the messages."""
    state, source = State(restriction.state), restriction.id
    if restriction.sender_id is not None:
        if state in rules.TERMINAL and state is not State.DECLINED:
            end_standing(tx, source_id=source, at=restriction.ended_at or tx.now)
        elif state in rules.HOLDS and restriction.since is not None and not tx.actor.is_system:
            until = restriction.expires_at
            if state in rules.TO_RATIFY:
                until = alone_until(restriction.lapses_at, until)
            set_standing(
                tx,
                sender_id=restriction.sender_id,
                measure=MEASURES[Kind(restriction.kind)],
                source_id=source,
                since=restriction.since,
                until=until,
            )
    tell(tx, child_id=restriction.id, state=child_state(tx, restriction))


def child_state(tx: Tx, restriction: Restriction) -> ChildState:
    """Where it stands as its messages need to know: done once no task is left to do."""
    state = State(restriction.state)
    if state in {State.PROPOSED, State.EMERGENCY, State.UNRATIFIED}:
        return ChildState.OPEN
    if state in {State.DECLINED, State.LAPSED, State.OVERTURNED}:
        return ChildState.DECLINED
    if state is State.APPEALED:
        return ChildState.APPROVED
    settled = all(TargetState(one.state) in rules.SETTLED for one in tasks_of(tx, restriction.id))
    return ChildState.DONE if settled and state is not State.APPROVED else ChildState.APPROVED


def tasks_of(tx: Tx, restriction_id: str) -> list[EnforcementTask]:
    """Where it applies, in a steady order."""
    found = select(EnforcementTask).where(EnforcementTask.restriction_id == restriction_id)
    return list(tx.session.scalars(found.order_by(EnforcementTask.target)))


def grounds_of(tx: Tx, restriction_id: str) -> list[str]:
    """The messages that it rests on, in a steady order."""
    found = select(RestrictionGround.message_id).where(
        RestrictionGround.restriction_id == restriction_id
    )
    return list(tx.session.scalars(found.order_by(RestrictionGround.message_id)))


def ask_removals(tx: Tx, restriction: Restriction) -> None:
    """What has ended is taken out of every place it may stand in; each is a task (P-BLK-2). What
    another decision still wants there is left."""
    for task in tasks_of(tx, restriction.id):
        before = TargetState(task.state)
        if before in rules.WANTED:
            left = all_wanted_besides(tx, task)
            edge = TargetEdge.LEAVE if left else TargetEdge.ASK_REMOVAL
            task.state = rules.move_target(before, edge).value
            task.state_since = tx.now
            tx.record("entry_left" if left else "removal_asked", restriction.id, task=task.id)
    tx.session.flush()


def what_happened(tx: Tx, restriction_id: str) -> str:
    """Who did what last: for whoever was slower."""
    return happened_since(tx, STEPS, restriction_id, {one.value: did for one, did in DID.items()})

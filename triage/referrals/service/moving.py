"""How a referral moves, and what it tells the rooms below in the same transaction."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from triage.conduct.steps import note_step
from triage.core.closed import is_shut
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.exclusions import excluded
from triage.core.holds import HoldReason, hold, release
from triage.core.steps import Steps
from triage.messages.rules import ChildState, ConcernSettled
from triage.messages.service.children import settle_concern, tell
from triage.messages.tables import Message
from triage.referrals import rules
from triage.referrals.queries.listing import parts_of
from triage.referrals.rules import Edge, Route, State, Team
from triage.referrals.tables import (
    Referral,
    ReferralMatter,
    ReferralTransition,
)
from triage.staff.calendar import add_working_days
from triage.staff.queries.team import work_calendar
from triage.staff.service.deciders import happened_since

OWNER = "referrals"
"""Under this name the room holds what it rests on."""
MESSAGE = "message"
CASE = "case"
STEPS = Steps(ReferralTransition, "referral_id")
DID: dict[Edge, str] = {
    Edge.DECLINE: "decided not to refer",
    Edge.AUTHORISE: "authorised",
    Edge.SUBMIT: "submitted",
    Edge.TAKE_BACK: "took back the authorisation of",
    Edge.REFERENCE: "entered the reference of",
    Edge.PROGRESS: "added to",
    Edge.CONCLUDE: "concluded",
    Edge.WITHDRAW: "withdrew",
    Edge.REOPEN: "took up again",
}
CHILD: dict[State, ChildState] = {
    State.CONSIDERING: ChildState.OPEN,
    State.AUTHORISED: ChildState.APPROVED,
    State.NOT_REFERRED: ChildState.DECLINED,
    State.WITHDRAWN: ChildState.DONE,
}
"""What a message is told; once the police have it, nothing of it keeps the message open."""


def load(tx: Tx, referral_id: str, *, version: int | None = None) -> Referral:
    """The referral, locked. Excluded people get the same answer as for one that is not.

    Who has no part in one message that it rests on has none in it, whenever that turned out.
    """
    found = tx.session.get(Referral, referral_id, with_for_update=True)
    if found is None:
        raise NotFound(rules.NO_SUCH_REFERRAL)
    if not tx.actor.is_system and tx.actor.person_id in _barred(tx, referral_id):
        raise NotFound(rules.NO_SUCH_REFERRAL, refused_matter=referral_id)
    tx.about = referral_id
    if version is not None and version != found.version:
        raise Conflict(what_happened(tx, referral_id))
    return found


def team_of(tx: Tx, referral: Referral) -> Team:
    """Who has had a part in this round of it, and who may have none."""
    parts = parts_of(tx.session, [referral.id])[referral.id]
    return Team(
        put_forward=parts.put_forward,
        against=parts.against,
        authorised_by=referral.authorised_by,
        excluded=_barred(tx, referral.id),
    )


def round_of(tx: Tx, referral_id: str) -> int:
    """How often it was taken up again."""
    return parts_of(tx.session, [referral_id])[referral_id].round


def touch(tx: Tx, referral: Referral) -> None:
    """Something was added that moves nothing: the screens of others are stale from here on."""
    flag_modified(referral, "state_since")
    tx.session.flush()


def ask_anew(tx: Tx, referral: Referral) -> None:
    """What became of telling the person at risk is to be said once more; the note stays to read."""
    if referral.at_risk is not None:
        referral.at_risk = referral.at_risk_by = None
        tx.record("at_risk_asked_anew", referral.id)


def _barred(tx: Tx, referral_id: str) -> frozenset[str]:
    """Who is excluded from something that it rests on; and the actor, where any of that is a case
    which is closed to them."""
    matters = matter_ids(tx, referral_id)
    everybody = frozenset().union(*excluded(tx.session, matters).values())
    me = tx.actor.person_id
    shut = any(is_shut(tx.session, matter_id=one, person_id=me) for one in matters)
    return everybody | ({me} if shut and not tx.actor.is_system else set())


def step(
    tx: Tx,
    referral: Referral,
    edge: Edge,
    *,
    reason: str = "",
    token: str | None = None,
    danger_now: bool = False,
    **details: object,
) -> None:
    """Move along one edge; the transition, its event, and what rooms below are told.

    The system takes no edge here at all (rule 1): it reminds, and that moves nothing.
    """
    if tx.actor.is_system:
        raise Conflict("The system may not refer, and may not decide not to.")
    before, based_on = State(referral.state), referral.version
    to = rules.move(before, edge, danger_now=danger_now)
    referral.state, referral.state_since = to.value, tx.now
    note_step(
        tx, STEPS, referral.id, edge.value, before, to,
        based_on=based_on, reason=reason, token=token, details=details,
    )  # fmt: skip
    tell_below(tx, referral)


def tell_below(tx: Tx, referral: Referral) -> None:
    """Holds, and what the messages need to know: facts flow down."""
    state = State(referral.state)
    keep_held(tx, referral)
    tell(tx, child_id=referral.id, state=CHILD.get(state, ChildState.DONE))
    for message_id in message_ids(tx, referral.id):
        message = tx.session.get(Message, message_id)
        if message is None:
            continue  # erased: it was held for as long as this said
        how = _how_settled(tx, message_id)
        settled = None if how is None else how.value
        if message.particular_concern and message.concern_settled != settled:
            settle_concern(tx, message_id=message_id, how=how)


def _how_settled(tx: Tx, message_id: str) -> ConcernSettled | None:
    """How a mark stands over all that rests on the message: told to the police once, it is
    settled; while anything else of it is undecided, it is not."""
    tx.session.flush()
    found = (
        select(Referral.state)
        .join(ReferralMatter, ReferralMatter.referral_id == Referral.id)
        .where(ReferralMatter.matter_id == message_id)
    )
    states = {State(one) for one in tx.session.scalars(found)}
    if states & (rules.WITH_THE_POLICE | {State.CONCLUDED, State.WITHDRAWN}):
        return ConcernSettled.SUBMITTED
    return ConcernSettled.NOT_REFERRED if states == {State.NOT_REFERRED} else None


def keep_held(tx: Tx, referral: Referral) -> None:
    """Everything it rests on is kept while it is live, and for a time after it (P-POL-3)."""
    live = State(referral.state) in rules.LIVE
    until = (
        None
        if live
        else (referral.ended_at or tx.now) + timedelta(days=tx.settings.police_hold_days)
    )
    for matter_id in matter_ids(tx, referral.id):
        held = hold(tx, subject_id=matter_id, reason=HoldReason.POLICE, owner=OWNER)
        if until is not None and not _live_elsewhere(tx, referral.id, matter_id):
            release(tx, hold_id=held, owner=OWNER, until=max(until, tx.now))


def _live_elsewhere(tx: Tx, referral_id: str, matter_id: str) -> bool:
    """Whether another referral that is live rests on the same matter."""
    other = (
        select(Referral.id)
        .join(ReferralMatter, ReferralMatter.referral_id == Referral.id)
        .where(
            ReferralMatter.matter_id == matter_id,
            Referral.id != referral_id,
            Referral.state.in_([one.value for one in rules.LIVE]),
        )
    )
    return tx.session.scalar(other.limit(1)) is not None


def matter_ids(tx: Tx, referral_id: str) -> list[str]:
    """Everything it rests on, and itself."""
    found = select(ReferralMatter.matter_id).where(ReferralMatter.referral_id == referral_id)
    return [*tx.session.scalars(found.order_by(ReferralMatter.matter_id)), referral_id]


def message_ids(tx: Tx, referral_id: str) -> list[str]:
    """The messages among them."""
    found = select(ReferralMatter.matter_id).where(
        ReferralMatter.referral_id == referral_id, ReferralMatter.kind == MESSAGE
    )
    return list(tx.session.scalars(found.order_by(ReferralMatter.matter_id)))


def check_route(tx: Tx, route: Route, other_route: str) -> None:
    """A way of another kind is one that the deployer has listed."""
    if route is Route.OTHER and other_route not in tx.settings.police_routes:
        raise Invalid("Choose one of the ways that are listed.", field="other_route")


def chase(tx: Tx, referral: Referral) -> None:
    """Set when the reference, or news, is asked for next."""
    calendar = work_calendar(tx.session, tx.settings)
    referral.chase_at = add_working_days(calendar, tx.now, rules.CHASE_AFTER)


def what_happened(tx: Tx, referral_id: str) -> str:
    """Who did what last: for whoever was slower."""
    return happened_since(tx, STEPS, referral_id, {one.value: did for one, did in DID.items()})

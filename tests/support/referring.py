"""Short ways to refer somebody to the police, for tests."""

from typing import Any

from sqlalchemy import select

from support.desk import Desk
from triage.core.access import Actor
from triage.core.roles import Role
from triage.referrals.rules import AtRisk, LawfulBasis, ReferenceKind, Route, State
from triage.referrals.service import considering, deciding, with_police
from triage.referrals.tables import Referral, ReferralMatter, ReferralTransition


def staffed(desk: Desk) -> Desk:
    """The desk with who it takes: a second decider (edda) and two handlers (hal, hope)."""
    desk.add("edda", Role.DECIDER)
    desk.add("hal", Role.HANDLER)
    desk.add("hope", Role.HANDLER)
    return desk


def mark(desk: Desk, who: Actor, message_id: str) -> str:
    """Somebody marks a message as of particular concern; the referral."""
    version = desk.open(who, message_id)
    desk.uncover(who, message_id)
    return desk.do(
        who, considering.mark_concern, message_id=message_id, version=version, note="look at this"
    )


def consider(desk: Desk, who: Actor, *message_ids: str) -> str:
    """Somebody puts messages forward; the referral."""
    return desk.do(who, considering.consider, message_ids=message_ids, reason="Says where we live.")


def see(desk: Desk, who: Actor, referral_id: str) -> None:
    """Somebody opens everything that it rests on."""
    with desk.triage.database.read() as session:
        found = session.scalars(
            select(ReferralMatter.matter_id).where(ReferralMatter.referral_id == referral_id)
        ).all()
    for message_id in found:
        desk.do(who, deciding.open_evidence, referral_id=referral_id, message_id=message_id)


def answer(desk: Desk, who: Actor, referral_id: str) -> None:
    """Somebody says that the person at risk was told."""
    act(desk, who, deciding.answer_at_risk, referral_id, answer=AtRisk.TOLD)


def no(desk: Desk, who: Actor, referral_id: str) -> bool:
    """Somebody reads the evidence and says no."""
    see(desk, who, referral_id)
    return bool(act(desk, who, deciding.say_no, referral_id, reason="An old joke."))


def authorise(desk: Desk, who: Actor, referral_id: str, **given: Any) -> None:
    """Somebody reads the evidence and authorises it."""
    see(desk, who, referral_id)
    values = {"disclosed": "The message.", "basis": LawfulBasis.CRIME} | given
    act(desk, who, deciding.authorise, referral_id, **values)


def submit(desk: Desk, who: Actor, referral_id: str, **given: Any) -> None:
    """Somebody hands it over."""
    values = {"route": Route.ONLINE, "force": "The force here", "at": desk.now} | given
    act(desk, who, with_police.submit, referral_id, **values)


def reference(desk: Desk, who: Actor, referral_id: str) -> None:
    """Somebody enters the number."""
    values = {"reference": "CR/12345/26", "kind": ReferenceKind.CRIME}
    act(desk, who, with_police.enter_reference, referral_id, **values)


def act(desk: Desk, who: Actor, command: Any, referral_id: str, **given: Any) -> Any:
    """Somebody does something with it as it stands now."""
    return desk.do(
        who, command, referral_id=referral_id, version=row(desk, referral_id).version, **given
    )


def row(desk: Desk, referral_id: str) -> Referral:
    """A referral as it is stored."""
    with desk.triage.database.read() as session:
        found = session.get_one(Referral, referral_id)
        session.expunge(found)
        return found


def state(desk: Desk, referral_id: str) -> State:
    """Where it stands."""
    return State(row(desk, referral_id).state)


def steps(desk: Desk, referral_id: str) -> list[ReferralTransition]:
    """Its history."""
    with desk.triage.database.read() as session:
        found = list(
            session.scalars(
                select(ReferralTransition)
                .where(ReferralTransition.referral_id == referral_id)
                .order_by(ReferralTransition.sequence)
            )
        )
        session.expunge_all()
        return found

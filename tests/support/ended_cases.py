"""Cases that have ended, and one with everything in it that a person can write."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from support.cases import came_in, give, row, take, tick
from support.desk import Desk, meet
from support.hostile_cases import prepare_case
from support.verdicts import (
    SUBJECT,
    act,
    add,
    balanced,
    ban,
    close,
    copy_out,
    decided,
    does,
    notified,
    on_action,
    outcome_due,
    party,
    seen,
    verdict_on,
)
from triage.cases.inquiry.service import evidence
from triage.cases.rules import Finding
from triage.cases.service import handling, recusing, thread
from triage.cases.verdict.rules import ActionKind
from triage.cases.verdict.service import (
    carrying,
    closing,
    deciding,
    identity,
    recommending,
    setting_up,
    telling,
)
from triage.cases.verdict.service.jobs import run_verdicts
from triage.conduct.incidents import ViolationKind
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import SYSTEM, Actor
from triage.core.commands import Tx
from triage.core.roles import Role
from triage.referrals.rules import AtRisk, Conclusion, LawfulBasis, ReferenceKind, Route
from triage.referrals.service import deciding as deciding_referrals
from triage.referrals.service import with_police
from triage.referrals.tables import Referral
from triage.reports.form.files import put_file
from triage.reports.service.steps import add_step
from triage.reports.thread import StepKind
from triage.restrictions.service import deciding as deciding_restrictions
from triage.restrictions.service import tasks
from triage.restrictions.tables import EnforcementTask, Restriction
from triage.staff.processes import Part

OURS = {"event", "onsite"}
"""Of an event of ours, and public: they stay."""


def canary(name: str) -> str:
    """A word that is nowhere else."""
    return f"{name}quixomel"


def full_case(desk: Desk) -> tuple[str, set[str]]:
    """A case that is closed, with a word of its own wherever somebody writes; and the words."""
    words: set[str] = set()

    def said(name: str) -> str:
        if name in OURS:
            return f"our {name}"
        words.add(canary(name))
        return f"[medium] {canary(name)}" if name == "told" else canary(name)

    case_id = prepare_case(desk.triage, said)
    desk.people = meet(desk.triage, desk.clock).people
    sends_file(desk, case_id, said("filename"), said("file"))
    writes(desk, case_id, said("wrote"))
    does(desk, desk.hal, thread.say, case_id, text=said("answer"))
    does(desk, desk.hal, identity.ask_identity, case_id, reason=said("identity"))
    give(desk, case_id, Part.SECOND, desk.hope)
    challenge_id = desk.do(
        desk.ivo, recusing.challenge,
        case_id=case_id, person_id=desk.hope.person_id, reason=said("challenge"),
    )  # fmt: skip
    desk.do(desk.hal, recusing.settle_challenge, challenge_id=challenge_id, upheld=True)
    balanced(desk, case_id)
    does(
        desk, desk.ivo, recommending.recommend, case_id,
        finding=Finding.UPHELD, clauses=("P-TAX-1",), kinds=(ViolationKind.AGGRESSION,),
        actions=(ActionKind.OTHER,), reasons=said("recommended"),
    )  # fmt: skip
    desk.do(desk.dee, deciding.open_account, case_id=case_id)
    does(desk, desk.dee, recommending.send_back, case_id, reason=said("sentback"))
    does(
        desk, desk.ivo, recommending.recommend, case_id,
        finding=Finding.UPHELD, clauses=("P-TAX-1",), kinds=(ViolationKind.AGGRESSION,),
        actions=(ActionKind.OTHER,), reasons=said("again"),
    )  # fmt: skip
    desk.do(desk.dee, deciding.open_account, case_id=case_id)
    does(
        desk, desk.dee, deciding.decide, case_id,
        finding=Finding.UPHELD, clauses=("P-TAX-1",), actions=(ActionKind.OTHER,),
        reasons=said("decided"), no_independent_reason=said("alone"),
    )  # fmt: skip
    add(desk, case_id, ActionKind.OTHER, what=said("what"))
    act(desk, case_id)
    (action,) = seen(desk, case_id).actions
    on_action(desk, carrying.say_done, action.id, note=said("outcome"))
    does(desk, desk.hal, closing.close, case_id, reason=said("closed"))
    return case_id, words


def writes(desk: Desk, case_id: str, text: str) -> None:
    """The reporter writes, over the receipt, and the desk takes it in."""
    report_id = row(desk, case_id).report_id

    def write(tx: Tx) -> None:
        given = {"report_id": report_id, "kind": StepKind.TEXT, "text": text}
        add_step(tx.session, tx.vault, from_reporter=True, at=tx.now, **given)  # type: ignore[arg-type]

    desk.do(SYSTEM, write)
    tick(desk)


def sends_file(desk: Desk, case_id: str, name: str, words: str) -> None:
    """The reporter adds a file."""
    report_id = row(desk, case_id).report_id

    def write(tx: Tx) -> None:
        put_file(
            tx.session, tx.vault, report_id=report_id, message_id=None, name=f"{name}.png",
            data=b"\x89PNG\r\n\x1a\n" + words.encode(), at=tx.now,
        )  # fmt: skip

    desk.do(SYSTEM, write)


def routed(desk: Desk, **fields: Any) -> str:
    """A complaint about a service, which was passed on (P-RTE-2)."""
    case_id = take(desk, came_in(desk, **fields))
    given = {"service": "fixmystreet", "reason": "A pothole quixomel."}
    does(desk, desk.hal, handling.route_out, case_id, **given)
    return case_id


def upheld(desk: Desk, **fields: Any) -> str:
    """A case that was upheld and closed, and nothing followed."""
    return close(desk, outcome_due(desk, **fields))


def not_upheld(desk: Desk, **fields: Any) -> str:
    """The same, of one that was not."""
    return close(desk, outcome_due(desk, Finding.NOT_UPHELD, **fields))


def told(desk: Desk) -> str:
    """A case whose subject was told of it, and by letter how it ended; closed."""
    case_id = decided(desk, notified(desk), Finding.UPHELD, (ActionKind.NONE,), balance=False)
    act(desk, case_id)
    letter_id = does(
        desk, desk.hal, telling.tell_subject, case_id,
        party_id=party(desk, case_id), follows="Nothing quixomel.",
    )  # fmt: skip
    copy_out(desk, letter_id)
    return close(desk, case_id)


def told_until(desk: Desk, case_id: str) -> datetime:
    """The day that was said."""
    found = seen(desk, case_id).outcomes[0].kept_until
    assert found is not None
    return found


def restricted(desk: Desk) -> tuple[str, str]:
    """A case from which a block in one channel followed, applied and closed; and the block."""
    case_id = verdict_on(desk, Finding.UPHELD, (ActionKind.RESTRICTION,), subjects=(SUBJECT,))
    does(
        desk, desk.dee, setting_up.add_restriction, case_id,
        draft=ban(desk, "social"), party_id=party(desk, case_id),
    )  # fmt: skip
    child = str(seen(desk, case_id).actions[0].child_id)
    act(desk, case_id)
    sven = desk.add("sven", Role.SERVICE_ADMIN)
    desk.do(desk.ada, tasks.set_scope, person_id=sven.person_id, target="social")
    on_task(desk, child, tasks.apply)
    run_verdicts(desk.triage.runner, desk.now)
    return close(desk, case_id), child


def on_task(desk: Desk, restriction_id: str, command: Callable[..., Any]) -> None:
    """Sven does something about the one task of a restriction."""
    with desk.triage.database.read() as session:
        task = session.scalars(
            select(EnforcementTask).where(EnforcementTask.restriction_id == restriction_id)
        ).one()
        given = {"task_id": task.id, "version": task.version}
    desk.do(desk.sven, command, note="looked quixomel", **given)


def lift(desk: Desk, restriction_id: str) -> None:
    """Dee lifts it; it is still to be taken out of the channel."""
    with desk.triage.database.read() as session:
        version = session.get_one(Restriction, restriction_id).version
    desk.do(
        desk.dee, deciding_restrictions.lift,
        restriction_id=restriction_id, version=version, reason="enough quixomel",
    )  # fmt: skip


def referred(desk: Desk) -> tuple[str, str]:
    """A case that is closed, of which the police have a report; and the report."""
    case_id = verdict_on(desk, Finding.UPHELD, (ActionKind.POLICE_REFERRAL,))
    add(desk, case_id, ActionKind.POLICE_REFERRAL, what="a threat quixomel")
    child = str(seen(desk, case_id).actions[0].child_id)
    act(desk, case_id)
    on_referral(
        desk, desk.dee, deciding_referrals.authorise, child,
        disclosed="the account quixomel", basis=LawfulBasis.CRIME, reporter_data=False,
    )  # fmt: skip
    on_referral(
        desk, desk.hal, with_police.submit, child,
        route=Route.ONLINE, force="The force quixomel", at=desk.now,
    )  # fmt: skip
    run_verdicts(desk.triage.runner, desk.now)
    return close(desk, case_id), child


def conclude(desk: Desk, referral_id: str) -> None:
    """It ends with the police."""
    on_referral(
        desk, desk.dee, deciding_referrals.answer_at_risk, referral_id, answer=AtRisk.TOLD
    )  # fmt: skip
    on_referral(
        desk, desk.hal, with_police.enter_reference, referral_id,
        reference="CR/1/26", kind=ReferenceKind.CRIME,
    )  # fmt: skip
    on_referral(
        desk, desk.hal, with_police.conclude, referral_id,
        conclusion=Conclusion.WARNING, note="they rang quixomel",
    )  # fmt: skip


def on_referral(
    desk: Desk, actor: Actor, command: Callable[..., Any], referral_id: str, **given: Any
) -> None:
    """Somebody does something with it, as it stands now."""
    with desk.triage.database.read() as session:
        version = session.get_one(Referral, referral_id).version
    desk.do(actor, command, referral_id=referral_id, version=version, **given)


def evidence_in(desk: Desk, case_id: str) -> str:
    """A message that Rhea, who reviews messages too, puts into a case that she looks into."""
    message_id = desk.arrive("[high] I will wait by the door")
    version = desk.open(desk.rhea, message_id)
    desk.uncover(desk.rhea, message_id)
    desk.do(
        desk.rhea, evidence.add_message,
        case_id=case_id, title="A message quixomel", message_id=message_id,
        message_version=version, labels=(Disposition.THREATENING,), severity=Severity.HIGH,
    )  # fmt: skip
    return message_id

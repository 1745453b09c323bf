"""Cases on their way to an end: short ways to recommend, decide, act, tell and close."""

from collections.abc import Callable, Collection
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select

from support.cases import agreed, begun, give, row
from support.desk import Desk
from triage.cases.inquiry.service import letters as inquiry_letters
from triage.cases.inquiry.service import notices, weighing
from triage.cases.rules import Finding, PartyKind
from triage.cases.tables import CaseParty
from triage.cases.verdict.queries import VerdictItem, verdict
from triage.cases.verdict.rules import ActionKind
from triage.cases.verdict.service import closing, deciding, recommending, setting_up
from triage.cases.verdict.service.setting_up import ActionDraft
from triage.conduct.incidents import ViolationKind
from triage.core.access import Actor
from triage.letters.queries import LetterItem, letter
from triage.notify.smtp import Sender
from triage.reports.answers import Person
from triage.reports.queries import thread
from triage.restrictions.draft import Draft, TargetDraft
from triage.restrictions.rules import Kind
from triage.staff.processes import Part


class Postbox(Sender):
    """What was handed over: to whom, and what."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    def send(self, mail: EmailMessage) -> None:
        """Take a mail."""
        self.taken.append((str(mail["To"]), mail.get_content()))


SUBJECT = Person(name="Quentin Vole", contact="quentin@example.org")
"""Somebody reported whom nobody on the staff list is like."""


def does(desk: Desk, actor: Actor, command: Callable[..., Any], case_id: str, **given: Any) -> Any:
    """Somebody acts on a case as their screen shows it now."""
    version = row(desk, case_id).version
    return desk.do(actor, command, case_id=case_id, version=version, **given)


def seen(desk: Desk, case_id: str, viewer: Actor | None = None) -> VerdictItem:
    """How a case ends, as somebody (Hal) reads it."""
    return desk.read(
        verdict, viewer=viewer or desk.hal, case_id=case_id, at=desk.now,
        settings=desk.triage.settings,
    )  # fmt: skip


def party(desk: Desk, case_id: str, kind: PartyKind = PartyKind.SUBJECT) -> str:
    """The id of the first of a case's people of a kind."""
    with desk.triage.database.read() as session:
        found = session.scalars(
            select(CaseParty.id)
            .where(CaseParty.case_id == case_id, CaseParty.kind == kind.value)
            .order_by(CaseParty.added_at, CaseParty.id)
        ).first()
    assert found is not None
    return found


def balanced(desk: Desk, case_id: str) -> None:
    """Nothing stands against a recommendation: notices are withheld, and it says why."""
    with desk.triage.database.read() as session:
        subjects = session.scalars(
            select(CaseParty.id).where(
                CaseParty.case_id == case_id, CaseParty.kind == PartyKind.SUBJECT.value
            )
        ).all()
    from triage.cases.inquiry.rules import Withheld

    for one in subjects:
        desk.do(
            desk.ivo, notices.withhold, party_id=one, ground=Withheld.INFLUENCE,
            reason="they know the witness", recheck_at=desk.now + timedelta(days=20),
        )  # fmt: skip
    desk.do(desk.ivo, weighing.say_why_not_balanced, case_id=case_id, reason="nobody else saw it")


def recommended(
    desk: Desk,
    case_id: str,
    finding: Finding = Finding.UPHELD,
    actions: Collection[ActionKind] = (ActionKind.OTHER,),
    *,
    balance: bool = True,
) -> str:
    """Ivo recommends."""
    if balance:
        balanced(desk, case_id)
    does(
        desk, desk.ivo, recommending.recommend, case_id,
        finding=finding, clauses=("P-TAX-1",), kinds=(ViolationKind.AGGRESSION,),
        actions=actions, reasons="It is what both of them say.",
    )  # fmt: skip
    return case_id


def decided(
    desk: Desk,
    case_id: str,
    finding: Finding = Finding.UPHELD,
    actions: Collection[ActionKind] = (ActionKind.OTHER,),
    **given: Any,
) -> str:
    """Ivo recommends; Dee opens all of it and decides."""
    recommended(desk, case_id, finding, actions, balance=given.pop("balance", True))
    desk.do(desk.dee, deciding.open_account, case_id=case_id)
    decide(desk, case_id, finding, actions, **given)
    return case_id


def decide(
    desk: Desk,
    case_id: str,
    finding: Finding = Finding.UPHELD,
    actions: Collection[ActionKind] = (ActionKind.OTHER,),
    **given: Any,
) -> None:
    """Somebody (Dee) decides."""
    given.setdefault("no_independent_reason", "the account is clear")
    does(
        desk, given.pop("by", desk.dee), deciding.decide, case_id,
        finding=finding, clauses=("P-TAX-1",), actions=actions,
        reasons="It happened as it was said.", **given,
    )  # fmt: skip


def verdict_on(
    desk: Desk,
    finding: Finding = Finding.UPHELD,
    actions: Collection[ActionKind] = (ActionKind.OTHER,),
    **fields: Any,
) -> str:
    """A new case that is decided."""
    return decided(desk, begun(desk, **fields), finding, actions)


def add(desk: Desk, case_id: str, kind: ActionKind, **given: Any) -> str:
    """Hal sets up one thing that was decided."""
    given.setdefault("what", "what was agreed")
    draft = ActionDraft(kind, **given)
    return str(does(desk, desk.hal, setting_up.add_action, case_id, draft=draft))


def act(desk: Desk, case_id: str) -> None:
    """Hal begins to do what was decided."""
    does(desk, desk.hal, setting_up.act, case_id)


def on_action(desk: Desk, command: Callable[..., Any], action_id: str, **given: Any) -> Any:
    """Somebody (Hal) does something about an action, as their screen shows it."""
    from triage.cases.verdict.tables import CaseAction

    with desk.triage.database.read() as session:
        version = session.get_one(CaseAction, action_id).version
    actor = given.pop("by_whom", desk.hal)
    return desk.do(actor, command, action_id=action_id, version=version, **given)


def outcome_due(desk: Desk, finding: Finding = Finding.UPHELD, **fields: Any) -> str:
    """A new case in which all that is left is to tell how it ended: nothing follows from it."""
    case_id = verdict_on(desk, finding, (ActionKind.NONE,), **fields)
    act(desk, case_id)
    return case_id


def close(desk: Desk, case_id: str) -> str:
    """Hal closes it."""
    does(desk, desk.hal, closing.close, case_id, reason="all of it is done")
    return case_id


def ban(desk: Desk, *places: str, **fields: Any) -> Draft:
    """A channel block as a decider enters it."""
    given: dict[str, Any] = {
        "kind": Kind.CHANNEL_BLOCK,
        "clause": "P-ACT-4",
        "reason": "Shouted at Merrily Thrush again.",
        "public_reason": "Asked to stop and did not stop.",
        "proportionality": "Merrily Thrush cannot go on otherwise.",
        "review_at": desk.now + timedelta(days=90),
        "person": SUBJECT.name,
        "targets": tuple(TargetDraft(one, "quentin") for one in places),
    }
    return Draft(**(given | fields))


def preview(desk: Desk, letter_id: str, viewer: Actor | None = None) -> LetterItem:
    """A letter as somebody (Hal) sees it."""
    return desk.read(letter, viewer=viewer or desk.hal, letter_id=letter_id)


def post(desk: Desk, letter_id: str, *, check: bool = True) -> None:
    """Hal sends a letter; the server has it when the job has been round. One to a person reported
    he checks (``check``), and Dee agrees to it."""
    _let_go(desk, letter_id, check=check)
    on_letter(desk, inquiry_letters.send, letter_id)


def copy_out(desk: Desk, letter_id: str) -> None:
    """Hal checks a letter, Dee agrees to it, and he sends it in another way."""
    _let_go(desk, letter_id, check=True)
    on_letter(desk, inquiry_letters.copied_out, letter_id, at=desk.now)


def on_letter(desk: Desk, command: Callable[..., Any], letter_id: str, **given: Any) -> None:
    """Hal does something with a letter, just as he was shown it."""
    found = preview(desk, letter_id)
    if command is not inquiry_letters.check:
        given["previewed"] = found.shown.digest
    desk.do(desk.hal, command, letter_id=letter_id, version=found.row.version, **given)


def _let_go(desk: Desk, letter_id: str, *, check: bool) -> None:
    if not check:
        on_letter(desk, inquiry_letters.approve, letter_id)
        return
    on_letter(desk, inquiry_letters.check, letter_id)
    agreed(desk, letter_id, desk.hal)


def notified(desk: Desk, **fields: Any) -> str:
    """A case whose subject has been told of the report, and has answered."""
    fields.setdefault("subjects", (SUBJECT,))
    case_id = begun(desk, **fields)
    who = party(desk, case_id)
    letter_id = desk.do(desk.ivo, notices.begin_notice, party_id=who, concern="A loud afternoon.")
    desk.do(desk.ivo, notices.skip_showing, party_id=who, reason="they have agreed to it")
    copy_out(desk, letter_id)
    desk.do(
        desk.ivo, notices.record_account, party_id=who, text="I was loud.", made_at=desk.now,
        origin="by post",
    )  # fmt: skip
    desk.do(desk.ivo, weighing.say_why_not_balanced, case_id=case_id, reason="they agree on it")
    return case_id


def second_decider(desk: Desk, case_id: str, actor: Actor | None = None) -> None:
    """Hal names another decider (Dan), who declares."""
    give(desk, case_id, Part.DECIDER, actor or desk.dan)


def said(desk: Desk, case_id: str) -> list[str]:
    """What the reporter reads on the receipt: texts, and statuses."""
    found = desk.read(thread, report_id=row(desk, case_id).report_id)
    return [one.text for one in found if not one.from_reporter]

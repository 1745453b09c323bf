"""Between the desk and whoever reported: what they add is taken in, and what we answer."""

from sqlalchemy import select

from triage.cases.rules import TERMINAL, State
from triage.cases.service import keeping, recusing
from triage.cases.service.settling import ask_withdraw
from triage.cases.service.stepping import holders, load_as
from triage.cases.tables import Case
from triage.conduct.incidents import PublicStatus
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.text import needed
from triage.notify.rules import Kind
from triage.notify.service import queue_mail
from triage.reports import service as reports
from triage.staff.processes import Part

LONGEST_MESSAGE = 10_000
TELLS = (Part.HANDLER, Part.INVESTIGATOR)
"""Who writes to the reporter, and is told that they wrote."""


def say(tx: Tx, *, case_id: str, version: int, text: str, asks: bool = False) -> None:
    """Write to the reporter over the receipt. ``asks``: an answer is waited for."""
    case = load_as(tx, case_id, *TELLS, version=version)
    text = needed(text, field="text", ask="Write something first.", longest=LONGEST_MESSAGE)
    reports.say(tx, report_id=case.report_id, text=text)
    if asks:
        reports.set_status(tx, report_id=case.report_id, status=PublicStatus.WAITING_FOR_YOU)
    tx.record("case_said", case_id, asks=asks)


def take_in(tx: Tx, *, most: int = 100) -> int:
    """Take in what reporters have added; how much. Whomever of ours they speak of is taken out
    before anybody is told (P-REC-2). Who handles the case is told, once, and without a word of
    it; unless alerts of this reporter were muted."""
    tx.allow(Action.RUN_JOBS)
    came = reports.incoming(tx, limit=most)
    for one in came:
        reports.take_in(tx, message_id=one.id)
        case = tx.session.scalar(
            select(Case).where(Case.report_id == one.report_id).with_for_update()
        )
        if case is None:
            continue
        tx.record("case_reporter_wrote", case.id, kind=one.kind)
        speaks_of = keeping.hear(tx, case, one.id, one.kind, one.text)
        if speaks_of:
            recusing.let_go(tx, case, speaks_of)
        if one.kind == "withdraw":
            ask_withdraw(tx, case)
        if State(case.state) not in TERMINAL:
            reports.set_status(tx, report_id=case.report_id, status=PublicStatus.BEING_LOOKED_AT)
        if not case.muted:
            _tell(tx, case, one.id)
    return len(came)


def _tell(tx: Tx, case: Case, message_id: str) -> None:
    held = holders(tx, case.id)
    for part in TELLS:
        for person_id in held.get(part, ()):
            queue_mail(
                tx,
                kind=Kind.TASK,
                dedupe_key=f"case:{case.id}:wrote:{message_id}:{person_id}",
                to_person_id=person_id,
            )

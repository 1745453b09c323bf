"""Every letter of a case on its way: changed, checked, seen by a second person, sent.

With the letters' own commands, by whoever has the part for it in this case. The leak check is the
gate: no other room can run it, and without it no letter to a person reported goes; nor without a
second person, who has a part in the case (P-NAM-1). So it is with letters about a restriction
that came of it.
"""

from datetime import datetime

from sqlalchemy import select

from triage.cases.inquiry.rules import SHORTEST_REPLY
from triage.cases.inquiry.service import guards, notices
from triage.cases.inquiry.service.stepping import LOOKS_INTO, check_open
from triage.cases.inquiry.tables import CaseNotice
from triage.cases.rules import NO_SUCH_CASE, OPEN, State
from triage.cases.service import parts
from triage.cases.service.stepping import acting, load_as
from triage.cases.tables import Case
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotAllowed, NotFound
from triage.letters.leaks import Finding, find, hints
from triage.letters.rules import LetterKind
from triage.letters.service import checking, drafting, sending
from triage.letters.service.stepping import preview
from triage.letters.tables import Letter
from triage.reports import queries as reports
from triage.restrictions.tables import Restriction
from triage.staff.calendar import add_working_days
from triage.staff.processes import Part
from triage.staff.queries.team import work_calendar

AFTERWARDS = frozenset(
    {LetterKind.RESTRICTION_ENDED, LetterKind.APPEAL_OUTCOME, LetterKind.REPORTER_OUTCOME}
)
"""Letters that a case has also once it is over: a reporter may ask only then (P-OUT-2)."""


def edit(tx: Tx, *, letter_id: str, version: int, subject: str, text: str, to_address: str) -> None:
    """Change a letter; what was checked or agreed is to be done again."""
    _of(tx, letter_id, *LOOKS_INTO)
    with acting(tx, Part.INVESTIGATOR):
        drafting.edit(
            tx, letter_id=letter_id, version=version, subject=subject, text=text,
            to_address=to_address,
        )  # fmt: skip


def withdraw(tx: Tx, *, letter_id: str, version: int, reason: str = "") -> None:
    """Give a letter up that has not gone."""
    _of(tx, letter_id, *LOOKS_INTO)
    with acting(tx, Part.INVESTIGATOR):
        drafting.withdraw(tx, letter_id=letter_id, version=version, reason=reason)


def check(tx: Tx, *, letter_id: str, version: int) -> tuple[Finding, ...]:
    """Look for what could tell who reported it. Of a notice, once the reporter has had their time
    to look at it, or it says why not; and while there is time left to answer."""
    case = _of(tx, letter_id, *LOOKS_INTO)
    check_may_go(tx, case, letter_id)
    return guards.check_letter(tx, case, letter_id, version)


def findings(tx: Tx, *, letter_id: str, version: int) -> tuple[Finding, ...]:
    """Where the check found something, and words that could be a name, once more: for whoever
    wrote it, and the second person."""
    case = _of(tx, letter_id, *LOOKS_INTO, Part.LEAK_CHECK)
    letter = tx.session.get_one(Letter, letter_id)
    if letter.version != version or letter.leak_check is None:
        raise Conflict("This letter has changed since it was checked: check it first.")
    shown, protected = preview(tx, letter), guards.protected_for(tx, case)
    whole = f"{shown.subject}\n{shown.text}"
    return find(whole, protected) + hints(whole, protected)


def check_may_go(tx: Tx, case: Case, letter_id: str) -> None:
    """Whether the notice that this letter is, if it is one, may be on its way yet."""
    notice = tx.session.scalar(select(CaseNotice).where(CaseNotice.letter_id == letter_id))
    if notice is None:
        return
    if notice.shown_at is None and not notice.skipped:
        raise Conflict("Show it to the reporter first, or say why they are not asked.")
    shown = preview(tx, tx.session.get_one(Letter, letter_id))
    if notice.shown_at is not None and notice.shown_hash != notices.hash_shown(tx, shown):
        raise Conflict(
            "This is not the text that the reporter was shown: show it to them again, or say why "
            "they are not asked."
        )
    waits = notice.shown_until is not None and tx.now < notice.shown_until
    if waits and not notice.skipped and not _answered(tx, case, notice):
        raise Conflict("The reporter has time left to say whether it could tell who they are.")
    calendar = work_calendar(tx.session, tx.settings)
    days = min(SHORTEST_REPLY, tx.settings.case_account_days)
    if notice.reply_by is not None and add_working_days(calendar, tx.now, days) > notice.reply_by:
        raise Conflict(
            "The day in it leaves them too little time to answer: withdraw it, and write it anew."
        )


def approve(tx: Tx, *, letter_id: str, version: int, previewed: str) -> None:
    """Say that it may go, just as it was previewed."""
    _of(tx, letter_id, *LOOKS_INTO)
    with acting(tx, Part.HANDLER):
        checking.approve(tx, letter_id=letter_id, version=version, previewed=previewed)


def ask_second(
    tx: Tx, *, letter_id: str, version: int, previewed: str, reason: str, person_id: str
) -> None:
    """Ask another person to look: the way on for every letter to a person reported."""
    case = _of(tx, letter_id, *LOOKS_INTO)
    if person_id == tx.actor.person_id:
        raise NotAllowed("A second person looks at it.", what="own_letter")
    parts.give(tx, case, Part.LEAK_CHECK, person_id, how="assigned")
    with acting(tx, Part.HANDLER):
        checking.ask_second(
            tx, letter_id=letter_id, version=version, previewed=previewed, reason=reason
        )


def second_agrees(tx: Tx, *, letter_id: str, version: int, previewed: str, reason: str) -> None:
    """The second person, who wrote nothing of it, lets it go as it is and says why."""
    _of(tx, letter_id, Part.LEAK_CHECK)
    with acting(tx, Part.LEAK_CHECK):
        checking.second_agrees(
            tx, letter_id=letter_id, version=version, previewed=previewed, reason=reason,
            knows=True,
        )  # fmt: skip


def second_declines(tx: Tx, *, letter_id: str, version: int, reason: str) -> None:
    """The second person gives it back, with what is to be changed."""
    _of(tx, letter_id, Part.LEAK_CHECK)
    with acting(tx, Part.LEAK_CHECK):
        checking.second_declines(tx, letter_id=letter_id, version=version, reason=reason)


def send(tx: Tx, *, letter_id: str, version: int, previewed: str) -> None:
    """Queue it for the mail server. A notice counts as sent once that server has it."""
    _of(tx, letter_id, *LOOKS_INTO)
    with acting(tx, Part.HANDLER):
        sending.send(tx, letter_id=letter_id, version=version, previewed=previewed)


def call_back(tx: Tx, *, letter_id: str, version: int) -> None:
    """Take it back while nobody has tried to hand it over."""
    _of(tx, letter_id, *LOOKS_INTO)
    with acting(tx, Part.HANDLER):
        sending.call_back(tx, letter_id=letter_id, version=version)


def copied_out(
    tx: Tx, *, letter_id: str, version: int, previewed: str, at: datetime | None
) -> None:
    """Somebody has sent it in another way, and says when."""
    case = _of(tx, letter_id, *LOOKS_INTO)
    with acting(tx, Part.HANDLER):
        sending.mark_copied_out(
            tx, letter_id=letter_id, version=version, previewed=previewed, at=at
        )
    if State(case.state) in OPEN:
        notices.catch_up(tx, case)


def _of(tx: Tx, letter_id: str, *may: Part) -> Case:
    """The case of a letter, or of the restriction that a letter is about and that came of a case;
    for somebody with the part.

    Of a measure, of an appeal, and where a reporter asks for it, people are told when the case is
    long over as well.
    """
    letter = tx.session.get(Letter, letter_id)
    case_id = None if letter is None else _case_of(tx, letter.matter_id)
    if letter is None or case_id is None:
        raise NotFound(NO_SUCH_CASE)
    case = load_as(tx, case_id, *may)
    if letter.matter_id == case_id and LetterKind(letter.kind) not in AFTERWARDS:
        check_open(case)
    return case


def _case_of(tx: Tx, matter_id: str) -> str | None:
    if tx.session.get(Case, matter_id) is not None:
        return matter_id
    restriction = tx.session.get(Restriction, matter_id)
    return None if restriction is None else restriction.case_id


def _answered(tx: Tx, case: Case, notice: CaseNotice) -> bool:
    """Whether the reporter has written since they were shown it."""
    shown = notice.shown_at
    return shown is not None and any(
        one.from_reporter and one.at > shown
        for one in reports.thread(tx.session, vault=tx.vault, report_id=case.report_id)
    )

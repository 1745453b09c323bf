"""The notice to who was reported: written, shown to the reporter first, withheld, answered
(P-SUB-1 to P-SUB-3). It goes out with ``letters``, as every letter does."""

from datetime import date, datetime, time, timedelta

from triage.cases.inquiry.rules import (
    HEARD,
    SHOW_DAYS,
    ItemKind,
    NoticeEdge,
    NoticeState,
    Source,
    Withheld,
    check_withheld,
)
from triage.cases.inquiry.service.keeping import put_in
from triage.cases.inquiry.service.stepping import (
    LOOKS_INTO,
    case_of_party,
    load_open,
    notice_for,
    notices_of,
    party_of,
    step_notice,
    texts,
)
from triage.cases.inquiry.tables import CaseNotice
from triage.cases.rules import Edge, State
from triage.cases.service.stepping import acting, step
from triage.cases.tables import Case, CaseParty
from triage.conduct.incidents import PublicStatus
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid
from triage.core.text import is_address, needed, storable
from triage.letters import rules as letters
from triage.letters.preview import Preview
from triage.letters.rules import LetterKind
from triage.letters.service import drafting
from triage.letters.service.stepping import preview
from triage.letters.tables import Letter
from triage.reports import service as reports
from triage.staff.calendar import add_working_days, at_clock, local_day
from triage.staff.processes import Part
from triage.staff.queries.team import work_calendar

MARK = "concern"


def begin_notice(tx: Tx, *, party_id: str, concern: str, reply_by: date | None = None) -> str:
    """Write the notice to somebody from its template; the letter's id. ``concern``: what it is
    about, without anything that tells who said it.

    They have until the end of ``reply_by`` to answer: the target, if it is not given, counted from
    when the reporter's time to look at it is over.
    """
    case, party, notice = _of(tx, party_id)
    _check_due(notice)
    if _letter(tx, notice) is not None:
        raise Conflict("There is a letter already: change it, or withdraw it first.")
    calendar = work_calendar(tx.session, tx.settings)
    days = SHOW_DAYS + tx.settings.case_account_days
    last = reply_by or local_day(add_working_days(calendar, tx.now, days))
    if last <= local_day(tx.now):
        raise Invalid("The day to answer by lies ahead.", field="reply_by")
    contact = texts(tx, party, ("contact",))["contact"].strip()
    with acting(tx, Part.INVESTIGATOR):
        letter_id = drafting.draft(
            tx,
            matter_id=case.id,
            sender_id=None,
            kind=LetterKind.SUBJECT_NOTICE,
            fields={
                MARK: needed(storable(concern), field=MARK, ask="Say what it is about."),
                "reply_by": last,
            },
            to_address=contact if is_address(contact) else "",
            guarded=True,
        )
    notice.letter_id = letter_id
    notice.reply_by = at_clock(last + timedelta(days=1), time(0))
    notice.shown_at = notice.shown_until = notice.shown_hash = None
    notice.skipped = b""
    tx.session.flush()
    return letter_id


def show_reporter(tx: Tx, *, party_id: str) -> datetime:
    """Show the reporter the text, and ask whether it could tell who they are; until when they
    have. What they say is heard, and is no veto. It counts for that text and no other."""
    case, _, notice = _of(tx, party_id)
    _check_due(notice)
    letter = _letter(tx, notice)
    if letter is None:
        raise Conflict("Write the notice first.")
    shown = preview(tx, letter)
    letters.check_filled(shown.subject, shown.text)
    calendar = work_calendar(tx.session, tx.settings)
    notice.shown_at = tx.now
    notice.shown_until = add_working_days(calendar, tx.now, SHOW_DAYS)
    notice.shown_hash, notice.skipped = hash_shown(tx, shown), b""
    said = f"{ASKS}\n\n{shown.subject}\n\n{shown.text}"
    reports.say(tx, report_id=case.report_id, text=said)
    reports.set_status(tx, report_id=case.report_id, status=PublicStatus.WAITING_FOR_YOU)
    tx.record("notice_shown", case.id, party=party_id)
    tx.session.flush()
    return notice.shown_until


def skip_showing(tx: Tx, *, party_id: str, reason: str) -> None:
    """Go on without asking the reporter, or without waiting longer, or with a text that was
    changed since they were shown it; and say why."""
    case, _, notice = _of(tx, party_id)
    _check_due(notice)
    reason = needed(reason, field="reason", ask="Say why the reporter is not asked.")
    notice.skipped = tx.seal(case.id, "case_notices", "skipped", notice.id, reason)
    letter = _letter(tx, notice)
    if letter is not None and notice.shown_at is not None:
        notice.shown_hash = hash_shown(tx, preview(tx, letter))
    tx.record("notice_not_shown", case.id, party=party_id)
    tx.session.flush()


def hash_shown(tx: Tx, shown: Preview) -> str:
    """What is kept of the words that the reporter was shown."""
    return tx.keys.of("notice_shown", f"{shown.subject}\n{shown.text}".encode(errors="replace"))


def withhold(tx: Tx, *, party_id: str, ground: Withheld, reason: str, recheck_at: datetime) -> None:
    """Do not tell them for now; or, at the date, still not. A ground, a reason, and the day on
    which it is looked at again (P-SUB-3)."""
    case, _, notice = _of(tx, party_id)
    reason = needed(reason, field="reason", ask="Say why they cannot be told yet.")
    risk = tx.settings.case_withhold_for_risk
    check_withheld(ground, recheck_at, tx.now, risk=risk)
    letter = _letter(tx, notice)
    if letter is not None and letters.State(letter.state) in letters.ON_ITS_WAY:
        raise Conflict("The letter is on its way: call it back first.")
    step_notice(tx, case, notice, NoticeEdge.WITHHOLD, reason=reason, ground=ground.value)
    notice.ground, notice.recheck_at = ground.value, recheck_at
    tx.session.flush()


def give(tx: Tx, *, party_id: str, reason: str) -> None:
    """It is to be sent after all."""
    case, _, notice = _of(tx, party_id)
    reason = needed(reason, field="reason", ask="Say what has changed.")
    step_notice(tx, case, notice, NoticeEdge.GIVE, reason=reason)
    notice.ground = notice.recheck_at = None
    tx.session.flush()


def cannot_reach(tx: Tx, *, party_id: str, reason: str) -> None:
    """Nobody knows how to reach them: no contact, and none of our own."""
    case, party, notice = _of(tx, party_id)
    reason = needed(reason, field="reason", ask="Say what was tried.")
    if party.contact or party.staff_id:
        raise Conflict("There is a way to reach them: send the notice, or withhold it.")
    step_notice(tx, case, notice, NoticeEdge.UNREACHABLE, reason=reason)


def record_account(
    tx: Tx, *, party_id: str, text: str, made_at: datetime | None, origin: str
) -> str:
    """What they say to it: a piece of evidence like any other (P-SUB-2). Also one that comes
    late, or once more, or while the reporter's wish to let it go is being settled."""
    case, party, notice = _of(tx, party_id, *HEARS)
    catch_up(tx, case)
    said = needed(storable(text), field="text", ask="Write down what they say.", longest=40_000)
    held = texts(tx, party, ("name", "role"))
    item_id = put_in(
        tx, case, ItemKind.SUBJECT_ACCOUNT, Source.SUBJECT,
        title=f"Account of {held['name'] or held['role'] or 'the person reported'}"[:200],
        origin=origin, made_at=made_at, party_id=party_id, text=said, hidden=False,
    )  # fmt: skip
    step_notice(tx, case, notice, NoticeEdge.ACCOUNT, item=item_id)
    notice.item_id = item_id
    tx.session.flush()
    go_on(tx, case)
    return item_id


def record_declined(tx: Tx, *, party_id: str, reason: str) -> None:
    """They would rather say nothing: that is theirs to choose. ``reason``: how they told us."""
    case, _, notice = _of(tx, party_id, *HEARS)
    catch_up(tx, case)
    reason = needed(reason, field="reason", ask="Say how and when they told us.")
    step_notice(tx, case, notice, NoticeEdge.DECLINE, reason=reason)
    go_on(tx, case)


def catch_up(tx: Tx, case: Case) -> int:
    """Note which letters have gone, and which dates have gone by; how many notices moved.

    What holds is the letter's own state: nobody says of a notice that it was sent.
    """
    moved = 0
    for notice in notices_of(tx, case.id).values():
        state, letter = NoticeState(notice.state), _letter(tx, notice)
        if (
            state in {NoticeState.DUE, NoticeState.WITHHELD}
            and letter is not None
            and letters.State(letter.state) in letters.GONE
        ):
            notice.sent_at = letter.sent_at
            step_notice(tx, case, notice, NoticeEdge.SEND, letter=letter.id)
            state, moved = NoticeState.SENT, moved + 1
        if state is NoticeState.SENT and notice.reply_by is not None and notice.reply_by <= tx.now:
            step_notice(tx, case, notice, NoticeEdge.NO_REPLY)
            moved += 1
    go_on(tx, case)
    return moved


def go_on(tx: Tx, case: Case) -> None:
    """The case waits while somebody has time to answer, and goes on once nobody has."""
    waits = any(
        NoticeState(one.state) is NoticeState.SENT for one in notices_of(tx, case.id).values()
    )
    if waits and State(case.state) is State.INVESTIGATING:
        step(tx, case, Edge.NOTIFY)
    elif not waits and State(case.state) is State.AWAITING_SUBJECT:
        step(tx, case, Edge.HEARD)


def _of(tx: Tx, party_id: str, *states: State) -> tuple[Case, CaseParty, CaseNotice]:
    """The case, the person and their notice, for those who look into it while it is looked into."""
    case_id = case_of_party(tx, party_id)
    case = load_open(tx, case_id, *LOOKS_INTO)
    if State(case.state) not in (states or TELLS):
        raise Conflict("People are told once a report is being looked into, and before it is put.")
    party = party_of(tx, case_id, party_id)
    return case, party, notice_for(tx, case, party)


def _check_due(notice: CaseNotice) -> None:
    if NoticeState(notice.state) is NoticeState.WITHHELD:
        raise Conflict("This notice is withheld: say first that it is to be sent.")
    if NoticeState(notice.state) in {NoticeState.SENT, *HEARD}:
        raise Conflict("They have been told already.")


def _letter(tx: Tx, notice: CaseNotice) -> Letter | None:
    """The letter of a notice, unless it was withdrawn."""
    if notice.letter_id is None:
        return None
    letter = tx.session.get_one(Letter, notice.letter_id)
    return None if letters.State(letter.state) is letters.State.WITHDRAWN else letter


TELLS = frozenset({State.INVESTIGATING, State.AWAITING_SUBJECT})
HEARS = TELLS | {State.WITHDRAWN_REQUESTED}
ASKS = (
    "Before we write to the person you told us about, we want you to see what we would say. "
    "Could anything in it tell them that it was you? Please answer here within three working "
    "days. We read what you say, and change what we can. We may have to go on without an answer."
)

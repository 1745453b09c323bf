"""What runs by itself for inquiries: letters that have gone and days that went by are noted,
measures that are over are said to be, people are reminded. Nothing is decided."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, union

from triage.cases.inquiry.measures import holds
from triage.cases.inquiry.rules import Ending, NoticeState, ending, over_at
from triage.cases.inquiry.service.notices import catch_up
from triage.cases.inquiry.service.stepping import LOOKS_INTO
from triage.cases.inquiry.tables import CaseInterim, CaseNotice
from triage.cases.rules import OPEN, State
from triage.cases.service.stepping import holders
from triage.cases.tables import Case
from triage.core.access import SYSTEM, Action
from triage.core.commands import Runner, Tx
from triage.core.jobs import Job
from triage.notify.rules import Kind
from triage.notify.service import queue_mail
from triage.staff.calendar import local_day
from triage.staff.processes import Part

LAST_DAY = timedelta(hours=24)
"""Before a measure that nobody has confirmed is over, whoever may confirm it is reminded again."""


def run_inquiries(runner: Runner, at: datetime) -> int:
    """Do what is due; how much."""
    return sum(
        runner.run(SYSTEM, command)
        for command in (move_notices, remind_withheld, end_measures, remind_measures)
    )


INQUIRIES = Job("inquiries", timedelta(minutes=1), run_inquiries, stale_after=timedelta(minutes=10))


def move_notices(tx: Tx) -> int:
    """Note what has gone out, and who did not answer by the day; how many."""
    tx.allow(Action.RUN_JOBS)
    live = [NoticeState.DUE.value, NoticeState.WITHHELD.value, NoticeState.SENT.value]
    # Also where nobody is waited for any more: while the reporter's wish to let it go was being
    # settled, the day may have gone by.
    waiting = select(Case.id).where(Case.state == State.AWAITING_SUBJECT.value)
    noted = select(CaseNotice.case_id).where(CaseNotice.state.in_(live))
    moved = 0
    for case in _open(tx, tx.session.scalars(union(noted, waiting)).all()):
        before = case.state
        here = catch_up(tx, case)
        moved += here
        if (here or case.state != before) and State(case.state) is State.INVESTIGATING:
            _tell(tx, case, LOOKS_INTO, f"heard:{case.version}", Kind.TASK)
    return moved


def remind_withheld(tx: Tx) -> int:
    """A notice that is withheld past its day is on the list again (P-SUB-3), and somebody is told
    so each day."""
    tx.allow(Action.RUN_JOBS)
    found = tx.session.scalars(
        select(CaseNotice).where(
            CaseNotice.state == NoticeState.WITHHELD.value, CaseNotice.recheck_at <= tx.now
        )
    ).all()
    told = 0
    day = local_day(tx.now).isoformat()
    cases = {one.id: one for one in _open(tx, [one.case_id for one in found])}
    for notice in found:
        if notice.case_id in cases:
            key = f"recheck:{notice.id}:{day}"
            told += _tell(tx, cases[notice.case_id], LOOKS_INTO, key, Kind.OVERDUE)
    return told


def end_measures(tx: Tx) -> int:
    """Write down what is over by its dates; how many. It was over without that."""
    tx.allow(Action.RUN_JOBS)
    done = 0
    for one, case in _measures(tx):
        dates = holds(one, case)
        end = over_at(dates)
        if end is None or tx.now < end:
            continue
        with_case = dates.ended_at is not None and end == dates.ended_at
        one.ended_at = end
        one.ending = (Ending.LIFTED if with_case else ending(dates)).value
        tx.record("interim_over", case.id, interim=one.id, ending=one.ending)
        _tell(tx, case, LOOKS_INTO, f"over:{one.id}", Kind.TASK)
        done += 1
    tx.session.flush()
    return done


def remind_measures(tx: Tx) -> int:
    """Whoever may confirm a measure is told once half its time is over, and on its last day."""
    tx.allow(Action.RUN_JOBS)
    told = 0
    for one, case in _measures(tx):
        if one.ratified_at is not None:
            continue
        for name, at in (
            ("half", one.since + (one.lapses - one.since) / 2),
            ("last", one.lapses - LAST_DAY),
        ):
            if at <= tx.now < one.lapses:
                may = (Part.DECIDER, Part.RATIFIER, Part.HANDLER)
                told += _tell(tx, case, may, f"{name}:{one.id}", Kind.TASK)
    return told


def _measures(tx: Tx) -> list[tuple[CaseInterim, Case]]:
    found = tx.session.execute(
        select(CaseInterim, Case)
        .join(Case, Case.id == CaseInterim.case_id)
        .where(CaseInterim.ended_at.is_(None))
        .order_by(CaseInterim.since, CaseInterim.id)
        .with_for_update(of=CaseInterim)
    )
    return [(one, case) for one, case in found]


def _open(tx: Tx, ids: Iterable[str]) -> list[Case]:
    found = select(Case).where(
        Case.id.in_(sorted(set(ids))), Case.state.in_([one.value for one in OPEN])
    )
    return list(tx.session.scalars(found.order_by(Case.id).with_for_update()))


def _tell(tx: Tx, case: Case, may: Iterable[Part], key: str, kind: Kind) -> int:
    """Without a word of it, each of those who have one of these parts, once."""
    held = holders(tx, case.id)
    people = dict.fromkeys(one for part in may for one in held.get(part, ()))
    return sum(
        queue_mail(
            tx, kind=kind, dedupe_key=f"case:{case.id}:{key}:{person_id}", to_person_id=person_id
        )
        for person_id in people
    )

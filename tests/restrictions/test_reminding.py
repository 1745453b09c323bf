"""P-TIM-1: what waits for a decision reminds whoever may take it, from outside too; nobody else."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support import referring
from support.desk import Desk, address
from support.restricting import approve, draft, propose, row, state

from triage.core.access import CONSOLE, Actor
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.roles import Role
from triage.notify.rules import Kind
from triage.notify.tables import OutboxMail
from triage.notify.words import WORDS
from triage.referrals.service.jobs import remind as remind_referrals
from triage.restrictions.codes import appeal_code
from triage.restrictions.queries.lists import due_for_review
from triage.restrictions.rules import Kind as RestrictionKind
from triage.restrictions.rules import State
from triage.restrictions.service import appeals, deciding, proposing
from triage.restrictions.service.jobs import note_dates
from triage.staff.calendar import local_day
from triage.staff.processes import Process
from triage.staff.service import invite_guest, name_fallback
from triage.staff.service.duty import add_absence

HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 6)}
"""Good Friday and Easter Monday. The desk's clock begins on Monday, 2 March 2026, at nine."""


def mails(desk: Desk, kind: Kind = Kind.OVERDUE) -> Counter[str]:
    """Person -> how many mails of a kind are theirs, but for those of tasks in services."""
    wanted = select(OutboxMail.person_id).where(
        OutboxMail.kind == kind.value, OutboxMail.dedupe_key.not_like("tasks:%")
    )
    names = {one.person_id: name for name, one in desk.people.items()}
    return Counter(names[one] for one in desk.read(lambda s: s.scalars(wanted).all()))


def walk(desk: Desk, days: int, *, runs: int = 2) -> list[date]:
    """Day after day the job runs, more than once; the days that were gone through."""
    seen = []
    for _ in range(days):
        desk.move(days=1)
        for _ in range(runs):
            note_dates(desk.triage.runner, desk.now)
        seen.append(local_day(desk.now))
    return seen


def working(days: list[date], since: date) -> int:
    return sum(one >= since and one.weekday() < 5 and one not in HOLIDAYS for one in days)


def hide(desk: Desk, matter_id: str, who: Actor) -> None:
    given = {"matter_id": matter_id, "person_id": who.person_id, "at": desk.now}
    desk.triage.database.write(
        lambda session: exclude(session, kind=ExclusionKind.RECUSED, **given)
    )


def ask_in(desk: Desk, matter_id: str, process: Process | None = None, days: int = 20) -> None:
    """Gus, from outside, is named and invited to one matter."""
    desk.do(CONSOLE, name_fallback, person_id=desk.gus.person_id, process=process)
    until = desk.now + timedelta(days=days)
    given = {"name": "Gus", "email": address("gus"), "matter_id": matter_id}
    desk.do(CONSOLE, invite_guest, expires_at=until, **given)


def under_appeal(desk: Desk, who: Actor, **given: Any) -> str:
    made = propose(desk, who, desk.arrive(), **given)
    approve(desk, desk.dora, made)
    code = appeal_code(desk.triage.keys, made)
    desk.do(desk.ana, appeals.record_appeal, code=code, words="Not me.", came_at=desk.now)
    return made


def test_p_tim_1_a_proposal_that_waits_reminds_who_may_decide_it_once_a_working_day(
    desk: Desk,
) -> None:
    finn = desk.add("finn", Role.REVIEWER, Role.DECIDER)
    desk.add("rita", Role.DECIDER)
    yara = desk.add("yara", Role.DECIDER)
    for who in ("sam@example.net", "pat@example.org"):  # several that wait are one mail
        made = propose(desk, finn, desk.arrive(from_address=who, recipients=(address("rita"),)))
        hide(desk, made, yara)
    assert walk(desk, 1)
    assert mails(desk) == {}, "it is within its target"
    days = walk(desk, 36)
    assert mails(desk) == {"dora": working(days, date(2026, 3, 4))}
    assert mails(desk, Kind.NOBODY) == {}
    approve(desk, desk.dora, made)


def test_a_job_that_did_not_run_for_days_reminds_once_when_it_runs_again(desk: Desk) -> None:
    propose(desk, desk.ana, desk.arrive())
    desk.move(days=9)
    assert note_dates(desk.triage.runner, desk.now) > 0
    note_dates(desk.triage.runner, desk.now)
    assert mails(desk) == {"dora": 1}
    desk.move(days=3)  # to a Saturday
    note_dates(desk.triage.runner, desk.now)
    assert mails(desk) == {"dora": 1}


def test_p_tim_1_an_appeal_that_waits_reminds_who_took_no_part_before(desk: Desk) -> None:
    finn = desk.add("finn", Role.REVIEWER, Role.DECIDER)
    desk.add("edda", Role.DECIDER)
    hide(desk, under_appeal(desk, finn), desk.add("yara", Role.DECIDER))
    walk(desk, 6)
    assert mails(desk) == {}
    days = walk(desk, 30)
    assert mails(desk) == {"edda": working(days, date(2026, 3, 9))}


def test_a_review_that_an_appeal_holds_up_is_still_due_and_reminds(desk: Desk) -> None:
    edda = desk.add("edda", Role.DECIDER)
    made = under_appeal(desk, desk.ana, review_at=desk.now + timedelta(days=1))
    assert desk.read(due_for_review, viewer=edda, now=desk.now) == ()
    walk(desk, 1)
    assert state(desk, made) is State.APPEALED
    assert [one.id for one in desk.read(due_for_review, viewer=edda, now=desk.now)] == [made]
    assert mails(desk) == {"edda": 1}


@pytest.mark.parametrize("placed", [True, False])
def test_p_tim_1_a_review_that_is_due_reminds_once_a_working_day_until_it_is_done(
    desk: Desk, placed: bool
) -> None:
    """Also of what nobody has put in place, which is in force all the same."""
    given: dict[str, Any] = {"review_at": desk.now + timedelta(days=2)}
    if placed:  # there is nothing to put anywhere
        given |= {"targets": (), "kind": RestrictionKind.EVENT_EXCLUSION, "event": "The fair"}
        given |= {"expires_at": desk.now + timedelta(days=90)}
    made = propose(desk, desk.ana, desk.arrive(), **given)
    approve(desk, desk.dora, made)
    assert state(desk, made) is (State.ACTIVE if placed else State.APPROVED)
    walk(desk, 1)
    assert mails(desk) == {}
    days = walk(desk, 9)
    assert state(desk, made) is (State.DUE_REVIEW if placed else State.APPROVED)
    assert mails(desk) == {"dora": working(days, date(2026, 3, 4))}
    renewed = {"restriction_id": made, "version": row(desk, made).version, "reason": "Needed."}
    desk.do(desk.dora, deciding.renew, review_at=desk.now + timedelta(days=60), **renewed)
    before = mails(desk)
    walk(desk, 5)
    assert mails(desk) == before, "it is done"


def test_a_review_reminds_also_who_had_said_yes_and_who_was_asked_in(desk: Desk) -> None:
    desk.add("edda", Role.DECIDER)
    made = propose(desk, desk.ana, desk.arrive(), review_at=desk.now + timedelta(days=1))
    approve(desk, desk.dora, made)
    hide(desk, made, desk.add("yara", Role.DECIDER))
    ask_in(desk, made, Process.RESTRICTION)
    walk(desk, 1)
    assert mails(desk) == {"dora": 1, "edda": 1, "gus": 1}


def test_rule_7_what_only_somebody_from_outside_may_confirm_reminds_them(desk: Desk) -> None:
    message = desk.arrive(recipients=(address("dora"),))
    made = desk.do(desk.ana, proposing.set_emergency, draft=draft(desk, message))
    ends = row(desk, made).lapses_at
    assert ends is not None
    ask_in(desk, made, Process.APPEAL)  # named for another process, and so for nothing here
    for _ in range(40):
        desk.move(hours=1)
        note_dates(desk.triage.runner, desk.now)
    assert (mails(desk), mails(desk, Kind.NOBODY)) == ({}, {"ada": 1})
    ask_in(desk, made)
    while desk.now < ends:
        desk.move(hours=1)
        note_dates(desk.triage.runner, desk.now)
    assert mails(desk) == {"gus": 2}, "at half its time, and on its last day"
    assert mails(desk, Kind.NOBODY) == {"ada": 1}
    assert state(desk, made) is State.LAPSED


def test_rule_7_where_nobody_may_decide_the_admins_hear_that_something_waits_and_no_more(
    desk: Desk,
) -> None:
    """Not an admin who has no part in it; and one who would decide is there no more once away."""
    alma = desk.add("alma", Role.ADMIN)
    made = propose(desk, desk.ana, desk.arrive(recipients=(address("dora"),)))
    hide(desk, made, alma)
    walk(desk, 2)
    assert (mails(desk), mails(desk, Kind.NOBODY)) == ({}, {"ada": 1})
    assert not {made, "pat", "proposal", "restriction"} & set(WORDS[Kind.NOBODY].split())
    desk.add("edda", Role.DECIDER)
    walk(desk, 1)
    assert (mails(desk), mails(desk, Kind.NOBODY)) == ({"edda": 1}, {"ada": 1})
    span = {"starts": desk.now, "ends": desk.now + timedelta(days=9)}
    desk.do(desk.ada, add_absence, person_id=desk.people["edda"].person_id, **span)
    walk(desk, 1)
    assert (mails(desk), mails(desk, Kind.NOBODY)) == ({"edda": 2}, {"ada": 2})
    keys = desk.read(lambda s: s.scalars(select(OutboxMail.dedupe_key)).all())
    assert not any(made in key for key in keys)


@pytest.mark.parametrize("invited", [True, False])
def test_rule_7_a_referral_reminds_who_may_decide_it_from_outside_too_and_not_who_put_it_forward(
    desk: Desk, invited: bool
) -> None:
    finn = desk.add("finn", Role.REVIEWER, Role.DECIDER)
    message = desk.arrive(recipients=(address("dora"),))
    made = referring.consider(desk, finn, message)
    if invited:
        ask_in(desk, made)
    for _ in range(3):
        desk.move(days=1)
        remind_referrals(desk.triage.runner, desk.now)
        remind_referrals(desk.triage.runner, desk.now)
    told = (mails(desk), mails(desk, Kind.NOBODY))
    assert told == (({"gus": 3}, {}) if invited else ({}, {"ada": 3}))

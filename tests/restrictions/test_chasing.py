"""What was asked of a service and not done, or did not work, is asked for again: once on every
working day, and no more; and it stands among what is late."""

from typing import Any

import pytest
from sqlalchemy import select
from support.desk import Desk
from support.restricting import approve, propose, tasks

from triage.core.access import Actor
from triage.core.roles import Role
from triage.notify.tables import OutboxMail
from triage.restrictions.draft import TargetDraft
from triage.restrictions.queries.tasks import my_tasks, overdue_tasks
from triage.restrictions.rules import Kind
from triage.restrictions.service import tasks as working
from triage.restrictions.service.jobs import note_dates
from triage.staff.calendar import WorkCalendar, local_day

CALENDAR = WorkCalendar()
TARGET = (TargetDraft("social", "@pat", "Used for this."),)


@pytest.fixture
def sven(desk: Desk) -> Actor:
    """Looks after the social networks."""
    who = desk.add("sven", Role.SERVICE_ADMIN)
    desk.do(desk.ada, working.set_scope, person_id=who.person_id, target="social")
    return who


def block(desk: Desk) -> str:
    made = propose(desk, desk.ana, desk.arrive(), kind=Kind.CHANNEL_BLOCK, targets=TARGET)
    approve(desk, desk.dora, made)
    return made


def work(desk: Desk, sven: Actor, command: Any, made: str, **given: str) -> None:
    (task,) = tasks(desk, made)
    desk.do(sven, command, task_id=task.id, version=task.version, **given)


def mailed(desk: Desk, who: Actor) -> int:
    found = select(OutboxMail.id).where(OutboxMail.person_id == who.person_id)
    return len(desk.read(lambda session: session.scalars(found).all()))


def days(desk: Desk, count: int) -> int:
    """So many days go by, and the job comes round thrice in each; how many were working days."""
    worked = 0
    for _ in range(count):
        desk.move(days=1)
        for _ in range(3):
            note_dates(desk.triage.runner, desk.now)
        worked += CALENDAR.is_working_day(local_day(desk.now))
    return worked


def late(desk: Desk) -> list[str]:
    given: dict[str, Any] = {"now": desk.now, "settings": desk.triage.settings}
    return [one.state.value for one in desk.read(overdue_tasks, viewer=desk.dora, **given)]


@pytest.mark.parametrize("how", ["requested", "applied", "failed"])
def test_what_is_late_is_chased_once_on_every_working_day_until_it_is_done(
    desk: Desk, sven: Actor, how: str
) -> None:
    made = block(desk)
    if how == "applied":
        work(desk, sven, working.apply, made)
    elif how == "failed":
        work(desk, sven, working.fail, made, note="The network is down.")
    days(desk, 10)
    assert late(desk) == [how]
    given: dict[str, Any] = {"now": desk.now, "settings": desk.triage.settings}
    assert [one.overdue for one in desk.read(my_tasks, viewer=sven, **given)] == [True]
    before = mailed(desk, sven)
    worked = days(desk, 14)
    assert worked in {9, 10}
    assert mailed(desk, sven) - before == worked
    if how == "failed":
        work(desk, sven, working.retry, made)
    if how != "applied":
        work(desk, sven, working.apply, made)
    work(desk, sven, working.verify, made, note="looked")
    assert late(desk) == []
    before = mailed(desk, sven)
    days(desk, 5)
    assert mailed(desk, sven) == before


def test_one_mail_a_day_is_enough_for_all_that_is_late(desk: Desk, sven: Actor) -> None:
    for _ in range(3):
        block(desk)
    days(desk, 10)
    before = mailed(desk, sven)
    worked = days(desk, 7)
    assert mailed(desk, sven) - before == worked
    assert len(late(desk)) == 3


def test_the_time_to_put_it_in_begins_when_it_was_approved(desk: Desk, sven: Actor) -> None:
    made = propose(desk, desk.ana, desk.arrive(), kind=Kind.CHANNEL_BLOCK, targets=TARGET)
    desk.move(days=20)
    approve(desk, desk.dora, made)
    note_dates(desk.triage.runner, desk.now)
    assert (mailed(desk, sven), late(desk)) == (0, [])
    (task,) = tasks(desk, made)
    assert task.state_since == desk.now
    desk.move(days=7)
    note_dates(desk.triage.runner, desk.now)
    assert late(desk) == ["requested"]

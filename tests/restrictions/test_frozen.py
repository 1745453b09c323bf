"""What a rule of WriteToThem held back is looked at by a person within one working day."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from support.desk import Desk
from support.restricting import approve, propose, tasks

from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.core.roles import Role
from triage.notify.tables import OutboxMail
from triage.restrictions.draft import TargetDraft
from triage.restrictions.queries.frozen import frozen_waiting
from triage.restrictions.rules import Kind
from triage.restrictions.service import tasks as working
from triage.restrictions.service.frozen import FrozenOutcome, note_frozen, settle_frozen
from triage.restrictions.service.jobs import note_dates


def test_each_message_held_back_is_due_in_one_working_day_and_a_person_settles_it(
    desk: Desk,
) -> None:
    sven = desk.add("sven", Role.SERVICE_ADMIN)
    edda = desk.add("edda", Role.DECIDER)
    desk.do(desk.ada, working.set_scope, person_id=sven.person_id, target="writetothem")
    place = (TargetDraft("writetothem", "pat@example.org", "Threats by it.", None, "x"),)
    made = propose(desk, desk.ana, desk.arrive(), kind=Kind.SERVICE_BLOCK, targets=place)
    for who in (desk.dora, edda):
        approve(desk, who, made)
    (task,) = tasks(desk, made)
    held = {"task_id": task.id, "frozen_at": desk.now}
    with pytest.raises(NotAllowed):
        desk.do(desk.ana, note_frozen, reference="M1", **held)
    with pytest.raises(Invalid, match="own id"):
        desk.do(sven, note_frozen, reference="words of the message", **held)
    first = desk.do(sven, note_frozen, reference="M1", **held)
    assert desk.do(sven, note_frozen, reference="M1", **held) == first
    (row,) = desk.read(frozen_waiting, viewer=sven, now=desk.now)
    assert (row.due_at, row.overdue) == (desk.now + timedelta(days=1), False)
    desk.move(days=1)
    assert desk.read(frozen_waiting, viewer=sven, now=desk.now)[0].overdue
    note_dates(desk.triage.runner, desk.now)
    wanted = select(OutboxMail.person_id).where(OutboxMail.dedupe_key.contains(first))
    assert desk.read(lambda session: session.scalars(wanted).all()) == [sven.person_id]
    with pytest.raises(Invalid, match="Say why"):
        desk.do(sven, settle_frozen, frozen_id=first, outcome=FrozenOutcome.KEPT)
    desk.do(sven, settle_frozen, frozen_id=first, outcome=FrozenOutcome.RELEASED)
    assert desk.read(frozen_waiting, viewer=sven, now=desk.now) == ()
    with pytest.raises(Conflict, match="settled"):
        desk.do(sven, settle_frozen, frozen_id=first, outcome=FrozenOutcome.RELEASED)

"""An appeal overturns the finding that a restriction came of: it stays until a person lifts it, and
who decides that is told at once, by an alert and on its page (P-ACT-4, P-MSG-3)."""

from typing import Any

import pytest
from support.cases import held, staffed
from support.desk import Desk
from support.ended_cases import lift, on_task
from support.screens import words_of
from support.verdicts import act, ban, close, copy_out, decided, does, notified, party, seen

from triage.cases.rules import Finding
from triage.cases.service import handling
from triage.cases.tables import Case
from triage.cases.verdict.rules import ActionKind, AppealOutcome
from triage.cases.verdict.service import appealing, deciding, setting_up, telling
from triage.cases.verdict.service.jobs import run_verdicts
from triage.cases.verdict.tables import CaseAppeal, CaseOutcome
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.roles import Role
from triage.notify.tables import OutboxMail
from triage.restrictions.codes import appeal_code
from triage.restrictions.rules import State
from triage.restrictions.service import tasks
from triage.restrictions.service.deciding import renew
from triage.restrictions.tables import Restriction
from triage.staff.processes import Part

SAID = "was overturned on appeal"


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports, where people can appeal."""
    desk.triage.settings = desk.triage.settings.model_copy(
        update={"appeal_address": "appeals@charity.example.org"}
    )
    return staffed(desk)


def restricted(desk: Desk) -> tuple[str, str]:
    """A closed case whose subject was told how it ended, and the block that came of it."""
    case_id = decided(
        desk, notified(desk), Finding.UPHELD, (ActionKind.RESTRICTION,), balance=False
    )
    given = {"draft": ban(desk, "social"), "party_id": party(desk, case_id)}
    does(desk, desk.dee, setting_up.add_restriction, case_id, **given)
    child = str(seen(desk, case_id).actions[0].child_id)
    act(desk, case_id)
    sven = desk.add("sven", Role.SERVICE_ADMIN)
    desk.do(desk.ada, tasks.set_scope, person_id=sven.person_id, target="social")
    on_task(desk, child, tasks.apply)
    run_verdicts(desk.triage.runner, desk.now)
    given = {"party_id": party(desk, case_id), "follows": "You cannot take part in our pages."}
    copy_out(desk, does(desk, desk.hal, telling.tell_subject, case_id, **given))
    return close(desk, case_id), child


def appealed(desk: Desk, case_id: str, outcome: AppealOutcome) -> None:
    with desk.triage.database.read() as session:
        (told,) = session.query(CaseOutcome).filter_by(case_id=case_id, told="subject").all()
        code = appeal_code(desk.triage.keys, told.id)
    desk.do(desk.hope, appealing.record_appeal, code=code, words="No.", came_at=desk.now)
    (appeal_id,) = desk.read(lambda s: [one.id for one in s.query(CaseAppeal).all()])
    (name,) = held(desk, case_id)[Part.DECIDER] - {"dee"}
    who = getattr(desk, name)
    desk.do(who, handling.declare, case_id=case_id, version=0, ties=())
    desk.do(who, deciding.open_account, case_id=case_id)
    version = desk.read(lambda s: s.get_one(Case, case_id).version)
    given = {"version": version, "outcome": outcome, "reason": "nobody asked the steward"}
    desk.do(who, appealing.decide_appeal, appeal_id=appeal_id, **given)


def state(desk: Desk, restriction_id: str) -> State:
    return State(desk.read(lambda s: s.get_one(Restriction, restriction_id).state))


def told(desk: Desk, restriction_id: str) -> set[str | None]:
    mails = desk.read(lambda s: s.query(OutboxMail).all())
    mine = f"restriction:{restriction_id}:overturned:"
    return {one.person_id for one in mails if one.dedupe_key.startswith(mine)}


def test_p_act_4_it_stays_is_due_for_review_and_says_why_until_somebody_has_looked(
    cases: Desk, screen: Any
) -> None:
    case_id, child = restricted(cases)
    assert state(cases, child) is State.ACTIVE
    assert SAID not in words_of(screen("decisions", cases.dee, restriction=child))
    appealed(cases, case_id, AppealOutcome.OVERTURNED)
    assert state(cases, child) is State.DUE_REVIEW, "it holds; nobody but a person lifts it"
    assert cases.dee.person_id in told(cases, child)
    assert cases.ivo.person_id not in told(cases, child), "who proposed it does not decide it"
    page = words_of(screen("decisions", cases.dee, restriction=child))
    assert page.count(SAID) == 2, "at the top, and in its history"
    assert "in force" in page
    row = cases.read(lambda s: s.get_one(Restriction, child).version)
    later = cases.now.replace(year=cases.now.year + 1)
    given = {"restriction_id": child, "version": row, "review_at": later, "reason": "it holds"}
    cases.do(cases.dee, renew, **given)
    assert state(cases, child) is State.ACTIVE
    page = words_of(screen("decisions", cases.dee, restriction=child))
    assert page.count(SAID) == 1, "in its history"


def test_p_act_4_a_restriction_that_is_over_is_brought_up_by_nothing(
    cases: Desk,
) -> None:
    case_id, child = restricted(cases)
    lift(cases, child)
    appealed(cases, case_id, AppealOutcome.OVERTURNED)
    assert state(cases, child) is State.LIFTED
    assert told(cases, child) == set()


def test_p_act_4_where_the_finding_stands_nobody_is_told(cases: Desk) -> None:
    case_id, child = restricted(cases)
    appealed(cases, case_id, AppealOutcome.UPHELD)
    assert state(cases, child) is State.ACTIVE
    assert told(cases, child) == set()


def test_p_rec_4_who_has_no_part_in_the_case_is_told_nothing(cases: Desk) -> None:
    case_id, child = restricted(cases)
    hidden = {"matter_id": case_id, "person_id": cases.dee.person_id}
    cases.triage.database.write(
        lambda s: exclude(s, kind=ExclusionKind.EXCLUDED, at=cases.now, **hidden)
    )
    appealed(cases, case_id, AppealOutcome.OVERTURNED)
    assert told(cases, child)
    assert cases.dee.person_id not in told(cases, child)

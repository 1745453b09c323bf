"""Who reported is asked with a reason, allowed by another, opened by the custodian, for a day."""

from datetime import timedelta

import pytest
from support.cases import begun, held, row, staffed
from support.desk import Desk
from support.verdicts import does

from triage.cases.queries import case, parties
from triage.cases.rules import Tie
from triage.cases.service import handling, recusing
from triage.cases.verdict.queries import identities, reporter, to_settle, verdict
from triage.cases.verdict.rules import IDENTITY_OPEN, IdentityState
from triage.cases.verdict.service import identity
from triage.cases.verdict.service.jobs import run_verdicts
from triage.core.access import Actor
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.exclusions import is_excluded
from triage.staff.processes import Part

NAME, ADDRESS = "Merrily Thrush", "merrily@example.com"


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def named(desk: Desk) -> str:
    return begun(desk, name=NAME, email=ADDRESS, phone="07700 900123")


def ask(desk: Desk, case_id: str, who: str = "hal") -> str:
    return str(
        does(
            desk, getattr(desk, who), identity.ask_identity, case_id,
            reason="to ask them about the door",
        )
    )  # fmt: skip


def the(desk: Desk, case_id: str, part: Part) -> Actor:
    """Who was found for a part; they declare that they have no conflict."""
    (name,) = held(desk, case_id)[part]
    actor: Actor = getattr(desk, name)
    desk.do(actor, handling.declare, case_id=case_id, version=0, ties=())
    return actor


def allow(desk: Desk, case_id: str, request_id: str) -> None:
    desk.do(
        the(desk, case_id, Part.IDENTITY_APPROVER), identity.settle_identity,
        request_id=request_id, approve=True, answer="they must be asked",
    )  # fmt: skip


def opened(desk: Desk, case_id: str, who: str = "hal") -> str:
    request_id = ask(desk, case_id, who)
    allow(desk, case_id, request_id)
    desk.do(the(desk, case_id, Part.CUSTODIAN), identity.open_identity, request_id=request_id)
    return request_id


def reads(desk: Desk, who: str, request_id: str) -> str:
    found = desk.read(reporter, viewer=getattr(desk, who), request_id=request_id, at=desk.now)
    return f"{found.name} {found.email} {found.phone}"


def test_nobody_reads_who_reported_before_it_was_asked_allowed_and_opened(cases: Desk) -> None:
    case_id = named(cases)
    given = {"at": cases.now, "settings": cases.triage.settings, "case_id": case_id}
    for query in (case, verdict):
        shown = str(cases.read(query, viewer=cases.hal, **given))
        assert not any(word in shown for word in (NAME, ADDRESS, "900123"))
    request_id = ask(cases, case_id)
    with pytest.raises(NotFound):
        reads(cases, "hal", request_id)
    custodian = the(cases, case_id, Part.CUSTODIAN)
    with pytest.raises(Conflict, match="allows this first"):
        cases.do(custodian, identity.open_identity, request_id=request_id)
    allow(cases, case_id, request_id)
    with pytest.raises(NotFound):
        reads(cases, "hal", request_id)
    cases.do(custodian, identity.open_identity, request_id=request_id)
    assert reads(cases, "hal", request_id) == f"{NAME} {ADDRESS} 07700 900123"


def test_it_closes_after_a_day_by_the_clock_job_or_no_job_and_the_record_is_told(
    cases: Desk,
) -> None:
    case_id = named(cases)
    request_id = opened(cases, case_id)
    cases.clock.move(IDENTITY_OPEN - timedelta(seconds=1))
    assert NAME in reads(cases, "hal", request_id)
    cases.move(seconds=1)
    with pytest.raises(NotFound):
        reads(cases, "hal", request_id)
    run_verdicts(cases.triage.runner, cases.now)
    run_verdicts(cases.triage.runner, cases.now)
    for code in ("asked", "settled", "opened", "closed"):
        assert len(cases.events(f"identity_{code}", case_id)) == 1
    assert Part.CUSTODIAN not in held(cases, case_id)
    with cases.triage.database.read() as session:
        assert is_excluded(session, matter_id=case_id, person_id=cases.cusa.person_id)


def test_it_is_open_to_who_asked_and_to_nobody_else(cases: Desk) -> None:
    case_id = named(cases)
    request_id = opened(cases, case_id, "ivo")
    assert NAME in reads(cases, "ivo", request_id)
    for who in ("hal", "dee", "cusa", "ana", "ada"):
        with pytest.raises((NotFound, NotAllowed)):
            reads(cases, who, request_id)
    cases.do(cases.ivo, recusing.recuse, case_id=case_id)
    with pytest.raises((NotFound, NotAllowed)):
        reads(cases, "ivo", request_id)


def test_rule_6_who_asks_who_allows_and_who_opens_are_three_people(cases: Desk) -> None:
    case_id = named(cases)
    request_id = ask(cases, case_id)
    three = {*held(cases, case_id)[Part.CUSTODIAN], *held(cases, case_id)[Part.IDENTITY_APPROVER]}
    assert len(three) == 2
    assert not three & {"hal", "ivo", "dee"}
    for who in (cases.hal, cases.ivo, cases.dee, the(cases, case_id, Part.CUSTODIAN)):
        with pytest.raises(NotAllowed):
            cases.do(
                who, identity.settle_identity, request_id=request_id, approve=True, answer="yes"
            )
    allow(cases, case_id, request_id)
    for who in (cases.hal, cases.ivo, cases.dee, the(cases, case_id, Part.IDENTITY_APPROVER)):
        with pytest.raises(NotAllowed):
            cases.do(who, identity.open_identity, request_id=request_id)


def test_a_decider_of_the_case_asks_for_no_identity_and_nobody_without_a_reason(
    cases: Desk,
) -> None:
    case_id = named(cases)
    with pytest.raises(NotAllowed):
        does(cases, cases.dee, identity.ask_identity, case_id, reason="x")
    with pytest.raises(Invalid):
        does(cases, cases.hal, identity.ask_identity, case_id, reason=" ")


def test_a_refusal_ends_it_and_lets_both_go(cases: Desk) -> None:
    case_id = named(cases)
    request_id = ask(cases, case_id)
    with pytest.raises(Conflict):
        ask(cases, case_id, "ivo")
    approver = the(cases, case_id, Part.IDENTITY_APPROVER)
    cases.do(
        approver, identity.settle_identity, request_id=request_id, approve=False,
        answer="a letter will do",
    )  # fmt: skip
    assert not {Part.CUSTODIAN, Part.IDENTITY_APPROVER} & set(held(cases, case_id))
    found = cases.read(identities, viewer=cases.hal, case_id=case_id, at=cases.now)
    assert [(one.state, one.answer) for one in found] == [
        (IdentityState.REFUSED, "a letter will do")
    ]
    ask(cases, case_id, "ivo")


def test_who_keeps_or_allows_identities_reads_no_account_for_it(cases: Desk) -> None:
    case_id = named(cases)
    request_id = ask(cases, case_id)
    given = {"at": cases.now, "settings": cases.triage.settings, "case_id": case_id}
    for part in (Part.CUSTODIAN, Part.IDENTITY_APPROVER):
        who = the(cases, case_id, part)
        for query in (case, verdict):
            with pytest.raises(NotFound):
                cases.read(query, viewer=who, **given)
        cases.read(parties, viewer=who, case_id=case_id)
    waits = cases.read(to_settle, viewer=the(cases, case_id, Part.IDENTITY_APPROVER), at=cases.now)
    assert [one.id for one in waits] == [request_id]
    assert cases.read(to_settle, viewer=cases.cusa, at=cases.now) == ()
    assert cases.read(to_settle, viewer=cases.hal, at=cases.now) == ()


def test_who_knows_the_people_in_it_opens_no_identity(cases: Desk) -> None:
    case_id = named(cases)
    request_id = ask(cases, case_id)
    with pytest.raises(Invalid):
        cases.do(cases.cusa, identity.open_identity, request_id=request_id)
    cases.do(cases.cusa, handling.declare, case_id=case_id, version=0, ties=(Tie.FRIEND,))
    with pytest.raises(NotFound):
        cases.do(cases.cusa, identity.open_identity, request_id=request_id)


def test_without_anybody_to_keep_identities_it_says_so(desk: Desk) -> None:
    cases = staffed(desk, fallback=False)
    case_id = named(cases)
    from triage.core.exclusions import ExclusionKind, exclude

    def out(session: object) -> None:
        exclude(
            session, matter_id=case_id, person_id=cases.cusa.person_id,  # type: ignore[arg-type]
            kind=ExclusionKind.SUBJECT, at=cases.now,
        )  # fmt: skip

    cases.triage.database.write(out)
    with pytest.raises(Conflict, match="keep and open identities"):
        ask(cases, case_id)


def test_a_custodian_who_steps_back_leaves_nobody_waiting(cases: Desk) -> None:
    case_id = named(cases)
    ask(cases, case_id)
    cases.do(cases.cusa, recusing.recuse, case_id=case_id)
    run_verdicts(cases.triage.runner, cases.now)
    assert held(cases, case_id)[Part.CUSTODIAN] == {"tess"}
    assert row(cases, case_id).id == case_id

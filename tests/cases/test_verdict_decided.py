"""Recommended by who looked into it, decided by others (P-DEC-1, P-DEC-2, P-SCO-2)."""

from collections.abc import Callable

import pytest
from support.cases import begun, give, held, row, staffed, state
from support.desk import Desk
from support.verdicts import balanced, decide, decided, does, recommended, second_decider, seen

from triage.cases.inquiry.rules import Bearing, Source
from triage.cases.inquiry.service import evidence, weighing
from triage.cases.rules import Finding, State
from triage.cases.service import handling, recusing
from triage.cases.verdict.rules import ActionKind
from triage.cases.verdict.service import deciding, recommending
from triage.conduct import clauses
from triage.conduct.incidents import PublicStatus, ViolationKind
from triage.core.access import SYSTEM
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.reports.tables import Report
from triage.staff.processes import Part


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


GIVEN = {
    "finding": Finding.UPHELD,
    "clauses": ("P-TAX-1",),
    "kinds": (ViolationKind.AGGRESSION,),
    "actions": (ActionKind.WARNING,),
    "reasons": "because",
}


def test_p_dec_1_only_the_investigator_files_a_recommendation_and_it_says_what_clause_and_why(
    cases: Desk,
) -> None:
    case_id = begun(cases)
    balanced(cases, case_id)
    for who in (cases.hal, cases.dee):
        with pytest.raises(NotAllowed):
            does(cases, who, recommending.recommend, case_id, **GIVEN)
    for missing in ("clauses", "kinds", "actions"):
        with pytest.raises(Invalid) as refused:
            does(cases, cases.ivo, recommending.recommend, case_id, **GIVEN | {missing: ()})
        assert refused.value.field == missing
    with pytest.raises(Invalid):
        does(cases, cases.ivo, recommending.recommend, case_id, **GIVEN | {"reasons": " "})
    does(cases, cases.ivo, recommending.recommend, case_id, **GIVEN)
    assert state(cases, case_id) is State.RECOMMENDED
    found = seen(cases, case_id).recommendations[0]
    assert (found.by, found.finding, found.clauses) == ("Ivo", Finding.UPHELD, ("P-TAX-1",))
    assert (found.actions, found.reasons) == ((ActionKind.WARNING,), "because")


def test_p_inv_3_nothing_is_recommended_before_it_was_weighed(cases: Desk) -> None:
    case_id = begun(cases)
    with pytest.raises(Conflict):
        does(cases, cases.ivo, recommending.recommend, case_id, **GIVEN)
    assert state(cases, case_id) is State.INVESTIGATING


def test_who_decides_sends_it_back_with_what_is_missing(cases: Desk) -> None:
    case_id = recommended(cases, begun(cases))
    with pytest.raises(NotAllowed):
        does(cases, cases.ivo, recommending.send_back, case_id, reason="more")
    with pytest.raises(Invalid):
        does(cases, cases.dee, recommending.send_back, case_id, reason=" ")
    does(cases, cases.dee, recommending.send_back, case_id, reason="ask the second witness")
    assert state(cases, case_id) is State.INVESTIGATING
    found = seen(cases, case_id).recommendations[0]
    assert (found.sent_back_by, found.sent_back_why) == ("Dee", "ask the second witness")
    decided(cases, case_id, balance=False)
    assert state(cases, case_id) is State.DECIDED


def test_p_dec_2_who_looked_into_it_or_handles_it_cannot_decide(cases: Desk) -> None:
    case_id = recommended(cases, begun(cases))
    for who in (cases.ivo, cases.hal):
        with pytest.raises(NotAllowed):
            cases.do(who, deciding.open_account, case_id=case_id)
        with pytest.raises(NotAllowed):
            decide(cases, case_id, by=who)
        with pytest.raises(NotAllowed):
            give(cases, case_id, Part.DECIDER, who)
    assert state(cases, case_id) is State.RECOMMENDED


def test_p_dec_2_a_decision_that_nobody_may_take_fails_until_somebody_stands_in(
    desk: Desk,
) -> None:
    cases = staffed(desk, fallback=False)
    case_id = begun(cases)
    cases.do(cases.dee, recusing.recuse, case_id=case_id)
    cases.do(cases.dan, recusing.recuse, case_id=case_id)
    cases.do(cases.dora, recusing.recuse, case_id=case_id)
    recommended(cases, case_id)
    assert Part.DECIDER not in held(cases, case_id)
    for who in (cases.ivo, cases.hal):
        with pytest.raises(NotAllowed):
            decide(cases, case_id, by=who)
    for who in (cases.dee, cases.dan):
        with pytest.raises(NotFound):
            decide(cases, case_id, by=who)
    assert state(cases, case_id) is State.RECOMMENDED
    from support.cases import outside, tick

    outside(cases)
    tick(cases)
    assert held(cases, case_id)[Part.DECIDER] == {"tess"}
    cases.do(cases.tess, handling.declare, case_id=case_id, version=0, ties=())
    cases.do(cases.tess, deciding.open_account, case_id=case_id)
    decide(cases, case_id, by=cases.tess)
    assert state(cases, case_id) is State.DECIDED


def test_p_dec_2_nobody_decides_on_what_they_have_not_opened_and_opening_is_on_the_record(
    cases: Desk,
) -> None:
    case_id = recommended(cases, begun(cases))
    with pytest.raises(Invalid) as refused:
        decide(cases, case_id)
    assert refused.value.field == "evidence"
    assert not seen(cases, case_id, cases.dee).recommendations[0].opened
    for _ in range(2):
        cases.do(cases.dee, deciding.open_account, case_id=case_id)
    events = cases.events("case_evidence_opened", case_id)
    assert [one.actor_id for one in events] == [cases.dee.person_id]
    decide(cases, case_id)
    assert state(cases, case_id) is State.DECIDED


def test_what_was_opened_before_it_was_sent_back_is_opened_again(cases: Desk) -> None:
    case_id = recommended(cases, begun(cases))
    cases.do(cases.dee, deciding.open_account, case_id=case_id)
    does(cases, cases.dee, recommending.send_back, case_id, reason="more")
    cases.move(minutes=1)
    recommended(cases, case_id, balance=False)
    with pytest.raises(Invalid):
        decide(cases, case_id)


@pytest.mark.parametrize("finding", list(Finding))
def test_each_finding_can_be_reached_and_the_reporter_sees_that_it_is_decided(
    cases: Desk, finding: Finding
) -> None:
    case_id = decided(cases, begun(cases), finding)
    assert row(cases, case_id).finding == finding.value
    with cases.triage.database.read() as session:
        report = session.get_one(Report, row(cases, case_id).report_id)
        assert report.status == PublicStatus.DECIDED


def test_to_uphold_wants_something_that_is_not_from_the_reporter_or_a_reason(cases: Desk) -> None:
    case_id = recommended(cases, begun(cases))
    cases.do(cases.dee, deciding.open_account, case_id=case_id)
    with pytest.raises(Invalid) as refused:
        decide(cases, case_id, no_independent_reason=" ")
    assert refused.value.field == "no_independent_reason"
    decide(cases, case_id, no_independent_reason="it is clear")
    assert seen(cases, case_id).decisions[0].no_independent == "it is clear"


def test_with_something_independent_no_reason_is_asked(cases: Desk) -> None:
    case_id = begun(cases)
    item = cases.do(
        cases.ivo, evidence.add_note, case_id=case_id, title="Rota", text="They were there.",
        made_at=cases.now, origin="the rota", source=Source.TEAM,
    )  # fmt: skip
    cases.do(cases.ivo, weighing.weigh, item_id=item, bearing=Bearing.SUPPORTS, carries=True)
    cases.do(cases.ivo, weighing.tested, item_id=item, done=True, how="asked them")
    decided(cases, case_id, balance=False, no_independent_reason="")
    assert state(cases, case_id) is State.DECIDED


def test_p_sco_2_a_decision_keeps_its_version_and_what_the_clauses_said_then(
    cases: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = decided(cases, begun(cases))
    then = clauses.clause("P-TAX-1").summary
    later = tuple(
        clauses.Clause(one.id, "Another text.") for one in clauses.CLAUSES[clauses.POLICY_VERSION]
    )
    monkeypatch.setitem(clauses.CLAUSES, clauses.POLICY_VERSION, later)
    found = seen(cases, case_id).decisions[0]
    assert found.policy_version == "2023-04"
    assert found.clauses == (("P-TAX-1", then),)


def test_nothing_is_done_to_anybody_for_what_was_not_found_to_have_happened(cases: Desk) -> None:
    case_id = recommended(cases, begun(cases), Finding.NOT_UPHELD, (ActionKind.NONE,))
    cases.do(cases.dee, deciding.open_account, case_id=case_id)
    for kind in (ActionKind.WARNING, ActionKind.EXPULSION, ActionKind.RESTRICTION):
        with pytest.raises(Invalid):
            decide(cases, case_id, Finding.UNABLE_TO_ESTABLISH, (kind,))
    with pytest.raises(Invalid):
        decide(cases, case_id, Finding.UPHELD, (ActionKind.NONE, ActionKind.OTHER))
    decide(cases, case_id, Finding.NOT_UPHELD, (ActionKind.OTHER, ActionKind.HR_REFERRAL))


def test_a_second_decider_agrees_once_and_only_having_read_it(cases: Desk) -> None:
    case_id = decided(cases, begun(cases))
    second_decider(cases, case_id)
    with pytest.raises(Invalid):
        does(cases, cases.dan, deciding.agree, case_id)
    cases.do(cases.dan, deciding.open_account, case_id=case_id)
    does(cases, cases.dan, deciding.agree, case_id)
    assert seen(cases, case_id).decisions[0].agreed == ("Dan",)
    with pytest.raises(Conflict):
        does(cases, cases.dan, deciding.agree, case_id)


def test_the_system_recommends_and_decides_nothing(cases: Desk) -> None:
    case_id = begun(cases)
    balanced(cases, case_id)
    with pytest.raises(NotAllowed):
        does(cases, SYSTEM, recommending.recommend, case_id, **GIVEN)
    recommended(cases, case_id, balance=False)
    with pytest.raises(NotAllowed):
        decide(cases, case_id, by=SYSTEM)


def test_a_double_click_decides_once_and_a_stale_screen_says_who_was_faster(cases: Desk) -> None:
    case_id = recommended(cases, begun(cases))
    cases.do(cases.dee, deciding.open_account, case_id=case_id)
    version = row(cases, case_id).version
    for _ in range(2):
        cases.do(
            cases.dee, deciding.decide, case_id=case_id, version=version, token="once",
            finding=Finding.NOT_UPHELD, clauses=("P-TAX-1",), actions=(ActionKind.NONE,),
            reasons="no",
        )  # fmt: skip
    assert len(seen(cases, case_id).decisions) == 1
    with pytest.raises(Conflict, match="You decided"):
        cases.do(
            cases.dee, deciding.decide, case_id=case_id, version=version, token="twice",
            finding=Finding.NOT_UPHELD, clauses=("P-TAX-1",), actions=(ActionKind.NONE,),
            reasons="no",
        )  # fmt: skip


def test_p_con_1_who_has_no_part_or_has_not_declared_reads_nothing_of_it(cases: Desk) -> None:
    case_id = decided(cases, begun(cases))

    def refused(name: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            seen(cases, case_id, getattr(cases, name))

    for name in ("hope", "ines", "dan", "cusa"):
        refused(name, NotFound)
    for name in ("max", "ada", "ana", "tess"):
        refused(name, NotAllowed)
    version = row(cases, case_id).version
    cases.do(
        cases.hal, handling.assign,
        case_id=case_id, version=version, part=Part.DECIDER, person_id=cases.dan.person_id,
    )  # fmt: skip
    refused("dan", Invalid)


def test_p_rec_4_who_is_out_neither_recommends_nor_decides(cases: Desk) -> None:
    case_id = recommended(cases, begun(cases))
    cases.do(cases.dee, recusing.recuse, case_id=case_id)
    acts: list[Callable[[], object]] = [
        lambda: cases.do(cases.dee, deciding.open_account, case_id=case_id),
        lambda: decide(cases, case_id),
        lambda: does(cases, cases.dee, recommending.send_back, case_id, reason="more"),
        lambda: seen(cases, case_id, cases.dee),
    ]
    for one in acts:
        with pytest.raises(NotFound):
            one()
    assert held(cases, case_id)[Part.DECIDER] != {"dee"}

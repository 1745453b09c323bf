"""Any order of any acts of several people on cases: the rules that hold after each; and the graph
as it was drawn (lifecycles.md, section 2)."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select
from support.cases import came_in, row, staffed, tick, write_by_receipt
from support.desk import Desk
from support.verdicts import SUBJECT, ban, party
from support.walking import walk

from triage.cases import rules
from triage.cases.inquiry.service import notices, weighing
from triage.cases.rules import Edge, Finding, State, Tie
from triage.cases.service import handling, recusing, settling
from triage.cases.tables import Case, CaseChallenge, CasePart, CaseTransition
from triage.cases.verdict.rules import ActionKind, AppealOutcome, ToldTo
from triage.cases.verdict.service import (
    appealing,
    carrying,
    closing,
    deciding,
    identity,
    recommending,
    setting_up,
    telling,
)
from triage.cases.verdict.service.jobs import run_verdicts
from triage.cases.verdict.service.setting_up import ActionDraft
from triage.cases.verdict.tables import (
    CaseAction,
    CaseAppeal,
    CaseDecision,
    CaseIdentity,
    CaseOutcome,
    CaseRecommendation,
    CaseVoice,
)
from triage.conduct.incidents import ViolationKind, Wish
from triage.core.access import SYSTEM, Actor
from triage.core.audit import AuditEvent
from triage.core.closed import MatterMember
from triage.core.commands import Tx
from triage.core.errors import TriageError
from triage.core.exclusions import Exclusion
from triage.reports.service.steps import add_step
from triage.reports.thread import StepKind
from triage.restrictions.codes import appeal_code
from triage.staff.processes import Part, apart

LOOKED_AT = ("submitted", "acknowledged", "investigating", "awaiting_subject", "recommended")
OPEN = (*LOOKED_AT, "decided", "actioning", "outcome_due", "withdrawn_requested")
ENDED = ("routed_out", "referred_hr", "out_of_scope", "insufficient", "withdrawn", "closed")
DRAWN = {
    ("sealed", "submitted"),
    ("submitted", "acknowledged"),
    *(("acknowledged", one) for one in ENDED if one not in {"withdrawn", "closed"}),
    ("acknowledged", "investigating"),
    ("investigating", "awaiting_subject"),
    ("awaiting_subject", "investigating"),
    ("investigating", "recommended"),
    ("recommended", "investigating"),
    ("recommended", "decided"),
    ("decided", "actioning"),
    ("actioning", "outcome_due"),
    ("outcome_due", "closed"),
    *((one, "withdrawn_requested") for one in OPEN if one != "withdrawn_requested"),
    *(("withdrawn_requested", one) for one in OPEN if one != "withdrawn_requested"),
    ("withdrawn_requested", "withdrawn"),
    ("closed", "investigating"),
    *((one, "erased") for one in ENDED),
}
"""Section 2 of the design, from and to."""
BACK = {
    *((one, "acknowledged") for one in ENDED if one != "closed"),
    ("closed", "outcome_due"),
    ("withdrawn", "withdrawn_requested"),
}
"""Rule 4: taken up again, and undone."""
SYSTEM_MAY = {"open", "notify", "heard", "acted", "ask_withdraw", "erase"}
"""The table's own word for who, and rule 1: it opens, notes what has gone and what has passed,
notes that all is done, passes on what a reporter asked, erases."""

EVERYBODY = ("hal", "hope", "ivo", "ines", "dee", "dan", "otto", "cusa", "tess", "ana", "ada")
people = st.sampled_from(EVERYBODY)
likely = st.sampled_from(["hal", "hope", "hal", "ivo", "dee", "dan", "tess"])
some = st.integers(0, 1)
PARTS = [Part.HANDLER, Part.INVESTIGATOR, Part.DECIDER, Part.SECOND, Part.LEAK_CHECK]
KINDS = [
    (ActionKind.NONE,),
    (ActionKind.OTHER,),
    (ActionKind.RESTRICTION, ActionKind.OTHER),
    (ActionKind.HR_REFERRAL, ActionKind.POLICE_REFERRAL),
    (ActionKind.WARNING,),
]


def test_the_graph_is_the_one_that_was_drawn() -> None:
    there = {
        (start.value, to.value) for (start, _), ends in rules.TRANSITIONS.items() for to in ends
    }
    assert there == DRAWN | BACK
    assert {one.value for one in rules.SYSTEM_EDGES} == SYSTEM_MAY
    assert {one.value for one in rules.OPEN} == set(OPEN)
    assert {one.value for one in rules.TERMINAL} == set(ENDED)


@pytest.mark.parametrize("start", [one for one in State if one not in {State.ERASED}])
def test_rule_7_an_end_can_be_reached_from_everywhere(start: State) -> None:
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for (one, _), ends in rules.TRANSITIONS.items():
            if one is here:
                todo += sorted(ends - seen)
                seen |= ends
    assert seen & rules.TERMINAL


@pytest.mark.parametrize("edge", list(Edge))
def test_rule_1_the_system_takes_no_edge_that_decides(edge: Edge) -> None:
    for state, one in rules.TRANSITIONS:
        if one is edge and edge.value not in SYSTEM_MAY:
            with pytest.raises(TriageError):
                rules.move(state, edge, by_system=True)


class Life(RuleBasedStateMachine):
    """Two reports, of whom one names somebody of ours, among a team with a fallback."""

    make: ClassVar[Callable[[], Desk]]

    @initialize()
    def begin(self) -> None:
        self.desk = staffed(type(self).make())
        desk = self.desk
        desk.triage.settings = desk.triage.settings.model_copy(
            update={"appeal_address": "appeals@charity.example.org"}
        )
        self.ids = [
            came_in(desk, subjects=(SUBJECT,), wish=Wish.BY_RECEIPT),
            came_in(desk, "It was Hope who shouted.", wish=Wish.BY_CONTACT, email="r@example.com"),
        ]
        self.reached: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            assert isinstance(self.desk.chain(), int)
            self.desk.triage.close()

    # -- acts

    def act(self, who: str | Actor, command: Any, **given: Any) -> bool:
        actor = getattr(self.desk, who) if isinstance(who, str) else who
        try:
            self.desk.do(actor, command, **given)
        except TriageError:
            return False
        return True

    def on(self, who: str, which: int, command: Any, **given: Any) -> bool:
        version = row(self.desk, self.ids[which]).version
        return self.act(who, command, case_id=self.ids[which], version=version, **given)

    def declare(self, who: str, which: int) -> None:
        self.on(who, which, handling.declare, ties=())

    @rule(who=people, which=some)
    def take(self, who: str, which: int) -> None:
        self.declare(who, which)

    @rule(who=likely, which=some, part=st.sampled_from(PARTS), to=people)
    def name(self, who: str, which: int, part: Part, to: str) -> None:
        to_id = getattr(self.desk, to).person_id
        self.on(who, which, handling.assign, part=part, person_id=to_id)
        self.declare(to, which)

    @rule(which=some)
    def look_into(self, which: int) -> None:
        """Whoever can takes it, and the usual people have their parts."""
        self.declare("hal", which)
        for who, part in (("ivo", Part.INVESTIGATOR), ("dee", Part.DECIDER)):
            self.name("hal", which, part, who)
        self.on("hal", which, handling.investigate)

    @rule(who=people, which=some)
    def recuse(self, who: str, which: int) -> None:
        self.act(who, recusing.recuse, case_id=self.ids[which])

    @rule(who=people, which=some)
    def tie(self, who: str, which: int) -> None:
        self.on(who, which, handling.declare, ties=(Tie.FRIEND,))

    @rule(who=likely, which=some, finding=st.sampled_from(Finding), kinds=st.sampled_from(KINDS))
    def recommend(
        self, who: str, which: int, finding: Finding, kinds: tuple[ActionKind, ...]
    ) -> None:
        case_id = self.ids[which]
        self.act(who, weighing.say_why_not_balanced, case_id=case_id, reason="so")
        if which == 0:
            self.act(who, notices.cannot_reach, party_id=party(self.desk, case_id), reason="gone")
        self.on(
            who, which, recommending.recommend, finding=finding, clauses=("P-TAX-1",),
            kinds=(ViolationKind.AGGRESSION,), actions=kinds, reasons="so",
        )  # fmt: skip

    @rule(which=some, kinds=st.sampled_from(KINDS), finding=st.sampled_from(Finding))
    def come_to_a_decision(
        self, which: int, kinds: tuple[ActionKind, ...], finding: Finding
    ) -> None:
        self.look_into(which)
        self.withhold(which)
        self.recommend("ivo", which, finding, kinds)
        self.decide("dee", which, finding, kinds)

    def withhold(self, which: int) -> None:
        from datetime import timedelta

        from triage.cases.inquiry.rules import Withheld

        if which == 0:
            self.act(
                "ivo", notices.withhold, party_id=party(self.desk, self.ids[0]),
                ground=Withheld.INFLUENCE, reason="so",
                recheck_at=self.desk.now + timedelta(days=20),
            )  # fmt: skip

    @rule(who=likely, which=some, finding=st.sampled_from(Finding), kinds=st.sampled_from(KINDS))
    def decide(self, who: str, which: int, finding: Finding, kinds: tuple[ActionKind, ...]) -> None:
        self.act(who, deciding.open_account, case_id=self.ids[which])
        self.on(
            who, which, deciding.decide, finding=finding, clauses=("P-TAX-1",), actions=kinds,
            reasons="so", no_independent_reason="so",
        )  # fmt: skip

    @rule(who=likely, which=some)
    def send_back(self, who: str, which: int) -> None:
        self.on(who, which, recommending.send_back, reason="more")

    @rule(who=likely, which=some)
    def agree(self, who: str, which: int) -> None:
        self.act(who, deciding.open_account, case_id=self.ids[which])
        self.on(who, which, deciding.agree)

    @rule(who=likely, which=some, kind=st.sampled_from(ActionKind))
    def set_up(self, who: str, which: int, kind: ActionKind) -> None:
        about = party(self.desk, self.ids[0]) if which == 0 else None
        if kind is ActionKind.RESTRICTION:
            self.on(
                who, which, setting_up.add_restriction, draft=ban(self.desk, "social"),
                party_id=about,
            )  # fmt: skip
        else:
            draft = ActionDraft(kind, "so", party_id=about, event="the spring meeting")
            self.on(who, which, setting_up.add_action, draft=draft)

    @rule(who=likely, which=some)
    def begin_to_act(self, who: str, which: int) -> None:
        for kind in ActionKind:
            self.set_up("dee" if kind is ActionKind.RESTRICTION else "hal", which, kind)
        self.on(who, which, setting_up.act)

    @rule(who=likely, which=some, waived=st.booleans())
    def settle(self, who: str, which: int, waived: bool) -> None:
        with self.desk.triage.database.read() as session:
            found = session.execute(
                select(CaseAction.id, CaseAction.version).where(
                    CaseAction.case_id == self.ids[which]
                )
            ).all()
        for one in found:
            given = {"action_id": one.id, "version": one.version}
            if waived:
                self.act(who, carrying.waive, reason="so", **given)
            else:
                self.act(who, carrying.say_done, note="so", **given)

    @rule(who=likely, which=some, waived=st.booleans())
    def tell_and_close(self, who: str, which: int, waived: bool) -> None:
        if waived:
            self.on(who, which, telling.waive, told=ToldTo.REPORTER, reason="so")
        else:
            self.on(who, which, telling.tell_reporter)
        self.on(who, which, closing.close, reason="so")

    @rule(who=likely, which=some)
    def carry_through(self, who: str, which: int) -> None:
        self.begin_to_act("hal", which)
        self.settle("hal", which, True)
        self.tell_and_close(who, which, True)

    @rule(which=some, finding=st.sampled_from(Finding))
    def whole_life(self, which: int, finding: Finding) -> None:
        self.come_to_a_decision(which, (ActionKind.NONE,), finding)
        self.carry_through("hal", which)

    @rule(who=people, which=some, new=st.booleans())
    def reopen(self, who: str, which: int, new: bool) -> None:
        self.on(who, which, handling.reopen, reason="so", new_evidence=new)

    @rule(who=likely, which=some)
    def undo(self, who: str, which: int) -> None:
        self.on(who, which, handling.undo)

    @rule(which=some, who=likely, second=likely, how=st.sampled_from(list(rules.WITH_SECOND)))
    def set_aside(self, which: int, who: str, second: str, how: Edge) -> None:
        to_id = getattr(self.desk, second).person_id
        self.on(who, which, settling.ask_second, edge=how, reason="so", person_id=to_id)
        self.declare(second, which)
        from triage.cases.tables import CaseSecond

        with self.desk.triage.database.read() as session:
            found = session.scalars(
                select(CaseSecond.id).where(
                    CaseSecond.case_id == self.ids[which], CaseSecond.settled_at.is_(None)
                )
            ).all()
        for one in found:
            version = row(self.desk, self.ids[which]).version
            self.act(
                second, settling.settle_second, second_id=one, version=version, agree=True,
                answer="so",
            )  # fmt: skip

    @rule(which=some)
    def reporter_asks_to_let_it_go(self, which: int) -> None:
        report_id = row(self.desk, self.ids[which]).report_id

        def write(tx: Tx) -> None:
            add_step(
                tx.session, tx.vault, report_id=report_id, kind=StepKind.WITHDRAW, text="",
                from_reporter=True, at=tx.now,
            )  # fmt: skip

        self.desk.do(SYSTEM, write)
        tick(self.desk)

    @rule(which=some, named=people)
    def reporter_names_somebody(self, which: int, named: str) -> None:
        write_by_receipt(self.desk, self.ids[which], f"It was {named}, I think.")
        tick(self.desk)

    @rule(who=likely, which=some, whom=people, upheld=st.booleans())
    def challenge(self, who: str, which: int, whom: str, upheld: bool) -> None:
        case_id, whom_id = self.ids[which], getattr(self.desk, whom).person_id
        raised = self.act(who, recusing.challenge, case_id=case_id, person_id=whom_id, reason="so")
        with self.desk.triage.database.read() as session:
            found = session.execute(
                select(CaseChallenge.id, CaseChallenge.raised_by).where(
                    CaseChallenge.case_id == case_id, CaseChallenge.settled_at.is_(None)
                )
            ).all()
            raisers = [one.raised_by for one in found]
            if raised:
                settlers = session.scalars(
                    select(CasePart.person_id).where(
                        CasePart.case_id == case_id, CasePart.until.is_(None)
                    )
                )
                assert set(settlers) - {getattr(self.desk, who).person_id}
        assert len(raisers) == len(set(raisers))
        if upheld:
            for one in found:
                for name in EVERYBODY:
                    self.act(name, recusing.settle_challenge, challenge_id=one.id, upheld=True)

    @rule(who=likely, which=some, whom=people)
    def clear(self, who: str, which: int, whom: str) -> None:
        self.act(
            who, recusing.clear_match, case_id=self.ids[which], reason="so",
            person_id=getattr(self.desk, whom).person_id,
        )  # fmt: skip

    @rule(who=likely, which=some)
    def go_on(self, who: str, which: int) -> None:
        self.on(who, which, settling.go_on, reason="others are at risk")

    @rule(who=likely, which=some, approve=st.booleans())
    def ask_who_it_was(self, who: str, which: int, approve: bool) -> None:
        self.on(who, which, identity.ask_identity, reason="so")
        with self.desk.triage.database.read() as session:
            found = session.scalars(
                select(CaseIdentity.id).where(CaseIdentity.case_id == self.ids[which])
            ).all()
        for request_id in found:
            for name in EVERYBODY:
                self.act(
                    name, handling.declare, case_id=self.ids[which], version=0, ties=()
                ) if name in {"cusa", "dora"} else None
                self.act(
                    name, identity.settle_identity, request_id=request_id, approve=approve,
                    answer="so",
                )  # fmt: skip
                self.act(name, identity.open_identity, request_id=request_id)

    @precondition(lambda self: "closed" in self.reached)
    @rule(who=likely, which=some, outcome=st.sampled_from(AppealOutcome))
    def appeal(self, who: str, which: int, outcome: AppealOutcome) -> None:
        with self.desk.triage.database.read() as session:
            told = session.scalars(
                select(CaseOutcome.id).where(CaseOutcome.case_id == self.ids[which])
            ).all()
        for one in told:
            code = appeal_code(self.desk.triage.keys, one)
            self.act("ana", appealing.record_appeal, code=code, words="no", came_at=self.desk.now)
        with self.desk.triage.database.read() as session:
            found = session.scalars(select(CaseAppeal.id)).all()
        for one in found:
            version = row(self.desk, self.ids[which]).version
            self.act(
                who, appealing.decide_appeal, appeal_id=one, version=version, outcome=outcome,
                reason="so",
            )  # fmt: skip

    @rule(hours=st.sampled_from([0, 1, 25, 24 * 8]))
    def wait(self, hours: int) -> None:
        self.desk.move(hours=hours)
        tick(self.desk)
        run_verdicts(self.desk.triage.runner, self.desk.now)

    # -- what holds after each

    @invariant()
    def the_history_is_a_walk_of_the_graph_and_each_step_has_its_event(self) -> None:
        if not hasattr(self, "ids"):
            return
        with self.desk.triage.database.read() as session:
            for case_id in self.ids:
                steps = session.scalars(
                    select(CaseTransition)
                    .where(CaseTransition.case_id == case_id)
                    .order_by(CaseTransition.sequence)
                ).all()
                before = State.SEALED
                for one in steps:
                    assert one.from_state == before.value
                    assert State(one.to_state) in rules.TRANSITIONS[before, Edge(one.edge)]
                    if one.actor_id == SYSTEM.person_id:
                        assert one.edge in SYSTEM_MAY
                    before = State(one.to_state)
                assert session.get_one(Case, case_id).state == before.value
                self.reached.add(before.value)
                edges = {f"case_{one.value}" for one in Edge}
                events = session.execute(
                    select(AuditEvent.code, AuditEvent.actor_id).where(
                        AuditEvent.matter_id == case_id, AuditEvent.code.in_(edges)
                    )
                ).all()
                noted = sorted((f"case_{one.edge}", one.actor_id) for one in steps)
                assert sorted((one.code, one.actor_id) for one in events) == noted

    @invariant()
    def parts_are_apart_and_who_is_out_has_none(self) -> None:
        if not hasattr(self, "ids"):
            return
        with self.desk.triage.database.read() as session:
            for case_id in self.ids:
                ever: dict[str, set[Part]] = {}
                held: set[str] = set()
                for one in session.scalars(select(CasePart).where(CasePart.case_id == case_id)):
                    ever.setdefault(one.person_id, set()).add(Part(one.part))
                    if one.until is None:
                        held.add(one.person_id)
                for mine in ever.values():
                    assert not [(a, b) for a in mine for b in mine if apart(a, b)]
                out = set(
                    session.scalars(
                        select(Exclusion.person_id).where(Exclusion.matter_id == case_id)
                    )
                )
                members = set(
                    session.scalars(
                        select(MatterMember.person_id).where(MatterMember.matter_id == case_id)
                    )
                )
                assert not out & held
                assert not out & members
                assert held <= members

    @invariant()
    def others_decide_than_who_looked_into_it(self) -> None:
        if not hasattr(self, "ids"):
            return
        with self.desk.triage.database.read() as session:
            for case_id in self.ids:
                looked = set(
                    session.scalars(
                        select(CasePart.person_id).where(
                            CasePart.case_id == case_id,
                            CasePart.part.in_([Part.INVESTIGATOR.value, Part.HANDLER.value]),
                        )
                    )
                ) | set(
                    session.scalars(
                        select(CaseRecommendation.by).where(CaseRecommendation.case_id == case_id)
                    )
                )
                said = set(
                    session.scalars(
                        select(CaseVoice.person_id)
                        .join(CaseDecision, CaseDecision.id == CaseVoice.decision_id)
                        .where(CaseDecision.case_id == case_id)
                    )
                )
                assert not looked & said
                assert SYSTEM.person_id not in looked | said

    @invariant()
    def who_reported_is_opened_by_a_third_person(self) -> None:
        if not hasattr(self, "ids"):
            return
        with self.desk.triage.database.read() as session:
            for one in session.scalars(select(CaseIdentity)):
                if one.opened_by is not None:
                    assert one.approved
                    assert len({one.asked_by, one.settled_by, one.opened_by}) == 3


@pytest.mark.parametrize("examples", [15])
def test_the_rules_hold_after_any_acts_in_any_order(
    make_desk: Callable[..., Desk], examples: int
) -> None:
    reached: set[str] = set()

    class Here(Life):
        make = staticmethod(make_desk)  # type: ignore[assignment]

        def teardown(self) -> None:
            reached.update(getattr(self, "reached", ()))
            super().teardown()

    walk(Here, examples=examples, steps=30, derandomize=True, phases=[Phase.generate])
    assert {"acknowledged", "investigating", "decided", "closed", "withdrawn_requested"} <= reached

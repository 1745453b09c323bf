"""Any order of any acts of several people on referrals: the rules that hold after each of them."""

from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import select
from support.desk import Desk, address
from support.referring import mark, staffed
from support.walking import walk

from triage.core.access import SYSTEM
from triage.core.audit import AuditEvent
from triage.core.errors import TriageError
from triage.core.holds import held
from triage.core.roles import Role
from triage.messages.rules import ChildState
from triage.messages.tables import MessageChild
from triage.referrals import rules
from triage.referrals.rules import (
    TERMINAL,
    TRANSITIONS,
    AtRisk,
    Conclusion,
    Edge,
    LawfulBasis,
    ReferenceKind,
    Route,
    State,
)
from triage.referrals.service import considering, deciding, with_police
from triage.referrals.service.calling import Call, record_call
from triage.referrals.service.jobs import remind
from triage.referrals.tables import Referral, ReferralMatter, ReferralRefusal, ReferralTransition

RECIPIENT = "edda"
WHO = ("ana", "dora", "dan", RECIPIENT, "bo", "hal", "system")
"""ana reviews; dora, dan, edda and bo decide; bo and hal hand over. edda got the first message."""
people = st.sampled_from(WHO)
some = st.integers(0, 2)
DONE = frozenset({State.CONCLUDED, State.WITHDRAWN}) | rules.WITH_THE_POLICE


class Life(RuleBasedStateMachine):
    """Two messages of one sender, the first of them sent to somebody who decides."""

    make: ClassVar[Callable[[], Desk]]

    @initialize()
    def begin(self) -> None:
        self.desk = staffed(type(self).make())
        self.desk.add("dan", Role.DECIDER)
        self.desk.add("bo", Role.DECIDER, Role.HANDLER)
        self.messages = [
            self.desk.arrive("[high] one", message_id="<1@x>", recipients=(address(RECIPIENT),)),
            self.desk.arrive("[high] two", message_id="<2@x>"),
        ]
        self.made: list[str] = [mark(self.desk, self.desk.ana, self.messages[0])]

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.triage.close()

    def act(self, who: str, command: Any, which: int, **given: Any) -> None:
        found = self.rows()[which % len(self.made)]
        actor = SYSTEM if who == "system" else self.desk.people[who]
        for message_id in self.messages:
            self.attempt(actor, deciding.open_evidence, referral_id=found.id, message_id=message_id)
        self.attempt(actor, command, referral_id=found.id, version=found.version, **given)

    def attempt(self, actor: Any, command: Any, **given: Any) -> Any:
        try:
            return self.desk.do(actor, command, **given)
        except TriageError:
            return None

    @rule(who=people, which=some)
    def considers(self, who: str, which: int) -> None:
        actor = SYSTEM if who == "system" else self.desk.people[who]
        given = {"message_ids": (self.messages[which % 2],), "reason": "x"}
        made = self.attempt(actor, considering.consider, **given)
        if made:
            assert who != "system"
            self.made.append(made)

    @rule(who=people, which=some)
    def calls(self, who: str, which: int) -> None:
        actor = SYSTEM if who == "system" else self.desk.people[who]
        call = Call(Route.EMERGENCY, self.desk.now, "force", "what")
        given = {"message_ids": (self.messages[which % 2],), "call": call, "reason": "x"}
        made = self.attempt(actor, record_call, **given)
        if made and made not in self.made:
            self.made.append(made)

    @rule(who=people, which=some)
    def says_no(self, who: str, which: int) -> None:
        self.act(who, deciding.say_no, which, reason="x")

    @rule(who=people, which=some)
    def authorises(self, who: str, which: int) -> None:
        self.act(who, deciding.authorise, which, disclosed="x", basis=LawfulBasis.CRIME)

    @rule(who=people, which=some)
    def submits(self, who: str, which: int) -> None:
        given = {"route": Route.ONLINE, "force": "x", "at": self.desk.now}
        self.act(who, with_police.submit, which, **given)

    @rule(who=people, which=some)
    def gets_a_number(self, who: str, which: int) -> None:
        given = {"reference": "1", "kind": ReferenceKind.LOG}
        self.act(who, with_police.enter_reference, which, **given)

    @rule(who=people, which=some)
    def hears_more(self, who: str, which: int) -> None:
        self.act(who, with_police.add_news, which, news="x")

    @rule(who=people, which=some)
    def answers(self, who: str, which: int) -> None:
        self.act(who, deciding.answer_at_risk, which, answer=AtRisk.TOLD)

    @rule(who=people, which=some)
    def concludes(self, who: str, which: int) -> None:
        given = {"conclusion": Conclusion.UNKNOWN, "note": "x"}
        self.act(who, with_police.conclude, which, **given)

    @rule(who=people, which=some)
    def withdraws(self, who: str, which: int) -> None:
        self.act(who, with_police.withdraw, which, reason="x")

    @rule(who=people, which=some)
    def reopens(self, who: str, which: int) -> None:
        self.act(who, deciding.reopen, which, reason="x")

    @rule(days=st.sampled_from([1, 4, 200]))
    def time_goes_by(self, days: int) -> None:
        self.desk.move(days=days)
        before = [(one.id, one.state) for one in self.rows()]
        remind(self.desk.triage.runner, self.desk.now)
        assert before == [(one.id, one.state) for one in self.rows()], "reminding moves nothing"

    # -- what holds after each

    def rows(self) -> list[Referral]:
        return self.every(select(Referral).order_by(Referral.considered_at, Referral.id))

    def every(self, wanted: Any) -> Any:
        with self.desk.triage.database.read() as session:
            found = list(session.scalars(wanted))
            session.expunge_all()
            return found

    @invariant()
    def every_step_is_an_edge_by_another_person(self) -> None:
        if not hasattr(self, "desk"):
            return
        system = "system"
        for one in self.rows():
            history = self.every(
                select(ReferralTransition)
                .where(ReferralTransition.referral_id == one.id)
                .order_by(ReferralTransition.sequence)
            )
            assert [step.sequence for step in history] == list(range(1, len(history) + 1))
            assert State(one.state) is State(history[-1].to_state)
            forward, authorised, rounds = {one.considered_by}, None, 0
            for step in history:
                assert step.actor_id != system
                if step.edge == "consider":
                    continue
                edge = Edge(step.edge)
                assert TRANSITIONS[State(step.from_state), edge] is State(step.to_state)
                if edge is Edge.REOPEN:
                    forward, authorised = {one.considered_by, step.actor_id}, None
                    rounds += 1
                elif edge is Edge.AUTHORISE:
                    authorised = step.actor_id
                    assert authorised not in forward
                elif edge is Edge.SUBMIT and step.details.get("late") is None:
                    assert authorised is not None
                    assert step.actor_id not in forward | {authorised}
                elif edge is Edge.DECLINE:
                    said = self.every(
                        select(ReferralRefusal.person_id).where(
                            ReferralRefusal.referral_id == one.id,
                            ReferralRefusal.round == rounds,
                        )
                    )
                    assert len(set(said)) == 2
                    assert not set(said) & forward

    @invariant()
    def who_got_it_has_no_part(self) -> None:
        if not hasattr(self, "desk"):
            return
        rests = select(ReferralMatter.referral_id).where(
            ReferralMatter.matter_id == self.messages[0]
        )
        edda = self.desk.people[RECIPIENT].person_id
        for table, who in (
            (ReferralTransition, ReferralTransition.actor_id),
            (ReferralRefusal, ReferralRefusal.person_id),
        ):
            assert not self.every(select(table.id).where(table.referral_id.in_(rests), who == edda))

    @invariant()
    def what_is_live_is_held_and_the_messages_are_in_step(self) -> None:
        if not hasattr(self, "desk"):
            return
        for one in self.rows():
            state = State(one.state)
            ids = self.every(
                select(ReferralMatter.matter_id).where(ReferralMatter.referral_id == one.id)
            )
            with self.desk.triage.database.read() as session:
                kept = held(session, [*ids, one.id], self.desk.now)
            keep = self.desk.triage.settings.police_hold_days
            fresh = one.ended_at is not None and (self.desk.now - one.ended_at).days < keep
            if state not in TERMINAL or fresh:
                assert kept == {*ids, one.id}
            else:
                assert one.id not in kept
            for child in self.every(select(MessageChild).where(MessageChild.child_id == one.id)):
                told = {
                    State.CONSIDERING: ChildState.OPEN,
                    State.AUTHORISED: ChildState.APPROVED,
                    State.NOT_REFERRED: ChildState.DECLINED,
                }
                assert child.state == told.get(state, ChildState.DONE).value

    @invariant()
    def a_mark_is_settled_only_by_what_was_done(self) -> None:
        if not hasattr(self, "desk"):
            return
        message = self.desk.row(self.messages[0])
        rests = select(ReferralMatter.referral_id).where(ReferralMatter.matter_id == message.id)
        states = {
            State(one.state) for one in self.every(select(Referral).where(Referral.id.in_(rests)))
        }
        if message.concern_settled == "submitted":
            assert states & DONE
        elif message.concern_settled == "not_referred":
            assert State.NOT_REFERRED in states
        if states & DONE:
            assert message.concern_settled is not None

    @invariant()
    def every_step_stands_on_the_record(self) -> None:
        if not hasattr(self, "desk"):
            return
        codes = {"consider", *Edge}
        wanted = select(AuditEvent.code).where(
            AuditEvent.code.in_([f"referral_{one}" for one in codes])
        )
        steps = self.every(select(ReferralTransition.id))
        assert len(self.every(wanted)) == len(steps)
        assert isinstance(self.desk.chain(), int)


def test_in_any_order_the_rules_hold(make_desk: Callable[..., Desk]) -> None:
    Life.make = staticmethod(make_desk)
    walk(Life, examples=8, steps=14)

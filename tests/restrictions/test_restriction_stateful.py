"""Any order of any acts of several people on restrictions: the rules that hold after each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select
from support.desk import Desk, address
from support.restricting import draft
from support.restriction_life import BEGINNINGS, SYSTEM_MAY, TABLE
from support.walking import walk

from triage.core.audit import AuditEvent
from triage.core.errors import TriageError
from triage.core.roles import Role
from triage.messages.rules import ChildState
from triage.messages.tables import MessageChild
from triage.restrictions import rules
from triage.restrictions.codes import appeal_code
from triage.restrictions.draft import TargetDraft
from triage.restrictions.queries.lists import in_force_now, waiting_for_me
from triage.restrictions.rules import Dates, Edge, Kind, State, TargetState
from triage.restrictions.service import appeals, deciding, evidence, proposing, tasks
from triage.restrictions.service.appeals import Outcome
from triage.restrictions.service.jobs import note_dates
from triage.restrictions.tables import (
    Appeal,
    EnforcementTask,
    Restriction,
    RestrictionApproval,
    RestrictionTransition,
)
from triage.senders.standing.queries import standing_of

EVERYBODY = ("ana", "ben", "dora", "edda", "finn", "rex", "sven", "otto", "max")
DECIDERS = ("dora", "edda", "finn", "rex")
"""rex received the first message: he has no part in anything that rests on it."""
people = st.sampled_from(EVERYBODY)
deciders = st.sampled_from(DECIDERS)
some = st.integers(0, 3)
stale = st.sampled_from([0, 0, 0, 0, 1])
PLACES = {
    Kind.CEASE_CONTACT: ("helpdesk", "mailing_list"),
    Kind.SERVICE_BLOCK: ("whatdotheyknow", "writetothem", "theyworkforyou"),
    Kind.CHANNEL_BLOCK: ("social", "mailing_list"),
}


class Life(RuleBasedStateMachine):
    """Two senders, and restrictions on them by several people; the system has its job."""

    make: ClassVar[Callable[[], Desk]]

    @initialize()
    def begin(self) -> None:
        self.desk = type(self).make()
        desk = self.desk
        desk.add("edda", Role.DECIDER)
        desk.add("finn", Role.DECIDER, Role.REVIEWER, Role.ON_DUTY)
        desk.add("rex", Role.DECIDER, Role.REVIEWER)
        desk.add("otto", Role.ON_DUTY)
        sven = desk.add("sven", Role.SERVICE_ADMIN)
        for place in (*rules.SERVICES, *rules.CHANNELS):
            desk.do(desk.ada, tasks.set_scope, person_id=sven.person_id, target=place)
        self.messages = [
            desk.arrive("[high] one", recipients=(address("rex"),)),
            desk.arrive("[high] two", from_address="sam@example.net"),
        ]
        self.made: list[str] = []
        self.done = 0

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.triage.close()

    # -- acts

    @precondition(lambda self: len(self.made) < 5)
    @rule(
        who=people,
        which=st.integers(0, 1),
        kind=st.sampled_from(list(PLACES)),
        places=st.sets(st.integers(0, 2), min_size=1),
        how=st.sampled_from(["propose", "propose", "emergency", "done"]),
        ends=st.sampled_from([None, None, 24, 24 * 20]),
        grave=st.booleans(),
    )
    def put(
        self,
        who: str,
        which: int,
        kind: Kind,
        places: set[int],
        how: str,
        ends: int | None,
        grave: bool,
    ) -> None:
        listed = PLACES[kind]
        chosen = sorted({listed[one % len(listed)] for one in places})
        entered = draft(
            self.desk,
            self.messages[which],
            kind=kind,
            targets=tuple(TargetDraft(one, "pat", "Used for this.", None, "x") for one in chosen),
            expires_at=None if ends is None else self.desk.now + timedelta(hours=ends),
            review_at=self.desk.now + timedelta(days=10),
            grave=grave,
        )
        act: Any = {
            "propose": proposing.propose,
            "emergency": proposing.set_emergency,
            "done": proposing.record_done,
        }[how]
        given: dict[str, Any] = {}
        if how == "done":
            given = {"done_by": self.desk.dora.person_id, "done_at": self.desk.now}
        made = self.act(who, act, draft=entered, **given)
        if made is not None:
            self.made.append(made)

    @rule(hours=st.sampled_from([0.1, 1, 30, 80, 24 * 8, 24 * 15]), job=st.booleans())
    def wait(self, hours: float, job: bool) -> None:
        self.desk.move(hours=hours)
        if job:
            note_dates(self.desk.triage.runner, self.desk.now)

    @precondition(lambda self: self.made)
    @rule(who=people, which=some)
    def look(self, who: str, which: int) -> None:
        one = self.made[which % len(self.made)]
        for message_id in self.messages:
            self.act(who, evidence.open_evidence, restriction_id=one, message_id=message_id)

    @precondition(lambda self: self.made)
    @rule(who=people, which=some, back=stale, say=st.sampled_from(["approve", "decline", "lift"]))
    def say(self, who: str, which: int, back: int, say: str) -> None:
        given = {} if say == "approve" else {"reason": "so"}
        self.on(who, which, getattr(deciding, say), back=back, **given)

    @precondition(lambda self: self.made)
    @rule(who=deciders, which=some)
    def read_and_approve(self, who: str, which: int) -> None:
        self.look(who, which)
        self.on(who, which, deciding.approve)

    @precondition(lambda self: self.made)
    @rule(which=some, days=st.sampled_from([0, 0, 11, 25]))
    def put_in_place(self, which: int, days: int) -> None:
        """Who may say yes does, the letter is withheld, each place is worked; time goes by."""
        for who in DECIDERS:
            self.read_and_approve(who, which)
        self.withhold("dora", which)
        for place in range(3):
            self.work("sven", which, place, "apply")
            self.work("sven", which, place, "verify")
        self.wait(24 * days, job=True)

    @precondition(lambda self: self.made)
    @rule(which=some, who=st.sampled_from(DECIDERS), outcome=st.sampled_from(Outcome))
    def appeal_and_decide(self, which: int, who: str, outcome: Outcome) -> None:
        self.appeal("ben", which)
        self.decide_appeal(who, which, outcome)

    @precondition(lambda self: self.made)
    @rule(who=people, which=some)
    def renew(self, who: str, which: int) -> None:
        ahead = self.desk.now + timedelta(days=30)
        self.on(who, which, deciding.renew, review_at=ahead, reason="still")

    @precondition(lambda self: self.made)
    @rule(who=people, which=some)
    def withhold(self, who: str, which: int) -> None:
        self.on(who, which, deciding.withhold_letter, reason="they would be in danger")

    @precondition(lambda self: self.made)
    @rule(who=people, which=some)
    def appeal(self, who: str, which: int) -> None:
        code = appeal_code(self.desk.triage.keys, self.made[which % len(self.made)])
        self.act(who, appeals.record_appeal, code=code.lower(), words="no", came_at=self.desk.now)

    @precondition(lambda self: self.made)
    @rule(who=deciders, which=some, outcome=st.sampled_from(Outcome))
    def decide_appeal(self, who: str, which: int, outcome: Outcome) -> None:
        self.look(who, which)
        self.on(who, which, appeals.decide_appeal, outcome=outcome, reason="so")

    @precondition(lambda self: self.made)
    @rule(
        who=st.sampled_from(["sven", "sven", "sven", "ana"]),
        which=some,
        place=st.integers(0, 2),
        how=st.sampled_from(["apply", "apply", "verify", "fail", "retry", "remove"]),
    )
    def work(self, who: str, which: int, place: int, how: str) -> None:
        found = self.tasks(self.made[which % len(self.made)])
        if found:
            task = found[place % len(found)]
            given = {} if how in {"apply", "retry"} else {"note": "looked"}
            self.act(who, getattr(tasks, how), task_id=task.id, version=task.version, **given)

    def on(self, who: str, which: int, command: Any, *, back: int = 0, **given: Any) -> None:
        one = self.made[which % len(self.made)]
        with self.desk.triage.database.read() as session:
            version = session.get_one(Restriction, one).version - back
        before = version
        if self.act(who, command, restriction_id=one, version=version, **given) is not None:
            assert back == 0, f"{before} was stale"

    def act(self, who: str, command: Any, **given: Any) -> Any:
        """What it gave (``True`` for nothing), or ``None`` where one of our errors refused it."""
        try:
            gave = self.desk.do(self.desk.people[who], command, **given)
        except TriageError:
            return None
        self.done += 1
        return True if gave is None else gave

    def tasks(self, restriction_id: str) -> list[EnforcementTask]:
        with self.desk.triage.database.read() as session:
            found = list(
                session.scalars(
                    select(EnforcementTask)
                    .where(EnforcementTask.restriction_id == restriction_id)
                    .order_by(EnforcementTask.target)
                )
            )
            session.expunge_all()
            return found

    # -- what holds after each

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "desk"):
            return
        now = self.desk.now
        with self.desk.triage.database.read() as session:
            found = session.scalars(select(Restriction)).all()
            held: dict[str, set[str]] = {}
            for one in found:
                steps = session.scalars(
                    select(RestrictionTransition)
                    .where(RestrictionTransition.restriction_id == one.id)
                    .order_by(RestrictionTransition.sequence)
                ).all()
                check_steps(one, list(steps))
                self.check_record(session, one, list(steps))
                self.check_people(session, one, list(steps))
                places = [
                    TargetState(state)
                    for state in session.scalars(
                        select(EnforcementTask.state).where(
                            EnforcementTask.restriction_id == one.id
                        )
                    )
                ]
                check_places(one, places)
                child = session.scalars(
                    select(MessageChild.state).where(MessageChild.child_id == one.id)
                ).one()
                check_child(one, places, ChildState(child))
                dates = Dates(State(one.state), one.since, one.expires_at, one.lapses_at)
                if rules.in_force(dates, now):
                    assert one.sender_id is not None
                    held.setdefault(one.sender_id, set()).add(one.kind)
            senders = {one.sender_id for one in found}
            told = standing_of(session, senders, now)
            assert {who: {m.value for m in told[who].kinds} for who in told} == held
        self.check_lists(held)
        assert isinstance(self.desk.chain(), int)

    def check_record(
        self, session: Any, one: Restriction, steps: list[RestrictionTransition]
    ) -> None:
        """Each step is one event of this restriction, in the same order, by the same person."""
        codes = {f"restriction_{edge.value}" for edge in Edge}
        codes |= {f"restriction_{begun}" for begun in BEGINNINGS}
        events = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.matter_id == one.id, AuditEvent.code.in_(codes))
            .order_by(AuditEvent.link, AuditEvent.position)
        ).all()
        assert [(f"restriction_{s.edge}", s.actor_id, s.at) for s in steps] == [
            (event.code, event.actor_id, event.at) for event in events
        ]

    def check_people(
        self, session: Any, one: Restriction, steps: list[RestrictionTransition]
    ) -> None:
        """Two people, neither of them barred; the appeal by a third."""
        yes = set(
            session.scalars(
                select(RestrictionApproval.person_id).where(
                    RestrictionApproval.restriction_id == one.id
                )
            )
        )
        office = {self.desk.people[name].person_id for name in DECIDERS}
        assert yes <= office - {one.proposed_by, one.done_by}
        approved = [step for step in steps if step.edge == "approve"]
        places = frozenset(task.target for task in self.tasks(one.id))
        assert bool(approved) == (len(yes) >= rules.approvals_needed(places))
        if one.since is not None and not approved:
            assert one.origin in {"emergency", "already_done"}
        appeal = session.scalar(select(Appeal).where(Appeal.restriction_id == one.id))
        if appeal is not None and appeal.decided_by is not None:
            assert appeal.decided_by in office - {one.proposed_by, one.done_by, *yes}
        rex = self.desk.rex.person_id
        with_rex = session.scalar(
            select(MessageChild.id).where(
                MessageChild.child_id == one.id, MessageChild.message_id == self.messages[0]
            )
        )
        if with_rex is not None:
            acted = {step.actor_id for step in steps} | yes
            assert rex not in acted
            assert appeal is None or rex not in {appeal.recorded_by, appeal.decided_by}

    def check_lists(self, held: dict[str, set[str]]) -> None:
        """What is listed as in force is in force; nobody is asked to decide what they may not."""
        given = {"now": self.desk.now}
        listed = self.desk.read(in_force_now, viewer=self.desk.ana, **given)
        assert {(one.sender_id, one.kind.value) for one in listed} == {
            (who, kind) for who, kinds in held.items() for kind in kinds
        }
        assert all(one.in_force for one in listed)
        for name in ("finn", "rex", "dora"):
            who = self.desk.people[name]
            for one in self.desk.read(waiting_for_me, viewer=who, **given):
                assert one.proposed_by_id != who.person_id


def check_steps(one: Restriction, steps: list[RestrictionTransition]) -> None:
    """States move only along the table; the system takes only its own edges, and begins none."""
    first, *rest = steps
    assert BEGINNINGS[first.edge] == first.to_state
    assert first.actor_id == one.proposed_by != "system"
    here = State(first.to_state)
    for number, step in enumerate(rest, 2):
        assert step.sequence == number
        assert step.from_state == here.value
        assert TABLE[here, Edge(step.edge)].value == step.to_state
        assert (step.actor_id == "system") == (step.edge in SYSTEM_MAY)
        here = State(step.to_state)
    assert one.state == here.value
    assert (one.ended_at is not None) == (here in rules.TERMINAL)


def check_places(one: Restriction, places: list[TargetState]) -> None:
    """Nothing is put in place before somebody decided; what ended is being taken out."""
    if one.state in {"proposed", "declined"}:
        assert not set(places) & {TargetState.APPLIED, TargetState.VERIFIED}
    if State(one.state) in rules.TERMINAL:
        ended = {
            TargetState.REMOVAL_REQUESTED,
            TargetState.REMOVED,
            TargetState.LEFT,
            TargetState.NOT_SUPPORTED,
        }
        assert set(places) <= ended


def check_child(one: Restriction, places: list[TargetState], child: ChildState) -> None:
    """Its message knows whether it is decided, and whether anything is left to do."""
    if one.state in {"proposed", "emergency", "unratified"}:
        assert child is ChildState.OPEN
    elif one.state in {"declined", "lapsed", "overturned"}:
        assert child is ChildState.DECLINED
    elif child is ChildState.DONE:
        assert set(places) <= rules.SETTLED
    else:
        left = not set(places) <= rules.SETTLED
        assert left or one.state in {"approved", "appealed"}


@pytest.mark.parametrize("examples", [25])
def test_the_rules_hold_after_any_acts_in_any_order(
    make_desk: Callable[..., Desk], examples: int
) -> None:
    class Here(Life):
        make = staticmethod(make_desk)  # type: ignore[assignment]

    walk(Here, examples=examples, steps=40)
    assert examples

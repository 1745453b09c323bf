"""Any order of any acts of several people: the rules that hold after each of them."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from support.desk import Desk, address
from support.lifecycle import CLOSED, SYSTEM_MAY, TABLE

from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core.audit import AuditEvent
from triage.core.errors import TriageError
from triage.messages.queries.queue import lane_counts, queue_page
from triage.messages.rules import Edge, State, Step
from triage.messages.service import concern, flags, review, welfare
from triage.messages.service.reveals import reveal
from triage.messages.tables import Message, MessageTransition, WelfareTask

TEAM = ("ana", "ben", "cleo")
people = st.sampled_from(TEAM)
some = st.integers(0, 3)
"""Which of the messages that came, counted round."""
stale = st.sampled_from([0, 0, 0, 0, 1])
EDGES = {one.value for one in Edge}


class Life(RuleBasedStateMachine):
    """Messages at a desk of three reviewers; ana got the first of them herself."""

    make: ClassVar[Callable[[], Desk]]

    @initialize()
    def begin(self) -> None:
        self.desk = type(self).make()
        self.messages: list[str] = []
        self.versions: dict[str, int] = {}
        self.tried = self.done = 0
        self.arrive("[medium]", "ana")

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.triage.close()

    # -- acts

    @precondition(lambda self: len(self.messages) < 3)
    @rule(
        text=st.sampled_from(["nothing", "[low]", "[high]", "[welfare]", "[language]"]),
        to=st.sampled_from(["ben", "nobody", "nobody"]),
    )
    def arrive(self, text: str, to: str) -> None:
        number = len(self.messages)
        self.messages.append(
            self.desk.arrive(text, recipients=(address(to),), message_id=f"<{number}@example.org>")
        )

    @precondition(lambda self: 0 < len(self.messages) < 5)
    @rule(which=some)
    def follow_up(self, which: int) -> None:
        thread = f"<{which % len(self.messages)}@example.org>"
        self.messages.append(self.desk.arrive("[low] again", references=(thread,)))

    @rule(span=st.sampled_from([0.4, 3, 3, 120, 660]))
    def wait(self, span: float) -> None:
        self.desk.move(seconds=span)

    @rule(who=people, which=some)
    def open(self, who: str, which: int) -> None:
        self.act(who, which, review.open_message)
        self.desk.move(seconds=2)

    @rule(who=people, which=some, back=stale, sitting=st.sampled_from([None, "monday"]))
    def release(self, who: str, which: int, back: int, sitting: str | None) -> None:
        self.act(who, which, review.release, back=back, sitting=sitting)

    @rule(who=people, which=some, back=stale, labels=st.sets(st.sampled_from(Disposition)))
    def decide(self, who: str, which: int, back: int, labels: set[Disposition]) -> None:
        self.act(who, which, review.decide, back=back, labels=labels, severity=Severity.LOW)

    @rule(who=people, which=some)
    def take_and_decide(self, who: str, which: int) -> None:
        self.open(who, which)
        self.act(who, which, review.decide, back=0, labels=[], severity=None)

    @rule(who=people, which=some, back=stale)
    def route(self, who: str, which: int, back: int) -> None:
        self.act(who, which, review.route, back=back, to=RoutedTo.SPAM)

    @rule(who=people, which=some, back=stale, mark=st.booleans())
    def second_look(self, who: str, which: int, back: int, mark: bool) -> None:
        self.act(
            who, which, review.ask_second_look, back=back, note="look", particular_concern=mark
        )

    @rule(
        who=people,
        which=some,
        how=st.sampled_from(
            [concern.withdraw_own, concern.ask_withdrawal, concern.confirm_withdrawal]
        ),
    )
    def withdraw(self, who: str, which: int, how: Any) -> None:
        self.act(who, which, how, back=0)

    @rule(
        who=people,
        which=some,
        how=st.sampled_from([welfare.open_task, welfare.take_over, welfare.resume]),
    )
    def care(self, who: str, which: int, how: Any) -> None:
        self.act(who, which, how, back=0)

    @rule(who=people, which=some, outcome=st.sampled_from(WelfareOutcome))
    def finish_care(self, who: str, which: int, outcome: WelfareOutcome) -> None:
        self.act(who, which, welfare.finish, back=0, outcome=outcome, note="done")

    @rule(who=st.sampled_from([*TEAM, "kit"]), which=some, urgent=st.booleans())
    def flag(self, who: str, which: int, urgent: bool) -> None:
        self.act(who, which, flags.flag, note="odd", urgent=urgent)

    @rule(who=people, which=some, new=st.booleans())
    def reopen(self, who: str, which: int, new: bool) -> None:
        self.act(who, which, review.reopen, back=0, reason="again", new_evidence=new)

    @rule(who=people, which=some)
    def undo(self, who: str, which: int) -> None:
        self.act(who, which, review.undo)

    @rule(who=people, which=some, step=st.sampled_from(Step), reason=st.sampled_from(["", "x"]))
    def uncover(self, who: str, which: int, step: Step, reason: str) -> None:
        self.act(who, which, reveal, step=step, reason=reason)

    def act(
        self, who: str, which: int, command: Any, *, back: int | None = None, **given: Any
    ) -> None:
        """Do it, or be refused with one of our own errors; anything else is a fault."""
        message = self.messages[which % len(self.messages)]
        if back is not None:
            given["version"] = self.desk.version(message) - back
        self.tried += 1
        try:
            self.desk.do(self.desk.people[who], command, message_id=message, **given)
        except TriageError:
            return
        self.done += 1

    # -- what holds after each

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "desk"):
            return
        with self.desk.triage.database.read() as session:
            steps: dict[str, list[MessageTransition]] = {one: [] for one in self.messages}
            for one in session.scalars(
                select(MessageTransition).order_by(MessageTransition.sequence)
            ):
                steps[one.message_id].append(one)
            events: dict[str, list[AuditEvent]] = {one: [] for one in self.messages}
            for event in session.scalars(
                select(AuditEvent)
                .where(AuditEvent.code.in_(EDGES), AuditEvent.matter_id.is_not(None))
                .order_by(AuditEvent.link, AuditEvent.position)
            ):
                events[str(event.matter_id)].append(event)
            caring = set(
                session.execute(
                    select(WelfareTask.message_id, WelfareTask.owner_id, WelfareTask.done_at)
                )
            )
            for message in session.scalars(select(Message)):
                check_steps(message, steps[message.id])
                check_record(steps[message.id], events[message.id])
                check_closing(message, steps[message.id], caring)
                assert message.version >= self.versions.get(message.id, 0)
                self.versions[message.id] = message.version
            self.check_recipient("ana", self.messages[0], session, steps, caring)
        assert isinstance(self.desk.chain(), int)

    def check_recipient(
        self, name: str, message_id: str, session: Any, steps: Any, caring: Any
    ) -> None:
        """A recipient never holds, decides, cares for or sees it."""
        actor = self.desk.people[name]
        message = session.get_one(Message, message_id)
        assert actor.person_id not in {message.claimed_by, message.decided_by}
        assert actor.person_id not in {one.actor_id for one in steps[message_id]}
        assert (message_id, actor.person_id) not in {(one[0], one[1]) for one in caring}
        page = queue_page(session, viewer=actor, now=self.desk.now)
        assert message_id not in {row.id for row in page.rows}
        counts = lane_counts(session, viewer=actor, now=self.desk.now)
        assert sum(one.waiting for one in counts) == page.total


def check_steps(message: Message, steps: list[MessageTransition]) -> None:
    """States move only along the table; the system takes only its own edges."""
    here = State.RECEIVED
    for number, one in enumerate(steps, 1):
        assert one.sequence == number
        assert one.from_state == here.value
        assert State(one.to_state) in TABLE[here, Edge(one.edge)]
        assert one.actor_id != "system" or one.edge in SYSTEM_MAY
        assert one.policy_version
        here = State(one.to_state)
    assert message.state == here.value
    bases = [one.based_on for one in steps]
    assert bases == sorted(set(bases))
    assert message.version > bases[-1]


def check_record(steps: list[MessageTransition], events: list[AuditEvent]) -> None:
    """Each step is one event, in the same order, by the same person."""
    assert [(one.edge, one.actor_id, one.at) for one in steps] == [
        (one.code, one.actor_id, one.at) for one in events
    ]


def check_closing(message: Message, steps: list[MessageTransition], caring: Any) -> None:
    """Closed: by one person, with nothing left open; never a question answered by its asker."""
    last = steps[-1]
    if message.state in CLOSED:
        assert message.decided_by == last.actor_id != "system"
        assert message.decided_at == last.at
        assert not message.particular_concern
        assert message.claimed_by is None
        assert message.second_look_by is None
        assert (message.dispositions is not None) == (message.state in {"no_action", "noted"})
        assert (message.severity is not None) == (message.state == "noted")
        assert not {one for one in caring if one[0] == message.id and one[2] is None}
    else:
        assert (message.decided_by, message.dispositions, message.severity) == (None,) * 3
    if message.state == "claimed":
        assert message.claimed_by is not None
        assert message.claimed_by != message.second_look_by
    for one in steps:
        if one.to_state in CLOSED:
            assert one.details.get("second_look_by") != one.actor_id
    if message.rank is not None:
        assert message.queued_at is not None


@pytest.mark.parametrize("examples", [15])
def test_the_rules_hold_after_any_acts_in_any_order(
    make_desk: Callable[..., Desk], examples: int
) -> None:
    class Here(Life):
        make = staticmethod(make_desk)  # type: ignore[assignment]

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert examples

"""Any order of any acts of several people: the rules that hold after each of them."""

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
from support.lifecycle import CLOSED, SYSTEM_MAY, TABLE
from support.walking import walk

from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core.access import CONSOLE, SYSTEM
from triage.core.audit import AuditEvent
from triage.core.errors import TriageError
from triage.core.exclusions import Exclusion
from triage.core.ids import new_id
from triage.messages.beside.tables import MessageSketch
from triage.messages.queries.queue import lane_counts, queue_page
from triage.messages.rules import (
    OPEN_CHILD,
    ChildKind,
    ChildState,
    ConcernSettled,
    Edge,
    State,
    Step,
)
from triage.messages.service import (
    children,
    concern,
    flags,
    recipient,
    review,
    together,
    welfare,
)
from triage.messages.service.reveals import reveal
from triage.messages.service.self_review import self_review
from triage.messages.service.together import Chosen
from triage.messages.tables import Message, MessageChild, MessageTransition, WelfareTask
from triage.staff.service.duty import add_absence

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
        text=st.sampled_from(
            ["nothing", "[low]", "[low]", "[low]", "[high]", "[welfare]", "[language]"]
        ),
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

    @precondition(lambda self: len(self.messages) > 1)
    @rule(
        who=people,
        which=some,
        also=st.sets(some, min_size=1, max_size=3),
        seen=st.sampled_from([True, True, False]),
        spam=st.booleans(),
        labels=st.sets(st.sampled_from(Disposition)),
        back=st.booleans(),
    )
    def decide_together(
        self,
        who: str,
        which: int,
        also: set[int],
        seen: bool,
        spam: bool,
        labels: set[Disposition],
        back: bool,
    ) -> None:
        """Open one, see others beside it, decide all in one act; then perhaps take it back."""
        actor, runner = self.desk.people[who], self.desk.triage.runner
        opened = self.messages[which % len(self.messages)]
        others = {self.messages[one % len(self.messages)] for one in also} - {opened}
        self.open(who, which)
        self.act(who, which, reveal, step=Step.FULL)
        for one in sorted(others):
            self.act(who, self.messages.index(one), together.claim_more, beside=opened)
            if seen:
                given = {"beside": opened, "step": Step.FULL}
                self.act(who, self.messages.index(one), together.reveal, **given)
        self.desk.move(seconds=2)
        before = {one: self.desk.row(one) for one in self.messages}
        given = {
            "opened": Chosen(opened, before[opened].version),
            "ticked": [Chosen(one, before[one].version) for one in sorted(others)],
            "token": new_id(),
        }
        self.tried += 1
        try:
            if spam:
                said = together.pass_on_together(runner, actor, to=RoutedTo.SPAM, **given)
            else:
                said = together.decide_together(
                    runner, actor, labels=labels, severity=Severity.LOW, **given
                )
        except TriageError:
            assert {one: self.desk.version(one) for one in before} == {
                one: row.version for one, row in before.items()
            }
            return
        self.done += 1
        assert {*said.done, *(one for one, _ in said.refused)} == {opened, *others}
        for one in said.done:
            row = before[one]
            assert row.claimed_by == actor.person_id
            if others:
                assert not row.urgent
                assert row.rank is not None
                assert row.rank >= 20
            assert self.desk.state(one).value in CLOSED
        for one, _ in said.refused:
            assert self.desk.version(one) == before[one].version
        if back:
            again = together.undo_together(runner, actor, message_ids=said.done)
            assert again == together.Outcome(said.done, ())
            assert {self.desk.row(one).claimed_by for one in said.done} == {actor.person_id}

    @rule(who=people, which=st.sets(some, max_size=3), back=st.booleans())
    def undo_together(self, who: str, which: set[int], back: bool) -> None:
        ids = sorted({self.messages[one % len(self.messages)] for one in which})
        act = together.undo_together if back else together.let_go
        said = act(self.desk.triage.runner, self.desk.people[who], message_ids=ids)
        assert {*said.done, *(one for one, _ in said.refused)} == set(ids)

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

    @rule(who=people, which=some, number=st.integers(0, 3))
    def propose(self, who: str, which: int, number: int) -> None:
        self.act(
            who, which, children.add_child, child_id=f"child{number}", kind=ChildKind.RESTRICTION
        )

    @rule(who=people, which=some, back=stale, labels=st.sets(st.sampled_from(Disposition)))
    def await_decision(self, who: str, which: int, back: int, labels: set[Disposition]) -> None:
        self.act(
            who, which, children.await_decision, back=back, labels=labels, severity=Severity.HIGH
        )

    @rule(who=people, which=some, number=st.integers(0, 3))
    def propose_and_wait(self, who: str, which: int, number: int) -> None:
        self.open(who, which)
        self.propose(who, which, number)
        self.await_decision(who, which, 0, {Disposition.THREATENING})

    @rule(who=people, which=some)
    def overturn(self, who: str, which: int) -> None:
        self.act(who, which, children.reopen_label)

    @rule(
        who=st.sampled_from([*TEAM, "system"]),
        number=st.integers(0, 3),
        state=st.sampled_from(ChildState),
    )
    def tell(self, who: str, number: int, state: ChildState) -> None:
        """A room above says how a child stands; by itself the system only lets things lapse."""
        actor = SYSTEM if who == "system" else self.desk.people[who]
        if actor is SYSTEM and state is not ChildState.DECLINED:
            return
        try:
            self.desk.do(actor, children.tell, child_id=f"child{number}", state=state)
        except TriageError:
            return

    @rule(who=people, which=some, how=st.sampled_from([None, *ConcernSettled]))
    def settle(self, who: str, which: int, how: ConcernSettled | None) -> None:
        self.act(who, which, children.settle_concern, how=how)

    @rule(who=people, which=some, back=stale)
    def close_actioned(self, who: str, which: int, back: int) -> None:
        self.act(who, which, children.close_actioned, back=back)

    @rule(who=people, which=some, new=st.booleans())
    def reopen(self, who: str, which: int, new: bool) -> None:
        self.act(who, which, review.reopen, back=0, reason="again", new_evidence=new)

    @rule(who=people, which=some)
    def undo(self, who: str, which: int) -> None:
        self.act(who, which, review.undo)

    @rule(who=st.sampled_from(["ana", "ana", "ben"]), which=st.sampled_from([0, 0, 1, 2]))
    def review_own(self, who: str, which: int) -> None:
        """What a recipient may, alone or not: asked of everybody, about everything."""
        self.act(who, which, recipient.reveal_mine, step=Step.MASKED)
        self.desk.move(seconds=2)
        self.act(who, which, self_review, labels=[], severity=None, note="look")

    @rule(
        who=people,
        which=some,
        how=st.sampled_from([recipient.raise_alarm_mine, recipient.mark_seen]),
    )
    def use_right(self, who: str, which: int, how: Any) -> None:
        self.act(who, which, how)

    @rule(who=people, which=some)
    def flag_own(self, who: str, which: int) -> None:
        self.act(who, which, recipient.flag_mine, note="odd")

    @rule(who=st.sampled_from(["ben", "cleo", "dora"]), hours=st.sampled_from([1, 100]))
    def be_away(self, who: str, hours: int) -> None:
        self.desk.do(
            CONSOLE,
            add_absence,
            person_id=self.desk.people[who].person_id,
            starts=self.desk.now,
            ends=self.desk.now + timedelta(hours=hours),
        )

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
            grown: dict[str, list[MessageChild]] = {one: [] for one in self.messages}
            for child in session.scalars(select(MessageChild)):
                grown[child.message_id].append(child)
                check_inherited(session, child)
            marked = set(session.scalars(select(MessageSketch.message_id)))
            for message in session.scalars(select(Message)):
                waits = message.state in {"queued", "claimed", "second_look"}
                assert waits == (message.id in marked)
                check_children(message, steps[message.id], grown[message.id])
                check_steps(message, steps[message.id])
                check_record(steps[message.id], events[message.id])
                check_closing(message, steps[message.id], caring, grown[message.id])
                assert message.version >= self.versions.get(message.id, 0)
                self.versions[message.id] = message.version
            self.check_recipient("ana", self.messages[0], session, steps, caring)
        assert isinstance(self.desk.chain(), int)

    def check_recipient(
        self, name: str, message_id: str, session: Any, steps: Any, caring: Any
    ) -> None:
        """A recipient never holds, decides, cares for or sees it; they may ask a second look."""
        actor = self.desk.people[name]
        message = session.get_one(Message, message_id)
        assert actor.person_id not in {message.claimed_by, message.decided_by}
        own = [one for one in steps[message_id] if one.actor_id == actor.person_id]
        asked = [one.edge for one in own if one.details.get("self_review")]
        assert len(asked) == len([one for one in own if one.edge != "queue"])
        assert asked == ["claim", "ask_second_look"] * (len(asked) // 2)
        assert message.state != "claimed" or message.claimed_by is not None
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


def check_children(
    message: Message, steps: list[MessageTransition], grown: list[MessageChild]
) -> None:
    """A message that waits has something to wait for; it never closed over what was open."""
    states = {ChildState(one.state) for one in grown}
    if message.state == "awaiting_decision":
        assert ChildState.OPEN in states
        assert not states & {ChildState.APPROVED, ChildState.DONE}
    if message.state == "actioned_closed":
        since = steps[-1].at
        assert not {one for one in grown if one.state in OPEN_CHILD and one.state_since < since}


def check_inherited(session: Any, child: MessageChild) -> None:
    """Whoever has no part in the message has none in what grew out of it."""
    held = {
        matter: set(
            session.scalars(select(Exclusion.person_id).where(Exclusion.matter_id == matter))
        )
        for matter in (child.message_id, child.child_id)
    }
    assert held[child.message_id] <= held[child.child_id]


def check_closing(
    message: Message, steps: list[MessageTransition], caring: Any, grown: list[MessageChild]
) -> None:
    """Closed: by one person, with nothing left open; never a question answered by its asker."""
    last = steps[-1]
    overturned = message.state == "actioned" and message.dispositions is None
    if overturned:  # it is said to be nothing any more, and goes before people after what is open
        assert OPEN_CHILD & {ChildState(one.state) for one in grown}
    if message.state in CLOSED:
        assert message.decided_by == last.actor_id != "system"
        assert message.decided_at == last.at
        assert not message.particular_concern or message.concern_settled is not None
        assert message.claimed_by is None
        assert message.second_look_by is None
        labelled = {"no_action", "noted", "actioned_closed"}
        assert (message.dispositions is not None) == (message.state in labelled)
        assert (message.severity is not None) == (message.state in labelled - {"no_action"})
        assert not {one for one in caring if one[0] == message.id and one[2] is None}
    else:
        assert message.decided_by is None
        waits = message.state in {"awaiting_decision", "actioned"} and not overturned
        assert (message.dispositions is not None) == (message.severity is not None) == waits
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

    walk(Here, examples=examples, steps=40)
    assert examples

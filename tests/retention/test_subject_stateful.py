"""Whatever people do with a request, in whatever order: two people stand behind what goes out."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from support.desk import Desk
from support.subjects import at, items, kept, row, seen, shown, today

from triage.core.errors import TriageError
from triage.retention.subject.rules import (
    ENDED,
    TRANSITIONS,
    Decision,
    Edge,
    Extension,
    Ground,
    How,
    IdentityHow,
    Kind,
    Refusal,
    State,
)
from triage.retention.subject.service import answering, making, refusing, registering, searching

WHO = st.sampled_from(["cusa", "cole", "dora", "ana"])
KEEPERS = st.sampled_from(["cusa", "cole"])
SAID = st.sampled_from(["", "said"])


def test_any_order_of_steps_keeps_to_the_lifecycle(desk: Desk) -> None:
    kept(desk)
    desk.arrive("[low] one")
    desk.arrive("[low] Ana and two")

    reached: set[str] = set()

    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            given: dict[str, Any] = {"who": "Pat Example", "contact": "pat@example.org"}
            self.id = desk.do(
                desk.cusa, registering.register, kind=Kind.ACCESS, received_on=today(desk), **given
            )
            self.built = 0

        @contextmanager
        def tried(self) -> Iterator[dict[str, Any]]:
            with suppress(TriageError):
                yield at(desk, self.id)

        @rule(
            who=st.sampled_from(["cusa", "cole"]), other=st.sampled_from(["cusa", "cole", "dora"])
        )
        def onward(self, who: str, other: str) -> None:
            """What comes next, as far as these two may: else a walk seldom gets anywhere."""
            state = State(row(desk, self.id).state)
            if state in {State.RECEIVED, State.IDENTITY_CHECKED, State.SEARCHED}:
                if state is State.SEARCHED:
                    self.decides(who, Decision.DISCLOSE, False)
                edge = {State.RECEIVED: "identity", State.IDENTITY_CHECKED: "search"}
                self.steps(who, edge.get(state, "review"))
            elif state is State.REVIEWED:
                self.agrees(other, "said")
            elif state is State.READY:
                self.builds(who)
                self.sends(who)

        @rule(who=WHO, edge=st.sampled_from(["identity", "search", "review", "close"]))
        def step(self, who: str, edge: str) -> None:
            self.steps(who, edge)

        def steps(self, who: str, edge: str) -> None:
            with self.tried() as now:
                if edge == "identity":
                    desk.do(
                        desk.people[who], registering.check_identity, **now, note="x",
                        how=IdentityHow.IN_PERSON, on=today(desk),
                    )  # fmt: skip
                commands = {
                    "search": searching.search, "review": answering.review,
                    "close": registering.close,
                }  # fmt: skip
                if edge in commands:
                    desk.do(desk.people[who], commands[edge], **now)

        @rule(who=WHO, decision=st.sampled_from([*Decision, None]), whole=st.booleans())
        def decide(self, who: str, decision: Decision | None, whole: bool) -> None:
            self.decides(who, decision, whole)

        def decides(self, who: str, decision: Decision | None, whole: bool) -> None:
            for one in items(desk, self.id):
                with self.tried():
                    desk.do(
                        desk.people[who], searching.decide_item, item_id=one.id, whole=whole,
                        decision=decision or Decision.DISCLOSE, said="x",
                        ground=Ground.OTHERS if decision is Decision.WITHHOLD else None,
                    )  # fmt: skip

        @rule(who=WHO, said=SAID)
        def second(self, who: str, said: str) -> None:
            self.agrees(who, said)

        def agrees(self, who: str, said: str) -> None:
            with self.tried() as now:
                digest = shown(desk, self.id, desk.people[who]).digest
                desk.do(
                    desk.people[who], answering.second_agrees, **now, digest=digest, override=said
                )

        @rule(who=WHO)
        def build(self, who: str) -> None:
            self.builds(who)

        def builds(self, who: str) -> None:
            with self.tried() as now:
                digest = shown(desk, self.id, desk.people[who]).digest
                making.build(
                    desk.triage.runner, desk.people[who], **now, digest=digest,
                    target=io.BytesIO(),
                )  # fmt: skip
                found = row(desk, self.id)
                assert found.state == State.READY
                assert not shown(desk, self.id).leaks or found.overridden
                self.built += 1
                reached.add(found.state)

        @rule(who=WHO, said=SAID, what=st.sampled_from(["ask", "agree", "decline", "back"]))
        def refuse(self, who: str, said: str, what: str) -> None:
            with self.tried() as now:
                person = desk.people[who]
                if what == "ask":
                    desk.do(
                        person, refusing.ask_refusal, **now, ground=Refusal.REPEATS, reason=said
                    )
                elif what == "back":
                    desk.do(person, registering.reopen, **now, reason=said)
                else:
                    command = (
                        refusing.agree_refusal if what == "agree" else (refusing.decline_refusal)
                    )
                    desk.do(person, command, **now, reason=said)

        @rule(who=WHO)
        def send_or_extend(self, who: str) -> None:
            self.sends(who)

        def sends(self, who: str) -> None:
            person = desk.people[who]
            with self.tried() as now:
                desk.do(person, answering.send, **now, how=How.POST, on=today(desk))
                assert self.built
            with self.tried() as now:
                given = {"why": Extension.MANY, "reason": "told", "told_on": today(desk)}
                desk.do(person, registering.extend, **now, **given)

        @invariant()
        def steps_lie_along_the_table_and_two_people_stand_behind_an_answer(self) -> None:
            steps = seen(desk, self.id).steps
            state = State(row(desk, self.id).state)
            edges = [one.edge for one in steps[1:]]
            assert all(any(e == edge.value for _, edge in TRANSITIONS) for e in edges)
            for edge, before in ((Edge.SECOND_AGREES, Edge.REVIEW),
                                 (Edge.AGREE_REFUSAL, Edge.ASK_REFUSAL)):  # fmt: skip
                for number, one in enumerate(steps):
                    if one.edge == edge.value:
                        last = [x for x in steps[:number] if x.edge == before.value][-1]
                        assert last.who != one.who
            if state in {State.SENT} | (ENDED - {State.REFUSED, State.WITHDRAWN}):
                assert Edge.SECOND_AGREES.value in edges
            assert {one.who for one in steps} <= {"Cusa", "Cole", "Dora"}

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=8, stateful_step_count=20, derandomize=True, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert reached == {State.READY.value}, "no walk came as far as a file"
    assert desk.chain()

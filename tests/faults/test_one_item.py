"""Two people on one item, and one person twice: exactly one does it, and the other learns who.

``python tests/faults/full_size.py --only races`` is the full size of trust.md section 8.
"""

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import func, select
from support.desk import Desk
from support.invariants import check_all
from support.proving import proving, size
from support.restricting import propose, see, version

from triage.conduct.kinds import Disposition, Severity
from triage.core.errors import Conflict, NotAllowed, TriageError
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.messages.rules import Step
from triage.messages.service import review
from triage.messages.service.reveals import reveal
from triage.messages.tables import MessageTransition
from triage.restrictions.service import deciding
from triage.restrictions.tables import RestrictionApproval, RestrictionTransition

RACES = size("RACES", 8)
Act = Callable[[], Any]


def at_once(*acts: Act) -> list[Any]:
    """What each gave, or the error of ours that refused it; all set out at the same moment."""
    gate = threading.Barrier(len(acts))
    gave: list[Any] = [None] * len(acts)

    def run(number: int, act: Act) -> None:
        gate.wait()
        try:
            gave[number] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at what it was
            gave[number] = error

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return gave


def refusals(gave: list[Any]) -> list[TriageError]:
    """Our own refusals among them; anything else that went wrong is a fault."""
    for one in gave:
        assert not isinstance(one, Exception) or isinstance(one, TriageError), repr(one)
    return [one for one in gave if isinstance(one, TriageError)]


def test_of_two_people_on_one_item_exactly_one_wins_and_the_other_learns_who(
    desk: Desk,
) -> None:
    run = desk.triage.runner.run
    held: Counter[str] = Counter()
    people = {"Ana": desk.ana, "Ben": desk.ben}
    with proving("two people on one item, and double clicks", desk.triage.settings.url) as proof:
        for number in range(RACES):
            message = desk.arrive("[medium] words")
            take = partial(review.open_message, message_id=message)
            gave = at_once(*(partial(run, who, take) for who in people.values()))
            (refused,) = refusals(gave)
            assert isinstance(refused, Conflict)
            winner = next(name for name, one in zip(people, gave, strict=True) if one != refused)
            assert str(refused) == f"{winner} has this message open."
            held[winner] += 1
            _decides_twice(desk, winner, message)
            if number % 100 == 0:
                check_all(desk.triage)
            proof.ran()
        check_all(desk.triage)
        proof.note = ", ".join(f"{name} won {count}" for name, count in sorted(held.items()))


def _decides_twice(desk: Desk, winner: str, message: str) -> None:
    """The winner's double click is one decision; with other tokens, one and a refusal."""
    who, other = (desk.ana, desk.ben) if winner == "Ana" else (desk.ben, desk.ana)
    run = desk.triage.runner.run
    run(who, partial(reveal, message_id=message, step=Step.FULL))
    desk.move(seconds=5)
    given: dict[str, Any] = {"message_id": message, "version": desk.version(message)}
    given |= {"labels": [Disposition.OFFENSIVE], "severity": Severity.LOW}
    token = new_id()
    click = partial(run, who, partial(review.decide, token=token, **given))
    late = partial(run, other, partial(review.decide, token=new_id(), **given))
    gave = at_once(click, click, late)
    (refused,) = refusals(gave)
    assert gave[2] is refused, "a double click is no mistake of anybody's"
    assert "do not hold" in str(refused) or str(refused).startswith(f"{winner} decided this ")
    decided = select(func.count()).where(
        MessageTransition.message_id == message, MessageTransition.edge == "decide"
    )
    with desk.triage.database.read() as session:
        assert session.scalar(decided) == 1


def test_of_two_who_approve_and_decline_at_once_exactly_one_is_heard(desk: Desk) -> None:
    run = desk.triage.runner.run
    edda = desk.add("edda", Role.DECIDER)
    for _ in range(max(2, RACES // 20)):
        made = propose(desk, desk.ana, desk.arrive("[high] words"))
        see(desk, desk.dora, made)
        see(desk, edda, made)
        given: dict[str, Any] = {"restriction_id": made, "version": version(desk, made)}
        gave = at_once(
            partial(run, desk.dora, partial(deciding.approve, **given)),
            partial(run, edda, partial(deciding.decline, reason="so", **given)),
        )
        (refused,) = refusals(gave)
        assert not isinstance(refused, NotAllowed)
        who = "Edda" if gave[0] is refused else "Dora"
        assert str(refused).startswith(f"{who} ")
        with desk.triage.database.read() as session:
            yes = select(func.count()).where(RestrictionApproval.restriction_id == made)
            steps = select(func.count()).where(RestrictionTransition.restriction_id == made)
            assert session.scalar(yes) == (who == "Dora")
            assert session.scalar(steps) == 2
    check_all(desk.triage)

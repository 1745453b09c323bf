"""Each line of the schedule, carried out by the job; and every hold that stands in its way."""

from collections.abc import Collection
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from support.desk import Desk
from support.referring import act, answer, authorise, mark, reference, staffed, submit

from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core.access import SYSTEM
from triage.core.erasing import Due, Keeping
from triage.core.holds import HoldReason, hold, release
from triage.messages.rules import ChildKind, ChildState, State
from triage.messages.service import review, welfare
from triage.messages.service.children import add_child, tell
from triage.messages.service.erasing import KEEPINGS as MESSAGES
from triage.messages.service.flags import flag
from triage.messages.tables import Message
from triage.referrals.rules import Conclusion
from triage.referrals.service import with_police
from triage.retention.service.purging import planned, purge

AGGRESSIVE, THREATENING = Disposition.AGGRESSIVE, Disposition.THREATENING


def route(desk: Desk, message: str, to: RoutedTo = RoutedTo.SERVICE_COMPLAINT) -> None:
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, review.route, message_id=message, version=version, to=to)


def care(desk: Desk, message: str) -> None:
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, welfare.open_task, message_id=message, version=version)
    desk.do(
        desk.ana,
        welfare.finish,
        message_id=message,
        version=desk.version(message),
        outcome=WelfareOutcome.NOT_AT_RISK,
        note="all is well",
    )


def decided(desk: Desk, line: str) -> str:
    """A message that falls under a line of the schedule."""
    if line == "unflagged":
        return desk.arrive("nothing of the kind", from_address="quiet@example.org")
    message = desk.arrive("[medium] words", from_address=f"{line.replace('_', '')}@example.org")
    if line == "routed":
        route(desk, message)
    elif line == "welfare":
        care(desk, message)
    elif line == "no_action":
        desk.decide(desk.ana, message)
    else:
        label = THREATENING if line == "threatening" else AGGRESSIVE
        desk.decide(desk.ana, message, label, severity=Severity.LOW)
    return message


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("unflagged", 30), ("routed", 30), ("no_action", 183), ("welfare", 183), ("noted", 365),
        ("threatening", 730),
    ],
)  # fmt: skip
def test_a_message_is_kept_for_the_days_of_its_line_and_not_a_day_longer(
    desk: Desk, erasing, line: str, days: int
) -> None:
    message = decided(desk, line)
    erasing.after(days=days - 1.5)
    assert erasing.is_there(message)
    erasing.run()
    assert not erasing.is_there(message)
    [event] = desk.events("erase", message)
    assert f'"rule":"{line}"' in event.details
    assert event.actor_id == "system"
    assert isinstance(desk.chain(), int)


def test_p_rte_2_what_was_passed_on_is_erased_on_the_short_schedule(desk: Desk, erasing) -> None:
    complaint = desk.arrive("[low] my report of a hole in the road was closed, unrepaired")
    route(desk, complaint)
    noted = decided(desk, "noted")
    erasing.after(days=28.5)
    assert erasing.is_there(complaint)
    erasing.run()
    assert not erasing.is_there(complaint)
    assert erasing.is_there(noted)
    stub = erasing.stub(complaint)
    assert (stub["dispositions"], stub["severity"]) == (None, None)


def test_p_pol_3_what_a_referral_rests_on_is_kept_until_it_is_concluded_and_then_erased(
    desk: Desk, erasing
) -> None:
    staffed(desk)
    message = desk.arrive("[high] words")
    referral = mark(desk, desk.ana, message)
    answer(desk, desk.dora, referral)
    authorise(desk, desk.edda, referral)
    submit(desk, desk.hal, referral)
    reference(desk, desk.hal, referral)
    version = desk.open(desk.ben, message)
    given = {"message_id": message, "version": version}
    desk.do(desk.ben, review.decide, labels=[THREATENING], severity=Severity.HIGH, **given)
    erasing.after(days=1500)
    assert erasing.is_there(message)
    assert due(desk) == {("messages", "threatening"): (0, 1)}
    act(desk, desk.hal, with_police.conclude, referral, conclusion=Conclusion.UNKNOWN, note="over")
    erasing.after(days=desk.triage.settings.police_hold_days - 1.5)
    assert erasing.is_there(message)
    erasing.run()
    assert not erasing.is_there(message)
    assert isinstance(desk.chain(), int)


def due(desk: Desk) -> dict[tuple[str, str], tuple[int, int]]:
    """What is due now, by kind and rule: how many would go, and how many are held."""
    counts = planned(desk.triage.runner, desk.now).counts
    return {key: (one.due, one.held) for key, one in counts.items()}


def test_a_hold_on_what_a_message_stands_behind_keeps_the_message_too(desk, erasing) -> None:
    message = decided(desk, "no_action")
    case = "C" * 26

    def begin(tx) -> None:
        add_child(tx, message_id=message, child_id=case, kind=ChildKind.CASE)
        tell(tx, child_id=case, state=ChildState.DECLINED)

    def keep(tx) -> str:
        return hold(tx, subject_id=case, reason=HoldReason.TRIBUNAL, owner="cases")

    desk.do(desk.ana, begin)
    held = desk.do(desk.ana, keep)
    erasing.after(days=400)
    assert erasing.is_there(message)
    assert due(desk) == {("messages", "no_action"): (0, 1)}
    desk.do(desk.ana, release, hold_id=held, owner="cases")
    erasing.run()
    assert not erasing.is_there(message)


def test_what_is_held_between_the_look_and_the_erasure_stays(desk, erasing) -> None:
    message = decided(desk, "no_action")
    desk.move(days=400)
    [keeping, *_] = MESSAGES

    def and_then_held(*given):
        found = keeping.due(*given)
        for one in found:
            desk.do(
                desk.ana,
                hold,
                subject_id=one.matter_id,
                reason=HoldReason.CASE,
                owner="cases",
            )
        return found

    late = Keeping("messages", and_then_held, keeping.erase)
    # Looked up for a moment that is past, the page shows no hold; the erasure itself sees it.
    done = purge(desk.triage.runner, desk.now - timedelta(days=1), keepings=[late])
    assert [(one.due, one.held) for one in done.counts.values()] == [(0, 1)]
    assert erasing.is_there(message)
    assert desk.state(message) is State.NO_ACTION


@pytest.mark.parametrize("state", [ChildState.OPEN, ChildState.APPROVED])
def test_over_something_open_that_grew_out_of_it_a_message_is_never_due(
    desk, erasing, state: ChildState
) -> None:
    message = decided(desk, "noted")

    def begin(tx) -> None:
        add_child(tx, message_id=message, child_id="R" * 26, kind=ChildKind.RESTRICTION)
        tell(tx, child_id="R" * 26, state=state)

    desk.do(desk.ana, begin)
    erasing.after(days=3000)
    assert due(desk) == {}
    desk.do(desk.ana, tell, child_id="R" * 26, state=ChildState.DONE)
    erasing.after(days=728.5)
    assert erasing.is_there(message)
    erasing.run()
    assert not erasing.is_there(message)


def test_what_somebody_takes_up_again_is_not_erased_however_old(desk, erasing) -> None:
    message = decided(desk, "no_action")
    desk.move(days=400)
    [stale] = [one for one in page_of(desk) if one.matter_id == message]
    desk.do(desk.ben, flag, message_id=message, note="this is about last week, too")
    assert not desk.do(SYSTEM, MESSAGES[0].erase, due=stale)
    assert erasing.run() == 0
    assert desk.state(message) is State.QUEUED


def page_of(desk: Desk) -> list[Due]:
    with desk.triage.database.read() as session:
        return list(MESSAGES[0].due(session, desk.triage.settings, desk.now, "", 100))


def test_on_a_first_flag_the_senders_other_mail_is_kept_with_it(desk, erasing) -> None:
    quiet = desk.arrive("nothing of the kind", from_address="one@example.org")
    other = desk.arrive("nothing of the kind", from_address="other@example.org")
    desk.move(days=20)
    flagged = desk.arrive("[medium] words", from_address="one@example.org")
    desk.decide(desk.ana, flagged)
    erasing.after(days=100)
    assert erasing.is_there(quiet)
    assert not erasing.is_there(other)
    erasing.after(days=100)
    assert not erasing.is_there(flagged)
    erasing.run()
    assert not erasing.is_there(quiet)


def test_the_blind_sample_alone_keeps_nothing_of_a_sender(make_desk) -> None:
    desk = make_desk(blind_sample_per_day=2, expected_messages_per_day=1)
    for _ in range(3):
        desk.arrive("nothing of the kind", from_address="one@example.org")
    with desk.triage.database.read() as session:
        drawn = session.scalars(select(Message.id).where(Message.sampled)).all()
    assert drawn
    desk.move(days=40)
    purge(desk.triage.runner, desk.now)
    with desk.triage.database.read() as session:
        assert set(session.scalars(select(Message.id))) == set(drawn)


def test_noted_runs_from_the_last_flagged_message_of_the_sender_also_where_that_is_erased(
    desk, erasing
) -> None:
    noted = desk.arrive("[medium] words", from_address="one@example.org")
    desk.decide(desk.ana, noted, AGGRESSIVE, severity=Severity.LOW)
    desk.move(days=300)
    later = desk.arrive("[medium] a complaint, after all", from_address="one@example.org")
    route(desk, later)
    erasing.after(days=100)
    assert not erasing.is_there(later)
    assert erasing.is_there(noted)
    erasing.after(days=262.5)
    assert erasing.is_there(noted)
    erasing.run()
    assert not erasing.is_there(noted)


def test_whoever_is_to_be_told_hears_of_every_destroyed_key_also_of_a_run_that_was_killed(
    desk, erasing
) -> None:
    """A backup forgets its wraps of them: it is told again what it has forgotten already."""
    told: list[tuple[str, ...]] = []
    first, second = (desk.arrive("[medium] words") for _ in range(2))
    for message in (first, second):
        desk.do(desk.kit, flag, message_id=message, note="look")
        route(desk, message)
    desk.move(days=40)
    stale = [one for one in page_of(desk) if one.matter_id == first]
    desk.do(SYSTEM, MESSAGES[0].erase, due=stale[0])  # and then it was killed

    def note(_runner: object, _at: object, gone: Collection[str]) -> None:
        told.append(tuple(gone))

    purge(desk.triage.runner, desk.now, after=[note])
    assert [set(one) for one in told] == [{first, second}]
    desk.move(days=40)
    purge(desk.triage.runner, desk.now, after=[note])
    assert told[-1] == ()  # whatever was backed up before that nobody can read any more


def test_what_cannot_be_erased_stops_nothing_else_and_the_job_says_so(desk, erasing) -> None:
    first, second = decided(desk, "routed"), decided(desk, "routed")
    [keeping, *_] = MESSAGES

    def fails(tx, due) -> bool:
        if due.matter_id == min(first, second):
            raise OperationalError("x", {}, Exception("full"))
        return keeping.erase(tx, due)

    desk.move(days=40)
    broken = Keeping("messages", keeping.due, fails)
    done = purge(desk.triage.runner, desk.now, keepings=[broken])
    assert (done.erased, dict(done.failed)) == (1, {"messages": 1})
    assert erasing.is_there(min(first, second))
    assert not erasing.is_there(max(first, second))

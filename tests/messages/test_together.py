"""Messages of one sender, or nearly the same, decided in one act: each its own step and event."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select
from support.desk import Desk, address

from triage.conduct.kinds import Disposition, RoutedTo, Severity
from triage.core.access import Actor
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.ids import new_id
from triage.messages.beside.tables import MessageSketch
from triage.messages.campaigns import MOST, Alone, Kind, Likeness, plain, sketch
from triage.messages.queries.campaigns import CANDIDATES, Group, beside, compared
from triage.messages.queries.reading import exposure
from triage.messages.rules import Lane, State, Step
from triage.messages.service import concern, flags, jobs, reveals, review, together, welfare
from triage.messages.service.together import Chosen, Outcome

LETTER = (
    "[low] I am disgusted that you have taken down our reports about the crossing at the bridge. "
    "Forty residents reported it and you merged them into one. You should be ashamed."
)
OTHER = "[low] Quite another letter about the bins in Alder Lane, which have not been emptied."


def letter(desk: Desk, number: int, text: str = LETTER, **fields: Any) -> str:
    """One of the campaign, from a sender of its own."""
    given = {"from_address": f"writer{number}@example.org"}
    return desk.arrive(text.replace("Forty", f"{number} local"), **(given | fields))


def campaign(desk: Desk, count: int = 4) -> list[str]:
    found = []
    for number in range(count):
        found.append(letter(desk, number))
        desk.move(seconds=1)
    return found


def look(desk: Desk, who: Actor, message_id: str, **given: Any) -> Group:
    return desk.read(beside, viewer=who, message_id=message_id, now=desk.now, **given)


def near(group: Group) -> list[str]:
    return [row.id for row in group.near]


def take(desk: Desk, who: Actor, opened: str, *others: str, step: Step = Step.FULL) -> list[Chosen]:
    """Uncover the open one, and each of the others beside it."""
    desk.do(who, reveals.reveal, message_id=opened, step=step)
    for one in others:
        desk.do(who, together.reveal, message_id=one, beside=opened, step=step)
    desk.move(seconds=2)
    return [Chosen(one, desk.version(one)) for one in others]


def decide(
    desk: Desk,
    who: Actor,
    opened: str,
    ticked: list[Chosen],
    *labels: Disposition,
    severity: Severity | None = None,
    **given: Any,
) -> Outcome:
    return together.decide_together(
        desk.triage.runner,
        who,
        opened=Chosen(opened, desk.version(opened)),
        ticked=ticked,
        labels=labels,
        severity=severity,
        **({"token": new_id()} | given),
    )


# -- what waits beside


def test_what_says_nearly_the_same_is_found_whoever_sent_it(desk: Desk) -> None:
    first, second, third = campaign(desk, 3)
    changed = letter(desk, 9, LETTER.replace("disgusted", "shocked").replace("our", "my"))
    letter(desk, 10, OTHER)
    desk.open(desk.ana, first)
    group = look(desk, desk.ana, first)
    assert near(group) == [second, third, changed]
    assert [row.likeness for row in group.near] == [Likeness.IDENTICAL] * 2 + [Likeness.NEAR]
    assert (group.near_total, group.sender, group.open_alone) == (3, (), None)


def test_a_group_is_the_same_from_each_of_its_messages(desk: Desk) -> None:
    found = set(campaign(desk, 4))
    for one in sorted(found):
        assert set(near(look(desk, desk.ana, one))) == found - {one}


def test_one_senders_run_is_listed_whatever_it_says_and_each_once(desk: Desk) -> None:
    first = letter(desk, 1)
    alike_too = letter(desk, 1)
    in_other_words = letter(desk, 1, OTHER)
    stranger = letter(desk, 2)
    group = look(desk, desk.ana, first)
    assert set(near(group)) == {alike_too, stranger}
    assert {row.id: row.same_sender for row in group.near} == {alike_too: True, stranger: False}
    assert [row.id for row in group.sender] == [in_other_words]
    assert group.sender[0].likeness is None


def test_who_has_no_sender_has_no_run(desk: Desk) -> None:
    first = letter(desk, 1, from_address=None)
    letter(desk, 1, OTHER, from_address=None)
    assert look(desk, desk.ana, first).sender_total == 0


def test_p_rec_4_what_was_sent_to_the_viewer_is_in_no_group_and_in_no_count(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    letter(desk, 7, recipients=(address("ana"),))
    letter(desk, 1, OTHER, recipients=(address("ana"),))
    group = look(desk, desk.ana, second)
    assert (near(group), group.near_total) == ([first], 1)
    assert (group.sender, group.sender_total) == ((), 0)
    assert look(desk, desk.ben, second).near_total == 2
    assert look(desk, desk.ben, second).sender_total == 1
    with pytest.raises(NotFound):
        look(desk, desk.ana, letter(desk, 8, recipients=(address("ana"),)))


def test_what_was_never_queued_is_in_no_group_and_has_no_mark(desk: Desk) -> None:
    quiet = LETTER.replace("[low]", "")
    passed = letter(desk, 1, quiet)
    first = letter(desk, 1)
    group = look(desk, desk.ana, first)
    assert (group.near_total, group.sender_total) == (0, 0)
    assert marks(desk, passed) == 0
    desk.do(desk.kit, flags.flag, message_id=passed, note="odd")
    assert near(look(desk, desk.ana, first)) == [passed]
    assert marks(desk, passed) > 1


def marks(desk: Desk, message_id: str) -> int:
    wanted = select(MessageSketch).where(MessageSketch.message_id == message_id)
    return len(desk.read(lambda session: session.scalars(wanted).all()))


def test_a_message_has_marks_for_as_long_as_it_waits(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    full = marks(desk, first)
    version = desk.open(desk.ana, first)
    assert marks(desk, first) == full
    desk.do(desk.ana, welfare.open_task, message_id=first, version=version)
    assert marks(desk, first) == 0
    desk.do(desk.ana, welfare.resume, message_id=first, version=desk.version(first))
    assert marks(desk, first) == full
    desk.decide(desk.ana, second)
    assert marks(desk, second) == 0
    desk.do(desk.ana, review.undo, message_id=second)
    assert marks(desk, second) == full
    desk.decide(desk.ana, second)
    given = {"reason": "new", "new_evidence": True, "version": desk.version(second)}
    desk.do(desk.ben, review.reopen, message_id=second, **given)
    assert marks(desk, second) == full


def test_marks_are_hashes_under_the_desks_key(desk: Desk) -> None:
    """Without the key nobody finds out which text a mark stands for."""
    message = desk.row(letter(desk, 1))
    stored = desk.read(lambda session: set(session.scalars(select(MessageSketch.hash)).all()))
    parts = sketch(plain(message.text))
    assert stored == {desk.triage.keys.of("sketch", one) for one in parts}
    assert not stored & {hashlib.sha256(one).hexdigest() for one in parts}


@pytest.mark.parametrize("how", ["held", "decided", "skipped", "asked"])
def test_only_what_the_viewer_could_take_is_in_a_group(desk: Desk, how: str) -> None:
    first, second = campaign(desk, 2)
    assert near(look(desk, desk.ana, first)) == [second]
    if how == "held":
        desk.open(desk.ben, second)
    elif how == "decided":
        desk.decide(desk.ben, second)
    elif how == "skipped":
        version = desk.open(desk.ana, second)
        given = {"message_id": second, "version": version, "sitting": "monday"}
        desk.do(desk.ana, review.release, **given)
    else:
        desk.ask_second_look(desk.ana, second)
    assert near(look(desk, desk.ana, first, sitting="monday")) == []


def test_a_claim_that_ran_out_waits_again(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.open(desk.ben, second)
    desk.move(minutes=11)
    assert near(look(desk, desk.ana, first)) == [second]


def test_rows_say_why_they_are_decided_alone(desk: Desk) -> None:
    opened = letter(desk, 0)
    high = letter(desk, 1, LETTER.replace("[low]", "[high]"))
    cared = letter(desk, 2, LETTER.replace("[low]", "[welfare]"))
    alarm = letter(desk, 3)
    desk.do(desk.kit, flags.flag, message_id=alarm, note="now", urgent=True)
    asked, marked = letter(desk, 4), letter(desk, 5)
    desk.ask_second_look(desk.ben, asked)
    desk.ask_second_look(desk.ben, marked, concern=True)
    caring = letter(desk, 6)
    version = desk.open(desk.ben, caring)
    desk.do(desk.ben, welfare.open_task, message_id=caring, version=version)
    desk.do(desk.ben, welfare.resume, message_id=caring, version=desk.version(caring))
    version = desk.version(caring)
    desk.do(desk.ben, review.release, message_id=caring, version=version)
    found = {row.id: row.alone for row in look(desk, desk.ana, opened).near}
    assert found == {
        high: Alone.URGENT,
        cared: Alone.WELFARE,
        alarm: Alone.URGENT,
        asked: Alone.SECOND_LOOK,
        marked: Alone.CONCERN,
        caring: Alone.WELFARE,
    }
    desk.open(desk.ana, opened)
    desk.do(desk.ana, reveals.reveal, message_id=opened, step=Step.FULL)
    for one in found:
        with pytest.raises(Invalid, match="decided on its own"):
            desk.do(desk.ana, together.reveal, message_id=one, beside=opened, step=Step.FULL)
        assert desk.row(one).claimed_by is None


def test_beside_a_blind_message_nothing_is_learnt_of_the_model(
    make_desk: Callable[..., Desk], backend: str
) -> None:
    desk = make_desk(backend, blind_sample_per_day=2, expected_messages_per_day=1)
    blind = letter(desk, 0)
    assert desk.row(blind).blind
    high = letter(desk, 1, LETTER.replace("[low]", "[high]"))
    medium = letter(desk, 2, LETTER.replace("[low]", "[medium]"))
    group = look(desk, desk.ana, blind)
    assert near(group) == [medium]
    assert group.near_total == 1
    assert group.near[0].lane is None
    there = {row.id: (row.lane, row.alone) for row in look(desk, desk.ana, medium).near}
    assert there == {blind: (Lane.ORDINARY, None), high: (Lane.URGENT, Alone.URGENT)}


def test_a_group_goes_no_further_than_its_candidates(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    first, *_ = campaign(desk, CANDIDATES + 5)
    group = look(desk, desk.ana, first)
    assert group.near_total == CANDIDATES
    assert len(group.near) == MOST


@pytest.mark.parametrize("who", ["max", "ada", "kit", "gus"])
def test_who_does_not_review_sees_no_group_and_takes_nothing(desk: Desk, who: str) -> None:
    first, second = campaign(desk, 2)
    with pytest.raises(NotAllowed):
        look(desk, desk.people[who], first)
    with pytest.raises(NotAllowed):
        desk.do(desk.people[who], together.claim_more, message_id=second, beside=first)
    assert desk.row(second).claimed_by is None


def test_the_job_marks_what_waits_without_marks_once(desk: Desk) -> None:
    first, second, third = campaign(desk, 3)
    desk.decide(desk.ana, third)
    desk.triage.database.write(lambda session: session.execute(delete(MessageSketch)))
    assert near(look(desk, desk.ana, first)) == []
    assert jobs.sketch_waiting(desk.triage.runner, desk.now) == 2
    assert near(look(desk, desk.ana, first)) == [second]
    assert marks(desk, third) == 0
    assert jobs.sketch_waiting(desk.triage.runner, desk.now) == 0


def test_the_job_takes_batches_until_nothing_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    campaign(desk, 5)
    desk.triage.database.write(lambda session: session.execute(delete(MessageSketch)))
    assert jobs.sketch_waiting(desk.triage.runner, desk.now) == 5


# -- taking and seeing


def test_seeing_one_takes_it_and_is_on_the_record_like_any_other(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.open(desk.ana, first)
    take(desk, desk.ana, first, second)
    assert desk.row(second).claimed_by == desk.ana.person_id
    assert desk.edges(second) == ["queue", "claim"]
    assert [one.details for one in desk.events("reveal", second)] == ['{"held":true,"step":"full"}']
    assert look(desk, desk.ben, first).near_total == 0
    with pytest.raises(Conflict, match="Ana has this message open"):
        desk.do(desk.ben, review.open_message, message_id=second)
    row = look(desk, desk.ana, first).near[0]
    assert (row.held, row.uncovered) == (True, Step.FULL)


def test_each_one_seen_counts_for_the_sitting(desk: Desk) -> None:
    first, second, third = campaign(desk, 3)
    since = desk.now
    desk.open(desk.ana, first)
    take(desk, desk.ana, first, second, third)
    assert desk.read(exposure, viewer=desk.ana, since=since).messages == 3


def test_the_others_are_seen_only_once_the_open_one_is(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.open(desk.ana, first)
    with pytest.raises(Invalid, match="Uncover the open message first"):
        desk.do(desk.ana, together.reveal, message_id=second, beside=first, step=Step.FULL)
    assert desk.row(second).claimed_by is None
    assert desk.events("reveal") == []


def test_what_is_neither_alike_nor_of_the_sender_is_not_taken_beside(desk: Desk) -> None:
    first, stranger = letter(desk, 1), letter(desk, 2, OTHER)
    desk.open(desk.ana, first)
    with pytest.raises(Invalid, match="neither of one sender nor nearly the same"):
        desk.do(desk.ana, together.claim_more, message_id=stranger, beside=first)
    with pytest.raises(Invalid, match="neither of one sender nor nearly the same"):
        desk.do(desk.ana, together.claim_more, message_id=first, beside=first)


def test_nothing_is_taken_beside_a_message_that_one_does_not_hold(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    with pytest.raises(Conflict, match="do not hold"):
        desk.do(desk.ana, together.claim_more, message_id=second, beside=first)
    desk.open(desk.ben, first)
    with pytest.raises(Conflict, match="do not hold"):
        desk.do(desk.ana, together.claim_more, message_id=second, beside=first)


def test_what_differs_is_shown_masked_where_either_is_masked(desk: Desk) -> None:
    first = letter(desk, 1, LETTER + " You tosser.")
    second = letter(desk, 2, LETTER.replace("ashamed", "very ashamed") + " You tosser.")
    desk.open(desk.ana, first)
    take(desk, desk.ana, first, second, step=Step.MASKED)
    desk.do(desk.ana, reveals.reveal, message_id=first, step=Step.FULL)
    given = {"viewer": desk.ana, "message_id": first, "other_id": second}
    parts = desk.read(compared, **given)
    added = "".join(one.text for one in parts if one.kind is Kind.ADDED)
    assert added.split() == ["2", "very"]
    assert "tosser" not in "".join(one.text for one in parts)
    desk.do(desk.ana, together.reveal, message_id=second, beside=first, step=Step.FULL)
    assert "tosser" in "".join(one.text for one in desk.read(compared, **given))


def test_no_difference_is_shown_of_what_was_not_uncovered(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.open(desk.ana, first)
    desk.do(desk.ana, reveals.reveal, message_id=first, step=Step.FULL)
    desk.do(desk.ana, together.claim_more, message_id=second, beside=first)
    with pytest.raises(NotAllowed):
        desk.read(compared, viewer=desk.ana, message_id=first, other_id=second)


# -- deciding


def test_each_is_a_step_and_an_event_of_its_own_and_they_say_nothing_of_each_other(
    desk: Desk,
) -> None:
    first, *others = campaign(desk, 4)
    desk.open(desk.ana, first)
    ticked = take(desk, desk.ana, first, *others[:2])
    outcome = decide(
        desk, desk.ana, first, ticked, Disposition.AGGRESSIVE, severity=Severity.LOW, note="again"
    )
    assert outcome == Outcome((first, *others[:2]), ())
    for one in (first, *others[:2]):
        row = desk.row(one)
        assert (row.state, row.severity) == ("noted", "low")
        assert row.dispositions == ["aggressive"]
        assert row.decided_by == desk.ana.person_id
        assert desk.reason(desk.steps(one)[-1]) == "again"
        (event,) = desk.events("decide", one)
        assert event.details == desk.events("decide", first)[0].details
        assert not any(other in event.details for other in (first, *others))
    assert desk.state(others[2]) is State.QUEUED
    assert isinstance(desk.chain(), int)


def test_none_of_the_four_closes_each_without_action(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.open(desk.ana, first)
    decide(desk, desk.ana, first, take(desk, desk.ana, first, second))
    assert {desk.state(one) for one in (first, second)} == {State.NO_ACTION}


def test_nothing_is_decided_unseen(desk: Desk) -> None:
    first, second, third = campaign(desk, 3)
    desk.open(desk.ana, first)
    ticked = take(desk, desk.ana, first, second)
    version = desk.do(desk.ana, together.claim_more, message_id=third, beside=first)
    desk.move(seconds=2)
    outcome = decide(desk, desk.ana, first, [*ticked, Chosen(third, version)])
    assert outcome.done == (first, second)
    assert outcome.refused == ((third, "Uncover the message before you decide."),)
    assert desk.state(third) is State.CLAIMED


def test_a_key_that_repeats_decides_none_of_them(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.open(desk.ana, first)
    (one,) = take(desk, desk.ana, first, second)
    desk.do(desk.ana, together.reveal, message_id=second, beside=first, step=Step.FULL)
    version = desk.version(second)
    outcome = decide(desk, desk.ana, first, [Chosen(second, version)])
    assert outcome.done == (first,)
    assert "only just opened" in outcome.refused[0][1]
    assert one.message_id == second


def test_where_somebody_was_faster_the_others_go_on_and_it_is_said_who(desk: Desk) -> None:
    first, second, third = campaign(desk, 3)
    desk.open(desk.ana, first)
    ticked = take(desk, desk.ana, first, second, third)
    desk.move(minutes=11)
    desk.decide(desk.ben, second, Disposition.OFFENSIVE, severity=Severity.MEDIUM)
    desk.move(seconds=10)
    outcome = decide(desk, desk.ana, first, ticked)
    assert outcome.done == (first, third)
    assert outcome.refused == ((second, "Ben decided this 10 seconds ago."),)
    assert desk.row(second).decided_by == desk.ben.person_id


def test_where_the_open_one_does_not_go_through_none_does(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.open(desk.ana, first)
    ticked = take(desk, desk.ana, first, second)
    desk.move(minutes=11)
    desk.decide(desk.ben, first)
    with pytest.raises(Conflict, match="Ben decided"):
        together.decide_together(
            desk.triage.runner,
            desk.ana,
            opened=Chosen(first, 3),
            ticked=ticked,
            labels=[],
            severity=None,
            token=new_id(),
        )
    desk.open(desk.ana, second)
    with pytest.raises(Invalid, match="how severe"):
        decide(desk, desk.ana, second, [], Disposition.OFFENSIVE)
    assert desk.state(second) is State.CLAIMED


def test_done_again_with_its_token_it_does_nothing_more(desk: Desk) -> None:
    first, second, third = campaign(desk, 3)
    desk.open(desk.ana, first)
    ticked = take(desk, desk.ana, first, second, third)
    given = {"token": new_id()}
    before = decide(desk, desk.ana, first, ticked, **given)
    events = len(desk.events())
    assert decide(desk, desk.ana, first, ticked, **given) == before
    assert len(desk.events()) == events


def test_cut_off_in_the_middle_it_is_completed_when_it_is_done_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = campaign(desk, 3)
    desk.open(desk.ana, first)
    ticked = take(desk, desk.ana, first, second, third)
    opened = Chosen(first, desk.version(first))
    given: dict[str, Any] = {"labels": [], "severity": None, "token": new_id()}
    real = together._ticked_one

    def dies(tx: Any, *, one: Chosen, **rest: Any) -> None:
        if one.message_id == third:
            raise KeyboardInterrupt
        real(tx, one=one, **rest)

    monkeypatch.setattr(together, "_ticked_one", dies)
    with pytest.raises(KeyboardInterrupt):
        together.decide_together(
            desk.triage.runner, desk.ana, opened=opened, ticked=ticked, **given
        )
    monkeypatch.setattr(together, "_ticked_one", real)
    assert [desk.state(one) for one in (first, second, third)] == [
        State.NO_ACTION,
        State.NO_ACTION,
        State.CLAIMED,
    ]
    outcome = together.decide_together(
        desk.triage.runner, desk.ana, opened=opened, ticked=ticked, **given
    )
    assert outcome.done == (first, second, third)
    assert [desk.edges(one).count("decide") for one in (first, second, third)] == [1, 1, 1]


def test_high_severity_is_decided_one_by_one(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.open(desk.ana, first)
    ticked = take(desk, desk.ana, first, second)
    with pytest.raises(Invalid, match="one by one"):
        decide(desk, desk.ana, first, ticked, Disposition.THREATENING, severity=Severity.HIGH)
    assert desk.state(first) is State.CLAIMED
    decide(desk, desk.ana, first, [], Disposition.THREATENING, severity=Severity.HIGH)
    assert desk.row(first).severity == "high"


@pytest.mark.parametrize("what", ["concern", "alarm", "task"])
def test_what_became_grave_since_it_was_ticked_is_not_decided_with_the_others(
    desk: Desk, what: str
) -> None:
    first, second, third = campaign(desk, 3)
    desk.open(desk.ana, first)
    take(desk, desk.ana, first, second, third)
    if what == "alarm":
        desk.do(desk.kit, flags.flag, message_id=second, note="now", urgent=True)
    elif what == "task":
        version = desk.version(second)
        desk.do(desk.ana, welfare.open_task, message_id=second, version=version)
        desk.do(desk.ana, welfare.resume, message_id=second, version=desk.version(second))
        desk.do(desk.ana, reveals.reveal, message_id=second, step=Step.FULL)
    else:
        given = {"message_id": second, "version": desk.version(second), "note": "look"}
        desk.do(desk.ana, review.ask_second_look, particular_concern=True, **given)
        desk.do(desk.ana, concern.withdraw_own, message_id=second, version=desk.version(second))
    desk.move(seconds=2)
    ticked = [Chosen(one, desk.version(one)) for one in (second, third)]
    outcome = decide(desk, desk.ana, first, ticked)
    assert outcome.done == (first, third)
    assert [one for one, _ in outcome.refused] == [second]
    assert "decided on its own" in outcome.refused[0][1]


def test_beside_what_is_decided_alone_nothing_is_ticked(desk: Desk) -> None:
    high, other = letter(desk, 1, LETTER.replace("[low]", "[high]")), letter(desk, 2)
    assert look(desk, desk.ana, high).open_alone is Alone.URGENT
    desk.open(desk.ana, high)
    take(desk, desk.ana, high)
    desk.open(desk.ana, other)
    take(desk, desk.ana, other)
    with pytest.raises(Invalid, match="decided on its own"):
        decide(desk, desk.ana, high, [Chosen(other, desk.version(other))])
    assert {desk.state(one) for one in (high, other)} == {State.CLAIMED}


def test_each_is_ticked_once_and_so_many_at_most(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.open(desk.ana, first)
    ticked = take(desk, desk.ana, first, second)
    for wrong in (ticked * 2, [Chosen(first, desk.version(first))]):
        with pytest.raises(Invalid, match="once"):
            decide(desk, desk.ana, first, wrong)
    many = [Chosen(new_id(), 1) for _ in range(MOST + 1)]
    with pytest.raises(Invalid, match="At most"):
        decide(desk, desk.ana, first, many)


def test_p_rec_4_one_that_the_actor_may_not_know_of_reads_like_one_that_is_not(
    desk: Desk,
) -> None:
    first, second = campaign(desk, 2)
    hers = letter(desk, 9, recipients=(address("ana"),))
    desk.open(desk.ana, first)
    ticked = take(desk, desk.ana, first, second)
    made_up = new_id()
    outcome = decide(desk, desk.ana, first, [*ticked, Chosen(hers, 2), Chosen(made_up, 2)])
    assert outcome.done == (first, second)
    assert outcome.refused == tuple((one, "There is no such message.") for one in (hers, made_up))
    assert desk.state(hers) is State.QUEUED
    assert [one.matter_id for one in desk.events("refused")] == [hers]


def test_spam_is_passed_on_together_and_nothing_else_is(desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.open(desk.ana, first)
    ticked = take(desk, desk.ana, first, second)

    def pass_on(to: RoutedTo) -> Outcome:
        opened = Chosen(first, desk.version(first))
        given = {"opened": opened, "ticked": ticked, "to": to, "token": new_id()}
        return together.pass_on_together(desk.triage.runner, desk.ana, **given)

    for to in set(RoutedTo) - {RoutedTo.SPAM}:
        with pytest.raises(Invalid, match="Only spam"):
            pass_on(to)
    assert pass_on(RoutedTo.SPAM).done == (first, second)
    assert {desk.state(one) for one in (first, second)} == {State.ROUTED}


# -- taking back


def test_undo_takes_back_each_that_can_still_be_with_an_event_each(desk: Desk) -> None:
    first, second, third = campaign(desk, 3)
    desk.open(desk.ana, first)
    decide(desk, desk.ana, first, take(desk, desk.ana, first, second, third))
    version = desk.version(second)
    given = {"reason": "new", "new_evidence": True}
    desk.do(desk.ben, review.reopen, message_id=second, version=version, **given)
    ids = (first, second, third)
    outcome = together.undo_together(desk.triage.runner, desk.ana, message_ids=ids)
    assert outcome.done == (first, third)
    assert [one for one, _ in outcome.refused] == [second]
    assert "Ben reopened this" in outcome.refused[0][1]
    assert {desk.state(one) for one in (first, third)} == {State.CLAIMED}
    assert [len(desk.events("undo", one)) for one in ids] == [1, 0, 1]
    rows = {row.id: (row.held, row.uncovered) for row in look(desk, desk.ana, first).near}
    assert rows == {second: (False, None), third: (True, None)}


def test_what_is_left_is_put_back_if_it_is_still_held(desk: Desk) -> None:
    first, second, third = campaign(desk, 3)
    desk.open(desk.ana, first)
    take(desk, desk.ana, first, second, third)
    desk.move(minutes=11)
    desk.decide(desk.ben, third)
    ids = (second, third, new_id())
    outcome = together.let_go(desk.triage.runner, desk.ana, message_ids=ids)
    assert outcome.done == (second, third)
    assert desk.state(second) is State.QUEUED
    assert desk.state(third) is State.NO_ACTION
    assert desk.edges(second) == ["queue", "claim", "release"]

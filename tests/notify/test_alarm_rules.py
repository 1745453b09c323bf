"""Who is alerted next: properties that hold for any team, any past and any time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from triage.alarms.rules import GRAVEST, Due, Pace, People, Reach, Ready, Step, due, graver

RAISED = datetime(2027, 4, 30, 17, 30, tzinfo=UTC)
PACE = Pace(timedelta(minutes=15), timedelta(hours=4))
TEAM = ("a", "b", "c")
OUTSIDE = ("f", "g")

minutes = st.integers(0, 3000).map(lambda some: RAISED + timedelta(minutes=some))
readies = st.lists(
    st.builds(
        Ready,
        st.sampled_from(TEAM),
        st.integers(-600, 2000).map(lambda some: RAISED + timedelta(minutes=some)),
    ),
    max_size=3,
    unique_by=lambda one: one.person_id,
).map(tuple)
peoples = st.builds(
    People,
    readies,
    st.lists(st.sampled_from(OUTSIDE), max_size=2, unique=True).map(tuple),
    st.frozensets(st.sampled_from([*TEAM, *OUTSIDE])),
)
turns = st.lists(st.tuples(st.integers(1, 400), peoples, st.booleans()), min_size=1, max_size=25)
"""(minutes until the job runs again, who could be alerted then, whether the last mail failed)."""


def eligible(people: People) -> set[str]:
    """Said here anew, and not taken from the rules."""
    there = {one.person_id for one in people.on_duty} | set(people.fallbacks)
    return there - people.barred


def play(some: list[tuple[int, People, bool]]) -> list[tuple[Step, Due, People]]:
    """Run the rules as the job does; each step with what was due and who was there."""
    now, steps, taken = RAISED, list[Step](), list[tuple[Step, Due, People]]()
    for span, people, failed in some:
        now += timedelta(minutes=span)
        if steps and failed and steps[-1].person_id is not None:
            steps[-1] = Step(*_fields(steps[-1]), lost=True)
        found = due(RAISED, steps, people, PACE, now)
        if found is not None:
            steps.append(Step(now, found.person_id, found.reach, found.round))
            taken.append((steps[-1], found, people))
    return taken


def failed(some: list[tuple[int, People, bool]], before: Step) -> bool:
    """Whether the mail of a step failed before the next."""
    now = RAISED
    for span, _, fails in some:
        now += timedelta(minutes=span)
        if now > before.at and fails:
            return True
    return False


def _fields(step: Step) -> tuple[datetime, str | None, Reach, int]:
    return step.at, step.person_id, step.reach, step.round


@given(turns)
@settings(max_examples=400, deadline=None)
def test_p_rec_2_nobody_is_alerted_who_is_excluded_or_not_there(
    some: list[tuple[int, People, bool]],
) -> None:
    for step, _, people in play(some):
        assert step.person_id is None or step.person_id in eligible(people)
        assert (step.person_id is None) == (step.reach is Reach.NOBODY)
        if step.reach is Reach.NOBODY:
            assert not eligible(people)
        if step.reach is Reach.FALLBACK:
            assert step.person_id in people.fallbacks


@given(turns)
@settings(max_examples=400, deadline=None)
def test_rounds_never_go_back_and_nobody_is_alerted_twice_in_one(
    some: list[tuple[int, People, bool]],
) -> None:
    taken = play(some)
    for (one, _, _), (other, _, _) in pairwise(taken):
        assert one.at < other.at
        assert one.round <= other.round <= one.round + 1
    for number in {step.round for step, _, _ in taken}:
        there = [step.person_id for step, _, _ in taken if step.round == number]
        assert len(there) == len(set(there))


@given(turns)
@settings(max_examples=400, deadline=None)
def test_a_step_is_never_due_before_its_time_and_says_since_when(
    some: list[tuple[int, People, bool]],
) -> None:
    taken = play(some)
    assert [found.since for _, found, _ in taken[:1]] in ([], [RAISED])
    for (before, _, _), (step, found, people) in pairwise(taken):
        assert before.at <= found.since <= step.at
        reached = not before.lost and before.person_id not in people.barred
        if before.reach is Reach.ON_DUTY and reached and not failed(some, before):
            assert step.at - before.at >= PACE.each


@given(turns, minutes)
@settings(deadline=None)
def test_what_is_due_stays_due_as_time_goes_by(
    some: list[tuple[int, People, bool]], later: datetime
) -> None:
    steps = [step for step, _, _ in play(some[:-1])]
    people = some[-1][1]
    now = steps[-1].at if steps else RAISED
    found = due(RAISED, steps, people, PACE, now)
    if found is not None:
        assert due(RAISED, steps, people, PACE, max(now, later)) == found


@given(turns, peoples)
@settings(max_examples=400, deadline=None)
def test_while_anybody_could_be_alerted_somebody_is_within_the_slower_pace(
    some: list[tuple[int, People, bool]], people: People
) -> None:
    steps = [step for step, _, _ in play(some)]
    last = steps[-1].at if steps else RAISED
    starts = [one.since for one in people.on_duty]
    found = due(RAISED, steps, people, PACE, max([last, *starts]) + PACE.again)
    if eligible(people):
        assert found is not None
        assert found.person_id in eligible(people)


@given(peoples)
@settings(deadline=None)
def test_the_first_step_is_due_as_the_alarm_is_raised(people: People) -> None:
    found = due(RAISED, (), people, PACE, RAISED)
    assert found is not None
    assert found.since == RAISED
    here = [one.person_id for one in people.on_duty if one.person_id not in people.barred]
    behind = [one for one in people.fallbacks if one not in people.barred]
    assert found.person_id == next(iter([*here, *behind]), None)


@given(peoples, st.integers(1, 14))
@settings(deadline=None)
def test_one_person_has_the_whole_time_before_another_is_asked(people: People, some: int) -> None:
    first = due(RAISED, (), people, PACE, RAISED)
    assert first is not None
    if first.reach is Reach.ON_DUTY:
        steps = [Step(RAISED, first.person_id, first.reach, 1)]
        assert due(RAISED, steps, people, PACE, RAISED + timedelta(minutes=some)) is None


def test_who_is_excluded_after_the_alert_is_not_waited_for() -> None:
    people = People((Ready("a", RAISED), Ready("b", RAISED)), (), frozenset({"a"}))
    steps = [Step(RAISED, "a", Reach.ON_DUTY, 1)]
    found = due(RAISED, steps, people, PACE, RAISED + timedelta(minutes=1))
    assert found is not None
    assert found.person_id == "b"


def test_that_there_is_nobody_is_said_once() -> None:
    steps = [Step(RAISED, None, Reach.NOBODY, 1)]
    assert due(RAISED, steps, People(), PACE, RAISED + timedelta(days=3)) is None
    back = People((Ready("a", RAISED - timedelta(hours=1)),))
    found = due(RAISED, steps, back, PACE, RAISED + timedelta(minutes=1))
    assert found is not None
    assert found.person_id == "a"


@given(st.sampled_from(GRAVEST), st.sampled_from(GRAVEST))
@settings(deadline=None)
def test_the_graver_lane_wins(one: str, other: str) -> None:
    assert GRAVEST.index(graver(one, other)) == min(GRAVEST.index(one), GRAVEST.index(other))

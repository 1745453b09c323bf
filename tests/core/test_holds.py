from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.desk import Desk
from support.mail import START

from triage.core.access import SYSTEM
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.holds import Hold, HoldReason, held, hold, is_held, release

SUBJECT = "the matter"
DAY = timedelta(days=1)


def keep(desk: Desk, **given: object) -> str:
    wanted: dict[str, object] = {
        "subject_id": SUBJECT,
        "reason": HoldReason.POLICE,
        "owner": "referrals",
    }
    return str(desk.do(SYSTEM, hold, **(wanted | given)))


def kept(desk: Desk, at: datetime | None = None) -> bool:
    return bool(desk.read(is_held, subject_id=SUBJECT, now=at or desk.now))


def test_p_pol_3_what_is_held_is_held_until_somebody_lets_go(desk: Desk) -> None:
    assert not kept(desk)
    one = keep(desk)
    assert kept(desk)
    assert kept(desk, START + 3650 * DAY)
    desk.move(days=2)
    desk.do(SYSTEM, release, hold_id=one, owner="referrals")
    assert not kept(desk)
    assert kept(desk, START + DAY), "that it was held then stays so"


def test_a_hold_with_an_end_ends_by_its_date_with_no_job_run(desk: Desk) -> None:
    keep(desk, until=START + DAY)
    assert kept(desk, START + DAY - timedelta(microseconds=1))
    assert not kept(desk, START + DAY)


def test_a_release_may_be_set_for_a_time_to_come(desk: Desk) -> None:
    one = keep(desk)
    desk.do(SYSTEM, release, hold_id=one, owner="referrals", until=START + 180 * DAY)
    assert kept(desk, START + 179 * DAY)
    assert not kept(desk, START + 180 * DAY)


def test_one_release_leaves_what_others_hold(desk: Desk) -> None:
    police = keep(desk)
    keep(desk, reason=HoldReason.CASE, owner="cases")
    desk.do(SYSTEM, release, hold_id=police, owner="referrals")
    assert kept(desk)


def test_only_the_room_that_holds_lets_go(desk: Desk) -> None:
    one = keep(desk)
    with pytest.raises(NotFound):
        desk.do(SYSTEM, release, hold_id=one, owner="cases")
    with pytest.raises(NotFound):
        desk.do(SYSTEM, release, hold_id="no such hold", owner="referrals")
    assert kept(desk)


def test_holding_again_is_one_hold_for_the_longer_of_the_two(desk: Desk) -> None:
    first = keep(desk, until=START + DAY)
    assert keep(desk, until=START + 2 * DAY) == first
    assert kept(desk, START + DAY)
    assert keep(desk, until=START + DAY) == first
    assert kept(desk, START + DAY), "a hold is never cut short by holding again"
    assert keep(desk) == first
    assert kept(desk, START + 3650 * DAY)
    assert desk.count(Hold) == 1


def test_after_it_ended_a_new_hold_is_a_new_one_and_the_gap_stays(desk: Desk) -> None:
    first = keep(desk, until=START + DAY)
    desk.move(days=3)
    assert keep(desk) != first
    assert not kept(desk, START + 2 * DAY)
    with pytest.raises(Conflict):
        desk.do(SYSTEM, release, hold_id=first, owner="referrals")


def test_the_past_is_not_rewritten(desk: Desk) -> None:
    one = keep(desk)
    with pytest.raises(Invalid):
        keep(desk, reason=HoldReason.TRIBUNAL, until=START)
    with pytest.raises(Invalid):
        desk.do(SYSTEM, release, hold_id=one, owner="referrals", until=START - DAY)
    assert kept(desk)


def test_every_change_of_a_hold_is_on_the_record_of_its_matter(desk: Desk) -> None:
    one = keep(desk, until=START + DAY)
    keep(desk)
    desk.do(SYSTEM, release, hold_id=one, owner="referrals")
    codes = [event.code for event in desk.events(matter_id=SUBJECT)]
    assert codes == ["held", "hold_extended", "released"]
    assert desk.chain() == len(desk.events(code="person_added")) + 3


def test_many_subjects_are_asked_for_at_once(desk: Desk) -> None:
    for name in ("a", "b"):
        keep(desk, subject_id=name)
    names = [*"abc", *(str(number) for number in range(1200))]
    assert desk.read(held, subject_ids=names, now=desk.now) == {"a", "b"}
    assert desk.read(held, subject_ids=[], now=desk.now) == set()


hours = st.integers(min_value=-50, max_value=50)
spans = st.lists(st.tuples(hours, st.none() | hours), max_size=5)


@given(spans=spans, now=hours)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_held_is_whether_any_span_of_dates_covers_the_moment(
    desk: Desk, spans: list[tuple[int, int | None]], now: int
) -> None:
    def at(hour: int) -> datetime:
        return START + timedelta(hours=hour)

    with desk.triage.database.read() as session:
        for since, until in spans:
            session.add(
                Hold(
                    subject_id=SUBJECT,
                    reason="police",
                    owner="referrals",
                    since=at(since),
                    until=None if until is None else at(until),
                )
            )
        session.flush()
        expected = any(since <= now and (until is None or now < until) for since, until in spans)
        assert is_held(session, SUBJECT, at(now)) is expected

"""What is in force for a sender: by its dates alone, told downwards, and the same for everybody."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from support.desk import Desk
from support.mail import START

from triage.core.access import SYSTEM
from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.core.ids import new_id
from triage.senders.standing.queries import standing_of
from triage.senders.standing.rules import (
    NOTHING,
    Measure,
    Standing,
    Term,
    in_force,
    later,
    standing_at,
)
from triage.senders.standing.service import end_standing, set_standing
from triage.senders.standing.tables import SenderStanding
from triage.senders.standing.words import standing_words

SECOND = timedelta(seconds=1)
moments = st.integers(0, 400 * 24 * 60).map(lambda one: START + timedelta(minutes=one))


def sender(desk: Desk, **fields: object) -> str:
    found = desk.row(desk.arrive("[low] a letter", **fields)).sender_id
    assert found is not None
    return found


def set_(desk: Desk, sender_id: str, source_id: str, **changes: object) -> None:
    given_ = {
        "sender_id": sender_id,
        "measure": Measure.CEASE_CONTACT,
        "source_id": source_id,
        "since": desk.now,
        "until": None,
    }
    desk.do(desk.dora, set_standing, **(given_ | changes))


def held(desk: Desk, sender_id: str) -> Standing:
    return desk.read(standing_of, sender_ids=[sender_id], at=desk.now).get(sender_id, NOTHING)


def test_a_measure_holds_from_its_start_and_not_one_second_past_its_end(desk: Desk) -> None:
    one = sender(desk)
    day = timedelta(days=1)
    set_(desk, one, new_id(), since=START + day, until=START + 2 * day)
    assert held(desk, one) == NOTHING
    desk.move(days=1)
    assert held(desk, one).cease_contact
    desk.clock.move(day - SECOND)
    assert held(desk, one).cease_contact
    desk.clock.move(SECOND)
    assert held(desk, one) == NOTHING, "no job has run"


def test_said_again_by_the_same_source_it_changes_nothing_but_may_last_longer(desk: Desk) -> None:
    one, source, until = sender(desk), new_id(), START + timedelta(days=1)
    since = desk.now
    for _ in range(2):
        set_(desk, one, source, until=until)
    assert desk.count(SenderStanding) == 1
    assert len(desk.events("standing_set", source)) == 1
    set_(desk, one, source, since=since, until=until + timedelta(days=5))
    set_(desk, one, source, since=since, until=until)
    assert held(desk, one).until == until + timedelta(days=5), "it is never shortened this way"
    set_(desk, one, source, since=since, until=None)
    assert held(desk, one).until is None
    other = sender(desk, from_address="b@example.org")
    for who, begins in ((other, since), (one, until)):
        with pytest.raises(Invalid):
            set_(desk, who, source, since=begins)


def test_what_has_ended_does_not_begin_again_by_being_said_again(desk: Desk) -> None:
    one, source = sender(desk), new_id()
    since = desk.now
    set_(desk, one, source)
    set_(desk, one, source, measure=Measure.SERVICE_BLOCK)
    for _ in range(2):
        desk.do(SYSTEM, end_standing, source_id=source, at=desk.now)
    assert held(desk, one) == NOTHING
    assert len(desk.events("standing_ended", source)) == 2
    with pytest.raises(Conflict):
        set_(desk, one, source, since=since)


def test_p_msg_3_the_system_restricts_nobody(desk: Desk) -> None:
    one = sender(desk)
    given_ = {"sender_id": one, "source_id": new_id(), "since": desk.now, "until": None}
    for measure in Measure:
        if measure is Measure.ASKED_TO_CEASE:
            desk.do(SYSTEM, set_standing, measure=measure, **given_)
        else:
            with pytest.raises(NotAllowed):
                desk.do(SYSTEM, set_standing, measure=measure, **given_)
    assert held(desk, one).kinds == {Measure.ASKED_TO_CEASE}


def test_what_ends_before_it_begins_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid):
        set_(desk, sender(desk), new_id(), until=desk.now)


def test_one_sender_has_the_standing_of_all_its_sources(desk: Desk) -> None:
    one, other = sender(desk), sender(desk, from_address="other@example.org")
    set_(desk, one, new_id())
    desk.move(days=1)
    set_(desk, one, new_id(), measure=Measure.ASKED_TO_CEASE)
    found = held(desk, one)
    assert (found.cease_contact_since, found.asked_to_cease_at) == (START, desk.now)
    assert desk.read(standing_of, sender_ids=[one, other, None], at=desk.now) == {one: found}
    assert desk.read(standing_of, sender_ids=[], at=desk.now) == {}


def test_the_event_is_one_of_the_matter_that_gave_it_and_holds_ids_alone(desk: Desk) -> None:
    one, source, matter = sender(desk), new_id(), new_id()
    set_(desk, one, source, matter_id=matter)
    (event,) = desk.events("standing_set")
    assert event.matter_id == matter
    assert event.details == f'{{"measure":"cease_contact","sender":"{one}"}}'
    assert desk.events(matter_id=one) == []


def test_two_rows_of_one_source_and_measure_there_cannot_be(desk: Desk) -> None:
    one = sender(desk)

    def write(session: object) -> None:
        for _ in range(2):
            session.add(  # type: ignore[attr-defined]
                SenderStanding(sender_id=one, measure="x", source_id="s", since=desk.now)
            )

    with pytest.raises(IntegrityError):
        desk.triage.database.write(write)


def test_it_is_said_by_the_day_and_names_no_reason_and_nobody(desk: Desk) -> None:
    late = START.replace(month=7, day=3, hour=23, minute=30)
    found = Standing(kinds=frozenset(Measure), cease_contact_since=late, asked_to_cease_at=START)
    assert standing_words(found) == (
        "cease contact since 4 July 2026",  # by London's clock it is past midnight
        "blocked on a service",
        "blocked on a channel",
        "excluded from an event",
        "asked to stop on 2 March 2026",
    )
    assert standing_words(NOTHING) == ()


terms = st.builds(
    Term,
    measure=st.sampled_from(Measure),
    since=moments,
    until=st.none() | moments,
    ended_at=st.none() | moments,
)


@given(st.lists(terms, max_size=6), moments)
def test_whatever_was_given_the_standing_is_that_of_the_dates(
    given_: list[Term], at: datetime
) -> None:
    found = standing_at(given_, at)
    now = [one for one in given_ if in_force(one, at)]
    assert found.kinds == {one.measure for one in now}
    assert found == standing_at(now, at)
    for one in now:
        assert one.since <= at
        assert one.until is None or at < one.until
        assert one.ended_at is None or at < one.ended_at
        if one.measure is Measure.CEASE_CONTACT:
            assert found.cease_contact_since is not None
            assert found.cease_contact_since <= one.since
            assert found.until is None or (one.until is not None and one.until <= found.until)


@given(st.none() | moments, st.none() | moments)
def test_no_end_is_the_latest_end(one: datetime | None, other: datetime | None) -> None:
    assert later(one, other) == later(other, one)
    assert (later(one, other) is None) == (one is None or other is None)

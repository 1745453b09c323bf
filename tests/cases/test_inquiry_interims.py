"""Measures that hold meanwhile: quick, by one person, and never for long by one person's word."""

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from support.cases import came_in, found_in, give, held, inquired, row, staffed, take
from support.desk import Desk
from support.verdicts import does

from triage.cases.inquiry.queries import measures_now
from triage.cases.inquiry.rules import (
    Ending,
    Holds,
    MeasureKind,
    check_ratifier,
    in_force,
)
from triage.cases.inquiry.service import guards, interims
from triage.cases.inquiry.service.jobs import run_inquiries
from triage.cases.inquiry.tables import CaseInterim
from triage.cases.queries import board, waiting
from triage.cases.rules import State
from triage.cases.service import entering, handling
from triage.cases.service.stepping import load
from triage.cases.tables import Case
from triage.core.access import Action, can
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.roles import Role
from triage.letters.queries import letter
from triage.notify.tables import OutboxMail
from triage.staff.processes import Part

GIVEN: dict[str, Any] = {
    "who": "Norbert Vale", "kind": MeasureKind.STAY_AWAY, "why": "He followed her to the stairs",
    "place": "The whole of the hall",
}  # fmt: skip


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def on_site(desk: Desk) -> str:
    """A case in which Otto may set a measure."""
    case_id = inquired(desk)
    give(desk, case_id, Part.INTERIM_AUTHOR, desk.otto)
    return case_id


def measure(desk: Desk, case_id: str, actor: Any = None, **fields: Any) -> str:
    return desk.do(actor or desk.otto, interims.set_interim, case_id=case_id, **(GIVEN | fields))


def the(desk: Desk, case_id: str) -> Any:
    (one,) = found_in(desk, case_id).measures
    return one


def ratify(desk: Desk, case_id: str, actor: Any, *, agree: bool = True) -> None:
    one = the(desk, case_id)
    desk.do(
        actor, interims.ratify,
        interim_id=one.id, version=one.version, agree=agree, reason="It was needed",
    )  # fmt: skip


def event_of(desk: Desk) -> str:
    desk.do(
        desk.hope, entering.add_event,
        name="Open day", starts=desk.now, ends=desk.now + timedelta(days=1),
        on_site="The lead, 07700 900123",
    )  # fmt: skip
    with desk.triage.database.read() as session:
        from triage.cases.queries import events

        return events(session, viewer=desk.hope)[0].id


def test_p_tim_2_a_measure_is_set_in_five_fields_and_none_is_about_money() -> None:
    needed = inspect.signature(interims.interim_with_report).parameters
    fields = set(needed) - {"tx", "answers"}
    assert fields == {"who", "kind", "why", "event_id", "place", "until"}
    # an event, or a place: one field on the page
    assert len(fields - {"place"}) <= 5
    assert not any("refund" in one for one in (*fields, *CaseInterim.__table__.columns.keys()))


def test_p_tim_2_on_site_a_report_is_taken_down_and_a_measure_set_in_one_act(
    cases: Desk,
) -> None:
    event_id = event_of(cases)
    taken = cases.do(
        cases.otto, interims.interim_with_report,
        who="Norbert Vale", kind=MeasureKind.EXPULSION, why="[high] He pushed somebody",
        event_id=event_id,
    )  # fmt: skip
    assert taken.code
    assert taken.interim_id is not None
    given = {"at": cases.now, "settings": cases.triage.settings}
    (one,) = cases.read(waiting, viewer=cases.hal, **given)
    assert (one.event_id, one.happening_now) == (event_id, True)
    take(cases, one.id)
    found = found_in(cases, one.id, cases.hal)
    assert [each.in_force for each in found.measures] == [True]
    assert found.measures[0].author == "Otto"
    assert [each.name for each in found.parties] == ["Norbert Vale"]


def test_p_int_2_who_took_it_down_on_site_reads_nothing_of_it_afterwards(cases: Desk) -> None:
    taken = cases.do(cases.otto, interims.interim_with_report, **GIVEN)
    given = {"at": cases.now, "settings": cases.triage.settings}
    assert not cases.read(board, viewer=cases.otto, **given)
    (one,) = cases.read(waiting, viewer=cases.hal, **given)
    assert row(cases, one.id).entered_by == cases.otto.person_id
    with pytest.raises(NotFound):
        found_in(cases, one.id, cases.otto)
    assert taken.lapses is not None


def test_a_report_is_kept_though_who_took_it_down_may_have_no_part_in_it(cases: Desk) -> None:
    taken = cases.do(cases.otto, interims.interim_with_report, **(GIVEN | {"who": "Otto, I think"}))
    assert (taken.interim_id, taken.lapses) == (None, None)
    assert taken.code
    given = {"at": cases.now, "settings": cases.triage.settings}
    assert len(cases.read(waiting, viewer=cases.hal, **given)) == 1
    assert cases.count(CaseInterim) == 0


def test_p_tim_2_the_public_form_can_never_expel(cases: Desk) -> None:
    came_in(cases, happening_now=True)
    assert cases.count(CaseInterim) == 0


@pytest.mark.parametrize("role", Role)
def test_p_tim_2_whoever_is_on_duty_sets_one_and_nobody_else(cases: Desk, role: Role) -> None:
    actor = cases.add("neve", role)
    assert can(actor, Action.SET_INTERIM) is (role is Role.ON_DUTY)
    if role is not Role.ON_DUTY:
        with pytest.raises(NotAllowed):
            cases.do(actor, interims.interim_with_report, **GIVEN)


def test_p_tim_2_a_measure_may_be_set_in_any_open_case_and_in_none_that_has_ended(
    cases: Desk,
) -> None:
    case_id = came_in(cases)
    take(cases, case_id)
    give(cases, case_id, Part.INTERIM_AUTHOR, cases.otto)
    measure(cases, case_id)
    version = row(cases, case_id).version
    cases.do(
        cases.hal, handling.route_out,
        case_id=case_id, version=version, service="wdtk", reason="a matter of the site",
    )  # fmt: skip
    with pytest.raises(Conflict):
        measure(cases, case_id)
    assert not the_of_ended(cases, case_id).in_force, "it ended with the case"


def the_of_ended(desk: Desk, case_id: str) -> Any:
    (one,) = found_in(desk, case_id, desk.hal).measures
    return one


def test_p_tim_3_the_author_confirms_nothing_of_their_own_and_a_decider_does(
    cases: Desk,
) -> None:
    case_id = on_site(cases)
    measure(cases, case_id)
    for actor in (cases.otto, cases.ivo, cases.hal):
        with pytest.raises(NotAllowed):
            ratify(cases, case_id, actor)
    ratify(cases, case_id, cases.dee)
    one = the(cases, case_id)
    assert (one.ratified_by, one.in_force, one.over_at) == ("Dee", True, None)
    assert "dee" in held(cases, case_id)[Part.RATIFIER]
    cases.move(days=30)
    assert the(cases, case_id).in_force


def test_p_tim_3_even_as_a_decider_nobody_confirms_their_own() -> None:
    with pytest.raises(NotAllowed):
        check_ratifier("A", "A")
    check_ratifier("A", "B")


def test_p_tim_3_who_set_it_may_investigate_and_may_neither_handle_nor_decide(
    cases: Desk,
) -> None:
    cases.add("ola", Role.ON_DUTY, Role.INVESTIGATOR, Role.DECIDER, Role.HANDLER)
    case_id = inquired(cases)
    give(cases, case_id, Part.INVESTIGATOR, cases.ola)
    measure(cases, case_id, cases.ola)
    for part in (Part.HANDLER, Part.DECIDER, Part.RATIFIER):
        with pytest.raises(NotAllowed):
            give(cases, case_id, part, cases.ola)


def test_p_tim_3_one_second_past_its_time_it_is_not_in_force_though_no_job_ran(
    cases: Desk,
) -> None:
    case_id = on_site(cases)
    measure(cases, case_id)
    lapses = the(cases, case_id).lapses
    cases.clock.move(lapses - cases.now - timedelta(seconds=1))
    assert the(cases, case_id).in_force
    assert [one for one, _ in cases.read(measures_now, viewer=cases.hal, at=cases.now)] == [case_id]
    cases.move(seconds=1)
    assert not the(cases, case_id).in_force
    assert cases.read(measures_now, viewer=cases.hal, at=cases.now) == ()
    assert cases.count(CaseInterim) == 1
    with pytest.raises(Conflict):
        ratify(cases, case_id, cases.dee)
    assert row(cases, case_id).state == State.INVESTIGATING.value


def test_p_tim_3_that_it_is_over_is_written_down_and_somebody_tells_the_person(
    cases: Desk,
) -> None:
    case_id = on_site(cases)
    measure(cases, case_id)
    lapses = the(cases, case_id).lapses
    cases.clock.move(lapses - cases.now + timedelta(hours=1))
    run_inquiries(cases.triage.runner, cases.now)
    one = the(cases, case_id)
    assert (one.ending, one.over_at, one.to_tell) == (Ending.LAPSED, lapses, True)
    assert cases.events("interim_over", case_id)
    assert "tell_ended" in [task.kind for task in found_in(cases, case_id).tasks]
    letter_id = cases.do(
        cases.ivo, interims.begin_ended_letter, interim_id=one.id, version=one.version
    )
    text = cases.read(letter, viewer=cases.hal, letter_id=letter_id).shown.text
    assert "it was not confirmed" in text
    one = the(cases, case_id)
    cases.do(cases.ivo, interims.tell_ended, interim_id=one.id, version=one.version, how="By phone")
    assert not the(cases, case_id).to_tell


@pytest.mark.parametrize(
    ("now", "lapses"),
    [
        # a Monday: 72 hours are more than two working days
        (datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 5, 9, tzinfo=UTC)),
        # a Thursday: the second working day is the Monday
        (datetime(2026, 3, 5, 9, tzinfo=UTC), datetime(2026, 3, 9, 17, tzinfo=UTC)),
        # over the four days of Easter, and never over seven days
        (datetime(2026, 4, 2, 9, tzinfo=UTC), datetime(2026, 4, 8, 16, tzinfo=UTC)),
    ],
)
def test_p_tim_3_alone_it_ends_with_the_second_working_day_and_not_under_72_hours(
    cases: Desk, now: datetime, lapses: datetime
) -> None:
    cases.clock.move(now - cases.now)
    case_id = on_site(cases)
    measure(cases, case_id)
    assert the(cases, case_id).lapses == lapses


def test_p_tim_3_whoever_may_confirm_it_is_reminded_at_half_time_and_on_the_last_day(
    cases: Desk,
) -> None:
    case_id = on_site(cases)
    measure(cases, case_id)
    assert run_inquiries(cases.triage.runner, cases.now) == 0
    cases.move(hours=36)
    assert run_inquiries(cases.triage.runner, cases.now) == 2
    assert run_inquiries(cases.triage.runner, cases.now) == 0
    cases.move(hours=12)
    assert run_inquiries(cases.triage.runner, cases.now) == 2


@pytest.mark.parametrize("upheld", [True, False])
def test_p_tim_3_with_the_finding_it_is_confirmed_or_it_ends(cases: Desk, upheld: bool) -> None:
    case_id = on_site(cases)
    measure(cases, case_id)

    def decide(tx: Tx) -> None:
        guards.end_interims(tx, load(tx, case_id), upheld=upheld)

    cases.triage.runner.run(cases.dee, decide)
    one = the(cases, case_id)
    assert one.in_force is upheld
    assert one.to_tell is not upheld
    cases.move(days=60)
    assert not the(cases, case_id).in_force, "what was decided has taken its place"


def test_p_tim_3_both_sides_go_on_while_it_holds(cases: Desk) -> None:
    case_id = on_site(cases)
    measure(cases, case_id)
    assert row(cases, case_id).state == State.INVESTIGATING.value
    assert [one.state.value for one in found_in(cases, case_id).notices] == ["due"]


def test_a_measure_ends_before_its_time_and_who_set_it_cannot_end_it(cases: Desk) -> None:
    case_id = on_site(cases)
    measure(cases, case_id)
    one = the(cases, case_id)
    given_ = {"interim_id": one.id, "version": one.version, "reason": "Not needed any more"}
    with pytest.raises(NotAllowed):
        cases.do(cases.otto, interims.lift, **given_)
    cases.do(cases.ivo, interims.lift, **given_)
    assert (the(cases, case_id).ending, the(cases, case_id).in_force) == (Ending.LIFTED, False)
    with pytest.raises(Conflict):
        cases.do(cases.ivo, interims.lift, **given_)


def test_a_measure_says_where_and_does_not_end_before_it_begins(cases: Desk) -> None:
    case_id = on_site(cases)
    with pytest.raises(Invalid):
        measure(cases, case_id, place=" ")
    with pytest.raises(Invalid):
        measure(cases, case_id, until=cases.now)
    measure(cases, case_id, until=cases.now + timedelta(hours=4))
    cases.move(hours=4)
    assert not the(cases, case_id).in_force
    assert the(cases, case_id).ending is Ending.EXPIRED


MOMENTS = st.integers(0, 400).map(lambda n: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=n))


@given(
    since=MOMENTS,
    lapses=MOMENTS,
    until=st.none() | MOMENTS,
    now=MOMENTS,
    ratified=st.booleans(),
    ended=st.none() | MOMENTS,
)
def test_p_tim_3_what_nobody_confirmed_never_holds_past_its_time(
    since: datetime,
    lapses: datetime,
    until: datetime | None,
    now: datetime,
    ratified: bool,
    ended: datetime | None,
) -> None:
    holds = in_force(Holds(since, lapses, until, ratified, ended), now)
    if holds:
        assert since <= now
        assert ratified or now < lapses
        assert until is None or now < until
        assert ended is None or now < ended
    assert not in_force(Holds(since, now, None, False, None), now)


def test_who_has_no_part_learns_of_no_measure(cases: Desk) -> None:
    case_id = on_site(cases)
    measure(cases, case_id)
    one = the(cases, case_id)
    for actor in (cases.hope, cases.ines, cases.dan):
        assert cases.read(measures_now, viewer=actor, at=cases.now) == ()
        with pytest.raises(NotFound):
            cases.do(
                actor, interims.ratify,
                interim_id=one.id, version=one.version, agree=True, reason="why",
            )  # fmt: skip
    assert [each for each, _ in cases.read(measures_now, viewer=cases.hal, at=cases.now)] == [
        case_id
    ]


def test_p_tim_3_who_is_to_confirm_a_measure_on_a_report_that_nobody_has_taken_is_named_and_told(
    cases: Desk,
) -> None:
    cases.do(cases.otto, interims.interim_with_report, **GIVEN)
    with cases.triage.database.read() as session:
        (case_id,) = session.scalars(select(Case.id)).all()
    (named,) = held(cases, case_id)[Part.RATIFIER]
    assert Role.DECIDER in cases.people[named].roles

    def told() -> int:
        run_inquiries(cases.triage.runner, cases.now)
        with cases.triage.database.read() as session:
            person_id = cases.people[named].person_id
            sent = select(OutboxMail).where(OutboxMail.person_id == person_id)
            return len(session.scalars(sent).all())

    before = told()
    cases.move(hours=40)
    assert told() > before
    does(cases, cases.people[named], handling.declare, case_id, ties=())
    with cases.triage.database.read() as session:
        one = session.scalars(select(CaseInterim)).one()
        given = {"interim_id": one.id, "version": one.version, "agree": True, "reason": "x"}
    cases.do(cases.people[named], interims.ratify, **given)
    with cases.triage.database.read() as session:
        assert session.scalars(select(CaseInterim.ratified_at)).one() is not None

"""How cases end: when, with what, and what is left (policy.md, Retention; P-POL-3, P-RTE-2)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from support.cases import begun, came_in, give, row, staffed, state, take, tick
from support.desk import Desk
from support.dumps import dump, holds
from support.ended_cases import (
    conclude,
    evidence_in,
    full_case,
    lift,
    not_upheld,
    on_task,
    referred,
    restricted,
    routed,
    told,
    told_until,
    upheld,
)
from support.ending import due_now, everything_stored, purge
from support.verdicts import act, ban, close, decided, does, notified, party, preview, seen

from triage.cases.inquiry.rules import MeasureKind
from triage.cases.inquiry.service import evidence, interims
from triage.cases.inquiry.tables import CaseInterim
from triage.cases.queries import case as read_case
from triage.cases.queries import mine
from triage.cases.rules import Finding, State
from triage.cases.service import handling, recusing
from triage.cases.tables import Case, CaseStub
from triage.cases.verdict.kept import counted_until
from triage.cases.verdict.rules import ActionKind
from triage.cases.verdict.service import appealing, erasing, setting_up, telling
from triage.cases.verdict.service.jobs import run_verdicts
from triage.cases.verdict.service.owned import OWNED
from triage.cases.verdict.tables import CaseOutcome
from triage.conduct.incidents import Ground, Party, Setting
from triage.core import data_keys
from triage.core.access import SYSTEM, Action, can
from triage.core.data_keys import DataKey
from triage.core.erasing import Due
from triage.core.errors import NotAllowed, NotFound, Unreadable
from triage.core.holds import HoldReason, hold, is_held, release
from triage.core.record import read_record
from triage.core.roles import Role
from triage.letters.tables import Letter
from triage.reports.answers import Answers, Person
from triage.reports.form.returning import NO_REPORT, own
from triage.reports.service.desk import enter_for
from triage.reports.service.steps import add_step
from triage.reports.tables import Report
from triage.reports.thread import StepKind
from triage.restrictions.codes import appeal_code
from triage.restrictions.queries.reach import known_to
from triage.restrictions.service import deciding as restriction_deciding
from triage.restrictions.service import tasks
from triage.restrictions.tables import Restriction
from triage.staff.processes import Part
from triage.trends.queries.incidents import incident_counts
from triage.trends.rules import Period, Span


@pytest.fixture
def cases(make_desk: Callable[..., Desk]) -> Desk:
    """A desk with a team for incident reports; on SQLite: these are rules of dates."""
    return with_a_team(make_desk())


@pytest.fixture
def both(desk: Desk) -> Desk:
    """The same on each of the two databases in turn: for what the store itself does."""
    return with_a_team(desk)


def with_a_team(desk: Desk) -> Desk:
    """With an address for letters and one for appeals."""
    desk.triage.settings = desk.triage.settings.model_copy(
        update={
            "letter_from": "conduct@charity.example.org",
            "appeal_address": "appeals@charity.example.org",
        }
    )
    return staffed(desk)


def found(desk: Desk, words: set[str]) -> dict[str, set[str]]:
    """Word -> the columns in which it stands, opened with every key that there is."""
    where: dict[str, set[str]] = {one: set() for one in words}
    for column, said in everything_stored(desk):
        for one in words:
            if one in said:
                where[one].add(column)
    return where


def erased(desk: Desk) -> set[str]:
    """What is erased now, all of it."""
    return set(purge(desk)[0])


def days(desk: Desk, name: str) -> int:
    """A line of the schedule."""
    return int(getattr(desk.triage.settings, name))


# -- what goes, and what stays


def test_everything_that_anybody_wrote_of_a_case_is_there_before_and_nowhere_after(
    desk: Desk,
) -> None:
    case_id, words = full_case(desk)
    assert [one for one, where in found(desk, words).items() if not where] == []
    desk.move(days=days(desk, "case_kept_days_upheld"))
    assert case_id in erased(desk)
    assert state(desk, case_id) is State.ERASED
    assert {one: where for one, where in found(desk, words).items() if where} == {}
    assert {one.__tablename__: desk.count(one) for one in OWNED if desk.count(one)} == {}
    assert isinstance(desk.chain(), int)


def test_every_key_and_every_sealed_byte_of_a_case_is_gone_from_the_file_and_from_dumps(
    desk: Desk,
) -> None:
    case_id, _ = full_case(desk)
    with desk.triage.database.read() as session:
        keys = list(session.scalars(select(DataKey.wrapped_for_desk)))
        sealed = [
            bytes(one) for (one,) in session.execute(text("SELECT data FROM case_evidence")) if one
        ]
        sealed += [bytes(one) for (one,) in session.execute(text("SELECT data FROM report_files"))]
        sealed += [bytes(one) for (one,) in session.execute(text("SELECT answers FROM reports"))]
    assert len(sealed) == 3
    looked_for = [one for one in [*keys, *(one[-60:] for one in sealed)] if one]
    before = dump(desk)
    assert all(holds(before, one) for one in looked_for)
    desk.move(days=days(desk, "case_kept_days_upheld"))
    assert case_id in erased(desk)
    after = dump(desk)
    assert [one for one in looked_for if holds(after, one)] == []


def test_what_stays_of_a_case_is_a_row_of_ids_and_codes_that_nobody_is_shown(cases: Desk) -> None:
    case_id = not_upheld(cases, event="open-day", happening_now=True, service_too=True)
    cases.move(days=days(cases, "case_kept_days"))
    assert case_id in erased(cases)
    left = row(cases, case_id)
    assert (left.state, left.finding, left.event_id) == ("erased", None, None)
    flags = {left.happening_now, left.service_too, left.held_outside, left.muted}
    assert flags == {False}
    assert left.received_at == left.opened_at
    assert left.received_at.day == 1 or left.received_at.hour == 23  # of a month, by London's clock
    given: dict[str, Any] = {"at": cases.now, "settings": cases.triage.settings}
    for viewer in [one for one in cases.people.values() if can(one, Action.READ_CASES)]:
        assert cases.read(mine, viewer=viewer, ended=True, **given) == ()
        with pytest.raises(NotFound):
            cases.read(read_case, viewer=viewer, case_id=case_id, **given)
    with pytest.raises(NotFound):
        does(cases, cases.hal, handling.reopen, case_id, reason="again", new_evidence=True)


def test_the_code_of_an_erased_report_is_answered_as_one_that_never_was(cases: Desk) -> None:
    def answer(code: str) -> tuple[type[Exception], str]:
        def look(session: Any) -> None:
            own(session, cases.triage.vault, code)

        with pytest.raises(Unreadable) as refused:
            cases.triage.database.write(look)
        return type(refused.value), str(refused.value)

    report_id, code = cases.do(SYSTEM, enter_for, answers=Answers(description="[medium] Loud."))
    tick(cases)
    with cases.triage.database.read() as session:
        case_id = session.scalars(select(Case.id).where(Case.report_id == report_id)).one()
    with pytest.raises(NotAllowed, match="Change the code"):
        cases.triage.database.write(lambda session: own(session, cases.triage.vault, code))
    does(cases, cases.hal, handling.declare, case_id, ties=())
    does(cases, cases.hal, handling.route_out, case_id, service="fixmystreet", reason="x")
    cases.move(days=days(cases, "keep_routed_days"))
    assert case_id in erased(cases)
    assert answer(code) == answer("0123-4567-89AB-CDEF-GHJK-MNPQ") == (Unreadable, NO_REPORT)
    with cases.triage.database.read() as session:
        assert session.get_one(Report, report_id).answers == b""


# -- when


def test_p_rte_2_a_complaint_that_was_passed_on_is_erased_on_the_short_schedule(
    both: Desk,
) -> None:
    case_id = routed(both, description="[medium] The map is wrong quixomel.")
    both.move(days=days(both, "keep_routed_days"), seconds=-1)
    assert due_now(both)["cases"] == []
    both.move(seconds=1)
    (due,) = due_now(both)["cases"]
    assert (due.matter_id, due.rule, due.until) == (case_id, "routed", both.now)
    assert erased(both) == {case_id}
    assert found(both, {"quixomel"}) == {"quixomel": set()}
    assert [one.matter_id for one in both.events("case_erase")] == [case_id]


def test_each_way_of_ending_has_its_line_of_the_schedule(cases: Desk) -> None:
    kept = {upheld(cases): "case_kept_days_upheld", not_upheld(cases): "case_kept_days"}
    in_hand = take(cases, came_in(cases))
    waiting = came_in(cases)
    began = cases.now
    for case_id, line in kept.items():
        with cases.triage.database.read() as session:
            settings = cases.triage.settings
            late = began + timedelta(days=days(cases, line))
            soon = late - timedelta(seconds=1)
            now = {one.matter_id for one in erasing._due(session, settings, soon, "", 99)}
            then = {one.matter_id for one in erasing._due(session, settings, late, "", 99)}
        assert case_id not in now
        assert case_id in then
    cases.move(days=4000)
    assert erased(cases) >= set(kept)
    assert state(cases, in_hand) is State.ACKNOWLEDGED
    assert state(cases, waiting) is State.SUBMITTED


def test_p_pol_3_a_case_of_which_the_police_have_a_report_is_held_by_its_id_and_said_to_be(
    both: Desk,
) -> None:
    case_id, referral_id = referred(both)
    both.move(days=days(both, "case_kept_days_upheld") + 1)
    gone, kept = purge(both)
    assert case_id in kept
    assert case_id not in gone
    assert referral_id not in {*gone, *kept}, "it is live"
    conclude(both, referral_id)
    both.move(days=days(both, "police_hold_days"), seconds=-1)
    gone, kept = purge(both)
    assert case_id in kept
    both.move(seconds=1)
    assert {case_id, referral_id} <= erased(both)
    assert found(both, {"quixomel"}) == {"quixomel": set()}


def test_a_claim_before_a_tribunal_holds_a_case_and_what_came_of_it(cases: Desk) -> None:
    case_id, restriction_id = restricted(cases)
    lift(cases, restriction_id)
    on_task(cases, restriction_id, tasks.remove)
    held = cases.do(
        SYSTEM, hold, subject_id=restriction_id, reason=HoldReason.TRIBUNAL, owner="test"
    )
    cases.move(days=3000)
    assert {case_id, restriction_id} <= set(purge(cases)[1])
    cases.do(SYSTEM, release, hold_id=held, owner="test")
    assert {case_id, restriction_id} <= erased(cases)


def test_an_upheld_case_is_kept_two_years_after_the_last_restriction_that_came_of_it(
    both: Desk,
) -> None:
    case_id, restriction_id = restricted(both)
    both.move(days=days(both, "case_kept_days_upheld") + 100)
    assert due_now(both)["cases"] == [], "it still holds"
    lift(both, restriction_id)
    on_task(both, restriction_id, tasks.remove)
    both.move(days=days(both, "case_kept_days_upheld"), seconds=-1)
    assert purge(both)[0] == []
    both.move(seconds=1)
    assert {case_id, restriction_id} <= erased(both)
    assert found(both, {"quixomel"}) == {"quixomel": set()}


def test_it_is_kept_no_longer_than_the_person_reported_was_told(cases: Desk) -> None:
    case_id = told(cases)
    day = told_until(cases, case_id)
    with cases.triage.database.read() as session:
        (due,) = erasing._due(session, cases.triage.settings, day, "", 99)
    assert (due.matter_id, due.until) == (case_id, day)


def test_while_something_is_restricted_no_day_is_told_but_how_long_after_it(cases: Desk) -> None:
    case_id = decided(
        cases, notified(cases), Finding.UPHELD, (ActionKind.RESTRICTION,), balance=False
    )
    who = party(cases, case_id)
    does(
        cases, cases.dee, setting_up.add_restriction, case_id,
        draft=ban(cases, "social"), party_id=who,
    )  # fmt: skip
    act(cases, case_id)
    sven = cases.add("sven", Role.SERVICE_ADMIN)
    cases.do(cases.ada, tasks.set_scope, person_id=sven.person_id, target="social")
    on_task(cases, str(seen(cases, case_id).actions[0].child_id), tasks.apply)
    run_verdicts(cases.triage.runner, cases.now)
    letter_id = does(
        cases, cases.hal, telling.tell_subject, case_id, party_id=who, follows="A block."
    )
    text_ = " ".join(preview(cases, letter_id).shown.text.split())
    assert "at the earliest: for as long as what follows from it lasts" in text_
    assert f"for {days(cases, 'case_kept_days_upheld')} days after it has ended" in text_
    assert seen(cases, case_id).outcomes[0].kept_until is None


def test_a_measure_that_still_holds_keeps_the_case(cases: Desk) -> None:
    case_id = begun(cases)
    give(cases, case_id, Part.INTERIM_AUTHOR, cases.otto)
    cases.do(
        cases.otto, interims.set_interim, case_id=case_id, who="Quentin", kind=MeasureKind.OTHER,
        why="They came back.", place="the hall",
    )  # fmt: skip
    with cases.triage.database.read() as session:
        measure = session.scalars(select(CaseInterim)).one()
        which = {"interim_id": measure.id, "version": measure.version}
    cases.do(cases.dee, interims.ratify, agree=True, reason="yes", **which)
    cases.triage.settings = cases.triage.settings.model_copy(update={"case_kept_days_upheld": 1})
    close(cases, act_on_nothing(cases, case_id))
    cases.move(days=2)
    assert due_now(cases)["cases"] == [], "it holds for some days after the decision"
    cases.move(days=60)
    assert [one.matter_id for one in due_now(cases)["cases"]] == [case_id]


def act_on_nothing(desk: Desk, case_id: str) -> str:
    """It is upheld, and nothing follows."""
    decided(desk, case_id, Finding.UPHELD, (ActionKind.NONE,))
    act(desk, case_id)
    return case_id


def test_an_appeal_that_nobody_has_decided_keeps_the_case(cases: Desk) -> None:
    case_id = told(cases)
    with cases.triage.database.read() as session:
        outcome = session.scalars(select(CaseOutcome.id)).one()
    code = appeal_code(cases.triage.keys, outcome)
    cases.do(
        cases.ana, appealing.record_appeal, code=code, words="I was not there.", came_at=cases.now
    )
    cases.move(days=3000)
    assert due_now(cases)["cases"] == []
    assert state(cases, case_id) is State.CLOSED


def test_what_a_reporter_wrote_and_nobody_has_read_keeps_the_case(cases: Desk) -> None:
    case_id = routed(cases)
    report_id = row(cases, case_id).report_id

    def write(tx: Any) -> None:
        add_step(
            tx.session, tx.vault, report_id=report_id, kind=StepKind.TEXT, text="One more thing.",
            from_reporter=True, at=tx.now,
        )  # fmt: skip

    cases.do(SYSTEM, write)
    cases.move(days=400)
    assert due_now(cases)["cases"] == []
    tick(cases)
    assert [one.matter_id for one in due_now(cases)["cases"]] == [case_id]


def test_a_case_that_was_taken_up_again_meanwhile_is_not_erased(cases: Desk) -> None:
    case_id = routed(cases)
    cases.move(days=days(cases, "keep_routed_days"))
    (due,) = due_now(cases)["cases"]
    does(cases, cases.hal, handling.reopen, case_id, reason="new", new_evidence=True)
    assert not cases.do(SYSTEM, erasing._erase, due=due)
    assert state(cases, case_id) is State.ACKNOWLEDGED


def test_nobody_but_the_system_erases(cases: Desk) -> None:
    case_id = routed(cases)
    cases.move(days=400)
    due = Due(case_id, "routed", cases.now)
    for who in ("hal", "dee", "ada", "max"):
        with pytest.raises(NotAllowed):
            cases.do(getattr(cases, who), erasing._erase, due=due)


def test_p_rec_4_who_had_no_part_in_a_case_has_none_in_its_restriction_once_it_is_erased(
    both: Desk,
) -> None:
    case_id, restriction_id = restricted(both)
    both.do(both.dee, recusing.recuse, case_id=case_id)
    with both.triage.database.read() as session:
        version = session.get_one(Restriction, restriction_id).version
    both.do(
        both.dan, restriction_deciding.lift,
        restriction_id=restriction_id, version=version, reason="enough",
    )  # fmt: skip
    both.move(days=800)
    assert purge(both)[0] == [case_id], "the block is still to be taken out of the channel"

    def knows(who: str) -> bool:
        found = select(Restriction.id).where(known_to(getattr(both, who)))
        with both.triage.database.read() as session:
            return restriction_id in session.scalars(found).all()

    assert (knows("dee"), knows("dan")) == (False, True)


# -- what is counted


def counted(desk: Desk) -> list[Any]:
    period = Period.of(desk.now.date(), Span.YEAR)
    month = [
        (one.id, one.received.replace(day=1), one.setting, one.role, one.grounds)
        for one in desk.read(incident_counts, period=period)
    ]
    return sorted(month)


def test_what_the_trends_count_is_the_same_before_and_after(both: Desk) -> None:
    given: dict[str, Any] = {
        "setting": Setting.ONLINE, "grounds": (Ground.AGE,),
        "subjects": (Person(name="Quentin Vole", party=Party.VOLUNTEER),),
    }  # fmt: skip
    gone = {not_upheld(both, **given), routed(both, **given)}
    came_in(both)
    before = counted(both)
    assert len(before) == 2
    both.move(days=days(both, "case_kept_days"))
    assert erased(both) >= gone
    assert counted(both) == before
    assert not found(both, {"Quentin Vole"})["Quentin Vole"]


def test_a_case_whose_report_was_erased_before_its_time_still_counts(cases: Desk) -> None:
    case_id = not_upheld(cases)
    cases.do(SYSTEM, data_keys.destroy, owner_id=row(cases, case_id).report_id)
    cases.move(days=days(cases, "case_kept_days"))
    assert case_id in erased(cases)
    assert [one[0] for one in counted(cases)] == [case_id]


def test_once_no_release_counts_it_nothing_is_left_but_the_record(cases: Desk) -> None:
    case_id = not_upheld(cases)
    report_id = row(cases, case_id).report_id
    cases.move(days=days(cases, "case_kept_days"))
    assert case_id in erased(cases)
    until = counted_until(row(cases, case_id).received_at)
    cases.move(seconds=(until - cases.now).total_seconds() - 1)
    assert case_id not in erased(cases)
    cases.move(seconds=1)
    assert case_id in erased(cases)
    for table, wanted in ((Case, case_id), (Report, report_id)):
        with cases.triage.database.read() as session:
            assert session.get(table, wanted) is None
    assert cases.count(CaseStub) == 0
    assert cases.events(matter_id=case_id)
    assert isinstance(cases.chain(), int)


# -- messages that are evidence, letters, custody


def test_a_message_that_is_evidence_is_held_until_the_case_is_erased(cases: Desk) -> None:
    cases.add("rhea", Role.REVIEWER, Role.HANDLER)

    def taken() -> str:
        return take(cases, came_in(cases), cases.rhea)

    def ends(case_id: str) -> None:
        given = {"service": "wdtk", "reason": "it is that"}
        does(cases, cases.rhea, handling.route_out, case_id, **given)

    def stands() -> bool:
        with cases.triage.database.read() as session:
            return is_held(session, message_id, cases.now)

    first, second = taken(), taken()
    message_id = evidence_in(cases, first)
    cases.do(cases.rhea, evidence.add_message, case_id=second, message_id=message_id, title="It")
    assert stands()
    ends(first)
    cases.move(days=days(cases, "keep_routed_days"))
    assert erased(cases) == {first}
    assert stands(), "another case rests on it"
    ends(second)
    cases.move(days=days(cases, "keep_routed_days"), seconds=-1)
    assert stands()
    cases.move(seconds=1)
    assert erased(cases) == {second}
    assert not stands()


def test_a_letter_that_was_left_of_something_erased_goes_by_itself(cases: Desk) -> None:
    case_id = told(cases)
    with cases.triage.database.read() as session:
        letters = set(session.scalars(select(Letter.id)))
    assert len(letters) == 2
    assert due_now(cases)["letters"] == []
    cases.do(SYSTEM, data_keys.destroy, owner_id=case_id)
    assert {one.matter_id for one in due_now(cases)["letters"]} == letters


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_custody SET person_id = 'x'",
        "DELETE FROM case_custody",
        "UPDATE case_custody SET sequence = sequence + 10",
    ],
)
def test_who_had_a_piece_of_evidence_is_not_changed_while_its_case_stands(
    desk: Desk, statement: str
) -> None:
    full_case(desk)

    def change(session: Any) -> None:
        session.execute(text(statement))

    with pytest.raises(DBAPIError, match="never changed"):
        desk.triage.database.write(change)


def test_a_row_of_custody_is_not_put_in_place_of_another(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    full_case(desk)
    replace = text(
        "INSERT OR REPLACE INTO case_custody SELECT 'other', case_id, item_id, sequence, at, 'x', "
        "act FROM case_custody LIMIT 1"
    )
    with pytest.raises(DBAPIError, match="never changed"):
        desk.triage.database.write(lambda session: session.execute(replace))


def test_p_con_1_what_stands_on_the_record_of_an_erased_case_is_shown_to_nobody(
    cases: Desk,
) -> None:
    case_id = routed(cases)

    def seen_by(name: str) -> set[str]:
        page = cases.read(read_record, viewer=getattr(cases, name), matter_id=case_id)
        return {one.code for one in page.rows}

    cases.move(days=days(cases, "keep_routed_days"))
    assert case_id in erased(cases)
    for name in ("dee", "dan", "dora", "ana"):
        assert seen_by(name) == set()
    assert cases.events(matter_id=case_id)

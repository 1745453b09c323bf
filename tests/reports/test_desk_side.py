"""The desk's side of reports: entered, opened once, taken in, answered, published."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from support.desk import Desk

from triage.conduct.incidents import PublicStatus
from triage.core.commands import Tx
from triage.core.data_keys import destroy
from triage.core.envelope import receipt_lookup
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.sealed import ERASED
from triage.reports import published, service
from triage.reports.answers import Answers, Person
from triage.reports.published import Event, Member
from triage.reports.queries import report_answers, shown_to_all, thread
from triage.reports.service.steps import add_step
from triage.reports.tables import Report, ReportMessage
from triage.reports.thread import StepKind

ACCOUNT = Answers(description="the obstreperous account", subjects=(Person(name="Pat Example"),))


def enter(desk: Desk, answers: Answers = ACCOUNT) -> tuple[str, str]:
    return desk.do(desk.ana, service.enter_for, answers=answers)


def write(desk: Desk, report_id: str, words: str = "more words") -> str:
    """What the reporter writes, as the form writes it."""

    def work(tx: Tx) -> str:
        place = {"report_id": report_id, "kind": StepKind.TEXT, "from_reporter": True}
        return add_step(tx.session, tx.vault, **place, text=words, at=tx.now)

    return desk.do(desk.ana, work)


def test_p_int_2_what_a_colleague_enters_is_sealed_and_its_code_must_be_changed(
    desk: Desk,
) -> None:
    given = replace(ACCOUNT, taken_by=desk.ana.person_id)
    report_id, code = enter(desk, given)
    with desk.triage.database.read() as session:
        row = session.get_one(Report, report_id)
        assert row.must_change_code is True
        assert row.status == PublicStatus.RECEIVED
        assert row.lookup == receipt_lookup(code)
        assert b"obstreperous" not in row.answers
        found = report_answers(session, vault=desk.triage.vault, report_id=report_id)
    assert found == given


def test_nothing_to_say_is_no_report(desk: Desk) -> None:
    with pytest.raises(Invalid):
        enter(desk, Answers(description=" "))
    assert desk.count(Report) == 0


def test_reports_wait_oldest_first_and_are_opened_once(desk: Desk) -> None:
    first, _ = enter(desk)
    desk.move(minutes=1)
    second, _ = enter(desk)
    assert desk.do(desk.ana, service.waiting) == [first, second]
    assert desk.do(desk.ana, service.waiting, limit=1) == [first]
    opened = desk.do(desk.ana, service.open_report, report_id=first)
    assert (opened.answers, opened.files, opened.event_code) == (ACCOUNT, (), None)
    assert desk.do(desk.ana, service.waiting) == [second]
    with pytest.raises(Conflict):
        desk.do(desk.ana, service.open_report, report_id=first)
    with pytest.raises(NotFound):
        desk.do(desk.ana, service.open_report, report_id="nothing")


def test_two_desks_do_not_wait_for_each_other(make_desk: Callable[..., Desk]) -> None:
    """On PostgreSQL a report that another transaction has in hand is passed over; SQLite has one
    writer at a time."""
    desk = make_desk("postgresql")
    first, _ = enter(desk)
    second, _ = enter(desk)
    with desk.triage.database.engine.begin() as other:
        other.execute(text("SELECT id FROM reports WHERE id = :id FOR UPDATE"), {"id": first})
        assert desk.do(desk.ana, service.waiting) == [second]


def test_what_a_reporter_writes_comes_in_once_the_report_is_open(desk: Desk) -> None:
    report_id, _ = enter(desk)
    one = write(desk, report_id)
    desk.do(desk.ana, service.say, report_id=report_id, text="ours")
    assert desk.do(desk.ana, service.incoming) == []
    desk.do(desk.ana, service.open_report, report_id=report_id)
    (found,) = desk.do(desk.ana, service.incoming)
    assert (found.id, found.report_id, found.kind, found.text) == (
        one,
        report_id,
        StepKind.TEXT,
        "more words",
    )
    for _ in range(2):
        desk.do(desk.ana, service.take_in, message_id=one)
    assert desk.do(desk.ana, service.incoming) == []
    with pytest.raises(NotFound):
        desk.do(desk.ana, service.take_in, message_id="nothing")


def test_the_thread_holds_both_sides_in_order_and_each_new_status_once(desk: Desk) -> None:
    report_id, _ = enter(desk)
    write(desk, report_id)
    desk.do(desk.ana, service.say, report_id=report_id, text=" ours ")
    for _ in range(2):
        status = PublicStatus.BEING_LOOKED_AT
        desk.do(desk.ana, service.set_status, report_id=report_id, status=status)
    rows = desk.read(thread, vault=desk.triage.vault, report_id=report_id)
    assert [(one.sequence, one.from_reporter, one.kind, one.text) for one in rows] == [
        (1, True, StepKind.TEXT, "more words"),
        (2, False, StepKind.TEXT, "ours"),
        (3, False, StepKind.STATUS, "being_looked_at"),
    ]
    with desk.triage.database.read() as session:
        assert session.get_one(Report, report_id).status == "being_looked_at"
        sealed = [one.text for one in session.query(ReportMessage)]
    assert not any(b"words" in one or b"ours" in one for one in sealed)
    with pytest.raises(Invalid):
        desk.do(desk.ana, service.say, report_id=report_id, text=" ")


def test_what_was_erased_is_said_to_be_and_stops_nothing(desk: Desk) -> None:
    report_id, _ = enter(desk)
    desk.do(desk.ana, service.open_report, report_id=report_id)
    write(desk, report_id)
    desk.do(desk.ana, destroy, owner_id=report_id)
    assert [one.text for one in desk.do(desk.ana, service.incoming)] == [ERASED]


def test_what_is_published_is_read_by_the_form_and_replaced(desk: Desk) -> None:
    team = (Member(desk.ana.person_id, "Ana"), Member(desk.ben.person_id, "Ben <b>"))
    events = (Event("Open26", "Open day", "Call Ana on 07700 900123"),)
    until = desk.now + timedelta(hours=1)
    for key, value in (
        (published.TEAM, published.team_value(team)),
        (published.EVENTS, published.events_value(events)),
        (published.ON_DUTY, published.duty_value(None)),
        (published.ON_DUTY, published.duty_value(until)),
    ):
        desk.do(desk.ana, service.publish, key=key, value=value)
    found = desk.read(shown_to_all)
    assert (found.team, found.events) == (team, events)
    assert found.event(" open 26 ") == events[0]
    assert found.event("other") is None
    assert not found.nobody_on_duty(desk.now)
    assert found.nobody_on_duty(until)
    with pytest.raises(ValueError, match="reads nothing"):
        desk.do(desk.ana, service.publish, key="news", value=1)


def test_what_the_form_cannot_read_counts_as_not_published() -> None:
    for key, value in (
        ("on_duty", "{}"),
        ("on_duty", '{"until": "soon"}'),
        ("on_duty", '{"until": "2026-03-02T09:00:00"}'),
        ("team", '[{"id": 5, "name": "Ana"}, 7]'),
        ("events", "{"),
    ):
        assert published.read({key: value}) == published.Published()
    nobody = published.read({"on_duty": '{"until": null}'})
    assert nobody.nobody_on_duty(datetime(2026, 3, 2, tzinfo=UTC))
    assert not published.Published().nobody_on_duty(datetime(2026, 3, 2, tzinfo=UTC))

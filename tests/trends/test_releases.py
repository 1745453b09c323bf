"""Releases: made once of a closed period, never changed, and the same for all who read them."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError
from support.desk import Desk

from triage.core.access import CONSOLE
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.messages.stubs.rules import counted_month
from triage.messages.stubs.service import leave_stub
from triage.messages.tables import Message
from triage.staff.calendar import local_day
from triage.trends import service
from triage.trends.assurance import Check
from triage.trends.gate import Problem
from triage.trends.queries.belonging import counted
from triage.trends.queries.counting import gather
from triage.trends.queries.reading import frozen, made, published
from triage.trends.rules import Period
from triage.trends.tables import FrozenRelease, Publication

Make = Callable[..., service.Made]
NEXT = datetime(2026, 12, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _later(desk: Desk) -> None:
    """The months that these tests speak of are over."""
    desk.clock.move(NEXT - desk.now)


def figures(desk: Desk, code: str) -> dict[str, str]:
    found = {one.release.period.code: one.release for one in desk.read(published, viewer=desk.max)}
    release = found[code]
    return {f"{one.view}/{row.key}": row.messages for one in release.tables for row in one.rows}


def test_a_release_counts_its_month_and_is_read_once_it_is_published(
    desk: Desk, mail, make: Make
) -> None:
    mail.month(2026, 10, 23)
    mail.month(2026, 9, 40)
    made_release = make("2026-10", publish=False)
    assert desk.read(published, viewer=desk.max) == ()
    command = partial(service.publish, release_id=made_release.release_id)
    desk.triage.runner.run(CONSOLE, command)
    found = figures(desk, "2026-10")
    assert found["received/all"] == "25"
    assert found["flagged/all"] == "few"


def test_only_who_may_reads_makes_or_publishes(desk: Desk, mail, make: Make) -> None:
    mail.month(2026, 10, 23)
    release_id = make("2026-10", publish=False).release_id
    for name in ("ana", "ada", "kit", "gus"):
        with pytest.raises(NotAllowed):
            desk.read(published, viewer=desk.people[name])
    for name in ("ana", "max", "dora"):
        with pytest.raises(NotAllowed):
            desk.do(desk.people[name], service.publish, release_id=release_id)
        with pytest.raises(NotAllowed):
            service.make(desk.triage.runner, desk.people[name], period=Period.parse("2026-09"))
        with pytest.raises(NotAllowed):
            desk.read(made, viewer=desk.people[name])


def test_p_sum_1_a_release_is_never_made_again_whatever_came_in_since(
    desk: Desk, mail, make: Make
) -> None:
    mail.month(2026, 10, 23)
    make("2026-10")
    before = figures(desk, "2026-10")
    mail.month(2026, 10, 40, came_in=desk.now)
    with pytest.raises(Conflict, match="never made again"):
        make("2026-10")
    assert figures(desk, "2026-10") == before


def test_p_sum_1_a_late_record_counts_in_the_next_release_and_once(
    desk: Desk, mail, make: Make
) -> None:
    october = datetime(2026, 10, 20, 12, tzinfo=UTC)
    for late in (timedelta(days=3), timedelta(days=30)):
        for _ in range(20):
            mail.arrive(october, came_in=october + late)
    make("2026-10")
    make("2026-11")
    assert figures(desk, "2026-10")["received/all"] == "20"
    assert figures(desk, "2026-11")["received/all"] == "20"


def test_the_query_counts_each_message_in_the_month_that_the_rule_says(desk: Desk, mail) -> None:
    days = [datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=31 * n) for n in range(60)]
    for number, day in enumerate(days):
        mail.arrive(day, came_in=day + timedelta(days=(number * 7) % 45 - 2))
    months = [Period.parse(f"2026-{m:02d}") for m in (9, 10, 11, 12)] + [Period.parse("2027-01")]
    seen = 0
    with desk.triage.database.read() as session:
        for month in months:
            for one in session.scalars(select(Message).where(counted(month))):
                came = local_day(one.imported_at)
                assert counted_month(local_day(one.received_at), came) == month.code
                seen += 1
    assert seen == len(days)


def test_a_period_that_is_not_over_for_a_week_is_not_released(desk: Desk, make: Make) -> None:
    with pytest.raises(Invalid, match="2027-01-08"):
        make("2026-12")
    with pytest.raises(Invalid):
        make("2026-Q4")


def test_p_sum_1_stubs_of_erased_messages_count_with_the_living_each_once(
    desk: Desk, mail, make: Make
) -> None:
    day = datetime(2026, 9, 8, 9, tzinfo=UTC)
    said = {"decided": day + timedelta(hours=2), "dispositions": ["threatening"]}
    ids = [mail.arrive(day, sender=f"s{n % 12}", severity="high", **said) for n in range(24)]

    def tables() -> dict[object, tuple[int, int]]:
        with desk.triage.database.read() as session:
            found = gather(session, period=Period.parse("2026-Q3"), keys=desk.triage.keys)
        return {node: (one.messages, one.people) for node, one in found.items()}

    before = tables()
    assert before["decided", "kind", "threatening"] == (24, 12)

    def erase(tx) -> None:
        for one in ids[::2]:
            message = tx.session.get(Message, one)
            leave_stub(tx, message)
            tx.session.delete(message)

    desk.triage.runner.run(CONSOLE, erase)
    after = tables()
    assert {node: n for node, n in after.items() if node[1] != "wait"} == {
        node: n for node, n in before.items() if node[1] != "wait"
    }


@pytest.mark.parametrize("table", [FrozenRelease, Publication])
def test_the_database_refuses_to_change_or_forget_a_release(
    desk: Desk, mail, make: Make, table: type
) -> None:
    mail.month(2026, 10, 23)
    make("2026-10")
    column = "period" if table is FrozenRelease else "by"
    for statement in (update(table).values({column: "x"}), delete(table)):
        with pytest.raises(DatabaseError, match="never changed"):
            desk.triage.database.write(lambda session, s=statement: session.execute(s))
    with pytest.raises(DatabaseError):
        desk.triage.database.write(
            lambda session: session.execute(
                text(
                    "INSERT INTO releases SELECT 'other', period, first_day, last_day, data, "
                    "data_hash, code_version, rules_version, gate, made_by, made_at FROM releases"
                )
            )
        )


def test_a_release_that_was_changed_behind_our_back_is_not_shown_and_stops_the_next(
    desk: Desk, mail, make: Make
) -> None:
    mail.month(2026, 10, 23)
    release_id = make("2026-10").release_id

    def tamper(session) -> None:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER releases_no_update"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        row = session.get(FrozenRelease, release_id)
        row.data = json.loads(json.dumps(row.data).replace('"25"', '"30"'))

    desk.triage.database.write(tamper)
    assert desk.read(published, viewer=desk.max) == ()
    with pytest.raises(Invalid, match="not as it was frozen"):
        desk.read(frozen)
    with pytest.raises(Invalid, match="not as it was frozen"):
        make("2026-09")


def test_what_the_gate_refuses_is_not_frozen_and_the_refusal_is_on_the_record(
    desk: Desk, mail, make: Make
) -> None:
    mail.month(2026, 10, 23)
    result = make("2026-10", gate=lambda _: [Problem("a cell", "a reason")])
    assert result.release_id is None
    assert result.protected.refused[0].cell == "a cell"
    assert desk.count(FrozenRelease) == 0
    assert [one.code for one in desk.events("release_refused")] == ["release_refused"]


def test_making_and_publishing_stand_on_the_record_with_the_hash(
    desk: Desk, mail, make: Make
) -> None:
    mail.month(2026, 10, 23)
    make("2026-10")
    (made_event,), (out,) = desk.events("release_made"), desk.events("release_published")
    assert json.loads(made_event.details)["hash"] == json.loads(out.details)["hash"]
    with pytest.raises(Conflict):
        desk.do(CONSOLE, service.publish, release_id=json.loads(out.details)["release"])
    with pytest.raises(NotFound):
        desk.do(CONSOLE, service.publish, release_id="x")


def test_a_release_made_meanwhile_makes_this_one_begin_again(desk: Desk, mail, make: Make) -> None:
    mail.month(2026, 10, 23)

    def gate(_) -> list[Problem]:
        if desk.count(FrozenRelease) == 0:
            make("2026-09")
        return []

    with pytest.raises(Conflict, match="meanwhile"):
        make("2026-10", gate=gate)


def test_nothing_from_outside_is_in_a_release(desk: Desk, mail, make: Make) -> None:
    for _ in range(30):
        mail.arrive(datetime(2026, 9, 8, tzinfo=UTC), service="quixotically", channel="zephyr",
                    decided=datetime(2026, 9, 9, tzinfo=UTC), subject="quixotically",
                    dispositions=["quixotically"], severity="quixotically")  # fmt: skip
    for code in ("2026-09", "2026-Q3"):
        make(code)
    stored = json.dumps([one.release.plain() for one in desk.read(published, viewer=desk.max)])
    assert "quixotically" not in stored
    assert "zephyr" not in stored
    assert figures(desk, "2026-09")["received/all"] == "30"


def test_senders_that_somebody_said_are_one_person_count_as_one(desk: Desk, mail) -> None:
    from triage.senders.tables import SenderLink

    ids = mail.month(2026, 10, 6)
    one, other = sorted(str(desk.row(i).sender_id) for i in ids[:2])

    def link(session) -> None:
        session.add(
            SenderLink(one_id=one, other_id=other, verdict="same", because=[], reason="x",
                       note=b"", by="x", at=desk.now)
        )  # fmt: skip

    desk.triage.database.write(link)
    with desk.triage.database.read() as session:
        found = gather(session, period=Period.parse("2026-10"), keys=desk.triage.keys)
    assert found["received", "", "all"].people == 5


def test_assurance_says_never_until_something_is_recorded(desk: Desk, mail, make: Make) -> None:
    desk.do(CONSOLE, service.record_check, kind=Check.FORM_UP, day=date(2026, 8, 3), held=False)
    with pytest.raises(Invalid):
        desk.do(CONSOLE, service.record_check, kind=Check.RESTORE, day=date(2027, 1, 1), held=True)
    with pytest.raises(NotAllowed):
        desk.do(desk.max, service.record_check, kind=Check.RESTORE, day=date(2026, 1, 1), held=True)
    make("2026-Q3")
    (one,) = desk.read(published, viewer=desk.dora)
    assert one.release.fact("restore") == "never"
    assert one.release.fact("form_up") == "2026-08-03:failed"
    assert one.release.fact("fallback_tried") == "never"
    assert one.release.fact("rota_uncovered_hours") == "520/520"
    assert one.release.fact("exposure") == "withheld"

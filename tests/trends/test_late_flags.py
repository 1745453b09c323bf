"""What is flagged, or decided, long after it came in: it counts in the next release of its kind."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from support.desk import Desk

from triage.core.access import SYSTEM
from triage.core.erasing import ASKED, Due
from triage.messages.service import flags, review
from triage.messages.service.erasing import erase_message
from triage.messages.stubs.rules import counted_month, flagged_month
from triage.staff.calendar import local_day
from triage.trends import service
from triage.trends.queries.counting import gather
from triage.trends.queries.reading import published
from triage.trends.rules import WITHHELD, Period, Span
from triage.trends.tally import Tally, merged
from triage.trends.views import Node

Make = Callable[..., service.Made]
START = datetime(2027, 1, 4, 9, tzinfo=UTC)
YEARS = [Period(one, 1, Span.YEAR) for one in (2027, 2028)]


@pytest.fixture(autouse=True)
def _new_year(desk: Desk) -> None:
    """The year that these tests speak of begins."""
    until(desk, START)


def until(desk: Desk, at: datetime) -> None:
    desk.clock.move(at - desk.now)


def day(month: int, number: int) -> datetime:
    return datetime(2027, month, number, 12, tzinfo=UTC)


def flag(desk: Desk, *ids: str) -> None:
    for one in ids:
        desk.do(desk.ana, flags.flag, message_id=one, note="please look")


def figure(desk: Desk, code: str, view: str = "flagged") -> str:
    found = {one.release.period.code: one.release for one in desk.read(published, viewer=desk.max)}
    return found[code].figure(view)


def tables(desk: Desk, period: Period) -> dict[Node, Tally]:
    with desk.triage.database.read() as session:
        return gather(session, period=period, keys=desk.triage.keys)


def flagged(found: dict[Node, Tally]) -> dict[Node, Tally]:
    return {node: one for node, one in found.items() if node[0] == "flagged"}


def test_p_sum_1_what_is_flagged_late_counts_in_the_next_release_and_the_quarter_stands(
    desk: Desk, mail, make: Make
) -> None:
    for month in (1, 2, 3):
        mail.month(2027, month, 20, decided=day(month, 11))
    quiet = mail.month(2027, 1, 14)
    until(desk, day(2, 9))
    make("2027-01")
    flag(desk, *quiet)
    until(desk, day(3, 9))
    make("2027-02")
    until(desk, day(4, 9))
    make("2027-03")
    quarter = make("2027-Q1")
    assert quarter.protected.hidden == ()
    assert [figure(desk, f"2027-0{n}") for n in (1, 2, 3)] == ["20", "35", "20"]
    assert figure(desk, "2027-Q1") == "75"


def test_p_sum_1_what_is_flagged_after_its_quarter_was_released_counts_in_the_next_quarter(
    desk: Desk, mail, make: Make
) -> None:
    for month in (1, 2, 3, 4, 5, 6):
        mail.month(2027, month, 20, decided=day(month, 11))
    quiet = mail.month(2027, 3, 14)
    until(desk, day(4, 9))
    for code in ("2027-01", "2027-02", "2027-03", "2027-Q1"):
        make(code)
    flag(desk, *quiet)
    until(desk, day(7, 9))
    for code in ("2027-04", "2027-05", "2027-06"):
        make(code)
    assert make("2027-Q2").protected.hidden == ()
    assert (figure(desk, "2027-Q1"), figure(desk, "2027-Q2")) == ("60", "75")
    assert figure(desk, "2027-04") == "35"


def test_p_sum_1_what_is_decided_after_its_month_was_released_counts_when_it_is_decided(
    desk: Desk, mail, make: Make
) -> None:
    for month in (1, 2, 3):
        mail.month(2027, month, 20, decided=day(month, 11))
    mail.month(2027, 3, 14, decided=day(4, 20))
    until(desk, day(7, 9))
    for code in ("2027-01", "2027-02", "2027-03"):
        make(code)
    assert make("2027-Q1").protected.hidden == ()
    assert figure(desk, "2027-Q1", "decided") == "60"
    make("2027-Q2")
    assert figure(desk, "2027-Q2", "decided") == "15"
    assert figure(desk, "2027-Q1") != WITHHELD


def test_p_sum_1_the_flagged_of_months_make_up_their_quarter_exactly_whatever_was_late_or_erased(
    desk: Desk, mail
) -> None:
    """A quarter less its months, and a year less its quarters, is nothing: nobody learns from it
    what was late."""
    chance = random.Random(8)
    services, senders = ("fixmystreet", "writetothem"), [f"s{n}" for n in range(9)]
    late: list[tuple[datetime, str]] = []
    expected: Counter[str] = Counter()
    for _ in range(40):
        received = START + timedelta(hours=chance.randrange(24 * 355))
        came = received + timedelta(days=chance.choice((0, 0, 0, 4, 20)))
        given = {"service": chance.choice(services), "sender": chance.choice(senders)}
        kind = chance.choice(("quiet", "by the model", "late", "late", "late", "sampled"))
        if kind == "by the model":
            given["decided"] = came
        if kind == "sampled":
            given |= {"sampled": True, "queued_at": came, "state": "queued"}
        one = mail.arrive(received, came_in=came, **given)
        at = came + timedelta(hours=chance.randrange(24 * 90))
        if kind == "late":
            late.append((at, one))
        if kind in {"late", "by the model"}:
            month = counted_month(local_day(received), local_day(came))
            expected[flagged_month(month, local_day(at if kind == "late" else came))] += 1
    for at, one in sorted(late):
        until(desk, at)
        flag(desk, one)
        desk.decide(desk.ana, one)
    until(desk, datetime(2029, 1, 1, tzinfo=UTC))
    for _, one in late[::3]:  # back in the queue, and decided anew: it was flagged when it was
        held = {"message_id": one, "version": desk.version(one)}
        desk.do(desk.ben, review.reopen, reason="something new", new_evidence=True, **held)
        desk.decide(desk.ben, one)

    def seen() -> dict[Period, dict[Node, Tally]]:
        periods = [p for y in YEARS for s in (Span.MONTH, Span.QUARTER) for p in y.parts(s)]
        return {one: flagged(tables(desk, one)) for one in (*YEARS, *periods)}

    before = seen()
    whole: Node = ("flagged", "", "all")
    for period, found in before.items():
        if period.span is Span.MONTH:
            assert found.get(whole, Tally()).messages == expected[period.code], period.code
        else:
            parts = period.parts(Span.MONTH if period.span is Span.QUARTER else Span.QUARTER)
            assert found.get(whole, Tally()) == merged(
                before[one].get(whole, Tally()) for one in parts
            ), period.code
    assert sum(expected.values()) == sum(before[one].get(whole, Tally()).messages for one in YEARS)

    for _, one in late[::2]:
        assert desk.do(SYSTEM, erase_message, due=Due(one, ASKED, desk.now))
    after = seen()
    for period, found in before.items():
        counts = {node: (one.messages, one.people) for node, one in after[period].items()}
        assert counts == {node: (one.messages, one.people) for node, one in found.items()}


def test_a_message_is_flagged_in_its_own_month_until_the_grace_of_that_is_over() -> None:
    days = [datetime(2027, 1, 1, tzinfo=UTC).date() + timedelta(days=n) for n in range(90)]
    months = [flagged_month("2027-01", one) for one in days]
    assert all(a <= b for a, b in pairwise(months))
    assert months[days.index(day(2, 7).date())] == "2027-01"
    assert months[days.index(day(2, 8).date())] == "2027-02"

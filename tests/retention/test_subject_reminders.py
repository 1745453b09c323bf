"""Whoever may answer a request is reminded of its day: once before it, once after, and nobody else.

The clock is walked day by day; the job runner is also down over the day, and is started anew.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.desk import Desk
from support.mail import START
from support.subjects import asked, at, kept, known, row, seen, today

from triage.app import Triage
from triage.conduct.kinds import RoutedTo
from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.errors import NotAllowed
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.jobs import Outcome, run_due
from triage.core.roles import Role
from triage.messages.service import review
from triage.notify.tables import OutboxMail
from triage.retention.subject.due import Pressing, pressing
from triage.retention.subject.queries.listing import requests, routed, to_answer
from triage.retention.subject.rules import Extension, Kind
from triage.retention.subject.service import registering
from triage.retention.subject.service.ending import KEEPING
from triage.retention.subject.service.reminding import REQUESTS
from triage.staff.service import disable

DUE = date(2026, 4, 2)
"""Of a request that came on the first day: a month on, and three days of it are at Easter."""


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """On SQLite: most of this is no matter of the database."""
    return kept(make_desk())


@pytest.fixture
def both(make_desk: Callable[..., Desk], backend: str) -> Desk:
    """On each database in turn."""
    return kept(make_desk(backend))


def turn(desk: Desk, triage: Triage | None = None) -> int:
    """The job has its turn; how many requests press."""
    [ran] = run_due((triage or desk.triage).runner, [REQUESTS], desk.now)
    assert ran.outcome is Outcome.DONE, ran
    return ran.handled


def told(desk: Desk) -> Counter[tuple[str, str]]:
    """Who has been sent what, by first name."""
    names = {one.person_id: name for name, one in desk.people.items()}
    with desk.triage.database.read() as session:
        mails = session.scalars(select(OutboxMail)).all()
        return Counter((names[one.person_id or ""], one.kind) for one in mails)


def go_to(desk: Desk, day: date) -> None:
    """To nine in the morning of a day."""
    desk.move(days=(day - today(desk)).days)


def days_on_which_mail_was_queued(
    desk: Desk, first: date, last: date
) -> dict[tuple[str, str], list[date]]:
    """The job runs at nine and at nine, from a day up to and with another: who was sent what."""
    go_to(desk, first)
    desk.move(hours=1)
    found: dict[tuple[str, str], list[date]] = {}
    before = told(desk)
    while today(desk) <= last:
        turn(desk)
        now = told(desk)
        for one, count in (now - before).items():
            found.setdefault(one, []).extend([today(desk)] * count)
        before = now
        desk.move(hours=12)
    return found


BOTH = ("cusa", "cole")


def test_each_custodian_is_reminded_once_before_the_day_and_once_after_it(both: Desk) -> None:
    asked(both)
    sent = days_on_which_mail_was_queued(both, date(2026, 3, 24), date(2026, 4, 8))
    assert sent == {
        **{(who, "due"): [date(2026, 3, 26)] for who in BOTH},
        **{(who, "overdue"): [date(2026, 4, 3)] for who in BOTH},
    }


def test_down_over_the_day_it_says_only_that_it_is_over_and_says_it_once(
    both: Desk, make_triage: Callable[..., Triage]
) -> None:
    asked(both)
    go_to(both, date(2026, 3, 25))
    assert (turn(both), told(both)) == (0, Counter())
    go_to(both, date(2026, 4, 9))
    assert turn(both) == 1
    assert told(both) == Counter((who, "overdue") for who in BOTH)
    again = make_triage(both.triage.settings.url)  # another process, or the same one started anew
    both.move(minutes=30)
    assert turn(both, again) == 1
    both.move(days=30)
    assert turn(both, again) == 1
    assert told(both) == Counter((who, "overdue") for who in BOTH)


def test_down_until_the_day_itself_it_still_says_that_the_day_is_near(desk: Desk) -> None:
    asked(desk)
    go_to(desk, DUE)
    turn(desk)
    assert told(desk) == Counter((who, "due") for who in BOTH)


def test_a_turn_that_was_broken_off_and_one_at_the_same_time_send_it_once(both: Desk) -> None:
    asked(both)
    go_to(both, DUE)
    for _ in range(3):  # by hand, whatever the runs say
        REQUESTS.run(both.triage.runner, both.now)
    assert told(both) == Counter((who, "due") for who in BOTH)


def test_more_time_makes_a_new_day_and_the_old_one_is_told_no_more(desk: Desk) -> None:
    request_id = asked(desk)
    go_to(desk, date(2026, 3, 30))
    turn(desk)
    desk.do(
        desk.cusa, registering.extend, **at(desk, request_id), why=Extension.COMPLEX,
        reason="three archives", told_on=today(desk),
    )  # fmt: skip
    sent = days_on_which_mail_was_queued(desk, date(2026, 5, 24), date(2026, 6, 5))
    assert sent == {
        **{(who, "due"): [date(2026, 5, 26)] for who in BOTH},
        **{(who, "overdue"): [date(2026, 6, 3)] for who in BOTH},
    }


def test_while_it_is_awaited_who_asks_nobody_is_reminded_and_then_of_the_day_it_is(
    desk: Desk,
) -> None:
    request_id = asked(desk)
    go_to(desk, date(2026, 3, 24))
    desk.do(desk.cusa, registering.ask_identity, **at(desk, request_id), on=today(desk))
    assert days_on_which_mail_was_queued(desk, date(2026, 4, 2), date(2026, 4, 13)) == {}
    known(desk, request_id)
    assert seen(desk, request_id).row.due_on == date(2026, 4, 23)
    sent = days_on_which_mail_was_queued(desk, date(2026, 4, 15), date(2026, 4, 26))
    assert sent == {
        **{(who, "due"): [date(2026, 4, 16)] for who in BOTH},
        **{(who, "overdue"): [date(2026, 4, 24)] for who in BOTH},
    }


def test_what_was_late_when_they_were_asked_who_they_are_is_told_once_all_the_same(
    desk: Desk,
) -> None:
    request_id = asked(desk)
    go_to(desk, date(2026, 4, 5))
    desk.do(desk.cusa, registering.ask_identity, **at(desk, request_id), on=today(desk))
    sent = days_on_which_mail_was_queued(desk, today(desk), date(2026, 4, 9))
    assert sent == {(who, "overdue"): [date(2026, 4, 5)] for who in BOTH}


def test_what_is_answered_or_taken_back_reminds_nobody(desk: Desk) -> None:
    taken_back, complaint = asked(desk), asked(desk, Kind.COMPLAINT)
    desk.do(desk.cusa, registering.withdraw, **at(desk, taken_back), reason="by telephone")
    desk.do(desk.cusa, registering.acknowledge, **at(desk, complaint), on=today(desk))
    assert days_on_which_mail_was_queued(desk, DUE, date(2026, 4, 4)) == {}


def test_a_complaint_is_due_in_thirty_days(desk: Desk) -> None:
    asked(desk, Kind.COMPLAINT)
    sent = days_on_which_mail_was_queued(desk, date(2026, 3, 24), date(2026, 4, 3))
    assert sent[("cusa", "due")] == [date(2026, 3, 25)]
    assert sent[("cusa", "overdue")] == [date(2026, 4, 2)]


def passed_on(desk: Desk, **given: Any) -> str:
    """A message that Ana passed on: somebody asks what is held of them."""
    message = desk.arrive("[medium] what do you hold", **given)
    version = desk.open(desk.ana, message)
    to = RoutedTo.SUBJECT_ACCESS
    desk.do(desk.ana, review.route, message_id=message, version=version, to=to)
    return message


def test_what_was_passed_on_and_not_entered_is_due_too_and_entered_it_is_one_cause(
    desk: Desk,
) -> None:
    message = passed_on(desk)
    go_to(desk, date(2026, 3, 27))
    turn(desk)
    assert told(desk) == Counter((who, "due") for who in BOTH)
    desk.move(days=1)
    asked(desk, message_id=message, received_on=START.date())
    turn(desk)
    assert told(desk) == Counter((who, "due") for who in BOTH)
    go_to(desk, date(2026, 4, 3))
    turn(desk)
    assert told(desk) == Counter((who, kind) for who in BOTH for kind in ("due", "overdue"))


def test_p_rec_4_who_has_no_part_in_it_or_may_not_answer_it_is_told_nothing(both: Desk) -> None:
    """Not the custodian to whom the message went, nor who asks it, nor any other role."""
    both.add("mia", Role.CUSTODIAN, Role.REVIEWER)
    away = both.add("una", Role.CUSTODIAN)
    both.do(both.ada, disable, person_id=away.person_id)
    passed_on(both, recipients=("cole@charity.example.org",))
    asked(both, by=both.cole, who="Cusa", contact="", staff_id=both.cusa.person_id)
    go_to(both, date(2026, 4, 9))
    assert turn(both) == 2
    assert told(both) == Counter(
        {("cusa", "overdue"): 1, ("cole", "overdue"): 1, ("mia", "overdue"): 2}
    )
    counts = {
        who: both.read(to_answer, viewer=both.people[who], now=both.now).late
        for who in ("cusa", "cole", "mia")
    }
    assert counts == {"cusa": 1, "cole": 1, "mia": 2}
    for who in (both.ana, both.dora, both.max, both.ada, both.kit, both.gus):
        with pytest.raises(NotAllowed):
            both.read(to_answer, viewer=who, now=both.now)


def test_p_rec_4_who_lost_their_part_since_the_first_reminder_gets_no_second(desk: Desk) -> None:
    request_id = asked(desk)
    go_to(desk, DUE)
    turn(desk)

    def bar(tx: Tx) -> None:
        exclude(
            tx.session, matter_id=request_id, person_id=desk.cole.person_id,
            kind=ExclusionKind.RECUSED, at=tx.now,
        )  # fmt: skip

    desk.do(SYSTEM, bar)
    desk.move(days=1)
    turn(desk)
    assert told(desk) == Counter([("cusa", "due"), ("cole", "due"), ("cusa", "overdue")])


def test_p_con_2_a_reminder_holds_ids_and_codes_and_goes_with_the_request(both: Desk) -> None:
    request_id = asked(both, who="Pat Zanzibar", contact="zanzibar@example.org")
    go_to(both, date(2026, 4, 9))
    turn(both)
    with both.triage.database.read() as session:
        for one in session.scalars(select(OutboxMail)):
            assert (one.lane, one.address, one.link_id) == (None, None, None)
            assert one.dedupe_key.split(":")[:2] == ["data", request_id]
            assert "zanzibar" not in one.dedupe_key.lower()
    assert "zanzibar" not in " ".join(one.details for one in both.events()).lower()
    both.do(both.cusa, registering.withdraw, **at(both, request_id), reason="by telephone")
    both.move(days=both.triage.settings.keep_request_days + 1)
    with both.triage.database.read() as session:
        [due] = KEEPING.due(session, both.triage.settings, both.now, "", 10)
    assert both.do(SYSTEM, KEEPING.erase, due=due)
    assert told(both) == Counter()


def test_reminding_moves_nothing(desk: Desk) -> None:
    request_id = asked(desk)
    before = row(desk, request_id).version
    go_to(desk, date(2026, 4, 9))
    turn(desk)
    assert row(desk, request_id).version == before


def test_the_lists_the_counts_and_the_mails_know_one_day(desk: Desk) -> None:
    asked(desk)
    passed_on(desk)
    for days, said in (
        (-8, None), (-7, Pressing.SOON), (0, Pressing.SOON), (1, Pressing.LATE),
        (90, Pressing.LATE),
    ):  # fmt: skip
        go_to(desk, DUE + timedelta(days=days))
        assert pressing(DUE, today(desk)) is said
        [listed] = desk.read(requests, viewer=desk.cusa, now=desk.now)
        assert (listed.late, listed.soon) == (said is Pressing.LATE, said is Pressing.SOON)
        [waiting] = desk.read(routed, viewer=desk.cusa, now=desk.now)
        assert waiting.pressing is said
        found = desk.read(to_answer, viewer=desk.cusa, now=desk.now)
        assert found.waiting == 2
        assert (found.late, found.soon) == (2 * listed.late, 2 * listed.soon)
        assert turn(desk) == (0 if said is None else 2)

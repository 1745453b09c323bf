"""A threat on the Friday evening before a bank holiday, minute by minute until Tuesday."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from postoffice import PostOffice
from support.desk import Desk, address
from support.watch import Watch, london

from triage.core.roles import Role
from triage.messages.rules import State
from triage.staff.calendar import WorkCalendar
from triage.staff.service import duty

FRIDAY = london(2027, 4, 30, 18, 30)
TUESDAY = london(2027, 5, 4, 10, 0)


def furnish(watch: Watch) -> None:
    """Ana, ben and cleo by turns on weekdays from 9 to 17; gus, outside, is the fallback."""
    turns = {"ana": (4, 30), "ben": (5, 4), "cleo": (5, 4)}
    for name, (month, day) in turns.items():
        starts = 9 if name != "cleo" else 10
        watch.shift(
            watch.desk.people[name], london(2027, month, day, starts), london(2027, month, day, 17)
        )
    watch.fallback(watch.desk.gus)


NIGHTS = [
    (f"{at:%a %H:%M}", "gus")
    for at in ((FRIDAY + timedelta(hours=4 * number)) for number in range(22))
    if at < london(2027, 5, 4, 9)
]
"""Every four hours, while nobody is on duty."""


def test_the_weekend_is_one_and_its_monday_is_a_bank_holiday() -> None:
    calendar = WorkCalendar()
    days = {day: calendar.is_working_day(date(2027, 5, day)) for day in (3, 4)}
    assert calendar.is_working_day(date(2027, 4, 30))
    assert days == {3: False, 4: True}


def start(watch: Watch, **fields: object) -> str:
    furnish(watch)
    watch.at(FRIDAY)
    return watch.desk.arrive("[high] I know where you park", **fields)


TUESDAY_MORNING = [("Tue 09:00", "ben"), ("Tue 09:15", "gus"), ("Tue 10:00", "cleo")]


@pytest.fixture
def quick(make_desk: Callable[..., Desk]) -> Watch:
    """On SQLite: 5,250 minutes are walked."""
    return Watch(make_desk())


def test_friday_1830_to_bank_holiday_monday(quick: Watch) -> None:
    message = start(quick)
    quick.walk(TUESDAY)
    assert quick.steps() == [*NIGHTS, *TUESDAY_MORNING]
    said = [one.code for one in quick.desk.events(matter_id=message)]
    assert said.count("nobody_on_duty") == 1
    assert said.count("alert_sent") == len(quick.steps())
    version = quick.desk.open(quick.desk.ben, message)
    assert version
    assert quick.desk.state(message) is State.CLAIMED
    quick.desk.move(hours=5)
    assert quick.run() == 0
    assert [one.ended_by for one in quick.alarms()] == [quick.desk.ben.person_id]


def test_friday_1830_with_the_runner_down_for_an_hour_no_step_is_sent_twice_or_made_up_for(
    quick: Watch,
) -> None:
    message = start(quick)
    starts = london(2027, 4, 30, 22, 0)

    def down(at: datetime) -> bool:
        return starts <= at < starts + timedelta(hours=1)

    quick.walk(london(2027, 5, 1, 4, 0), down)
    assert quick.steps() == [("Fri 18:30", "gus"), ("Fri 23:00", "gus"), ("Sat 03:00", "gus")]
    late = [one for one in quick.desk.events("alert_sent", message) if '"due"' in one.details]
    assert len(late) == 1
    assert "2027-04-30T21:30:00+00:00" in late[0].details


def test_the_runner_comes_back_to_a_long_list_of_people_and_alerts_one(watch: Watch) -> None:
    watch.on_duty(watch.desk.ana, watch.desk.ben, watch.desk.cleo)
    watch.fallback(watch.desk.gus)
    watch.desk.arrive("[high]")
    watch.run()
    watch.desk.move(hours=3)
    assert watch.run() == 1
    assert watch.run() == 0
    assert watch.told() == ["ana", "ben"]
    watch.desk.move(minutes=14)
    assert watch.run() == 0
    watch.desk.move(minutes=1)
    watch.run()
    assert watch.told() == ["ana", "ben", "cleo"]


def test_friday_1830_with_every_mail_refused_the_next_is_alerted_at_once(
    posted: Watch, office: PostOffice
) -> None:
    start(posted)
    tru = posted.desk.add("tru", Role.GUEST)
    posted.fallback(tru)
    office.on_recipient = ["550 no"] * 100
    posted.walk(FRIDAY + timedelta(minutes=10))
    assert posted.steps() == [("Fri 18:30", "gus"), ("Fri 18:31", "tru")]
    posted.at(FRIDAY + timedelta(hours=4, minutes=1))
    posted.walk(FRIDAY + timedelta(hours=4, minutes=3))
    assert posted.steps()[2:] == [("Fri 22:31", "gus"), ("Fri 22:32", "tru")]
    assert office.taken == []


def test_while_the_mail_server_is_down_one_mail_waits_and_not_one_a_round(
    posted: Watch, office: PostOffice
) -> None:
    start(posted)
    office.on_sender = ["451 not now"] * 500
    posted.walk(FRIDAY + timedelta(minutes=1))
    for hours in (4, 8, 12):
        posted.at(FRIDAY + timedelta(hours=hours, minutes=1))
        posted.run()
    assert posted.told() == ["gus"] * 4
    office.on_sender = []
    posted.desk.move(hours=12)
    posted.run()
    assert len(office.taken) == 1


def test_friday_1500_with_the_recipient_alone_on_duty_the_fallback_is_alerted_at_once(
    watch: Watch,
) -> None:
    furnish(watch)
    watch.at(london(2027, 4, 30, 15))
    message = watch.desk.arrive("[high] you", recipients=(address("ana"),))
    watch.walk(london(2027, 4, 30, 16))
    assert watch.steps() == [("Fri 15:00", "gus")]
    said = watch.desk.events("nobody_on_duty", message)
    assert ['"excused":true' in one.details for one in said] == [True]


def test_an_absence_entered_meanwhile_counts_at_the_next_step(watch: Watch) -> None:
    watch.on_duty(watch.desk.ana, watch.desk.ben, watch.desk.cleo)
    watch.desk.arrive("[high]")
    watch.run()
    given = {"starts": watch.desk.now, "ends": watch.desk.now + timedelta(days=1)}
    watch.desk.do(watch.desk.ada, duty.add_absence, person_id=watch.desk.ben.person_id, **given)
    watch.desk.move(minutes=15)
    watch.run()
    assert watch.told() == ["ana", "cleo"]


def test_mail_goes_to_who_was_alerted_at_that_minute(posted: Watch, office: PostOffice) -> None:
    start(posted)
    posted.walk(FRIDAY + timedelta(hours=4))
    assert office.addressees() == [address("gus")] * 2

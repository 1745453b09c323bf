"""What the morning line and the handover note say, and how they say when."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.handover_words import Note, note
from dashboard.today_words import (
    Morning,
    due,
    happened,
    import_stuck,
    joined,
    line,
    moment,
    not_scored,
)
from triage.messages.morning import Activity, Handover, Ref, Result, Today
from triage.messages.queries.history import LastImport
from triage.messages.rules import State
from triage.notify.queries import MailOverview
from triage.staff.calendar import LONDON
from triage.staff.team import DutyNow


def at(day: int, clock: str = "09:00", month: int = 3, year: int = 2026) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(year, month, day, hour, minute, tzinfo=LONDON)


NOW = at(3)
"""Tuesday, 3 March 2026, nine o'clock."""
QUIET = Activity(at(2, "17:00"), 0, ())
NOTHING = Today(0, None, 0, None, None, 0, (), (), (), (), QUIET, ())
YOU = DutyNow((("ana", "Ana"),), (), None, open_now=True)
NOBODY = DutyNow((), (), None, open_now=False)
IMPORTED = LastImport(at(3, "08:54"), at(3, "08:55"), ())
FINE = MailOverview(set_up=True, late=False, failed=False, problems=())


def said(duty: DutyNow = YOU, latest: LastImport | None = IMPORTED, **changes: object) -> str:
    today = replace(NOTHING, **changes)  # type: ignore[arg-type]
    return "; ".join(line(Morning(NOW, "ana", today, duty, latest)))


def noted(duty: DutyNow = YOU, mail: MailOverview = FINE, **changes: object) -> str:
    empty = Handover(QUIET, (), (), (), 0, None)
    handed = replace(empty, **changes)  # type: ignore[arg-type]
    return note(Note(NOW, handed, duty, mail))


def test_the_line_says_how_the_desk_stands_in_one_sentence() -> None:
    assert (
        said(
            newest=at(2, "17:10"),
            to_look_at=4,
            oldest=at(3, "06:00"),
            waiting_for=(("Bo", 1),),
        )
        == "Nothing urgent and nothing marked threatening since 17:10 yesterday; 4 to look at, the "
        "oldest waiting 3 hours; 1 waiting for Bo; on duty: you; last import 08:55, 5 minutes ago"
    )


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({}, "Nothing urgent and nothing marked threatening in the last 30 days; nothing waiting"),
        ({"newest": at(3, "08:00")}, "nothing marked threatening since 08:00;"),
        ({"newest": at(27, "17:00", month=2)}, "since Friday 17:00;"),
        ({"urgent": 1, "urgent_oldest": at(3, "08:00")}, "1 in the urgent lane, since 08:00;"),
        (
            {"urgent": 2, "urgent_oldest": at(2, "23:59")},
            "2 in the urgent lane, the oldest since 23:59 yesterday;",
        ),
        ({"to_look_at": 1, "oldest": at(3, "08:59")}, "1 to look at, waiting 1 minute;"),
        ({"to_look_at": 2, "oldest": at(1)}, "2 to look at, the oldest waiting 2 days;"),
        ({"held": 1}, "; 1 open with you;"),
        ({"welfare": (at(3, "10:00"),)}, "; 1 welfare task is yours, due 10:00;"),
        ({"welfare": (at(3, "08:00"),)}, "; 1 welfare task is yours, overdue since 08:00;"),
        (
            {"welfare": (at(3, "10:00"), at(4))},
            "; 2 welfare tasks are yours, the first due 10:00;",
        ),
        ({"asked": (at(3, "07:00"),)}, "; 1 second look that you asked for waits, 2 hours;"),
        (
            {"asked": (at(3, "07:00"), at(3, "08:00"))},
            "; 2 second looks that you asked for wait, the oldest 2 hours;",
        ),
        ({"waiting_for": (("Bo", 1), ("Cy", 2))}, "; 1 waiting for Bo and 2 for Cy;"),
        ({"open_with": (("Bo", 1),)}, "; 1 open with Bo;"),
        ({"open_with": (("Bo", 1), ("Cy", 2), ("Di", 1))}, "; 1 open with Bo, 2 with Cy and 1 w"),
    ],
)
def test_each_fact_has_its_words_in_singular_and_plural(
    changes: dict[str, object], clause: str
) -> None:
    assert clause in said(**changes)


@pytest.mark.parametrize(
    ("duty", "clause"),
    [
        (YOU, "; on duty: you;"),
        (DutyNow((("b", "Bo"), ("ana", "Ana")), (), None, True), "; on duty: you and Bo;"),
        (DutyNow((("b", "Bo"), ("c", "Cy")), (), None, True), "; on duty: Bo and Cy;"),
        (NOBODY, "; nobody is on duty, and nobody is on the rota;"),
        (
            DutyNow((), (("c", "Cy"),), at(9), True),
            "; nobody is on duty in this working hour until Monday 09:00 (Cy);",
        ),
        (
            DutyNow((), (("b", "Bo"), ("c", "Cy")), at(4), False),
            "; nobody is on duty until 09:00 tomorrow (Bo and Cy);",
        ),
    ],
)
def test_who_is_on_duty_is_said_plainly_and_nobody_too(duty: DutyNow, clause: str) -> None:
    assert clause in said(duty)


@pytest.mark.parametrize(
    ("latest", "clause"),
    [
        (None, "; no mail has been imported yet"),
        (IMPORTED, "; last import 08:55, 5 minutes ago"),
        (LastImport(at(3, "08:50"), None, ()), "; an import began 08:50 and has not ended"),
    ],
)
def test_the_last_import_is_said_with_its_age(latest: LastImport | None, clause: str) -> None:
    assert said(latest=latest).endswith(clause)


MOMENTS = [
    (at(3, "17:10"), NOW, "17:10"),
    (at(2, "17:10"), NOW, "17:10 yesterday"),
    (at(4), NOW, "09:00 tomorrow"),
    (at(28, "12:00", month=2), NOW, "Saturday 12:00"),
    (at(9), NOW, "Monday 09:00"),
    (at(25, "09:00", month=2), NOW, "Wednesday 09:00"),
    (at(24, "09:00", month=2), NOW, "24 February, 09:00"),
    (at(10), NOW, "10 March, 09:00"),
    (at(31, "16:00", month=12, year=2025), NOW, "31 December 2025, 16:00"),
    # The clocks go forward in the night to 29 March, and back in the night to 25 October.
    (at(28, "23:30"), at(29, "08:00"), "23:30 yesterday"),
    (at(27, "17:00"), at(30), "Friday 17:00"),
    (at(24, "17:00", month=10), at(25, "09:00", month=10), "17:00 yesterday"),
]


@pytest.mark.parametrize(("then", "now", "words"), MOMENTS)
def test_a_moment_is_said_by_londons_clock_and_no_longer_than_it_needs(
    then: datetime, now: datetime, words: str
) -> None:
    assert moment(then, now) == words


def test_the_day_is_londons_and_not_that_of_utc() -> None:
    """In summer London's Tuesday begins at 23:00 UTC on Monday."""
    then = datetime.fromisoformat("2026-07-06T23:30:00+00:00")
    assert moment(then, then + timedelta(hours=8)) == "00:30"
    assert moment(then - timedelta(hours=1), then) == "23:30 yesterday"


@given(st.timedeltas(timedelta(0), timedelta(days=730)))
def test_no_two_days_behind_are_said_alike_and_no_two_ahead(later: timedelta) -> None:
    here = at(1, "00:00", month=1, year=2025) + later
    for direction in (1, -1):
        days = [timedelta(days=direction * count) for count in range(400)]
        assert len({moment(here + one, here) for one in days}) == 400


@pytest.mark.parametrize(
    ("came", "results", "words"),
    [
        (0, (), "nothing came to the queue and nothing was looked at"),
        (3, (), "3 came to the queue"),
        (0, (Result((), State.NO_ACTION, 1),), "1 looked at (1 none of these)"),
        (
            9,
            (
                Result(("threatening", "offensive"), State.NOTED, 1),
                Result(("threatening",), State.NOTED, 2),
                Result((), State.NO_ACTION, 5),
                Result((), State.ROUTED, 1),
                Result((), State.WELFARE_DONE, 1),
            ),
            "9 came to the queue; 10 looked at (1 threatening and offensive, 2 threatening, "
            "5 none of these, 1 passed on, 1 welfare)",
        ),
    ],
)
def test_what_happened_adds_up_to_what_was_looked_at(
    came: int, results: tuple[Result, ...], words: str
) -> None:
    assert happened(Activity(NOW, came, results)) == words


BO, CY = ("b", "Bo"), ("c", "Cy")


def ref(name: str, when: datetime, who: tuple[str, str] = BO) -> Ref:
    return Ref(f"{name}2FX" + "0" * 20, when, *who)


def test_the_note_says_what_one_hands_over() -> None:
    assert noted(
        activity=Activity(
            at(2),
            8,
            (Result(("threatening",), State.NOTED, 2), Result((), State.NO_ACTION, 6)),
        ),
        second_looks=(ref("K7Q", at(3, "07:00")),),
        open_with=(ref("A11", at(3, "08:58")), ref("B22", at(3, "08:59"), CY)),
        welfare=(ref("M4T", at(3, "16:00")),),
        waiting=4,
        oldest=at(2, "14:10"),
        duty=DutyNow((("ana", "Ana"),), (CY,), at(9), open_now=True),
    ) == (
        "Since 09:00 yesterday: 8 came to the queue; 8 looked at (2 threatening, 6 none of these); "
        "1 second look that nobody has taken yet: K7Q-2FX waiting 2 hours; "
        "2 open: A11-2FX with Bo and B22-2FX with Cy; "
        "1 welfare task: M4T-2FX with Bo, due 16:00; "
        "4 still waiting, the oldest since 14:10 yesterday; alerts: going out; "
        "on duty now: Ana; on duty next: Cy from Monday 09:00."
    )


def test_a_quiet_note_says_so() -> None:
    assert noted(duty=NOBODY) == (
        "Since 17:00 yesterday: nothing came to the queue and nothing was looked at; nothing "
        "waiting; alerts: going out; nobody is on duty now; nobody is on the rota either."
    )


def test_the_note_speaks_of_nobody_as_you() -> None:
    """It is copied to people who are somebody else."""
    assert "you" not in noted(duty=DutyNow((("ana", "Ana"),), (), None, open_now=True))


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        (replace(FINE, set_up=False), "alerts: no mail server is set up;"),
        (replace(FINE, late=True), "alerts: late;"),
        (replace(FINE, late=True, failed=True), "alerts: some were given up;"),
    ],
)
def test_the_note_says_whether_alerts_go_out(mail: MailOverview, words: str) -> None:
    assert words in noted(mail=mail)


def test_a_long_list_of_references_is_cut_and_the_rest_counted() -> None:
    looks = tuple(ref(f"A{number}0", NOW) for number in range(7))
    words = noted(second_looks=looks)
    assert words.count("-2FX") == 5
    assert "and 2 more;" in words


COUNTS = st.integers(0, 3)
MOMENT = st.timedeltas(timedelta(0), timedelta(days=400)).map(lambda ago: NOW - ago)


@given(
    *(COUNTS for _ in range(4)),
    st.lists(MOMENT, max_size=2),
    st.lists(st.tuples(st.sampled_from(["Bo", "Cy"]), st.integers(1, 3)), max_size=2),
    MOMENT,
)
def test_nothing_is_ever_said_to_be_zero(
    look: int,
    urgent: int,
    held: int,
    came: int,
    dates: list[datetime],
    people: list[tuple[str, int]],
    oldest: datetime,
) -> None:
    words = said(
        to_look_at=look,
        oldest=oldest if look else None,
        urgent=urgent,
        urgent_oldest=oldest if urgent else None,
        held=held,
        welfare=tuple(dates),
        asked=tuple(dates),
        waiting_for=tuple(people),
        open_with=tuple(people),
    )
    words += happened(Activity(oldest, came, ()))
    words += noted(waiting=look, oldest=oldest if look else None)
    tokens = words.replace(";", " ").split()
    assert "0" not in tokens
    assert "1 hours" not in words
    assert "1 welfare tasks" not in words
    assert ";;" not in words.replace(" ", "")


def test_an_import_that_does_not_end_is_said_with_its_age_once_it_should_have() -> None:
    hung = LastImport(at(3, "06:00"), None, ())
    assert import_stuck(hung, NOW) == (
        "The last import began 06:00, 3 hours ago, and has not ended."
    )
    assert import_stuck(LastImport(at(3, "08:45"), None, ()), NOW) == ""
    assert import_stuck(IMPORTED, NOW) == ""
    assert import_stuck(None, NOW) == ""


def test_that_scoring_is_off_is_said_with_since_when() -> None:
    assert not_scored(at(2), NOW).endswith("came in 09:00 yesterday, 1 day ago.")
    assert not_scored(None, NOW) == "No message here has been scored yet."


def test_small_words() -> None:
    assert [joined(list("abc"[:count])) for count in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert due(NOW, NOW) == "overdue since 09:00"


def extra(**given: Any) -> tuple[str, ...]:
    return line(Morning(NOW, "ana", NOTHING, NOBODY, None, **given))


def test_an_alarm_that_nobody_has_is_said_before_all_else() -> None:
    one = extra(alarms=(NOW - timedelta(minutes=32),))
    assert one[0] == "1 alarm that nobody has yet, since 08:28"
    two = extra(alarms=(NOW - timedelta(hours=1), NOW))
    assert two[0].startswith("2 alarms that nobody has yet, the first since ")
    assert "alarm" not in "".join(extra())


def test_mailboxes_say_last_when_they_were_checked_or_that_they_fail() -> None:
    looked = (NOW - timedelta(minutes=2), NOW - timedelta(minutes=1))
    assert extra(mailboxes=looked)[-1] == "mailboxes checked 2 minutes ago"
    assert extra(mailboxes=(*looked, None), failing=1)[-1] == "1 of 3 mailbox folders failing"
    assert "mailbox" not in "".join(extra())

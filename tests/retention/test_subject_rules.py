"""The rules of requests by people about what is held of them: the clock, the steps, the grounds."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.retention.subject import due, rules
from triage.retention.subject.rules import (
    ENDED,
    TRANSITIONS,
    Decision,
    Edge,
    Ground,
    ItemKind,
    Kind,
    Refusal,
    State,
)

DAYS = st.dates(date(2025, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2026, 3, 2), date(2026, 4, 2)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 5, 31), date(2026, 6, 30)),
        (date(2026, 12, 15), date(2027, 1, 15)),
        (date(2026, 11, 25), date(2026, 12, 25)),  # a bank holiday is a day like any other
    ],
)
def test_an_answer_is_due_on_the_same_day_of_the_next_month_or_its_last(
    received: date, last: date
) -> None:
    assert due.due_on(Kind.ACCESS, received) == last


def test_two_months_more_run_from_the_day_it_came() -> None:
    assert due.due_on(Kind.ACCESS, date(2026, 11, 30), extended=True) == date(2027, 2, 28)


@given(received=DAYS, paused=st.integers(0, 200), extended=st.booleans())
def test_the_clock_stands_for_as_many_days_as_it_was_awaited_who_asks_and_no_more(
    received: date, paused: int, extended: bool
) -> None:
    first = due.due_on(Kind.ACCESS, received, extended=extended)
    later = due.due_on(Kind.ACCESS, received, extended=extended, paused=paused)
    assert later - first == timedelta(days=paused)
    assert timedelta(days=27) < first - received < timedelta(days=93)
    asked = received + timedelta(days=3)
    still = due.due_on(
        Kind.ACCESS, received, extended=extended, asked=asked, today=asked + timedelta(days=paused)
    )
    assert still == later


@given(received=DAYS, other=DAYS)
def test_who_asks_later_is_answered_no_earlier(received: date, other: date) -> None:
    first, second = sorted((received, other))
    assert due.due_on(Kind.ACCESS, first) <= due.due_on(Kind.ACCESS, second)


def test_a_complaint_is_acknowledged_in_thirty_days() -> None:
    assert due.due_on(Kind.COMPLAINT, date(2026, 6, 19)) == date(2026, 7, 19)


def test_every_state_is_reached_and_every_open_one_leads_to_an_end() -> None:
    reach = {State.RECEIVED}
    while (
        more := {to for (one, _), to_all in TRANSITIONS.items() if one in reach for to in to_all}
        - reach
    ):
        reach |= more
    assert reach == set(State)
    for one in State:
        way, ends = {one}, False
        while not ends:
            onward = {to for (a, _), to_all in TRANSITIONS.items() if a in way for to in to_all}
            ends = bool((way | onward) & ENDED)
            assert ends or onward - way, one
            way |= onward


@given(
    edges=st.lists(st.sampled_from(Edge), max_size=25),
    kind=st.sampled_from(Kind),
    pick=st.randoms(),
)
def test_nothing_is_sent_but_after_a_search_and_two_people(
    edges: list[Edge], kind: Kind, pick: object
) -> None:
    state, took = State.RECEIVED, []
    for edge in edges:
        try:
            rules.check_step(state, edge, kind)
        except Conflict:
            continue
        took.append(edge)
        state = sorted(TRANSITIONS[state, edge])[0]
        if edge is Edge.SEND and kind is not Kind.COMPLAINT:
            back = took[::-1]
            assert (
                back.index(Edge.SECOND_AGREES) < back.index(Edge.REVIEW) < back.index(Edge.SEARCH)
            )
            assert Edge.CHECK_IDENTITY in took
        if kind is Kind.COMPLAINT and edge is Edge.SEND:
            assert Edge.ACKNOWLEDGE in took
        if edge is Edge.AGREE_REFUSAL:
            assert Edge.ASK_REFUSAL in took


def test_no_ground_of_refusal_is_about_how_somebody_writes() -> None:
    assert {one.value for one in Refusal} == {"repeats", "bargains", "says_no_wish", "no_identity"}
    said = " ".join(one.value for one in Refusal)
    assert not any(
        word in said for word in ("abus", "tone", "languag", "offens", "threat", "block")
    )
    with pytest.raises(ValueError, match="abusive"):
        Refusal("abusive")


@pytest.mark.parametrize("decision", [Decision.DISCLOSE, Decision.SUMMARY])
@pytest.mark.parametrize("item", list(ItemKind))
def test_p_sub_3_nothing_of_a_report_goes_to_who_was_not_told_of_it(
    decision: Decision, item: ItemKind
) -> None:
    with pytest.raises(Invalid, match="not been told"):
        rules.check_decision(Kind.ACCESS, item, decision, None, told=False, said="a summary")


def test_a_report_goes_as_a_summary_alone() -> None:
    def decide(decision: Decision, said: str = "") -> None:
        rules.check_decision(Kind.ACCESS, ItemKind.CASE, decision, None, told=True, said=said)

    with pytest.raises(Invalid, match="a summary alone"):
        decide(Decision.DISCLOSE)
    with pytest.raises(Invalid, match="Write the summary"):
        decide(Decision.SUMMARY, " ")
    decide(Decision.SUMMARY, "You are named in it.")


@given(
    kind=st.sampled_from([Kind.ACCESS, Kind.ERASURE]), item=st.sampled_from(ItemKind),
    decision=st.sampled_from(Decision), ground=st.none() | st.sampled_from(Ground),
    told=st.booleans(), said=st.sampled_from(["", "said"]),
)  # fmt: skip
def test_what_stays_here_has_a_ground_and_what_goes_has_none(
    kind: Kind, item: ItemKind, decision: Decision, ground: Ground | None, told: bool, said: str
) -> None:
    try:
        rules.check_decision(kind, item, decision, ground, told=told, said=said)
    except Invalid:
        return
    assert decision in rules.DECISIONS[kind]
    assert (ground is not None) is (decision in {Decision.WITHHOLD, Decision.KEEP})
    assert told or decision in {Decision.WITHHOLD, Decision.KEEP, Decision.ERASE}


def test_more_time_is_taken_once_and_within_the_first_month() -> None:
    last = date(2026, 4, 2)
    due.check_extension(last, last, extended=False)
    with pytest.raises(Conflict, match="first month"):
        due.check_extension(last + timedelta(days=1), last, extended=False)
    with pytest.raises(Conflict, match="once"):
        due.check_extension(last, last, extended=True)


def test_whoever_did_it_is_no_second_person() -> None:
    with pytest.raises(NotAllowed):
        rules.check_second({"a", "b"}, "b")
    rules.check_second({"a", "b"}, "c")

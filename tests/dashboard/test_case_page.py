"""The page of one report: one act leads and says why, the others stand folded under the heading
that they belong to; and what has ended can be taken back from it."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.cases import (
    came_in,
    found_in,
    give,
    inquired,
    ready_notice,
    staffed,
    state,
    subject_of,
    take,
)
from support.desk import Desk
from support.screens import press, words_of
from support.verdicts import close, decided, does, notified, outcome_due, recommended

from dashboard import words_cases
from dashboard.components import case_groups, case_next
from dashboard.words_cases import ACTS
from triage.cases.inquiry.rules import Bearing
from triage.cases.inquiry.service import evidence, notices, weighing
from triage.cases.rules import Finding, State
from triage.cases.service import handling
from triage.cases.verdict.rules import ActionKind
from triage.cases.verdict.service import deciding
from triage.staff.processes import Part

ELSEWHERE = frozenset({"declare", "record_appeal", "set_up_restriction"})
"""Acts with a place of their own: before the account is read, on the list, under what follows."""


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def page(screen: Any, desk: Desk, who: str, case_id: str) -> AppTest:
    at: AppTest = screen("cases", getattr(desk, who), case=case_id)
    assert not at.exception, at.exception
    return at


def forms_in_order(at: AppTest, case_id: str) -> list[str]:
    """The acts on the page, by the button that goes on, from the top."""
    keys = [str(one.key) for one in at.button]
    return [found[1] for key in keys if (found := re.fullmatch(rf"check_(\w+)_{case_id}", key))]


def leads(at: AppTest, case_id: str, act: str | None, why: str) -> None:
    """``act`` stands before all others, with its reason; or none does."""
    said = words_of(at)
    assert "What comes next" in said
    assert why in said
    if act is not None:
        assert forms_in_order(at, case_id)[0] == act


def folds(at: AppTest) -> list[str]:
    return [one.label for one in at.expander]


def test_every_act_on_a_report_stands_under_one_heading() -> None:
    placed = [act for acts in case_groups.ACTS.values() for act in acts]
    assert len(placed) == len(set(placed))
    assert set(placed) == set(ACTS) - ELSEWHERE
    assert set(placed) >= case_groups.RARE | set(case_next.LEADS)
    assert not case_groups.RARE & set(case_next.LEADS)


def test_where_few_acts_stand_under_a_heading_none_is_folded_away_further() -> None:
    few = case_groups.grouped(["assign", "challenge", "say"])
    assert [(group.value, likely, rare) for group, likely, rare in few] == [
        ("People", ("assign", "challenge"), ()),
        ("Letters", ("say",), ()),
    ]
    ((_, likely, rare),) = case_groups.grouped(["add_party", "assign", "clear", "challenge"])
    assert (likely, rare) == (("assign", "add_party", "clear"), ("challenge",))
    assert case_groups.grouped(["say"], without="say") == ()


def test_before_anything_else_somebody_is_named_to_look_into_it_and_then_it_is_begun(
    screen: Any, cases: Desk
) -> None:
    case_id = take(cases, came_in(cases))
    leads(page(screen, cases, "hal", case_id), case_id, "assign", case_next.NO_INVESTIGATOR)
    give(cases, case_id, Part.INVESTIGATOR, cases.ivo)
    why = case_next.LEADS["investigate"]
    leads(page(screen, cases, "hal", case_id), case_id, "investigate", why)
    at = page(screen, cases, "ivo", case_id)
    leads(at, case_id, None, "It waits for Hal, who handles it.")


def test_the_notice_leads_then_what_is_to_be_weighed_then_the_recommendation(
    screen: Any, cases: Desk
) -> None:
    case_id = inquired(cases)
    leads(page(screen, cases, "ivo", case_id), case_id, "begin_notice",
          case_next.LEADS["begin_notice"])  # fmt: skip
    cases.do(
        cases.ivo, notices.begin_notice, party_id=subject_of(cases, case_id), concern="A loud day."
    )
    at = page(screen, cases, "ivo", case_id)
    leads(at, case_id, "show_reporter", case_next.LEADS["show_reporter"])

    other = notified(cases)
    item = cases.do(
        cases.ivo, evidence.add_note, case_id=other, title="What was seen", text="It was loud.",
        made_at=cases.now, origin="told at the door",
    )  # fmt: skip
    at = page(screen, cases, "ivo", other)
    leads(at, other, "weigh", case_next.LEADS["weigh"])
    assert forms_in_order(at, other).count("weigh") == 1, "what leads stands there alone"
    for one in found_in(cases, other).items:
        bearing, carries = Bearing.SUPPORTS, one.id == item
        cases.do(cases.ivo, weighing.weigh, item_id=one.id, bearing=bearing, carries=carries)
    leads(page(screen, cases, "ivo", other), other, "tested", case_next.LEADS["tested"])
    cases.do(cases.ivo, weighing.tested, item_id=item, done=True, how="in the talk")
    leads(page(screen, cases, "ivo", other), other, "recommend", case_next.LEADS["recommend"])


def test_a_notice_that_is_written_is_pointed_to(screen: Any, cases: Desk) -> None:
    case_id = inquired(cases)
    ready_notice(cases, case_id)
    leads(page(screen, cases, "ivo", case_id), case_id, None, case_next.NOTICE_WAITS)


def test_who_decides_reads_first_and_then_decides(screen: Any, cases: Desk) -> None:
    case_id = recommended(cases, inquired(cases))
    at = page(screen, cases, "dee", case_id)
    said = words_of(at)
    assert "Nobody decides on what they have not read." in said
    assert "decide" not in forms_in_order(at, case_id)
    cases.do(cases.dee, deciding.open_account, case_id=case_id)
    at = page(screen, cases, "dee", case_id)
    leads(at, case_id, "decide", case_next.LEADS["decide"])
    at = page(screen, cases, "hal", case_id)
    leads(at, case_id, None, "Nothing waits for you. It waits for Dee, who decides.")


def test_what_was_decided_is_set_up_begun_done_and_told_in_this_order(
    screen: Any, cases: Desk
) -> None:
    case_id = decided(cases, inquired(cases), actions=(ActionKind.EXPULSION,))
    at = page(screen, cases, "hal", case_id)
    leads(at, case_id, "set_up_expulsion", case_next.NOT_SET_UP)
    ended = outcome_due(cases, Finding.NOT_UPHELD)
    leads(page(screen, cases, "hal", ended), ended, "close", case_next.LEADS["close"])


def test_all_that_an_investigator_may_do_is_folded_under_its_heading(
    screen: Any, cases: Desk
) -> None:
    case_id = inquired(cases)
    at = page(screen, cases, "ivo", case_id)
    there = folds(at)
    shown = [one for one in there if re.search(r"\(\d+\)$", one)]
    assert [re.sub(r" \(\d+\)$", "", one) for one in shown] == [
        "People", "Evidence", "The person reported", "Decision, and what follows", "Letters",
    ]  # fmt: skip
    acts = forms_in_order(at, case_id)
    assert len(acts) == len(set(acts)) == 1 + sum(int(one[-2]) for one in shown)
    assert words_cases.RARER in there
    assert acts.index("add_note") < acts.index("unbalanced"), "the rare come after"


def test_what_is_being_checked_stands_at_the_top_and_alone(screen: Any, cases: Desk) -> None:
    case_id = inquired(cases)
    at = page(screen, cases, "ivo", case_id)
    box = next(one for one in at.text_area if one.label == "What do you write?")
    box.set_value("We are looking into it.")
    at = press(at, f"check_say_{case_id}")
    heads = [one.value for one in at.header]
    assert heads.index("Check your answers") < heads.index("What happened")
    assert forms_in_order(at, case_id) == []
    at = press(at, f"confirm_say_{case_id}")
    assert "On the record: write to the reporter." in words_of(at)


def test_an_act_whose_answers_lack_something_stays_unfolded(screen: Any, cases: Desk) -> None:
    case_id = inquired(cases)
    at = press(page(screen, cases, "ivo", case_id), f"check_unbalanced_{case_id}")
    assert not at.exception
    open_now = {one.label for one in at.expander if one.proto.expanded}
    assert {words_cases.RARER, ACTS["unbalanced"]} <= open_now
    assert any(one.startswith("Evidence (") for one in open_now)


def test_rule_4_who_ended_it_undoes_that_from_its_page_while_there_is_time(
    screen: Any, cases: Desk
) -> None:
    case_id = take(cases, came_in(cases))
    does(cases, cases.hal, handling.route_out, case_id, service="fixmystreet", reason="theirs")
    at = press(page(screen, cases, "hal", case_id), f"check_undo_{case_id}")
    press(at, f"confirm_undo_{case_id}")
    assert state(cases, case_id) is State.ACKNOWLEDGED
    does(cases, cases.hal, handling.route_out, case_id, service="fixmystreet", reason="theirs")
    cases.move(minutes=cases.triage.settings.undo_minutes, seconds=1)
    assert "undo" not in forms_in_order(page(screen, cases, "hal", case_id), case_id)


def test_rule_4_what_is_closed_is_taken_up_again_by_a_decider_and_nobody_else(
    screen: Any, cases: Desk
) -> None:
    case_id = close(cases, outcome_due(cases, Finding.NOT_UPHELD))
    cases.move(hours=1)
    assert "reopen" not in forms_in_order(page(screen, cases, "hal", case_id), case_id)
    at = page(screen, cases, "dee", case_id)
    box = next(one for one in at.text_area if one.label == "What is new, or what was wrong?")
    box.set_value("Another letter came.")
    at = press(at, f"check_reopen_{case_id}")
    at = press(at, f"confirm_reopen_{case_id}")
    assert "On the record: take it up again." in words_of(at)
    assert state(cases, case_id) is State.INVESTIGATING


def test_the_way_out_of_a_report_stands_before_what_happened(screen: Any, cases: Desk) -> None:
    at = page(screen, cases, "ivo", inquired(cases))
    keys = [str(one.key) for one in at.button]
    assert keys[0].startswith("recuse_")

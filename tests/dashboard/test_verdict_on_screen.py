"""How a report ends, on the screen: each act by its form, and by nobody without the part."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest
from support.cases import agreed, begun, give, held, staffed, state, write_by_receipt
from support.desk import Desk
from support.screens import press, words_of
from support.verdicts import (
    SUBJECT,
    act,
    add,
    balanced,
    close,
    copy_out,
    decide,
    decided,
    does,
    notified,
    on_action,
    outcome_due,
    party,
    recommended,
    said,
    second_decider,
    seen,
    verdict_on,
)

from triage.cases.inquiry.queries import case_letters
from triage.cases.rules import Finding, State
from triage.cases.service import entering, handling
from triage.cases.tables import Event
from triage.cases.verdict.queries import identities
from triage.cases.verdict.rules import ActionKind, ActionState, How, IdentityState, ToldTo
from triage.cases.verdict.service import appealing, carrying, deciding, telling
from triage.cases.verdict.service.jobs import run_verdicts
from triage.cases.verdict.tables import CaseOutcome
from triage.conduct.incidents import ViolationKind, Wish
from triage.core.ids import short_ref
from triage.core.roles import Role
from triage.letters.rules import HIDDEN, LetterKind
from triage.reports.answers import Reach, reach_to_json
from triage.reports.thread import StepKind
from triage.restrictions.codes import appeal_code
from triage.restrictions.rules import Kind
from triage.staff.calendar import LONDON
from triage.staff.processes import Part

REPORTER = {"name": "Merrily Thrush", "email": "merrily@example.com"}


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports, an address for letters and one for appeals."""
    desk.triage.settings = desk.triage.settings.model_copy(
        update={
            "letter_from": "conduct@charity.example.org",
            "appeal_address": "appeals@charity.example.org",
        }
    )
    return staffed(desk)


class Page:
    """One case on somebody's screen: fill a form, check the answers, do it."""

    def __init__(self, screen: Any, desk: Desk, who: str, case_id: str) -> None:
        self.at: AppTest = screen("cases", getattr(desk, who), case=case_id)
        self.case_id = case_id
        assert not self.at.exception, self.at.exception

    @property
    def says(self) -> str:
        return words_of(self.at)

    @property
    def acts(self) -> set[str]:
        """The forms that stand on it."""
        keys = [str(one.key) for one in self.at.button if str(one.key).startswith("check_")]
        return {one.removeprefix("check_").removesuffix(f"_{self.case_id}") for one in keys}

    def choose(self, kind: str, label: str, value: Any, act: str = "") -> None:
        """Choose in the (first) field that is labelled so."""
        found = [
            one
            for one in self.at.get(kind)
            if one.label == label and (not act or f"{act}_{self.case_id}" in one.form_id)
        ]
        assert found, f"no {kind} {label!r} among {[one.label for one in self.at.get(kind)]}"
        found[0].set_value(value)

    def write(self, label: str, text: str, act: str) -> None:
        self.choose("text_area", label, text, act)

    def check(self, act: str) -> None:
        self.at = press(self.at, f"check_{act}_{self.case_id}")
        assert not self.at.exception, self.at.exception

    def do(self, act: str) -> None:
        """Go on, and confirm."""
        self.check(act)
        assert "Check your answers" in self.says, self.says
        self.at = press(self.at, f"confirm_{act}_{self.case_id}")
        assert not self.at.exception, self.at.exception
        assert "On the record" in self.says, self.says

    def press(self, name: str) -> None:
        self.at = press(self.at, name)
        assert not self.at.exception, self.at.exception


@pytest.fixture
def on_page(screen: Any, cases: Desk) -> Any:
    """``on_page("hal", case_id)``."""
    return lambda who, case_id: Page(screen, cases, who, case_id)


RESTS = "What does it rest on?"
CLAUSES = "Under which clauses?"
FOLLOWS = "What follows? Also where nothing does"


def recommend_on_screen(on: Page, *actions: ActionKind) -> None:
    on.choose("radio", "What is found?", Finding.UPHELD, "recommend")
    on.choose("multiselect", CLAUSES, ["P-TAX-1"], "recommend")
    on.choose("multiselect", FOLLOWS, list(actions), "recommend")
    kinds = "What kind of thing was it? (none where nothing happened)"
    on.choose("multiselect", kinds, [ViolationKind.AGGRESSION], "recommend")
    on.write(RESTS, "Both of them say so.", "recommend")
    on.do("recommend")


def decide_on_screen(on: Page, *actions: ActionKind) -> None:
    on.choose("radio", "What is found?", Finding.UPHELD, "decide")
    on.choose("multiselect", CLAUSES, ["P-TAX-1"], "decide")
    on.choose("multiselect", FOLLOWS, list(actions), "decide")
    on.write(RESTS, "It happened as it was told.", "decide")
    alone = next(one.label for one in on.at.text_area if one.label.startswith("Why is it upheld"))
    on.write(alone, "the account is clear", "decide")
    on.do("decide")


def test_from_recommendation_to_the_end_on_the_screen(on_page: Any, cases: Desk) -> None:
    case_id = begun(cases, wish=Wish.BY_RECEIPT)
    balanced(cases, case_id)
    recommend_on_screen(on_page("ivo", case_id), ActionKind.OTHER)
    assert state(cases, case_id) is State.RECOMMENDED

    on = on_page("dee", case_id)
    assert "decide" not in on.acts
    assert "Both of them say so." not in on.says
    on.press("open_account")
    assert "Both of them say so." in on.says
    assert "The account:" in on.says
    decide_on_screen(on, ActionKind.OTHER)
    assert state(cases, case_id) is State.DECIDED
    assert "It was decided, and is not set up yet." in on.says, "what comes next"

    on = on_page("hal", case_id)
    assert "Still to be set up" in on.says
    assert "begin_acting" not in on.acts
    on.write("What is done, or asked for, and why?", "a talk with them", "set_up_other")
    on.do("set_up_other")
    on = on_page("hal", case_id)
    on.do("begin_acting")
    assert state(cases, case_id) is State.ACTIONING
    on = on_page("hal", case_id)
    on.write("What was done, and with whom? Of HR: who there has it", "we talked", "action_done")
    on.do("action_done")
    assert state(cases, case_id) is State.OUTCOME_DUE

    on = on_page("hal", case_id)
    assert "It cannot be closed yet: the reporter asked to be told" in on.says
    assert "close" not in on.acts
    on.do("tell_reporter")
    assert any("upheld" in one or "found" in one for one in said(cases, case_id))
    on = on_page("hal", case_id)
    assert "Nobody is left to be told" in on.says
    on.write("How did it end, in a few words?", "all of it is done", "close")
    on.do("close")
    assert state(cases, case_id) is State.CLOSED
    assert "Told over the receipt" in on_page("hal", case_id).says


def shown_to(on_page: Any, case_id: str, *people: str) -> dict[str, set[str]]:
    return {name: on_page(name, case_id).acts for name in people}


def test_p_dec_2_only_who_has_the_part_finds_the_act(on_page: Any, cases: Desk) -> None:
    case_id = begun(cases)
    acts = shown_to(on_page, case_id, "hal", "ivo", "dee")
    assert {name for name in acts if "recommend" in acts[name]} == {"ivo"}
    recommended(cases, case_id)
    cases.do(cases.dee, deciding.open_account, case_id=case_id)
    acts = shown_to(on_page, case_id, "hal", "ivo", "dee")
    for act_name in ("decide", "send_back"):
        assert {name for name in acts if act_name in acts[name]} == {"dee"}
    decide(cases, case_id)
    acts = shown_to(on_page, case_id, "hal", "ivo", "dee")
    assert {name for name in acts if "set_up_other" in acts[name]} == {"hal", "dee"}
    assert not any("agree_decision" in one for one in acts.values())
    add(cases, case_id, ActionKind.OTHER)
    acts = shown_to(on_page, case_id, "hal", "ivo", "dee")
    assert {name for name in acts if "begin_acting" in acts[name]} == {"hal"}
    assert {name for name in acts if "action_done" in acts[name]} == {"hal"}
    assert {name for name in acts if "action_waived" in acts[name]} == {"hal", "dee"}
    act(cases, case_id)


@pytest.mark.parametrize("name", ["hope", "ines", "dan", "otto", "cusa"])
def test_p_con_1_whoever_has_no_part_finds_nothing_of_how_it_ends(
    on_page: Any, cases: Desk, name: str
) -> None:
    on = on_page(name, verdict_on(cases))
    assert "There is no such case." in on.says
    assert "It happened as it was said." not in on.says
    assert not on.acts


def test_what_is_missing_is_said_and_nothing_is_recommended(on_page: Any, cases: Desk) -> None:
    on = on_page("ivo", begun(cases))
    on.check("recommend")
    assert "Choose what is found." in on.says
    assert "Say what it rests on." in on.says
    assert state(cases, on.case_id) is State.INVESTIGATING


def test_p_inv_3_what_was_not_balanced_is_refused_and_the_answers_stay(
    on_page: Any, cases: Desk
) -> None:
    on = on_page("ivo", begun(cases, subjects=(SUBJECT,)))
    on.choose("radio", "What is found?", Finding.NOT_UPHELD, "recommend")
    on.choose("multiselect", CLAUSES, ["P-TAX-1"], "recommend")
    on.choose("multiselect", FOLLOWS, [ActionKind.NONE], "recommend")
    on.write(RESTS, "Nobody was there.", "recommend")
    on.check("recommend")
    on.press("confirm_recommend")
    assert "Somebody who was reported has not been told yet" in on.says
    assert any(one.value == "Nobody was there." for one in on.at.text_area)
    assert state(cases, on.case_id) is State.INVESTIGATING


def test_a_decider_sends_it_back_with_what_is_missing(on_page: Any, cases: Desk) -> None:
    case_id = recommended(cases, begun(cases))
    on = on_page("dee", case_id)
    on.write("What is missing?", "ask the steward", "send_back")
    on.do("send_back")
    assert state(cases, case_id) is State.INVESTIGATING
    assert "ask the steward" in on_page("ivo", case_id).says


def test_another_decider_opens_it_and_agrees(on_page: Any, cases: Desk) -> None:
    case_id = verdict_on(cases)
    second_decider(cases, case_id)
    on = on_page("dan", case_id)
    assert "agree_decision" not in on.acts
    on.press("open_account")
    on.do("agree_decision")
    assert seen(cases, case_id).decisions[0].agreed == ("Dan",)
    assert "agree_decision" not in on_page("dan", case_id).acts


def test_p_act_3_an_expulsion_has_no_refund_and_no_field_to_say_otherwise(
    on_page: Any, cases: Desk
) -> None:
    case_id = verdict_on(cases, actions=(ActionKind.EXPULSION,), subjects=(SUBJECT,))
    on = on_page("hal", case_id)
    name = "set_up_expulsion"
    assert "No refund" in on.says
    fields = [
        one.label
        for kind in ("text_input", "text_area", "selectbox", "checkbox", "radio", "toggle")
        for one in on.at.get(kind)
        if f"{name}_{case_id}" in one.form_id
    ]
    assert len(fields) == 3
    assert not [one for one in fields if "refund" in one.lower()]
    on.choose("selectbox", "Whom is it about?", party(cases, case_id), name)
    on.choose("text_input", "From which event, and how far does it reach?", "the fair", name)
    on.write("What is done, or asked for, and why?", "they are sent home", name)
    on.do(name)
    (made,) = seen(cases, case_id).actions
    assert (made.event, made.refund) == ("the fair", "No refund")
    assert "No refund" in on_page("ivo", case_id).says


@pytest.mark.parametrize(
    ("chosen", "typed", "stands"),
    [
        ("ours", "", "Open evening"),
        ("ours", "and the one after", "Open evening: and the one after"),
        ("another", "the fair", "the fair"),
        (None, "the fair", "the fair"),
    ],
)
def test_p_act_3_the_events_that_are_set_up_can_be_chosen_or_another_named(
    on_page: Any, cases: Desk, chosen: str | None, typed: str, stands: str
) -> None:
    for name, days in (("Open evening", 1), ("Past meeting", 0)):
        cases.do(
            cases.hope, entering.add_event, name=name, starts=cases.now + timedelta(days=days),
            ends=cases.now + timedelta(days=days, hours=5), on_site="The door, 020 7946 0123",
        )  # fmt: skip
    cases.move(hours=6)
    with cases.triage.database.read() as session:
        ids = {one.name: one.id for one in session.scalars(select(Event))}
    case_id = verdict_on(cases, actions=(ActionKind.EXPULSION,), subjects=(SUBJECT,))
    on, name = on_page("hal", case_id), "set_up_expulsion"
    (box,) = [one for one in on.at.selectbox if one.label == "From which event?"]
    assert [one.split(",")[0] for one in box.options] == [
        "Open evening", "Past meeting", "Another",
    ]  # fmt: skip
    on.choose("selectbox", "Whom is it about?", party(cases, case_id), name)
    if chosen is not None:
        pick = ids["Open evening"] if chosen == "ours" else "another"
        on.choose("selectbox", "From which event?", pick, name)
    label = "Another event by its name; or how far it reaches"
    on.choose("text_input", label, typed, name)
    on.write("What is done, or asked for, and why?", "they are sent home", name)
    on.do(name)
    (made,) = seen(cases, case_id).actions
    assert (made.event, made.refund) == (stands, "No refund")
    assert stands in on_page("ivo", case_id).says


def test_p_act_3_no_event_chosen_and_none_named_is_asked_again(on_page: Any, cases: Desk) -> None:
    cases.do(
        cases.hope, entering.add_event, name="Open evening", starts=cases.now,
        ends=cases.now + timedelta(hours=5), on_site="The door, 020 7946 0123",
    )  # fmt: skip
    case_id = verdict_on(cases, actions=(ActionKind.EXPULSION,), subjects=(SUBJECT,))
    on, name = on_page("hal", case_id), "set_up_expulsion"
    on.choose("selectbox", "Whom is it about?", party(cases, case_id), name)
    on.choose("selectbox", "From which event?", "another", name)
    on.write("What is done, or asked for, and why?", "they are sent home", name)
    on.press(f"check_{name}")
    assert "Choose the event, or name another." in on.says
    assert seen(cases, case_id).actions == ()


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        (ActionKind.HR_REFERRAL, "What is HR asked to look at?"),
        (ActionKind.POLICE_REFERRAL, "Why should the police be told?"),
    ],
)
def test_p_pol_1_a_referral_is_set_up_with_its_reason(
    on_page: Any, cases: Desk, kind: ActionKind, label: str
) -> None:
    case_id = verdict_on(cases, actions=(kind,), subjects=(SUBJECT,))
    name = f"set_up_{kind.value}"
    on = on_page("hal", case_id)
    if kind is ActionKind.HR_REFERRAL:
        on.choose("selectbox", "Whom is it about?", party(cases, case_id), name)
    on.write(label, "what they did", name)
    on.do(name)
    (made,) = seen(cases, case_id).actions
    assert made.kind is kind
    on = on_page("hal", case_id)
    ways = [one for one in on.at.button if str(one.key) == f"child_{made.id}"]
    assert bool(ways) is (kind is ActionKind.POLICE_REFERRAL)
    if ways:
        assert "Where that stands" in on.says
        assert ways[0].label == "Open it under Police"


def test_p_blk_2_a_restriction_is_set_up_with_no_place_chosen_beforehand(
    on_page: Any, cases: Desk
) -> None:
    case_id = verdict_on(cases, actions=(ActionKind.RESTRICTION,), subjects=(SUBJECT,))
    on = on_page("hal", case_id)
    assert not [one for one in on.at.expander if one.label == "Set up: a restriction"]
    on = on_page("dee", case_id)
    on.choose("selectbox", "Whom is it about?", party(cases, case_id))
    on.at.run()
    on.choose("selectbox", "What is to be restricted?", Kind.CHANNEL_BLOCK)
    on.at.run()
    (where,) = [one for one in on.at.multiselect if one.label.startswith("Where?")]
    assert where.value == []
    on.press("check_set_up_restriction")
    assert "Check your answers" not in on.says
    (where,) = [one for one in on.at.multiselect if one.label.startswith("Where?")]
    where.set_value(["mailing_list"]).run()
    fill_restriction(on, cases)
    on.do("set_up_restriction")
    (made,) = seen(cases, case_id).actions
    assert made.child_id is not None
    on = on_page("hal", case_id)
    assert [one.label for one in on.at.button if one.key == f"child_{made.id}"] == [
        "Open it under Decisions"
    ]


def fill_restriction(on: Page, desk: Desk) -> None:
    """Whatever its fields ask."""
    for one in on.at.text_input:
        if "subject_mailing_list" in str(one.key):
            one.set_value("quentin@example.org")
    for one in on.at.text_area:
        if str(one.key).endswith("_reason"):
            one.set_value("shouted again")
        if str(one.key).endswith("_public"):
            one.set_value("Asked to stop and did not stop.")
        if str(one.key).endswith("_enough"):
            one.set_value("others left the list")
    for day in on.at.date_input:
        if str(day.key).endswith("_review"):
            day.set_value((desk.now + timedelta(days=90)).date())
    on.at.run()


@pytest.mark.parametrize("kind", [ActionKind.WARNING, ActionKind.REQUEST_TO_CEASE])
def test_p_act_2_a_letter_is_written_checked_for_leaks_previewed_and_copied_out(
    on_page: Any, cases: Desk, kind: ActionKind
) -> None:
    case_id = verdict_on(cases, actions=(kind,), subjects=(SUBJECT,), **REPORTER)
    add(cases, case_id, kind, party_id=party(cases, case_id))
    act(cases, case_id)
    name = f"write_{kind.value}"
    on = on_page("hal", case_id)
    what = "This is about … (what they did, and when; neutral, quoting nobody)"
    on.write(what, "a loud Friday, as Merrily Thrush knows.", name)
    more = next(
        one.label for one in on.at.text_area
        if f"{name}_{case_id}" in one.form_id and one.label != what
    )  # fmt: skip
    on.write(more, "Others could not hear each other.", name)
    on.do(name)

    on = on_page("hal", case_id)
    assert "What will go:" in on.says
    assert "Not yet checked" in on.says
    assert "This is right: it may go" not in on.says
    on.press("check_letter")
    assert "This is right: it may go" not in on.says
    assert "Something in it could tell who reported this." in on.says
    text = next(one for one in on.at.text_area if one.label == "Letter")
    text.set_value(text.value.replace(", as Merrily Thrush knows", ""))
    on.press("keep_letter")
    on.press("check_letter")
    assert "could tell who reported this" not in on.says
    assert "This is right: it may go" not in on.says
    (letter_id,) = (one.letter_id for one in seen(cases, case_id).actions)
    agreed(cases, str(letter_id), cases.hal)
    on = on_page("hal", case_id)
    (clock,) = [one for one in on.at.time_input if one.label.startswith("At what time did it go")]
    now = cases.now.astimezone(LONDON).time().replace(second=0, microsecond=0)
    clock.set_value(now)
    on.press("copied_letter")
    run_verdicts(cases.triage.runner, cases.now)
    assert state(cases, case_id) is State.OUTCOME_DUE
    assert seen(cases, case_id).actions[0].state is ActionState.DONE


def test_what_is_not_done_takes_a_reason(on_page: Any, cases: Desk) -> None:
    case_id = verdict_on(cases)
    add(cases, case_id, ActionKind.OTHER)
    act(cases, case_id)
    on = on_page("dee", case_id)
    on.check("action_waived")
    assert "Say why." in on.says
    on.write("Why is it not done?", "they have moved away", "action_waived")
    on.do("action_waived")
    assert "they have moved away" in on_page("ivo", case_id).says


def test_p_out_2_who_has_not_asked_is_not_written_to(on_page: Any, cases: Desk) -> None:
    on = on_page("hal", outcome_due(cases, wish=Wish.NONE))
    assert "has not asked to be told" in on.says
    assert not {"tell_reporter", "waive_telling"} & on.acts
    assert "close" in on.acts


def test_p_out_3_a_letter_to_the_reporter_shows_nobody_where_it_goes(
    on_page: Any, cases: Desk
) -> None:
    case_id = outcome_due(cases, wish=Wish.BY_CONTACT, **REPORTER)
    on = on_page("hal", case_id)
    on.do("tell_reporter")
    on = on_page("hal", case_id)
    assert HIDDEN in on.says
    assert "merrily" not in on.says.lower()
    assert "It cannot be closed yet: the reporter asked" in on.says
    assert not [one for one in on.at.text_input if one.label.startswith("E-mail address")]
    on.press("approve_letter")
    on.press("send_letter")
    assert "Call it back" in on.says


def test_p_out_1_not_to_tell_takes_a_reason(on_page: Any, cases: Desk) -> None:
    case_id = outcome_due(cases, wish=Wish.BY_RECEIPT)
    on = on_page("hal", case_id)
    on.choose("selectbox", "Who is not told?", "reporter", "waive_telling")
    on.write("Why are they not told?", "the receipt was lost", "waive_telling")
    on.do("waive_telling")
    (made,) = seen(cases, case_id).outcomes
    assert (made.told, made.how) == (ToldTo.REPORTER, How.WAIVED)
    assert "the receipt was lost" in on_page("hal", case_id).says


def test_p_out_2_who_asks_only_once_it_is_closed_can_be_told_from_the_page(
    on_page: Any, cases: Desk
) -> None:
    case_id = close(cases, outcome_due(cases, wish=Wish.NONE))
    assert "tell_reporter" not in on_page("hal", case_id).acts
    cases.move(minutes=1)
    wish = reach_to_json(Reach(wish=Wish.BY_RECEIPT))
    write_by_receipt(cases, case_id, wish, StepKind.REACH)
    on = on_page("hal", case_id)
    assert "tell_reporter" in on.acts
    on.do("tell_reporter")
    (made,) = seen(cases, case_id).outcomes
    assert (made.told, made.how) == (ToldTo.REPORTER, How.RECEIPT)
    assert "tell_reporter" not in on_page("hal", case_id).acts


def due_to_subject(desk: Desk) -> str:
    case_id = decided(
        desk, notified(desk, wish=Wish.NONE), Finding.UPHELD, (ActionKind.NONE,), balance=False
    )
    act(desk, case_id)
    return case_id


def test_p_int_4_who_was_told_of_it_is_told_how_it_ended(on_page: Any, cases: Desk) -> None:
    case_id = due_to_subject(cases)
    on = on_page("hal", case_id)
    assert f"{SUBJECT.name} was told of the report, and not yet how it ended" in on.says
    on.choose("selectbox", "Who is told?", party(cases, case_id), "tell_subject")
    on.write("What follows from it for them, or that nothing does", "Nothing.", "tell_subject")
    on.do("tell_subject")
    on = on_page("hal", case_id)
    assert "The letter has not gone yet" in on.says
    assert "Not yet checked" in on.says
    (made,) = seen(cases, case_id).outcomes
    assert made.letter_id is not None
    copy_out(cases, made.letter_id)
    on = on_page("hal", case_id)
    assert "Nobody is left to be told" in on.says
    assert "Told by letter" in on.says


def test_an_appeal_is_entered_by_its_code_and_decided_by_who_took_no_part(
    screen: Any, on_page: Any, cases: Desk
) -> None:
    case_id = due_to_subject(cases)
    letter_id = does(
        cases, cases.hal, telling.tell_subject, case_id,
        party_id=party(cases, case_id), follows="Nothing.",
    )  # fmt: skip
    copy_out(cases, letter_id)
    close(cases, case_id)
    with cases.triage.database.read() as session:
        (outcome,) = session.query(CaseOutcome).filter_by(case_id=case_id).all()
        code = appeal_code(cases.triage.keys, outcome.id)
    at = screen("cases", cases.hope)  # any handler, who knows nothing of the case
    assert short_ref(case_id) not in words_of(at)
    enter(at, "nothing-like-it", cases)
    assert "No decision has this code." in words_of(at)
    enter(at, code, cases)
    assert "The appeal is entered." in words_of(at)
    assert short_ref(case_id) not in words_of(at)
    assert "decide_appeal" not in on_page("dee", case_id).acts
    (name,) = held(cases, case_id)[Part.DECIDER] - {"dee"}
    cases.do(getattr(cases, name), handling.declare, case_id=case_id, version=0, ties=())
    on = on_page(name, case_id)
    assert "decide_appeal" not in on.acts
    on.press("open_account")
    on.choose("radio", "What becomes of it?", "overturned", "decide_appeal")
    on.write("Why?", "nobody asked the steward", "decide_appeal")
    on.do("decide_appeal")
    assert state(cases, case_id) is State.INVESTIGATING
    assert "This stands no more" in on_page("ivo", case_id).says


def test_who_handles_it_writes_to_whoever_appealed_that_the_finding_stands(
    on_page: Any, cases: Desk
) -> None:
    case_id = due_to_subject(cases)
    letter_id = does(
        cases, cases.hal, telling.tell_subject, case_id,
        party_id=party(cases, case_id), follows="Nothing.",
    )  # fmt: skip
    copy_out(cases, letter_id)
    close(cases, case_id)
    with cases.triage.database.read() as session:
        (outcome,) = session.query(CaseOutcome).filter_by(case_id=case_id).all()
        code = appeal_code(cases.triage.keys, outcome.id)
    given = {"code": code, "words": "No.", "came_at": cases.now}
    cases.do(cases.hope, appealing.record_appeal, **given)
    assert "tell_appellant" not in on_page("hal", case_id).acts
    (name,) = held(cases, case_id)[Part.DECIDER] - {"dee"}
    cases.do(getattr(cases, name), handling.declare, case_id=case_id, version=0, ties=())
    on = on_page(name, case_id)
    on.press("open_account")
    on.choose("radio", "What becomes of it?", "upheld", "decide_appeal")
    on.write("Why?", "two people had seen it", "decide_appeal")
    on.do("decide_appeal")
    assert "tell_appellant" not in on_page("ivo", case_id).acts
    on = on_page("hal", case_id)
    assert "They have not been told yet that it stands" in on.says
    on.write(
        "In one or two sentences that they read: why does it stand?",
        "Two people had seen it.",
        "tell_appellant",
    )
    on.do("tell_appellant")
    assert "tell_appellant" not in on.acts
    assert "The letter that tells them has not gone yet." in on.says
    found = [one for one in letters_of(cases, case_id) if one.kind is LetterKind.APPEAL_OUTCOME]
    copy_out(cases, found[0].id)
    assert "They were told by letter." in on_page("hal", case_id).says


def letters_of(desk: Desk, case_id: str) -> Any:
    return desk.read(case_letters, viewer=desk.hal, case_id=case_id)


def enter(at: AppTest, code: str, desk: Desk) -> None:
    next(one for one in at.text_input if one.label.startswith("The code")).set_value(code)
    next(one for one in at.text_area if one.label.startswith("What did they")).set_value("No.")
    clock = next(one for one in at.time_input if one.label == "At what time, in London?")
    clock.set_value((desk.now - timedelta(hours=1)).time().replace(second=0, microsecond=0))
    press(at, "enter_case_appeal")
    assert not at.exception


def test_who_reported_is_asked_allowed_opened_and_shown_for_a_day_to_who_asked(
    screen: Any, on_page: Any, cases: Desk
) -> None:
    case_id = begun(cases, **REPORTER)
    on = on_page("hal", case_id)
    assert "ask_identity" not in on_page("dee", case_id).acts
    on.write("Why must you know who it is?", "to ask about the door", "ask_identity")
    on.do("ask_identity")
    assert "ask_identity" not in on_page("hal", case_id).acts
    for part, name in (
        (Part.IDENTITY_APPROVER, "settle_identity"),
        (Part.CUSTODIAN, "open_identity"),
    ):
        (who,) = held(cases, case_id)[part]
        assert "Who reported: waits for you" in words_of(screen("cases", getattr(cases, who)))
        on = on_page(who, case_id)
        assert name not in on.acts  # first they say whether they have a conflict
        on.press("no_tie")
        on = on_page(who, case_id)
        assert "to ask about the door" in on.says
        assert "shouted" not in on.says
        if name == "settle_identity":
            on.choose("radio", "May it be opened?", "It may be opened", name)
            on.write("Why?", "they must be asked", name)
        on.do(name)
        assert "Merrily" not in on.says
        assert "waits for you" not in words_of(screen("cases", getattr(cases, who)))
    on = on_page("hal", case_id)
    assert "shown to Hal until" in on.says
    assert "Merrily" not in on.says
    next(one for one in on.at.toggle if one.label == "Show who reported").set_value(True).run()
    assert "Merrily Thrush" in on.says
    assert "Show who reported" not in on_page("ivo", case_id).says
    cases.clock.move(timedelta(hours=25))
    on = on_page("hal", case_id)
    assert "Show who reported" not in on.says
    (asked,) = cases.read(identities, viewer=cases.hal, case_id=case_id, at=cases.now)
    assert asked.state is IdentityState.CLOSED


def test_p_act_1_after_a_request_to_cease_is_said_at_once(on_page: Any, cases: Desk) -> None:
    before = verdict_on(cases, actions=(ActionKind.REQUEST_TO_CEASE,), subjects=(SUBJECT,))
    action_id = add(cases, before, ActionKind.REQUEST_TO_CEASE, party_id=party(cases, before))
    act(cases, before)
    on_action(cases, carrying.say_done, action_id, note="told face to face")
    assert "After a request to cease" not in on_page("hal", before).says
    cases.clock.move(timedelta(days=2))
    again = begun(cases, subjects=(SUBJECT,))
    assert "After a request to cease" in on_page("hal", again).says


def test_a_senders_timeline_leads_to_the_case_for_its_members_alone(
    screen: Any, cases: Desk
) -> None:
    both = cases.add("hettie", Role.HANDLER, Role.REVIEWER)
    message = cases.arrive("[medium] words", from_address="quentin@example.org")
    case_id = verdict_on(cases, subjects=(SUBJECT,))
    add(cases, case_id, ActionKind.OTHER, party_id=party(cases, case_id))
    sender_id = str(cases.row(message).sender_id)
    assert "Incident report" not in words_of(screen("sender", both, sender=sender_id))
    give(cases, case_id, Part.HANDLER, both)  # in Hal's place
    at = screen("sender", both, sender=sender_id)
    assert "Incident report: upheld" in words_of(at)
    (decision,) = seen(cases, case_id, cases.ivo).decisions
    assert f"moment_{decision.id}" in [one.key for one in at.button]
    assert "Incident report" not in words_of(screen("sender", cases.ana, sender=sender_id))


def test_p_nam_1_another_person_agrees_to_a_sentence_by_typing_it(
    on_page: Any, cases: Desk
) -> None:
    case_id = verdict_on(cases, actions=(ActionKind.RESTRICTION,), subjects=(SUBJECT,))
    on = on_page("hal", case_id)
    on.write("The sentence that the person is to read, word for word", "Hill is", "agree_words")
    why = "Why can it stand, though it could tell who reported this?"
    on.write(why, "it is the name of the hall", "agree_words")
    on.do("agree_words")
    assert len(cases.events("case_words_agreed", case_id)) == 1
    assert "agree_words" not in on_page("ivo", case_id).acts

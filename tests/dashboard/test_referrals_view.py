"""The page on the police: 999 first, each part by another person, nothing without a check."""

from datetime import time
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.referring import act, answer, authorise, consider, mark, no, row, see, staffed, state
from support.referring import submit as hand_over
from support.screens import html_of, press, words_of

from triage.conduct.kinds import Disposition, Severity
from triage.core.ids import new_id, short_ref
from triage.messages.rules import State as MessageState
from triage.messages.service import children, concern
from triage.messages.service.linking import confirm_link, unlink
from triage.referrals.rules import AtRisk, Conclusion, ReferenceKind, Route, State
from triage.referrals.service import with_police
from triage.referrals.tables import Referral, ReferralMatter
from triage.senders.rules import LinkReason

MARK = "<b>bold</b> [x](https://example.org) <img src=x>"
DANGER = "If someone is in danger now, call 999 first."


@pytest.fixture
def referral(desk: Desk) -> str:
    """Ana has marked a message of particular concern."""
    staffed(desk)
    return mark(desk, desk.ana, desk.arrive("[high] words that were sent"))


def said(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def fill(at: AppTest, kind: str, label: str, value: Any) -> None:
    found = [one for one in at.get(kind) if one.label.startswith(label)]
    assert found, f"no {kind} {label!r} among {[one.label for one in at.get(kind)]}"
    found[0].set_value(value)


def choose(at: AppTest, label: str, value: Any) -> None:
    next(one for one in at.selectbox if one.label.startswith(label)).set_value(value)


def opened(screen: Any, who: Any, referral: str) -> AppTest:
    """Somebody opens it, and the evidence."""
    return press(screen("referrals", who, referral=referral), "evidence")


def confirm(at: AppTest, name: str) -> AppTest:
    at = press(at, f"check_{name}")
    assert "Check your answers" in said(at)
    return press(at, f"confirm_{name}")


def authorise_on_screen(at: AppTest) -> AppTest:
    fill(at, "text_area", "What is to be handed over?", f"The message. {MARK}")
    choose(at, "On what lawful basis?", "crime")
    return confirm(at, "authorise")


def test_p_pol_1_from_particular_concern_to_its_conclusion_by_three_people(
    screen: Any, desk: Desk
) -> None:
    staffed(desk)
    message = desk.arrive("[high] words that were sent")
    at = screen("review", desk.ana, message=message)
    at = press(at, "reveal_full")
    desk.move(seconds=5)
    fill(at, "checkbox", "Of particular concern", True)
    fill(at, "text_area", "What should they look at?", "He says where we live.")
    at = next(one for one in at.button if one.label == "Ask for a second look").click().run()
    assert "A report to the police is being considered." in said(at)
    made = desk.read(_only)
    assert (made.state, made.considered_by) == (State.CONSIDERING, desk.ana.person_id)
    assert desk.row(message).particular_concern

    assert "you put this forward, so somebody else decides" in said(
        screen("referrals", desk.ana, referral=made.id)
    )
    at = screen("referrals", desk.dora, referral=made.id)
    assert "words that were sent" not in said(at), "covered until it is opened"
    assert "Authorise the report: open the evidence first." in said(at)
    at = press(at, "evidence")
    assert "words that were sent" in said(at)
    at = authorise_on_screen(at)
    assert row(desk, made.id).authorised_by == desk.dora.person_id
    assert row(desk, made.id).reporter_data is False
    assert "Record that it was handed over: this is for the handlers." in said(at)
    assert (
        "Next: a handler hands it over to the police, and records that here: neither who put it "
        "forward nor who authorised it." in said(at)
    )

    at = screen("referrals", desk.hal, referral=made.id)
    choose(at, "How was it handed over?", "online")
    fill(at, "text_input", "To which force?", "The force here")
    fill(at, "time_input", "At what time", time(0, 5))
    at = confirm(at, "submit")
    assert state(desk, made.id) is State.SUBMITTED
    assert "awaiting a reference" in said(at)
    assert "Next: a handler enters the reference that the police give" in said(at)
    choose(at, "Which kind of number?", "crime")
    fill(at, "text_input", "The number", "CR/12345/26")
    at = confirm(at, "reference")
    assert "CR/12345/26" in said(at)
    assert "Conclude it: say first, below, what became of telling" in said(at)
    next(one for one in at.radio if one.label.startswith("What became")).set_value("told")
    at = press(at, "answer")
    assert row(desk, made.id).at_risk == AtRisk.TOLD
    choose(at, "How did it end?", "warning")
    for one in at.text_area:
        if one.label == "How is this known?":
            one.set_value("The officer rang.")
    at = confirm(at, "conclude")
    assert state(desk, made.id) is State.CONCLUDED
    assert row(desk, made.id).conclusion == Conclusion.WARNING
    assert "Next:" not in said(at)
    assert "Take it up again: this is for the people who decide." in said(at)


def test_p_pol_1_two_people_decline_and_the_second_answers_first_for_who_is_at_risk(
    screen: Any, desk: Desk, referral: str
) -> None:
    at = opened(screen, desk.dora, referral)
    assert "0 of 2 have said" in said(at)
    fill(at, "text_area", "In a few words", "An old joke.")
    at = confirm(at, "say_no")
    assert "1 of 2 have said" in said(at)
    assert "a second person who decides agrees, or says that it goes to the police" in said(at)
    assert "you have said no, so a second person decides." in said(at)
    at = opened(screen, desk.edda, referral)
    assert "Say that it is not to be referred: say first, below" in said(at)
    next(one for one in at.radio if one.label.startswith("What became")).set_value("told")
    at = press(at, "answer")
    fill(at, "text_area", "In a few words", "It is an old joke.")
    at = confirm(at, "say_no")
    assert state(desk, referral) is State.NOT_REFERRED
    assert "Not referred" in said(at)
    [listed] = [
        one for one in html_of(screen("referrals", desk.ana)).split("\n") if "Not ref" in one
    ]
    assert "put forward by Ana" in listed


def test_nothing_is_done_before_the_answers_were_checked_and_change_keeps_them(
    screen: Any, desk: Desk, referral: str
) -> None:
    at = opened(screen, desk.dora, referral)
    fill(at, "text_area", "What is to be handed over?", "The message.")
    at = press(at, "check_authorise")
    assert "Choose the lawful basis." in said(at)
    choose(at, "On what lawful basis?", "crime")
    at = press(at, "check_authorise")
    assert state(desk, referral) is State.CONSIDERING
    assert "To prevent or detect crime" in said(at)
    assert "stays out" in said(at)
    at = press(at, "change_authorise")
    [typed] = [one for one in at.text_area if one.label == "What is to be handed over?"]
    assert typed.value == "The message."
    assert state(desk, referral) is State.CONSIDERING


def test_what_somebody_did_meanwhile_is_said_and_what_was_typed_is_kept(
    screen: Any, desk: Desk, referral: str
) -> None:
    at = opened(screen, desk.dora, referral)
    fill(at, "text_area", "What is to be handed over?", "The message.")
    choose(at, "On what lawful basis?", "crime")
    at = press(at, "check_authorise")
    no(desk, desk.edda, referral)
    at = press(at, "confirm_authorise")
    assert "There is a problem" in said(at)
    assert "since you opened it" in said(at) or "in the meantime" in said(at)
    [typed] = [one for one in at.text_area if one.label == "What is to be handed over?"]
    assert typed.value == "The message."
    assert state(desk, referral) is State.CONSIDERING


def test_999_stands_before_every_form_and_list(screen: Any, desk: Desk, referral: str) -> None:
    for query in ({}, {"referral": referral}, {"referral": new_id()}):
        at = screen("referrals", desk.hal, **query)
        assert words_of(at).startswith(DANGER)


def test_the_lists_show_what_waits_what_lives_what_lacks_a_reference_and_what_came_late(
    screen: Any, desk: Desk, referral: str
) -> None:
    assert "To decide: does it go to the police?" in said(screen("referrals", desk.edda))
    assert "To decide" not in said(screen("referrals", desk.ana))
    twice = "What waits for you is live too, and stands above."
    at = screen("referrals", desk.edda)
    assert len([one for one in at.button if str(one.key).endswith(referral)]) == 1, "it stands once"
    assert twice in said(at)
    at = screen("referrals", desk.ana)
    assert [str(one.key) for one in at.button if str(one.key).endswith(referral)]
    authorise(desk, desk.dora, referral)
    assert "Authorised: to be handed over" in said(screen("referrals", desk.hal))
    hand_over(desk, desk.hal, referral)
    at = screen("referrals", desk.hal)
    assert "Handed over, and no reference has come yet:" in said(at)
    at = press(at, "awaiting")
    assert at.query_params["referral"] == referral


def test_a_call_is_written_down_on_the_message_with_when_it_really_was(
    screen: Any, desk: Desk
) -> None:
    staffed(desk)
    message = desk.arrive("[high] words")
    desk.move(hours=30)
    at = screen("review", desk.ana, message=message)
    fill(at, "text_input", "Which force took it?", "The force here")
    fill(at, "text_area", "What were they told?", f"He is at the door. {MARK}")
    fill(at, "date_input", "On which day?", desk.now.date().replace(day=desk.now.day - 1))
    fill(at, "time_input", "At what time", time(0, 5))
    at = confirm(at, "call")
    made = desk.read(_only)
    assert (made.state, made.route, made.danger_now) == (State.SUBMITTED, Route.EMERGENCY, True)
    assert "called in danger" in said(at)
    assert "Recorded late" in said(screen("referrals", desk.ben))
    shown = screen("referrals", desk.ben, referral=made.id)
    assert MARK in said(shown)
    assert "<b>bold" not in html_of(shown)


def test_five_lines_are_copied_in_one_press_and_are_lines_whatever_was_typed(
    screen: Any, desk: Desk, referral: str
) -> None:
    at = screen("referrals", desk.hal, referral=referral)
    fill(at, "text_input", "In one line, what it says", f"he comes\u202e {MARK}")
    at = at.run()
    [lines] = [one.value for one in at.code]
    assert len(lines.split("\n")) == 5
    assert "he comes" in lines
    assert "\u202e" not in lines


def test_who_has_no_part_sees_no_row_and_a_link_reads_like_one_that_is_not(
    screen: Any, desk: Desk
) -> None:
    staffed(desk)
    hers = desk.arrive("[high] words", recipients=(address("ben"),))
    made = mark(desk, desk.ana, hers)
    assert "Report to the police" not in said(screen("referrals", desk.ben))
    for link in (made, new_id(), "x", "../../etc"):
        shown = said(screen("referrals", desk.ben, referral=link))
        assert "There is no such referral." in shown
        assert "What can be done now" not in shown


def test_who_submits_is_a_third_person_and_a_reviewer_is_told_whose_it_is(
    screen: Any, desk: Desk, referral: str
) -> None:
    authorise(desk, desk.dora, referral)
    assert "this is for the handlers." in said(screen("referrals", desk.ana, referral=referral))
    both = desk.add("both", *desk.dora.roles, *desk.hal.roles)
    other = consider(desk, desk.ben, desk.arrive("[high]", from_address="two@example.org"))
    authorise(desk, both, other)
    shown = said(screen("referrals", both, referral=other))
    assert "who submits it neither put it forward nor authorised it." in shown


def test_a_withdrawal_and_taking_it_up_again_are_for_deciders(
    screen: Any, desk: Desk, referral: str
) -> None:
    authorise(desk, desk.dora, referral)
    hand_over(desk, desk.hal, referral)
    answer(desk, desk.ben, referral)
    at = screen("referrals", desk.edda, referral=referral)
    fill(at, "text_area", "In a few words", "It was another man. Told by telephone.")
    at = confirm(at, "withdraw")
    assert state(desk, referral) is State.WITHDRAWN
    fill(at, "text_area", "In a few words", "He wrote again.")
    at = confirm(at, "reopen")
    assert state(desk, referral) is State.CONSIDERING
    assert "you put this forward, so somebody else decides." in said(at)


def test_news_and_a_further_disclosure_are_added(screen: Any, desk: Desk, referral: str) -> None:
    authorise(desk, desk.dora, referral)
    hand_over(desk, desk.hal, referral)
    act(desk, desk.hal, with_police.enter_reference, referral, reference="1",
        kind=ReferenceKind.LOG)  # fmt: skip
    at = screen("referrals", desk.hope, referral=referral)
    fill(at, "text_area", "What did they say or ask?", f"They ask for more. {MARK}")
    fill(at, "text_input", "Who deals with it there?", "PC Example")
    at = press(at, "add_news")
    assert state(desk, referral) is State.IN_PROGRESS
    assert "PC Example" in said(at)
    fill(at, "text_input", "To whom?", "PC Example")
    fill(at, "text_area", "What was it?", "The second message.")
    choose(at, "On what lawful basis?", "crime")
    for one in at.time_input:
        one.set_value(time(0, 5))
    at = confirm(at, "disclose")
    assert "The second message." in said(at)
    assert "<b>bold" not in html_of(at)


def test_what_was_acted_upon_is_closed_by_a_press_or_says_why_not(
    screen: Any, desk: Desk, referral: str
) -> None:
    message = desk.read(_ground, referral_id=referral)
    desk.move(minutes=1)
    version = desk.open(desk.ben, message)
    given = {"labels": [Disposition.THREATENING], "severity": Severity.HIGH}
    desk.do(desk.ben, children.await_decision, message_id=message, version=version, **given)
    authorise(desk, desk.dora, referral)
    assert desk.state(message) is MessageState.ACTIONED
    at = press(screen("review", desk.ben, message=message), "close_actioned")
    assert "closes once it was reported to the police" in said(at)
    assert desk.state(message) is MessageState.ACTIONED
    hand_over(desk, desk.hal, referral)
    at = press(screen("review", desk.ben, message=message), "close_actioned")
    assert desk.state(message) is MessageState.ACTIONED_CLOSED
    assert "Closed: acted upon" in said(at)


def _ground(session: Session, *, referral_id: str) -> str:
    wanted = select(ReferralMatter.matter_id).where(ReferralMatter.referral_id == referral_id)
    return session.scalars(wanted).one()


def _only(session: Session) -> Referral:
    return session.scalars(select(Referral)).one()


def test_the_evidence_is_opened_anew_by_whoever_opens_the_page_anew(
    screen: Any, desk: Desk, referral: str
) -> None:
    see(desk, desk.dora, referral)
    at = screen("referrals", desk.dora, referral=referral)
    assert "words that were sent" not in said(at)
    assert "opened by you" in said(at)
    assert [one for one in at.button if str(one.key).startswith("check_authorise")]


def two_addresses(desk: Desk) -> tuple[str, str, str, str]:
    """(the referral, the link that it rests on, the two messages)."""
    staffed(desk)
    one, other = (
        desk.arrive("[high] words", from_address=who)
        for who in ("kim@example.org", "k.im@example.net")
    )
    given = {"other_id": desk.row(other).sender_id, "reason": LinkReason.KNOWN_TO_US}
    link = desk.do(desk.ana, confirm_link, message_id=one, **given)
    return consider(desk, desk.ana, one, other), link, one, other


def take_the_link_back(desk: Desk, link: str, message_id: str) -> None:
    given = {"link_id": link, "reason": LinkReason.MISTAKE}
    desk.do(desk.ben, unlink, message_id=message_id, **given)


def test_p_pol_1_what_rests_on_a_link_that_was_taken_back_says_so_and_is_not_authorised(
    screen: Any, desk: Desk
) -> None:
    made, link, one, other = two_addresses(desk)
    see(desk, desk.dora, made)
    assert "Authorise the report" in [
        each.label for each in screen("referrals", desk.dora, referral=made).expander
    ]
    take_the_link_back(desk, link, one)
    at = screen("referrals", desk.dora, referral=made)
    assert f"this rests on mail from there: {short_ref(other)}." in said(at)
    assert "It cannot be authorised so" in said(at)
    assert said(at).count("Not linked with this person any more.") == 1
    assert "Authorise the report" not in [each.label for each in at.expander]
    assert "Say that it is not to be referred" in [each.label for each in at.expander]


def test_p_pol_1_who_handles_what_the_police_have_is_told_that_the_link_was_taken_back(
    screen: Any, desk: Desk
) -> None:
    made, link, one, other = two_addresses(desk)
    authorise(desk, desk.dora, made)
    hand_over(desk, desk.hal, made)
    assert "taken back that another address" not in said(
        screen("referrals", desk.hope, referral=made)
    )
    take_the_link_back(desk, link, one)
    text = said(screen("referrals", desk.hope, referral=made))
    assert f"this rests on mail from there: {short_ref(other)}." in text
    assert "The police have it as one person's: tell them" in text


def test_where_the_mark_was_taken_back_both_pages_say_why_it_waits_and_for_whom(
    screen: Any, desk: Desk
) -> None:
    staffed(desk)
    message = desk.arrive("[high] words that were sent")
    made = mark(desk, desk.ana, message)
    taken_back = "The mark “of particular concern” that this began with was taken back."
    assert taken_back not in said(screen("referrals", desk.ben, referral=made))
    version = desk.version(message)
    desk.do(desk.ana, concern.withdraw_own, message_id=message, version=version)
    for at in (
        screen("referrals", desk.ben, referral=made), screen("review", desk.ben, message=message),
    ):  # fmt: skip
        shown = said(at)
        assert taken_back in shown
        assert "It ends when two of those who decide have said why" in shown
        assert "Who can: Dora, Edda" in shown
    no(desk, desk.edda, made)
    shown = said(screen("referrals", desk.ben, referral=made))
    assert "It ends when one more of those who decide says why" in shown
    assert "Who can: Dora" in shown
    assert "Those are too few" not in shown

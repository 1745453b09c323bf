"""The review page, as reviewers use it."""

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.screens import html_of, press, words_of

from dashboard import session
from triage.conduct.kinds import Disposition, Severity
from triage.intake.inbound import Attachment
from triage.messages.rules import State


def shown(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def test_an_empty_queue_says_so_and_when_mail_last_came(screen, desk: Desk) -> None:
    said = shown(screen("review", desk.ana))
    assert "Nothing waiting." in said
    assert "No mail has been imported yet." in said


def test_the_queue_shows_lanes_and_neutral_rows_and_no_words_of_a_message(screen, desk) -> None:
    desk.arrive("[high] fearsome words", subject="fearsome subject")
    desk.arrive("[medium] other words")
    said = shown(screen("review", desk.ana))
    assert "2 messages to look at." in said
    assert "fearsome" not in said
    assert "Model: high" in said
    assert "pat@example.org" in said


def test_a_recipient_finds_nothing_of_their_own_message(screen, desk) -> None:
    message_id = desk.arrive("[high] for you", recipients=(address("ana"),))
    assert "Nothing waiting." in shown(screen("review", desk.ana))
    assert "There is no such message." in shown(screen("review", desk.ana, message=message_id))
    assert "1 message to look at." in shown(screen("review", desk.ben))


@pytest.mark.parametrize("who", ["max", "ada", "kit", "gus"])
def test_who_does_not_review_is_told_so_and_sees_nothing(screen, desk, who: str) -> None:
    message_id = desk.arrive("[high] words")
    for query in ({}, {"message": message_id}):
        at = screen("review", getattr(desk, who), **query)
        said = shown(at)
        assert "This page is not part of your role." in said
        assert "pat@example.org" not in said


def test_opening_a_message_claims_it_and_keeps_its_text_covered(screen, desk) -> None:
    message_id = desk.arrive("[high] fearsome words")
    said = shown(screen("review", desk.ana, message=message_id))
    assert desk.row(message_id).claimed_by == desk.ana.person_id
    assert "The text is covered." in said
    assert "fearsome" not in said


def test_each_step_of_uncovering_is_on_the_record(screen, desk) -> None:
    message_id = desk.arrive("[high] you silly tosser")
    at = screen("review", desk.ana, message=message_id)
    at = press(at, "reveal_masked")
    assert "you silly t•••••" in shown(at)
    assert "<mark" in html_of(at)
    at = press(at, "reveal_full")
    assert "you silly tosser" in shown(at)
    assert [one.details for one in desk.events("reveal")] == [
        '{"held":true,"step":"masked"}',
        '{"held":true,"step":"full"}',
    ]


def chosen(screen, desk: Desk) -> tuple[str, AppTest]:
    """(a message, its page with a threat of high severity chosen)."""
    message_id = desk.arrive("[high] you silly tosser")
    at = screen("review", desk.ana, message=message_id)
    desk.move(seconds=5)
    at = press(at, "reveal_full")
    at = press(at, "choose_threatening")
    at = press(at, "severity_high")
    return message_id, at


@pytest.mark.parametrize("hasty", ["severity_low", "choose_offensive", "clear"])
def test_a_choice_and_a_decision_pressed_in_one_moment_decide_nothing_and_the_choice_stands(
    screen, desk, hasty: str
) -> None:
    message_id, at = chosen(screen, desk)
    at.button(key=f"{hasty}_{message_id}").set_value(True)
    at = press(at, "decide")
    said = shown(at)
    assert "nothing is done yet" in said
    assert desk.state(message_id) is State.CLAIMED
    assert {"severity_low": "✓ Low", "choose_offensive": "✓ Offensive", "clear": "Low"}[hasty] in {
        one.label for one in at.button
    }


@pytest.mark.parametrize("late", ["severity_low", "choose_offensive", "decide", "skip"])
def test_a_press_of_a_message_that_was_left_since_does_nothing(screen, desk, late: str) -> None:
    message_id, at = chosen(screen, desk)
    at.session_state["deciding"] = "another"
    at = press(at, late)
    assert desk.state(message_id) is State.CLAIMED
    assert at.session_state["labels"] == {"threatening"}
    assert at.session_state["severity"] == "high"


def test_a_threat_in_an_attachment_is_said_to_be_there_in_the_queue_and_beside_the_text(
    screen, desk
) -> None:
    attached = Attachment("note.txt", "text/plain", 9, "0" * 64, "[high] fearsome words")
    message_id = desk.arrive("see attached", attachments=(attached,))
    said = shown(screen("review", desk.ana))
    assert "found in an attachment" in said
    assert "fearsome" not in said
    at = press(screen("review", desk.ana, message=message_id), f"reveal_full_{message_id}")
    assert "It was found in an attachment: show the attached text too." in shown(at)
    at = press(at, f"reveal_rest_{message_id}")
    assert "fearsome" in shown(at)


def test_choices_set_and_never_toggle_and_none_stands_alone(screen, desk) -> None:
    at = screen("review", desk.ana, message=desk.arrive())
    for key in ("choose_threatening", "choose_threatening", "choose_offensive"):
        at = press(at, key)
    assert at.session_state["labels"] == {"threatening", "offensive"}
    at = press(at, "choose_none")
    assert at.session_state["labels"] == {"none"}
    at = press(at, "clear")
    assert "labels" not in at.session_state or not at.session_state["labels"]


def test_p_msg_2_deciding_saves_the_choice_and_opens_the_next(screen, desk) -> None:
    first, second = desk.arrive("[high] one"), desk.arrive("[medium] two")
    at = screen("review", desk.ana, message=first)
    desk.move(seconds=5)
    at = press(at, "reveal_full")
    at = press(at, "choose_threatening")
    at = press(at, "severity_high")
    at = press(at, "decide")
    said = shown(at)
    assert desk.row(first).dispositions == ["threatening"]
    assert desk.row(first).severity == "high"
    assert at.query_params["message"] == second
    assert "You marked message" in said
    assert "as threatening" in said


def test_undo_takes_the_decision_back_and_opens_the_message_again(screen, desk) -> None:
    message_id = desk.arrive("[high] one")
    at = screen("review", desk.ana, message=message_id)
    desk.move(seconds=5)
    at = press(at, "reveal_masked")
    at = press(at, "choose_none")
    at = press(at, "decide")
    assert desk.state(message_id) is State.NO_ACTION
    at = press(at, "undo")
    assert desk.state(message_id) is State.CLAIMED
    assert at.query_params["message"] == message_id


def test_nothing_is_decided_unseen(screen, desk) -> None:
    message_id = desk.arrive("[high] one")
    at = screen("review", desk.ana, message=message_id)
    desk.move(seconds=5)
    at = press(at, "choose_none")
    at = press(at, "decide")
    assert "Uncover the message before you decide." in shown(at)
    assert desk.state(message_id) is State.CLAIMED


def test_deciding_with_nothing_chosen_says_what_is_missing(screen, desk) -> None:
    message_id = desk.arrive()
    at = screen("review", desk.ana, message=message_id)
    at = press(at, "decide")
    assert "There is a problem" in shown(at)
    assert "Choose what the message is: 1 to 5." in words_of(at)
    assert desk.state(message_id) is State.CLAIMED


def test_a_label_wants_a_severity_and_nothing_typed_is_lost(screen, desk) -> None:
    message_id = desk.arrive()
    at = screen("review", desk.ana, message=message_id)
    desk.move(seconds=5)
    at = at.text_input(key="note").set_value("they wrote before").run()
    at = press(at, "choose_aggressive")
    at = press(at, "decide")
    assert "Choose how severe it is." in shown(at)
    assert at.text_input(key="note").value == "they wrote before"


def test_a_key_that_repeats_decides_nothing(screen, desk) -> None:
    message_id = desk.arrive()
    at = screen("review", desk.ana, message=message_id)
    at = press(at, "choose_none")
    at = press(at, "decide")  # no time has passed on the desk's clock
    assert "only just opened" in shown(at)
    assert desk.state(message_id) is State.CLAIMED


def test_who_is_slower_reads_who_decided_and_keeps_their_own_words(screen, desk) -> None:
    message_id = desk.arrive()
    at = screen("review", desk.ana, message=message_id)
    at = at.text_input(key="note").set_value("my thoughts").run()
    at = press(at, "choose_none")
    desk.move(minutes=11)
    desk.decide(desk.ben, message_id)
    desk.move(seconds=10)
    at = press(at, "decide")
    assert "Ben decided this 10 seconds ago." in shown(at)
    assert "my thoughts" in words_of(at)
    assert desk.row(message_id).decided_by == desk.ben.person_id


def test_what_a_colleague_holds_is_said_and_not_shown(screen, desk) -> None:
    message_id = desk.arrive("[high] fearsome")
    desk.open(desk.ben, message_id)
    said = shown(screen("review", desk.ana, message=message_id))
    assert "Ben has this message open." in said
    assert "open with Ben" in said
    assert "fearsome" not in said


def test_a_blind_item_shows_nothing_of_the_model(screen, make_desk, monkeypatch) -> None:
    from dashboard import session

    desk = make_desk(demo=True, blind_sample_per_day=2, expected_messages_per_day=1)
    monkeypatch.setattr(session, "desk", lambda: desk.triage)
    message_id = desk.arrive("[medium] [offensive] words")
    assert desk.row(message_id).blind
    for query in ({}, {"message": message_id}):
        said = shown(screen("review", desk.ana, **query))
        assert "Model:" not in said
        assert "offensive" not in said.replace("Offensive", "").replace("offence", "")


def test_skip_hides_for_the_sitting_and_hand_over_asks_no_reason(screen, desk) -> None:
    message_id = desk.arrive()
    at = screen("review", desk.ana, message=message_id)
    at = press(at, "skip")
    assert "Skipped" in shown(at)
    assert "Nothing waiting." in words_of(at)
    assert "1 message to look at." in shown(screen("review", desk.ben))
    at = screen("review", desk.ben, message=message_id)
    at = press(at, "hand_over")
    assert desk.state(message_id) is State.QUEUED


def test_a_break_is_suggested_after_severe_messages(screen, desk) -> None:
    for _ in range(5):
        message_id = desk.arrive("[high] words")
        at = screen("review", desk.ana, message=message_id)
        press(at, "reveal_full")
        desk.move(seconds=3)
        desk.decide(desk.ana, message_id, Disposition.THREATENING, severity=Severity.HIGH)
    at = screen("review", desk.ana, message=desk.arrive())
    at.session_state["sitting"] = "x"
    at.session_state["sitting_since"] = desk.now.replace(hour=0)
    said = shown(at.run())
    assert "Time for a break" in said
    assert "Samaritans" in said


def test_the_review_page_says_999_before_anything_else(screen, desk) -> None:
    for query in ({}, {"message": desk.arrive()}):
        assert "call 999" in shown(screen("review", desk.ana, **query))


@pytest.mark.parametrize("nonsense", ["x", "' OR 1=1", "Z" * 26, "../../etc"])
def test_a_nonsense_link_reads_like_a_message_that_is_not(screen, desk, nonsense: str) -> None:
    assert "There is no such message." in shown(screen("review", desk.ana, message=nonsense))


def test_scoring_that_is_off_is_a_banner(screen, desk) -> None:
    from triage.classifier import Unscored

    desk.triage.__dict__["scorer"] = Unscored("the model file is damaged.")
    said = shown(screen("review", desk.ana))
    assert "Scoring is off: " in said
    assert "the model file is damaged." in said


def test_a_second_look_of_particular_concern_cannot_close(screen, desk) -> None:
    message_id = desk.arrive("[high] words")
    desk.ask_second_look(desk.ana, message_id, concern=True)
    at = screen("review", desk.ben, message=message_id)
    assert "Of particular concern" in shown(at)
    desk.move(seconds=5)
    at = press(at, "choose_none")
    at = press(at, "decide")
    assert "closes once it was reported" in shown(at)
    assert desk.state(message_id) is State.CLAIMED


def test_what_was_done_for_their_welfare_is_one_form_and_the_next_message_opens(
    screen, desk
) -> None:
    message_id, other = desk.arrive("[welfare] words"), desk.arrive("[medium] words")
    at = screen("review", desk.ana, message=message_id)
    desk.move(seconds=5)
    assert "999 if a life is at risk now" in shown(at)
    at = press(at, "close_welfare")
    assert "Choose what was done." in shown(at)
    assert desk.state(message_id) is State.CLAIMED
    next(one for one in at.radio if one.label == "What was done?").set_value("approved_reply")
    at = press(at, "close_welfare")
    assert desk.state(message_id) is State.WELFARE_DONE
    assert "is kept, and it is closed." in shown(at)
    assert at.query_params["message"] == other
    at = press(at, "undo")
    assert desk.state(message_id) is State.WELFARE_OPEN


def test_of_a_blind_message_the_way_of_welfare_is_there_as_with_any_other_and_not_put_forward(
    screen, make_desk, monkeypatch
) -> None:
    desk = make_desk(demo=True, blind_sample_per_day=2, expected_messages_per_day=1)
    monkeypatch.setattr(session, "desk", lambda: desk.triage)
    blind, plain = [desk.arrive("[medium] words") for _ in range(2)]  # the first is drawn
    assert (desk.row(blind).blind, desk.row(plain).blind) == (True, False)
    for message_id in (blind, plain):
        at = screen("review", desk.ana, message=message_id)
        assert "Somebody may be at risk" in [one.label for one in at.expander]
        assert "Somebody may be at risk" not in [one.value for one in at.header]


def test_welfare_has_its_own_words_and_an_owner(screen, desk) -> None:
    message_id = desk.arrive("[welfare] words")
    at = screen("review", desk.ana, message=message_id)
    desk.move(seconds=5)
    at = press(at, "open_welfare")
    said = shown(at)
    assert desk.state(message_id) is State.WELFARE_OPEN
    assert "999 if a life is at risk now" in said
    assert "Something should be done by" in said
    assert "Welfare tasks that colleagues look after" in shown(screen("review", desk.ben))
    other = shown(screen("review", desk.ben, message=message_id))
    assert "looks after this." in other

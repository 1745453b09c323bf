"""What waits beside the open message, as reviewers see it and tick it."""

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.screens import html_of, press, words_of

from triage.core.ids import short_ref
from triage.messages.rules import State
from triage.messages.service import flags

LETTER = (
    "[low] I am disgusted that you have taken down our reports about the crossing at the bridge. "
    "Forty residents reported it and you merged them into one. You should be ashamed."
)


def shown(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def campaign(desk: Desk, count: int) -> list[str]:
    found = []
    for number in range(count):
        text = LETTER.replace("Forty", f"Forty {'very ' * number}loud")
        found.append(desk.arrive(text, from_address=f"writer{number}@example.org"))
        desk.move(seconds=1)
    return found


def uncovered(screen, desk: Desk, message_id: str) -> AppTest:
    at = press(screen("review", desk.ana, message=message_id), "reveal_full")
    desk.move(seconds=2)
    return at


def boxes(at: AppTest) -> list[bool]:
    """Whether each tick is set, of those that stand beside the open message."""
    return [one.label.startswith("✓") for one in at.button if str(one.key).startswith("tick_")]


def see(at: AppTest, message_id: str) -> AppTest:
    return press(at, f"see_{message_id}")


def tick(at: AppTest, message_id: str) -> AppTest:
    return press(at, f"tick_{message_id}")


def see_and_tick(at: AppTest, desk: Desk, *ids: str) -> AppTest:
    for one in ids:
        at = tick(see(at, one), one)
    desk.move(seconds=2)
    return at


def test_where_nothing_waits_beside_it_nothing_is_said(screen, desk: Desk) -> None:
    desk.arrive("[low] the bins", from_address="a@example.org")
    message_id = desk.arrive(LETTER)
    assert "Decide together" not in shown(screen("review", desk.ana, message=message_id))


def test_rows_are_covered_neutral_and_unticked(screen, desk: Desk) -> None:
    first, second, third = campaign(desk, 3)
    at = uncovered(screen, desk, first)
    said = shown(at)
    assert "2 near-identical messages wait" in said
    for one in (second, third):
        assert short_ref(one) in said
    assert "very loud" not in said
    assert "writer1" not in said
    assert boxes(at) == []


def test_one_senders_run_is_counted_and_said(screen, desk: Desk) -> None:
    first, second = desk.arrive(LETTER), desk.arrive("[low] quite another matter, the bins")
    desk.arrive("[low] and a third matter altogether, the lamp")
    said = shown(uncovered(screen, desk, first))
    assert "2 more from this sender wait\n" in said
    at = see(screen("review", desk.ana, message=first), second)
    assert "quite another matter, the bins" in shown(at)


def test_a_recipient_sees_no_row_and_no_count_of_their_own(screen, desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.arrive(LETTER, recipients=(address("ana"),), from_address="x@example.org")
    assert "1 near-identical message waits" in shown(uncovered(screen, desk, first))
    assert second


def test_the_others_open_only_once_the_open_one_is_uncovered(screen, desk: Desk) -> None:
    first, _ = campaign(desk, 2)
    at = screen("review", desk.ana, message=first)
    assert "Uncover the open message first" in shown(at)
    assert not [one for one in at.button if str(one.key).startswith("see_")]


def test_seeing_one_takes_it_and_shows_what_differs_in_words_too(screen, desk: Desk) -> None:
    first, second = campaign(desk, 2)
    at = see(uncovered(screen, desk, first), second)
    said = shown(at)
    assert desk.row(second).claimed_by == desk.ana.person_id
    assert "added: very" in said
    assert "<ins>" in html_of(at)
    assert boxes(at) == [False]
    assert "2 of 25 in this sitting" in said
    at = see(at, second)
    assert "added: very" not in shown(at)
    assert "added: very" in shown(see(at, second))
    assert len(desk.events("reveal", second)) == 1


def test_what_is_decided_alone_says_why_and_has_nothing_to_press(screen, desk: Desk) -> None:
    first, second = campaign(desk, 2)
    desk.do(desk.kit, flags.flag, message_id=second, note="now", urgent=True)
    at = uncovered(screen, desk, first)
    assert "Urgent: decided on its own." in shown(at)
    assert not [one for one in at.button if str(one.key).startswith("see_")]
    at = uncovered(screen, desk, second)
    assert "The open message is urgent, so it is decided on its own." in shown(at)
    assert not [one for one in at.button if str(one.key).startswith("see_")]


def test_the_button_says_how_many_and_each_ticked_one_is_decided(screen, desk: Desk) -> None:
    first, *others = campaign(desk, 5)
    at = see_and_tick(uncovered(screen, desk, first), desk, *others[:3])
    assert "Decide these 4 together" in shown(at)
    at = press(press(at, "choose_aggressive"), "severity_low")
    at = press(at, "decide")
    said = shown(at)
    assert f"You marked message {short_ref(first)} and 3 more as aggressive." in said
    assert {desk.state(one) for one in (first, *others[:3])} == {State.NOTED}
    assert len(desk.events("decide")) == 4
    assert at.query_params["message"] == others[3]
    at = press(at, "undo")
    assert f"Undone: message {short_ref(first)} and 3 more are open again." in shown(at)
    assert {desk.state(one) for one in (first, *others[:3])} == {State.CLAIMED}
    assert at.query_params["message"] == first
    assert len(desk.events("undo")) == 4
    assert boxes(at) == []


def test_a_tick_that_is_taken_away_decides_nothing(screen, desk: Desk) -> None:
    first, second = campaign(desk, 2)
    at = see_and_tick(uncovered(screen, desk, first), desk, second)
    at = tick(at, second)
    assert "Decide and open next" in shown(at)
    press(press(at, "choose_none"), "decide")
    assert desk.state(first) is State.NO_ACTION
    assert desk.state(second) is not State.NO_ACTION


@pytest.mark.parametrize("leave", ["back", "hand_over", "another"])
def test_what_was_seen_and_not_ticked_waits_again_when_the_page_is_left(
    screen, desk: Desk, leave: str
) -> None:
    first, second, third = campaign(desk, 3)
    at = see(see(uncovered(screen, desk, first), second), third)
    assert {desk.state(one) for one in (second, third)} == {State.CLAIMED}
    if leave == "another":
        at.query_params["message"] = third
        at.run()
        assert desk.row(third).claimed_by == desk.ana.person_id
    else:
        press(at, leave)
        assert desk.state(third) is State.QUEUED
    assert desk.state(second) is State.QUEUED
    assert desk.edges(third)[:3] == ["queue", "claim", "release"]


def test_high_severity_says_that_it_is_decided_one_by_one(screen, desk: Desk) -> None:
    first, second = campaign(desk, 2)
    at = see_and_tick(uncovered(screen, desk, first), desk, second)
    at = press(press(at, "choose_threatening"), "severity_high")
    assert "High severity is decided one by one: untick the others." in shown(at)
    at = press(at, "decide")
    assert "There is a problem" in shown(at)
    assert {desk.state(one) for one in (first, second)} == {State.CLAIMED}


def test_where_somebody_was_faster_the_page_says_which_was_not_decided_and_why(
    screen, desk: Desk
) -> None:
    first, second, third = campaign(desk, 3)
    at = see_and_tick(uncovered(screen, desk, first), desk, second, third)
    at = press(at, "choose_none")
    desk.move(minutes=11)
    desk.decide(desk.ben, second)
    desk.move(seconds=10)
    said = shown(press(at, "decide"))
    assert f"Message {short_ref(second)} was not decided: Ben decided this 10 seconds ago." in said
    assert f"You marked message {short_ref(first)} and 1 more as none of these." in said
    assert desk.row(third).decided_by == desk.ana.person_id


def test_spam_goes_together_and_another_way_out_does_not(screen, desk: Desk) -> None:
    first, second = campaign(desk, 2)
    at = see_and_tick(uncovered(screen, desk, first), desk, second)

    def pass_on(at: AppTest, to: str) -> AppTest:
        next(one for one in at.selectbox if one.label == "Where to?").select(to)
        return next(one for one in at.button if one.label == "Pass it on").click().run()

    at = pass_on(at, "appeal")
    assert "Only spam is passed on together: untick the others." in shown(at)
    at = pass_on(at, "spam")
    assert f"You passed message {short_ref(first)} and 1 more on." in shown(at)
    assert {desk.state(one) for one in (first, second)} == {State.ROUTED}


def test_a_second_look_is_asked_of_the_open_one_alone(screen, desk: Desk) -> None:
    first, second = campaign(desk, 2)
    at = see_and_tick(uncovered(screen, desk, first), desk, second)
    next(one for one in at.text_area if one.label == "What should they look at?").set_value("this")
    next(one for one in at.button if one.label == "Ask for a second look").click().run()
    assert desk.state(first) is State.SECOND_LOOK
    assert desk.row(second).second_look_by is None


def test_beside_a_blind_message_no_lane_and_nothing_grave_is_listed(
    screen, make_desk, monkeypatch
) -> None:
    from dashboard import session

    desk = make_desk(demo=True, blind_sample_per_day=2, expected_messages_per_day=1)
    monkeypatch.setattr(session, "desk", lambda: desk.triage)
    blind = desk.arrive(LETTER, from_address="a@example.org")
    assert desk.row(blind).blind
    desk.arrive(LETTER.replace("[low]", "[high]"), from_address="b@example.org")
    said = shown(uncovered(screen, desk, blind))
    assert "Decide together" not in said
    assert "decided on its own" not in said
    assert "Urgent" not in said

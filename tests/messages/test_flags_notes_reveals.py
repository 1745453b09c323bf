import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.desk import Desk

from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.messages.masking import MASK, mask
from triage.messages.placing import Rank
from triage.messages.queries.history import history
from triage.messages.queries.reading import exposure, uncovered
from triage.messages.rules import State, Step
from triage.messages.service import review, welfare
from triage.messages.service.flags import LONGEST_NOTE, add_note, flag
from triage.messages.service.reveals import reveal

INSULT = "You are a bastard and I will find you."


def masked(text: str) -> str:
    return text.replace("bastard", "b" + MASK * 6)


def test_a_flag_by_hand_always_wins_over_the_model(desk: Desk) -> None:
    for name in ("kit", "ana", "max"):
        message = desk.arrive("the model sees nothing")
        assert desk.state(message) is State.UNFLAGGED
        desk.do(desk.people[name], flag, message_id=message, note="odd")
        assert desk.state(message) is State.QUEUED
        assert desk.row(message).rank == Rank.PLAIN


def test_a_flag_by_hand_is_the_step_of_whoever_flagged(desk: Desk) -> None:
    message = desk.arrive("nothing")
    desk.do(desk.kit, flag, message_id=message, note="odd")
    assert desk.steps(message)[-1].actor_id == desk.kit.person_id
    assert [one.actor_id for one in desk.events("queue", message)] == [desk.kit.person_id]


def test_a_flag_says_why_and_is_shown_in_the_history(desk: Desk) -> None:
    message = desk.arrive("nothing")
    with pytest.raises(Invalid) as caught:
        desk.do(desk.ana, flag, message_id=message, note=" ")
    assert caught.value.field == "note"
    desk.do(desk.ana, flag, message_id=message, note="same as last week")
    entries = desk.read(history, viewer=desk.ben, vault=desk.triage.vault, message_id=message)
    assert ("Ana", "flag", "same as last week") in {(e.who, e.what, e.text) for e in entries}


def test_a_guest_flags_nothing(desk: Desk) -> None:
    message = desk.arrive("nothing")
    with pytest.raises(NotAllowed):
        desk.do(desk.gus, flag, message_id=message, note="odd")


def test_raising_the_alarm_puts_it_before_all_but_particular_concern(desk: Desk) -> None:
    quiet, queued = desk.arrive("nothing"), desk.arrive("[low]")
    for message in (quiet, queued):
        desk.do(desk.kit, flag, message_id=message, note="now", urgent=True)
        row = desk.row(message)
        assert (row.state, row.rank, row.urgent) == ("queued", Rank.ALARM, True)
        assert len(desk.events("alarm_raised", message)) == 1
    desk.ask_second_look(desk.ana, queued, concern=True)
    desk.do(desk.kit, flag, message_id=queued, note="again", urgent=True)
    assert desk.row(queued).rank == Rank.CONCERN


def test_who_may_not_review_does_not_reopen_by_a_flag(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message)
    with pytest.raises(NotAllowed):
        desk.do(desk.kit, flag, message_id=message, note="odd")
    assert desk.state(message) is State.NO_ACTION


def test_what_somebody_deals_with_is_flagged_only_as_an_alarm(desk: Desk) -> None:
    message = desk.arrive("[welfare]")
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, welfare.open_task, message_id=message, version=version)
    with pytest.raises(Conflict, match="welfare open"):
        desk.do(desk.ben, flag, message_id=message, note="odd")
    desk.do(desk.ben, flag, message_id=message, note="odd", urgent=True)
    assert desk.row(message).urgent


def test_notes_are_kept_with_who_wrote_them_and_stay_out_of_the_record(desk: Desk) -> None:
    message = desk.arrive()
    desk.do(desk.ben, add_note, message_id=message, text="  phone call pending ")
    entries = desk.read(history, viewer=desk.ana, vault=desk.triage.vault, message_id=message)
    assert [(e.who, e.text) for e in entries if e.what == "note"] == [("Ben", "phone call pending")]
    (event,) = desk.events("note_added", message)
    assert event.details == "{}"


@pytest.mark.parametrize("text", ["", "  \n", "x" * (LONGEST_NOTE + 1)])
def test_an_empty_or_endless_note_is_refused(desk: Desk, text: str) -> None:
    message = desk.arrive()
    with pytest.raises(Invalid) as caught:
        desk.do(desk.ana, add_note, message_id=message, text=text)
    assert caught.value.field == "note"


def test_no_text_is_read_that_nobody_uncovered(desk: Desk) -> None:
    message = desk.arrive("[medium] " + INSULT)
    desk.open(desk.ana, message)
    with pytest.raises(NotAllowed, match="Uncover"):
        desk.read(uncovered, viewer=desk.ana, message_id=message)
    assert "find you" not in repr(desk.item(desk.ana, message))


def test_it_is_uncovered_in_steps_and_each_is_on_the_record(desk: Desk) -> None:
    message = desk.arrive("[medium] " + INSULT, quoted="they called me a bastard too")
    desk.open(desk.ana, message)
    desk.do(desk.ana, reveal, message_id=message, step=Step.MASKED)
    seen = desk.read(uncovered, viewer=desk.ana, message_id=message)
    whole = desk.row(message).text
    assert (seen.text, seen.rest) == (masked(whole), None)
    assert desk.item(desk.ana, message).uncovered is Step.MASKED
    desk.do(desk.ana, reveal, message_id=message, step=Step.REST)
    seen = desk.read(uncovered, viewer=desk.ana, message_id=message)
    assert seen.rest == masked("they called me a bastard too")
    desk.do(desk.ana, reveal, message_id=message, step=Step.FULL)
    seen = desk.read(uncovered, viewer=desk.ana, message_id=message)
    assert (seen.text, seen.rest) == (whole, "they called me a bastard too")
    assert [one.details for one in desk.events("reveal", message)] == [
        f'{{"held":true,"step":"{step}"}}' for step in ("masked", "rest", "full")
    ]


def test_pressing_again_in_the_same_claim_is_one_reveal(desk: Desk) -> None:
    message = desk.arrive()
    desk.open(desk.ana, message)
    for _ in range(3):
        desk.do(desk.ana, reveal, message_id=message, step=Step.FULL)
    assert len(desk.events("reveal", message)) == 1


def test_inside_a_claim_no_reason_is_asked_and_outside_there_is(desk: Desk) -> None:
    message = desk.arrive()
    with pytest.raises(Invalid, match="Open the message first"):
        desk.do(desk.ana, reveal, message_id=message, step=Step.FULL, reason="curious")
    desk.decide(desk.ana, message)
    desk.move(hours=1)
    with pytest.raises(Invalid) as caught:
        desk.do(desk.ben, reveal, message_id=message, step=Step.FULL)
    assert caught.value.field == "reason"
    desk.do(desk.ben, reveal, message_id=message, step=Step.FULL, reason="an appeal")
    assert desk.read(uncovered, viewer=desk.ben, message_id=message).text
    *_, event = desk.events("reveal", message)
    assert event.details == '{"held":false,"step":"full"}'


def test_what_one_person_uncovered_is_uncovered_for_that_person_alone(desk: Desk) -> None:
    message = desk.arrive()
    desk.open(desk.ana, message)
    desk.do(desk.ana, reveal, message_id=message, step=Step.FULL)
    with pytest.raises(NotAllowed):
        desk.read(uncovered, viewer=desk.ben, message_id=message)


def test_it_is_covered_again_once_the_message_has_moved(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, reveal, message_id=message, step=Step.FULL)
    desk.move(seconds=5)
    desk.do(desk.ana, review.release, message_id=message, version=version)
    desk.open(desk.ana, message)
    with pytest.raises(NotAllowed):
        desk.read(uncovered, viewer=desk.ana, message_id=message)


def test_the_owner_of_a_welfare_task_reads_on_without_a_reason(desk: Desk) -> None:
    message = desk.arrive("[welfare]")
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, welfare.open_task, message_id=message, version=version)
    desk.do(desk.ana, reveal, message_id=message, step=Step.FULL)
    assert desk.read(uncovered, viewer=desk.ana, message_id=message).text


def test_a_recipient_uncovers_nothing(desk: Desk) -> None:
    message = desk.arrive(recipients=("ana@charity.example.org",))
    desk.decide(desk.ben, message)
    with pytest.raises(NotFound):
        desk.do(desk.ana, reveal, message_id=message, step=Step.FULL, reason="mine")
    with pytest.raises(NotFound):
        desk.read(uncovered, viewer=desk.ana, message_id=message)


def test_exposure_counts_ones_own_messages_and_severe_ones(desk: Desk) -> None:
    since = desk.now
    for text in ("[high]", "[low]", "[medium]"):
        message = desk.arrive(text)
        desk.open(desk.ana, message)
        for step in Step:
            desk.do(desk.ana, reveal, message_id=message, step=step)
    seen = desk.read(exposure, viewer=desk.ana, since=since)
    assert (seen.messages, seen.severe) == (3, 1)
    assert seen.first_at is not None
    desk.move(seconds=1)
    later = desk.read(exposure, viewer=desk.ana, since=desk.now)
    assert (later.messages, later.severe, later.first_at) == (0, 0, None)
    assert desk.read(exposure, viewer=desk.ben, since=since).messages == 0


def test_masking_covers_the_word_and_keeps_its_first_letter_and_length() -> None:
    assert mask(INSULT) == masked(INSULT)
    assert mask("BASTARDS!") == "B" + MASK * 7 + "!"


def test_masking_never_covers_what_decides_danger() -> None:
    for phrase in ("I will kill you", "I know where you live", "rape", "burn it down", "a bomb"):
        assert mask(phrase) == phrase


def test_masking_leaves_words_alone_that_only_contain_one() -> None:
    for word in ("Scunthorpe", "assess", "class", "cockpit", "Sussex", "titbit"):
        assert mask(word) == word


@given(text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from("bastardBASTARD "))))
@settings(max_examples=150, deadline=None)
def test_masking_keeps_the_length_of_any_text_so_that_marks_stay_in_place(text: str) -> None:
    covered = mask(text)
    assert len(covered) == len(text)
    assert all(a in (b, MASK) for a, b in zip(covered, text, strict=True))

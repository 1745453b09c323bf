"""P-NAM-1 in the life of a letter: refused until edited, or let go by a second person."""

import pytest
from letters.conftest import Post
from support.desk import Desk

from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.core.ids import new_id
from triage.letters.leaks import Leak, Protected
from triage.letters.queries import waiting_for_second
from triage.letters.rules import LEAK_CHECKED, LeakCheck, LetterKind, State
from triage.letters.service import checking, drafting, sending

WHO = Protected(names=("Margaret Oyelaran",), sources=("he followed me to the canal bridge",))
CLEAN = "Hello,\n\nsomebody has raised a concern with us.\n\nThe conduct team"
LEAKY = "Hello,\n\nMargaret told us about it.\n\nThe conduct team"


def about(post: Post, text: str, kind: LetterKind = LetterKind.SUBJECT_NOTICE) -> str:
    today = post.desk.now.date()
    given = {"reply_by": today}
    if kind is LetterKind.SUBJECT_OUTCOME:
        given = {"finding": "upheld", "kept_until": today}
    made = post.draft(kind=kind, fields=given)
    post.write(made, text)
    return made


@pytest.mark.parametrize("kind", sorted(LEAK_CHECKED))
def test_p_nam_1_unchecked_it_does_not_go(post: Post, kind: LetterKind) -> None:
    made = about(post, CLEAN, kind)
    with pytest.raises(Conflict, match="Check the letter first"):
        post.do(checking.approve, made)
    with pytest.raises(Conflict, match="Check the letter first"):
        post.do(checking.ask_second, made, reason="look")
    assert post.do(checking.check_leaks, made, protected=WHO) == ()
    post.agreed(made)
    post.do(sending.send, made)


@pytest.mark.parametrize("kind", sorted(LEAK_CHECKED))
def test_p_nam_1_also_where_nothing_was_found_nobody_lets_it_go_alone(
    quick_post: Post, kind: LetterKind
) -> None:
    made = about(quick_post, CLEAN, kind)
    quick_post.do(checking.check_leaks, made, protected=WHO)
    for who in (quick_post.desk.ana, quick_post.desk.ben):
        with pytest.raises(Conflict, match="ask a second person"):
            quick_post.do(checking.approve, made, who)
    quick_post.agreed(made)
    row = quick_post.row(made)
    assert (row.state, row.leak_check) == (State.READY, LeakCheck.PASSED)


def test_p_nam_1_the_second_person_is_one_who_may_know_who_reported(quick_post: Post) -> None:
    made = about(quick_post, CLEAN)
    quick_post.do(checking.check_leaks, made, protected=WHO)
    quick_post.do(checking.ask_second, made, reason="please look")
    with pytest.raises(NotAllowed, match="part in the report"):
        quick_post.do(checking.second_agrees, made, quick_post.desk.ben, reason="fine")
    assert quick_post.row(made).state == State.NEEDS_SECOND_PERSON
    assert not quick_post.desk.read(waiting_for_second, viewer=quick_post.desk.ben)


def test_p_nam_1_a_letter_is_checked_unless_the_room_that_begins_it_says_otherwise(
    quick_post: Post,
) -> None:
    desk = quick_post.desk
    given = {"matter_id": new_id(), "sender_id": None, "kind": LetterKind.FREE, "fields": {}}
    made = desk.do(desk.ana, drafting.draft, **given)
    quick_post.write(made)
    assert quick_post.item(made).row.checked_first
    with pytest.raises(Conflict, match="Check the letter first"):
        quick_post.do(checking.approve, made)
    told = desk.do(desk.ana, drafting.draft, **given, to_report_id=new_id())
    assert not quick_post.item(told).row.checked_first


def test_p_nam_1_with_a_finding_it_is_refused_until_it_is_edited(post: Post) -> None:
    made = about(post, LEAKY)
    (found,) = post.do(checking.check_leaks, made, protected=WHO)
    assert found.leak is Leak.NAME
    assert post.row(made).leak_check == LeakCheck.FOUND
    for who in (post.desk.ana, post.desk.ben):
        with pytest.raises(Conflict, match="could tell who reported"):
            post.do(checking.approve, made, who)
    post.write(made, CLEAN)
    post.do(checking.check_leaks, made, protected=WHO)
    post.agreed(made)


def test_p_nam_1_also_the_subject_line_is_checked(quick_post: Post) -> None:
    made = about(quick_post, CLEAN)
    quick_post.write(made, CLEAN, subject="What Maggie said")
    assert quick_post.do(checking.check_leaks, made, protected=WHO)


def test_p_nam_1_a_second_person_may_let_it_go_with_a_reason_and_the_drafter_may_not(
    post: Post,
) -> None:
    desk = post.desk
    made = about(post, LEAKY)
    post.do(checking.check_leaks, made, protected=WHO)
    post.do(checking.ask_second, made, reason="Margaret is the name of the hall")
    with pytest.raises(NotAllowed):
        post.do(checking.second_agrees, made, desk.ana, reason="fine", knows=True)
    with pytest.raises(Invalid):
        post.do(checking.second_agrees, made, desk.ben, reason=" ", knows=True)
    post.do(checking.second_agrees, made, desk.ben, reason="it is the hall", knows=True)
    row = post.row(made)
    assert (row.state, row.leak_check) == (State.READY, LeakCheck.OVERRIDDEN)
    said = [one.details for one in desk.events("letter_leaks")]
    assert [one.partition('"result":')[2] for one in said] == ['"found"}', '"overridden"}']
    post.do(sending.send, made)


def test_a_check_counts_for_the_text_that_was_checked_and_no_other(post: Post) -> None:
    made = about(post, CLEAN)
    post.do(checking.check_leaks, made, protected=WHO)
    post.write(made, LEAKY)
    assert post.row(made).leak_check is None
    with pytest.raises(Conflict):
        post.do(checking.approve, made)


def test_a_check_against_nothing_is_none(quick_post: Post) -> None:
    made = about(quick_post, CLEAN)
    with pytest.raises(Invalid):
        quick_post.do(checking.check_leaks, made, protected=Protected(names=(" ",)))


def test_nothing_of_what_is_protected_is_stored(post: Post) -> None:
    made = about(post, CLEAN)
    who = Protected(names=("Quixotina Zephyr",), sources=("obstreperous words of a report",))
    post.do(checking.check_leaks, made, protected=who)
    desk: Desk = post.desk
    engine = desk.triage.database.engine
    from triage.app import tables

    with engine.connect() as connection:
        for table in tables().sorted_tables:
            for row in connection.execute(table.select()):
                for word in ("Quixotina", "obstreperous"):
                    assert word not in repr(tuple(row)), table.name


def test_only_a_draft_is_checked(quick_post: Post) -> None:
    made = about(quick_post, CLEAN)
    quick_post.do(checking.check_leaks, made, protected=WHO)
    quick_post.agreed(made)
    with pytest.raises(Conflict):
        quick_post.do(checking.check_leaks, made, protected=WHO)


def test_hints_come_with_the_answer_and_are_no_finding(quick_post: Post) -> None:
    made = about(quick_post, CLEAN.replace("with us", "with us by the rose bed"))
    (hint,) = quick_post.do(checking.check_leaks, made, protected=Protected(names=("Rose Hill",)))
    assert hint.leak is Leak.HINT
    assert quick_post.row(made).leak_check == LeakCheck.PASSED

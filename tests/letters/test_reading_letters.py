"""What is read of letters, and by whom; letters about a message; and the two worlds."""

from typing import Any

import pytest
from letters.conftest import Post
from support.desk import address

from triage.core.errors import Invalid, NotFound
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.core.record import read_record
from triage.letters import rules
from triage.letters.queries import (
    letters_of_matter,
    letters_of_sender,
    waiting_for_second,
)
from triage.letters.rules import LetterKind, State
from triage.letters.service import checking, drafting, sending
from triage.letters.tables import Letter
from triage.messages.service.writing import KINDS, draft_letter


def take_out(post: Post, matter_id: str, name: str = "cleo") -> None:
    post.desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=matter_id,
            person_id=post.desk.people[name].person_id,
            kind=ExclusionKind.RECUSED,
            at=post.desk.now,
        )
    )


def test_letters_are_listed_by_matter_and_by_sender_newest_first(post: Post) -> None:
    desk = post.desk
    one = desk.row(desk.arrive(from_address="a@example.org")).sender_id
    other = desk.row(desk.arrive(from_address="b@example.org")).sender_id
    matter = new_id()
    first = post.draft(matter_id=matter, sender_id=one)
    desk.move(minutes=1)
    second = post.draft(matter_id=matter, sender_id=other)
    desk.move(minutes=1)
    third = post.draft(sender_id=one)
    listed = desk.read(letters_of_matter, viewer=desk.ben, matter_id=matter)
    assert [row.id for row in listed] == [second, first]
    assert [row.drafted_by for row in listed] == ["Ana", "Ana"]
    of_one = desk.read(letters_of_sender, viewer=desk.ben, sender_ids=[str(one)])
    assert [row.id for row in of_one] == [third, first]
    both = desk.read(letters_of_sender, viewer=desk.ben, sender_ids=[str(one), str(other)])
    assert {row.id for row in both} == {first, second, third}
    assert desk.read(letters_of_sender, viewer=desk.ben, sender_ids=[]) == ()


def test_my_second_look_lists_what_others_asked_and_nothing_of_my_own(post: Post) -> None:
    desk = post.desk
    made = post.draft(desk.ana)
    post.write(made, who=desk.ben)
    post.do(checking.ask_second, made, desk.cleo, reason="look")

    def waiting(name: str) -> list[str]:
        return [row.id for row in desk.read(waiting_for_second, viewer=desk.people[name])]

    assert [waiting(name) for name in ("ana", "ben", "cleo", "dora")] == [[], [], [], [made]]
    take_out(post, post.row(made).matter_id, "dora")
    assert waiting("dora") == []


def test_words_are_sealed_and_a_destroyed_key_says_so_in_their_place(post: Post) -> None:
    from triage.core.access import SYSTEM
    from triage.core.data_keys import destroy
    from triage.core.sealed import ERASED

    made = post.ready()
    row = post.row(made)
    for sealed in (row.text, row.subject, row.to_address):
        assert b"again" not in (sealed or b"")
        assert b"example" not in (sealed or b"")
    post.desk.do(SYSTEM, destroy, owner_id=made)
    assert post.item(made).shown.text == ERASED


# -- about a message


def test_p_act_2_a_warning_is_begun_from_a_message_that_a_person_decided(post: Post) -> None:
    desk = post.desk
    message = post.abusive(from_address="pat@example.org")
    made = desk.do(desk.ana, draft_letter, message_id=message, kind=LetterKind.WARNING)
    item = post.item(made)
    assert (item.row.matter_id, item.row.sender_id) == (message, desk.row(message).sender_id)
    assert item.shown.to == "pat@example.org"
    assert [row.id for row in desk.read(letters_of_matter, viewer=desk.ben, matter_id=message)] == [
        made
    ]


@pytest.mark.parametrize("kind", [LetterKind.WARNING, LetterKind.REQUEST_TO_CEASE])
def test_p_msg_3_nobody_is_warned_for_what_the_model_alone_thinks(
    quick_post: Post, kind: LetterKind
) -> None:
    message = quick_post.desk.arrive("[high] words")
    with pytest.raises(Invalid, match="First decide"):
        quick_post.desk.do(quick_post.desk.ana, draft_letter, message_id=message, kind=kind)
    quick_post.desk.do(quick_post.desk.ana, draft_letter, message_id=message, kind=LetterKind.FREE)


@pytest.mark.parametrize("kind", sorted(set(LetterKind) - set(KINDS)))
def test_a_message_is_answered_with_no_notice(quick_post: Post, kind: LetterKind) -> None:
    message = quick_post.abusive()
    with pytest.raises(Invalid):
        quick_post.desk.do(quick_post.desk.ana, draft_letter, message_id=message, kind=kind)


def test_without_an_address_of_the_sender_the_letter_is_copied_out(quick_post: Post) -> None:
    message = quick_post.desk.arrive("[low]", from_address=None)
    made = quick_post.desk.do(
        quick_post.desk.ana, draft_letter, message_id=message, kind=LetterKind.FREE
    )
    assert quick_post.item(made).shown.to == ""


def test_p_act_1_after_the_request_a_new_message_is_shown_as_that(post: Post) -> None:
    from triage.messages.queries.queue import queue_page

    desk = post.desk
    message = post.abusive(from_address="pat@example.org")
    kind = LetterKind.REQUEST_TO_CEASE
    made = desk.do(desk.ana, draft_letter, message_id=message, kind=kind)
    post.write(made)
    post.do(checking.approve, made)
    desk.move(hours=1)
    post.do(sending.mark_copied_out, made, at=desk.now)
    desk.move(days=1)
    new = desk.arrive("[low] again", from_address="pat@example.org")
    (row,) = desk.read(queue_page, viewer=desk.cleo, now=desk.now).rows
    assert (row.id, row.after_request) == (new, True)
    assert row.standing == ("asked to stop on 2 March 2026",)
    assert row.earlier == 1


# -- who is excluded has no part


def commands(post: Post) -> dict[str, Any]:
    """Every command on a letter, with what it is given beside the letter."""
    from triage.letters.leaks import Protected

    seen = {"version": 2, "previewed": "0" * 64}
    said = {"version": 2, "reason": "words"}
    return {
        "edit": (drafting.edit, {"version": 2, "subject": "s", "text": "t", "to_address": ""}),
        "override_cease": (drafting.override_cease, said),
        "withdraw": (drafting.withdraw, {"version": 2}),
        "check_leaks": (checking.check_leaks, {"version": 2, "protected": Protected(("x",))}),
        "approve": (checking.approve, seen),
        "ask_second": (checking.ask_second, seen | {"reason": "words"}),
        "second_agrees": (checking.second_agrees, seen | {"reason": "words"}),
        "second_declines": (checking.second_declines, said),
        "send": (sending.send, seen),
        "call_back": (sending.call_back, {"version": 2}),
        "mark_copied_out": (sending.mark_copied_out, seen | {"at": post.desk.now}),
    }


def test_every_command_on_a_letter_is_among_those_tried(quick_post: Post) -> None:
    import inspect

    found = {
        name
        for module in (drafting, checking, sending)
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__
        and "letter_id" in inspect.signature(one).parameters
        and not name.startswith("_")
    }
    assert found == set(commands(quick_post))


def test_p_rec_4_who_is_excluded_is_told_that_there_is_no_such_letter_whatever_they_try(
    post: Post,
) -> None:
    desk = post.desk
    made = post.ready()
    matter = post.row(made).matter_id
    take_out(post, matter)
    before = post.row(made).version
    for letter_id in (made, new_id()):
        for command, given in commands(post).values():
            with pytest.raises(NotFound, match=rules.NO_SUCH_LETTER):
                desk.do(desk.cleo, command, letter_id=letter_id, **given)
        with pytest.raises(NotFound, match=rules.NO_SUCH_LETTER):
            post.item(letter_id, desk.cleo)
    assert post.row(made).version == before
    assert desk.read(letters_of_matter, viewer=desk.cleo, matter_id=matter) == ()
    with pytest.raises(NotFound):
        post.draft(desk.cleo, matter_id=matter)
    page = desk.read(read_record, viewer=desk.cleo)
    assert matter not in {row.matter_id for row in page.rows}
    assert {one.matter_id for one in desk.events("refused")} == {matter}


def test_p_rec_1_a_recipient_neither_reads_nor_writes_about_their_own_message(post: Post) -> None:
    desk = post.desk
    message = post.abusive(recipients=(address("ana"),))
    made = desk.do(desk.ben, draft_letter, message_id=message, kind=LetterKind.WARNING)
    with pytest.raises(NotFound):
        desk.do(desk.ana, draft_letter, message_id=message, kind=LetterKind.WARNING)
    with pytest.raises(NotFound):
        post.item(made, desk.ana)
    assert post.row(made).state == State.DRAFT
    assert desk.count(Letter) == 1

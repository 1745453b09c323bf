"""The sender's part of a message's page: who else they may be, and what a person says of it."""

from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.screens import html_of, words_of

from triage.core.ids import short_ref
from triage.messages.service.linking import confirm_link, reject_link
from triage.senders.rules import LinkReason, Verdict
from triage.senders.tables import SenderLink

WHY = LinkReason.KNOWN_TO_US


def shown(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def pick(at: AppTest, label: str, value: object) -> AppTest:
    next(one for one in at.selectbox if one.label == label).select(value)
    return at


def submit(at: AppTest, label: str) -> AppTest:
    return next(one for one in at.button if one.label == label).click().run()


def two(desk: Desk) -> tuple[str, str, str]:
    """A message, one like its sender's, and the other sender."""
    one = desk.arrive("[low] words", from_address="pat@example.org")
    other = desk.arrive("[low] more words", from_address="pat+x@example.org")
    return one, other, desk.row(other).sender_id or ""


def test_f22_a_reviewer_reads_who_may_be_the_same_and_why_and_says_so(screen, desk: Desk) -> None:
    one, other, other_id = two(desk)
    at = screen("review", desk.ana, message=one)
    said = shown(at)
    assert "Known as pat@example.org." in said
    assert "May be the same person as 1 other sender. Only a person can say so." in said
    assert "the addresses differ only in a + part or in dots: pat+x@example.org" in said
    assert "No other message from this sender." in said
    pick(at, "Which other sender?", other_id)
    pick(at, "Why?", WHY)
    next(one for one in at.radio if one.label == "Are they?").set_value(Verdict.SAME)
    said = shown(submit(at, "Say so"))
    assert "Said, and on the record." in said
    assert "Known as pat+x@example.org, pat@example.org." in said
    assert "2 messages from this sender that stood in the queue" in said
    assert "Ana: the same person. Known to us from elsewhere." in said
    assert "May be the same person" not in said
    assert [one.actor_id for one in desk.events("sender_linked")] == [desk.ana.person_id]
    assert "Known as pat+x@example.org, pat@example.org." in shown(
        screen("review", desk.ben, message=other)
    )


def test_what_was_said_can_be_taken_back_on_the_page(screen, desk: Desk) -> None:
    one, _, other_id = two(desk)
    given = {"message_id": one, "other_id": other_id, "reason": WHY}
    link_id = desk.do(desk.ben, reject_link, note="a cousin", **given)
    at = screen("review", desk.ana, message=one)
    assert "Ben: two people." in shown(at)
    assert "a cousin" in shown(at)
    assert "May be the same person" not in shown(at)
    pick(at, "Take back which?", link_id)
    pick(at, "Why?", LinkReason.MISTAKE)
    said = shown(submit(at, "Take it back"))
    assert "a cousin" not in said
    assert "May be the same person" in said
    assert desk.events("sender_unlinked")


def test_what_is_missing_is_said_and_nothing_is_kept(screen, desk: Desk) -> None:
    one, _, other_id = two(desk)
    at = submit(screen("review", desk.ana, message=one), "Say so")
    assert "Choose a sender, what they are, and why." in shown(at)
    pick(at, "Which other sender?", other_id)
    pick(at, "Why?", LinkReason.OTHER)
    next(one for one in at.radio if one.label == "Are they?").set_value(Verdict.DIFFERENT)
    assert "Say in a few words why." in shown(submit(at, "Say so"))
    assert desk.count(SenderLink) == 0


def test_a_recipient_sees_no_suggestion_from_their_own_mail(screen, desk: Desk) -> None:
    one = desk.arrive("[low] words", from_address="pat@example.org")
    desk.arrive("[low] x", from_address="pat+x@example.org", recipients=(address("ana"),))
    assert "May be the same" not in shown(screen("review", desk.ana, message=one))
    assert "May be the same" in shown(screen("review", desk.ben, message=one))


def test_an_identifier_is_outside_text_and_stands_in_no_option(screen, desk: Desk) -> None:
    evil = "pat+![x](http://sink.example/x)<img/src=x>@example.org"
    one = desk.arrive("[low] words", from_address="pat@example.org")
    ids = [
        desk.row(desk.arrive(f"[low] {n}", from_address=f"{n}{evil}"[n > 0 :])).sender_id or ""
        for n in range(2)
    ]
    other = desk.row(desk.arrive("[low] y", from_address=evil)).sender_id or ""
    given = {"message_id": one, "other_id": other, "reason": WHY}
    desk.do(desk.ben, confirm_link, note="![n](http://sink.example/n) <img src=n>", **given)
    at = screen("review", desk.ana, message=one)
    drawn = html_of(at)
    assert "&lt;img/src=x&gt;" in drawn
    assert "<img" not in drawn
    for box in (*at.selectbox, *at.radio):
        assert "sink.example" not in f"{box.label}{box.options}"
    assert short_ref(ids[0]) is not None

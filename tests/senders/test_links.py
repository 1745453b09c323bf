"""F22: the desk suggests, a person says, and what was said can be taken back."""

from collections.abc import Callable
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from support.desk import Desk, address
from support.mail import inbound

from triage.conduct.kinds import Disposition, Severity
from triage.core.access import Actor
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.roles import Role
from triage.intake.inbound import Channel
from triage.intake.note import Note
from triage.messages.queries.groups import members
from triage.messages.queries.queue import Filters, of_sender, queue_page
from triage.messages.queries.senders import COUNTED, SHOWN, SenderView, sender_view
from triage.messages.service.linking import confirm_link, reject_link, unlink
from triage.messages.service.taking import take_note
from triage.messages.service.tracing import LONG_TEXT
from triage.messages.tables import Message
from triage.senders.rules import Because, LinkReason, Verdict
from triage.senders.tables import SenderLink

LETTER = "I have written about the bins before, and nobody has come, and here is all of it. " * 5
WHY = {"reason": LinkReason.KNOWN_TO_US}
BACK = {"reason": LinkReason.MISTAKE}
_tags = count()


def sender(desk: Desk, message_id: str) -> str:
    found = desk.row(message_id).sender_id
    assert found is not None
    return found


def view(desk: Desk, message_id: str, viewer: Actor | None = None) -> SenderView:
    given = {"viewer": viewer or desk.ana, "sender_id": sender(desk, message_id)}
    found = desk.read(sender_view, **given)
    assert found is not None
    return found


def suggested(
    desk: Desk, message_id: str, viewer: Actor | None = None
) -> dict[str, tuple[Because, ...]]:
    return {one.sender_id: one.because for one in view(desk, message_id, viewer).alike}


def known(desk: Desk, message_id: str, viewer: Actor | None = None) -> list[str | None]:
    return [one.value for one in view(desk, message_id, viewer).known]


def mail(desk: Desk, who: str, text: str = "[low] words", **fields: Any) -> str:
    return desk.arrive(text, from_address=who, **fields)


def call(desk: Desk, contact: str, channel: Channel = Channel.PHONE, words: str = "rang") -> str:
    note = Note(channel, desk.now, f"[low] {words}", other="Front desk", contact=contact)
    before = set(desk.read(lambda session: session.scalars(select(Message.id)).all()))
    desk.do(desk.kit, take_note, note=note, scorer=desk.triage.scorer)
    (new,) = set(desk.read(lambda s: s.scalars(select(Message.id)).all())) - before
    return new


def say(desk: Desk, one: str, other: str, command: Any = confirm_link, who: Any = None) -> str:
    given = {"message_id": one, "other_id": sender(desk, other)}
    return desk.do(who or desk.ana, command, **given, **WHY)


# -- what is suggested, and why


def test_f22_plus_and_dot_forms_are_suggested_and_never_merged(desk: Desk) -> None:
    plain, plus = mail(desk, "p.at@gmail.com"), mail(desk, "pat+x@googlemail.com")
    mail(desk, "pat@example.org")
    assert suggested(desk, plain) == {sender(desk, plus): (Because.FORM,)}
    assert suggested(desk, plus) == {sender(desk, plain): (Because.FORM,)}
    assert view(desk, plain).messages == 1
    assert desk.count(SenderLink) == 0
    assert {one.actor_id for one in desk.events() if "sender" in one.code} == set()


def test_a_number_in_a_text_or_a_signature_points_to_its_caller_and_back(desk: Desk) -> None:
    caller = call(desk, "07700 900123")
    writer = mail(desk, "pat@example.org", "[low] words", signature="Pat, +44 7700 900 123")
    third = mail(desk, "sam@example.org", "[low] ring 07700900123, at once")
    quoting = mail(desk, "quoting@example.org", "[low] so?", quoted="> ring 07700 900123")
    why = (Because.CONTACT,)
    assert suggested(desk, caller) == dict.fromkeys(
        (sender(desk, writer), sender(desk, third)), why
    )
    assert suggested(desk, writer) == dict.fromkeys(
        (sender(desk, caller), sender(desk, third)), why
    )
    assert suggested(desk, quoting) == {}


def test_a_handle_is_suggested_on_another_network(desk: Desk) -> None:
    here, there = (call(desk, one, Channel.SOCIAL, one) for one in ("x:@pat", "mastodon:@pat"))
    assert suggested(desk, here) == {sender(desk, there): (Because.HANDLE,)}


def test_the_same_long_text_is_a_ground_and_a_short_one_is_none(desk: Desk) -> None:
    one = mail(desk, "one@example.org", f"[low] {LETTER}")
    other = mail(desk, "other@example.org", f"[low] {LETTER.upper().replace(' ', '  ')}!!")
    mail(desk, "third@example.org", f"[low] {LETTER} but more")
    assert suggested(desk, one) == {sender(desk, other): (Because.TEXT,)}
    short = [mail(desk, f"{n}@example.net", "[low] thank you", raw=b"%d" % n) for n in range(2)]
    assert suggested(desk, short[0]) == {}
    assert len("thank you") < LONG_TEXT


def test_several_grounds_stand_together_and_come_first(desk: Desk) -> None:
    one = mail(desk, "pat@example.org", f"[low] {LETTER}")
    mail(desk, "pat+a@example.org")
    both = mail(desk, "pat+b@example.org", f"[low]{LETTER}")
    first = view(desk, one).alike[0]
    assert (first.sender_id, first.because) == (sender(desk, both), (Because.FORM, Because.TEXT))


def test_unflagged_mail_of_other_people_suggests_nothing(desk: Desk) -> None:
    one = mail(desk, "pat@example.org", f"[low] {LETTER}")
    quiet = mail(desk, "pat+x@example.org", f"[low] {LETTER}"[5:])
    assert suggested(desk, one) == {}
    assert sender(desk, quiet) not in {one.sender_id for one in view(desk, one).known}


def test_what_a_recipient_has_no_part_in_suggests_nothing_to_them(desk: Desk) -> None:
    one = mail(desk, "pat@example.org", f"[low] {LETTER} 07700 900123")
    hidden = {"recipients": (address("ana"),)}
    mail(desk, "pat+x@example.org", **hidden)
    mail(desk, "copy@example.org", f"[low] {LETTER} 07700 900123", **hidden)
    mine = mail(desk, "pat@example.org", "[low] 07700 900456", **hidden)
    call(desk, "07700 900456")
    assert suggested(desk, one) == {}
    assert view(desk, one).messages == 1
    assert len(suggested(desk, one, desk.ben)) == 3
    assert view(desk, one, desk.ben).messages == 2
    assert desk.row(mine).sender_id == sender(desk, one)


def test_a_sender_of_whom_a_viewer_may_see_nothing_is_nobody(desk: Desk) -> None:
    hidden = mail(desk, "x@example.org", recipients=(address("ana"),))
    assert desk.read(sender_view, viewer=desk.ana, sender_id=sender(desk, hidden)) is None


# -- confirmed


def test_f23_a_confirmed_link_joins_history_decisions_and_counts(desk: Desk) -> None:
    first = mail(desk, "pat@example.org")
    desk.decide(desk.ben, first, Disposition.AGGRESSIVE, severity=Severity.LOW)
    desk.move(days=1)
    caller = call(desk, "020 7946 0958")
    third = mail(desk, "sam@example.org")
    assert (view(desk, caller).messages, view(desk, caller).decided) == (1, 0)
    say(desk, caller, first)
    joined = view(desk, caller)
    assert (joined.messages, joined.decided) == (2, 1)
    assert joined.first == desk.row(first).received_at
    assert joined.last == desk.row(caller).received_at
    assert known(desk, caller) == ["pat@example.org", "+442079460958"]
    page = desk.read(of_sender, viewer=desk.ana, now=desk.now, sender_id=sender(desk, caller))
    assert [row.id for row in page.rows] == [caller, first]
    rows = desk.read(queue_page, viewer=desk.ana, now=desk.now).rows
    assert {row.id: row.same_sender for row in rows} == {caller: 0, third: 0}
    again = mail(desk, "pat@example.org")
    rows = desk.read(queue_page, viewer=desk.ana, now=desk.now).rows
    assert {row.id: row.same_sender for row in rows} == {caller: 1, third: 0, again: 1}
    narrowed = {"filters": Filters(sender_id=sender(desk, first))}
    rows = desk.read(queue_page, viewer=desk.ana, now=desk.now, **narrowed).rows
    assert {row.id for row in rows} == {caller, again}


def test_who_has_one_of_a_person_open_reads_what_was_never_flagged_of_their_other_address(
    desk: Desk,
) -> None:
    quiet = mail(desk, "pat+x@example.org", "nothing")
    loud = mail(desk, "pat+x@example.org")
    one = mail(desk, "pat@example.org")
    say(desk, one, loud)
    listed: Callable[[], set[str]] = lambda: {  # noqa: E731
        row.id
        for row in desk.read(
            of_sender, viewer=desk.ana, now=desk.now, sender_id=sender(desk, one)
        ).rows
    }
    assert listed() == {one, loud}
    desk.open(desk.ana, one)
    assert listed() == {one, loud, quiet}


def test_each_word_is_on_the_record_with_who_and_why_and_its_note_is_sealed(desk: Desk) -> None:
    one, other = mail(desk, "pat@example.org"), mail(desk, "pat+x@example.org")
    given = {"message_id": one, "other_id": sender(desk, other), "reason": LinkReason.OTHER}
    link_id = desk.do(desk.ana, confirm_link, note=" they said so in person ", **given)
    (event_,) = desk.events("sender_linked")
    assert (event_.actor_id, event_.matter_id) == (desk.ana.person_id, link_id)
    assert event_.details == '{"reason":"other"}'
    link = desk.read(lambda session: session.get_one(SenderLink, link_id))
    assert b"in person" not in link.note
    (said,) = view(desk, other, desk.ben).said
    assert (said.who, said.note, said.verdict) == ("Ana", "they said so in person", Verdict.SAME)
    desk.do(desk.ben, unlink, message_id=other, link_id=link_id, **BACK)
    (event_,) = desk.events("sender_unlinked")
    assert (event_.actor_id, event_.matter_id) == (desk.ben.person_id, link_id)
    assert view(desk, one).said == ()
    assert known(desk, one) == ["pat@example.org"]
    assert suggested(desk, one) == {sender(desk, other): (Because.FORM,)}
    assert desk.count(SenderLink) == 1
    assert desk.chain()


def test_what_was_rejected_is_not_offered_again_until_it_is_taken_back(desk: Desk) -> None:
    one, other = mail(desk, "pat@example.org"), mail(desk, "pat+x@example.org")
    third = mail(desk, "pat+y@example.org")
    link_id = say(desk, one, other, reject_link)
    assert sender(desk, other) not in suggested(desk, one)
    assert sender(desk, one) not in suggested(desk, other, desk.ben)
    with pytest.raises(Conflict, match="two people"):
        say(desk, one, other, who=desk.ben)
    say(desk, one, third)
    assert sender(desk, other) not in suggested(desk, third), "of one of them is of both"
    with pytest.raises(Conflict, match="two people"):
        say(desk, third, other)
    desk.do(desk.ben, unlink, message_id=other, link_id=link_id, **BACK)
    assert sender(desk, other) in suggested(desk, one)


def test_what_is_said_already_is_not_said_twice(desk: Desk) -> None:
    one, other = mail(desk, "pat@example.org"), mail(desk, "pat+x@example.org")
    say(desk, one, other)
    for command in (confirm_link, reject_link):
        with pytest.raises(Conflict):
            say(desk, other, one, command, desk.ben)
    assert desk.count(SenderLink) == 1


def test_what_colleagues_said_at_the_same_moment_is_taken_back_at_once(desk: Desk) -> None:
    one, other = mail(desk, "pat@example.org"), mail(desk, "pat+x@example.org")
    link_id = say(desk, one, other)

    def copy(session: Any) -> None:
        link = session.get_one(SenderLink, link_id)
        kept = {c.name: getattr(link, c.name) for c in SenderLink.__table__.columns}
        session.add(SenderLink(**(kept | {"id": "Z" * 26, "note": b""})))

    desk.triage.database.write(copy)
    desk.do(desk.ben, unlink, message_id=one, link_id=link_id, **BACK)
    assert known(desk, one) == ["pat@example.org"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": LinkReason.MISTAKE}, "reason"),
        ({"reason": LinkReason.OTHER}, "note"),
        ({"reason": LinkReason.OTHER, "note": "  "}, "note"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_a_reason_is_given(desk: Desk, changes: dict[str, Any], field: str) -> None:
    one, other = mail(desk, "pat@example.org"), mail(desk, "pat+x@example.org")
    with pytest.raises(Invalid) as caught:
        desk.do(
            desk.ana,
            confirm_link,
            **({"message_id": one, "other_id": sender(desk, other)} | WHY | changes),
        )
    assert caught.value.field == field
    assert desk.count(SenderLink) == 0


def test_nobody_is_linked_with_themselves_or_with_nobody(desk: Desk) -> None:
    one, nobody = mail(desk, "pat@example.org"), desk.arrive("[low]", from_address=None)
    with pytest.raises(Invalid):
        say(desk, one, one)
    with pytest.raises(Invalid):
        desk.do(desk.ana, confirm_link, message_id=nobody, other_id=sender(desk, one), **WHY)


@pytest.mark.parametrize("who", ["max", "ada", "kit", "gus"])
def test_who_does_not_review_says_nothing_and_reads_nothing(desk: Desk, who: str) -> None:
    one, other = mail(desk, "pat@example.org"), mail(desk, "pat+x@example.org")
    link_id = say(desk, one, other)
    somebody = getattr(desk, who)
    for command in (confirm_link, reject_link):
        with pytest.raises(NotAllowed):
            say(desk, one, other, command, somebody)
    with pytest.raises(NotAllowed):
        desk.do(somebody, unlink, message_id=one, link_id=link_id, **BACK)
    with pytest.raises(NotAllowed):
        view(desk, one, somebody)
    assert Role.REVIEWER not in somebody.roles


# -- who may know


def test_a_hidden_sender_and_one_that_is_not_read_the_same(desk: Desk) -> None:
    one = mail(desk, "pat@example.org")
    hidden = mail(desk, "pat+x@example.org", recipients=(address("ana"),))
    said = []
    for other_id in (sender(desk, hidden), "Z" * 26):
        with pytest.raises(NotFound) as caught:
            desk.do(desk.ana, confirm_link, message_id=one, other_id=other_id, **WHY)
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_a_link_that_came_from_a_message_is_unknown_to_who_has_no_part_in_it(desk: Desk) -> None:
    one, other = mail(desk, "pat@example.org"), mail(desk, "sam@example.org")
    hidden = mail(desk, "pat@example.org", recipients=(address("ana"),))
    link_id = say(desk, hidden, other, who=desk.ben)
    assert len(known(desk, one, desk.ben)) == 2
    assert known(desk, one) == ["pat@example.org"]
    assert view(desk, one).said == ()
    with pytest.raises(NotFound):
        desk.do(desk.ana, unlink, message_id=one, link_id=link_id, **BACK)
    # She may say the same by herself, and take her own word back.
    own = say(desk, one, other)
    assert len(known(desk, one)) == 2
    desk.do(desk.ana, unlink, message_id=one, link_id=own, **BACK)
    assert known(desk, one) == ["pat@example.org"]
    assert len(known(desk, one, desk.ben)) == 2


def test_a_link_that_rests_on_a_text_is_unknown_to_who_has_no_part_in_the_text(desk: Desk) -> None:
    one, other = mail(desk, "pat@example.org"), mail(desk, "sam@example.org")
    for who in ("pat@example.org", "sam@example.org"):
        mail(desk, who, f"[low] {LETTER}", recipients=(address("ana"),))
    say(desk, one, other, who=desk.ben)
    assert len(known(desk, one, desk.ben)) == 2
    assert known(desk, one) == ["pat@example.org"]


def test_a_link_with_a_ground_of_its_own_stands_for_who_may_not_know_the_other_ground(
    desk: Desk,
) -> None:
    one, other = mail(desk, "pat@example.org"), mail(desk, "pat+x@example.org")
    for who in ("pat@example.org", "pat+x@example.org"):
        mail(desk, who, f"[low] {LETTER}", recipients=(address("ana"),))
    say(desk, one, other, who=desk.ben)
    assert len(known(desk, one)) == 2
    (said,) = desk.events("sender_linked")
    assert "text" not in said.details


def test_nobody_is_joined_through_a_sender_of_whom_the_viewer_may_not_know(desk: Desk) -> None:
    one, other = mail(desk, "pat@example.org"), mail(desk, "sam@example.org")
    between = mail(desk, "pat.sam@example.org", recipients=(address("ana"),))
    say(desk, one, between, who=desk.ben)
    say(desk, other, between, who=desk.ben)
    assert len(known(desk, one, desk.ben)) == 3
    assert known(desk, one) == ["pat@example.org"]
    assert view(desk, one).said == ()


# -- groups


def components(people: int, edges: set[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """By the plainest way there is."""
    group = {one: frozenset({one}) for one in range(people)}
    for one, other in edges:
        whole = group[one] | group[other]
        for each in whole:
            group[each] = whole
    return group


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=12,
    deadline=None,
)
@given(st.data())
def test_groups_are_exactly_the_connected_components_whatever_is_said_and_taken_back(
    desk: Desk, data: st.DataObject
) -> None:
    people = 6
    tag = next(_tags)
    letters = [mail(desk, f"w{one}-{tag}@example.org") for one in range(people)]
    senders = [sender(desk, one) for one in letters]
    standing: dict[tuple[int, int], str] = {}
    for _ in range(data.draw(st.integers(1, 12))):
        one, other = sorted(data.draw(st.permutations(range(people)))[:2])
        if (one, other) in standing:
            given = {"message_id": letters[one], "link_id": standing.pop((one, other))}
            desk.do(desk.ben, unlink, **given, **BACK)
        elif components(people, set(standing))[one] != components(people, set(standing))[other]:
            standing[one, other] = say(desk, letters[one], letters[other])
        else:
            with pytest.raises(Conflict):
                say(desk, letters[one], letters[other])
        for each, group in components(people, set(standing)).items():
            found = desk.read(members, viewer=desk.ana, sender_id=senders[each])
            assert found == tuple(sorted(senders[one] for one in group))


# -- swarms


@contextmanager
def counted(desk: Desk) -> Any:
    sent: list[str] = []
    engine = desk.triage.database.engine

    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_swarm_of_addresses_is_counted_to_a_cap_and_costs_no_more_queries(desk: Desk) -> None:
    one = mail(desk, "pat@example.org", f"[low] {LETTER}")

    def cost() -> int:
        with counted(desk) as sent:
            view(desk, one)
        return len(sent)

    mail(desk, "pat+0@example.org", f"[low] {LETTER}")
    few = cost()
    swarm = [
        inbound(f"[low] {LETTER}", from_address=f"pat+{number}@example.org")
        for number in range(1, COUNTED + 20)
    ]
    with counted(desk) as sent:
        desk.receive(*swarm)
    looks = [s for s in sent if s.startswith("SELECT") and "sender_identities" in s]
    assert len(looks) <= 2 * len(swarm), "each arrival looks for itself alone"
    found = view(desk, one)
    assert (len(found.alike), found.alike_count) == (SHOWN, COUNTED)
    assert cost() == few

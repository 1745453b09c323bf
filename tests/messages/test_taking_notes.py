"""What somebody enters by hand: P-MSG-1, P-INT-4, and whoever took the call has no part in it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from support.desk import Desk, address
from support.mail import START
from support.worlds import seeded_ids

from triage.core.access import Actor
from triage.core.errors import Invalid, NotAllowed
from triage.core.exclusions import Exclusion
from triage.intake.inbound import Channel
from triage.intake.note import Note, inbound_of, original, sender_address, tidy
from triage.messages.placing import Rank
from triage.messages.queries.history import history
from triage.messages.queries.queue import find, lane_counts, queue_page
from triage.messages.rules import State
from triage.messages.service.taking import LONGEST_WORDS, take_note
from triage.messages.tables import Message, MessageFlag, Original
from triage.senders.tables import Sender

CALL = Note(
    channel=Channel.PHONE,
    at=START - timedelta(hours=1),
    words="[medium] said that she would come round",
    other="Vi Okonedo, volunteer",
    name="Pat Example",
    contact="07700 900123",
    service="fixmystreet",
)


def take(desk: Desk, who: Actor, note: Note = CALL, **given: Any) -> bool:
    return desk.do(who, take_note, note=note, scorer=desk.triage.scorer, **given)


def kept(desk: Desk) -> Message:
    """The one message that there is."""
    (message_id,) = desk.read(lambda session: session.scalars(select(Message.id)).all())
    return desk.row(message_id)


def flags_of(desk: Desk, message_id: str) -> list[tuple[str, str]]:
    found = select(MessageFlag.reason, MessageFlag.by).where(MessageFlag.message_id == message_id)
    return sorted(tuple(row) for row in desk.read(lambda session: session.execute(found).all()))


def waiting(desk: Desk, viewer: Actor) -> set[str]:
    return {row.id for row in desk.read(queue_page, viewer=viewer, now=desk.now).rows}


def test_p_msg_1_a_phone_note_to_a_volunteer_goes_through_the_same_queue_as_an_e_mail(
    desk: Desk,
) -> None:
    mail = desk.arrive("[medium] said that she would come round")
    assert take(desk, desk.kit)
    rows = {one.id: one for one in desk.read(queue_page, viewer=desk.ana, now=desk.now).rows}
    (note,) = (one for one in rows.values() if one.id != mail)
    assert (note.channel, rows[mail].channel) == ("phone", "email")
    assert (note.lane, note.band, note.kinds) == (
        rows[mail].lane,
        rows[mail].band,
        rows[mail].kinds,
    )
    assert note.service == "fixmystreet"
    assert note.received_at == CALL.at
    assert "Vi Okonedo" in desk.row(note.id).source
    assert "Vi Okonedo" not in (note.from_name + str(note.from_address))
    desk.decide(desk.ana, note.id)
    assert desk.state(note.id) is State.NO_ACTION


@pytest.mark.parametrize("channel", Channel)
def test_p_msg_1_each_way_by_which_abuse_comes_can_be_entered(desk: Desk, channel: Channel) -> None:
    assert take(desk, desk.kit, replace(CALL, channel=channel))
    assert kept(desk).channel == channel.value


def test_p_int_4_what_is_kept_is_what_was_entered_and_who_entered_it_is_on_the_record(
    desk: Desk,
) -> None:
    note = replace(CALL, colleagues=(desk.ana.person_id,))
    take(desk, desk.ben, note)
    message = kept(desk)
    stored = desk.read(lambda session: session.get_one(Original, message.id))
    assert stored.raw == original(tidy(note))
    assert json.loads(stored.raw) == {
        "kind": "note",
        "channel": "phone",
        "at": "2026-03-02T08:00:00+00:00",
        "words": CALL.words,
        "to": [desk.ana.person_id],
        "to_other": CALL.other,
        "name": CALL.name,
        "contact": CALL.contact,
        "service": CALL.service,
    }
    (event,) = desk.events("note_taken")
    assert (event.actor_id, event.matter_id) == (desk.ben.person_id, message.id)
    assert [one.actor_id for one in desk.events("received")] == ["system"]
    assert len({one.link for one in desk.events(matter_id=message.id)}) == 1
    assert desk.chain()


def test_below_the_thresholds_it_passes_unless_a_person_flags_it(desk: Desk) -> None:
    note = replace(CALL, words="asked when we open")
    assert take(desk, desk.kit, note) is False
    message = kept(desk)
    assert State(message.state) is State.UNFLAGGED
    assert take(desk, desk.kit, note, flagged=True) is True
    assert desk.state(message.id) is State.QUEUED
    assert desk.row(message.id).rank == Rank.PLAIN
    assert flags_of(desk, message.id) == [("manual", desk.kit.person_id)]


def test_urgent_goes_on_top_whatever_the_model_says(desk: Desk) -> None:
    high = desk.arrive("[high] words")
    assert take(desk, desk.kit, replace(CALL, words="is at the door now"), urgent=True)
    first, second = desk.read(queue_page, viewer=desk.ana, now=desk.now).rows
    assert second.id == high
    assert first.urgent
    assert desk.row(first.id).rank == Rank.ALARM
    assert [one.actor_id for one in desk.events("alarm_raised", first.id)] == [desk.kit.person_id]


def test_a_flag_of_the_model_is_the_systems_and_a_tick_is_the_persons(desk: Desk) -> None:
    take(desk, desk.kit, flagged=True)
    assert flags_of(desk, kept(desk).id) == [
        ("manual", desk.kit.person_id),
        ("model", "system"),
    ]


@pytest.mark.parametrize("ticks", [{}, {"flagged": True}, {"urgent": True}])
def test_a_double_press_and_the_same_note_of_another_are_one_message(
    desk: Desk, ticks: dict[str, bool]
) -> None:
    spaced = replace(CALL, words=f"  {CALL.words}\r\n", name="Pat  Example ")
    said = {take(desk, who, note, **ticks) for who in (desk.kit, desk.max) for note in (CALL,) * 2}
    said |= {take(desk, desk.kit, spaced, **ticks)}
    assert said == {True}
    assert desk.count(Message) == desk.count(Original) == 1
    assert len(desk.events("received")) == len(desk.events("note_taken")) == 1
    assert len(desk.events("note_taken_again")) == 4
    by_hand = [by for reason, by in flags_of(desk, kept(desk).id) if reason == "manual"]
    assert len(by_hand) == (2 if ticks else 0)
    assert len(desk.events("alarm_raised")) == (2 if "urgent" in ticks else 0)


def test_what_is_closed_comes_back_when_somebody_else_flags_it_and_not_by_a_double_press(
    desk: Desk,
) -> None:
    take(desk, desk.kit, flagged=True)
    message = kept(desk)
    desk.decide(desk.ana, message.id)
    take(desk, desk.kit, flagged=True)
    assert desk.state(message.id) is State.NO_ACTION
    take(desk, desk.max, urgent=True)
    assert desk.state(message.id) is State.QUEUED
    assert desk.row(message.id).rank == Rank.ALARM
    assert desk.row(message.id).decided_by is None
    assert desk.chain()


# -- whoever took it


def test_p_rec_1_who_took_the_call_has_no_part_in_it_and_who_entered_it_for_them_has(
    desk: Desk,
) -> None:
    assert take(desk, desk.ben, replace(CALL, colleagues=(desk.ana.person_id,)))
    message = kept(desk)
    excluded = desk.read(
        lambda session: session.execute(select(Exclusion.person_id, Exclusion.kind)).all()
    )
    assert [tuple(one) for one in excluded] == [(desk.ana.person_id, "recipient")]
    assert waiting(desk, desk.ana) == set()
    assert waiting(desk, desk.ben) == {message.id}


def test_p_rec_1_who_enters_their_own_call_sees_nothing_of_it_afterwards(desk: Desk) -> None:
    assert take(desk, desk.ana, replace(CALL, colleagues=(desk.ana.person_id,)), urgent=True)
    now = {"viewer": desk.ana, "now": desk.now}
    assert waiting(desk, desk.ana) == set()
    assert all(lane.waiting == 0 for lane in desk.read(lane_counts, **now))
    assert desk.read(find, words="come round", **now).total == 0
    assert desk.read(find, words="come round", viewer=desk.ben, now=desk.now).total == 1


@pytest.mark.parametrize("ticks", [{}, {"flagged": True}, {"urgent": True}])
@pytest.mark.parametrize("words", ["[medium] x", "nothing much", "[language] x", "[welfare] x"])
def test_p_rec_4_the_answer_tells_the_taker_nothing_of_what_a_colleague_entered_before(
    make_desk: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
    backend: str,
    words: str,
    ticks: dict[str, bool],
) -> None:
    said = []
    for number, with_x in enumerate((True, False)):
        desk = make_desk(f"{backend} apart" if number else backend)
        seeded_ids(monkeypatch)
        note = replace(CALL, words=words, colleagues=(desk.ana.person_id,))
        if with_x:
            take(desk, desk.ben, note, urgent=True)
            desk.decide(desk.cleo, kept(desk).id)
        said.append(take(desk, desk.ana, note, **ticks))
        assert waiting(desk, desk.ana) == set()
    assert said[0] == said[1] == (bool(ticks) or words != "nothing much")


def test_the_answer_to_who_may_see_it_is_where_it_stands(desk: Desk) -> None:
    quiet = replace(CALL, words="asked when we open")
    assert take(desk, desk.kit, quiet, flagged=True)
    assert take(desk, desk.ben, quiet)


def test_an_address_of_a_sender_is_the_same_sender_as_in_mail(desk: Desk) -> None:
    mail = desk.arrive("[low] one")
    take(desk, desk.kit, replace(CALL, contact="PAT@example.org"))
    assert desk.count(Sender) == 1
    assert desk.row(mail).sender_id is not None


@pytest.mark.parametrize(
    ("contact", "known_as"),
    [
        ("Pat@Example.org", "pat@example.org"),
        ("07700 900123", None),
        ("@pat", None),
        ("x:@pat.example", None),
        ("https://social.example/@pat.example", None),
        ("Pat Example", None),
        ("", None),
        ("999", None),
    ],
)
def test_an_address_stands_as_such_and_any_other_contact_with_the_name(
    contact: str, known_as: str | None
) -> None:
    assert sender_address(contact) == known_as
    message = inbound_of(tidy(replace(CALL, name="", contact=contact)))
    assert message.from_address == known_as
    assert message.from_name == ("" if known_as else contact)
    assert [one.value for one in message.contacts] == (
        [contact] if contact and not known_as else []
    )


def test_quoted_mail_in_a_paste_is_scored_apart_but_never_all_of_it() -> None:
    answer = (
        "I will come.\n\nOn Mon, 2 Mar 2026 at 09:00, Us <us@example.org> wrote:\n> [high] ours"
    )
    pasted = inbound_of(tidy(replace(CALL, channel=Channel.EMAIL, words=answer)))
    assert pasted.written.strip() == "I will come."
    assert "[high]" in pasted.quoted
    quoted = replace(CALL, channel=Channel.EMAIL, words="> I will come.")
    assert inbound_of(tidy(quoted)).written == "> I will come."
    assert inbound_of(tidy(replace(CALL, words=answer))).written == answer


# -- who may, and what is refused


def test_every_member_of_staff_may_and_a_guest_may_not(desk: Desk) -> None:
    for number, who in enumerate((desk.ana, desk.dora, desk.max, desk.ada, desk.kit)):
        assert take(desk, who, replace(CALL, words=f"[low] {number}"))
    with pytest.raises(NotAllowed):
        take(desk, desk.gus)
    assert desk.count(Message) == 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": None}, "channel"),
        ({"channel": "pigeon"}, "channel"),
        ({"at": None}, "at"),
        ({"at": START.replace(tzinfo=None)}, "at"),
        ({"at": START + timedelta(minutes=1)}, "at"),
        ({"words": ""}, "words"),
        ({"words": " \r\n\0 "}, "words"),
        ({"words": "x" * (LONGEST_WORDS + 1)}, "words"),
        ({"name": "x" * 501}, "name"),
        ({"contact": "x" * 501}, "contact"),
        ({"other": "x" * 501}, "other"),
        ({"other": "", "colleagues": ()}, "colleagues"),
        ({"other": " \0"}, "colleagues"),
        ({"colleagues": ("nobody",)}, "colleagues"),
        ({"other": "ana"}, "other"),
        ({"other": "ANA@charity.example.org"}, "other"),
        ({"service": "Not A Code"}, "service"),
    ],
)
def test_what_is_missing_or_wrong_is_said_with_its_field_and_nothing_is_kept(
    desk: Desk, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        take(desk, desk.kit, replace(CALL, **changes))
    assert caught.value.field == field
    assert str(caught.value).endswith(".")
    assert desk.count(Message) == 0
    assert desk.events("note_taken") == []


def test_all_that_is_wrong_is_said_at_once_each_with_its_field_in_the_order_of_the_form(
    desk: Desk,
) -> None:
    with pytest.raises(Invalid) as caught:
        take(desk, desk.kit, Note(channel=None, at=None, words=" "))
    assert [field for field, _ in caught.value.each] == ["channel", "at", "words", "colleagues"]
    for _, said in caught.value.each:
        assert said in str(caught.value)
    bad = replace(CALL, other="ana", name="x" * 501, service="Not A Code")
    with pytest.raises(Invalid) as caught:
        take(desk, desk.kit, bad)
    assert [field for field, _ in caught.value.each] == ["other", "name", "service"]
    assert desk.count(Message) == 0


def test_whoever_it_came_to_is_never_the_sender(desk: Desk) -> None:
    note = replace(CALL, colleagues=(desk.ana.person_id,), contact=address("ana").upper())
    with pytest.raises(Invalid) as caught:
        take(desk, desk.kit, note)
    assert caught.value.field == "contact"


def test_the_present_minute_is_not_the_future(desk: Desk) -> None:
    assert take(desk, desk.kit, replace(CALL, at=desk.now))


HOSTILE = [
    "![x](http://sink.example/x) <img src=x onerror=alert(1)>",
    "\u202egnp.exe \ud800 \0 \u200b" + "\u0301" * 40,
    "'; DROP TABLE messages; --",
    "=HYPERLINK(1) [high] @everyone",
    '"}, "to": []',
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["words", "name", "contact", "other"])
def test_hostile_text_in_each_field_is_kept_and_queued_like_any_other(
    desk: Desk, field: str, text: str
) -> None:
    take(desk, desk.kit, replace(CALL, **{field: text}), flagged=True)
    message = kept(desk)
    assert waiting(desk, desk.ana) == {message.id}
    stored = desk.read(lambda session: session.get_one(Original, message.id))
    name = {"other": "to_other"}.get(field, field)
    assert json.loads(stored.raw)[name] == getattr(tidy(replace(CALL, **{field: text})), field)
    entries = desk.read(history, viewer=desk.ana, message_id=message.id)
    assert [one.what for one in entries].count("flag") == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(), st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_tidied_once_and_for_all(words: str, name: str, contact: str, to: str) -> None:
    note = tidy(replace(CALL, words=words, name=name, contact=contact, other=to))
    assert tidy(note) == note
    assert json.loads(original(note))["words"] == note.words
    assert "\n" not in note.name + note.contact + note.other
    message = inbound_of(note)
    assert message.written == note.words

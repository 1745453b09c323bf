"""Flag by forwarding, and who wrote: the colleague who got a message is never its sender."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from support.desk import Desk, address, meet

from triage.app import Triage
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import Actor
from triage.core.clock import SetClock
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.exclusions import Exclusion, ExclusionKind, is_excluded
from triage.core.ids import new_id
from triage.core.settings import RelayRule
from triage.intake.inbound import Verified
from triage.messages.queries.history import history
from triage.messages.queries.queue import Filters, held_forwards, of_sender, queue_page
from triage.messages.rules import ChildKind, State
from triage.messages.service import holding, review
from triage.messages.service.children import add_child
from triage.messages.service.flags import flag
from triage.messages.service.importing import ImportResult, import_mail
from triage.messages.service.who_wrote import say_who_wrote
from triage.messages.tables import Message, MessageFlag
from triage.messages.wrote.tables import MessageForward
from triage.senders.tables import SenderIdentity

MX = "mx.charity.example.org"
NOTE = "this came to me this morning"
SETTINGS: dict[str, Any] = {
    "own_domains": ("charity.example.org",),
    "service_addresses": {"team@wdtk.example.com": "whatdotheyknow"},
    "forward_to": ("flag@charity.example.org",),
    "forwarders": ("vi@example.net",),
    "authserv_ids": (MX,),
    "relays": (
        RelayRule(address="fms@relay.example.com", service="fixmystreet", header="Reply-To"),
    ),
}
ORIGINAL = (
    b"From: Pat <pat@example.org>\r\nTo: Kit <kit@charity.example.org>\r\nSubject: the bins\r\n"
    b"Message-ID: <original@example.org>\r\n\r\n[high] I know where you live.\r\n"
)


@pytest.fixture
def desk(make_triage: Callable[..., Triage], url: str, clock: SetClock, backend: str) -> Desk:
    return meet(make_triage(url, **SETTINGS), clock)


@pytest.fixture
def bring(desk: Desk, tmp_path: Path) -> Callable[..., ImportResult]:
    """Imports mails, by the way that all mail takes."""
    numbers = iter(range(100))

    def imported(*mails: bytes, **given: Any) -> ImportResult:
        folder = tmp_path / f"{next(numbers)}"
        folder.mkdir()
        for number, one in enumerate(mails):
            (folder / f"{number}.eml").write_bytes(one)
        return import_mail(desk.triage.runner, desk.triage.scorer, [folder], **given)

    return imported


def forward(
    original: bytes = ORIGINAL, *, by: str = "kit@charity.example.org", result: str = "pass",
    inline: bool = False, note: str = NOTE, cc: str = "",
) -> bytes:  # fmt: skip
    domain = by.rpartition("@")[2]
    head = (
        f"Authentication-Results: {MX}; dmarc={result} header.from={domain}\r\n" if result else ""
    )
    head += f"From: Somebody <{by}>\r\nTo: flag@charity.example.org\r\nSubject: Fwd: the bins\r\n"
    head += f"Cc: {cc}\r\n" if cc else ""
    if inline:
        said = original.decode().split("\r\n\r\n", 1)
        lines = "\r\n".join(one for one in said[0].split("\r\n") if "Message-ID" not in one)
        mark = "---------- Forwarded message ---------"
        body = f"{note}\r\n\r\n{mark}\r\n{lines}\r\nDate: 1 March 2026\r\n\r\n{said[1]}"
        return f"{head}\r\n{body}".encode()
    return (
        (
            f"{head}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n{note}\r\n--x\r\n"
            "Content-Type: message/rfc822\r\n\r\n"
        ).encode()
        + original
        + b"\r\n--x--\r\n"
    )


def mail(sender: str, *head: str, text: str = "[high] you will be sorry") -> bytes:
    lines = (*head, f"From: {sender}", "To: team@charity.example.org", "Subject: a letter")
    return ("\r\n".join((*lines, "", text)) + "\r\n").encode()


def only(desk: Desk) -> Message:
    (message_id,) = all_ids(desk)
    return desk.row(message_id)


def all_ids(desk: Desk) -> list[str]:
    found = select(Message.id).order_by(Message.imported_at, Message.id)
    return list(desk.read(lambda session: session.scalars(found).all()))


def excluded(desk: Desk, message_id: str) -> dict[str, str]:
    found = select(Exclusion).where(Exclusion.matter_id == message_id)
    rows = desk.read(lambda session: session.scalars(found).all())
    names = {actor.person_id: name for name, actor in desk.people.items()}
    return {names[one.person_id]: one.kind for one in rows}


def flags_of(desk: Desk, message_id: str) -> set[tuple[str, str]]:
    found = select(MessageFlag.reason, MessageFlag.by).where(MessageFlag.message_id == message_id)
    return {tuple(row) for row in desk.read(lambda session: session.execute(found).all())}


def senders(desk: Desk) -> set[str | None]:
    found = select(SenderIdentity.value)
    return set(desk.read(lambda session: session.scalars(found).all()))


def texts(desk: Desk, message_id: str) -> list[str]:
    found = desk.read(history, viewer=desk.ben, message_id=message_id)
    return [one.text for one in found if one.text]


# -- a colleague forwards


@pytest.mark.parametrize("inline", [False, True])
def test_a_forwarded_threat_the_colleague_is_never_the_sender(desk, bring, inline) -> None:
    assert bring(forward(inline=inline)).queued == 1
    message = only(desk)
    assert message.from_address == "pat@example.org"
    assert senders(desk) == {"pat@example.org"}
    assert message.band == "high"
    assert message.text.endswith("[high] I know where you live.")
    assert NOTE not in message.text + message.rest
    assert excluded(desk, message.id) == {"kit": "recipient"}
    assert flags_of(desk, message.id) == {
        ("model", "system"),
        ("manual", desk.kit.person_id),
    }
    assert texts(desk, message.id) == [NOTE]
    assert not message.held_forward
    assert message.sample_probability == 0
    assert desk.chain() is not None


def test_p_rec_1_a_reviewer_who_forwards_their_own_has_no_part_in_it(desk, bring) -> None:
    bring(forward(by=address("ana")))
    message = only(desk)
    assert excluded(desk, message.id) == {"ana": "recipient", "kit": "recipient"}
    with pytest.raises(NotFound):
        desk.open(desk.ana, message.id)
    desk.open(desk.ben, message.id)


def test_whom_a_listed_forwarder_asks_to_look_may_look(desk, bring) -> None:
    bring(forward(cc=address("ben")))
    assert "ben" not in excluded(desk, only(desk).id)


def test_a_forward_without_an_author_is_queued_with_no_sender(desk, bring) -> None:
    mails = mail("kit@charity.example.org", text="please look, it is bad")
    bring(mails.replace(b"team@", b"flag@"))
    message = only(desk)
    assert (message.sender_id, message.from_address) == (None, None)
    assert message.no_sender == "forward"
    assert desk.state(message.id) is State.QUEUED
    assert ("manual", desk.kit.person_id) in flags_of(desk, message.id)


def test_a_colleague_who_forwards_what_a_colleague_wrote_makes_nobody_the_sender(
    desk, bring
) -> None:
    for own in (b"ben@charity.example.org", b"kit@charity.example.org", b"team@wdtk.example.com"):
        bring(forward(ORIGINAL.replace(b"pat@example.org", own)))
    assert senders(desk) == set()
    assert {desk.row(one).no_sender for one in all_ids(desk)} == {"own"}


def test_a_listed_volunteer_may_forward_and_is_not_the_sender_either(desk, bring) -> None:
    bring(forward(by="vi@example.net", inline=True))
    message = only(desk)
    assert not message.held_forward
    assert senders(desk) == {"pat@example.org"}
    assert ("manual", "system") in flags_of(desk, message.id)


def test_what_cannot_be_read_of_a_forward_still_reaches_people_with_no_sender(desk, bring) -> None:
    bring(forward().replace(b"--x--", b"--x\r\n\r\na\r\n" * 200 + b"--x--"))
    message = only(desk)
    assert message.parse_status == "quarantined"
    assert message.sender_id is None
    assert desk.state(message.id) is State.QUEUED
    assert "kit" in excluded(desk, message.id)


def test_no_forward_is_refused_because_a_key_is_missing(
    make_triage: Callable[..., Triage], url: str, clock: SetClock, tmp_path: Path
) -> None:
    bare = meet(make_triage(url, **SETTINGS, desk_key=None), clock)
    (tmp_path / "one.eml").write_bytes(forward())
    import_mail(bare.triage.runner, bare.triage.scorer, [tmp_path / "one.eml"])
    assert ("manual", bare.kit.person_id) in flags_of(bare, only(bare).id)


# -- the same original


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_what_was_imported_and_is_forwarded_then_is_one_message(desk, bring, ends) -> None:
    bring(ORIGINAL.replace(b"\r\n", ends.encode()))
    first = only(desk)
    desk.decide(desk.ben, first.id)
    assert desk.state(first.id) is State.NO_ACTION
    result = bring(forward(by=address("ana")))
    assert (result.new, result.known) == (0, 1)
    again = only(desk)
    assert desk.state(again.id) is State.QUEUED
    assert excluded(desk, again.id) == {"kit": "recipient", "ana": "recipient"}
    assert ("manual", desk.ana.person_id) in flags_of(desk, again.id)
    assert NOTE in texts(desk, again.id)


def test_forwarded_twice_it_is_one_message_and_the_same_forward_again_changes_nothing(
    desk, bring
) -> None:
    bring(forward())
    bring(forward(by=address("ben"), note="mine too"))
    message = only(desk)
    assert excluded(desk, message.id) == {"kit": "recipient", "ben": "recipient"}
    before = len(desk.events())
    flags = flags_of(desk, message.id)
    bring(forward(by=address("ben"), note="mine too"), forward())
    assert flags_of(desk, message.id) == flags
    assert only(desk).id == message.id
    assert [one.code for one in desk.events()[before:]] == ["imported"]
    kept = desk.read(lambda session: session.scalars(select(MessageForward)).all())
    assert sorted(one.raw is None for one in kept) == [False, True]


def test_an_unflagged_message_is_queued_when_it_is_forwarded(desk, bring) -> None:
    quiet = ORIGINAL.replace(b"[high] ", b"")
    bring(quiet)
    assert desk.state(only(desk).id) is State.UNFLAGGED
    bring(forward(quiet))
    assert desk.state(only(desk).id) is State.QUEUED


def test_a_threat_does_not_hide_behind_the_message_id_of_a_harmless_mail(desk, bring) -> None:
    bring(ORIGINAL.replace(b"[high] I know where you live.", b"Where is my reply?"))
    bring(forward())
    assert len(all_ids(desk)) == 2
    assert any("know where you live" in desk.row(one).text for one in all_ids(desk))


def test_the_same_words_under_the_same_message_id_are_one_message(desk, bring) -> None:
    bring(b"Received: by mx.example.net; Mon, 02 Mar 2026 08:00:00 +0000\r\n" + ORIGINAL)
    bring(forward())
    assert "kit" in excluded(desk, only(desk).id)


# -- held forwards


HELD = [("stranger@example.com", "pass"), ("kit@charity.example.org", "fail")]


@pytest.mark.parametrize(("by", "result"), HELD)
def test_a_forward_by_somebody_who_is_not_listed_is_held_and_not_lost(
    desk, bring, by: str, result: str
) -> None:
    assert bring(forward(by=by, result=result)).queued == 1
    message = only(desk)
    assert message.held_forward
    assert (message.sender_id, message.no_sender) == (None, "held")
    assert senders(desk) == set()
    assert message.verified == "not_verified"
    assert message.band == "high"
    read = {"viewer": desk.ben, "now": desk.now}
    assert desk.read(held_forwards, **read) == 1
    shown = desk.read(queue_page, **read, filters=Filters(held_forwards=True))
    assert [row.id for row in shown.rows] == [message.id]
    assert [one.code for one in desk.events("forward_held")] == ["forward_held"]


def test_p_rec_4_a_reviewer_named_in_a_held_forward_learns_nothing_of_it(desk, bring) -> None:
    named = ORIGINAL.replace(b"kit@", b"ana@")
    bring(forward(named, by="stranger@example.com", cc=address("cleo")))
    message = only(desk)
    assert set(excluded(desk, message.id)) == {"ana", "cleo"}
    assert desk.read(held_forwards, viewer=desk.ana, now=desk.now) == 0
    assert desk.read(held_forwards, viewer=desk.ben, now=desk.now) == 1


def test_whoever_is_not_listed_writes_no_word_of_our_server_into_what_they_attach(
    desk, bring
) -> None:
    word = f"Authentication-Results: {MX}; dmarc=pass header.from=example.org\r\n".encode()
    bring(forward(word + ORIGINAL, by="stranger@example.com"))
    bring(forward(word + ORIGINAL + b"two"))
    held = [desk.row(one) for one in all_ids(desk)]
    assert {one.held_forward: one.verified for one in held} == {
        True: "not_verified",
        False: "verified",
    }


def test_p_rec_2_who_forwards_what_is_known_has_no_part_in_what_grew_out_of_it(desk, bring) -> None:
    bring(ORIGINAL)
    message = only(desk)
    made = new_id()
    given = {"message_id": message.id, "child_id": made, "kind": ChildKind.RESTRICTION}
    desk.do(desk.dora, add_child, **given)
    bring(forward())
    with desk.triage.database.read() as session:
        for matter in (message.id, made):
            assert is_excluded(session, matter_id=matter, person_id=desk.kit.person_id)


def test_a_held_forward_joins_nothing_and_nothing_joins_it(desk, bring) -> None:
    bring(forward(by="stranger@example.com"))
    bring(forward())
    assert len(all_ids(desk)) == 2
    bring(forward(by="stranger@example.com", note="again"))
    assert len(all_ids(desk)) == 3


def take(desk: Desk, who: Actor, message_id: str, **given: Any) -> None:
    version = desk.open(who, message_id)
    words = {"address": "pat@example.org", "colleague": None, "reason": "I rang her"}
    desk.do(who, holding.take_in, message_id=message_id, version=version, **(words | given))


def test_a_held_forward_is_judged_only_once_somebody_has_taken_it_in(desk, bring) -> None:
    bring(forward(by="stranger@example.com"))
    message_id = only(desk).id
    labels = {"labels": [Disposition.THREATENING], "severity": Severity.HIGH}
    version = desk.open(desk.ben, message_id)
    with pytest.raises(Invalid, match="whether this forward is ours"):
        desk.do(desk.ben, review.decide, message_id=message_id, version=version, **labels)
    take(desk, desk.ben, message_id, colleague=desk.cleo.person_id)
    assert senders(desk) == {"pat@example.org"}
    assert excluded(desk, message_id) == {"kit": "recipient", "cleo": "recipient"}
    assert not desk.row(message_id).held_forward
    assert "I rang her" in texts(desk, message_id)
    desk.decide(desk.ben, message_id, Disposition.THREATENING, severity=Severity.HIGH)
    assert desk.state(message_id) is State.NOTED
    assert [one.actor_id for one in desk.events("forward_taken_in")] == [desk.ben.person_id]


def test_a_held_forward_that_is_not_ours_is_closed_by_a_person_with_a_reason(desk, bring) -> None:
    bring(forward(by="stranger@example.com"))
    message_id = only(desk).id
    given = {"message_id": message_id, "version": desk.open(desk.ben, message_id)}
    with pytest.raises(Invalid, match="why it is not ours"):
        desk.do(desk.ben, holding.not_ours, reason=" ", **given)
    with pytest.raises(Invalid, match="Uncover"):
        desk.do(desk.ben, holding.not_ours, reason="an advertisement", **given)
    desk.uncover(desk.ben, message_id)
    desk.do(desk.ben, holding.not_ours, reason="an advertisement", **given)
    assert desk.state(message_id) is State.ROUTED
    assert desk.reason(desk.steps(message_id)[-1]) == "an advertisement"
    desk.do(desk.ben, review.undo, message_id=message_id)
    assert desk.row(message_id).held_forward


def test_only_a_held_forward_is_taken_in_or_sent_away(desk) -> None:
    message_id = desk.arrive()
    with pytest.raises(Conflict):
        take(desk, desk.ben, message_id)
    given = {"message_id": message_id, "version": desk.version(message_id), "reason": "spam"}
    with pytest.raises(Conflict):
        desk.do(desk.ben, holding.not_ours, **given)


@pytest.mark.parametrize(
    "wrong",
    [{"reason": " "}, {"address": "nobody"}, {"address": "fms@relay.example.com"},
     {"colleague": "itself"}, {"colleague": "nobody"}],
)  # fmt: skip
def test_taking_in_wants_what_it_needs(desk, bring, wrong: dict[str, str]) -> None:
    bring(forward(by="stranger@example.com"))
    if wrong.get("colleague") == "itself":
        wrong = {"colleague": desk.ben.person_id}
    with pytest.raises(Invalid):
        take(desk, desk.ben, only(desk).id, **wrong)
    assert only(desk).held_forward


# -- our own addresses, and relays


@pytest.mark.parametrize(
    "own",
    ["boss@charity.example.org", "x@mail.charity.example.org", "team@wdtk.example.com",
     "flag@charity.example.org", "vi@example.net"],
)  # fmt: skip
def test_our_own_address_is_never_the_sender_without_a_persons_word(desk, bring, own) -> None:
    bring(mail(f"The Boss <{own}>"))
    message = only(desk)
    assert (message.sender_id, message.no_sender) == (None, "own")
    assert message.from_address == own
    assert senders(desk) == set()


def test_a_colleague_whose_address_a_mail_claims_has_no_part_in_it(desk, bring) -> None:
    bring(mail(address("ana")))
    assert excluded(desk, only(desk).id) == {"ana": "excluded"}


def say(desk: Desk, who: Actor, message_id: str, address: str, reason: str = "I know") -> None:
    version = desk.open(who, message_id)
    given = {"message_id": message_id, "version": version, "address": address, "reason": reason}
    desk.do(who, say_who_wrote, **given)


def test_by_a_persons_word_a_colleague_is_the_sender_and_has_no_part_in_it(desk, bring) -> None:
    bring(mail("spoof@charity.example.org"))
    message_id = only(desk).id
    say(desk, desk.ben, message_id, address("cleo"), "she said so")
    message = desk.row(message_id)
    assert senders(desk) == {address("cleo")}
    assert message.no_sender is None
    assert message.said_address == address("cleo")
    assert message.from_address == "spoof@charity.example.org"
    assert excluded(desk, message_id) == {"cleo": ExclusionKind.SUBJECT.value}
    assert "she said so" in texts(desk, message_id)
    (event,) = desk.events("writer_said")
    assert (event.actor_id, event.details) == (desk.ben.person_id, '{"known":true}')


def test_a_person_corrects_who_wrote_and_may_say_that_nobody_knows(desk, bring) -> None:
    bring(forward(inline=True))
    message_id = only(desk).id
    old = only(desk).sender_id
    say(desk, desk.ben, message_id, "Sam@Example.net")
    read = {"viewer": desk.ben, "now": desk.now}
    assert desk.read(of_sender, **read, sender_id=old).total == 0
    assert desk.read(of_sender, **read, sender_id=only(desk).sender_id).total == 1
    assert only(desk).said_address == "sam@example.net"
    say(desk, desk.ben, message_id, "")
    assert (only(desk).sender_id, only(desk).no_sender) == (None, "said")


def test_who_it_came_to_is_not_who_sent_it_and_nobody_reviews_their_own(desk, bring) -> None:
    bring(forward())
    message_id = only(desk).id
    with pytest.raises(Invalid, match="Who it came to"):
        say(desk, desk.ben, message_id, address("kit"))
    with pytest.raises(NotAllowed, match="wrote themselves"):
        say(desk, desk.ben, message_id, address("ben"))
    with pytest.raises(Invalid, match="service's address"):
        say(desk, desk.ben, message_id, "fms@relay.example.com")
    with pytest.raises(Invalid, match="how you know"):
        say(desk, desk.ben, message_id, "sam@example.net", " ")
    assert senders(desk) == {"pat@example.org"}


def test_who_does_not_hold_a_message_says_nothing_of_it(desk, bring) -> None:
    bring(forward())
    message = only(desk)
    given = {"message_id": message.id, "version": message.version, "reason": "x"}
    with pytest.raises(Conflict):
        desk.do(desk.ben, say_who_wrote, address="sam@example.net", **given)
    with pytest.raises(NotAllowed):
        desk.do(desk.kit, say_who_wrote, address="sam@example.net", **given)


def test_what_a_service_sends_on_is_of_who_wrote_and_the_service_is_never_the_sender(
    desk, bring
) -> None:
    relay = "FixMyStreet <fms@relay.example.com>"
    bring(
        mail(relay, "Reply-To: pat@example.org"),
        mail(relay, text="[high] no name"),
        mail(relay, f"Authentication-Results: {MX}; dmarc=fail", "Reply-To: sam@example.net"),
        b"\r\n".join((b"From: fms@relay.example.com",) + (b"x: y",) * 60_000) + b"\r\n\r\nhm",
    )
    found = [desk.row(one) for one in all_ids(desk)]
    assert senders(desk) == {"pat@example.org"}
    assert sorted((one.no_sender or "", one.verified) for one in found) == [
        ("", "not_checked"),
        ("relay", "not_checked"),
        ("relay", "not_checked"),
        ("relay", "not_verified"),
    ]
    (known,) = [one for one in found if one.sender_id]
    assert (known.service, known.channel) == ("fixmystreet", "web")
    assert known.came_through == "fms@relay.example.com"


def test_a_spoofed_from_is_stored_as_not_verified(desk, bring) -> None:
    stamp = f"Authentication-Results: {MX}; spf=pass smtp.mailfrom=m@example.com; dmarc=fail"
    bring(mail("pat@example.org", stamp))
    assert only(desk).verified == Verified.NOT_VERIFIED.value
    assert only(desk).authentication == ["spf:pass", "dmarc:fail"]


def test_a_flag_on_the_desk_is_still_the_flaggers(desk) -> None:
    message_id = desk.arrive("quiet")
    desk.do(desk.kit, flag, message_id=message_id, note="odd")
    assert flags_of(desk, message_id) == {("manual", desk.kit.person_id)}

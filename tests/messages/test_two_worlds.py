"""P-REC-1, P-REC-4: who got a message learns nothing of what is made of it (trust.md, section 5).

Two databases, equal but that one holds message X, sent to ana, and all that happened to it.
Whatever ana reads, and every error she gets, is the same in both.
"""

import inspect
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select, true
from support.desk import Desk
from support.mail import START, inbound
from support.worlds import SeededIds, World, both_worlds

from dashboard.handover_words import Note as HandoverNote
from dashboard.handover_words import note
from dashboard.today_words import Morning, line
from triage import history as timelines
from triage.alarms import queries as alarm_queries
from triage.alarms.service.job import run_alarms
from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core import record
from triage.core.access import CONSOLE, Actor
from triage.core.errors import TriageError
from triage.core.exclusions import Exclusion, ExclusionKind, exclude
from triage.core.ids import new_id, short_ref
from triage.intake.inbound import Channel, Forward, How, Verified
from triage.intake.note import Note
from triage.letters import queries as letters
from triage.letters.queries import letter
from triage.letters.rules import LetterKind
from triage.letters.service import checking, drafting
from triage.messages.queries import (
    board,
    campaigns,
    evidence,
    groups,
    history,
    own,
    queue,
    reading,
    senders,
    today,
)
from triage.messages.rules import Lane, Step
from triage.messages.service import (
    concern,
    flags,
    holding,
    linking,
    recipient,
    reveals,
    review,
    self_review,
    together,
    welfare,
    who_wrote,
    writing,
)
from triage.messages.service.aftercare import tell_recipients
from triage.messages.service.handover_notes import leave_note
from triage.messages.service.taking import take_note
from triage.messages.service.together import Chosen
from triage.notify.queries import overview as mail_overview
from triage.referrals.queries import asked
from triage.referrals.queries import listing as referrals
from triage.referrals.queries import reading as referral_reading
from triage.referrals.service.considering import consider
from triage.senders.rules import LinkReason
from triage.staff.queries.duty import duty_now
from triage.staff.service import duty
from triage.staff.service.duty import add_absence

MakeDesk = Callable[..., Desk]

FIXED = {"raw": b"the bytes of X", "source": "x", "message_id": "<x@example.org>"}
SECRET = "zanzibar"
LETTER = "I have written about the bins before, and nobody has come to see. " * 6
CROSSING = "[medium] a letter about the crossing at the bridge, which you have taken off the site"


@pytest.fixture
def worlds(
    make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch, clock: Any, backend: str
) -> Callable[[], tuple[World, World]]:
    """What ana reads with X there, and without. (Called once a test.)"""
    return lambda: both_worlds(live, make_desk, monkeypatch, clock, backend)


def live(desk: Desk, chance: SeededIds, *, with_x: bool) -> World:
    """A morning at the desk, with or without X; then everything that ana can read."""
    numbers = iter(range(100))

    def mail(text: str, **fields: Any) -> str:
        number = next(numbers)
        given = {
            "raw": f"{number}".encode(),
            "source": f"{number}",
            "message_id": f"<{number}@example.org>",
        }
        return desk.arrive(text, **(given | fields))

    for who in (desk.ana, desk.ben):
        span = {"starts": desk.now, "ends": desk.now + timedelta(hours=8)}
        desk.do(desk.ada, duty.add_shift, person_id=who.person_id, **span)
    for name in ("ben", "cleo", "dora"):  # so that self-review is open to ana, in both worlds
        away = {"starts": START, "ends": START + timedelta(days=2)}
        desk.do(CONSOLE, add_absence, person_id=desk.people[name].person_id, **away)
    same_sender = mail(CROSSING)
    alike = mail(f"{CROSSING} at last", from_address="third@example.org")
    waits = mail(f"{CROSSING} at long last", from_address="fourth@example.org")
    other = mail("[high] another letter", from_address="other@example.org")
    quiet = mail("nothing much")
    alias = mail(f"[low] {LETTER}", from_address="pat+alias@example.org")
    sam = mail("[low] a word", from_address="sam@example.org")
    beth = mail("[low] a word", from_address="beth@example.org")
    mail("[low] a word", from_address="pat+more@example.org")
    known = [desk.row(one).sender_id for one in (same_sender, sam, beth)]
    run_alarms(desk.triage.runner, desk.now)
    before = desk.now
    with chance.of("x"):
        x = new_id()
    with chance.of("x letter"):
        x_letter = new_id()
    hidden = None
    with chance.of("x"):
        if with_x:
            x, hidden = happen(desk)
            gossip(desk, *known)
            with chance.of("x letter"):
                x_letter = write_about(desk, x)
            last_of_all(desk)
    desk.clock.move(before - desk.now)
    desk.move(hours=2)
    desk.decide(desk.ben, other, Disposition.AGGRESSIVE, severity=Severity.LOW)
    desk.do(desk.cleo, flags.flag, message_id=quiet, note="odd")
    joined = {"message_id": same_sender, "other_id": desk.row(alias).sender_id}
    desk.do(desk.cleo, linking.confirm_link, reason=LinkReason.SAME_MATTER, **joined)
    with chance.of("together"):
        decide_together(desk, chance, alike, hidden)
    desk.open(desk.ana, same_sender)
    desk.do(desk.ana, reveals.reveal, message_id=same_sender, step=Step.FULL)
    desk.do(desk.ana, together.reveal, message_id=waits, beside=same_sender, step=Step.FULL)
    desk.do(desk.cleo, leave_note, text="all else is done", since=START)
    with chance.of("made up"):
        made_up = new_id()
    return observe(desk, x, x_letter, made_up, same_sender, alike)


def decide_together(desk: Desk, chance: SeededIds, opened: str, hidden: str | None) -> None:
    """Ben decides a letter, in one world together with one like it that came for ana."""
    desk.open(desk.ben, opened)
    desk.do(desk.ben, reveals.reveal, message_id=opened, step=Step.FULL)
    ticked = []
    if hidden is not None:
        with chance.of("x"):
            desk.do(desk.ben, together.reveal, message_id=hidden, beside=opened, step=Step.FULL)
        ticked.append(Chosen(hidden, desk.version(hidden)))
    desk.move(seconds=2)
    outcome = together.decide_together(
        desk.triage.runner,
        desk.ben,
        opened=Chosen(opened, desk.version(opened)),
        ticked=ticked,
        labels=[Disposition.AGGRESSIVE],
        severity=Severity.LOW,
        token=opened,
    )
    assert len(outcome.done) == len(ticked) + 1


def happen(desk: Desk) -> tuple[str, str]:
    """X comes in for ana, and is looked at by everybody else; with two letters like others."""
    ana = ("ana@charity.example.org",)
    mark = {"service": "secret service"}
    receipt = desk.receive(inbound(f"[high] [welfare] {SECRET}", recipients=ana, **FIXED), **mark)[
        0
    ]
    lone = inbound(
        "[low]", recipients=ana, from_address="lone@example.org", raw=b"lone", source="l"
    )
    closed = desk.receive(lone, **mark)[0].message_id
    x = receipt.message_id
    assert x is not None
    assert closed is not None
    desk.do(desk.kit, flags.flag, message_id=x, note="odd", urgent=True)
    run_alarms(desk.triage.runner, desk.now)
    version = desk.open(desk.ben, x)
    desk.do(desk.ben, reveals.reveal, message_id=x, step=Step.FULL)
    desk.do(desk.ben, flags.add_note, message_id=x, text="a note")
    desk.do(desk.ben, welfare.open_task, message_id=x, version=version)
    desk.do(desk.ben, welfare.resume, message_id=x, version=desk.version(x))
    desk.ask_second_look(desk.ben, x, concern=True)
    desk.do(desk.ben, consider, message_ids=(x,), reason=SECRET)
    refused(lambda: desk.do(desk.ben, review.open_message, message_id=x))
    refused(lambda: desk.do(desk.ana, review.open_message, message_id=x))
    desk.open(desk.cleo, x)
    desk.decide(desk.dora, closed, Disposition.THREATENING, severity=Severity.HIGH)
    decided = inbound("[low]", recipients=ana, raw=b"decided", source="d")
    of_pat = desk.receive(decided, **mark)[0].message_id
    assert of_pat is not None
    desk.decide(desk.dora, of_pat, Disposition.THREATENING, severity=Severity.HIGH)
    refused(lambda: desk.do(desk.kit, flags.flag, message_id=closed, note="again"))
    desk.open(desk.cleo, x)
    forwarded(desk)
    take(desk, desk.ben)
    use_rights(desk, x, closed, ana)
    said = f"{SECRET}: mind {short_ref(x)}"
    desk.do(desk.ben, leave_note, text=said, since=START)
    again = {"recipients": ana, "from_address": "fifth@example.org"}
    hidden, _ = (
        desk.arrive(CROSSING, raw=one, source="l", message_id="<l@example.org>", **again)
        for one in (b"like one", b"like two")
    )
    return x, hidden


def forwarded(desk: Desk) -> None:
    """Ana forwards what came to her; a stranger forwards something that names her."""
    ana = "ana@charity.example.org"
    for number, by in enumerate((ana, "stranger@example.com")):
        forward = Forward("Ana", by, Verified.NOT_CHECKED, How.INLINE, SECRET)
        given = {"recipients": (ana,), "raw": f"f{number}".encode(), "source": f"f{number}"}
        given["from_address"] = "lone@example.org"
        (receipt,) = desk.receive(inbound(f"[high] {SECRET}", forward=forward, **given))
        assert receipt.message_id is not None
        version = desk.open(desk.ben, receipt.message_id)
        words = {"message_id": receipt.message_id, "address": "sam@example.net", "reason": SECRET}
        desk.do(desk.ben, who_wrote.say_who_wrote, version=version, **words)


def gossip(desk: Desk, pat: str, sam: str, beth: str) -> None:
    """Of people whom ana knows, things are said that she may not know: they came from hers."""
    ana = {"recipients": ("ana@charity.example.org",)}

    def hidden(who: str, text: str) -> str:
        return desk.arrive(text, from_address=who, raw=f"{who} {text}".encode(), source=who, **ana)

    aliases = [
        hidden("pat+hidden@example.org", "[low] what she got"),
        hidden("twin@example.org", f"[low] {LETTER}"),
        hidden("pat@example.org", "[low] ring 07700 900123, or 020 7946 0958"),
        hidden("sam@example.org", "[low] ring 020 7946 0958"),
    ]
    between = desk.row(aliases[1]).sender_id
    say = {"reason": LinkReason.KNOWN_TO_US, "note": f"as {SECRET} says"}
    # In a chain through a sender of whom she knows nothing, and outright.
    desk.do(desk.ben, linking.confirm_link, message_id=aliases[2], other_id=between, **say)
    desk.do(desk.ben, linking.confirm_link, message_id=aliases[1], other_id=sam, **say)
    desk.do(desk.ben, linking.reject_link, message_id=aliases[2], other_id=beth, **say)
    assert desk.row(aliases[2]).sender_id == pat


def use_rights(desk: Desk, x: str, closed: str, to: tuple[str, ...]) -> None:
    """All that a recipient may: with hers, ana does it, and is told of what was dealt with."""
    desk.do(desk.ana, recipient.reveal_mine, message_id=x, step=Step.FULL)
    desk.do(desk.ana, recipient.mark_seen, message_id=x)
    desk.do(desk.ana, recipient.record_999, message_id=x, at=desk.now)
    third = desk.receive(inbound("[low]", recipients=to, raw=b"third", source="t"))[0].message_id
    desk.do(desk.ana, recipient.reveal_mine, message_id=third, step=Step.MASKED)
    desk.do(desk.ana, recipient.flag_mine, message_id=third, note="odd")
    desk.move(seconds=2)
    asked = {"labels": [Disposition.OFFENSIVE], "severity": Severity.LOW, "note": "look"}
    desk.do(desk.ana, self_review.self_review, message_id=third, **asked)
    desk.move(minutes=20)
    assert tell_recipients(desk.triage.runner, desk.now) == 2
    desk.do(desk.ana, recipient.raise_alarm_mine, message_id=closed)


def write_about(desk: Desk, x: str) -> str:
    """A letter about X, which waits for a second person: ana could be it."""
    made = desk.do(desk.ben, writing.draft_letter, message_id=x, kind=LetterKind.FREE)

    def seen() -> dict[str, Any]:
        found = desk.read(letter, viewer=desk.ben, letter_id=made)
        return {"version": found.row.version, "previewed": found.shown.digest}

    words = {"subject": SECRET, "text": SECRET, "to_address": "pat@example.org"}
    desk.do(desk.ben, drafting.edit, letter_id=made, version=seen()["version"], **words)
    desk.do(desk.ben, checking.ask_second, letter_id=made, reason="look", **seen())
    return made


def last_of_all(_: Desk) -> None:
    """What else happens in the world with X: nothing, but for one test."""


def take(desk: Desk, who: Actor) -> bool:
    """Somebody enters the call that ana took."""
    note = Note(Channel.PHONE, START, f"{SECRET} letter", (desk.ana.person_id,), name="Lone Caller")
    return desk.do(who, take_note, note=note, scorer=desk.triage.scorer, urgent=True)


def refused(act: Callable[[], object]) -> str:
    """What an act was refused with, in full."""
    try:
        act()
    except TriageError as error:
        plain = {k: v for k, v in vars(error).items() if k not in {"refused_matter", "matter_id"}}
        return f"{type(error).__name__}: {error} {plain}"
    raise AssertionError("this was not refused")


# -- all that ana can read


def reads(
    desk: Desk, x: str, x_letter: str, mine: str, *others: str
) -> dict[str, list[dict[str, Any]]]:
    """Query -> the arguments it is tried with."""
    now = {"now": desk.now}
    sender = desk.row(mine).sender_id
    rests = desk.read(referrals.of_message, viewer=desk.ben, message_id=x, **now)
    referral = rests[0].id if rests else "Z" * 26
    filters = [
        {"filters": queue.Filters(**one)}
        for one in (
            {"lane": Lane.URGENT},
            {"service": "secret service"},
            {"sender_id": sender},
            {"held_forwards": True},
        )
    ]
    return {
        "last_import": [{}],
        "lane_counts": [now],
        "held_forwards": [now],
        "queue_page": [now, now | {"number": 2}, *(now | one for one in filters)],
        "next_waiting": [now, *(now | one for one in filters)],
        "mine": [now],
        "open_welfare": [now],
        "find": [now | {"words": words} for words in (SECRET, "letter", "example", "lone")],
        "of_sender": [now | {"sender_id": sender}],
        "referrals_of_sender": [now | {"sender_ids": [sender]}],
        "services": [now],
        "sender_view": [{"sender_id": one} for one in (sender, "Z" * 26)],
        "alike": [{"sender_ids": (sender,)}],
        "evidence": [{"sender_ids": (sender,), "other_id": "Z" * 26}],
        "members": [{"sender_id": sender}],
        "sender_history": [now | {"sender_id": one} for one in (sender, "Z" * 26)],
        "kin_of": [now | {"sender_ids": (sender,)}],
        "item": [now | {"message_id": one} for one in (x, mine)],
        "uncovered": [{"message_id": x}],
        "exposure": [{"since": START}],
        "history": [{"message_id": one} for one in (x, mine, *others)],
        "beside": [now | {"message_id": one} for one in (x, mine)],
        "compared": [
            {"message_id": one, "other_id": other}
            for one, other in ((x, mine), (mine, x), (mine, mine))
        ],
        "today": [now | {"since": START}, now | {"since": desk.now}],
        "handover": [now | {"since": START}, now | {"since": START, "for_all": True}],
        "entries": [{"since": START}],
        "last_scored": [{}],
        "board": [now],
        "letters_of_matter": [{"matter_id": one} for one in (x, mine)],
        "letters_of_sender": [{"sender_ids": [sender]}],
        "waiting_for_second": [{}],
        "letter": [{"letter_id": x_letter}],
        "all_live": [now],
        "ended": [now],
        "of_message": [now | {"message_id": one} for one in (x, mine)],
        "late_records": [now],
        "waiting_for_me": [now],
        "referral": [now | {"referral_id": referral}],
        "asked_into": [now],
        "invited": [now],
        "offices": [now | {"referral_id": referral}],
        "to_act_on": [{"reference": one} for one in (x, x[:6], mine, mine[:6])],
        "grounds": [{"message_ids": [x, mine]}],
        "open_alarms": [{"at": desk.now}],
        "my_alerts": [{}],
        "mail_of_alarms": [now | {"settings": desk.triage.settings}],
        "read_record": [{}, {"number": 2}, {"matter_id": x}, {"matter_id": mine}],
    }


def public(module: ModuleType, argument: str) -> dict[str, Callable[..., Any]]:
    """The functions of a module that take this argument."""
    return {
        name: one
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__
        and not name.startswith("_")
        and argument in inspect.signature(one).parameters
    }


QUERIES = {
    f"referrals_{name}" if module is referrals and name == "of_sender" else name: one
    for module in (
        queue,
        reading,
        history,
        senders,
        groups,
        today,
        board,
        record,
        alarm_queries,
        letters,
        campaigns,
        timelines,
        referrals,
        referral_reading,
        asked,
        evidence,
    )
    for name, one in public(module, "viewer").items()
    # parts of other queries
    if name not in {"reach", "known_to", "rows_of", "serves", "has_open", "may_open"}
}
COMMANDS = {
    f"{module.__name__.rsplit('.', 1)[1]}.{name}": one
    for module in (
        review,
        flags,
        reveals,
        welfare,
        concern,
        who_wrote,
        holding,
        linking,
        together,
        writing,
    )
    for name, one in public(module, "message_id").items()
}
GIVEN: dict[str, Any] = {
    "version": 3,
    "labels": [],
    "severity": None,
    "note": "words",
    "to": RoutedTo.SPAM,
    "reason": LinkReason.MISTAKE,
    "other_id": "Z" * 26,
    "link_id": "Z" * 26,
    "new_evidence": True,
    "step": Step.FULL,
    "text": "words",
    "outcome": WelfareOutcome.APPROVED_REPLY,
    "sitting": "monday",
    "kind": LetterKind.FREE,
    "urgent": True,
    "address": "sam@example.net",
    "colleague": None,
    "beside": "0" * 26,
    "child_id": "0" * 26,
}


def observe(desk: Desk, x: str, x_letter: str, made_up: str, mine: str, *others: str) -> World:
    """Every read and every refusal, written out."""
    seen: World = {}
    for name, tries in reads(desk, x, x_letter, mine, *others).items():
        for number, given in enumerate(tries):
            seen[f"{name} {number}"] = written(desk, QUERIES[name], given)
    for address in ("lone@example.org", "pat@example.org"):
        page = desk.do(desk.ana, flags.look_up, address=address)
        seen[f"look_up {address}"] = repr(page)
    for name, command in COMMANDS.items():
        wanted = inspect.signature(command).parameters
        given = {key: value for key, value in GIVEN.items() if key in wanted}
        for one in (x, made_up):
            seen[f"{name} {'x' if one is x else 'made up'}"] = refused(
                lambda command=command, one=one, given=given: desk.do(
                    desk.ana, command, message_id=one, **given
                )
            )
    for name, tries in exempt(desk, x).items():
        for number, given in enumerate(tries):
            seen[f"own: {name} {number}"] = written(desk, OWN[name], given)
    seen.update(drawn(desk))
    for act in (together.undo_together, together.let_go):
        for one in (x, made_up):
            outcome = act(desk.triage.runner, desk.ana, message_ids=(one,))
            seen[f"{act.__name__} {'x' if one is x else 'made up'}"] = repr(outcome.refused[0][1])
    seen["read_record after"] = written(desk, record.read_record, {})
    seen["take_note"] = repr(take(desk, desk.ana))
    for name in ("queue_page", "lane_counts", "find"):
        given = {"now": desk.now} | ({"words": SECRET} if name == "find" else {})
        seen[f"{name} after take_note"] = written(desk, QUERIES[name], given)
    return seen


def exempt(desk: Desk, x: str) -> dict[str, list[dict[str, Any]]]:
    """The exemption, by name (trust.md, section 5): her own page, and whether rule 2 is open."""
    given = {"now": desk.now, "settings": desk.triage.settings}
    return {
        "sent_to_me": [given],
        "own_item": [given | {"message_id": x}],
        "own_text": [{"message_id": x, "now": START + timedelta(minutes=30)}],
    }


OWN = public(own, "viewer")
EXEMPT = ["own: sent_to_me 0", "own: own_item 0", "own: own_text 0"]


def drawn(desk: Desk) -> World:
    """The line at the top of her day, and the note that she would hand over, as they are drawn."""
    given = {"viewer": desk.ana, "now": desk.now, "since": START}
    duty = desk.read(duty_now, at=desk.now, settings=desk.triage.settings)
    latest = desk.read(history.last_import, viewer=desk.ana)
    mail = desk.read(mail_overview, now=desk.now, settings=desk.triage.settings)
    found = desk.read(today.today, **given)
    morning = Morning(desk.now, desk.ana.person_id, found, duty, latest)
    seen = {"the line": "; ".join(line(morning))}
    for for_all in (False, True):
        handed = desk.read(today.handover, for_all=for_all, **given)
        seen[f"the note {for_all}"] = note(HandoverNote(desk.now, handed, duty, mail))
    return seen


def written(desk: Desk, query: Callable[..., Any], given: dict[str, Any]) -> str:
    try:
        return repr(desk.read(query, viewer=desk.ana, **given))
    except TriageError:
        return refused(lambda: desk.read(query, viewer=desk.ana, **given))


def differing(one: World, other: World) -> list[str]:
    assert one.keys() == other.keys()
    return [name for name in one if one[name] != other[name]]


def test_p_rec_4_with_and_without_a_message_of_hers_a_recipient_reads_the_same(
    worlds: Callable[[], tuple[World, World]],
) -> None:
    with_x, without = worlds()
    assert differing(with_x, without) == EXEMPT
    for name in COMMANDS:
        assert with_x[f"{name} x"] == with_x[f"{name} made up"]
        assert "NotFound" in with_x[f"{name} x"]
    hidden = [said for name, said in with_x.items() if name not in EXEMPT]
    assert SECRET not in "".join(hidden)
    assert SECRET in with_x["own: own_text 0"]
    assert "1 in the urgent lane" not in with_x["the line"]
    assert "5 to look at" in with_x["the line"], "there is something to compare"


@pytest.mark.parametrize(
    "room",
    [
        queue,
        groups,
        senders,
        reading,
        history,
        today,
        board,
        record,
        flags,
        alarm_queries,
        campaigns,
        letters,
    ],
)
def test_without_the_filter_the_two_worlds_differ(
    worlds: Callable[[], tuple[World, World]], monkeypatch: pytest.MonkeyPatch, room: ModuleType
) -> None:
    monkeypatch.setattr(room, "visible", lambda viewer, matter: true())
    with_x, without = worlds()
    assert set(differing(with_x, without)) > set(EXEMPT)


@pytest.mark.parametrize("kind", [ExclusionKind.SUBJECT, ExclusionKind.RECUSED])
def test_p_rec_4_who_is_excluded_for_another_reason_too_reads_the_same_on_her_own_page(
    worlds: Callable[[], tuple[World, World]],
    monkeypatch: pytest.MonkeyPatch,
    kind: ExclusionKind,
) -> None:
    here = sys.modules[__name__]
    monkeypatch.setattr(here, "use_rights", lambda *_: None)
    monkeypatch.setattr(here, "last_of_all", partial(step_back, kind=kind))
    with_x, without = worlds()
    assert differing(with_x, without) == []


def step_back(desk: Desk, *, kind: ExclusionKind) -> None:
    """Ana has another part in all that came to her, too."""
    theirs = select(Exclusion.matter_id).where(Exclusion.person_id == desk.ana.person_id)
    for message_id in desk.read(lambda session: session.scalars(theirs).all()):
        desk.triage.database.write(
            lambda session, message_id=message_id: exclude(
                session,
                matter_id=message_id,
                person_id=desk.ana.person_id,
                kind=kind,
                at=desk.now,
            )
        )
    desk.move(minutes=20)
    assert tell_recipients(desk.triage.runner, desk.now) == 0


def test_the_worlds_are_seen_through_every_query_and_every_command(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk()
    tried = set(reads(desk, "x", "y", desk.arrive()))
    assert tried == set(QUERIES)
    assert set(exempt(desk, "x")) == set(OWN) - {"listed"}
    assert len(COMMANDS) >= 18

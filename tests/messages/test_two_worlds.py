"""P-REC-1, P-REC-4: who got a message learns nothing of what is made of it (trust.md, section 5).

Two databases, equal but that one holds message X, sent to ana, and all that happened to it.
Whatever ana reads, and every error she gets, is the same in both.
"""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import true
from support.desk import Desk
from support.mail import START, inbound
from support.worlds import SeededIds, seeded_ids

from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core import record
from triage.core.access import Actor
from triage.core.errors import TriageError
from triage.core.ids import new_id
from triage.intake.inbound import Channel
from triage.intake.note import Note
from triage.messages.queries import history, listing, queue, reading
from triage.messages.rules import Lane, Step
from triage.messages.service import concern, flags, reveals, review, welfare
from triage.messages.service.taking import take_note

World = dict[str, str]
MakeDesk = Callable[..., Desk]

FIXED = {"raw": b"the bytes of X", "source": "x", "message_id": "<x@example.org>"}
SECRET = "zanzibar"


@pytest.fixture
def worlds(
    make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch, clock: Any, backend: str
) -> Callable[[], tuple[World, World]]:
    """What ana reads with X there, and without. (Called once a test.)"""

    def build() -> tuple[World, World]:
        seen = []
        for number, with_x in enumerate((True, False)):
            clock.move(START - clock.now())
            desk = make_desk(f"{backend} apart" if number else backend)
            chance = seeded_ids(monkeypatch)
            seen.append(live(desk, chance, with_x=with_x))
        return seen[0], seen[1]

    return build


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

    same_sender = mail("[medium] a letter")
    other = mail("[high] another letter", from_address="other@example.org")
    quiet = mail("nothing much")
    before = desk.now
    with chance.of("x"):
        x = new_id()
    with chance.of("x"):
        if with_x:
            x = happen(desk)
    desk.clock.move(before - desk.now)
    desk.move(hours=2)
    desk.decide(desk.ben, other, Disposition.AGGRESSIVE, severity=Severity.LOW)
    desk.do(desk.cleo, flags.flag, message_id=quiet, note="odd")
    desk.open(desk.ana, same_sender)
    with chance.of("made up"):
        made_up = new_id()
    return observe(desk, x, made_up, same_sender)


def happen(desk: Desk) -> str:
    """X comes in for ana, and is looked at by everybody else."""
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
    version = desk.open(desk.ben, x)
    desk.do(desk.ben, reveals.reveal, message_id=x, step=Step.FULL)
    desk.do(desk.ben, flags.add_note, message_id=x, text="a note")
    desk.do(desk.ben, welfare.open_task, message_id=x, version=version)
    desk.do(desk.ben, welfare.resume, message_id=x, version=desk.version(x))
    desk.ask_second_look(desk.ben, x, concern=True)
    refused(lambda: desk.do(desk.ben, review.open_message, message_id=x))
    refused(lambda: desk.do(desk.ana, review.open_message, message_id=x))
    desk.open(desk.cleo, x)
    desk.decide(desk.dora, closed, Disposition.THREATENING, severity=Severity.HIGH)
    refused(lambda: desk.do(desk.kit, flags.flag, message_id=closed, note="again"))
    desk.open(desk.cleo, x)
    take(desk, desk.ben)
    return x


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


def reads(desk: Desk, x: str, mine: str) -> dict[str, list[dict[str, Any]]]:
    """Query -> the arguments it is tried with."""
    now = {"now": desk.now}
    sender = desk.row(mine).sender_id
    filters = [
        {"filters": queue.Filters(**one)}
        for one in ({"lane": Lane.URGENT}, {"service": "secret service"}, {"sender_id": sender})
    ]
    return {
        "last_import": [{}],
        "lane_counts": [now],
        "queue_page": [now, now | {"number": 2}, *(now | one for one in filters)],
        "next_waiting": [now, *(now | one for one in filters)],
        "mine": [now],
        "open_welfare": [now],
        "find": [now | {"words": words} for words in (SECRET, "letter", "example", "lone")],
        "of_sender": [now | {"sender_id": sender}],
        "services": [now],
        "item": [now | {"message_id": one} for one in (x, mine)],
        "uncovered": [{"message_id": x}],
        "exposure": [{"since": START}],
        "history": [{"message_id": x}, {"message_id": mine}],
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
    name: one
    for module in (queue, reading, history, record)
    for name, one in public(module, "viewer").items()
}
COMMANDS = {
    f"{module.__name__.rsplit('.', 1)[1]}.{name}": one
    for module in (review, flags, reveals, welfare, concern)
    for name, one in public(module, "message_id").items()
}
GIVEN: dict[str, Any] = {
    "version": 3,
    "labels": [],
    "severity": None,
    "note": "words",
    "to": RoutedTo.SPAM,
    "reason": "words",
    "new_evidence": True,
    "step": Step.FULL,
    "text": "words",
    "outcome": WelfareOutcome.APPROVED_REPLY,
    "sitting": "monday",
    "urgent": True,
}


def observe(desk: Desk, x: str, made_up: str, mine: str) -> World:
    """Every read and every refusal, written out."""
    seen: World = {}
    for name, tries in reads(desk, x, mine).items():
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
    seen["read_record after"] = written(desk, record.read_record, {})
    seen["take_note"] = repr(take(desk, desk.ana))
    for name in ("queue_page", "lane_counts", "find"):
        given = {"now": desk.now} | ({"words": SECRET} if name == "find" else {})
        seen[f"{name} after take_note"] = written(desk, QUERIES[name], given)
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
    assert differing(with_x, without) == []
    for name in COMMANDS:
        assert with_x[f"{name} x"] == with_x[f"{name} made up"]
        assert "NotFound" in with_x[f"{name} x"]
    assert SECRET not in "".join(with_x.values())


@pytest.mark.parametrize("room", [queue, listing, reading, history, record, flags])
def test_without_the_filter_the_two_worlds_differ(
    worlds: Callable[[], tuple[World, World]], monkeypatch: pytest.MonkeyPatch, room: ModuleType
) -> None:
    monkeypatch.setattr(room, "visible", lambda viewer, matter: true())
    with_x, without = worlds()
    assert differing(with_x, without)


def test_the_worlds_are_seen_through_every_query_and_every_command(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk()
    tried = set(reads(desk, "x", desk.arrive()))
    assert tried == set(QUERIES)
    assert len(COMMANDS) >= 15

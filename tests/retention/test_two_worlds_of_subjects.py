"""P-REC-4: what a custodian has no part in changes nothing that they read of a request.

Two databases, equal but that one holds what Cole has no part in: messages that were sent to him, a
restriction and a report to the police that rest on one, a note, a stub, a letter; all of it found
by Cusa and decided. Whatever Cole reads of the request, and every refusal, is the same in both.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from support.attaching import read_with
from support.cases import begun
from support.desk import Desk
from support.mail import START
from support.referring import consider
from support.restricting import approve, propose
from support.subjects import (
    agreed,
    asked,
    at,
    give_all,
    items,
    join,
    kept,
    known,
    made,
    reviewed,
    row,
    searched,
    sent_letter,
    staffed,
)
from support.worlds import SeededIds, seeded_ids

import triage.retention.subject.queries as read
from triage.conduct.kinds import RoutedTo
from triage.core.access import SYSTEM, Actor
from triage.core.commands import Tx
from triage.core.errors import TriageError
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.core.record import read_record
from triage.core.roles import Role
from triage.messages.service import review
from triage.messages.service.flags import add_note
from triage.messages.stubs.service import leave_stub
from triage.messages.tables import Message
from triage.reports.answers import Person
from triage.retention.subject.rules import Decision, Ground
from triage.retention.subject.service import searching
from triage.retention.subject.service.opening import open_file
from triage.retention.subject.tables import SubjectItem, SubjectRequest
from triage.retention.subject.terms import read_terms

World = dict[str, str]
SECRET = "zanzibar"
TO_COLE = {"recipients": ("cole@charity.example.org",)}


def queries() -> dict[str, Callable[..., Any]]:
    """Every read of the room that takes a viewer: found, so that none is left out."""
    modules = [
        importlib.import_module(one.name)
        for one in pkgutil.walk_packages(read.__path__, f"{read.__name__}.")
    ]
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": one
        for module in modules
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__
        and not name.startswith("_")
        and "viewer" in inspect.signature(one).parameters
    }


HELPERS = {
    "reading.seen_by": "a condition, which items_of joins",
    "in_cases.in_cases": "a generator, which find reads to its end",
}
"""What takes a viewer and is no read by itself."""


@pytest.fixture
def worlds(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, clock: Any, backend: str
) -> Callable[[], tuple[World, World]]:
    """Both worlds, lived and written out."""

    def build() -> tuple[World, World]:
        seen = []
        for number, with_x in enumerate((True, False)):
            clock.move(START - clock.now())
            desk = make_desk(f"{backend} apart" if number else backend)
            seen.append(live(desk, seeded_ids(monkeypatch), with_x=with_x))
        return seen[0], seen[1]

    return build


def mail(desk: Desk, text: str, **given: Any) -> str:
    """A message of its own bytes, the same in both worlds."""
    read = read_with((f"{text}.txt", "application/x-note", text.encode()), text=text)
    fields = {"raw": read.raw, "attachments": read.attachments, "source": text}
    return desk.arrive(text, **(fields | {"message_id": f"<{len(text)}@example.org>"} | given))


def live(desk: Desk, chance: SeededIds, *, with_x: bool) -> World:
    """A request of Pat's, of whom Cole may know two messages; in one world there is more."""
    staffed(desk)
    plain = mail(desk, "[low] My bins were not emptied.")
    mail(desk, "Pat Example was there too.", from_address="s@example.net", from_name="Sam")
    desk.do(desk.ana, add_note, message_id=plain, text="Polite.")
    request_id = searched(desk, by=desk.cole)
    give_all(desk, request_id, desk.cole)
    before = desk.now
    hidden = []
    with chance.of("x"):
        if with_x:
            hidden = happen(desk)
        elsewhere = new_id()
    desk.clock.move(before - desk.now)
    desk.do(desk.cusa, searching.search, **at(desk, request_id))
    if with_x:
        with chance.of("x"):
            assert len(items(desk, request_id)) > len(items(desk, request_id, desk.cole)) + 5
            decide_hidden(desk, request_id)
    return observe(desk, request_id, hidden, elsewhere)


def happen(desk: Desk) -> list[str]:
    """All that Cole has no part in; the messages."""
    theirs = mail(desk, f"[high] {SECRET} one", **TO_COLE)
    other = {"from_address": "s@example.net", "from_name": SECRET}
    spoken = mail(desk, f"[high] {SECRET} Pat Example", **other, **TO_COLE)
    erased = mail(desk, f"[low] {SECRET} gone", **TO_COLE)
    desk.do(desk.ana, add_note, message_id=theirs, text=SECRET)
    sent_letter(desk, theirs, SECRET)
    approve(desk, desk.dora, propose(desk, desk.ana, theirs, reason=SECRET))
    consider(desk, desk.ana, theirs)

    def leave(tx: Tx) -> None:
        leave_stub(tx, tx.session.get_one(Message, erased))

    desk.do(SYSTEM, leave)
    for text in ("what do you hold", "what else"):
        passed_on = mail(desk, f"[low] {SECRET} {text}", **TO_COLE)
        version = desk.open(desk.ana, passed_on)
        given = {"message_id": passed_on, "version": version, "to": RoutedTo.SUBJECT_ACCESS}
        desk.do(desk.ana, review.route, **given)
    asked(desk, message_id=passed_on)
    case_id = begun(desk, SECRET, subjects=(Person(name="Pat Example"),))
    join(desk, case_id, desk.cusa)
    return [theirs, spoken, erased]


def decide_hidden(desk: Desk, request_id: str) -> None:
    """Cusa decides what Cole does not see."""
    mine = {one.id for one in items(desk, request_id, desk.cole)}
    for one in items(desk, request_id):
        if one.id not in mine:
            given: dict[str, Any] = {"decision": Decision.DISCLOSE, "said": SECRET}
            if one.kind == "case":
                given = {"decision": Decision.WITHHOLD, "ground": Ground.NOT_TOLD, "said": SECRET}
            desk.do(desk.cusa, searching.decide_item, item_id=one.id, **given)


def observe(desk: Desk, request_id: str, hidden: list[str], elsewhere: str) -> World:
    """All that Cole reads, and what he is refused, written out."""
    cole = desk.cole
    seen: World = {}
    for name, query in queries().items():
        if name not in HELPERS:
            seen[name] = tried(lambda q=query: call(desk, q, cole, request_id))
    for number, one in enumerate(hidden or [elsewhere] * 3):
        given = {"by": cole, "message_id": one}
        seen[f"register {number}"] = tried(lambda g=given: asked(desk, **g))
    seen["record"] = tried(
        lambda: str(desk.read(read_record, viewer=_reader(cole), matter_id=request_id).total)
    )
    with desk.triage.database.read() as session:
        found = [one.id for one in session.scalars(select(SubjectItem))]
    strange = [one for one in found if one not in {x.id for x in items(desk, request_id, cole)}]
    for number, one in enumerate((strange or [elsewhere])[:1]):
        item = {"item_id": one, "decision": Decision.DISCLOSE}
        seen[f"decide {number}"] = tried(lambda g=item: desk.do(cole, searching.decide_item, **g))
    files = [one for one in strange if kind_of(desk, one) == "file"] or [elsewhere]
    seen["open"] = tried(lambda: desk.do(cole, open_file, item_id=files[0]))
    [own] = [one for one in items(desk, request_id, cole) if one.kind == "file"]
    seen["open their own"] = tried(lambda: desk.do(cole, open_file, item_id=own.id))
    seen["review"] = tried(lambda: reviewed(desk, request_id, cole))
    seen["after"] = str(row(desk, request_id).version)
    return seen


def kind_of(desk: Desk, item_id: str) -> str:
    with desk.triage.database.read() as session:
        return session.get_one(SubjectItem, item_id).kind


def _reader(cole: Actor) -> Actor:
    """Cole as a reviewer too: who reads the record."""
    return Actor(cole.person_id, cole.name, cole.roles | {Role.REVIEWER})


def call(desk: Desk, query: Callable[..., Any], viewer: Actor, request_id: str) -> str:
    """A read with whatever it asks for."""
    mine = items(desk, request_id, viewer)
    have: dict[str, Any] = {
        "viewer": viewer,
        "vault": desk.triage.vault,
        "keys": desk.triage.keys,
        "settings": desk.triage.settings,
        "now": desk.now,
        "request_id": request_id,
        "item_id": mine[0].id,
        "terms": read_terms(["Pat Example", "pat@example.org"]),
    }
    wanted = inspect.signature(query).parameters
    with desk.triage.database.read() as session:
        have["session"] = session
        found = query(**{name: have[name] for name in wanted if name in have})
        if isinstance(found, tuple):
            return "\n".join(_said(one) for one in found)
        return _said(found)


def _said(one: Any) -> str:
    if isinstance(one, SubjectItem | SubjectRequest):  # rows: what is sealed differs by chance
        held = {each.name: getattr(one, each.name) for each in one.__table__.columns}
        return str({name: said for name, said in held.items() if not isinstance(said, bytes)})
    return repr(one)


def tried(act: Callable[[], Any]) -> str:
    """What came of it, in full."""
    try:
        return str(act())
    except TriageError as error:
        return f"{type(error).__name__}: {error}"


def test_p_rec_4_what_a_custodian_has_no_part_in_changes_nothing_they_read(
    worlds: Callable[[], tuple[World, World]],
) -> None:
    there, without = worlds()
    assert {name: said for name, said in there.items() if said != without[name]} == {}
    assert SECRET not in str(there)
    assert "My bins were not emptied" in there["composing.would_be_given"]
    assert there["finding.find"].count("Hit(") == 4
    assert "My bins were not emptied" in there["open their own"]
    assert there["listing.to_answer"] == "ToAnswer(waiting=1, late=0, soon=0)"


def test_every_read_of_the_room_is_tried() -> None:
    assert set(queries()) >= {
        "finding.find", "listing.requests", "listing.routed", "listing.to_answer", "listing.known",
        "reading.request", "reading.items_of", "composing.would_be_given", "composing.looked_at",
    }  # fmt: skip
    assert set(HELPERS) <= set(queries())


def test_p_rec_4_who_turns_out_to_be_meant_later_sees_the_item_no_more(desk: Desk) -> None:
    kept(desk)
    message = desk.arrive("[low] hello")
    request_id = searched(desk)
    assert len(items(desk, request_id, desk.cole)) == 1

    def bar(tx: Tx) -> None:
        exclude(
            tx.session, matter_id=message, person_id=desk.cole.person_id,
            kind=ExclusionKind.SUBJECT, at=tx.now,
        )  # fmt: skip

    desk.do(SYSTEM, bar)
    assert items(desk, request_id, desk.cole) == []
    assert len(items(desk, request_id)) == 1


def test_p_rec_4_a_second_person_who_may_not_know_of_all_cannot_let_it_go(desk: Desk) -> None:
    kept(desk)
    desk.arrive("[low] hello", recipients=("cole@charity.example.org",))
    request_id = known(desk, asked(desk))
    desk.do(desk.cusa, searching.search, **at(desk, request_id))
    give_all(desk, request_id)
    reviewed(desk, request_id)
    agreed(desk, request_id, desk.cole)
    with pytest.raises(TriageError, match="not what the second person saw"):
        made(desk, request_id)

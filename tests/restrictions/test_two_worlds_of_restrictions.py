"""P-REC-4: who received a ground learns nothing of what is decided on it (trust.md, section 5).

Two databases, equal but that one holds message X, sent to edda, and all that was decided on it.
Whatever edda reads as a decider, a reviewer and a service admin, and every refusal she gets, is
the same in both. Exempt, by name: that a measure is in force for somebody.
"""

import inspect
import io
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import true
from support.desk import Desk, address
from support.mail import START
from support.referring import consider
from support.restricting import approve, draft, propose, see, tasks, version
from support.worlds import World, both_worlds, differing, said

from triage.core import record
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.packs import queries as pack_queries
from triage.packs.service import build
from triage.restrictions.blocklist import read_list
from triage.restrictions.codes import appeal_code
from triage.restrictions.draft import TargetDraft
from triage.restrictions.queries import appeals as appeal_queries
from triage.restrictions.queries import contact, frozen, lists, reading
from triage.restrictions.queries import tasks as task_queries
from triage.restrictions.rules import Kind
from triage.restrictions.service import (
    appeals,
    deciding,
    evidence,
    exporting,
    notices,
    proposing,
    reconciling,
)
from triage.restrictions.service import tasks as working
from triage.restrictions.service.appeals import Outcome
from triage.restrictions.service.frozen import note_frozen
from triage.restrictions.service.jobs import note_dates

SECRET = "zanzibar"
MODULES = (lists, reading, appeal_queries, task_queries, contact, frozen)
SETTINGS = {"letter_from": "team@charity.example.org", "appeal_address": "appeal@example.org"}
EXEMPT = {"do_not_reply 0", "cease_state 1"}
QUERIES = {
    name: one
    for module in MODULES
    for name, one in inspect.getmembers(module, inspect.isfunction)
    if one.__module__ == module.__name__
    and not name.startswith("_")
    and "viewer" in inspect.signature(one).parameters
}
COMMANDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "approve": (deciding.approve, {"version": 2}),
    "decline": (deciding.decline, {"version": 2, "reason": "so"}),
    "renew": (deciding.renew, {"version": 2, "reason": "so", "review_at": START}),
    "lift": (deciding.lift, {"version": 2, "reason": "so"}),
    "withhold": (deciding.withhold_letter, {"version": 2, "reason": "so"}),
    "open": (evidence.open_evidence, {"message_id": "Z" * 26}),
    "decide": (
        appeals.decide_appeal,
        {"version": 2, "outcome": Outcome.UPHELD, "reason": "so"},
    ),
    "notice": (notices.draft_notice, {}),
    "outcome": (notices.draft_outcome, {}),
    "ended": (notices.draft_ended, {}),
}
TASK_COMMANDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "apply": (working.apply, {"version": 1}),
    "verify": (working.verify, {"version": 1, "note": "x"}),
    "fail": (working.fail, {"version": 1, "note": "x"}),
    "retry": (working.retry, {"version": 1}),
    "remove": (working.remove, {"version": 1, "note": "x"}),
    "sheet": (exporting.task_sheet, {}),
}


@pytest.fixture
def worlds(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, clock: Any, backend: str
) -> Callable[[], tuple[World, World]]:
    return lambda: both_worlds(live, make_desk, monkeypatch, clock, backend, **SETTINGS)


def live(desk: Desk, chance: Any, *, with_x: bool) -> World:
    desk.add("edda", Role.DECIDER, Role.REVIEWER, Role.SERVICE_ADMIN)
    desk.add("sven", Role.SERVICE_ADMIN)
    desk.add("finn", Role.DECIDER)
    for name in ("edda", "sven"):
        given = {"person_id": desk.people[name].person_id}
        for target in ("helpdesk", "fixmystreet", "writetothem"):
            desk.do(desk.ada, working.set_scope, target=target, **given)
    mine = propose(desk, desk.ana, desk.arrive("[low]", raw=b"1", source="1"))
    other = desk.arrive("[low]", raw=b"2", source="2", from_address="sam@example.org")
    second = propose(desk, desk.ana, other, kind=Kind.SERVICE_BLOCK)
    before = desk.now
    with chance.of("x"):
        lone = desk.arrive("[low]", raw=b"3", source="3", from_address="lone@example.org")
        ids = [new_id() for _ in range(5)]
        if with_x:
            ids = happen(desk)
    desk.clock.move(before - desk.now)
    approve(desk, desk.dora, second)
    with chance.of("police"):
        police = consider(desk, desk.ana, lone)
    with chance.of("sven"):
        desk.do(desk.sven, exporting.export_tasks, target="helpdesk")
    with chance.of("made up"):
        made_up = new_id()
    seen = observe(desk, ids[:3], made_up, mine, desk.row(lone).sender_id)
    whose = {"x": ids[3], "x police": ids[4], "lone": lone, "police": police, "made up": made_up}
    with chance.of("packs"):  # the refusals before this were of another length
        return seen | packs_of(desk, whose)


def happen(desk: Desk) -> list[str]:
    """X comes for edda; restrictions of every kind and state rest on it."""
    fields: dict[str, Any] = {"recipients": (address("edda"),), "from_address": "lone@example.org"}
    x = desk.arrive(f"[high] {SECRET}", raw=b"x", source="x", **fields)
    words = {"reason": SECRET, "proportionality": SECRET}
    waits = propose(desk, desk.ana, x, **words)
    given = {"grave": True, **words}
    desk.do(desk.ana, proposing.set_emergency, draft=draft(desk, x, **given))
    block = propose(desk, desk.ana, x, kind=Kind.SERVICE_BLOCK, **words)
    approve(desk, desk.dora, block)
    on(desk, deciding.withhold_letter, block, reason=SECRET)
    (task,) = tasks(desk, block)
    desk.do(desk.sven, working.apply, task_id=task.id, version=task.version)
    held = (TargetDraft("writetothem", "lone@example.org", SECRET, None, "x"),)
    frozen_by = propose(desk, desk.ana, x, kind=Kind.SERVICE_BLOCK, targets=held, **words)
    for who in (desk.dora, desk.finn):
        approve(desk, who, frozen_by)
    given = {"task_id": tasks(desk, frozen_by)[0].id, "frozen_at": desk.now}
    desk.do(desk.sven, note_frozen, reference=SECRET, **given)
    ceased = propose(desk, desk.ana, x, **words)
    approve(desk, desk.dora, ceased)
    code = appeal_code(desk.triage.keys, ceased)
    desk.do(desk.ana, appeals.record_appeal, code=code, words=SECRET, came_at=desk.now)
    see(desk, desk.dora, waits)
    desk.move(days=4)
    note_dates(desk.triage.runner, desk.now)
    police = consider(desk, desk.ana, x)
    return [waits, task.id, ceased, x, police]


def packs_of(desk: Desk, whose: dict[str, str]) -> World:
    """What edda may pack of each matter: the list, what was built before, and the very bytes."""
    seen: World = {}
    for which, matter in whose.items():
        given = {"viewer": desk.edda, "matter_id": matter}
        for name, query in (("preview", pack_queries.preview), ("built", pack_queries.built)):
            seen[f"pack {name} {which}"] = said(lambda q=query, g=given: desk.read(q, **g))
        seen[f"pack {which}"] = said(lambda m=matter: packed(desk, m))
        seen[f"pack again {which}"] = said(lambda g=given: desk.read(pack_queries.built, **g))
    return seen


def packed(desk: Desk, matter: str) -> str:
    """The SHA-256 of a pack that edda builds."""
    shown = desk.read(pack_queries.preview, viewer=desk.edda, matter_id=matter)
    given = {"matter_id": matter, "digest": shown.digest, "target": io.BytesIO()}
    return str([one.sha256 for one in build(desk.triage.runner, desk.edda, **given)][-1])


def on(desk: Desk, command: Any, made: str, **given: Any) -> None:
    desk.do(desk.dora, command, restriction_id=made, version=version(desk, made), **given)


def observe(desk: Desk, ids: list[str], made_up: str, mine: str, lone: str | None) -> World:
    """Every read and every refusal of edda, written out."""
    seen: World = {}
    x, x_task, ceased = ids
    tried: dict[str, list[dict[str, Any]]] = {
        "of_senders": [{"sender_ids": [lone]}],
        "restriction": [{"restriction_id": one} for one in (x, ceased, mine)],
        "cease_state": [{"sender_id": "Z" * 26}, {"sender_id": lone}],
        "my_tasks": [{}, {"done": True}],
    }
    for days in (0, 10):
        desk.move(days=days)
        for name, query in QUERIES.items():
            for number, given in enumerate(tried.get(name, [{}])):
                wanted = inspect.signature(query).parameters
                also = {"now": desk.now, "settings": desk.triage.settings}
                given = given | {key: one for key, one in also.items() if key in wanted}
                key = f"{name} {number}" + (f" after {days}" if days else "")
                seen[key] = said(lambda q=query, g=given: desk.read(q, viewer=desk.edda, **g))
    for target in ("fixmystreet", "helpdesk"):
        seen[f"export {target}"] = said(
            lambda t=target: desk.do(desk.edda, exporting.export_tasks, target=t)
        )
    rows = read_list(b"email\nspam@example.net\n", "fixmystreet")
    compare = {"target": "fixmystreet", "entries": rows}
    for number in range(2):
        seen[f"reconcile {number}"] = said(
            lambda: desk.do(desk.edda, reconciling.reconcile, **compare)
        )
    for which, given in (("all", {}), ("x", {"matter_id": x}), ("ceased", {"matter_id": ceased})):
        seen[f"record {which}"] = said(
            lambda g=given: desk.read(record.read_record, viewer=desk.edda, **g)
        )
    for name, (command, given) in COMMANDS.items():
        for which, one in (("x", x), ("ceased", ceased), ("made up", made_up)):
            seen[f"{name} {which}"] = said(
                lambda c=command, i=one, g=given: desk.do(desk.edda, c, restriction_id=i, **g)
            )
    for name, (command, given) in TASK_COMMANDS.items():
        for which, one in (("x", x_task), ("made up", made_up)):
            seen[f"{name} {which}"] = said(
                lambda c=command, i=one, g=given: desk.do(desk.edda, c, task_id=i, **g)
            )
    code = {"code": appeal_code(desk.triage.keys, x), "words": "no", "came_at": desk.now}
    seen["appeal x"] = said(lambda: desk.do(desk.edda, appeals.record_appeal, **code))
    state = desk.read(contact.cease_state, viewer=desk.edda, sender_id=lone, now=desk.now)
    seen["cease proposed"] = repr(state.proposed)
    return seen


def test_p_rec_4_who_received_a_ground_reads_the_same_with_and_without_what_rests_on_it(
    worlds: Callable[[], tuple[World, World]],
) -> None:
    with_x, without = worlds()
    ever = EXEMPT | {f"{one} after 10" for one in EXEMPT}
    assert differing(with_x, without) - ever == set()
    assert "do_not_reply 0" in differing(with_x, without), "what is in force, everybody may know"
    assert SECRET not in "".join(with_x.values())
    for name in ("pack preview", "pack built", "pack"):
        assert with_x[f"{name} x"] == with_x[f"{name} x police"] == with_x[f"{name} made up"]
        assert "NotFound" in with_x[f"{name} x"]
    assert len(with_x["pack police"]) == len(repr("0" * 64)), "hers to build"
    for name in COMMANDS:
        assert with_x[f"{name} x"] == with_x[f"{name} made up"]
        assert "NotFound" in with_x[f"{name} x"]
    for name in TASK_COMMANDS:
        assert with_x[f"{name} x"] == with_x[f"{name} made up"]
        assert "NotFound" in with_x[f"{name} x"]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (lists, "within_reach"),
        (lists, "to_decide"),
        (reading, "within_reach"),
        (appeal_queries, "to_decide"),
        (task_queries, "known_to"),
        (task_queries, "within_reach"),
        (frozen, "known_to"),
        (contact, "within_reach"),
        (exporting, "known_to"),
        (reconciling, "known_to"),
        (pack_queries, "known_to"),
        (pack_queries, "visible"),
    ],
)
def test_without_the_filter_the_two_worlds_differ(
    worlds: Callable[[], tuple[World, World]],
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    name: str,
) -> None:
    monkeypatch.setattr(module, name, lambda *given: true())
    with_x, without = worlds()
    ever = EXEMPT | {f"{one} after 10" for one in EXEMPT}
    assert differing(with_x, without) - ever

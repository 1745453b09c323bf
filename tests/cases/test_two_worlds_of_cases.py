"""P-REC-4: whoever a report is about learns nothing of it (trust.md, section 5).

Two databases, equal but that one holds report X about sue, and all that was done on it. Whatever
sue reads as a handler, an investigator, a decider, on duty and as a reviewer, every alert that she
gets and every refusal, is the same in both.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import true
from support.cases import (
    came_in,
    give,
    report,
    row,
    staffed,
    take,
    tick,
    write_by_receipt,
    write_on,
)
from support.desk import Desk
from support.ended_cases import routed
from support.ending import purge
from support.worlds import World, both_worlds, differing, said

import triage.cases
from triage.alarms import queries as alarm_queries
from triage.alarms.service.job import run_alarms
from triage.cases.queries import listing, reading
from triage.cases.rules import Edge
from triage.cases.service import handling, recusing, settling, thread
from triage.core import record
from triage.core.access import CONSOLE
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.letters import queries as letter_queries
from triage.reports.answers import Person
from triage.staff.processes import Part
from triage.staff.queries import team as team_queries
from triage.staff.service.duty import add_shift

SECRET = "zanzibar"
ALL = (Role.HANDLER, Role.INVESTIGATOR, Role.DECIDER, Role.ON_DUTY, Role.CUSTODIAN, Role.REVIEWER)


def query_modules() -> list[ModuleType]:
    """Every module of reads of cases and of the rooms in it: found, so that none is left out."""
    found = []
    for one in pkgutil.walk_packages(triage.cases.__path__, "triage.cases."):
        if ".queries" in one.name:
            found.append(importlib.import_module(one.name))
    return [*found, alarm_queries, letter_queries]


def queries() -> dict[str, Callable[..., Any]]:
    """Each read that takes a viewer, by its name."""
    return {
        f"{module.__name__}.{name}": one
        for module in query_modules()
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__
        and not name.startswith("_")
        and "viewer" in inspect.signature(one).parameters
    }


COMMANDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "declare": (handling.declare, {"version": 1, "ties": ()}),
    "assign": (
        handling.assign, {"version": 1, "part": Part.HANDLER, "person_id": "Z" * 26},
    ),
    "release": (
        handling.release, {"version": 1, "part": Part.HANDLER, "person_id": "Z" * 26},
    ),
    "investigate": (handling.investigate, {"version": 1}),
    "route_out": (handling.route_out, {"version": 1, "service": "x", "reason": "x"}),
    "split_off": (handling.split_off, {"version": 1, "service": "x"}),
    "refer_hr": (handling.refer_hr, {"version": 1, "receipt": "x"}),
    "reopen": (handling.reopen, {"version": 1, "reason": "x"}),
    "undo": (handling.undo, {"version": 1}),
    "look": (handling.look, {}),
    "mute": (handling.mute, {"version": 1, "muted": True}),
    "recuse": (recusing.recuse, {}),
    "challenge": (recusing.challenge, {"person_id": "Z" * 26, "reason": "x"}),
    "clear_match": (recusing.clear_match, {"person_id": "Z" * 26, "reason": "x"}),
    "clear_team": (recusing.clear_team, {"reason": "x"}),
    "go_on": (settling.go_on, {"version": 1, "reason": "x"}),
    "ask_second": (
        settling.ask_second,
        {"version": 1, "edge": Edge.OUT_OF_SCOPE, "reason": "x", "person_id": "Z" * 26},
    ),
    "say": (thread.say, {"version": 1, "text": "x"}),
}  # fmt: skip


@pytest.fixture
def worlds(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, clock: Any, backend: str
) -> Callable[[], tuple[World, World]]:
    """Both worlds, lived and written out."""
    return lambda: both_worlds(live, make_desk, monkeypatch, clock, backend)


def live(desk: Desk, chance: Any, *, with_x: bool) -> World:
    """Sue works here; Y comes in for everybody; X, about her, in one of the two."""
    staffed(desk)
    desk.add("sue", *ALL)
    span = {"starts": desk.now - timedelta(hours=1), "ends": desk.now + timedelta(hours=9)}
    desk.do(CONSOLE, add_shift, person_id=desk.sue.person_id, **span)
    came_in(desk, "[low] Somebody was rude.")
    run_alarms(desk.triage.runner, desk.now)
    before = desk.now
    with chance.of("x"):
        x, z = happen(desk) if with_x else (new_id(), new_id())
    desk.clock.move(before - desk.now)
    tick(desk)
    run_alarms(desk.triage.runner, desk.now)
    with chance.of("made up"):
        made_up = new_id()
    return observe(desk, x, z, made_up)


def happen(desk: Desk) -> tuple[str, str]:
    """X comes, and people work on it; and Z, about her too, which has ended and is erased."""
    x = take(desk, came_in(desk, SECRET, subjects=(Person(name="Sue", role=SECRET),)))
    run_alarms(desk.triage.runner, desk.now)
    give(desk, x, Part.INVESTIGATOR, desk.ivo)
    give(desk, x, Part.DECIDER, desk.dee)
    version = row(desk, x).version
    desk.do(desk.hal, thread.say, case_id=x, version=version, text=SECRET)
    write_by_receipt(desk, x, f"It was Sue, {SECRET}.")
    tick(desk)
    made = desk.do(
        desk.hal, recusing.challenge, case_id=x, person_id=desk.ivo.person_id, reason=SECRET
    )
    desk.do(desk.dee, recusing.settle_challenge, challenge_id=made, upheld=False)
    desk.do(desk.dee, recusing.recuse, case_id=x)
    version = row(desk, x).version
    desk.do(desk.hal, handling.investigate, case_id=x, version=version)
    came_in(desk, SECRET, subjects=(Person(name="Sue"),))  # and nobody has taken this one
    write_on(desk, report(desk, SECRET), "It was Sue.")  # before anybody has opened this one
    tick(desk)
    run_alarms(desk.triage.runner, desk.now)
    desk.move(days=30)
    tick(desk)
    z = routed(desk, description=SECRET, subjects=(Person(name="Sue"),))
    desk.move(days=desk.triage.settings.keep_routed_days)
    assert z in purge(desk)[0]
    return x, z


def observe(desk: Desk, x: str, z: str, made_up: str) -> World:
    """Every read and every refusal of sue, written out."""
    seen: World = {}
    also = {
        "at": desk.now, "now": desk.now, "settings": desk.triage.settings, "part": Part.HANDLER,
        "vault": desk.triage.vault, "letter_id": made_up, "sender_id": made_up,
        "sender_ids": (made_up,), "only": None, "request_id": made_up,
        "keys": desk.triage.keys,
    }  # fmt: skip
    for name, query in queries().items():
        wanted = inspect.signature(query).parameters
        given = {key: one for key, one in also.items() if key in wanted}
        named = {"case_id", "matter_id"} & set(wanted)
        each = (("x", x), ("z", z), ("made up", made_up))
        for which, one in each if named else (("", ""),):
            more = dict.fromkeys(named, one)
            seen[f"{name} {which}"] = said(
                lambda q=query, g=given, m=more: desk.read(q, viewer=desk.sue, **g, **m)
            )
    for which, given in (("all", {}), ("x", {"matter_id": x}), ("z", {"matter_id": z})):
        seen[f"record {which}"] = said(
            lambda g=given: desk.read(record.read_record, viewer=desk.sue, **g)
        )
    seen["team"] = said(
        lambda: desk.read(
            team_queries.team_page, viewer=desk.sue, at=desk.now, settings=desk.triage.settings
        )
    )
    for name, (command, given) in COMMANDS.items():
        for which, one in (("x", x), ("z", z), ("made up", made_up)):
            seen[f"{name} {which}"] = said(
                lambda c=command, i=one, g=given: desk.do(desk.sue, c, case_id=i, **g)
            )
    seen["outbox"] = repr(alerts_to(desk))
    return seen


def alerts_to(desk: Desk) -> list[Any]:
    """The mails that sue gets, as they are."""
    from sqlalchemy import select

    from triage.notify.tables import OutboxMail

    with desk.triage.database.read() as session:
        found = session.execute(
            select(OutboxMail.kind, OutboxMail.lane, OutboxMail.queued_at)
            .where(OutboxMail.person_id == desk.sue.person_id)
            .order_by(OutboxMail.queued_at)
        )
        return [tuple(one) for one in found]


def test_p_rec_4_whoever_a_report_is_about_reads_the_same_with_and_without_it(
    worlds: Callable[[], tuple[World, World]],
) -> None:
    with_x, without = worlds()
    assert differing(with_x, without) == set()
    assert SECRET not in "".join(with_x.values())
    for name in COMMANDS:
        assert with_x[f"{name} x"] == with_x[f"{name} made up"]
        assert with_x[f"{name} z"] == with_x[f"{name} made up"]
        assert "NotFound" in with_x[f"{name} x"]
    assert "CaseRow" in with_x["triage.cases.queries.listing.waiting "], "she sees what she may"


@pytest.mark.parametrize(
    ("module", "name"), [(listing, "visible"), (reading, "visible"), (alarm_queries, "visible")]
)
def test_without_the_filter_the_two_worlds_differ(
    worlds: Callable[[], tuple[World, World]],
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    name: str,
) -> None:
    monkeypatch.setattr(module, name, lambda *given: true())
    with_x, without = worlds()
    assert differing(with_x, without)


def test_every_command_on_a_case_is_tried() -> None:
    """A command that is new is in the table above."""
    tried = {command for command, _ in COMMANDS.values()}
    for module in (handling, recusing, settling, thread):
        for name, one in inspect.getmembers(module, inspect.isfunction):
            own = one.__module__ == module.__name__ and not name.startswith("_")
            if own and {"tx", "case_id"} <= set(inspect.signature(one).parameters):
                assert one in tried, name

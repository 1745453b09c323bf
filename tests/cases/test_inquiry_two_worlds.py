"""Whoever has no part in a case gets, from every command and read of its inquiry, the answer for
one that does not exist."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from support.cases import found_in, give, inquired, ready_notice, staffed, subject_of
from support.desk import Desk

from triage.cases.inquiry import queries
from triage.cases.inquiry.rules import Bearing, MeasureKind, Source, Withheld
from triage.cases.inquiry.service import (
    evidence,
    handing_out,
    interims,
    letters,
    meetings,
    notices,
    parties,
    weighing,
)
from triage.cases.rules import PartyKind
from triage.core.errors import NotAllowed, TriageError
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.staff.processes import Part

ROOMS = (evidence, handing_out, interims, letters, meetings, notices, parties, weighing)
ABOUT = ("case_id", "party_id", "item_id", "letter_id", "interim_id", "meeting_id")
WITHOUT_CASE = {"interim_with_report"}
"""What begins a case, and is about none."""


def commands(room: ModuleType) -> dict[str, Callable[..., Any]]:
    """The commands of a module: they take a transaction, and all else by name."""
    found = {}
    for name, one in vars(room).items():
        if not inspect.isfunction(one) or one.__module__ != room.__name__ or name[0] == "_":
            continue
        first, *rest = inspect.signature(one).parameters.values()
        if first.name == "tx" and rest and all(each.kind is each.KEYWORD_ONLY for each in rest):
            found[f"{room.__name__.rpartition('.')[2]}.{name}"] = one
    return found


COMMANDS = {
    name: one
    for room in ROOMS
    for name, one in commands(room).items()
    if name.rpartition(".")[2] not in WITHOUT_CASE
}


def given(desk: Desk) -> dict[str, Any]:
    """Something for every field that a command asks for."""
    return {
        "agree": True, "answers": None, "at": desk.now + timedelta(days=1),
        "bearing": Bearing.NEUTRAL, "carries": False, "concern": "words", "confidential": False,
        "contact": "", "data": b"words",
        "done": True, "event_id": None, "file_id": None, "file_name": "a.txt",
        "ground": Withheld.TAMPERING, "held": True, "hidden": True, "how": "words", "kind": None,
        "labels": (), "made_at": desk.now, "message_id": new_id(), "message_version": None,
        "name": "Ulrika Thorn", "origin": "words", "party": None, "person_id": desk.dan.person_id,
        "place": "here", "previewed": "0" * 64, "reason": "words",
        "recheck_at": desk.now + timedelta(days=1), "reply_by": None, "role": "", "severity": None,
        "source": Source.OTHER, "subject": "words", "support": "", "text": "words",
        "title": "words", "to_address": "", "until": None, "version": 1, "who": "somebody",
        "why": "words",
    }  # fmt: skip


def answer(desk: Desk, actor: Any, command: Callable[..., Any], ids: dict[str, str]) -> str:
    fields = given(desk)
    if command is parties.add_party:
        fields["kind"] = PartyKind.WITNESS
    elif command is interims.set_interim:
        fields["kind"] = MeasureKind.OTHER
    wanted = inspect.signature(command).parameters
    about = next(one for one in ABOUT if one in wanted)
    taken = {key: value for key, value in {**fields, **ids}.items() if key in wanted}
    taken[about] = ids[about]
    try:
        desk.do(actor, command, **taken)
    except TriageError as error:
        return repr(error)
    return "done"


@pytest.fixture
def worlds(desk: Desk) -> tuple[Desk, dict[str, str]]:
    """A desk with an inquiry that has one of everything."""
    cases = staffed(desk)
    case_id = inquired(cases)
    give(cases, case_id, Part.INTERIM_AUTHOR, cases.otto)
    ids = {"case_id": case_id, "party_id": subject_of(cases, case_id)}
    ids["letter_id"] = ready_notice(cases, case_id)
    ids["item_id"] = cases.do(
        cases.ivo, evidence.add_from_report, case_id=case_id, title="What was reported"
    )
    ids["interim_id"] = cases.do(
        cases.otto, interims.set_interim,
        case_id=case_id, who="Norbert", kind=MeasureKind.OTHER, why="why", place="here",
    )  # fmt: skip
    ids["meeting_id"] = cases.do(
        cases.ivo, meetings.plan_meeting,
        case_id=case_id, party_id=None, at=cases.now + timedelta(days=1), place="here",
    )  # fmt: skip
    return cases, ids


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_p_con_1_a_command_tells_who_has_no_part_the_same_of_a_case_that_is_and_one_that_is_not(
    worlds: tuple[Desk, dict[str, str]], name: str
) -> None:
    cases, ids = worlds
    made_up = {key: new_id() for key in ids}
    for actor in (cases.hope, cases.ines, cases.dan, cases.ada):
        there = answer(cases, actor, COMMANDS[name], ids)
        assert there == answer(cases, actor, COMMANDS[name], made_up)
        assert there != "done"


def test_p_rec_1_who_was_taken_out_gets_from_every_command_the_answer_for_none(
    worlds: tuple[Desk, dict[str, str]],
) -> None:
    cases, ids = worlds
    made_up = {key: new_id() for key in ids}

    def take_out(session: Any) -> None:
        exclude(
            session, matter_id=ids["case_id"], person_id=cases.ivo.person_id,
            kind=ExclusionKind.RECUSED, at=cases.now,
        )  # fmt: skip

    assert "NotFound" not in answer(cases, cases.ivo, weighing.weigh, ids)
    cases.triage.database.write(take_out)
    before = found_in(cases, ids["case_id"], cases.hal)
    for command in COMMANDS.values():
        there = answer(cases, cases.ivo, command, ids)
        assert there == answer(cases, cases.ivo, command, made_up)
        assert there != "done"
    assert found_in(cases, ids["case_id"], cases.hal) == before


def test_every_read_of_an_inquiry_is_tried_by_who_has_no_part(
    worlds: tuple[Desk, dict[str, str]],
) -> None:
    cases, ids = worlds
    reads = {name for name in queries.__all__ if inspect.isfunction(getattr(queries, name))}
    assert reads == {"inquiry", "measures_now", "case_letter", "case_letters"}
    for actor in (cases.hope, cases.ines, cases.dan):
        said = []
        for case_id in (ids["case_id"], new_id()):
            with pytest.raises(TriageError) as error:
                found_in(cases, case_id, actor)
            said.append(repr(error.value))
        assert said[0] == said[1]
        assert cases.read(queries.measures_now, viewer=actor, at=cases.now) == ()
        for query, given in (
            (queries.case_letter, {"letter_id": new_id()}),
            (queries.case_letters, {}),
        ):
            said = []
            for case_id in (ids["case_id"], new_id()):
                with pytest.raises(TriageError) as error:
                    cases.read(query, viewer=actor, case_id=case_id, **given)
                said.append(repr(error.value))
            assert said[0] == said[1]
    for actor in (cases.ada, cases.max, cases.ana):
        with pytest.raises(NotAllowed):
            cases.read(queries.measures_now, viewer=actor, at=cases.now)


def test_there_are_commands_to_try() -> None:
    assert len(COMMANDS) > 30

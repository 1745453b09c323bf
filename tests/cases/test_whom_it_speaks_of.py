"""Of whom of ours a report speaks, and its reporter later: they are away before anybody is told,
whenever they come (P-REC-2, rule 7)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from support.cases import (
    begun,
    came_in,
    give,
    held,
    outside,
    row,
    staffed,
    take,
    tick,
    write_by_receipt,
)
from support.desk import Desk

from triage import handover
from triage.alarms.service.job import run_alarms
from triage.cases.matching import Known, Said, matches
from triage.cases.queries import board, case, who_could
from triage.cases.rules import MatchKind, State
from triage.cases.service import handling, recusing
from triage.conduct.incidents import TeamAnswer
from triage.core.access import CONSOLE
from triage.core.errors import NotAllowed, NotFound
from triage.core.exclusions import excluded
from triage.core.roles import Role
from triage.notify.tables import OutboxMail
from triage.reports.answers import Person, Reach, reach_to_json
from triage.reports.thread import StepKind
from triage.staff.processes import Part
from triage.staff.service import add_person, disable, enable

BEARDED = (Person(role="a tall man with a beard"),)


@pytest.fixture
def cases(make_desk: Callable[..., Desk]) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(make_desk())


def sees(desk: Desk, name: str) -> bool:
    given = {"at": desk.now, "settings": desk.triage.settings}
    return bool(desk.read(board, viewer=getattr(desk, name), **given))


def kept_away(desk: Desk, case_id: str) -> frozenset[str]:
    with desk.triage.database.read() as session:
        return excluded(session, [case_id]).get(case_id, frozenset())


def told(desk: Desk) -> list[str]:
    """Who was sent a mail, in order."""
    names = {actor.person_id: name for name, actor in desk.people.items()}
    with desk.triage.database.read() as session:
        found = session.scalars(select(OutboxMail.person_id).order_by(OutboxMail.queued_at))
        return [names.get(one or "", "") for one in found]


# -- what counts as a name


def how(name: str, said: Said) -> MatchKind | None:
    who = Known("x", name, "bo.carter@charity.example.org", ("handler", "on duty"))
    return matches([who], said).get("x")


NAMED, POSSIBLE = MatchKind.NAMED, MatchKind.POSSIBLE


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("Bo Carter", Said(roles=("Bo Carter, your on-site lead",)), NAMED),
        ("Bo Carter", Said(roles=("Bo from your office",)), POSSIBLE),
        ("Bo Carter", Said(roles=("Mr Cartar from your office",)), POSSIBLE),
        ("Bo Carter", Said(roles=("the person on duty",)), POSSIBLE),
        ("Bo Carter", Said(roles=("a tall man in a green hat",)), None),
        ("Hope", Said(roles=("the man who hoped to go home",)), None),
        ("Hal", Said(accounts=("hal grabbed my arm",)), POSSIBLE),
        ("Robert Carter", Said(accounts=("and then bob said no",)), None),
        ("Robert Carter", Said(accounts=("and then robert said no",)), POSSIBLE),
        ("Hope Reed", Said(accounts=("i hope that you read this",)), None),
        ("Hope Reed", Said(accounts=("it was Hope again",)), POSSIBLE),
        ("Donald Vane", Said(accounts=("I don't know who. Don't ask.",)), None),
        ("Anne-Marie Stone", Said(names=("Annemarie",)), POSSIBLE),
        ("Anne-Marie Stone", Said(accounts=("annemarie did",)), POSSIBLE),
        ("Annemarie Stone", Said(names=("Anne Marie",)), POSSIBLE),
        ("Catherine O'Neil", Said(names=("Ms ONeil",)), POSSIBLE),
        ("Bo Carter", Said(names=("BoCarter",)), NAMED),
        ("Bo Carter", Said(names=("Bo\u200b Ca\u200brter",)), POSSIBLE),
        ("Bo Carter", Said(contacts=("@bocarter",)), POSSIBLE),
        ("Bo Carter", Said(contacts=("https://social.example.org/@BoCarter79",)), POSSIBLE),
        ("Bo Carter", Said(contacts=("bo_carter@mail.example.net",)), POSSIBLE),
        ("Bo Carter", Said(accounts=("look at @bocarter",)), POSSIBLE),
        ("Bo Carter", Said(contacts=("norbert@example.net", "020 7946 0123")), None),
    ],
)
def test_p_rec_2_a_name_counts_however_it_is_written_and_a_plain_word_does_not(
    name: str, said: Said, expected: MatchKind | None
) -> None:
    assert how(name, said) is expected


def test_p_rec_2_every_text_of_a_report_is_looked_through(cases: Desk) -> None:
    for fields in (
        {"description": "hal grabbed my arm"},
        {"subjects": (Person(role="Hal from your office"),)},
        {"happened": "when Hal was on duty"},
        {"place": "Hal's desk"},
        {"risk_note": "hal knows where I live"},
        {"support": "not with Hal please"},
        {"other_kind": "what Hal does"},
    ):
        assert kept_away(cases, came_in(cases, **fields)) == {cases.hal.person_id}, fields
    assert not sees(cases, "hal")
    assert sees(cases, "hope")


def test_a_guest_at_an_event_is_not_the_fallback_who_has_a_guest_account(cases: Desk) -> None:
    case_id = came_in(cases, subjects=(Person(role="another guest"),))
    assert cases.tess.person_id not in kept_away(cases, case_id)


# -- one of ours, and nobody says who


def test_p_rec_2_one_of_us_unnamed_goes_outside_whoever_else_is_named(cases: Desk) -> None:
    for fields in (
        {"witnesses": (Person(name="Hope"),)},
        {"name": "Dan Brown"},
        {"affected": "Hope"},
        {"description": "It was by the stairs; Hope saw it."},
    ):
        case_id = came_in(cases, team=TeamAnswer.YES, subjects=BEARDED, **fields)
        assert row(cases, case_id).held_outside, fields
    run_alarms(cases.triage.runner, cases.now)
    assert set(told(cases)) == {"tess"}
    for name in ("hal", "hope", "ivo", "dee"):
        assert not sees(cases, name)
    assert sees(cases, "tess")


def test_p_rec_2_one_of_us_named_or_picked_is_out_alone(cases: Desk) -> None:
    for fields in (
        {"subjects": (Person(role="Hal from your office"),)},
        {"team_members": (cases.hal.person_id,)},
    ):
        case_id = came_in(cases, team=TeamAnswer.YES, **fields)
        assert not row(cases, case_id).held_outside
        assert kept_away(cases, case_id) == {cases.hal.person_id}


# -- whoever comes later


def test_p_rec_2_a_closed_account_is_matched_and_stays_out_when_it_is_opened_again(
    desk: Desk,
) -> None:
    staffed(desk)
    desk.do(CONSOLE, disable, person_id=desk.hal.person_id)
    case_id = came_in(desk, subjects=(Person(name="Hal"),))
    desk.do(CONSOLE, enable, person_id=desk.hal.person_id)
    assert desk.hal.person_id in kept_away(desk, case_id)
    tick(desk)
    run_alarms(desk.triage.runner, desk.now)
    assert not sees(desk, "hal")


def test_p_rec_2_who_joins_under_a_name_in_the_report_is_out_in_the_transaction_in_which_they_join(
    desk: Desk,
) -> None:
    staffed(desk)
    waits = came_in(desk, subjects=(Person(name="Newton Pike"),))
    taken = take(desk, came_in(desk, "Newton Pike shouted."))
    for name, command in (("Newton Pike", handover.add_person), ("Newt Pike", add_person)):
        email = f"{name[:4].lower()}{len(name)}@charity.example.org"
        desk.do(CONSOLE, command, name=name, email=email, roles=[Role.HANDLER])
    joined = desk.events("person_added")[-2]
    kept = desk.events("case_kept_away")
    assert {(one.matter_id, one.link) for one in kept} == {
        (case_id, joined.link) for case_id in (waits, taken)
    }
    tick(desk)
    assert len(desk.events("case_kept_away", matter_id=waits)) == 2
    assert len(desk.events("case_kept_away", matter_id=taken)) == 2


def test_p_rec_2_who_joins_is_given_no_part_before_the_job_has_run(cases: Desk) -> None:
    case_id = take(cases, came_in(cases, "It was by the stairs with Newt Pike."))
    cases.add("newt", Role.INVESTIGATOR)
    version = row(cases, case_id).version
    with pytest.raises(NotAllowed):
        cases.do(
            cases.hal, handling.assign, case_id=case_id, version=version,
            part=Part.INVESTIGATOR, person_id=cases.newt.person_id,
        )  # fmt: skip


def test_p_rec_2_of_a_taken_report_that_might_be_about_anybody_who_joins_never_has_a_part(
    cases: Desk,
) -> None:
    case_id = came_in(cases, team=TeamAnswer.NOT_SURE)
    run_alarms(cases.triage.runner, cases.now)
    take(cases, case_id, cases.tess)
    cases.add("newt", Role.HANDLER, Role.INVESTIGATOR, Role.DECIDER)
    outside(cases, "tina")
    cases.do(cases.tess, recusing.recuse, case_id=case_id)
    assert held(cases, case_id) == {Part.HANDLER: {"tina"}}
    tick(cases)
    assert cases.newt.person_id in kept_away(cases, case_id)
    assert cases.newt.person_id not in {
        one for one, _ in cases.read(
            who_could, viewer=cases.tina, case_id=case_id, part=Part.INVESTIGATOR
        )
    }  # fmt: skip


def test_a_fallback_who_was_asked_stays_asked_whoever_turns_out_to_be_meant(cases: Desk) -> None:
    came_in(cases, subjects=(Person(name="Newton Pike"),))
    for _ in range(4):
        run_alarms(cases.triage.runner, cases.now)
        cases.move(minutes=cases.triage.settings.report_alarm_minutes, seconds=1)
    assert sees(cases, "tess")
    cases.do(
        CONSOLE, handover.add_person, name="Newton Pike", email="np@charity.example.org",
        roles=[Role.HANDLER],
    )  # fmt: skip
    assert sees(cases, "tess")


def test_who_was_cleared_stays_cleared_when_the_staff_list_changes_and_no_screen_is_stale(
    cases: Desk,
) -> None:
    case_id = begun(cases, subjects=(Person(name="Inez"),))
    cases.do(
        cases.dee, recusing.clear_match, case_id=case_id, person_id=cases.ines.person_id,
        reason="Another Inez.",
    )  # fmt: skip
    version = row(cases, case_id).version
    cases.add("newt", Role.HANDLER)
    tick(cases)
    assert row(cases, case_id).version == version
    assert row(cases, case_id).matched_with
    give(cases, case_id, Part.SECOND, cases.ines)


# -- what the reporter adds


def test_p_rec_2_whom_the_reporter_names_later_is_out_before_anybody_is_told(desk: Desk) -> None:
    staffed(desk)
    case_id = begun(desk)
    before = len(told(desk))
    write_by_receipt(desk, case_id, "It was Hal who did it, your colleague.")
    shown = desk.read(
        case, viewer=desk.hal, case_id=case_id, at=desk.now, settings=desk.triage.settings
    )
    assert not [one for one in shown.thread if one.from_reporter]
    tick(desk)
    assert "hal" not in told(desk)[before:]
    assert not sees(desk, "hal")
    with pytest.raises(NotFound):
        desk.read(
            case, viewer=desk.hal, case_id=case_id, at=desk.now, settings=desk.triage.settings
        )
    assert held(desk, case_id)[Part.HANDLER] == {"hope"}
    wrote = desk.events("case_reporter_wrote")[-1]
    assert {one.link for one in desk.events("case_part_ended")} == {wrote.link}


def test_p_rec_2_a_report_that_nobody_has_taken_is_no_more_theirs_to_take(cases: Desk) -> None:
    for text, kind in (
        ("I forgot to say: it was Hal.", StepKind.TEXT),
        ("because of hal", StepKind.WITHDRAW),
        (reach_to_json(Reach(email="hal@charity.example.org")), StepKind.REACH),
    ):
        case_id = came_in(cases)
        assert sees(cases, "hal")
        write_by_receipt(cases, case_id, text, kind)
        tick(cases)
        assert kept_away(cases, case_id) == {cases.hal.person_id}
        assert not sees(cases, "hal")
        assert sees(cases, "hope")


def test_two_named_in_one_message_do_not_take_each_others_place(cases: Desk) -> None:
    case_id = begun(cases)
    write_by_receipt(cases, case_id, "Hal and Hope were both there, and dee.")
    tick(cases)
    assert held(cases, case_id) == {
        Part.HANDLER: {"tess"}, Part.INVESTIGATOR: {"ivo"}, Part.DECIDER: {"dan"},
    }  # fmt: skip


def test_who_is_out_for_a_message_is_cleared_as_any_other_and_out_again_for_the_next(
    cases: Desk,
) -> None:
    case_id = begun(cases)
    given = {"case_id": case_id, "person_id": cases.hal.person_id}
    for turn in ("one", "two"):
        write_by_receipt(cases, case_id, f"A man called Hal, {turn}.")
        tick(cases)
        assert cases.hal.person_id in kept_away(cases, case_id)
        cases.do(cases.dee, recusing.clear_match, reason=f"Another Hal, {turn}.", **given)
    found = cases.read(
        case, viewer=cases.dee, case_id=case_id, at=cases.now, settings=cases.triage.settings
    )
    (match,) = [one for one in found.matches if one.person_id == cases.hal.person_id]
    assert match.cleared
    assert (match.cleared_by, match.reason) == ("Dee", "Another Hal, one.\n\nAnother Hal, two.")


def test_rule_7_a_case_whose_whole_team_is_named_is_with_the_fallback(cases: Desk) -> None:
    case_id = begun(cases)
    write_by_receipt(cases, case_id, "hal, Hope, ivo, ines, dee, dan, otto, cusa and dora laughed.")
    tick(cases)
    there = held(cases, case_id)
    assert "tess" in set().union(*there.values())
    assert not {"hal", "hope", "ivo", "ines", "dee", "dan"} & set().union(*there.values())
    assert State(row(cases, case_id).state) is State.INVESTIGATING

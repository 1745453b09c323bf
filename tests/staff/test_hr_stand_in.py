"""Who stands in for HR: named by who keeps accounts, on the record, and no fallback by it."""

import pytest
from support.desk import Desk

from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.staff import service
from triage.staff.queries.hr import hr_part, hr_stand_ins
from triage.staff.queries.team import fallbacks, outsiders
from triage.staff.service.hr import name_hr_stand_in, unname_hr_stand_in
from triage.staff.tables import Fallback


def named(desk: Desk) -> list[str]:
    return [name for _, name in desk.read(hr_stand_ins)]


def test_p_hr_1_they_are_named_once_in_the_order_in_which_they_are_asked_and_taken_off(
    desk: Desk,
) -> None:
    for one in (desk.ben, desk.ana, desk.ben):
        desk.do(desk.ada, name_hr_stand_in, person_id=one.person_id)
        desk.move(minutes=1)
    assert named(desk) == ["Ben", "Ana"]
    assert len(desk.events("hr_stand_in_named")) == 2
    desk.do(desk.ada, unname_hr_stand_in, person_id=desk.ben.person_id)
    assert named(desk) == ["Ana"]
    (taken,) = desk.events("hr_stand_in_unnamed")
    assert (taken.matter_id, taken.actor_id) == (desk.ben.person_id, desk.ada.person_id)
    with pytest.raises(Conflict):
        desk.do(desk.ada, unname_hr_stand_in, person_id=desk.ben.person_id)


def test_who_keeps_no_accounts_names_nobody_and_takes_nobody_off(desk: Desk) -> None:
    desk.do(desk.ada, name_hr_stand_in, person_id=desk.ben.person_id)
    for who in (desk.ana, desk.dora, desk.max):
        for command in (name_hr_stand_in, unname_hr_stand_in):
            with pytest.raises(NotAllowed):
                desk.do(who, command, person_id=desk.ben.person_id)
    assert named(desk) == ["Ben"]
    assert desk.events("refused")


def test_hr_itself_a_closed_account_and_nobody_stand_in_for_hr(desk: Desk) -> None:
    desk.triage.settings = desk.triage.settings.model_copy(
        update={"hr_contact": " Kit@charity.example.org "}
    )
    with pytest.raises(Invalid):
        desk.do(desk.ada, name_hr_stand_in, person_id=desk.kit.person_id)
    desk.do(desk.ada, name_hr_stand_in, person_id=desk.ben.person_id)
    desk.do(desk.ada, service.disable, person_id=desk.ben.person_id)
    assert named(desk) == []
    with pytest.raises(Invalid):
        desk.do(desk.ada, name_hr_stand_in, person_id=desk.ben.person_id)
    with pytest.raises(NotFound):
        desk.do(desk.ada, name_hr_stand_in, person_id="nobody")


def test_who_stands_in_for_hr_is_no_fallback_for_anything_else(desk: Desk) -> None:
    desk.do(desk.ada, name_hr_stand_in, person_id=desk.gus.person_id)
    assert desk.count(Fallback) == 1
    assert desk.read(fallbacks) == ()
    assert desk.read(outsiders) == ()
    part = desk.read(hr_part, viewer=desk.max, settings=desk.triage.settings)
    assert (part.is_set, part.contact, part.fallback) == (False, "", False)
    assert [name for _, name in part.stand_ins] == ["Gus"]
    assert "Gus" not in [name for _, name in part.could]
    desk.do(desk.ada, service.name_fallback, person_id=desk.gus.person_id)
    assert len(desk.read(fallbacks)) == 1
    assert desk.read(hr_part, viewer=desk.max, settings=desk.triage.settings).fallback


def test_the_part_of_hr_is_read_by_who_reads_the_staff_page(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.read(hr_part, viewer=desk.ana, settings=desk.triage.settings)

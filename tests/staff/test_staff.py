import pytest
from support.desk import Desk

from triage.core.access import Actor
from triage.core.errors import Invalid, NotAllowed, NotFound
from triage.core.roles import Role
from triage.staff.queries import active_people, names, people_at, person
from triage.staff.service import add_person, set_shortcuts
from triage.staff.tables import Person


def disable(desk: Desk, actor: Actor) -> None:
    def work(session: object) -> None:
        session.get_one(Person, actor.person_id).active = False  # type: ignore[attr-defined]

    desk.triage.database.write(work)


def test_only_an_administrator_adds_people(desk: Desk) -> None:
    for actor in (desk.ana, desk.dora, desk.max, desk.kit, desk.gus):
        with pytest.raises(NotAllowed):
            desk.do(actor, add_person, name="New", email="new@example.org")
    identifier = desk.do(
        desk.ada, add_person, name=" New ", email=" NEW@Example.org ", roles=[Role.REVIEWER]
    )
    row = desk.read(person, person_id=identifier)
    assert row is not None
    assert (row.name, row.email, row.roles) == ("New", "new@example.org", {Role.REVIEWER})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "  "}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": "Ana@charity.example.org"}, "email"),
        ({"roles": [Role.MANAGER, Role.ADMIN]}, "roles"),
    ],
)
def test_a_person_that_breaks_a_rule_is_refused_and_the_field_is_named(
    desk: Desk, changed: dict[str, object], field: str
) -> None:
    given = {"name": "New", "email": "new@example.org", "roles": []} | changed
    before = desk.count(Person)
    with pytest.raises(Invalid) as caught:
        desk.do(desk.ada, add_person, **given)
    assert caught.value.field == field
    assert desk.count(Person) == before


def test_adding_a_person_is_on_the_record_with_roles_and_without_name(desk: Desk) -> None:
    identifier = desk.do(
        desk.ada, add_person, name="New", email="new@example.org", roles=[Role.HANDLER]
    )
    event = desk.events("person_added", identifier)[0]
    assert event.actor_id == desk.ada.person_id
    assert event.details == '{"roles":["handler"]}'


def test_each_person_switches_their_own_single_keys(desk: Desk) -> None:
    desk.do(desk.ana, set_shortcuts, on=False)
    rows = {one.id: one.shortcuts for one in desk.read(active_people)}
    assert not rows[desk.ana.person_id]
    assert rows[desk.ben.person_id]
    with pytest.raises(NotFound):
        desk.do(Actor("nobody", "Nobody"), set_shortcuts, on=False)


def test_a_closed_account_is_nobody_who_signs_in_and_keeps_its_name_in_the_history(
    desk: Desk,
) -> None:
    disable(desk, desk.ana)
    assert desk.read(person, person_id=desk.ana.person_id) is None
    assert desk.ana.person_id not in {one.id for one in desk.read(active_people)}
    assert desk.read(names, person_ids={desk.ana.person_id}) == {desk.ana.person_id: "Ana"}


def test_mail_to_a_closed_account_still_counts_as_theirs(desk: Desk) -> None:
    disable(desk, desk.ana)
    found = desk.read(people_at, addresses=["ana@charity.example.org", "x@example.org"])
    assert found == {"ana@charity.example.org": desk.ana.person_id}
    assert desk.read(people_at, addresses=[]) == {}
    assert desk.read(names, person_ids=[]) == {}


def test_people_are_listed_by_name_and_act_with_the_roles_they_hold(desk: Desk) -> None:
    rows = desk.read(active_people)
    assert [one.name for one in rows] == sorted(one.name for one in rows)
    dora = next(one for one in rows if one.name == "Dora")
    assert dora.actor() == desk.dora

"""Accounts: roles, closing and opening, guests, fallbacks. Each command needs the right to."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from support.desk import Desk, address

from triage.core.access import CONSOLE, SYSTEM, Actor
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.staff import service
from triage.staff.processes import Process
from triage.staff.queries import everybody, guest_matters, names, person
from triage.staff.queries.team import fallbacks, guests, outsiders, team
from triage.staff.service import duty
from triage.staff.tables import Fallback, Guest, Person

COMMANDS: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (service.add_person, {"name": "New", "email": "new@example.org"}),
    (service.change_roles, {"person_id": "x"}),
    (service.disable, {"person_id": "x"}),
    (service.enable, {"person_id": "x"}),
    (service.invite_guest, {"name": "N", "email": "n@x", "matter_id": "x", "expires_at": None}),
    (service.end_invitation, {"person_id": "x", "matter_id": "x"}),
    (service.name_fallback, {"person_id": "x"}),
    (service.unname_fallback, {"person_id": "x"}),
    (service.record_drill, {"person_id": "x"}),
    (duty.add_shift, {"person_id": "x", "starts": None, "ends": None}),
    (duty.remove_shift, {"shift_id": "x"}),
    (duty.add_absence, {"person_id": "x", "starts": None, "ends": None}),
    (duty.remove_absence, {"absence_id": "x"}),
    (duty.add_closure, {"day": date(2026, 12, 24)}),
    (duty.remove_closure, {"day": date(2026, 12, 24)}),
]


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """On SQLite: what differs between the two is tested in test_handover and test_duty."""
    return make_desk()


@pytest.mark.parametrize(
    ("command", "given"), COMMANDS, ids=lambda one: getattr(one, "__name__", "")
)
def test_only_an_administrator_keeps_the_staff_list(
    desk: Desk, command: Callable[..., Any], given: dict[str, Any]
) -> None:
    for actor in (desk.ana, desk.dora, desk.max, desk.kit, desk.gus, SYSTEM):
        with pytest.raises(NotAllowed):
            desk.do(actor, command, **given)
    assert {one.code for one in desk.events()} <= {"person_added", "refused"}


def test_the_first_administrator_comes_from_the_command_line(desk: Desk) -> None:
    new = desk.do(CONSOLE, service.add_person, name="A", email="a@example.org", roles=[Role.ADMIN])
    assert desk.events("person_added", new)[0].actor_id == CONSOLE.person_id


def roles_of(desk: Desk, actor: Actor) -> frozenset[Role]:
    row = desk.read(person, person_id=actor.person_id)
    assert row is not None
    return row.roles


def test_roles_given_and_taken_hold_from_the_next_read_and_stand_on_the_record(desk: Desk) -> None:
    change = {"person_id": desk.ana.person_id, "give": [Role.HANDLER], "take": [Role.REVIEWER]}
    assert desk.do(desk.ada, service.change_roles, **change) == {Role.HANDLER}
    assert roles_of(desk, desk.ana) == {Role.HANDLER}
    assert desk.events("roles_given")[0].details == '{"roles":["handler"]}'
    assert desk.events("roles_taken")[0].details == '{"roles":["reviewer"]}'
    desk.do(desk.ada, service.change_roles, **change)
    assert len(desk.events("roles_given")) == 1


def test_rule_6_no_command_makes_one_person_manager_and_admin(desk: Desk) -> None:
    for actor, role in ((desk.ada, Role.MANAGER), (desk.max, Role.ADMIN)):
        with pytest.raises(Invalid):
            desk.do(
                CONSOLE,
                service.change_roles,
                person_id=actor.person_id,
                give=[role],
                reason="because",
            )
        assert role not in roles_of(desk, actor)


def test_rule_6_a_manager_gets_another_role_only_for_a_reason_which_is_kept(desk: Desk) -> None:
    give = {"person_id": desk.max.person_id, "give": [Role.REVIEWER]}
    with pytest.raises(Invalid) as caught:
        desk.do(desk.ada, service.change_roles, **give)
    assert caught.value.field == "reason"
    desk.do(desk.ada, service.change_roles, **give, reason="a team of three")
    kept = {one.name: one.reason for one in desk.read(everybody)}
    assert kept["Max"] == "a team of three"
    assert not kept["Ana"]
    assert "three" not in "".join(one.details for one in desk.events())
    with pytest.raises(Invalid):  # another role wants a reason of its own
        desk.do(desk.ada, service.change_roles, person_id=desk.max.person_id, give=[Role.HANDLER])


def test_rule_6_the_reason_is_asked_at_the_start_too(desk: Desk) -> None:
    given = {"name": "M", "email": "m@example.org", "roles": [Role.MANAGER, Role.DECIDER]}
    with pytest.raises(Invalid):
        desk.do(desk.ada, service.add_person, **given)
    desk.do(desk.ada, service.add_person, **given, reason="a team of three")


def test_a_guest_is_given_no_other_role(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.do(desk.ada, service.change_roles, person_id=desk.gus.person_id, give=[Role.DECIDER])
    with pytest.raises(Invalid):
        desk.do(desk.ada, service.change_roles, person_id=desk.ana.person_id, give=[Role.GUEST])


def test_a_closed_account_is_closed_at_once_and_opened_again_with_its_roles(desk: Desk) -> None:
    at = desk.do(desk.ada, service.disable, person_id=desk.ana.person_id)
    assert at == desk.now
    assert desk.read(person, person_id=desk.ana.person_id) is None
    assert desk.read(names, person_ids={desk.ana.person_id}) == {desk.ana.person_id: "Ana"}
    assert desk.events("person_disabled", desk.ana.person_id)
    with pytest.raises(Conflict):
        desk.do(desk.ada, service.disable, person_id=desk.ana.person_id)
    desk.do(desk.ada, service.enable, person_id=desk.ana.person_id)
    assert roles_of(desk, desk.ana) == {Role.REVIEWER}
    with pytest.raises(Conflict):
        desk.do(desk.ada, service.enable, person_id=desk.ana.person_id)


def test_nobody_closes_their_own_account_and_nobody_that_is_not(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.do(desk.ada, service.disable, person_id=desk.ada.person_id)
    with pytest.raises(NotFound):
        desk.do(desk.ada, service.disable, person_id=new_id())


def test_one_account_for_one_identity(desk: Desk) -> None:
    from sqlalchemy.exc import IntegrityError

    def link(actor: Actor) -> None:
        def work(session: Any) -> None:
            row = session.get_one(Person, actor.person_id)
            row.oidc_issuer, row.oidc_subject = "https://id.example.org", "1"

        desk.triage.database.write(work)

    link(desk.ana)
    with pytest.raises(IntegrityError):
        link(desk.ben)
    linked = {one.name for one in desk.read(everybody) if one.linked}
    assert linked == {"Ana"}


# -- guests


def invite(desk: Desk, matter_id: str, days: float = 10, email: str = "tru@example.org") -> str:
    return desk.do(
        desk.ada,
        service.invite_guest,
        name="Tru",
        email=email,
        matter_id=matter_id,
        expires_at=desk.now + timedelta(days=days),
    )


def test_a_guest_is_invited_to_one_matter_and_to_no_other(desk: Desk) -> None:
    matter = desk.arrive()
    desk.arrive()
    guest = invite(desk, matter)
    assert desk.read(guest_matters, person_id=guest, at=desk.now) == {matter}
    assert roles_of(desk, Actor(guest, "Tru")) == {Role.GUEST}
    assert guest not in {one.id for one in desk.read(team)}


def test_an_invitation_is_over_at_its_very_moment_job_or_no_job(desk: Desk) -> None:
    matter = desk.arrive()
    guest = invite(desk, matter, days=1)
    desk.move(days=1, microseconds=-1)
    assert desk.read(guest_matters, person_id=guest, at=desk.now) == {matter}
    assert desk.read(person, person_id=guest, at=desk.now) is not None
    desk.move(microseconds=1)
    assert desk.read(guest_matters, person_id=guest, at=desk.now) == frozenset()
    assert desk.read(person, person_id=guest, at=desk.now) is None


def test_a_fallback_may_come_in_without_an_invitation_and_sees_nothing(desk: Desk) -> None:
    guest = invite(desk, desk.arrive(), days=1)
    desk.do(desk.ada, service.name_fallback, person_id=guest)
    desk.move(days=2)
    assert desk.read(person, person_id=guest, at=desk.now) is not None
    assert desk.read(guest_matters, person_id=guest, at=desk.now) == frozenset()


def test_an_invitation_is_withdrawn_and_given_again(desk: Desk) -> None:
    matter = desk.arrive()
    guest = invite(desk, matter)
    for _ in range(2):
        desk.do(desk.ada, service.end_invitation, person_id=guest, matter_id=matter)
    assert len(desk.events("invitation_ended", matter)) == 1
    assert desk.read(guest_matters, person_id=guest, at=desk.now) == frozenset()
    desk.move(minutes=1)
    assert invite(desk, matter) == guest
    assert desk.read(guest_matters, person_id=guest, at=desk.now) == {matter}
    assert desk.count(Guest) == 2


def test_an_invitation_given_twice_ends_when_the_second_does(desk: Desk) -> None:
    matter = desk.arrive()
    guest = invite(desk, matter, days=20)
    invite(desk, matter, days=1)
    desk.move(days=2)
    assert desk.read(guest_matters, person_id=guest, at=desk.now) == frozenset()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"matter_id": "K7Q-2FX"}, "matter_id"),
        ({"days": 0}, "expires_at"),
        ({"days": 91}, "expires_at"),
        ({"email": address("ana")}, "email"),
        ({"email": "none"}, "email"),
    ],
)
def test_an_invitation_that_breaks_a_rule_is_refused(
    desk: Desk, changed: dict[str, Any], field: str
) -> None:
    given = {"matter_id": new_id()} | changed
    with pytest.raises(Invalid) as caught:
        invite(desk, **given)
    assert caught.value.field == field
    assert desk.count(Guest) == 0


def test_p_rec_1_who_is_excluded_from_a_matter_does_not_learn_of_its_guest(desk: Desk) -> None:
    matter = desk.arrive()
    invite(desk, matter)

    def seen(viewer: Actor) -> int:
        return len(desk.read(guests, viewer=viewer, at=desk.now))

    assert seen(desk.dora) == 1
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=matter,
            person_id=desk.dora.person_id,
            kind=ExclusionKind.SUBJECT,
            at=desk.now,
        )
    )
    assert seen(desk.dora) == 0
    assert seen(desk.ada) == 1
    assert [one.matter_id for one in desk.events("guest_invited")] == [matter]
    assert not [one for one in desk.events("person_added") if "guest" in one.details][1:]


# -- fallbacks


def test_a_fallback_is_named_for_one_process_or_all_and_tried_by_a_drill(desk: Desk) -> None:
    gus = desk.gus.person_id
    for _ in range(2):
        desk.do(desk.ada, service.name_fallback, person_id=gus, process=Process.APPEAL)
    assert desk.count(Fallback) == 1
    one = desk.read(outsiders)[0]
    assert (one.id, one.processes, one.tried, one.outside) == (gus, {Process.APPEAL}, False, True)
    desk.do(desk.ada, service.record_drill, person_id=gus)
    assert desk.read(fallbacks)[0].tried_at == desk.now
    assert desk.events("fallback_tried", gus)
    desk.do(desk.ada, service.name_fallback, person_id=gus)
    assert desk.read(outsiders)[0].processes == frozenset()
    desk.do(desk.ada, service.unname_fallback, person_id=gus, process=Process.APPEAL)
    assert [row.process for row in desk.read(fallbacks)] == [None]
    desk.do(desk.ada, service.unname_fallback, person_id=gus)
    assert desk.read(fallbacks) == ()
    with pytest.raises(Invalid):
        desk.do(desk.ada, service.record_drill, person_id=gus)


def test_a_member_of_the_team_is_no_fallback_from_outside_and_a_closed_account_none(
    desk: Desk,
) -> None:
    desk.do(desk.ada, service.name_fallback, person_id=desk.ana.person_id)
    assert not desk.read(outsiders)[0].outside
    desk.do(desk.ada, service.disable, person_id=desk.ana.person_id)
    assert desk.read(outsiders) == ()
    with pytest.raises(Invalid):
        desk.do(desk.ada, service.record_drill, person_id=desk.ana.person_id)
    with pytest.raises(Invalid):
        desk.do(desk.ada, service.name_fallback, person_id=desk.ana.person_id)

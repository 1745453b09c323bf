import pytest
from sqlalchemy import select
from support.desk import Desk

from triage.core.access import CONSOLE, SYSTEM, Action, Actor, can, check, visible
from triage.core.errors import NotAllowed
from triage.core.exclusions import Exclusion, ExclusionKind, exclude, inherit, is_excluded
from triage.core.roles import Role
from triage.messages.tables import Message

MAY = {
    "receive": "system",
    "review": "reviewer",
    "flag": "reviewer handler investigator decider on_duty custodian service_admin manager admin",
    "take_note": "reviewer handler investigator decider on_duty custodian service_admin manager "
    "admin",
    "own_messages": "reviewer handler investigator decider on_duty custodian service_admin manager "
    "admin",
    "find_unflagged": "reviewer",
    "read_today": "reviewer on_duty decider",
    "hand_over": "reviewer on_duty decider",
    "propose_restriction": "reviewer handler investigator",
    "begin_restriction": "reviewer handler investigator decider on_duty",
    "set_emergency": "reviewer on_duty",
    "record_done": "reviewer handler investigator decider on_duty",
    "read_restrictions": "reviewer handler investigator decider on_duty",
    "record_appeal": "reviewer handler investigator decider on_duty",
    "work_tasks": "service_admin",
    "reconcile": "service_admin decider admin",
    "read_do_not_reply": "reviewer handler investigator decider on_duty custodian service_admin "
    "manager admin",
    "consider_referral": "reviewer on_duty",
    "record_call": "reviewer handler investigator decider on_duty",
    "read_referrals": "reviewer handler investigator decider on_duty",
    "submit_referral": "handler",
    "build_pack": "handler decider",
    "read_record": "reviewer decider",
    "see_alarms": "reviewer on_duty",
    "read_system": "admin",
    "read_trends": "manager decider",
    "release_trends": "admin",
    "read_board": "reviewer decider",
    "read_quality": "decider admin",
    "read_mistakes": "decider",
    "manage_staff": "admin",
    "manage_keys": "admin",
    "manage_model": "admin",
    "export_record": "admin",
    "export_labels": "admin",
    "enter_report": "reviewer handler investigator decider on_duty custodian service_admin "
    "manager admin",
    "read_cases": "handler investigator decider on_duty custodian",
    "set_interim": "on_duty",
    "keep_identities": "custodian",
    "set_up_event": "handler decider on_duty",
    "draft_letter": "reviewer handler investigator decider",
    "send_letter": "reviewer handler decider",
    "read_team": "admin decider manager",
    "read_subjects": "custodian decider",
    "answer_subjects": "custodian",
    "second_answer": "custodian decider",
    "take_out_subject": "admin",
    "run_jobs": "system",
}
"""Action -> who may, of the system and every role taken by itself."""


def acting(role: Role) -> Actor:
    return Actor(f"id of {role}", role.value, frozenset({role}))


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_each_role_may_exactly_what_the_table_says(role: Role, action: Action) -> None:
    assert can(acting(role), action) == (role.value in MAY[action.value].split())


@pytest.mark.parametrize("action", Action)
def test_the_system_may_receive_and_nothing_that_needs_a_person(action: Action) -> None:
    assert can(SYSTEM, action) == (MAY[action.value] == "system")


def test_the_table_here_names_every_action() -> None:
    assert set(MAY) == {one.value for one in Action}


def test_a_member_of_staff_without_a_role_may_do_what_everybody_may_and_nothing_else() -> None:
    kit = Actor("kit", "Kit")
    assert {one for one in Action if can(kit, one)} == {
        Action.FLAG,
        Action.ENTER_REPORT,
        Action.TAKE_NOTE,
        Action.OWN_MESSAGES,
        Action.READ_DO_NOT_REPLY,
    }


def test_a_link_lets_a_volunteer_enter_a_message_and_see_their_own_and_nothing_else() -> None:
    vi = Actor("vi", "Vi", frozenset(Role), is_volunteer=True)
    assert {one for one in Action if can(vi, one)} == {Action.TAKE_NOTE, Action.OWN_MESSAGES}


def test_a_guest_may_nothing_until_given_a_role_beside_it() -> None:
    assert not any(can(acting(Role.GUEST), one) for one in Action)
    both = Actor("gus", "Gus", frozenset({Role.GUEST, Role.DECIDER}))
    assert can(both, Action.READ_RECORD)


def test_rights_of_several_roles_add_up() -> None:
    both = Actor("dora", "Dora", frozenset({Role.REVIEWER, Role.DECIDER}))
    of_each = {one for role in both.roles for one in Action if can(acting(role), one)}
    assert {one for one in Action if can(both, one)} == of_each


def test_whoever_has_a_shell_reads_no_content() -> None:
    assert can(CONSOLE, Action.MANAGE_STAFF)
    assert not can(CONSOLE, Action.REVIEW)
    assert not can(CONSOLE, Action.READ_RECORD)


def test_no_role_makes_an_administrator_a_reader_of_messages() -> None:
    for action in (Action.REVIEW, Action.FIND_UNFLAGGED, Action.READ_RECORD):
        assert not can(acting(Role.ADMIN), action)
        assert not can(acting(Role.MANAGER), action)


def test_what_no_table_names_is_refused() -> None:
    with pytest.raises(NotAllowed) as caught:
        check(acting(Role.ADMIN), Action.REVIEW)
    assert caught.value.what == "review"


def seen(desk: Desk, viewer: Actor) -> set[str]:
    return set(
        desk.read(
            lambda session: session.scalars(
                select(Message.id).where(visible(viewer, Message.id))
            ).all()
        )
    )


@pytest.mark.parametrize("kind", ExclusionKind)
def test_p_rec_1_whoever_is_excluded_for_whatever_reason_sees_nothing_of_it(
    desk: Desk, kind: ExclusionKind
) -> None:
    hidden, other = desk.arrive(), desk.arrive()
    desk.triage.database.write(
        lambda session: exclude(
            session, matter_id=hidden, person_id=desk.ana.person_id, kind=kind, at=desk.now
        )
    )
    assert seen(desk, desk.ana) == {other}
    assert seen(desk, desk.ben) == {hidden, other}
    assert seen(desk, SYSTEM) == {hidden, other}


def test_excluding_twice_is_excluding_once(desk: Desk) -> None:
    matter = desk.arrive()
    for _ in range(2):
        desk.triage.database.write(
            lambda session: exclude(
                session,
                matter_id=matter,
                person_id=desk.ana.person_id,
                kind=ExclusionKind.RECUSED,
                at=desk.now,
            )
        )
    assert desk.count(Exclusion) == 1
    assert desk.read(is_excluded, matter_id=matter, person_id=desk.ana.person_id)
    assert not desk.read(is_excluded, matter_id=matter, person_id=desk.ben.person_id)


def test_a_child_inherits_every_exclusion_of_its_parent(desk: Desk) -> None:
    def prepare(session: object) -> None:
        for name, kind in (("ana", ExclusionKind.SUBJECT), ("ben", ExclusionKind.RECIPIENT)):
            exclude(
                session,  # type: ignore[arg-type]
                matter_id="parent",
                person_id=desk.people[name].person_id,
                kind=kind,
                at=desk.now,
            )
        inherit(session, parent_id="parent", child_id="child", at=desk.now)  # type: ignore[arg-type]

    desk.triage.database.write(prepare)
    rows = desk.read(
        lambda session: session.execute(
            select(Exclusion.person_id, Exclusion.kind).where(Exclusion.matter_id == "child")
        ).all()
    )
    assert {tuple(row) for row in rows} == {
        (desk.ana.person_id, "subject"),
        (desk.ben.person_id, "recipient"),
    }

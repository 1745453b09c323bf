"""What follows from a decision, each as a record of its own (P-ACT-1 to P-ACT-5, P-HR-1)."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from support.cases import begun, row, staffed, state
from support.desk import Desk
from support.verdicts import (
    SUBJECT,
    act,
    add,
    ban,
    copy_out,
    does,
    on_action,
    outcome_due,
    party,
    preview,
    second_decider,
    seen,
    verdict_on,
)

from triage.cases.inquiry.service import letters
from triage.cases.rules import Finding, State
from triage.cases.service import recusing
from triage.cases.service.entering import add_event
from triage.cases.tables import Event
from triage.cases.verdict.queries import after_request_to_cease
from triage.cases.verdict.rules import NO_REFUND, ActionKind, ActionState
from triage.cases.verdict.service import carrying, deciding, setting_up
from triage.cases.verdict.service.jobs import run_verdicts
from triage.cases.verdict.service.setting_up import ActionDraft
from triage.cases.verdict.tables import CaseAction
from triage.conduct.incidents import PoliceWish
from triage.core.access import CONSOLE, SYSTEM
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.exclusions import is_excluded
from triage.core.holds import is_held
from triage.core.roles import Role
from triage.history import sender_history
from triage.letters.rules import State as LetterState
from triage.notify.tables import OutboxMail
from triage.referrals.queries import all_live, referral
from triage.referrals.rules import LawfulBasis, Route
from triage.referrals.rules import State as ReferralState
from triage.referrals.service import deciding as referral_deciding
from triage.referrals.service import with_police
from triage.referrals.tables import Referral
from triage.reports.answers import Person
from triage.restrictions import rules as restriction_rules
from triage.restrictions.queries.lists import in_force_now
from triage.restrictions.queries.reading import restriction
from triage.restrictions.rules import Kind, TargetState
from triage.restrictions.service import tasks
from triage.restrictions.service.from_case import KEPT_THERE
from triage.restrictions.tables import EnforcementTask, Restriction
from triage.senders.standing.queries import standing_of
from triage.staff.service import add_person
from triage.staff.service.hr import name_hr_stand_in


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def run(desk: Desk) -> None:
    run_verdicts(desk.triage.runner, desk.now)


def upheld(desk: Desk, *kinds: ActionKind, **fields: object) -> str:
    fields.setdefault("subjects", (SUBJECT,))
    return verdict_on(desk, Finding.UPHELD, kinds, **fields)


def test_p_act_1_a_request_to_cease_says_when_by_whom_and_what(cases: Desk) -> None:
    case_id = upheld(cases, ActionKind.REQUEST_TO_CEASE)
    made = add(
        cases, case_id, ActionKind.REQUEST_TO_CEASE,
        what="stop shouting", party_id=party(cases, case_id),
    )  # fmt: skip
    act(cases, case_id)
    said_at = cases.now
    cases.move(hours=3)
    on_action(
        cases, carrying.say_done, made, note="said it at the door", at=said_at,
        by=cases.otto.person_id,
    )  # fmt: skip
    found = seen(cases, case_id).actions[0]
    assert (found.what, found.done_by, found.done_at) == ("stop shouting", "Otto", said_at)
    assert (found.settled_by, found.outcome) == ("Hal", "said it at the door")
    assert state(cases, case_id) is State.OUTCOME_DUE


def test_p_act_1_what_comes_after_it_shows_as_after_a_request_to_cease(cases: Desk) -> None:
    message = cases.arrive("[medium] words", from_address="quentin@example.org")
    sender_id = cases.row(message).sender_id
    case_id = upheld(cases, ActionKind.REQUEST_TO_CEASE)
    made = add(cases, case_id, ActionKind.REQUEST_TO_CEASE, party_id=party(cases, case_id))
    assert seen(cases, case_id).actions[0].sender_id == sender_id
    letter_id = on_action(
        cases, carrying.write_letter, made, to_address="quentin@example.org",
        fields={"what": "You were loud.", "stop": "being loud"},
    )  # fmt: skip
    act(cases, case_id)
    assert state(cases, case_id) is State.ACTIONING
    cases.move(hours=1)
    copy_out(cases, letter_id)
    run(cases)
    assert state(cases, case_id) is State.OUTCOME_DUE
    cases.move(days=1)
    held = cases.read(standing_of, sender_ids=[sender_id], at=cases.now)
    assert held[str(sender_id)].asked_to_cease_at is not None
    later = begun(cases, subjects=(Person(contact="Quentin@example.org"),))
    given = {"viewer": cases.hal, "keys": cases.triage.keys}
    assert cases.read(after_request_to_cease, case_id=later, **given) is not None
    assert cases.read(after_request_to_cease, case_id=case_id, **given) is None


def test_p_act_1_somebody_who_never_wrote_is_known_by_name_to_who_may_know_of_both(
    cases: Desk,
) -> None:
    case_id = upheld(cases, ActionKind.REQUEST_TO_CEASE)
    made = add(cases, case_id, ActionKind.REQUEST_TO_CEASE, party_id=party(cases, case_id))
    act(cases, case_id)
    on_action(cases, carrying.say_done, made, note="said it at the door")
    cases.move(days=1)
    later = begun(cases, subjects=(Person(name="quentin  VOLE"),))
    given = {"case_id": later, "keys": cases.triage.keys}
    assert cases.read(after_request_to_cease, viewer=cases.hal, **given) is not None
    cases.do(cases.ivo, recusing.recuse, case_id=case_id)
    assert cases.read(after_request_to_cease, viewer=cases.ivo, **given) is None


def test_p_act_2_the_text_of_a_warning_is_kept_as_it_was_sent_and_goes_only_once_checked(
    cases: Desk,
) -> None:
    case_id = upheld(cases, ActionKind.WARNING, name="Merrily Thrush", email="m@example.com")
    made = add(cases, case_id, ActionKind.WARNING, party_id=party(cases, case_id))
    act(cases, case_id)
    fields = {"what": "You shouted at Merrily Thrush.", "why": "Nobody is shouted at."}
    letter_id = on_action(cases, carrying.write_letter, made, fields=fields)
    given = {"letter_id": letter_id}

    def go(command: object, **more: object) -> None:
        found = preview(cases, letter_id)
        cases.do(cases.hal, command, version=found.row.version, **given, **more)  # type: ignore[arg-type]

    shown = preview(cases, letter_id).shown
    with pytest.raises(Conflict, match="Check the letter first"):
        go(letters.approve, previewed=shown.digest)
    go(letters.check)
    with pytest.raises(Conflict, match="could tell who reported"):
        go(letters.approve, previewed=shown.digest)
    with pytest.raises(Conflict, match="letter has not gone"):
        on_action(cases, carrying.say_done, made, note="told them")
    text = shown.text.replace("at Merrily Thrush", "in the hall")
    go(letters.edit, subject=shown.subject, text=text, to_address="")
    copy_out(cases, letter_id)
    run(cases)
    assert preview(cases, letter_id).row.state is LetterState.COPIED_OUT
    assert "You shouted in the hall." in preview(cases, letter_id).shown.text
    assert seen(cases, case_id).actions[0].state is ActionState.DONE


def test_p_act_3_an_expulsion_names_the_event_and_carries_no_refund_and_no_field_for_one(
    cases: Desk,
) -> None:
    case_id = upheld(cases, ActionKind.EXPULSION)
    who = party(cases, case_id)
    with pytest.raises(Invalid) as refused:
        add(cases, case_id, ActionKind.EXPULSION, party_id=who)
    assert refused.value.field == "event"
    with pytest.raises(Invalid) as refused:
        add(cases, case_id, ActionKind.EXPULSION, event="Spring meeting")
    assert refused.value.field == "party"
    add(cases, case_id, ActionKind.EXPULSION, party_id=who, event="Spring meeting, both days")
    found = seen(cases, case_id).actions[0]
    assert (found.event, found.refund) == ("Spring meeting, both days", NO_REFUND)
    cases.do(
        cases.hope, add_event, name="Open evening", starts=cases.now,
        ends=cases.now + timedelta(hours=5), on_site="The door, 020 7946 0123",
    )  # fmt: skip
    with cases.triage.database.read() as session:
        event_id = session.scalars(select(Event.id)).one()
    cases.move(minutes=1)
    add(cases, case_id, ActionKind.EXPULSION, party_id=who, event_id=event_id)
    assert seen(cases, case_id).actions[1].event == "Open evening"
    with pytest.raises(Invalid):
        add(cases, case_id, ActionKind.EXPULSION, party_id=who, event_id="none", event="x")
    assert not [one for one in ActionDraft.__slots__ if "refund" in one]
    assert not [one.name for one in CaseAction.__table__.columns if "refund" in one.name]


def test_p_act_4_a_decision_makes_one_task_for_each_chosen_channel_and_each_is_looked_up(
    cases: Desk,
) -> None:
    case_id = upheld(cases, ActionKind.RESTRICTION)
    does(
        cases, cases.dee, setting_up.add_restriction, case_id,
        draft=ban(cases, "social", "mailing_list"), party_id=party(cases, case_id),
    )  # fmt: skip
    child = str(seen(cases, case_id).actions[0].child_id)
    with cases.triage.database.read() as session:
        made = session.get_one(Restriction, child)
        assert made.state == "approved"
        assert made.proposed_by == cases.ivo.person_id
        assert made.decision_id == seen(cases, case_id).decisions[0].id
        todo = session.execute(
            select(EnforcementTask.id, EnforcementTask.target, EnforcementTask.version)
            .where(
                EnforcementTask.restriction_id == child,
                EnforcementTask.state == TargetState.REQUESTED.value,
            )
            .order_by(EnforcementTask.target)
        ).all()
        assert [one.target for one in todo] == ["mailing_list", "social"]
    act(cases, case_id)
    assert state(cases, case_id) is State.ACTIONING
    sven = cases.add("sven", Role.SERVICE_ADMIN)
    for one in todo:
        cases.do(cases.ada, tasks.set_scope, person_id=sven.person_id, target=one.target)
        cases.do(sven, tasks.apply, task_id=one.id, version=one.version, note="done")
        run(cases)
    assert state(cases, case_id) is State.OUTCOME_DUE
    with cases.triage.database.read() as session:
        states = session.scalars(select(EnforcementTask.state)).all()
    assert set(states) == {TargetState.APPLIED.value}  # and still to be looked up
    with cases.triage.database.read() as session:
        version = session.get_one(EnforcementTask, todo[0].id).version
    cases.do(sven, tasks.verify, task_id=todo[0].id, version=version, note="looked")


def test_a_restriction_of_a_case_says_nothing_of_the_case_to_who_may_read_restrictions(
    cases: Desk,
) -> None:
    case_id = upheld(cases, ActionKind.RESTRICTION)
    does(
        cases, cases.dee, setting_up.add_restriction, case_id,
        draft=ban(cases, "social"), party_id=party(cases, case_id),
    )  # fmt: skip
    child = str(seen(cases, case_id).actions[0].child_id)
    found = cases.read(restriction, viewer=cases.ana, restriction_id=child, now=cases.now)
    assert (found.reason, found.proportionality) == (KEPT_THERE, KEPT_THERE)
    assert "Merrily Thrush" in seen(cases, case_id).actions[0].what


def test_p_rec_2_who_has_no_part_in_the_case_has_none_in_its_restriction_also_later(
    cases: Desk,
) -> None:
    case_id = upheld(cases, ActionKind.RESTRICTION, subjects=(SUBJECT, Person(name="Dora")))
    does(
        cases, cases.dee, setting_up.add_restriction, case_id,
        draft=ban(cases, "social"), party_id=party(cases, case_id),
    )  # fmt: skip
    child = str(seen(cases, case_id).actions[0].child_id)
    with cases.triage.database.read() as session:
        assert is_excluded(session, matter_id=child, person_id=cases.dora.person_id)

    def listed(name: str) -> bool:
        viewer = getattr(cases, name)
        return bool(cases.read(in_force_now, viewer=viewer, now=cases.now))

    assert (listed("dora"), listed("dee"), listed("hal")) == (False, True, True)
    cases.do(cases.hal, recusing.recuse, case_id=case_id)
    assert not listed("hal")


def test_two_approve_where_two_must_and_the_investigator_never(cases: Desk) -> None:
    case_id = upheld(cases, ActionKind.RESTRICTION)
    draft = ban(cases, "writetothem", kind=Kind.SERVICE_BLOCK, clause="P-BLK-1")
    from dataclasses import replace

    draft = replace(
        draft, targets=tuple(replace(one, proportionality="It is used.") for one in draft.targets)
    )
    given = {"draft": draft, "party_id": party(cases, case_id)}
    with pytest.raises(Conflict, match="Two people"):
        does(cases, cases.dee, setting_up.add_restriction, case_id, **given)
    second_decider(cases, case_id)
    with pytest.raises(NotAllowed):
        does(cases, cases.dan, setting_up.add_restriction, case_id, **given)
    for who in (cases.ivo, cases.hal):
        with pytest.raises(NotAllowed):
            does(cases, who, setting_up.add_restriction, case_id, **given)
    cases.do(cases.dan, deciding.open_account, case_id=case_id)
    does(cases, cases.dan, deciding.agree, case_id)
    does(cases, cases.dan, setting_up.add_restriction, case_id, **given)
    with cases.triage.database.read() as session:
        assert session.scalars(select(Restriction.state)).one() == restriction_rules.State.APPROVED


def test_p_act_5_any_action_is_taken_with_a_reason_and_a_clause_and_nothing_by_itself(
    cases: Desk,
) -> None:
    case_id = upheld(cases, ActionKind.OTHER)
    with pytest.raises(Invalid):
        add(cases, case_id, ActionKind.OTHER, what=" ")
    with pytest.raises(Invalid):
        add(cases, case_id, ActionKind.OTHER, clause="P-XXX-1")
    with pytest.raises(Invalid):
        add(cases, case_id, ActionKind.WARNING, party_id=party(cases, case_id))
    made = add(cases, case_id, ActionKind.OTHER, what="a talk with all", clause="P-TAX-1")
    act(cases, case_id)
    run(cases)
    assert state(cases, case_id) is State.ACTIONING
    found = seen(cases, case_id).actions[0]
    assert (found.clause, found.state) == ("P-TAX-1", ActionState.TO_DO)
    on_action(cases, carrying.say_done, made, note="held on Friday")
    assert state(cases, case_id) is State.OUTCOME_DUE


def test_p_act_5_that_nothing_follows_is_a_record_of_its_own(cases: Desk) -> None:
    case_id = outcome_due(cases, Finding.UNABLE_TO_ESTABLISH)
    found = seen(cases, case_id).actions
    assert [(one.kind, one.state) for one in found] == [(ActionKind.NONE, ActionState.DONE)]
    assert state(cases, case_id) is State.OUTCOME_DUE
    last = cases.events("case_acted", case_id)[-1]
    assert last.actor_id == SYSTEM.person_id


def test_all_that_was_decided_is_set_up_before_it_is_acted_on_and_settled_before_it_is_told(
    cases: Desk,
) -> None:
    case_id = upheld(cases, ActionKind.OTHER, ActionKind.EXPULSION)
    one = add(cases, case_id, ActionKind.OTHER)
    with pytest.raises(Conflict, match="Expulsion"):
        act(cases, case_id)
    two = add(cases, case_id, ActionKind.EXPULSION, party_id=party(cases, case_id), event="Spring")
    with pytest.raises(NotAllowed):
        does(cases, cases.dee, setting_up.act, case_id)
    act(cases, case_id)
    on_action(cases, carrying.say_done, one, note="done")
    assert state(cases, case_id) is State.ACTIONING
    with pytest.raises(Invalid):
        on_action(cases, carrying.waive, two, reason=" ")
    with pytest.raises(NotAllowed):
        on_action(cases, carrying.waive, two, reason="gone", by_whom=cases.ivo)
    on_action(cases, carrying.waive, two, reason="they left by themselves")
    assert state(cases, case_id) is State.OUTCOME_DUE
    with pytest.raises(Conflict):
        on_action(cases, carrying.waive, one, reason="twice")


def test_p_hr_1_hr_is_told_beside_the_case_which_goes_on_and_no_sanction_is_kept(
    cases: Desk,
) -> None:
    case_id = upheld(cases, ActionKind.HR_REFERRAL, ActionKind.OTHER)
    made = add(cases, case_id, ActionKind.HR_REFERRAL, what="a colleague", party_id=None)
    add(cases, case_id, ActionKind.OTHER)
    act(cases, case_id)
    with pytest.raises(Invalid):
        on_action(cases, carrying.say_done, made, note=" ")
    on_action(cases, carrying.say_done, made, note="HR has it since Monday")
    assert state(cases, case_id) is State.ACTIONING
    found = next(one for one in seen(cases, case_id).actions if one.id == made)
    assert (found.outcome, found.in_place_of_hr) == ("HR has it since Monday", "")
    columns = {one.name for one in CaseAction.__table__.columns}
    assert not {one for one in columns if "sanction" in one or "disciplin" in one}


@pytest.mark.parametrize("how", ["subject", "recused"])
def test_p_hr_1_where_hr_is_who_it_is_about_or_stepped_back_the_fallback_takes_their_part(
    cases: Desk, how: str
) -> None:
    cases.triage.settings = cases.triage.settings.model_copy(
        update={"hr_contact": "Harriet@charity.example.org"}
    )
    harriet = cases.do(
        CONSOLE, add_person, name="Harriet Rook", email="harriet@charity.example.org",
        roles=[Role.HANDLER],
    )  # fmt: skip
    subjects = (Person(name="Harriet Rook"),) if how == "subject" else (SUBJECT,)
    case_id = upheld(cases, ActionKind.HR_REFERRAL, subjects=subjects)
    if how == "recused":
        from triage.core.exclusions import ExclusionKind, exclude

        cases.triage.database.write(
            lambda session: exclude(
                session,
                matter_id=case_id,
                person_id=harriet,
                kind=ExclusionKind.RECUSED,
                at=cases.now,
            )
        )
    add(cases, case_id, ActionKind.HR_REFERRAL)
    assert seen(cases, case_id).actions[0].in_place_of_hr == "Tess"
    with cases.triage.database.read() as session:
        to = session.scalars(
            select(OutboxMail.person_id).where(OutboxMail.dedupe_key.like("%:hr:%"))
        ).all()
    assert to == [cases.tess.person_id]


def test_p_hr_1_who_was_named_to_stand_in_for_hr_is_taken_before_the_fallback(
    cases: Desk,
) -> None:
    cases.triage.settings = cases.triage.settings.model_copy(
        update={"hr_contact": "harriet@charity.example.org"}
    )
    add_one = partial(cases.do, CONSOLE, add_person, roles=[])
    add_one(name="Harriet Rook", email="harriet@charity.example.org")
    nell = add_one(name="Nell Hobday", email="nell@charity.example.org")
    wren = add_one(name="Wren Tapley", email="wren@charity.example.org")
    for one in (cases.hal.person_id, nell, wren):
        cases.do(CONSOLE, name_hr_stand_in, person_id=one)
        cases.move(minutes=1)
    subjects = (Person(name="Harriet Rook"), Person(name="Nell Hobday"))
    case_id = upheld(cases, ActionKind.HR_REFERRAL, subjects=subjects)
    add(cases, case_id, ActionKind.HR_REFERRAL)
    # Hal handles it, and Nell is one of those it is about.
    assert seen(cases, case_id).actions[0].in_place_of_hr == "Wren Tapley"


def test_a_police_referral_is_considered_first_holds_the_case_and_shows_the_reporters_wish(
    cases: Desk,
) -> None:
    case_id = upheld(cases, ActionKind.POLICE_REFERRAL, police_wish=PoliceWish.NO)
    add(cases, case_id, ActionKind.POLICE_REFERRAL, what="a threat")
    child = str(seen(cases, case_id).actions[0].child_id)
    with cases.triage.database.read() as session:
        made = session.get_one(Referral, child)
        assert (made.state, made.reporter_wish) == (ReferralState.CONSIDERING.value, "no")
        assert made.considered_by == cases.ivo.person_id
        assert is_held(session, case_id, cases.now)
    act(cases, case_id)
    run(cases)
    assert state(cases, case_id) is State.ACTIONING
    found = cases.read(referral, viewer=cases.dee, referral_id=child, now=cases.now)
    assert (found.reporter_wish, found.reason) == ("no", "a threat")


def test_p_con_1_who_is_no_member_of_the_case_knows_of_no_referral_of_it(cases: Desk) -> None:
    case_id = upheld(cases, ActionKind.POLICE_REFERRAL)
    add(cases, case_id, ActionKind.POLICE_REFERRAL, what="a threat")
    child = str(seen(cases, case_id).actions[0].child_id)
    for name in ("dan", "ana", "hope", "otto"):
        viewer = getattr(cases, name)
        assert cases.read(all_live, viewer=viewer, now=cases.now) == ()
        with pytest.raises(NotFound):
            cases.read(referral, viewer=viewer, referral_id=child, now=cases.now)
    with pytest.raises(NotFound):
        cases.do(
            cases.dan, referral_deciding.say_no, referral_id=child, version=1, reason="no",
        )  # fmt: skip
    assert len(cases.read(all_live, viewer=cases.dee, now=cases.now)) == 1


def test_once_the_police_have_it_the_action_is_done(cases: Desk) -> None:
    case_id = upheld(cases, ActionKind.POLICE_REFERRAL)
    add(cases, case_id, ActionKind.POLICE_REFERRAL, what="a threat")
    child = str(seen(cases, case_id).actions[0].child_id)
    act(cases, case_id)
    with pytest.raises(Conflict):
        on_action(
            cases, carrying.say_done, seen(cases, case_id).actions[0].id, note="I called them"
        )

    def version() -> int:
        with cases.triage.database.read() as session:
            return session.get_one(Referral, child).version

    cases.do(
        cases.dee, referral_deciding.authorise, referral_id=child, version=version(),
        disclosed="the account", basis=LawfulBasis.CRIME, reporter_data=False,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        cases.do(
            cases.dee, with_police.submit, referral_id=child, version=version(),
            route=Route.ONLINE, force="Avon and Somerset", at=cases.now,
        )  # fmt: skip
    run(cases)
    assert state(cases, case_id) is State.ACTIONING
    cases.do(
        cases.hal, with_police.submit, referral_id=child, version=version(),
        route=Route.ONLINE, force="Avon and Somerset", at=cases.now,
    )  # fmt: skip
    run(cases)
    assert state(cases, case_id) is State.OUTCOME_DUE


def test_what_was_upheld_of_a_sender_stands_in_their_history_for_members_alone_and_in_no_rank(
    cases: Desk,
) -> None:
    message = cases.arrive("[medium] words", from_address="quentin@example.org")
    sender_id = str(cases.row(message).sender_id)
    for name in ("ivo", "dee", "hal"):
        actor = cases.people[name]
        cases.people[name] = type(actor)(actor.person_id, actor.name, actor.roles | {Role.REVIEWER})
    case_id = upheld(cases, ActionKind.OTHER)
    add(cases, case_id, ActionKind.OTHER, party_id=party(cases, case_id))

    def found(name: str) -> list[str]:
        history = cases.read(
            sender_history, viewer=getattr(cases, name), sender_id=sender_id, now=cases.now
        )
        return [type(one.what).__name__ for one in history.moments if "Upheld" in str(one.what)]

    assert found("hal") == ["UpheldRow"]
    assert found("ana") == found("dora") == []
    assert cases.read(standing_of, sender_ids=[sender_id], at=cases.now) == {}
    cases.do(cases.hal, recusing.recuse, case_id=case_id)
    assert found("hal") == []


def test_a_case_that_was_not_upheld_stands_in_nobodys_history(cases: Desk) -> None:
    message = cases.arrive("[medium] words", from_address="quentin@example.org")
    hal = cases.hal
    cases.people["hal"] = type(hal)(hal.person_id, hal.name, hal.roles | {Role.REVIEWER})
    case_id = verdict_on(cases, Finding.NOT_UPHELD, (ActionKind.OTHER,), subjects=(SUBJECT,))
    add(cases, case_id, ActionKind.OTHER, party_id=party(cases, case_id))
    history = cases.read(
        sender_history, viewer=cases.hal, sender_id=str(cases.row(message).sender_id),
        now=cases.now,
    )  # fmt: skip
    assert not [one for one in history.moments if "Upheld" in str(one.what)]


def test_p_rec_4_who_is_out_touches_no_action(cases: Desk) -> None:
    case_id = upheld(cases, ActionKind.OTHER)
    made = add(cases, case_id, ActionKind.OTHER)
    cases.do(cases.hal, recusing.recuse, case_id=case_id)
    for command, given in ((carrying.say_done, {"note": "x"}), (carrying.waive, {"reason": "x"})):
        with pytest.raises(NotFound):
            on_action(cases, command, made, **given)
    with pytest.raises(NotFound):
        add(cases, case_id, ActionKind.OTHER)


def test_an_action_is_settled_by_the_time_it_was_and_not_in_the_future(cases: Desk) -> None:
    case_id = upheld(cases, ActionKind.OTHER)
    made = add(cases, case_id, ActionKind.OTHER)
    act(cases, case_id)
    with pytest.raises(Invalid):
        on_action(cases, carrying.say_done, made, note="soon", at=cases.now + timedelta(minutes=1))
    with pytest.raises(Invalid):
        on_action(cases, carrying.say_done, made, note="x", by="nobody")
    assert row(cases, case_id).state == State.ACTIONING.value

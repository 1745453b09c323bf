"""Who may do what: one table, deny by default; and the one filter of what a person may know of."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from triage.core.closed import ClosedMatter, MatterMember
from triage.core.errors import NotAllowed
from triage.core.exclusions import Exclusion, ExclusionKind
from triage.core.roles import Role


class Action(StrEnum):
    """Everything that needs a right."""

    RECEIVE = "receive"
    REVIEW = "review"
    FLAG = "flag"
    TAKE_NOTE = "take_note"
    OWN_MESSAGES = "own_messages"
    FIND_UNFLAGGED = "find_unflagged"
    READ_TODAY = "read_today"
    HAND_OVER = "hand_over"
    PROPOSE_RESTRICTION = "propose_restriction"
    BEGIN_RESTRICTION = "begin_restriction"
    SET_EMERGENCY = "set_emergency"
    RECORD_DONE = "record_done"
    READ_RESTRICTIONS = "read_restrictions"
    RECORD_APPEAL = "record_appeal"
    WORK_TASKS = "work_tasks"
    RECONCILE = "reconcile"
    READ_DO_NOT_REPLY = "read_do_not_reply"
    CONSIDER_REFERRAL = "consider_referral"
    RECORD_CALL = "record_call"
    READ_REFERRALS = "read_referrals"
    SUBMIT_REFERRAL = "submit_referral"
    BUILD_PACK = "build_pack"
    READ_RECORD = "read_record"
    SEE_ALARMS = "see_alarms"
    READ_SYSTEM = "read_system"
    READ_TRENDS = "read_trends"
    RELEASE_TRENDS = "release_trends"
    READ_BOARD = "read_board"
    READ_QUALITY = "read_quality"
    READ_MISTAKES = "read_mistakes"
    MANAGE_STAFF = "manage_staff"
    READ_TEAM = "read_team"
    RUN_JOBS = "run_jobs"
    MANAGE_KEYS = "manage_keys"
    MANAGE_MODEL = "manage_model"
    EXPORT_RECORD = "export_record"
    EXPORT_LABELS = "export_labels"
    ENTER_REPORT = "enter_report"
    READ_CASES = "read_cases"
    SET_INTERIM = "set_interim"
    KEEP_IDENTITIES = "keep_identities"
    SET_UP_EVENT = "set_up_event"
    DRAFT_LETTER = "draft_letter"
    SEND_LETTER = "send_letter"
    READ_SUBJECTS = "read_subjects"
    ANSWER_SUBJECTS = "answer_subjects"
    SECOND_ANSWER = "second_answer"
    TAKE_OUT_SUBJECT = "take_out_subject"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with the roles they hold now, or the system (no person, no roles)."""

    person_id: str
    name: str
    roles: frozenset[Role] = frozenset()
    is_system: bool = False
    is_volunteer: bool = False
    """Somebody without an account, who came by their signed link."""


SYSTEM = Actor(person_id="system", name="the system", is_system=True)
"""May only score, queue, remind, alert, expire, lapse, erase (lifecycles.md, rule 1)."""

CONSOLE = Actor(person_id="console", name="the command line", roles=frozenset({Role.ADMIN}))
"""Whoever has a shell on the server: may keep the staff list, and reads no content.

What it takes out whole for the deployer (the record, labelled texts) goes on the record."""

ROLES: dict[Action, frozenset[Role]] = {
    Action.REVIEW: frozenset({Role.REVIEWER}),
    Action.FIND_UNFLAGGED: frozenset({Role.REVIEWER}),
    Action.READ_TODAY: frozenset({Role.REVIEWER, Role.ON_DUTY, Role.DECIDER}),
    Action.HAND_OVER: frozenset({Role.REVIEWER, Role.ON_DUTY, Role.DECIDER}),
    Action.PROPOSE_RESTRICTION: frozenset({Role.REVIEWER, Role.INVESTIGATOR, Role.HANDLER}),
    # In any way: proposed, alone in an emergency, or as done already.
    Action.BEGIN_RESTRICTION: frozenset(
        {Role.REVIEWER, Role.ON_DUTY, Role.INVESTIGATOR, Role.HANDLER, Role.DECIDER}
    ),
    Action.SET_EMERGENCY: frozenset({Role.ON_DUTY, Role.REVIEWER}),
    Action.RECORD_DONE: frozenset(
        {Role.REVIEWER, Role.ON_DUTY, Role.INVESTIGATOR, Role.HANDLER, Role.DECIDER}
    ),
    Action.READ_RESTRICTIONS: frozenset(
        {Role.REVIEWER, Role.ON_DUTY, Role.INVESTIGATOR, Role.HANDLER, Role.DECIDER}
    ),
    Action.RECORD_APPEAL: frozenset(
        {Role.REVIEWER, Role.ON_DUTY, Role.INVESTIGATOR, Role.HANDLER, Role.DECIDER}
    ),
    Action.WORK_TASKS: frozenset({Role.SERVICE_ADMIN}),
    Action.RECONCILE: frozenset({Role.SERVICE_ADMIN, Role.DECIDER, Role.ADMIN}),
    Action.CONSIDER_REFERRAL: frozenset({Role.REVIEWER, Role.ON_DUTY}),
    Action.RECORD_CALL: frozenset(
        {Role.REVIEWER, Role.ON_DUTY, Role.INVESTIGATOR, Role.HANDLER, Role.DECIDER}
    ),
    Action.READ_REFERRALS: frozenset(
        {Role.REVIEWER, Role.ON_DUTY, Role.INVESTIGATOR, Role.HANDLER, Role.DECIDER}
    ),
    Action.SUBMIT_REFERRAL: frozenset({Role.HANDLER}),
    Action.BUILD_PACK: frozenset({Role.HANDLER, Role.DECIDER}),
    Action.READ_RECORD: frozenset({Role.REVIEWER, Role.DECIDER}),
    Action.SEE_ALARMS: frozenset({Role.REVIEWER, Role.ON_DUTY}),
    Action.READ_SYSTEM: frozenset({Role.ADMIN}),
    Action.READ_TRENDS: frozenset({Role.MANAGER, Role.DECIDER}),
    Action.RELEASE_TRENDS: frozenset({Role.ADMIN}),
    Action.READ_BOARD: frozenset({Role.REVIEWER, Role.DECIDER}),
    Action.READ_QUALITY: frozenset({Role.DECIDER, Role.ADMIN}),
    Action.READ_MISTAKES: frozenset({Role.DECIDER}),
    Action.MANAGE_STAFF: frozenset({Role.ADMIN}),
    Action.MANAGE_KEYS: frozenset({Role.ADMIN}),
    Action.MANAGE_MODEL: frozenset({Role.ADMIN}),
    Action.EXPORT_RECORD: frozenset({Role.ADMIN}),
    Action.EXPORT_LABELS: frozenset({Role.ADMIN}),
    Action.READ_CASES: frozenset(
        {Role.HANDLER, Role.INVESTIGATOR, Role.DECIDER, Role.ON_DUTY, Role.CUSTODIAN}
    ),
    Action.SET_INTERIM: frozenset({Role.ON_DUTY}),
    Action.KEEP_IDENTITIES: frozenset({Role.CUSTODIAN}),
    Action.SET_UP_EVENT: frozenset({Role.HANDLER, Role.DECIDER, Role.ON_DUTY}),
    Action.DRAFT_LETTER: frozenset({Role.REVIEWER, Role.HANDLER, Role.INVESTIGATOR, Role.DECIDER}),
    Action.SEND_LETTER: frozenset({Role.REVIEWER, Role.HANDLER, Role.DECIDER}),
    Action.READ_TEAM: frozenset({Role.ADMIN, Role.DECIDER, Role.MANAGER}),
    # What is held of somebody is the custodian's, who keeps identities and decides on nobody; a
    # decider may be the second person, who looks at what another has prepared.
    Action.READ_SUBJECTS: frozenset({Role.CUSTODIAN, Role.DECIDER}),
    Action.ANSWER_SUBJECTS: frozenset({Role.CUSTODIAN}),
    Action.SECOND_ANSWER: frozenset({Role.CUSTODIAN, Role.DECIDER}),
    Action.TAKE_OUT_SUBJECT: frozenset({Role.ADMIN}),
}
"""Action -> the roles that may. What is not here, no person may."""

EVERY_MEMBER: frozenset[Action] = frozenset(
    {
        Action.FLAG,
        Action.TAKE_NOTE,
        Action.OWN_MESSAGES,
        Action.READ_DO_NOT_REPLY,
        Action.ENTER_REPORT,
    }
)
"""What any signed-in member of staff may do, whatever their roles. Guests are not staff.

The first two put something before reviewers and read nothing back, and anybody's phone may ring:
so a manager and an admin may too, who otherwise see no content. The third is about what was sent
to themselves, and about nothing else (``sent_to``). The fourth says whom nobody writes to, and no
reason: somebody who does not know it may reply. The fifth takes down what somebody tells them
face to face (P-INT-2), and reads nothing back.
"""

VOLUNTEER_ACTIONS: frozenset[Action] = frozenset({Action.TAKE_NOTE, Action.OWN_MESSAGES})
"""What a signed link lets somebody do who has no account."""

SYSTEM_ACTIONS: frozenset[Action] = frozenset({Action.RECEIVE, Action.RUN_JOBS})


def can(actor: Actor, action: Action) -> bool:
    """Whether the table lets this actor do this; nothing else decides."""
    if actor.is_system:
        return action in SYSTEM_ACTIONS
    if actor.is_volunteer:
        return action in VOLUNTEER_ACTIONS
    if action in EVERY_MEMBER and actor.roles != {Role.GUEST}:
        return True
    return bool(actor.roles & ROLES.get(action, frozenset()))


def check(actor: Actor, action: Action) -> None:
    """Raise ``NotAllowed`` where ``can`` says no."""
    if not can(actor, action):
        raise NotAllowed(f"{actor.name} may not do this ({action.value}).", what=action.value)


def visible(
    viewer: Actor, matter: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
) -> ColumnElement[bool]:
    """The one filter: true for matters from which the viewer is not excluded, and that are not
    closed to them.

    Every query of every room joins it (P-REC-1, P-REC-2, P-REC-4, P-CON-1): a recipient, a person
    reported, somebody recused or excluded gets no row, no count and no search hit; and of what is
    closed to all but its members nobody else does, whatever their roles.
    """
    if viewer.is_system:
        return true()
    person_id = viewer.person_id
    out = exists().where(Exclusion.matter_id == matter, Exclusion.person_id == person_id)
    closed = exists().where(ClosedMatter.matter_id == matter)
    member = exists().where(MatterMember.matter_id == matter, MatterMember.person_id == person_id)
    return and_(~out, or_(~closed, member))


def known_to_all(matter: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """True for matters from which nobody is excluded, and that are closed to nobody: whatever
    rests on such a matter alone may be stored the same for all, and tells nobody of another."""
    out = exists().where(Exclusion.matter_id == matter)
    closed = exists().where(ClosedMatter.matter_id == matter)
    return and_(~out, ~closed)


def sent_to(viewer: Actor, matter: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The one exemption from ``visible``: what was sent to the viewer, for their own page alone.

    True where they are a recipient and nothing else. Whoever is also reported in it, stepped
    back from it or was taken out of it sees nothing of it there either (trust.md, section 5).
    """
    theirs = select(Exclusion.matter_id).where(
        Exclusion.person_id == viewer.person_id, Exclusion.kind == ExclusionKind.RECIPIENT.value
    )
    otherwise = exists().where(
        Exclusion.matter_id == matter,
        Exclusion.person_id == viewer.person_id,
        Exclusion.kind != ExclusionKind.RECIPIENT.value,
    )
    return and_(matter.in_(theirs), ~otherwise)

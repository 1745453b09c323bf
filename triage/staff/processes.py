"""The processes that people carry, as data: which parts each has, and who may hold two of them.

Rules 2, 6 and 7 of lifecycles.md, read literally: in one matter two different parts are held by
two different people, but for the four pairs of ``COMBINES``. "Nothing else."
"""

from dataclasses import dataclass
from enum import StrEnum

from triage.core.roles import Role


class Process(StrEnum):
    """What a team must be able to carry."""

    REVIEW = "review"
    SECOND_LOOK = "second_look"
    WELFARE = "welfare"
    RESTRICTION = "restriction"
    APPEAL = "appeal"
    REFERRAL = "referral"
    NOT_REFERRED = "not_referred"
    CASE = "case"
    SET_ASIDE = "set_aside"
    INTERIM = "interim"
    NOTICE = "notice"
    IDENTITY = "identity"


class Part(StrEnum):
    """One person's part in one matter."""

    REVIEWER = "reviewer"
    SECOND_REVIEWER = "second_reviewer"
    WELFARE_OWNER = "welfare_owner"
    PROPOSER = "proposer"
    APPROVER = "approver"
    APPEAL_DECIDER = "appeal_decider"
    CONSIDERER = "considerer"
    AUTHORISER = "authoriser"
    SUBMITTER = "submitter"
    FIRST_DECIDER = "first_decider"
    OTHER_DECIDER = "other_decider"
    HANDLER = "handler"
    SECOND = "second"
    INVESTIGATOR = "investigator"
    DECIDER = "decider"
    LEAK_CHECK = "leak_check"
    INTERIM_AUTHOR = "interim_author"
    RATIFIER = "ratifier"
    CUSTODIAN = "custodian"
    IDENTITY_APPROVER = "identity_approver"


@dataclass(frozen=True, slots=True)
class Plan:
    """One process: its parts in the order in which they are played."""

    process: Process
    title: str
    parts: tuple[Part, ...]
    one_outside: frozenset[Part] = frozenset()
    """Of these parts at most one may be held from outside the team."""


COMBINES: frozenset[frozenset[Part]] = frozenset(
    {
        frozenset({Part.HANDLER, Part.INVESTIGATOR}),
        frozenset({Part.LEAK_CHECK, Part.DECIDER}),
        frozenset({Part.INTERIM_AUTHOR, Part.INVESTIGATOR}),
        frozenset({Part.RATIFIER, Part.DECIDER}),
    }
)
"""Rule 6: the only two parts that one person may hold in one matter."""

_DECIDER = frozenset({Role.DECIDER})
_CASE_TEAM = frozenset({Role.HANDLER, Role.INVESTIGATOR, Role.DECIDER})

HOLDERS: dict[Part, frozenset[Role]] = {
    Part.REVIEWER: frozenset({Role.REVIEWER}),
    Part.SECOND_REVIEWER: frozenset({Role.REVIEWER}),
    Part.WELFARE_OWNER: frozenset({Role.REVIEWER}),
    Part.PROPOSER: frozenset({Role.REVIEWER, Role.INVESTIGATOR, Role.HANDLER}),
    Part.APPROVER: _DECIDER,
    Part.APPEAL_DECIDER: _DECIDER,
    Part.CONSIDERER: frozenset({Role.REVIEWER, Role.ON_DUTY}),
    Part.AUTHORISER: _DECIDER,
    Part.SUBMITTER: frozenset({Role.HANDLER}),
    Part.FIRST_DECIDER: _DECIDER,
    Part.OTHER_DECIDER: _DECIDER,
    Part.HANDLER: frozenset({Role.HANDLER}),
    Part.SECOND: _CASE_TEAM,
    Part.INVESTIGATOR: frozenset({Role.INVESTIGATOR}),
    Part.DECIDER: _DECIDER,
    Part.LEAK_CHECK: _CASE_TEAM,
    Part.INTERIM_AUTHOR: frozenset({Role.ON_DUTY}),
    Part.RATIFIER: _DECIDER,
    Part.CUSTODIAN: frozenset({Role.CUSTODIAN}),
    Part.IDENTITY_APPROVER: frozenset({Role.CUSTODIAN, Role.DECIDER}),
}
"""Part -> the roles whose holders may play it. Outside people play what they are named for."""

TO_DO: dict[Part, str] = {
    Part.REVIEWER: "review it",
    Part.SECOND_REVIEWER: "take the second look",
    Part.WELFARE_OWNER: "look after somebody's welfare",
    Part.PROPOSER: "propose it",
    Part.APPROVER: "approve it",
    Part.APPEAL_DECIDER: "decide the appeal",
    Part.CONSIDERER: "put it forward",
    Part.AUTHORISER: "authorise it",
    Part.SUBMITTER: "submit it to the police",
    Part.FIRST_DECIDER: "decide not to refer",
    Part.OTHER_DECIDER: "be the second to decide not to refer",
    Part.HANDLER: "handle it",
    Part.SECOND: "be the second to set it aside",
    Part.INVESTIGATOR: "investigate",
    Part.DECIDER: "decide",
    Part.LEAK_CHECK: "check the notice for names",
    Part.INTERIM_AUTHOR: "set an interim measure",
    Part.RATIFIER: "ratify the interim measure",
    Part.CUSTODIAN: "keep and open identities",
    Part.IDENTITY_APPROVER: "approve the opening of an identity",
}
"""A part, as the end of "nobody is there to …"."""

_CASE = (Part.HANDLER, Part.INVESTIGATOR, Part.DECIDER)

PLANS: tuple[Plan, ...] = (
    Plan(Process.REVIEW, "Review of a message", (Part.REVIEWER,)),
    Plan(
        Process.SECOND_LOOK,
        "Second look at a message",
        (Part.REVIEWER, Part.SECOND_REVIEWER),
    ),
    Plan(Process.WELFARE, "Welfare task", (Part.WELFARE_OWNER,)),
    Plan(
        Process.RESTRICTION,
        "Restriction: proposed and approved",
        (Part.PROPOSER, Part.APPROVER),
    ),
    Plan(
        Process.APPEAL,
        "Appeal against a restriction",
        (Part.PROPOSER, Part.APPROVER, Part.APPEAL_DECIDER),
    ),
    Plan(
        Process.REFERRAL,
        "Police referral",
        (Part.CONSIDERER, Part.AUTHORISER, Part.SUBMITTER),
    ),
    Plan(
        Process.NOT_REFERRED,
        "Decision not to refer",
        (Part.CONSIDERER, Part.FIRST_DECIDER, Part.OTHER_DECIDER),
        one_outside=frozenset({Part.FIRST_DECIDER, Part.OTHER_DECIDER}),
    ),
    Plan(Process.CASE, "Incident report: handled and decided", _CASE),
    Plan(
        Process.SET_ASIDE,
        "Incident report: set aside by two",
        (Part.HANDLER, Part.SECOND),
    ),
    Plan(
        Process.INTERIM,
        "Interim measure, ratified",
        (*_CASE, Part.INTERIM_AUTHOR, Part.RATIFIER),
    ),
    Plan(Process.NOTICE, "Notice, checked by a second person", (*_CASE, Part.LEAK_CHECK)),
    Plan(
        Process.IDENTITY,
        "Opening of an identity",
        (Part.CUSTODIAN, Part.IDENTITY_APPROVER),
    ),
)
"""Every process. A step that lapses or expires by itself needs nobody and stands here nowhere."""

ENDINGS: dict[str, tuple[Process, ...]] = {
    "message": (Process.REVIEW,),
    "message, second look": (Process.SECOND_LOOK,),
    "welfare": (Process.WELFARE,),
    "restriction": (Process.RESTRICTION,),
    "appeal": (Process.APPEAL,),
    "referral": (Process.REFERRAL, Process.NOT_REFERRED),
    "case": (Process.CASE, Process.SET_ASIDE),
    "interim measure": (Process.INTERIM,),
    "notice": (Process.NOTICE,),
    "identity": (Process.IDENTITY,),
}
"""Kind of matter -> the processes that each bring it to an end (rule 7 asks for one of them)."""


def plan(process: Process) -> Plan:
    """The plan of a process."""
    return next(one for one in PLANS if one.process is process)


def apart(one: Part, other: Part) -> bool:
    """Whether two parts of one matter need two people (rules 2 and 6)."""
    return one is not other and frozenset({one, other}) not in COMBINES

"""The one place where the trends read incident reports.

A report is read with the key of the desk, by the system as it makes a release, for the three
things that are counted. What was passed to a service, or to HR, or is outside the policy, is no
incident (P-RTE-2).
"""

from datetime import date, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.cases.queries.stubs import stub_answers
from triage.cases.rules import State
from triage.cases.tables import Case, CaseStub
from triage.conduct.incidents import Ground, Party, Setting
from triage.core.errors import Unreadable
from triage.core.sealed import Vault
from triage.reports.answers import Answers
from triage.reports.queries import report_answers
from triage.staff.calendar import at_clock, local_day
from triage.trends.incidents import Incident
from triage.trends.rules import Period

MIDNIGHT = time(0)
NO_INCIDENT = (State.ROUTED_OUT, State.REFERRED_HR, State.OUT_OF_SCOPE)
SETTING: dict[Setting | None, str] = {Setting.OFFLINE: "in_person", Setting.ONLINE: "online"}
ELSEWHERE = "elsewhere_or_not_stated"
ROLE: dict[Party | None, str] = {Party.EMPLOYEE: "staff_member", Party.VOLUNTEER: "volunteer"}
SOMEBODY = "somebody_else"
GROUND: dict[Ground, str] = {
    Ground.GENDER: "gender",
    Ground.GENDER_IDENTITY: "gender_identity",
    Ground.ORIENTATION: "sexual_orientation",
    Ground.DISABILITY: "disability",
    Ground.APPEARANCE: "appearance",
    Ground.BODY_SIZE: "appearance",
    Ground.RACE: "race",
    Ground.ETHNICITY: "race",
    Ground.BELIEF: "religion",
    Ground.AGE: "age",
}
"""A ground as it is counted. Who would rather not say has stated none (P-TAX-0)."""


def incident_counts(session: Session, *, vault: Vault, period: Period) -> tuple[Incident, ...]:
    """Every report up to the end of a period, as far as it is counted."""
    counts_as = func.coalesce(CaseStub.ended_as, Case.state)
    cases = session.execute(
        select(Case.id, Case.report_id, Case.received_at, CaseStub.id.label("stub_id"))
        .outerjoin(CaseStub, CaseStub.case_id == Case.id)
        .where(
            counts_as.not_in([one.value for one in NO_INCIDENT]),
            Case.received_at < at_clock(period.after, MIDNIGHT),
        )
        .order_by(Case.received_at, Case.id)
    ).all()
    return tuple(
        _incident(
            one.id, local_day(one.received_at), _answers(session, vault, one.report_id, one.stub_id)
        )
        for one in cases
    )


def _answers(session: Session, vault: Vault, report_id: str, stub_id: str | None) -> Answers:
    """What it says; of one that was erased, what is counted of it and nothing else."""
    try:
        if stub_id is not None:
            return stub_answers(session, vault=vault, stub_id=stub_id)
        return report_answers(session, vault=vault, report_id=report_id)
    except Unreadable:
        return Answers()


def _incident(case_id: str, received: date, said: Answers) -> Incident:
    party = next((one.party for one in said.subjects), None)
    grounds = dict.fromkeys(GROUND[one] for one in said.grounds if one in GROUND)
    return Incident(
        id=case_id,
        received=received,
        setting=SETTING.get(said.setting, ELSEWHERE),
        role=ROLE.get(party, SOMEBODY),
        grounds=tuple(grounds),
    )

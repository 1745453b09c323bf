"""The one place where the trends read incident reports.

A report is read with the key of the desk, by the system as it makes a release, for the three
things that are counted. What was passed to a service, or to HR, or is outside the policy, is no
incident (P-RTE-2).
"""

from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.cases.rules import State
from triage.cases.tables import Case
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
    cases = session.execute(
        select(Case.id, Case.report_id, Case.received_at)
        .where(
            Case.state.not_in([one.value for one in NO_INCIDENT]),
            Case.received_at < at_clock(period.after, MIDNIGHT),
        )
        .order_by(Case.received_at, Case.id)
    ).all()
    return tuple(
        _incident(case_id, local_day(received), _answers(session, vault, report_id))
        for case_id, report_id, received in cases
    )


def _answers(session: Session, vault: Vault, report_id: str) -> Answers:
    """What it says; of one that was erased, nothing."""
    try:
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

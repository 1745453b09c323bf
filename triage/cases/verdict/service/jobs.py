"""What runs by itself once a case is decided: what was carried out is noted, what closed by the
clock is put on the record, open appeals and questions have somebody. It decides nothing (rule 1).
"""

from datetime import datetime, timedelta

from triage.cases.verdict.service.appealing import cover_appeals
from triage.cases.verdict.service.carrying import look_at_actions
from triage.cases.verdict.service.identity import cover_procedures, note_closings
from triage.core.access import SYSTEM
from triage.core.commands import Runner
from triage.core.jobs import Job


def run_verdicts(runner: Runner, at: datetime) -> int:
    """Do what is due; how much."""
    return sum(
        runner.run(SYSTEM, command)
        for command in (look_at_actions, note_closings, cover_appeals, cover_procedures)
    )


VERDICTS = Job("verdicts", timedelta(minutes=1), run_verdicts, stale_after=timedelta(minutes=10))

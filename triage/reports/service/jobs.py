"""Reports that were begun and never sent are forgotten when their time is over."""

from datetime import datetime, timedelta

from triage.core.access import SYSTEM
from triage.core.commands import Runner, Tx
from triage.core.jobs import Job
from triage.reports.form.drafts import purge_drafts


def _purge(runner: Runner, now: datetime) -> int:
    def purge(tx: Tx) -> int:
        return purge_drafts(tx.session, now=now)

    return runner.run(SYSTEM, purge)


DRAFTS = Job("drafts", timedelta(hours=1), _purge)

"""Whether what should run by itself does run."""

from datetime import UTC, datetime, timedelta

from triage.app import jobs as registered
from triage.core.jobs import JobState, look_at_jobs
from triage.core.settings import Settings
from triage.doctor.findings import Finding, Level
from triage.doctor.stored import is_ready
from triage.retention.service.purging import ERASURE

LATE = timedelta(hours=1)
"""Most jobs want a turn every minute or so. Who looks by hand may have just restarted the timer."""


def jobs(settings: Settings) -> list[Finding]:
    """The jobs that have had no good turn for long: without alarms nobody is woken, without the
    outbox no letter goes. Of the erasure, which has a day, the schedule speaks."""
    if not is_ready(settings):
        return []
    now = datetime.now(UTC)
    states = look_at_jobs(settings.url, now, registered())
    if all(one.last_run is None for one in states):
        return [Finding(Level.NOTE, "jobs", "never yet", "run: triage jobs run, by a timer")]
    late = [one.name for one in states if one.name != ERASURE.name and _is_late(one, now)]
    if not late:
        return [Finding(Level.GOOD, "jobs", f"{len(states)} run by themselves")]
    wanted = "run: triage jobs run, by a timer; triage jobs list says what failed"
    grave = Level.NOTE if settings.demo else Level.UNSAFE
    return [Finding(grave, "jobs", f"not for over an hour: {', '.join(late)}", wanted)]


def _is_late(one: JobState, now: datetime) -> bool:
    return one.red and (one.last_success is None or now - one.last_success > LATE)

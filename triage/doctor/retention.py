"""What is kept for how long, and whether the erasure has had its turn."""

from datetime import UTC, datetime, timedelta

from triage.core.settings import Settings
from triage.doctor.findings import Finding, Level
from triage.doctor.stored import is_ready
from triage.retention.service.looking import look_at_erasure

LATE = timedelta(days=2)
"""The job has its turn every day: after two, nobody runs it, or it fails."""

SCHEDULE = (
    ("unflagged", "keep_unflagged_days"),
    ("passed on", "keep_routed_days"),
    ("no action", "keep_no_action_days"),
    ("welfare", "keep_welfare_days"),
    ("noted", "keep_noted_days"),
    ("threatening", "keep_threat_days"),
    ("stubs", "keep_stub_days"),
    ("cases", "case_kept_days"),
    ("upheld, restricted", "case_kept_days_upheld"),
    ("held for the police", "police_hold_days"),
    ("backups", "keep_backup_days"),
)


def retention(settings: Settings) -> list[Finding]:
    """The schedule that is in force, line by line, and the last erasure."""
    lines = ", ".join(f"{name} {getattr(settings, field)}" for name, field in SCHEDULE)
    return [Finding(Level.GOOD, "kept, in days", lines), *_erasure(settings)]


def _erasure(settings: Settings) -> list[Finding]:
    if not is_ready(settings):
        return []
    found = look_at_erasure(settings.url)
    if found.began is None:
        return []
    now = datetime.now(UTC)
    if found.last is not None and now - found.last <= LATE:
        return [Finding(Level.GOOD, "erasure", f"done on {found.last:%Y-%m-%d}")]
    if now - found.began <= LATE:
        return [Finding(Level.NOTE, "erasure", "not yet", "a timer runs: triage jobs run")]
    said = "never" if found.last is None else f"not since {found.last:%Y-%m-%d}"
    wanted = "run: triage jobs run, by a timer; triage jobs list says what failed"
    grave = Level.NOTE if settings.demo else Level.UNSAFE
    return [Finding(grave, "erasure", said, wanted)]

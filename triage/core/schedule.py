"""How long what is kept: the retention schedule as settings (policy.md, Retention).

Each time runs from the moment that its rule names, in days, and ends a matter only where no
hold stands in its way (``core.holds``) and nothing of it is open.
"""

from pydantic import Field
from pydantic_settings import BaseSettings


class Schedule(BaseSettings):
    """Part of ``Settings``: ``TRIAGE_KEEP_…`` and what else says for how long."""

    keep_unflagged_days: int = Field(default=30, ge=7, le=366)
    """A message that nobody and nothing flagged, from when it came in."""
    keep_routed_days: int = Field(default=30, ge=7, le=366)
    """What was passed on: a message, a case, a complaint about a service (P-RTE-2)."""
    keep_no_action_days: int = Field(default=183, ge=30, le=3660)
    """A message that was looked at and needed nothing, from the decision."""
    keep_welfare_days: int = Field(default=183, ge=30, le=3660)
    """A message about somebody's welfare, from when the care for them was done."""
    keep_noted_days: int = Field(default=365, ge=30, le=3660)
    """A noted message, from the last message of the same sender that was flagged."""
    keep_threat_days: int = Field(default=730, ge=183, le=3660)
    """A threatening message, whatever came of it, from the decision."""
    keep_request_days: int = Field(default=1096, ge=183, le=3660)
    """What somebody asked about their own data, and what they were given, from its end."""
    keep_stub_days: int = Field(default=791, ge=366, le=3660)
    """What is left of an erased one, from the month in which it came: about 26 months."""
    keep_backup_days: int = Field(default=35, ge=1, le=366)
    """After this a backup's key is destroyed: nobody can read that backup any more."""
    case_kept_days: int = Field(default=183, ge=1, le=3660)
    """How long a case is kept after it ended, as the person reported is told."""
    case_kept_days_upheld: int = Field(default=730, ge=1, le=3660)
    """The same where it was upheld, and for a restriction after it ended."""
    police_hold_days: int = Field(default=183, ge=1, le=3660)
    """How long what a report to the police rests on is kept after that has ended."""

"""What the desk does with reports (``desk``), and how a step of a thread is written."""

from triage.reports.service.desk import (
    enter_for,
    incoming,
    open_report,
    publish,
    say,
    set_status,
    take_in,
    waiting,
)

__all__ = [
    "enter_for",
    "incoming",
    "open_report",
    "publish",
    "say",
    "set_status",
    "take_in",
    "waiting",
]

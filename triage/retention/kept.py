"""Everything that is kept for a time, room by room, and who is told after an erasure.

What rests on other things comes before them: a case before its messages, these before senders.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from triage.alarms.service.erasing import KEEPINGS as ALARMS
from triage.cases.verdict.service.erasing import KEEPINGS as CASES
from triage.core.commands import Runner
from triage.core.erasing import Keeping
from triage.letters.service.erasing import KEEPING as LETTERS
from triage.messages.service.erasing import KEEPINGS as MESSAGES
from triage.referrals.service.erasing import KEEPINGS as REFERRALS
from triage.restrictions.service.erasing import KEEPINGS as RESTRICTIONS
from triage.retention.service.backups import tell_backups
from triage.retention.service.senders import KEEPING as SENDERS
from triage.retention.subject.service.ending import KEEPING as REQUESTS
from triage.staff.service.erasing import KEEPINGS as STAFF

After = Callable[[Runner, datetime, Collection[str]], None]
"""Told what was erased, as often as an erasure ran: what it has dealt with already it leaves
alone. ``after(runner, at, ids)``."""

KEEPINGS: tuple[Keeping, ...] = (
    *CASES,
    *RESTRICTIONS,
    *REFERRALS,
    *MESSAGES,
    LETTERS,
    *ALARMS,
    *STAFF,
    REQUESTS,
    SENDERS,
)

AFTER: tuple[After, ...] = (tell_backups,)


def keepings() -> tuple[Keeping, ...]:
    """Every kind of thing that has an end, in the order in which they are looked at."""
    return KEEPINGS

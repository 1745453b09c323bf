"""How the outbox is doing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from triage.core.settings import Settings
from triage.notify.rules import LATE, Kind, MailState, Problem
from triage.notify.smtp import is_set_up
from triage.notify.tables import OutboxMail


@dataclass(frozen=True, slots=True)
class MailOverview:
    """Whether alerts go out. No numbers: a count that moves would tell somebody who is excluded
    from a matter that there is one. While all is well, this reads the same whatever is sent."""

    set_up: bool
    """Whether there is a mail server; without one everything waits, and nothing more is said."""
    late: bool
    """Some alert has waited for longer than it should."""
    failed: bool
    """Some alert was given up."""
    problems: tuple[Problem, ...]
    """Why, over all that is late or was given up."""

    @property
    def red(self) -> bool:
        """Whether somebody should look."""
        return not self.set_up or self.late or self.failed


def overview(
    session: Session,
    now: datetime,
    settings: Settings,
    *,
    without: frozenset[Kind] = frozenset(),
    only: Collection[str] | None = None,
) -> MailOverview:
    """Whether alerts go out, and if not, why.

    ``without`` leaves out kinds of which somebody may not know that there are any; ``only``
    looks at the mails of these causes alone.
    """
    if not is_set_up(settings):
        return MailOverview(set_up=False, late=False, failed=False, problems=())
    # A mail that was tried has been due since; one that was not, since its first turn.
    since = now - LATE
    late = (OutboxMail.state == MailState.QUEUED.value) & (
        ((OutboxMail.tries > 0) & (OutboxMail.queued_at <= since)) | (OutboxMail.next_try <= since)
    )
    failed = OutboxMail.state == MailState.FAILED.value
    looked_at = [OutboxMail.kind.not_in([one.value for one in without])]
    if only is not None:
        looked_at.append(OutboxMail.dedupe_key.in_(sorted(only)))
    codes = select(OutboxMail.problem).where(
        late | failed, *looked_at, OutboxMail.problem.is_not(None)
    )
    return MailOverview(
        set_up=True,
        late=_any(session, late, *looked_at),
        failed=_any(session, failed, *looked_at),
        problems=tuple(sorted(Problem(one) for one in session.scalars(codes.distinct()) if one)),
    )


def _any(session: Session, *where: ColumnElement[bool]) -> bool:
    return session.scalar(select(OutboxMail.id).where(*where).limit(1)) is not None


def standings(session: Session, dedupe_keys: Collection[str]) -> dict[str, frozenset[MailState]]:
    """Cause -> where its mails stand, one for each address; causes without mails are left out."""
    found: dict[str, set[MailState]] = {}
    rows = session.execute(
        select(OutboxMail.dedupe_key, OutboxMail.state).where(
            OutboxMail.dedupe_key.in_(sorted(dedupe_keys))
        )
    )
    for key, state in rows:
        found.setdefault(key, set()).add(MailState(state))
    return {key: frozenset(states) for key, states in found.items()}

"""The blind sample: a few messages a day that are reviewed with the model out of sight.

Drawn about 1:1 from below the threshold and from the low and medium bands, never from high,
welfare or unread. Each message gets the probability it had at that moment, given only what
came before it and never what it says: a sum weighted by 1/probability is then unbiased over
the messages that had a chance. A stratum whose places for the day are taken gives none (0).
"""

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.classifier.assessment import Assessment, Band, Route
from triage.core.settings import Settings
from triage.messages.tables import Message

LOOK_BACK = timedelta(days=14)
"""Or as long as unflagged mail is kept: what is erased would be missing from the figures."""


@dataclass(slots=True)
class Stratum:
    """One half of the sample: messages below the threshold, or in the low and medium bands."""

    places: int
    """Messages that may be drawn today."""
    usual: float
    """Messages on a usual day."""
    today: int
    taken: int


class Sampler:
    """Draws for the messages of one transaction, in order."""

    def __init__(
        self,
        session: Session,
        settings: Settings,
        now: datetime,
        chance: random.Random | None = None,
    ) -> None:
        self._chance = chance or secrets.SystemRandom()
        of_flagged = settings.blind_sample_per_day // 2
        self._strata = {
            True: _stratum(session, settings, now, flagged=True, places=of_flagged),
            False: _stratum(
                session,
                settings,
                now,
                flagged=False,
                places=settings.blind_sample_per_day - of_flagged,
            ),
        }

    def draw(self, assessment: Assessment) -> tuple[float, bool]:
        """(the chance this message had, whether it was drawn)."""
        if not in_frame(assessment):
            return 0.0, False
        stratum = self._strata[assessment.flagged]
        stratum.today += 1
        if stratum.taken >= stratum.places:
            return 0.0, False
        probability = min(1.0, stratum.places / max(stratum.usual, stratum.today))
        drawn = self._chance.random() < probability
        stratum.taken += drawn
        return probability, drawn


def in_frame(assessment: Assessment) -> bool:
    """High, welfare and unread items are reviewed in the open, always."""
    if assessment.unread is not None or Route.WELFARE in assessment.routes:
        return False
    return not assessment.flagged or assessment.band is not Band.HIGH


def _stratum(
    session: Session, settings: Settings, now: datetime, *, flagged: bool, places: int
) -> Stratum:
    mine = (Message.flagged == flagged, Message.unread.is_(None))
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today, taken = session.execute(
        select(func.count(), func.count().filter(Message.sampled)).where(
            Message.imported_at >= day, *mine
        )
    ).one()
    usual = float(settings.expected_messages_per_day)
    first = session.scalar(select(func.min(Message.imported_at)))
    look_back = min(LOOK_BACK, timedelta(days=settings.keep_unflagged_days))
    if first is not None and now - first >= look_back:
        recent = select(func.count()).where(Message.imported_at >= now - look_back, *mine)
        usual = (session.scalar(recent) or 0) / look_back.days
    return Stratum(places=places, usual=usual, today=today, taken=taken)

"""What was released, for who may read trends. The same for all of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check
from triage.core.errors import Invalid, NotFound
from triage.trends.frozen import Release, thaw
from triage.trends.tables import FrozenRelease, Publication


@dataclass(frozen=True, slots=True)
class Published:
    """One release: what it is known by, its tables, and that they are as they were frozen."""

    id: str
    release: Release
    data_hash: str
    code_version: str
    gate: dict[str, Any]
    made_at: datetime
    made_by: str
    published_at: datetime | None
    first_day: date
    last_day: date

    @property
    def whole(self) -> bool:
        """Whether the tables still are what was hashed."""
        return self.release.digest() == self.data_hash


def published(session: Session, *, viewer: Actor) -> tuple[Published, ...]:
    """Every published release, by its last day, whole ones alone: what was changed is not shown."""
    check(viewer, Action.READ_TRENDS)
    return tuple(one for one in _rows(session) if one.published_at is not None and one.whole)


def made(session: Session, *, viewer: Actor) -> tuple[Published, ...]:
    """Every release, published or not, for who makes them."""
    check(viewer, Action.RELEASE_TRENDS)
    return tuple(_rows(session))


def one_made(session: Session, *, viewer: Actor, period: str) -> Published:
    """The release of a period, published or not."""
    every = made(session, viewer=viewer)
    found = next((one for one in every if one.release.period.code == period), None)
    if found is None:
        raise NotFound("No release of this period has been made.")
    return found


def frozen(session: Session) -> list[Release]:
    """All tables that were ever frozen, for the gate. ``Invalid`` where any was changed."""
    found = _rows(session)
    for one in found:
        if not one.whole:
            raise Invalid(f"The release of {one.release.period.code} is not as it was frozen.")
    return [one.release for one in found]


def _rows(session: Session) -> list[Published]:
    found = session.execute(
        select(FrozenRelease, Publication.at)
        .join(Publication, Publication.release_id == FrozenRelease.id, isouter=True)
        .order_by(FrozenRelease.last_day, FrozenRelease.first_day.desc(), FrozenRelease.id)
    )
    return [_row(row, at) for row, at in found]


def _row(row: FrozenRelease, published_at: datetime | None) -> Published:
    return Published(
        id=row.id,
        release=thaw(row.data),
        data_hash=row.data_hash,
        code_version=row.code_version,
        gate=row.gate,
        made_at=row.made_at,
        made_by=row.made_by,
        published_at=published_at,
        first_day=row.first_day,
        last_day=row.last_day,
    )

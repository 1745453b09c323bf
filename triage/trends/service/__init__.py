"""Commands of the trends: making a release, publishing it, and recording what was tried."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import select

from triage import __version__
from triage.core.access import Action, Actor, check
from triage.core.commands import Runner, Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import new_id
from triage.staff.calendar import local_day
from triage.trends import incidents
from triage.trends.assurance import Check
from triage.trends.frozen import Release
from triage.trends.gate import Gate, problems
from triage.trends.protect import Protected, protect
from triage.trends.queries.counting import STEPS, gather
from triage.trends.queries.incidents import incident_counts
from triage.trends.queries.reading import frozen
from triage.trends.queries.standing import told
from triage.trends.rules import WITHHELD, Period, Span, closes, median_key
from triage.trends.tables import AssuranceCheck, FrozenRelease, Publication
from triage.trends.views import ALL, KEYS, Facts, build

MADE = (
    "This period was released already: a release is never made again. What came in late counts "
    "in the next."
)


@dataclass(frozen=True, slots=True)
class Made:
    """What came of making a release."""

    protected: Protected
    release_id: str | None
    """``None`` where the gate refused it: nothing was frozen."""


PARTS = STEPS + 2
"""Steps that ``make`` tells of: counting, the gate, freezing."""


def make(
    runner: Runner,
    actor: Actor,
    *,
    period: Period,
    step: Callable[[], None] = lambda: None,
    gate: Gate = problems,
) -> Made:
    """Freeze the tables of a closed period, once and for all; nobody reads them before they are
    published. Where the gate refuses it nothing is frozen, and the refusal is on the record.
    """
    runner.run(actor, partial(_may_make, period=period))
    with runner.database.read() as session:
        earlier = frozen(session)
        facts = gather(session, period=period, keys=runner.keys, step=step)
        reports = incident_counts(session, vault=runner.vault, period=period)
        beside = (
            ()
            if period.span is Span.MONTH
            else told(session, period=period, settings=runner.settings)
        )
    shown = incidents.views(reports, period)
    facts |= incidents.facts(reports, period)
    candidate = with_median(build(period, facts, beside, shown), facts)
    made = protect(candidate, earlier, gate)
    step()
    if made.refused:
        runner.run(actor, partial(_refused, period=period, found=len(made.refused)))
        return Made(made, None)
    known = frozenset(one.period.code for one in earlier)
    release_id = runner.run(actor, partial(_freeze, made=made, known=known))
    step()
    return Made(made, release_id)


def with_median(release: Release, facts: Facts) -> Release:
    """With the class in which the median wait lies, where that class is shown for itself."""
    table = release.table("decided_by_wait")
    if table is None:
        return release
    counts = [
        (key, facts[node].messages if (node := ("decided", "wait", key)) in facts else 0)
        for key in KEYS["decided", "wait"]
    ]
    key = median_key(counts)
    row = table.row(key) if key else None
    said = key if key and row is not None and row.shown else WITHHELD
    return Release(release.period, release.tables, (("median_wait", said), *release.facts))


def publish(tx: Tx, *, release_id: str) -> None:
    """Let everybody who reads trends read a release. It cannot be taken back."""
    tx.allow(Action.RELEASE_TRENDS)
    row = tx.session.get(FrozenRelease, release_id)
    if row is None:
        raise NotFound("There is no such release.")
    if tx.session.get(Publication, release_id) is not None:
        raise Conflict("This release is published already.")
    tx.session.add(Publication(release_id=release_id, by=tx.actor.person_id, at=tx.now))
    tx.record("release_published", None, release=release_id, period=row.period, hash=row.data_hash)


def check_again(releases: Sequence[Release], period: Period, gate: Gate = problems) -> Protected:
    """What the gate says of a frozen release beside all others, now. Nothing is changed."""
    mine = next(one for one in releases if one.period == period)
    others = [one for one in releases if one.period != period]
    return Protected(mine, refused=tuple(gate([*others, mine])))


def record_check(tx: Tx, *, kind: Check, day: date, held: bool) -> None:
    """Put on the record that something of the system was tried or reviewed, and how it went."""
    tx.allow(Action.RELEASE_TRENDS)
    if day > local_day(tx.now):
        raise Invalid("This day has not come yet.", field="day")
    tx.session.add(
        AssuranceCheck(
            kind=kind.value, day=day, held=held, by=tx.actor.person_id, recorded_at=tx.now
        )
    )
    tx.record("assurance_recorded", None, kind=kind.value, day=day.isoformat(), held=held)


def _may_make(tx: Tx, *, period: Period) -> None:
    tx.allow(Action.RELEASE_TRENDS)
    if local_day(tx.now) < closes(period):
        raise Invalid(f"A release of {period.code} can be made from {closes(period)} on.")
    taken = select(FrozenRelease.id).where(FrozenRelease.period == period.code)
    if tx.session.scalar(taken) is not None:
        raise Conflict(MADE)


def _freeze(tx: Tx, *, made: Protected, known: frozenset[str]) -> str:
    """Write it down, if no other was frozen since the gate looked."""
    release = made.release
    _may_make(tx, period=release.period)
    if set(tx.session.scalars(select(FrozenRelease.period))) != known:
        raise Conflict("Another release was made meanwhile: make this one again.")
    row = FrozenRelease(
        id=new_id(),
        period=release.period.code,
        first_day=release.period.first,
        last_day=release.period.after - date.resolution,
        data=release.plain(),
        data_hash=release.digest(),
        code_version=__version__,
        rules_version=release.rules,
        gate={
            "beside": sorted(known),
            "hidden": [f"{view}:{key}" if key != ALL else view for view, key in made.hidden],
        },
        made_by=tx.actor.person_id,
        made_at=tx.now,
    )
    tx.session.add(row)
    tx.record("release_made", None, release=row.id, period=row.period, hash=row.data_hash)
    return row.id


def _refused(tx: Tx, *, period: Period, found: int) -> None:
    check(tx.actor, Action.RELEASE_TRENDS)
    tx.record("release_refused", None, period=period.code, found=found)

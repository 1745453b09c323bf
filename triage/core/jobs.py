"""What runs by itself: idempotent jobs that rooms register, run by ``triage jobs run``.

Whether something is in force never waits for a job (lifecycles.md, rule 8). A timer calls
``run_due`` every minute or so; each job says how often it wants its turn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Index,
    Integer,
    Row,
    ScalarSelect,
    String,
    column,
    create_engine,
    delete,
    func,
    select,
    values,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from triage.core.clock import AHEAD
from triage.core.commands import Runner
from triage.core.database import Base, Database, driver_url
from triage.core.errors import NoRoom
from triage.core.ids import new_id

RED = 2
"""Misses from which a job is shown in red."""
SLACK = timedelta(seconds=30)
"""A timer is never on the dot: a turn may come this much early, or a tenth of the interval."""
KEEP = timedelta(days=30)
"""How long past runs stay listed; the last success stays for as long as it is the last."""
LOST = "Lost"
"""The error code of a run whose process ended without a word."""
STOPPED = "Stopped"
"""The error code of a run that somebody interrupted."""
LONGEST_CODE = 80
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
"""Before any run."""


class JobRun(Base):
    """One run of one job. Counts and codes alone: an error's text may hold people's data."""

    __tablename__ = "job_runs"
    __table_args__ = (Index("ix_job_runs_name_started", "name", "started"),)  # overview, due

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    running_as: Mapped[str | None] = mapped_column(unique=True)
    """The job's name while it runs, then nothing: so each runs once at a time, anywhere."""
    started: Mapped[datetime]
    ended: Mapped[datetime | None]
    ok: Mapped[bool | None]
    handled: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    """The class name of what went wrong, and nothing else of it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job: running it twice, or again after a crash, does the same as running it once."""

    name: str
    every: timedelta
    run: Callable[[Runner, datetime], int]
    """Does what is due at a moment; how many things it dealt with."""
    stale_after: timedelta = timedelta(minutes=30)
    """A run that has not ended by then is given up as lost, and the job may start again."""


class Outcome(StrEnum):
    """How a turn went."""

    DONE = "done"
    FAILED = "failed"
    BUSY = "busy"
    """Another process is at it."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One job's turn."""

    name: str
    outcome: Outcome
    handled: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class JobState:
    """How one job is doing. Nothing of what it dealt with, not even how much: a count of
    alerts would tell an excluded person that there is a case."""

    name: str
    every: timedelta
    running: bool
    last_run: datetime | None
    last_success: datetime | None
    missed: int
    """Turns in a row that it missed or that failed."""
    error: str | None
    """Code of the last failure, if the last run that ended was one."""

    @property
    def red(self) -> bool:
        """Whether somebody should look."""
        return self.missed >= RED


class _NotDue(Exception):
    """Undoes the start of a run whose turn it is not."""


def run_due(runner: Runner, registry: Sequence[Job], at: datetime) -> list[Ran]:
    """Give every job whose turn it is its turn, one after the other; what is not due is left out.

    A job that fails stops none of the others, is recorded, and is due again at the next call.
    ``at`` is the time by the runner's clock.
    """
    turns = (_take_turn(runner, job, at) for job in registry)
    return [turn for turn in turns if turn is not None]


def overview(session: Session, now: datetime, registry: Sequence[Job]) -> list[JobState]:
    """Every registered job, whether it has ever run or not, in the order of the registry."""
    found = _read(session, now, [job.name for job in registry])
    first = None
    if any(one.last_success is None for one in found):
        first = session.scalar(select(func.min(JobRun.started)))
    return [_state(job, one, now, first) for job, one in zip(registry, found, strict=True)]


def look_at_jobs(url: str, now: datetime, registry: Sequence[Job]) -> list[JobState]:
    """The overview of a database from outside; it changes nothing."""
    engine = create_engine(driver_url(url))
    try:
        with Session(engine) as session:
            return overview(session, now, registry)
    finally:
        engine.dispose()


def _take_turn(runner: Runner, job: Job, at: datetime) -> Ran | None:
    try:
        run_id = _begin(runner.database, job, at)
    except _NotDue:
        return None
    except IntegrityError:  # running_as is taken
        return Ran(job.name, Outcome.BUSY)
    except (SQLAlchemyError, NoRoom) as error:  # without the database nothing can be put down
        return Ran(job.name, Outcome.FAILED, error=_code(error))
    handled, code = 0, None
    try:
        handled = job.run(runner, at)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other jobs get their turn
        code = _code(error)
    except BaseException:
        _end(runner, job, run_id, at, 0, STOPPED)
        raise
    try:
        _end(runner, job, run_id, at, handled, code)
    except (SQLAlchemyError, NoRoom) as error:
        code = code or _code(error)
    return Ran(job.name, Outcome.FAILED if code else Outcome.DONE, handled, code)


def _begin(database: Database, job: Job, at: datetime) -> str:
    """Write the row of a new run; its id. ``IntegrityError`` where the job runs elsewhere."""

    def work(session: Session) -> str:
        running = session.scalar(
            select(JobRun).where(JobRun.running_as == job.name).with_for_update()
        )
        if running is not None and abs(at - running.started) >= job.stale_after:
            running.running_as, running.ended, running.ok, running.error = None, at, False, LOST
            session.flush()
        mine = JobRun(id=new_id(), name=job.name, running_as=job.name, started=at, handled=0)
        session.add(mine)
        session.flush()
        # Only now: no run of another process can end between this look and our own run.
        if not _due(session, job, at):
            raise _NotDue
        return mine.id

    return database.write(work)


def _due(session: Session, job: Job, at: datetime) -> bool:
    """Whether no run has succeeded within the interval. A run in the future is none of ours:
    a clock was wrong, or somebody held a drill."""
    after = at - job.every + min(SLACK, job.every / 10)
    found = select(JobRun.id).where(
        JobRun.name == job.name, JobRun.ok.is_(True), JobRun.started > after, JobRun.started <= at
    )
    return session.scalar(found.limit(1)) is None


def _end(
    runner: Runner, job: Job, run_id: str, at: datetime, handled: int, code: str | None
) -> None:
    """Put down how a run went, and clear away runs of long ago."""

    def work(session: Session) -> None:
        run = session.get(JobRun, run_id, with_for_update=True)
        if run is None or run.running_as is None:
            return  # it was given up as lost, and another may be running by now
        run.running_as, run.ended = None, max(at, runner.clock.now())
        run.ok, run.handled, run.error = code is None, handled, code
        session.flush()
        good = _last(session, JobRun.name == job.name, JobRun.ok.is_(True))
        session.execute(
            delete(JobRun).where(
                JobRun.name == job.name,
                JobRun.running_as.is_(None),
                JobRun.started < at - KEEP,
                JobRun.id != (good.id if good else ""),
            )
        )

    runner.database.write(work)


def _read(session: Session, now: datetime, names: Sequence[str]) -> Sequence[Row[Any]]:
    """How each job stands, in the order of the names. One look for all: every page asks."""
    asked = (
        values(column("place", Integer), column("name", String), name="asked")
        .data(list(enumerate(names)))
        .cte("asked")
    )
    newest, ended, good, failed = (aliased(JobRun) for _ in range(4))

    def last(*where: ColumnElement[bool]) -> ScalarSelect[str]:
        found = select(JobRun.id).where(JobRun.name == asked.c.name, *where)
        first = found.order_by(JobRun.started.desc(), JobRun.id.desc()).limit(1)
        return first.correlate(asked).scalar_subquery()

    failures = select(func.count()).where(
        failed.name == asked.c.name,
        failed.ok.is_(False),
        failed.started > func.coalesce(good.started, LONG_AGO),
    )
    found = (
        select(
            newest.running_as,
            newest.started.label("last_run"),
            ended.ok,
            ended.error,
            good.started.label("last_success"),
            failures.correlate(asked, good).scalar_subquery().label("failures"),
        )
        .select_from(asked)
        .outerjoin(newest, newest.id == last())
        .outerjoin(ended, ended.id == last(JobRun.running_as.is_(None)))
        .outerjoin(good, good.id == last(JobRun.ok.is_(True), JobRun.started <= now + AHEAD))
        .order_by(asked.c.place)
    )
    return session.execute(found).all()


def _state(job: Job, found: Row[Any], now: datetime, first: datetime | None) -> JobState:
    # A job that never succeeded is measured from when jobs began to run here at all.
    since = found.last_success or first
    return JobState(
        name=job.name,
        every=job.every,
        running=found.running_as is not None,
        last_run=found.last_run,
        last_success=found.last_success,
        missed=max(found.failures, 0 if since is None else _turns_between(since, now, job.every)),
        error=None if found.ok else found.error,
    )


def _turns_between(since: datetime, now: datetime, every: timedelta) -> int:
    """Turns that have gone by: the first is gone once ``every`` is over."""
    return max(0, -((since - now) // every) - 1)


def _last(session: Session, *where: ColumnElement[bool]) -> JobRun | None:
    newest = select(JobRun).where(*where).order_by(JobRun.started.desc(), JobRun.id.desc())
    return session.scalar(newest.limit(1))


def _code(error: BaseException) -> str:
    return type(error).__name__[:LONGEST_CODE]

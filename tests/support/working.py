"""People and machines at work on one database, in processes that may be killed at any moment.

A worker does what comes to its mind (mail comes in, somebody claims, decides, proposes, confirms;
the jobs run) and tells through a pipe what it was told is committed, and only then.
"""

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from support import cases, referring, restricting
from support.desk import Desk, address, meet
from support.mail import START, inbound
from support.scorer import ScriptedScorer
from triage.app import Triage, jobs
from triage.cases.service import handling
from triage.cases.tables import Case
from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core.access import Actor
from triage.core.crypto import KeyedHash
from triage.core.database import Database, make_engine
from triage.core.errors import TriageError
from triage.core.ids import new_id
from triage.core.jobs import run_due
from triage.core.roles import Role
from triage.core.settings import Settings
from triage.messages.queries.queue import queue_page
from triage.messages.service import flags, recipient, reveals, review, welfare
from triage.messages.tables import Message
from triage.referrals.tables import Referral
from triage.restrictions.rules import CHANNELS, SERVICES, Kind
from triage.restrictions.service import deciding, proposing, tasks
from triage.restrictions.tables import EnforcementTask, Restriction
from triage.staff.processes import Part

KEY = b"a key for tests only, and no other use"
DESK_KEY = "1:" + "5e" * 32
PACE = 600
"""So many seconds of the desk's time go by in one of ours: claims run out, alarms go round."""
REVIEWERS = ("ana", "ben", "cleo", "dora")
DECIDERS = ("dora", "edda", "dee", "dan")


@dataclass
class QuickClock:
    """Real time, faster, the same in every process that was given the same beginning."""

    began: float

    def now(self) -> datetime:
        """The moment on the desk."""
        return START + timedelta(seconds=(time.time() - self.began) * PACE)

    def move(self, by: timedelta) -> None:
        """Let that time go by."""
        time.sleep(max(0.0, by.total_seconds()) / PACE)


@dataclass(frozen=True)
class Place:
    """Where a worker works."""

    url: str
    home: str
    began: float

    def open(self) -> Triage:
        """An instance of this process' own."""
        return Triage(
            settings=Settings(
                database_url=self.url, home=Path(self.home), blind_sample_per_day=1,
                desk_key=DESK_KEY,
            ),
            database=Database(make_engine(self.url)),
            keys=KeyedHash(KEY),
            clock=QuickClock(self.began),
            given_scorer=ScriptedScorer(),
        )  # fmt: skip


def staff(desk: Desk) -> None:
    """Everybody whom it takes."""
    cases.staffed(desk)
    desk.add("edda", Role.DECIDER)
    sven = desk.add("sven", Role.SERVICE_ADMIN)
    for place in (*SERVICES, *CHANNELS):
        desk.do(desk.ada, tasks.set_scope, person_id=sven.person_id, target=place)


@dataclass
class Worker:
    """One process' day."""

    desk: Desk
    chance: random.Random
    tell: Callable[[str, str], None]
    """Say that a row, by table and id (of a step: its token), is committed."""
    count: int = 0

    def act(self) -> None:
        """One thing, chosen by chance; one of our own refusals is an answer like another."""
        names, weights = zip(*ACTS.items(), strict=True)
        with suppress(TriageError):
            self.chance.choices(names, weights)[0](self)

    def some(self, *names: str) -> Actor:
        """One of these people."""
        return self.desk.people[self.chance.choice(names)]

    def one(self, table: Any, *where: Any) -> Any:
        """Any row that there is now, or a refusal."""
        with self.desk.triage.database.read() as session:
            found = session.scalars(select(table.id).where(*where).limit(40)).all()
        if not found:
            raise TriageError("nothing there")
        return self.chance.choice(found)

    def waiting(self, who: Actor) -> str:
        """One of the first that wait for somebody: where several go, they meet."""
        page = self.desk.read(queue_page, viewer=who, now=self.desk.now)
        if not page.rows:
            raise TriageError("nothing waits")
        return str(self.chance.choice(page.rows[:6]).id)

    # -- acts

    def mail(self) -> None:
        """A few messages in one transaction; some that another process brings as well."""
        arrived = []
        for _ in range(self.chance.randint(1, 4)):
            shared = self.chance.random() < 0.3
            raw = f"shared {self.chance.randrange(400)}" if shared else new_id()
            mark = self.chance.choice(["", "[low]", "[medium]", "[high]", "[welfare]", "[empty]"])
            arrived.append(
                inbound(
                    f"{mark} words",
                    raw=raw.encode(),
                    from_address=f"writer{self.chance.randrange(5)}@example.org",
                    recipients=(address(self.chance.choice(["ana", "nobody", "team"])),),
                    message_id=f"<{raw.replace(' ', '-')}@example.org>",
                )
            )
        for receipt in self.desk.receive(*arrived):
            if receipt.message_id is not None:
                self.tell("messages", receipt.message_id)

    def review(self) -> None:
        """Claim, look, and decide, pass on, ask another, put back, or leave it lying."""
        desk, who, token = self.desk, self.some(*REVIEWERS), new_id()
        message = self.waiting(who)
        version = desk.open(who, message)
        way = self.chance.choice(["decide", "decide", "decide", "route", "ask", "back", "leave"])
        given: dict[str, Any] = {"message_id": message, "version": version, "token": token}
        if way == "decide":
            labels = self.chance.sample(list(Disposition), self.chance.randint(0, 2))
            desk.do(who, review.decide, labels=labels, severity=Severity.LOW, **given)
        elif way == "route":
            desk.do(who, review.route, to=RoutedTo.SPAM, **given)
        elif way == "ask":
            desk.do(who, review.ask_second_look, note="look", **given)
        elif way == "back":
            return desk.do(who, review.release, message_id=message, version=version)
        else:
            return None
        self.tell("message_transitions", token)
        if way == "decide" and self.chance.random() < 0.2:
            desk.do(who, review.undo, message_id=message)
        return None

    def beside(self) -> None:
        """A note, a flag, the alarm of a recipient, something taken up again."""
        who, message = self.some(*REVIEWERS), self.one(Message)
        way = self.chance.randrange(4)
        if way == 0:
            self.desk.do(who, flags.add_note, message_id=message, text="a note")
        elif way == 1:
            self.desk.do(self.desk.kit, flags.flag, message_id=message, note="odd", urgent=True)
        elif way == 2:
            self.desk.do(self.desk.ana, recipient.raise_alarm_mine, message_id=message)
        else:
            version = self.desk.version(message)
            given = {"version": version, "reason": "again", "new_evidence": True}
            self.desk.do(who, review.reopen, message_id=message, **given)

    def care(self) -> None:
        """Somebody looks after somebody's welfare."""
        who = self.some(*REVIEWERS)
        message = self.waiting(who)
        version = self.desk.open(who, message)
        self.desk.do(who, welfare.open_task, message_id=message, version=version)
        version = self.desk.version(message)
        given = {"outcome": WelfareOutcome.NOT_AT_RISK, "note": "asked and seen"}
        self.desk.do(who, welfare.finish, message_id=message, version=version, **given)

    def propose(self) -> None:
        """A restriction, by two people or in an emergency by one."""
        desk, token = self.desk, new_id()
        message = self.one(Message, Message.queued_at.is_not(None))
        draft = restricting.draft(
            desk, message, kind=self.chance.choice([Kind.CEASE_CONTACT, Kind.CHANNEL_BLOCK])
        )
        act: Any = self.chance.choice([proposing.propose, proposing.set_emergency])
        who = self.some("ana", "ben")
        if act is proposing.set_emergency:
            desk.do(who, reveals.reveal_to_act, message_id=message)
        # Not by ``desk.do``, which takes it for granted that who acts has read what they act on.
        made = desk.triage.runner.run(who, partial(act, draft=draft, token=token))
        self.tell("restrictions", made)
        self.tell("restriction_transitions", token)

    def confirm(self) -> None:
        """Somebody decides on a restriction, or works where it applies."""
        desk, token = self.desk, new_id()
        if self.chance.random() < 0.4:
            task = self.one(EnforcementTask)
            with desk.triage.database.read() as session:
                version = session.get_one(EnforcementTask, task).version
            return desk.do(desk.sven, tasks.apply, task_id=task, version=version)
        one, who = self.one(Restriction), self.some(*DECIDERS)
        restricting.see(desk, who, one)
        given: dict[str, Any] = {"restriction_id": one, "version": restricting.version(desk, one)}
        way = self.chance.choice(["approve", "approve", "decline", "lift", "withhold"])
        if way == "withhold":
            return desk.do(who, deciding.withhold_letter, reason="danger", **given)
        if way != "approve":
            given["reason"] = "so"
        desk.do(who, getattr(deciding, way), token=token, **given)
        self.tell("restriction_transitions", token)
        return None

    def report(self) -> None:
        """Somebody reports an incident."""
        self.tell("reports", cases.report(self.desk))

    def case(self) -> None:
        """Somebody takes a case, names others, or looks into it."""
        desk, one, token = self.desk, self.one(Case), new_id()
        way = self.chance.randrange(4)
        if way == 0:
            cases.take(desk, one, self.some("hal", "hope"))
        elif way == 1:
            cases.give(desk, one, Part.INVESTIGATOR, self.some("ivo", "ines"))
        elif way == 2:
            version = cases.row(desk, one).version
            desk.do(desk.hal, handling.investigate, case_id=one, version=version, token=token)
            self.tell("case_transitions", token)
        else:
            version = cases.row(desk, one).version
            given = {"service": "fixmystreet", "reason": "a pothole", "token": token}
            desk.do(desk.hal, handling.route_out, case_id=one, version=version, **given)
            self.tell("case_transitions", token)

    def police(self) -> None:
        """Something is put forward for the police, or decided against."""
        desk = self.desk
        if self.chance.random() < 0.5:
            message = self.one(Message, Message.queued_at.is_not(None))
            self.tell("referrals", referring.consider(desk, self.some("ana", "ben"), message))
            return
        one, who = self.one(Referral), self.some(*DECIDERS)
        referring.answer(desk, who, one)
        if self.chance.random() < 0.6:
            referring.no(desk, who, one)
        else:
            referring.authorise(desk, who, one)

    def jobs(self) -> None:
        """What runs by itself runs."""
        ran = run_due(self.desk.triage.runner, jobs(), self.desk.now)
        failed = [one for one in ran if one.error is not None]
        if failed:
            raise AssertionError(f"jobs failed: {failed}")


ACTS: dict[Callable[[Worker], object], int] = {
    Worker.mail: 5,
    Worker.review: 9,
    Worker.beside: 2,
    Worker.care: 1,
    Worker.propose: 2,
    Worker.confirm: 3,
    Worker.report: 1,
    Worker.case: 2,
    Worker.police: 2,
    Worker.jobs: 2,
}


def work(place: Place, seed: int, acts: int, pipe: Connection, patient: bool) -> None:
    """Work until killed, or for so many acts; ``patient``: a database that is away comes back."""
    triage = place.open()

    def tell(table: str, identifier: str) -> None:
        pipe.send_bytes(json.dumps([table, identifier]).encode())

    worker = Worker(meet(triage, triage.clock), random.Random(seed), tell)  # type: ignore[arg-type]
    for _ in range(acts):
        try:
            worker.act()
        except SQLAlchemyError as error:
            if not patient:
                tell("fault", f"{type(error).__name__}: {error}"[:600])
                break
            tell("away", type(error).__name__)
            time.sleep(0.05)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must hear of it
            if not patient or not isinstance(error, AssertionError):
                tell("fault", f"{type(error).__name__}: {error}"[:600])
                break
    tell("done", "")
    triage.close()


@dataclass
class Team:
    """Several workers at once, and what they were told is committed."""

    place: Place
    told: set[tuple[str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    away: int = 0
    done: int = 0
    _started: int = 0
    _at_work: list[tuple[Any, Connection]] = field(default_factory=list)

    def start(
        self, number: int, *, acts: int = 10**9, seed: int = 0, patient: bool = False
    ) -> None:
        """So many more workers."""
        context = get_context("forkserver")
        context.set_forkserver_preload(["support.working"])
        with _path_for_children():
            for _ in range(number):
                self._started += 1
                ours, theirs = context.Pipe(duplex=False)
                given = (self.place, seed * 1000 + self._started, acts, theirs, patient)
                process = context.Process(target=work, args=given)
                process.start()
                theirs.close()
                self._at_work.append((process, ours))

    def listen(self, seconds: float, *, at_least: int = 0, until_done: bool = False) -> None:
        """Hear what they were told, for a time; and until enough was, or all have ended."""
        begun, heard = time.monotonic(), 0
        while self._at_work:
            heard += sum(self._hear(pipe) for _, pipe in self._at_work)
            over = time.monotonic() - begun
            ended = not any(process.is_alive() for process, _ in self._at_work)
            if ended or (not until_done and over > seconds and heard >= at_least) or over > 180:
                break
            time.sleep(0.002)

    def kill(self) -> None:
        """kill -9, all of them; what they said before is heard."""
        for process, _ in self._at_work:
            if process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
        self.gather()

    def gather(self) -> None:
        """Wait for the end of all, and hear the rest."""
        for process, pipe in self._at_work:
            process.join(60)
            self._hear(pipe)
            pipe.close()
        self._at_work.clear()

    def _hear(self, pipe: Connection) -> int:
        heard = 0
        with suppress(EOFError, OSError):
            while pipe.poll():
                table, identifier = json.loads(pipe.recv_bytes())
                if table == "fault":
                    self.faults.append(identifier)
                elif table == "away":
                    self.away += 1
                elif table == "done":
                    self.done += 1
                else:
                    self.told.add((table, identifier))
                    heard += 1
        return heard


@contextmanager
def _path_for_children() -> Iterator[None]:
    """The server that makes the workers finds these tests."""
    before = os.environ.get("PYTHONPATH")
    here = str(Path(__file__).parents[1])
    os.environ["PYTHONPATH"] = here if before is None else os.pathsep.join([here, before])
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before

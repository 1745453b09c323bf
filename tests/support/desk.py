"""A desk to test on: a database, a clock that is set by hand, people, and short ways to act."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from inspect import signature
from typing import Any, TypeVar

from sqlalchemy import func, select

from support.mail import inbound
from triage.app import Triage
from triage.core.access import CONSOLE, SYSTEM, Actor
from triage.core.audit import AuditEvent, Broken, verify
from triage.core.clock import SetClock
from triage.core.commands import Runner
from triage.core.errors import TriageError
from triage.core.roles import Role
from triage.intake.inbound import InboundMessage
from triage.messages.queries.reading import Item, item
from triage.messages.rules import State, Step
from triage.messages.service import review
from triage.messages.service.children import await_decision
from triage.messages.service.importing import assess
from triage.messages.service.receive import Receipt, receive
from triage.messages.service.reveals import reveal
from triage.messages.tables import Message, MessageReveal, MessageTransition
from triage.restrictions.service.proposing import record_done, set_emergency
from triage.staff.queries import active_people, person
from triage.staff.service import add_person

T = TypeVar("T")

PEOPLE: dict[str, frozenset[Role]] = {
    "ana": frozenset({Role.REVIEWER}),
    "ben": frozenset({Role.REVIEWER}),
    "cleo": frozenset({Role.REVIEWER}),
    "dora": frozenset({Role.REVIEWER, Role.DECIDER}),
    "max": frozenset({Role.MANAGER}),
    "ada": frozenset({Role.ADMIN}),
    "kit": frozenset(),
    "gus": frozenset({Role.GUEST}),
}
"""First name -> roles. The address is ``<name>@charity.example.org``."""


@dataclass
class Desk:
    """One instance, with its people."""

    triage: Triage
    clock: SetClock
    people: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """People by their first name: ``desk.ana``."""
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    # -- people and time

    def add(self, name: str, *roles: Role) -> Actor:
        """Somebody new on the staff list."""
        person_id = self.do(
            CONSOLE, add_person, name=name.title(), email=address(name), roles=roles
        )
        with self.triage.database.read() as session:
            row = person(session, person_id)
        assert row is not None
        self.people[name] = row.actor()
        return self.people[name]

    def move(self, **span: float) -> None:
        """Let time go by."""
        self.clock.move(timedelta(**span))

    @property
    def now(self) -> datetime:
        """The time."""
        return self.clock.now()

    # -- doing and reading

    def do(self, actor: Actor, command: Callable[..., T], **given: Any) -> T:
        """Run a command as somebody; who decides has uncovered the message just before."""
        if command in (review.decide, review.route, await_decision):
            with suppress(TriageError):
                self.uncover(actor, given["message_id"])
        if command in (set_emergency, record_done):
            self.has_read(actor, *given["draft"].message_ids)
        return self.triage.runner.run(actor, partial(command, **given))

    def has_read(self, actor: Actor, *message_ids: str) -> None:
        """Somebody read these some time before; how does not matter here."""

        def read(session: Any) -> None:
            session.add_all(
                MessageReveal(
                    message_id=one,
                    person_id=actor.person_id,
                    step="full",
                    severe=False,
                    at=self.now,
                )
                for one in message_ids
                if session.get(Message, one) is not None
            )

        self.triage.database.write(read)

    def uncover(self, actor: Actor, message_id: str) -> None:
        """Somebody uncovers the whole text."""
        self.triage.runner.run(actor, partial(reveal, message_id=message_id, step=Step.FULL))

    def read(self, query: Callable[..., T], **given: Any) -> T:
        """Run a query; one that unseals is given the means to."""
        if "vault" in signature(query).parameters:
            given.setdefault("vault", self.triage.vault)
        with self.triage.database.read() as session:
            found = query(session, **given)
            session.expunge_all()
            return found

    def row(self, message_id: str) -> Message:
        """A message as it is stored."""
        with self.triage.database.read() as session:
            message = session.get_one(Message, message_id)
            session.expunge(message)
            return message

    def state(self, message_id: str) -> State:
        """Where a message stands."""
        return State(self.row(message_id).state)

    def version(self, message_id: str) -> int:
        """The version that a screen would show now."""
        return self.row(message_id).version

    def item(self, viewer: Actor, message_id: str) -> Item:
        """A message's head, as somebody sees it."""
        return self.read(item, viewer=viewer, message_id=message_id, now=self.now)

    def steps(self, message_id: str) -> list[MessageTransition]:
        """A message's transitions, in order."""
        with self.triage.database.read() as session:
            found = list(
                session.scalars(
                    select(MessageTransition)
                    .where(MessageTransition.message_id == message_id)
                    .order_by(MessageTransition.sequence)
                )
            )
            session.expunge_all()
            return found

    def reason(self, step: MessageTransition) -> str:
        """The reason of a step, unsealed."""
        with self.triage.database.read() as session:
            return self.triage.vault.open(
                session,
                owner_id=step.message_id,
                table="message_transitions",
                column="reason",
                row_id=step.id,
                sealed=step.reason,
            )

    def edges(self, message_id: str) -> list[str]:
        """The edges that a message took."""
        return [one.edge for one in self.steps(message_id)]

    def events(self, code: str | None = None, matter_id: str | None = None) -> list[AuditEvent]:
        """What stands on the record, in order."""
        wanted = select(AuditEvent).order_by(AuditEvent.link, AuditEvent.position)
        if code is not None:
            wanted = wanted.where(AuditEvent.code == code)
        if matter_id is not None:
            wanted = wanted.where(AuditEvent.matter_id == matter_id)
        with self.triage.database.read() as session:
            found = list(session.scalars(wanted))
            session.expunge_all()
            return found

    def count(self, table: Any) -> int:
        """Rows of a table."""
        with self.triage.database.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def chain(self) -> Broken | int:
        """Whether the record holds."""
        with self.triage.database.read() as session:
            return verify(session)

    # -- messages

    def receive(self, *arrived: InboundMessage, **given: Any) -> list[Receipt]:
        """Score and receive messages, in one transaction."""
        arrivals = assess(self.triage.scorer, list(arrived))
        return self.do(SYSTEM, receive, arrivals=arrivals, **given)

    def arrive(self, text: str = "[medium] words", **fields: Any) -> str:
        """One message with this text comes in; its id."""
        identifier = self.receive(inbound(text, **fields))[0].message_id
        assert identifier is not None
        return identifier

    def open(self, actor: Actor, message_id: str, *, look: float = 5) -> int:
        """Somebody opens a message and looks at it for some seconds; the version they saw."""
        version = self.do(actor, review.open_message, message_id=message_id)
        self.move(seconds=look)
        return version

    def decide(self, actor: Actor, message_id: str, *labels: Any, severity: Any = None) -> None:
        """Somebody opens a message and says what it is."""
        version = self.open(actor, message_id)
        self.do(
            actor,
            review.decide,
            message_id=message_id,
            version=version,
            labels=labels,
            severity=severity,
        )

    def ask_second_look(self, actor: Actor, message_id: str, *, concern: bool = False) -> None:
        """Somebody opens a message and asks another person."""
        version = self.open(actor, message_id)
        self.do(
            actor,
            review.ask_second_look,
            message_id=message_id,
            version=version,
            note="please look",
            particular_concern=concern,
        )


def address(name: str) -> str:
    """A person's address."""
    return f"{name}@charity.example.org"


def add_people(runner: Runner) -> None:
    """Put everybody on the staff list."""
    for name, roles in PEOPLE.items():
        given = {"name": name.title(), "email": address(name), "roles": roles}
        runner.run(CONSOLE, partial(add_person, **given))


def meet(triage: Triage, clock: SetClock) -> Desk:
    """The desk of an instance whose database has the people."""
    with triage.database.read() as session:
        rows = active_people(session)
    return Desk(triage, clock, {row.name.lower(): row.actor() for row in rows})

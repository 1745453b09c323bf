"""Queueing alerts in the caller's transaction, and sending what is due.

At least once: a process may end between handing a mail over and saying so. The mail then goes
again, under the Message-ID that it had, and the reader's mail program sees one.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Dialect, and_, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from triage.core.access import SYSTEM, Action
from triage.core.clock import AHEAD
from triage.core.commands import Runner, Tx
from triage.core.errors import Invalid, NotFound
from triage.core.ids import new_id
from triage.core.jobs import Job
from triage.core.links import sign_link
from triage.core.text import is_address
from triage.notify.rules import (
    ACKNOWLEDGE,
    LEASE,
    LINK_LASTS,
    LONGEST_WAIT,
    MOST_ADDRESSES,
    OF_THE_SERVER,
    TRIES,
    Kind,
    Lane,
    MailState,
    Problem,
    state_after,
    wait_after,
)
from triage.notify.smtp import Sender, sender_from
from triage.notify.tables import NotifyAddress, OutboxMail
from triage.notify.words import Undelivered, compose
from triage.staff.queries import person
from triage.staff.tables import Person

_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,200}")


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that this process is sending."""

    id: str
    lease: str
    kind: Kind
    lane: Lane | None
    address: str
    message_id: str
    link_id: str | None


def queue_mail(
    tx: Tx,
    *,
    kind: Kind,
    dedupe_key: str,
    to_person_id: str | None = None,
    address: str | None = None,
    lane: str | None = None,
    not_before: datetime | None = None,
    link_id: str | None = None,
) -> bool:
    """Put an alert into the outbox: it goes if the caller's transaction commits, else never.

    To a person (all their addresses) or to an address. ``dedupe_key`` says what it is about, in
    ids and codes: with the same key nothing is queued again, and the answer is ``False``. With a
    ``link_id`` the mail carries a signed link for it, made as the mail goes. The
    caller's command has checked access, and puts on the record what was done, on its own matter.
    """
    if (to_person_id is None) == (address is None):
        raise Invalid("An alert goes to a person or to an address: to one of them.")
    if not _KEY.fullmatch(dedupe_key):
        raise Invalid("A key for an alert is made of ids and codes.", field="dedupe_key")
    if address is not None and not is_address(address):
        raise Invalid(ENTER_AN_ADDRESS, field="address")
    if lane is not None and lane not in list(Lane):
        raise Invalid("There is no such lane.", field="lane")
    common = {
        "kind": Kind(kind).value,
        "lane": None if lane is None else Lane(lane).value,
        "person_id": to_person_id,
        "address": address,
        "dedupe_key": dedupe_key,
        "link_id": link_id,
        "queued_at": tx.now,
        "next_try": max(tx.now, not_before or tx.now),
        "state": MailState.QUEUED.value,
        "tries": 0,
    }
    # The account's own address comes first: where that is known already, so is the cause.
    if not _insert(tx.session, {**common, "id": new_id(), "position": 0}):
        return False
    if to_person_id is not None:
        for one in further_addresses(tx.session, to_person_id):
            _insert(tx.session, {**common, "id": new_id(), "position": one.position})
    return True


def forget_mail(tx: Tx, *, matter_id: str) -> None:
    """The matter was erased: no mail, gone or still to go, says any more that it was of it."""
    tx.session.execute(delete(OutboxMail).where(OutboxMail.dedupe_key.contains(matter_id)))


def withdraw_mail(tx: Tx, dedupe_keys: Collection[str]) -> None:
    """Take back what nobody is sending yet: its cause is no more."""
    if dedupe_keys:
        tx.session.execute(
            delete(OutboxMail).where(
                OutboxMail.dedupe_key.in_(sorted(dedupe_keys)),
                OutboxMail.state == MailState.QUEUED.value,
                OutboxMail.lease.is_(None),
            )
        )


def set_addresses(tx: Tx, *, person_id: str, addresses: Sequence[str]) -> None:
    """Say where else somebody's alerts go: their own doing, or that of who keeps the staff list."""
    if tx.actor.person_id != person_id:
        tx.allow(Action.MANAGE_STAFF)
    someone = tx.session.get(Person, person_id)
    if someone is None:
        raise NotFound("This account does not exist.")
    wanted = list(dict.fromkeys(one.strip() for one in addresses))
    if len(wanted) > MOST_ADDRESSES:
        raise Invalid(f"At most {MOST_ADDRESSES} further addresses.", field="addresses")
    if not all(is_address(one) for one in wanted):
        raise Invalid(ENTER_AN_ADDRESS, field="addresses")
    if someone.email in {one.lower() for one in wanted}:
        raise Invalid("Alerts go to the address of the account already.", field="addresses")
    tx.session.execute(delete(NotifyAddress).where(NotifyAddress.person_id == person_id))
    tx.session.add_all(
        NotifyAddress(person_id=person_id, position=position, address=one)
        for position, one in enumerate(wanted, start=1)
    )
    tx.record("alert_addresses_set", person_id, number=len(wanted))


ENTER_AN_ADDRESS = "Enter an e-mail address, like name@example.org."


def further_addresses(session: Session, person_id: str) -> list[NotifyAddress]:
    """Somebody's addresses for alerts beside their account's, in order."""
    found = select(NotifyAddress).where(NotifyAddress.person_id == person_id)
    return list(session.scalars(found.order_by(NotifyAddress.position)))


def deliver_due(runner: Runner, now: datetime, sender: Sender) -> int:
    """Send what is due, oldest first, each mail by one process alone; how many were taken.

    Where the trouble is the server's and no mail's own, the rest waits for the next turn.
    """
    sent = 0
    while mail := runner.run(SYSTEM, partial(_take, now=now, sender=sender.address)):
        problem = _send(runner, sender, mail)
        runner.run(SYSTEM, partial(_put_down, mail=mail, problem=problem, now=now))
        if problem is None:
            sent += 1
        elif problem in OF_THE_SERVER:
            break
    return sent


def send_outbox(runner: Runner, at: datetime) -> int:
    """The job: without a mail server in the settings everything stays in the outbox."""
    sender = sender_from(runner.settings)
    return 0 if sender is None else deliver_due(runner, at, sender)


OUTBOX = Job("outbox", timedelta(minutes=1), send_outbox, stale_after=timedelta(minutes=15))


def _send(runner: Runner, sender: Sender, mail: Taken) -> Problem | None:
    try:
        sender.send(
            compose(
                kind=mail.kind,
                lane=mail.lane,
                desk_url=runner.settings.public_url,
                sender=sender.address,
                to=mail.address,
                message_id=mail.message_id,
                at=runner.clock.now(),
                token=_token(runner, mail),
            )
        )
    except Undelivered as error:
        return error.problem
    return None


def _token(runner: Runner, mail: Taken) -> str | None:
    if mail.link_id is None:
        return None
    until = runner.clock.now() + LINK_LASTS
    return sign_link(runner.keys, purpose=ACKNOWLEDGE, subject=mail.link_id, expires=until)


def _take(tx: Tx, *, now: datetime, sender: str) -> Taken | None:
    """Take the next mail that is due and that nobody is sending, for the length of a lease."""
    tx.allow(Action.RUN_JOBS)
    due = (
        select(OutboxMail)
        .where(
            OutboxMail.state == MailState.QUEUED.value,
            or_(
                OutboxMail.next_try <= now,
                # What a wrong clock put down does not wait until the right one is there.
                OutboxMail.queued_at > now + AHEAD,
                and_(OutboxMail.tries > 0, OutboxMail.next_try > now + LONGEST_WAIT + AHEAD),
            ),
            or_(
                OutboxMail.leased_until.is_(None),
                OutboxMail.leased_until <= tx.now,
                OutboxMail.leased_until > tx.now + LEASE + AHEAD,
            ),
        )
        .order_by(OutboxMail.next_try, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while (mail := tx.session.scalar(due)) is not None:
        address = _address(tx.session, mail)
        if address is None or mail.tries >= TRIES:
            mail.problem = (Problem.NO_ADDRESS if address is None else Problem.LEFT).value
            mail.state, mail.lease, mail.leased_until = MailState.FAILED.value, None, None
            tx.session.flush()
            continue
        if mail.lease is not None:  # whoever took it has ended without a word
            mail.problem = Problem.LEFT.value
        mail.tries += 1
        mail.lease, mail.leased_until = new_id(), tx.now + LEASE
        mail.message_id = mail.message_id or f"<{new_id()}@{sender.rpartition('@')[2]}>".lower()
        lane = None if mail.lane is None else Lane(mail.lane)
        return Taken(
            mail.id, mail.lease, Kind(mail.kind), lane, address, mail.message_id, mail.link_id
        )
    return None


def _put_down(tx: Tx, *, mail: Taken, problem: Problem | None, now: datetime) -> None:
    """Say how it went. A process that was slower than its lease may still say that it went."""
    tx.allow(Action.RUN_JOBS)
    row = tx.session.get_one(OutboxMail, mail.id, with_for_update=True)
    if problem is None:
        row.state, row.sent_at, row.problem, row.address = MailState.SENT.value, tx.now, None, None
    elif row.lease != mail.lease:
        return
    else:
        row.state = state_after(row.tries, problem).value
        row.problem = problem.value
        row.next_try = max(now, tx.now) + wait_after(row.tries)
    row.lease = row.leased_until = None


def _address(session: Session, mail: OutboxMail) -> str | None:
    """Where a mail goes as things stand now; nowhere once the account is closed."""
    if mail.person_id is None:
        return mail.address
    someone = person(session, mail.person_id)
    if someone is None or mail.position == 0:
        return None if someone is None else someone.email
    further = session.get(NotifyAddress, (mail.person_id, mail.position))
    return None if further is None else further.address


def _insert(session: Session, row: dict[str, object]) -> bool:
    """Add a row unless its key is there; two at once do not break each other's transaction."""
    dialect: Dialect = session.get_bind().dialect
    make = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement = make(OutboxMail).values(**row).on_conflict_do_nothing()
    return session.scalar(statement.returning(OutboxMail.id)) is not None

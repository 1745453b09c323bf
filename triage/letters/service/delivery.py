"""Handing letters over to the mail server, as alerts are: at least once, under one Message-ID."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import or_, select

from triage.core.access import SYSTEM, Action
from triage.core.commands import Runner, Tx
from triage.core.errors import NotAllowed, Unreadable
from triage.core.ids import new_id
from triage.core.jobs import Job
from triage.letters.preview import Preview, compose
from triage.letters.rules import Edge, State
from triage.letters.service.sending import hidden_address, leave
from triage.letters.service.stepping import check_cease, hash_of, load, preview, step
from triage.letters.tables import Letter, LetterMail
from triage.notify.rules import (
    LEASE,
    OF_THE_SERVER,
    TRIES,
    MailState,
    Problem,
    state_after,
    wait_after,
)
from triage.notify.smtp import Sender, sender_from
from triage.notify.words import Undelivered


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter that this process is handing over."""

    id: str
    lease: str
    shown: Preview
    message_id: str


def deliver_letters(runner: Runner, now: datetime, sender: Sender) -> int:
    """Hand over what is due, oldest first, each by one process alone; how many were taken.

    Where the trouble is the server's and no letter's own, the rest waits for the next turn.
    """
    sent = 0
    while mail := runner.run(SYSTEM, partial(_take, now=now)):
        problem = _send(runner, sender, mail)
        runner.run(SYSTEM, partial(_put_down, mail=mail, problem=problem, now=now))
        if problem is None:
            sent += 1
        elif problem in OF_THE_SERVER:
            break
    return sent


def send_letters(runner: Runner, at: datetime) -> int:
    """The job: without a mail server in the settings every letter waits, or is copied out."""
    ours = runner.settings
    sender = sender_from(ours.model_copy(update={"smtp_from": ours.letter_from or ours.smtp_from}))
    return 0 if sender is None else deliver_letters(runner, at, sender)


CHANGED = "changed"
"""A problem of our own: what is stored is not what was approved, or does not open."""
CEASED = "ceased"
"""Cease contact came into force while it waited."""

LETTERS = Job("letters", timedelta(minutes=1), send_letters, stale_after=timedelta(minutes=15))


def _send(runner: Runner, sender: Sender, mail: Taken) -> Problem | None:
    try:
        sender.send(compose(mail.shown, message_id=mail.message_id, at=runner.clock.now()))
    except Undelivered as error:
        return error.problem
    return None


def _take(tx: Tx, *, now: datetime) -> Taken | None:
    """Take the next letter that is due and that nobody is handing over, for a lease."""
    tx.allow(Action.RUN_JOBS)
    due = (
        select(LetterMail)
        .where(
            LetterMail.state == MailState.QUEUED.value,
            LetterMail.next_try <= now,
            or_(LetterMail.leased_until.is_(None), LetterMail.leased_until <= tx.now),
        )
        .order_by(LetterMail.next_try, LetterMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while (mail := tx.session.scalar(due)) is not None:
        letter = load(tx, mail.letter_id)
        shown = _unchanged(tx, letter)
        if shown is None or mail.tries >= TRIES:
            _give_up(tx, letter, mail, CHANGED if shown is None else Problem.LEFT.value)
            continue
        if _ceased(tx, letter, shown):
            _give_up(tx, letter, mail, CEASED)
            continue
        if letter.to_report_id is not None:
            shown = replace(shown, to=hidden_address(tx, letter))  # from here to the mail alone
            if not shown.to:
                _give_up(tx, letter, mail, Problem.BAD_ADDRESS.value)
                continue
        if mail.lease is not None:  # whoever took it has ended without a word
            mail.problem = Problem.LEFT.value
        mail.tries += 1
        mail.lease, mail.leased_until = new_id(), tx.now + LEASE
        host = shown.sender.rpartition("@")[2]
        mail.message_id = mail.message_id or f"<{new_id()}@{host}>".lower()
        return Taken(mail.id, mail.lease, shown, mail.message_id)
    return None


def _unchanged(tx: Tx, letter: Letter) -> Preview | None:
    """The letter, if it is still the text that was approved: nothing else ever goes."""
    try:
        shown = preview(tx, letter)
    except Unreadable:
        return None
    return shown if letter.approved_hash == hash_of(tx, shown) else None


def _ceased(tx: Tx, letter: Letter, shown: Preview) -> bool:
    """P-MSG-4: whether cease contact came into force while the letter waited to go."""
    try:
        check_cease(tx, letter, shown.to)
    except NotAllowed:
        return True
    return False


def _put_down(tx: Tx, *, mail: Taken, problem: Problem | None, now: datetime) -> None:
    """Say how it went. A process that was slower than its lease may still say that it went."""
    tx.allow(Action.RUN_JOBS)
    row = tx.session.get_one(LetterMail, mail.id, with_for_update=True)
    if problem is None:
        if row.state == MailState.SENT.value:
            return
        row.state, row.sent_at, row.problem = MailState.SENT.value, tx.now, None
        _went(tx, load(tx, row.letter_id), row)
    elif row.lease != mail.lease:
        return
    else:
        row.problem = problem.value
        row.next_try = max(now, tx.now) + wait_after(row.tries)
        if state_after(row.tries, problem) is MailState.FAILED:
            _give_up(tx, load(tx, row.letter_id), row, problem.value)
    row.lease = row.leased_until = None


def _went(tx: Tx, letter: Letter, mail: LetterMail) -> None:
    """The server took it. Who was slower than a colleague that gave the letter up, or wrote it
    anew, leaves on the record that this text went all the same."""
    waits = State(letter.state) in {State.QUEUED, State.READY}
    if not waits or letter.approved_hash != mail.text_hash:
        tx.record("letter_went_late", letter.matter_id, letter=letter.id, kind=letter.kind)
        return
    leave(tx, letter, Edge.HAND_OVER, tx.now)


def _give_up(tx: Tx, letter: Letter, mail: LetterMail, problem: str) -> None:
    """Back to the people: they send it again, or copy it out."""
    mail.state, mail.problem = MailState.FAILED.value, problem
    mail.lease = mail.leased_until = None
    step(tx, letter, Edge.GIVE_UP)

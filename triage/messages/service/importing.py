"""From files to the queue: read, parse, score, receive, a batch at a time.

A batch is one transaction: killed in the middle, it has happened or it has not, and running
the import again completes it. Memory is bounded by the batch, not by the folder.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from triage.classifier.assessment import Assessment, Scorer, Unread
from triage.core.access import SYSTEM, Action
from triage.core.commands import Runner, Tx
from triage.core.errors import Invalid
from triage.core.text import storable
from triage.intake.inbound import InboundMessage, ParseStatus, RawMail, Unreadable
from triage.intake.ours import ours_of
from triage.intake.parser import MailParser
from triage.intake.sources import MAIL_ALONE, Reading, read_paths
from triage.messages.service.keeping import came_to
from triage.messages.service.receive import (
    Receipt,
    attached_text,
    below_text,
    known,
    own_text,
    raw_hash,
    receive,
)
from triage.messages.service.weighing import Arrival, suspected
from triage.messages.tables import ImportRun
from triage.staff.queries import people_at
from triage.staff.queries.volunteers import volunteers_at

BATCH_MESSAGES = 100
BATCH_BYTES = 8 * 1024 * 1024
MOST_LISTED = 1000
"""Unreadable files that are listed one by one; beyond that they are counted."""

Parse = Callable[[RawMail], InboundMessage]
"""Reads one mail: ``MailParser.parse``, or something around it."""

Progress = Callable[[int], None]
"""Told how many bytes of mail have been dealt with since the last call."""


@dataclass(slots=True)
class ImportResult:
    """What an import brought."""

    new: int = 0
    known: int = 0
    quarantined: int = 0
    """Of the new ones."""
    queued: int = 0
    """Of the new ones. A dry run counts what the model alone would put there."""
    unreadable: int = 0
    listed: list[Unreadable] = field(default_factory=list)
    """The first of the unreadable files, with reasons."""

    def list_unread(self, one: Unreadable) -> None:
        """Count something that could not be read; the first of them are listed."""
        self.unreadable += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append(one)


def import_mail(
    runner: Runner,
    scorer: Scorer,
    paths: Sequence[Path],
    *,
    service: str | None = None,
    recipients: Sequence[str] = (),
    dry_run: bool = False,
    progress: Progress | None = None,
    how: Reading = MAIL_ALONE,
    parser: MailParser | None = None,
) -> ImportResult:
    """Import files and folders of mail; what is known already is counted and left alone.

    ``how`` says whether tables are read too, and what their columns hold. Who imports often
    lends a ``parser``, and closes it.

    ``recipients`` are addresses of staff to whom these came, beside those the mail names:
    they will not review it (F17). An address of nobody on the list is refused.
    """
    recipient_ids = check_recipients(runner, recipients)
    result = ImportResult()
    mail = read_paths(paths, how)
    run_id = None if dry_run else runner.run(SYSTEM, begin_run)
    ours = ours_of(runner.settings)
    with MailParser() if parser is None else nullcontext(parser) as reader:

        def parse(one: RawMail) -> InboundMessage:
            return reader.parse(one, ours)

        for batch in _batches(mail, result):
            if dry_run:
                fresh, _ = _fresh(runner, batch, result)
                _count_dry(result, assess(scorer, [parse(one) for one in fresh]))
            else:
                bring_in(
                    runner,
                    scorer,
                    parse,
                    batch,
                    result,
                    service=service,
                    recipient_ids=recipient_ids,
                )
            if progress is not None:
                progress(sum(len(one.data) for one in batch))
    if run_id is not None:
        runner.run(SYSTEM, partial(end_run, run_id=run_id, result=result))
    return result


def bring_in(
    runner: Runner,
    scorer: Scorer,
    parse: Parse,
    batch: Sequence[RawMail],
    result: ImportResult,
    *,
    service: str | None = None,
    recipient_ids: tuple[str, ...] = (),
    also: Callable[[Tx], None] | None = None,
) -> None:
    """Receive one batch, in one transaction; ``also`` is done in the same, whatever is in it.

    Of what is known already only the recipients count: it came to these people as well (F17).
    """
    fresh, seen = _fresh(runner, batch, result)
    arrivals = assess(scorer, [parse(one) for one in fresh])

    def keep(tx: Tx) -> list[Receipt]:
        receipts: list[Receipt] = []
        if arrivals:
            receipts = receive(tx, arrivals, service=service, recipient_ids=recipient_ids)
        faster = [
            raw_hash(tx.keys, arrival.message.sha256)
            for arrival, receipt in zip(arrivals, receipts, strict=True)
            if receipt.message_id is None
        ]
        if recipient_ids and (seen or faster):
            came_to(tx, [*seen, *faster], recipient_ids)
        if also is not None:
            also(tx)
        return receipts

    if arrivals or also is not None or (seen and recipient_ids):
        _count(arrivals, runner.run(SYSTEM, keep), result)


def assess(scorer: Scorer, messages: list[InboundMessage]) -> list[Arrival]:
    """Score what each sender wrote, and apart from it what stands below or is attached."""
    texts = [(below_text(one), attached_text(one)) for one in messages]
    beside = [one for both in texts for one in both if one]
    scored = iter(scorer.score([own_text(one) for one in messages] + beside))
    owns = [
        _with_body(one, "".join(both), next(scored))
        for one, both in zip(messages, texts, strict=True)
    ]
    return [
        Arrival(message, own, *(next(scored) if one else None for one in both))
        for message, own, both in zip(messages, owns, texts, strict=True)
    ]


def _with_body(message: InboundMessage, rest: str, own: Assessment) -> Assessment:
    """A mail that is a subject and nothing else, or a picture, is unread: people look at it."""
    if message.written.strip() or rest.strip() or own.unread is not None:
        return own
    unread = Unread.NOT_TEXT if message.attachments else Unread.EMPTY
    return replace(own, unread=unread, flagged=True)


def _batches(mail: Iterable[RawMail | Unreadable], result: ImportResult) -> Iterator[list[RawMail]]:
    """Mail in batches of bounded number and size; what cannot be read goes on the list."""
    batch: list[RawMail] = []
    size = 0
    for one in mail:
        if isinstance(one, Unreadable):
            result.list_unread(one)
            continue
        if batch and size + len(one.data) > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one.data)
        if len(batch) >= BATCH_MESSAGES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _fresh(
    runner: Runner, batch: Sequence[RawMail], result: ImportResult
) -> tuple[list[RawMail], list[str]]:
    """Those not received before, each once, and the hashes of the others: known mail is neither
    parsed nor scored again."""
    by_hash: dict[str, RawMail] = {}
    for one in batch:
        by_hash.setdefault(raw_hash(runner.keys, sha256(one.data).hexdigest()), one)
    with runner.database.read() as session:
        seen = known(session, list(by_hash))
    fresh = [one for digest, one in by_hash.items() if digest not in seen]
    result.known += len(batch) - len(fresh)
    return fresh, sorted(seen)


def _count(arrivals: list[Arrival], receipts: list[Receipt], result: ImportResult) -> None:
    for arrival, receipt in zip(arrivals, receipts, strict=True):
        if receipt.message_id is None:  # another import was faster
            result.known += 1
            continue
        result.new += 1
        result.queued += receipt.queued
        result.quarantined += arrival.message.parse_status is ParseStatus.QUARANTINED


def _count_dry(result: ImportResult, arrivals: list[Arrival]) -> None:
    for arrival in arrivals:
        quarantined = arrival.message.parse_status is ParseStatus.QUARANTINED
        result.new += 1
        result.quarantined += quarantined
        result.queued += suspected(arrival) or quarantined


def check_recipients(runner: Runner, recipients: Sequence[str]) -> tuple[str, ...]:
    """Who these addresses of staff or volunteers belong to; Invalid where one is nobody's."""
    wanted = [one.strip().lower() for one in recipients]
    with runner.database.read() as session:
        found = volunteers_at(session, wanted) | people_at(session, wanted)
    for one in wanted:
        if one not in found:
            raise Invalid(f"Nobody on the staff list has the address {one}.", field="recipient")
    return tuple(found.values())


def begin_run(tx: Tx) -> str:
    """An import begins; its id."""
    tx.allow(Action.RECEIVE)
    run = ImportRun(started_at=tx.now, new=0, known=0, quarantined=0, unreadable=[])
    tx.session.add(run)
    tx.session.flush()
    return run.id


def end_run(tx: Tx, *, run_id: str, result: ImportResult) -> None:
    """An import ends: what it brought, and what could not be read."""
    tx.allow(Action.RECEIVE)
    run = tx.session.get_one(ImportRun, run_id)
    run.ended_at = tx.now
    run.new, run.known, run.quarantined = result.new, result.known, result.quarantined
    run.unreadable = [
        {"source": storable(one.source), "reason": one.reason} for one in result.listed
    ]
    tx.record(
        "imported",
        None,
        new=result.new,
        known=result.known,
        quarantined=result.quarantined,
        unreadable=result.unreadable,
    )

"""One look into one folder: what is new in it is brought in, each message once.

A batch and the place up to which it reaches are one transaction: cut off or killed at any point,
both are there or neither. Where a folder is read twice all the same (its numbers became void,
two processes read it), what is known is known by its hash.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from triage.classifier.assessment import Scorer
from triage.core.access import SYSTEM
from triage.core.commands import Runner, Tx
from triage.core.mailboxes import FromMode, Mailbox
from triage.intake import service as cursors
from triage.intake.charsets import clean_line
from triage.intake.imap import Failed, ImapSession
from triage.intake.inbound import InboundMessage, RawMail, Unreadable
from triage.intake.limits import MAX_KEPT_BYTES
from triage.intake.mbox import cut_note
from triage.intake.ours import ours_of
from triage.intake.parser import MailParser
from triage.intake.reply_to import from_reply_to
from triage.intake.rules import LEAVE_AFTER, Problem, at_once
from triage.messages.service.importing import (
    BATCH_BYTES,
    ImportResult,
    begin_run,
    bring_in,
    end_run,
)

T = TypeVar("T")
NOT_FETCHED = "the server does not hand it out; it is tried again"
EMPTY = "an empty message"


class Interrupted(Exception):
    """Somebody asked to stop; what was received is kept, the rest waits."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all mailboxes of a process use together."""

    runner: Runner
    scorer: Scorer
    parser: MailParser
    lock: threading.Lock = field(default_factory=threading.Lock)
    """One batch at a time is read, scored and received: memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one message that was asked for."""

    uid: int
    data: bytes | None = None
    size: int = 0
    """In bytes, as the server says; ``data`` of a very large one is its beginning."""
    refused: bool = False
    """It is there, and does not come. Neither data nor refused: it has been deleted."""


def read_some(session: ImapSession, uids: Sequence[int]) -> Iterator[list[Fetched]]:
    """These messages in their order, in groups of bounded size in memory."""
    sizes = session.sizes(uids)
    group: list[int] = []
    for uid in uids:
        size = sizes.get(uid)
        alone = size is None or size > BATCH_BYTES
        if group and (alone or sum(sizes[one] for one in group) + (size or 0) > BATCH_BYTES):
            yield _together(session, group, sizes)
            group = []
        if alone:
            yield [read_one(session, uid, size or 0)]
        else:
            group.append(uid)
    if group:
        yield _together(session, group, sizes)


def read_one(session: ImapSession, uid: int, size: int = 0) -> Fetched:
    """One message, by itself."""
    data = session.beginning(uid)
    if data is not None:
        if len(data) == MAX_KEPT_BYTES:
            size = size or session.sizes([uid]).get(uid, 0)
        return Fetched(uid, data, max(size, len(data)))
    return Fetched(uid, refused=session.is_there(uid))


def _together(session: ImapSession, uids: Sequence[int], sizes: dict[int, int]) -> list[Fetched]:
    found = session.bodies(uids, sum(sizes[one] for one in uids))
    return [
        Fetched(uid, found[uid], len(found[uid])) if uid in found else read_one(session, uid)
        for uid in uids
    ]


def look_into(
    shared: Shared,
    session: ImapSession,
    box: Mailbox,
    folder: str,
    *,
    recipient_ids: tuple[str, ...],
    stop: threading.Event,
    moved: Callable[[], None] = lambda: None,
) -> ImportResult:
    """Bring in all that is new in a folder. ``Failed`` and ``Interrupted`` leave what came before
    them received, and the rest for the next look; ``moved`` is told of each step."""
    place = cursors.place_of(shared.runner.keys, box, folder)
    validity = session.examine(folder)
    run = partial(shared.runner.run, SYSTEM)
    cursor = run(partial(cursors.open_folder, place=place, uidvalidity=validity))
    intake = _Intake(shared, box, folder, cursor, recipient_ids, moved)
    try:
        try:
            _read_new(intake, session, stop)
        except Failed as failure:
            if failure.problem in {Problem.CUT_OFF, Problem.NOT_UNDERSTOOD} and not stop.is_set():
                alone = intake.asked == 1
                run(partial(cursors.cut_off, cursor=cursor, alone=alone))
            raise
        for uid in cursor.due:
            _go_on(stop)
            run(partial(cursors.tried, cursor=cursor, uid=uid))
            intake.keep_late(read_one(session, uid))
    finally:
        intake.end()
    return intake.result


def _read_new(intake: "_Intake", session: ImapSession, stop: threading.Event) -> None:
    cuts = intake.cursor.cuts
    uids = session.uids_after(intake.cursor.last_uid)
    if uids and cuts >= LEAVE_AFTER:
        intake.keep([Fetched(uids.pop(0), refused=True)])
        cuts = 0
    while uids:
        _go_on(stop)
        some = uids[: at_once(cuts, len(uids))]
        del uids[: len(some)]
        intake.asked = len(some)
        for group in read_some(session, some):
            intake.keep(group)
            _go_on(stop)
        cuts = 0


def _go_on(stop: threading.Event) -> None:
    if stop.is_set():
        raise Interrupted


@dataclass
class _Intake:
    """What one look brings in, as one import: begun when there is something to tell of."""

    shared: Shared
    box: Mailbox
    folder: str
    cursor: cursors.Cursor
    recipient_ids: tuple[str, ...]
    moved: Callable[[], None]
    result: ImportResult = field(default_factory=ImportResult)
    run_id: str | None = None
    asked: int = 0
    """How many messages were asked for at once."""

    def keep(self, group: Sequence[Fetched]) -> None:
        """Receive a group and move on, in one transaction."""
        left = [one.uid for one in group if one.refused]
        self._bring(
            group,
            partial(cursors.advance, cursor=self.cursor, last_uid=group[-1].uid, left=left),
        )
        if len(left) < len(group):
            self.moved()
        for uid in left:
            self._list(uid, NOT_FETCHED)

    def keep_late(self, one: Fetched) -> None:
        """Receive a message that could not be fetched before; one that has gone is forgotten."""
        if not one.refused:
            self._bring([one], partial(cursors.settled, cursor=self.cursor, uid=one.uid))

    def end(self) -> None:
        """Put down what this look brought."""
        if self.run_id is not None:
            self._run(partial(end_run, run_id=self.run_id, result=self.result))

    def _bring(self, group: Sequence[Fetched], also: Callable[[Tx], None]) -> None:
        if self.run_id is None and any(one.data is not None or one.refused for one in group):
            self.run_id = self._run(begin_run)
        mail = [self._raw(one, one.data) for one in group if one.data]
        with self.shared.lock:
            bring_in(
                self.shared.runner,
                self.shared.scorer,
                self._parse,
                mail,
                self.result,
                service=self.box.service,
                recipient_ids=self.recipient_ids,
                also=also,
            )
        for one in group:
            if one.data == b"":
                self._list(one.uid, EMPTY)

    def _raw(self, one: Fetched, data: bytes) -> RawMail:
        note = cut_note(one.size) if one.size > len(data) == MAX_KEPT_BYTES else ""
        return RawMail(data, self._source(one.uid) + note)

    def _parse(self, raw: RawMail) -> InboundMessage:
        read = self.shared.parser.parse(raw, ours_of(self.shared.runner.settings))
        return from_reply_to(read) if self.box.from_mode is FromMode.REPLY_TO else read

    def _list(self, uid: int, reason: str) -> None:
        self.result.list_unread(Unreadable(self._source(uid), reason))

    def _source(self, uid: int) -> str:
        return clean_line(f"mailbox {self.box.name}, {self.folder}, message {uid}")

    def _run(self, command: Callable[[Tx], T]) -> T:
        return self.shared.runner.run(SYSTEM, command)

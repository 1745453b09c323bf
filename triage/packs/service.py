"""Building a pack: what was shown is written, and that it was stands on the record."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import IO

from triage.core.access import Action, Actor
from triage.core.commands import Runner, Tx
from triage.core.errors import Conflict
from triage.packs.bag import PIECE, write_bag
from triage.packs.queries import PACK_BUILT, planned, rests_on


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is. ``sha256`` of the whole file comes with the last, when it is recorded."""

    done: int
    of: int
    sha256: str | None = None


def build(
    runner: Runner,
    actor: Actor,
    *,
    matter_id: str,
    digest: str,
    target: IO[bytes],
    leave_out: Mapping[str, str] | None = None,
) -> Iterator[Progress]:
    """Write a pack to ``target`` (a temporary file), as its preview with this digest shows it.

    ``Conflict`` where anything has changed since. Nobody is to be given the file before the
    iterator has ended: only then does the record say that it exists.
    """
    runner.run(actor, partial(_check, matter_id=matter_id))
    with runner.database.read() as session:
        made = planned(session, viewer=actor, matter_id=matter_id, leave_out=leave_out)
        shown = made.preview
        if shown.digest != digest:
            raise Conflict("This has changed since you looked at it: look at the list again.")
        yield Progress(0, shown.size)
        for done in write_bag(target, shown.name, made.members, made.info):
            yield Progress(done, shown.size)
    whole = _hash(target)
    record = partial(
        _record,
        matter_id=matter_id,
        message_ids=shown.message_ids,
        sha256=whole,
        size=target.tell(),
        items=len(shown.items),
        left_out=len(leave_out or {}),
    )
    runner.run(actor, record)
    yield Progress(shown.size, shown.size, whole)


def _check(tx: Tx, *, matter_id: str) -> None:
    """Whether they may, asked before and after; a refusal is on the record too."""
    tx.allow(Action.BUILD_PACK)
    rests_on(tx.session, viewer=tx.actor, matter_id=matter_id)


def _record(
    tx: Tx,
    *,
    matter_id: str,
    message_ids: tuple[str, ...],
    sha256: str,
    size: int,
    items: int,
    left_out: int,
) -> None:
    """The pack is an event of the matter and of each message in it: their custody goes on."""
    _check(tx, matter_id=matter_id)
    for one in dict.fromkeys((matter_id, *message_ids)):
        tx.record(PACK_BUILT, one, sha256=sha256, size=size, items=items, left_out=left_out)


def _hash(target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    target.seek(0)
    while data := target.read(PIECE):
        digest.update(data)
    return digest.hexdigest()

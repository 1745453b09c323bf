"""Making the file that a person is given: what two people saw is written, and nothing else.

The file is kept nowhere; that it was made, by whom, and its SHA-256 are.
"""

import hashlib
from functools import partial
from typing import IO, Any

from triage.core.access import Actor
from triage.core.commands import Runner, Tx
from triage.core.ids import new_id
from triage.packs.bag import PIECE, write_bag
from triage.retention.subject.document import info, members, name_of
from triage.retention.subject.queries.composing import Answer, answer
from triage.retention.subject.queries.files import bytes_of
from triage.retention.subject.service.answering import check_may_go, check_same
from triage.retention.subject.service.stepping import load
from triage.retention.subject.tables import SubjectDisclosure, SubjectRequest
from triage.staff.calendar import local_day


def build(
    runner: Runner, actor: Actor, *, request_id: str, version: int, digest: str, target: IO[bytes]
) -> str:
    """Write the file to ``target`` (a temporary one) as it was seen; its SHA-256.

    ``Conflict`` where it is not what the second person saw. Nobody is to be given it before this
    has returned: only then does the record say that it exists.
    """
    given: dict[str, Any] = {"request_id": request_id, "version": version, "digest": digest}
    request, shown = runner.run(actor, partial(_checked, **given))
    write(runner, request, shown, target)
    whole = hash_of_file(target)
    size, items = target.tell(), len(shown.pieces)
    runner.run(actor, partial(_record, **given, sha256=whole, size=size, items=items))
    return whole


def write(runner: Runner, request: SubjectRequest, shown: Answer, target: IO[bytes]) -> None:
    """The bag, whose bytes follow from what is in it and the day on which it was looked through.

    What was attached is read out of the originals one file at a time; ``Conflict`` where one of
    them was erased since.
    """
    day = local_day(request.state_since)
    with runner.database.read() as session:
        listed = members(shown.pieces, day, shown.left_out, partial(bytes_of, session))
        for _ in write_bag(target, name_of(request.id), listed, info(request.id, day)):
            pass


def hash_of_file(target: IO[bytes]) -> str:
    """Hexadecimal; the file stands at its end afterwards."""
    digest = hashlib.sha256()
    target.seek(0)
    while data := target.read(PIECE):
        digest.update(data)
    return digest.hexdigest()


def note_disclosure(tx: Tx, request_id: str, *, sha256: str, size: int, items: int) -> None:
    """The log of what was given: one line a file. How much it is stands on no common record."""
    tx.session.add(
        SubjectDisclosure(
            id=new_id(), request_id=request_id, at=tx.now, by=tx.actor.person_id, sha256=sha256,
            size=size, items=items,
        )
    )  # fmt: skip
    tx.record("subject_file", request_id)
    tx.session.flush()


def _checked(
    tx: Tx, *, request_id: str, version: int, digest: str
) -> tuple[SubjectRequest, Answer]:
    request = load(tx, request_id, version)
    shown = answer(tx, request)
    check_may_go(tx, request, shown)
    check_same(shown, digest)
    return request, shown


def _record(
    tx: Tx, *, request_id: str, version: int, digest: str, sha256: str, size: int, items: int
) -> None:
    _checked(tx, request_id=request_id, version=version, digest=digest)
    note_disclosure(tx, request_id, sha256=sha256, size=size, items=items)

"""What the deployer does from a shell: there everything is looked through, for whoever it is.

At the desk each custodian finds what they may know of. What lies in matters that no custodian has
a part in is found here, and given out by rules alone: nothing of a report but to somebody who was
told of it, no report to the police, and nothing in which somebody else can still be found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO, Any

from sqlalchemy import select

from triage.core.access import CONSOLE, SYSTEM, Action
from triage.core.commands import Runner, Tx
from triage.core.errors import Conflict, NotAllowed, NotFound
from triage.core.ids import new_id
from triage.retention.subject import rules
from triage.retention.subject.queries.composing import Answer, Chosen, compose
from triage.retention.subject.queries.finding import Hit, find
from triage.retention.subject.queries.reading import opened, terms_of
from triage.retention.subject.rules import Decision, ItemKind, State
from triage.retention.subject.service.making import hash_of_file, note_disclosure, write
from triage.retention.subject.tables import SubjectDisclosure, SubjectItem, SubjectRequest
from triage.retention.subject.terms import Terms, check_terms, read_terms
from triage.staff.queries import names

GIVEN = frozenset({ItemKind.MESSAGE, ItemKind.STUB, ItemKind.STATEMENT, ItemKind.LETTER})
"""What goes without anybody's having decided it: what is theirs, or was sent to them. No file
does: nobody has looked into it, and no program can."""
MAY = frozenset({State.READY, State.SENT})


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log of what was given."""

    at: datetime
    request_id: str
    who: str
    sha256: str
    size: int
    items: int


def find_everywhere(tx: Tx, *, typed: Sequence[str]) -> tuple[Hit, ...]:
    """Everything about somebody, in all matters: by kind and id, and nothing of what it says.

    That it was done is on the record; for whom is not."""
    _of_the_console(tx)
    terms = read_terms(check_terms(typed))
    tx.record("subject_looked", None)
    return _everything(tx, terms)


def export_everywhere(runner: Runner, *, request_id: str, target: IO[bytes]) -> tuple[str, int]:
    """Write all that may go, decided or not, to ``target``; its SHA-256, and how many items.

    Nothing overrides the gate here: ``Conflict`` where anything still tells of somebody else.
    """
    request, shown = runner.run(CONSOLE, partial(_all_of_it, request_id=request_id))
    write(runner, request, shown, target)
    digest, items = hash_of_file(target), len(shown.pieces)
    given: dict[str, Any] = {"sha256": digest, "size": target.tell(), "items": items}
    runner.run(CONSOLE, partial(_note, request_id=request_id, **given))
    return digest, items


def log_of(tx: Tx, *, request_id: str | None = None) -> tuple[Logged, ...]:
    """Every file that was made for anybody, oldest first. That it was read is on the record."""
    _of_the_console(tx)
    wanted = select(SubjectDisclosure).order_by(SubjectDisclosure.at, SubjectDisclosure.id)
    if request_id is not None:
        wanted = wanted.where(SubjectDisclosure.request_id == request_id)
    rows = tx.session.scalars(wanted).all()
    people = names(tx.session, {one.by for one in rows})
    tx.record("subject_log", request_id)
    return tuple(
        Logged(
            one.at, one.request_id, people.get(one.by, "the command line"), one.sha256, one.size,
            one.items,
        )
        for one in rows
    )  # fmt: skip


def _all_of_it(tx: Tx, *, request_id: str) -> tuple[SubjectRequest, Answer]:
    _of_the_console(tx)
    request = tx.session.get(SubjectRequest, request_id)
    if request is None:
        raise NotFound(rules.NO_SUCH_REQUEST)
    if State(request.state) not in MAY:
        raise Conflict("Nothing is given out before two people have looked at it at the desk.")
    terms = terms_of(tx.session, tx.vault, request_id)
    rows = tx.session.scalars(select(SubjectItem).where(SubjectItem.request_id == request_id))
    items = {(one.kind, one.of_id): one for one in rows}
    chosen = [
        Chosen(
            one,
            Decision(one.decision) if one.decision else _by_rule(one),
            opened(tx.session, tx.vault, request_id, one, "said"),
            opened(tx.session, tx.vault, request_id, one, "hide"),
            one.whole,
        )
        for one in items.values()
    ]
    for hit in _everything(tx, terms):
        if (hit.kind.value, hit.of_id) not in items:
            made = _unlisted(request_id, hit)
            chosen.append(Chosen(made, _by_rule(made)))
    everybody = Tx(tx.session, SYSTEM, tx.now, tx.settings, tx.keys, vault=tx.vault)
    shown = compose(everybody, chosen, terms)
    if shown.leaks:
        raise Conflict(
            f"{shown.leaks} places still tell of somebody else. Nothing was written: put right at "
            "the desk what was decided to go whole, or summed up."
        )
    return request, shown


def _everything(tx: Tx, terms: Terms) -> tuple[Hit, ...]:
    return find(tx.session, viewer=SYSTEM, vault=tx.vault, keys=tx.keys, terms=terms)


def _by_rule(item: SubjectItem) -> Decision:
    return Decision.DISCLOSE if ItemKind(item.kind) in GIVEN else Decision.WITHHOLD


def _unlisted(request_id: str, hit: Hit) -> SubjectItem:
    """As an item that nobody at the desk has found. It is not stored: who sees what is theirs."""
    return SubjectItem(
        id=new_id(), request_id=request_id, kind=hit.kind.value, matter_id=hit.matter_id,
        of_id=hit.of_id, why=[one.value for one in hit.why], said=b"", hide=b"", whole=False,
    )  # fmt: skip


def _note(tx: Tx, *, request_id: str, sha256: str, size: int, items: int) -> None:
    _of_the_console(tx)
    note_disclosure(tx, request_id, sha256=sha256, size=size, items=items)


def _of_the_console(tx: Tx) -> None:
    """A shell on the server, and no account of the desk: no administrator reads content."""
    tx.allow(Action.TAKE_OUT_SUBJECT)
    if tx.actor != CONSOLE:
        raise NotAllowed("This is done from the server's own shell.", what="subject_console")

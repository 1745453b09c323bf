"""What a person would be given now, item by item, with others hidden, and what still tells of
somebody. The page, the second person and the file are all made here, so that they are one."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from triage.cases.inquiry.service.guards import protected_for
from triage.cases.tables import Case
from triage.core.access import Actor, visible
from triage.core.commands import Tx
from triage.core.crypto import KeyedHash
from triage.core.errors import NotFound, TriageError
from triage.core.sealed import Vault
from triage.core.settings import Settings
from triage.letters.leaks import Finding, Protected
from triage.restrictions.tables import Restriction
from triage.retention.subject.attached import NAME, File, LeftOut, NotGiven, fits
from triage.retention.subject.queries.content import content
from triage.retention.subject.queries.files import there, unlisted
from triage.retention.subject.queries.in_cases import told
from triage.retention.subject.queries.listing import known
from triage.retention.subject.queries.reading import items_of, opened, seen_by, terms_of
from triage.retention.subject.redaction import hide, left, together, without
from triage.retention.subject.rules import NO_SUCH_ITEM, Decision, ItemKind
from triage.retention.subject.tables import SubjectItem, SubjectRequest
from triage.retention.subject.terms import Terms
from triage.staff.tables import Person, Volunteer

GIVES = frozenset({Decision.DISCLOSE, Decision.SUMMARY})
_IN_CASES = frozenset({ItemKind.CASE, ItemKind.STATEMENT, ItemKind.LETTER})


@dataclass(frozen=True, slots=True)
class Piece:
    """One item as it would be given."""

    item_id: str
    kind: ItemKind
    at: str
    facts: tuple[tuple[str, str], ...]
    text: str
    hidden: int
    """Places in which something is not given out."""
    leaks: tuple[Finding, ...]
    """Where the text still tells of somebody else; where a fact does, at its very beginning."""
    file: File | None = None
    """What goes beside it as exact bytes, under a name in which others are hidden too."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that one person would be given, as one colleague may know of it."""

    pieces: tuple[Piece, ...]
    decisions: tuple[tuple[str, str, str], ...]
    """Item, what becomes of it, and on which ground: of what stays here as well."""
    left_out: tuple[NotGiven, ...] = ()
    """Files that are not in it, though what they were attached to is."""

    @property
    def undecided(self) -> int:
        """Items of which nobody has said what becomes of them."""
        return sum(not decision for _, decision, _ in self.decisions)

    @property
    def digest(self) -> str:
        """Of every word and every decision of it. Whoever agrees says it back."""
        said = [*(_said(one) for one in self.pieces), self.decisions]
        said += [asdict(one) for one in self.left_out]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def leaks(self) -> int:
        """Places that still tell of somebody else."""
        return sum(len(one.leaks) for one in self.pieces)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One item, and what becomes of it."""

    item: SubjectItem
    decision: Decision | None
    said: str = ""
    hide: str = ""
    whole: bool = False


def would_be_given(
    session: Session,
    *,
    viewer: Actor,
    vault: Vault,
    keys: KeyedHash,
    settings: Settings,
    now: datetime,
    request_id: str,
) -> Answer:
    """What it comes to, for the page: exactly what is agreed to, and written."""
    found = known(session, viewer, request_id)
    return answer(Tx(session, viewer, now, settings, keys, vault=vault), found)


def looked_at(
    session: Session,
    *,
    viewer: Actor,
    vault: Vault,
    keys: KeyedHash,
    settings: Settings,
    now: datetime,
    item_id: str,
) -> Piece:
    """One item as it would be given, before it is decided; ``NotFound`` for what is not theirs."""
    item = session.scalar(select(SubjectItem).where(SubjectItem.id == item_id, seen_by(viewer)))
    if item is None:
        raise NotFound(NO_SUCH_ITEM)
    found = known(session, viewer, item.request_id)
    return preview(Tx(session, viewer, now, settings, keys, vault=vault), found, item)


def answer(tx: Tx, request: SubjectRequest) -> Answer:
    """What the actor's own items come to, as they were decided."""
    chosen = [_chosen(tx, request, one) for one in items_of(tx.session, tx.actor, request.id)]
    return compose(tx, chosen, terms_of(tx.session, tx.vault, request.id))


def compose(tx: Tx, chosen: Sequence[Chosen], terms: Terms) -> Answer:
    """The pieces that go, oldest first; what was not decided does not."""
    others = together(_known(tx), _of_cases(tx, [one.item for one in chosen]))
    given = {
        one.item.matter_id: one
        for one in chosen
        if ItemKind(one.item.kind) is ItemKind.MESSAGE and one.decision in GIVES
    }
    pieces, stay = [], []
    for one in (*chosen, *_unlisted(tx.session, given, chosen)):
        is_file = ItemKind(one.item.kind) is ItemKind.FILE
        if is_file and one.item.matter_id not in given:
            continue  # no file goes, or is named, whose message stays here
        if is_file:  # what is hidden in a message is hidden in the names of its files too
            one = replace(one, hide=f"{given[one.item.matter_id].hide}\n{one.hide}")
        if one.decision in GIVES and told(tx.session, one.item):
            pieces.append(_piece(tx, one, terms, others))
        elif is_file:
            stay.append((_piece(tx, one, terms, others), why_not(one)))
    pieces.sort(key=lambda one: (one.at, one.kind, one.item_id))
    go, not_there = _bytes_there(tx.session, pieces)
    stay = sorted(stay, key=lambda one: (one[0].at, one[0].item_id)) + not_there
    return Answer(
        tuple(go),
        tuple((one.item.id, one.decision or "", one.item.ground or "") for one in chosen),
        tuple(NotGiven(one.file.name, one.file.size, why) for one, why in stay if one.file),
    )


def why_not(one: Chosen) -> LeftOut:
    """Why a file stays: it was decided, or nobody has looked into it."""
    return LeftOut.UNSEEN if one.item.decided_by is None else LeftOut.KEPT


def _unlisted(
    session: Session, given: Mapping[str, Chosen], chosen: Sequence[Chosen]
) -> list[Chosen]:
    """Files of messages that go, which no search has found yet: nobody has looked into them."""
    request = next((one.item.request_id for one in given.values()), "")
    listed = {one.item.of_id for one in chosen if one.item.kind == ItemKind.FILE.value}
    return [Chosen(one, None) for one in unlisted(session, request, given, listed)]


def _bytes_there(
    session: Session, pieces: Sequence[Piece]
) -> tuple[list[Piece], list[tuple[Piece, LeftOut]]]:
    """The pieces that go, and those files that do not: their bytes are gone, or too many."""
    held: dict[str, frozenset[str]] = {}
    found, stay = [], []
    for one in pieces:
        if one.file is not None:
            of = one.file.message_id
            held.setdefault(of, there(session, of))
            if one.file.sha256 not in held[of]:
                stay.append((one, LeftOut.GONE))
                continue
        found.append(one)
    room = iter(fits(one.file.size for one in found if one.file is not None))
    kept = []
    for one in found:
        if one.file is None or next(room):
            kept.append(one)
        else:
            stay.append((one, LeftOut.TOO_MUCH))
    return kept, stay


def _said(one: Piece) -> dict[str, object]:
    held = {name: value for name, value in asdict(one).items() if value is not None}
    return {**held, "leaks": len(one.leaks)}


def preview(tx: Tx, request: SubjectRequest, item: SubjectItem) -> Piece:
    """One item as it would be given if it were: what is looked at before it is decided."""
    terms = terms_of(tx.session, tx.vault, request.id)
    mine = items_of(tx.session, tx.actor, request.id)
    others = together(_known(tx), _of_cases(tx, mine))
    return _piece(tx, _chosen(tx, request, item), terms, others)


def _chosen(tx: Tx, request: SubjectRequest, item: SubjectItem) -> Chosen:
    return Chosen(
        item,
        None if item.decision is None else Decision(item.decision),
        opened(tx.session, tx.vault, request.id, item, "said"),
        opened(tx.session, tx.vault, request.id, item, "hide"),
        item.whole,
    )


def _piece(tx: Tx, one: Chosen, terms: Terms, others: Protected) -> Piece:
    found = content(tx, one.item, terms)
    summed_up = one.decision is Decision.SUMMARY
    own_words = found.own_words and not summed_up
    protected = without(
        together(others, found.others, Protected(relations=tuple(one.hide.splitlines()))),
        terms,
        said=(found.text,),
    )
    if own_words:
        protected = replace(protected, sources=(), relations=tuple(one.hide.splitlines()))
    text = one.said if summed_up else found.text
    facts, places = found.facts, 0
    if not one.whole and not summed_up:
        shown = hide(text, protected, terms, strangers=not own_words)
        text, places = shown.text, shown.places
    if not one.whole:
        held = [(name, hide(value, protected, terms, strangers=False)) for name, value in facts]
        facts = tuple((name, value.text) for name, value in held)
        places += sum(value.places for _, value in held)
    leaks = left(text, protected, terms)
    for _, value in facts:
        leaks += tuple(Finding(x.leak, 0, 0) for x in left(value, protected, terms))
    kind = ItemKind(one.item.kind)
    file = None if found.file is None or summed_up else replace(found.file, name=dict(facts)[NAME])
    return Piece(one.item.id, kind, found.at, facts, text, places, leaks, file)


def _known(tx: Tx) -> Protected:
    """Everybody who works here, with or without an account, also those who have left."""
    people = [
        *tx.session.execute(select(Person.name, Person.email)),
        *tx.session.execute(select(Volunteer.name, Volunteer.email)),
    ]
    return Protected(
        names=tuple(sorted({one.name for one in people})),
        emails=tuple(sorted({one.email for one in people})),
    )


def _of_cases(tx: Tx, items: Sequence[SubjectItem]) -> Protected:
    """Who reported, saw or bore what they are named in, and what these people said; of the report
    that a restriction came of too, whether or not it is open to who looks."""
    wanted = sorted({one.matter_id for one in items if ItemKind(one.kind) in _IN_CASES})
    rests = sorted({one.of_id for one in items if ItemKind(one.kind) is ItemKind.RESTRICTION})
    came_of = select(Restriction.case_id).where(Restriction.id.in_(rests))
    found = tx.session.scalars(
        select(Case)
        .where(or_(Case.id.in_(wanted) & visible(tx.actor, Case.id), Case.id.in_(came_of)))
        .order_by(Case.id)
    ).all()
    held = []
    for case in found:
        try:
            held.append(protected_for(tx, case))
        except TriageError:
            continue  # erased: nothing of it is held
    return together(*held) if held else Protected()

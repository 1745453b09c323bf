"""What is held of a person, as one viewer may know of it: each thing by itself, and why.

All mail is looked through, what was never flagged too: somebody asks for all that is held of
them. Whatever a viewer has no part in is as if it were not there (P-REC-4), and so another
custodian looks as well; the console looks through everything.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check, visible
from triage.core.crypto import KeyedHash
from triage.core.sealed import Vault
from triage.letters.tables import Letter
from triage.messages.queries.groups import reach
from triage.messages.stubs.service import sender_hash
from triage.messages.stubs.tables import MessageStub
from triage.messages.tables import Message, MessageAttachment, MessageNote
from triage.referrals.queries.listing import known_to as referral_known_to
from triage.referrals.tables import Referral
from triage.restrictions.queries.reach import known_to as restriction_known_to
from triage.restrictions.tables import Restriction
from triage.retention.subject.queries.in_cases import in_cases
from triage.retention.subject.rules import ItemKind, Why
from triage.retention.subject.terms import Terms, by, is_called, why_in
from triage.senders.rules import IdentityKind
from triage.senders.service import known_as

AT_ONCE = 500
"""Messages that are held while all of them are looked through."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that is, or may be, about somebody."""

    kind: ItemKind
    matter_id: str
    of_id: str
    why: tuple[Why, ...]


def find(
    session: Session,
    *,
    viewer: Actor,
    vault: Vault,
    keys: KeyedHash,
    terms: Terms,
) -> tuple[Hit, ...]:
    """Everything about a person that this viewer may know of; in one order, whoever looks."""
    if not viewer.is_system:
        check(viewer, Action.ANSWER_SUBJECTS)
    senders = _senders(session, viewer, keys, terms)
    found = [
        *_messages(session, viewer, vault, senders, terms),
        *_stubs(session, viewer, keys, senders),
        *_letters(session, viewer, vault, senders, terms),
        *_restrictions(session, viewer, vault, senders, terms),
        *_referrals(session, viewer, senders),
        *(
            Hit(kind, matter_id, of_id, why)
            for kind, matter_id, of_id, why in in_cases(
                session, viewer=viewer, vault=vault, terms=terms
            )
        ),
    ]
    return tuple(sorted(found, key=lambda one: (one.kind, one.matter_id, one.of_id)))


def _senders(
    session: Session, viewer: Actor, keys: KeyedHash, terms: Terms
) -> dict[str, tuple[Why, ...]]:
    """Sender -> why: by what they are known by, and whom colleagues called the same person."""
    own: dict[str, set[Why]] = {}
    for one in terms.identifiers:
        sender_id = known_as(session, keys, one)
        if sender_id is not None:
            own.setdefault(sender_id, set()).update({Why.SENDER, by(one)})
    if not own:
        return {}
    group = reach(viewer, sorted(own))
    for member in session.scalars(select(group.c.member)):
        own.setdefault(member, {Why.LINKED})
    return {one: _sorted(why) for one, why in own.items()}


def _messages(
    session: Session,
    viewer: Actor,
    vault: Vault,
    senders: dict[str, tuple[Why, ...]],
    terms: Terms,
) -> Iterator[Hit]:
    """What they wrote, or what bears their name; and where others speak of them."""
    addresses = terms.of(IdentityKind.EMAIL)
    erased = exists().where(MessageStub.id == Message.id)
    rows = session.execute(
        select(
            Message.id, Message.sender_id, Message.from_name, Message.from_address,
            Message.said_address, Message.subject, Message.text, Message.rest,
        )
        .where(visible(viewer, Message.id), ~erased)
        .order_by(Message.id)
        .execution_options(yield_per=AT_ONCE)
    )  # fmt: skip
    theirs: dict[str, tuple[Why, ...]] = {}
    others: list[Hit] = []
    for row in rows:
        why = set(senders.get(row.sender_id or "", ()))
        if addresses & {(one or "").casefold() for one in (row.from_address, row.said_address)}:
            why |= {Why.CLAIMED, Why.ADDRESS}
        if is_called(row.from_name, terms):
            why |= {Why.CLAIMED, Why.NAME}
        if why:
            theirs[row.id] = _sorted(why)
            continue
        spoken = why_in(f"{row.subject}\n{row.text}\n{row.rest}", terms)
        if spoken:
            others.append(Hit(ItemKind.MENTION, row.id, row.id, _sorted(spoken)))
    yield from (Hit(ItemKind.MESSAGE, one, one, why) for one, why in theirs.items())
    yield from _files(session, viewer, theirs)
    yield from others
    yield from _notes(session, viewer, vault, set(theirs), terms)


def _files(session: Session, viewer: Actor, theirs: dict[str, tuple[Why, ...]]) -> Iterator[Hit]:
    """What is attached to their own messages. What others attached where they speak of somebody
    is not that person's, and is never among it."""
    ids = sorted(theirs)
    for begin in range(0, len(ids), AT_ONCE):
        rows = session.execute(
            select(MessageAttachment.id, MessageAttachment.message_id).where(
                MessageAttachment.message_id.in_(ids[begin : begin + AT_ONCE]),
                visible(viewer, MessageAttachment.message_id),
            )
        )
        yield from (
            Hit(ItemKind.FILE, one.message_id, one.id, theirs[one.message_id]) for one in rows
        )


def _notes(
    session: Session, viewer: Actor, vault: Vault, theirs: Collection[str], terms: Terms
) -> Iterator[Hit]:
    """What colleagues wrote on what they sent, or wrote of them elsewhere."""
    rows = session.scalars(
        select(MessageNote).where(visible(viewer, MessageNote.message_id)).order_by(MessageNote.id)
    )
    for one in rows:
        text = vault.show(
            session, owner_id=one.message_id, table="message_notes", column="text",
            row_id=one.id, sealed=one.text,
        )  # fmt: skip
        why = set(why_in(text, terms)) | ({Why.ABOUT} if one.message_id in theirs else set())
        if why:
            yield Hit(ItemKind.NOTE, one.message_id, one.id, _sorted(why))


def _stubs(
    session: Session, viewer: Actor, keys: KeyedHash, senders: dict[str, tuple[Why, ...]]
) -> Iterator[Hit]:
    """What is left of messages of theirs that were erased."""
    hashed = {sender_hash(keys, one): why for one, why in senders.items()}
    rows = session.execute(
        select(MessageStub.id, MessageStub.sender_hash).where(
            MessageStub.sender_hash.in_(sorted(hashed)), visible(viewer, MessageStub.id)
        )
    )
    yield from (Hit(ItemKind.STUB, one.id, one.id, hashed[one.sender_hash]) for one in rows)


def _letters(
    session: Session,
    viewer: Actor,
    vault: Vault,
    senders: dict[str, tuple[Why, ...]],
    terms: Terms,
) -> Iterator[Hit]:
    """What was sent to them. Who reported something is written to at an address that nobody is
    shown: such a letter is never found by it."""
    rows = session.scalars(
        select(Letter).where(
            visible(viewer, Letter.matter_id),
            Letter.sent_at.is_not(None),
            Letter.to_report_id.is_(None),
        )
    )
    for one in rows:
        why = set(senders.get(one.sender_id or "", ()))
        to = vault.show(
            session, owner_id=one.id, table="letters", column="to_address", row_id=one.id,
            sealed=one.to_address,
        )  # fmt: skip
        why |= why_in(to, terms)
        if why:
            yield Hit(ItemKind.LETTER, one.matter_id, one.id, _sorted(why))


def _restrictions(
    session: Session,
    viewer: Actor,
    vault: Vault,
    senders: dict[str, tuple[Why, ...]],
    terms: Terms,
) -> Iterator[Hit]:
    rows = session.scalars(
        select(Restriction).where(
            restriction_known_to(viewer),
            or_(Restriction.sender_id.in_(sorted(senders)), Restriction.sender_id.is_(None)),
        )
    )
    for one in rows:
        why = set(senders.get(one.sender_id or "", ()))
        person = vault.show(
            session, owner_id=one.id, table="restrictions", column="person", row_id=one.id,
            sealed=one.person,
        )  # fmt: skip
        why |= why_in(person, terms)
        if why:
            yield Hit(ItemKind.RESTRICTION, one.id, one.id, _sorted(why))


def _referrals(
    session: Session, viewer: Actor, senders: dict[str, tuple[Why, ...]]
) -> Iterator[Hit]:
    rows = session.execute(
        select(Referral.id, Referral.sender_id).where(
            Referral.sender_id.in_(sorted(senders)), referral_known_to(viewer)
        )
    )
    yield from (Hit(ItemKind.REFERRAL, one.id, one.id, senders[one.sender_id]) for one in rows)


def _sorted(why: Collection[Why]) -> tuple[Why, ...]:
    return tuple(sorted(why))

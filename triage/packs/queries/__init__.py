"""What a matter holds that may go into a pack, read as one viewer may know of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import Action, Actor, check, visible
from triage.core.audit import AuditEvent
from triage.core.errors import Invalid, NotFound
from triage.core.record import SILENT
from triage.core.text import read_json
from triage.intake.inbound import How
from triage.messages.queries.evidence import BEFORE_PEOPLE
from triage.messages.tables import Message, MessageAttachment, Original
from triage.messages.wrote.tables import MessageForward
from triage.packs.attached import attached_in
from triage.packs.contents import Found, PackPreview, Piece, Plan, piece, plan
from triage.packs.plain import safe_name, table
from triage.packs.plain import visible as shown
from triage.packs.queries.history import Roles, course, disclosed, received, steps, time_of
from triage.referrals.queries.listing import known_to
from triage.referrals.tables import Referral, ReferralMatter
from triage.staff.queries import names

PACK_BUILT = "pack_built"
NO_SUCH_MATTER = "There is no such matter."
MAIL = "message/rfc822"
Of = tuple[tuple[str, ...], bool]
"""Message ids, and whether it was decided that the reporter's data goes too."""
Provider = Callable[[Session, Actor, str], Of | None]


def _of_referral(session: Session, viewer: Actor, matter_id: str) -> Of | None:
    found = session.scalar(select(Referral).where(Referral.id == matter_id, known_to(viewer)))
    if found is None:
        return None
    rests = session.scalars(
        select(ReferralMatter.matter_id)
        .where(ReferralMatter.referral_id == matter_id, ReferralMatter.kind == "message")
        .order_by(ReferralMatter.matter_id)
    )
    return tuple(rests), found.reporter_data


def _of_message(session: Session, viewer: Actor, matter_id: str) -> Of | None:
    found = session.scalar(
        select(Message.id).where(
            Message.id == matter_id,
            Message.state.not_in([one.value for one in BEFORE_PEOPLE]),
            visible(viewer, Message.id),
        )
    )
    return None if found is None else ((found,), False)


PROVIDERS: tuple[Provider, ...] = (_of_referral, _of_message)
"""Each kind of matter of which a pack can be made. A room above adds its own."""
EXTRA: tuple[Callable[[Session, Actor, str], tuple[Piece, ...]], ...] = ()
"""Further pieces that a room above has of a matter."""


def preview(
    session: Session, *, viewer: Actor, matter_id: str, leave_out: Mapping[str, str] | None = None
) -> PackPreview:
    """Exactly what a pack of this matter will hold, file by file; nothing is written yet."""
    return planned(session, viewer=viewer, matter_id=matter_id, leave_out=leave_out).preview


def planned(
    session: Session, *, viewer: Actor, matter_id: str, leave_out: Mapping[str, str] | None = None
) -> Plan:
    """The preview, and the means to write it while this session lasts."""
    found = gathered(session, viewer=viewer, matter_id=matter_id)
    read = [row[:-1] for row in found.chronology]  # to read: without the codes
    plainly = "".join(f"{'  '.join(shown(cell) for cell in row)}\n" for row in read)
    tables = (table(found.chronology), plainly, table(found.custody))
    return plan(found, leave_out or {}, tables)


def rests_on(session: Session, *, viewer: Actor, matter_id: str) -> Of:
    """What a pack of this matter is made from, for who may build one; nothing is read of it yet.

    ``NotFound`` alike for no matter and for one that is not theirs to know.
    """
    check(viewer, Action.BUILD_PACK)
    answers = (one(session, viewer, matter_id) for one in PROVIDERS)
    of = next((one for one in answers if one is not None), None)
    if of is None:
        raise NotFound(NO_SUCH_MATTER)
    return of


@dataclass(frozen=True, slots=True)
class Built:
    """One pack that was made of a matter, as the record has it."""

    at: datetime
    who: str
    """A name."""
    sha256: str
    size: int


def built(session: Session, *, viewer: Actor, matter_id: str) -> tuple[Built, ...]:
    """The packs that were made of a matter, newest first; the files themselves are not kept."""
    rests_on(session, viewer=viewer, matter_id=matter_id)
    events = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.matter_id == matter_id,
            visible(viewer, AuditEvent.matter_id),
            AuditEvent.code == PACK_BUILT,
        )
        .order_by(AuditEvent.link.desc(), AuditEvent.position.desc())
    ).all()
    people = names(session, {one.actor_id for one in events})
    return tuple(
        Built(one.at, people.get(one.actor_id, "Somebody"), _hash_in(one), _size_in(one))
        for one in events
    )


def gathered(session: Session, *, viewer: Actor, matter_id: str) -> Found:
    """What there is; ``NotFound`` alike for no matter and one that is not theirs to know."""
    message_ids, reporter_data = rests_on(session, viewer=viewer, matter_id=matter_id)
    if not message_ids:
        raise Invalid("It rests on an incident report alone: no pack can be built of that.")
    messages = session.scalars(
        select(Message)
        .where(Message.id.in_(message_ids), visible(viewer, Message.id))
        .order_by(Message.received_at, Message.id)
    ).all()
    if not messages:
        raise NotFound(NO_SUCH_MATTER)
    events = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.matter_id.in_({*message_ids, matter_id}),
            visible(viewer, AuditEvent.matter_id),
            AuditEvent.code.not_in(SILENT),
        )
        .order_by(AuditEvent.link, AuditEvent.position)
    ).all()
    who = Roles(session)
    chronology = [
        *received(messages),
        *steps(session, matter_id, message_ids, who),
        *course(session, viewer, {one.sender_id for one in messages if one.sender_id}, who),
        *disclosed(session, matter_id, who),
    ]
    times = [one.imported_at for one in messages] + [one.at for one in events]
    extra = [one for more in EXTRA for one in more(session, viewer, matter_id)]
    return Found(
        matter_id=matter_id,
        message_ids=tuple(one.id for one in messages),
        pieces=(*(one for row in messages for one in _pieces(session, row)), *extra),
        chronology=(("when (UTC)", "what", "of", "by", "code"), *sorted(chronology)),
        custody=(
            ("when (UTC)", "what", "of", "by", "SHA-256", "event"),
            *((time_of(one.at), one.code, one.matter_id or "", who(one.actor_id),
               _hash_in(one), one.id) for one in events),
        ),
        as_of=max(times).astimezone(UTC),
        reporter_data=reporter_data,
    )  # fmt: skip


def _pieces(session: Session, message: Message) -> Iterator[Piece]:
    size, digest = session.execute(
        select(Original.size, Original.sha256).where(Original.message_id == message.id)
    ).one()

    def raw() -> bytes:
        return session.scalars(select(Original.raw).where(Original.message_id == message.id)).one()

    attached = session.scalars(
        select(MessageAttachment)
        .where(MessageAttachment.message_id == message.id)
        .order_by(MessageAttachment.position)
    ).all()
    there = attached_in(raw()) if attached else {}
    how = session.scalar(
        select(MessageForward.how)
        .where(MessageForward.message_id == message.id, MessageForward.raw.is_(None))
        .limit(1)
    )
    mails = (one for one in attached if one.content_type == MAIL and one.sha256 in there)
    inner = next(mails, None) if how == How.ATTACHED.value else None

    def part(wanted: str) -> Callable[[], bytes]:
        return lambda: attached_in(raw(), wanted)[wanted]

    path = f"data/original/{message.id}.eml"
    if inner is not None:
        # What was sent is the evidence; what brought it is a colleague's mail, in their words.
        yield Piece(path, "The bytes of what was forwarded", inner.size, inner.sha256,
                    part(inner.sha256))  # fmt: skip
        brought = f"data/forwarded/{message.id}.eml"
        yield Piece(brought, "The mail that brought it", size, digest, raw, ours=True)
        attached = [one for one in attached if one is not inner]
    elif how is not None:
        yield Piece(path, "The bytes as they came, with what who forwarded it wrote", size, digest,
                    raw)  # fmt: skip
    else:
        yield Piece(path, "The bytes as they came", size, digest, raw)
    said = (
        f"From: {message.from_name} <{message.from_address or ''}>\n"
        f"Received: {time_of(message.received_at)}\nSubject: {message.subject}\n\n"
        f"{message.text}\n\n---- quoted, signed or attached ----\n{message.rest}\n"
    )
    why = "The same to read; what is invisible is written out"
    yield piece(f"data/text/{message.id}.txt", why, shown(said))
    for number, one in enumerate(attached, 1):
        if one.sha256 in there:
            path = f"data/attachments/{message.id}/{safe_name(one.filename, number)}"
            yield Piece(path, "Attached to it", one.size, one.sha256, part(one.sha256))


def _hash_in(event: AuditEvent) -> str:
    return str(read_json(event.details).get("sha256", "")) if event.code == PACK_BUILT else ""


def _size_in(event: AuditEvent) -> int:
    return int(read_json(event.details).get("size", 0))

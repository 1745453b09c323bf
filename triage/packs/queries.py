"""What a matter holds that may go into a pack, read as one viewer may know of it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import CONSOLE, SYSTEM, Action, Actor, check, visible
from triage.core.audit import AuditEvent
from triage.core.errors import NotFound
from triage.core.record import SILENT
from triage.core.text import read_json
from triage.messages.queries.evidence import BEFORE_PEOPLE
from triage.messages.tables import Message, MessageAttachment, MessageTransition, Original
from triage.packs.attached import attached_in
from triage.packs.contents import Found, PackPreview, Piece, Plan, piece, plan
from triage.packs.plain import safe_name, table
from triage.packs.plain import visible as shown
from triage.referrals.queries.listing import known_to
from triage.referrals.tables import Referral, ReferralMatter, ReferralTransition
from triage.staff.queries import everybody, names

PACK_BUILT = "pack_built"
NO_SUCH_MATTER = "There is no such matter."
Row = tuple[str, ...]
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
    plainly = "".join(f"{'  '.join(shown(cell) for cell in row)}\n" for row in found.chronology)
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
    who = _Roles(session)
    chronology = [*_received(messages), *_steps(session, matter_id, message_ids, who)]
    times = [one.imported_at for one in messages] + [one.at for one in events]
    extra = [one for more in EXTRA for one in more(session, viewer, matter_id)]
    return Found(
        matter_id=matter_id,
        message_ids=tuple(one.id for one in messages),
        pieces=(*(one for row in messages for one in _pieces(session, row)), *extra),
        chronology=(("when (UTC)", "what", "of", "by"), *sorted(chronology)),
        custody=(
            ("when (UTC)", "what", "of", "by", "SHA-256", "event"),
            *((_time(one.at), one.code, one.matter_id or "", who(one.actor_id),
               _hash_in(one), one.id) for one in events),
        ),
        as_of=max(times).astimezone(UTC),
        reporter_data=reporter_data,
    )  # fmt: skip


class _Roles:
    """People by role, numbered as they come: nobody's name leaves with a pack."""

    def __init__(self, session: Session) -> None:
        self._roles = {one.id: sorted(one.roles) for one in everybody(session)}
        self._numbers: dict[str, int] = {}

    def __call__(self, person_id: str) -> str:
        if person_id in {SYSTEM.person_id, CONSOLE.person_id}:
            return "the system" if person_id == SYSTEM.person_id else "the command line"
        number = self._numbers.setdefault(person_id, len(self._numbers) + 1)
        roles = ", ".join(self._roles.get(person_id, ())) or "staff"
        return f"person {number} ({roles.replace('_', ' ')})"


def _pieces(session: Session, message: Message) -> Iterator[Piece]:
    size, digest = session.execute(
        select(Original.size, Original.sha256).where(Original.message_id == message.id)
    ).one()

    def raw() -> bytes:
        return session.scalars(select(Original.raw).where(Original.message_id == message.id)).one()

    yield Piece(f"data/original/{message.id}.eml", "The bytes as they came", size, digest, raw)
    said = (
        f"From: {message.from_name} <{message.from_address or ''}>\n"
        f"Received: {_time(message.received_at)}\nSubject: {message.subject}\n\n"
        f"{message.text}\n\n---- quoted, signed or attached ----\n{message.rest}\n"
    )
    why = "The same to read; what is invisible is written out"
    yield piece(f"data/text/{message.id}.txt", why, shown(said))
    attached = session.scalars(
        select(MessageAttachment)
        .where(MessageAttachment.message_id == message.id)
        .order_by(MessageAttachment.position)
    ).all()
    there = attached_in(raw()) if attached else {}
    for number, one in enumerate(attached, 1):
        if one.sha256 in there:

            def again(wanted: str = one.sha256) -> bytes:
                return attached_in(raw(), wanted)[wanted]

            path = f"data/attachments/{message.id}/{safe_name(one.filename, number)}"
            yield Piece(path, "Attached to it", one.size, one.sha256, again)


def _received(messages: Collection[Message]) -> Iterator[Row]:
    for one in messages:
        yield _time(one.received_at), "message received", one.id, "the sender"
        if one.sent_at is not None:
            yield _time(one.sent_at), "message dated by its sender", one.id, "the sender"


def _steps(
    session: Session, matter_id: str, message_ids: Collection[str], who: _Roles
) -> Iterator[Row]:
    """What people did, in order, without their words; what a program did is left out."""
    for message in session.scalars(
        select(MessageTransition)
        .where(
            MessageTransition.message_id.in_(message_ids),
            MessageTransition.actor_id != SYSTEM.person_id,
        )
        .order_by(MessageTransition.at, MessageTransition.message_id, MessageTransition.sequence)
    ):
        yield _time(message.at), message.edge, message.message_id, who(message.actor_id)
    for step in session.scalars(
        select(ReferralTransition)
        .where(ReferralTransition.referral_id == matter_id)
        .order_by(ReferralTransition.sequence)
    ):
        yield _time(step.at), f"referral_{step.edge}", step.referral_id, who(step.actor_id)


def _hash_in(event: AuditEvent) -> str:
    return str(read_json(event.details).get("sha256", "")) if event.code == PACK_BUILT else ""


def _size_in(event: AuditEvent) -> int:
    return int(read_json(event.details).get("size", 0))


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")

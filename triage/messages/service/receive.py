"""Receiving: the original is kept, the message scored, and put before people or let pass.

One transaction holds the original, the message, its score, its flags and their audit events.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from triage.core.access import SYSTEM, Action
from triage.core.commands import Tx
from triage.core.crypto import KeyedHash
from triage.core.ids import new_id
from triage.core.text import storable
from triage.intake.inbound import InboundMessage, ParseStatus, Verified
from triage.messages import rules
from triage.messages.placing import place
from triage.messages.rules import Edge, FlagReason, State
from triage.messages.service import forwards
from triage.messages.service.alarming import alarm_on_arrival
from triage.messages.service.flags import add_flag, enter_queue
from triage.messages.service.forwards import Forwarder, forwarder_of
from triage.messages.service.keeping import hand_down, keep_original, take_out
from triage.messages.service.review import take_up_again
from triage.messages.service.sampling import Sampler
from triage.messages.service.stepping import step
from triage.messages.service.tracing import leave_traces
from triage.messages.service.weighing import Arrival, weigh
from triage.messages.service.who_wrote import sender_of
from triage.messages.stubs.service import erased
from triage.messages.tables import Message
from triage.messages.wrote.tables import MessageForward

RECEIVING_LOCK = 7_203_114
"""PostgreSQL advisory lock: imports take turns, so that the sample's daily places hold."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one arrival; ``message_id`` is ``None`` for a known one."""

    message_id: str | None
    queued: bool = False


def own_text(message: InboundMessage) -> str:
    """What is scored and what signals point into: the subject and what the sender wrote."""
    return f"{message.subject}\n\n{message.written}".strip()


def below_text(message: InboundMessage) -> str:
    """What stands below: quoted mail and signature."""
    return _joined(message.quoted, message.signature)


def attached_text(message: InboundMessage) -> str:
    """The text of all that is attached, of messages too."""
    return _joined(*(part.text or "" for part in message.attachments))


def rest_text(message: InboundMessage) -> str:
    """What stands below or beside: what is shown apart from what the sender wrote."""
    return _joined(below_text(message), attached_text(message))


def _joined(*texts: str) -> str:
    return "\n\n".join(one for one in texts if one)


def raw_hash(keys: KeyedHash, sha256: str) -> str:
    """The keyed hash by which a message is recognised when it comes again."""
    return keys.of("raw", sha256.encode("ascii"))


def known(session: Session, hashes: list[str]) -> set[str]:
    """Those of these hashes that were received before, be they erased by now."""
    of_messages = select(Message.raw_hash).where(Message.raw_hash.in_(hashes))
    of_forwards = select(MessageForward.raw_hash).where(MessageForward.raw_hash.in_(hashes))
    living = {*session.scalars(of_messages), *session.scalars(of_forwards)}
    return living | erased(session, hashes)


def receive(
    tx: Tx,
    arrivals: list[Arrival],
    *,
    service: str | None = None,
    recipient_ids: tuple[str, ...] = (),
    typed: bool = False,
) -> list[Receipt]:
    """Receive a batch: each message once, whoever else imports the same at this moment.

    ``typed``: a colleague entered it, and so says who wrote.
    """
    tx.allow(Action.RECEIVE)
    if tx.session.get_bind().dialect.name == "postgresql":
        tx.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": RECEIVING_LOCK})
    sampler = Sampler(tx.session, tx.settings, tx.now)
    return [_receive(tx, one, sampler, service, recipient_ids, typed) for one in arrivals]


def _receive(
    tx: Tx,
    arrival: Arrival,
    sampler: Sampler,
    service: str | None,
    recipient_ids: tuple[str, ...],
    typed: bool,
) -> Receipt:
    inbound, digest = arrival.message, raw_hash(tx.keys, arrival.message.sha256)
    if erased(tx.session, [digest]):
        return Receipt(None)
    by = None if inbound.forward is None else forwarder_of(tx, inbound.forward)
    if by is not None and forwards.is_known(tx.session, digest):
        return Receipt(None)
    if by is not None and by.listed:
        earlier = forwards.same_original(tx, inbound, own_text(inbound))
        if earlier is not None:
            forwards.join(tx, earlier, inbound, by, digest)
            take_out(tx, earlier.id, inbound, recipient_ids, by)
            hand_down(tx, earlier.id)
            return Receipt(None)
    message = _insert(
        tx, arrival, service or inbound.service or _service_of(tx, inbound), by, typed
    )
    if message is None:
        return Receipt(None)
    keep_original(tx, message, inbound)
    leave_traces(tx, message, inbound)
    tx.record("received", message.id, parse=inbound.parse_status.value, raw=message.raw_hash)
    take_out(tx, message.id, inbound, recipient_ids, by)
    if by is not None:
        forwards.keep(tx, message, inbound, by, digest)
    elif inbound.parse_status is ParseStatus.PARSED:
        message.sample_probability, message.sampled = sampler.draw(weigh(arrival)[0])
    queued = _triage(tx, message, arrival, by)
    if queued:
        _reopen_thread(tx, message)
    return Receipt(message.id, queued)


def _insert(
    tx: Tx, arrival: Arrival, service: str | None, by: Forwarder | None, typed: bool
) -> Message | None:
    """The new row in state ``received``, or ``None`` where these bytes are known already."""
    inbound, (overall, in_rest) = arrival.message, weigh(arrival)
    identifier = new_id()
    received_at = _plausible(inbound.received_at, tx.now) or tx.now
    held_forward = by is not None and not by.listed
    sender_id, no_sender = sender_of(
        tx, inbound, received_at, service=service, typed=typed, held_forward=held_forward
    )
    inner = inbound.forward.original if inbound.forward else None
    values = {
        "id": identifier,
        "version": 1,
        "raw_hash": raw_hash(tx.keys, inbound.sha256),
        "raw_key_version": tx.keys.version,
        "source": storable(inbound.source),
        "channel": inbound.channel.value,
        "service": service,
        "parse_status": inbound.parse_status.value,
        "quarantine_reason": inbound.quarantine_reason,
        "sender_id": sender_id,
        "from_name": inbound.from_name,
        "from_address": inbound.from_address,
        # Whoever is not listed can write our server's words into what they attach.
        "verified": (Verified.NOT_VERIFIED if held_forward else inbound.verified).value,
        "authentication": [] if held_forward else list(inbound.authentication),
        "came_through": inbound.came_through,
        "no_sender": no_sender.value if no_sender else None,
        "held_forward": held_forward,
        "inner_hash": raw_hash(tx.keys, inner) if inner else None,
        "ticket_id": inbound.ticket_id,
        "ticket_url": inbound.ticket_url,
        "subject": inbound.subject,
        "message_id_hash": _thread_hash(tx, inbound.message_id) if inbound.message_id else None,
        "references": [_thread_hash(tx, one) for one in inbound.references],
        "sent_at": inbound.sent_at,
        "received_at": received_at,
        "imported_at": tx.now,
        "text": own_text(inbound),
        "length": len(own_text(inbound)),
        "rest": rest_text(inbound),
        "model_version": overall.model_version,
        "scores": overall.scores,
        "concern": overall.concern,
        "band": overall.band.value,
        "unread": overall.unread.value if overall.unread else None,
        "flagged": overall.flagged,
        "routes": sorted(route.value for route in overall.routes),
        "signals": [] if in_rest else [_signal(one) for one in overall.signals],
        "in_rest": in_rest,
        "sample_probability": 0.0,
        "sampled": False,
        "state": State.RECEIVED.value,
        "state_since": tx.now,
        "blind": False,
        "urgent": False,
        "particular_concern": False,
    }
    build = (
        postgresql.insert if tx.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    )
    statement = build(Message).values(**values).on_conflict_do_nothing(index_elements=["raw_hash"])
    inserted = tx.session.scalar(statement.returning(Message.id))
    return None if inserted is None else tx.session.get_one(Message, inserted)


def _triage(tx: Tx, message: Message, arrival: Arrival, by: Forwarder | None) -> bool:
    """Queue the message with its reasons, or let it pass. What was forwarded always queues."""
    overall, in_rest = weigh(arrival)
    if arrival.message.parse_status is ParseStatus.QUARANTINED and message.unread is None:
        message.unread = "quarantined"
    reasons = []
    if message.unread is not None:
        reasons.append(FlagReason.UNREAD)
    if overall.flagged and (overall.unread is None or overall.routes):
        reasons.append(FlagReason.MODEL)
    if message.sampled:
        message.blind = True
        reasons.append(FlagReason.SAMPLE)
    tx.record("scored", message.id, model=overall.model_version)
    if not reasons and by is None:
        step(tx, message, Edge.PASS, State.UNFLAGGED, by=SYSTEM)
        return False
    for reason in reasons:
        add_flag(tx, message, reason)
    if by is not None:
        forwards.flag_by_forward(tx, message, arrival.message, by)
        reasons.append(FlagReason.MANUAL)
    rank = place(overall, blind=message.blind, in_rest=in_rest)
    enter_queue(tx, message, rank=rank, reasons=reasons)
    alarm_on_arrival(tx, message, overall, rank)
    return True


def _reopen_thread(tx: Tx, message: Message) -> None:
    """A flagged message in a thread takes up again what the same sender's was closed as.

    The step does not name the new message: somebody may know of the old one alone.
    """
    if not message.references or message.sender_id is None:
        return
    earlier = select(Message).where(
        Message.message_id_hash.in_(message.references),
        Message.sender_id == message.sender_id,
        Message.state.in_([state.value for state in rules.TERMINAL]),
    )
    for one in tx.session.scalars(earlier.with_for_update()):
        take_up_again(tx, one, by=SYSTEM)


def _plausible(at: datetime | None, now: datetime) -> datetime | None:
    """A receiving server's time, unless it lies in the future."""
    return at if at is not None and at <= now else None


def _service_of(tx: Tx, inbound: InboundMessage) -> str | None:
    table = {key.lower(): value for key, value in tx.settings.service_addresses.items()}
    return next((table[one] for one in inbound.recipients if one in table), None)


def _thread_hash(tx: Tx, message_id: str) -> str:
    return tx.keys.of("message-id", message_id.encode("utf-8", "replace"))


def _signal(signal: object) -> dict[str, object]:
    return {name: getattr(signal, name) for name in ("start", "end", "label", "weight")}

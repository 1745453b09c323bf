"""What people decided, as labelled data: for a person who then chooses to train on it.

Nothing retrains by itself. Incident reports are in no table of this room and can never be among
the rows. The text is what was scored, as the sender wrote it, so it may name anybody; beside it
stand no sender, nobody of the staff, and no time finer than a month.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, time
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, select

from triage.classifier.assessment import LABELS
from triage.conduct.kinds import RoutedTo
from triage.core.access import CONSOLE, Action
from triage.core.commands import Tx
from triage.core.errors import NotAllowed
from triage.intake.inbound import ParseStatus
from triage.messages import rules
from triage.messages.rules import Edge, State
from triage.messages.tables import Message, MessageFlag, MessageTransition, WelfareTask
from triage.staff.calendar import at_clock, local_day

CATEGORY = "disposition"
VOICE = "desk"
NONE = "none"
"""How rows without any label are counted."""

CLOSED = [state.value for state in rules.TERMINAL]
DECIDING = [edge.value for edge in (Edge.DECIDE, Edge.ROUTE, Edge.CLOSE_WELFARE)]
SAYS_NOTHING = frozenset({RoutedTo.SPAM.value, RoutedTo.NOT_OURS.value})
"""Passed on without saying what it is: spam, or what is not ours, may well threaten."""


@dataclass(frozen=True, slots=True)
class LabelExport:
    """The rows, an ASCII JSON object a line, and what goes on the record of them."""

    lines: bytes
    rows: int
    sha256: str
    labels: dict[str, int]
    """Rows a label, and how many have none."""


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known of a message beside its own row."""

    flags: list[str]
    welfare: bool
    deciding: dict[str, Any]
    """Particulars of the step by which it was decided last."""


def export_labels(tx: Tx, *, since: date | None = None) -> LabelExport:
    """Every decision that stands and can no longer be undone, as rows; by the command line alone.

    The command line acts for the deployer and belongs to nobody who could be excluded, so all
    messages are in it, as in the export of the record; therefore no screen offers it (trust.md,
    5). ``since``: decided on that day, by London's clock, or later. The same decisions give the
    same bytes. All rows are held at once: people decide one by one, so there are not many.
    """
    tx.allow(Action.EXPORT_LABELS)
    if tx.actor.person_id != CONSOLE.person_id:
        raise NotAllowed("Labels are exported from the command line.", what="export_labels")
    rows = _rows(tx, since)
    lines = "".join(f"{json.dumps(row)}\n" for row in rows).encode("ascii")
    digest = sha256(lines).hexdigest()
    tx.record("labels_exported", None, rows=len(rows), sha256=digest)
    return LabelExport(lines, len(rows), digest, _counts(rows))


def _stands(tx: Tx, since: date | None) -> list[ColumnElement[bool]]:
    """Closed by a person, the undo window over, and with a text that was read.

    What is quarantined stands as raw text with the sender's address in it, and is left out.
    """
    conditions: list[ColumnElement[bool]] = [
        Message.state.in_(CLOSED),
        Message.decided_by.is_not(None),
        Message.decided_at < tx.now - tx.settings.undo_time,
        Message.parse_status == ParseStatus.PARSED.value,
    ]
    if since is not None:
        conditions.append(Message.decided_at >= at_clock(since, time()))
    return conditions


def _rows(tx: Tx, since: date | None) -> list[dict[str, Any]]:
    """In the order of their ids, which says nothing of when anything came in or was decided."""
    stands = _stands(tx, since)
    known = _known(tx, stands)
    found = [
        _row(tx, message, known[message.id])
        for message in tx.session.scalars(select(Message).where(*stands))
        if message.text.strip() and _says_something(message, known[message.id])
    ]
    return sorted(found, key=lambda row: str(row["id"]))


def _known(tx: Tx, stands: list[ColumnElement[bool]]) -> dict[str, Known]:
    flags: dict[str, set[str]] = defaultdict(set)
    of_flags = select(MessageFlag.message_id, MessageFlag.reason)
    for message_id, reason in tx.session.execute(of_flags.join(Message).where(*stands)):
        flags[message_id].add(reason)
    tasks = select(WelfareTask.message_id).join(Message).where(*stands)
    welfare = set(tx.session.scalars(tasks))
    steps = (
        select(MessageTransition.message_id, MessageTransition.details)
        .join(Message)
        .where(*stands, MessageTransition.edge.in_(DECIDING))
        .order_by(MessageTransition.sequence)
    )
    deciding: dict[str, dict[str, Any]] = {}
    for message_id, details in tx.session.execute(steps):
        deciding[message_id] = details  # the last one stays
    return {
        message_id: Known(sorted(flags[message_id]), message_id in welfare, details)
        for message_id, details in deciding.items()
    }


def _says_something(message: Message, known: Known) -> bool:
    """Whether the decision says what the message is.

    Dispositions do. Passing it on says that it is no matter of conduct (P-RTE-2), but for spam;
    closing it with its welfare task says that no conduct side was left to decide.
    """
    if message.dispositions is not None or message.state == State.WELFARE_DONE.value:
        return True
    routed_to = known.deciding.get("routed_to")
    return message.state == State.ROUTED.value and routed_to not in SAYS_NOTHING


def _row(tx: Tx, message: Message, known: Known) -> dict[str, Any]:
    """One row as ``data/corpus`` has them, and where it comes from.

    The id is a keyed hash: the same message has the same one in every export, and nobody
    without the key finds the message by it.
    """
    held = {*(message.dispositions or ()), *(["welfare"] if known.welfare else [])}
    assert message.decided_at is not None  # _stands has asked for it
    return {
        "id": tx.keys.of("label", message.id.encode("ascii")),
        "text": message.text,
        "labels": [label for label in LABELS if label in held],
        "category": CATEGORY,
        "voice": VOICE,
        "span": None,
        "provenance": {
            "decided": f"{local_day(message.decided_at):%Y-%m}",
            "decision": message.state,
            "severity": message.severity,
            "looks": "second" if known.deciding.get("second_look_by") else "single",
            "flag_reasons": known.flags,
            "model_version": message.model_version,
            "sampled": message.sampled,
            "sample_probability": message.sample_probability,
            "channel": message.channel,
            "service": message.service,
        },
    }


def _counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    counted = Counter(label for row in rows for label in row["labels"] or [NONE])
    return {label: counted[label] for label in (*LABELS, NONE)}

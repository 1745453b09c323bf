"""What every column of every table holds. A column that is not classed here fails a test.

Whoever adds a column says what it is, and so decides whether it may lie in the database in
plain: a text about a person that is not the outside world's mail is ``SEALED``.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, MetaData, String

from triage.core.database import UtcDateTime
from triage.core.sealed import Sealed


class Kind(StrEnum):
    """What a column holds."""

    ID = "public-random-id"
    """Random ids, of our own making; or ``system``, ``console``."""
    CODE = "code"
    """One of our own short words, or several; never anything that somebody typed."""
    TIME = "time"
    COUNT = "count"
    """Numbers, yes and no."""
    HASH = "keyed-hash"
    PLAIN = "plain-outside-text"
    """What came from outside, and what is drawn from it: on an encrypted disk (trust.md, 4)."""
    SEALED = "sealed"
    STAFF = "staff-account"
    """Of the people who sign in: names, addresses, identities."""
    TECHNICAL = "technical"
    """Else; each text among them with its reason in ``WHY_TECHNICAL``."""


COLUMNS: dict[str, dict[Kind, str]] = {
    "absences": {Kind.ID: "id person_id", Kind.TIME: "starts ends"},
    "audit_events": {
        Kind.ID: "id actor_id matter_id",
        Kind.TIME: "at",
        Kind.CODE: "code",
        Kind.COUNT: "link position",
        Kind.TECHNICAL: "details",
    },
    "audit_head": {Kind.COUNT: "id number", Kind.TECHNICAL: "digest"},
    "audit_links": {Kind.COUNT: "number", Kind.TECHNICAL: "digest"},
    "closures": {Kind.TIME: "day added_at"},
    "data_keys": {
        Kind.ID: "id owner_id",
        Kind.COUNT: "desk_key_version",
        Kind.TECHNICAL: "wrapped_for_desk wrapped_for_receipt receipt_salt",
        Kind.TIME: "created_at destroyed_at",
    },
    "duty_shifts": {Kind.ID: "id person_id", Kind.TIME: "starts ends"},
    "exclusions": {Kind.ID: "id matter_id person_id", Kind.CODE: "kind", Kind.TIME: "since"},
    "fallbacks": {Kind.ID: "id person_id", Kind.CODE: "process", Kind.TIME: "named_at tried_at"},
    "guests": {Kind.ID: "id person_id matter_id", Kind.TIME: "invited_at expires_at"},
    "holds": {Kind.ID: "id subject_id", Kind.CODE: "reason owner", Kind.TIME: "since until"},
    "import_runs": {
        Kind.ID: "id",
        Kind.TIME: "started_at ended_at",
        Kind.COUNT: "new known quarantined",
        Kind.PLAIN: "unreadable",
    },
    "job_runs": {
        Kind.ID: "id",
        Kind.CODE: "name running_as error",
        Kind.TIME: "started ended",
        Kind.COUNT: "ok handled",
    },
    "message_attachments": {
        Kind.ID: "id message_id",
        Kind.COUNT: "position size",
        Kind.PLAIN: "filename content_type sha256",
    },
    "message_flags": {
        Kind.ID: "id message_id by",
        Kind.CODE: "reason",
        Kind.TIME: "at",
        Kind.SEALED: "note",
    },
    "message_notes": {Kind.ID: "id message_id person_id", Kind.TIME: "at", Kind.SEALED: "text"},
    "message_reveals": {
        Kind.ID: "id message_id person_id",
        Kind.CODE: "step",
        Kind.COUNT: "severe",
        Kind.TIME: "at",
    },
    "message_skips": {Kind.ID: "id sitting message_id person_id", Kind.TIME: "at"},
    "message_transitions": {
        Kind.ID: "id message_id actor_id token",
        Kind.CODE: "edge from_state to_state policy_version details",
        Kind.COUNT: "sequence based_on",
        Kind.TIME: "at",
        Kind.SEALED: "reason",
    },
    "messages": {
        Kind.ID: "id sender_id claimed_by second_look_by concern_by concern_withdrawal_by "
        "decided_by",
        Kind.HASH: "raw_hash message_id_hash references",
        Kind.CODE: "channel service parse_status model_version band unread routes state "
        "dispositions severity signals",
        Kind.TIME: "sent_at received_at imported_at state_since queued_at claim_expires shown_at "
        "concern_at decided_at",
        Kind.COUNT: "version raw_key_version length scores concern flagged in_rest "
        "sample_probability sampled rank blind urgent particular_concern",
        Kind.PLAIN: "source quarantine_reason from_name from_address subject text rest",
    },
    "notify_addresses": {Kind.ID: "person_id", Kind.COUNT: "position", Kind.STAFF: "address"},
    "originals": {Kind.ID: "message_id", Kind.PLAIN: "raw sha256", Kind.COUNT: "size"},
    "outbox": {
        Kind.ID: "id person_id lease",
        Kind.CODE: "kind lane dedupe_key state problem",
        Kind.COUNT: "position tries",
        Kind.TIME: "queued_at next_try leased_until sent_at",
        Kind.PLAIN: "address",
        Kind.TECHNICAL: "message_id",
    },
    "people": {
        Kind.ID: "id",
        Kind.STAFF: "name email oidc_issuer oidc_subject",
        Kind.COUNT: "active shortcuts",
        Kind.TIME: "added_at disabled_at",
    },
    "person_roles": {Kind.ID: "person_id", Kind.CODE: "role", Kind.STAFF: "reason"},
    "senders": {
        Kind.ID: "id",
        Kind.HASH: "address_hash",
        Kind.COUNT: "key_version",
        Kind.PLAIN: "address",
        Kind.TIME: "first_seen last_seen",
    },
    "session_bars": {Kind.ID: "person_id", Kind.TIME: "logins_until"},
    "staff_sessions": {
        Kind.ID: "id person_id",
        Kind.HASH: "login_hash",
        Kind.TIME: "created_at last_seen_at expires_at ended_at",
        Kind.CODE: "ended_why",
    },
    "welfare_tasks": {
        Kind.ID: "id message_id owner_id",
        Kind.TIME: "opened_at due_at done_at",
        Kind.CODE: "outcome",
        Kind.SEALED: "done_note",
    },
}
"""Table -> kind -> its columns."""

WHY_TECHNICAL = {
    "audit_events.details": "canonical JSON of ids, codes and counts; the tests scan it",
    "audit_head.digest": "SHA-256 of the chain",
    "audit_links.digest": "SHA-256 of the chain",
    "data_keys.wrapped_for_desk": "a key, wrapped",
    "data_keys.wrapped_for_receipt": "a key, wrapped",
    "data_keys.receipt_salt": "random bytes",
    "outbox.message_id": "Message-ID of our own mail: random, at our own host",
}
"""Technical columns that could hold a text, and why they do not."""

FITTING: dict[Kind, tuple[type[Any], ...]] = {
    Kind.ID: (String,),
    Kind.CODE: (String, JSON),
    Kind.TIME: (UtcDateTime, Date),
    Kind.COUNT: (Integer, Float, Boolean),
    Kind.HASH: (String, JSON),
    Kind.PLAIN: (String, JSON, LargeBinary),
    Kind.SEALED: (Sealed,),
    Kind.STAFF: (String,),
    Kind.TECHNICAL: (String, LargeBinary, Integer),
}
"""Kind -> the column types that it may have."""

NUMBERS_IN_JSON = {"messages.scores"}


def kinds() -> dict[str, Kind]:
    """``table.column`` -> what it holds."""
    return {
        f"{table}.{column}": kind
        for table, held in COLUMNS.items()
        for kind, columns in held.items()
        for column in columns.split()
    }


def problems(metadata: MetaData) -> Iterator[str]:
    """What is wrong with the inventory of these tables, a sentence each."""
    classed = kinds()
    listed = [
        f"{table}.{column}"
        for table, held in COLUMNS.items()
        for columns in held.values()
        for column in columns.split()
    ]
    yield from (f"{one} is classed twice" for one in sorted(set(listed)) if listed.count(one) > 1)
    there = {
        f"{table.name}.{column.name}": column
        for table in metadata.sorted_tables
        for column in table.columns
    }
    yield from (f"{one} is classed and does not exist" for one in sorted(set(classed) - set(there)))
    for name, column in there.items():
        if name not in classed:
            yield f"{name} is not classed: say in core/inventory.py what it holds"
        else:
            yield from _misfit(name, column, classed[name])


def _misfit(name: str, column: "Column[object]", kind: Kind) -> Iterator[str]:
    if isinstance(column.type, Sealed) != (kind is Kind.SEALED):
        yield f"{name}: a column is classed as sealed if and only if its type is Sealed"
    elif not isinstance(column.type, FITTING[kind]) and name not in NUMBERS_IN_JSON:
        yield f"{name}: a {type(column.type).__name__} column cannot be {kind.value}"
    if kind is Kind.TECHNICAL and name not in WHY_TECHNICAL:
        yield f"{name}: say in WHY_TECHNICAL why this holds nobody's words"

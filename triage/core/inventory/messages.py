"""Of messages, who sent them, and who got them."""

from triage.core.inventory.kinds import Kind

COLUMNS: dict[str, dict[Kind, str]] = {
    "handover_notes": {
        Kind.ID: "id person_id",
        Kind.TIME: "at since",
        Kind.SEALED: "text",
    },
    "import_runs": {
        Kind.ID: "id",
        Kind.TIME: "started_at ended_at",
        Kind.COUNT: "new known quarantined",
        Kind.PLAIN: "unreadable",
    },
    "mailbox_folders": {
        Kind.ID: "id",
        Kind.HASH: "place_hash",
        Kind.CODE: "problem",
        Kind.COUNT: "key_version uidvalidity last_uid cuts failures",
        Kind.TIME: "looked_at succeeded_at problem_since",
    },
    "mailbox_left": {
        Kind.ID: "id folder_id",
        Kind.COUNT: "uid tries",
        Kind.TIME: "since next_try",
    },
    "message_attachments": {
        Kind.ID: "id message_id",
        Kind.COUNT: "position size",
        Kind.PLAIN: "filename content_type sha256",
    },
    "message_children": {
        Kind.ID: "id message_id child_id",
        Kind.CODE: "kind state",
        Kind.TIME: "since state_since",
    },
    "message_flags": {
        Kind.ID: "id message_id by",
        Kind.CODE: "reason",
        Kind.TIME: "at",
        Kind.SEALED: "note",
    },
    "message_forwards": {
        Kind.ID: "id message_id person_id",
        Kind.HASH: "raw_hash",
        Kind.PLAIN: "raw by_name by_address",
        Kind.COUNT: "listed",
        Kind.CODE: "verified how",
        Kind.TIME: "at",
    },
    "message_notes": {Kind.ID: "id message_id person_id", Kind.TIME: "at", Kind.SEALED: "text"},
    "message_reveals": {
        Kind.ID: "id message_id person_id",
        Kind.CODE: "step",
        Kind.COUNT: "severe",
        Kind.TIME: "at",
    },
    "message_sketches": {Kind.ID: "message_id", Kind.COUNT: "position", Kind.HASH: "hash"},
    "message_skips": {Kind.ID: "id sitting message_id person_id", Kind.TIME: "at"},
    "message_traces": {Kind.ID: "id message_id", Kind.CODE: "kind", Kind.HASH: "hash"},
    "message_transitions": {
        Kind.ID: "id message_id actor_id token",
        Kind.CODE: "edge from_state to_state policy_version details",
        Kind.COUNT: "sequence based_on",
        Kind.TIME: "at",
        Kind.SEALED: "reason",
    },
    "message_writers": {
        Kind.ID: "id message_id person_id sender_id",
        Kind.TIME: "at",
        Kind.SEALED: "reason",
    },
    "messages": {
        Kind.ID: "id sender_id claimed_by second_look_by concern_by concern_withdrawal_by "
        "decided_by said_by",
        Kind.HASH: "raw_hash message_id_hash references inner_hash",
        Kind.CODE: "channel service parse_status model_version band unread routes state "
        "dispositions severity signals verified authentication no_sender concern_settled",
        Kind.TIME: "sent_at received_at imported_at state_since queued_at claim_expires shown_at "
        "concern_at decided_at",
        Kind.COUNT: "version raw_key_version length scores concern flagged in_rest "
        "sample_probability sampled rank blind urgent particular_concern held_forward",
        Kind.PLAIN: "source quarantine_reason from_name from_address came_through said_address "
        "ticket_id ticket_url subject text rest",
    },
    "originals": {Kind.ID: "message_id", Kind.PLAIN: "raw sha256", Kind.COUNT: "size"},
    "recipient_acts": {
        Kind.ID: "id message_id person_id",
        Kind.CODE: "act",
        Kind.TIME: "at happened_at",
    },
    "sender_identities": {
        Kind.ID: "id sender_id",
        Kind.CODE: "kind",
        Kind.HASH: "identifier_hash loose_hash",
        Kind.COUNT: "key_version",
        Kind.PLAIN: "value namespace",
        Kind.TIME: "first_seen last_seen",
    },
    "sender_links": {
        Kind.ID: "id one_id other_id by ended_by",
        Kind.CODE: "verdict because reason ended_reason",
        Kind.SEALED: "note ended_note",
        Kind.TIME: "at ended_at",
    },
    "sender_standings": {
        Kind.ID: "id sender_id source_id",
        Kind.CODE: "measure",
        Kind.TIME: "since until ended_at",
    },
    "senders": {
        Kind.ID: "id",
        Kind.TIME: "first_seen last_seen last_flagged",
        Kind.CODE: "last_stub",
    },
    "volunteers": {
        Kind.ID: "id",
        Kind.STAFF: "name email",
        Kind.COUNT: "active link_version",
        Kind.TIME: "added_at",
    },
    "welfare_tasks": {
        Kind.ID: "id message_id owner_id",
        Kind.TIME: "opened_at due_at done_at",
        Kind.CODE: "outcome",
        Kind.SEALED: "done_note",
    },
}

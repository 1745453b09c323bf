"""Of requests by people about what is held of them."""

from triage.core.inventory.kinds import Kind

COLUMNS: dict[str, dict[Kind, str]] = {
    "subject_disclosures": {
        Kind.ID: "id request_id by",
        Kind.TIME: "at",
        Kind.HASH: "sha256",
        Kind.COUNT: "size items",
    },
    "subject_items": {
        Kind.ID: "id request_id matter_id of_id found_by decided_by",
        Kind.CODE: "kind why decision ground outcome",
        Kind.COUNT: "whole",
        Kind.TIME: "found_at decided_at",
        Kind.SEALED: "said hide",
    },
    "subject_requests": {
        Kind.ID: "id message_id staff_id registered_by reviewed_by",
        Kind.CODE: "kind state identity_how extended refusal sent_how",
        Kind.COUNT: "version paused_days overridden",
        Kind.TIME: "state_since registered_at received_on identity_asked_on acknowledged_on "
        "sent_on",
        Kind.HASH: "seen_hash",
        Kind.SEALED: "who contact asked_for",
    },
    "subject_steps": {
        Kind.ID: "id request_id actor_id token",
        Kind.CODE: "edge from_state to_state policy_version",
        Kind.COUNT: "sequence based_on",
        Kind.TIME: "at",
        Kind.SEALED: "reason",
    },
    "subject_terms": {
        Kind.ID: "id request_id added_by",
        Kind.TIME: "added_at",
        Kind.SEALED: "value",
    },
}

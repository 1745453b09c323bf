"""Of incident reports and what becomes of them."""

from triage.core.inventory.kinds import Kind

COLUMNS: dict[str, dict[Kind, str]] = {
    "case_challenges": {
        Kind.ID: "id case_id person_id raised_by settled_by",
        Kind.TIME: "raised_at settled_at",
        Kind.CODE: "parts",
        Kind.COUNT: "upheld",
        Kind.SEALED: "reason",
    },
    "case_declarations": {Kind.ID: "id case_id person_id", Kind.CODE: "ties", Kind.TIME: "at"},
    "case_matches": {
        Kind.ID: "id case_id person_id cleared_by",
        Kind.CODE: "kind",
        Kind.TIME: "at cleared_at",
        Kind.SEALED: "reason",
    },
    "case_parties": {
        Kind.ID: "id case_id staff_id added_by",
        Kind.CODE: "kind party",
        Kind.SEALED: "name role contact support",
        Kind.TIME: "added_at",
    },
    "case_parts": {
        Kind.ID: "id case_id person_id",
        Kind.CODE: "part how",
        Kind.TIME: "since until",
    },
    "case_seconds": {
        Kind.ID: "id case_id asked_by settled_by",
        Kind.CODE: "edge",
        Kind.TIME: "asked_at settled_at",
        Kind.COUNT: "agreed",
        Kind.SEALED: "reason answer",
    },
    "case_stubs": {Kind.ID: "id case_id", Kind.CODE: "ended_as", Kind.SEALED: "counted"},
    "case_transitions": {
        Kind.ID: "id case_id actor_id token",
        Kind.CODE: "edge from_state to_state policy_version details",
        Kind.COUNT: "sequence based_on",
        Kind.TIME: "at",
        Kind.SEALED: "reason",
    },
    "cases": {
        Kind.ID: "id report_id entered_by event_id",
        Kind.CODE: "state finding",
        Kind.COUNT: "version happening_now held_outside service_too muted finding_round",
        Kind.TIME: "state_since received_at opened_at",
        Kind.HASH: "matched_with",
    },
    "closed_matters": {Kind.ID: "matter_id", Kind.TIME: "closed_at"},
    "events": {
        Kind.ID: "id lead_id added_by",
        Kind.CODE: "code",
        Kind.TECHNICAL: "name on_site",
        Kind.TIME: "starts ends added_at ended_at",
    },
    "matter_members": {Kind.ID: "matter_id person_id", Kind.TIME: "since"},
}

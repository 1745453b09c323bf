"""Of how an incident report ends."""

from triage.core.inventory.kinds import Kind

COLUMNS: dict[str, dict[Kind, str]] = {
    "case_actions": {
        Kind.ID: "id case_id decision_id set_up_by party_id sender_id event_id child_id letter_id"
        " done_by settled_by in_place_of_hr",
        Kind.CODE: "kind clause state",
        Kind.COUNT: "version",
        Kind.TIME: "state_since set_up_at done_at",
        Kind.SEALED: "what event outcome",
    },
    "case_appeals": {
        Kind.ID: "id case_id outcome_id recorded_by decided_by",
        Kind.CODE: "outcome",
        Kind.TIME: "came_at recorded_at decided_at",
        Kind.SEALED: "words reason",
    },
    "case_decisions": {
        Kind.ID: "id case_id recommendation_id by",
        Kind.CODE: "finding clauses actions policy_version",
        Kind.COUNT: "round",
        Kind.TIME: "at",
        Kind.SEALED: "reasons no_independent",
        Kind.TECHNICAL: "clause_texts",
    },
    "case_identities": {
        Kind.ID: "id case_id asked_by settled_by opened_by",
        Kind.COUNT: "approved",
        Kind.TIME: "asked_at settled_at opened_at close_noted_at",
        Kind.SEALED: "reason answer",
    },
    "case_openings": {Kind.ID: "id case_id recommendation_id person_id", Kind.TIME: "at"},
    "case_outcomes": {
        Kind.ID: "id case_id decision_id party_id letter_id by",
        Kind.CODE: "told how",
        Kind.HASH: "appeal_hash",
        Kind.TIME: "at kept_until",
        Kind.SEALED: "why",
    },
    "case_recommendations": {
        Kind.ID: "id case_id by sent_back_by",
        Kind.CODE: "finding clauses kinds actions policy_version",
        Kind.COUNT: "number",
        Kind.TIME: "at sent_back_at",
        Kind.SEALED: "reasons sent_back_why",
    },
    "case_voices": {Kind.ID: "decision_id person_id", Kind.TIME: "at"},
    "case_wordings": {
        Kind.ID: "id case_id by",
        Kind.HASH: "words_hash",
        Kind.TIME: "at",
        Kind.SEALED: "reason",
    },
}

"""Of what is left of erased messages, and of what is released."""

from triage.core.inventory.kinds import Kind

COLUMNS: dict[str, dict[Kind, str]] = {
    "assurance": {
        Kind.ID: "id by",
        Kind.CODE: "kind",
        Kind.TIME: "day recorded_at",
        Kind.COUNT: "held",
    },
    "message_stubs": {
        Kind.ID: "id",
        Kind.HASH: "raw_hash sender_hash",
        Kind.COUNT: "raw_key_version flagged sampled sample_probability concern by_model outside",
        Kind.CODE: "month decided_month service channel labels dispositions severity "
        "model_version review_band",
    },
    "stub_marks": {Kind.ID: "message_id", Kind.HASH: "raw_hash", Kind.CODE: "erased_month"},
    "release_publications": {Kind.ID: "release_id by", Kind.TIME: "at"},
    "releases": {
        Kind.ID: "id made_by",
        Kind.CODE: "period data gate code_version rules_version",
        Kind.TIME: "first_day last_day made_at",
        Kind.HASH: "data_hash",
    },
}

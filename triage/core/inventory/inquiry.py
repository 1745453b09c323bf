"""Of what is found out about an incident report."""

from triage.core.inventory.kinds import Kind

COLUMNS: dict[str, dict[Kind, str]] = {
    "case_balances": {
        Kind.ID: "id case_id given_by",
        Kind.COUNT: "round",
        Kind.TIME: "at",
        Kind.SEALED: "reason",
    },
    "case_custody": {
        Kind.ID: "id case_id item_id person_id",
        Kind.CODE: "act",
        Kind.COUNT: "sequence",
        Kind.TIME: "at",
    },
    "case_evidence": {
        Kind.ID: "id case_id party_id of_id added_by",
        Kind.CODE: "kind source media bearing",
        Kind.COUNT: "size confidential hidden carries tested",
        Kind.TIME: "made_at added_at",
        Kind.SEALED: "title origin text file_name data sha256 tested_how",
    },
    "case_interims": {
        Kind.ID: "id case_id event_id author ratified_by ended_by letter_id",
        Kind.CODE: "kind ending",
        Kind.COUNT: "version",
        Kind.TIME: "since lapses until ratified_at ended_at told_at",
        Kind.SEALED: "who place why ratified_why ended_why told_how",
    },
    "case_meetings": {
        Kind.ID: "id case_id party_id added_by item_id",
        Kind.COUNT: "held",
        Kind.TIME: "at added_at closed_at",
        Kind.SEALED: "place",
    },
    "case_notice_steps": {
        Kind.ID: "id case_id notice_id actor_id",
        Kind.CODE: "edge from_state to_state policy_version",
        Kind.COUNT: "sequence based_on",
        Kind.TIME: "at",
        Kind.SEALED: "reason",
    },
    "case_notices": {
        Kind.ID: "id case_id party_id letter_id item_id",
        Kind.CODE: "state ground",
        Kind.COUNT: "version",
        Kind.HASH: "shown_hash",
        Kind.TIME: "state_since shown_at shown_until reply_by recheck_at sent_at",
        Kind.SEALED: "skipped",
    },
}

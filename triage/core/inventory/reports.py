"""Of what people outside report, and of the form that takes it."""

from triage.core.inventory.kinds import Kind

COLUMNS: dict[str, dict[Kind, str]] = {
    "form_published": {
        Kind.CODE: "key",
        Kind.TECHNICAL: "value",
        Kind.TIME: "at",
    },
    "report_draft_files": {
        Kind.ID: "id",
        Kind.HASH: "draft_id",
        Kind.TIME: "at",
        Kind.SEALED: "name sha256 data",
        Kind.CODE: "kind",
        Kind.COUNT: "size",
    },
    "report_drafts": {
        Kind.HASH: "id",
        Kind.SEALED: "answers",
        Kind.TIME: "expires_at",
    },
    "report_files": {
        Kind.ID: "id report_id message_id",
        Kind.TIME: "at",
        Kind.SEALED: "name sha256 data",
        Kind.CODE: "kind",
        Kind.COUNT: "size",
    },
    "report_messages": {
        Kind.ID: "id report_id",
        Kind.COUNT: "sequence from_reporter",
        Kind.TIME: "at taken_at",
        Kind.CODE: "kind",
        Kind.SEALED: "text",
    },
    "reports": {
        Kind.ID: "id",
        Kind.HASH: "lookup",
        Kind.TIME: "received_at opened_at",
        Kind.SEALED: "answers",
        Kind.CODE: "status event_code",
        Kind.COUNT: "must_change_code",
    },
}
